"""Profiles at the command line: proposed, listed, chosen."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from finder import pipeline
from finder.cli import main
from finder.exports.table import COLUMNS
from finder.intake import profiles
from finder.store.database import Database

LIST = (
    "Flächen-Nr.;Bezeichnung;Gemeinde;Fläche_ha;Nutzungsart;Rechtswert;Hochwert;Kürzel\r\n"
    "1;Musterplatz;Marl;1,25;Gewerbegebiet;367000;5724000;x\r\n"
    "2;Probeplatz;Datteln;2,5;GE/GI;388000;5724500;y\r\n"
)
REGISTER = (
    "OrganisationURI;Site Reference;SiteNameAddress;Geo X;GeoY;HECTARES;Notes\r\n"
    'http://example.org/id/district-council/sampleshire;K1;"Café – Straße";-1.31;51.06;0.9;\r\n'
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an empty database of its own, lists in it."""
    address = f"sqlite:///{tmp_path / 'finder.sqlite'}"
    monkeypatch.setenv("FINDER_DATABASE", address)
    monkeypatch.setenv("FINDER_LANGUAGE", "en")
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "liste.csv").write_bytes(LIST.encode("cp1252"))
    (tmp_path / "register.csv").write_bytes(REGISTER.encode("cp1252"))
    return tmp_path


def begun(place: Path) -> None:
    """Begin the database with no sites."""
    database = Database(f"sqlite:///{place / 'finder.sqlite'}")
    pipeline.start(database, "own")
    database.close()


def finder(*words: str | Path) -> Result:
    """Run a command in this process."""
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_a_proposed_profile_brings_the_file_in(place: Path) -> None:
    result = finder("import", "--suggest", place / "liste.csv")
    assert result.exit_code == 0
    assert not (place / "finder.sqlite").exists()
    assert profiles.parse(tomllib.loads(result.stdout)).ignore == ("Kürzel",)
    assert result.stderr.splitlines()[0] == "8 columns: 7 taken, 0 uncertain (behind a #), 1 left out."
    (place / "proposed.toml").write_text(result.stdout, encoding="utf-8")
    begun(place)
    result = finder("import", place / "liste.csv", "--profile", place / "proposed.toml", "--dry-run")
    assert result.exit_code == 0, result.output
    assert "profile liste" in result.stdout
    assert "was chosen" not in result.stdout
    assert [line.split() for line in result.stdout.splitlines() if line.startswith("  new")] == [["new", "2"]]


def test_a_profile_is_proposed_in_the_readers_language(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    english = finder("import", "--suggest", place / "liste.csv").stdout
    monkeypatch.setenv("FINDER_LANGUAGE", "de")
    german = finder("import", "--suggest", place / "liste.csv").stdout
    assert tomllib.loads(german) == tomllib.loads(english)


def test_a_proposal_is_utf8_in_any_terminal(place: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "finder", "import", "--suggest", str(place / "liste.csv")],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii:backslashreplace"},
        check=True,
    )
    assert tomllib.loads(result.stdout.decode("utf-8"))["columns"]["stated_area_m2"]["from"] == ["Fläche_ha"]


def test_one_file_at_a_time(place: Path) -> None:
    result = finder("import", "--suggest", place / "liste.csv", place / "register.csv")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--suggest" in result.stderr


def test_what_cannot_be_read_has_no_profile(place: Path) -> None:
    (place / "nothing.csv").write_text("")
    result = finder("import", "--suggest", place / "nothing.csv")
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_register_dropped_in_is_recognised(place: Path) -> None:
    begun(place)
    result = finder("import", place / "register.csv", "--anywhere", "--dry-run")
    assert result.exit_code == 0, result.output
    assert "profile uk-brownfield" in result.stdout.splitlines()[0]
    assert "The profile “uk-brownfield” was chosen: it knows 7 of the file's 7 columns." in result.stdout


def test_our_own_columns_are_recognised(place: Path) -> None:
    begun(place)
    row = {"id": "X-1", "name": "Musterplatz", "municipality": "Marl", "source": "test", "source_id": "1"}
    cells = ",".join(row.get(name, "") for name in COLUMNS)
    (place / "ours.csv").write_text(",".join(COLUMNS) + "\n" + cells + "\n", encoding="utf-8")
    result = finder("import", place / "ours.csv", "--dry-run")
    assert "profile finder" in result.stdout.splitlines()[0]
    assert result.exit_code == 0, result.output


def test_where_nothing_fits_the_missing_columns_are_named(place: Path) -> None:
    begun(place)
    result = finder("import", place / "liste.csv")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "name, source_id/id" in result.stderr
    assert "--suggest" in result.stderr


def test_bundled_profiles_are_listed() -> None:
    result = finder("profiles")
    assert result.exit_code == 0
    listed = [line.split()[0] for line in result.stdout.splitlines()]
    assert listed == list(profiles.known())
    assert "Our own schema" in result.stdout
