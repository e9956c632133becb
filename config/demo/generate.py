"""Invented clinics over the whole country, as many as asked for, with times and bookings: to try what many means.

The same seed gives the same content, but for random links. Bookings are written in bulk, not one by one through the
deciding path, and keep its rules all the same: on the grid, within opened time, one at a time on a resource.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, NamedTuple, cast
from uuid import UUID

from psycopg import Connection as PsycopgConnection
from psycopg.sql import SQL, Identifier, Literal
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.orm import Session

from config.demo.build import Provider, add_clinic, add_provider, refuse_unless_empty
from config.demo.invented import Crowd, Somebody
from config.demo.offers import COVID, EVERYTHING
from config.demo.opened import add_opening
from config.demo.region import POLICY, STANDARD, WITH_DROP_IN
from config.demo.shapes import ClinicData, ProviderData, Shift, UnitData, at
from config.demo.towns import TOWNS
from journal_core import mapping
from journal_core.booking.capacity import summary_of
from journal_core.booking.loading import BOOKING, Loaded
from journal_core.booking.model import Booking, ClinicDay, Visit
from journal_core.booking.placement import Opened, Taken, settle
from journal_core.booking.rules import Time, lane
from journal_core.catalogue.model import Book, VisitType
from journal_core.clock import days_from, local
from journal_core.crypto import Vault, new_token
from journal_core.messages.model import Channel
from journal_core.organisation.model import Module
from journal_core.persons.model import Person
from journal_core.schedule.model import OpenedTime

PROVIDER = ProviderData(
    name="Rikets vaccinationer",
    org_number="4599002187",
    hsa_id="SE4599002187-1000",
    phone="08-465 004 00",
    modules=(Module.IVT, Module.IVT_EID, Module.ARRIVAL_PROVIDER),
    policy=POLICY.replace("Västkustens", "Rikets").replace("031-390 06 00", "08-465 004 00"),
    units=tuple(
        UnitData(str(number), f"Vaccinationsenhet {number}", f"SE4599002187-{1000 + number}") for number in range(1, 21)
    ),
)
TREES = ("Alen", "Asken", "Björken", "Boken", "Eken", "Granen", "Linden", "Lönnen", "Rönnen", "Sälgen", "Tallen")
COLOURS = ("#0b5c8a", "#1f6b3a", "#4b3f8f", "#7a2e5d", "#8a3b12", "#00605f")
JITTER = 0.03
"""Degrees; some three kilometres."""
SINCE = timedelta(days=400)
HOURS = 2
"""So long each resource is open a day."""
DOCTOR_DAYS = (1, 3)
BLOCK = 60
"""Each hour is given to one type, so that its visits stand on the type's grid."""
AT_ONCE = 5_000
"""Bookings and opened times written together, at least."""
SQLITE_CACHE_KILOBYTES = 256 * 1024
CODE_STEP = 611_953_003
"""Prime, so that codes look mixed and never come twice."""

Row = dict[str, Any]


def generate(
    session: Session,
    vault: Vault,
    *,
    clinics: int,
    days: int,
    resources: int,
    filled: float,
    seed: int,
    now: datetime,
) -> None:
    """Clinics open on each of `days` days from today on `resources` resources, `filled` (0 to 1) of the places booked.

    At some of them a doctor's book is opened besides. Raises NotEmpty.
    """
    refuse_unless_empty(session)
    if session.get_bind().dialect.name == "sqlite":
        # Links are random, so that their indexes are written all over; with SQLite's two megabytes that is slow.
        session.execute(text(f"PRAGMA cache_size = -{SQLITE_CACHE_KILOBYTES}"))
    random = Random(seed)  # noqa: S311 - for variety, not for secrecy
    today = local(now).date()
    provider = add_provider(session, PROVIDER, now - SINCE)
    built = [_prepare(session, provider, _clinic(random, number), resources, now) for number in range(1, clinics + 1)]
    session.flush()
    with _Writer(session, vault, random, provider.policy.id, now) as writer:
        for clinic in built:
            writer.write(clinic, days_from(today, days), filled)


