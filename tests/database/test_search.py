"""Finding a clinic: what is listed, and what people may type to find it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from journal_core.catalogue import queries
from journal_core.catalogue.queries import Box, ClinicSearch
from journal_core.organisation import queries as organisation
from journal_core.organisation import rules
from journal_core.organisation.model import Clinic, Module
from journal_core.transaction import Database
from tests.build.builders import (
    CLINIC_MODULES,
    PROVIDER_MODULES,
    a_category,
    a_clinic,
    a_provider,
    a_reason,
    a_type,
)
from tests.build.clocks import START
from tests.build.statements import count_statements


def search(database: Database, typed: str = "", *, reason: str | None = None, drop_in: bool = False) -> list[str]:
    with database.reading() as session:
        asked = ClinicSearch(tuple(rules.fold(typed).split()), reason, drop_in)
        return [hit.name for hit in queries.hits(session, asked)]


def offering(session: Session, clinic: Clinic, slug: str, *, kind: bool = True, **category: object) -> None:
    made = a_category(session, clinic, reason=a_reason(session, slug), **category)
    if kind:
        a_type(session, made)


@pytest.fixture
def towns(database: Database) -> Database:
    with database.writing() as session:
        provider = a_provider(session)
        for name, street, postcode, city in (
            ("Hamnens vaccin", "Ågatan 1", "302 43", "Halmstad"),
            ("Åsa vårdcentral", "Kyrkvägen 3", "439 53", "Åsa"),
            ("Öppna dörren", "Storgatan 100%", "311 31", "Falkenberg"),
            ("Vaccin_huset", "Bakgatan 2", "432 40", "Varberg"),
        ):
            a_clinic(session, provider=provider, name=name, street=street, postcode=postcode, city=city)
    return database


class TestWords:
    def test_without_words_all_are_listed_by_city_and_name(self, towns: Database) -> None:
        assert sorted(search(towns)) == ["Hamnens vaccin", "Vaccin_huset", "Åsa vårdcentral", "Öppna dörren"]

    @pytest.mark.parametrize("typed", ["hamn", "HAMNENS", "Halm", "halmstad", "vaccin hamn", "  hamn  ", "ågat"])
    def test_the_beginning_of_a_word_of_name_street_or_city_is_enough(self, towns: Database, typed: str) -> None:
        assert search(towns, typed) == ["Hamnens vaccin"]

    @pytest.mark.parametrize("typed", ["åsa", "asa", "ÅSA", "a\u030asa", "kyrkvagen", "vårdcentral åsa"])
    def test_dots_and_rings_may_be_left_out(self, towns: Database, typed: str) -> None:
        assert search(towns, typed) == ["Åsa vårdcentral"]

    @pytest.mark.parametrize("typed", ["302 43", "30243", "302", "302 43 Halmstad", "Halmstad 30243"])
    def test_a_postcode_is_found_with_and_without_its_space(self, towns: Database, typed: str) -> None:
        assert search(towns, typed) == ["Hamnens vaccin"]

    def test_every_word_has_to_be_there(self, towns: Database) -> None:
        assert search(towns, "hamn varberg") == []

    @pytest.mark.parametrize(
        ("typed", "found"),
        [("100%", ["Öppna dörren"]), ("%", ["Öppna dörren"]), ("_", ["Vaccin_huset"]), ("h%d", []), ("\\", [])],
    )
    def test_signs_that_databases_read_as_wildcards_are_meant_as_typed(
        self, towns: Database, typed: str, found: list[str]
    ) -> None:
        assert search(towns, typed) == found


class TestWhatIsListed:
    @pytest.mark.parametrize("off", [{"activated_at": None}, {"visible": False}], ids=["inactive", "not visible"])
    def test_inactive_and_invisible_clinics_are_not(self, database: Database, off: dict[str, Any]) -> None:
        with database.writing() as session:
            a_clinic(session, name="Syns")
            a_clinic(session, name="Syns inte", **off)
        assert search(database) == ["Syns"]

    def test_all_are_found_in_the_order_of_the_list(self, database: Database) -> None:
        with database.writing() as session:
            provider = a_provider(session)
            names = [a_clinic(session, provider=provider, name=f"Mottagning {n:02}").name for n in range(12)]
            a_clinic(session, provider=provider, visible=False)
            a_clinic(session, provider=provider, name="Alfa", city="Ystad")
        assert search(database) == [*names, "Alfa"]

    def test_a_search_is_one_statement_however_many_are_found(self, database: Database) -> None:
        with database.writing() as session:
            for _ in range(30):
                a_clinic(session)
        with database.reading() as session, count_statements(database) as statements:
            assert len(queries.hits(session, ClinicSearch())) == 30
        assert len(statements) == 1


class TestParts:
    """Of the map."""

    @pytest.fixture
    def spread(self, database: Database) -> Database:
        with database.writing() as session:
            for name, latitude, longitude in (
                ("Syd", 55.6, 13.0),
                ("Mitt", 57.7, 12.0),
                ("Norr", 63.8, 20.3),
                ("Utan", None, None),
            ):
                a_clinic(session, name=name, city="Ort", latitude=latitude, longitude=longitude)
        return database

    def found(self, database: Database, **search: Any) -> set[str]:
        with database.reading() as session:
            return {hit.name for hit in queries.hits(session, ClinicSearch(**search))}

    def test_a_box_keeps_what_lies_in_it_edges_included(self, spread: Database) -> None:
        assert self.found(spread, box=Box(55.6, 12.0, 57.7, 13.0)) == {"Syd", "Mitt"}
        assert self.found(spread, box=Box(58, 10, 70, 25)) == {"Norr"}

    def test_a_box_beside_words_adds_to_them(self, spread: Database) -> None:
        assert self.found(spread, words=("utan",), or_within=Box(57, 11, 58, 13)) == {"Utan", "Mitt"}


class TestReasons:
    def test_clinics_that_offer_the_reason(self, database: Database) -> None:
        with database.writing() as session:
            offering(session, a_clinic(session, name="Fästingar"), "tbe")
            offering(session, a_clinic(session, name="Resor"), "resa")
        assert search(database, reason="tbe") == ["Fästingar"]
        assert search(database, "fäst", reason="tbe") == ["Fästingar"]
        assert search(database, "fäst", reason="resa") == []
        assert search(database, reason="okänd") == []

    @pytest.mark.parametrize("gone", ["category retired", "category invisible", "type retired", "no type"])
    def test_not_those_whose_offer_residents_cannot_see(self, database: Database, gone: str) -> None:
        with database.writing() as session:
            clinic = a_clinic(session)
            match gone:
                case "category retired":
                    offering(session, clinic, "tbe", retired_at=START)
                case "category invisible":
                    offering(session, clinic, "tbe", invisible_online=True)
                case "type retired":
                    a_type(session, a_category(session, clinic), retired_at=START)
                case "no type":
                    offering(session, clinic, "tbe", kind=False)
        assert search(database, reason="tbe") == []

    def test_a_clinic_with_several_offers_is_listed_once(self, database: Database) -> None:
        with database.writing() as session:
            clinic = a_clinic(session, name="Fästingar")
            for _ in range(3):
                offering(session, clinic, "tbe")
        assert search(database, reason="tbe") == ["Fästingar"]

    def test_categories_are_offered_in_the_clinics_own_order_without_the_hidden(self, database: Database) -> None:
        with database.writing() as session:
            clinic = a_clinic(session)
            for position, name in ((2, "andra"), (1, "första"), (3, "tredje")):
                offering(session, clinic, "tbe", name=name, position=position)
            offering(session, clinic, "tbe", name="borta", retired_at=START)
            offering(session, clinic, "tbe", name="osynlig", invisible_online=True)
        with database.reading() as session:
            assert [row.name for row in queries.categories(session, [clinic.id])] == ["första", "andra", "tredje"]

    def test_what_a_list_says_is_offered_is_each_reason_once_with_its_first_type(self, database: Database) -> None:
        with database.writing() as session:
            one, other = a_clinic(session), a_clinic(session)
            first = a_type(session, a_category(session, one, reason=a_reason(session, "resa"), position=1))
            a_type(session, a_category(session, one, reason=a_reason(session, "tbe"), position=3), position=2)
            tbe = a_type(session, a_category(session, one, reason=a_reason(session, "tbe"), position=2))
            offering(session, one, "covid-19", retired_at=START)
            offering(session, one, "covid-19", invisible_online=True)
            offering(session, other, "tbe")
        with database.reading() as session:
            found = queries.offered(session, [one.id])
            assert [(row.clinic_id, row.slug, row.type_id) for row in found] == [
                (one.id, "resa", first.id),
                (one.id, "tbe", tbe.id),
            ]
            assert {row.clinic_id for row in queries.offered(session, [one.id, other.id])} == {one.id, other.id}

    def test_cards_come_in_the_order_that_is_asked_for(self, database: Database) -> None:
        with database.writing() as session:
            made = [a_clinic(session, name=name, colour="#112233", street="Gatan 1") for name in ("Anna", "Berit", "Cilla")]
        with database.reading() as session:
            cards = organisation.cards(session, [made[2].id, made[0].id])
        assert [(card.name, card.colour, card.street, card.drop_in) for card in cards] == [
            ("Cilla", "#112233", "Gatan 1", True),
            ("Anna", "#112233", "Gatan 1", True),
        ]

    def test_a_type_is_found_at_its_own_clinic_only(self, database: Database) -> None:
        with database.writing() as session:
            clinic = a_clinic(session)
            kind = a_type(session, a_category(session, clinic))
        with database.reading() as session:
            assert queries.visit_type(session, kind.id, clinic.id) is not None
            assert queries.visit_type(session, kind.id, clinic.id + 1) is None


class TestDropIn:
    def listed(self, database: Database, **clinic: Any) -> bool:
        with database.writing() as session:
            made = a_clinic(session, **clinic)
            offers = rules.offers_drop_in(made)
        listed = search(database, drop_in=True) == [made.name]
        with database.reading() as session:
            [card] = organisation.cards(session, [made.id])
        assert listed == offers == card.drop_in, "the queries say what the rule says"
        return listed

    def test_with_setting_and_modules_on(self, database: Database) -> None:
        assert self.listed(database)

    def without(self, modules: Iterable[Module], off: Module) -> list[Module]:
        return [module for module in modules if module is not off]

    def test_not_with_the_setting_off(self, database: Database) -> None:
        assert not self.listed(database, drop_in=False)

    def test_not_with_the_clinics_module_off(self, database: Database) -> None:
        assert not self.listed(database, modules=self.without(CLINIC_MODULES, Module.DROP_IN))

    def test_not_with_the_providers_module_off(self, database: Database) -> None:
        with database.writing() as session:
            provider = a_provider(session, modules=self.without(PROVIDER_MODULES, Module.IVT))
            a_clinic(session, provider=provider)
        assert search(database, drop_in=True) == []
