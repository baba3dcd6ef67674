"""Canaries: a server of this machine that has nothing and tells who asked, and a file that tells who opened it."""

from __future__ import annotations

import ctypes
import os
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

WORD = "ours alone"
"""What stands in the file and nowhere else."""
_OPENED, _READ = 0x20, 0x01


class Server:
    """An HTTP server that has nothing and remembers who asked; `connections` counts those that only called, too."""

    def __init__(self) -> None:
        asked = self.asked = []
        seen = self._seen = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_error(404)

            do_HEAD = do_POST = do_GET

            def log_message(self, *_: object) -> None:
                pass

        class Counting(HTTPServer):
            def verify_request(self, *_: object) -> bool:
                seen.append(True)
                return True

        self._server = Counting(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    @property
    def connections(self) -> int:
        """How many connections there were."""
        return len(self._seen)

    def clear(self) -> None:
        """Forget who asked."""
        self.asked.clear()
        self._seen.clear()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class File:
    """A file under watch by the kernel (inotify): whoever opens or reads it is noticed."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.path = folder / "secret.csv"
        self.path.write_text(f"id;name\n1;{WORD}\n")
        libc = ctypes.CDLL(None, use_errno=True)
        self._events = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._events < 0 or libc.inotify_add_watch(self._events, os.fsencode(self.path), _OPENED | _READ) < 0:
            raise OSError(ctypes.get_errno(), "inotify")

    def opened(self) -> bool:
        """Return whether it was opened since this was last asked."""
        found = False
        try:
            while os.read(self._events, 4096):
                found = True
        except BlockingIOError:
            return found
        return found

    def close(self) -> None:
        """Stop watching."""
        os.close(self._events)
