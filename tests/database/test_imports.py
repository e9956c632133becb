"""Lists of clinics and postcodes, taken over on both engines."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import select

from config.imports import clinics, postcodes
from config.imports.files import Row, read_rows
from journal_core.catalogue.queries import ClinicSearch, hits
from journal_core.organisation import queries, use_cases
from journal_core.organisation.model import CareProvider, CareUnit, Clinic, Module, Postcode
from journal_core.organisation.rules import can_be_booked_online, is_listed
from journal_core.organisation.use_cases import Outcome
from journal_core.transaction import Database
from tests.build.builders import a_provider
from tests.build.clocks import START
from tests.build.untidy import SHARED, UNTIDY, a_row

PROVIDER = "5560000001"
ROWS = [row for row, _why in UNTIDY]
STANDING = sum(why is None for _row, why in UNTIDY)


def take_over(database: Database, rows: Sequence[dict[str, Any]], *, activate: bool = False, number: str = PROVIDER) -> Outcome:
    facts = clinics.tidy(Row(n, row) for n, row in enumerate(rows, 1)).facts
    with database.writing() as session:
        provider = use_cases.provider_for_import(session, number, "Region Ek")
        return use_cases.import_clinics(session, provider, facts, START, activate=activate)


def standing(database: Database) -> dict[str, Clinic]:
    with database.reading() as session:
        provider = queries.provider(session, PROVIDER)
        assert provider is not None
        found = queries.clinics(session, [clinic.id for clinic in queries.imported_clinics(session, provider.id).values()])
    return {clinic.name: clinic for clinic in found}


def test_clinics_come_inactive_each_in_a_unit_of_its_own(database: Database) -> None:
    outcome = take_over(database, ROWS)
    found = standing(database)
    assert len(outcome.added) == len(found) == STANDING and outcome.unchanged == 0 and outcome.changed == []
    assert not any(is_listed(clinic) or can_be_booked_online(clinic) for clinic in found.values())
    assert len({clinic.unit_id for clinic in found.values()}) == STANDING
    eken = found["Vårdcentralen Eken, Björkby"]
    assert eken.hsa_id == eken.unit.hsa_id == "SE4599001049-E001" and "storgatan 3 41234 ekas" in eken.search_key
    assert {switch.module for switch in eken.unit.provider.modules} == {Module.IVT}


def test_a_second_time_changes_nothing_and_a_third_just_what_is_different(database: Database) -> None:
    take_over(database, ROWS, activate=True)
    again = take_over(database, ROWS, activate=True)
    assert not again.added and not again.changed and again.unchanged == STANDING
    rows = json.loads(json.dumps(ROWS))
    rows[1]["metadata"]["phone_number"] = "031-390 06 29"
    rows[3]["name"] = "Apoteket Björken & co"
    rows[6]["location"]["latitude"] = 64.6
    third = take_over(database, rows, activate=True)
    assert third.changed == [
        ("Vårdcentralen Eken, Björkby", ["phone"]),
        ("Apoteket Björken & co", ["name"]),
        ("Norr", ["latitude"]),
    ]
    assert not third.added and third.unchanged == STANDING - 3


def test_what_the_list_leaves_empty_stays(database: Database) -> None:
    take_over(database, [a_row()])
    outcome = take_over(database, [a_row(phone_number=None, latitude=None, longitude=None, address=None, city=None)])
    eken = standing(database)["Vårdcentralen Eken, Björkby"]
    assert outcome.unchanged == 1 and eken.phone == "031-390 06 20" and eken.latitude == 57.5 and eken.street == "Storgatan 3"


def test_activated_clinics_are_found_and_booked_as_soon_as_times_are_opened(database: Database) -> None:
    take_over(database, ROWS)
    outcome = take_over(database, ROWS, activate=True)
    found = standing(database)
    placed = {name for name, clinic in found.items() if clinic.latitude is not None}
    assert {name for name, clinic in found.items() if is_listed(clinic) and can_be_booked_online(clinic)} == placed
    assert {name for name, _fields in outcome.changed} == placed and 0 < len(placed) < STANDING
    with database.reading() as session:
        assert [hit.name for hit in hits(session, ClinicSearch(("bjorken",)))] == ["Apoteket Björken & Co"]


def test_a_clinic_belongs_to_the_provider_that_it_was_imported_for(database: Database) -> None:
    with database.writing() as session:
        a_provider(session, org_number="4599002187", modules=())
    take_over(database, ROWS)
    other = take_over(database, ROWS, number="4599002187")
    assert len(other.added) == STANDING
    with database.reading() as session:
        providers = session.scalars(select(CareProvider).order_by(CareProvider.org_number)).all()
        units = session.scalars(select(CareUnit.provider_id)).all()
        assert [len(provider.modules) for provider in providers] == [0, 1], "one that was there keeps its modules"
    assert sorted(units.count(provider.id) for provider in providers) == [STANDING, STANDING]


def of(*rows: tuple[str, str, str]) -> dict[str, tuple[str, str]]:
    data = [dict(zip(postcodes.COLUMNS, row, strict=True)) for row in rows]
    return postcodes.tidy(Row(n, each) for n, each in enumerate(data, 1))[0]


def test_postcodes_are_replaced_as_a_whole(database: Database) -> None:
    lists: list[tuple[dict[str, tuple[str, str]], Callable[[Outcome], bool]]] = [
        (of(("41234", "Ekås", "Ekås kommun"), ("412 35", "Ekby", "Ekbys kommun")), lambda o: len(o.added) == 2),
        (of(("41234", "Ekås", "Ekås kommun"), ("41235", "Ekby", "Ekbys kommun")), lambda o: o.unchanged == 2),
        (of(("41235", "Ekeby", "Ekbys kommun"), ("41236", "Ek", "Ek")), lambda o: (o.gone, len(o.changed)) == (1, 1)),
    ]
    for told, holds in lists:
        with database.writing() as session:
            assert holds(use_cases.import_postcodes(session, told))
    with database.reading() as session:
        found = {row.code: (row.locality, row.municipality) for row in session.scalars(select(Postcode))}
    assert found == {"41235": ("Ekeby", "Ekby"), "41236": ("Ek", "Ek")}


def test_odd_postcodes_are_skipped() -> None:
    rows = [("412 3", "Ek", "Ek"), ("00000", "Ek", "Ek"), ("41234", "", "Ek"), ("41235", "Ek", "Ek"), ("41235", "Al", "Al")]
    data = [dict(zip(postcodes.COLUMNS, row, strict=True)) for row in rows]
    found, skipped = postcodes.tidy(Row(n, each) for n, each in enumerate(data, 1))
    assert found == {"41235": ("Ek", "Ek")} and [left.row for left in skipped] == [1, 2, 3, 5]


@pytest.mark.parametrize("file", [SHARED / "clinics-sweden-2021.json"] if SHARED.exists() else [])
def test_the_real_list(database: Database, file: Any) -> None:
    rows = [row.data for row in read_rows(file, clinics.COLUMNS)]
    first = take_over(database, rows, activate=True)
    assert len(rows) == 902 and len(first.added) >= 790 and first.changed == [] and first.unchanged == 0
    second = take_over(database, rows, activate=True)
    assert second.unchanged == len(first.added) and not second.added and not second.changed
    changed, skipped = json.loads(json.dumps(rows)), {left.row for left in clinics.tidy(read_rows(file, ())).skipped}
    by_hand = [changed[number - 1] for number in range(1, 903) if number not in skipped][::300]
    for row in by_hand:
        row["metadata"]["phone_number"] = "031-390 06 29"
    third = take_over(database, changed, activate=True)
    assert third.changed == [(row["name"], ["phone"]) for row in by_hand] and len(by_hand) == 3 and third.added == []
