"""Profiles: how one supplier's columns become a site's attributes, written down as TOML and read strictly."""

from __future__ import annotations

import dataclasses
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from finder import crs, resources
from finder.errors import NotFound, UnusableInput
from finder.intake import parts
from finder.intake.numbers import UNITS
from finder.intake.parts import Making, Sign
from finder.intake.strict import Table
from finder.language import N_
from finder.model.attributes import Attribute, Group, Type
from finder.model.site import ATTRIBUTES, Contact
from finder.model.vocabulary import Labelled, RestrictionKind, Status

IDENTITY: dict[str, Attribute] = {
    a.name: a
    for a in (
        Attribute("id", Group.IDENTITY, Type.TEXT, N_("id")),
        Attribute("name", Group.IDENTITY, Type.TEXT, N_("name")),
        Attribute("municipality", Group.IDENTITY, Type.TEXT, N_("municipality")),
        Attribute("source", Group.IDENTITY, Type.TEXT, N_("source")),
        Attribute("source_id", Group.IDENTITY, Type.TEXT, N_("key at the source")),
        Attribute("status", Group.IDENTITY, Type.CHOICE, N_("status"), choices=Status),
        Attribute("sample", Group.IDENTITY, Type.FLAG, N_("fictional sample")),
        Attribute("provenance", Group.IDENTITY, Type.RECORDS, N_("sources of the facts")),
    )
}
"""What a delivery says of a site beside its describing attributes."""
FIELDS: dict[str, Attribute] = {
    **IDENTITY,
    **{n: a for n, a in ATTRIBUTES.items() if a.type is not Type.GEOMETRY and n != "area_m2"},
}
"""Everything a column can become, by name. The geometry has its own rule, and its area is measured, never told."""
_CODED = (Type.TEXT, Type.CHOICE, Type.CHOICES, Type.WORDS)
DATE_FORMATS = ("dd.mm.yyyy", "dd/mm/yyyy", "mm/dd/yyyy")
"""Beside ISO dates, which are always understood."""
_LARGEST_BYTES = 1_000_000
_SEPARATORS = re.compile(r"[\s_\-./]+")


def key(header: str) -> str:
    """Return a header or a code as it is compared: "Geo X" = "geo_x" = "GeoX"."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", header.lstrip("\ufeff")).casefold())


@dataclass(frozen=True, kw_only=True)
class Column:
    """Which columns an attribute is read from and how.

    Where the first present header's cell is empty the next present one's is taken; with `join` all of them are put
    together by that text. `codes` map the supplier's words (as `key` makes them) to the vocabulary's; an empty text
    stands for not known. `part` is a regular expression whose only group is the part of the text that counts. With a
    `making` the headers are all that it looks at. Columns to `check` name the municipality as well, in other words.
    """

    attribute: str
    headers: tuple[str, ...]
    unit: str | None = None
    codes: Mapping[str, str] = field(default_factory=dict)
    join: str | None = None
    part: re.Pattern[str] | None = None
    required: bool = False
    making: Making = field(default_factory=Making)
    check: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GeometryRule:
    """Where the place stands when the file has no geometry of its own: a WKT column, or x and y columns.

    `crs` holds where no cell says otherwise; `codes` map what stands in the column `crs_headers` to EPSG. `box` (west,
    south, east, north in degrees) is where such registers lie: it settles coordinates that do not fit their CRS.
    """

    wkt: tuple[str, ...] = ()
    x: tuple[str, ...] = ()
    y: tuple[str, ...] = ()
    crs: str | None = None
    crs_headers: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Origins:
    """Columns (`method`: a constant) that make up a row's provenance."""

    source: tuple[str, ...] = ()
    url: tuple[str, ...] = ()
    as_of: tuple[str, ...] = ()
    method: str | None = None


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One supplier's way of writing. `source` names the supplier where no column does.

    `formats` are the readers' names of formats (as in `Origin.format`) whose files are always written this way.
    `contact` tells the columns of a contact's members beside those called contact_name, contact_email …
    Rows that lack one of the signs `only` are no sites; those with the sign `withdrawn` the supplier takes back. A file
    with a row of the sign `partial` holds only some of its source's sites.
    """

    name: str
    title: str
    source: str | None = None
    municipality_scheme: str | None = None
    decimal: str | None = None
    dates: tuple[str, ...] = ("dd.mm.yyyy",)
    separators: str = ";"
    columns: tuple[Column, ...] = ()
    constants: Mapping[str, object] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    geometry: GeometryRule = GeometryRule()
    provenance: Origins | None = None
    contact: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rows: tuple[int | None, int | None] = (None, None)
    formats: tuple[str, ...] = ()
    only: tuple[Sign, ...] = ()
    withdrawn: Sign | None = None
    partial: Sign | None = None

    def signs(self) -> tuple[Sign, ...]:
        """Return all signs that rows are looked at for."""
        return (*self.only, *(found for found in (self.withdrawn, self.partial) if found))


def vocabulary_of(name: str) -> type[Labelled] | None:
    """Return the vocabulary that an attribute's codes stand for: its own, and of restrictions their kinds."""
    return RestrictionKind if name == "restrictions" else FIELDS[name].choices


