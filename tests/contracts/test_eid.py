"""What every e-ID keeps, the stand-in as well as the real ones."""

from __future__ import annotations

import pytest

from journal_core.registers.eid import Asked, Begun, ElectronicId, Identified, NotIdentified
from journal_core.registers.eid_development import DevelopmentEid

SOMEBODY = Identified("198503149802", "Maja", "Ekman")


class Stand:
    """The stand-in with the hand of whoever chooses on its page."""

    def __init__(self) -> None:
        self.eid = DevelopmentEid("secret", "/chooser")

    def answered(self, reference: str) -> dict[str, str]:
        return {"svar": self.eid.answer(reference, SOMEBODY)}

    def begin(self) -> Begun:
        return self.eid.begin(Asked("0" * 32, "https://vaccin.example.org/back", "192.0.2.1", "a browser", "sv"))


@pytest.fixture(params=[Stand], ids=["development"])
def stand(request: pytest.FixtureRequest) -> Stand:
    made = request.param()
    assert isinstance(made, Stand)
    return made


def test_each_identification_has_its_own_reference_and_leads_somewhere(stand: Stand) -> None:
    eid: ElectronicId = stand.eid
    assert eid.for_development
    first, second = stand.begin(), stand.begin()
    assert first.reference != second.reference and first.address


def test_the_right_answer_names_the_person(stand: Stand) -> None:
    begun = stand.begin()
    assert stand.eid.collect(begun, stand.answered(begun.reference)) == SOMEBODY


def test_no_answer_or_another_ones_answer_names_nobody(stand: Stand) -> None:
    begun, other = stand.begin(), stand.begin()
    assert isinstance(stand.eid.collect(begun, {}), NotIdentified)
    assert isinstance(stand.eid.collect(begun, stand.answered(other.reference)), NotIdentified)


def test_a_forged_answer_names_nobody(stand: Stand) -> None:
    begun = stand.begin()
    forged = {name: value[:-3] + "abc" for name, value in stand.answered(begun.reference).items()}
    assert isinstance(stand.eid.collect(begun, forged), NotIdentified)
