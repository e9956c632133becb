"""Whom one may log in as in development."""

from __future__ import annotations

from config.demo.people import COLLEAGUES, RESIDENTS, Human
from journal_core.registers.eid import Identified
from portal.wiring import DemoPerson


def _listed(human: Human, *, staff: bool) -> DemoPerson:
    return DemoPerson(Identified(human.number, human.given_name, human.family_name), human.what, staff)


PEOPLE = (
    *(_listed(human, staff=False) for human in RESIDENTS),
    *(_listed(colleague.human, staff=True) for colleague in COLLEAGUES),
)
"""Residents first, then staff."""
