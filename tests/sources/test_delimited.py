"""CSV: what offices write is read as it stands, and what was found out is said."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from finder.limits import DEFAULT, Limits
from finder.sources import delimited
from finder.sources.sentences import Refusal
from finder.sources.table import Table


def read(content: str | bytes, limits: Limits = DEFAULT) -> Table:
    return delimited.read(content.encode() if isinstance(content, str) else content, limits)


def cells(table: Table) -> dict[str, list[Any]]:
    return {name: column.values.to_pylist() for name, column in table.columns.items()}


def rows(table: Table) -> list[int]:
    return list(table.rows.to_pylist())


def noted(table: Table) -> list[tuple[str, Any]]:
    return [(issue.rule, issue.row or issue.field or dict(issue.params)) for issue in table.notes]


def code(content: str | bytes, limits: Limits = DEFAULT) -> tuple[str, dict[str, Any]]:
    with pytest.raises(Refusal) as caught:
        read(content, limits)
    return caught.value.code, caught.value.params


# -- the delimiter ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", delimited.DELIMITERS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_delimiters_and_line_ends(delimiter: str, end: str, last: bool) -> None:
    content = end.join(["name", "a", "b"]).replace(end, f"{delimiter}x{delimiter}y{end}") + f"{delimiter}x{delimiter}y"
    table = read(content + (end if last else ""))
    assert cells(table) == {"name": ["a", "b"], "x": ["x", "x"], "y": ["y", "y"]}
    assert table.delimiter == delimiter
    assert noted(table) == []


def test_decimal_commas_do_not_divide() -> None:
    table = read("name;area;price\na;1,5;2,25\nb;3,5;4,75\n")
    assert table.delimiter == ";"
    assert cells(table)["area"] == ["1,5", "3,5"]


def test_commas_in_texts_do_not_divide() -> None:
    table = read("name;address\na, b, c, d;x, y, z, w\ne, f, g, h;x, y, z, w\n")
    assert table.delimiter == ";"
    table = read("name,note\na,x;y;z\nb,x;y;z\n")
    assert table.delimiter == ","


def test_places_as_text_do_not_divide() -> None:
    ring = "POLYGON((7 51, 7.1 51, 7.1 51.1, 7 51))"
    table = read(f"id;wkt\n1;{ring}\n2;{ring}\n3;{ring}\n")
    assert table.delimiter == ";"
    assert cells(table)["wkt"] == [ring] * 3


def test_excel_may_state_the_delimiter() -> None:
    table = read("sep=|\r\nname|a;b\r\nx|1;2\r\n")
    assert table.delimiter == "|"
    assert cells(table) == {"name": ["x"], "a;b": ["1;2"]}
    assert noted(table) == []


plain = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)
headers = st.lists(st.text("abcdefghijklm", min_size=1, max_size=6), min_size=2, max_size=5, unique=True)


@given(headers, st.data(), st.sampled_from(delimited.DELIMITERS), st.sampled_from(["\n", "\r\n"]))
def test_what_a_writer_wrote_is_read(names: list[str], data: st.DataObject, delimiter: str, end: str) -> None:
    width = len(names)
    table = data.draw(st.lists(st.lists(plain, min_size=width, max_size=width), min_size=1, max_size=6))
    # with every cell in quotation marks only the right delimiter gives every row one width
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([names, *table])
    kept = [(i, row) for i, row in enumerate(table, start=1) if any(row)]
    assume(kept)
    found = read(out.getvalue())
    assert found.delimiter == delimiter
    assert list(zip(*cells(found).values(), strict=True)) == [tuple(cell or None for cell in row) for _, row in kept]
    assert rows(found) == [i for i, _ in kept]


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_any_text_is_read_or_refused(content: str) -> None:
    table, code = None, "read"
    try:
        table = read(content)
    except Refusal as refusal:
        code = refusal.code
    assert code in ("read", "no_header", "open_quote", "nul", "not_decoded")
    if table is not None:
        assert all(len(values) == table.length for values in cells(table).values())
        assert len(rows(table)) == table.length


# -- the encoding -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "named", "remarks"),
    [
        ("utf-8", "utf-8", []),
        ("utf-8-sig", "utf-8 (BOM)", []),
        ("cp1252", "cp1252", [("encoding_assumed", {"encoding": "cp1252"})]),
        ("utf-16", "utf-16-le (BOM)", []),
    ],
)
def test_encodings(encoding: str, named: str, remarks: list[Any]) -> None:
    table = read("Fläche;Straße\nGröße – 1 €;ß\n".encode(encoding))
    assert cells(table) == {"Fläche": ["Größe – 1 €"], "Straße": ["ß"]}
    assert table.encoding == named
    assert noted(table) == remarks


# -- the row with the names -------------------------------------------------------------------------------------------


def test_titles_above_are_left_out_and_it_is_said() -> None:
    content = 'Gewerbeflächen, Stand 2024\n"Amt\nfür Liegenschaften"\n\nname;area;zoning\na;1;GE\nb;2;GI\n'
    table = read(content)
    assert cells(table) == {"name": ["a", "b"], "area": ["1", "2"], "zoning": ["GE", "GI"]}
    assert rows(table) == [1, 2]
    assert noted(table) == [("header_found", {"line": 5})]


def test_titles_in_a_wide_sheet() -> None:
    table = read("Gewerbeflächen;;;\n;;;\nname;area;zoning;note\na;1;GE;\nb;2;GI;x\n")
    assert list(cells(table)) == ["name", "area", "zoning", "note"]
    assert noted(table) == [("header_found", {"line": 3})]


def test_names_without_a_cell_are_made_up() -> None:
    table = read("name;;area;\na;x;1;\nb;y;2;\n")
    assert cells(table) == {"name": ["a", "b"], "column_2": ["x", "y"], "area": ["1", "2"]}
    assert noted(table) == [("header_empty", {"position": 2, "header": "column_2"})]


def test_names_that_occur_again_are_numbered() -> None:
    table = read("name;area;name;name_2;column_5;;area\na;1;b;c;d;e;2\n")
    assert cells(table) == {
        "name": ["a"], "area": ["1"], "name_3": ["b"], "name_2": ["c"], "column_5": ["d"], "column_6": ["e"],
        "area_2": ["2"],
    }  # fmt: skip
    assert [rule for rule, _ in noted(table)] == ["header_repeated", "header_repeated", "header_empty"]


def test_names_lose_the_blanks_around_them() -> None:
    assert list(cells(read(" name ;area\n a ;1\n"))) == ["name", "area"]
    assert cells(read(" name ;area\n a ;1\n"))["name"] == [" a "]


@pytest.mark.parametrize(
    "content", ["hello\nworld\n", "one line", "a\n", "1;2;3\n4;5;6\n", ";;\n;;\n", "/vsicurl/http://x"]
)
def test_no_names(content: str) -> None:
    assert code(content) == ("no_header", {})


def test_only_names() -> None:
    assert read("name;area\n").length == 0


# -- rows -------------------------------------------------------------------------------------------------------------


def test_cells_stand_as_they_are() -> None:
    content = 'name;note;area\n"a ""b"" c";"two\r\nlines; and more";007\n=1+1; ;1e5\n'
    table = read(content)
    assert cells(table) == {
        "name": ['a "b" c', "=1+1"],
        "note": ["two\r\nlines; and more", " "],
        "area": ["007", "1e5"],
    }
    assert noted(table) == []


def test_empty_rows_are_passed_over_and_counted() -> None:
    table = read("name;area\na;1\n\n;;\nb;2\n;\n\n")
    assert cells(table) == {"name": ["a", "b"], "area": ["1", "2"]}
    assert rows(table) == [1, 4]
    assert noted(table) == []


def test_short_and_long_rows_are_kept() -> None:
    table = read("name;area;note\na;1;x\nb\nc;2;y;z\nd;3;w;\n")
    assert cells(table) == {"name": ["a", "b", "c", "d"], "area": ["1", None, "2", "3"], "note": ["x", None, "y", "w"]}
    assert noted(table) == [("row_short", 2), ("row_long", 3)]


def test_irregular_quotation_marks_are_noted() -> None:
    table = read('name;note\na;the "Old" mill\nb;"the "Old" mill"\nc;x\n')
    assert cells(table)["name"] == ["a", "b", "c"]
    assert cells(table)["note"][0] == 'the "Old" mill'
    assert noted(table) == [("quotes_irregular", {})]


@pytest.mark.parametrize(
    ("content", "row"),
    [
        ('name;note\na;"open\nb;x\nc;y\n', 1),
        ('name;note\na;x\nb;y\nc;"open', 3),
        ('name;note\na;x\nb;"irre"gular"\nc;"open\n', 3),
    ],
)
def test_a_quotation_mark_left_open(content: str, row: int) -> None:
    assert code(content) == ("open_quote", {"row": row})


def test_many_blocks_are_one_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "_BLOCK", 3)
    content = "name;area\n" + "".join(f"n{i};{i}\n" for i in range(10))
    table = read(content)
    assert table.length == 10
    assert cells(table)["area"] == [str(i) for i in range(10)]


def test_a_cell_may_be_very_long() -> None:
    ring = ",".join(["7.1 51.6"] * 100_000)
    table = read(f'name;wkt\na;"{ring}"\nb;"{ring}"\n')
    assert cells(table)["wkt"] == [ring, ring]
    assert noted(table) == []


def test_limits() -> None:
    content = "name;area\n" + "a;1\n" * 5
    assert code(content, Limits(max_features=4))[0] == "too_many_features"
    assert code(content, Limits(max_columns=1))[0] == "too_many_columns"
    assert code("name;area\n\0;1\n")[0] == "nul"


def test_reading_a_short_text_leaves_long_cells_readable() -> None:
    delimited.read(b"a;b\n1;2\n", Limits())
    assert list(csv.reader(["x" * 200_000])) == [["x" * 200_000]]
