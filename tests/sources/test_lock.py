"""The lock, tried from inside: a process that closes itself and then attempts what a taken-over reader would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from finder.sources import lock
from tests.tree import TOP

# C's own functions, past every check that Python makes
IN_C = """
import ctypes, errno, os
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
def tried(result):
    return "done" if result >= 0 else errno.errorcode[ctypes.get_errno()]
"""


def locked(folder: Path, body: str, top: Path = TOP, **limits: Any) -> Any:
    """Run `body` in a process that has closed itself; it says what came of it by `say`."""
    for name in ("in", "out"):
        (folder / name).mkdir(exist_ok=True)
    script = f"""
import json, os, sys
sys.path.insert(0, {str(top)!r})
from pathlib import Path
from finder.sources import lock
from finder.limits import Limits
INSIDE, OUTSIDE = Path({str(folder / "in")!r}), Path({str(folder / "out")!r})
before = int({os.getpid()})
lock.close(INSIDE, OUTSIDE, Limits(**{limits!r}))
def say(value):
    print(json.dumps(value))
{body}
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", script], capture_output=True, text=True, check=False, env=lock.ENVIRONMENT
    )
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    "attempt",
    [
        "libc.socket(2, 1, 0)",
        "libc.socket(1, 1, 0)",
        "libc.socket(16, 3, 0)",
        "libc.fork()",
        "libc.execl(b'/bin/true', b'true', None)",
        "libc.kill(before, 0)",
        "libc.ptrace(16, before, 0, 0)",
        "libc.unshare(0x10000000)",
        "libc.chmod(str(INSIDE).encode(), 0o777)",
        "libc.fchmod(os.open(INSIDE, os.O_RDONLY), 0o777)",
        "libc.fchown(os.open(INSIDE, os.O_RDONLY), os.getuid(), os.getgid())",
        "libc.fsetxattr(os.open(INSIDE, os.O_RDONLY), b'user.a', b'b', 1, 0)",
        "libc.fremovexattr(os.open(INSIDE, os.O_RDONLY), b'user.a')",
        "libc.syscall(425, 8, ctypes.create_string_buffer(120))",
    ],
)
def test_the_kernel_refuses(tmp_path: Path, attempt: str) -> None:
    assert locked(tmp_path, f"{IN_C}\nsay(tried({attempt}))") == "EPERM"


def test_the_kernel_refuses_other_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("ours")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "content").write_text("theirs")
    body = f"""
say([tried(libc.open(path.encode(), flags, 0o600)) for path, flags in [
    ({str(secret)!r}, os.O_RDONLY), ("/etc/passwd", os.O_RDONLY), ({str(TOP / "setup.cfg")!r}, os.O_RDONLY),
    ({str(secret)!r}, os.O_WRONLY), ({str(tmp_path / "new")!r}, os.O_WRONLY | os.O_CREAT),
    (str(INSIDE / "new"), os.O_WRONLY | os.O_CREAT),
    (str(INSIDE / "content"), os.O_RDONLY), (str(OUTSIDE / "new"), os.O_RDWR | os.O_CREAT),
    (lock.__file__, os.O_RDONLY), (os.devnull, os.O_RDONLY),
]] + [tried(libc.unlink({str(secret)!r}.encode())), tried(libc.rename(str(INSIDE / "content").encode(), b"x"))])
"""
    found = locked(tmp_path, IN_C + body)
    assert found == ["EACCES"] * 6 + ["done"] * 4 + ["EACCES"] * 2
    assert secret.read_text() == "ours"


@pytest.mark.parametrize(
    "attempt",
    [
        "__import__('socket').socket()",
        "__import__('socket').getaddrinfo('localhost', 80)",
        "__import__('subprocess').run(['true'])",
        "os.system('true')",
        "os.execv('/bin/true', ['true'])",
        "open('/etc/passwd')",
        "Path('/etc/passwd').read_text()",
        "(INSIDE / '../../secret').read_text()",
        "open('/tmp/x', 'w')",
        "open(str(INSIDE / 'x'), 'w')",
        "os.remove(str(INSIDE))",
        "os.symlink('/etc/passwd', str(OUTSIDE / 'x'))",
        "os.rename(str(INSIDE), str(OUTSIDE / 'x'))",
    ],
)
def test_python_refuses_before_the_kernel_does(tmp_path: Path, attempt: str) -> None:
    # the only lock there is on systems that are not Linux
    body = f"""
try:
    {attempt}
except lock.Locked:
    say("locked")
except BaseException as error:
    say(repr(error))
else:
    say("done")
"""
    assert locked(tmp_path, body) == "locked"


