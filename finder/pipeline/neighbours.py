"""Saying what lies on other sites, or is one of them again: a warning each, never a rejection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from finder.language import N_
from finder.measures import overlap
from finder.model.query import fold
from finder.model.record import Issue
from finder.model.vocabulary import GeometryQuality
from finder.store import neighbours
from finder.store.database import Session

SAME_SIZE_SHARE = 0.005
"""Sizes that differ by no more than rounding, 1.8 ha and 18,047 m²."""
MOST_PER_SITE = 3
"""Whoever lies on more others than these has a worse fault than the list could tell."""
MOST_TOLD = 100_000
_AT_ONCE = 20_000


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """One way of two sites to be too close, and what is said of it to the site of the file."""

    rule: str
    field: str
    stored: str  # the other one is known by its public id
    delivered: str  # the other one is a row of the same file


_KINDS = (
    _Kind(
        rule="duplicate",
        field="geometry",
        stored=N_("The site %(other)s has the same outline (%(percent)s %%); it may be the same under another key."),
        delivered=N_("Row %(other)s has the same outline (%(percent)s %%); it may be the same site under another key."),
    ),
    _Kind(
        rule="duplicate",
        field="geometry",
        stored=N_("The site %(other)s is a point in the same place; it may be the same under another key."),
        delivered=N_("Row %(other)s is a point in the same place; it may be the same site under another key."),
    ),
    _Kind(
        rule="duplicate",
        field="geometry",
        stored=N_("The site %(other)s has the same name, and one is a point inside the other’s outline."),
        delivered=N_("Row %(other)s has the same name, and one is a point inside the other’s outline."),
    ),
    _Kind(
        rule="duplicate",
        field="name",
        stored=N_("The site %(other)s has the same name, municipality and size; it may be the same under another key."),
        delivered=N_("Row %(other)s has the same name, municipality and size; it may be the same under another key."),
    ),
    _Kind(
        rule="overlap",
        field="geometry",
        stored=N_("The outline lies on the site %(other)s: %(percent)s %% of the smaller one."),
        delivered=N_("The outline lies on row %(other)s: %(percent)s %% of the smaller one."),
    ),
    _Kind(
        rule="overlap",
        field="geometry",
        stored=N_(
            "The outline lies on the site %(other)s: %(percent)s %% of the smaller one; one is approximate only."
        ),
        delivered=N_("The outline lies on row %(other)s: %(percent)s %% of the smaller one; one is approximate only."),
    ),
)
"""The graver first: of two sites only the first is said that holds."""
_OUTLINE, _POINT, _INSIDE, _NAME, _OVERLAP, _VAGUE_OVERLAP = range(len(_KINDS))
_COLUMNS = ("site", "other", "kind", "share")


def warn(session: Session, rows: Mapping[int, int]) -> list[Issue]:
    """Return what is to be said of sites that lie on others or repeat them; called when all of a file is saved.

    Parameters
    ----------
    rows : row numbers of the file by key of the site, of those that are new or moved. They are compared with each
        other and with all that the store holds on the market; of two of them the later one is spoken to.
    """
    found = [_empty()]
    complete = True
    keys, boxes = neighbours.bounds(session, sorted(rows))
    touched = pd.Index(keys)
    for group in overlap.compact(boxes, _AT_ONCE):
        batch = neighbours.sites(session, keys[group].tolist())
        box = (
            *(boxes[group, :2].min(axis=0) - overlap.SAME_POINT_M),
            *(boxes[group, 2:].max(axis=0) + overlap.SAME_POINT_M),
        )
        for part in neighbours.meeting(session, box, at_once=_AT_ONCE):
            pairs, whole = _near(batch, part)
            found.append(_to_the_later(pairs, touched))
            complete = complete and whole and sum(map(len, found)) < overlap.MOST_PAIRS
            if not complete:
                break
        if not complete:
            break
    found.append(_namesakes(session, touched))
    return _issues(session, pd.concat(found, ignore_index=True), rows, complete)


def _empty() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "site": np.empty(0, np.int64),
            "other": np.empty(0, np.int64),
            "kind": np.empty(0, np.int64),
            "share": np.empty(0),
        }
    )


def _near(batch: pd.DataFrame, part: pd.DataFrame) -> tuple[pd.DataFrame, bool]:
    """Return the pairs of a batch's sites with others that are too close, and whether these are all."""
    here, there = batch["geometry"], part["geometry"]
    outlines = overlap.overlaps(here, there)
    same = outlines["share_of_larger"] >= overlap.SAME_SHARE
    one, other = _vague(batch, outlines["site"]), _vague(part, outlines["other"])
    outlines["kind"] = np.select([same, one | other], [_OUTLINE, _VAGUE_OVERLAP], _OVERLAP)
    outlines.loc[same, "share"] = outlines["share_of_larger"]
    complete = outlines.attrs["complete"]
    outlines = outlines[same | ~(one & other)]  # that two drawings lie on each other says nothing
    points = overlap.close_points(here, there).assign(kind=_POINT, share=1.0)
    inside = overlap.points_inside(here, there)
    around = overlap.points_inside(there, here).rename(columns={"site": "other", "other": "site"})
    complete = complete and all(frame.attrs["complete"] for frame in (points, inside, around))
    held = pd.concat([inside, around], ignore_index=True).assign(kind=_INSIDE, share=1.0)
    held = held[_same_name(batch, part, held)]
    pairs = pd.concat([frame[list(_COLUMNS)] for frame in (outlines, points, held) if len(frame)] or [_empty()])
    real = batch["sample"].loc[pairs["site"]].to_numpy() == part["sample"].loc[pairs["other"]].to_numpy()
    return pairs[real], complete


