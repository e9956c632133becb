"""Finding a clinic: the list, its pages, the clinic's own page."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pytest

from journal_core.catalogue.model import ReasonKind
from journal_core.organisation.model import Module, Postcode
from journal_core.transaction import Database
from tests.build.builders import (
    CLINIC_MODULES,
    MONDAY,
    a_booking,
    a_category,
    a_clinic,
    a_policy,
    a_provider,
    a_reason,
    a_type,
    an_offer,
)
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


def test_what_was_searched_for_is_chosen_at_the_clinic(browser: Browser, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        clinic = an_offer(session).clinic
        travel = a_type(session, a_category(session, clinic, reason=a_reason(session, "resa"), name="Jorden runt"))
    address = re.findall(r'href="(/klinik/[^"]*besokstyp[^"]*)"', browser.get("/?kategori=resa").html)[0]
    assert f'value="{travel.id}" checked' in browser.get(address).html
    assert "besokstyp" not in browser.get("/").html


def test_nothing_found_says_what_to_do_next(browser: Browser) -> None:
    browser.get("/?q=Atlantis")
    assert "Ingen mottagning passar" in browser.html and "Visa alla mottagningar" in browser.html


@pytest.mark.parametrize(
    ("typed", "found", "said"),
    [
        ("Göteborgg", ["Portens vaccin"], "Vi hittar inget som heter Göteborgg. Här är det som passar Göteborg."),
        ("gotebrog", ["Portens vaccin"], "Här är det som passar Göteborg."),
        ("Varbe", ["Åbrinkens mottagning"], ""),
        ("åbrinkkens", ["Åbrinkens mottagning"], "Här är det som passar Åbrinkens."),
        ("potrens vacin", ["Portens vaccin"], "Här är det som passar Portens vaccin."),
        ("Helsingbo", [], "Ingen mottagning ligger inom 30 km från Helsingborg"),
    ],
)
def test_a_slip_of_spelling_finds_what_was_meant_and_says_so(
    browser: Browser, sqlite_database: Database, typed: str, found: list[str], said: str
) -> None:
    with sqlite_database.writing() as session:
        a_clinic(session, name="Portens vaccin", city="Göteborg", postcode="411 03", latitude=57.7, longitude=11.97)
        a_clinic(session, name="Åbrinkens mottagning", city="Varberg", postcode="432 44", latitude=57.1, longitude=12.25)
    browser.get(f"/?q={typed}")
    assert said in browser.html
    assert names(browser)[: len(found)] == found


def test_other_places_that_may_have_been_meant_are_one_press_away(browser: Browser, spread: Database) -> None:
    browser.get("/?q=malo&kategori=")
    assert names(browser) == ["Västra", "Södra"] and "Menade du Malå?" in browser.html
    href = re.findall(r'href="(\?q=Mal%C3%A5[^"]*)#traffar"', browser.html)[0]
    assert "från Malå" in browser.get(f"/{href}").html


def test_what_the_other_wishes_leave_out_is_said_with_the_way_to_it(browser: Browser, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        a_reason(session, "resa", kind=ReasonKind.TRAVEL)
        an_offer(session, clinic=a_clinic(session, name="Portens vaccin"), days=())
    browser.get("/?q=porten&kategori=resa&drop-in=1")
    assert names(browser) == [] and "1 mottagning heter så, men har inte det besök du valde." in browser.html
    assert 'href="?q=porten#traffar"' in browser.html
    browser.get("/?q=porten&lediga=7")
    assert "1 mottagning passar i övrigt, men har ingen ledig tid inom 7 dagar." in browser.html
    assert 'href="?q=porten#traffar"' in browser.html


@pytest.mark.parametrize(("days", "found"), [(3, ["Anna"]), (7, ["Anna", "Berit"]), (14, ["Anna", "Berit", "Cilla"])])
def test_only_those_with_times_as_soon_as_is_asked(
    browser: Browser, sqlite_database: Database, days: int, found: list[str]
) -> None:
    in_days = {"Anna": 3, "Berit": 7, "Cilla": 14, "David": 15}
    today = MONDAY - timedelta(days=3)
    first_free_at(sqlite_database, {name: (today + timedelta(days=n), 540) for name, n in in_days.items()})
    assert names(browser.get(f"/?lediga={days}&sortera=tid")) == found


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


# Near a place, a postcode, oneself

LUND, MALMO, KIRUNA = (55.7058, 13.1932), (55.6059, 13.0007), (67.8557, 20.2251)


@pytest.fixture
def spread(sqlite_database: Database) -> Database:
    """Clinics in Lund, in Malmö, far in the north, and one that nobody knows where it is."""
    with sqlite_database.writing() as session:
        provider = a_provider(session)
        for name, city, postcode, position in (
            ("Södra", "Lund", "222 22", LUND),
            ("Västra", "Malmö", "211 21", MALMO),
            ("Norra", "Kiruna", "981 31", KIRUNA),
            ("Okända", "Lund", "222 23", (None, None)),
        ):
            latitude, longitude = position
            a_clinic(
                session, provider=provider, name=name, city=city, postcode=postcode, latitude=latitude, longitude=longitude
            )
    return sqlite_database


def test_a_place_finds_what_is_near_with_the_distance(browser: Browser, spread: Database) -> None:
    browser.get("/?q=lund")
    assert names(browser) == ["Södra", "Västra", "Okända"]
    assert "Vi visar mottagningar nära Lund, de närmaste först." in browser.html
    assert re.findall(r'class="nb">([^<]*)<', browser.html) == ["0 km", "16 km"]


def test_other_languages_and_spellings_of_a_place_serve_too(browser: Browser, spread: Database) -> None:
    for wish in ("LUND", "Malmø", "malmo", "Мальмё"):
        assert "Västra" in names(browser.get("/?q=" + wish)), wish
    assert "near Malmö" in browser.get("/?q=malmo&lang=en").html


def test_where_nothing_is_near_the_nearest_are_told_as_such(browser: Browser, spread: Database) -> None:
    browser.get("/?q=visby")
    assert names(browser) == ["Södra", "Västra", "Norra"]
    assert "Ingen mottagning ligger inom 30 km från Visby. Här är de närmaste." in browser.html


def test_a_postcode_is_understood_by_its_town_then_its_municipality(browser: Browser, spread: Database) -> None:
    with spread.writing() as session:
        session.add(Postcode(code="22645", locality="Lund", municipality="Lund"))
        session.add(Postcode(code="24433", locality="Okänd ort", municipality="Malmö"))
    assert names(browser.get("/?q=226 45")) == ["Södra", "Västra", "Okända"]
    assert "nära Malmö" in browser.get("/?q=24433").html


def test_without_the_list_the_most_leading_digits_serve(browser: Browser, spread: Database) -> None:
    assert set(names(browser.get("/?q=22299"))) == {"Södra", "Okända"}
    assert names(browser.get("/?q=21999")) == ["Västra"]
    assert names(browser.get("/?q=70000")) == []


def test_near_oneself_the_nearest_come_first(browser: Browser, spread: Database) -> None:
    browser.get("/?lat=67.81234&lon=20.29999")
    assert names(browser) == ["Norra", "Södra", "Västra", "Okända"]
    assert "De som ligger närmast dig kommer först." in browser.html
    assert 'name="lat" value="67.81"' in browser.html, "nothing exact goes on"


@pytest.mark.parametrize(
    "query", ["lat=91&lon=1", "lat=x&lon=13", "lat=55", "ruta=1,2,3", "ruta=a,b,c,d", "lat=nan&lon=nan", "sida=0"]
)
def test_nonsense_about_the_map_is_passed_over(browser: Browser, spread: Database, query: str) -> None:
    assert names(browser.get(f"/?{query}")) == names(browser.get("/")) != []


def test_a_part_of_the_map_is_kept_through_the_pages_and_left_again(browser: Browser, spread: Database) -> None:
    browser.get("/?ruta=55.6,13.0,55.8,13.3&kategori=")
    assert names(browser) == ["Södra", "Västra"] and "Vi visar bara den del av kartan som du valde." in browser.html
    assert names(browser.get("/?ruta=55.6,13.0,55.8,13.3&q=västra")) == ["Västra"]


def test_the_map_is_told_what_the_list_shows(browser: Browser, spread: Database) -> None:
    browser.get("/?q=lund")
    told = json.loads(re.findall(r'id="pins"[^>]*>(.*?)</script>', browser.html)[0])
    assert told == [[1, "Södra", *LUND], [2, "Västra", *MALMO]]


def test_a_clinics_name_can_not_leave_the_maps_data(browser: Browser, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        a_clinic(session, name="</script><script>alert(1)</script>")
    assert "<script>alert" not in browser.get("/").html


def first_free_at(database: Database, minutes: dict[str, tuple[date, int]]) -> None:
    """Clinics by name, each open for one visit at one time."""
    with database.writing() as session:
        for name, (day, minute) in minutes.items():
            an_offer(session, clinic=a_clinic(session, name=name), days=[day], span=(minute, minute + 10))


def test_the_first_free_time_stands_on_each_card_and_orders_the_list(browser: Browser, sqlite_database: Database) -> None:
    tuesday, far = MONDAY + timedelta(days=1), MONDAY + timedelta(days=40)
    first_free_at(
        sqlite_database, {"Anna": (tuesday, 540), "Berit": (MONDAY, 600), "Cilla": (far, 540), "David": (MONDAY, 545)}
    )
    html = browser.get("/").html
    assert '<span class="soft">Första lediga tid</span> <strong><time datetime="2026-11-24T09:00">' in html
    assert "Inga lediga tider inom 14 dagar" in html
    html = browser.get("/?sortera=tid").html
    assert sorted(("Anna", "Berit", "Cilla", "David"), key=html.index) == ["David", "Berit", "Anna", "Cilla"]
    html = browser.get("/?lediga=1").html
    assert "Cilla" not in html and "3 mottagningar passar" in html


def test_what_is_booked_or_for_another_reason_is_no_free_time(browser: Browser, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session, span=(540, 550))
        a_booking(session, offer)
        travel = a_reason(session, "resa", kind=ReasonKind.TRAVEL)
        an_offer(session, clinic=a_clinic(session), category={"reason": travel, "name": "Jorden runt"})
    assert "1 mottagning passar" in browser.get("/?lediga=1").html
    assert "Ingen mottagning passar" in browser.get("/?lediga=1&kategori=tbe").html
    assert "1 mottagning passar" in browser.get("/?lediga=1&kategori=resa").html


def test_first_free_times_take_as_many_statements_for_many_clinics(browser: Browser, sqlite_database: Database) -> None:
    counts = []
    for many in (2, 30):
        with sqlite_database.writing() as session:
            for _ in range(many):
                an_offer(session)
        with count_statements(sqlite_database) as sent:
            browser.get("/?sortera=tid&lediga=1")
        counts.append(len(sent))
    assert counts[0] == counts[1]
