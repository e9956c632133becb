"""What every e-ID keeps, the stand-in as well as the real ones."""

from __future__ import annotations

import pytest

from journal_core.registers.eid import ElectronicId, Identified, NotIdentified
from journal_core.registers.eid_development import DevelopmentEid

SOMEBODY = Identified("198503149802", "Maja", "Ekman")


class Stand:
    """The stand-in with the hand of whoever chooses on its page."""

    def __init__(self) -> None:
        self.eid = DevelopmentEid("secret", "/chooser")

    def answered(self, reference: str) -> dict[str, str]:
        return {"svar": self.eid.answer(reference, SOMEBODY)}


@pytest.fixture(params=[Stand], ids=["development"])
def stand(request: pytest.FixtureRequest) -> Stand:
    made = request.param()
    assert isinstance(made, Stand)
    return made


def test_each_identification_has_its_own_reference_and_leads_somewhere(stand: Stand) -> None:
    eid: ElectronicId = stand.eid
    first, second = eid.begin("/back"), eid.begin("/back")
    assert first.reference != second.reference and first.address


def test_the_right_answer_names_the_person(stand: Stand) -> None:
    begun = stand.eid.begin("/back")
    assert stand.eid.collect(begun.reference, stand.answered(begun.reference)) == SOMEBODY


def test_no_answer_or_another_ones_answer_names_nobody(stand: Stand) -> None:
    begun, other = stand.eid.begin("/back"), stand.eid.begin("/back")
    assert isinstance(stand.eid.collect(begun.reference, {}), NotIdentified)
    assert isinstance(stand.eid.collect(begun.reference, stand.answered(other.reference)), NotIdentified)


def test_a_forged_answer_names_nobody(stand: Stand) -> None:
    begun = stand.eid.begin("/back")
    forged = {name: value[:-3] + "abc" for name, value in stand.answered(begun.reference).items()}
    assert isinstance(stand.eid.collect(begun.reference, forged), NotIdentified)
