"""The same sites in XML, written by hand as the programs of the field write it: KML, GML, XPlanGML and OpenImmo."""

from __future__ import annotations

import datetime as dt
import uuid
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pyproj
import shapely

from finder.model.site import Site
from tests.deliveries.writing import DEGREES, METRES, moved, rows


def text(value: Any) -> str:
    """Return a value as the content of an element."""
    match value:
        case bool():
            return "true" if value else "false"
        case dt.date():
            return value.isoformat()
        case float():
            return repr(value)
    return escape(str(value))


# -- KML --------------------------------------------------------------------------------------------------------------


def kml(path: Path, sites: Sequence[Site]) -> Path:
    """Write KML as maps on the web do: the name apart, the rest as extended data, folders in folders."""
    marks = []
    for row, shape in zip(rows(sites), moved(sites, DEGREES), strict=True):
        told = "".join(
            f"<Data name={quoteattr(name)}><value>{text(cell)}</value></Data>"
            for name, cell in row.items()
            if cell is not None and name != "name"
        )
        name = text(row["name"])
        marks.append(
            f"<Placemark><name>{name}</name><styleUrl>#a</styleUrl>"
            f"<ExtendedData>{told}</ExtendedData>{_kml_shape(shape)}</Placemark>"
        )
    half = len(marks) // 2
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        "<name>Musterstadt</name><Style id='a'><LineStyle><color>ff0000ff</color></LineStyle></Style>"
        f"<Folder><name>Nord</name>{''.join(marks[:half])}</Folder>"
        f"<Folder><name>Rest</name><Folder><name>Süd</name>{''.join(marks[half:])}</Folder></Folder></Document></kml>",
        encoding="utf-8",
    )
    return path


def _kml_shape(shape: Any) -> str:
    if isinstance(shape, shapely.Point):
        return f"<Point><coordinates>{shape.x!r},{shape.y!r},0</coordinates></Point>"
    if isinstance(shape, shapely.MultiPolygon):
        return f"<MultiGeometry>{''.join(map(_kml_shape, shape.geoms))}</MultiGeometry>"

    def ring(line: Any) -> str:
        places = " ".join(f"{x!r},{y!r},0" for x, y in line.coords)
        return f"<LinearRing><coordinates>{places}</coordinates></LinearRing>"

    inner = "".join(f"<innerBoundaryIs>{ring(hole)}</innerBoundaryIs>" for hole in shape.interiors)
    return f"<Polygon><outerBoundaryIs>{ring(shape.exterior)}</outerBoundaryIs>{inner}</Polygon>"


def kmz(path: Path, sites: Sequence[Site]) -> Path:
    """Write KMZ: KML in a ZIP archive, beside its pictures."""
    inside = kml(path.with_suffix(".kml"), sites)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(inside, "doc.kml")
        archive.writestr("files/sign.png", b"\x89PNG\r\n\x1a\n")
    inside.unlink()
    return path


# -- GML --------------------------------------------------------------------------------------------------------------


def gml(path: Path, sites: Sequence[Site], system: str = METRES, *, named: str = "") -> Path:
    """Write GML 3.2; coordinates follow the order of the system's own axes where `named` is an URN or an address."""
    named = named or system
    turned = not named.startswith("EPSG:") and pyproj.CRS(system).axis_info[0].direction.lower() == "north"
    members = []
    for number, (row, shape) in enumerate(zip(rows(sites), moved(sites, system), strict=True), 1):
        told = "".join(f"<m:{name}>{text(cell)}</m:{name}>" for name, cell in row.items() if cell is not None)
        place = gml_shape(shape, f"g{number}", named, turned)
        members.append(
            f'<gml:featureMember><m:Flaeche gml:id="f{number}">{told}<m:lage>{place}</m:lage></m:Flaeche>'
            "</gml:featureMember>"
        )
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml/3.2" '
        f'xmlns:m="https://example.org/muster" gml:id="c1">\n{"".join(members)}</gml:FeatureCollection>\n',
        encoding="utf-8",
    )
    return path


