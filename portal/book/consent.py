"""Consent at the check page: what is asked of a guardian who books, and where the other is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from journal_core.booking.rules import Coming
from journal_core.catalogue.rules import ConsentNeed
from journal_core.clock import ADULT, age_on, local
from journal_core.consent import rules
from journal_core.consent.use_cases import Consent
from journal_core.messages.use_cases import Recipient
from journal_core.persons import queries as persons
from journal_core.persons.model import Person
from portal.book.drafts import Step
from portal.web import register
from portal.web.acting import acting_for
from portal.web.consents import digest_of, reading
from portal.web.contacts import read_email, read_mobile, recipient
from portal.web.forms import Form
from portal.web.gate import resident_actor
from portal.web.i18n import language
from portal.web.services import services


@dataclass(frozen=True)
class AskedHere:
    """What the check page asks and says about consent."""

    need: ConsentNeed
    text: str
    digest: str
    others: Sequence[Person]
    """The other guardians who have to consent, whether or not they can be asked here: the page must not tell which."""
    until: datetime | None = None
    """Until when they are waited for."""


def know_other_guardians() -> None:
    """Who can be asked goes by what the register says of them; at a login it is asked about oneself and one's children."""
    child = acting_for()
    if child is not None:
        with services().database.reading() as session:
            theirs = [guardian for _told, guardian in persons.guardians_of(session, child.id)]
        register.know_persons(theirs, resident_actor())


def guardians(step: Step) -> list[Person]:
    """Of the child for whom somebody acts, as the register told."""
    if step.child is None:
        return []
    return [guardian for _told, guardian in persons.guardians_of(step.session, step.child.id)]


def need_of(step: Step, coming: Sequence[Coming]) -> ConsentNeed:
    """The strictest of what is asked about those who come."""
    if step.time is None:
        return ConsentNeed.NONE
    needs = {rules.asked_when_booking(step.clinic, step.setting, one.born, step.time.day) for one in coming}
    return next((need for need in (ConsentNeed.DIGITAL, ConsentNeed.AT_THE_VISIT) if need in needs), ConsentNeed.NONE)


def asked_here(step: Step, coming: Sequence[Coming]) -> AskedHere:
    need = need_of(step, coming)
    if need is not ConsentNeed.DIGITAL or step.booker is None or step.child is None or step.time is None:
        return AskedHere(need, "", "", ())
    text = reading(step.clinic, step.kind.category).text
    needed = rules.required(guardians(step), step.booker.id, step.clinic.unit.provider.consenting_guardians)
    others = [one for one in needed if one.id != step.booker.id]
    return AskedHere(need, text, digest_of(text), others, rules.answer_by(step.time, step.moment))


def read_consent(step: Step, form: Form, asked: AskedHere) -> Consent | None:
    """The booker's consent and where the others are reached, or None with the form's problems said, or nothing asked."""
    if asked.need is not ConsentNeed.DIGITAL or step.booker is None or step.child is None:
        return None
    if not form.ticked("consent"):
        form.wrong("consent", _("Läs texten om samtycke och kryssa i rutan."))
    elif form.text("consent_text") != asked.digest:
        form.wrong("consent", _("Texten om samtycke är ny. Läs den och kryssa i rutan en gång till."))
    contacts = {other.id: _contact(form, other) for other in asked.others}
    return Consent(reading(step.clinic, step.kind.category), contacts) if form.fine else None


def _contact(form: Form, other: Person) -> Recipient:
    """Where nothing is told the other finds the question on the own pages."""
    mobile = read_mobile(form, f"other-{other.id}-mobile")
    email = read_email(form, f"other-{other.id}-email")
    return recipient(mobile, email, language())


def may_hide(step: Step) -> bool:
    """A minor who books alone may ask that the guardians are not told."""
    booker = step.booker
    return booker is not None and step.child is None and age_on(booker.birth_date, local(step.moment).date()) < ADULT
