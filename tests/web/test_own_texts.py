"""Clinics' own texts: written by their staff, read by residents in their own language, marked where they are not."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from journal_core.staff.model import Role
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import a_policy, a_staff_account, an_offer
from tests.build.clocks import FixedClock
from tests.build.site import Browser, a_portal

TEXTS = "/personal/installningar/texter"


@pytest.fixture
def portal(sqlite_database: Database, clock: FixedClock) -> Flask:
    return a_portal(sqlite_database, clock)


def an_admin(portal: Flask, database: Database, role: Role) -> tuple[Browser, int, int]:
    """At work, with the ids of a category and of its clinic."""
    with database.writing() as session:
        offer = an_offer(session, category={"name": "Fästingvaccin"}, name="En person")
        offer.clinic.welcome_booking = "Välkommen hit."
        a_policy(session, offer.clinic.unit.provider, text="Vi sparar det du skriver.")
        a_staff_account(session, offer.clinic, role)
    return Browser(portal).log_in(cast.NURSE_HERE, staff=True), offer.category.id, offer.clinic.id


def test_what_an_admin_translates_residents_read(portal: Flask, sqlite_database: Database) -> None:
    admin, category, clinic = an_admin(portal, sqlite_database, Role.NURSE_ADMIN)
    page = admin.get(f"{TEXTS}?sprak=fi").html
    assert "Fästingvaccin" in page and "Vi sparar det du skriver." not in page
    admin.submit(**{f"category-{category}": "Punkkirokote", f"welcome_booking-{clinic}": "Tervetuloa."})
    assert "Sparat." in admin.html
    page = Browser(portal).get(f"/klinik/{clinic}/bokning?lang=fi").html
    assert "<bdi>Punkkirokote</bdi>" in page and "<bdi>Tervetuloa.</bdi>" in page
    assert '<bdi lang="sv" dir="ltr">En person</bdi>' in page
    page = Browser(portal).get(f"/klinik/{clinic}?lang=ar").html
    assert '<bdi lang="sv" dir="ltr">Fästingvaccin</bdi>' in page and '<html lang="ar" dir="rtl">' in page
    assert "<bdi>Fästingvaccin</bdi>" in Browser(portal).get(f"/klinik/{clinic}").html


def test_the_providers_admin_translates_the_policy_too(portal: Flask, sqlite_database: Database) -> None:
    admin, _category, clinic = an_admin(portal, sqlite_database, Role.PROVIDER_ADMIN)
    admin.get(f"{TEXTS}?sprak=en")
    assert "Vi sparar det du skriver." in admin.html
    name = re.findall(r'name="(policy-\d+)"', admin.html)[0]
    admin.submit(**{name: "We keep what you write.\n\n\n\nFor ten years."})
    page = Browser(portal).get(f"/klinik/{clinic}/personuppgifter?lang=en").html
    assert '<div lang="en" dir="ltr"><p>We keep what you write.</p><p>For ten years.</p></div>' in page
    assert '<div lang="sv" dir="ltr">' in Browser(portal).get(f"/klinik/{clinic}/personuppgifter?lang=fi").html


def test_the_welcome_is_written_in_swedish_and_its_old_translation_says_so(portal: Flask, sqlite_database: Database) -> None:
    admin, _category, clinic = an_admin(portal, sqlite_database, Role.NURSE_ADMIN)
    admin.get(f"{TEXTS}?sprak=en").submit(**{f"welcome_booking-{clinic}": "Welcome."})
    admin.get(TEXTS).submit(welcome_booking="Ta med  kortet.")
    assert "<bdi>Ta med kortet.</bdi>" in Browser(portal).get(f"/klinik/{clinic}").html
    assert '<bdi lang="sv" dir="ltr">Ta med kortet.</bdi>' in Browser(portal).get(f"/klinik/{clinic}?lang=en").html
    page = admin.get(f"{TEXTS}?sprak=en").html
    assert "Den svenska texten har ändrats" in page and ">Welcome.</textarea>" in page


def test_a_text_that_is_too_long_is_said_at_its_field_and_kept(portal: Flask, sqlite_database: Database) -> None:
    admin, category, _clinic = an_admin(portal, sqlite_database, Role.NURSE_ADMIN)
    admin.get(f"{TEXTS}?sprak=fi").submit(**{f"category-{category}": "Punkki" * 20})
    assert admin.status == 422 and "Texten är för lång. Skriv högst 100 tecken." in admin.html and "PunkkiPunkki" in admin.html


def test_a_resident_is_told_when_the_clinics_words_are_in_swedish_and_not_otherwise(
    portal: Flask, sqlite_database: Database
) -> None:
    admin, _category, clinic = an_admin(portal, sqlite_database, Role.NURSE_ADMIN)
    address = f"/klinik/{clinic}/bokning?lang=en"
    assert "The clinic's text is in Swedish" in Browser(portal).get(address).html
    admin.get(f"{TEXTS}?sprak=en").submit(**{f"welcome_booking-{clinic}": "Welcome."})
    assert "The clinic's text is in Swedish" not in Browser(portal).get(address).html
