"""Nested facts as JSON text: restrictions, media, contact and provenance, the same bytes on both databases."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from finder.model.site import Contact, Medium, Provenance, Restriction
from finder.model.vocabulary import RestrictionKind, Severity


def _bare(record: Any) -> dict[str, Any]:
    return {f.name: v for f in dataclasses.fields(record) if (v := getattr(record, f.name)) is not None}


def _dump(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def dump(value: Any) -> str | None:
    """Return records (one or a tuple) as JSON text without unknown members; None stays None."""
    if value is None:
        return None
    return _dump([_bare(record) for record in value] if isinstance(value, tuple) else _bare(value))


def _restriction(row: dict[str, Any]) -> Restriction:
    end = row.get("expected_end")
    return Restriction(
        **{
            **row,
            "kind": RestrictionKind(row["kind"]),
            "severity": Severity(row["severity"]) if row.get("severity") else None,
            "expected_end": dt.date.fromisoformat(end) if end else None,
        }
    )


_LOADERS: dict[str, Callable[[Any], Any]] = {
    "restrictions": lambda rows: tuple(_restriction(row) for row in rows),
    "media": lambda rows: tuple(Medium(**row) for row in rows),
    "contact": lambda row: Contact(**row),
}


def load(name: str, text: str | None) -> Any:
    """Return the attribute's records from their JSON text."""
    return None if text is None else _LOADERS[name](orjson.loads(text))


def dump_provenance(provenance: Mapping[str, Provenance] | None) -> str:
    """Return provenance as JSON text."""
    return _dump({name: _bare(origin) for name, origin in (provenance or {}).items()})


def load_provenance(text: str) -> dict[str, Provenance]:
    """Return provenance from its JSON text."""
    return {name: Provenance(**row) for name, row in orjson.loads(text).items()}
