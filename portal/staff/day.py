"""The day's list: which visits, in which order, and what has just happened."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from flask import url_for
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from werkzeug.datastructures import MultiDict

from journal_core.actor import ActorKind
from journal_core.arrivals.model import Arrival, State
from journal_core.booking.model import Visit
from journal_core.clock import local, minute_of
from portal.staff.present import Fact, Row, row
from portal.web.shapes import read_day

NEWS = timedelta(minutes=5)
"""So long the page tells that somebody has registered their own arrival."""
NOTHING: Mapping[int, Fact] = MappingProxyType({})
NOBODY: Mapping[State, LazyString] = {
    State.BOOKED: _l("Ingen som är bokad är kvar att vänta på."),
    State.ARRIVED: _l("Ingen väntar just nu."),
    State.STARTED: _l("Inget besök pågår just nu."),
    State.DONE: _l("Inget besök är klart än."),
    State.NO_SHOW: _l("Ingen har uteblivit."),
}


@dataclass(frozen=True)
class Asked:
    """What the page was asked for, all of it in the address."""

    day: date
    moment: datetime
    state: State | None
    """The only state that is shown; None: all."""
    changed: int | None = None
    """Visit that was just changed from here."""
    conflict: int | None = None
    """Visit that somebody else had changed first."""

    @property
    def today(self) -> date:
        return local(self.moment).date()

    @property
    def is_today(self) -> bool:
        return self.day == self.today

    @property
    def day_before(self) -> date:
        return self.day - timedelta(days=1)

    @property
    def day_after(self) -> date:
        return self.day + timedelta(days=1)

    def address(self, day: date, state: State | None = None) -> str:
        """The list of another day or of another state."""
        return url_for("staff.day", dag=None if day == self.today else day, visa=state)

    @property
    def live_address(self) -> str:
        """Where the list fetches itself anew."""
        return url_for("staff.day", dag=self.day, visa=self.state, andrad=self.changed)


def asked(args: MultiDict[str, str], moment: datetime) -> Asked:
    return Asked(
        day=read_day(args.get("dag")) or local(moment).date(),
        moment=moment,
        state=read_state(args.get("visa")),
        changed=args.get("andrad", type=int),
        conflict=args.get("krock", type=int),
    )


def read_state(text: str | None) -> State | None:
    return State(text) if text in set(State) else None


@dataclass(frozen=True)
class Day:
    """The list as it is shown."""

    counts: Mapping[State, int]
    before: Sequence[Row]
    """Those whose time has come, on another day than today all."""
    after: Sequence[Row]
    news: Row | None
    """What is told above the list."""
    conflict: Row | None

    @property
    def rows(self) -> Sequence[Row]:
        return [*self.before, *self.after]

    @property
    def persons(self) -> set[int]:
        """Everybody of whom the page shows something."""
        told = [told for told in (self.news, self.conflict) if told is not None]
        return {shown.person_id for shown in (*self.rows, *told)}


def whole_day(
    visits: Sequence[Visit],
    known: Mapping[int, Arrival],
    moment: datetime,
    consents: Mapping[int, Fact] = NOTHING,
    declarations: Mapping[int, Fact] = NOTHING,
) -> list[Row]:
    """A row for each visit, in the order given. `consents` and `declarations` by visit id."""
    together: dict[int, list[Visit]] = defaultdict(list)
    for visit in visits:
        together[visit.booking_id].append(visit)
    return [
        row(visit, known.get(visit.id), moment, together[visit.booking_id], consents.get(visit.id), declarations.get(visit.id))
        for visit in visits
    ]


def listed(
    visits: Sequence[Visit],
    known: Mapping[int, Arrival],
    consents: Mapping[int, Fact],
    declarations: Mapping[int, Fact],
    wish: Asked,
) -> Day:
    rows = whole_day(visits, known, wish.moment, consents, declarations)
    shown = [each for each in rows if wish.state in (None, each.state)]
    now = minute_of(wish.moment) if wish.is_today else 24 * 60
    by_id = {each.visit_id: each for each in rows}
    return Day(
        counts=Counter(each.state for each in rows),
        before=[each for each in shown if each.minute <= now],
        after=[each for each in shown if each.minute > now],
        news=_news(by_id, known, wish),
        conflict=by_id.get(wish.conflict or 0),
    )


def _news(rows: Mapping[int, Row], known: Mapping[int, Arrival], wish: Asked) -> Row | None:
    """The newest of what was just done here and of those who have just registered themselves."""
    own = known.keys() & {wish.changed or 0}
    came = {number for number, arrival in known.items() if _just_came(arrival, wish.moment)}
    newest = max(own | came, key=lambda number: known[number].changed_at, default=0)
    return rows.get(newest)


def _just_came(arrival: Arrival, moment: datetime) -> bool:
    by_oneself = arrival.registered_by not in (None, ActorKind.STAFF)
    here = arrival.arrived_at is not None and arrival.started_at is None
    return by_oneself and here and moment - (arrival.arrived_at or moment) < NEWS
