"""The verbs of consent: book with it, answer, ask again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from journal_core.access.model import Draft
from journal_core.actor import Actor, ActorKind
from journal_core.audit import use_cases as audit
from journal_core.audit.model import Action
from journal_core.booking import queries as bookings
from journal_core.booking import use_cases as booking
from journal_core.booking.model import Visit
from journal_core.booking.rules import Coming, time_of
from journal_core.booking.use_cases import Order, Tools
from journal_core.catalogue.rules import ConsentNeed, asks_consent
from journal_core.consent import queries, refusals, rules
from journal_core.consent.model import Answer, ConsentEvent, ConsentRequest, ConsentText
from journal_core.crypto import Vault, new_token
from journal_core.messages.model import Channel, MessageKind
from journal_core.messages.use_cases import Recipient
from journal_core.persons import queries as persons
from journal_core.persons.model import Person
from journal_core.refusal import Refusal
from journal_core.writing import insert_missing

LOGGED = {
    Answer.ASKED: Action.CONSENT_ASKED,
    Answer.GIVEN: Action.CONSENT_GIVEN,
    Answer.REFUSED: Action.CONSENT_REFUSED,
    Answer.WITHDRAWN: Action.CONSENT_WITHDRAWN,
}


@dataclass(frozen=True)
class Reading:
    """What a guardian had read when answering, to the letter, and by what they were identified."""

    text: str
    language: str
    identified_by: str
    """Name of the e-ID provider."""


@dataclass(frozen=True)
class Consent:
    """The consent of the guardian who books, and where the others are asked for theirs."""

    reading: Reading
    contacts: Mapping[int, Recipient]
    """By person id, as typed; who isn't in it is asked on the own pages alone."""


# --- booking --------------------------------------------------------------------------------------------------------------


def confirm(
    session: Session,
    actor: Actor,
    tools: Tools,
    draft: Draft,
    order: Order,
    guardians: Sequence[Person],
    consent: Consent | None,
    now: datetime,
) -> int:
    """booking's confirm, and where guardians have to consent, the booker's consent and the question to the others with it.

    `guardians`: of the child for whom the booker acts. `consent`: None where none was given. Call with the draft locked.
    Raises Refusal: consent_missing, not_guardian, those of booking's confirm.
    """
    if draft.booking_id is not None:
        return draft.booking_id
    in_need = _in_need(session, draft, order)
    if not in_need:
        return booking.confirm(session, actor, tools, draft, order, now)
    _check_guardian(session, actor, order, in_need, guardians)
    if consent is None:
        raise Refusal(refusals.CONSENT_MISSING)
    booking_id = booking.confirm(session, actor, tools, draft, order, now)
    _ask(session, actor, tools, booking_id, order, guardians, consent, now)
    return booking_id


def _in_need(session: Session, draft: Draft, order: Order) -> list[Coming]:
    """Those who come whose guardians have to consent."""
    if not asks_consent(order.clinic, order.setting):
        return []
    # The draft is locked, so this is the day that is booked, if any is.
    held = bookings.hold(session, draft.id)
    return [one for one in order.coming if held is not None and _is_needed(order, one, held.day)]


def _is_needed(order: Order, one: Coming, day: date) -> bool:
    return rules.asked_when_booking(order.clinic, order.setting, one.born, day) is ConsentNeed.DIGITAL


def _check_guardian(
    session: Session, actor: Actor, order: Order, in_need: Sequence[Coming], guardians: Sequence[Person]
) -> None:
    """That whoever books is a guardian of everybody in need, who may act, of a child that may be acted for."""
    child = order.acting_for
    if child is None or order.booker is None or any(one.identity != child for one in in_need):
        raise Refusal(refusals.NOT_GUARDIAN)
    booker = next((one for one in guardians if one.id == actor.id and one.identity == order.booker.number), None)
    known = persons.by_identities(session, [child.number]).get(child.number)
    if booker is None or not rules.can_act(booker) or known is None or not rules.may_be_acted_for(known):
        raise Refusal(refusals.NOT_GUARDIAN)


def _ask(
    session: Session,
    actor: Actor,
    tools: Tools,
    booking_id: int,
    order: Order,
    guardians: Sequence[Person],
    consent: Consent,
    now: datetime,
) -> None:
    """Writes down who has to consent to the child's visit: who books has, the others are asked."""
    made = bookings.booking(session, booking_id)
    assert made is not None
    assert order.acting_for is not None
    assert actor.id is not None
    visit = next(one for one in made.visits if one.person.identity == order.acting_for.number)
    nowhere = Recipient(Channel.NONE, None, None, consent.reading.language)
    for guardian in rules.required(guardians, actor.id, order.clinic.unit.provider.consenting_guardians):
        if guardian.id == actor.id:
            own = _request(session, tools.vault, visit, guardian, nowhere, now)
            own.events.append(ConsentEvent(at=now, answer=Answer.ASKED))
            _record(session, actor, own, Answer.GIVEN, consent.reading, now)
        elif rules.can_be_asked(guardian):
            contact = consent.contacts.get(guardian.id, nowhere)
            _put(session, actor, tools, _request(session, tools.vault, visit, guardian, contact, now), now)
        else:
            # Nothing is told to or of this one; the row says to the staff that somebody is still to be heard.
            _request(session, tools.vault, visit, guardian, nowhere, now)


