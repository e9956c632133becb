"""The draft behind the steps: read once a request, with all that the steps ask of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from flask import abort, redirect, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from journal_core.access import queries as access
from journal_core.access import use_cases as drafts
from journal_core.access.model import Draft
from journal_core.booking import queries, refusals
from journal_core.booking.loading import HOLD
from journal_core.booking.model import Booking, Hold
from journal_core.booking.rules import Coming, Time, check_offered, nearest, time_of
from journal_core.catalogue import queries as catalogue
from journal_core.catalogue.model import ProviderReason, VisitType
from journal_core.catalogue.rules import demands_eid
from journal_core.clock import local
from journal_core.organisation import queries as organisation
from journal_core.organisation import rules
from journal_core.organisation.model import Clinic
from journal_core.persons.model import Person
from journal_core.persons.rules import Identity
from journal_core.refusal import Refusal
from portal.book.forms import Who, read_who
from portal.book.present import Held, held
from portal.web.acting import acting_for, seen_by_me
from portal.web.forms import Form
from portal.web.i18n import language
from portal.web.present import show_phone
from portal.web.services import now, services
from portal.web.sessions import owner, resident_id
from portal.web.times import WINDOW

CONTACT = ("channel", "mobile", "email")


class GoTo(HTTPException):
    """Leads to another step instead of the one asked for."""

    def __init__(self, address: str) -> None:
        super().__init__(response=redirect(address, 303))


@dataclass
class Step:
    """A draft with what it is about."""

    session: Session
    draft: Draft
    content: dict[str, Any]
    clinic: Clinic
    kind: VisitType
    setting: ProviderReason | None
    hold: Hold | None
    booker: Person | None
    child: Person | None
    """For whom the booker acts."""
    moment: datetime

    @property
    def time(self) -> Time | None:
        return time_of(self.hold) if self.hold else None

    @property
    def held(self) -> Held | None:
        return held(self.hold, self.moment, services().hold_length)

    @property
    def hold_minutes(self) -> int:
        return int(services().hold_length / timedelta(minutes=1))

    @property
    def subject(self) -> Person | None:
        """Whose visit it is, where somebody is logged in: the child's for whom one acts, else one's own."""
        return self.child or self.booker

    @property
    def known(self) -> Coming | None:
        """Who comes, where e-ID is demanded: nothing is asked that is known."""
        person = self.subject if demands_eid(self.clinic, self.setting) else None
        identity = identity_of(person)
        if person is None or identity is None:
            return None
        return Coming(identity.born, person.given_name or "", person.family_name or "", identity)

    @cached_property
    def earlier(self) -> Booking | None:
        """What whoever is known has booked of the same already, and may see: a second is refused (domain §3)."""
        person = self.subject
        if self.known is None or person is None or self.time is None:
            return None
        found = queries.live_bookings_of(self.session, [person.id], self.kind.category, self.time.day, self.moment)
        seen = found if self.child is None else seen_by_me(self.session, found, [person])[person.id]
        return next(iter(seen), None)

    @property
    def persons(self) -> int:
        return 1 if self.known else self.kind.persons

    def who_form(self, *, typed: bool = False) -> Form:
        """As it was told; where another child is meant by now only how to reach the booker is kept.

        `typed`: as it was typed last, though it was refused.
        """
        kept: dict[str, str] = (typed and self.content.get("typed")) or self.content.get("who") or {}
        if kept and self.content.get("child") == self._child_id:
            return Form(kept)
        return Form(prefilled(self.subject) | self._contact() | {name: kept[name] for name in CONTACT if name in kept})

    def _contact(self) -> dict[str, str]:
        """How whoever is logged in was reached last; of others nothing is known."""
        if self.booker is None:
            return {}
        told = dict(zip(("mobile", "email"), queries.last_contact(self.session, self.booker.id), strict=True))
        return {name: show_phone(value) if name == "mobile" else value for name, value in told.items() if value}

    def keep_who(self, form: Form) -> None:
        self.write(who=dict(form.data), typed=None, child=self._child_id)

    def keep_typed(self, form: Form) -> None:
        """What was refused, so that nobody types it again after having changed the day."""
        if self.content.get("child", self._child_id) != self._child_id:
            self.content.pop("who", None)
        self.write(typed=dict(form.data), child=self._child_id)

    @property
    def _child_id(self) -> int | None:
        return self.child.id if self.child else None

    def who(self, form: Form) -> Who | None:
        today = local(self.moment).date()
        return read_who(form, self.persons, self.known, today, language(), logged_in=self.booker is not None)

    def write(self, **changes: Any) -> None:
        self.content.update(changes)
        self.draft.person_id = self.booker.id if self.booker else self.draft.person_id
        drafts.write_draft(services().vault, self.draft, self.content, self.moment)

    def address(self, endpoint: str, **values: Any) -> str:
        return url_for(f"book.{endpoint}", clinic_id=self.clinic.id, draft_id=self.draft.id, **values)


def open_clinic(session: Session, clinic_id: int) -> Clinic:
    """A clinic that residents can book at now, else leads to its page, which says what is possible."""
    clinic = organisation.clinic(session, clinic_id)
    if clinic is None:
        abort(404)
    if not rules.can_be_booked_online(clinic):
        raise GoTo(url_for("find.clinic", clinic_id=clinic_id))
    return clinic


def load(session: Session, clinic_id: int, draft_id: str, *, lock: bool = False) -> Step:
    """The step's draft; leads back to the start when it is gone, on to the end when it is booked, to login when needed.

    `lock` comes last: nobody waits while the rest is read.
    """
    clinic, moment = open_clinic(session, clinic_id), now()
    draft, content = _draft(session, clinic_id, draft_id, moment)
    kind = _offered(session, clinic, content["type"])
    setting = catalogue.provider_reasons(session, clinic.unit.provider_id).get(kind.category.reason_id)
    person_id = resident_id()
    booker = session.get(Person, person_id) if person_id else None
    child = acting_for() if booker else None
    if lock:
        draft, content = _draft(session, clinic_id, draft_id, moment, lock=True)
    step = Step(session, draft, content, clinic, kind, setting, queries.hold(session, draft_id), booker, child, moment)
    chosen_otherwise = content["type"] != kind.id  # by another tab, this very moment
    if chosen_otherwise:
        raise GoTo(step.address("time"))
    if demands_eid(clinic, setting) and booker is None:
        raise GoTo(url_for("sign_in.resident", till=step.address("time"), besok=1))
    return step


def _draft(
    session: Session, clinic_id: int, draft_id: str, moment: datetime, *, lock: bool = False
) -> tuple[Draft, dict[str, Any]]:
    person_id = resident_id()
    draft = access.draft(session, draft_id, owner(), moment, person_id=person_id, lock=lock)
    if draft is None and person_id is None and access.waits_for_its_person(session, draft_id, moment):
        raise GoTo(url_for("sign_in.resident", till=url_for("book.who", clinic_id=clinic_id, draft_id=draft_id), besok=1))
    if draft is None or draft.clinic_id != clinic_id:
        raise GoTo(url_for("book.visit", clinic_id=clinic_id, borta=1))
    if draft.booking_id is not None:
        raise GoTo(url_for("book.done", clinic_id=clinic_id, draft_id=draft_id))
    return draft, drafts.read_draft(services().vault, draft)


def _offered(session: Session, clinic: Clinic, type_id: int) -> VisitType:
    kind = catalogue.visit_type(session, type_id, clinic.id)
    try:
        if kind is None:
            raise Refusal(refusals.NOT_BOOKABLE)
        check_offered(clinic, kind)
    except Refusal:
        raise GoTo(url_for("book.visit", clinic_id=clinic.id, slut=1)) from None
    return kind


def identity_of(person: Person | None) -> Identity | None:
    if person is None or person.identity is None:
        return None
    return Identity(person.identity_kind, person.identity, person.birth_date)


def prefilled(person: Person | None) -> dict[str, str]:
    """What is known of whoever is logged in."""
    if person is None:
        return {"channel": "sms"}
    if person.identity is not None:
        return {
            "person-1-identity": person.identity,
            "person-1-given_name": person.given_name or "",
            "person-1-family_name": person.family_name or "",
        }
    return {}


def window(step: Step, first: date, limit: int = WINDOW) -> tuple[dict[date, list[Time]], date | None]:
    """Free times of the open days from `first`, and the day after them if there are more."""
    days = queries.open_days(step.session, step.clinic, step.kind, first, limit + 1, step.moment)
    free = queries.free_times(step.session, step.clinic, step.kind, days[:limit], step.moment, own=(HOLD, step.draft.id))
    return free, days[limit] if len(days) > limit else None


def alternatives(step: Step, wanted: Time) -> list[list[Time]]:
    """The three nearest free times of the day (the same time first if it is free) and three of the next open day."""
    free, _later = window(step, wanted.day, 4)
    same = nearest(free.pop(wanted.day, ()), wanted, 3)
    following = next((starts for starts in free.values() if starts), [])
    about_then = sorted(following, key=lambda time: abs(time.minute - wanted.minute))[:3]
    return [found for found in (same, sorted(about_then, key=lambda time: time.minute)) if found]
