"""What vårdgivaradmin decide of health declarations: definitions, which visits ask for one, drop-in, how long all is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import pytest
from flask import Flask
from sqlalchemy import select

from config.declarations import bank
from journal_core.actor import SYSTEM
from journal_core.declarations import bank as questions
from journal_core.declarations import queries
from journal_core.declarations import use_cases as telling
from journal_core.declarations.model import Definition
from journal_core.organisation.model import CareProvider, Module
from journal_core.staff.model import Role
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import CLINIC_MODULES, Offer, a_clinic, a_provider, a_staff_account, an_offer
from tests.build.clocks import START, FixedClock
from tests.build.forms import FORM, after
from tests.build.site import Browser, a_portal

HERE = "/personal/installningar/halsodeklarationer"


@pytest.fixture
def portal(sqlite_database: Database, clock: FixedClock) -> Flask:
    return a_portal(sqlite_database, clock)


@dataclass
class Office:
    database: Database
    offer: Offer
    elsewhere: int
    """Another provider's definition."""

    def definitions(self) -> list[Definition]:
        with self.database.reading() as session:
            found = queries.definitions(session, self.offer.clinic.unit.provider_id)
            assert all(one.versions for one in found)
            return list(found)

    def required(self) -> int | None:
        with self.database.reading() as session:
            return queries.required(session, [self.offer.kind.id]).get(self.offer.kind.id)


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    with sqlite_database.writing() as session:
        modules = (*CLINIC_MODULES, Module.OWN_DROP_IN)
        offer = an_offer(session, clinic=a_clinic(session, name="Norra", modules=modules))
        a_clinic(session, provider=offer.clinic.unit.provider, name="Södra")
        a_staff_account(session, offer.clinic, Role.PROVIDER_ADMIN, who=cast.ADMIN_HERE)
        other = telling.define(session, a_provider(session).id, "Andras", "", FORM, None, START)
    return Office(sqlite_database, offer, other.id)


@pytest.fixture
def admin(portal: Flask, office: Office) -> Browser:
    return Browser(portal).log_in(cast.ADMIN_HERE, staff=True).get(HERE)


def bring_in(admin: Browser) -> Browser:
    form = next(name for name in re.findall(r'id="([^"]*)"', admin.html) if name == "step")
    assert form
    token = re.findall(r'name="csrf_token" value="([^"]*)"', admin.html)[0]
    admin.answer = admin.client.post(f"{HERE}/hamta", data={"csrf_token": token}, follow_redirects=True)
    return admin


def test_what_comes_with_the_program_is_brought_in_once(admin: Browser, office: Office) -> None:
    assert "har inga hälsodeklarationer än" in admin.html
    bring_in(bring_in(admin))
    assert [one.name for one in office.definitions()] == sorted(one.name for one in bank().definitions)
    assert "Hämta de färdiga" not in admin.html and "Gäller 90 dagar" in admin.html


def test_a_definition_is_made_of_questions_in_their_places(admin: Browser, office: Office) -> None:
    admin.get(f"{HERE}/ny").submit(
        name="Höst", purpose="influensa", validity_days="30", **{"q-fever-today": "2", "q-bleeding": "1"}
    )
    [made] = office.definitions()
    assert [one["key"] for one in made.versions[-1].questions] == ["bleeding", "fever-today"]
    assert (made.name, made.purpose, made.versions[-1].validity_days) == ("Höst", "influensa", 30)
    page = admin.get(f"{HERE}/{made.id}")
    assert 'id="q-bleeding" name="q-bleeding" type="text" value="1"' in page.html
    page.submit(name="Höst", validity_days="", **{"q-bleeding": "", "q-fever-today": "1"})
    [changed] = office.definitions()
    assert len(changed.versions) == 2 and changed.versions[-1].validity_days is None
    assert [one["key"] for one in changed.versions[0].questions] == ["bleeding", "fever-today"], "the old one stays"


