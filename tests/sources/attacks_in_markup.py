"""Attacks in XML: document types, and what refers to elsewhere. Adds to `attacks.ATTACKS`."""

from __future__ import annotations

from tests.sources.attacks import FEATURE, GML, KML, MARK, POINT, TYPES, text

_IMMO = "<openimmo><anbieter><immobilie>{}</immobilie></anbieter></openimmo>"
_XPLAN = (
    '<xplan:XPlanAuszug xmlns:xplan="http://www.xplanung.de/xplangml/6/0" xmlns:gml="http://www.opengis.net/gml/3.2" '
    'xmlns:xlink="http://www.w3.org/1999/xlink">{}</xplan:XPlanAuszug>'
)
_BODIES = {
    "gml:FeatureCollection": GML.format("", FEATURE.format(POINT.format("EPSG:4326"))).replace(
        "<m:name>a", "<m:name>&e;"
    ),
    "kml": KML.format(MARK.format("&e;")),
    "openimmo": _IMMO.format("<freitexte><objekttitel>&e;</objekttitel></freitexte>"),
    "xplan:XPlanAuszug": _XPLAN.format("<gml:featureMember>&e;</gml:featureMember>"),
}
for root, body in _BODIES.items():
    for number, type_ in enumerate(TYPES):
        ending = "kml" if root == "kml" else "gml"
        text("DOCTYPE", f"{root.split(':')[-1]}{number}.{ending}", type_.format(root) + body)
        text(
            "DOCTYPE",
            f"{root.split(':')[-1]}{number}-late.{ending}",
            f"<!-- {'x' * 300_000} -->{type_.format(root)}{body}",
        )

text("GML", "schema.gml", GML.format(' xsi:schemaLocation="https://example.org/m @SERVER@/m.xsd"',
     FEATURE.format(POINT.format("EPSG:4326"))), refused=False)  # fmt: skip
text("GML", "linked.gml", GML.format("", FEATURE.format('<m:g xlink:href="@SERVER@/g.gml#p"/>')), refused=False)
text("GML", "linked-file.gml", GML.format("", FEATURE.format('<m:g xlink:href="file://@FILE@#p"/>')), refused=False)
text("GML", "system.gml", GML.format("", FEATURE.format(POINT.format("@SERVER@/crs.xml"))))
text("GML", "grid.gml", GML.format("", FEATURE.format(POINT.format("+proj=longlat +nadgrids=@FILE@"))))
text("KML", "network.kml", KML.format("<NetworkLink><Link><href>@SERVER@/b.kml</href></Link></NetworkLink>"
     + MARK.format("a")), refused=False)  # fmt: skip
text("KML", "network-only.kml", KML.format("<NetworkLink><Url><href>@SERVER@/b.kml</href></Url></NetworkLink>"))
text("KML", "pictures.kml", KML.format("<GroundOverlay><Icon><href>@SERVER@/i.png</href></Icon></GroundOverlay>"
     "<Style id='s'><IconStyle><Icon><href>@FILE@</href></Icon></IconStyle></Style><Schema schemaUrl='@SERVER@/s'/>"
     + MARK.format("a").replace("<Point>", "<styleUrl>@SERVER@/s#s</styleUrl><Point>")), refused=False)  # fmt: skip
text("XPlan", "linked.gml", _XPLAN.format(
     '<gml:featureMember><xplan:BP_Plan gml:id="p"><xplan:name>a</xplan:name>'
     '<xplan:bereich xlink:href="@SERVER@/b.gml#b"/>'
     "<xplan:externeReferenz><xplan:XP_ExterneReferenz><xplan:referenzURL>@SERVER@/plan.pdf</xplan:referenzURL>"
     "</xplan:XP_ExterneReferenz></xplan:externeReferenz></xplan:BP_Plan></gml:featureMember>"),
     refused=False)  # fmt: skip
text("OpenImmo", "attached.xml", _IMMO.format(
     "<geo><geokoordinaten breitengrad='51.6' laengengrad='7.1'/></geo><anhaenge>"
     "<anhang location='REMOTE'><daten><pfad>@SERVER@/b.jpg</pfad></daten></anhang>"
     "<anhang location='EXTERN'><daten><pfad>@FILE@</pfad></daten></anhang></anhaenge>"
     "<verwaltung_techn><openimmo_obid>a</openimmo_obid></verwaltung_techn>"), refused=False)  # fmt: skip
text("XML", "included.gml", GML.format(' xmlns:xi="http://www.w3.org/2001/XInclude"',
     '<xi:include href="file://@FILE@" parse="text"/>'))  # fmt: skip
text("XML", "styled.gml", '<?xml version="1.0"?><?xml-stylesheet href="@SERVER@/s.xsl" type="text/xsl"?>'
     + GML.format("", FEATURE.format(POINT.format("EPSG:4326"))), refused=False)  # fmt: skip
