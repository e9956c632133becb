"""Bringing providers, clinics and postcodes in from files (docs/decisions/0006-imported-clinics.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.orm import Session

from journal_core.organisation import queries
from journal_core.organisation.model import CareProvider, CareUnit, Clinic, Module, ModuleSwitch, Postcode
from journal_core.organisation.rules import (
    BOOKABLE,
    ClinicVerdict,
    Outcome,
    StandingClinic,
    ToldClinic,
    ToldPostcode,
    judge_import,
    judge_postcode,
    search_key_of,
)
from journal_core.writing import insert_missing, keep_others_from_writing


def ensure_provider(session: Session, org_number: str, name: str) -> CareProvider:
    """The provider with this number (ten digits), locked; made with module IVT where there is none.

    Two imports to one provider wait for each other here, so that neither makes what the other has just made.
    """
    found = queries.provider_by_org_number(session, org_number, lock=True)
    if found is not None:
        return found
    insert_missing(session, CareProvider, [{"name": name, "org_number": org_number}], ("org_number",))
    made = queries.provider_by_org_number(session, org_number, lock=True)
    assert made is not None
    insert_missing(session, ModuleSwitch, [{"provider_id": made.id, "module": Module.IVT}], ("provider_id", "module"))
    return made


def foresee_clinics(
    session: Session, provider: CareProvider | None, told: Iterable[ToldClinic], *, activate: bool
) -> list[ClinicVerdict]:
    """What import_clinics would do with clinics of different keys; writes nothing. None: a provider that isn't there yet."""
    standing = queries.imported_clinics(session, provider.id) if provider else {}
    return [judge_import(clinic, standing.get(clinic.key), activate=activate) for clinic in told]


def import_clinics(
    session: Session, provider: CareProvider, told: Iterable[ToldClinic], now: datetime, *, activate: bool
) -> list[ClinicVerdict]:
    """Adds and changes a provider's clinics. The provider has to be locked, see ensure_provider."""
    verdicts = foresee_clinics(session, provider, told, activate=activate)
    _add(session, provider, [verdict for verdict in verdicts if verdict.outcome is Outcome.ADDED], now)
    changed = [(verdict, verdict.standing) for verdict in verdicts if verdict.outcome is Outcome.CHANGED]
    _change(session, [(verdict, standing) for verdict, standing in changed if standing is not None], now)
    return verdicts


def _add(session: Session, provider: CareProvider, verdicts: Sequence[ClinicVerdict], now: datetime) -> None:
    """Each with a care unit of its own: the unit is the inner privacy boundary, and the narrowest is the safe one.

    Written in bulk: SQLite's rows would else go one by one, for the sake of their ids.
    """
    if not verdicts:
        return
    units = _add_units(session, provider, [verdict.told for verdict in verdicts])
    rows = [
        {
            **verdict.facts(),
            "unit_id": units[verdict.told.name, verdict.told.hsa_id].pop(),
            "import_key": verdict.told.key,
            "search_key": _search_key(verdict),
            "activated_at": now if verdict.activates else None,
            "visible": verdict.activates,
            "booking": verdict.activates,
        }
        for verdict in verdicts
    ]
    made = session.execute(insert(Clinic).returning(Clinic.id, Clinic.import_key), rows)
    activated = {verdict.told.key for verdict in verdicts if verdict.activates}
    switches = [{"clinic_id": id_, "module": module} for id_, key in made if key in activated for module in BOOKABLE]
    if switches:
        session.execute(insert(ModuleSwitch), switches)


def _add_units(session: Session, provider: CareProvider, told: Sequence[ToldClinic]) -> dict[tuple[str, str | None], list[int]]:
    """One unit for each clinic: ids by name and HSA-ID. Those alike in both are alike, whichever clinic takes which."""
    rows = [{"provider_id": provider.id, "name": clinic.name, "hsa_id": clinic.hsa_id} for clinic in told]
    units: dict[tuple[str, str | None], list[int]] = {}
    for id_, name, hsa_id in session.execute(insert(CareUnit).returning(CareUnit.id, CareUnit.name, CareUnit.hsa_id), rows):
        units.setdefault((name, hsa_id), []).append(id_)
    return units


def _search_key(verdict: ClinicVerdict) -> str:
    facts = verdict.facts()
    return search_key_of(*(_text(facts[name]) for name in ("name", "street", "postcode", "city")))


def _change(session: Session, changed: Sequence[tuple[ClinicVerdict, StandingClinic]], now: datetime) -> None:
    """One statement for each kind of change, however many clinics change."""
    rows = [{"id": standing.id, "search_key": _search_key(verdict), **verdict.facts()} for verdict, standing in changed]
    activated = [standing for verdict, standing in changed if verdict.activates]
    switches = [
        {"clinic_id": standing.id, "module": module}
        for standing in activated
        for module in BOOKABLE
        if module not in standing.modules
    ]
    on = [{"id": standing.id, "activated_at": now, "visible": True, "booking": True} for standing in activated]
    units = [unit for verdict, standing in changed if (unit := _unit_follows(verdict, standing))]
    for statement, values in (
        (update(Clinic), rows),
        (update(Clinic), on),
        (update(CareUnit), units),
        (insert(ModuleSwitch), switches),
    ):
        if values:
            session.execute(statement, values)


def _text(fact: str | float | None) -> str | None:
    return fact if isinstance(fact, str) else None


def _unit_follows(verdict: ClinicVerdict, standing: StandingClinic) -> dict[str, object] | None:
    """A unit goes by its clinic's name and HSA-ID as long as it bears the same; one that was given others keeps them."""
    before, after = standing.facts, verdict.facts()
    if (standing.unit_name, standing.unit_hsa_id) != (before["name"], before["hsa_id"]):
        return None
    if (after["name"], after["hsa_id"]) == (before["name"], before["hsa_id"]):
        return None
    return {"id": standing.unit_id, "name": after["name"], "hsa_id": after["hsa_id"]}


def foresee_postcodes(session: Session, told: Iterable[ToldPostcode]) -> tuple[list[Outcome], list[str]]:
    """What replace_postcodes would do with each, and the codes that would go; writes nothing."""
    standing = queries.postcodes(session)
    told = list(told)
    gone = sorted(standing.keys() - {postcode.code for postcode in told})
    return [judge_postcode(postcode, standing.get(postcode.code)) for postcode in told], gone


def replace_postcodes(session: Session, told: Sequence[ToldPostcode]) -> tuple[list[Outcome], list[str]]:
    """Makes the list of postcodes this one, of different codes: what isn't in it goes."""
    keep_others_from_writing(session, Postcode)
    outcomes, gone = foresee_postcodes(session, told)
    for outcome, statement in ((Outcome.ADDED, insert(Postcode)), (Outcome.CHANGED, update(Postcode))):
        rows = [vars(postcode) for postcode, each in zip(told, outcomes, strict=True) if each is outcome]
        if rows:
            session.execute(statement, rows)
    if gone:
        # Past the session, for it deletes row by row what is given as a list; nothing of it has been loaded.
        session.connection().execute(delete(Postcode).where(Postcode.code == bindparam("gone")), [{"gone": c} for c in gone])
    return outcomes, gone