@pytest.mark.parametrize(
    ("fields", "where", "said"),
    [
        ({"q-fever-today": "1"}, "name", "Skriv ett namn."),
        ({"name": "Höst"}, "fragor", "Välj minst en fråga."),
        ({"name": "Höst", "q-allergy-to": "1"}, "q-allergy-to", "följdfråga till en fråga som inte är med"),
        ({"name": "Höst", "q-allergy-to": "1", "q-allergy": "2"}, "q-allergy-to", "följdfråga till en fråga som kommer senare"),
        ({"name": "Höst", "q-fever-today": "1", "validity_days": "366"}, "validity_days", "från 1 till 365 dagar"),
        ({"name": "Höst", "q-fever-today": "1", "validity_days": "en vecka"}, "validity_days", "från 1 till 365 dagar"),
        ({"name": "Höst", "q-fever-today": "först"}, "q-fever-today", "Skriv platsen som ett heltal"),
    ],
)
def test_a_faulty_one_is_not_saved_and_says_where(
    admin: Browser, office: Office, fields: dict[str, str], where: str, said: str
) -> None:
    admin.get(f"{HERE}/ny").submit(**fields)
    assert admin.status == 422 and f'<a href="#{where}">' in admin.html and said in admin.html
    assert office.definitions() == []


def test_which_visits_ask_for_which_is_chosen_among_what_the_clinic_uses(admin: Browser, office: Office) -> None:
    bring_in(admin)
    covid, travel, vaccination = office.definitions()
    kind = f"type-{office.offer.kind.id}"
    admin.submit(**{kind: str(vaccination.id), "drop_in": str(travel.id), "months": "120"})
    assert "Sparat." in admin.html and office.required() == vaccination.id
    with office.database.reading() as session:
        assert queries.drop_in(session, office.offer.clinic.id) == travel.id
        assert session.get_one(CareProvider, office.offer.clinic.unit.provider_id).declarations_kept_months == 120
    admin.get(f"{HERE}/{covid.id}").submit(**{f"hidden-{office.offer.clinic.id}": "1"})
    admin.get(f"{HERE}/{vaccination.id}").submit(retired="1")
    options = re.findall(r'<option value="(\d+)"', admin.get(HERE).html)
    assert str(covid.id) not in options and str(vaccination.id) in options, "what is chosen already stays to be seen"
    admin.submit(**{kind: "", "drop_in": "", "months": ""})
    assert office.required() is None and str(vaccination.id) not in re.findall(r'<option value="(\d+)"', admin.html)


@pytest.mark.parametrize("months", ["0", "601", "tolv", "-3"])
def test_what_is_no_number_of_months_is_refused_with_all_else_unsaved(admin: Browser, office: Office, months: str) -> None:
    bring_in(admin)
    kind = f"type-{office.offer.kind.id}"
    admin.submit(**{kind: str(office.definitions()[0].id), "months": months})
    assert admin.status == 422 and "mellan 1 och 600 månader" in admin.html and f'value="{months}"' in admin.html
    assert office.required() is None, "nothing is half done"


def test_anothers_definition_is_neither_chosen_nor_opened(admin: Browser, office: Office) -> None:
    kind = f"type-{office.offer.kind.id}"
    for wrong in (str(office.elsewhere), "0", "9" * 12):
        admin.get(HERE).submit(**{kind: wrong})
        assert admin.status == 422 and office.required() is None
    for path in (f"{HERE}/{office.elsewhere}", f"{HERE}/{office.elsewhere}/visa"):
        assert admin.get(path).status == 404


def test_the_preview_says_when_a_question_is_shown(admin: Browser, office: Office) -> None:
    bring_in(admin)
    admin.get(f"{HERE}/{office.definitions()[-1].id}/visa")
    assert "Visas efter:" in admin.html and "Visas från 12 till och med 55 års ålder." in admin.html
    assert "Vad är du allergisk mot?" in admin.html


def test_it_is_in_the_log(admin: Browser, office: Office) -> None:
    from journal_core.audit.model import AccessLogRow, Action

    bring_in(admin)
    with office.database.reading() as session:
        assert len(session.scalars(select(AccessLogRow).where(AccessLogRow.action == Action.SETTINGS_CHANGED)).all()) == 1


