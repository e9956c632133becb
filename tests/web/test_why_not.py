"""Why something can't be booked, when or how it would be, and what is nearest: the same for residents and for staff."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from journal_core.organisation.model import Module
from journal_core.staff.model import Role
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import (
    CLINIC_MODULES,
    MONDAY,
    Offer,
    a_booking,
    a_category,
    a_clinic,
    a_demand_for_eid,
    a_policy,
    a_provider,
    a_reason,
    a_staff_account,
    a_time,
    a_type,
    an_offer,
)
from tests.build.clocks import FixedClock
from tests.build.home import at_home
from tests.build.site import Browser, a_portal
from tests.build.statements import count_statements

CHILD = {
    "person_1_identity": cast.CHILD.number,
    "person_1_given_name": cast.CHILD.given_name,
    "person_1_family_name": cast.CHILD.family_name,
    "channel": "none",
}
TRY = "/personal/schema/prova"
HERE, NEAR, FAR = (56.67, 12.86), (56.70, 12.90), (57.7, 11.97)


@pytest.fixture
def portal(sqlite_database: Database, clock: FixedClock) -> Flask:
    return a_portal(sqlite_database, clock)


def plain(browser: Browser) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", browser.html.partition("<main")[2]).split())


# --- elsewhere ------------------------------------------------------------------------------------------------------------


def three_clinics(database: Database, here: tuple[date, ...] = (), **overrides: Any) -> Offer:
    """One where somebody is, and two others with times on Monday: Nära and, further away, Fjärran. They offer the same."""
    with database.writing() as session:
        provider, reason = a_provider(session), a_reason(session, "tbe")
        made = None
        for name, position, days in (("Här", HERE, here), ("Fjärran", FAR, (MONDAY,)), ("Nära", NEAR, (MONDAY,))):
            latitude, longitude = position
            mine: dict[str, Any] = overrides if name == "Här" else {}
            clinic = a_clinic(session, provider=provider, name=name, latitude=latitude, longitude=longitude, **mine)
            offer = an_offer(session, clinic=clinic, days=days, category={"reason": reason})
            made = made or offer
        a_policy(session, provider)
    assert made is not None
    return made


def offered_elsewhere(browser: Browser) -> list[str]:
    return re.findall(r'<h3><a href="/klinik/\d+"><bdi>([^<]*)</bdi>', browser.html.partition("<main")[2])


def test_without_times_the_nearest_clinics_that_have_some_are_named(portal: Flask, sqlite_database: Database) -> None:
    offer = three_clinics(sqlite_database)
    browser = Browser(portal).get(f"/klinik/{offer.clinic.id}/bokning").submit(type=str(offer.kind.id))
    assert offered_elsewhere(browser) == ["Nära", "Fjärran"]
    assert "4,1 km" in browser.html and "måndag 23 november kl. 09.00" in browser.html.lower()


def test_with_times_no_other_clinic_is_put_forward(portal: Flask, sqlite_database: Database) -> None:
    offer = three_clinics(sqlite_database, (MONDAY,))
    browser = Browser(portal).get(f"/klinik/{offer.clinic.id}/bokning").submit(type=str(offer.kind.id))
    assert offered_elsewhere(browser) == []


@pytest.mark.parametrize("overrides", [{"activated_at": None}, {"booking": False}, {"modules": [Module.API]}])
def test_a_clinic_that_takes_no_bookings_names_the_nearest_that_do(
    portal: Flask, sqlite_database: Database, overrides: dict[str, object]
) -> None:
    offer = three_clinics(sqlite_database, (MONDAY,), **overrides)
    assert offered_elsewhere(Browser(portal).get(f"/klinik/{offer.clinic.id}")) == ["Nära", "Fjärran"]


def test_other_clinics_are_found_with_as_many_statements_in_a_country_as_in_a_town(
    portal: Flask, sqlite_database: Database
) -> None:
    offer = three_clinics(sqlite_database, booking=False)
    counts = []
    for more in (0, 20):
        with sqlite_database.writing() as session:
            for _n in range(more):
                an_offer(session, clinic=a_clinic(session), category={"reason": a_reason(session, "tbe")})
        browser = Browser(portal)
        browser.get("/hjalp")
        with count_statements(sqlite_database) as sent:
            browser.get(f"/klinik/{offer.clinic.id}")
        counts.append(len(sent))
    assert counts[0] == counts[1]


# --- acting for a child ---------------------------------------------------------------------------------------------------


def test_what_no_day_makes_possible_for_the_child_is_said_and_not_offered(portal: Flask, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session, category={"max_age": 10, "name": "Barn"})
        a_type(session, a_category(session, offer.clinic, name="Vuxen", min_age=18))
        soon = a_type(session, a_category(session, offer.clinic, name="Snart", min_age=8))
    guardian = at_home(portal, sqlite_database, cast.GUARDIAN)
    address = f"/klinik/{offer.clinic.id}/bokning"
    assert guardian.get(address).html.count('name="type"') == 3, "for oneself all of it is offered: one may book for others"
    guardian.act_for(cast.CHILD).get(address)
    assert "Det här går inte att boka åt" in plain(guardian)
    assert re.search(r"Vuxen För ung den dagen. Besöket går att boka för dagar från", plain(guardian))
    assert f'value="{offer.kind.id}"' in guardian.html and f'value="{soon.id}"' in guardian.html
    assert guardian.html.count('name="type"') == 2


def test_who_is_too_young_is_led_to_the_days_when_it_fits_and_to_other_visits(portal: Flask, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session, category={"min_age": 8}, days=(MONDAY, date(2027, 5, 3)))
    browser = Browser(portal).get(f"/klinik/{offer.clinic.id}/bokning").submit(type=str(offer.kind.id))
    browser.submit(start=f"{MONDAY}T09:00")
    browser.submit(**CHILD)
    assert browser.status == 422 and "För ung den dagen. Besöket går att boka för dagar från söndag 2 maj 2027." in browser.html
    assert ">Välj ett annat besök</a>" in browser.html
    address = re.findall(r'href="([^"]*)">Visa dagar från söndag 2 maj 2027</a>', browser.html)[0]
    browser.get(address)
    assert re.search(r"id=.tider[^>]*>Måndag 3 maj<", browser.html), "though another day is held"
    browser.submit(start="2027-05-03T09:00")
    browser.submit(**CHILD)
    assert browser.path.endswith("/kontrollera")


def test_who_is_too_old_is_led_to_other_visits(portal: Flask, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session, category={"max_age": 5})
    browser = Browser(portal).get(f"/klinik/{offer.clinic.id}/bokning").submit(type=str(offer.kind.id))
    browser.submit(start=f"{MONDAY}T09:00").submit(**CHILD)
    assert browser.status == 422 and "Visa dagar från" not in browser.html and ">Välj ett annat besök</a>" in browser.html


# --- staff try ------------------------------------------------------------------------------------------------------------


def at_work(portal: Flask, database: Database, offer: Offer, role: Role = Role.NURSE) -> Browser:
    with database.writing() as session:
        a_staff_account(session, session.merge(offer.clinic), role)
    return Browser(portal).log_in(cast.NURSE_HERE, staff=True)


def told(browser: Browser, category: str) -> str:
    found = re.search(rf"<h3><bdi>{category}</bdi></h3>(.*?)</ul></li>", browser.html, re.S)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def test_staff_see_what_somebody_of_that_age_could_book_that_day(portal: Flask, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session, category={"name": "Barn", "max_age": 17}, span=(540, 560))
        eid = an_offer(session, clinic=offer.clinic, category={"name": "Vattkoppor", "reason": a_reason(session, "vattkoppor")})
        a_demand_for_eid(session, offer.clinic, eid.category.reason)
        an_offer(session, clinic=offer.clinic, category={"name": "Vuxen", "min_age": 18, "reason": a_reason(session, "resa")})
        a_type(session, a_category(session, offer.clinic, name="Bara personal", invisible_online=True))
    nurse = at_work(portal, sqlite_database, offer)
    nurse.get(TRY).submit(birth_date="2015-03-14", day=MONDAY.isoformat())
    assert "Måndag 23 november, vid 11 års ålder" in plain(nurse)
    assert told(nurse, "Barn") == "Går att boka 2 lediga tider den dagen, den första kl. 09.00."
    assert "Går inte att boka den dagen För ung den dagen." in told(nurse, "Vuxen")
    assert "dagar från tisdag 14 mars 2033" not in told(nurse, "Vuxen") and "14 mars 2033" in told(nurse, "Vuxen")
    assert told(nurse, "Vattkoppor").startswith("Går att boka Den som bokar behöver e-legitimation.")
    assert "Besöket syns inte på nätet." in told(nurse, "Bara personal")
    with sqlite_database.writing() as session:
        for minute, who in ((540, cast.CHILD), (550, cast.TWELVE)):
            a_booking(session, offer, coming=(who.coming,), time=a_time(minute))
    nurse.submit(birth_date="2015-03-14", day=MONDAY.isoformat())
    assert told(nurse, "Barn") == "Går inte att boka den dagen Alla tider den dagen är tagna."
    nurse.submit(birth_date="2015-03-14", day=(MONDAY + timedelta(days=1)).isoformat())
    assert told(nurse, "Barn") == "Går inte att boka den dagen Ingen tid är öppnad för besöket den dagen."


def test_a_closed_clinic_is_said_to_be(portal: Flask, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        modules = [module for module in CLINIC_MODULES if module is not Module.BOOKING]
        offer = an_offer(session, clinic=a_clinic(session, modules=modules), category={"name": "TBE"})
    nurse = at_work(portal, sqlite_database, offer).get(TRY)
    nurse.submit(birth_date="1985-01-01", day=MONDAY.isoformat())
    assert "Mottagningen tar inte emot bokningar på nätet." in told(nurse, "TBE")


@pytest.mark.parametrize(
    ("typed", "day", "said"),
    [
        ("", MONDAY.isoformat(), "Skriv födelsedatumet som år, månad och dag"),
        ("2027-01-01", MONDAY.isoformat(), "Födelsedatumet har inte varit än."),
        ("1985-01-01", "2026-11-19", "Välj en dag från i dag och ett år framåt."),
        ("1985-01-01", "snart", "Välj en dag från i dag och ett år framåt."),
    ],
)
def test_what_is_wrong_is_said_and_kept(portal: Flask, sqlite_database: Database, typed: str, day: str, said: str) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session)
    nurse = at_work(portal, sqlite_database, offer).get(TRY).submit(birth_date=typed, day=day)
    assert nurse.status == 422 and said in nurse.html and f'value="{typed}"' in nurse.html


def test_trying_asks_as_much_for_many_visits_as_for_one(portal: Flask, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session)
    nurse = at_work(portal, sqlite_database, offer)
    counts = []
    for more in (0, 8):
        with sqlite_database.writing() as session:
            for _n in range(more):
                an_offer(session, clinic=offer.clinic, category={"reason": a_reason(session, "tbe")})
        nurse.get(TRY)
        with count_statements(sqlite_database) as sent:
            nurse.submit(birth_date="1985-01-01", day=MONDAY.isoformat())
        counts.append(len(sent))
    assert counts[0] == counts[1]
