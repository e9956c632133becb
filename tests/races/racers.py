"""What the racers do. Each runs in a process of its own, so what it changes in the program is gone with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from journal_core.access import queries as access
from journal_core.actor import STRANGER, SYSTEM, Actor, ActorKind
from journal_core.arrivals.merging import take_in
from journal_core.booking import capacity, loading
from journal_core.booking import queries as bookings
from journal_core.booking import use_cases as booking
from journal_core.booking.model import Booking
from journal_core.booking.rules import Time
from journal_core.consent import queries as consents
from journal_core.consent import use_cases as consent
from journal_core.declarations import bank
from journal_core.declarations import queries as declarations
from journal_core.declarations import use_cases as declaring
from journal_core.declarations.form import read_form
from journal_core.declarations.model import Definition
from journal_core.organisation import queries as organisation
from journal_core.organisation import use_cases as imports
from journal_core.organisation.rules import Outcome, ToldClinic
from journal_core.persons import queries as persons
from journal_core.persons.model import Person
from journal_core.persons.rules import Identity
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import OWNER, Offer, an_order, the_tools
from tests.build.clocks import START
from tests.build.consents import IN_ENGLISH
from tests.build.forms import FORM, a_question
from tests.build.register import the_register
from tests.races.race import Start


def hold_and_confirm(start: Start, offer: Offer, draft_id: str, time: Time) -> int:
    """The two transactions of a resident who is alone at the keyboard but not in the world."""
    start.wait()
    _hold(start.database, offer, draft_id, time)
    return _confirm(start.database, offer, draft_id)


def hold_and_confirm_unguarded(start: Start, offer: Offer, draft_id: str, time: Time) -> int:
    """The same with the lock gone, and everybody's look at the day before anybody's writing."""
    capacity.lock_days = _do_nothing
    # It would write before it reads, and so take SQLite's own lock in place of the one that is gone.
    capacity.forget_run_out = _do_nothing
    loading.load = _then_wait(loading.load, start)
    _without_file_lock(start)
    _hold(start.database, offer, draft_id, time)
    return _confirm(start.database, offer, draft_id)


def confirm(start: Start, offer: Offer, draft_id: str, booker: Identity | None = None) -> int:
    """Presses the last button."""
    start.wait()
    return _confirm(start.database, offer, draft_id, booker)


def import_clinics(start: Start, org_number: str, told: Sequence[ToldClinic]) -> int:
    """How many it added."""
    start.wait()
    return _import(start.database, org_number, told)


def import_clinics_unguarded(start: Start, org_number: str, told: Sequence[ToldClinic]) -> int:
    """The same with the lock gone, and everybody's look at what is there before anybody's writing."""
    locked = organisation.provider_by_org_number
    organisation.provider_by_org_number = lambda session, number, **_lock: locked(session, number)
    organisation.imported_clinics = _then_wait(organisation.imported_clinics, start)
    _without_file_lock(start)
    return _import(start.database, org_number, told)


def _import(database: Database, org_number: str, told: Sequence[ToldClinic]) -> int:
    with database.writing() as session:
        provider = imports.ensure_provider(session, org_number, "Vårdgivaren")
        verdicts = imports.import_clinics(session, provider, told, START, activate=True)
    return sum(verdict.outcome is Outcome.ADDED for verdict in verdicts)


def _hold(database: Database, offer: Offer, draft_id: str, time: Time) -> None:
    with database.writing() as session:
        here = offer.within(session)
        booking.hold(session, here.clinic, here.kind, time, draft_id, START)


def _confirm(
    database: Database, offer: Offer, draft_id: str, booker: Identity | None = None, coming: cast.Member = cast.BOOKER
) -> int:
    actor = Actor(ActorKind.RESIDENT) if booker else STRANGER
    with database.writing() as session:
        draft = access.draft(session, draft_id, OWNER, START, lock=True)
        assert draft is not None
        order = an_order(offer.within(session), coming=(coming.coming,), booker=booker)
        return booking.confirm(session, actor, the_tools(), draft, order, START)


def _then_wait(read: Callable[..., Any], start: Start) -> Callable[..., Any]:
    def read_then_wait(*args: Any, **named: Any) -> Any:
        found = read(*args, **named)
        if not start.off:
            start.wait()
        return found

    return read_then_wait


def _without_file_lock(start: Start) -> None:
    # The program has no switch for this, and must not have one: writers of a database without a file take no turns.
    start.database.path = None


def _do_nothing(*_args: Any, **_named: Any) -> None: ...


def runs(drafts: Sequence[str], **same: Any) -> list[Mapping[str, Any]]:
    """One run for each draft, alike in all else."""
    return [{"draft_id": draft, **same} for draft in drafts]


def rebook(start: Start, booking_id: int, time: Time, actor: Actor = STRANGER) -> int:
    """Moves a booking; its own id again."""
    start.wait()
    with start.database.writing() as session:
        return booking.rebook(session, actor, the_tools(), booking_id, time, START).id


def while_renumbered(start: Start, act: str, **run: Any) -> int:
    """One of RENUMBERING, beside the others."""
    return RENUMBERING[act](start, **run)


def _renumber(start: Start) -> int:
    """The register tells that somebody has been given a new number."""
    start.wait()
    _take_in_new_number(start.database)
    return 0


def _confirm_old_number(start: Start, offer: Offer, draft_id: str) -> int:
    """Books for that person by the number they had before."""
    start.wait()
    return _confirm(start.database, offer, draft_id, coming=cast.BEFORE_RENUMBERED)


def _confirm_found(start: Start, offer: Offer, draft_id: str) -> int:
    """The same, and the others start when it has found whose number that is, but has written nothing yet."""
    persons.by_identities = _then_wait(persons.by_identities, start)
    return _confirm(start.database, offer, draft_id, coming=cast.BEFORE_RENUMBERED)


def _renumber_between(start: Start) -> int:
    """Begins when the other has found the person, and is done before the other writes."""
    start.wait()
    _take_in_new_number(start.database)
    start.wait()
    return 0


def _confirm_unguarded(start: Start, offer: Offer, draft_id: str) -> int:
    """Finds the person without holding them, and is overtaken."""
    found = persons.by_identities

    def found_and_overtaken(session: Session, numbers: Sequence[str], **_hold: Any) -> Any:
        known = found(session, numbers)
        start.wait()
        start.wait()
        return known

    persons.by_identities = found_and_overtaken
    return _confirm(start.database, offer, draft_id, coming=cast.BEFORE_RENUMBERED)


def _take_in_new_number(database: Database) -> None:
    number = cast.BEFORE_RENUMBERED.number
    told = the_register().persons([number])
    with database.writing() as session:
        take_in(session, SYSTEM, told, [number], START)


RENUMBERING: Mapping[str, Callable[..., int]] = {
    "renumber": _renumber,
    "confirm": _confirm_old_number,
    "confirm when found": _confirm_found,
    "renumber between": _renumber_between,
    "confirm unguarded": _confirm_unguarded,
}


def answer_consent(start: Start, request_id: int, guardian_id: int, *, yes: bool) -> int:
    """A guardian says yes or no to a request; its own id again."""
    start.wait()
    return _answer_consent(start.database, request_id, guardian_id, yes=yes)


def answer_consent_unguarded(start: Start, request_id: int, guardian_id: int, *, yes: bool) -> int:
    """The same with the booking's lock gone, and everybody's look at the last event before anybody's writing."""
    bookings.booking = lambda session, number, **_lock: session.get(Booking, number)
    consents.as_it_is = _then_wait(consents.as_it_is, start)
    _without_file_lock(start)
    return _answer_consent(start.database, request_id, guardian_id, yes=yes)


