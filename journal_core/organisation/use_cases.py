"""Taking over lists from elsewhere: clinics and postcodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from journal_core.organisation import queries, rules
from journal_core.organisation.model import CareProvider, CareUnit, Clinic, Module, ModuleSwitch, Postcode
from journal_core.organisation.rules import ClinicFacts
from journal_core.writing import insert_missing


@dataclass
class Outcome:
    """What a list did, or would do."""

    added: list[str] = field(default_factory=list)
    changed: list[tuple[str, list[str]]] = field(default_factory=list)
    """Name or code, and what is different now."""
    unchanged: int = 0
    gone: int = 0
    """What the list doesn't have any more; only a list that replaces the one before takes away."""


def provider_for_import(session: Session, org_number: str, name: str) -> CareProvider:
    """The provider, made with module IVT when nobody has that number; locked, so that two imports do not make doubles."""
    if queries.provider(session, org_number) is None:
        insert_missing(session, CareProvider, [{"org_number": org_number, "name": name}], ("org_number",))
        made = queries.provider(session, org_number, lock=True)
        assert made is not None
        ivt = {"provider_id": made.id, "module": Module.IVT}
        insert_missing(session, ModuleSwitch, [ivt], ("provider_id", "module"))
    found = queries.provider(session, org_number, lock=True)
    assert found is not None
    return found


def import_clinics(
    session: Session, provider: CareProvider, facts: Sequence[ClinicFacts], now: datetime, *, activate: bool
) -> Outcome:
    """Adds the clinics that the provider doesn't have, and brings the others to what the list says.

    New ones are inactive (domain §1). `activate` opens those with coordinates to residents; times come from somebody else.
    """
    known, outcome = queries.imported_clinics(session, provider.id), Outcome()
    for told in facts:
        clinic = known.get(told.key)
        different = sorted(rules.told_anew(clinic, told)) if clinic is not None else []
        clinic = clinic or _new_clinic(session, provider, told)
        _take_over(clinic, told)
        if activate and clinic.latitude is not None and not rules.is_opened(clinic):
            _open(clinic, now)
            different.append("activated")
        if told.key not in known:
            outcome.added.append(told.name)
        elif different:
            outcome.changed.append((told.name, different))
        else:
            outcome.unchanged += 1
    session.flush()
    return outcome


def _new_clinic(session: Session, provider: CareProvider, told: ClinicFacts) -> Clinic:
    """In a care unit of its own: the unit is the inner privacy boundary, and the narrowest is the safe one."""
    unit = CareUnit(provider_id=provider.id, name=told.name, hsa_id=told.hsa_id)
    clinic = Clinic(unit=unit, import_key=told.key, name=told.name, search_key="", modules=[])
    session.add(clinic)
    return clinic


def _take_over(clinic: Clinic, told: ClinicFacts) -> None:
    for name, value in rules.told_anew(clinic, told).items():
        setattr(clinic, name, value)
    clinic.search_key = rules.search_key(clinic)


def _open(clinic: Clinic, now: datetime) -> None:
    clinic.activated_at = clinic.activated_at or now
    for name in rules.OPENED:
        setattr(clinic, name, True)
    own = {switch.module for switch in clinic.modules}
    clinic.modules += [ModuleSwitch(module=module) for module in rules.OPENED_MODULES if module not in own]


def import_postcodes(session: Session, new: Mapping[str, tuple[str, str]]) -> Outcome:
    """Replaces the list of postcodes by this one: locality and municipality by code."""
    old = queries.postcodes(session)
    outcome = Outcome(
        added=[code for code in new if code not in old],
        changed=[(code, ["place"]) for code in new if code in old and old[code] != new[code]],
        gone=len(old.keys() - new.keys()),
    )
    outcome.unchanged = len(new) - len(outcome.added) - len(outcome.changed)
    if outcome.added or outcome.changed or outcome.gone:
        session.execute(delete(Postcode))
        rows = [{"code": code, "locality": where, "municipality": of} for code, (where, of) in new.items()]
        session.execute(insert(Postcode), rows)
    return outcome
