"""Keys that stand twice in one JSON object: readers silently differ on which one counts, so it is said."""

from __future__ import annotations

import json
import re
from typing import Any

_KEY_END = re.compile(rb'"\s*:')
_MAX_NAMED = 20


def keys(data: bytes, parsed: Any) -> list[str]:
    """Return the keys that occur more than once in an object of the JSON text `data`, parsed before.

    Every key ends in `":`, so as many such places as keys in the parsed objects prove that none was repeated;
    more of them (also texts may hold them) call for a slower look.
    """
    if sum(1 for _ in _KEY_END.finditer(data)) == _count(parsed):
        return []
    found: dict[str, None] = {}

    def look(pairs: list[tuple[str, Any]]) -> None:
        names = [name for name, _ in pairs]
        if len(set(names)) != len(names) and len(found) < _MAX_NAMED:
            found.update(dict.fromkeys(name for name in names if names.count(name) > 1))

    try:
        json.loads(data, object_pairs_hook=look)
    except (ValueError, RecursionError):
        return []  # stricter in depth and digits than the parser that has already accepted the text
    return list(found)[:_MAX_NAMED]


def _count(parsed: Any) -> int:
    count = 0
    level = [parsed] if type(parsed) in (dict, list) else []
    while level:
        below = []
        for value in level:
            if type(value) is dict:
                count += len(value)
                members: Any = value.values()
            else:
                members = value
            below += [member for member in members if type(member) is dict or (type(member) is list and _nests(member))]
        level = [value for value in below if type(value) in (dict, list)]
    return count


def _nests(values: list[Any]) -> bool:
    # coordinates, most of the text, hold no objects: their first member tells
    return any(type(value) is dict or (type(value) is list and _nests(value)) for value in values[:1]) or any(
        type(value) is dict for value in values
    )
