"""Names, numbers, phones and mails in every spelling: taken and put right, or refused with a sentence; never lost."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import phonenumbers
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journal_core.persons.rules import read_birth_date, read_identity, show_identity
from portal.book.forms import Who, read_who
from portal.web.forms import Form
from tests.build import cast, engines
from tests.build.builders import MONDAY, a_policy, an_offer
from tests.build.clocks import FixedClock
from tests.build.site import Browser, a_portal

TODAY = date(2026, 11, 20)
UNSEEN = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u200b\u2060\ufeff\u00ad"
"""Marks of direction, and others that nobody sees."""
BLANKS = " \u00a0\u2009\u202f\u3000\t"
DIGITS = ("0", "\uff10", "\u0660", "\u06f0", "\u0966", "\U0001d7ce")
"""The zero of ASCII, full width, Arabic, Persian, Devanagari, mathematical bold."""
HYPHENS = "-\u2010\u2011\u2012\u2013\u2212\uff0d"
ANY = st.characters(exclude_categories=["Cs"])
ODD = st.text(st.one_of(ANY, st.sampled_from(UNSEEN + BLANKS + "😀👩‍⚕️<>&\"'\x00\x1f")), max_size=40) | st.text(
    ANY, min_size=300, max_size=300
)
LETTERS = st.text(st.characters(categories=["Lu", "Ll", "Lo", "Mn"]), min_size=1, max_size=30).filter(
    lambda text: any(unicodedata.category(c)[0] == "L" for c in unicodedata.normalize("NFC", text))
)
COUNTRIES = st.sampled_from(["SE", "FI", "NO", "DE", "SY", "US"])


@pytest.fixture(scope="module")
def browser(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """At the page that asks who comes."""
    with engines.sqlite_copy(sqlite_template, tmp_path_factory.mktemp("odd")) as database:
        with database.writing() as session:
            offer = an_offer(session)
            a_policy(session, offer.clinic.unit.provider)
        made = Browser(a_portal(database, FixedClock()))
        made.get(f"/klinik/{offer.clinic.id}/bokning").submit(type=str(offer.kind.id)).submit(start=f"{MONDAY}T09:00")
        yield made


@pytest.fixture(scope="module")
def portal(browser: Browser) -> Flask:
    return browser.app


WHO = {
    "person-1-identity": cast.BOOKER.number,
    "person-1-given_name": "Maja",
    "person-1-family_name": "Ekman",
    "mobile": "070-174 06 05",
    "email": "maja@example.com",
    "channel": "both",
}


def read(portal: Flask, **told: str) -> tuple[Who | None, Form]:
    form = Form(
        {**WHO, **{name.replace("_", "-", 2) if name.startswith("person") else name: value for name, value in told.items()}}
    )
    with portal.test_request_context("/"):
        return read_who(form, 1, None, TODAY, "sv"), form


@st.composite
def strewn(draw: st.DrawFn, text: str) -> str:
    """The text with unseen marks and blanks around it, and a mark within."""
    around, within = draw(st.text(UNSEEN + BLANKS, max_size=3)), draw(st.text(UNSEEN, max_size=1))
    at = draw(st.integers(0, len(text)))
    return around + text[:at] + within + text[at:] + around


@st.composite
def in_other_digits(draw: st.DrawFn, text: str) -> str:
    zero = draw(st.sampled_from(DIGITS))
    figures = "".join(chr(ord(zero) + int(c)) if c.isdecimal() else c for c in text)
    return figures.replace("-", draw(st.sampled_from(HYPHENS)))


# --- taken, and put right -------------------------------------------------------------------------------------------------


@given(st.data(), LETTERS)
def test_a_name_is_kept_composed_without_what_nobody_sees(portal: Flask, data: st.DataObject, name: str) -> None:
    written = data.draw(st.sampled_from([unicodedata.normalize(form, name) for form in ("NFC", "NFD")]).flatmap(strewn))
    who, form = read(portal, person_1_given_name=written)
    kept = unicodedata.normalize("NFC", name)
    if who is None:  # marks between a letter and its accent keep the two apart
        assert form.error("person-1-given_name")
    else:
        given_name = unicodedata.normalize("NFC", who.coming[0].given_name)
        assert given_name == kept and not set(given_name) & set(UNSEEN)


@given(st.data(), st.sampled_from([show_identity(cast.BOOKER.number), cast.BOOKER.number, "850314-9802"]))
def test_an_identity_number_is_read_in_every_keyboards_digits(portal: Flask, data: st.DataObject, number: str) -> None:
    typed = data.draw(in_other_digits(number).flatmap(strewn))
    who, form = read(portal, person_1_identity=typed)
    assert who is not None, (typed, form.problems)
    assert who.coming[0].identity == read_identity(cast.BOOKER.number, TODAY)


@given(st.data(), st.dates(date(1900, 1, 1), TODAY), st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%Y %m %d", "%Y.%m.%d"]))
def test_a_birth_date_is_too(portal: Flask, data: st.DataObject, born: date, written: str) -> None:
    form = Form({"born": data.draw(in_other_digits(born.strftime(written)).flatmap(strewn))})
    assert read_birth_date(form.figures("born"), TODAY) == born


@settings(max_examples=40)
@given(st.data(), COUNTRIES)
def test_a_mobile_is_read_as_written_there_with_its_country(portal: Flask, data: st.DataObject, country: str) -> None:
    number = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    assert number is not None
    styles = [phonenumbers.PhoneNumberFormat.INTERNATIONAL, phonenumbers.PhoneNumberFormat.E164]
    shown = phonenumbers.format_number(number, data.draw(st.sampled_from(styles)))
    who, form = read(portal, mobile=data.draw(in_other_digits(shown).flatmap(strewn)))
    assert who is not None, form.problems
    assert who.recipient.mobile == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@settings(max_examples=40)
@given(st.data(), st.from_regex(r"[a-z][a-z0-9]{0,10}(\.[a-z0-9]{1,10})?", fullmatch=True))
def test_a_mail_address_loses_what_nobody_sees(portal: Flask, data: st.DataObject, local: str) -> None:
    who, form = read(portal, email=data.draw(strewn(f"{local}@example.com")))
    assert who is not None, form.problems
    assert who.recipient.email == f"{local}@example.com"


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("Åsa", True),
        ("A\u030asa", True),
        ("O’Brien-Öberg", True),
        ("José María", True),
        ("محمد", True),
        ("李", True),
        ("Ngũgĩ wa Thiong'o", True),
        ("می\u200cنا", True),
        ("Maja 2", True),
        ("X", True),
        ("😀", False),
        ("Maja 😀", False),
        ("12", False),
        ("-", False),
        ("$", False),
        ("\u202e", False),
    ],
)
def test_names_of_all_people_are_taken_and_pictures_are_not(portal: Flask, name: str, taken: bool) -> None:
    who, form = read(portal, person_1_given_name=name)
    assert (who is not None) is taken, form.problems


# --- whatever is sent -----------------------------------------------------------------------------------------------------


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys(WHO, ODD)))
def test_nothing_that_is_sent_is_lost_or_breaks_the_page(browser: Browser, typed: dict[str, str]) -> None:
    """Through the form itself: the next page, or this one with a sentence for each field and everything that was typed."""
    address = browser.path.replace("kontrollera", "vem")
    browser.get(address).submit(**{name.replace("-", "_"): value for name, value in typed.items()})
    if browser.path.endswith("/kontrollera"):
        return
    assert browser.status == 422 and browser.path.endswith("/vem")
    answer = browser.answer
    assert answer is not None
    page = answer.get_data(as_text=True)
    shown = dict(re.findall(r'name="([^"]*)" type="(?:text|tel|email)" value="([^"]*)"', page))
    for name in WHO.keys() - {"channel"}:
        assert html.unescape(shown[name]) == Form({name: typed[name]}).text(name), name
    wrong = re.findall(r'<p class="err" id="([^"]*)-e">', page)
    linked = re.findall(r'<a href="#([^"]*)">', page.partition('class="error-summary"')[2].partition("</div>")[0])
    assert wrong and sorted(set(wrong)) == sorted(set(linked))
