"""What guardians read before they consent, to the letter, and how it stands with a visit's consents, in words."""

from __future__ import annotations

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
from journal_core.consent.model import ConsentRequest
from journal_core.consent.rules import Standing
from journal_core.consent.use_cases import Reading
from journal_core.organisation.model import Clinic
from portal.web.i18n import language
from portal.web.services import now
from portal.web.sessions import visitor
from portal.words import reason_name

STANDS: Mapping[Standing, LazyString] = {
    Standing.AT_THE_VISIT: _l("Inget samtycke behövs här. Personalen pratar igenom vaccinationen med er vid besöket."),
    Standing.WAITING: _l("Samtycke saknas än från den andra vårdnadshavaren."),
    Standing.GIVEN: _l("Alla samtycken som behövs är lämnade."),
    Standing.REFUSED: _l("Vårdnadshavaren har sagt nej. Ring mottagningen om det inte stämmer."),
    Standing.CONFLICT: _l("Vårdnadshavarna har svarat olika. Då vaccineras barnet inte utan att personalen har pratat med er."),
    Standing.WITHDRAWN: _l("Ett samtycke är taget tillbaka. Personalen pratar med er vid besöket."),
    Standing.SILENT: _l("Den andra vårdnadshavaren har inte svarat. Personalen frågar vid besöket."),
    Standing.NEEDS_STAFF: _l("Personalen frågar om samtycke vid besöket."),
}
"""For those who come, what is still missing."""
STANDS_FOR_STAFF: Mapping[Standing, LazyString] = {
    Standing.AT_THE_VISIT: _l("Över åldersgränsen för samtycke på nätet. Bedöm mognaden eller fråga vid besöket."),
    Standing.WAITING: _l("Väntar på samtycke"),
    Standing.GIVEN: _l("Samtycke finns"),
    Standing.REFUSED: _l("Nej till vaccination"),
    Standing.CONFLICT: _l("Vårdnadshavarna har svarat olika: ett ja och ett nej"),
    Standing.WITHDRAWN: _l("Samtycket är taget tillbaka"),
    Standing.SILENT: _l("Samtycke saknas, svaret har inte kommit i tid"),
    Standing.NEEDS_STAFF: _l("Fråga om samtycke vid besöket"),
}


def consent_text(clinic: Clinic, category: VisitCategory) -> str:
    """The exact words that a guardian agrees to, in the reader's language. Nobody is named: the event says for whom."""
    return _(
        "Jag är vårdnadshavare för barnet och samtycker till att det vaccineras (%(reason)s) hos %(provider)s. "
        "Jag kan ta tillbaka mitt samtycke fram till besöket. Barnets egen vilja räknas också.",
        reason=reason_name(category.reason.slug, category.reason.name),
        provider=clinic.unit.provider.name,
    )


def reading(clinic: Clinic, category: VisitCategory) -> Reading:
    """What the logged-in has read on this page."""
    found = visitor()
    assert found is not None
    return Reading(consent_text(clinic, category), language(), found.eid or "")


@dataclass(frozen=True)
class Stand:
    """How it stands with one visit's consents."""

    standing: Standing
    words: str
    until: datetime | None
    """Until when somebody is waited for."""


def standings_of(session: Session, bookings: Sequence[Booking]) -> dict[int, Stand]:
    """By visit id, for those where there is anything to say; so many statements as there are providers, and three."""
    visits = [visit for booking in bookings for visit in booking.visits]
    asked = queries.of_visits(session, [visit.id for visit in visits])
    providers = {booking.clinic.unit.provider_id for booking in bookings}
    settings = {provider_id: catalogue.provider_reasons(session, provider_id) for provider_id in providers}
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
    # A guardian who can't be asked has a request from the same moment as one who was.
    begun = min((request.created_at for request in requests), default=booking.created_at)
    until = rules.deadline(time_of(booking), requests) or rules.answer_by(time_of(booking), begun)
    shown = standing
    if standing is Standing.NEEDS_STAFF and requests:
        # That a guardian can't be asked is told to nobody but the staff: it looks like one who hasn't answered.
        shown = Standing.WAITING if now() < until else Standing.SILENT
    return Stand(standing, str(STANDS[shown]), until if shown is Standing.WAITING else None)
