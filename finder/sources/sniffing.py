"""Which format a file is, by its content alone: names lie, and the drivers behind many formats read other files."""

from __future__ import annotations

import codecs
import re
from enum import Enum

from finder.sources import sentences, text
from finder.sources.sentences import Refusal

HEAD_BYTES = 256 * 1024


class Format(Enum):
    """What is read here."""

    GEOJSON = "GeoJSON"
    CSV = "CSV"
    GEOPACKAGE = "GeoPackage"
    FLATGEOBUF = "FlatGeobuf"
    PARQUET = "Parquet"
    GML = "GML"
    KML = "KML"
    XPLANGML = "XPlanGML"
    OPENIMMO = "OpenImmo"
    ZIP = "ZIP"


_OURS = (
    (b"SQLite format 3\0", Format.GEOPACKAGE),
    (b"PK\x03\x04", Format.ZIP),
    (b"PK\x05\x06", Format.ZIP),
    (b"fgb\x03fgb", Format.FLATGEOBUF),
    (b"PAR1", Format.PARQUET),
)
_LOCKED = b"PARE"  # Parquet with an encrypted footer
_COMPOUND = b"\xd0\xcf\x11\xe0"  # old Office files, and new ones behind a password
_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_OTHERS = (
    (b"ARROW1", "Arrow"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "RAR"),
    (_COMPOUND, "Microsoft Office 97–2003"),
    (b"AC10", "DWG"),
    (b"{\\rtf", "RTF"),
)
_SHAPEFILE = b"\x00\x00\x27\x0a"
_DOCTYPE = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)")
_ASIDE = re.compile(r"<\?.*?\?>|<!--.*?-->", re.DOTALL)
_POINTING = re.compile(
    r"OGR\w*DataSource|OGRCarto\w*|VRTDataset|GDAL_WMS|WMS_Capabilities|WCS_GDAL|OGRSpatialResultSet"
)
_XML_OURS = {
    "FeatureCollection": Format.GML,
    "kml": Format.KML,
    "XPlanAuszug": Format.XPLANGML,
    "openimmo": Format.OPENIMMO,
}
_XML = {"gpx": "GPX", "html": "HTML", "svg": "SVG"}
# a collection of features whose root has a name of its own
_HOLDS_FEATURES = re.compile(r"<(?:[\w.-]+:)?(?:featureMembers?|members?)[\s/>]")
_NAMES_GML = re.compile(r"=\s*[\"']https?://www\.opengis\.net/gml(?:/[\d.]+)?[\"']")


def sniff(head: bytes) -> Format:
    """Return the format of a file that begins with `head`.

    Raises
    ------
    Refusal
        It is none of those that are read here.
    """
    if not head:
        raise Refusal("empty")
    for sign, format_ in _OURS:
        if head.startswith(sign):
            return format_
    if head.startswith(_LOCKED) or (head.startswith(_COMPOUND) and _PACKAGE in head):
        raise Refusal("encrypted")
    for sign, name in _OTHERS:
        if head.startswith(sign):
            raise Refusal("other_format", format=name)
    if head.startswith(_SHAPEFILE):
        raise Refusal("shapefile_alone")
    content = _text(head)
    if not content:
        raise Refusal("empty")
    if content[0] in "{[":
        return Format.GEOJSON
    if content[0] == "<":
        return _xml(content)
    if any(ord(sign) < 32 and sign not in "\t\n\r\f\v\x1a" for sign in content):
        raise Refusal("unknown_format", formats=sentences.FORMATS)
    return Format.CSV


def _text(head: bytes) -> str:
    sign, encoding = text.mark(head) or (b"", "utf-8")
    # the last character may be cut
    content = codecs.getincrementaldecoder(encoding)("replace").decode(head[len(sign) :])
    return content.lstrip("\ufeff \t\r\n\f\v")


def _xml(content: str) -> Format:
    content = _ASIDE.sub("", content)
    root = _ROOT.search(content)
    # it can stand before the root only, and further down descriptions quote whole pages
    if _DOCTYPE.search(content[: root.start()] if root else content):
        raise Refusal("doctype")
    name = root[1] if root else ""
    if _POINTING.fullmatch(name):
        raise Refusal("elsewhere")
    if name in _XML_OURS:
        return _XML_OURS[name]
    if name and name not in _XML and _HOLDS_FEATURES.search(content) and _NAMES_GML.search(content):
        return Format.GML
    raise Refusal("other_format", format=_XML.get(name, "XML"))
