"""The staff's list of a day with three hundred bookings and the marks of their health declarations, against the rows alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from sqlalchemy.orm import Session

from journal_core.booking import queries as bookings
from journal_core.declarations import queries, use_cases
from journal_core.transaction import Database
from tests.bench.capacity import timed
from tests.bench.country import ENGINES, empty
from tests.bench.measured import Measured, alternate
from tests.build.builders import KEYS, MONDAY
from tests.build.declaring import a_full_day

VISITS, ROUNDS = 300, 15
ROWS = """
SELECT visit.*, booking.*, person.*, visit_type.*, visit_category.* FROM visit
JOIN booking ON booking.id = visit.booking_id JOIN person ON person.id = visit.person_id
JOIN visit_type ON visit_type.id = booking.type_id JOIN visit_category ON visit_category.id = visit_type.category_id
WHERE booking.clinic_id = {clinic} AND booking.day = '{day}' ORDER BY booking.start_minute
"""
DECLARATIONS = "SELECT * FROM declaration WHERE provider_id = {provider} ORDER BY sent_at DESC"


def measure(_names: Collection[str]) -> Iterator[Measured]:
    for engine in ENGINES:
        with empty(engine) as database:
            yield _day_list(database, engine)


def _day_list(database: Database, engine: str) -> Measured:
    with database.writing() as session:
        clinic = a_full_day(session, VISITS)
        clinic_id, provider_id = clinic.id, clinic.unit.provider_id
    with database.reading() as session:
        bare = _bare(session, clinic_id, provider_id)
        value, against = alternate(
            ROUNDS, lambda: timed(lambda: _listed(database, clinic_id, provider_id)), lambda: timed(bare)
        )
    return Measured("day-list", engine, value, "ms", against)


def _listed(database: Database, clinic_id: int, provider_id: int) -> int:
    """As portal.staff reads it, marks opened."""
    with database.reading() as session:
        visits = bookings.visits_of_day(session, clinic_id, MONDAY)
        stands = queries.stands(session, provider_id, visits)
        return sum(len(use_cases.deviating(KEYS, one.known)) for one in stands.values() if one.known)


def _bare(session: Session, clinic_id: int, provider_id: int) -> Callable[[], object]:
    driver: Any = session.connection().connection.driver_connection
    cursor = driver.cursor()

    def read() -> None:
        for statement in (ROWS.format(clinic=clinic_id, day=MONDAY), DECLARATIONS.format(provider=provider_id)):
            cursor.execute(statement)
            cursor.fetchall()

    return read
