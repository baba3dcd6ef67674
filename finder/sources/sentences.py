"""Everything reading a file can say: refusals of the whole file and notes on its rows, each one sentence.

The reading process names them by these tables only: nothing a hostile file does to it can put words into our mouth.
"""

from __future__ import annotations

from collections.abc import Iterator

from finder.errors import UnsafeInput, UnusableInput
from finder.language import N_
from finder.model.record import Issue

REFUSALS: dict[str, tuple[type[UnusableInput], str]] = {
    # the file as such
    "missing": (UnusableInput, N_("The file “%(name)s” does not exist.")),
    "not_a_file": (UnusableInput, N_("“%(name)s” is not an ordinary file.")),
    "not_opened": (UnusableInput, N_("The file “%(name)s” could not be opened: %(reason)s.")),
    "not_copied": (UnusableInput, N_("The file “%(name)s” could not be copied for reading: %(reason)s.")),
    "empty": (UnusableInput, N_("The file is empty.")),
    "too_large": (UnusableInput, N_("The file is larger than %(limit)s MB.")),
    "unknown_format": (UnusableInput, N_("The file's content is none of the formats that can be read: %(formats)s.")),
    "other_format": (UnusableInput, N_("The file's content is %(format)s, which cannot be read here.")),
    "no_layers": (UnusableInput, N_("A %(format)s file has no layers; “%(layer)s” cannot be chosen from it.")),
    "no_such_layer": (UnusableInput, N_("The file has no layer “%(layer)s”; it has: %(layers)s.")),
    "which_layer": (UnusableInput, N_("The file has several layers; choose one of: %(layers)s.")),
    "no_layer": (UnusableInput, N_("The file has no layer with features or rows.")),
    "no_rows": (UnusableInput, N_("The file has no rows.")),
    # what reading it took
    "took_too_long": (UnusableInput, N_("The file could not be read within %(seconds)s seconds.")),
    "memory": (UnusableInput, N_("The file needs more memory to read than the %(limit)s MB allowed.")),
    "too_many_features": (UnusableInput, N_("The file has more than %(limit)s rows.")),
    "too_many_vertices": (UnusableInput, N_("The file has more than %(limit)s coordinates.")),
    "too_many_columns": (UnusableInput, N_("The file has more than %(limit)s columns.")),
    "too_deep": (UnsafeInput, N_("The file is nested more than %(limit)s levels deep.")),
    "failed": (UnusableInput, N_("The file could not be read: its content is damaged or not as its format wants it.")),
    # text
    "nul": (UnusableInput, N_("The file holds NUL bytes; it is not a text in a known encoding.")),
    "not_decoded": (UnusableInput, N_("The file's text is not in the encoding that its first bytes announce.")),
    "open_quote": (UnusableInput, N_("A quotation mark opened in or after row %(row)s is never closed.")),
    "no_header": (UnusableInput, N_("No row with column names separated by semicolon, comma, tab or | was found.")),
    # GeoJSON
    "not_json": (UnusableInput, N_("The file is not valid JSON (line %(line)s, column %(column)s).")),
    "not_geojson": (UnusableInput, N_("The file is JSON, but not a GeoJSON feature collection.")),
    "several_crs": (UnusableInput, N_("The file names different coordinate reference systems for its parts.")),
    "crs_link": (UnsafeInput, N_("The file asks for its coordinate reference system to be fetched from elsewhere.")),
    "crs_kind": (UnsafeInput, N_("The file states its coordinate reference system in a way that is not accepted.")),
    "command": (UnsafeInput, N_("The file holds a command to be run instead of data.")),
    # XML
    "not_xml": (UnusableInput, N_("The file is not well-formed XML (line %(line)s, column %(column)s).")),
    "doctype": (UnsafeInput, N_("The file holds a document type declaration (DOCTYPE).")),
    "elsewhere": (UnsafeInput, N_("The file holds no data but points at other files or servers.")),
    "xplan_version": (
        UnusableInput,
        N_("XPlanGML %(version)s cannot be read here, only %(versions)s; have the plan converted to one of these."),
    ),
    "no_plans": (
        UnusableInput,
        N_("The file holds neither areas with a kind of building use nor a town's plan, only: %(kinds)s."),
    ),
    # SQLite, GeoPackage
    "not_geopackage": (UnsafeInput, N_("The file is a database, but not a GeoPackage.")),
    "virtual_table": (UnsafeInput, N_("The GeoPackage holds the virtual table “%(table)s”.")),
    "computed": (
        UnsafeInput,
        N_("The GeoPackage holds the computed table or view “%(table)s”; store it as a plain table."),
    ),
    "trigger": (UnsafeInput, N_("The GeoPackage holds the trigger “%(table)s”, which is none of the standard's.")),
    # Parquet
    "encrypted": (UnusableInput, N_("The file is encrypted.")),
    "not_geoparquet": (UnusableInput, N_("What the file says of its geometries is not as GeoParquet wants it.")),
    "geometry_encoding": (UnusableInput, N_("The geometries are kept as “%(encoding)s”, which cannot be read here.")),
    # workbooks
    "no_names": (UnusableInput, N_("No row with column names was found in the sheet “%(layer)s”.")),
    "no_sheet": (UnusableInput, N_("No sheet of the workbook holds a table with column names and rows.")),
    # OpenStreetMap
    "not_extract": (
        UnusableInput,
        N_("The file's content is %(format)s; wanted is an OpenStreetMap extract in the PBF format (.osm.pbf)."),
    ),
    "no_extract": (UnusableInput, N_("The file is no OpenStreetMap extract in the PBF format (.osm.pbf).")),
    "extract_damaged": (
        UnusableInput,
        N_("The OpenStreetMap extract is damaged or incomplete, as after a download that broke off."),
    ),
    "extract_history": (
        UnusableInput,
        N_("The OpenStreetMap extract holds earlier states of its objects; wanted is one of the present state only."),
    ),
    "no_roads": (UnusableInput, N_("The OpenStreetMap extract holds no road that motor vehicles may use.")),
    "too_many_ways": (UnusableInput, N_("The OpenStreetMap extract holds more than %(limit)s ways of one kind.")),
    "changed": (UnusableInput, N_("The file “%(name)s” changed while it was being read.")),
    # ZIP
    "zip_damaged": (UnusableInput, N_("The ZIP archive is damaged.")),
    "zip_members": (UnsafeInput, N_("The ZIP archive has more than %(limit)s members.")),
    "zip_path": (UnsafeInput, N_("The ZIP archive holds a member that would be written outside its folder.")),
    "zip_special": (UnsafeInput, N_("The ZIP archive holds a link or another special file.")),
    "zip_unpacked": (UnsafeInput, N_("The ZIP archive unpacks to more than %(limit)s MB.")),
    "zip_ratio": (UnsafeInput, N_("A member of the ZIP archive unpacks to more than %(limit)s times its size.")),
    "zip_bomb": (UnsafeInput, N_("A member of the ZIP archive unpacks to more than its directory says.")),
    "zip_overlap": (UnsafeInput, N_("Members of the ZIP archive overlap or occur twice.")),
    "zip_nested": (UnsafeInput, N_("The ZIP archive holds another archive.")),
    "zip_encrypted": (UnusableInput, N_("The ZIP archive is encrypted.")),
    "zip_method": (UnusableInput, N_("The ZIP archive is packed by a method that cannot be read here.")),
    "zip_content": (
        UnusableInput,
        N_("The ZIP archive holds no Shapefile (.shp with .dbf), KML, GML, XPlanGML or OpenImmo file."),
    ),
    "zip_several": (
        UnusableInput,
        N_("The ZIP archive holds %(count)s files to read (%(members)s); deliver them one by one."),
    ),
    "shapefile_alone": (
        UnusableInput,
        N_("The file is one part of a Shapefile; pack all of its parts (.shp, .dbf, .shx, .prj) into one ZIP archive."),
    ),
    "shapefile_part": (UnusableInput, N_("The Shapefile “%(layer)s” lacks its %(suffix)s file.")),
}