def _request(
    session: Session, vault: Vault, visit: Visit, guardian: Person, contact: Recipient, now: datetime
) -> ConsentRequest:
    token = new_token()
    link_hash = vault.hash("consent", token)
    made = ConsentRequest(
        visit=visit,
        guardian_id=guardian.id,
        link_hash=link_hash,
        link=vault.seal(f"consent-link:{link_hash}", token),
        mobile=contact.mobile,
        email=contact.email,
        channel=contact.channel,
        language=contact.language,
        created_at=now,
    )
    session.add(made)
    return made


def link_of(vault: Vault, request: ConsentRequest) -> str:
    """The token of /samtycke/…"""
    return vault.open(f"consent-link:{request.link_hash}", request.link)


# --- answering ------------------------------------------------------------------------------------------------------------


def answer(
    session: Session,
    actor: Actor,
    tools: Tools,
    request_id: int,
    reading: Reading,
    guardians: Collection[Person],
    now: datetime,
    *,
    yes: bool,
) -> ConsentRequest:
    """What a guardian says, and says otherwise later: a "no" after a "yes" withdraws. The same again has no effect (P3).

    `guardians`: the child's, as the register last named them. Who booked is told to look when another says no.
    Raises Refusal: consent_not_yours (there is none, too), consent_too_late.
    """
    request = _locked(session, request_id)
    asked_of = actor.id if actor.kind is ActorKind.RESIDENT else None
    rules.check_answer(request, asked_of, guardians, now)
    said = rules.written(rules.last(request), yes=yes)
    if said is None:
        return request
    _record(session, actor, request, said, reading, now)
    if not yes:
        _tell_booker(session, tools, request, now)
    return request


def ask_again(
    session: Session,
    actor: Actor,
    tools: Tools,
    request_id: int,
    guardians: Collection[Person],
    now: datetime,
    *,
    contact: Recipient | None = None,
) -> ConsentRequest:
    """Sends the question once more, to where it was sent before or to another `contact`.

    For staff, whose clinic the doors have judged, and for the child's other guardians who have to consent to the same visit.
    Raises Refusal: consent_not_yours (there is none, too), consent_too_late, consent_answered, consent_asked_recently,
    consent_no_contact.
    """
    request = _locked(session, request_id)
    if actor.kind is not ActorKind.STAFF:
        asker = actor.id if actor.kind is ActorKind.RESIDENT else None
        rules.check_asker(request, queries.of_visits(session, [request.visit_id])[request.visit_id], asker, guardians)
    before = _contact_of(request)
    rules.check_asking_again(request, guardians, now, reached=_reaches(before))
    to = contact or before
    if not _reaches(to):
        raise Refusal(refusals.CONSENT_NO_CONTACT)
    request.mobile, request.email, request.channel, request.language = to.mobile, to.email, to.channel, to.language
    _put(session, actor, tools, request, now)
    return request


def _locked(session: Session, request_id: int) -> ConsentRequest:
    """A request as it is now, with its booking locked: neither its time nor another answer can come in between."""
    booking_id = queries.booking_of(session, request_id)
    if booking_id is None:
        raise Refusal(refusals.NOT_YOURS)
    bookings.booking(session, booking_id, lock=True)
    return queries.as_it_is(session, request_id)


def _put(session: Session, actor: Actor, tools: Tools, request: ConsentRequest, now: datetime) -> None:
    """Asks a guardian. The message says that there is something to answer, where, and until when; no more."""
    made = request.visit.booking
    request.events.append(ConsentEvent(at=now, answer=Answer.ASKED))
    facts = {"link": link_of(tools.vault, request), "until": rules.answer_by(time_of(made), now)}
    tools.post.write(session, MessageKind.CONSENT, _contact_of(request), facts, made.id, now)
    _log(session, actor, Answer.ASKED, request, now)


def _record(session: Session, actor: Actor, request: ConsentRequest, said: Answer, reading: Reading, now: datetime) -> None:
    text_id = _text(session, reading)
    request.events.append(ConsentEvent(at=now, answer=said, text_id=text_id, identified_by=reading.identified_by))
    _log(session, actor, said, request, now)


def _text(session: Session, reading: Reading) -> int:
    """The id of exactly this text, made where nobody has read it before. Two at the same instant make one."""
    digest = sha256(f"{reading.language}\n{reading.text}".encode()).hexdigest()
    known = queries.text_id(session, digest)
    if known is None:
        row = {"digest": digest, "language": reading.language, "text": reading.text}
        insert_missing(session, ConsentText, [row], ("digest",))
        known = queries.text_id(session, digest)
        assert known is not None
    return known


def _tell_booker(session: Session, tools: Tools, request: ConsentRequest, now: datetime) -> None:
    """That something has changed, and where it is seen: else a family would come in vain. Not where it was the booker."""
    first = queries.of_visits(session, [request.visit_id])[request.visit_id][0]
    if first.id != request.id:
        made = request.visit.booking
        facts = {"link": booking.link_of(tools.vault, made)}
        tools.post.write(session, MessageKind.CONSENT_CHANGED, booking.recipient_of(made), facts, made.id, now)


def _contact_of(request: ConsentRequest) -> Recipient:
    return Recipient(request.channel, request.mobile, request.email, request.language)


def _reaches(contact: Recipient) -> bool:
    return any(contact.address(way) for way in contact.channel.ways)


def _log(session: Session, actor: Actor, said: Answer, request: ConsentRequest, now: datetime) -> None:
    made = request.visit.booking
    child = request.visit.person_id
    audit.record(session, actor, LOGGED[said], now, persons=[child], clinic_id=made.clinic_id, booking_id=made.id)
