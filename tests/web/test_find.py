"""Finding a clinic: the list, its pages, the clinic's own page."""

from __future__ import annotations

import re

import pytest

from journal_core.organisation.model import Module
from journal_core.transaction import Database
from tests.build.builders import CLINIC_MODULES, a_category, a_clinic, a_policy, a_provider, a_reason, a_type, an_offer
from tests.build.clocks import FixedClock
from tests.build.site import Browser, a_portal
from tests.build.statements import count_statements


@pytest.fixture
def browser(sqlite_database: Database, clock: FixedClock) -> Browser:
    return Browser(a_portal(sqlite_database, clock))


def names(browser: Browser) -> list[str]:
    return re.findall(r"<h3><a [^>]*><bdi>([^<]*)</bdi>", browser.html)


def test_search_by_place_name_and_postcode_forgives_accents_and_case(browser: Browser, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        a_clinic(session, name="Portens vaccin", city="Göteborg", postcode="411 03")
        a_clinic(session, name="Åbrinkens mottagning", city="Varberg", postcode="432 44")
    for wish, found in {
        "goteborg": ["Portens vaccin"],
        "ÅBRINK": ["Åbrinkens mottagning"],
        "41103": ["Portens vaccin"],
        "432 44": ["Åbrinkens mottagning"],
        "varberg åbrinken": ["Åbrinkens mottagning"],
        "100%": [],
    }.items():
        assert names(browser.get("/?q=" + wish.replace("%", "%25"))) == found, wish


def test_filters_by_reason_and_drop_in(browser: Browser, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        travel = an_offer(session, category={"reason": a_reason(session, "resa")})
        an_offer(session, clinic=a_clinic(session, drop_in=False))
        a_clinic(session, modules=[module for module in CLINIC_MODULES if module is not Module.DROP_IN])
    assert names(browser.get("/?kategori=resa")) == [travel.clinic.name]
    assert names(browser.get("/?drop-in=1")) == [travel.clinic.name]
    assert "3 mottagningar" in browser.get("/").html


def test_nothing_found_says_what_to_do_next(browser: Browser) -> None:
    browser.get("/?q=Atlantis")
    assert "Ingen mottagning passar" in browser.html and "Visa alla mottagningar" in browser.html


def test_the_list_is_paged_and_keeps_the_search(browser: Browser, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        provider = a_provider(session)
        for _n in range(23):
            a_clinic(session, provider=provider, city="Laholm")
    browser.get("/?q=laholm")
    assert len(names(browser)) == 20 and "Sida 1 av 2." in browser.html
    browser.get(re.findall(r'rel="next" href="([^"]*)"', browser.html)[0].split("#")[0].replace("&amp;", "&"))
    assert len(names(browser)) == 3 and ">21</span>" in browser.html
    assert browser.get("/?q=laholm&sida=99").html.count('class="clinic ') == 3, "past the end leads to the last page"


def test_inactive_and_invisible_clinics_are_on_no_list_but_have_pages(browser: Browser, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        asleep = an_offer(session, clinic=a_clinic(session, activated_at=None)).clinic
        hidden = an_offer(session, clinic=a_clinic(session, visible=False)).clinic
    assert names(browser.get("/")) == []
    assert "tar inte emot bokningar här" in browser.get(f"/klinik/{asleep.id}").html
    assert browser.get(f"/klinik/{asleep.id}/bokning").path == f"/klinik/{asleep.id}"
    assert "Boka tid" in browser.get(f"/klinik/{hidden.id}").html


@pytest.mark.parametrize("off", [Module.API, Module.BOOKING])
def test_without_its_modules_a_clinic_books_by_phone(browser: Browser, sqlite_database: Database, off: Module) -> None:
    with sqlite_database.writing() as session:
        modules = [module for module in CLINIC_MODULES if module is not off]
        clinic = an_offer(session, clinic=a_clinic(session, modules=modules, phone="031-390 06 22")).clinic
    page = browser.get(f"/klinik/{clinic.id}").html
    assert "bokar du på telefon" in page and "tel:+46313900622" in page
    assert browser.get(f"/klinik/{clinic.id}/affisch").status == 404


def test_the_clinics_page_offers_what_residents_may_book(browser: Browser, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session, category={"name": "Barn: MPR", "min_age": 1, "max_age": 17})
        a_type(session, a_category(session, offer.clinic, name="Bara personal", invisible_online=True))
    page = browser.get(f"/klinik/{offer.clinic.id}").html
    assert "Barn: MPR" in page and "1–17 år" in page and "Bara personal" not in page


def test_the_poster_opens_the_clinics_booking(browser: Browser, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        clinic = an_offer(session).clinic
    assert f">127.0.0.1/klinik/{clinic.id}/bokning<" in browser.get(f"/klinik/{clinic.id}/affisch").html


def test_the_policy_in_force_is_shown(browser: Browser, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        clinic = a_clinic(session)
        a_policy(session, clinic.unit.provider, text="Vi sparar det du skriver.")
    assert "Vi sparar det du skriver." in browser.get(f"/klinik/{clinic.id}/personuppgifter").html


def test_statements_do_not_grow_with_the_clinics(browser: Browser, sqlite_database: Database) -> None:
    def statements(more: int) -> int:
        with sqlite_database.writing() as session:
            for _n in range(more):
                an_offer(session)
        with count_statements(sqlite_database) as sent:
            browser.get("/")
        return len(sent)

    assert statements(2) == statements(17) <= 9


@pytest.mark.parametrize(
    "address", ["/?sida=0", "/?sida=-1", "/?sida=x", "/?q=" + "å" * 3000, "/?kategori=%00", "/klinik/0", "/klinik/99999999999"]
)
def test_odd_addresses_get_a_page_and_never_a_fault(browser: Browser, address: str) -> None:
    assert browser.get(address).status in (200, 404)


def test_language_is_the_wished_one_then_the_remembered_then_the_browsers(browser: Browser) -> None:
    def shown(address: str, header: str = "") -> str:
        found = re.search(r'<html lang="(\w+)"', browser.get(address, headers={"Accept-Language": header}).html)
        assert found
        return found.group(1)

    assert shown("/hjalp", "en-GB") == "en"
    assert shown("/hjalp", "tlh") == "sv"
    assert shown("/hjalp?lang=en") == "en"
    assert shown("/hjalp", "sv") == "en", "remembered"
    assert shown("/hjalp?lang=xx") == "en", "an unknown wish changes nothing"
