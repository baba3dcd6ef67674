"""Where a row's facts come from, as the profile's rule finds it in the row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from finder.intake import texts
from finder.intake.casting import cast_column
from finder.intake.cells import UNKNOWN, Cast, plain_text
from finder.intake.dates import read_date
from finder.intake.headers import Headers
from finder.intake.profiles import Origins
from finder.model.site import Provenance


def of_rows(headers: Headers, rule: Origins, dates: Sequence[str], length: int) -> list[dict[str, Provenance]]:
    """Return each row's provenance; it holds for all facts of the row."""

    def as_of(value: object) -> Cast:
        text = plain_text(value)
        if text is None:
            return UNKNOWN
        date = read_date(text, dates)
        return (date.isoformat(), ()) if date else texts.clean(text, longest=40, one_line=True)

    casters: dict[str, Callable[[Any], Cast]] = {"source": _text, "url": texts.url, "as_of": as_of}
    parts: dict[str, list[Any]] = {}
    for name, cast in casters.items():
        if present := headers.take(getattr(rule, name)):
            # what cannot be used of it is no fact of the site: left out without an issue
            parts[name], _ = cast_column(headers.cells(present), cast)
    if not parts:
        return [{"*": Provenance(method=rule.method)} if rule.method else {}] * length
    known: dict[tuple[Any, ...], dict[str, Provenance]] = {}
    cells = []
    for row in zip(*parts.values(), strict=True):
        if row not in known:
            origin = Provenance(**dict(zip(parts, row, strict=True)), method=rule.method)
            known[row] = {"*": origin} if origin != Provenance() else {}
        cells.append(known[row])
    return cells


def _text(value: object) -> Cast:
    text = plain_text(value)
    return UNKNOWN if text is None else texts.clean(text, longest=300, one_line=True)