NOTES: dict[str, tuple[str, str]] = {
    "encoding_assumed": ("noted", N_("The text is not UTF-8; it was read as %(encoding)s.")),
    "encoding_unknown": ("noted", N_("The encoding “%(stated)s” is not known; the text was read as %(encoding)s.")),
    "characters_replaced": ("noted", N_("Characters that do not exist in the encoding %(encoding)s were replaced.")),
    "header_found": ("noted", N_("The column names were found in line %(line)s; what stands above it was left out.")),
    "header_empty": ("noted", N_("Column %(position)s has no name; it is called “%(header)s” here.")),
    "cells_merged": (
        "kept",
        N_("%(count)s cells are merged here; only the first of them has the value, the others are not known."),
    ),
    "header_repeated": ("noted", N_("The column name “%(stated)s” occurs again; it is called “%(header)s” here.")),
    "quotes_irregular": (
        "noted",
        N_("Quotation marks inside cells are not doubled; cells may have been split wrongly."),
    ),
    "row_short": ("kept", N_("The row has %(found)s cells instead of %(wanted)s; the missing ones are not known.")),
    "row_long": ("kept", N_("The row has %(found)s cells instead of %(wanted)s; the further ones were left out.")),
    "sheets_left_out": ("noted", N_("Sheets without a table were left out: %(sheets)s.")),
    "sheets_hidden": ("noted", N_("Hidden sheets were not read: %(sheets)s.")),
    "header_joined": (
        "noted",
        N_("The column names stand in lines %(first)s to %(last)s; merged cells tell which belong together."),
    ),
    "rows_hidden": ("noted", N_("%(count)s hidden rows were read as well.")),
    "cell_error": ("kept", N_("The cell holds the error %(error)s instead of a value; it is not known.")),
    "formula_without_value": (
        "kept",
        N_("The cell's formula was saved without its result; the value is not known."),
    ),
    "cell_unreadable": ("kept", N_("The cell's content is not as its type wants it; the value is not known.")),
    "no_date": ("kept", N_("The cell is shown as a date, but its number is none; the number was kept.")),
    "feature_unreadable": ("kept", N_("This member is not a feature; nothing of it could be read.")),
    "properties_unreadable": ("kept", N_("The feature's properties are not an object; they were left out.")),
    "geometry_unreadable": ("kept", N_("The geometry could not be read; the row stays without a place.")),
    "heights_dropped": ("noted", N_("The geometry's heights or measures were left out; it is kept in the plane.")),
    "curves_straightened": ("noted", N_("The geometry has arcs; they were replaced by short straight lines.")),
    "dimension_wrong": (
        "noted",
        N_("The geometry states another number of coordinates a position than it has; it was read as it closes."),
    ),
    "feature_left_out": ("kept", N_("The feature lies elsewhere (“%(href)s”); it was not fetched.")),
    "part_of_more": ("noted", N_("The file holds only %(found)s of the %(wanted)s features that its service has.")),
    "geometry_further": ("kept", N_("The feature has a further geometry, “%(header)s”; it was left out.")),
    "pointer_left_out": (
        "noted",
        N_("“%(kind)s” was left out: it holds pictures, models or the address of another file, no sites."),
    ),
    "one_of_several": ("noted", N_("The archive holds %(count)s KML files; only “%(name)s” was read.")),
    "reference_left_out": ("kept", N_("The geometry lies elsewhere (“%(href)s”); it was not fetched.")),
    # XPlanGML
    "features_left_out": (
        "noted",
        N_("%(count)s objects that state no kind of building use were left out: %(kinds)s."),
    ),
    "measures_left_out": (
        "noted",
        N_("%(count)s objects “%(kind)s” with measures lie in no area; they were left out."),
    ),
    "measures_inside": (
        "noted",
        N_("%(measures)s stands on the buildable areas inside the area, on all alike, and was taken from there."),
    ),
    "measures_differ": (
        "kept",
        N_("The buildable areas inside the area do not all state the same %(measures)s; it is not known of the area."),
    ),
    "id_repeated": ("kept", N_("The gml:id “%(id)s” occurs more than once; references mean its first bearer.")),
    "reference_missing": ("kept", N_("“%(href)s” refers to nothing in the file that could stand there.")),
    "reference_outside": ("kept", N_("“%(href)s” lies outside the file; it was not fetched.")),
    "plan_assumed": ("noted", N_("Areas that name no plan were taken to be of the only plan in the file.")),
    "plan_missing": ("kept", N_("The area names no plan that is in the file; nothing is known of its plan.")),
    "crs_of_others": (
        "noted",
        N_("Geometries without a coordinate reference system of their own were read in “%(stated)s” as the others."),
    ),
    "key_repeated": ("noted", N_("An object names “%(key)s” more than once; its last value was read.")),
    "not_a_number": (
        "noted",
        N_("NaN or infinite numbers stand in the file, which JSON does not know; they count as none."),
    ),
    "crs_not_known": ("noted", N_("The coordinate reference system “%(stated)s” is not known.")),
    "axes_turned": (
        "noted",
        N_("The coordinates have north or latitude first, as “%(stated)s” wants it; they were read in this order."),
    ),
    "axes_other": (
        "noted",
        N_(
            "The coordinates stand in another order than “%(stated)s” wants; "
            "they were read in the one by which they lie where this system is used."
        ),
    ),
    "column_left_out": ("noted", N_("The column “%(header)s” holds binary data and was left out.")),
    "element_behind": ("noted", N_("The element “%(element)s” belongs to no row and was left out.")),
    "zone_unknown": ("noted", N_("The time zone “%(zone)s” is not known here; its times are given in UTC.")),
    "changes_beside": ("noted", N_("Changes not yet written into the file lie beside it (-wal) and were not read.")),
    "more_of_a_kind": ("noted", N_("%(count)s further remarks of this kind are not listed (%(rule)s).")),
}

