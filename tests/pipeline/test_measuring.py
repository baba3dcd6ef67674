"""Measuring everything: access at once, people in parts between which others get a turn."""

from __future__ import annotations

from pathlib import Path

import pytest

from finder import pipeline
from finder.model.place import Place
from finder.pipeline import measuring
from finder.store import catchment, reference
from tests import factories
from tests.pipeline.test_access import built, on, plot
from tests.roads import extracts


class Cut(Exception):
    """What ends the work in the middle."""


def test_what_is_counted_before_the_end_stays_counted(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "TOGETHER", 1)
    town = extracts.grid()
    roads = built(tmp_path, town)
    known = [factories.site(id=f"S-{i}", geometry=plot(town, 300.0 + 200 * i, 300.0)) for i in range(3)]
    seen: list[tuple[int, int | None]] = []

    def until_the_second(step: str, done: int = 0, total: int | None = None, /) -> None:
        if step == "Counting people":
            seen.append((done, total))
            if done == 2:
                raise Cut

    with factories.database(database_url, known) as database:
        with database.writing() as session:
            reference.replace(session, Place, [factories.place("Musterstadt", geometry=on(town, 400.0, 400.0))])
        with pytest.raises(Cut):
            pipeline.measure(database, network=roads, progress=until_the_second)
        assert seen == [(0, 3), (1, 3), (2, 3)]
        with database.reading() as session:
            assert [bool(catchment.of(session, site.id)) for site in known] == [True, True, False]
        again = pipeline.measure(database, network=roads)
        assert (again.sites, again.counted) == (0, 1)
        assert pipeline.measure(database, network=roads, everything=True).counted == 3
