"""How much a file may ask for before it is refused."""

from __future__ import annotations

from dataclasses import dataclass, replace

MIB = 1024 * 1024
GIB = 1024 * MIB


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds for reading one file; the defaults let files of a million rows through."""

    max_file_bytes: int = 2048 * MIB
    max_unpacked_bytes: int = 4096 * MIB  # of all members of a ZIP archive together
    max_members: int = 1000  # of a ZIP archive
    max_ratio: int = 500  # unpacked to packed size of a member
    max_features: int = 5_000_000
    max_vertices: int = 100_000_000
    max_columns: int = 2000
    max_depth: int = 32  # lists and objects inside a value
    max_issues: int = 10_000  # of one kind; further ones are only counted
    seconds: float = 600.0
    memory_bytes: int = 4096 * MIB


DEFAULT = Limits()
ROADS = replace(
    DEFAULT,
    max_file_bytes=8 * GIB,
    max_features=20_000_000,  # ways; of Germany some nine million
    max_vertices=400_000_000,
    seconds=3600.0,
    memory_bytes=8 * GIB,
)
"""For an extract of roads, which an operator fetches once in a while: a country's is to pass."""