def _vague(frame: pd.DataFrame, keys: pd.Series) -> NDArray[np.bool_]:
    vague: NDArray[np.bool_] = frame["geometry_quality"].loc[keys].to_numpy() == GeometryQuality.APPROXIMATE
    return vague


def _same_name(batch: pd.DataFrame, part: pd.DataFrame, pairs: pd.DataFrame) -> NDArray[np.bool_]:
    names = zip(batch["name"].loc[pairs["site"]], part["name"].loc[pairs["other"]], strict=True)
    return np.array([fold(one) == fold(other) for one, other in names], dtype=bool)


def _to_the_later(pairs: pd.DataFrame, touched: pd.Index) -> pd.DataFrame:
    """Return the pairs with the later of two touched sites as `site`, and the touched one where only one is."""
    site, other = pairs["site"].to_numpy(dtype=np.int64), pairs["other"].to_numpy(dtype=np.int64)
    swap = np.isin(other, touched) & ((other > site) | ~np.isin(site, touched))
    return pairs.assign(site=np.where(swap, other, site), other=np.where(swap, site, other))


def _namesakes(session: Session, touched: pd.Index) -> pd.DataFrame:
    """Return touched sites of whose name, municipality and size there is another one."""
    named = neighbours.named(session, neighbours.towns(session, touched.tolist())) if len(touched) else None
    if named is None or named.empty:
        return _empty()
    keys = named.index.to_numpy()
    order = np.lexsort((keys, named["size_m2"], named["alike"]))
    alike, size_m2, keys = named["alike"].to_numpy()[order], named["size_m2"].to_numpy()[order], keys[order]
    # In order of size the nearest stand side by side: a name used a thousand times makes a thousand pairs, no million.
    same = (alike[1:] == alike[:-1]) & (size_m2[1:] - size_m2[:-1] <= SAME_SIZE_SHARE * size_m2[1:])
    pairs = pd.DataFrame({"site": keys[1:][same], "other": keys[:-1][same]}).assign(kind=_NAME, share=1.0)
    return _to_the_later(pairs[pairs["site"].isin(touched) | pairs["other"].isin(touched)], touched)


def _issues(session: Session, pairs: pd.DataFrame, rows: Mapping[int, int], complete: bool) -> list[Issue]:
    pairs = pairs.sort_values(["site", "kind", "share", "other"], ascending=[True, True, False, True])
    pairs = pairs.drop_duplicates(["site", "other"])
    pairs = pairs.assign(row=pairs["site"].map(rows), rank=pairs.groupby("site", sort=False).cumcount())
    pairs = pairs.sort_values("row", kind="stable")
    told = pairs[pairs["rank"] < MOST_PER_SITE].head(MOST_TOLD)
    stored = neighbours.ids(session, [key for key in told["other"].unique().tolist() if key not in rows])
    issues = [
        _issue(_KINDS[kind], number, stored.get(other), rows.get(other), share)
        for number, other, kind, share in zip(told["row"], told["other"], told["kind"], told["share"], strict=True)
    ]
    more = pairs["row"][pairs["rank"] >= MOST_PER_SITE].value_counts(sort=False)
    message = N_("And %(n)s more sites lie on it or repeat it.")
    issues += [
        Issue(rule="overlap", action="kept", message=message, row=row, field="geometry", params={"n": n})
        for row, n in zip(more.index[:MOST_TOLD].tolist(), more.tolist(), strict=False)
    ]
    if not complete or len(told) == MOST_TOLD:
        message = N_("So many sites lie on each other that not all of them were compared.")
        issues.append(Issue(rule="overlap", action="noted", message=message, field="geometry"))
    return issues


def _issue(kind: _Kind, row: int, id_: str | None, other_row: int | None, share: float) -> Issue:
    other = id_ if id_ is not None else str(other_row)
    return Issue(
        rule=kind.rule,
        action="kept",
        message=kind.delivered if id_ is None else kind.stored,
        row=int(row),
        field=kind.field,
        value=id_,
        params={"other": other, "percent": round(share * 100)},
    )


__all__: Sequence[str] = ["warn"]
