"""The house rules: what lies where, who may import whom, and the habits a reader may rely on."""

from __future__ import annotations

import ast
import importlib.metadata
import io
import re
import shutil
import subprocess
import sys
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path, PurePath

import pytest

from tests import tree
from tests.tree import TOP

TOP_LEVEL = {"finder", "data", "templates", "tests", "setup.cfg", "README.md", "pyproject.toml", "LICENSE"}
FLOORS = [
    "__main__",
    "cli",
    "web",
    "pipeline",
    "presentation | editing | exports",
    "search",
    "sources | intake | store | measures",
    "roads",
    "model",
    "crs",
    "language",
    "config | resources",
    "errors | limits",
]
HOMES = {
    "sqlalchemy": ["finder.store.**"],
    "alembic": ["finder.store.**"],
    "flask": ["finder.web.**", "finder.cli"],
    "folium": ["finder.presentation.map"],
    "typst": ["finder.presentation.document"],
    "pyogrio": ["finder.sources.**", "finder.exports.**"],
    "osgeo": ["finder.sources.**", "finder.exports.**"],
    "fiona": ["finder.sources.**", "finder.exports.**"],
    "pyproj": ["finder.crs"],
}
"""Where alone a library may be imported."""
BROUGHT = {
    "branca": "folium",
    "dateutil": "pandas",
    "jinja2": "flask",
    "markupsafe": "flask",
    "offlinefolium": "folium-offline",
    "werkzeug": "flask",
    "xstatic": "xstatic-leaflet",
}
"""Packages that are part of a declared one, or named otherwise."""
LONGEST = 400
MODULES = tree.modules()


