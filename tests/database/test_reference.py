"""The real thing and the plain reference, step by step, on both engines: whatever is done, they agree."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.orm import Session

from journal_core.access.model import Draft
from journal_core.actor import STRANGER, SYSTEM
from journal_core.booking import openings, queries, verification
from journal_core.booking import use_cases as booking
from journal_core.booking.changes import Effect, Told
from journal_core.booking.model import Booking, Hold
from journal_core.booking.openings import Edit
from journal_core.booking.rules import Coming
from journal_core.booking.rules import Time as Start
from journal_core.catalogue.model import Book, VisitType
from journal_core.organisation import queries as organisation
from journal_core.organisation.model import Clinic
from journal_core.refusal import Refusal
from journal_core.schedule.model import BlockedTime, OpenedTime, Opening
from journal_core.schedule.rules import Stretch
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import MONDAY, Offer, a_category, a_clinic, a_draft, a_type, an_order, the_tools
from tests.build.clocks import START
from tests.build.reference import HOLD, Block, Reference, Time, Type, Visit

DAYS = [MONDAY, MONDAY + timedelta(days=1)]
STEPS = int(os.environ.get("REFERENCE_STEPS", "120"))
EXAMPLES = int(os.environ.get("REFERENCE_EXAMPLES", "2"))
ACTS = {
    "hold": 14,
    "book": 8,
    "open": 4,
    "rebook": 4,
    "pass_time": 3,
    "cancel": 1,
    "close": 1,
    "edit": 2,
    "copy": 1,
    "block": 1,
    "unblock": 1,
    "release": 1,
    "undo": 1,
}
"""Each with its weight."""
STARTS = range(7 * 60, 8 * 60, 5)
RESOURCES = [1, 2, 3]


def a_day(random: Random) -> date:
    """Mostly the first, so that it fills."""
    return DAYS[random.random() < 0.2]


def some(random: Random, among: Sequence[int]) -> set[int]:
    """At least one of them."""
    return set(random.sample(among, random.randint(1, len(among))))


class Machine(RuleBasedStateMachine):
    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.steps = 0
        self.changes: list[tuple[int, set[date], list[Time]]] = []
        """With their days, and with what was open before each."""
        with self.database.writing() as session:
            clinic = a_clinic(session)
            category = a_category(session, clinic)
            kinds = [
                a_type(session, category, minutes=minutes, book=book)
                for minutes, book in ((10, Book.A), (15, Book.A), (25, Book.A), (20, Book.B))
            ]
            self.clinic_id = clinic.id
        self.kinds = [Type(kind.id, kind.minutes, kind.book.value) for kind in kinds]
        self.model = Reference(None, self.now)

    # --- one act a step -------------------------------------------------------------------------------------------------

    @rule(seed=st.integers(0, 2**64 - 1))
    def act(self, seed: int) -> None:
        """Even chances, which Hypothesis's own draws don't have: what matters here comes after many common steps."""
        self.steps += 1
        random = Random(f"{seed} {self.steps}")
        [act] = random.choices(list(ACTS), list(ACTS.values()))
        getattr(self, f"_{act}")(random)

    def _hold(self, random: Random) -> None:
        """By a new draft, or in the place of what one holds; at a time that is offered, or at one that is not."""
        kind, day = random.choice(self.kinds), a_day(random)
        held = [name for name, visit in self.model.visits.items() if visit.until]
        name = random.choice([None, *held])
        offered = self.model.offered(kind, day, name)
        start = random.choice(offered if offered and random.random() < 0.9 else STARTS)
        with self.database.writing() as session:
            draft = name or a_draft(session, self._offer(session, kind), now=self.now).id
        try:
            with self.database.writing() as session:
                offer = self._offer(session, kind)
                booking.hold(session, offer.clinic, offer.kind, Start(day, start), draft, self.now)
        except Refusal:
            assert start not in offered
            return
        assert start in offered
        resource = self.model.lowest(kind, day, start, name)
        before = self.model.visits.pop(name, None) if name else None
        self.model.visits[draft] = Visit(kind, day, start, self.now, (1, draft), resource, self.now + HOLD)
        for each in {day, before.day if before else day}:
            self.model.settle(each)

    def _release(self, random: Random) -> None:
        held = [name for name, visit in self.model.visits.items() if visit.until]
        if held:
            name = random.choice(held)
            with self.database.writing() as session:
                booking.release(session, self._clinic(session), [name], self.now)
            self.model.settle(self.model.visits.pop(name).day)

    def _book(self, random: Random) -> None:
        held = [name for name, visit in self.model.visits.items() if visit.until]
        if not held:
            return
        name = random.choice(held)
        visit = self.model.visits[name]
        with self.database.writing() as session:
            draft = session.get_one(Draft, name)
            offer = self._offer(session, visit.type)
            coming = (Coming(cast.EIGHTY.born, "Gunborg", "Sand"),)
            made = booking.confirm(session, STRANGER, the_tools(), draft, an_order(offer, coming=coming), self.now)
        visit.until, visit.number = None, (0, made)
        self.model.visits[f"b{made}"] = self.model.visits.pop(name)

    def _cancel(self, random: Random) -> None:
        name = self._booked(random)
        if name:
            with self.database.writing() as session:
                booking.cancel(session, STRANGER, the_tools(), int(name[1:]), self.now)
            self.model.settle(self.model.visits.pop(name).day)

    def _rebook(self, random: Random) -> None:
        name = self._booked(random)
        if not name:
            return
        visit = self.model.visits[name]
        day = a_day(random)
        offered = [start for start in self.model.offered(visit.type, day, name) if (day, start) != (visit.day, visit.start)]
        start = random.choice(offered or STARTS)
        try:
            with self.database.writing() as session:
                booking.rebook(session, STRANGER, the_tools(), int(name[1:]), Start(day, start), self.now)
        except Refusal:
            assert start not in offered
            return
        assert start in offered
        before, resource = visit.day, self.model.lowest(visit.type, day, start, name)
        visit.day, visit.start, visit.resource = day, start, resource
        for each in {before, day}:
            self.model.settle(each)

    def _booked(self, random: Random) -> str | None:
        """A booking whose time is still to come."""
        names = [name for name, visit in self.model.visits.items() if not visit.until and self._to_come(visit)]
        return random.choice(names) if names else None

    def _to_come(self, visit: Visit) -> bool:
        return Start(visit.day, visit.start).instant > self.now

    def _pass_time(self, random: Random) -> None:
        ends = [visit.until for visit in self.model.visits.values() if visit.until]
        self.now = random.choice([self.now + timedelta(minutes=random.randint(1, 6)), *ends])
        self.model.pass_time(self.now)

    def _open(self, random: Random) -> None:
        book = random.choice([Book.A, Book.A, Book.B])
        own = [kind.id for kind in self.kinds if kind.book == book.value]
        types = some(random, own)
        start = random.choice(STARTS)
        end = start + 5 * random.randint(8, 24)
        resources = some(random, RESOURCES)
        days = set(random.sample(DAYS, random.randint(1, 2)))
        internal = random.randint(0, 4) == 0
        stretches = [Stretch(day, book, resource, start, end) for day in days for resource in resources]
        told = Told("Öppet", None, book, frozenset(types), internal)
        new = [Time(*stretch[:1], book.value, *stretch[2:], frozenset(types), internal) for stretch in stretches]
        self._changed(
            lambda session: openings.open_time(session, SYSTEM, self._clinic(session), told, stretches, self.now),
            days,
            [*self.model.times.values(), *new],
        )

    def _close(self, random: Random) -> None:
        ids = self._some_times(random)
        if ids:
            self._changed(
                lambda session: openings.close(session, SYSTEM, self._clinic(session), ids, self.now),
                self._days_of(ids),
                [time for number, time in self.model.times.items() if number not in ids],
            )

    def _edit(self, random: Random) -> None:
        ids = self._some_times(random)
        if not ids:
            return
        books = {self.model.times[number].book for number in ids}
        own = [kind.id for kind in self.kinds if kind.book == min(books)]
        wish = random.choice(
            [
                Edit(name="Annat"),
                Edit(internal=random.random() < 0.3),
                Edit(type_ids=frozenset(some(random, own))),
                Edit(start=random.choice(STARTS)),
                Edit(end=random.choice(STARTS) + 30),
                Edit(resource=random.choice(RESOURCES)),
            ]
        )
        after = [self._edited(time, wish) if number in ids else time for number, time in self.model.times.items()]
        if wish.type_ids is None or len(books) == 1:
            self._changed(
                lambda session: openings.edit(session, SYSTEM, self._clinic(session), ids, wish, self.now),
                self._days_of(ids),
                after,
            )

    def _edited(self, time: Time, wish: Edit) -> Time:
        return replace(
            time,
            types=wish.type_ids or time.types,
            internal=time.internal if wish.internal is None else wish.internal,
            start=wish.start or time.start,
            end=wish.end or time.end,
            resource=wish.resource or time.resource,
        )

    def _copy(self, random: Random) -> None:
        book = random.choice([Book.A, Book.B])
        source = a_day(random), random.randint(1, 3)
        target = a_day(random), random.randint(1, 3)
        here = [time for time in self.model.times.values() if time.book == book.value]
        copies = [replace(time, day=target[0], resource=target[1]) for time in here if (time.day, time.resource) == source]
        allowed = copies and not any((time.day, time.resource) == target for time in here)
        self._changed(
            lambda session: openings.copy(session, SYSTEM, self._clinic(session), {target: source}, book, self.now),
            {target[0]},
            [*self.model.times.values(), *copies] if allowed else None,
        )

    def _undo(self, random: Random) -> None:
        """The newest change always can be undone; then all is as it was before it."""
        if self.changes:
            number, days, before = self.changes.pop()
            self._changed(lambda session: openings.undo(session, SYSTEM, self._clinic(session), number, self.now), days, before)

    def _block(self, random: Random) -> None:
        start = random.choice(STARTS)
        stretch = Stretch(
            a_day(random),
            Book.A,
            random.randint(1, 3),
            start,
            start + 5 * random.randint(1, 6),
        )
        with self.database.writing() as session:
            openings.block(session, SYSTEM, self._clinic(session), [stretch], None, self.now)
        self._read_schedule([stretch.day])

    def _unblock(self, random: Random) -> None:
        if self.model.blocks:
            number = random.choice(sorted(self.model.blocks))
            with self.database.writing() as session:
                openings.unblock(session, SYSTEM, self._clinic(session), number, self.now)
            self._read_schedule([self.model.blocks[number].day])

    def _some_times(self, random: Random) -> set[int]:
        known = sorted(self.model.times)
        return set(random.sample(known, min(len(known), random.randint(1, 2))))

    def _days_of(self, ids: set[int]) -> set[date]:
        return {self.model.times[number].day for number in ids}

    def _changed(self, change: Callable[[Session], Effect], days: set[date], expected: list[Time] | None) -> None:
        """Does it: what is open afterwards is what is expected, or it was refused for good reason and all is as before.

        Its days are settled. Other days are not, whatever has run out there meanwhile: they are at their own next change.
        """
        before = list(self.model.times.values())
        allowed = expected is not None and all(time.start < time.end for time in expected) and not overlap(expected)
        try:
            with self.database.writing() as session:
                effect = change(session)
        except Refusal:
            assert not allowed
            expected, days = before, set()
        else:
            assert allowed
            if effect.change_id:
                self.changes.append((effect.change_id, days, before))
        self._read_schedule(days)
        assert sorted(map(repr, self.model.times.values())) == sorted(map(repr, expected or []))

    def _read_schedule(self, days: Iterable[date]) -> None:
        with self.database.reading() as session:
            rows = session.execute(select(OpenedTime, Opening).join(Opening).where(OpenedTime.clinic_id == self.clinic_id))
            self.model.times = {
                row.id: Time(
                    row.day,
                    row.book.value,
                    row.resource,
                    row.start_minute,
                    row.end_minute,
                    frozenset(kind.id for kind in opening.types),
                    opening.internal,
                )
                for row, opening in rows
            }
            blocks = session.scalars(select(BlockedTime).where(BlockedTime.clinic_id == self.clinic_id))
            self.model.blocks = {
                row.id: Block(row.day, row.book.value, row.resource, row.start_minute, row.end_minute) for row in blocks
            }
        for day in days:
            self.model.settle(day)

    # --- what has to hold after each ------------------------------------------------------------------------------------

    @invariant()
    def they_agree(self) -> None:
        """On what is offered, on who stands where; and the recount finds no difference."""
        with self.database.reading() as session:
            clinic = self._clinic(session)
            kinds = {
                one.id: one for one in session.scalars(select(VisitType).where(VisitType.id.in_([k.id for k in self.kinds])))
            }
            for kind in self.kinds:
                shown = queries.free_times(session, clinic, kinds[kind.id], DAYS, self.now)
                for day in DAYS:
                    found = [time.minute for time in shown.get(day, ())]
                    assert found == self.model.offered(kind, day), (kind, day)
            assert self._places(session) == {
                name: (one.day, one.start, one.resource) for name, one in self.model.visits.items()
            }
            assert list(verification.differences(session, clinic, self.now)) == []

    def _places(self, session: Session) -> dict[str, tuple[date, int, int | None]]:
        bookings = select(Booking).where(Booking.clinic_id == self.clinic_id, Booking.cancelled_at.is_(None))
        holds = select(Hold).where(Hold.clinic_id == self.clinic_id, Hold.held_until > self.now)
        return {f"b{one.id}": (one.day, one.start_minute, one.resource) for one in session.scalars(bookings)} | {
            one.draft_id: (one.day, one.start_minute, one.resource) for one in session.scalars(holds)
        }

    def _clinic(self, session: Session) -> Clinic:
        clinic = organisation.clinic(session, self.clinic_id)
        assert clinic is not None
        return clinic

    def _offer(self, session: Session, kind: Type) -> Offer:
        found = session.get_one(VisitType, kind.id)
        return Offer(self._clinic(session), found.category, found)


def overlap(times: list[Time]) -> bool:
    minutes = [(time.day, time.book, time.resource, minute) for time in times for minute in range(time.start, time.end)]
    return len(minutes) != len(set(minutes))


def agree(database: Database, now: datetime = START) -> None:
    class OnThis(Machine):
        pass

    OnThis.database = database
    run_state_machine_as_test(
        OnThis,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
            deadline=None,
        ),
    )


def test_the_real_thing_and_the_reference_agree(database: Database) -> None:
    agree(database)
