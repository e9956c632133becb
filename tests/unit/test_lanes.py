"""The one line of integers on which the database's wall stands."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from journal_core.booking.rules import BOOKS, EPOCH, LANE, RESOURCES, Time, lane
from journal_core.catalogue.model import Book

Visit = tuple[int, Book, int, Time, int]
LAST_DAY = date(2126, 12, 31)

# Few clinics, resources and days, so that visits often meet; the edges of each, so that lines that touch would show.
visits = st.tuples(
    st.sampled_from((1, 2, 3)),
    st.sampled_from(Book),
    st.sampled_from((1, 2, RESOURCES - 1)),
    st.builds(
        Time,
        st.sampled_from((EPOCH, date(2026, 11, 23), date(2026, 11, 24), LAST_DAY)),
        st.one_of(st.integers(0, 1439), st.integers(540, 600)),
    ),
    st.integers(5, 180),
)


def minutes_of(visit: Visit) -> set[tuple[int, Book, int, date, int]]:
    clinic, book, resource, time, minutes = visit
    return {
        (clinic, book, resource, time.day + timedelta(days=minute // 1440), minute % 1440)
        for minute in range(time.minute, time.minute + minutes)
    }


@given(visits, visits)
def test_spans_overlap_exactly_when_resource_and_minutes_do(one: Visit, other: Visit) -> None:
    (start, end), (other_start, other_end) = lane(*one), lane(*other)
    spans_overlap = start < other_end and other_start < end
    assert spans_overlap == bool(minutes_of(one) & minutes_of(other))


@given(visits)
def test_a_span_is_as_long_as_the_visit_and_lies_on_its_own_line(visit: Visit) -> None:
    clinic, book, resource, _, minutes = visit
    start, end = lane(*visit)
    assert end - start == minutes
    line = (clinic * len(BOOKS) + BOOKS[book]) * RESOURCES + resource
    assert start // LANE == (end - 1) // LANE == line


def test_lines_fit_the_database_for_any_number_of_clinics() -> None:
    start, end = lane(1_000_000, Book.B, RESOURCES - 1, Time(LAST_DAY, 1439), 1440)
    assert 0 < start < end < 2**63
