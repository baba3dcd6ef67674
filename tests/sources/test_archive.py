"""ZIP archives: each attack, and that an ordinary one passes."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from finder.limits import Limits
from finder.sources import archive
from finder.sources.sentences import Refusal
from tests.sources.files import shapefile_parts, written, zipped


def judged(path: Path, limits: Limits | None = None) -> str:
    """Return the code by which an archive is refused, or "passed"."""
    try:
        with archive.opened(path, limits or Limits()):
            return "passed"
    except Refusal as refusal:
        return refusal.code


def single(path: Path, name: str, content: bytes = b"x", **members: int) -> Path:
    info = zipfile.ZipInfo(name)
    for member, value in members.items():
        setattr(info, member, value)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(info, content, members.get("compress_type", zipfile.ZIP_DEFLATED))
    return path


def test_an_ordinary_archive_passes(tmp_path: Path) -> None:
    members = {f"Ordner/fläche{suffix}": part for suffix, part in shapefile_parts(tmp_path).items()}
    path = zipped(tmp_path / "a.zip", {"Ordner/": b"", **members, "Liesmich.txt": b"x", "a.pdf": b"%PDF"})
    with archive.opened(path, Limits()) as opened:
        assert opened.names == [*members, "Liesmich.txt", "a.pdf"]
        opened.unpack("Ordner/fläche.dbf", tmp_path / "x")
        assert opened.read("a.pdf", 2) == b"%P"
    assert (tmp_path / "x").read_bytes() == members["Ordner/fläche.dbf"]


@pytest.mark.parametrize(
    "name",
    ["../a.shp", "a/../../b.shp", "/etc/cron.d/a", "..", "a\\..\\b.shp", "C:\\a.shp", "C:a.shp", "a/..", "//server/a"],
)
def test_members_outside(tmp_path: Path, name: str) -> None:
    assert judged(single(tmp_path / "a.zip", name)) == "zip_path"


def test_name_with_nul(tmp_path: Path) -> None:
    path = single(tmp_path / "a.zip", "a.shp_.txt")
    path.write_bytes(path.read_bytes().replace(b"a.shp_.txt", b"a.shp\0.txt"))
    assert judged(path) == "zip_path"


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFBLK, stat.S_IFCHR, stat.S_IFSOCK])
def test_links_and_special_files(tmp_path: Path, kind: int) -> None:
    path = single(tmp_path / "a.zip", "a.shp", b"/etc/passwd", external_attr=(kind | 0o777) << 16, create_system=3)
    assert judged(path) == "zip_special"


def test_bomb_by_ratio(tmp_path: Path) -> None:
    path = single(tmp_path / "a.zip", "a.dbf", bytes(17 * 2**20), compress_type=zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 20_000
    assert judged(path) == "zip_ratio"
    assert judged(path, Limits(max_ratio=2000)) == "passed"


def test_bomb_by_sum(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {f"{i}.txt": bytes(1000) for i in range(10)})
    assert judged(path, Limits(max_unpacked_bytes=9_999)) == "zip_unpacked"
    assert judged(path, Limits(max_unpacked_bytes=10_000)) == "passed"


def test_directory_that_understates_a_size(tmp_path: Path) -> None:
    path = single(tmp_path / "a.zip", "a.dbf", b"x" * 5000, compress_type=zipfile.ZIP_DEFLATED)
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = struct.pack("<I", 10)
    path.write_bytes(content)
    with pytest.raises(Refusal) as caught, archive.opened(path, Limits()) as opened:
        opened.unpack("a.dbf", tmp_path / "x")
    assert caught.value.code == "zip_damaged"
    assert (tmp_path / "x").stat().st_size <= 10


def test_overlapping_members(tmp_path: Path) -> None:
    # the second member's entry points at the first one's content
    path = zipped(tmp_path / "a.zip", {"a.txt": b"x" * 100, "b.txt": b"y" * 100})
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 42 : entry + 46] = struct.pack("<I", 0)
    path.write_bytes(content)
    assert judged(path) == "zip_overlap"


def test_member_reaching_into_the_directory(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.txt": b"x" * 100})
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 20 : entry + 24] = struct.pack("<I", 500)
    path.write_bytes(content)
    assert judged(path) == "zip_overlap"


@pytest.mark.parametrize("names", [("a.shp", "a.shp"), ("a.shp", "A.SHP"), ("a", "a/")])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_that_occur_twice(tmp_path: Path, names: tuple[str, str]) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        for name in names:
            file.writestr(name, b"x")
    assert judged(tmp_path / "a.zip") == "zip_overlap"


@pytest.mark.parametrize("name", ["b.zip", "x/b.ZIP", "a.tar.gz", "a.kmz", "a.7z"])
def test_archive_in_an_archive(tmp_path: Path, name: str) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as file:
        file.writestr("a", b"x")
    assert judged(zipped(tmp_path / "a.zip", {"a.shp": b"x", name: inner.getvalue()})) == "zip_nested"


def test_encrypted(tmp_path: Path) -> None:
    path = single(tmp_path / "a.zip", "a.shp")
    content = bytearray(path.read_bytes())
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert judged(path) == "zip_encrypted"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_methods(tmp_path: Path, method: int) -> None:
    assert judged(single(tmp_path / "a.zip", "a.shp", compress_type=method)) == "zip_method"


def test_ten_thousand_members(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {f"{i}.txt": b"" for i in range(10_000)})
    assert judged(path) == "zip_members"
    assert judged(path, Limits(max_members=10_000)) == "passed"


@pytest.mark.parametrize("cut", [1, 10, 30, 80])
def test_truncated(tmp_path: Path, cut: int) -> None:
    whole = zipped(tmp_path / "a.zip", {"a.shp": b"x" * 50}).read_bytes()
    assert judged(written(tmp_path, "b.zip", whole[:-cut])) == "zip_damaged"


def test_damaged_content(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.dbf": bytes(range(256)) * 20})
    content = bytearray(path.read_bytes())
    content[60:80] = bytes(20)
    path.write_bytes(content)
    with pytest.raises(Refusal) as caught, archive.opened(path, Limits()) as opened:
        opened.unpack("a.dbf", tmp_path / "x")
    assert caught.value.code == "zip_damaged"
