"""Every request that somebody's browser made, sent once more by somebody else: nothing is read, nothing is changed.

The routes are those that the walks in build/walks.py lead over; what no walk leads over stands in NEVER_MET with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.build import cast
from tests.build.recorded import Recorded
from tests.build.seats import Seat
from tests.build.swap import WALKS, Swap, a_swap, heard

NEVER_MET = {
    "portal: GET static": "files, the same for all",
    "kiosk: GET static": "files, the same for all",
    "portal: GET health.alive": "for machines: says that it lives",
    "portal: GET health.ready": "for machines: says that the database answers",
    **dict.fromkeys(
        (
            "portal: GET development.choose",
            "portal: POST development.choose",
            "portal: GET development.phone",
            "portal: POST development.phone",
            "portal: GET development.mailbox",
            "portal: GET development.components",
            "portal: GET development.staff_components",
        ),
        "development's corner: shows all that is invented to whoever develops, and is not there in production",
    ),
}
THE_KEY_ITSELF = {
    "portal: POST manage.find_booking": "code and date of birth together open the booking",
    "portal: POST manage.find_booking_at": "the same",
    "portal: POST manage.identify": "link and date of birth together open the booking",
    "portal: POST arrive.ticket": "whoever has the QR code can say that somebody has come, and nothing else",
    "portal: POST arrive.by_link": "so can whoever has the link",
    "portal: POST arrive.poster": "so can whoever has code and date of birth",
    "portal: POST declare.by_ticket": "whoever has ticket and date of birth can answer for that visit, and reads no answer",
    "portal: POST declare.direct": "anybody may begin for a number by the clinic's own link, as anybody may book for it",
}
"""Where what is sent is itself the right to what is done: nobody finds it out by changing a number."""
DONE_WITH_IT = {"arrival", "access_log", "booking_pass"}
"""Tables in which that leaves rows."""
BEGUN_WITH_IT = {
    "portal: POST declare.direct": {"person", "declaration"},
    "portal: POST declare.by_ticket": {"declaration"},
}
"""And in which what is begun there does."""

ON_NO_PAGE = {
    cast.GUARDIAN.number[2:],
    cast.OTHER_GUARDIAN.number[2:],
    "701740607",
    "noor.lund@example.com",
}
"""Guardians' numbers are on nobody's page, nor where the other guardian was asked; staff see their names."""


@pytest.fixture(scope="module")
def swap(sqlite_template, tmp_path_factory) -> Iterator[Swap]:
    with a_swap(sqlite_template, tmp_path_factory.mktemp("swap")) as made:
        yield made


def test_what_no_walk_leads_over_is_known(swap: Swap) -> None:
    there_are = {
        f"{door}: {method} {rule.endpoint}"
        for door, app in swap.doors.items()
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert there_are - {one.route for one in swap.recorder.requests} == set(NEVER_MET)


def test_those_whose_it_is_read_it(swap: Swap) -> None:
    """Else it would say nothing that others don't."""
    read = heard(swap.canaries, "\n".join(swap.recorder.answers))
    assert swap.canaries - read == ON_NO_PAGE


@pytest.mark.parametrize("by", WALKS)
def test_others_read_nothing_and_change_nothing(swap: Swap, by: str) -> None:
    pairs = ((one, seat) for one in swap.requests(by) for seat in swap.replayers[by])
    found = [f"{one.route}, {one.address}: {fault}" for one, seat in pairs for fault in faults(swap, one, seat)]
    assert not found, "\n".join(found)


def faults(swap: Swap, one: Recorded, seat: Seat) -> Iterator[str]:
    answer = swap.answer(one, seat)
    done = DONE_WITH_IT | BEGUN_WITH_IT.get(one.route, set()) if one.route in THE_KEY_ITSELF else set()
    yield from (f"changes {row}" for row in swap.changed(one) if row[0] not in done)
    if not done:
        yield from (f"tells {name}" for name in heard(swap.canaries, answer) - heard(swap.canaries, one.said))
