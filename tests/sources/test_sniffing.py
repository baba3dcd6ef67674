"""Which format a file is, by its first bytes."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from finder.sources.sentences import REFUSALS, Refusal
from finder.sources.sniffing import Format, sniff


@pytest.mark.parametrize(
    ("head", "format_"),
    [
        (b'{"type": "FeatureCollection"', Format.GEOJSON),
        (b" \r\n\t[1", Format.GEOJSON),
        (b"\xef\xbb\xbf{", Format.GEOJSON),
        ("{".encode("utf-16"), Format.GEOJSON),
        ("{".encode("utf-32"), Format.GEOJSON),
        (b"a;b\n1;2\n", Format.CSV),
        ("Fläche;b\n".encode("cp1252"), Format.CSV),
        ("Fläche;b\n".encode("utf-16"), Format.CSV),
        (b'"{""a"": 1}";b\n', Format.CSV),
        (b"SQLite format 3\0", Format.GEOPACKAGE),
        (b"PK\x03\x04", Format.ZIP),
        (b"PK\x05\x06" + b"\0" * 18, Format.ZIP),
        (b"fgb\x03fgb\x01", Format.FLATGEOBUF),
        (b"<kml xmlns='http://www.opengis.net/kml/2.2'/>", Format.KML),
        (b"\xef\xbb\xbf<?xml version='1.0'?><!-- <html> --><k:kml>", Format.KML),
        (b"<gml:FeatureCollection/>", Format.GML),
        (b"<wfs:FeatureCollection><wfs:member><a><![CDATA[<!DOCTYPE html>]]>", Format.GML),
        (b"<m:Inventar xmlns:gml='http://www.opengis.net/gml'><gml:featureMember>", Format.GML),
    ],
)
def test_formats(head: bytes, format_: Format) -> None:
    assert sniff(head) is format_


def test_a_character_cut_by_the_end_of_the_head() -> None:
    assert sniff("Fläche;Straße".encode()[:3]) is Format.CSV


@given(st.binary(max_size=80) | st.text(max_size=40).map(str.encode))
@example(b"<")
@example(b"<!DOCTYPE")
@example(b"\xff\xfe")
def test_any_bytes_are_a_format_or_refused(head: bytes) -> None:
    refused = None
    try:
        sniff(head)
    except Refusal as refusal:
        refused = refusal
    assert refused is None or REFUSALS[refused.code][1] % refused.params