def gml_shape(shape: Any, id_: str, named: str, turned: bool = False) -> str:
    """Return a geometry as GML 3.2; `turned` puts y before x."""

    def places(coordinates: Any) -> str:
        return " ".join(f"{y!r} {x!r}" if turned else f"{x!r} {y!r}" for x, y in coordinates)

    def ring(line: Any) -> str:
        return f"<gml:LinearRing><gml:posList>{places(line.coords)}</gml:posList></gml:LinearRing>"

    about = f'gml:id="{id_}" srsName="{named}"'
    if isinstance(shape, shapely.Point):
        return f"<gml:Point {about}><gml:pos>{places(shape.coords)}</gml:pos></gml:Point>"
    if isinstance(shape, shapely.MultiPolygon):
        parts = "".join(
            f"<gml:surfaceMember>{gml_shape(part, f'{id_}.{n}', named, turned)}</gml:surfaceMember>"
            for n, part in enumerate(shape.geoms)
        )
        return f"<gml:MultiSurface {about}>{parts}</gml:MultiSurface>"
    inner = "".join(f"<gml:interior>{ring(hole)}</gml:interior>" for hole in shape.interiors)
    return f"<gml:Polygon {about}><gml:exterior>{ring(shape.exterior)}</gml:exterior>{inner}</gml:Polygon>"


# -- XPlanGML ---------------------------------------------------------------------------------------------------------

_KINDS = {"MI": ("2000", "1500"), "MU": ("2000", "1550"), "GE": ("3000", "1700"), "GI": ("3000", "1800"),
          "SO": ("4000", "2100"), "other": ("9999", "9999"), "GEe": ("3000", "1700")}  # fmt: skip
STATES = {"in_procedure": "2000", "adopted": "3000", "in_force": "4000"}


def xplan(path: Path, sites: Sequence[Site], version: str, system: str = METRES) -> Path:
    """Write XPlanGML: of each site with an outline a plan with one area; of several kinds of use the first."""
    members = []
    for number, (site, shape) in enumerate(zip(sites, moved(sites, system), strict=True), 1):
        if isinstance(shape, shapely.Point):
            continue
        members += [
            f"<gml:featureMember>{feature}</gml:featureMember>" for feature in _plan(site, shape, number, system)
        ]
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<xplan:XPlanAuszug '
        f'xmlns:xplan="http://www.xplanung.de/xplangml/{version.replace(".", "/")}" '
        'xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:xlink="http://www.w3.org/1999/xlink" gml:id="GML_1">\n'
        f"{''.join(members)}</xplan:XPlanAuszug>\n",
        encoding="utf-8",
    )
    return path


