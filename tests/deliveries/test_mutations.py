"""Files gone wrong, thousands of them: each is refused in a sentence, or every row of it is accounted for.

Most are read in this process: the reader, the hand-over, the profile and the rules are the real ones, only the locked
process around the reader is not there (`test_inside`). A smaller share goes the whole way, through `pipeline.deliver`
with its locked process into a database (`test_the_whole_way`).
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import hypothesis
import pytest
import shapely
from hypothesis import strategies

from finder import crs, pipeline
from finder.errors import FinderError
from finder.intake import choosing, profiles
from finder.intake.normalise import normalise
from finder.intake.validate import validate
from finder.language import LANGUAGES, Language
from finder.limits import DEFAULT
from finder.model.record import Issue, Origin, RawRecords
from finder.sources import exchange, geojson, sentences, worker
from finder.sources.sentences import Refusal
from finder.store.database import Database
from tests import factories
from tests.deliveries import markup, mutations, wording, writing
from tests.deliveries.sites import SITES, SOURCE

QUICK = hypothesis.settings.default.max_examples if hypothesis.settings.default else 30
AREA = crs.region()


@dataclass(frozen=True)
class Kind:
    """A valid file, how it goes wrong, and the profile that reads it."""

    name: str
    write: Callable[[Path], Path]
    change: Callable[[bytes, mutations.Dice], bytes]
    profile: Callable[[Path], Path] | None = None

    def __str__(self) -> str:
        return self.name


FEW = SITES[:6]


def geojson_of(folder: Path) -> Path:
    return writing.geojson(folder / "a", FEW)


def csv_of(folder: Path) -> Path:
    return writing.csv_german(folder / "a", FEW, wording.OFFICE)


def office(folder: Path) -> Path:
    return wording.profile(folder / "amt.toml", wording.OFFICE, SOURCE)


KINDS = (
    Kind("GeoJSON", geojson_of, mutations.changed(mutations.json_changed)),
    Kind("CSV", csv_of, mutations.changed(mutations.table_changed), office),
    Kind("GML", lambda folder: markup.gml(folder / "a", FEW), mutations.changed(mutations.xml_changed)),
    Kind("XPlanGML", lambda folder: markup.xplan(folder / "a", FEW, "6.0"), mutations.changed(mutations.xml_changed)),
    Kind("OpenImmo", lambda folder: markup.openimmo(folder / "a", FEW), mutations.changed(mutations.xml_changed)),
)


@pytest.fixture(scope="module", params=KINDS, ids=str)
def kind(request: pytest.FixtureRequest) -> Kind:
    return request.param


@dataclass(frozen=True)
class Valid:
    """What is there before things go wrong."""

    kind: Kind
    data: bytes
    profile: str | None

    def wrong(self, seed: int) -> bytes:
        return self.kind.change(self.data, mutations.Dice(seed))


@pytest.fixture(scope="module")
def valid(kind: Kind, tmp_path_factory: pytest.TempPathFactory) -> Valid:
    folder = tmp_path_factory.mktemp("valid")
    profile = kind.profile(folder) if kind.profile else None
    return Valid(kind, kind.write(folder).read_bytes(), profile and str(profile))


def in_this_process(data: bytes) -> RawRecords:
    """Return a file's rows as `finder.sources.read` does, without the locked process."""
    with tempfile.TemporaryDirectory() as name:
        path, out = Path(name) / "content", Path(name) / "out"
        path.write_bytes(data)
        out.mkdir()
        try:
            exchange.write(out, worker._read(path, out, None, DEFAULT))
        except Refusal as refusal:
            exchange.write_refusal(out, refusal.code, refusal.params)
        try:
            found = exchange.read(out, DEFAULT)
        except Refusal as refusal:
            if refusal.__cause__ is not None:  # what the reader hands over is not of the agreed form
                raise
            raise sentences.error(refusal.code, {**refusal.params, "name": "a"}) from refusal
    about = found.about
    return RawRecords(
        columns=found.columns,
        rows=found.rows,
        geometry=found.geometry,
        crs=f"EPSG:{crs.LONLAT}" if about["crs"] == geojson.LONLAT else about["crs"],
        origin=Origin(
            name="a",
            format=about["format"] or "",
            sha256="0" * 64,
            size_bytes=len(data),
            encoding=about["encoding"],
            delimiter=about["delimiter"],
        ),
        issues=found.issues,
    )


