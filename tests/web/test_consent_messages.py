"""What is said to the other guardian: that there is a question, where, and until when. Nothing else."""

from __future__ import annotations

from string import ascii_letters, digits

import pytest
from sqlalchemy import select

from journal_core.booking.model import Booking
from journal_core.booking.use_cases import Tools, link_of
from journal_core.consent import use_cases as consent
from journal_core.messages.model import Channel, MessageKind, OutgoingMessage
from journal_core.messages.use_cases import sealed_for
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import MONDAY, a_time
from tests.build.clocks import START, FixedClock
from tests.build.consents import READING, a_childs_booking, a_consenting_offer, a_family, requests_of, resident
from tests.build.site import BASE, a_portal

GSM = set(ascii_letters + digits + " !\"#%&'()*+,-./:;<=>?@_$£¥§¿¡¤ÄÅÆÇÉÑÖØÜßàäåæèéìñòöøùü")
"""An SMS in this alphabet has room for 160 letters; one other letter leaves room for 70."""


@pytest.fixture
def tools(sqlite_database: Database, clock: FixedClock) -> Tools:
    """With the portal's own words."""
    made: Tools = a_portal(sqlite_database, clock).extensions["services"].tools
    return made


def said(database: Database, tools: Tools, kind: MessageKind) -> dict[Channel, tuple[str, str]]:
    """Subject and body, by way."""
    with database.reading() as session:
        rows = session.scalars(select(OutgoingMessage).where(OutgoingMessage.kind == kind)).all()
        return {row.way: (row.subject, tools.vault.open(sealed_for(row.booking_id), row.body)) for row in rows}


def secrets_of(made: Booking, tools: Tools) -> list[str]:
    """What no message about consent may say."""
    people = [cast.CHILD, cast.GUARDIAN, cast.OTHER_GUARDIAN]
    about_people = [word for who in people for word in (who.given_name, who.family_name, who.number[2:8], who.born.isoformat())]
    clinic, category = made.clinic, made.type.category
    about_the_visit = [clinic.name, clinic.street, clinic.city, category.name, category.reason.name, made.type.name, made.code]
    return [*about_people, *filter(None, about_the_visit), "09.00", "09:00", "vaccin", "barn", "samtycke", "mottagning"]


def test_the_other_guardian_learns_that_there_is_a_question_where_and_until_when(
    sqlite_database: Database, tools: Tools
) -> None:
    with sqlite_database.writing() as session:
        made = a_childs_booking(session, a_consenting_offer(session), a_family(session), tools=tools)
        _own, other = requests_of(session, made)
    link = f"{BASE}/samtycke/{consent.link_of(tools.vault, other)}"
    question = "Du har en fråga att svara på, senast söndag 22 november."
    log_in = f"Logga in med e-legitimation: {link}"
    where = "Du hittar den också under Mina sidor. Bara du kan läsa den."
    texts = said(sqlite_database, tools, MessageKind.CONSENT)
    assert texts == {
        Channel.SMS: ("Du har en fråga att svara på", f"{question} {log_in}"),
        Channel.EMAIL: ("Du har en fråga att svara på", f"Hej!\n\n{question}\n\n{log_in}\n\n{where}"),
    }
    assert set(texts[Channel.SMS][1]) <= GSM
    everything = " ".join(part for text in texts.values() for part in text).replace(link, "").casefold()
    assert [secret for secret in secrets_of(made, tools) if secret.casefold() in everything] == []
    assert link_of(tools.vault, made) not in everything


def test_on_the_day_itself_there_is_time_until_the_visit(sqlite_database: Database, tools: Tools) -> None:
    today = START.date()
    with sqlite_database.writing() as session:
        offer = a_consenting_offer(session, days=[today])
        a_childs_booking(session, offer, a_family(session), tools=tools, time=a_time(11 * 60, today))
    _subject, sms = said(sqlite_database, tools, MessageKind.CONSENT)[Channel.SMS]
    assert sms.startswith("Du har en fråga att svara på, senast fredag 20 november kl. 11.00.")
    assert set(sms) <= GSM


def test_who_booked_is_told_to_look_and_not_at_what(sqlite_database: Database, tools: Tools) -> None:
    with sqlite_database.writing() as session:
        family = a_family(session)
        made = a_childs_booking(session, a_consenting_offer(session, days=[MONDAY]), family, tools=tools)
        _own, other = requests_of(session, made)
        consent.answer(session, resident(family.other), tools, other.id, READING, family.guardians, START, yes=False)
    subject, sms = said(sqlite_database, tools, MessageKind.CONSENT_CHANGED)[Channel.SMS]
    assert subject == "Något har ändrats i din bokning"
    assert sms == f"Något har ändrats i din bokning. Se vad: {BASE}/b/{link_of(tools.vault, made)}"
