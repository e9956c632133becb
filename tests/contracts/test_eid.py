"""What every e-ID keeps, the stand-in as well as the real ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from journal_core.registers.eid import Asked, Begun, ElectronicId, Identified, NotIdentified
from journal_core.registers.eid_development import DevelopmentEid
from journal_core.registers.openid import OpenId
from tests.build.cast import BOOKER
from tests.build.crooked import CrookedProvider

SOMEBODY = Identified("198503149802", "Maja", "Ekman")


@dataclass
class Stand:
    """An e-ID with the hand of whoever answers it."""

    eid: ElectronicId
    answer: Callable[[Begun], Mapping[str, str]]
    """SOMEBODY identifies; what the browser then brings back."""

    def begin(self) -> Begun:
        return self.eid.begin(Asked("0" * 32, "https://vaccin.example.org/back", "192.0.2.1", "a browser", "sv"))


def development(_request: pytest.FixtureRequest) -> Stand:
    eid = DevelopmentEid("secret", "/chooser")
    return Stand(eid, lambda begun: {"svar": eid.answer(begun.reference, SOMEBODY)})


def openid(request: pytest.FixtureRequest) -> Stand:
    crooked: CrookedProvider = request.getfixturevalue("crooked")
    return Stand(OpenId(crooked.settings(), crooked.clock), lambda begun: crooked.answer(begun.address or "", BOOKER))


@pytest.fixture(params=[development, openid])
def stand(request: pytest.FixtureRequest) -> Stand:
    made = request.param(request)
    assert isinstance(made, Stand)
    return made


def test_each_identification_has_its_own_reference_and_leads_somewhere(stand: Stand) -> None:
    assert stand.eid.for_development is isinstance(stand.eid, DevelopmentEid)
    first, second = stand.begin(), stand.begin()
    assert first.reference != second.reference and first.address


def test_the_right_answer_names_the_person(stand: Stand) -> None:
    begun = stand.begin()
    assert stand.eid.collect(begun, stand.answer(begun)) == SOMEBODY


def test_no_answer_or_another_ones_answer_names_nobody(stand: Stand) -> None:
    begun, other = stand.begin(), stand.begin()
    assert isinstance(stand.eid.collect(begun, {}), NotIdentified)
    assert isinstance(stand.eid.collect(begun, stand.answer(other)), NotIdentified)


def test_a_forged_answer_names_nobody(stand: Stand) -> None:
    begun = stand.begin()
    forged = {name: value[:-3] + "abc" for name, value in stand.answer(begun).items()}
    assert isinstance(stand.eid.collect(begun, forged), NotIdentified)
