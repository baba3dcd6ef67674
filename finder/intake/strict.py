"""TOML tables read strictly: every key must be known and of the right kind, and the one that is not is named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from finder.errors import UnusableInput
from finder.language import N_

_ASIDE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)  # escaped signs and classes of signs
_GROUP = re.compile(r"\((?:\?(?:P?<\w+>|<?[=!:>]|[a-zA-Z-]+:?))?([^()]*)\)([*+{])?")
_OPEN = re.compile(r"[*+?{|]")
_SPREAD = re.compile(r"\(\?[a-zA-Z-]*x")  # comments could hide what follows


class Table:
    """A TOML table whose keys are taken one by one; what is left over is an error."""

    def __init__(self, content: Mapping[str, Any], path: str) -> None:
        self.content = content
        self.path = path
        self.taken: set[str] = set()

    def wrong(self, message: str, name: str = "") -> UnusableInput:
        """Return the error that names a key by its whole path."""
        return UnusableInput(message, key=".".join(part for part in (self.path, name) if part)[:120])

    def keys(self) -> tuple[str, ...]:
        """Return the names of all keys."""
        return tuple(self.content)

    def take(self, name: str, kind: type, default: Any = ...) -> Any:
        """Take a value of one kind; without a default it must be there."""
        self.taken.add(name)
        if name not in self.content:
            if default is ...:
                raise self.wrong(N_("The profile's key “%(key)s” is missing."), name)
            return default
        value = self.content[name]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.wrong(N_("The profile's key “%(key)s” has the wrong kind of value."), name)
        return value

    def words(self, name: str) -> tuple[str, ...]:
        """Take a list of texts, none of them empty."""
        words = self.take(name, list, default=[])
        if not all(isinstance(word, str) and word for word in words):
            raise self.wrong(N_("The profile's key “%(key)s” must be a list of texts."), name)
        return tuple(words)

    def choice(self, name: str, allowed: tuple[str, ...]) -> str | None:
        """Take one of the texts allowed."""
        word: str | None = self.take(name, str, default=None)
        if word is not None and word not in allowed:
            raise self.wrong(N_("The profile's key “%(key)s” has a value that is not foreseen."), name)
        return word

    def choices(self, name: str, allowed: tuple[str, ...], default: tuple[str, ...]) -> tuple[str, ...]:
        """Take a list of the texts allowed."""
        if name not in self.content:
            return default
        words = self.words(name)
        if not set(words) <= set(allowed):
            raise self.wrong(N_("The profile's key “%(key)s” has a value that is not foreseen."), name)
        return words

    def mapping(self, name: str) -> dict[str, str]:
        """Take a table of nothing but texts."""
        found = self.take(name, dict, default={})
        for code, word in found.items():
            if not isinstance(word, str):
                raise self.wrong(N_("The profile's key “%(key)s” has the wrong kind of value."), f"{name}.{code}")
        return dict(found)

    def pattern(self, name: str) -> re.Pattern[str] | None:
        """Take a regular expression with one group that no text can keep busy."""
        text = self.take(name, str, default=None)
        if text is None:
            return None
        try:
            pattern = re.compile(text)
        except (re.error, OverflowError, RecursionError):
            pattern = re.compile("")
        if pattern.groups != 1 or _may_run_away(text):
            raise self.wrong(N_("The profile's key “%(key)s” must be a regular expression with one group."), name)
        return pattern

    def table(self, name: str) -> Table:
        """Take an inner table."""
        return Table(self.take(name, dict, default={}), f"{self.path}.{name}".lstrip("."))

    def tables(self, name: str) -> list[Table]:
        """Take a list of inner tables."""
        found = self.take(name, list, default=[])
        if not all(isinstance(inner, dict) for inner in found):
            raise self.wrong(N_("The profile's key “%(key)s” has the wrong kind of value."), name)
        return [Table(inner, f"{self.path}.{name}.{at}".lstrip(".")) for at, inner in enumerate(found)]

    def names(self, name: str) -> tuple[str, ...]:
        """Take the names of an inner table."""
        return self.table(name).keys()

    def inside(self, name: str, inner: str) -> Table:
        """Take a table in an inner table."""
        return Table(self.table(name).take(inner, dict), f"{name}.{inner}")

    def done(self) -> None:
        """Refuse what nobody took."""
        for name in self.content:
            if name not in self.taken:
                raise self.wrong(N_("The profile's key “%(key)s” is not known."), name)


def _may_run_away(pattern: str) -> bool:
    """Tell whether a repeated group holds repetitions or choices: some texts would take such a pattern years."""
    if _SPREAD.search(pattern):
        return True
    bare = _ASIDE.sub("x", pattern)
    while found := _GROUP.search(bare):
        open_ = _OPEN.search(found[1]) is not None
        if open_ and found[2]:
            return True
        bare = bare[: found.start()] + ("|" if open_ else "x") + (found[2] or "") + bare[found.end() :]
    return False
