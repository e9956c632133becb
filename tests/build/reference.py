"""The schedule of a clinic reckoned as simply as can be: one list entry a minute. What the real thing is held against."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from journal_core.clock import instant_of

MINUTES = 24 * 60


@dataclass
class Type:
    id: int
    minutes: int
    book: str


@dataclass
class Time:
    """Time that is opened."""

    day: date
    book: str
    resource: int
    start: int
    end: int
    types: frozenset[int]
    internal: bool


@dataclass
class Block:
    day: date
    book: str
    resource: int
    start: int
    end: int


@dataclass
class Visit:
    """A hold while it has an end, else a booking."""

    type: Type
    day: date
    start: int
    made: datetime
    number: tuple[int, int | str]
    """Bookings before holds, each in the order of their ids."""
    resource: int | None
    until: datetime | None = None

    @property
    def minutes(self) -> range:
        return range(self.start, self.start + self.type.minutes)


@dataclass
class Reference:
    step: int | None
    now: datetime
    times: dict[int, Time] = field(default_factory=dict)
    """By the id of the real row."""
    blocks: dict[int, Block] = field(default_factory=dict)
    visits: dict[str, Visit] = field(default_factory=dict)
    """Holds by their draft's name, bookings by "b" and their id."""

    def pass_time(self, now: datetime) -> None:
        """Holds that ran out count for nothing from then on."""
        self.now = now
        self.visits = {name: visit for name, visit in self.visits.items() if visit.until is None or visit.until > now}

    def free(self, kind: Type, day: date, but: str | None = None) -> set[int]:
        """Starts that residents are offered, the past ones too."""
        return {
            start
            for time in self._times(day, kind.book)
            if kind.id in time.types and not time.internal
            for start in range(time.start, time.end - kind.minutes + 1, self.step or kind.minutes)
            if all(self._empty(day, kind.book, time.resource, minute, but) for minute in range(start, start + kind.minutes))
        }

    def offered(self, kind: Type, day: date, but: str | None = None) -> list[int]:
        return sorted(start for start in self.free(kind, day, but) if instant_of(day, start) > self.now)

    def lowest(self, kind: Type, day: date, start: int, but: str | None = None) -> int:
        return min(
            time.resource
            for time in self._times(day, kind.book)
            if kind.id in time.types
            and not time.internal
            and start in range(time.start, time.end - kind.minutes + 1, self.step or kind.minutes)
            and all(self._empty(day, kind.book, time.resource, minute, but) for minute in range(start, start + kind.minutes))
        )

    def settle(self, day: date) -> None:
        for book in ("A", "B"):
            everybody = sorted(
                (visit for visit in self.visits.values() if visit.day == day and visit.type.book == book),
                key=lambda visit: (visit.start, -visit.type.minutes, visit.made, visit.number),
            )
            by_rule = self._filled(day, book, everybody, [])
            staying = [visit for visit in everybody if self._grade(visit, visit.resource) < 2]
            stayed = self._filled(day, book, [visit for visit in everybody if visit not in staying], staying)
            worse = any(
                self._grade(visit, by_rule[id(visit)]) > self._grade(visit, stayed.get(id(visit), visit.resource))
                for visit in everybody
            )
            for visit in everybody:
                visit.resource = stayed.get(id(visit), visit.resource) if worse else by_rule[id(visit)]
        self.visits = {name: visit for name, visit in self.visits.items() if visit.until is None or visit.resource is not None}

    def _filled(self, day: date, book: str, visits: list[Visit], standing: list[Visit]) -> dict[int, int | None]:
        """Where each goes, in turn: the lowest ordinary resource with room; then, who found none, the lowest internal one."""
        taken = {(visit.resource, minute) for visit in standing for minute in visit.minutes}
        found: dict[int, int | None] = {}
        for internal in (False, True):
            for visit in visits:
                if found.get(id(visit)) is None:
                    room = [
                        time.resource
                        for time in self._times(day, book)
                        if time.internal == internal
                        and self._takes(time, visit)
                        and not any((time.resource, minute) in taken for minute in visit.minutes)
                    ]
                    found[id(visit)] = min(room, default=None)
                    taken |= {(found[id(visit)], minute) for minute in visit.minutes if room}
        return found

    def _grade(self, visit: Visit, resource: int | None) -> int:
        """0 on ordinary time, 1 on internal, 2 nowhere."""
        grades = [
            int(time.internal)
            for time in self._times(visit.day, visit.type.book)
            if time.resource == resource and self._takes(time, visit)
        ]
        return min(grades, default=2)

    def _takes(self, time: Time, visit: Visit) -> bool:
        inside = time.start <= visit.minutes[0] and visit.minutes[-1] < time.end
        return (
            visit.type.id in time.types
            and inside
            and not any(self._blocked(visit.day, time.book, time.resource, minute) for minute in visit.minutes)
        )

    def _times(self, day: date, book: str) -> Iterator[Time]:
        return (time for time in self.times.values() if time.day == day and time.book == book)

    def _empty(self, day: date, book: str, resource: int, minute: int, but: str | None) -> bool:
        return not self._blocked(day, book, resource, minute) and not any(
            minute in visit.minutes
            for name, visit in self.visits.items()
            if name != but and (visit.day, visit.type.book, visit.resource) == (day, book, resource)
        )

    def _blocked(self, day: date, book: str, resource: int, minute: int) -> bool:
        return any(
            block.start <= minute < block.end
            for block in self.blocks.values()
            if (block.day, block.book, block.resource) == (day, book, resource)
        )


HOLD = timedelta(minutes=10)