def _clinic(random: Random, number: int) -> ClinicData:
    """Names and places that fit together and are nobody's."""
    town, postcode, latitude, longitude = TOWNS[number % len(TOWNS)]
    tree = TREES[number // len(TOWNS) % len(TREES)]
    drop_in, opens = random.random() < 0.4, at(random.choice((7, 8, 9, 10, 13, 15, 17)))
    offers = [offer for offer in EVERYTHING if offer.reason in ("tbe", "influensa") or random.random() < 0.6]
    doctor = any(kind.book is Book.B for offer in offers for kind in offer.kinds)
    everyday = Shift("Mottagning", tuple(range(7)), ((opens, opens + HOURS * 60),))
    doctors = Shift("Läkarmottagning", DOCTOR_DAYS, ((at(13), at(15)),), book=Book.B)
    return ClinicData(
        key=str(number),
        unit=str(1 + number % len(PROVIDER.units)),
        name=f"Vaccinmottagning {tree} {number}, {town}",
        street=f"Vaccinvägen {number}",
        postcode=f"{postcode} {random.randint(10, 69)}",
        city=town,
        latitude=round(latitude + random.uniform(-JITTER, JITTER), 5),
        longitude=round(longitude + random.uniform(-JITTER, JITTER), 5),
        phone=f"08-465 004 {number % 100:02}",
        colour=random.choice(COLOURS),
        welcome=f"Välkommen till oss i {town}. Här bokar du din tid.",
        offers=tuple(offers),
        rota=(everyday, doctors) if doctor else (everyday,),
        modules=WITH_DROP_IN if drop_in else STANDARD,
        eid_booking=COVID in offers,
        drop_in=drop_in,
        public_unit=random.random() < 0.5,
    )


class _Type(NamedTuple):
    """A visit type, as it is asked for a thousand times over."""

    id: int
    minutes: int
    book: Book
    persons: int
    youngest: int | None
    oldest: int | None
    with_eid: bool


class _Opening(NamedTuple):
    id: int
    shift: Shift
    kinds: Sequence[_Type]


class _Prepared(NamedTuple):
    """A clinic that has been written but for its times."""

    id: int
    step: int | None
    minutes: Mapping[int, int]
    """Of its types, by id."""
    openings: Sequence[_Opening]


def _prepare(session: Session, provider: Provider, data: ClinicData, resources: int, now: datetime) -> _Prepared:
    clinic = add_clinic(session, provider, data, now - SINCE)
    session.flush()
    openings = []
    for shift in data.rota:
        opening = add_opening(session, clinic, shift)
        lines = range(1, resources + 1) if shift.book is Book.A else (1,)
        shift = replace(shift, resources=tuple(lines))
        openings.append(_Opening(opening.id, shift, [_type(kind) for kind in opening.types]))
    minutes = {kind.id: kind.minutes for kind in clinic.types}
    return _Prepared(clinic.row.id, clinic.row.start_step_minutes, minutes, openings)


def _type(kind: VisitType) -> _Type:
    category = kind.category
    with_eid = category.reason.slug == COVID.reason
    return _Type(kind.id, kind.minutes, kind.book, kind.persons, category.min_age, category.max_age, with_eid)


class _Place(NamedTuple):
    """A visit that could be: where the generator then throws its dice."""

    kind: _Type
    resource: int
    time: Time


def _places(random: Random, kinds: Sequence[_Type], shift: Shift, day: date) -> Iterator[_Place]:
    first, end = shift.spans[0]
    for resource in shift.resources:
        for block in range(first, end, BLOCK):
            kind = random.choice(kinds)
            for minute in range(block, block + BLOCK, kind.minutes):
                yield _Place(kind, resource, Time(day, minute))


class _Writer:
    """Makes times and bookings and writes them in bulk. Row ids are given here, so that rows can name each other unwritten.

    The next rows are made while PostgreSQL takes in the last ones. SQLite works in this very process: nothing would be won.
    """

    def __init__(self, session: Session, vault: Vault, random: Random, policy_id: int, now: datetime) -> None:
        self._session, self._vault, self._random, self._policy_id, self._now = session, vault, random, policy_id, now
        self._crowd = Crowd(random, local(now).date(), now, _next_id(session, Person))
        self._booking_id, self._visit_id = _next_id(session, Booking), _next_id(session, Visit)
        self._opened: list[Row] = []
        self._bookings: list[Row] = []
        self._visits: list[Row] = []
        self._days: list[Row] = []
        self._loaded = Loaded(0, None, {}, {})
        self._unsettled: dict[int, Row] = {}
        self._postgres = session.get_bind().dialect.name == "postgresql"
        self._beside = ThreadPoolExecutor(1)
        self._last: Future[None] | None = None

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, fault: type[BaseException] | None, *_others: object) -> None:
        """What is left is written too, unless something went wrong; nobody uses the session meanwhile."""
        with self._beside:
            if fault is None:
                self._write()
                self._wait()
        if fault is None and self._postgres:
            for model in (Person, Booking, Visit):
                _move_sequence(self._session, model)

    def write(self, clinic: _Prepared, days: Sequence[date], filled: float) -> None:
        """A clinic's times on these days, with so much of them booked."""
        self._loaded = Loaded(clinic.id, clinic.step, clinic.minutes, {day: {} for day in days}, {day: {} for day in days})
        for opening in clinic.openings:
            open_on = [day for day in days if day.weekday() in opening.shift.weekdays]
            self._open(opening, open_on)
            self._book(opening, open_on, filled)
        self._settle()
        if len(self._bookings) + len(self._opened) >= AT_ONCE:
            self._write()

    def _open(self, opening: _Opening, days: Sequence[date]) -> None:
        shift, types = opening.shift, frozenset(kind.id for kind in opening.kinds)
        start, end = shift.spans[0]
        for day in days:
            for resource in shift.resources:
                opened = Opened(resource, start, end, types, shift.internal)
                self._loaded.sheet(day, shift.book).openings.append(opened)
                self._opened.append(
                    {
                        "opening_id": opening.id,
                        "clinic_id": self._loaded.clinic_id,
                        "book": shift.book,
                        "resource": resource,
                        "day": day,
                        "start_minute": start,
                        "end_minute": end,
                        "change_id": None,
                    }
                )

    def _book(self, opening: _Opening, days: Sequence[date], filled: float) -> None:
        kinds = [kind for kind in opening.kinds if BLOCK % kind.minutes == 0]
        for day in days:
            for place in _places(self._random, kinds, opening.shift, day):
                if self._random.random() < filled:
                    self._add(place)

    def _settle(self) -> None:
        """The clinic's bookings stand where the rule puts them, and its days know what is left."""
        known: dict[object, bytes] = {}
        for day, sheets in self._loaded.sheets.items():
            for book, sheet in sheets.items():
                for key, resource in settle(sheet.openings, sheet.blocks, sheet.taken.values()).items():
                    visit = sheet.taken[key] = sheet.taken[key]._replace(resource=resource)
                    row = self._unsettled.pop(int(key[1]))
                    assert resource is not None
                    row["resource"] = resource
                    time = Time(day, visit.start)
                    row["lane_start"], row["lane_end"] = lane(self._loaded.clinic_id, book, resource, time, visit.minutes)
            if sheets:
                left = summary_of(self._loaded, day, known)
                self._days.append({"clinic_id": self._loaded.clinic_id, "day": day, "version": 1, **left})

    def _add(self, place: _Place) -> None:
        comers = self._comers(place.kind)
        self._visits += [
            {
                "id": self._visit_id + position,
                "booking_id": self._booking_id,
                "person_id": person.person_id,
                "position": position,
                "given_name": person.given_name,
                "family_name": person.family_name,
            }
            for position, person in enumerate(comers, start=1)
        ]
        row = self._booking(place, comers[0])
        key = BOOKING, self._booking_id
        visit = Taken(key, place.kind.id, place.time.minute, place.kind.minutes, row["created_at"], place.resource)
        self._loaded.add(place.time.day, place.kind.book, visit)
        self._bookings.append(row)
        self._unsettled[self._booking_id] = row
        self._visit_id += len(comers)
        self._booking_id += 1

    def _comers(self, kind: _Type) -> list[Somebody]:
        """Of the right age; who comes with others is an adult with adults and children."""
        count = kind.persons if kind.persons < 3 else self._random.randint(3, kind.persons)
        if kind.oldest is not None and kind.oldest < 18:
            return [self._crowd.child() for _ in range(count)]
        if kind.youngest is not None and kind.youngest >= 18:
            return [self._crowd.adult() for _ in range(count)]
        others = (self._crowd.child() if self._random.random() < 0.5 else self._crowd.adult() for _ in range(count - 1))
        return [self._crowd.adult(), *others]

    def _booking(self, place: _Place, first: Somebody) -> Row:
        kind, time = place.kind, place.time
        messages = self._random.random() < 0.7
        return {
            "id": self._booking_id,
            "clinic_id": self._loaded.clinic_id,
            "type_id": kind.id,
            "book": kind.book,
            "resource": None,
            "day": time.day,
            "start_minute": time.minute,
            "minutes": kind.minutes,
            "lane_start": None,
            "lane_end": None,
            "code": f"{self._booking_id * CODE_STEP % 10**9:09}",
            **self._links(),
            "calendar_id": UUID(int=self._random.getrandbits(128), version=4),
            "sequence": 0,
            "created_at": self._now - timedelta(minutes=self._random.randint(1, 30 * 24 * 60)),
            "booked_by_id": first.person_id if kind.with_eid else None,
            "policy_text_id": self._policy_id,
            "another_live": False,
            "cancelled_at": None,
            "cancelled_by": None,
            "cancelled_late": False,
            "mobile": f"+467017406{self._random.randint(5, 99):02}" if messages else None,
            "email": None,
            "channel": Channel.SMS if messages else Channel.NONE,
            "language": "sv",
        }

    def _links(self) -> Row:
        link, arrival = new_token(), new_token()
        link_hash, arrival_hash = self._vault.hash("link", link), self._vault.hash("arrival", arrival)
        return {
            "link_hash": link_hash,
            "link": self._vault.seal(f"booking-link:{link_hash}", link),
            "arrival_hash": arrival_hash,
            "arrival_link": self._vault.seal(f"booking-arrival:{arrival_hash}", arrival),
        }

    def _write(self) -> None:
        """Begins to write what there is, once what was before it is written."""
        self._wait()
        rows = {
            OpenedTime: self._opened,
            Person: self._crowd.rows,
            Booking: self._bookings,
            Visit: self._visits,
            ClinicDay: self._days,
        }
        self._opened, self._crowd.rows, self._bookings, self._visits, self._days = [], [], [], [], []
        if self._postgres:
            self._last = self._beside.submit(_insert_all, self._session.connection(), rows)
        else:
            _insert_all(self._session.connection(), rows)

    def _wait(self) -> None:
        if self._last is not None:
            self._last.result()


