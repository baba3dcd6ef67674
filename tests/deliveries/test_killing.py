"""kill -9 at random moments of a large import: the database opens, is whole, and holds the old or the new state."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.cluster import Cluster
from tests.deliveries import watching
from tests.deliveries.watching import Place, until

ROWS = 50_000
PRESENT = 2_000
SEED = 20261125

pytestmark = pytest.mark.full


@dataclass(frozen=True)
class Moment:
    """When to kill: so long after the start, after reading began, after so many bytes of journal, or all is stored."""

    seconds: float
    journal_bytes: int = 0
    reading: bool = False
    stored: bool = False


def size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def kill(place: Place, file: Path, moment: Moment, journal: Path) -> bool:
    """Kill an import at the moment and return whether it was still running."""

    before = place.count("delivery")

    def come() -> bool:
        if moment.reading:
            return bool(place.left_over())
        return place.count("delivery") > before if moment.stored else size(journal) >= moment.journal_bytes

    with place.start("import", file) as child:
        try:
            if until(come, child):
                end = time.monotonic() + moment.seconds
                until(lambda: time.monotonic() >= end, child)
        finally:
            child.kill()
        child.communicate()
    return child.returncode == -signal.SIGKILL


@dataclass(frozen=True)
class Measured:
    """One whole import: how long it takes, how far the journal grows, and what is there before and after."""

    seconds: float
    journal_bytes: int
    old: str
    new: str


def measure(place: Place, file: Path, journal: Path) -> Measured:
    old, most = place.state(), 0
    begin = time.monotonic()
    with place.start("import", file) as child:

        def ended() -> bool:
            nonlocal most
            most = max(most, size(journal))
            return child.poll() is not None

        until(ended)
        seconds = time.monotonic() - begin
        out, err = child.communicate()
    assert child.returncode == 0, out + err
    return Measured(seconds, most, old, place.state(times=False))


def assert_whole(place: Place, found: Measured) -> bool:
    """Assert that one of both states is there, by all of the finder's own checks, and return whether it is the new."""
    until(lambda: not place.readers())
    code, out, err = place.run("check")
    assert code == 0, out + err
    if place.state() == found.old:
        return False
    assert place.state(times=False) == found.new
    return True


def assert_swept(place: Place, folder: Path) -> None:
    """Assert that the next start removes what the killed ones left."""
    for path in place.left_over():
        os.utime(path, (0, 0))  # young folders are let alone: their owner may just be locking them
    code, out, err = place.run("import", "--dry-run", watching.plots(folder / "one.gpkg", 1))
    assert code == 0, out + err
    assert place.left_over() == []


def test_on_sqlite(tmp_path: Path) -> None:
    place = watching.place(tmp_path)
    database, journal = tmp_path / "finder.sqlite", tmp_path / "finder.sqlite-wal"
    code, out, err = place.run("import", watching.plots(tmp_path / "present.gpkg", PRESENT, changed=True))
    assert code == 0, out + err
    assert size(journal) == 0
    shutil.copy(database, tmp_path / "kept.sqlite")
    file = watching.plots(tmp_path / "plots.gpkg", ROWS)
    found = measure(place, file, journal)

    def restore() -> None:
        for path in (database, journal, tmp_path / "finder.sqlite-shm"):
            path.unlink(missing_ok=True)
        shutil.copy(tmp_path / "kept.sqlite", database)

    dice = random.Random(SEED)
    moments = [
        # all over the time it takes
        *(Moment((i + dice.random()) / 8 * found.seconds) for i in range(8)),
        # while the other process reads
        *(Moment(dice.random() / 10, reading=True) for _ in range(2)),
        # all over what it writes
        *(Moment(0.0, round((i + dice.random()) / 6 * found.journal_bytes)) for i in range(6)),
        # when all is written: in and around the commit, and while the journal becomes part of the file
        *(Moment(i * dice.random() / 10, round(found.journal_bytes * 0.998)) for i in range(3)),
        Moment(0.0, stored=True),
    ]
    restore()
    killed, news, left = 0, 0, set[Path]()
    for moment in moments:
        killed += kill(place, file, moment, journal)
        left.update(place.left_over())
        if assert_whole(place, found):
            news += 1
            restore()
    assert killed >= len(moments) * 3 // 4, "too many were over before"
    assert 0 < news < len(moments), "all were killed on the same side of the commit"
    assert left, "no import was killed while it read"
    assert_swept(place, tmp_path)
    code, out, err = place.run("import", file)
    assert code == 0, out + err
    assert place.state(times=False) == found.new


def connections(cluster: Cluster, url: str) -> int:
    """Return how many still speak to a database: the server notices only at its next word that nobody listens."""
    engine = sa.create_engine(cluster.url, poolclass=sa.NullPool)
    query = sa.text("SELECT count(*) FROM pg_stat_activity WHERE datname = :name")
    with engine.connect() as session:
        return session.execute(query, {"name": sa.make_url(url).database}).scalar_one()


def test_on_postgis(cluster: Cluster, tmp_path: Path) -> None:
    with cluster.database() as url:
        place = watching.place(tmp_path, url)
        code, out, err = place.run("import", watching.plots(tmp_path / "present.gpkg", PRESENT, changed=True))
        assert code == 0, out + err
        file = watching.plots(tmp_path / "plots.gpkg", ROWS)
        with cluster.database(copy_of=url) as copy:
            found = measure(Place(copy, place.temporary), file, tmp_path / "none")
        dice = random.Random(SEED)
        for i in range(3):
            with cluster.database(copy_of=url) as copy:
                victim = Place(copy, place.temporary)
                moment = Moment((i + dice.random()) / 3 * found.seconds)
                kill(victim, file, moment, tmp_path / "none")
                until(lambda: connections(cluster, copy) == 0)
                assert_whole(victim, found)
