"""Posters: one A4 page each, whatever the clinic is called."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from journal_core.organisation.model import Clinic, Module, ModuleSwitch
from portal.web.present import qr_svg
from tests.build.world import World

POSTERS = {"klinik": ("/klinik/{}/affisch", "/klinik/{}/bokning"), "ankomst": ("/ankomst/{}/affisch", "/ankomst/{}")}
LONG = "Hallands sjukhus Halmstad, resevaccinationsmottagningen och influensavaccinationscentralen"
A4 = (595, 842)
"""In points."""


@pytest.fixture(params=POSTERS)
def addresses(request: pytest.FixtureRequest, world: World) -> tuple[str, str]:
    """Of a poster, and of what its QR code opens."""
    number = world.clinic_id("nissan")
    poster, opens = POSTERS[request.param]
    return world.at(poster.format(number)), world.at(opens.format(number))


@pytest.mark.parametrize("name", ["Vaccin", LONG], ids=["short", "long"])
def test_a_poster_fills_one_page(name: str, addresses: tuple[str, str], world: World, chromium: Browser) -> None:
    number = world.clinic_id("nissan")
    with world.database.writing() as session:
        session.get_one(Clinic, number).name = name
    with world.with_page(chromium) as page:
        page.goto(addresses[0])
        assert pages(page) == [A4]
        page.emulate_media(media="print")
        qr, sheet = (page.locator(part).bounding_box() for part in (".qr", ".sheet-page"))
        assert qr is not None and sheet is not None
        assert qr["width"] > millimetres(100) and qr["height"] > millimetres(100), "its black part is at least 8 cm"
        assert sheet["width"] <= millimetres(210) and sheet["height"] <= millimetres(297)
        assert cut(page) == [], "what does not fit is cut off"


def pages(page: Page) -> list[tuple[int, int]]:
    """The size in points of each page of paper."""
    printed = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", printed)
    assert len(boxes) == len(re.findall(rb"/Type\s*/Page\b", printed))
    return [(round(float(width)), round(float(height))) for width, height in boxes]


def millimetres(length: float) -> float:
    """In CSS pixels."""
    return length * 96 / 25.4


def cut(page: Page) -> list[str]:
    """Parts of the sheet that stand outside it."""
    found: list[str] = page.evaluate(
        """() => {
          const sheet = document.querySelector('.sheet-page');
          const room = sheet.getBoundingClientRect();
          const outside = ({ top, bottom, left, right }) =>
            top < room.top || bottom > room.bottom || left < room.left || right > room.right;
          return [...sheet.children].filter((part) => outside(part.getBoundingClientRect())).map((part) => part.className);
        }"""
    )
    return found


def test_the_code_says_what_stands_below_it(addresses: tuple[str, str], world: World) -> None:
    poster, opens = addresses
    answer = world.app.test_client().get(poster)
    html = answer.get_data(as_text=True).replace("<wbr>", "")
    bare = opens.partition("//")[2]
    assert str(qr_svg(opens, bare)) in html and f">{bare}</bdi>" in html
    assert '<p class="sheet-sv" lang="sv" dir="ltr">Rikta' in html and '<p class="sheet-en" lang="en" dir="ltr">Point' in html


def test_only_clinics_that_take_arrivals_have_a_poster_for_them(world: World) -> None:
    address = f"/ankomst/{world.clinic_id('nissan')}/affisch"
    client = world.app.test_client()
    assert client.get(address).status_code == 200
    with world.database.writing() as session:
        switch = session.scalars(
            select(ModuleSwitch).where(
                ModuleSwitch.clinic_id == world.clinic_id("nissan"), ModuleSwitch.module == Module.ARRIVAL
            )
        ).one()
        session.delete(switch)
    assert client.get(address).status_code == 404
    assert client.get("/ankomst/999999/affisch").status_code == 404
