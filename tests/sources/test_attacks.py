"""Every row of the list of known attacks, with a server and a file as canaries.

=========================================  ==========================================================================
row of the list                            covered by
=========================================  ==========================================================================
VRT named .geojson/.gml, also in a zip     `attacks`: VRT (nine names, local and remote, in and beside zips)
GDALG JSON; OGRWFSDataSource named .gml    `attacks`: GDALG, WFS
.sqlite with a VirtualOGR table            `attacks`: VirtualOGR, also named .geojson and inside a GeoPackage
GeoJSON with a crs of type link or url     `attacks`: GeoJSON crs, at the top and inside, at a server and at a file
GML/KML with DOCTYPE                       `attacks`: DOCTYPE, four kinds in GML, KML, OpenImmo and XPlanGML, late ones
names: /vsicurl/, http://, CSV:, PG:       `attacks.NAMES` here; more in test_reading
zip: ../, absolute, symlink, bomb,         `attacks`: archives, each as Shapefile, KMZ and XLSX; every single rule
overlap, nested, encrypted, 10,000 members in test_archive
.gfs .xsd .csvt .qix -journal sidecars     `attacks`: sidecars (links to the canary, so that opening them shows)
new formats                                `attacks`: GML, KML, XPlan, OpenImmo, XML, XLSX, Parquet, FlatGeobuf
systems that name files (PROJ)             `attacks`: coordinate systems; test_crs
=========================================  ==========================================================================

Where `live` says so, the same file is first read by a plain GDAL, and a canary must tell: an attack that is none
proves nothing. test_safety has the first of these attacks with the exact refusal of each; test_lock tries what the
locked process may do at all.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from pathlib import Path

import pyogrio
import pytest

from finder import pipeline
from finder.errors import FinderError
from finder.language import LANGUAGES, Language
from finder.store.database import Database
from tests import factories
from tests.sources import attacks, attacks_in_markup, attacks_in_tables
from tests.sources.attacks import ATTACKS, Attack
from tests.sources.canary import WORD, File, Server

LISTS = (attacks, attacks_in_markup, attacks_in_tables)
"""Each adds its own when it is loaded."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def secret(tmp_path: Path, server: Server) -> Iterator[File]:
    file = File(tmp_path / "ours")
    server.clear()
    yield file
    file.close()


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path_factory.mktemp('database') / 'finder.sqlite'}"
    with factories.database(url) as database:
        yield database


def plainly(path: Path) -> None:
    """Read a file as GDAL does by itself, whatever comes of it."""
    with warnings.catch_warnings(), contextlib.suppress(Exception):  # only the canaries count
        warnings.simplefilter("ignore")
        info = pyogrio.read_info(path, force_feature_count=True)
        pyogrio.raw.read(path, layer=info["layer_name"])


def delivered(database: Database, path: Path, profile: Path | None = None) -> str | None:
    """Bring a file in without storing anything; return why it was refused, None where it was read."""
    how = {} if profile is None else {"profile": str(profile)}
    try:
        report = pipeline.deliver(database, path, dry_run=True, municipality="Musterstadt", **how)
    except FinderError as error:
        told = " ".join(Language(code).error(error) for code in LANGUAGES)
        assert WORD not in told
        return told
    assert WORD not in repr(report)
    return None


PROFILE = """
name = "anything"
title = "Whatever has a name"
source = "Musteramt"
[columns.source_id]
from = ["id", "name"]
[columns.name]
from = ["name"]
"""
"""Takes nearly every file, so that its places come to be moved as well."""
OWN_WAY = ("XPlan", "OpenImmo")
"""What is read by the profile of its format."""


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_no_file_leads_elsewhere(
    tmp_path: Path, server: Server, secret: File, database: Database, attack: Attack
) -> None:
    (folder := tmp_path / "delivered").mkdir()
    path = attack.make(folder, secret.path, server.address)
    (profile := tmp_path / "anything.toml").write_text(PROFILE)
    if attack.live:
        plainly(path)
        assert secret.opened() or server.connections, "the attack is not live"
    secret.opened()
    server.clear()
    there = sorted(tmp_path.rglob("*"))
    why = delivered(database, path, None if attack.row in OWN_WAY else profile)
    assert not secret.opened()
    assert server.connections == 0
    assert sorted(tmp_path.rglob("*")) == there, "and nothing was written"
    assert (why is not None) is attack.refused, why
    assert "flaechenfinder-" not in (why or "")


@pytest.mark.parametrize("name", attacks.NAMES)
def test_no_name_leads_elsewhere(
    tmp_path: Path, server: Server, secret: File, database: Database, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert delivered(database, Path(name.replace("@FILE@", str(secret.path)).replace("@SERVER@", server.address)))
    assert not secret.opened()
    assert server.connections == 0


def test_the_canaries_sing(server: Server, secret: File, tmp_path: Path) -> None:
    assert not secret.opened()
    secret.path.read_text()
    assert secret.opened()
    assert not secret.opened()
    plainly(Path(f"/vsicurl/{server.address}/a.csv"))
    assert server.connections
