"""Somebody's walks, recorded, and others who send the same requests again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from journal_core.access import screens
from journal_core.access.model import Draft
from journal_core.actor import SYSTEM
from journal_core.arrivals.merging import take_in
from journal_core.booking import use_cases as booking
from journal_core.booking.model import Booking
from journal_core.consent.model import ConsentRequest
from journal_core.consent.use_cases import link_of
from journal_core.messages.model import Channel
from journal_core.persons import queries as persons
from journal_core.persons.model import Person
from journal_core.staff.model import Role
from tests.build import cast, engines, walks
from tests.build.belongings import Belongings
from tests.build.builders import a_clinic, a_staff_account, the_tools
from tests.build.clocks import START, FixedClock
from tests.build.inspector import InspectedClient
from tests.build.kept import Copy, Kept, Row, kept
from tests.build.recorded import Recorded, Recorder, told
from tests.build.register import the_register
from tests.build.seats import KIOSK, PAPER_APP, PORTAL, Doors, Seat, services_of
from tests.build.sides import Side, a_side
from tests.build.site import a_portal, a_screen_door

FAMILY = (cast.GUARDIAN, cast.OTHER_GUARDIAN, cast.CHILD, cast.BOOKER)
HIDDEN = "Undangömd provtagning"
WALKS = ("resident", "nurse", "admin", "screen")
Roots = Mapping[str, Set[object]]


class QuickClient(InspectedClient):
    """Takes pages as they come: other tests look them over."""

    open = FlaskClient.open


@dataclass
class Swap:
    doors: Doors
    kept: Kept
    recorder: Recorder
    replayers: Mapping[str, Sequence[Seat]]
    """Who sends the requests of a walk once more."""
    roots: Mapping[str, Roots]
    """From what it follows whose a row is, by walk."""
    canaries: Set[str]
    """What only those may read whose it is."""
    _stands: Copy | None = None

    def requests(self, by: str) -> Iterable[Recorded]:
        """Those of a walk, each once for each state of the database."""
        return {(one.route, one.said, id(one.copy)): one for one in self.recorder.requests if one.by == by}.values()

    def answer(self, one: Recorded, seat: Seat) -> str:
        """What another gets for a request, at the very moment at which it was made."""
        if one.copy is not self._stands:
            self.kept.put_back(one.copy)
            services_of(self.doors).remembered.forget()
            self._stands = one.copy
        return told(seat.ask(one.door, one.method, one.address, one.fields))

    def changed(self, one: Recorded) -> Iterator[Row]:
        """Rows of those whose walk it was that are others now, gone or new."""
        if self.kept.was_written():
            after = self.kept.rows()
            self.kept.put_back(one.copy)
            services_of(self.doors).remembered.forget()
            before = self.kept.rows()
            theirs = Belongings(self.kept.columns, self.roots[one.by], self.recorder.owners)
            theirs.find_in(before | after)
            yield from (row for row in before ^ after if row in theirs)


@contextmanager
def a_swap(template: Path, folder: Path) -> Iterator[Swap]:
    with engines.sqlite_copy(template, folder) as database, kept(database) as watched:
        portal = a_portal(database, FixedClock(), eids=[PAPER_APP])
        doors = {PORTAL: portal, KIOSK: a_screen_door(portal)}
        for app in doors.values():
            app.test_client_class = QuickClient
        recorder = Recorder(doors, watched)
        with database.writing() as session:
            side = a_side(session, cast.NURSE_HERE, HIDDEN)
            replayers = _others(session, doors, side)
        _walk(recorder, walks.Walker(doors, database, side, cast.NURSE_HERE))
        with database.reading() as session:
            found = Swap(doors, watched, recorder, replayers, _roots(session, side), _canaries(session))
        yield found


def _walk(recorder: Recorder, walker: walks.Walker) -> None:
    with recorder.walked_by("resident"):
        walks.as_residents(walker)
    with recorder.walked_by("admin"):
        code = walks.as_admin(walker)
    with recorder.walked_by("screen"):
        walks.at_screen(walker, code)
    with recorder.walked_by("admin"):
        walks.takes_the_screen_away(walker)
    with recorder.walked_by("nurse"):
        walks.as_nurse(walker)


def _others(session: Session, doors: Doors, side: Side) -> Mapping[str, Sequence[Seat]]:
    """Another family and a stranger; another provider's staff and screen; a nurse of the same provider's other clinic."""
    parent, stranger, nurse, admin, neighbour, screen = (Seat(doors) for _n in range(6))
    numbers = [cast.SOLE_GUARDIAN.number, cast.SOLE_CHILD.number]
    take_in(session, SYSTEM, the_register().persons(numbers), numbers, START)
    known = persons.by_identities(session, numbers)
    parent.sit_down(session, person_id=known[numbers[0]].id, acting_for_id=known[numbers[1]].id)
    elsewhere = a_side(session, cast.NURSE_ELSEWHERE, "Blodtryck")
    for seat, role in ((nurse, Role.NURSE_ADMIN), (admin, Role.PROVIDER_ADMIN)):
        seat.sit_down(session, account_id=elsewhere.account.id, assignment_id=elsewhere.assignment(role).id)
    sister = a_clinic(session, provider=side.provider)
    beside = a_staff_account(session, sister, Role.NURSE_ADMIN, who=cast.ADMIN_ELSEWHERE)
    neighbour.sit_down(session, account_id=beside.id, assignment_id=beside.assignments[0].id)
    vault = the_tools().vault
    device = screens.add(session, SYSTEM, vault, elsewhere.clinic_id, "Entrén", START)
    screens.enrol(session, vault, screens.told(vault, device, START)["code"], screen.owner, START)
    return {"resident": [parent, stranger], "nurse": [nurse, neighbour], "admin": [admin], "screen": [screen]}


def _roots(session: Session, side: Side) -> Mapping[str, Roots]:
    """A clinic is open to all residents, so what is a resident's follows from who it is; what is a clinic's from the clinic,
    and the settings for all its clinics from the provider."""
    people = {"person": set(session.scalars(select(Person.id).where(Person.identity.in_([who.number for who in FAMILY]))))}
    clinic = {**people, "clinic": {side.clinic_id}, "staff_account": {side.account.id}}
    provider = {**clinic, "care_provider": {side.provider.id}}
    return {"resident": people, "nurse": clinic, "admin": provider, "screen": provider}


def _canaries(session: Session) -> Set[str]:
    vault = the_tools().vault
    found = {
        HIDDEN,
        walks.TOLD,
        walks.NOTED,
        walks.SCREEN,
        walks.BLOCKED,
        walks.BOOK,
        walks.OPENS["name"],
        cast.NURSE_HERE.given_name,
    }
    for who in FAMILY:
        found |= {who.given_name, who.family_name, who.number[2:]}
        found |= {who.email, who.mobile[3:]} if who.email and who.mobile else set()
    for made in session.scalars(select(Booking)):
        found |= {made.code, booking.link_of(vault, made), booking.arrival_link_of(vault, made)}
    asked = select(ConsentRequest).where(ConsentRequest.channel != Channel.NONE)
    found |= {link_of(vault, one) for one in session.scalars(asked)}
    return found | set(session.scalars(select(Draft.id).where(Draft.booking_id.is_not(None))))


def heard(canaries: Set[str], text: str) -> Set[str]:
    """Those that a text has: words as whole words, numbers however they are grouped."""
    digits = re.sub("[ -]", "", text)
    return {one for one in canaries if (one in digits if one.isdecimal() else one in text and _is_word(one, text))}


def _is_word(word: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None
