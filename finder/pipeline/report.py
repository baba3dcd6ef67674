"""What became of a file."""

from __future__ import annotations

from dataclasses import dataclass

from finder.model.record import Issue


@dataclass(frozen=True, kw_only=True)
class Report:
    """What became of a file. read = new + changed + unchanged + rejected; repaired counts rows among the stored.

    `chosen` says why this profile was taken where none was asked for.
    """

    file: str
    profile: str
    format: str
    dry_run: bool
    read: int
    new: int
    changed: int
    unchanged: int
    repaired: int
    rejected: int
    missing: tuple[str, ...]
    issues: tuple[Issue, ...]
    stored: bool
    chosen: Issue | None = None


def summary(report: Report) -> dict[str, int]:
    """Return the report's counts in the order they are printed."""
    return {
        "read": report.read,
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "repaired": report.repaired,
        "rejected": report.rejected,
        "missing": len(report.missing),
    }
