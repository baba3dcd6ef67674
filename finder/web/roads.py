"""The road network in use: opened once, and again when its file was replaced."""

from __future__ import annotations

import logging
import shutil
import tempfile
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
    """Keeps a network open for all requests; a file built anew is taken up with the next one.

    A copy is what is open, made in `folder`: arrays are read where they lie, and a file that somebody writes over in
    its place would change under the answers, or end them all.
    """

    def __init__(self, path: Path | None, folder: Path) -> None:
        self._path, self._folder = path, folder
        self._lock = threading.Lock()
        self._seen: tuple[int, ...] | None = None
        self._network: Network | None = None
        self.network()  # what cannot be used is told when the server starts

    def network(self) -> Network | None:
        """Return the network, or None without one."""
        if self._path is None:
            return None
        with self._lock:
            try:
                about = self._path.stat()
                if self._seen != (seen := (about.st_ino, about.st_mtime_ns, about.st_ctime_ns)):
                    self._seen = seen  # first: a damaged file is not copied for every answer
                    self._network = self._opened(self._path)
            except (OSError, UnusableInput) as error:
                if self._network is not None:
                    _log.warning("%s", error)
                elif isinstance(error, UnusableInput):
                    raise
                else:
                    raise UnusableInput(_CANNOT, name=self._path.name) from error
            return self._network

    def _opened(self, path: Path) -> Network:
        """Return the network of a copy that nobody else finds: mapped, it stays until it is no longer used."""
        if not path.is_file():  # a device or a pipe has no end
            raise FileNotFoundError(path)
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            copy = Path(folder, path.name)
            shutil.copyfile(path, copy)
            network = Network.open(copy)
            network.check()  # that nobody wrote to it while it was copied
            return network


def network() -> Network | None:
    """Return the road network of this application, or None without one."""
    roads: Roads = flask.current_app.extensions[NAME]
    return roads.network()
