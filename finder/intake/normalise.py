"""Raw columns become a frame in the model's words: units, commas, dates, code lists, nested facts and places."""

from __future__ import annotations

import dataclasses
import fnmatch
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from finder import crs as systems
from finder.errors import UnusableInput
from finder.intake import casting, nested, numbers, placing
from finder.intake.casting import Problem, cast_column, is_empty, plain_text, shown
from finder.intake.profiles import FIELDS, Column, Profile, key
from finder.language import N_
from finder.model.attributes import Attribute, Type
from finder.model.record import Issue, RawRecords
from finder.model.site import Contact, Provenance
from finder.model.vocabulary import Status


@dataclass(frozen=True, kw_only=True)
class Batch:
    """A file's rows on their way in. `frame` has one row per record not rejected so far, indexed by the file's row number.

    Columns are the attributes the file or the profile delivers, beside name, municipality, source, source_id, status
    and provenance (id and sample where delivered). None is not known; numbers are float64 with NaN. `geometry`, where the
    file has places, is in metres. `only_new` are columns that hold for new sites and never touch one that exists.
    `lost` tells the original coordinates of places that could not be moved to metres, by row.
    """

    frame: pd.DataFrame
    issues: list[Issue]
    read: int
    rejected: set[int] = field(default_factory=set)
    only_new: frozenset[str] = frozenset()
    lost: Mapping[int, str] = field(default_factory=dict)


def normalise(
    raw: RawRecords,
    profile: Profile,
    *,
    crs: str | None = None,
    municipality: str | None = None,
    status: Status = Status.DRAFT,
) -> Batch:
    """Return the file's records in the model's words; a cell that cannot be read is not known and named in an issue.

    Parameters
    ----------
    crs : the coordinate reference system, whatever the file says of it.
    municipality : holds for rows that name none.
    status : holds for rows that state none, and only for sites that are new.

    Raises
    ------
    UnusableInput
        A column is missing that every row needs, or nobody says which CRS the file's geometry is in.
    """
    headers = _Headers(raw.columns)
    issues = list(raw.issues)
    columns: dict[str, pd.Series[Any]] = {}
    for rule in profile.columns:
        present = headers.take(rule.headers)
        if present:
            columns[rule.attribute] = _cast(raw, rule, profile, present, issues)
        elif rule.required:
            raise _column_missing(raw, rule, profile)
    geometry, lost = _place(raw, profile, headers, crs, issues)
    if geometry is not None:
        columns["geometry"] = geometry
    contact = _flat_contact(raw, headers, issues)
    if contact is not None and "contact" not in columns:
        columns["contact"] = contact
    origins = _provenance(raw, profile, headers, columns)
    only_new = (
        frozenset(("status", "provenance", "sample"))
        - set(columns)
        - ({"provenance"} if origins is not None else set())
    )
    if origins is not None:
        columns["provenance"] = origins
    _fill(raw, profile, columns, municipality, status)
    issues += _file_issues(raw, profile, headers)
    order = (*FIELDS, "geometry")
    index = pd.Index(list(raw.rows), dtype="int64")
    frame = pd.DataFrame({name: columns[name] for name in order if name in columns}, index=index)
    return Batch(frame=frame, issues=issues, read=len(raw), only_new=only_new, lost=lost)


class _Headers:
    """A file's headers as rules find them, and which of them are taken."""

    def __init__(self, columns: Mapping[str, Sequence[object]]) -> None:
        self.by_key: dict[str, str] = {}
        for header in columns:
            self.by_key.setdefault(key(header), header)
        self.all = tuple(columns)
        self.taken: set[str] = set()

    def take(self, variants: Sequence[str]) -> list[str]:
        """Return the present ones of the variants in the rule's order."""
        found = dict.fromkeys(self.by_key[k] for variant in variants if (k := key(variant)) in self.by_key)
        self.taken |= set(found)
        return list(found)

    def left(self) -> list[str]:
        return [header for header in self.all if header not in self.taken]


# -- columns ----------------------------------------------------------------------------------------------------------


