"""What every e-ID keeps, the stand-in as well as the real ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import pytest

from journal_core.registers.eid import AppId, Asked, Begun, ElectronicId, Identified
from journal_core.registers.eid_development import DevelopmentEid
from journal_core.registers.openid import OpenId
from tests.build.bankid import ASKED, SOMEBODY, Bank
from tests.build.cast import BOOKER
from tests.build.crooked import CrookedProvider


@dataclass
class Stand:
    """An e-ID with the hand of whoever answers it."""

    eid: ElectronicId
    answer: Callable[[Begun], Mapping[str, str]]
    """SOMEBODY identifies; what the browser then brings back."""

    def begin(self, asked: Asked = ASKED) -> Begun:
        return self.eid.begin(asked)


def development(_request: pytest.FixtureRequest) -> Stand:
    eid = DevelopmentEid("secret", "/chooser")
    return Stand(eid, lambda begun: {"svar": eid.answer(begun.reference, SOMEBODY)})


def bankid(request: pytest.FixtureRequest) -> Stand:
    """Its app leads the browser of the same device back."""
    bank: Bank = request.getfixturevalue("bank")

    def answer(begun: Begun) -> Mapping[str, str]:
        opened = bank.phone.start(begun.kept["autoStartToken"])
        bank.phone.sign(opened, SOMEBODY.number or "", SOMEBODY.given_name, SOMEBODY.family_name)
        return dict(parse_qsl(urlsplit(opened.return_url or "").query))

    return Stand(bank.asked_by(), answer)


def openid(request: pytest.FixtureRequest) -> Stand:
    crooked: CrookedProvider = request.getfixturevalue("crooked")
    return Stand(OpenId(crooked.settings(), crooked.clock), lambda begun: crooked.answer(begun.address or "", BOOKER))


@pytest.fixture(params=[development, bankid, openid])
def stand(request: pytest.FixtureRequest) -> Stand:
    made = request.param(request)
    assert isinstance(made, Stand)
    return made


def test_each_identification_has_its_own_reference_and_leads_somewhere(stand: Stand) -> None:
    assert stand.eid.for_development is not isinstance(stand.eid, OpenId)
    first, second = stand.begin(), stand.begin()
    assert first.reference != second.reference
    assert first.address or isinstance(stand.eid, AppId)


def test_what_is_kept_is_never_shown(stand: Stand) -> None:
    begun = stand.begin()
    assert not [value for value in begun.kept.values() if value in repr(begun)]


def test_the_right_answer_names_the_person(stand: Stand) -> None:
    begun = stand.begin()
    assert stand.eid.collect(begun, stand.answer(begun)) == SOMEBODY


def test_no_answer_or_another_ones_answer_names_nobody(stand: Stand) -> None:
    begun, other = stand.begin(), stand.begin()
    assert not isinstance(stand.eid.collect(begun, {}), Identified)
    assert not isinstance(stand.eid.collect(begun, stand.answer(other)), Identified)


def test_anothers_answer_names_nobody_though_both_have_answered(stand: Stand) -> None:
    begun, other = stand.begin(), stand.begin()
    stand.answer(begun)
    assert not isinstance(stand.eid.collect(begun, stand.answer(other)), Identified)


def test_a_forged_answer_names_nobody(stand: Stand) -> None:
    begun = stand.begin()
    forged = {name: value[:-3] + "abc" for name, value in stand.answer(begun).items()}
    assert not isinstance(stand.eid.collect(begun, forged), Identified)