def _insert_all(connection: Connection, rows: Mapping[type[mapping.Mapped], Sequence[Row]]) -> None:
    """Past the session's bookkeeping, for there are millions."""
    for model, some in rows.items():
        if some:
            _insert(connection, model, some)


def _insert(connection: Connection, model: type[mapping.Mapped], rows: Sequence[Row]) -> None:
    if connection.dialect.name != "postgresql":
        connection.execute(insert(model), rows)
        return
    # Twice as quick as INSERT there.
    names = list(rows[0])
    copy_in = SQL("COPY {} ({}) FROM STDIN").format(Identifier(model.__tablename__), SQL(", ").join(map(Identifier, names)))
    driver = cast("PsycopgConnection[Any]", connection.connection.driver_connection)
    with driver.cursor() as cursor, cursor.copy(copy_in) as copy:
        for row in rows:
            copy.write_row(tuple(row.values()))


def _next_id(session: Session, model: type[Person | Booking | Visit]) -> int:
    return (session.scalar(select(func.max(model.id))) or 0) + 1


def _move_sequence(session: Session, model: type[mapping.Mapped]) -> None:
    """PostgreSQL counts ids apart from the rows, and has not seen those given here."""
    statement = SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), (SELECT max(id) FROM {}))")
    table = model.__tablename__
    session.connection().exec_driver_sql(statement.format(Literal(table), Identifier(table)).as_string())
