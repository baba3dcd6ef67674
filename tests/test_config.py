"""Settings from the environment, and nothing else that reads it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.config import SAMPLE_DATABASE, Config, Freshness
from finder.errors import ConfigError
from finder.limits import DEFAULT, MIB, Limits


def test_nothing_set_is_ready_for_local_use() -> None:
    config = Config.from_env({})
    assert config.database == f"sqlite:///{config.data_dir / 'finder.sqlite'}"
    assert config.freshness == Freshness(due=90, unconfirmed=180, hidden=365)
    assert (config.url, config.secret_key, config.language, config.operator, config.contact) == (None,) * 5
    assert config.network is None
    assert config.cache_dir != config.data_dir


def test_every_setting_is_read() -> None:
    config = Config.from_env(
        {
            "FINDER_DATABASE": " postgresql+psycopg://finder@db/finder ",
            "FINDER_URL": "https://land.example.org/",
            "FINDER_SECRET_KEY": "s3cret",
            "FINDER_LANGUAGE": "en",
            "FINDER_FRESH_DAYS": "30",
            "FINDER_DUE_DAYS": "60",
            "FINDER_HIDDEN_DAYS": "120",
            "FINDER_OPERATOR": "Musterstadt",
            "FINDER_CONTACT": "land@example.org",
            "FINDER_NETWORK": " /srv/roads.arrow ",
        }
    )
    assert config.database == "postgresql+psycopg://finder@db/finder"
    assert config.url == "https://land.example.org"
    assert (config.secret_key, config.language) == ("s3cret", "en")
    assert config.freshness == Freshness(due=30, unconfirmed=60, hidden=120)
    assert (config.operator, config.contact) == ("Musterstadt", "land@example.org")
    assert config.network == Path("/srv/roads.arrow")


LIMITS = {
    "FINDER_MAX_FILE_MB": ("max_file_bytes", MIB),
    "FINDER_MAX_UNPACKED_MB": ("max_unpacked_bytes", MIB),
    "FINDER_MAX_MEMBERS": ("max_members", 1),
    "FINDER_MAX_RATIO": ("max_ratio", 1),
    "FINDER_MAX_FEATURES": ("max_features", 1),
    "FINDER_MAX_VERTICES": ("max_vertices", 1),
    "FINDER_MAX_COLUMNS": ("max_columns", 1),
    "FINDER_MAX_DEPTH": ("max_depth", 1),
    "FINDER_MAX_SECONDS": ("seconds", 1),
    "FINDER_MAX_MEMORY_MB": ("memory_bytes", MIB),
}
"""Each setting's limit and its unit."""


def test_every_limit_is_a_setting_of_its_own() -> None:
    assert Config.from_env({}).limits == DEFAULT
    assert {field for field, _ in LIMITS.values()} == {f.name for f in dataclasses.fields(Limits)} - {"max_issues"}
    for name, (field, unit) in LIMITS.items():
        given = 300 if name == "FINDER_MAX_MEMORY_MB" else 7
        wanted = dataclasses.replace(DEFAULT, **{field: given * unit})
        text = f" 00{given} "
        if field == "max_depth":
            assert Config.from_env({name: "200"}).limits.max_depth == 200
        assert Config.from_env({name: text}).limits == wanted
        assert Config.from_env({name: " "}).limits == DEFAULT


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize(
    "text", ["0", "-1", "1.5", "1e3", "ten", "²", "٣", "9" * 5000, "100000000000", "2048 MB", "0x10"]
)
def test_a_limit_that_is_none_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(ConfigError, match=rf"{name}.*whole number from \d+ to \d+"):
        Config.from_env({name: text})


def test_memory_in_which_nothing_could_be_read_is_refused() -> None:
    with pytest.raises(ConfigError, match="FINDER_MAX_MEMORY_MB must be a whole number from 256"):
        Config.from_env({"FINDER_MAX_MEMORY_MB": "255"})


def test_empty_settings_are_absent_ones() -> None:
    names = (
        "DATABASE",
        "URL",
        "SECRET_KEY",
        "LANGUAGE",
        "FRESH_DAYS",
        "DUE_DAYS",
        "HIDDEN_DAYS",
        "OPERATOR",
        "CONTACT",
    )
    assert Config.from_env({f"FINDER_{name}": "  " for name in names}) == Config.from_env({})


def test_the_sample_has_a_file_of_its_own() -> None:
    plain, sample = Config.from_env({}), Config.from_env({}, sample=True)
    assert sample.database == f"sqlite:///{sample.data_dir / SAMPLE_DATABASE}"
    assert sample.database != plain.database


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({"FINDER_LANGUAGE": "en", "LC_ALL": "de_DE.UTF-8"}, "en"),
        ({"LC_ALL": "de_DE.UTF-8", "LANG": "en_GB.UTF-8"}, "de_DE.UTF-8"),
        ({"LANG": "en_GB.UTF-8"}, "en_GB.UTF-8"),
    ],
)
def test_the_language_is_ours_then_the_systems(env: dict[str, str], expected: str) -> None:
    assert Config.from_env(env).language == expected


@pytest.mark.parametrize("name", ["FINDER_FRESH_DAYS", "FINDER_DUE_DAYS", "FINDER_HIDDEN_DAYS"])
@given(text=st.text(min_size=1).filter(str.strip) | st.sampled_from(["0", "-3", "1.5", "²", "ten", "9" * 5000, "1e3"]))
def test_days_are_whole_numbers_or_refused_by_name(name: str, text: str) -> None:
    try:
        config = Config.from_env({name: text})
    except ConfigError as refusal:
        sentence = str(refusal)
    else:
        sentence = f"{name} is {config.freshness}"
    assert name in sentence


@pytest.mark.parametrize("days", [("200", "180", "365"), ("90", "400", "365"), ("90", "90", "365")])
def test_days_that_overtake_each_other_are_refused(days: tuple[str, str, str]) -> None:
    env = dict(zip(("FINDER_FRESH_DAYS", "FINDER_DUE_DAYS", "FINDER_HIDDEN_DAYS"), days, strict=True))
    with pytest.raises(ConfigError, match=r"FINDER_FRESH_DAYS.*FINDER_DUE_DAYS.*FINDER_HIDDEN_DAYS"):
        Config.from_env(env)
