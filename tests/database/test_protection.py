"""Protection that is told, and that ends: what the rows keep, and what messages say from then on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
from sqlalchemy import select

from journal_core.booking import queries as bookings
from journal_core.booking.model import Visit
from journal_core.booking.rules import hides_contact, hides_place
from journal_core.consent.model import Answer
from journal_core.mapping import Mapped
from journal_core.messages.model import MessageKind
from journal_core.transaction import Database
from tests.build import engines
from tests.build.canary import (
    ALONE,
    BORN,
    FAMILY,
    GIVEN,
    GUARDIAN,
    MAIL,
    MOBILE,
    NUMBER,
    TYPED,
    TYPED_FAMILY,
    TYPED_GIVEN,
    heard,
)
from tests.build.clocks import FixedClock
from tests.build.consents import requests_of
from tests.build.hideout import Hideout, a_hideout, booked_after, booked_before, changed_after

KEPT: Mapping[str, set[str]] = {
    "person.identity": {NUMBER},
    "person.birth_date": {BORN},
    "visit.given_name": {GIVEN, TYPED_GIVEN},
    "visit.family_name": {FAMILY, TYPED_FAMILY},
    "booking.mobile": {MOBILE},
    "booking.email": {MAIL},
    "consent_request.mobile": {MOBILE},
    "consent_request.email": {MAIL},
    "outgoing_message.recipient": {MOBILE, MAIL},
}
"""What stands in which column in clear, once everybody is protected: the number, and what was typed in a form."""
PLACE = ("Gömda kliniken", "Gömstigen", "Gömstad", "035-12")
OWN = {"own", "teen", "by-guardian", "own-later"}
"""Booked with the own e-ID by somebody who is protected."""
NO_CONTACT = OWN | {"typed", "together", "for-child", "elsewhere", "arriving", "typed-later", "child-later"}
"""Or somebody protected comes."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def nest(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hideout]:
    """After everything; tests only look."""
    if request.param == "sqlite":
        opened = engines.sqlite_copy(request.getfixturevalue("sqlite_template"), tmp_path_factory.mktemp("protection"))
    else:
        opened = engines.postgres_copy(request.getfixturevalue("cluster"), request.getfixturevalue("postgres_template"))
    with opened as database:
        made = a_hideout(database, FixedClock())
        booked_before(made)
        made.protect()
        booked_after(made)
        changed_after(made)
        yield made


def columns_with_canaries(database: Database) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    with database.reading() as session:
        for table in Mapped.metadata.sorted_tables:
            for row in session.execute(select(table)).mappings():
                for name, value in row.items():
                    found[f"{table.name}.{name}"] |= {sound.what for sound in heard(str(value))}
    return {name: what for name, what in found.items() if what}


def test_the_rows_keep_the_number_and_what_was_typed(nest: Hideout) -> None:
    """And with them every backup."""
    assert columns_with_canaries(nest.database) == KEPT


def test_where_a_protected_guardian_is_reached_is_not_kept(nest: Hideout) -> None:
    """Only of one who was asked before anybody said so."""
    kept = {}
    with nest.database.reading() as session:
        guardian = nest.person(session, GUARDIAN.who)
        for what in ("by-other", "by-other-later"):
            made = bookings.booking(session, nest.made[what])
            assert made is not None
            [asked] = [one for one in requests_of(session, made) if one.guardian_id == guardian.id]
            kept[what] = asked.mobile, [event.answer for event in asked.events]
    assert kept == {"by-other": (GUARDIAN.who.mobile, [Answer.ASKED]), "by-other-later": (None, [])}


def test_messages_say_nothing_of_anybody_and_protected_bookers_are_told_no_place(nest: Hideout) -> None:
    """From when it was told: what was sent before can't be taken back."""
    what_of = {booking_id: what for what, booking_id in nest.made.items()}
    assert nest.told_at is not None
    assert [row.kind for row, text in nest.messages() if heard(text)] == []
    placed: dict[tuple[str, MessageKind], set[bool]] = defaultdict(set)
    for row, text in nest.messages():
        if row.created_at >= nest.told_at and row.kind in (MessageKind.BOOKED, MessageKind.CHANGED, MessageKind.CANCELLED):
            placed[what_of[row.booking_id], row.kind] |= {any(word in text for word in PLACE)}
    assert placed and placed == {(what, kind): {what not in OWN} for what, kind in placed}
    assert {MessageKind.CHANGED, MessageKind.CANCELLED} == {kind for what, kind in placed if what == "by-guardian"}


def test_no_message_about_anything_goes_to_a_protected_guardian_who_is_not_asked(nest: Hideout) -> None:
    theirs = {GUARDIAN.who.mobile, GUARDIAN.who.email}
    to_them = [(row.kind, row.booking_id) for row, _text in nest.messages() if row.recipient in theirs]
    assert (MessageKind.CONSENT, nest.made["by-other"]) in to_them
    assert {booking_id for _kind, booking_id in to_them} == {nest.made["by-other"], nest.made["by-guardian"]}


def test_place_and_contact_are_hidden_as_long_as_it_lasts(database: Database, clock: FixedClock) -> None:
    nest = a_hideout(database, clock)

    def hidden() -> tuple[set[str], set[str]]:
        with database.reading() as session:
            found = [(what, bookings.booking(session, number)) for what, number in nest.made.items()]
            place = {what for what, one in found if one is not None and hides_place(one)}
            return place, {what for what, one in found if one is not None and hides_contact(one, one.visits)}

    booked_before(nest)
    here = [
        text for row, text in nest.messages() if row.kind is MessageKind.BOOKED and row.booking_id != nest.made["elsewhere"]
    ]
    assert here and all(any(word in text for word in PLACE) for text in here), "what is sent can't be taken back"
    assert hidden() == (set(), set())
    nest.protect()
    booked_after(nest)
    assert hidden() == (OWN, NO_CONTACT)
    for one in (ALONE, TYPED, GUARDIAN):
        nest.register.tell(replace(nest.register.persons([one.who.number])[one.who.number], protected=False))
    nest.ask_register(*(one.who for one in (ALONE, TYPED, GUARDIAN)))
    assert hidden() == ({"teen"}, {"teen", "for-child", "child-later"})
    with database.reading() as session:
        person = nest.person(session, TYPED.who)
        visit = session.scalars(select(Visit).where(Visit.booking_id == nest.made["typed"])).one()
    assert (person.given_name, person.street, person.verified_at) == (TYPED.word(GIVEN), TYPED.word("street"), clock.now())
    assert visit.given_name == TYPED.word(TYPED_GIVEN), "what was typed stays in its row"
