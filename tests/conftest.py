"""What all tests stand on: an environment of their own, a fresh database of each kind, Debian's Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests.cluster import Cluster

POSTGIS = "FINDER_TEST_POSTGIS"

# Quick runs try the same examples every time; `--hypothesis-profile=full` goes looking.
hypothesis.settings.register_profile("quick", max_examples=30, deadline=None, derandomize=True, database=None)
hypothesis.settings.register_profile("full", max_examples=500, deadline=None, print_blob=True)
hypothesis.settings.load_profile("quick")


@pytest.fixture(scope="session", autouse=True)
def own_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep the user's own data, cache and settings out of every test; yields the home used instead."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith("FINDER_") and n != POSTGIS]:
            patch.delenv(name)
        for name in ("LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES"):
            patch.delenv(name, raising=False)
        patch.setenv("LC_CTYPE", "C.UTF-8")
        patch.setenv("TZ", "Europe/Berlin")
        patch.setenv("HOME", str(home))
        for name in ("DATA", "CACHE", "CONFIG", "STATE"):
            patch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
        yield home


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The PostgreSQL server of this run."""
    url = os.environ.get(POSTGIS)
    if not url:
        pytest.fail(f"{POSTGIS} names no PostgreSQL server; tests/run starts one.", pytrace=False)
    server = Cluster(url)
    yield server
    server.close()


@pytest.fixture(params=["sqlite", "postgis"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, empty database; every test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'finder.sqlite'}"
    else:
        with request.getfixturevalue("cluster").database() as url:
            yield url


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, asking nobody anything by itself."""
    chromium = shutil.which("chromium")
    if not chromium:
        pytest.fail("There is no chromium here; tests/run installs it.", pytrace=False)
    return {
        **browser_type_launch_args,
        "executable_path": chromium,
        "args": [
            "--no-sandbox",  # root runs the tests in CI, and Chromium refuses its sandbox to root
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-domain-reliability",
            "--disable-sync",
            "--no-first-run",
            "--no-pings",
        ],
    }
