"""A provider's question bank: the questions that come with the program, some of them in the provider's own words, and its own.

What is changed here is asked from then on by every definition that has the question: each gets another version, and whoever has
begun finishes what they began.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from journal_core.actor import Actor
from journal_core.audit import use_cases as audit
from journal_core.audit.model import Action
from journal_core.declarations import queries, refusals, rules, use_cases
from journal_core.declarations.form import Kind, Question, read_form, read_question, write_question
from journal_core.declarations.model import DefinitionVersion, OwnQuestion
from journal_core.organisation.model import CareProvider
from journal_core.organisation.refusals import SETTINGS_CHANGED
from journal_core.organisation.rules import version_of
from journal_core.refusal import Refusal
from journal_core.texts import WRITTEN_IN
from journal_core.writing import upsert

OWN = "own-"
"""What the keys of a provider's own questions, and of options that it has added, begin with."""


def questions(session: Session, provider_id: int, shipped: Sequence[Question]) -> dict[str, Question]:
    """All that may be asked, by key: those that come with the program in their order, then the provider's own."""
    own = worded(session, provider_id)
    return {one.key: own.get(one.key, one) for one in shipped} | own


def worded(session: Session, provider_id: int) -> dict[str, Question]:
    """Those that the provider has worded itself, the oldest first."""
    rows = session.scalars(select(OwnQuestion).where(OwnQuestion.provider_id == provider_id))
    found = (read_question(row.content) for row in rows)
    return {one.key: one for one in sorted(found, key=lambda one: _number(one.key))}


def new_key(taken: Iterable[str]) -> str:
    """For another question or option beside these."""
    return f"{OWN}{max(map(_number, taken), default=0) + 1}"


def _number(key: str) -> int:
    digits = key.removeprefix(OWN)
    return int(digits) if key.startswith(OWN) and digits.isdecimal() else 0


def version(question: Question | None) -> str:
    """Another one as soon as the question is worded otherwise; None: it is not there yet."""
    return version_of(write_question(question) if question else None)


def save(
    session: Session,
    actor: Actor,
    provider_id: int,
    shipped: Sequence[Question],
    question: Question,
    now: datetime,
    *,
    seen: str,
) -> None:
    """A new question, or another wording of one; `seen`: the version that the form showed.

    Raises Refusal: settings_changed, those of rules.question_faults and of rules.faults, question_awaited (question),
    definition_broken (name).
    """
    all_ = _held(session, provider_id, shipped)
    if seen != version(all_.get(question.key)):
        raise Refusal(SETTINGS_CHANGED)
    _check({**all_, question.key: question}, question)
    _ask_from_now_on(session, provider_id, question, now)
    row = {
        "provider_id": provider_id,
        "key": question.key,
        "content": write_question(question),
        "changed_at": now,
    }
    insert = upsert(session, OwnQuestion).values(row)
    new = {name: insert.excluded[name] for name in ("content", "changed_at")}
    session.execute(insert.on_conflict_do_update(index_elements=("provider_id", "key"), set_=new))
    audit.record(session, actor, Action.SETTINGS_CHANGED, now)


def take_back(
    session: Session, actor: Actor, provider_id: int, shipped: Sequence[Question], key: str, now: datetime, *, seen: str
) -> None:
    """A shipped question is asked as it is shipped again; one of the provider's own is there no longer.

    Raises Refusal: settings_changed, question_asked (name), question_awaited (question), definition_broken (name).
    """
    all_ = _held(session, provider_id, shipped)
    if seen != version(all_.get(key)):
        raise Refusal(SETTINGS_CHANGED)
    original = next((one for one in shipped if one.key == key), None)
    if original is not None:
        _check({**all_, key: original}, original)
        _ask_from_now_on(session, provider_id, original, now)
    else:
        for asking in _asking(session, provider_id, key):
            raise Refusal(refusals.QUESTION_ASKED, name=asking.definition.name)
        _check({one.key: one for one in all_.values() if one.key != key}, all_[key])
    session.execute(delete(OwnQuestion).where(OwnQuestion.provider_id == provider_id, OwnQuestion.key == key))
    audit.record(session, actor, Action.SETTINGS_CHANGED, now)


def untranslated(before: Question, after: Question) -> bool:
    """Whether Swedish words were changed while a translation of them was left as it was."""
    return any(
        old.get(WRITTEN_IN) != new.get(WRITTEN_IN)
        and any(old.get(code) == words for code, words in new.items() if code != WRITTEN_IN)
        for old, new in _wordings(before, after)
    )


def _wordings(before: Question, after: Question) -> Iterable[tuple[Mapping[str, str], Mapping[str, str]]]:
    options = {one.key: one.text for one in before.options}
    yield from ((before.text, after.text), (before.help, after.help), (before.unit, after.unit))
    yield from ((options[one.key], one.text) for one in after.options if one.key in options)


def hold(session: Session, provider_id: int) -> None:
    """From here to the transaction's end nobody else changes the bank, or what a definition asks."""
    session.execute(select(CareProvider.id).where(CareProvider.id == provider_id).with_for_update())


def _held(session: Session, provider_id: int, shipped: Sequence[Question]) -> dict[str, Question]:
    hold(session, provider_id)
    return questions(session, provider_id, shipped)


def _check(all_: Mapping[str, Question], changed: Question) -> None:
    """That every question can be asked still: the changed one by itself, and those that wait for its answers."""
    for code in rules.question_faults(changed) if changed.key in all_ else ():
        raise Refusal(code)
    for code in rules.waiting_faults(changed, all_) if changed.key in all_ else ():
        raise Refusal(code)
    for other in all_.values():
        if any(one.question == changed.key for one in other.after) and any(rules.waiting_faults(other, all_)):
            raise Refusal(refusals.QUESTION_AWAITED, question=other.text[WRITTEN_IN])


def _asking(session: Session, provider_id: int, key: str) -> list[DefinitionVersion]:
    """What the provider's definitions ask now, of those that ask this question. Also of retired ones: a visit type may ask for
    one still, and it may be used again."""
    found = queries.newest_of(session, provider_id).values()
    return [one for one in found if any(each["key"] == key for each in one.questions)]


def _ask_from_now_on(session: Session, provider_id: int, question: Question, now: datetime) -> None:
    for newest in _asking(session, provider_id, question.key):
        definition = newest.definition
        form = [question if one.key == question.key else one for one in read_form(newest.questions)]
        if rules.faults(form):
            raise Refusal(refusals.DEFINITION_BROKEN, name=definition.name)
        use_cases.change(session, definition, form, newest.validity_days, now)


def blank(kind: Kind, taken: Iterable[str]) -> Question:
    """A question of one's own to begin with."""
    return Question(key=new_key(taken), kind=kind, text={})
