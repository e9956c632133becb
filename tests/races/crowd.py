"""A crowd of processes that hold, confirm, rebook, cancel, edit and close at once, some of them killed on the way."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from journal_core.access import queries as access
from journal_core.actor import STRANGER, SYSTEM
from journal_core.booking import openings, queries
from journal_core.booking import use_cases as booking
from journal_core.booking.changes import Told
from journal_core.booking.model import Booking
from journal_core.booking.openings import Edit
from journal_core.booking.rules import Coming
from journal_core.catalogue.model import Book, VisitType
from journal_core.organisation import queries as organisation
from journal_core.organisation.model import Clinic
from journal_core.refusal import Refusal
from journal_core.schedule.model import OpenedTime
from journal_core.schedule.rules import Stretch
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import OWNER, Offer, a_draft, an_order, the_tools
from tests.build.clocks import START

PROCESSES = 16
FEWEST = 20
"""Bookings that have to be tried."""
LONGEST = 90.0
"""Seconds until it is given up."""
QUICKER = 60
"""Seconds of the crowd's clock in one: holds run out while it lasts."""
ACTS = {"book": 12, "hold": 6, "rebook": 4, "cancel": 2, "edit": 1, "close": 1, "open": 1}

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.races.crowd"])


@dataclass(frozen=True)
class Place:
    """A clinic where the crowd comes together."""

    clinic_id: int
    type_ids: tuple[int, ...]
    days: tuple[date, ...]
    span: tuple[int, int]
    resources: int


@dataclass
class Log:
    """Lines of all processes, each written whole after what it tells is certain."""

    path: Path

    def tell(self, *words: object) -> None:
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, (" ".join(map(str, words)).replace("\n", " ")[:400] + "\n").encode())
        os.close(handle)

    @property
    def stop(self) -> Path:
        """A file that is there when it is over: no lock that a killed process could take along."""
        return self.path.with_suffix(".stop")

    @property
    def enough(self) -> bool:
        """Whether so much has been done that its outcome says something."""
        done = [words[0] for words in self.lines("done")]
        return done.count("book") >= FEWEST and {"edit", "close", "cancel", "rebook"} <= set(done)

    def lines(self, kind: str) -> list[list[str]]:
        text = self.path.read_text() if self.path.exists() else ""
        return [line.split(" ")[1:] for line in text.splitlines() if line.startswith(kind + " ")]


def crowd(url: str, places: Sequence[Place], log: Log, seconds: float, *, kills: bool, seed: int = 1) -> None:
    """Lets the crowd loose for so long, on a slow machine until enough has happened. Killed ones are replaced."""
    random, began = Random(seed), time.monotonic()
    running = [_start(url, places, log, began, seed * 1000 + n) for n in range(PROCESSES)]
    number = PROCESSES
    while time.monotonic() - began < seconds or (not log.enough and time.monotonic() - began < LONGEST):
        time.sleep(random.uniform(0.2, 0.6))
        if kills:
            victim = random.randrange(PROCESSES)
            os.kill(running[victim].pid or 0, signal.SIGKILL)
            running[victim].join(10)
            number += 1
            running[victim] = _start(url, places, log, began, seed * 1000 + number)
    log.stop.touch()
    for process in running:
        process.join(LONGEST)
        if process.is_alive():
            process.kill()
            log.tell("error", "hung")


def _start(url: str, places: Sequence[Place], log: Log, began: float, seed: int) -> BaseProcess:
    process = _context.Process(target=_live, args=(url, places, log, began, seed), daemon=True)
    process.start()
    return process


def _live(url: str, places: Sequence[Place], log: Log, began: float, seed: int) -> None:
    database = Database(url, pool_size=1)
    one = _One(database, Random(seed), log, began)
    try:
        while not log.stop.exists():
            one.act(one.random.choice(places))
    finally:
        database.dispose()


