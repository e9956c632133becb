"""Slots: generated from opened times, never typed in (domain §2). Minutes from midnight, stretches half-open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Stretch:
    """From `start` up to, not including, `end`, on one resource."""

    resource: int
    start: int
    end: int

    def overlaps(self, start: int, end: int) -> bool:
        return self.start < end and start < self.end


def starts(opened: Stretch, minutes: int, step: int | None = None) -> range:
    """Every start on the grid: the opened time's start plus whole steps, the whole visit inside.

    The step is the clinic's own where it has one, else the type's minutes.
    """
    return range(opened.start, opened.end - minutes + 1, step or minutes)


def free_starts(
    opened: Iterable[Stretch],
    taken: Iterable[Stretch],
    minutes: int,
    step: int | None,
    earliest: int = 0,
) -> list[int]:
    """Starts at which some resource has room, not before `earliest`, ascending."""
    by_resource: dict[int, list[Stretch]] = {}
    for stretch in taken:
        by_resource.setdefault(stretch.resource, []).append(stretch)
    free = {
        start
        for stretch in opened
        for start in starts(stretch, minutes, step)
        if start >= earliest and _room(by_resource.get(stretch.resource, ()), start, start + minutes)
    }
    return sorted(free)


def resource_with_room(
    opened: Iterable[Stretch],
    taken: Sequence[Stretch],
    minutes: int,
    step: int | None,
    start: int,
) -> int | None:
    """The lowest resource that can take a visit at `start`, if any: the verdict behind every place given."""
    for stretch in sorted(opened):
        own = [other for other in taken if other.resource == stretch.resource]
        if start in starts(stretch, minutes, step) and _room(own, start, start + minutes):
            return stretch.resource
    return None


def _room(taken: Iterable[Stretch], start: int, end: int) -> bool:
    return not any(other.overlaps(start, end) for other in taken)
