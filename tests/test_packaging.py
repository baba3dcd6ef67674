"""The wheel carries what the checkout has, and works where there is no checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tests import tree
from tests.tree import TOP


def run(*command: str | Path, cwd: Path) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PIP_"))}
    result = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a clean copy of the tree."""
    place = tmp_path_factory.mktemp("wheel")
    for path in tree.files():
        (place / "copy" / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(TOP / path, place / "copy" / path)
    pip = (sys.executable, "-m", "pip", "wheel", "-q", "--disable-pip-version-check")
    run(*pip, "--no-deps", "--no-index", "--no-build-isolation", "-w", place, ".", cwd=place / "copy")
    (built,) = place.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """Install the wheel into a venv outside the checkout that borrows our libraries; return its Python."""
    place = wheel.parent / "empty"
    run(sys.executable, "-m", "venv", "--without-pip", place, cwd=wheel.parent)
    python = place / "bin/python"
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "-q", "--disable-pip-version-check")
    run(*pip, "--no-deps", "--no-index", wheel, cwd=place)
    own = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=place).strip()
    # a path in a .pth file brings the libraries but not their own .pth files, and so not the editable install
    borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (Path(own) / "libraries.pth").write_text("".join(f"{path}\n" for path in borrowed))
    return python


def shipped() -> set[str]:
    """Return the names in the wheel of all files that the program needs."""
    names = set()
    for path in tree.files():
        if path.parts[0] == "finder":
            names.add(path.as_posix())
        elif path.parts[0] in ("templates", "data") and path.parts[:2] != ("data", "build"):
            names.add(f"finder/{path.as_posix()}")
    return names


def test_wheel_holds_what_the_checkout_has(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    package = {name for name in names if name.startswith("finder/")}
    assert package == shipped()
    about = {name.partition(".dist-info/")[2] for name in names - package}
    assert {"METADATA", "entry_points.txt", "licenses/LICENSE"} <= about
    assert all(".dist-info/" in name for name in names - package)


def test_installed_wheel_speaks_german(installed: Path) -> None:
    program = (
        "import finder, finder.language as language, finder.resources as resources\n"
        "print(finder.__file__, resources.DATA, resources.TEMPLATES, resources.region()['crs'], sep='\\n')\n"
        "print(language.Language('de').text('industrial area'))"
    )
    *places, crs, german = run(installed, "-c", program, cwd=installed.parent).splitlines()
    home = installed.parent.parent
    assert all(Path(place).is_relative_to(home) and Path(place).exists() for place in places), places
    assert crs.isdigit()
    assert german == "Industriegebiet"


def test_installed_command_starts(installed: Path) -> None:
    assert "serve" in run(installed.with_name("finder"), "--help", cwd=installed.parent)
