"""OpenImmo on its whole way in: what is delivered, what is taken back, and what is no site. Every offer is made up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from finder import pipeline
from finder.model.outcome import Report
from finder.model.vocabulary import Status
from finder.store import proposals, tables
from finder.store.database import Database
from tests import factories
from tests.sources.offers import SENT, document


def offer(key: str, *, kind: str = "<grundstueck/>", action: str = "CHANGE", grz: str = "0,8", status: str = "") -> str:
    state = f"<zustand_angaben><verkaufstatus stand='{status}'/></zustand_angaben>" if status else ""
    return (
        f"<objektkategorie><nutzungsart WOHNEN='false' GEWERBE='true'/><objektart>{kind}</objektart></objektkategorie>"
        f"<geo><ort>Musterstadt</ort></geo><flaechen><grz>{grz}</grz></flaechen>{state}"
        f"<freitexte><objekttitel>Fläche {key}</objekttitel></freitexte>"
        f"<verwaltung_techn><aktion aktionart='{action}'/><openimmo_obid>{key}</openimmo_obid></verwaltung_techn>"
    )


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    with factories.database(database_url) as filled:
        yield filled


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "angebote.xml"


def deliver(store: Database, path: Path, *offers: str, extent: str = "VOLL", status: Status = Status.DRAFT) -> Report:
    path.write_text(document(*offers, sent=SENT.replace("VOLL", extent)), encoding="utf-8")
    report = pipeline.deliver(store, path, at=factories.NOW, status=status)
    assert report.profile == "openimmo"
    assert report.read == report.new + report.changed + report.unchanged + report.rejected
    return report


def proposed(store: Database) -> list[str]:
    """Return the names of the sites proposed for withdrawal."""
    with store.reading() as session:
        ids = session.execute(sa.select(tables.site.c.id, tables.site.c.name).order_by(tables.site.c.name)).all()
        return [name for id_, name in ids if proposals.of(session, id_)]


def stored(store: Database) -> dict[str, str]:
    with store.reading() as session:
        return {row.name: row.status for row in session.execute(sa.select(tables.site.c.name, tables.site.c.status))}


def test_the_same_file_twice_changes_nothing(store: Database, path: Path) -> None:
    assert deliver(store, path, offer("a"), offer("b")).new == 2
    again = deliver(store, path, offer("a"), offer("b"))
    assert (again.unchanged, again.stored, again.missing) == (2, True, ())
    changed = deliver(store, path, offer("a", grz="0,6"), offer("b"))
    assert [[change.field for change in one.changes] for one in changed.outcomes] == [["grz"]]


def test_what_is_taken_back_is_proposed_for_withdrawal_and_not_stored(store: Database, path: Path) -> None:
    deliver(store, path, offer("a"), offer("b"), offer("c"))
    report = deliver(store, path, offer("a"), offer("b", action="DELETE"), offer("new", action="DELETE"), extent="TEIL")
    assert report.partial
    assert [one.name for one in report.missing] == ["Fläche b"]
    assert [(one.key, [reason.rule for reason in one.reasons]) for one in report.rejections] == [
        ("b", ["withdrawn_by_supplier"]),
        ("new", ["withdrawn_by_supplier"]),
    ]
    assert proposed(store) == ["Fläche b"]
    assert set(stored(store)) == {"Fläche a", "Fläche b", "Fläche c"}
    assert deliver(store, path, offer("b"), extent="TEIL").missing == ()
    assert proposed(store) == [], "offered again"


def test_a_file_of_nothing_but_withdrawals(store: Database, path: Path) -> None:
    deliver(store, path, offer("a"), offer("b"))
    report = deliver(store, path, offer("a", action="DELETE"), extent="TEIL")
    assert [one.name for one in report.missing] == ["Fläche a"]
    assert report.stored
    assert proposed(store) == ["Fläche a"]


def test_only_a_whole_file_misses_what_it_does_not_name(store: Database, path: Path) -> None:
    deliver(store, path, offer("a"), offer("b"), offer("c"))
    assert deliver(store, path, offer("a"), extent="TEIL").missing == ()
    whole = deliver(store, path, offer("a"), offer("b", action="DELETE"))
    assert [one.name for one in whole.missing] == ["Fläche b", "Fläche c"]


def test_other_objects_are_not_stored_but_named(store: Database, path: Path) -> None:
    deliver(store, path, offer("a"), offer("b"))
    report = deliver(store, path, offer("a"), offer("b", kind="<hallen_lager_prod/>"), offer("c", kind="<haus/>"))
    assert [(one.key, [reason.rule for reason in one.reasons]) for one in report.rejections] == [
        ("b", ["not_a_site"]),
        ("c", ["not_a_site"]),
    ]
    assert report.missing == ()
    assert set(stored(store)) == {"Fläche a", "Fläche b"}


def test_what_is_open_leaves_the_state_alone(store: Database, path: Path) -> None:
    deliver(store, path, offer("a", status="OFFEN"), offer("b", status="RESERVIERT"), status=Status.PUBLISHED)
    assert stored(store) == {"Fläche a": "published", "Fläche b": "reserved"}
    deliver(store, path, offer("a", status="OFFEN"), offer("b", status="VERKAUFT"))
    assert stored(store) == {"Fläche a": "published", "Fläche b": "sold"}
