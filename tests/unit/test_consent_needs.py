"""Whose guardians are asked for consent here: by the reason, the clinic, the modules, and the age on the day of the visit."""

from __future__ import annotations

from datetime import date

import pytest

from journal_core.catalogue.model import ProviderReason
from journal_core.catalogue.rules import ConsentNeed, asks_consent, consent_asked_of
from journal_core.organisation.model import CareProvider, CareUnit, Clinic, Module, ModuleSwitch

BOTH_MODULES = (Module.IVT_EID, Module.IVT_CONSENT)
VISIT = date(2026, 11, 23)


def a_clinic(*modules: Module, eid_booking: bool = True) -> Clinic:
    provider = CareProvider(modules=[ModuleSwitch(module=module) for module in modules])
    return Clinic(unit=CareUnit(provider=provider), eid_booking=eid_booking)


def a_setting(*, eid: bool = True, consent: bool = True, until: int | None = 15) -> ProviderReason:
    return ProviderReason(eid_demanded=eid, digital_consent=consent, consent_until_age=until)


def test_consent_is_asked_where_reason_clinic_and_both_modules_agree() -> None:
    assert asks_consent(a_clinic(*BOTH_MODULES), a_setting())


@pytest.mark.parametrize(
    ("clinic", "setting"),
    [
        (a_clinic(Module.IVT_EID), a_setting()),
        (a_clinic(Module.IVT_CONSENT), a_setting()),
        (a_clinic(*BOTH_MODULES, eid_booking=False), a_setting()),
        (a_clinic(*BOTH_MODULES), a_setting(eid=False)),
        (a_clinic(*BOTH_MODULES), a_setting(consent=False)),
        (a_clinic(*BOTH_MODULES), None),
    ],
    ids=["module consent", "module e-ID", "the clinic's e-ID", "e-ID demanded", "consent", "any setting"],
)
def test_and_vanishes_where_one_of_them_is_missing(clinic: Clinic, setting: ProviderReason | None) -> None:
    assert not asks_consent(clinic, setting)
    assert consent_asked_of(clinic, setting, date(2020, 1, 1), VISIT) is ConsentNeed.NONE


@pytest.mark.parametrize(
    ("born", "need"),
    [
        (date(2026, 11, 1), ConsentNeed.DIGITAL),
        (date(2010, 11, 24), ConsentNeed.DIGITAL),
        (date(2010, 11, 23), ConsentNeed.AT_THE_VISIT),
        (date(2008, 11, 24), ConsentNeed.AT_THE_VISIT),
        (date(2008, 11, 23), ConsentNeed.NONE),
        (date(1985, 3, 14), ConsentNeed.NONE),
    ],
    ids=["a baby", "16 the day after", "16 that day", "18 the day after", "18 that day", "an adult"],
)
def test_the_age_that_counts_is_that_of_the_day_of_the_visit(born: date, need: ConsentNeed) -> None:
    assert consent_asked_of(a_clinic(*BOTH_MODULES), a_setting(until=15), born, VISIT) is need


def test_who_was_born_on_a_leap_day_is_a_year_older_on_the_first_of_march() -> None:
    clinic, setting, born = a_clinic(*BOTH_MODULES), a_setting(until=12), date(2012, 2, 29)
    assert consent_asked_of(clinic, setting, born, date(2025, 2, 28)) is ConsentNeed.DIGITAL
    assert consent_asked_of(clinic, setting, born, date(2025, 3, 1)) is ConsentNeed.AT_THE_VISIT


def test_without_a_limit_the_staff_see_to_it() -> None:
    assert consent_asked_of(a_clinic(*BOTH_MODULES), a_setting(until=None), date(2020, 1, 1), VISIT) is ConsentNeed.AT_THE_VISIT
