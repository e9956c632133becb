"""Texts that clinics write themselves, in other languages: read, fallen back from, written, and by whom."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from journal_core.catalogue import refusals, texts
from journal_core.catalogue.texts import Kind
from journal_core.organisation.model import Clinic
from journal_core.organisation.refusals import SETTINGS_CHANGED
from journal_core.refusal import Refusal
from journal_core.texts import outdated, said, translation
from journal_core.transaction import Database
from tests.build.builders import Offer, a_policy, an_offer
from tests.build.clocks import START
from tests.build.desk import NURSE


@pytest.fixture
def offer(database: Database) -> Offer:
    with database.writing() as session:
        made = an_offer(session, category={"name": "Fästingvaccin"}, name="En person")
        made.clinic.welcome_booking = "Välkommen hit."
        a_policy(session, made.clinic.unit.provider, text="Vi sparar det du skriver.")
    return made


def clinic_of(session: Session, offer: Offer) -> Clinic:
    return session.get_one(Clinic, offer.clinic.id)


def write(database: Database, offer: Offer, language: str, seen: str | None = None, **wordings: str) -> None:
    with database.writing() as session:
        clinic = clinic_of(session, offer)
        found = texts.texts_of(session, clinic, START, of_provider=True)
        wanted = {one.key: wordings.get(one.kind.value, "") for one in found}
        version = texts.version(found, language) if seen is None else seen
        texts.change_translations(session, NURSE, clinic, language, wanted, START, seen=version, of_provider=True)


def read(database: Database, offer: Offer, language: str) -> dict[Kind, tuple[str, str]]:
    with database.reading() as session:
        found = texts.texts_of(session, clinic_of(session, offer), START, of_provider=True)
        return {one.kind: said(one.row, one.field, language) for one in found}


def test_what_is_translated_is_said_in_that_language_and_the_rest_in_swedish(database: Database, offer: Offer) -> None:
    write(database, offer, "fi", category="Punkkirokote", welcome_booking="Tervetuloa.", policy="Säilytämme tiedot.")
    assert read(database, offer, "fi") == {
        Kind.WELCOME_BOOKING: ("Tervetuloa.", "fi"),
        Kind.CATEGORY: ("Punkkirokote", "fi"),
        Kind.TYPE: ("En person", "sv"),
        Kind.POLICY: ("Säilytämme tiedot.", "fi"),
    }
    assert read(database, offer, "ar")[Kind.CATEGORY] == ("Fästingvaccin", "sv")
    assert read(database, offer, "sv")[Kind.CATEGORY] == ("Fästingvaccin", "sv")


def test_a_translation_of_an_older_text_is_not_shown_but_kept(database: Database, offer: Offer) -> None:
    write(database, offer, "fi", welcome_booking="Tervetuloa.", category="Punkkirokote")
    with database.writing() as session:
        clinic = clinic_of(session, offer)
        clinic.welcome_booking = "Ta med vaccinkortet."
    with database.reading() as session:
        clinic = clinic_of(session, offer)
        assert said(clinic, "welcome_booking", "fi") == ("Ta med vaccinkortet.", "sv")
        assert outdated(clinic, "welcome_booking", "fi") and translation(clinic, "welcome_booking", "fi") == "Tervetuloa."
    write(database, offer, "fi", welcome_booking="Ota rokotuskortti mukaan.", category="Punkkirokote")
    assert read(database, offer, "fi")[Kind.WELCOME_BOOKING] == ("Ota rokotuskortti mukaan.", "fi")


def test_without_words_a_translation_is_taken_away(database: Database, offer: Offer) -> None:
    write(database, offer, "fi", category="Punkkirokote")
    write(database, offer, "fi")
    assert read(database, offer, "fi")[Kind.CATEGORY] == ("Fästingvaccin", "sv")


def test_who_saves_what_another_has_changed_meanwhile_is_told(database: Database, offer: Offer) -> None:
    with database.reading() as session:
        seen = texts.version(texts.texts_of(session, clinic_of(session, offer), START, of_provider=True), "fi")
    write(database, offer, "fi", seen, category="Punkkirokote")
    write(database, offer, "fi", seen, category="Punkkirokote")
    with pytest.raises(Refusal) as refused:
        write(database, offer, "fi", seen, category="Puutiaisrokote")
    assert refused.value.code == SETTINGS_CHANGED


def test_a_text_that_is_too_long_is_refused(database: Database, offer: Offer) -> None:
    with pytest.raises(Refusal) as refused:
        write(database, offer, "fi", category="x" * (texts.LONGEST_NAME + 1))
    assert (refused.value.code, refused.value.facts) == (refusals.TEXT_TOO_LONG, {"most": texts.LONGEST_NAME})


def test_the_providers_texts_are_only_for_its_own_administrators(database: Database, offer: Offer) -> None:
    with database.reading() as session:
        found = texts.texts_of(session, clinic_of(session, offer), START, of_provider=False)
    assert {one.kind for one in found} == {Kind.WELCOME_BOOKING, Kind.CATEGORY, Kind.TYPE}


def test_the_welcome_is_changed_in_swedish(database: Database, offer: Offer) -> None:
    with database.writing() as session:
        clinic = clinic_of(session, offer)
        wanted = {Kind.WELCOME_BOOKING: "Kom i tid.", Kind.WELCOME_ARRIVAL: ""}
        texts.change_welcome(session, NURSE, clinic, wanted, START, seen=texts.welcome_version(clinic))
        assert (clinic.welcome_booking, clinic.welcome_arrival) == ("Kom i tid.", None)
        with pytest.raises(Refusal):
            texts.change_welcome(session, NURSE, clinic, {Kind.WELCOME_BOOKING: "Nej."}, START, seen="0")
