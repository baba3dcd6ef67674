"""A file appears whole when all has gone well, and nothing is left behind where it has not."""

from __future__ import annotations

from pathlib import Path

import pytest

from finder.errors import UnusableInput
from finder.exports.aside import Aside


def new(file: Path) -> None:
    file.write_text("new")


def test_it_appears_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_text("old")
    with Aside(path) as aside:
        aside.write(new)
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_what_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_text("old")
    aside = Aside(path)
    aside.write(new)
    with pytest.raises(ZeroDivisionError), aside:
        1 / 0  # noqa: B018
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_never_written_never_appears(tmp_path: Path) -> None:
    with Aside(tmp_path / "report.csv"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_takes_nothing_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match=r"The folder of “report\.csv” does not exist"):
        Aside(tmp_path / "nowhere" / "report.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(UnusableInput, match=r"“folder.csv” cannot be written: Is a directory\."):
        Aside(tmp_path / "folder.csv")
    with pytest.raises(UnusableInput, match="cannot be written"):
        Aside(Path("/proc/report.csv"))  # not even root may


def test_a_writer_that_fails_is_told_in_one_sentence(tmp_path: Path) -> None:
    def full(file: Path) -> None:
        file.write_text("half")
        raise OSError(28, "No space left on device")

    aside = Aside(tmp_path / "report.csv")
    with pytest.raises(UnusableInput, match=r"“report\.csv” cannot be written: No space left on device"), aside:
        aside.write(full)
    assert list(tmp_path.iterdir()) == []
