"""What a provider's administrators change: written once, logged, refused, and told when somebody else was quicker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from journal_core.actor import Actor, ActorKind
from journal_core.audit.model import AccessLogRow, Action
from journal_core.catalogue import settings as reasons
from journal_core.catalogue.model import ProviderReason, Reason
from journal_core.catalogue.rules import ReasonSettings
from journal_core.organisation import queries, settings
from journal_core.organisation.model import AgeKind, AgeSetting, CareProvider, Clinic, Module
from journal_core.organisation.rules import ResidentSettings, resident_settings, version_of
from journal_core.refusal import Refusal
from journal_core.transaction import Database
from tests.build.builders import PROVIDER_MODULES, a_clinic, a_provider, a_reason
from tests.build.clocks import START

ADMIN = Actor(ActorKind.STAFF, 7, 8)
TODAY = START.date()
ON = ResidentSettings(
    visible=True,
    booking=True,
    drop_in=True,
    eid_booking=True,
    eid_only_oneself=False,
    declaration_link=False,
    eid_declaration=False,
)
BARE = version_of(ReasonSettings())


@dataclass(frozen=True)
class Office:
    """A provider with all modules, one clinic and one reason, and its administrator."""

    database: Database
    clinic_id: int
    provider_id: int
    reason_id: int

    def clinic(self) -> Clinic:
        with self.database.reading() as session:
            return session.get_one(Clinic, self.clinic_id)

    def change_clinic(self, seen: ResidentSettings = ON, **wanted: bool) -> None:
        with self.database.writing() as session:
            clinic = session.get_one(Clinic, self.clinic_id)
            settings.change_clinic(session, ADMIN, clinic, replace(ON, **wanted), START, seen=version_of(seen))

    def change_reason(self, wanted: ReasonSettings, seen: str = BARE) -> None:
        with self.database.writing() as session:
            provider, reason = session.get_one(CareProvider, self.provider_id), session.get_one(Reason, self.reason_id)
            reasons.change_reason(session, ADMIN, provider, reason, wanted, START, seen=seen)

    def set_age(self, years: int, first_day: date, kind: AgeKind = AgeKind.GUARDIAN_BOOKS, now: datetime = START) -> None:
        with self.database.writing() as session:
            settings.set_age(session, ADMIN, session.get_one(CareProvider, self.provider_id), kind, years, first_day, now)

    def set_guardians(self, count: int) -> None:
        with self.database.writing() as session:
            settings.set_consenting_guardians(session, ADMIN, session.get_one(CareProvider, self.provider_id), count, START)

    def logged(self) -> list[tuple[Any, ...]]:
        row = AccessLogRow
        with self.database.reading() as session:
            found = select(row.action, row.actor_id, row.assignment_id, row.clinic_id, row.person_id).order_by(row.id)
            return [tuple(one) for one in session.execute(found)]

    def refused(self, act: Callable[..., None], *args: Any, **words: Any) -> str:
        with pytest.raises(Refusal) as refused:
            act(*args, **words)
        assert self.logged() == [], "what was refused is not logged as changed"
        return refused.value.code


@pytest.fixture
def office(database: Database) -> Office:
    return an_office(database, *PROVIDER_MODULES, Module.IVT_CONSENT)


def an_office(database: Database, *modules: Module) -> Office:
    with database.writing() as session:
        clinic = a_clinic(session, provider=a_provider(session, modules=modules))
        return Office(database, clinic.id, clinic.unit.provider_id, a_reason(session).id)


class TestAClinicsSettings:
    def test_are_written_and_logged_without_anybody(self, office: Office) -> None:
        office.change_clinic(eid_only_oneself=True, visible=False)
        assert resident_settings(office.clinic()) == replace(ON, eid_only_oneself=True, visible=False)
        assert office.logged() == [(Action.SETTINGS_CHANGED, 7, 8, office.clinic_id, None)]

    def test_sent_again_change_nothing(self, office: Office) -> None:
        for _ in range(2):
            office.change_clinic(drop_in=False)
        assert len(office.logged()) == 1

    def test_are_refused_without_what_they_need(self, office: Office) -> None:
        assert office.refused(office.change_clinic, eid_booking=False, eid_only_oneself=True) == "only_oneself_needs_eid"
        assert resident_settings(office.clinic()) == ON

    def test_are_refused_even_where_they_stood_when_their_module_was_switched_off(self, database: Database) -> None:
        bare = an_office(database, Module.IVT)
        assert bare.refused(bare.change_clinic) == "eid_needs_module"

    def test_changed_by_another_meanwhile_are_told_and_not_overwritten(self, office: Office) -> None:
        with office.database.writing() as session:
            session.get_one(Clinic, office.clinic_id).visible = False
        assert office.refused(office.change_clinic, drop_in=False) == "settings_changed"
        assert office.clinic().drop_in

    def test_what_another_changed_is_seen_though_it_was_read_before(self, office: Office) -> None:
        """The clinic was loaded, then somebody else saved, and only then it is locked."""
        with office.database.writing() as session:
            clinic = session.get_one(Clinic, office.clinic_id)
            with office.database.writing() as other:
                other.get_one(Clinic, office.clinic_id).visible = False
            wanted = replace(ON, drop_in=False)
            with pytest.raises(Refusal, match="settings_changed"):
                settings.change_clinic(session, ADMIN, clinic, wanted, START, seen=version_of(ON))


class TestAReasonsSettings:
    WHOLE = ReasonSettings(True, True, 15, "Ta med kortet.")

    def row(self, office: Office) -> ProviderReason:
        with office.database.reading() as session:
            return session.scalars(select(ProviderReason)).one()

    def test_are_made_once_and_then_changed(self, office: Office) -> None:
        office.change_reason(self.WHOLE)
        made = self.row(office)
        assert (made.eid_demanded, made.digital_consent, made.consent_until_age, made.information) == (
            True,
            True,
            15,
            "Ta med kortet.",
        )
        office.change_reason(ReasonSettings(information="Kom i tid."), version_of(self.WHOLE))
        changed = self.row(office)
        assert (changed.id, changed.eid_demanded, changed.consent_until_age) == (made.id, False, None)
        assert office.logged() == [(Action.SETTINGS_CHANGED, 7, 8, None, None)] * 2

    def test_sent_again_change_nothing(self, office: Office) -> None:
        for _ in range(2):
            office.change_reason(self.WHOLE)
        assert len(office.logged()) == 1

    def test_need_a_clinic_that_has_eid_on(self, office: Office) -> None:
        with office.database.writing() as session:
            session.get_one(Clinic, office.clinic_id).eid_booking = False
            a_clinic(session)  # another provider's, which has it on
        assert office.refused(office.change_reason, self.WHOLE) == "reason_eid_needs_clinic"

    def test_need_their_modules(self, database: Database) -> None:
        bare = an_office(database, Module.IVT, Module.IVT_EID)
        assert bare.refused(bare.change_reason, self.WHOLE) == "consent_needs_module"

    def test_changed_by_another_meanwhile_are_told_and_not_overwritten(self, office: Office) -> None:
        with office.database.writing() as session:
            session.add(ProviderReason(provider_id=office.provider_id, reason_id=office.reason_id, information="Ny."))
        assert office.refused(office.change_reason, ReasonSettings(information="Min.")) == "settings_changed"
        assert self.row(office).information == "Ny."


class TestAges:
    def standing(self, office: Office) -> list[tuple[AgeKind, int, date]]:
        with office.database.reading() as session:
            return [(one.kind, one.years, one.first_day) for one in queries.age_settings(session, office.provider_id)]

    def test_are_kept_with_the_day_they_begin(self, office: Office) -> None:
        later = TODAY + timedelta(days=30)
        office.set_age(17, later)
        office.set_age(16, TODAY)
        office.set_age(15, TODAY, AgeKind.GUARDIAN_READS)
        assert self.standing(office) == [
            (AgeKind.GUARDIAN_BOOKS, 16, TODAY),
            (AgeKind.GUARDIAN_BOOKS, 17, later),
            (AgeKind.GUARDIAN_READS, 15, TODAY),
        ]
        assert office.logged() == [(Action.SETTINGS_CHANGED, 7, 8, None, None)] * 3

    def test_of_the_same_day_are_set_anew_and_the_past_stands(self, office: Office) -> None:
        office.set_age(16, TODAY)
        office.set_age(17, TODAY)
        office.set_age(17, TODAY)
        assert self.standing(office) == [(AgeKind.GUARDIAN_BOOKS, 17, TODAY)]
        assert len(office.logged()) == 2
        with pytest.raises(Refusal, match="age_day_past"):
            office.set_age(18, TODAY, now=START + timedelta(days=1))
        assert self.standing(office) == [(AgeKind.GUARDIAN_BOOKS, 17, TODAY)]

    def test_a_day_begins_at_midnight_in_sweden(self, office: Office) -> None:
        before_midnight = datetime.fromisoformat("2026-11-20T22:59:00+00:00")
        office.set_age(16, TODAY, now=before_midnight)
        with pytest.raises(Refusal, match="age_day_past"):
            office.set_age(17, TODAY, now=before_midnight + timedelta(minutes=1))

    def test_out_of_bounds_are_refused(self, office: Office) -> None:
        assert office.refused(office.set_age, 19, TODAY) == "age_out_of_bounds"

    def test_are_each_providers_own(self, office: Office) -> None:
        office.set_age(16, TODAY)
        with office.database.writing() as session:
            other = a_provider(session)
        with office.database.reading() as session:
            assert queries.age_settings(session, other.id) == []
            assert len(session.scalars(select(AgeSetting)).all()) == 1


class TestConsentingGuardians:
    def count(self, office: Office) -> int:
        with office.database.reading() as session:
            return session.get_one(CareProvider, office.provider_id).consenting_guardians

    def test_are_two_from_the_start_and_may_be_one(self, office: Office) -> None:
        assert self.count(office) == 2
        for _ in range(2):
            office.set_guardians(1)
        assert self.count(office) == 1
        assert office.logged() == [(Action.SETTINGS_CHANGED, 7, 8, None, None)]

    @pytest.mark.parametrize("count", [0, 3])
    def test_are_one_or_two(self, office: Office, count: int) -> None:
        assert office.refused(office.set_guardians, count) == "guardians_one_or_two"

    def test_need_the_module(self, database: Database) -> None:
        bare = an_office(database, Module.IVT, Module.IVT_EID)
        assert bare.refused(bare.set_guardians, 1) == "guardians_need_module"