def test_nothing_is_loaded_before_the_lock() -> None:
    script = "import sys; from finder.sources import worker; print(*{'numpy', 'pyarrow', 'osmium'} & set(sys.modules))"
    command = [sys.executable, "-c", script]
    assert subprocess.run(command, capture_output=True, text=True, check=True, cwd=TOP).stdout == "\n"


def test_what_reading_needs_still_works(tmp_path: Path) -> None:
    body = """
import threading, sqlite3, numpy, orjson, osmium, pyarrow, pyogrio
with open(OUTSIDE / "a", "w") as file:
    file.write("b")
done = []
thread = threading.Thread(target=done.append, args=[(OUTSIDE / "a").read_text()])
thread.start(); thread.join()
say([done, sorted(pyogrio.list_drivers())])
"""
    assert locked(tmp_path, body) == [["b"], sorted(lock.DRIVERS)]


def test_code_behind_a_link_is_still_found(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(TOP)
    body = """
from finder.sources import delimited, lock
say([lock.__file__, delimited.__file__])
"""
    assert locked(tmp_path, body, link) == [str(link / f"finder/sources/{name}.py") for name in ("lock", "delimited")]


def test_limits_of_the_process(tmp_path: Path) -> None:
    body = """
import resource
say([resource.getrlimit(which)[0] for which in
     (resource.RLIMIT_CORE, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_DATA)])
"""
    found = locked(tmp_path, body, seconds=7.5, max_unpacked_bytes=2**30, memory_bytes=200 * 2**20)
    assert found == [0, 9, 2**30, 200 * 2**20]
    # what is handed over has to fit, however little may be unpacked
    found = locked(tmp_path, body, seconds=7.5, max_unpacked_bytes=1000, memory_bytes=200 * 2**20)
    assert found == [0, 9, 400 * 2**20, 200 * 2**20]


def test_memory_ends_where_the_limit_is(tmp_path: Path) -> None:
    body = """
try:
    bytearray(120 * 2**20)
except MemoryError:
    say("memory")
else:
    say("done")
"""
    assert locked(tmp_path, body, memory_bytes=100 * 2**20) == "memory"
    assert locked(tmp_path, body, memory_bytes=200 * 2**20) == "done"


def test_gdal_drops_drivers_of_a_later_version(tmp_path: Path) -> None:
    body = """
from finder.sources import gdal
gdal._pyogrio()
import pyogrio
say(sorted(pyogrio.list_drivers()))
"""
    skipped = lock.ENVIRONMENT["GDAL_SKIP"]
    fewer = {**lock.ENVIRONMENT, "GDAL_SKIP": skipped.replace("OGR_VRT,", "").replace("SQLite,", "")}
    assert fewer["GDAL_SKIP"] != skipped
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lock, "ENVIRONMENT", fewer)
        assert "SQLite" in locked(tmp_path, "import pyogrio\nsay(sorted(pyogrio.list_drivers()))")
        assert locked(tmp_path, body) == sorted(lock.DRIVERS)


def test_the_environment_says_what_the_list_of_attacks_asks_for() -> None:
    wanted = {
        "OGR_SQLITE_STATIC_VIRTUAL_OGR": "NO",
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
        "PROJ_NETWORK": "OFF",
        "GDAL_DRIVER_PATH": "disable",
    }
    assert wanted.items() <= lock.ENVIRONMENT.items()
    assert not lock.DRIVERS & set(lock.ENVIRONMENT["GDAL_SKIP"].split(","))
    assert not any(name.startswith(("FINDER_", "HOME", "PATH")) for name in lock.ENVIRONMENT)