def _series(raw: RawRecords, values: Any, dtype: Any = object) -> pd.Series[Any]:
    index = pd.Index(list(raw.rows), dtype="int64")
    if dtype is object:
        # numpy would take a list of tuples for a table
        cells = np.empty(len(raw), dtype=object)
        for position, value in enumerate(values):
            cells[position] = value
        return pd.Series(cells, index=index, dtype=object)
    return pd.Series(values, index=index, dtype=dtype)


def _values(raw: RawRecords, header: str) -> list[Any]:
    values = raw.columns[header]
    return values.tolist() if isinstance(values, np.ndarray) else list(values)


def _combined(raw: RawRecords, present: Sequence[str], join: str | None) -> list[Any]:
    """Return one column from several: the first that says something, or all of it joined."""
    columns = [_values(raw, header) for header in present]
    if len(columns) == 1:
        return columns[0]
    rows = zip(*columns, strict=True)
    if join is None:
        return [next((cell for cell in row if not is_empty(cell)), None) for row in rows]
    return [join.join(dict.fromkeys(text for cell in row if (text := plain_text(cell)))) or None for row in rows]


def _cast(
    raw: RawRecords, rule: Column, profile: Profile, present: Sequence[str], issues: list[Issue]
) -> pd.Series[Any]:
    attribute = FIELDS[rule.attribute]
    values = _combined(raw, present, rule.join)
    number = attribute.type is Type.NUMBER
    if number and (plain := _plain_numbers(values, rule, attribute)) is not None:
        return _series(raw, plain, "float64")
    escaped = raw.origin.format.casefold().startswith("csv")
    decimal = "."
    if attribute.type in (Type.NUMBER, Type.INTEGER):
        decimal = _decimal(raw, profile, rule, values, issues)
    if attribute.type is Type.RECORDS:
        cast = nested.caster(rule.attribute, profile.dates)
    else:
        cast = casting.caster(rule, attribute, profile, decimal=decimal, escaped=escaped)
    cells, problems = cast_column(values, cast)
    issues += _issues(raw, rule.attribute, problems)
    if number:
        return _series(raw, np.array([np.nan if cell is None else cell for cell in cells], dtype="float64"), "float64")
    if rule.attribute == "provenance":
        cells = [cell or {} for cell in cells]
    return _series(raw, cells)


def _plain_numbers(values: list[Any], rule: Column, attribute: Attribute) -> Any:
    """Return a column of nothing but ordinary numbers in one step, None where a closer look is needed."""
    if not set(map(type, values)) <= {int, float, type(None)}:
        return None
    try:
        plain = np.array([np.nan if value is None else value for value in values], dtype="float64")
    except OverflowError:
        return None
    if np.isinf(plain).any() or (np.abs(plain[~np.isnan(plain)]) > numbers.LARGEST).any():
        return None
    if rule.unit is not None and rule.unit != attribute.unit:
        plain = np.round(plain * numbers.UNITS[rule.unit, attribute.unit], 6)
    return plain


def _decimal(raw: RawRecords, profile: Profile, rule: Column, values: list[Any], issues: list[Issue]) -> str:
    # a German spreadsheet writes semicolons between cells because the comma is its decimal sign
    default = profile.decimal or ("," if raw.origin.delimiter == ";" else ".")
    sign, doubtful = numbers.decimal_sign((value for value in values if isinstance(value, str)), default)
    if doubtful is not None:
        message = N_("Numbers such as “%(value)s” can be read in two ways; “%(sign)s” was taken for the decimal sign.")
        params = {"value": shown(doubtful), "sign": sign}
        issues.append(
            Issue(
                rule="decimal_sign",
                action="noted",
                message=message,
                field=rule.attribute,
                value=shown(doubtful),
                params=params,
            )
        )
    return sign


def _issues(raw: RawRecords, name: str, problems: Sequence[tuple[int, Problem]]) -> list[Issue]:
    return [
        Issue(
            rule=problem.rule,
            action=problem.action,
            message=problem.message,
            row=raw.rows[position],
            field=name,
            value=problem.value,
            params=problem.params,
        )
        for position, problem in problems
    ]


