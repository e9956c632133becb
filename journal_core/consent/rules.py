"""Judges of consent (domain §5, docs/decisions/0013): who has to answer, until when, and what holds of a visit.

Loaded facts in, verdict out. Of each request the last event counts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from journal_core.booking.model import Booking, Visit
from journal_core.booking.rules import Time, time_of
from journal_core.catalogue.model import ProviderReason
from journal_core.catalogue.rules import ConsentNeed, consent_asked_of
from journal_core.clock import ADULT, age_on, instant_of
from journal_core.consent import refusals
from journal_core.consent.model import Answer, ConsentRequest
from journal_core.organisation.model import Clinic
from journal_core.organisation.rules import only_for_oneself
from journal_core.persons.model import Person
from journal_core.refusal import Refusal

ASKED_AGAIN_AFTER = timedelta(hours=24)
"""A guardian gets no second message about the same visit before."""


class Standing(StrEnum):
    """What holds of one visit; derived, never kept."""

    NOT_ASKED = "not_asked"
    """An adult, or a visit for which nobody is asked."""
    AT_THE_VISIT = "at_the_visit"
    """Over the age limit: the staff talk it through at the visit."""
    WAITING = "waiting"
    """Somebody has not answered yet, and there is still time."""
    GIVEN = "given"
    """By everybody who has to."""
    REFUSED = "refused"
    """Nobody's yes stands, and somebody has said no."""
    CONFLICT = "conflict"
    """One yes and one explicit no: not vaccinated, the staff assess."""
    WITHDRAWN = "withdrawn"
    """Somebody who gave consent has taken it back."""
    SILENT = "silent"
    """Somebody has not answered, and the time is out."""
    NEEDS_STAFF = "needs_staff"
    """Somebody who has to consent can't be asked here, or nobody was: the staff ask at the visit."""


# --- who ------------------------------------------------------------------------------------------------------------------


def can_act(guardian: Person) -> bool:
    """A protected guardian doesn't act for a child here (domain §5), and a deceased one no more."""
    return not guardian.protected and guardian.deceased_on is None


def can_be_asked(guardian: Person) -> bool:
    """By message, to answer with the own e-ID. Several reasons lead to the same "no", so that it tells of none of them."""
    return can_act(guardian) and guardian.emigrated_on is None and guardian.identity is not None


def may_be_acted_for(child: Person) -> bool:
    """Nobody acts for a protected child, nor for one that is sealed."""
    return not child.protected and child.sealed_at is None


def asked_when_booking(clinic: Clinic, setting: ProviderReason | None, born: date, visit_day: date) -> ConsentNeed:
    """What is asked of whoever books. Where one may book for oneself alone no guardian can: then the staff ask."""
    return ConsentNeed.NONE if only_for_oneself(clinic) else consent_asked_of(clinic, setting, born, visit_day)


def required(guardians: Sequence[Person], booker_id: int, consenting: int) -> list[Person]:
    """Those whose consent is needed, who books first; `consenting` of two guardians (1 or 2), as the provider decides."""
    living = [guardian for guardian in guardians if guardian.deceased_on is None]
    booker = [guardian for guardian in living if guardian.id == booker_id]
    return booker if consenting == 1 else booker + [guardian for guardian in living if guardian.id != booker_id]


# --- until when -----------------------------------------------------------------------------------------------------------


def answer_by(time: Time, asked_at: datetime) -> datetime:
    """Until the end of the day before the visit; who is asked on the very day has until it begins.

    After that the staff ask at the visit. A late answer still counts (check_answer).
    """
    midnight = instant_of(time.day, 0)
    return midnight if asked_at < midnight else time.instant


def asked_at(request: ConsentRequest) -> datetime | None:
    """When this guardian was last asked; None for one who can't be."""
    return max((event.at for event in request.events if event.answer is Answer.ASKED), default=None)


def deadline(time: Time, requests: Sequence[ConsentRequest]) -> datetime | None:
    """Until when those who have not answered are waited for; None where nobody is."""
    waited = [asked_at(request) for request in requests if last(request) is Answer.ASKED]
    return max((answer_by(time, at) for at in waited if at is not None), default=None)


# --- what holds -----------------------------------------------------------------------------------------------------------


def last(request: ConsentRequest) -> Answer | None:
    """What counts of a request; None for somebody who has to consent and can't be asked."""
    return request.events[-1].answer if request.events else None


