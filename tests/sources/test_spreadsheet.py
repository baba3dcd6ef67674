"""Workbooks: the table among sheets and titles, values as they were saved, nothing that points elsewhere."""

from __future__ import annotations

import datetime as dt
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from finder.limits import DEFAULT, Limits
from finder.sources import archive, sheet, spreadsheet
from finder.sources.sentences import Refusal
from finder.sources.table import Table
from tests.sources.files import read, refused, rules, zipped

SHEET = "xl/worksheets/sheet1.xml"
NAMES = ("name", "area")
STYLES = '<cellXfs><xf/><xf numFmtId="14"/></cellXfs>'
Rows = Sequence[Sequence[Any]]


def made(path: Path, *rows: Sequence[Any], change: Callable[[Any], None] = lambda book: None, **sheets: Rows) -> Path:
    """Write a workbook by openpyxl: the rows on its first sheet, further ones by name."""
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.title = "Flächen"
    for row in rows:
        first.append(row)
    for name, content in sheets.items():
        more = book.create_sheet(name)
        for row in content:
            more.append(row)
    change(book)
    book.save(path)
    book.close()
    return path


def changed(path: Path, change: Mapping[str, Callable[[bytes], bytes]], **more: bytes) -> Path:
    """Return a copy of a workbook with changed parts; a part changed to nothing is left out."""
    with zipfile.ZipFile(path) as file:
        members = {name: change.get(name, bytes)(file.read(name)) for name in file.namelist()}
    return zipped(path.with_name(f"changed-{path.name}"), {n: c for n, c in (members | more).items() if c})