class _One:
    """One process of the crowd."""

    def __init__(self, database: Database, random: Random, log: Log, began: float) -> None:
        self.database, self.random, self.log, self.began = database, random, log, began
        self.kind = 0
        self.own: list[int] = []
        """Bookings that this one has made."""

    @property
    def now(self) -> datetime:
        """The same in all processes."""
        return START + timedelta(seconds=QUICKER * (time.monotonic() - self.began))

    def act(self, place: Place) -> None:
        [act] = self.random.choices(list(ACTS), list(ACTS.values()))
        begun = time.monotonic()
        try:
            getattr(self, f"_{act}")(place)
        except Refusal as refusal:
            self.log.tell("refused", act, refusal.code)
        except Exception as error:
            self.log.tell("error", act, type(error).__name__, error)
        else:
            self.log.tell("done", act, f"{time.monotonic() - begun:.3f}")

    def _hold(self, place: Place) -> str | None:
        """A free time, as the page shows them, is held; somebody else may be quicker."""
        now, day = self.now, self.random.choice(place.days)
        with self.database.reading() as session:
            offer = self._offer(session, place)
            free = queries.free_times(session, offer.clinic, offer.kind, [day], now)[day]
        if not free:
            return None
        time_wanted = self.random.choice(free[:6])
        with self.database.writing() as session:
            offer = self._offer(session, place, offer.kind.id)
            draft = a_draft(session, offer, now=now).id
            booking.hold(session, offer.clinic, offer.kind, time_wanted, draft, now)
        self.kind = offer.kind.id
        return draft

    def _book(self, place: Place) -> None:
        draft_id = self._hold(place)
        if draft_id is None:
            return
        now = self.now
        with self.database.writing() as session:
            draft = access.draft(session, draft_id, OWNER, now, lock=True)
            if draft is None:
                return
            offer = self._offer(session, place, self.kind)
            coming = (Coming(cast.EIGHTY.born, "Gunborg", "Sand"),)
            made = booking.confirm(session, STRANGER, the_tools(), draft, an_order(offer, coming=coming), now)
        self.log.tell("booked", made)
        self.own.append(made)

    def _rebook(self, place: Place) -> None:
        made = self._one_of_own()
        if made is None:
            return
        now, day = self.now, self.random.choice(place.days)
        with self.database.reading() as session:
            found = queries.booking(session, made)
            if found is None or found.cancelled_at or day not in place.days or found.clinic_id != place.clinic_id:
                return
            free = queries.free_times(session, found.clinic, found.type, [day], now)[day]
        if free:
            with self.database.writing() as session:
                booking.rebook(session, STRANGER, the_tools(), made, self.random.choice(free[:6]), now)

    def _cancel(self, _place: Place) -> None:
        made = self._one_of_own()
        if made is not None:
            self.log.tell("cancelling", made)
            with self.database.writing() as session:
                booking.cancel(session, STRANGER, the_tools(), made, self.now)

    def _one_of_own(self) -> int | None:
        return self.random.choice(self.own) if self.own else None

    def _edit(self, place: Place) -> None:
        """All of a resource's time gets a new name; or loses a type and gets it back."""
        resource = self.random.randint(1, place.resources)
        wish = self.random.choice([Edit(name="Nytt"), Edit(type_ids=frozenset(place.type_ids)), Edit(internal=False)])
        with self.database.writing() as session:
            ids = self._times(session, place, place.days, resource)
            if ids:
                openings.edit(session, SYSTEM, self._clinic(session, place), ids, wish, self.now)

    def _close(self, place: Place) -> None:
        with self.database.writing() as session:
            ids = self._times(session, place, [self.random.choice(place.days)], self.random.randint(1, place.resources))
            if ids:
                openings.close(session, SYSTEM, self._clinic(session, place), ids, self.now)

    def _open(self, place: Place) -> None:
        told = Told("Öppet", None, Book.A, frozenset(place.type_ids))
        day, resource = self.random.choice(place.days), self.random.randint(1, place.resources)
        with self.database.writing() as session:
            stretches = [Stretch(day, Book.A, resource, *place.span)]
            openings.open_time(session, SYSTEM, self._clinic(session, place), told, stretches, self.now)

    def _times(self, session: Session, place: Place, days: Sequence[date], resource: int) -> list[int]:
        wanted = select(OpenedTime.id).where(OpenedTime.clinic_id == place.clinic_id, OpenedTime.day.in_(days))
        return list(session.scalars(wanted.where(OpenedTime.resource == resource)))

    def _clinic(self, session: Session, place: Place) -> Clinic:
        clinic = organisation.clinic(session, place.clinic_id)
        assert clinic is not None
        return clinic

    def _offer(self, session: Session, place: Place, type_id: int | None = None) -> Offer:
        kind = session.get_one(VisitType, type_id or self.random.choice(place.type_ids))
        return Offer(self._clinic(session, place), kind.category, kind)


def live_bookings(session: Session) -> dict[int, Booking]:
    return {one.id: one for one in session.scalars(select(Booking))}