def _column_missing(raw: RawRecords, rule: Column, profile: Profile) -> UnusableInput:
    return UnusableInput(
        N_("The profile “%(profile)s” needs a column for %(field)s (%(expected_headers)s); the file has: %(columns)s."),
        profile=profile.name,
        field=rule.attribute,
        expected_headers=", ".join(rule.headers)[:200],
        columns=", ".join(shown(header, 40) for header in list(raw.columns)[:20]) or "–",
    )


_CONTACT = {f"contact_{f.name}": f.name for f in dataclasses.fields(Contact)}


def _flat_contact(raw: RawRecords, headers: _Headers, issues: list[Issue]) -> pd.Series[Any] | None:
    """Return contacts from columns contact_name, contact_email … as flat tables have them."""
    parts: dict[str, list[Any]] = {}
    for header, member in _CONTACT.items():
        for present in headers.take([header]):
            cells, problems = cast_column(_values(raw, present), _contact_text)
            issues += _issues(raw, "contact", problems)
            parts[member] = cells
    if not parts:
        return None
    rows = (dict(zip(parts, row, strict=True)) for row in zip(*parts.values(), strict=True))
    return _series(raw, [Contact(**row) if any(row.values()) else None for row in rows])


def _contact_text(value: object) -> casting.Cast:
    text = plain_text(value)
    return casting.UNKNOWN if text is None else casting.clean(text, longest=300, one_line=True)


# -- places -----------------------------------------------------------------------------------------------------------


def _place(
    raw: RawRecords, profile: Profile, headers: _Headers, given: str | None, issues: list[Issue]
) -> tuple[pd.Series[Any] | None, dict[int, str]]:
    rule = profile.geometry
    wkt, x, y, codes = (headers.take(names) for names in (rule.wkt, rule.x, rule.y, rule.crs_headers))
    if given is not None:
        systems.parse(given)
        if raw.crs is not None and systems.parse(raw.crs) != systems.parse(given):
            message = N_("The file states the system %(said)s; %(system)s was asked for and used.")
            params = {"said": shown(systems.parse(raw.crs).name), "system": shown(given)}
            issues.append(Issue(rule="crs_given", action="noted", message=message, field="geometry", params=params))
    own = raw.geometry is not None and any(shape is not None for shape in raw.geometry)
    if own:
        assert raw.geometry is not None
        system = given or raw.crs or rule.crs
        if system is None:
            raise UnusableInput(N_("The file does not say its coordinate reference system; give it with --crs EPSG:N."))
        written = placing.from_wkb(raw.geometry, raw.rows, system)
    elif wkt or (x and y):
        values = None if given or not codes else _combined(raw, codes, None)
        row_systems, noticed = placing.systems_of(values, raw.rows, rule, given or rule.crs)
        issues += noticed
        if wkt and any(not is_empty(cell) for cell in _combined(raw, wkt, None)):
            written = placing.from_texts(_combined(raw, wkt, None), raw.rows, given or rule.crs)
        else:
            written = placing.from_xy(_combined(raw, x, None), _combined(raw, y, None), raw.rows, row_systems)
        missing = [s is None and g is not None for s, g in zip(written.crs, written.geometry, strict=True)]
        if any(missing) and not noticed:
            raise UnusableInput(N_("The file does not say its coordinate reference system; give it with --crs EPSG:N."))
    elif raw.geometry is not None:
        return _series(raw, [None] * len(raw)), {}
    else:
        return None, {}
    placed = placing.place(written, raw.rows, rule)
    issues += placed.issues
    return _series(raw, placed.geometry), {raw.rows[position]: text for position, text in placed.lost.items()}


# -- what holds for the whole row or file -----------------------------------------------------------------------------


