"""Languages: which are on, how each says days and times, and that each is chosen by its own name on every page."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask_babel import force_locale, ngettext

from journal_core.booking.rules import Time
from journal_core.messages.model import Channel, MessageKind
from journal_core.organisation.model import Clinic
from journal_core.transaction import Database
from portal.messages import composer
from portal.web.i18n import distance, say_day, say_time, short_day, weekday
from tests.build.clocks import FixedClock
from tests.build.site import Browser, a_portal

FRIDAY = date(2026, 11, 20)


def shown(browser: Browser) -> tuple[str, str]:
    """Language and direction of the page."""
    found = re.search(r'<html lang="(\w+)" dir="(\w+)"', browser.html)
    assert found
    return found.group(1), found.group(2)


def test_a_page_stands_in_its_languages_direction(sqlite_database: Database, clock: FixedClock) -> None:
    browser = Browser(a_portal(sqlite_database, clock))
    assert shown(browser.get("/hjalp?lang=ar")) == ("ar", "rtl")
    assert shown(browser.get("/")) == ("ar", "rtl"), "remembered"
    assert shown(browser.get("/hjalp?lang=fi")) == ("fi", "ltr")


def test_each_language_is_chosen_by_its_own_name_on_the_very_page(sqlite_database: Database, clock: FixedClock) -> None:
    browser = Browser(a_portal(sqlite_database, clock)).get("/?q=lund&sortera=tid")
    offered = re.findall(r'<a lang="(\w+)" hreflang="\w+" href="([^"]*)"[^>]*>([^<]*)</a>', browser.html)
    assert [(code, name) for code, _address, name in offered] == [
        ("sv", "Svenska"),
        ("en", "English"),
        ("fi", "Suomi"),
        ("ar", "العربية"),
    ]
    browser.get(offered[2][1].replace("&amp;", "&"))
    assert shown(browser) == ("fi", "ltr") and 'value="lund"' in browser.html


def test_a_language_that_is_off_is_neither_offered_nor_spoken(sqlite_database: Database, clock: FixedClock) -> None:
    browser = Browser(a_portal(sqlite_database, clock, languages=("fi", "sv")))
    assert shown(browser.get("/hjalp?lang=ar")) == ("sv", "ltr")
    assert shown(browser.get("/hjalp", headers={"Accept-Language": "ar, en, fi;q=0.2"})) == ("fi", "ltr")
    assert "العربية" not in browser.html and "Suomi" in browser.html
    assert 'class="langs"' not in Browser(a_portal(sqlite_database, clock, languages=("sv",))).get("/").html


@pytest.mark.parametrize(
    ("language", "day", "time", "short", "name", "km"),
    [
        ("sv", "fredag 20 november", "fredag 20 november kl.\u00a009.05", "20 nov", "fredag", "1,2 km"),
        ("en", "Friday 20 November", "Friday 20 November at\u00a009:05", "20 Nov", "Friday", "1.2 km"),
        (
            "fi",
            "perjantaina 20. marraskuuta",
            "perjantaina 20. marraskuuta klo\u00a009.05",
            "20. marras",
            "perjantai",
            "1,2 km",
        ),
        ("ar", "الجمعة 20 نوفمبر", "الجمعة 20 نوفمبر الساعة\u00a009:05", "20 نوفمبر", "الجمعة", "1.2 كم"),
    ],
)
def test_days_times_and_distances_are_said_as_people_say_them(
    sqlite_database: Database, clock: FixedClock, language: str, day: str, time: str, short: str, name: str, km: str
) -> None:
    with a_portal(sqlite_database, clock).app_context(), force_locale(language):
        said = say_day(FRIDAY), say_time(Time(FRIDAY, 545)), short_day(FRIDAY), weekday(FRIDAY), distance(1.24)
    assert said == (day, time, short, name, km)


@pytest.mark.parametrize(
    ("language", "subject", "code"),
    [
        ("sv", "Din tid är bokad", "Bokningskod: {}"),
        ("en", "Your time is booked", "Booking code: {}"),
        ("fi", "Aikasi on varattu", "Varauskoodi: {}"),
        ("ar", "تم حجز موعدك", "رمز الحجز: \u2066{}\u2069"),
    ],
)
def test_messages_go_out_in_the_bookers_language(
    sqlite_database: Database, clock: FixedClock, language: str, subject: str, code: str
) -> None:
    """The digits of a code keep their order between words that run from the right."""
    compose = composer(a_portal(sqlite_database, clock), "https://vaccin.example.org")
    clinic = Clinic(name="Portens vaccin", street="Gatan 1", city="Lund", phone="031-390 06 22")
    facts = {"clinic": clinic, "time": Time(FRIDAY, 545), "code": "482773096", "link": "X" * 24}
    text = compose(MessageKind.BOOKED, Channel.EMAIL, facts, language)
    assert text.subject == subject and code.format("482 773 096") in text.body
    assert ("\u2066031-390 06 22\u2069" in text.body) == (language == "ar")


@pytest.mark.parametrize(("count", "word"), [(3, "أيام"), (11, "يومًا"), (99, "يومًا"), (100, "يوم"), (102, "يوم")])
def test_arabic_counts_in_its_own_way(sqlite_database: Database, clock: FixedClock, count: int, word: str) -> None:
    """From eleven on the noun is singular and accusative; a whole hundred takes it as it is."""
    app = a_portal(sqlite_database, clock)
    with app.test_request_context(), force_locale("ar"):
        assert ngettext("%(num)d dag", "%(num)d dagar", count).split()[-1] == word