def dotted(path: PurePath) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(tree.parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def names(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield every name and attribute used below a node with its line."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part.lineno, part.id
        elif isinstance(part, ast.Attribute):
            yield part.lineno, part.attr
        elif isinstance(part, ast.alias):
            yield part.lineno, part.name.rpartition(".")[2]


# -- what lies where --------------------------------------------------------------------------------------------------


def test_top_level_holds_only_what_belongs_there() -> None:
    found = {path.parts[0] for path in tree.files()}
    assert {name for name in found if not name.startswith(".")} == TOP_LEVEL


def test_pyproject_names_the_build_system_and_nothing_else() -> None:
    assert set(tomllib.loads((TOP / "pyproject.toml").read_text())) == {"build-system"}


def test_every_package_is_listed() -> None:
    listed = tree.lines("options", "packages")
    folders = dict(line.split(" = ") for line in tree.lines("options", "package_dir"))
    assert listed == sorted(set(listed))
    for package in listed:
        assert (TOP / folders.get(package, package.replace(".", "/"))).is_dir(), package
    packages = {dotted(path.parent) for path in MODULES}
    assert packages <= set(listed), "a package that is not listed drops out of the wheel silently"
    assert all((TOP / package.replace(".", "/") / "__init__.py").is_file() for package in packages)


def test_data_folders_are_listed() -> None:
    folders = dict(line.split(" = ") for line in tree.lines("options", "package_dir"))
    needed = {str(p.parent) for p in tree.files() if p.parts[0] == "data" and "build" not in p.parts}
    assert needed <= set(folders.values())


def test_every_import_is_declared() -> None:
    declared = {re.split(r"[\[<>=!~ ]", line)[0].lower() for line in tree.lines("options", "install_requires")}
    distributions = importlib.metadata.packages_distributions()
    missing = {}
    for path in MODULES:
        for name in {name.partition(".")[0] for name in imports(path)} - set(sys.stdlib_module_names) - {"finder"}:
            known = {d.lower() for d in distributions.get(name, [name])} | {BROUGHT.get(name, name)}
            if not known & declared:
                missing[name] = str(path)
    assert not missing


def test_tests_mirror_the_house() -> None:
    rooms = {path.parts[1] for path in tree.modules("tests") if len(path.parts) > 2}
    houses = {path.parts[1] for path in MODULES if len(path.parts) > 2}
    assert rooms - {"browser", "benchmarks", "data", "deliveries"} <= houses


# -- who may import whom ----------------------------------------------------------------------------------------------


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    script = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    return subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=False)


def test_floors_are_those_of_the_plan() -> None:
    section = "importlinter:contract:layers"
    assert [re.sub(r"[()]", "", line) for line in tree.lines(section, "layers")] == FLOORS
    assert tree.setup_cfg()[section].getboolean("exhaustive")
    assert tree.lines(section, "exhaustive_ignores") == ["translations"]
    assert "ignore_imports" not in tree.setup_cfg()[section]


def test_libraries_have_their_rooms() -> None:
    allowed: dict[str, list[str]] = {}
    for section in tree.setup_cfg().sections():
        if section.startswith("importlinter:contract:") and tree.setup_cfg()[section]["type"] == "forbidden":
            assert tree.lines(section, "source_modules") == ["finder"]
            pairs = [line.split(" -> ") for line in tree.lines(section, "ignore_imports")]
            for library in tree.lines(section, "forbidden_modules"):
                allowed[library] = [place for place, name in pairs if name == library]
    assert allowed == HOMES


def test_contracts_are_kept() -> None:
    result = lint_imports(TOP)
    assert result.returncode == 0, result.stdout


def test_contracts_bite(tmp_path: Path) -> None:
    shutil.copytree(TOP / "finder", tmp_path / "finder", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(TOP / "setup.cfg", tmp_path)
    libraries = "".join(f"import {name}\n" for name in HOMES)
    (tmp_path / "finder/model/wrong.py").write_text(f"import finder.store.database\n{libraries}")
    (tmp_path / "finder/homeless.py").write_text("")
    result = lint_imports(tmp_path)
    contracts = [s for s in tree.setup_cfg().sections() if s.startswith("importlinter:contract:")]
    assert result.returncode == 1, result.stdout + result.stderr
    assert result.stdout.count("BROKEN") == len(contracts), result.stdout
    assert "homeless" in result.stdout


# -- habits -----------------------------------------------------------------------------------------------------------


def test_coordinate_systems_have_one_door() -> None:
    # a code in a sentence, as an example, is not a use of it
    code = re.compile(r"\S*\b(4326|25832|3857)\b\S*")
    spoken = []
    for path in MODULES:
        if path == Path("finder/crs.py"):
            continue
        module = tree.parsed(path)
        for node in ast.walk(module):
            if isinstance(node, ast.Constant) and code.fullmatch(str(node.value)):
                spoken.append(f"{path}:{node.lineno} {node.value!r}")
        spoken += [f"{path}:{line} {name}" for line, name in names(module) if name in ("to_crs", "Transformer")]
    assert not spoken


def test_only_config_reads_the_environment() -> None:
    environment = {"environ", "environb", "getenv", "getenvb"}
    reads = []
    for path in MODULES:
        if path == Path("finder/config.py"):
            continue
        module = tree.parsed(path)
        # the locked child clears and sets its own environment before GDAL looks at it
        written = set(changes(module)) if path.is_relative_to("finder/sources") else set()
        used = {line for line, name in names(module) if name in environment}
        reads += [f"{path}:{line}" for line in used - written]
    assert not reads


def changes(module: ast.Module) -> Iterator[int]:
    """Yield the lines that set, delete, clear or update something."""
    for node in ast.walk(module):
        setting = isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del)
        if setting or (isinstance(node, ast.Attribute) and node.attr in ("clear", "update")):
            yield node.lineno


def test_gdal_is_asked_in_its_rooms_only() -> None:
    gdal = {"read_file", "to_file", "read_dataframe", "write_dataframe", "list_layers"}
    elsewhere = [path for path in MODULES if path.parts[1] not in ("sources", "exports")]
    used = [f"{path}:{line} {name}" for path in elsewhere for line, name in names(tree.parsed(path)) if name in gdal]
    assert not used


def test_modules_are_rooms_not_halls() -> None:
    lengths = {str(p): (TOP / p).read_text(encoding="utf-8").count("\n") for p in MODULES if "versions" not in p.parts}
    assert not {path: length for path, length in lengths.items() if length > LONGEST}


def test_modules_name_their_topic() -> None:
    nameless = re.compile(r"_*(utils?|helpers?|common|misc|tools?|stuff)_*")
    paths = [path for top in ("finder", "tests", "data") for path in tree.modules(top)]
    assert not [path for path in paths if any(nameless.fullmatch(part) for part in path.with_suffix("").parts)]


def silent_exceptions(source: bytes) -> list[str]:
    """Return the comments that switch a check off without saying which."""
    silent = re.compile(r"#\s*(type:\s*ignore(?!\[)|noqa(?!:\s*[A-Z]+\d)|mypy:\s*ignore-errors|ruff:\s*noqa)")
    tokens = tokenize.tokenize(io.BytesIO(source).readline)
    return [t.string for t in tokens if t.type == tokenize.COMMENT and silent.search(t.string)]


def test_exceptions_from_the_checks_say_which() -> None:
    paths = [path for top in ("finder", "tests", "data") for path in tree.modules(top)]
    assert not [(str(path), found) for path in paths if (found := silent_exceptions((TOP / path).read_bytes()))]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b"x = 1  # type: ignore\n", True),
        (b"x = 1  # noqa\n", True),
        (b"x = 1  # type: ignore[arg-type]\n", False),
        (b"x = 1  # noqa: E741\n", False),
        (b"x = '# noqa'\n", False),
    ],
)
def test_silent_exceptions_are_seen(line: bytes, found: bool) -> None:
    assert bool(silent_exceptions(line)) is found