def _provenance(
    raw: RawRecords, profile: Profile, headers: _Headers, columns: Mapping[str, pd.Series[Any]]
) -> pd.Series[Any] | None:
    """Return each row's origin by the profile's rule; None where the file brings its own or the profile has no rule."""
    rule = profile.provenance
    if rule is None or "provenance" in columns:
        return None
    parts: dict[str, list[Any]] = {}
    casters = {
        "source": lambda value: casting.clean(plain_text(value) or "", longest=300, one_line=True),
        "url": lambda value: (casting.url(value)[0], ()),
        "as_of": lambda value: (_as_of(value, profile), ()),
    }
    for name, cast in casters.items():
        if present := headers.take(getattr(rule, name)):
            parts[name], _ = cast_column(_combined(raw, present, None), cast)
    names = tuple(parts)
    if not names:
        return _series(raw, [{"*": Provenance(method=rule.method)} if rule.method else {} for _ in raw.rows])
    known: dict[tuple[Any, ...], dict[str, Provenance]] = {}
    cells = []
    for row in zip(*parts.values(), strict=True):
        if row not in known:
            known[row] = {"*": Provenance(**dict(zip(names, row, strict=True)), method=rule.method)}
        cells.append(known[row])
    return _series(raw, cells)


def _as_of(value: object, profile: Profile) -> str | None:
    text = plain_text(value)
    if text is None:
        return None
    date = casting.read_date(text, profile.dates)
    return date.isoformat() if date else casting.clean(text, longest=40, one_line=True)[0]


def _fill(
    raw: RawRecords, profile: Profile, columns: dict[str, pd.Series[Any]], municipality: str | None, status: Status
) -> None:
    """Fill what rows leave open with what was said for the whole file."""
    whole: dict[str, object] = {**profile.constants}
    if profile.source is not None:
        whole.setdefault("source", profile.source)
    if municipality is not None:
        whole["municipality"] = municipality
    whole.setdefault("status", status)
    for name, value in whole.items():
        attribute = FIELDS[name]
        constant, problems = casting.caster(Column(attribute=name, headers=()), attribute, profile)(value)
        if problems:
            raise UnusableInput(
                N_("The profile's key “%(key)s” has a value that is not foreseen."), key=f"constants.{name}"
            )
        if name not in columns:
            dtype = "float64" if attribute.type is Type.NUMBER else object
            columns[name] = _series(
                raw, np.full(len(raw), constant) if dtype == "float64" else [constant] * len(raw), dtype
            )
        elif attribute.type is Type.NUMBER:
            columns[name] = columns[name].fillna(constant)
        else:
            columns[name] = _series(raw, [constant if cell is None else cell for cell in columns[name]])
    for name in ("name", "municipality", "source", "source_id"):
        columns.setdefault(name, _series(raw, [None] * len(raw)))
    if "provenance" not in columns:
        columns["provenance"] = _series(raw, [{} for _ in raw.rows])


def _file_issues(raw: RawRecords, profile: Profile, headers: _Headers) -> list[Issue]:
    """Name the columns that no rule takes, those left out on purpose together, and an unusual number of rows."""
    issues = []
    patterns = tuple("*".join(key(part) for part in pattern.split("*")) for pattern in profile.ignore)
    ignored = []
    for header in headers.left():
        if any(fnmatch.fnmatchcase(key(header), pattern) for pattern in patterns):
            ignored.append(header)
            continue
        message = N_("No rule takes the column “%(column)s”; it is left out.")
        params: dict[str, object] = {"column": shown(header)}
        issues.append(
            Issue(rule="column_not_taken", action="noted", message=message, field=shown(header), params=params)
        )
    if ignored:
        message = N_("The profile leaves these columns out: %(columns)s.")
        params = {"columns": shown(", ".join(ignored), 1000)}
        issues.append(Issue(rule="columns_left_out", action="noted", message=message, params=params))
    least, most = profile.rows
    if (least is not None and len(raw) < least) or (most is not None and len(raw) > most):
        message = N_("The file has %(rows)s rows; the profile expects %(least)s to %(most)s.")
        params = {"rows": len(raw), "least": 0 if least is None else least, "most": "…" if most is None else most}
        issues.append(Issue(rule="row_count", action="noted", message=message, params=params))
    if profile.municipality_scheme is not None:
        message = N_("Municipalities are named by %(scheme)s, not by the region's codes.")
        issues.append(
            Issue(
                rule="municipality_scheme",
                action="noted",
                message=message,
                field="municipality",
                params={"scheme": profile.municipality_scheme},
            )
        )
    return issues


__all__ = ["Batch", "normalise"]
