"""Telling whoever waits what is being done and how far it is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told the message id of each step as it begins, and where there are many rows, how many are done of how many."""

    def __call__(self, step: str, done: int = 0, total: int | None = None, /) -> None:
        """Take note of it."""


def silent(step: str, done: int = 0, total: int | None = None, /) -> None:
    """Tell nobody."""
