"""What a clinic offers, by settings and modules: a function whose module is off is absent."""

from __future__ import annotations

from itertools import product

import pytest

from journal_core.catalogue.model import ProviderReason, VisitCategory, VisitType
from journal_core.catalogue.rules import demands_eid, offered_online, types_offered_online
from journal_core.organisation import rules
from journal_core.organisation.model import CareProvider, CareUnit, Clinic, Module, ModuleSwitch
from tests.build.clocks import START

BOTH = [False, True]


def a_clinic(*own: Module, provider: tuple[Module, ...] = (), active: bool = True, **settings: bool) -> Clinic:
    return Clinic(
        unit=CareUnit(provider=CareProvider(modules=[ModuleSwitch(module=module) for module in provider])),
        modules=[ModuleSwitch(module=module) for module in own],
        activated_at=START if active else None,
        **settings,
    )


@pytest.mark.parametrize("five", list(product(BOTH, repeat=5)), ids=lambda five: "".join("01"[on] for on in five))
def test_booking_online_needs_all_five(five: tuple[bool, ...]) -> None:
    active, api, module, ivt, setting = five
    own = [name for name, on in ((Module.API, api), (Module.BOOKING, module)) if on]
    clinic = a_clinic(*own, provider=(Module.IVT,) if ivt else (), active=active, booking=setting)
    assert rules.can_be_booked_online(clinic) is all(five)


@pytest.mark.parametrize("four", list(product(BOTH, repeat=4)))
def test_drop_in_needs_all_four(four: tuple[bool, ...]) -> None:
    active, module, ivt, setting = four
    own = (Module.DROP_IN,) if module else ()
    clinic = a_clinic(*own, provider=(Module.IVT,) if ivt else (), active=active, drop_in=setting)
    assert rules.offers_drop_in(clinic) is all(four)


@pytest.mark.parametrize("four", list(product(BOTH, repeat=4)))
def test_registering_arrivals_needs_all_four(four: tuple[bool, ...]) -> None:
    active, module, provider, setting = four
    own = (Module.ARRIVAL,) if module else ()
    clinic = a_clinic(*own, provider=(Module.ARRIVAL_PROVIDER,) if provider else (), active=active, arrival_booked=setting)
    assert rules.takes_arrivals(clinic) is all(four)


@pytest.mark.parametrize("two", list(product(BOTH, repeat=2)))
def test_listed_are_the_active_and_visible(two: tuple[bool, ...]) -> None:
    active, visible = two
    assert rules.is_listed(a_clinic(active=active, visible=visible)) is all(two)


@pytest.mark.parametrize("three", list(product(BOTH, repeat=3)))
def test_eid_is_demanded_where_reason_clinic_and_module_agree(three: tuple[bool, ...]) -> None:
    demanded, setting, module = three
    clinic = a_clinic(provider=(Module.IVT_EID,) if module else (), eid_booking=setting)
    assert demands_eid(clinic, ProviderReason(eid_demanded=demanded)) is all(three)
    assert not demands_eid(clinic, None)


def test_cancelling_online_is_allowed_unless_the_module_forbids_it() -> None:
    assert rules.allows_online_cancellation(a_clinic())
    assert not rules.allows_online_cancellation(a_clinic(Module.NO_ONLINE_CANCELLATION))


@pytest.mark.parametrize("two", list(product(BOTH, repeat=2)))
def test_a_category_is_offered_unless_retired_or_invisible(two: tuple[bool, ...]) -> None:
    retired, invisible = two
    kinds = [VisitType(name="kvar"), VisitType(name="borta", retired_at=START)]
    category = VisitCategory(retired_at=START if retired else None, invisible_online=invisible, types=kinds)
    assert offered_online(category) is not any(two)
    assert types_offered_online(category) == ([] if any(two) else kinds[:1])
