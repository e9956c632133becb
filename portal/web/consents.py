"""What guardians read before they consent, to the letter, and how it stands with a visit's consents, in words."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from journal_core.booking.model import Booking, Visit
from journal_core.booking.rules import time_of
from journal_core.catalogue import queries as catalogue
from journal_core.catalogue.model import ProviderReason, VisitCategory
from journal_core.consent import queries, rules
from journal_core.consent.model import Answer, ConsentRequest
from journal_core.consent.rules import Standing
from journal_core.consent.use_cases import Reading
from journal_core.organisation.model import Clinic
from portal.web.i18n import language
from portal.web.services import now
from portal.web.sessions import resident_id, visitor
from portal.words import reason_name

STANDS: Mapping[Standing, LazyString] = {
    Standing.AT_THE_VISIT: _l("Inget samtycke behöver lämnas här. Personalen pratar igenom vaccinationen vid besöket."),
    Standing.WAITING: _l("Ett samtycke saknas än: en vårdnadshavare har inte svarat."),
    Standing.GIVEN: _l("Alla samtycken som behövs är lämnade."),
    Standing.REFUSED: _l("En vårdnadshavare har sagt nej. Då vaccineras barnet inte utan att personalen har pratat med er."),
    Standing.CONFLICT: _l("Vårdnadshavarna har svarat olika. Då vaccineras barnet inte utan att personalen har pratat med er."),
    Standing.WITHDRAWN: _l("Ett samtycke är taget tillbaka. Då vaccineras barnet inte utan att personalen har pratat med er."),
    Standing.SILENT: _l("Ett samtycke saknas: en vårdnadshavare har inte svarat i tid. Personalen frågar vid besöket."),
    Standing.NEEDS_STAFF: _l("Personalen frågar om samtycke vid besöket."),
}
"""For those who come, what is still missing."""
FROM_YOU: Mapping[Standing, LazyString] = {
    Standing.WAITING: _l("Ditt svar om samtycke saknas än."),
    Standing.SILENT: _l("Ditt svar om samtycke saknas. Du kan svara ända tills besöket börjar."),
}
"""The same to the guardian who is waited for."""
FINE = frozenset({Standing.GIVEN, Standing.AT_THE_VISIT})
"""Nobody has to do anything about it before the visit."""


def consent_text(clinic: Clinic, category: VisitCategory) -> str:
    """The exact words that a guardian agrees to, in the reader's language. Nobody is named: the event says for whom."""
    return _(
        "Jag är vårdnadshavare för barnet och samtycker till att det vaccineras (%(reason)s) hos %(provider)s. "
        "Jag kan ta tillbaka mitt samtycke fram till besöket. Barnets egen vilja räknas också.",
        reason=reason_name(category.reason.slug, category.reason.name),
        provider=clinic.unit.provider.name,
    )


def digest_of(text: str) -> str:
    """By which a form says what was read."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def reading(clinic: Clinic, category: VisitCategory) -> Reading:
    """What the logged-in has read on this page."""
    found = visitor()
    assert found is not None
    return Reading(consent_text(clinic, category), language(), found.eid or "")


@dataclass(frozen=True)
class Stand:
    """How it stands with one visit's consents, as those who come may know it."""

    words: str
    until: datetime | None
    """Until when somebody is waited for."""
    fine: bool
    yours: int | None
    """The request that the reader has not answered."""


def standings_of(session: Session, bookings: Sequence[Booking]) -> dict[int, Stand]:
    """By visit id, for those where there is anything to say. Three statements, however many."""
    visits = [visit for booking in bookings for visit in booking.visits]
    asked = queries.of_visits(session, [visit.id for visit in visits], texts=False)
    settings = catalogue.reasons_of_providers(session, {booking.clinic.unit.provider_id for booking in bookings})
    found = {}
    for booking in bookings:
        setting = settings[booking.clinic.unit.provider_id].get(booking.type.category.reason_id)
        for visit in booking.visits:
            stand = _stand(booking, setting, visit, asked.get(visit.id, ()))
            if stand is not None:
                found[visit.id] = stand
    return found


def _stand(booking: Booking, setting: ProviderReason | None, visit: Visit, requests: Sequence[ConsentRequest]) -> Stand | None:
    standing = rules.standing_of(booking.clinic, setting, visit, requests, now())
    if standing not in STANDS:
        return None
    until = rules.deadline(time_of(booking), requests)
    if standing is Standing.NEEDS_STAFF and requests:
        # That a guardian can't be asked is told to nobody but the staff: it looks like one who hasn't answered.
        until = until or rules.answer_by(time_of(booking), max(request.created_at for request in requests))
        standing = Standing.WAITING if now() < until else Standing.SILENT
    yours = next((one.id for one in requests if one.guardian_id == resident_id() and rules.last(one) is Answer.ASKED), None)
    words = FROM_YOU.get(standing, STANDS[standing]) if yours else STANDS[standing]
    return Stand(str(words), until if standing is Standing.WAITING else None, standing in FINE, yours)