def standing(need: ConsentNeed, requests: Sequence[ConsentRequest], by: datetime | None, now: datetime) -> Standing:
    """What holds of one visit. A "no" outlives a changed setting, a "yes" doesn't: so it errs for the child."""
    counting = [request for request in requests if request.guardian.deceased_on is None]
    answers = {last(request) for request in counting}
    if Answer.REFUSED in answers:
        return Standing.CONFLICT if Answer.GIVEN in answers else Standing.REFUSED
    if Answer.WITHDRAWN in answers:
        return Standing.WITHDRAWN
    if need is not ConsentNeed.DIGITAL:
        return Standing.NOT_ASKED if need is ConsentNeed.NONE else Standing.AT_THE_VISIT
    if answers == {Answer.GIVEN}:
        return Standing.GIVEN
    if not counting or not all(_answers_or_may(request) for request in counting):
        return Standing.NEEDS_STAFF
    return Standing.WAITING if by is not None and now < by else Standing.SILENT


def _answers_or_may(request: ConsentRequest) -> bool:
    return last(request) is Answer.GIVEN or (last(request) is Answer.ASKED and can_be_asked(request.guardian))


def standing_of(
    clinic: Clinic, setting: ProviderReason | None, visit: Visit, requests: Sequence[ConsentRequest], now: datetime
) -> Standing:
    """The same of a loaded visit at the clinic. A new adult decides alone, whatever guardians have said."""
    booking, born = visit.booking, visit.person.birth_date
    if age_on(born, booking.day) >= ADULT:
        return Standing.NOT_ASKED
    need = consent_asked_of(clinic, setting, born, booking.day)
    return standing(need, requests, deadline(time_of(booking), requests), now)


# --- answering ------------------------------------------------------------------------------------------------------------


def written(before: Answer | None, *, yes: bool) -> Answer | None:
    """The event that an answer becomes; None where it changes nothing.

    A "no" is never turned away, from whatever page it comes: after a "yes" it withdraws, else it refuses.
    """
    if yes:
        return None if before is Answer.GIVEN else Answer.GIVEN
    if before is Answer.GIVEN:
        return Answer.WITHDRAWN
    return None if before in (Answer.REFUSED, Answer.WITHDRAWN) else Answer.REFUSED


def is_answerable(request: ConsentRequest, now: datetime) -> bool:
    """Whether its guardian can answer it now, or answer otherwise than before."""
    return is_asked(request) and not _has_begun(request.visit.booking, now)


def check_answer(request: ConsentRequest, guardian_id: int | None, guardians: Collection[Person], now: datetime) -> None:
    """That this person can answer it now. `guardians`: the child's, as the register last named them.

    Raises Refusal: consent_not_yours, consent_too_late.
    """
    if request.guardian_id != guardian_id or not _is_among(guardians, guardian_id) or not is_asked(request):
        raise Refusal(refusals.NOT_YOURS)
    if _has_begun(request.visit.booking, now):
        raise Refusal(refusals.CONSENT_TOO_LATE)


def check_asker(
    request: ConsentRequest, requests: Collection[ConsentRequest], asker_id: int | None, guardians: Collection[Person]
) -> None:
    """That another guardian, who has to consent to the same visit, has it asked again. Raises Refusal: consent_not_yours."""
    others = [one for one in requests if one.id != request.id and one.guardian_id == asker_id and can_act(one.guardian)]
    if not others or not _is_among(guardians, asker_id):
        raise Refusal(refusals.NOT_YOURS)


def check_asking_again(request: ConsentRequest, guardians: Collection[Person], now: datetime, *, reached: bool) -> None:
    """That its guardian can be asked once more. `reached`: the last question was sent somewhere.

    Raises Refusal: consent_not_yours, consent_too_late, consent_answered, consent_asked_recently.
    """
    asked = asked_at(request)
    askable = is_asked(request) and can_be_asked(request.guardian) and _is_among(guardians, request.guardian_id)
    if asked is None or not askable:
        raise Refusal(refusals.NOT_YOURS)
    if _has_begun(request.visit.booking, now):
        raise Refusal(refusals.CONSENT_TOO_LATE)
    if last(request) is not Answer.ASKED:
        raise Refusal(refusals.CONSENT_ANSWERED)
    if reached and now < asked + ASKED_AGAIN_AFTER:
        raise Refusal(refusals.CONSENT_ASKED_RECENTLY)


def _is_among(guardians: Collection[Person], person_id: int | None) -> bool:
    return any(guardian.id == person_id for guardian in guardians)


def is_asked(request: ConsentRequest) -> bool:
    """A guardian who may act was asked about somebody who may be acted for, and comes as a minor."""
    child = request.visit.person
    minor = age_on(child.birth_date, request.visit.booking.day) < ADULT
    return bool(request.events) and can_act(request.guardian) and may_be_acted_for(child) and minor


def _has_begun(booking: Booking, now: datetime) -> bool:
    """Or will never."""
    return booking.cancelled_at is not None or time_of(booking).instant <= now
