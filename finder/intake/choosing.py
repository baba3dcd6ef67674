"""Which bundled profile reads a file: the one made for its format, else the one whose columns it clearly has."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from finder.errors import UnusableInput
from finder.intake import profiles
from finder.intake.cells import shown
from finder.intake.headers import Headers, left_out
from finder.intake.nested import CONTACT
from finder.intake.profiles import Profile
from finder.language import N_
from finder.model.record import Issue, RawRecords

AUTOMATIC = "automatic"
"""What stands for a profile's name where none is asked for."""
OWN = "finder"
"""The profile that is taken where none fits better."""
_LEAST_SHARE = 0.5
"""A supplier's file has the most part of its columns in the supplier's words."""
_CLEARLY = 0.1
"""By so much of the file's columns a profile must be ahead of the next."""


@dataclass(frozen=True, kw_only=True)
class Fit:
    """How well a profile fits: which columns it lacks, and how many it takes or leaves out on purpose."""

    profile: Profile
    missing: tuple[str, ...]
    known: int
    columns: int

    @property
    def share(self) -> float:
        """Return which part of the columns the profile knows."""
        return self.known / self.columns if self.columns else 0.0


def choose(raw: RawRecords) -> tuple[Profile, Issue]:
    """Return the bundled profile that reads a file, and the reason.

    Raises
    ------
    UnusableInput
        None fits; what our own schema would need is named.
    """
    best = fitting(raw)
    if best is not None:
        message = (
            N_("The profile “%(profile)s” was chosen: it is made for %(format)s.")
            if best.profile.formats
            else N_("The profile “%(profile)s” was chosen: it knows %(known)s of the file's %(columns)s columns.")
        )
        return best.profile, _reason(message, best, raw)
    own = next(fit(profile, raw) for profile in _bundled() if profile.name == OWN)
    if not own.missing or not len(raw):
        message = N_(
            "The profile “%(profile)s” was chosen as no other fits; it knows %(known)s of the file's %(columns)s "
            "columns. `finder import --suggest` proposes one for the rest."
        )
        return own.profile, _reason(message, own, raw)
    raise UnusableInput(
        N_(
            "No profile fits the file's columns; our own schema lacks: %(missing)s. The file has: %(columns)s. "
            "`finder import --suggest` proposes a profile for it."
        ),
        missing=", ".join(own.missing),
        columns=", ".join(shown(header, 40) for header in list(raw.columns)[:20]) or "–",
    )


def fitting(raw: RawRecords) -> Fit | None:
    """Return the bundled profile made for a file's format, else the one that clearly fits its columns best."""
    made_for = [profile for profile in _bundled() if _is_for(profile, raw.origin.format)]
    if made_for:
        return max((fit(profile, raw) for profile in made_for), key=lambda one: one.share)
    return _ahead([fit(profile, raw) for profile in _bundled() if not profile.formats])


def fit(profile: Profile, raw: RawRecords) -> Fit:
    """Return how well a profile fits a file's columns."""
    headers = Headers(raw)
    missing = tuple("/".join(c.headers) for c in profile.columns if not headers.take(c.headers) and c.required)
    for column in profile.columns:
        headers.take(column.check)
    place, origins = profile.geometry, profile.provenance
    for names in (place.wkt, place.x, place.y, place.crs_headers):
        headers.take(names)
    for names in () if origins is None else (origins.source, origins.url, origins.as_of):
        headers.take(names)
    for sign in profile.signs():
        headers.take(sign.headers)
    for member in CONTACT:
        headers.take([*profile.contact.get(member, ()), f"contact_{member}"])
    unknown = sum(issue.rule == "column_not_taken" for issue in left_out(headers, profile))
    return Fit(profile=profile, missing=missing, known=len(raw.columns) - unknown, columns=len(raw.columns))


def _ahead(fits: list[Fit]) -> Fit | None:
    """Return the fit that is clearly ahead of all others, None where there is none."""
    ranked = sorted((one for one in fits if not one.missing), key=lambda one: one.share, reverse=True)
    if not ranked or ranked[0].share < _LEAST_SHARE:
        return None
    return None if len(ranked) > 1 and ranked[0].share - ranked[1].share < _CLEARLY else ranked[0]


def _is_for(profile: Profile, written: str) -> bool:
    # a format's name may be followed by its version
    return any(written == name or written.startswith(f"{name} ") for name in profile.formats)


@functools.cache
def _bundled() -> tuple[Profile, ...]:
    return tuple(profiles.load(name) for name in profiles.known())


def _reason(message: str, best: Fit, raw: RawRecords) -> Issue:
    params = {
        "profile": best.profile.name,
        "format": raw.origin.format,
        "known": best.known,
        "columns": best.columns,
    }
    return Issue(rule="profile_chosen", action="noted", message=message, params=params)


__all__ = ["AUTOMATIC", "OWN", "Fit", "choose", "fit", "fitting"]