def hand_made(path: Path, rows: str, *, texts: str = "", styles: str = "", after: str = "", head: str = "") -> Path:
    """Write a workbook of one sheet by hand."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
    members = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": relations.format(
            f'<Relationship Id="a" Type="{kind}/officeDocument" Target="xl/workbook.xml"/>'
        ),
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{kind}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations.format(
            f'<Relationship Id="r1" Type="{kind}/worksheet" Target="/xl/worksheets/sheet1.xml"/>'
            f'<Relationship Id="r2" Type="{kind}/sharedStrings" Target="sharedStrings.xml"/>'
            f'<Relationship Id="r3" Type="{kind}/styles" Target="styles.xml"/>'
        ),
        "xl/sharedStrings.xml": f"<sst {main}>{texts}</sst>",
        "xl/styles.xml": f"<styleSheet {main}>{styles}</styleSheet>",
        SHEET: f"<worksheet {main}>{head}<sheetData>{rows}</sheetData>{after}</worksheet>",
    }
    return zipped(path, {name: content.encode() for name, content in members.items()})


def inline(*cells: str) -> str:
    """A row of texts, or of cells that are XML already."""
    return (
        "<row>"
        + "".join(cell if cell.startswith("<c") else f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells)
        + "</row>"
    )


def table(path: Path, layer: str | None = None, limits: Limits = DEFAULT) -> Table:
    """Read in this process."""
    with tempfile.TemporaryDirectory() as folder, archive.opened(path, limits) as opened:
        return spreadsheet.read(opened, Path(folder), layer, limits)


def cells(found: Table) -> dict[str, list[Any]]:
    return {name: column.values.to_pylist() for name, column in found.columns.items()}


def noted(found: Table) -> list[tuple[Any, ...]]:
    return [
        (issue.rule, issue.row, issue.field, issue.value) if issue.row else (issue.rule, dict(issue.params))
        for issue in found.notes
    ]


def code(path: Path, layer: str | None = None, limits: Limits = DEFAULT) -> str:
    with pytest.raises(Refusal) as caught:
        table(path, layer, limits)
    return caught.value.code


# -- values -----------------------------------------------------------------------------------------------------------


def test_what_a_person_sees_is_read(tmp_path: Path) -> None:
    path = made(
        tmp_path / "a.xlsx",
        ["name", "area", "share", "sold", "since"],
        ["Süd – 1 €", 1200, 0.25, True, dt.date(2024, 5, 1)],
        [" b ", 0.1, None, False, dt.datetime(2024, 5, 1, 10, 30)],
    )
    raw = read(path)
    assert raw.columns == {
        "name": ["Süd – 1 €", " b "],
        "area": [1200, 0.1],
        "share": [0.25, None],
        "sold": [True, False],
        "since": ["2024-05-01", "2024-05-01T10:30:00"],
    }
    assert list(raw.rows) == [1, 2]
    assert raw.geometry is None
    assert (raw.origin.format, raw.origin.layer, raw.origin.encoding) == ("XLSX", "Flächen", None)
    assert rules(raw) == []


def test_a_unit_shown_behind_a_figure_comes_with_it(tmp_path: Path) -> None:
    def shown(book: Any) -> None:
        for row, code in ((2, '0.0" ha"'), (3, '0" ha"'), (4, "0.0")):
            book.active.cell(row, 2).number_format = code

    path = made(tmp_path / "a.xlsx", ["name", "area"], ["a", 12.345], ["b", 2], ["c", 1.5], change=shown)
    assert read(path).columns["area"] == ["12.345000 ha", "2 ha", 1.5]


def test_zero_and_no_are_no_empty_cells(tmp_path: Path) -> None:
    found = table(made(tmp_path / "a.xlsx", NAMES, [0, False], [None, None], ["", 0]))
    assert cells(found) == {"name": [0, None], "area": ["false", "0"]}  # of two types: as JSON
    assert found.rows.to_pylist() == [1, 3]


def test_days_counted_from_1904(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book.epoch = CALENDAR_MAC_1904

    path = made(tmp_path / "a.xlsx", ["name", "since"], ["a", dt.date(2024, 5, 1)], change=change)
    assert cells(table(path))["since"] == ["2024-05-01"]


def test_formulas_give_the_values_they_were_saved_with(tmp_path: Path) -> None:
    rows = (
        inline("name", "area")
        + inline("a", "<c><f>1+1</f><v>2</v></c>")
        + inline("b", '<c t="str"><f>A1</f><v>x</v></c>')
    )
    rows += (
        inline("c", "<c><f>1+1</f></c>")
        + inline("d", "<c><f>1+1</f><v/></c>")
        + inline("e", '<c t="str"><f>A9</f><v/></c>')
    )
    found = table(hand_made(tmp_path / "a.xlsx", rows))
    assert cells(found) == {"name": list("abcde"), "area": ["2", '"x"', None, None, None]}
    assert noted(found) == [("formula_without_value", row, "area", None) for row in (3, 4)]


def test_errors_are_no_values(tmp_path: Path) -> None:
    found = table(made(tmp_path / "a.xlsx", NAMES, ["a", "#N/A"], ["b", 2], ["c", "#REF!"]))
    assert cells(found) == {"name": ["a", "b", "c"], "area": [None, 2, None]}
    assert noted(found) == [("cell_error", 1, "area", "#N/A"), ("cell_error", 3, "area", "#REF!")]


def test_texts_with_many_looks(tmp_path: Path) -> None:
    rich = CellRichText("two ", TextBlock(InlineFont(b=True), "looks"), " in one")
    path = made(tmp_path / "a.xlsx", NAMES, [rich, 1])
    assert cells(table(path))["name"] == ["two looks in one"]


def test_shared_texts(tmp_path: Path) -> None:
    texts = (
        "<si><t>name</t></si><si><t>area</t></si>"
        "<si><r><t>Gro</t></r><r><rPr/><t>ß</t></r><rPh sb='0' eb='1'><t>x</t></rPh></si>"
        "<si><t xml:space='preserve'> a_x000D_\nb _x005F_x000D_ _xD800_ _x0000_ </t></si><si/>"
    )
    row = "<row>{}</row>".format
    rows = "".join(
        row("".join(f'<c t="s"><v>{at}</v></c>' for at in pair)) for pair in ((0, 1), (2, 3), (4, 4), (2, 9), (2, "-1"))
    )
    found = table(hand_made(tmp_path / "a.xlsx", rows, texts=texts))
    assert cells(found) == {
        "name": ["Groß", "Groß", "Groß"],
        "area": [" a\r\nb _x000D_ _xD800_ _x0000_ ", None, None],
    }
    assert noted(found) == [("cell_unreadable", 3, "area", "9"), ("cell_unreadable", 4, "area", "-1")]


def test_percentages_stay_numbers_and_dates_without_a_day_too(tmp_path: Path) -> None:
    styles = (
        '<numFmts><numFmt numFmtId="170" formatCode="dd.mm.yyyy"/><numFmt numFmtId="14" formatCode="0.0"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        '<cellXfs><xf/><xf numFmtId="10"/><xf numFmtId="170"/><xf numFmtId="14"/><xf numFmtId="x"/></cellXfs>'
        '<dxfs><dxf><numFmt numFmtId="170" formatCode="0"/></dxf></dxfs>'
    )
    rows = inline("name", "area") + "".join(
        inline("a", f'<c s="{style}"><v>{value}</v></c>')
        for style, value in ((1, "0.5"), (2, "45413"), (2, "-1"), (3, "45413"), (4, "1"), (99, "1"), ("x", "1"))
    )
    found = table(hand_made(tmp_path / "a.xlsx", rows, styles=styles))
    assert cells(found)["area"] == ["0.5", '"2024-05-01"', "-1", "45413", "1", "1", "1"]
    assert noted(found) == [("no_date", 3, "area", "-1")]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("1", 1),
        (" 1 ", 1),
        ("-0.5E-3", -0.0005),
        ("123456789012345678", 123456789012345678),
        ("1234567890123456789012", 1234567890123456789012.0),
        ("9" * 5000, None),
        ("nan", None),
        ("inf", None),
        ("1_000", None),
        ("x", None),
        ("1,5", None),
    ],
)
def test_numbers(tmp_path: Path, value: str, read: float | None) -> None:
    found = table(hand_made(tmp_path / "a.xlsx", inline("name", "area") + inline("a", f"<c><v>{value}</v></c>")))
    assert cells(found)["area"] == [read]
    assert [note[0] for note in noted(found)] == ([] if read is not None else ["cell_unreadable"])


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=8)
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**15), 10**15),
    st.floats(-1e300, 1e300),
    words.filter(lambda text: text[0] not in "=#" and "_x" not in text),
    st.dates(dt.date(1900, 3, 1)),
    st.datetimes(dt.datetime(1900, 3, 1)).map(lambda d: d.replace(microsecond=0)),
)


@given(st.lists(st.tuples(values, values), min_size=1, max_size=6))
def test_what_a_writer_wrote_is_read(written: list[tuple[Any, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = made(Path(folder) / "a.xlsx", NAMES, *written, ("end", 1))
        found = table(path)
    kept = [(number, row) for number, row in enumerate([*written, ("end", 1)], start=1) if row != (None, None)]
    assert found.rows.to_pylist() == [number for number, _ in kept]
    for at, name in enumerate(NAMES):
        for told, (_, row) in zip(_objects(found, name), kept, strict=True):
            value = row[at]
            if isinstance(value, dt.datetime):
                value = value.date().isoformat() if value.time() == dt.time() else value.isoformat()
            elif isinstance(value, dt.date):
                value = value.isoformat()
            assert isinstance(told, bool) is isinstance(value, bool)
            assert told == (pytest.approx(value, rel=1e-15) if isinstance(value, float) else value)


def _objects(found: Table, name: str) -> list[Any]:
    column = found.columns[name]
    told = column.values.to_pylist()
    return [None if cell is None else orjson.loads(cell) for cell in told] if column.kind == "json" else told


# -- the row with the names -------------------------------------------------------------------------------------------


def test_titles_above_are_left_out_and_it_is_said(tmp_path: Path) -> None:
    path = made(
        tmp_path / "a.xlsx",
        ["Gewerbeflächen", None, "Stand 2024"],
        [],
        [],
        ["name", "area", "zoning", "note", "x", "y"],
        ["a", 1, "GE", None, None, 1],
        [],
        ["b", 2, "GI"],
    )
    found = table(path)
    assert cells(found) == {
        "name": ["a", "b"],
        "area": [1, 2],
        "zoning": ["GE", "GI"],
        "note": [None] * 2,
        "x": [None] * 2,
        "y": [1, None],
    }
    assert found.rows.to_pylist() == [1, 3]
    assert noted(found) == [("header_found", {"line": 4})]


def test_names_in_merged_cells(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        for area in ("A1:D1", "A3:A4", "B3:C3", "D3:D4"):
            book.active.merge_cells(area)

    path = made(
        tmp_path / "a.xlsx",
        ["Gewerbeflächen"],
        [],
        ["name", "area", None, "since"],
        [None, "gross", "net", None],
        ["a", 2, 1, 2024],
        change=change,
    )
    found = table(path)
    assert cells(found) == {"name": ["a"], "area gross": [2], "area net": [1], "since": [2024]}
    assert found.rows.to_pylist() == [1]
    assert noted(found) == [("header_joined", {"first": 3, "last": 4}), ("header_found", {"line": 3})]


def test_merged_cells_among_the_data_are_told(tmp_path: Path) -> None:
    rows = [["name", "zoning"], ["a", "GE"], ["b", None], ["c", "GI"]]
    path = made(tmp_path / "a.xlsx", *rows, change=lambda book: book.active.merge_cells("B2:B3"))
    found = table(path)
    assert cells(found) == {"name": ["a", "b", "c"], "zoning": ["GE", None, "GI"]}
    (note,) = found.notes
    assert (note.rule, note.row, note.field, note.params) == ("cells_merged", 1, "zoning", {"count": 2})


def test_names_over_several_columns(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        for area in ("B1:C1", "D1:E1", "F1:G1"):
            book.active.merge_cells(area)

    path = made(
        tmp_path / "a.xlsx",
        ["name", "area", None, "note", None, "end"],
        ["a", 2, "ha", "x"],
        ["b", 3, None, "y", None, None, 7],
        change=change,
    )
    found = table(path)
    assert cells(found) == {
        "name": ["a", "b"],
        "area": [2, 3],
        "area_2": ["ha", None],
        "note": ["x", "y"],
        "end": [None] * 2,
        "end_2": [None, 7],
    }
    assert noted(found) == [
        ("header_empty", {"position": 3, "header": "area_2"}),
        ("header_empty", {"position": 7, "header": "end_2"}),
    ]


def test_merged_cells_of_the_data_change_nothing(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        for area in ("A2:A3", "B1:B1", "A4:B4"):
            book.active.merge_cells(area)

    path = made(tmp_path / "a.xlsx", NAMES, ["a", 1], [None, 2], ["c"], change=change)
    assert cells(table(path)) == {"name": ["a", None, "c"], "area": [1, 2, None]}


def test_numbers_may_be_names(tmp_path: Path) -> None:
    found = table(made(tmp_path / "a.xlsx", ["name", "town", 2020, 2021], ["a", "b", 1, 2]))
    assert cells(found) == {"name": ["a"], "town": ["b"], "2020": [1], "2021": [2]}


def test_hidden_rows_are_read_and_counted(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book.active.row_dimensions[3].hidden = True

    found = table(made(tmp_path / "a.xlsx", NAMES, ["a", 1], ["b", 2], change=change))
    assert cells(found)["name"] == ["a", "b"]
    assert noted(found) == [("rows_hidden", {"count": 1})]


# -- which sheet ------------------------------------------------------------------------------------------------------

TABLE: Rows = (NAMES, ("a", 1))


def test_the_only_sheet_with_a_table(tmp_path: Path) -> None:
    path = made(tmp_path / "a.xlsx", ["Read me first"], Daten=TABLE, Leer=[], Nur=[NAMES])
    found = table(path)
    assert found.layer == "Daten"
    assert noted(found) == [("sheets_left_out", {"sheets": "Flächen, Leer, Nur"})]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hidden_sheets_are_not_chosen_but_told_of(tmp_path: Path, state: str) -> None:
    def change(book: Any) -> None:
        book["Codes"].sheet_state = state

    path = made(tmp_path / "a.xlsx", *TABLE, Codes=[("code", "means"), ("1", "GE")], change=change)
    found = table(path)
    assert found.layer == "Flächen"
    assert noted(found) == [("sheets_hidden", {"sheets": "Codes"})]
    assert cells(table(path, "Codes")) == {"code": ["1"], "means": ["GE"]}


def test_several_need_a_choice(tmp_path: Path) -> None:
    path = made(tmp_path / "a.xlsx", *TABLE, Mehr=TABLE, Leer=[])
    assert refused(path, "which_layer").params["layers"] == "Flächen, Mehr"
    assert refused(path, "no_such_layer", layer="Wege").params["layers"] == "Flächen, Mehr, Leer"
    assert refused(path, "no_names", layer="Leer").params["layer"] == "Leer"
    raw = read(path, layer="Mehr")
    assert (raw.origin.layer, rules(raw)) == ("Mehr", [])


def test_without_any_table(tmp_path: Path) -> None:
    assert code(made(tmp_path / "a.xlsx", ["only words"])) == "no_names"
    assert code(made(tmp_path / "b.xlsx", ["only words"], Mehr=[["x"]])) == "no_sheet"
    refused(made(tmp_path / "c.xlsx", NAMES), "no_sheet")


def test_a_chart_is_no_sheet_with_rows(tmp_path: Path) -> None:
    path = made(tmp_path / "a.xlsx", *TABLE, change=lambda book: book.create_chartsheet("Bild"))
    assert table(path).layer == "Flächen"
    assert code(path, "Bild") == "no_such_layer"


# -- what programs write ----------------------------------------------------------------------------------------------


def test_parts_that_are_not_wanted_may_be_damaged(tmp_path: Path) -> None:
    path = made(tmp_path / "a.xlsx", *TABLE)
    broken = changed(
        path,
        {
            "xl/styles.xml": lambda part: part.replace(b"patternFill", b"colour"),
            "docProps/core.xml": lambda part: b"<x>",
            "docProps/app.xml": lambda part: b"",
            "xl/theme/theme1.xml": lambda part: b"not XML",
        },
    )
    assert cells(table(broken)) == cells(table(path))


def test_parts_with_other_names(tmp_path: Path) -> None:
    path = made(tmp_path / "a.xlsx", *TABLE)
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    moved = {
        name.replace("xl/workbook", "xl/workbook2")
        .replace("xl/_rels/workbook", "xl/_rels/WORKBOOK2")
        .replace("Sheet", "SHEET"): part
        for name, part in members.items()
    }
    moved["_rels/.rels"] = moved["_rels/.rels"].replace(b"xl/workbook.xml", b"xl/workbook2.xml")
    assert cells(table(zipped(tmp_path / "b.xlsx", moved))) == cells(table(path))


def test_strict_workbooks_have_dates_as_texts(tmp_path: Path) -> None:
    def strict(part: bytes) -> bytes:
        old, new = b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/"
        for kind in (b"spreadsheetml", b"officeDocument"):
            part = part.replace(old + kind + b"/2006/", new + kind + b"/")
        return part

    rows = inline("name", "since") + inline("a", '<c t="d"><v>2024-05-01</v></c>')
    path = hand_made(tmp_path / "a.xlsx", rows)
    names = (SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels", "xl/styles.xml")
    assert cells(table(changed(path, dict.fromkeys(names, strict)))) == {"name": ["a"], "since": ["2024-05-01"]}


@pytest.mark.parametrize("area", ["A1:XFD1048576", "A1", "nonsense", "B7:A1"])
def test_what_a_sheet_says_of_its_size_is_not_believed(tmp_path: Path, area: str) -> None:
    rows = inline(*NAMES) + inline("a", "b")
    path = hand_made(tmp_path / "a.xlsx", rows, head=f'<dimension ref="{area}"/>')
    assert read(path).columns == {"name": ["a"], "area": ["b"]}


def test_cells_far_away_take_no_room(tmp_path: Path) -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    path = hand_made(tmp_path / "a.xlsx", inline(*NAMES) + inline("a", "b") + far)
    raw = read(path)
    assert raw.columns == {"name": ["a"], "area": ["b"]}
    assert [(issue.rule, issue.row) for issue in raw.issues] == [("row_long", 1_048_575)]
    row = (
        "<row>"
        + "".join(f'<c r="{column}1" t="inlineStr"><is><t>{column}</t></is></c>' for column in ("A", "B", "XFD"))
        + "</row>"
    )
    refused(hand_made(tmp_path / "b.xlsx", row + inline("a", "b")), "too_many_columns")


@pytest.mark.parametrize(
    "row",
    [
        '<row r="1"><c><v>1</v></c></row>',
        '<row r="0"/>',
        '<row r="1048577"/>',
        '<row r="x"/>',
        '<row r="-5"/>',
        '<row r="²"/>',
        '<row><c r="A3"><v>1</v></c><c r="A3"><v>2</v></c></row>',
        '<row><c r="XFE3"><v>1</v></c></row>',
        '<row><c r="3"><v>1</v></c></row>',
        '<row><c r="ÄA3"><v>1</v></c></row>',
        "<row>" + "<c><v>1</v></c>" * (sheet.MOST_COLUMNS + 1) + "</row>",
    ],
)
def test_rows_and_cells_that_cannot_be(tmp_path: Path, row: str) -> None:
    assert code(hand_made(tmp_path / "a.xlsx", inline(*NAMES) + inline("a", "b") + row)) == "failed"


@pytest.mark.parametrize("member", [SHEET, "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml", "xl/workbook.xml"])
@pytest.mark.parametrize("content", [b"<x>", b"\xff\xfe", b"", bytes(100)])
def test_damaged_parts(tmp_path: Path, member: str, content: bytes) -> None:
    path = hand_made(tmp_path / "a.xlsx", inline(*NAMES) + inline("a", "b"))
    assert code(changed(path, {member: lambda part: content})) in ("not_xml", "failed", "no_sheet")


ROWS = (
    inline(*NAMES)
    + inline('<c t="s"><v>0</v></c>', '<c s="1"><v>45413</v></c>')
    + inline('<c t="e"><v>#N/A</v></c>', "<c><f>1</f></c>")
)
PIECES = st.sampled_from(
    [b"<", b">", b'"', b"/", b"row", b"<c>", b"</c>", b"t=", b"0", b"-", b"9999999999", b"&#0;", b"\xff", b"]]>", b""]
)


@given(st.sampled_from([SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"]), st.data())
def test_changed_parts_are_read_or_refused(member: str, data: st.DataObject) -> None:
    def change(part: bytes) -> bytes:
        for _ in range(data.draw(st.integers(1, 3))):
            start = data.draw(st.integers(0, len(part)))
            part = part[:start] + data.draw(PIECES) + part[start + data.draw(st.integers(0, 5)) :]
        return part

    with tempfile.TemporaryDirectory() as folder:
        path = hand_made(Path(folder) / "a.xlsx", ROWS, texts="<si><t>x</t></si>", styles=STYLES)
        path = changed(path, {member: change})
        try:
            found = table(path)
        except Refusal:
            return
    assert all(len(values) == found.length for values in cells(found).values())


# -- attacks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "member",
    [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "_rels/.rels", "xl/_rels/workbook.xml.rels"],
)
def test_no_part_may_have_a_document_type(tmp_path: Path, member: str) -> None:
    path = hand_made(tmp_path / "a.xlsx", inline(*NAMES) + inline("a", "b"))
    doctype = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    refused(changed(path, {member: lambda part: doctype + part}), "doctype")


@pytest.mark.parametrize("target", ["/../../../../etc/passwd", "file:///etc/passwd", "http://127.0.0.1:9/a", "../../x"])
@pytest.mark.parametrize(("mode", "code_"), [("", "failed"), (' TargetMode="External"', "no_sheet")])
def test_sheets_outside_the_archive_are_none(tmp_path: Path, target: str, mode: str, code_: str) -> None:
    def moved(part: bytes) -> bytes:
        return part.replace(b'Target="/xl/worksheets/sheet1.xml"', f'Target="{target}"{mode}'.encode())

    path = hand_made(tmp_path / "a.xlsx", inline(*NAMES) + inline("a", "b"))
    assert code(changed(path, {"xl/_rels/workbook.xml.rels": moved})) == code_


def test_a_part_that_unpacks_to_far_more(tmp_path: Path) -> None:
    blanks = "<row>" + f'<c t="inlineStr"><is><t>{" " * 2**25}</t></is></c>' + "</row>"
    refused(hand_made(tmp_path / "a.xlsx", inline(*NAMES) + blanks), "zip_ratio")


def test_limits(tmp_path: Path) -> None:
    path = made(tmp_path / "a.xlsx", NAMES, *[["a", 1]] * 5)
    assert code(path, limits=Limits(max_features=4)) == "too_many_features"
    assert code(path, limits=Limits(max_columns=1)) == "too_many_columns"
    assert code(path, limits=Limits(max_depth=4)) == "too_deep"


@pytest.mark.parametrize(
    ("members", "format_"),
    [
        (("[Content_Types].xml", "word/document.xml"), "Microsoft Office"),
        (("[Content_Types].xml", "xl/workbook.bin"), "Microsoft Excel (XLSB)"),
        (("mimetype", "content.xml"), "OpenDocument"),
    ],
)
def test_other_office_files_are_named(tmp_path: Path, members: Sequence[str], format_: str) -> None:
    path = zipped(tmp_path / "a.xlsx", dict.fromkeys(members, b"x"))
    assert refused(path, "other_format").params["format"] == format_


def test_the_name_does_not_decide(tmp_path: Path) -> None:
    assert read(made(tmp_path / "a.xlsx", *TABLE).rename(tmp_path / "a.csv")).origin.format == "XLSX"
