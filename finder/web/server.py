"""The one-command server: waitress, no more threads than a small machine bears."""

from __future__ import annotations

import errno
from collections.abc import Callable

import flask
import waitress

from finder.errors import ConfigError
from finder.language import N_

THREADS = 8
CONNECTIONS = 500
"""More than browsers keep open at once: idle ones take no thread."""
IDLE_SECONDS = 30


def run(app: flask.Flask, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve until interrupted; `ready` is told the address once the port is open.

    Raises
    ------
    ConfigError
        The address is not one of this machine, or the port cannot be opened.
    """
    try:
        server = waitress.create_server(
            app,
            host=host,
            port=port,
            threads=THREADS,
            connection_limit=CONNECTIONS,
            channel_timeout=IDLE_SECONDS,
            cleanup_interval=IDLE_SECONDS,
            asyncore_use_poll=True,  # select() knows only so many connections
            ident=None,
        )
    except (OSError, ValueError) as error:
        if isinstance(error, ValueError) or error.errno == errno.EADDRNOTAVAIL:
            raise ConfigError(N_("“%(host)s” is not an address of this machine."), host=host[:80]) from error
        raise ConfigError(N_("Port %(port)s cannot be opened; choose another with --port."), port=port) from error
    ready(f"http://{host}:{getattr(server, 'effective_port', port)}/")
    try:
        server.run()
    except KeyboardInterrupt:
        server.close()
