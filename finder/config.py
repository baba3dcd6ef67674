"""Settings: the only place that reads the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from finder.errors import ConfigError
from finder.limits import DEFAULT, MIB, ROADS, Limits

SAMPLE_DATABASE = "sample.sqlite"
NETWORK = "roads.network"
"""The built road network's file in the user's data directory."""


def wished_language(env: Mapping[str, str] | None = None) -> str | None:
    """Return the language asked for, also where the other settings cannot be used."""
    env = os.environ if env is None else env
    return env.get("FINDER_LANGUAGE", "").strip() or env.get("LC_ALL") or env.get("LANG") or None


def _user_data() -> Path:
    return Path(platformdirs.user_data_dir("flaechenfinder", appauthor=False))


def _user_cache() -> Path:
    return Path(platformdirs.user_cache_dir("flaechenfinder", appauthor=False))


def _days(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, "").strip()
    if not text:
        return default
    if not re.fullmatch(r"0*[1-9][0-9]{0,5}", text):
        raise ConfigError(
            "The setting %(name)s must be a whole number of days, not “%(value)s”.", name=name, value=text[:80]
        )
    return int(text)


def _whole(env: Mapping[str, str], name: str, default: int, most: int, *, least: int = 1) -> int:
    text = env.get(name, "").strip()
    if not text:
        return default
    if not re.fullmatch("0*[0-9]{1,15}", text) or not least <= int(text) <= most:
        raise ConfigError(
            "The setting %(name)s must be a whole number from %(least)s to %(most)s, not “%(value)s”.",
            name=name,
            least=least,
            most=most,
            value=text[:80],
        )
    return int(text)


def _limits(env: Mapping[str, str], usual: Limits) -> Limits:
    """Return how much a file may ask for; what is set so low that nothing could be read is refused."""
    most_mib = 1_000_000
    return Limits(
        max_file_bytes=MIB * _whole(env, "FINDER_MAX_FILE_MB", usual.max_file_bytes // MIB, most_mib),
        max_unpacked_bytes=MIB * _whole(env, "FINDER_MAX_UNPACKED_MB", usual.max_unpacked_bytes // MIB, most_mib),
        max_members=_whole(env, "FINDER_MAX_MEMBERS", usual.max_members, 1_000_000),
        max_ratio=_whole(env, "FINDER_MAX_RATIO", usual.max_ratio, 1_000_000),
        max_features=_whole(env, "FINDER_MAX_FEATURES", usual.max_features, 1_000_000_000),
        max_vertices=_whole(env, "FINDER_MAX_VERTICES", usual.max_vertices, 10_000_000_000),
        max_columns=_whole(env, "FINDER_MAX_COLUMNS", usual.max_columns, 100_000),
        max_depth=_whole(env, "FINDER_MAX_DEPTH", usual.max_depth, 200),
        seconds=float(_whole(env, "FINDER_MAX_SECONDS", round(usual.seconds), 86_400)),
        memory_bytes=MIB * _whole(env, "FINDER_MAX_MEMORY_MB", usual.memory_bytes // MIB, most_mib, least=256),
    )


def _network(env: Mapping[str, str], data_dir: Path) -> Path | None:
    """Return the road network's file: the one that is named, else the one that lies in its usual place."""
    if given := env.get("FINDER_NETWORK", "").strip():
        return Path(given)
    usual = data_dir / NETWORK
    return usual if usual.is_file() else None


@dataclass(frozen=True)
class Freshness:
    """After how many days since `verified_on` a listing is due, unconfirmed and hidden."""

    due: int = 90
    unconfirmed: int = 180
    hidden: int = 365

    def __post_init__(self) -> None:
        """Refuse days that overtake each other."""
        if not self.due < self.unconfirmed < self.hidden:
            raise ConfigError("FINDER_FRESH_DAYS, FINDER_DUE_DAYS and FINDER_HIDDEN_DAYS must rise in this order.")


@dataclass(frozen=True)
class Config:
    """All settings, read once. `database` is a SQLAlchemy URL."""

    database: str
    data_dir: Path
    cache_dir: Path
    url: str | None
    secret_key: str | None
    language: str | None
    freshness: Freshness
    operator: str | None
    contact: str | None
    limits: Limits = DEFAULT
    roads: Limits = ROADS
    network: Path | None = None  # a built road network's file; None: ways are estimated

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None, *, sample: bool = False) -> Config:
        """Read the settings; `sample` asks for the sample inventory's own database file."""
        env = os.environ if env is None else env
        data_dir = _user_data()
        given = env.get("FINDER_DATABASE", "").strip()
        name = SAMPLE_DATABASE if sample else "finder.sqlite"
        return cls(
            database=given or f"sqlite:///{data_dir / name}",
            data_dir=data_dir,
            cache_dir=_user_cache(),
            url=env.get("FINDER_URL", "").strip().rstrip("/") or None,
            secret_key=env.get("FINDER_SECRET_KEY", "").strip() or None,
            language=wished_language(env),
            freshness=Freshness(
                due=_days(env, "FINDER_FRESH_DAYS", Freshness.due),
                unconfirmed=_days(env, "FINDER_DUE_DAYS", Freshness.unconfirmed),
                hidden=_days(env, "FINDER_HIDDEN_DAYS", Freshness.hidden),
            ),
            operator=env.get("FINDER_OPERATOR", "").strip() or None,
            contact=env.get("FINDER_CONTACT", "").strip() or None,
            limits=_limits(env, DEFAULT),
            roads=_limits(env, ROADS),
            network=_network(env, data_dir),
        )