def _answer_consent(database: Database, request_id: int, guardian_id: int, *, yes: bool) -> int:
    actor = Actor(ActorKind.RESIDENT, guardian_id)
    with database.writing() as session:
        guardians = [session.get_one(Person, guardian_id)]
        return consent.answer(session, actor, the_tools(), request_id, IN_ENGLISH, guardians, START, yes=yes).id


def cancel_or_answer(start: Start, booking_id: int, request_id: int | None = None, guardian_id: int = 0) -> int:
    """Cancels the booking, or with a request says yes to that; the booking's own id again."""
    start.wait()
    if request_id is not None:
        _answer_consent(start.database, request_id, guardian_id, yes=True)
    else:
        with start.database.writing() as session:
            booking.cancel(session, STRANGER, the_tools(), booking_id, START)
    return booking_id


def word_question(start: Start, provider_id: int, definition_id: int, words: str, guarded: bool = True) -> int:
    """Somebody who has the question's form open, or who saves the definition that asks it."""
    shipped = FORM
    if not guarded:
        bank.hold = lambda session, provider_id: None
    with start.database.writing() as session:
        seen = bank.version(bank.questions(session, provider_id, shipped)["ill"])
        start.wait()
        if not words:
            bank.hold(session, provider_id)
            definition = session.get_one(Definition, definition_id)
            form = read_form(declarations.newest(session, definition_id).questions)
            declaring.change(session, definition, form[::-1], None, START)
            return definition_id
        question = a_question("ill", text={"sv": words})
        bank.save(session, SYSTEM, provider_id, shipped, question, START, seen=seen)
    return definition_id
