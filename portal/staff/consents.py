"""A visit's consents as its staff see them: who, what, when, by which e-ID, to which text; and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from journal_core.booking.model import Visit
from journal_core.booking.rules import time_of
from journal_core.catalogue import queries as catalogue
from journal_core.catalogue.model import ProviderReason
from journal_core.consent import queries, refusals, rules
from journal_core.consent.model import Answer, ConsentEvent, ConsentRequest
from journal_core.consent.rules import Standing
from journal_core.organisation.model import Clinic
from journal_core.refusal import Refusal
from portal.staff.present import Fact, Kind
from portal.web.languages import LANGUAGES
from portal.web.services import services
from portal.words import say

STANDS: Mapping[Standing, tuple[Kind, LazyString]] = {
    Standing.AT_THE_VISIT: (Kind.INFO, _l("Bedöm mognad eller fråga om samtycke")),
    Standing.WAITING: (Kind.INFO, _l("Väntar på samtycke")),
    Standing.GIVEN: (Kind.FINE, _l("Samtycke finns")),
    Standing.REFUSED: (Kind.STOP, _l("Nej till vaccination")),
    Standing.CONFLICT: (Kind.STOP, _l("Vårdnadshavarna har svarat olika")),
    Standing.WITHDRAWN: (Kind.STOP, _l("Samtycket är taget tillbaka")),
    Standing.SILENT: (Kind.LOOK, _l("Samtycke saknas, inget svar i tid")),
    Standing.NEEDS_STAFF: (Kind.LOOK, _l("Fråga om samtycke vid besöket")),
}
"""As one fact. Where nobody is asked nothing is said."""
ADVICE: Mapping[Standing, LazyString] = {
    Standing.AT_THE_VISIT: _l("Barnet är över åldersgränsen för samtycke på nätet, så ingen har frågats."),
    Standing.REFUSED: _l("Vaccinera inte utan att ni har bedömt det tillsammans med vårdnadshavarna."),
    Standing.CONFLICT: _l("Vaccinera inte utan att ni har bedömt det tillsammans med vårdnadshavarna."),
    Standing.WITHDRAWN: _l("Vaccinera inte utan att ni har bedömt det tillsammans med vårdnadshavarna."),
}
SAID: Mapping[Answer, LazyString] = {
    Answer.ASKED: _l("Frågades"),
    Answer.GIVEN: _l("Sa ja"),
    Answer.REFUSED: _l("Sa nej"),
    Answer.WITHDRAWN: _l("Tog tillbaka sitt ja"),
}
ASKING: Mapping[str, LazyString] = {
    refusals.NOT_YOURS: _l("Vårdnadshavaren kan inte frågas på nätet. Fråga vid besöket."),
    refusals.CONSENT_TOO_LATE: _l("Besöket har börjat eller är avbokat, så frågan går inte att skicka."),
    refusals.CONSENT_ANSWERED: _l("Vårdnadshavaren har redan svarat."),
}
"""Why the question isn't sent, in words for staff where those for guardians would not do."""


def facts_of(session: Session, clinic: Clinic, visits: Sequence[Visit], moment: datetime) -> dict[int, Fact]:
    """How it stands, by visit id, where there is anything to say. Three statements, however many visits."""
    asked = queries.of_visits(session, [visit.id for visit in visits], texts=False)
    settings = catalogue.provider_reasons(session, clinic.unit.provider_id)
    standings = {visit.id: _standing(clinic, settings, visit, asked.get(visit.id, ()), moment) for visit in visits}
    return {visit_id: fact(standing) for visit_id, standing in standings.items() if standing in STANDS}


def _standing(
    clinic: Clinic,
    settings: Mapping[int, ProviderReason],
    visit: Visit,
    requests: Sequence[ConsentRequest],
    moment: datetime,
) -> Standing:
    return rules.standing_of(clinic, settings.get(visit.booking.type.category.reason_id), visit, requests, moment)


def fact(standing: Standing) -> Fact:
    kind, words = STANDS[standing]
    return Fact(kind, str(words))


@dataclass(frozen=True)
class Event:
    at: datetime
    words: str
    eid: str | None
    language: str | None
    """Code of the language of `text`."""
    language_name: str | None
    text: str | None
    """What was read, to the letter."""


@dataclass(frozen=True)
class Guardian:
    """Somebody who has to consent."""

    request_id: int
    name: str | None
    """None: it is not shown, or nobody has told it."""
    answered: bool
    until: datetime | None
    """Until when the answer is waited for, where it is missing."""
    in_time: bool
    askable: bool
    """The question can be sent once more."""
    events: Sequence[Event]
    """The newest first; none for somebody who can't be asked here."""


@dataclass(frozen=True)
class Consents:
    fact: Fact
    advice: str | None
    guardians: Sequence[Guardian]


def consents(session: Session, clinic: Clinic, visit: Visit, moment: datetime) -> Consents | None:
    """All about one visit; None where nobody is asked."""
    requests = queries.of_visits(session, [visit.id]).get(visit.id, ())
    settings = catalogue.provider_reasons(session, clinic.unit.provider_id)
    standing = _standing(clinic, settings, visit, requests, moment)
    if standing not in STANDS:
        return None
    advice = ADVICE.get(standing)
    living = [request for request in requests if request.guardian.deceased_on is None]
    guardians = [_guardian(visit, request, moment) for request in living]
    return Consents(fact(standing), str(advice) if advice else None, guardians)


def _guardian(visit: Visit, request: ConsentRequest, moment: datetime) -> Guardian:
    last, time = rules.last(request), time_of(visit.booking)
    to_come = visit.booking.cancelled_at is None and moment < time.instant
    until = rules.deadline(time, [request])
    return Guardian(
        request_id=request.id,
        name=_name(visit, request),
        answered=last in (Answer.GIVEN, Answer.REFUSED, Answer.WITHDRAWN),
        until=until,
        in_time=until is not None and moment < until,
        askable=last is Answer.ASKED and to_come and rules.can_be_asked(request.guardian),
        events=list(_events(request)),
    )


def _name(visit: Visit, request: ConsentRequest) -> str | None:
    """A family name would tell of a protected child as well."""
    guardian = request.guardian
    if guardian.protected or visit.person.protected or not request.events:
        return None
    return " ".join(part for part in (guardian.given_name, guardian.family_name) if part) or None


def _events(request: ConsentRequest) -> Iterator[Event]:
    """Who books is asked and answers in one: that is one event to whoever reads it."""
    labels = {choice.name: str(choice.label) for choice in services().eids}
    for event in reversed(request.events):
        if event.answer is Answer.ASKED and any(other.at == event.at and other is not event for other in request.events):
            continue
        yield _event(event, labels)


def _event(event: ConsentEvent, labels: Mapping[str, str]) -> Event:
    eid = event.identified_by
    text = event.text
    return Event(
        at=event.at,
        words=str(SAID[event.answer]),
        eid=labels.get(eid, eid) if eid else None,
        language=text.language if text else None,
        language_name=_name_of(text.language) if text else None,
        text=text.text if text else None,
    )


def can_be_sent_yet(refusal: Refusal) -> bool:
    """Later, or to another address: the page still has the form."""
    return refusal.code not in ASKING


def why_not_asked(refusal: Refusal) -> str:
    return str(ASKING.get(refusal.code) or say(refusal))


def _name_of(language: str) -> str:
    """One that is no longer offered goes by its code."""
    return LANGUAGES[language].name if language in LANGUAGES else language
