"""The key to the maps: only what occurs, each sign with its word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from finder.language import N_, Language
from finder.model.vocabulary import AccessKind, Availability, Zoning
from finder.presentation import symbols
from finder.presentation.format import capital
from finder.presentation.markers import SIDES, Form, Marker

SWATCH = 18


@dataclass(frozen=True)
class Entry:
    """A sign (SVG of our own making) and its word."""

    swatch: str
    text: str


@dataclass(frozen=True)
class Group:
    """Entries under one title; `wide` ones have long words."""

    title: str
    entries: tuple[Entry, ...]
    wide: bool = False


def overview(signs: Sequence[Marker], kinds: Iterable[str], language: Language) -> tuple[Group, ...]:
    """Return the key to an overview with these signs and these kinds of lines ("motorway", "canal", "border")."""
    squares = [one for one in signs if one.form is Form.SQUARE]
    groups = [
        Group(language.text(N_("Zoning (fill)")), zoning((one.site.zoning for one in squares), language)),
        Group(
            language.text(N_("Availability (outline)")),
            availability({one.site.availability for one in squares}, language),
        ),
        Group(language.text(N_("Size of the square")), sizes({one.side for one in squares}, language)),
        Group(language.text(N_("Documented sites")), documented(signs, language)),
        Group(language.text(N_("Lines")), lines(kinds, language)),
    ]
    return tuple(group for group in groups if group.entries)


def zoning(zonings: Iterable[symbols.Zonings], language: Language) -> tuple[Entry, ...]:
    """Return an entry for every kind of zoning that occurs, "not known" last."""
    known, unknown = set[Zoning](), False
    for kinds in zonings:
        known.update(kinds or ())
        unknown = unknown or kinds is None
    entries = [
        Entry(symbols.zoning_mark((kind,), Availability.SHORT, SWATCH), _zoning_text(kind, language))
        for kind in Zoning
        if kind in known
    ]
    if unknown:
        entries.append(Entry(symbols.zoning_mark(None, Availability.SHORT, SWATCH), language.text(N_("not known"))))
    return tuple(entries)


def zoning_of(kinds: symbols.Zonings, language: Language) -> tuple[Entry, ...]:
    """Return the entry for one plot: its first kind fills it, all are named."""
    if not kinds:
        return zoning([kinds], language)
    words = "; ".join(_zoning_text(kind, language) for kind in kinds)
    return (Entry(symbols.zoning_mark(kinds[:1], Availability.SHORT, SWATCH), words),)


def _zoning_text(kind: Zoning, language: Language) -> str:
    label = language.text(kind.label)
    return capital(label) if kind is Zoning.OTHER else f"{kind.value} {label}"


def availability(found: set[Availability | None], language: Language) -> tuple[Entry, ...]:
    """Return an entry for every outline that occurs, "not known" last."""
    entries = [
        Entry(symbols.zoning_mark((), one, SWATCH), language.text(one.label)) for one in Availability if one in found
    ]
    if None in found:
        entries.append(Entry(symbols.zoning_mark((), None, SWATCH), language.text(N_("not known"))))
    return tuple(entries)


def sizes(found: set[int], language: Language) -> tuple[Entry, ...]:
    """Return an entry for every size of square that occurs, smallest first."""
    texts = {
        10: N_("below 5 ha, or not known"),
        13: N_("5 to below 20 ha"),
        17: N_("from 20 ha"),
    }
    return tuple(
        Entry(
            symbols.svg(
                symbols.square((), Availability.SHORT, (20 - side) / 2, (20 - side) / 2, side), 20, width=20, height=20
            ),
            language.text(texts[side]),
        )
        for _, side in reversed(SIDES)
        if side in found
    )


def documented(signs: Sequence[Marker], language: Language) -> tuple[Entry, ...]:
    """Return an entry for every sign of documented sites that occurs."""
    entries = []
    circles = {one.state for one in signs if one.form is Form.CIRCLE}
    for state, text in (
        ("offered", N_("stated size to scale, place approximate")),
        ("preparation", N_("in preparation")),
        ("potential", N_("potential land")),
        ("taken", N_("taken")),
    ):
        if state in circles:
            circle = f'<circle class="m-doc is-{state}" cx="12" cy="12" r="8"/>'
            entries.append(Entry(symbols.svg(circle, SWATCH), language.text(text)))
    if any(one.form is Form.CROSS for one in signs):
        cross = '<path class="m-docx" d="M6 12h12M12 6v12"/>'
        entries.append(Entry(symbols.svg(cross, SWATCH), language.text(N_("size not known"))))
    return tuple(entries)


def lines(kinds: Iterable[str], language: Language) -> tuple[Entry, ...]:
    """Return an entry for every kind of line that occurs."""
    known = (
        ("motorway", "m-mw", "m-mw-in", N_("motorway")),
        ("canal", "m-canal", "m-canal-in", N_("canal")),
        ("border", "m-border", "", N_("town border")),
    )
    present = set(kinds)
    entries = []
    for kind, edge, core, text in known:
        if kind in present:
            paths = "".join(f'<path class="{cls}" d="M1 6h24"/>' for cls in (edge, core) if cls)
            entries.append(
                Entry(symbols.svg(paths, 12, width=26, height=12, cls="sign sign-line"), capital(language.text(text)))
            )
    return tuple(entries)


def access(kinds: Iterable[AccessKind], language: Language) -> tuple[Entry, ...]:
    """Return an entry for every kind of access point that occurs."""
    present = set(kinds)
    return tuple(
        Entry(symbols.access_sign(kind, SWATCH), capital(language.text(kind.label)))
        for kind in AccessKind
        if kind in present
    )


__all__ = [
    "Entry",
    "Group",
    "access",
    "availability",
    "documented",
    "lines",
    "overview",
    "sizes",
    "zoning",
    "zoning_of",
]