def test_one_alone_is_for_drop_in(admin: Browser, office: Office) -> None:
    bring_in(admin)
    for one in office.definitions()[:2]:
        admin.get(f"{HERE}/{one.id}").submit(drop_in="1")
    assert [one.drop_in for one in office.definitions()] == [False, True, False]
    assert "Vårdgivarens: Resa" in admin.html and "För drop-in." in admin.html


def a_definition(office: Office, name: str = "Egen") -> Definition:
    with office.database.writing() as session:
        return telling.define(session, office.offer.clinic.unit.provider_id, name, "", FORM[:1], None, START)


def test_two_who_change_a_definition_at_once_are_told(admin: Browser, office: Office, portal: Flask) -> None:
    page = f"{HERE}/{a_definition(office).id}"
    beside = Browser(portal).log_in(cast.ADMIN_HERE, staff=True).get(page)
    admin.get(page).submit(validity_days="11")
    beside.submit(purpose="resa")
    assert beside.status == 409 and 'value="resa"' in beside.html
    beside.submit(purpose="resa", validity_days="11")
    assert beside.status == 200 and office.definitions()[0].versions[-1].validity_days == 11


def test_one_name_for_one_definition_in_use(admin: Browser, office: Office) -> None:
    a_definition(office)
    admin.get(f"{HERE}/ny").submit(name="egen", **{"q-fever-today": "1"})
    assert admin.status == 422 and "heter redan så" in admin.html
    admin.submit(name="x" * 81, **{"q-fever-today": "1"})
    assert admin.status == 422 and "högst 80 tecken" in admin.html and "x" * 81 in admin.html


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ({"q-travel": "1"}, ["travel", "fainted", "allergy"]),
        ({"q-travel": "2"}, ["fainted", "travel", "allergy"]),
        ({"q-allergy": "1"}, ["allergy", "fainted"]),
        ({"q-fainted": "2"}, ["allergy", "fainted"]),
    ],
)
def test_a_question_comes_where_it_was_put(admin: Browser, office: Office, typed: dict[str, str], order: list[str]) -> None:
    form = [one for one in bank().questions if one.key in ("fainted", "allergy")]
    with office.database.writing() as session:
        made = telling.define(session, office.offer.clinic.unit.provider_id, "Egen", "", form, None, START)
    admin.get(f"{HERE}/{made.id}").submit(**typed)
    assert [one["key"] for one in office.definitions()[0].versions[-1].questions] == order


def test_a_type_that_came_meanwhile_keeps_what_it_asks_for(admin: Browser, office: Office) -> None:
    made = a_definition(office)
    admin.get(HERE)
    with office.database.writing() as session:
        telling.require(session, office.offer.kind.id, made.id)
    token = re.findall(r'name="csrf_token" value="([^"]*)"', admin.html)[0]
    assert admin.client.post(HERE, data={"csrf_token": token, "months": "", "drop_in": ""}).status_code == 303
    assert office.required() == made.id


def test_a_shipped_definition_is_brought_in_though_ones_own_words_do_not_fit_it(admin: Browser, office: Office) -> None:
    shipped = bank().definitions[0].form[0]
    with office.database.writing() as session:
        waits = replace(shipped, after=(after(bank().definitions[0].form[1].key, "yes"),))
        provider_id, now = office.offer.clinic.unit.provider_id, START
        questions.save(session, SYSTEM, provider_id, bank().questions, waits, now, seen=questions.version(shipped))
    bring_in(admin)
    assert admin.status == 200 and {one.key for one in office.definitions()} >= {one.key for one in bank().definitions}


def test_what_is_brought_in_has_a_name_of_its_own(admin: Browser, office: Office) -> None:
    shipped = bank().definitions[0]
    mine = a_definition(office, shipped.name)
    bring_in(admin)
    assert {shipped.name, f"{shipped.name} 2"} <= {one.name for one in office.definitions()}
    admin.get(f"{HERE}/{mine.id}").submit(validity_days="11")
    assert admin.status == 200
