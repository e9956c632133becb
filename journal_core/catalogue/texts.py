"""A clinic's and its provider's own texts, gathered so that they can be translated in one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from journal_core.actor import Actor
from journal_core.audit import use_cases as audit
from journal_core.audit.model import Action
from journal_core.catalogue import queries, refusals
from journal_core.catalogue.rules import LONGEST_INFORMATION
from journal_core.organisation import queries as organisation
from journal_core.organisation.model import Clinic
from journal_core.organisation.refusals import SETTINGS_CHANGED
from journal_core.organisation.rules import version_of
from journal_core.refusal import Refusal
from journal_core.texts import HasTexts, translate, translation

LONGEST_NAME, LONGEST_WELCOME, LONGEST_POLICY = 100, 500, 20_000


class Kind(StrEnum):
    WELCOME_BOOKING = "welcome_booking"
    WELCOME_ARRIVAL = "welcome_arrival"
    CATEGORY = "category"
    TYPE = "type"
    INFORMATION = "information"
    POLICY = "policy"


WELCOME = (Kind.WELCOME_BOOKING, Kind.WELCOME_ARRIVAL)
"""A clinic's own, named as on Clinic."""


@dataclass(frozen=True)
class OwnText:
    kind: Kind
    row: HasTexts
    id: int
    field: str
    longest: int
    about: str
    """Which of its kind, in Swedish; empty where there is but one."""

    @property
    def key(self) -> str:
        return f"{self.kind.value}-{self.id}"

    @property
    def swedish(self) -> str:
        return getattr(self.row, self.field) or ""


def texts_of(session: Session, clinic: Clinic, now: datetime, *, of_provider: bool) -> list[OwnText]:
    """Those that there are in Swedish; the provider's too when asked for."""
    found = [OwnText(kind, clinic, clinic.id, kind.value, LONGEST_WELCOME, "") for kind in WELCOME]
    for category in queries.categories_of_clinic(session, clinic.id):
        found.append(OwnText(Kind.CATEGORY, category, category.id, "name", LONGEST_NAME, ""))
        living = [kind for kind in category.types if kind.retired_at is None]
        found += [OwnText(Kind.TYPE, kind, kind.id, "name", LONGEST_NAME, category.name) for kind in living]
    if of_provider:
        found += _of_provider(session, clinic.unit.provider_id, now)
    return [one for one in found if one.swedish]


def _of_provider(session: Session, provider_id: int, now: datetime) -> list[OwnText]:
    settings, policy = queries.provider_reasons(session, provider_id), organisation.policy(session, provider_id, now)
    found = [
        OwnText(Kind.INFORMATION, settings[reason.id], reason.id, "information", LONGEST_INFORMATION, reason.slug)
        for reason in queries.reasons(session)
        if reason.id in settings
    ]
    return [*found, OwnText(Kind.POLICY, policy, policy.id, "text", LONGEST_POLICY, "")] if policy else found


def version(texts: Sequence[OwnText], language: str) -> str:
    return version_of([(one.key, one.swedish, translation(one.row, one.field, language)) for one in texts])


def change_translations(
    session: Session,
    actor: Actor,
    clinic: Clinic,
    language: str,
    wanted: Mapping[str, str],
    now: datetime,
    *,
    seen: str,
    of_provider: bool,
) -> None:
    """`wanted`: wordings by key; an empty one takes the translation away. The same form sent again changes nothing.

    Raises Refusal: text_too_long, settings_changed.
    """
    organisation.lock_provider(session, clinic.unit.provider)
    texts = texts_of(session, clinic, now, of_provider=of_provider)
    changed = [one for one in texts if wanted.get(one.key, "") != translation(one.row, one.field, language)]
    for one in changed:
        if len(wanted.get(one.key, "")) > one.longest:
            raise Refusal(refusals.TEXT_TOO_LONG, most=one.longest)
    if not changed:
        return
    if seen != version(texts, language):
        raise Refusal(SETTINGS_CHANGED)
    for one in texts:
        translate(one.row, one.field, language, wanted.get(one.key, ""))
    audit.record(session, actor, Action.SETTINGS_CHANGED, now, clinic_id=clinic.id)


def welcome_version(clinic: Clinic) -> str:
    return version_of([getattr(clinic, kind.value) or "" for kind in WELCOME])


def change_welcome(
    session: Session, actor: Actor, clinic: Clinic, wanted: Mapping[Kind, str], now: datetime, *, seen: str
) -> None:
    """The clinic's welcome texts, in Swedish. Raises Refusal: text_too_long, settings_changed."""
    organisation.lock_provider(session, clinic.unit.provider)
    standing = {kind: getattr(clinic, kind.value) or "" for kind in WELCOME}
    if wanted == standing:
        return
    if any(len(words) > LONGEST_WELCOME for words in wanted.values()):
        raise Refusal(refusals.TEXT_TOO_LONG, most=LONGEST_WELCOME)
    if seen != welcome_version(clinic):
        raise Refusal(SETTINGS_CHANGED)
    for kind, words in wanted.items():
        setattr(clinic, kind.value, words or None)
    audit.record(session, actor, Action.SETTINGS_CHANGED, now, clinic_id=clinic.id)
