"""The day on paper: readable without the system, and as a PDF that keeps its structure."""

import re
import zlib
from pathlib import Path

import pytest

from tests.builders.booking import a_confirmed_ride
from tests.routing.geo.towns import draw, grid
from transport.api import paper
from transport.api.dispatcher import pictures
from transport.kernel.db import writing
from transport.kernel.errors import Exhausted
from transport.kernel.values import Point
from transport.operations.dispatch import plans
from transport.operations.dispatch.board import Load
from transport.routing.geo import lines, osm
from transport.routing.geo.lines import Box
from transport.routing.geo.network import build

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def day(house):
    """Anna and Bedřich ride, in two vehicles or one, by the published plan."""
    town, cast = house.town, house.cast
    with writing(house.database) as session:
        a_confirmed_ride(session, town, cast.anna, "9:00", by=cast.dana)
        a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.dana, origin="zbuch", to="station")
        plans.publish(session, town.day, by=cast.dana, now=house.clock.now)
    return f"/disp/{town.day}"


@pytest.fixture
def pango():
    """The libraries of the system that lay out text; `make paper` installs them where it may."""
    if paper._weasyprint() is None:
        pytest.skip("PDFs need Pango: run make paper")


def opened(pdf: bytes) -> bytes:
    """The PDF with what is packed in it."""
    parts = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            parts.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(parts)


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type ?/Page\b", opened(pdf)))


def test_every_vehicle_has_its_sheet_with_doors_telephones_and_pictures(house, day):
    page = house.visit(house.cast.dana).get(f"{day}/tisk")
    sheets = page.root.findall(".//section")
    assert len(sheets) == 2
    assert [len(list(sheet.iter(f"{SVG}svg"))) for sheet in sheets] == [3, 3], "how full, where, and the code"
    assert "700 000 001" in page.text.replace("\u00a0", " ")
    assert "1950" not in page.text


@pytest.mark.slow
@pytest.mark.usefixtures("pango")
def test_where_pango_is_installed_the_paper_is_a_tagged_pdf(house, day):
    dana = house.visit(house.cast.dana)
    manifests = dana.client.get(f"{day}/tisk.pdf").content
    assert {mark in opened(manifests) for mark in (b"/StructTreeRoot", b"/Alt", b"pdfuaid", b"/TH")} == {True}
    assert pages(manifests) >= 2
    board = dana.client.get(f"{day}/tisk/deska.pdf?papir=a4").content
    assert pages(board) == 1


@pytest.mark.usefixtures("pango")
def test_where_pango_is_installed_paper_reads_no_file_but_ours(tmp_path: Path):
    secret = tmp_path / "secret.css"
    secret.write_text("p { display: none }", encoding="utf-8")
    links = (secret.as_uri(), "http://127.0.0.1:9/x.css", "/static/../paper.py", "/static/css/none.css")
    html = "".join(f'<link rel="stylesheet" href="{link}">' for link in links)
    assert pages(paper.pdf(f"<!doctype html><html lang='cs'><title>t</title>{html}<p>zde</p></html>")) == 1


def test_without_pango_the_address_of_the_pdf_says_so(house, day, monkeypatch):
    monkeypatch.setattr(paper, "_weasyprint", lambda: None)
    with pytest.raises(Exhausted, match=r"paper\.no_pdf"):
        paper.pdf("")
    house.visit(house.cast.dana).get(f"{day}/tisk.pdf", 409)


def test_the_strip_draws_what_is_taken_and_when():
    hour = 3600
    drawn = pictures.strip([Load(8 * hour, 9 * hour, 2, 1)], 4, 1, (6 * hour, 10 * hour))
    seats, chairs = drawn.rows
    assert [(bar.count, bar.width) for bar in seats.bars + chairs.bars] == [(2, 175.0), (1, 175.0)]
    assert seats.bars[0].height == seats.height / 2


def test_the_map_numbers_the_stops_in_their_order_and_keeps_to_its_frame():
    points = [Point(49.70, 13.30), Point(49.70, 13.30), Point(49.74, 13.40), Point(49.70, 13.30)]
    drawn = pictures.run_map(points, pictures.framed(points), [])
    assert [pin.label for pin in drawn.pins] == ["1–2, 4", "3"]
    assert all(0 < pin.x < drawn.width and 0 < pin.y < drawn.height for pin in drawn.pins)
    assert drawn.pins[1].y < drawn.pins[0].y


def test_roads_are_drawn_within_the_box_only_and_small_ones_not_from_afar(tmp_path: Path):
    network = build(osm.read_streets(draw(tmp_path / "town.osm.pbf", grid(5))))
    near = Box.around([Point(49.70, 13.30)], 50)
    assert 0 < len(lines.within(network, near)) < len(lines.within(network, Box(49.695, 13.295, 49.712, 13.31)))
    assert lines.within(network, Box(50.0, 14.0, 50.01, 14.01)) == []
    assert lines.within(network, Box(49.0, 12.0, 50.0, 14.0)) == []