def xplan_key(site: Site) -> str:
    """Return what tells an area of a plan from all others, as planners' programs make it."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, site.source_id))


def _plan(site: Site, shape: Any, number: int, system: str) -> list[str]:
    def element(tag: str, value: Any) -> str:
        return "" if value is None else f"<xplan:{tag}>{text(value)}</xplan:{tag}>"

    plan, section, zone = f"Plan_{number}", f"Bereich_{number}", f"GML_{xplan_key(site)}"
    general, special = _KINDS[site.zoning[0]] if site.zoning else (None, None)
    varied = element("abweichungBauNVO", "1000") if site.zoning and site.zoning[0] == "GEe" else ""
    return [
        f'<xplan:BP_Plan gml:id="{plan}">{element("name", site.name)}{element("nummer", site.plan_name)}'
        f"<xplan:raeumlicherGeltungsbereich>{gml_shape(shape, f'p{number}', system)}</xplan:raeumlicherGeltungsbereich>"
        f"<xplan:gemeinde><xplan:XP_Gemeinde>{element('ags', site.municipality)}"
        f"{element('gemeindeName', 'Musterstadt')}</xplan:XP_Gemeinde></xplan:gemeinde>{element('planArt', '1000')}"
        f"{element('rechtsstand', STATES.get(site.plan_status or ''))}"
        f'<xplan:bereich xlink:href="#{section}"/></xplan:BP_Plan>',
        f'<xplan:BP_Bereich gml:id="{section}">{element("nummer", 0)}<xplan:planinhalt xlink:href="#{zone}"/>'
        f'<xplan:gehoertZuPlan xlink:href="#{plan}"/></xplan:BP_Bereich>',
        f'<xplan:BP_BaugebietsTeilFlaeche gml:id="{zone}">{element("rechtscharakter", "1000")}'
        f'<xplan:gehoertZuBereich xlink:href="#{section}"/>'
        f"<xplan:position>{gml_shape(shape, f'z{number}', system)}</xplan:position>{element('flaechenschluss', True)}"
        f"{element('GFZ', site.gfz)}{element('GRZ', site.grz)}{element('BMZ', site.bmz)}{element('Z', site.max_floors)}"
        f"{element('allgArtDerBaulNutzung', general)}{element('besondereArtDerBaulNutzung', special)}{varied}"
        "</xplan:BP_BaugebietsTeilFlaeche>",
    ]


# -- OpenImmo ---------------------------------------------------------------------------------------------------------


def openimmo(path: Path, sites: Sequence[Site]) -> Path:
    """Write OpenImmo 1.2.7: what brokers' programs exchange knows places as points only."""
    offers = "".join(
        _offer(site, shapely.centroid(shape)) for site, shape in zip(sites, moved(sites, DEGREES), strict=True)
    )
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<openimmo><uebertragung art="OFFLINE" umfang="TEIL" modus="CHANGE" '
        'version="1.2.7" sendersoftware="test" senderversion="1" timestamp="2026-01-01T10:00:00"/><anbieter>'
        f"<anbieternr>M-1</anbieternr><firma>Musterstadt</firma>{offers}</anbieter></openimmo>\n",
        encoding="utf-8",
    )
    return path


_SALE = {"KAUF": "sale", "ERBPACHT": "leasehold", "MIETE_PACHT": "rent"}
_SERVICED = {"fully": "VOLLERSCHLOSSEN", "partly": "TEILERSCHLOSSEN", "none": "UNERSCHLOSSEN"}


def _offer(site: Site, place: Any) -> str:
    def element(tag: str, value: Any) -> str:
        return "" if value is None else f"<{tag}>{text(value)}</{tag}>"

    sold = site.sale_form
    forms = "" if sold is None else " ".join(f'{word}="{text(form in sold)}"' for word, form in _SALE.items())
    asked = "" if site.price_on_request is None else f' auf_anfrage="{text(site.price_on_request)}"'
    zoning = ";".join(site.zoning) if site.zoning else None
    served = site.servicing and f'<erschliessung erschl_attr="{_SERVICED[site.servicing]}"/>'
    plan = '<bebaubar_nach bebaubar_attr="B_PLAN"/>' if site.plan_status == "in_force" else ""
    return (
        '<immobilie><objektkategorie><nutzungsart WOHNEN="false" GEWERBE="true"/>'
        f"<vermarktungsart {forms}/>"
        '<objektart><grundstueck grundst_typ="GEWERBE"/></objektart></objektkategorie>'
        f"<geo>{element('strasse', site.address)}"
        f'<geokoordinaten breitengrad="{place.y!r}" laengengrad="{place.x!r}"/>'
        f"<gemeindecode>{site.municipality}</gemeindecode></geo>"
        f"<preise><kaufpreis{asked}></kaufpreis>{element('kaufpreis_pro_qm', site.price_eur_m2)}</preise>"
        f"<flaechen>{element('grz', site.grz)}{element('gfz', site.gfz)}{element('bmz', site.bmz)}"
        f"{element('grundstuecksflaeche', site.stated_area_m2)}{element('teilbar_ab', site.divisible_from_m2)}"
        "</flaechen>"
        f"<zustand_angaben>{plan}{served or ''}{element('bauzone', zoning)}</zustand_angaben>"
        f"<freitexte>{element('objekttitel', site.name)}</freitexte>"
        f"<verwaltung_techn><objektnr_extern>{site.source_id}</objektnr_extern><aktion aktionart='CHANGE'/>"
        f"<openimmo_obid>{site.source_id}</openimmo_obid></verwaltung_techn></immobilie>"
    )
