"""Imports that meet an obstacle: no room to read or to store, no right to write, another import, Ctrl+C."""

from __future__ import annotations

import random
import resource
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.deliveries import watching
from tests.deliveries.watching import Place, until

ROWS = 2_000
MIB = 1024 * 1024
SEED = 20261125


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few thousand plots, some megabytes in the database."""
    return watching.plots(tmp_path_factory.mktemp("plots") / "plots.gpkg", ROWS)


@pytest.fixture
def place(database_url: str, tmp_path: Path) -> Place:
    return watching.place(tmp_path, database_url)


@pytest.fixture
def own(tmp_path: Path) -> Place:
    """A place with a database in a file of its own."""
    return watching.place(tmp_path)


def assert_refused(own: Place, before: str, answer: tuple[int, str, str], sentence: str) -> None:
    """Assert that an import ended with one sentence and left everything as it was."""
    code, out, err = answer
    assert (code, out, err) == (2, "", f"{sentence}\n")
    assert own.state() == before
    assert own.left_over() == []
    assert own.run("check")[0] == 0


def assert_works(place: Place, file: Path) -> None:
    """Assert that nothing stands in the way of the same import afterwards."""
    code, out, err = place.run("import", file)
    assert code == 0, out + err
    assert place.run("check")[0] == 0


@pytest.mark.parametrize(
    ("share", "more", "sentence"),
    [
        (0.5, 0, "The file “plots.gpkg” could not be copied for reading: File too large."),
        (1.0, 20_000, "The file “plots.gpkg” could not be copied for reading: File too large."),
        (1.7, 0, "The database cannot be reached or used."),
    ],
    ids=["to copy", "to read", "to store"],
)
def test_no_room_in_files(own: Place, file: Path, share: float, more: int, sentence: str) -> None:
    bytes_ = round(file.stat().st_size * share) + more
    before = own.state()

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_, bytes_))

    assert_refused(own, before, own.run("import", file, preexec_fn=bounded), sentence)
    assert_works(own, file)


def test_a_full_disk(own: Place, file: Path, tmp_path: Path) -> None:
    (disk := tmp_path / "disk").mkdir()
    small = f"mount -t tmpfs -o size={round(file.stat().st_size * 1.3) // 1024}k finder {disk}"
    may = subprocess.run(["unshare", "--map-root-user", "--mount", "sh", "-c", small], capture_output=True, text=True)
    assert may.returncode == 0, "a small file system is mounted: that takes root or user namespaces"
    # everything happens in a small file system that ends with the shell
    script = f"""{small}
        cp {own.temporary.parent}/finder.sqlite {disk}/finder.sqlite
        "$@"; code=$?
        cp {disk}/finder.sqlite* {own.temporary.parent}
        exit $code"""
    before = own.state()
    full = Place(f"sqlite:///{disk}/finder.sqlite", own.temporary)
    answer = full.run("import", file, before=("unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh"))
    assert_refused(own, before, answer, "The disk is full; nothing was stored.")
    assert_works(own, file)


def test_a_database_that_may_only_be_read(own: Place, file: Path) -> None:
    before = own.state()
    path = own.url.removeprefix("sqlite:///")
    answer = Place(f"sqlite:///file:{path}?mode=ro&uri=true", own.temporary).run("import", file)
    assert_refused(own, before, answer, "The database can be read but not written.")


@pytest.mark.full
def test_two_at_once(place: Place, file: Path, tmp_path: Path) -> None:
    other = watching.plots(tmp_path / "other.gpkg", ROWS, seed=2)
    with place.start("import", file) as one, place.start("import", other) as two:
        said = [child.communicate() for child in (one, two)]
    assert (one.returncode, two.returncode) == (0, 0), said
    assert place.run("check")[0] == 0
    twice = place.state()
    for path in (file, other):
        assert place.run("import", path)[0] == 0
        assert place.state() == twice, "all of it was there already"
    assert (place.count("site"), place.count("delivery")) == (2 * ROWS, 2)


@pytest.mark.full
def test_breaking_off_at_any_moment(own: Place, file: Path, tmp_path: Path) -> None:
    shutil.copy(tmp_path / "finder.sqlite", tmp_path / "copy.sqlite")
    copy = Place(f"sqlite:///{tmp_path / 'copy.sqlite'}", own.temporary)
    with copy.start("import", file) as whole:
        assert until(lambda: bool(own.left_over()), whole)
        begin = time.monotonic()
        until(lambda: copy.count("delivery") == 1, whole)
        seconds = time.monotonic() - begin
        whole.communicate()
    shutil.copy(tmp_path / "finder.sqlite", tmp_path / "kept.sqlite")
    before = own.state()
    dice = random.Random(SEED)
    broken_off = 0
    for i in range(5):
        with own.start("import", file) as child:
            assert until(lambda: bool(own.left_over()), child)
            end = time.monotonic() + (i + dice.random()) / 7 * seconds
            until(lambda end=end: time.monotonic() >= end, child)  # type: ignore[misc]
            child.send_signal(signal.SIGINT)
            out, err = child.communicate()
        assert own.left_over() == []
        assert own.readers() == []
        if own.count("delivery"):  # it was all done by then; nobody undoes that
            for path in tmp_path.glob("finder.sqlite*"):
                path.unlink()
            shutil.copy(tmp_path / "kept.sqlite", tmp_path / "finder.sqlite")
            continue
        broken_off += 1
        assert (child.returncode, out, err) == (130, "", "")
        assert own.state() == before
    assert broken_off >= 2
    assert_works(own, file)
