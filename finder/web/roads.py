"""The road network in use: opened once, and again when its file was replaced."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import flask

from finder.errors import UnusableInput
from finder.language import N_
from finder.roads.network import Network

NAME = "roads"
_CANNOT = N_("The road network “%(name)s” cannot be opened.")
_log = logging.getLogger(__name__)


class Roads:
    """Keeps a network open for all requests; a file built anew is taken up with the next one."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._network: Network | None = None
        self.network()  # what cannot be used is told when the server starts

    def network(self) -> Network | None:
        """Return the network, or None without one."""
        if self._path is None:
            return None
        with self._lock:
            try:
                about = self._path.stat()
                if self._seen != (about.st_mtime_ns, about.st_ino):
                    self._network = Network.open(self._path)
                    self._seen = (about.st_mtime_ns, about.st_ino)
            except (OSError, UnusableInput) as error:
                if self._network is None:
                    raise UnusableInput(_CANNOT, name=self._path.name) from error
                # what is in use is mapped: it stays whatever became of its file
                _log.warning("%s", error)
            return self._network


def network() -> Network | None:
    """Return the road network of this application, or None without one."""
    roads: Roads = flask.current_app.extensions[NAME]
    return roads.network()
