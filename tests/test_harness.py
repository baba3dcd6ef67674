"""The ground under the other tests: fresh databases, a browser that opens, an environment that is not the user's."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs
import pytest
import sqlalchemy as sa
from playwright.sync_api import Page

from finder.config import Config


@pytest.mark.parametrize("turn", ["first", "second"])
def test_database_is_fresh(database_url: str, turn: str) -> None:
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    with engine.begin() as session:
        assert "left_over" not in sa.inspect(session).get_table_names()
        session.exec_driver_sql("CREATE TABLE left_over (turn TEXT)")


def test_postgis_is_at_hand(database_url: str) -> None:
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    if engine.dialect.name == "postgresql":
        with engine.connect() as session:
            area = session.exec_driver_sql("SELECT ST_Area(ST_MakeEnvelope(0, 0, 2, 3))").scalar_one()
        assert area == pytest.approx(6.0)


@pytest.mark.browser
def test_browser_runs_scripts(page: Page) -> None:
    page.set_content("<p id=out></p><script>document.getElementById('out').textContent = 6 * 7</script>")
    assert page.inner_text("#out") == "42"


def test_environment_is_our_own(own_environment: Path) -> None:
    assert Path(platformdirs.user_data_dir("flaechenfinder")).is_relative_to(own_environment)
    assert {name for name in os.environ if name.startswith("FINDER_")} <= {"FINDER_TEST_POSTGIS"}
    assert Config.from_env().database.startswith(f"sqlite:///{own_environment}")
