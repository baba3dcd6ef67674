"""The region's municipalities as lists name them: by code, also without its zeros or as ARS, or by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from finder.model.query import fold

_SHAPES = ("{}", "stadt {}", "{}, stadt", "{} (stadt)", "gemeinde {}")
_LONGEST = 60
_ARS_DIGITS = 12
"""Of a regional key; its sixth to ninth digit name an association of municipalities."""


@dataclass(frozen=True)
class Towns:
    """Names of municipalities by their codes."""

    names: Mapping[str, str]

    @cached_property
    def _by_name(self) -> dict[str, str]:
        return {shape.format(fold(name)): code for code, name in self.names.items() for shape in _SHAPES}

    @cached_property
    def _by_number(self) -> dict[str, str]:
        return {code.lstrip("0"): code for code in self.names}

    def code_of(self, text: str) -> str | None:
        """Return the code of the municipality a text names."""
        if len(text) > _LONGEST:
            return None
        if not text.isdecimal():
            return self._by_name.get(fold(text))
        digits = text.lstrip("0")
        if len(digits) in (_ARS_DIGITS - 1, _ARS_DIGITS):
            whole = digits.zfill(_ARS_DIGITS)
            digits = (whole[:5] + whole[9:]).lstrip("0")
        return self._by_number.get(digits)

    def knows(self, text: str) -> bool:
        """Return whether a text is a municipality's code or name as it is, which reading understands by itself."""
        code = self.code_of(text)
        return code is not None and (text == code or fold(text) == fold(self.names[code]))


__all__ = ["Towns"]
