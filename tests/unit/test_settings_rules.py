"""What a provider's administrators may set, and which of its dated ages counts."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import pytest

from journal_core.catalogue.model import ReasonKind
from journal_core.catalogue.rules import ReasonSettings, reason_refusals
from journal_core.organisation.model import AgeKind, AgeSetting, CareProvider, CareUnit, Clinic, Module, ModuleSwitch
from journal_core.organisation.rules import (
    AGE_BOUNDS,
    AGE_PRESETS,
    ResidentSettings,
    age_in_force,
    check_age,
    only_for_oneself,
    resident_refusals,
    version_of,
)
from journal_core.refusal import Refusal

TODAY = date(2026, 11, 20)
NOTHING = ResidentSettings(**{field.name: False for field in fields(ResidentSettings)})
ALL_MODULES = (Module.API, Module.BOOKING, Module.DROP_IN, Module.IVT, Module.IVT_EID)
VACCINATION, OTHER = ReasonKind.VACCINATION, ReasonKind.OTHER
WHOLE = ReasonSettings(True, True, 15, "Ta med vaccinationskortet.")


def a_clinic(*modules: Module, **settings: bool) -> Clinic:
    provider = CareProvider(modules=[ModuleSwitch(module=module) for module in modules])
    return Clinic(unit=CareUnit(provider=provider), modules=[], **settings)


def codes(refused: list[Refusal]) -> list[str]:
    return [refusal.code for refusal in refused]


@pytest.mark.parametrize(
    ("name", "code", "modules"),
    [
        ("booking", "booking_needs_modules", (Module.API, Module.BOOKING, Module.IVT)),
        ("drop_in", "drop_in_needs_modules", (Module.DROP_IN, Module.IVT)),
        ("eid_booking", "eid_needs_module", (Module.IVT_EID,)),
    ],
)
def test_a_clinics_setting_names_each_module_that_it_lacks(name: str, code: str, modules: tuple[Module, ...]) -> None:
    wanted = replace(NOTHING, **{name: True})
    assert resident_refusals(a_clinic(*modules), wanted) == []
    for lacking in modules:
        [refused] = resident_refusals(a_clinic(*set(ALL_MODULES) - {lacking}), wanted)
        assert (refused.code, refused.facts) == (code, {"missing": (lacking,)})
    [refused] = resident_refusals(a_clinic(), wanted)
    assert refused.facts == {"missing": modules}


def test_to_be_seen_needs_nothing_and_neither_does_what_is_off() -> None:
    assert resident_refusals(a_clinic(), replace(NOTHING, visible=True)) == []


def test_only_oneself_needs_eid_in_the_same_form() -> None:
    clinic = a_clinic(*ALL_MODULES, eid_booking=True, eid_only_oneself=True)
    assert codes(resident_refusals(clinic, replace(NOTHING, eid_only_oneself=True))) == ["only_oneself_needs_eid"]
    assert resident_refusals(clinic, replace(NOTHING, eid_only_oneself=True, eid_booking=True)) == []


def test_all_that_is_missing_is_said_at_once() -> None:
    everything = ResidentSettings(**{field.name: True for field in fields(ResidentSettings)})
    wanted = replace(everything, eid_booking=False)
    said = codes(resident_refusals(a_clinic(), wanted))
    assert said == [
        "booking_needs_modules",
        "drop_in_needs_modules",
        "declaration_link_needs_modules",
        "eid_to_declare_needs_module",
        "only_oneself_needs_eid",
    ]


def test_only_oneself_has_effect_with_eid_and_its_module() -> None:
    assert only_for_oneself(a_clinic(Module.IVT_EID, eid_booking=True, eid_only_oneself=True))
    assert not only_for_oneself(a_clinic(Module.IVT_EID, eid_booking=False, eid_only_oneself=True))
    assert not only_for_oneself(a_clinic(eid_booking=True, eid_only_oneself=True))
    assert not only_for_oneself(a_clinic(Module.IVT_EID, eid_booking=True, eid_only_oneself=False))


@pytest.mark.parametrize(
    ("code", "wanted", "given"),
    [
        ("reason_eid_needs_module", ReasonSettings(eid_demanded=True), {"modules": {Module.IVT_CONSENT}}),
        ("reason_eid_needs_clinic", ReasonSettings(eid_demanded=True), {"clinic_with_eid": False}),
        ("consent_needs_module", WHOLE, {"modules": {Module.IVT_EID}}),
        ("consent_needs_eid", replace(WHOLE, eid_demanded=False), {}),
        ("consent_needs_age", replace(WHOLE, consent_until_age=None), {}),
        ("consent_age_needs_consent", ReasonSettings(eid_demanded=True, consent_until_age=15), {}),
        ("consent_age_wrong", replace(WHOLE, consent_until_age=18), {}),
        ("consent_age_wrong", replace(WHOLE, consent_until_age=-1), {}),
        ("reason_only_informs", ReasonSettings(eid_demanded=True), {"kind": OTHER}),
        ("reason_only_informs", WHOLE, {"kind": OTHER}),
        ("reason_only_informs", ReasonSettings(consent_until_age=0), {"kind": OTHER}),
        ("information_too_long", ReasonSettings(information="x" * 501), {}),
    ],
)
def test_each_prerequisite_of_a_reason_has_its_own_refusal(code: str, wanted: ReasonSettings, given: dict[str, object]) -> None:
    assert codes(judged(wanted, **given)) == [code]


def judged(wanted: ReasonSettings, **given) -> list[Refusal]:
    case = {"kind": VACCINATION, "modules": {Module.IVT_EID, Module.IVT_CONSENT}, "clinic_with_eid": True, **given}
    return reason_refusals(case["kind"], wanted, case["modules"], clinic_with_eid=case["clinic_with_eid"])


@pytest.mark.parametrize("kind", [VACCINATION, ReasonKind.TRAVEL])
@pytest.mark.parametrize("age", [0, 17])
def test_a_reason_may_ask_for_everything(kind: ReasonKind, age: int) -> None:
    assert judged(replace(WHOLE, consent_until_age=age), kind=kind) == []


def test_information_needs_nothing() -> None:
    for kind in ReasonKind:
        assert judged(ReasonSettings(information="x" * 500), kind=kind, modules=(), clinic_with_eid=False) == []


def a_setting(years: int, first_day: date, kind: AgeKind = AgeKind.GUARDIAN_BOOKS) -> AgeSetting:
    return AgeSetting(kind=kind, years=years, first_day=first_day)


def test_presets_count_where_nothing_is_set() -> None:
    assert [age_in_force([], kind, TODAY) for kind in AgeKind] == [18, 13, 16]


@pytest.mark.parametrize(
    ("day", "years"),
    [
        (date(2026, 11, 19), 18),
        (date(2026, 11, 20), 16),
        (date(2026, 12, 31), 16),
        (date(2027, 1, 1), 17),
        (date(2040, 1, 1), 17),
    ],
)
def test_the_age_set_last_counts_from_its_first_day(day: date, years: int) -> None:
    known = [a_setting(17, date(2027, 1, 1)), a_setting(16, TODAY), a_setting(14, TODAY, AgeKind.GUARDIAN_READS)]
    assert age_in_force(known, AgeKind.GUARDIAN_BOOKS, day) == years


@pytest.mark.parametrize("kind", list(AgeKind))
def test_ages_have_bounds_and_begin_today_or_later(kind: AgeKind) -> None:
    lowest, highest = AGE_BOUNDS[kind]
    assert lowest <= AGE_PRESETS[kind] <= highest
    check_age(kind, lowest, TODAY, TODAY)
    check_age(kind, highest, date(2027, 1, 1), TODAY)
    for years in (lowest - 1, highest + 1):
        with pytest.raises(Refusal, match="age_out_of_bounds"):
            check_age(kind, years, TODAY, TODAY)
    with pytest.raises(Refusal, match="age_day_past"):
        check_age(kind, highest, date(2026, 11, 19), TODAY)


def test_a_version_tells_settings_apart() -> None:
    assert version_of(NOTHING) == version_of(replace(NOTHING))
    others = [replace(NOTHING, **{field.name: True}) for field in fields(ResidentSettings)]
    assert len({version_of(one) for one in (NOTHING, *others)}) == len(others) + 1
