"""Clinics and postcodes from files become rows: added once, changed where the file tells something else, never doubled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from config.imports.clinics import read_clinics
from config.imports.columns import CLINIC, POSTCODE, needed
from config.imports.files import Row, read_rows
from config.imports.postcodes import read_postcodes
from config.imports.report import Report
from journal_core.organisation import queries, use_cases
from journal_core.organisation.model import CareProvider, CareUnit, Clinic, Module, Postcode
from journal_core.organisation.rules import (
    ClinicVerdict,
    Outcome,
    ToldClinic,
    ToldPostcode,
    can_be_booked_online,
    is_listed,
    search_key,
)
from journal_core.transaction import Database
from tests.build.builders import a_clinic, a_provider
from tests.build.clocks import START
from tests.build.statements import count_statements
from tests.unit.test_imports import UNTIDY, shared

ORG_NUMBER = "4599001049"
ANOTHER = "4599002187"
PIN: dict[str, Any] = {"latitude": 56.67, "longitude": 12.86}
A = ToldClinic("SE4599001049-A1", "Blåsippan", "Sippgatan 1", "302 43", "Halmstad", hsa_id="SE4599001049-A1", **PIN)
B = ToldClinic("lonnen | ", "Lönnen")


def bring_in(
    database: Database, told: Sequence[ToldClinic], *, activate: bool = False, org_number: str = ORG_NUMBER
) -> list[ClinicVerdict]:
    with database.writing() as session:
        provider = use_cases.ensure_provider(session, org_number, "Vårdgivaren")
        return use_cases.import_clinics(session, provider, told, START, activate=activate)


def outcomes(verdicts: Sequence[ClinicVerdict]) -> dict[str, int]:
    return dict(Counter(verdict.outcome.value for verdict in verdicts))


def clinics(database: Database) -> list[Clinic]:
    with database.reading() as session:
        return queries.clinics(session, session.scalars(select(Clinic.id)).all())


def the_clinic(database: Database) -> Clinic:
    (clinic,) = clinics(database)
    return clinic


def count(database: Database, model: type[Any]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


# --- clinics ----------------------------------------------------------------------------------------------------------


def test_a_new_clinic_is_inactive_in_a_unit_of_its_own(database: Database) -> None:
    assert outcomes(bring_in(database, [A, B])) == {"added": 2}
    clinic = next(clinic for clinic in clinics(database) if clinic.import_key == A.key)
    assert (clinic.name, clinic.postcode, clinic.latitude, clinic.hsa_id) == ("Blåsippan", "302 43", 56.67, A.hsa_id)
    assert (clinic.activated_at, clinic.visible, clinic.booking, clinic.modules) == (None, False, False, [])
    assert (clinic.unit.name, clinic.unit.hsa_id) == ("Blåsippan", A.hsa_id)
    assert clinic.search_key == search_key(clinic) == "blasippan sippgatan 1 30243 halmstad"
    assert count(database, CareUnit) == 2


def test_a_provider_is_made_once_with_module_ivt(database: Database) -> None:
    for _ in range(2):
        bring_in(database, [A])
    with database.reading() as session:
        provider = session.scalars(select(CareProvider)).one()
        assert (provider.name, provider.org_number) == ("Vårdgivaren", ORG_NUMBER)
        assert queries.provider_modules(session, provider.id) == {Module.IVT}


def test_a_provider_that_is_there_is_taken_as_it_is_with_or_without_hyphen(database: Database) -> None:
    with database.writing() as session:
        a_provider(session, name="Sedan förut", org_number="459900-1049", modules=())
    bring_in(database, [A])
    clinic = the_clinic(database)
    assert (clinic.unit.provider.name, clinic.unit.provider.modules) == ("Sedan förut", [])


def test_the_same_again_changes_nothing(database: Database) -> None:
    bring_in(database, [A, B], activate=True)
    with count_statements(database) as statements:
        assert outcomes(bring_in(database, [A, B], activate=True)) == {"unchanged": 2}
    assert not any(statement.startswith(("INSERT", "UPDATE")) for statement in statements)


def test_foreseeing_says_the_same_and_writes_nothing(database: Database) -> None:
    bring_in(database, [A])
    told = [replace(A, city="Laholm"), B]
    with database.reading() as session:
        provider = queries.provider_by_org_number(session, ORG_NUMBER)
        foreseen = use_cases.foresee_clinics(session, provider, told, activate=True)
        elsewhere = use_cases.foresee_clinics(session, None, told, activate=True)
    assert the_clinic(database).city == "Halmstad"
    assert outcomes(elsewhere) == {"added": 2}
    assert bring_in(database, told, activate=True) == foreseen


def test_what_the_file_tells_is_taken_over_and_the_rest_stays(database: Database) -> None:
    bring_in(database, [replace(A, phone="031-390 60 01")])
    (verdict,) = bring_in(database, [replace(A, name="Vitsippan", city=None, web_page="https://vit.example.se")])
    assert dict(verdict.changes) == {"name": "Vitsippan", "web_page": "https://vit.example.se"}
    clinic = the_clinic(database)
    assert (clinic.city, clinic.phone, clinic.web_page) == ("Halmstad", "031-390 60 01", "https://vit.example.se")
    assert clinic.search_key == search_key(clinic) == "vitsippan sippgatan 1 30243 halmstad"
    assert clinic.unit.name == "Vitsippan"


def test_a_unit_that_was_given_another_name_keeps_it(database: Database) -> None:
    bring_in(database, [A])
    with database.writing() as session:
        session.scalars(select(CareUnit)).one().name = "Enhet Syd"
    bring_in(database, [replace(A, name="Vitsippan")])
    clinic = the_clinic(database)
    assert (clinic.name, clinic.unit.name) == ("Vitsippan", "Enhet Syd")


def test_a_clinic_is_known_again_within_its_provider_only(database: Database) -> None:
    bring_in(database, [A])
    assert outcomes(bring_in(database, [A], org_number=ANOTHER)) == {"added": 1}
    assert count(database, Clinic) == 2


def test_a_clinic_that_was_not_imported_is_left_alone(database: Database) -> None:
    with database.writing() as session:
        provider = a_provider(session, org_number=ORG_NUMBER)
        a_clinic(session, provider=provider, name="Blåsippan", hsa_id=A.hsa_id)
    assert outcomes(bring_in(database, [A])) == {"added": 1}


def test_activating_shows_those_with_coordinates_and_opens_their_booking(database: Database) -> None:
    bring_in(database, [A, B], activate=True)
    by_name = {clinic.name: clinic for clinic in clinics(database)}
    assert can_be_booked_online(by_name["Blåsippan"])
    assert is_listed(by_name["Blåsippan"])
    assert {switch.module for switch in by_name["Blåsippan"].modules} == {Module.API, Module.BOOKING}
    assert (by_name["Lönnen"].activated_at, by_name["Lönnen"].visible) == (None, False)


def test_activating_later_is_a_change_and_once(database: Database) -> None:
    bring_in(database, [A, B])
    assert outcomes(bring_in(database, [A, B], activate=True)) == {"changed": 1, "unchanged": 1}
    assert outcomes(bring_in(database, [A, B], activate=True)) == {"unchanged": 2}
    assert sum(can_be_booked_online(clinic) for clinic in clinics(database)) == 1


def test_activating_adds_only_the_modules_that_are_missing(database: Database) -> None:
    bring_in(database, [A], activate=True)
    with database.writing() as session:
        session.scalars(select(Clinic)).one().activated_at = None
    assert outcomes(bring_in(database, [A], activate=True)) == {"changed": 1}
    assert can_be_booked_online(the_clinic(database))


def test_what_was_switched_off_at_an_active_clinic_stays_off(database: Database) -> None:
    bring_in(database, [A], activate=True)
    with database.writing() as session:
        clinic = session.scalars(select(Clinic)).one()
        clinic.booking, clinic.visible = False, False
    assert outcomes(bring_in(database, [A], activate=True)) == {"unchanged": 1}
    assert not the_clinic(database).booking


def many(number: int) -> list[ToldClinic]:
    return [ToldClinic(f"key {n}", f"Mottagning {n}", **PIN) for n in range(number)]


def test_many_clinics_cost_as_many_statements_as_few(database: Database) -> None:
    def cost(number: int, *, org_number: str) -> list[int]:
        # They change in several ways: one statement must not become one for each way.
        ways: list[dict[str, Any]] = [{"city": "A"}, {"phone": "1"}, {"name": "B"}]
        later = [replace(told, **ways[n % 3]) for n, told in enumerate(many(number))]
        costs = []
        for told, activate in ((many(number), False), (later, False), (later, True)):
            with count_statements(database) as statements:
                bring_in(database, told, activate=activate, org_number=org_number)
            costs.append(len(statements))
        return costs

    assert cost(6, org_number=ORG_NUMBER) == cost(300, org_number=ANOTHER)


def test_an_untidy_file_twice(database: Database) -> None:
    read, _ = read_clinics(read_rows(UNTIDY, {}))
    told = [clinic.told for clinic in read]
    assert outcomes(bring_in(database, told)) == {"added": 4}
    assert outcomes(bring_in(database, told)) == {"unchanged": 4}
    assert count(database, Clinic) == 4


def report_of(database: Database, rows: Sequence[Row]) -> dict[str, int]:
    read, skipped = read_clinics(rows)
    verdicts = bring_in(database, [clinic.told for clinic in read])
    return Report("", [verdict.outcome for verdict in verdicts], skipped).figures()


def adds_up(figures: dict[str, int]) -> bool:
    return figures["read"] == sum(number for what, number in figures.items() if what != "read")


def test_the_countrys_real_clinics(database: Database) -> None:
    for path in shared("clinics-sweden-2021.json"):
        holds_for_real_clinics(database, path)


def holds_for_real_clinics(database: Database, path: Path) -> None:
    rows = read_rows(path, needed(CLINIC))
    first = report_of(database, rows)
    assert first["read"] == len(rows) == 902
    assert first["added"] == count(database, Clinic) >= 790
    assert adds_up(first)
    second = report_of(database, rows)
    assert second == {**first, "added": 0, "unchanged": first["added"]}
    by_hand: list[dict[str, object]] = [
        {"name": "Ett nytt namn"},
        {"1177_url": "https://ny.example.se"},
        {"metadata": {"phone_number": "031-3906001"}},
    ]
    changed = [Row(row.number, {**row.values, **new}) for row, new in zip(rows, by_hand, strict=False)]
    third = report_of(database, [*changed, *rows[3:]])
    assert third == {**second, "changed": 3, "unchanged": second["unchanged"] - 3}


# Few values each, so that keys meet; some of them odd.
TEXTS = st.sampled_from([None, "", "A", "B", "å b", "<b>", "a\x00", "Gatan 1, 302 43 Byn", 7, True, ["A"]])
PLACES = st.sampled_from([None, "", 57, 12.5, "57,1", 200, "norr", False])
ROWS = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from(["A", "B", None, "<i>"])},
        optional={
            "1177_id": st.sampled_from([None, "SE4599001049-A1", "SE4599001049-A2", 3, {}]),
            "1177_url": TEXTS,
            "location": st.none()
            | st.fixed_dictionaries({"city": TEXTS, "cp": TEXTS, "latitude": PLACES, "longitude": PLACES}),
            "metadata": st.none() | st.text() | st.fixed_dictionaries({"address": TEXTS, "phone_number": TEXTS}),
        },
    )
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(ROWS)
def test_whatever_comes_the_report_adds_up_and_a_second_run_changes_nothing(
    sqlite_database: Database, content: list[dict[str, object]]
) -> None:
    rows = [Row(number, values) for number, values in enumerate(content, start=1)]
    before = count(sqlite_database, Clinic)
    first = report_of(sqlite_database, rows)
    assert first["read"] == len(rows)
    assert adds_up(first)
    assert count(sqlite_database, Clinic) == before + first["added"]
    second = report_of(sqlite_database, rows)
    assert (second["added"], second["changed"], second["skipped"]) == (0, 0, first["skipped"])
    assert adds_up(second)


# --- postcodes --------------------------------------------------------------------------------------------------------


def replace_postcodes(database: Database, told: Sequence[ToldPostcode]) -> tuple[list[Outcome], list[str]]:
    with database.writing() as session:
        return use_cases.replace_postcodes(session, told)


def listed(database: Database) -> set[tuple[str, str, str]]:
    with database.reading() as session:
        return {(row.code, row.locality, row.municipality) for row in session.scalars(select(Postcode))}


def test_the_list_of_postcodes_is_replaced_as_a_whole(database: Database) -> None:
    stays, goes = ToldPostcode("30243", "Halmstad", "Halmstad"), ToldPostcode("43275", "Träslövsläge", "Varberg")
    assert replace_postcodes(database, [stays, goes]) == ([Outcome.ADDED] * 2, [])
    assert replace_postcodes(database, [stays, goes]) == ([Outcome.UNCHANGED] * 2, [])
    changed, new = replace(stays, locality="Söndrum"), ToldPostcode("31131", "Falkenberg", "Falkenberg")
    assert replace_postcodes(database, [changed, new]) == ([Outcome.CHANGED, Outcome.ADDED], ["43275"])
    assert listed(database) == {("30243", "Söndrum", "Halmstad"), ("31131", "Falkenberg", "Falkenberg")}


def test_many_postcodes_cost_as_many_statements_as_few(database: Database) -> None:
    def cost(number: int) -> list[int]:
        told = [ToldPostcode(f"{10000 + n}", "Byn", "Kommunen") for n in range(number)]
        costs = []
        for version in (told, [replace(each, locality="Staden") for each in told], [ToldPostcode("99999", "Slut", "Slut")]):
            with count_statements(database) as statements:
                replace_postcodes(database, version)
            costs.append(len(statements))
        replace_postcodes(database, [])
        return costs

    assert cost(3) == cost(3000)


def test_the_countrys_real_postcodes(database: Database) -> None:
    for path in shared("postcode-to-municipality.csv"):
        holds_for_real_postcodes(database, path)


def holds_for_real_postcodes(database: Database, path: Path) -> None:
    read, skipped = read_postcodes(read_rows(path, needed(POSTCODE)))
    assert (len(read), skipped) == (15463, [])
    for outcome in (Outcome.ADDED, Outcome.UNCHANGED):
        found, gone = replace_postcodes(database, read)
        assert (set(found), gone) == ({outcome}, [])
    assert ("30242", "Halmstad", "Halmstad") in listed(database)
