"""Where each visit of a book's day stands. Pure: facts in, verdict out (domain §2).

A resource's day is a line of five-minute cells, kept as the bits of one integer: bit n is the cell that begins 5 n minutes
after midnight. All times here are whole fives, minutes from midnight, half-open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

CELL = 5

Key = tuple[int, int | str]
"""(0, id) of a booking, (1, draft's id) of a hold."""


class Opened(NamedTuple):
    """A stretch of a resource, open for some types. Internal time offers nothing to residents."""

    resource: int
    start: int
    end: int
    types: frozenset[int]
    internal: bool = False


class Blocked(NamedTuple):
    resource: int
    start: int
    end: int


class Taken(NamedTuple):
    """A booking or a hold. Bookings are as old as the hold that they were."""

    key: Key
    type_id: int
    start: int
    minutes: int
    created_at: datetime
    resource: int | None
    """Where it stands; None: nowhere (Resurs saknas)."""

    @property
    def cells(self) -> int:
        return cells(self.start, self.start + self.minutes)


Placement = dict[Key, int | None]


def cells(start: int, end: int) -> int:
    """The cells from `start` to `end`."""
    return (1 << end // CELL) - (1 << start // CELL)


@lru_cache(maxsize=4096)
def grid(start: int, end: int, minutes: int, step: int) -> int:
    """The cells at which a visit may begin in an opened time: its start plus whole steps, the whole visit inside."""
    found = 0
    for minute in range(start, end - minutes + 1, step):
        found |= 1 << minute // CELL
    return found


def starts_of(mask: int) -> list[int]:
    """Minutes of the cells in `mask`, ascending."""
    found = []
    while mask:
        lowest = mask & -mask
        found.append((lowest.bit_length() - 1) * CELL)
        mask ^= lowest
    return found


def free(openings: Iterable[Opened], occupied: Mapping[int, int], type_id: int, minutes: int, step: int) -> int:
    """The cells at which residents can begin a visit: on the grid, with room on some resource as things stand."""
    found = 0
    for opened in openings:
        if type_id in opened.types and not opened.internal:
            room = runs(cells(opened.start, opened.end) & ~occupied.get(opened.resource, 0), minutes)
            found |= room & grid(opened.start, opened.end, minutes, step)
    return found


def runs(room: int, minutes: int) -> int:
    """The cells from which `minutes` lie in `room` without a gap."""
    needed, have = minutes // CELL, 1
    while have < needed:
        step = min(have, needed - have)
        room &= room >> step
        have += step
    return room


def occupied(blocks: Iterable[Blocked], taken: Iterable[Taken]) -> dict[int, int]:
    """The cells in which nothing more has room, by resource."""
    found: dict[int, int] = {}
    for block in blocks:
        found[block.resource] = found.get(block.resource, 0) | cells(block.start, block.end)
    for visit in taken:
        if visit.resource is not None:
            found[visit.resource] = found.get(visit.resource, 0) | visit.cells
    return found


def resource_for(
    openings: Iterable[Opened], occupied: Mapping[int, int], type_id: int, start: int, minutes: int, step: int
) -> int | None:
    """The lowest resource with room for a new visit at a start of the grid: the verdict behind every place given."""
    visit = cells(start, start + minutes)
    return min(
        (
            opened.resource
            for opened in openings
            if type_id in opened.types
            and not opened.internal
            and opened.start <= start
            and start + minutes <= opened.end
            and (start - opened.start) % step == 0
            and not visit & occupied.get(opened.resource, 0)
        ),
        default=None,
    )


def place(openings: Iterable[Opened], blocks: Iterable[Blocked], taken: Iterable[Taken]) -> Placement:
    """The fixed rule: by start, then longer first, then age, each to the lowest resource open for it.

    Internal time takes only those for whom no other has room, so that it stays what it was opened for.
    """
    placed = _fill(_lines(openings), occupied(blocks, ()), sorted(taken, key=_turn))
    return {key: resource for key, (_rank, resource) in placed.items()}


def settle(openings: Iterable[Opened], blocks: Iterable[Blocked], taken: Iterable[Taken]) -> Placement:
    """Where everything stands after a change of the day.

    The rule's own placement, unless that would leave out somebody for whom there is room when all who stand stay where they
    are: then they stay, and the others take the lowest resource with room.
    """
    everybody = sorted(taken, key=_turn)
    lines, closed = _lines(openings), occupied(blocks, ())
    settled = _fill(lines, dict(closed), everybody)
    if any(rank is not _Rank.ORDINARY for rank, _resource in settled.values()):
        stayed = _stay(lines, closed, everybody)
        if any(settled[key][0] > rank for key, (rank, _resource) in stayed.items()):
            settled = stayed
    return {key: resource for key, (_rank, resource) in settled.items()}


class _Rank(IntEnum):
    """How well a visit stands; lower is better."""

    ORDINARY = 0
    INTERNAL = 1
    NOWHERE = 2


@dataclass(frozen=True, slots=True)
class _Line:
    rank: _Rank
    resource: int
    cells: int
    types: frozenset[int]

    def takes(self, type_id: int, wanted: int) -> bool:
        return type_id in self.types and wanted & self.cells == wanted


_Placed = dict[Key, tuple[_Rank, int | None]]


def _lines(openings: Iterable[Opened]) -> list[_Line]:
    """In the order in which they are filled."""
    ordered = sorted(openings, key=lambda opened: (opened.internal, opened.resource, opened.start))
    return [_Line(_Rank(opened.internal), opened.resource, cells(opened.start, opened.end), opened.types) for opened in ordered]


def _turn(visit: Taken) -> tuple[int, int, datetime, Key]:
    return visit.start, -visit.minutes, visit.created_at, visit.key


def _stay(lines: Sequence[_Line], closed: Mapping[int, int], everybody: Sequence[Taken]) -> _Placed:
    """Whoever stands keeps the place, if that is still open for the visit; then the others come."""
    kept: _Placed = {}
    filled = dict(closed)
    for visit in everybody:
        rank = _rank_of(visit, lines, closed)
        if rank is not _Rank.NOWHERE:
            assert visit.resource is not None
            kept[visit.key] = rank, visit.resource
            filled[visit.resource] = filled.get(visit.resource, 0) | visit.cells
    return kept | _fill(lines, filled, [visit for visit in everybody if visit.key not in kept])


def _rank_of(visit: Taken, lines: Iterable[_Line], closed: Mapping[int, int]) -> _Rank:
    """How well a visit stands where it stands."""
    wanted = visit.cells
    if visit.resource is None or wanted & closed.get(visit.resource, 0):
        return _Rank.NOWHERE
    return next(
        (line.rank for line in lines if line.resource == visit.resource and line.takes(visit.type_id, wanted)), _Rank.NOWHERE
    )


def _fill(lines: Sequence[_Line], filled: dict[int, int], visits: Sequence[Taken]) -> _Placed:
    """Each visit in turn to the first line with room, first on ordinary time and then, who found none, on internal.

    `filled` is what is occupied before.
    """
    placed: _Placed = {}
    for rank in (_Rank.ORDINARY, _Rank.INTERNAL):
        open_lines = [line for line in lines if line.rank is rank]
        for visit in visits if open_lines else ():
            if visit.key not in placed:
                resource = _first_with_room(open_lines, filled, visit)
                if resource is not None:
                    placed[visit.key] = rank, resource
    return {visit.key: placed.get(visit.key, (_Rank.NOWHERE, None)) for visit in visits}


def _first_with_room(lines: Iterable[_Line], filled: dict[int, int], visit: Taken) -> int | None:
    wanted, type_id = visit.cells, visit.type_id
    for line in lines:
        if line.takes(type_id, wanted) and not wanted & filled.get(line.resource, 0):
            filled[line.resource] = filled.get(line.resource, 0) | wanted
            return line.resource
    return None


def faults(openings: Iterable[Opened], blocks: Iterable[Blocked], taken: Iterable[Taken]) -> list[Key]:
    """Visits whose place is not theirs: not open for them, blocked, or another's too."""
    lines, closed = _lines(openings), occupied(blocks, ())
    filled: dict[int, int] = {}
    found = []
    for visit in sorted((one for one in taken if one.resource is not None), key=_turn):
        assert visit.resource is not None
        if _rank_of(visit, lines, closed) is _Rank.NOWHERE or visit.cells & filled.get(visit.resource, 0):
            found.append(visit.key)
        filled[visit.resource] = filled.get(visit.resource, 0) | visit.cells
    return found
