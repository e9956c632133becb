"""Consent through the portal: asked, answered and taken back by guardians; seen, in every state, by those who may."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from journal_core.actor import Actor, ActorKind
from journal_core.arrivals.merging import take_in
from journal_core.booking import queries as bookings
from journal_core.booking.model import Booking, Visit
from journal_core.clock import instant_of
from journal_core.consent.model import Answer, ConsentEvent, ConsentRequest, ConsentText
from journal_core.consent.use_cases import link_of
from journal_core.messages.model import MessageKind, OutgoingMessage
from journal_core.organisation.model import CareProvider
from journal_core.persons import use_cases as telling
from journal_core.persons.model import Person
from journal_core.registers.person_register_standin import StandInRegister
from journal_core.staff.model import Role
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import MONDAY, Offer, a_clinic, a_policy, a_staff_account, a_time, the_tools
from tests.build.clocks import START, FixedClock
from tests.build.consents import a_consenting_offer
from tests.build.home import AGREED, MINE, Home, at_home
from tests.build.register import the_register
from tests.build.site import Browser, a_portal
from tests.build.statements import count_statements

TUESDAY, NEXT_MONDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=7)
DAY_LIST = "/personal?dag=2026-11-23"
WAITS = "Ett samtycke saknas än: en vårdnadshavare har inte svarat. Senast söndag 22 november."
SILENT = "Ett samtycke saknas: en vårdnadshavare har inte svarat i tid. Personalen frågar vid besöket."


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    return sqlite_database


@pytest.fixture
def register() -> StandInRegister:
    return the_register()


@pytest.fixture
def portal(database: Database, clock: FixedClock, register: StandInRegister) -> Flask:
    return a_portal(database, clock, register=register)


@dataclass
class Visits:
    """What is booked, asked and answered."""

    database: Database
    offer: Offer

    def requests(self) -> list[ConsentRequest]:
        """About the last visit, who booked first."""
        with self.database.reading() as session:
            last = session.scalars(select(Visit.id).order_by(Visit.id.desc())).first()
            found = session.scalars(select(ConsentRequest).where(ConsentRequest.visit_id == last).order_by(ConsentRequest.id))
            return list(found)

    def answers(self) -> list[list[Answer]]:
        with self.database.reading() as session:
            rows = session.execute(select(ConsentEvent.request_id, ConsentEvent.answer).order_by(ConsentEvent.id)).all()
        return [[answer for request_id, answer in rows if request_id == one.id] for one in self.requests()]

    def link(self) -> str:
        """Of the message to the other."""
        return f"/samtycke/{link_of(the_tools().vault, self.requests()[1])}"

    def visit(self) -> str:
        with self.database.reading() as session:
            return f"/personal/besok/{session.scalars(select(Visit.id).order_by(Visit.id.desc())).first()}"

    def is_told(self, *, yes: bool) -> None:
        """By the other, past all pages."""
        said = Answer.GIVEN if yes else Answer.REFUSED
        with self.database.writing() as session:
            session.add(ConsentEvent(request_id=self.requests()[1].id, at=START, answer=said, identified_by="testperson"))


@pytest.fixture
def visits(database: Database) -> Visits:
    with database.writing() as session:
        offer = a_consenting_offer(session, days=[MONDAY, TUESDAY, NEXT_MONDAY])
        a_policy(session, offer.clinic.unit.provider)
    return Visits(database, offer)


@pytest.fixture
def guardian(portal: Flask, database: Database) -> Home:
    """Acts for the child."""
    return at_home(portal, database, cast.GUARDIAN).act_for(cast.CHILD)


@pytest.fixture
def other(portal: Flask, database: Database) -> Home:
    return at_home(portal, database, cast.OTHER_GUARDIAN)


@pytest.fixture
def nurse(portal: Flask, database: Database, visits: Visits) -> Browser:
    with database.writing() as session:
        a_staff_account(session, visits.offer.within(session).clinic)
    return Browser(portal).log_in(cast.NURSE_HERE, staff=True)


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def facts_in_list(nurse: Browser) -> list[tuple[str, str]]:
    """Kind and words of each."""
    found = re.findall(r'<li class="(\w+)">(.*?)</li>', nurse.get(DAY_LIST).html, re.S)
    return [(kind, text_of(words)) for kind, words in found]


# --- booking ----------------------------------------------------------------------------------------------------------------


def test_who_books_consents_in_the_very_words_and_the_other_is_asked(
    guardian: Home, visits: Visits, database: Database
) -> None:
    guardian.to_check(visits.offer)
    words = text_of(guardian.html.partition('<blockquote class="agreed">')[2].partition("</blockquote>")[0])
    other = guardian.id_of(cast.OTHER_GUARDIAN)
    assert "Den andra vårdnadshavaren behöver också svara, senast söndag 22 november" in guardian.said
    guardian.submit(**AGREED, **{f"other-{other}-mobile": "070-174 06 07"})
    assert "Den andra vårdnadshavaren behöver också svara om samtycke, senast söndag 22 november." in guardian.said
    assert visits.answers() == [[Answer.ASKED, Answer.GIVEN], [Answer.ASKED]]
    with database.reading() as session:
        [text] = session.scalars(select(ConsentText))
        assert (text.text, text.language) == (words, "sv")
        asked = select(OutgoingMessage).where(OutgoingMessage.kind == MessageKind.CONSENT)
        assert [one.recipient for one in session.scalars(asked)] != []


@pytest.mark.parametrize("left_out", ["consent", "policy"])
def test_without_the_tick_nothing_is_booked_and_what_was_typed_is_kept(
    guardian: Home, visits: Visits, database: Database, left_out: str
) -> None:
    guardian.to_check(visits.offer)
    mobile = f"other-{guardian.id_of(cast.OTHER_GUARDIAN)}-mobile"
    told = {name: value for name, value in AGREED.items() if name != left_out}
    guardian.submit(**told, **{mobile: "070-174 06 07"})
    assert guardian.status == 422 and f'href="#{left_out}"' in guardian.html
    kept = guardian.forms()["step"][1]
    assert kept[mobile] == "070-174 06 07" and set(kept) & set(AGREED) == set(told)
    with database.reading() as session:
        assert session.scalars(select(Booking)).all() == []


def test_a_text_that_became_another_meanwhile_is_read_again(guardian: Home, visits: Visits, database: Database) -> None:
    guardian.to_check(visits.offer)
    with database.writing() as session:
        session.execute(update(CareProvider).values(name="Nya namnet"))
    guardian.submit(**AGREED)
    assert guardian.status == 422 and "Texten om samtycke är ny." in guardian.said and "hos Nya namnet" in guardian.said
    guardian.submit(**AGREED)
    assert guardian.path.endswith("/klart")


def test_the_same_form_twice_books_and_asks_once(guardian: Home, visits: Visits) -> None:
    guardian.to_check(visits.offer)
    check = guardian.answer
    guardian.submit(**AGREED)
    guardian.answer = check
    guardian.submit(**AGREED)
    assert guardian.path.endswith("/klart")
    assert visits.answers() == [[Answer.ASKED, Answer.GIVEN], [Answer.ASKED]]


def test_one_guardian_is_enough_where_the_provider_says_so(guardian: Home, visits: Visits, database: Database) -> None:
    with database.writing() as session:
        session.execute(update(CareProvider).values(consenting_guardians=1))
    guardian.to_check(visits.offer)
    assert "Den andra vårdnadshavaren" not in guardian.said and "other-" not in guardian.html
    guardian.submit(**AGREED)
    assert "Alla samtycken som behövs är lämnade." in guardian.said
    assert visits.answers() == [[Answer.ASKED, Answer.GIVEN]]


def test_over_the_limit_nothing_digital_is_asked(guardian: Home, visits: Visits) -> None:
    """At 17 it is for the staff, and the pages say so."""
    words = "Inget samtycke behöver lämnas här. Personalen pratar igenom vaccinationen vid besöket."
    guardian.act_for(cast.SEVENTEEN).to_check(visits.offer)
    assert words in guardian.said and 'name="consent"' not in guardian.html
    guardian.submit(policy="1")
    assert guardian.path.endswith("/klart") and words in guardian.said
    link = guardian.main("data-booking-link")
    assert words in guardian.get(link).said and words in guardian.get(MINE).said
    assert visits.requests() == []


@pytest.mark.parametrize(("day", "asked"), [(date(2027, 3, 7), True), (date(2027, 3, 8), False)])
def test_a_birthday_between_booking_and_visit_counts(guardian: Home, database: Database, day: date, asked: bool) -> None:
    """TWELVE turns 13 on 8 March; the limit is 12 years."""
    with database.writing() as session:
        offer = a_consenting_offer(session, until=12, days=[day])
        a_policy(session, offer.clinic.unit.provider)
    guardian.act_for(cast.TWELVE).to_check(offer, day=day)
    assert ('name="consent"' in guardian.html) == asked


def test_a_minor_alone_is_asked_for_a_guardian(portal: Flask, database: Database, visits: Visits) -> None:
    home = at_home(portal, database, cast.FOURTEEN).to_who(visits.offer)
    assert "En vårdnadshavare behöver boka det här besöket, med sin egen e-legitimation." in home.said
    assert "step" not in home.forms()


# --- answering --------------------------------------------------------------------------------------------------------------


def test_the_link_leads_through_login_to_the_question_and_the_answer(
    guardian: Home, portal: Flask, database: Database, visits: Visits
) -> None:
    guardian.book(visits.offer)
    phone = Home(portal, database=database).get(visits.link())
    assert phone.path == "/logga-in" and "Du har fått en fråga." in text_of(phone.html)
    assert "Alva" not in phone.html
    phone.submit(provider="testperson").submit(number=cast.OTHER_GUARDIAN.number)
    assert phone.path == visits.link()
    for said in ("Alva Lund", "Vaccination mot TBE", "måndag 23 november kl. 09.00", "Svara senast söndag 22 november."):
        assert said.lower() in text_of(phone.html).lower()
    phone.submit()
    assert phone.status == 422 and "Välj ja eller nej." in text_of(phone.html)
    phone.submit(svar="ja")
    assert "Tack. Ditt ja är sparat." in text_of(phone.html)
    assert visits.answers()[1] == [Answer.ASKED, Answer.GIVEN]


def test_yes_no_and_yes_again(guardian: Home, other: Home, visits: Visits) -> None:
    guardian.book(visits.offer)
    other.get(visits.link()).submit(svar="nej")
    assert "Ditt nej är sparat" in text_of(other.html) and "radio" not in other.html
    other.get(visits.link()).submit()
    assert "Ditt ja är sparat" in text_of(other.html)
    other.submit()
    assert "Ditt samtycke är taget tillbaka." in text_of(other.html)
    assert visits.answers()[1] == [Answer.ASKED, Answer.REFUSED, Answer.GIVEN, Answer.WITHDRAWN]


@pytest.mark.parametrize("said", ["ja", "nej"])
def test_the_same_answer_twice_is_one(guardian: Home, other: Home, visits: Visits, database: Database, said: str) -> None:
    guardian.book(visits.offer)
    page = other.get(visits.link()).answer
    for _press in range(2):
        other.answer = page
        other.submit(svar=said)
        assert f"Ditt {said} är sparat" in text_of(other.html)
    assert visits.answers()[1] == [Answer.ASKED, {"ja": Answer.GIVEN, "nej": Answer.REFUSED}[said]]
    with database.reading() as session:
        told = session.scalars(select(OutgoingMessage).where(OutgoingMessage.kind == MessageKind.CONSENT_CHANGED)).all()
    assert len(told) == (said == "nej")


def test_what_one_said_yes_to_is_shown_to_the_letter_whatever_it_says_now(
    guardian: Home, other: Home, visits: Visits, database: Database
) -> None:
    guardian.book(visits.offer)
    page = other.get(visits.link()).answer
    with database.writing() as session:
        session.execute(update(CareProvider).values(name="Nya namnet"))
    other.answer = page
    other.submit(svar="ja")
    assert other.status == 422 and "Texten om samtycke är ny." in text_of(other.html)
    assert visits.answers()[1] == [Answer.ASKED]
    other.submit(svar="ja")
    with database.writing() as session:
        session.execute(update(CareProvider).values(name="Ännu nyare"))
    other.get(visits.link())
    assert "hos Nya namnet" in other.html and "Ännu nyare" not in other.html
    assert 'lang="sv"' in other.get(f"{visits.link()}?lang=en").html.split("blockquote")[1]


def test_a_no_is_taken_from_an_old_page_too(guardian: Home, other: Home, visits: Visits, database: Database) -> None:
    guardian.book(visits.offer)
    page = other.get(visits.link()).answer
    with database.writing() as session:
        session.execute(update(CareProvider).values(name="Nya namnet"))
    other.answer = page
    other.submit(svar="nej")
    assert visits.answers()[1] == [Answer.ASKED, Answer.REFUSED]


def test_a_page_from_before_one_acted_keeps_the_answer_and_asks_for_one_more_press(
    guardian: Home, other: Home, visits: Visits
) -> None:
    guardian.book(visits.offer)
    page = other.get(visits.link()).answer
    other.act_for(cast.TWELVE)
    other.answer = page
    other.submit(svar="ja")
    assert other.status == 422 and "Sidan hade varit öppen länge." in other.said
    assert other.forms()["step"][1]["svar"] == "ja" and "Frågan gäller Alva Lund , inte barnet" in other.said
    other.submit()
    assert visits.answers()[1] == [Answer.ASKED, Answer.GIVEN]


@pytest.mark.parametrize("who", [cast.GUARDIAN, cast.STRANGER, cast.CHILD, cast.SOLE_GUARDIAN], ids=lambda who: who.given_name)
def test_to_others_a_question_is_as_if_there_were_none(
    guardian: Home, portal: Flask, database: Database, visits: Visits, who: cast.Member
) -> None:
    guardian.book(visits.offer)
    home = at_home(portal, database, who)
    number = visits.requests()[1].id
    pages = []
    for path in (visits.link(), f"/samtycke/{'0' * 24}", f"{MINE}/samtycken/{number}", f"{MINE}/samtycken/99999"):
        home.get(path)
        assert home.status == 404 and "Här finns ingen fråga till dig" in home.said and "Alva" not in home.html
        pages.append(home.said)
        assert home.send(path, svar="nej").status == 404
    assert len(set(pages)) == 1
    assert visits.answers()[1] == [Answer.ASKED]


def test_without_the_register_nobody_answers_and_the_page_says_why(
    guardian: Home, portal: Flask, database: Database, visits: Visits, register: StandInRegister, clock: FixedClock
) -> None:
    guardian.book(visits.offer)
    register.silent = True
    clock.advance(hours=25)
    home = at_home(portal, database, cast.OTHER_GUARDIAN)
    for path in (visits.link(), f"{MINE}/samtycken/99999"):
        assert home.get(path).status == 404 and "Folkbokföringen svarar inte just nu" in home.said
    register.silent = False
    assert home.get(visits.link()).status == 200


@pytest.mark.parametrize("become", ["no guardian", "sealed", "protected", "guardian protected"])
def test_whoever_lost_the_right_answers_no_more(
    guardian: Home, other: Home, visits: Visits, register: StandInRegister, database: Database, become: str
) -> None:
    guardian.book(visits.offer)
    other.get(visits.link())
    numbers = [cast.CHILD.number, cast.OTHER_GUARDIAN.number]
    told = dict(register.persons(numbers))
    child, parent = (told[number] for number in numbers)
    told |= {
        "no guardian": {child.number: replace(child, guardians=child.guardians[:1])},
        "protected": {child.number: replace(child, protected=True)},
        "guardian protected": {parent.number: replace(parent, protected=True)},
    }.get(become, {})
    with database.writing() as session:
        take_in(session, Actor(ActorKind.SYSTEM), told, numbers, START)
        if become == "sealed":
            telling.seal(session, Actor(ActorKind.STAFF, 1, 1), cast.CHILD.identity, 1, START)
    other.submit(svar="ja")
    assert other.status == 404 and visits.answers()[1] == [Answer.ASKED]
    assert "Frågor till dig" not in other.get(MINE).said


def test_time_runs_out_but_a_late_answer_counts_until_the_visit_begins(
    guardian: Home, portal: Flask, database: Database, visits: Visits, clock: FixedClock
) -> None:
    guardian.book(visits.offer)
    for moment, said in (
        (instant_of(MONDAY, 0) - timedelta(minutes=1), "Svara senast söndag 22 november."),
        (instant_of(MONDAY, 0), "Tiden att svara har gått ut, men du kan svara ända tills besöket börjar."),
    ):
        clock.set(moment)
        home = at_home(portal, database, cast.OTHER_GUARDIAN)
        assert said in home.get(MINE).said and said in home.get(visits.link()).said
    at_home(portal, database, cast.OTHER_GUARDIAN).get(visits.link()).submit(svar="ja")
    assert visits.answers()[1] == [Answer.ASKED, Answer.GIVEN]
    clock.set(a_time().instant)
    late = at_home(portal, database, cast.OTHER_GUARDIAN).get(visits.link())
    assert "Det går inte att svara längre" in late.said and "step" not in late.forms()
    assert late.send(visits.link(), svar="nej").status == 422
    assert visits.answers()[1] == [Answer.ASKED, Answer.GIVEN]


def test_a_moved_visit_takes_the_deadline_along_and_a_cancelled_one_ends_the_question(
    guardian: Home, other: Home, visits: Visits
) -> None:
    link = guardian.book(visits.offer)
    assert WAITS in guardian.get(link).said
    guardian.get(f"{link}/byt-tid?day={NEXT_MONDAY}").submit("rebook", start=f"{NEXT_MONDAY}T09:00")
    assert "Senast söndag 29 november." in guardian.said
    assert "Svara senast söndag 29 november." in other.get(MINE).said
    guardian.submit("cancel")
    assert "samtycke" not in guardian.said.lower()
    assert "Frågor till dig" not in other.get(MINE).said
    assert "avbokat. Ring mottagningen" in other.get(visits.link()).said


# --- what those who come see ------------------------------------------------------------------------------------------------


def test_each_state_in_the_readers_own_view(guardian: Home, other: Home, visits: Visits, clock: FixedClock) -> None:
    """To who is waited for it is their own answer that is missing."""
    link = guardian.book(visits.offer)
    other.act_for(cast.CHILD)

    def both(said: str, to_other: str = "") -> None:
        for path in (link, MINE):
            assert said in guardian.get(path).said, path
            assert (to_other or said) in other.get(path).said, path

    both(WAITS, "Ditt svar om samtycke saknas än. Senast söndag 22 november. Svara nu")
    other.get(visits.link()).submit(svar="nej")
    both("Vårdnadshavarna har svarat olika. Då vaccineras barnet inte utan att personalen har pratat med er.")
    other.get(visits.link()).submit()
    both("Alla samtycken som behövs är lämnade.")
    other.get(visits.link()).submit()
    both("Ett samtycke är taget tillbaka.")


def test_silence_in_the_readers_own_view(
    guardian: Home, portal: Flask, database: Database, visits: Visits, clock: FixedClock
) -> None:
    link = guardian.book(visits.offer)
    clock.set(instant_of(MONDAY, 0))
    assert SILENT in at_home(portal, database, cast.GUARDIAN).act_for(cast.CHILD).get(link).said
    other = at_home(portal, database, cast.OTHER_GUARDIAN).act_for(cast.CHILD)
    assert "Ditt svar om samtycke saknas. Du kan svara ända tills besöket börjar. Svara nu" in other.get(link).said


def test_with_the_link_alone_one_learns_that_something_is_not_settled_and_no_more(
    guardian: Home, portal: Flask, visits: Visits
) -> None:
    link = guardian.book(visits.offer)
    for stranger in (Browser(portal), Browser(portal).log_in(cast.STRANGER)):
        page = text_of(stranger.get(link).html)
        assert "Något är inte klart inför besöket." in page
        stranger.submit("identify", birth_date=cast.CHILD.born.isoformat())
        opened = text_of(stranger.html)
        assert "Vill du avboka?" in opened and "Något är inte klart inför besöket." in opened
        for said in (page, opened):
            assert "amtycke" not in said and "årdnadshavar" not in said and "Alva" not in said
    visits.is_told(yes=True)
    assert "Något är inte klart" not in Browser(portal).get(link).html


# --- staff ------------------------------------------------------------------------------------------------------------------


Act = Callable[[Visits], object]


@pytest.mark.parametrize(
    ("happens", "kind", "words"),
    [
        (lambda _visits: None, "info", "Väntar på samtycke"),
        (lambda visits: visits.is_told(yes=True), "fine", "Samtycke finns"),
        (lambda visits: visits.is_told(yes=False), "stop", "Vårdnadshavarna har svarat olika"),
    ],
)
def test_staff_see_how_it_stands_in_the_list_and_on_the_page(
    guardian: Home, nurse: Browser, visits: Visits, happens: Act, kind: str, words: str
) -> None:
    guardian.book(visits.offer)
    happens(visits)
    assert facts_in_list(nurse) == [(kind, words)]
    page = nurse.get(visits.visit()).html
    assert f'<li class="{kind}"><svg' in page and words in text_of(page)
    assert "Erik Lund" in page and "Noor Lund" in page


def test_staff_see_silence_and_what_is_over_the_limit(
    guardian: Home, portal: Flask, database: Database, visits: Visits, clock: FixedClock
) -> None:
    guardian.book(visits.offer)
    guardian.act_for(cast.SEVENTEEN).to_check(visits.offer, 9 * 60 + 10).submit(policy="1")
    clock.set(instant_of(MONDAY, 8 * 60))
    with database.writing() as session:
        a_staff_account(session, visits.offer.within(session).clinic)
    nurse = Browser(portal).log_in(cast.NURSE_HERE, staff=True)
    facts = [("look", "Samtycke saknas, inget svar i tid"), ("info", "Bedöm mognad eller fråga om samtycke")]
    assert facts_in_list(nurse) == facts
    assert "Barnet är över åldersgränsen för samtycke på nätet" in text_of(nurse.get(visits.visit()).html)


def test_the_visits_page_tells_who_when_how_and_to_which_text(
    guardian: Home, other: Home, nurse: Browser, visits: Visits, clock: FixedClock
) -> None:
    guardian.book(visits.offer)
    clock.advance(minutes=5)
    other.get(f"{visits.link()}?lang=en").submit(svar="ja").submit()
    page = nurse.get(visits.visit()).html
    said = text_of(page[page.index('id="samtycken"') : page.index('id="hant"')])
    assert "Sa ja fredag 20 november kl. 09.00, legitimerad med Påhittad legitimation" in said
    assert "Tog tillbaka sitt ja fredag 20 november kl. 09.05" in said
    assert "Texten som lästes (Svenska) Jag är vårdnadshavare för barnet" in said
    assert '<blockquote class="agreed" lang="en"><p>I am a guardian' in page
    assert said.index("Tog tillbaka") < said.index("Sa ja", said.index("Noor Lund")), "the newest first"
    assert said.count("Frågades") == 1, "who books is asked and answers in one"
    assert "Vaccinera inte utan att ni har bedömt det" in said


def test_of_a_protected_guardian_or_child_no_name_is_shown(
    portal: Flask, database: Database, visits: Visits, register: StandInRegister, nurse: Browser
) -> None:
    home = at_home(portal, database, cast.BESIDE_PROTECTED).act_for(cast.CHILD_OF_PROTECTED)
    home.book(visits.offer)
    said = text_of(nurse.get(visits.visit()).html)
    assert "Fråga om samtycke vid besöket" in said and "Kan inte frågas på nätet. Fråga vid besöket." in said
    assert "Jonas Hage" in said and "Helena" not in nurse.html and cast.PROTECTED_GUARDIAN.number not in nurse.html
    parent = register.persons([cast.BESIDE_PROTECTED.number])[cast.BESIDE_PROTECTED.number]
    register.tell(replace(parent, protected=True))
    with database.writing() as session:
        take_in(session, Actor(ActorKind.SYSTEM), register.persons([parent.number]), [parent.number], START)
    nurse.get(visits.visit())
    assert "Jonas" not in nurse.html and text_of(nurse.html).count("Vårdnadshavare, namnet visas inte") == 2
    with database.writing() as session:
        session.execute(update(Person).where(Person.identity == parent.number).values(given_name="Jonas"))
    assert "Jonas" not in nurse.get(visits.visit()).html, "nor one that is kept by mistake"


def test_a_protected_childs_guardians_are_nameless(
    guardian: Home, nurse: Browser, visits: Visits, database: Database, register: StandInRegister
) -> None:
    guardian.book(visits.offer)
    register.tell(replace(register.persons([cast.CHILD.number])[cast.CHILD.number], protected=True))
    with database.writing() as session:
        take_in(session, Actor(ActorKind.SYSTEM), register.persons([cast.CHILD.number]), [cast.CHILD.number], START)
    for path in (visits.visit(), DAY_LIST):
        assert "Lund" not in nurse.get(path).html and "Skyddade personuppgifter" in nurse.html


def test_a_guardian_who_has_become_protected_is_asked_about_before_the_name_is_shown(
    guardian: Home, nurse: Browser, visits: Visits, register: StandInRegister, clock: FixedClock, portal: Flask
) -> None:
    guardian.book(visits.offer)
    register.tell(replace(register.persons([cast.OTHER_GUARDIAN.number])[cast.OTHER_GUARDIAN.number], protected=True))
    clock.advance(hours=25)
    again = Browser(portal).log_in(cast.NURSE_HERE, staff=True)
    assert "Noor" not in again.get(visits.visit()).html and "Erik Lund" in again.html


def test_the_list_and_the_page_cost_the_same_however_many(
    guardian: Home, nurse: Browser, visits: Visits, database: Database
) -> None:
    guardian.book(visits.offer)
    costs = []
    for child, minute in ((None, 0), (cast.TWELVE, 9 * 60 + 10), (cast.FOURTEEN, 9 * 60 + 20)):
        if child is not None:
            guardian.act_for(child).book(visits.offer, minute)
        nurse.get(DAY_LIST)
        with count_statements(database) as statements:
            nurse.get(DAY_LIST)
        costs.append(len(statements))
    assert len(set(costs)) == 1 and costs[0] <= 13, costs


@pytest.fixture
def asked(guardian: Home, visits: Visits) -> str:
    """Where the question is sent again, to a guardian who got none."""
    guardian.book(visits.offer)
    return f"{visits.visit()}/fraga/{visits.requests()[1].id}"


def send(nurse: Browser, address: str, **fields: str) -> Browser:
    token = re.search(r'name="csrf_token" value="([^"]*)"', nurse.get("/personal").html)
    assert token
    nurse.answer = nurse.client.post(address, data={"csrf_token": token[1], **fields}, follow_redirects=True)
    return nurse


def test_staff_ask_again_where_they_say(
    nurse: Browser, visits: Visits, asked: str, database: Database, clock: FixedClock
) -> None:
    form = f"fraga-{visits.requests()[1].id}"
    nurse.get(visits.visit()).submit(form)
    assert nurse.status == 422 and "Skriv ett mobilnummer eller en e-postadress att skicka frågan till." in text_of(nurse.html)
    assert f'href="#{form}"' in nurse.html and '<details class="more" open>' in nurse.html
    nurse.submit(form, **{f"{form}-mobile": "070"})
    assert nurse.status == 422 and "Mobilnumret är för kort" in text_of(nurse.html)
    nurse.submit(form, **{f"{form}-mobile": "070-174 06 07"})
    assert nurse.path == visits.visit() and "Frågan är ställd igen." in text_of(nurse.html)
    assert visits.answers()[1] == [Answer.ASKED, Answer.ASKED]
    with database.reading() as session:
        assert len(session.scalars(select(OutgoingMessage).where(OutgoingMessage.kind == MessageKind.CONSENT)).all()) == 1
    nurse.submit(form)
    assert nurse.status == 422 and "Frågan skickades nyligen. Du kan skicka den igen efter ett dygn." in text_of(nurse.html)


def test_why_the_question_is_not_sent_is_said_in_words_for_staff(
    nurse: Browser, visits: Visits, asked: str, guardian: Home, database: Database, register: StandInRegister
) -> None:
    contact = {f"fraga-{visits.requests()[1].id}-mobile": "070-174 06 07"}
    visits.is_told(yes=True)
    assert "Vårdnadshavaren har redan svarat." in text_of(send(nurse, asked, **contact).html)
    own = f"{visits.visit()}/fraga/{visits.requests()[0].id}"
    assert "Vårdnadshavaren har redan svarat." in text_of(send(nurse, own).html)
    told = register.persons([cast.CHILD.number])[cast.CHILD.number]
    with database.writing() as session:
        take_in(session, Actor(ActorKind.SYSTEM), {told.number: replace(told, guardians=())}, [told.number], START)
    assert "Vårdnadshavaren kan inte frågas på nätet." in text_of(send(nurse, asked, **contact).html)
    guardian.get(guardian.path)
    with database.writing() as session:
        session.execute(update(Booking).values(cancelled_at=START, resource=None, lane_start=None, lane_end=None))
        take_in(session, Actor(ActorKind.SYSTEM), {told.number: told}, [told.number], START)
    assert "Besöket har börjat eller är avbokat" in text_of(send(nurse, asked, **contact).html)


def test_only_the_visits_own_clinic_asks_and_only_those_who_care(
    portal: Flask, database: Database, visits: Visits, asked: str
) -> None:
    with database.writing() as session:
        clinic = visits.offer.within(session).clinic
        a_staff_account(session, a_clinic(session, provider=clinic.unit.provider), who=cast.NURSE_ELSEWHERE)
        a_staff_account(session, clinic, Role.BOOKING_ONLY, who=cast.BOOKING_ONLY)
    elsewhere = Browser(portal).log_in(cast.NURSE_ELSEWHERE, staff=True)
    assert send(elsewhere, asked).status == 404
    desk = Browser(portal).log_in(cast.BOOKING_ONLY, staff=True)
    assert "Väntar på samtycke" in desk.get(visits.visit()).html and "Fråga igen" not in desk.html
    assert send(desk, asked).status == 403
    assert visits.answers()[1] == [Answer.ASKED]


def test_a_request_about_another_visit_is_none_of_this(
    nurse: Browser, visits: Visits, asked: str, guardian: Home, database: Database
) -> None:
    guardian.act_for(cast.TWELVE).book(visits.offer, 9 * 60 + 10)
    first = asked.rpartition("/")[2]
    assert send(nurse, f"{visits.visit()}/fraga/{first}").status == 404
    with database.reading() as session:
        assert bookings.booking(session, 1) is not None