def assert_said(error: FinderError) -> None:
    """Assert that a refusal is one full sentence in both languages."""
    for code in LANGUAGES:
        sentence = Language(code).error(error)
        assert sentence.strip()
        assert "Traceback" not in sentence


def assert_explained(rows: set[int], stored: set[int], rejected: set[int], issues: tuple[Issue, ...]) -> None:
    """Assert that every row is stored or rejected, and every rejected one has its reason."""
    assert stored | rejected == rows
    assert not stored & rejected
    assert {issue.row for issue in issues if issue.action == "rejected"} == rejected
    for code in LANGUAGES:
        for issue in issues:
            assert Language(code).text(issue.message, **issue.params).strip()


def features(data: bytes) -> int | None:
    """Return how many features a text holds as any other parser sees it, None where that is not clear."""
    try:
        top = json.loads(data)
    except (ValueError, RecursionError):
        return elements(data)
    found = top.get("features") if isinstance(top, dict) and top.get("type") == "FeatureCollection" else None
    return len(found) if isinstance(found, list) else None


def elements(data: bytes) -> int | None:
    """Return how many offers or features XML holds, None where some stand within each other."""
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError, LookupError):
        return None
    held = {"immobilie": lambda element: 1, "featureMember": len}
    found = [element for element in root.iter() if element.tag.rpartition("}")[2] in held]
    if any(inner in found for element in found for inner in element.iter() if inner is not element):
        return None
    return sum(held[element.tag.rpartition("}")[2]](element) for element in found)


@hypothesis.settings(max_examples=QUICK, suppress_health_check=list(hypothesis.HealthCheck))
@hypothesis.given(seed=strategies.integers(0, 2**32))
def test_inside(valid: Valid, seed: int) -> None:
    data = valid.wrong(seed)
    try:
        raw = in_this_process(data)
        profile = profiles.load(valid.profile) if valid.profile else choosing.choose(raw)[0]
        batch = normalise(raw, profile)
        checked = validate(batch, municipalities=factories.TOWNS, area=AREA, today=factories.TODAY)
    except FinderError as error:
        assert_said(error)
        return
    if raw.origin.format != "CSV" and (count := features(data)) is not None:
        assert len(raw) == count
    assert batch.read == len(raw)
    assert_explained(set(raw.rows), set(checked.frame.index), checked.rejected, tuple(checked.issues))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with factories.database(f"sqlite:///{tmp_path_factory.mktemp('whole') / 'finder.sqlite'}") as database:
        yield database


@hypothesis.settings(max_examples=QUICK // 12 or 1, suppress_health_check=list(hypothesis.HealthCheck))
@hypothesis.given(seed=strategies.integers(0, 2**32))
def test_the_whole_way(valid: Valid, database: Database, tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "lieferung.dat"
        path.write_bytes(valid.wrong(seed))
        try:
            report = pipeline.deliver(database, path, profile=valid.profile)
        except FinderError as error:
            assert_said(error)
            return
    assert report.read == report.new + report.changed + report.unchanged + report.rejected
    assert {issue.row for issue in report.issues if issue.action == "rejected"} == {
        one.row for one in report.rejections
    }
    assert len(report.rejections) == report.rejected


def test_nothing_is_wrong_with_the_valid_ones(valid: Valid, database: Database, tmp_path: Path) -> None:
    (path := tmp_path / "a").write_bytes(valid.data)
    report = pipeline.deliver(database, path, profile=valid.profile, dry_run=True)
    outlines = [site for site in FEW if not isinstance(site.geometry, shapely.Point)]
    assert (report.read, report.rejected) == (len(outlines if valid.kind.name == "XPlanGML" else FEW), 0)
