"""The provider's question bank: shipped questions in other words, and questions of its own."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from config.declarations import bank as shipped
from journal_core.actor import SYSTEM
from journal_core.declarations import bank, queries, settings
from journal_core.declarations import use_cases as telling
from journal_core.declarations.form import Condition, Kind, Level, Question
from journal_core.declarations.model import Definition, DefinitionVersion
from journal_core.staff.model import Role
from journal_core.transaction import Database
from portal.web.languages import LANGUAGES
from tests.build import cast
from tests.build.builders import Offer, a_clinic, a_staff_account, an_offer
from tests.build.clocks import START, FixedClock
from tests.build.site import Browser, a_portal

HERE = "/personal/installningar/halsodeklarationer/fragor"
BANK = {one.key: one for one in shipped().questions}


@pytest.fixture
def portal(sqlite_database: Database, clock: FixedClock) -> Flask:
    return a_portal(sqlite_database, clock)


@pytest.fixture
def offer(sqlite_database: Database) -> Offer:
    with sqlite_database.writing() as session:
        made = an_offer(session, clinic=a_clinic(session, name="Norra"))
        a_staff_account(session, made.clinic, Role.PROVIDER_ADMIN, who=cast.ADMIN_HERE)
        return made


@pytest.fixture
def admin(portal: Flask, offer: Offer) -> Browser:
    return Browser(portal).log_in(cast.ADMIN_HERE, staff=True).get(HERE)


def asking(database: Database, offer: Offer, *keys: str) -> int:
    """A definition in use, and its id."""
    with database.writing() as session:
        form = [BANK[key] for key in keys]
        return telling.define(session, offer.clinic.unit.provider_id, "Höst", "", form, 30, START).id


def definition(database: Database) -> int:
    with database.reading() as session:
        return session.scalars(select(Definition.id)).one()


def versions(database: Database, definition_id: int) -> list[DefinitionVersion]:
    with database.reading() as session:
        wanted = select(DefinitionVersion).where(DefinitionVersion.definition_id == definition_id)
        return list(session.scalars(wanted.order_by(DefinitionVersion.number)))


def of_bank(database: Database, offer: Offer) -> dict[str, Question]:
    with database.reading() as session:
        return bank.questions(session, offer.clinic.unit.provider_id, shipped().questions)


@pytest.mark.parametrize("key", BANK)
def test_opened_and_saved_a_question_is_what_it_was(admin: Browser, sqlite_database: Database, offer: Offer, key: str) -> None:
    admin.get(f"{HERE}/{key}").submit()
    assert "Sparat." in admin.html and of_bank(sqlite_database, offer)[key] == BANK[key]


def test_other_words_are_asked_from_now_on_where_the_question_is_asked(
    admin: Browser, sqlite_database: Database, offer: Offer
) -> None:
    definition_id = asking(sqlite_database, offer, "fainted", "fever-today")
    admin.get(f"{HERE}/fainted").submit(
        **{"text-sv": "Svimmar du lätt?", "text-en": "Do you faint easily?", "level-yes": "stop"}
    )
    assert admin.status == 422 and "Ändra översättningarna också" in admin.html, "two of them are as they were"
    assert 'value="1"' in admin.html and len(versions(sqlite_database, definition_id)) == 1
    admin.submit(translated="1")
    old, new = versions(sqlite_database, definition_id)
    assert old.questions[0]["text"]["sv"] == BANK["fainted"].text["sv"], "what was read before stands"
    assert new.questions[0]["text"]["sv"] == "Svimmar du lätt?" and new.questions[0]["deviates"] == {"yes": "stop"}
    assert new.questions[0]["text"]["en"] == "Do you faint easily?" and new.validity_days == 30
    assert "Med vårdgivarens egna ord." in admin.html
    admin.get(f"{HERE}/fainted").submit("take-back")
    assert versions(sqlite_database, definition_id)[-1].questions[0]["text"] == dict(BANK["fainted"].text)
    assert of_bank(sqlite_database, offer)["fainted"] == BANK["fainted"]


def test_a_question_of_ones_own_is_made_asked_and_taken_away(admin: Browser, sqlite_database: Database, offer: Offer) -> None:
    admin.get(f"{HERE}/ny?slag=choices").submit(
        **{
            "text-sv": "Vad vill du ta upp?",
            "text-ar": "ماذا تريد أن تناقش؟",
            "option-own-1-sv": "Rädsla för sprutor",
            "level-own-1": "look",
            "option-own-3-sv": "Något annat",
            "min_age": "१२",
            "after-0": "allergy:yes",
        }
    )
    made = of_bank(sqlite_database, offer)["own-1"]
    assert made.kind is Kind.CHOICES and [one.key for one in made.options] == ["own-1", "own-3"]
    assert made.deviates == {"own-1": Level.LOOK} and made.min_age == 12 and made.text["ar"].startswith("ماذا")
    assert made.after == (Condition("allergy", frozenset({"yes"})),)
    page = admin.get("/personal/installningar/halsodeklarationer/ny")
    page.submit(name="Samtal", **{"q-allergy": "1", "q-own-1": "2"})
    admin.get(f"{HERE}/own-1").submit("take-back")
    assert admin.status == 422 and "är med i hälsodeklarationen Samtal" in admin.html
    admin.get(f"/personal/installningar/halsodeklarationer/{definition(sqlite_database)}").submit(**{"q-own-1": ""})
    admin.get(f"{HERE}/own-1").submit("take-back")
    assert "own-1" not in of_bank(sqlite_database, offer)


@pytest.mark.parametrize(
    ("path", "fields", "where", "said"),
    [
        ("ny?slag=yes_no", {}, "text-sv", "Skriv frågan och alla svar på svenska."),
        ("ny?slag=yes_no", {"text-en": "Are you well?"}, "text-sv", "Skriv det på svenska också."),
        ("ny?slag=yes_no", {"text-sv": "A" * 301}, "text-sv", "högst 300 tecken"),
        ("ny?slag=choice", {"text-sv": "Var?", "option-own-1-sv": "Här"}, "svar", "minst två svar"),
        ("fainted", {"text-sv": "", "text-en": "Do you faint?"}, "text-sv", "på svenska också"),
        ("fainted", {"help-sv": "A " * 400}, "help-sv", "högst 500 tecken"),
        ("ny?slag=choice", {"text-sv": "Var?", "option-own-1-fi": "Täällä"}, "option-own-1-sv", "på svenska också"),
        ("ny?slag=number", {"text-sv": "Vad?", "least": "9", "most": "1,5"}, "least", "Det minsta talet är större"),
        ("ny?slag=number", {"text-sv": "Vad?", "least": "nio"}, "least", "Skriv ett tal"),
        ("ny?slag=text", {"text-sv": "Vad?", "min_age": "18", "max_age": "17"}, "min_age", "Den lägsta åldern"),
        ("ny?slag=text", {"text-sv": "Vad?", "max_age": "131"}, "max_age", "högst 130"),
        ("ny?slag=text", {"text-sv": "Vad?", "longest": "10001"}, "longest", "högst 10000"),
        ("ny?slag=text", {"text-sv": "Vad?", "after-0": "ingen:yes"}, "efter", "en fråga som inte är med"),
        ("ny?slag=text", {"text-sv": "Vad?", "after-0": "allergy:maybe"}, "efter", "ett svar som inte finns"),
        ("allergy", {"after-0": "allergy-to:egg"}, "efter", "till sig själv"),
        (
            "earlier-dose",
            dict.fromkeys((f"option-one-{code}" for code in LANGUAGES), ""),
            "svar",
            "väntar på ett svar",
        ),
    ],
)
def test_what_can_not_be_asked_is_not_saved_and_says_where(
    admin: Browser, sqlite_database: Database, offer: Offer, path: str, fields: dict[str, str], where: str, said: str
) -> None:
    admin.get(f"{HERE}/{path}").submit(**fields)
    assert admin.status == 422 and f'<a href="#{where}">' in admin.html and said in admin.html
    assert of_bank(sqlite_database, offer) == BANK


def test_a_change_that_would_break_a_definition_is_refused_with_its_name(
    admin: Browser, sqlite_database: Database, offer: Offer
) -> None:
    definition_id = asking(sqlite_database, offer, "fever-today", "allergy")
    admin.get(f"{HERE}/fever-today").submit(**{"after-0": "allergy:yes"})
    assert admin.status == 422 and "svara på hälsodeklarationen Höst" in admin.html
    assert len(versions(sqlite_database, definition_id)) == 1


def test_two_who_change_the_same_question_do_not_overwrite_each_other(admin: Browser, portal: Flask) -> None:
    late = Browser(portal).log_in(cast.ADMIN_HERE, staff=True).get(f"{HERE}/fainted")
    admin.get(f"{HERE}/fainted").submit(translated="1", **{"text-sv": "Svimmar du lätt?"})
    late.submit(translated="1", **{"text-sv": "Svimmar du ofta?"})
    assert late.status == 409 and ">Svimmar du ofta?</textarea>" in late.html
    assert "<li>Svimmar du lätt?</li>" in late.html, "how it stands now"
    assert "Svimmar du lätt?" in admin.get(HERE).html
    late.submit()
    assert "Svimmar du ofta?" in late.html and late.status == 200, "read through, and saved again"


def test_a_new_question_that_is_sent_twice_is_there_once(admin: Browser, sqlite_database: Database, offer: Offer) -> None:
    admin.get(f"{HERE}/ny?slag=text")
    token = re.findall(r'name="csrf_token" value="([^"]*)"', admin.html)[0]
    data = {"csrf_token": token, "key": "own-1", "version": bank.version(None), "text-sv": "Något mer?"}
    for words in ("Något mer?", "Något mer?", "Något annat?"):
        answer = admin.client.post(f"{HERE}/ny?slag=text", data={**data, "text-sv": words})
        assert answer.status_code == 303
    found = of_bank(sqlite_database, offer)
    assert [one.text["sv"] for key, one in found.items() if key.startswith("own-")] == ["Något mer?", "Något annat?"]


def test_emptied_in_swedish_it_is_gone_in_every_language(admin: Browser, sqlite_database: Database, offer: Offer) -> None:
    admin.get(f"{HERE}/allergy-to").submit(**{"help-sv": "", "option-latex-sv": ""})
    found = of_bank(sqlite_database, offer)["allergy-to"]
    assert "latex" not in [one.key for one in found.options] and found.help == {}
    admin.get(f"{HERE}/fainted").submit(**{"help-sv": ""})
    assert of_bank(sqlite_database, offer)["fainted"].help == {}


def test_large_bounds_are_kept_to_the_figure(admin: Browser, sqlite_database: Database, offer: Offer) -> None:
    admin.get(f"{HERE}/ny?slag=number").submit(**{"text-sv": "Hur långt?", "least": "100000,25", "most": "1000000"})
    admin.get(f"{HERE}/own-1").submit(translated="1", **{"text-sv": "Hur långt då?"})
    made = of_bank(sqlite_database, offer)["own-1"]
    assert (made.least, made.most, made.text["sv"]) == (100000.25, 1000000, "Hur långt då?")


def test_shipped_definitions_are_brought_in_with_the_words_of_the_bank(
    admin: Browser, sqlite_database: Database, offer: Offer
) -> None:
    admin.get(f"{HERE}/fainted").submit(translated="1", **{"text-sv": "Svimmar du lätt?", "level-yes": "stop"})
    with sqlite_database.writing() as session:
        provider_id = offer.clinic.unit.provider_id
        settings.bring_in(session, SYSTEM, provider_id, shipped().definitions, START)
        asked = [one for version in queries.newest_of(session, provider_id).values() for one in version.questions]
    assert {one["text"]["sv"] for one in asked if one["key"] == "fainted"} == {"Svimmar du lätt?"}


def test_what_is_no_kind_or_no_question_leads_nowhere(admin: Browser) -> None:
    assert admin.get(f"{HERE}/ny?slag=sång").path == HERE
    assert admin.get(f"{HERE}/finns-inte").status == 404


def test_of_another_provider_nothing_is_changed(admin: Browser, sqlite_database: Database, offer: Offer) -> None:
    with sqlite_database.writing() as session:
        other = a_clinic(session, name="Annan").unit.provider_id
    admin.get(f"{HERE}/fainted").submit(translated="1", **{"text-sv": "Svimmar du lätt?"})
    with sqlite_database.reading() as session:
        assert bank.questions(session, other, shipped().questions) == BANK
        assert queries.definitions(session, other) == []
