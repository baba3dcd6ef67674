"""The errors the finder raises on purpose; everything else is a bug."""

from __future__ import annotations


class FinderError(Exception):
    """A refusal in words: an English message id with named parameters, translated where it is shown.

    The message is a gettext message id with ``%(name)s`` places. ``str()`` gives the English sentence.
    """

    def __init__(self, message: str, **params: object) -> None:
        self.message = message
        self.params = params
        super().__init__(message % params if params else message)


class UnusableInput(FinderError, ValueError):
    """The file or the value cannot be read at all (CLI exit 2, HTTP 400)."""


class UnsafeInput(UnusableInput):
    """The file asks for something a land inventory has no need of: other files, hosts, oversized members."""


class UnknownWord(FinderError, ValueError):
    """A criterion, value or option that does not exist, named (CLI exit 2, HTTP 400)."""


class NotFound(FinderError, LookupError):
    """There is no such site, municipality, profile or place (CLI exit 2, HTTP 404)."""


class Outdated(FinderError):
    """What was to be changed has been changed by somebody else since it was looked at (HTTP 412)."""


class StoreError(FinderError, RuntimeError):
    """The database cannot be used: unreachable, damaged, of a newer version."""


class ConfigError(FinderError, RuntimeError):
    """A setting is missing or wrong."""
