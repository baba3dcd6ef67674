"""The checkout as the tests see it: its files, its parsed modules, its settings."""

from __future__ import annotations

import ast
import configparser
import functools
import subprocess
from collections.abc import Iterator
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
MADE = {"__pycache__", "build", "dist", ".git", ".venv", ".venv-tests"}
"""What tools leave behind, for a checkout without git (data/build is kept)."""


@functools.cache
def files() -> tuple[Path, ...]:
    """Return every file that belongs to the tree, relative to its top: git's list, else what lies there."""
    git = (
        subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=TOP,
            capture_output=True,
            text=True,
            check=False,
        )
        if (TOP / ".git").exists()
        else None
    )
    if git is not None and git.returncode == 0:
        return tuple(sorted(Path(name) for name in git.stdout.split("\0") if name and (TOP / name).is_file()))
    return tuple(sorted(path for path in _walk(Path()) if path.suffix != ".pyc"))


def _walk(folder: Path) -> Iterator[Path]:
    for path in (TOP / folder).iterdir():
        name = path.name
        if (name in MADE and folder != Path("data")) or name.endswith((".egg-info", "_cache")):
            continue
        if path.is_dir():
            yield from _walk(folder / name)
        else:
            yield folder / name


def modules(top: str = "finder") -> list[Path]:
    """Return the Python files below a folder, relative to the top."""
    return [path for path in files() if path.parts[0] == top and path.suffix == ".py"]


@functools.cache
def parsed(path: Path) -> ast.Module:
    """Return a module's syntax tree."""
    return ast.parse((TOP / path).read_text(encoding="utf-8"), str(path))


@functools.cache
def setup_cfg() -> configparser.ConfigParser:
    """Return the settings of the tree."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(TOP / "setup.cfg", encoding="utf-8")
    return parser


def lines(section: str, option: str) -> list[str]:
    """Return a setting that is a list, one item a line."""
    return [line.strip() for line in setup_cfg()[section][option].splitlines() if line.strip()]
