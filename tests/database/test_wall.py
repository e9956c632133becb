"""The last wall: the database itself refuses two live bookings that overlap on a resource, whatever path wrote them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from sqlalchemy import Connection, insert, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from journal_core.booking.model import Booking
from journal_core.booking.rules import lane
from journal_core.catalogue.model import Book
from journal_core.messages.model import Channel
from journal_core.transaction import Database
from tests.build.builders import MONDAY, Offer, a_time, an_offer
from tests.build.clocks import START

NINE = 9 * 60


@dataclass
class Wall:
    """Rows written past every rule of the program."""

    connection: Connection
    offer: Offer
    count: int = 0

    def insert(self, start: int, minutes: int = 10, resource: int = 1, *, cancelled: bool = False) -> int:
        self.count += 1
        span = lane(self.offer.clinic.id, Book.A, resource, a_time(start), minutes)
        row = insert(Booking).values(
            clinic_id=self.offer.clinic.id,
            type_id=self.offer.kind.id,
            book=Book.A,
            resource=resource,
            day=MONDAY,
            start_minute=start,
            minutes=minutes,
            lane_start=span[0],
            lane_end=span[1],
            code=f"{self.count:09}",
            link_hash=f"link {self.count}",
            link=b"",
            arrival_hash=f"arrival {self.count}",
            arrival_link=b"",
            calendar_id=uuid4(),
            sequence=0,
            created_at=START,
            another_live=False,
            cancelled_at=START if cancelled else None,
            cancelled_late=False,
            channel=Channel.NONE,
            language="sv",
        )
        made: int = self.connection.execute(row.returning(Booking.id)).scalar_one()
        return made

    def move(self, booking_id: int, start: int) -> None:
        span = lane(self.offer.clinic.id, Book.A, 1, a_time(start), 10)
        self.connection.execute(update(Booking).where(Booking.id == booking_id).values(lane_start=span[0], lane_end=span[1]))


@pytest.fixture
def wall(database: Database) -> Iterator[Wall]:
    with database.writing() as session:
        offer = an_offer(session)
    with database.engine.connect() as connection:
        yield Wall(connection, offer)


@pytest.mark.parametrize(
    ("start", "minutes"),
    [(NINE, 10), (NINE - 5, 10), (NINE + 5, 10), (NINE - 60, 180), (NINE + 4, 1), (NINE + 9, 1), (NINE - 1, 2)],
    ids=["same", "runs into it", "begins in it", "around it", "inside it", "its last minute", "its first minute"],
)
def test_an_overlapping_booking_cannot_be_inserted(wall: Wall, start: int, minutes: int) -> None:
    wall.insert(NINE)
    with pytest.raises(DBAPIError, match="booking_wall"):
        wall.insert(start, minutes)


@pytest.mark.parametrize("start", [NINE - 10, NINE + 10], ids=["just before", "just after"])
def test_bookings_may_touch(wall: Wall, start: int) -> None:
    wall.insert(NINE)
    assert wall.insert(start)


def test_a_day_long_booking_is_still_seen_at_its_end(wall: Wall) -> None:
    wall.insert(0, 24 * 60)
    with pytest.raises(DBAPIError, match="booking_wall"):
        wall.insert(24 * 60 - 1, 1)


def test_another_resource_has_its_own_line(wall: Wall) -> None:
    wall.insert(NINE)
    assert wall.insert(NINE, resource=2)


def test_a_cancelled_booking_stands_in_nobodys_way(wall: Wall) -> None:
    wall.insert(NINE, cancelled=True)
    wall.insert(NINE)
    assert wall.insert(NINE, cancelled=True)


def test_a_booking_cannot_be_moved_onto_another(wall: Wall) -> None:
    wall.insert(NINE)
    other = wall.insert(NINE + 10)
    with pytest.raises(DBAPIError, match="booking_wall"):
        wall.move(other, NINE + 5)


def test_a_booking_may_be_moved_within_its_own_span(wall: Wall) -> None:
    moved = wall.insert(NINE)
    wall.move(moved, NINE + 5)


def test_a_cancelled_booking_cannot_come_back_onto_another(wall: Wall) -> None:
    gone = wall.insert(NINE, cancelled=True)
    wall.insert(NINE)
    with pytest.raises(DBAPIError, match="booking_wall"):
        wall.connection.execute(text("UPDATE booking SET cancelled_at = NULL WHERE id = :id"), {"id": gone})


def test_bookings_without_a_resource_are_outside_the_wall(wall: Wall) -> None:
    first = wall.insert(NINE)
    wall.connection.execute(
        text("UPDATE booking SET resource = NULL, lane_start = NULL, lane_end = NULL WHERE id = :id"), {"id": first}
    )
    assert wall.insert(NINE)


def test_the_wall_says_nothing_of_what_was_written(wall: Wall) -> None:
    wall.insert(NINE)
    with pytest.raises(DBAPIError) as refused:
        wall.insert(NINE)
    assert "link 2" not in str(refused.value)


def test_a_book_has_no_more_resources_than_its_lanes(database: Database) -> None:
    """Resource 1000 of one book would lie on the lane of another."""
    with pytest.raises(IntegrityError), database.writing() as session:
        an_offer(session, resources=(1000,))
