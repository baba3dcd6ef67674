"""Where a row's facts come from."""

from __future__ import annotations

from finder.intake import origins
from finder.intake.headers import Headers
from finder.intake.profiles import Origins
from finder.model.site import Provenance
from tests.intake.deliveries import table

RULE = Origins(source=("Quelle",), url=("Adresse",), as_of=("Stand",), method="list")


def of(rule: Origins = RULE, **columns: list[object]) -> list[dict[str, Provenance]]:
    raw = table(columns)
    return origins.of_rows(Headers(raw), rule, ["dd.mm.yyyy"], len(raw))


def test_a_rows_origin_holds_for_all_its_facts() -> None:
    assert of(Quelle=["Stadt\nA"], Adresse=["https://example.org"], Stand=["1.3.2026"]) == [
        {"*": Provenance(source="Stadt A", url="https://example.org", as_of="2026-03-01", method="list")}
    ]


def test_a_date_that_is_less_exact_stays_as_it_is_written() -> None:
    assert [row["*"].as_of for row in of(Stand=["2021", "2021-08", 2021.0, "Sommer 2021", None, "x" * 99])] == [
        *("2021", "2021-08", "2021", "Sommer 2021", None, "x" * 40)
    ]


def test_what_cannot_be_used_is_left_out() -> None:
    rows = of(Quelle=[None, ["a"]], Adresse=["javascript:x", 3], Stand=["", None])
    assert rows == [{"*": Provenance(method="list")}] * 2


def test_a_rule_none_of_whose_columns_is_there() -> None:
    assert of(x=[1, 2]) == [{"*": Provenance(method="list")}] * 2
    assert of(Origins(source=("Quelle",)), x=[1]) == [{}]


def test_an_origin_that_says_nothing_is_none() -> None:
    assert of(Origins(source=("Quelle",)), Quelle=[None, "Stadt"]) == [{}, {"*": Provenance(source="Stadt")}]


def test_no_rows() -> None:
    assert of(Quelle=[]) == []