def known() -> tuple[str, ...]:
    """Return the names of the bundled profiles."""
    return tuple(sorted(path.stem for path in (resources.DATA / "profiles").glob("*.toml")))


def load(name_or_path: str | Path) -> Profile:
    """Return a bundled profile by its name, or one from a file ending in .toml.

    Raises
    ------
    NotFound
        There is no such profile.
    UnusableInput
        It is not valid TOML, or a key in it is unknown or has the wrong kind of value; the key is named.
    """
    text = str(name_or_path)
    try:
        if not text.endswith(".toml") and text not in known():
            raise FileNotFoundError
        path = Path(text) if text.endswith(".toml") else resources.DATA / "profiles" / f"{text}.toml"
        if not path.is_file():  # a pipe would make us wait, and a device has no end
            raise FileNotFoundError
        with path.open("rb") as file:
            content = file.read(_LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise NotFound(
            N_("There is no profile “%(name)s”; known are: %(known)s. A file of your own ends in .toml."),
            name=text[:80],
            known=", ".join(known()),
        ) from error
    try:
        if len(content) > _LARGEST_BYTES:
            raise ValueError(content)
        table = tomllib.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits is a plain ValueError
        reasons = {tomllib.TOMLDecodeError: str(error)[:200], UnicodeDecodeError: "UTF-8"}
        reason = reasons.get(type(error), "too large, or nested too deeply")
        raise UnusableInput(
            N_("The profile “%(name)s” is not valid TOML: %(reason)s"), name=path.name[:80], reason=reason
        ) from error
    return parse(table)


def parse(table: Mapping[str, Any]) -> Profile:
    """Return the profile a TOML table describes; every key must be known and well-formed."""
    top = Table(table, "")
    columns = {name: _column(name, top.inside("columns", name)) for name in top.names("columns")}
    if top.take("identity", bool, default=False):
        for name in FIELDS:
            given = columns.get(name, Column(attribute=name, headers=()))
            columns[name] = dataclasses.replace(given, headers=tuple(dict.fromkeys((name, *given.headers))))
    rows = top.table("rows")
    origins = top.table("provenance") if "provenance" in table else None
    profile = Profile(
        name=top.take("name", str),
        title=top.take("title", str),
        source=top.take("source", str, default=None),
        municipality_scheme=top.take("municipality_scheme", str, default=None),
        decimal=top.choice("decimal", (".", ",")),
        dates=tuple(top.choices("dates", DATE_FORMATS, default=("dd.mm.yyyy",))),
        separators=top.take("separators", str, default=";"),
        columns=tuple(columns[name] for name in FIELDS if name in columns),
        constants=_constants(top.table("constants")),
        ignore=top.words("ignore"),
        geometry=_geometry(top.table("geometry")),
        provenance=None if origins is None else _origins(origins),
        contact=_contact(top.table("contact")),
        rows=(rows.take("min", int, default=None), rows.take("max", int, default=None)),
        formats=top.words("formats"),
        only=tuple(parts.sign(inner) for inner in top.tables("only")),
        withdrawn=parts.sign(top.table("withdrawn")) if "withdrawn" in table else None,
        partial=parts.sign(top.table("partial")) if "partial" in table else None,
    )
    rows.done()
    top.done()
    return profile


def _column(name: str, table: Table) -> Column:
    if name not in FIELDS:
        raise table.wrong(N_("The profile's key “%(key)s” names no attribute of a site."))
    attribute = FIELDS[name]
    unit = table.take("unit", str, default=None)
    if unit is not None and unit != attribute.unit and (unit, attribute.unit) not in UNITS:
        raise table.wrong(N_("The profile's key “%(key)s” has a unit that cannot be converted."), "unit")
    part = table.pattern("part") if attribute.type is Type.TEXT else None
    coded = attribute.type in _CODED or name == "restrictions"
    codes = table.mapping("codes") if coded else {}
    making = parts.making(table, name, listed=attribute.type in (Type.CHOICES, Type.WORDS))
    column = Column(
        attribute=name,
        headers=(*table.words("from"), *making.headers()),
        unit=unit,
        codes={key(code): word for code, word in codes.items()},
        join=table.take("join", str, default=None),
        part=part,
        required=table.take("required", bool, default=False),
        making=making,
        check=table.words("check") if name == "municipality" else (),
    )
    choices = vocabulary_of(name)
    if choices is not None:
        vocabulary = {str(choice) for choice in choices} | ({"none"} if name == "restrictions" else set())
        words = {f"codes.{code}": word for code, word in codes.items()}
        for where, word in {**words, **{f"flags.{name}": word for name, word in making.flags.items()}}.items():
            if word and word not in vocabulary:
                raise table.wrong(N_("The profile's key “%(key)s” maps to a word outside the vocabulary."), where)
    table.done()
    return column


def _geometry(table: Table) -> GeometryRule:
    box = table.take("box", list, default=None)
    if box is not None and not _is_box(box):
        raise table.wrong(N_("The profile's key “%(key)s” must hold four numbers: west, south, east, north."), "box")
    rule = GeometryRule(
        wkt=table.words("wkt"),
        x=table.words("x"),
        y=table.words("y"),
        crs=table.take("crs", str, default=None),
        crs_headers=table.words("crs_from"),
        codes={key(code): system for code, system in table.mapping("codes").items()},
        box=None if box is None else (float(box[0]), float(box[1]), float(box[2]), float(box[3])),
    )
    named = {f"codes.{code}": system for code, system in table.mapping("codes").items()}
    for name, system in {**named, **({"crs": rule.crs} if rule.crs else {})}.items():
        try:
            crs.parse(system)
        except UnusableInput as error:
            raise table.wrong(N_("The profile's key “%(key)s” names no coordinate reference system."), name) from error
    table.done()
    return rule


def _is_box(box: list[Any]) -> bool:
    if len(box) != 4 or not all(isinstance(n, int | float) and not isinstance(n, bool) for n in box):
        return False
    west, south, east, north = box
    return bool(-180 <= west < east <= 180 and -90 <= south < north <= 90)


def _origins(table: Table) -> Origins:
    origins = Origins(
        source=table.words("source"),
        url=table.words("url"),
        as_of=table.words("as_of"),
        method=table.take("method", str, default=None),
    )
    table.done()
    return origins


def _contact(table: Table) -> dict[str, tuple[str, ...]]:
    members = {member.name: table.words(member.name) for member in dataclasses.fields(Contact)}
    table.done()
    return {name: headers for name, headers in members.items() if headers}


def _constants(table: Table) -> dict[str, object]:
    for name in table.content:
        if name not in FIELDS or FIELDS[name].type is Type.RECORDS:
            raise table.wrong(N_("The profile's key “%(key)s” names no attribute of a site."), name)
        if not isinstance(table.content[name], str | int | float | bool | list):
            raise table.wrong(N_("The profile's key “%(key)s” has the wrong kind of value."), name)
    return dict(table.content)
