"""XML, piece by piece."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.limits import Limits
from finder.sources import markup
from finder.sources.sentences import Refusal

LIMITS = Limits()


def written(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "content"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def texts(path: Path, *names: str, limits: Limits = LIMITS) -> list[tuple[list[str], str | None]]:
    found = markup.pieces(path, frozenset(names), limits)
    return [([markup.local(e.tag) for e in around], piece.text) for around, piece in found]


def refused(path: Path, *names: str, limits: Limits = LIMITS) -> str:
    with pytest.raises(Refusal) as caught:
        texts(path, *names, limits=limits)
    return caught.value.code


def test_pieces_come_with_what_is_open_around_them(tmp_path: Path) -> None:
    path = written(tmp_path, '<a xmlns="urn:x"><b><c>1</c></b><b><c>2</c><c>3</c></b></a>')
    assert texts(path, "c") == [(["a", "b"], "1"), (["a", "b"], "2"), (["a", "b"], "3")]
    assert markup.root(path) == "{urn:x}a"
    assert markup.namespace(markup.root(path)) == "urn:x"


def test_what_stands_before_a_piece_can_be_looked_at(tmp_path: Path) -> None:
    path = written(tmp_path, "<a><firm>one</firm><p>1</p><p>2</p></a>")
    assert [around[0].findtext("firm") for around, _ in markup.pieces(path, frozenset("p"), LIMITS)] == ["one", "one"]


def test_pieces_are_gone_afterwards(tmp_path: Path) -> None:
    path = written(tmp_path, "<a>" + "<m><p>x</p></m>" * 100 + "</a>")
    around = [around[0] for around, _ in markup.pieces(path, frozenset("p"), LIMITS)]
    assert len(around) == 100
    assert len(around[0]) == 0


@given(st.lists(st.sampled_from(("<p>1</p>", "<m><p>2</p><p>3</p></m>", "<k><l/></k>", "<k>4</k>")), max_size=30))
def test_all_but_pieces_stays(tmp_path_factory: pytest.TempPathFactory, parts: list[str]) -> None:
    path = written(tmp_path_factory.getbasetemp(), "<a>" + "".join(parts) + "<p>end</p><k/></a>")
    found = list(markup.pieces(path, frozenset("p"), LIMITS))
    assert [piece.text for _, piece in found] == re.findall("<p>(.*?)</p>", path.read_text())
    top = found[-1][0][0]
    assert [child.tag for child in top] == ["k"] * (1 + sum(part.startswith("<k>") for part in parts))
    assert [child.text for child in top] == [*("4" if "4" in part else None for part in parts if "<k>" in part), None]


def test_of_nested_pieces_the_outermost_counts(tmp_path: Path) -> None:
    path = written(tmp_path, "<p>a<p>b</p></p>")
    assert texts(path, "p") == [([], "a")]


def test_members_are_what_stands_in_their_holders(tmp_path: Path) -> None:
    link = 'xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="#x"'
    path = written(
        tmp_path,
        f"<a><m><p>1</p></m><m {link}/><ms><p>2</p><q>3</q></ms><m><FeatureCollection><m><p><m>4</m></p></m>"
        "</FeatureCollection></m><p>5</p></a>",
    )
    found = [
        ("/".join(markup.local(element.tag) for element in (*around, piece)), "".join(piece.itertext()))
        for around, piece in markup.members(path, frozenset({"m", "ms"}), LIMITS)
    ]
    assert found == [
        ("a/m/p", "1"),
        ("a/m", ""),
        ("a/ms/p", "2"),
        ("a/ms/q", "3"),
        ("a/m/FeatureCollection/m/p", "4"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_a_document_type_is_refused_wherever_it_hides(tmp_path: Path, encoding: str) -> None:
    comment = "<!--" + "x" * 300_000 + "-->"
    content = f'<?xml version="1.0" encoding="{encoding}"?>{comment}<!DOCTYPE a [<!ENTITY e "v">]><a><p>&e;</p></a>'
    assert refused(written(tmp_path, content.encode(encoding)), "p") == "doctype"


def test_depth_is_bounded(tmp_path: Path) -> None:
    path = written(tmp_path, "<a>" * 40 + "</a>" * 40)
    assert refused(path, "p") == "too_deep"
    assert texts(path, "p", limits=Limits(max_depth=40)) == []


@pytest.mark.parametrize("content", ["<a><b></a>", "<a>", "<a/><b/>", "<a>&e;</a>", "<a b=1/>", "", "<a>\0</a>", "x"])
def test_what_is_not_well_formed_is_refused(tmp_path: Path, content: str) -> None:
    assert refused(written(tmp_path, content), "p") == "not_xml"


def test_an_unknown_encoding_is_refused(tmp_path: Path) -> None:
    content = '<?xml version="1.0" encoding="nobody-knows"?><a><p>1</p></a>'
    assert refused(written(tmp_path, content), "p") in ("not_xml", "failed")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = written(tmp_path_factory.getbasetemp(), b"<a><p>" + content + b"</p></a>")
    with contextlib.suppress(Refusal):
        assert len(texts(path, "p")) >= 1
