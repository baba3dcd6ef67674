"""German and English: messages by gettext, asked for by an explicit language, never by global state."""

from __future__ import annotations

import functools
import gettext as _gettext
import re
from dataclasses import dataclass
from typing import Any

from finder import resources
from finder.errors import FinderError

LANGUAGES = ("de", "en")
DEFAULT = "de"


def N_(message: str) -> str:
    """Mark a message id for extraction where it is only named; it is translated where it is shown."""
    return message


@functools.cache
def _catalogue(code: str) -> _gettext.NullTranslations:
    return _gettext.translation("messages", resources.TRANSLATIONS, [code], fallback=code == "en")


@dataclass(frozen=True)
class Language:
    """One of `LANGUAGES`; `text` and `plural` translate message ids with ``%(name)s`` places."""

    code: str = DEFAULT

    def text(self, message: str, **params: Any) -> str:
        """Return the message in this language."""
        translated = _catalogue(self.code).gettext(message) if message else ""
        return translated % params if params else translated

    def plural(self, one: str, many: str, n: int, **params: Any) -> str:
        """Return the message for `n` things; `n` is also the parameter ``%(n)s`` unless given formatted."""
        return _catalogue(self.code).ngettext(one, many, n) % {"n": n, **params}

    def error(self, error: FinderError) -> str:
        """Return a refusal's sentence; a parameter named `expected` is a message id itself."""
        params = {k: self.text(str(v)) if k == "expected" else v for k, v in error.params.items()}
        return self.text(error.message, **params)


def choose(*wishes: str | None) -> Language:
    """Return the first wish that names a language here ("de-DE" counts as "de"), or German."""
    for wish in wishes:
        code = re.split(r"[-_.@]", wish or "", maxsplit=1)[0].lower()
        if code in LANGUAGES:
            return Language(code)
    return Language(DEFAULT)