FORMATS = "GeoJSON, GeoPackage, Shapefile (ZIP), FlatGeobuf, GML, KML, KMZ, XPlanGML, GeoParquet, CSV, XLSX, OpenImmo"
_SHOWN = 200
_LISTS = {"kinds": 2000}
"""Parameters that name all there is."""


class Refusal(Exception):
    """A file is refused as a whole, by a row of `REFUSALS`; `finder.sources.read` raises it as that row's error."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def error(code: str, params: dict[str, object]) -> UnusableInput:
    """Return the named error of a refusal."""
    kind, message = REFUSALS[code]
    return kind(message, **{name: plain(value) for name, value in params.items()})


def plain(value: object, longest: int = _SHOWN) -> object:
    """Return a parameter fit to be shown: numbers as they are, anything else as one short line of text."""
    if isinstance(value, int | float):
        return value
    text = "".join(c if c.isprintable() else " " for c in str(value)[: 4 * longest])
    return text if len(text) <= longest else text[: longest - 1] + "…"


class Notes:
    """Collects issues, of each kind at most `limit`; the rest is counted."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._counts: dict[str, int] = {}
        self._said: set[tuple[str, ...]] = set()
        self._issues: list[Issue] = []

    def add(
        self, rule: str, *, row: int | None = None, field: str | None = None, value: object = None, **params: object
    ) -> None:
        """Note something by a row of `NOTES`."""
        self._add(rule, row, field, value, params)

    def once(self, rule: str, *, field: str | None = None, **params: object) -> None:
        """Note something of the whole file, the same the first time only."""
        said = (rule, *map(str, params.values()))
        if said not in self._said:
            self._said.add(said)
            self._add(rule, None, field, None, params)

    def _add(self, rule: str, row: int | None, field: str | None, value: object, params: dict[str, object]) -> None:
        self._counts[rule] = self._counts.get(rule, 0) + 1
        if self._counts[rule] <= self._limit:
            self._issues.append(note(rule, row=row, field=field, value=value, params=params))

    def __iter__(self) -> Iterator[Issue]:
        yield from self._issues
        for rule, count in self._counts.items():
            if count > self._limit:
                yield note("more_of_a_kind", params={"count": count - self._limit, "rule": rule})


def note(
    rule: str,
    *,
    row: int | None = None,
    field: str | None = None,
    value: object = None,
    params: dict[str, object] | None = None,
) -> Issue:
    """Return the issue of a row of `NOTES`."""
    action, message = NOTES[rule]
    return Issue(
        rule=rule,
        action=action,
        message=message,
        row=row,
        field=None if field is None else str(plain(field)),
        value=None if value is None else str(plain(value)),
        params={name: plain(found, _LISTS.get(name, _SHOWN)) for name, found in (params or {}).items()},
    )
