"""Booking code and date of birth: what opens a booking for whoever has no link. Read, limited and answered alike everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from journal_core.access import use_cases as passes
from journal_core.actor import LINK
from journal_core.audit import use_cases as audit
from journal_core.audit.model import Action
from journal_core.booking import queries, refusals
from journal_core.booking.model import Booking
from journal_core.clock import today
from journal_core.persons.rules import read_birth_date
from journal_core.refusal import Refusal
from portal.web.forms import Form
from portal.web.limits import CODE_TRIES, CODES_BY_ADDRESS, address, spend
from portal.web.services import services
from portal.web.sessions import owner
from portal.words import say

CODE_LENGTH = 9


@dataclass(frozen=True)
class Claim:
    """What somebody says they have; whether the two belong together is for `claimed`."""

    code: str
    born: date


def read_claim(form: Form) -> Claim | None:
    """The form's `code` and `birth_date`, counted as a try; None with the form's problems said. Raises TooMany."""
    code = "".join(c for c in form.figures("code") if c.isdecimal())
    if len(code) != CODE_LENGTH:
        form.wrong("code", _("Skriv bokningskodens 9 siffror."))
    born = read_born(form)
    if born is None or not form.fine:
        return None
    spend("code-address", address(), CODES_BY_ADDRESS)
    spend("code", code, CODE_TRIES)
    return Claim(code, born)


def read_born(form: Form) -> date | None:
    try:
        return read_birth_date(form.figures("birth_date"), today(services().clock))
    except Refusal as refusal:
        form.wrong("birth_date", say(refusal))
        return None


def claimed(session: Session, form: Form, claim: Claim) -> Booking | None:
    """The booking, if code and date belong together; one sentence for every other case."""
    found = queries.booking_by_code(session, claim.code, claim.born)
    if found is None:
        form.wrong("code", say(Refusal(refusals.CODE_UNKNOWN)))
    return found


def let_in(session: Session, found: Booking, moment: datetime) -> None:
    """This browser has shown a date of birth that belongs to the booking: it may change it for a while."""
    passes.give_pass(session, owner(), found.id, moment)
    audit.record(
        session,
        LINK,
        Action.IDENTIFIED,
        moment,
        persons=[visit.person_id for visit in found.visits],
        clinic_id=found.clinic_id,
        booking_id=found.id,
    )
