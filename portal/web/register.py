"""Asking the person register, outside any transaction, and writing down what it told in one of its own.

When it is down, slow or half answering, nothing is written and no page fails: what is known is older than it could be, and who
acts for a child by it no longer does (persons.rules).
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from journal_core.actor import SYSTEM, Actor
from journal_core.arrivals import merging
from journal_core.clock import local
from journal_core.persons import queries
from journal_core.persons.model import Person
from journal_core.persons.rules import is_stale, minors_among
from journal_core.persons.told import Registered
from journal_core.registers.person_register import RegisterUnavailable
from portal.web.services import now, services

log = logging.getLogger(__name__)
Told = Mapping[str, Registered]
REST = timedelta(seconds=30)


def know(numbers: Collection[str], actor: Actor = SYSTEM) -> bool:
    """Asks for those that are unknown or were told of more than 24 hours ago. False: it could not be asked.

    `actor` is the one for whom it is asked.
    """
    with services().database.reading() as session:
        known = queries.by_identities(session, list(numbers))
    moment = now()
    return _know([number for number in numbers if number not in known or is_stale(known[number], moment)], actor, moment)


def know_persons(persons: Iterable[Person], actor: Actor = SYSTEM) -> bool:
    """The same for persons who have just been read; those without a number it can't know.

    For staff, who open page after page: when it did not answer it is left alone for REST.
    """
    moment, numbers = now(), _stale(persons)
    if not numbers or moment < services().silence.until:
        return not numbers
    answered = _know(numbers, actor, moment)
    if not answered:
        services().silence.until = moment + REST
    return answered


def knows_not_all(persons: Iterable[Person]) -> bool:
    """Whether `know_persons` would ask for any of them."""
    return services().register is not None and now() >= services().silence.until and bool(_stale(persons))


def _stale(persons: Iterable[Person]) -> list[str]:
    return [one.identity for one in persons if one.identity and is_stale(one, now())]


def know_family(person_id: int, actor: Actor = SYSTEM, *, since: datetime | None = None) -> bool:
    """Asks for somebody and for all their children under 18, however lately it has told. False: it could not be asked.

    For the login, so that the right to act for a child lasts as long as the session. A page that comes later says `since` when
    somebody logged in: it asks again only if it could not be asked then.
    """
    moment = now()
    with services().database.reading() as session:
        person = queries.person(session, person_id)
    if person is None or person.identity is None or _told_since(person, since):
        return True
    own = _ask([person.identity])
    if own is None:
        return False
    named = [child.number for record in own.values() for child in record.children]
    children = minors_among(named, local(moment).date())
    theirs = _ask(children)
    if theirs is None:
        return False
    _take_in({**own, **theirs}, [person.identity, *children], actor, moment)
    return True


def _told_since(person: Person, since: datetime | None) -> bool:
    return since is not None and person.register_at is not None and person.register_at >= since


def _know(numbers: Collection[str], actor: Actor, moment: datetime) -> bool:
    told = _ask(numbers)
    if told is None:
        return False
    _take_in(told, numbers, actor, moment)
    return True


def _ask(numbers: Collection[str]) -> Told | None:
    """None: it could not be asked."""
    register = services().register
    if not numbers:
        return {}
    if register is None:
        return None
    try:
        return register.persons(numbers)
    except RegisterUnavailable:
        log.warning("the person register did not answer")
        return None


def _take_in(told: Told, asked: Collection[str], actor: Actor, moment: datetime) -> None:
    if asked:
        with services().database.writing() as session:
            merging.take_in(session, actor, told, asked, moment)
