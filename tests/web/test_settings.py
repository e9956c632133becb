"""The provider admin's settings through their pages: seen, saved, refused with a sentence, and each with its effect."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from journal_core.catalogue.model import ProviderReason, Reason, ReasonKind
from journal_core.catalogue.rules import ConsentNeed, consent_asked_of
from journal_core.organisation import queries
from journal_core.organisation.model import CareProvider, Clinic, Module, ModuleSwitch
from journal_core.organisation.rules import only_for_oneself
from journal_core.staff.model import Role
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import (
    MONDAY,
    PROVIDER_MODULES,
    TODAY,
    Offer,
    a_clinic,
    a_policy,
    a_provider,
    a_reason,
    a_staff_account,
    an_offer,
)
from tests.build.clocks import FixedClock
from tests.build.site import Browser, a_portal

SETTINGS = "/personal/installningar"
RESIDENTS, AGES, GUARDIANS, REASONS = (f"{SETTINGS}/{page}" for page in ("invanare", "aldrar", "samtycke", "anledningar"))
SWITCHED_ON = ("visible", "booking", "drop_in", "eid_booking", "eid_only_oneself")


@dataclass
class Office:
    """A clinic with something to book, its provider's administrator in one browser and anybody in another."""

    database: Database
    portal: Flask
    offer: Offer
    admin: Browser

    @property
    def clinic_id(self) -> int:
        return self.offer.clinic.id

    @property
    def reason_page(self) -> str:
        return f"{REASONS}/{self.offer.category.reason_id}"

    def anybody(self) -> Browser:
        return Browser(self.portal)

    def switch(self, **settings: str) -> Browser:
        """The clinic's form, sent with these; an empty text is a box that is not ticked."""
        return self.admin.get(RESIDENTS).submit(**settings)

    def ask(self, **settings: str) -> Browser:
        return self.admin.get(self.reason_page).submit(**settings)

    def without(self, *modules: Module) -> None:
        with self.database.writing() as session:
            session.execute(delete(ModuleSwitch).where(ModuleSwitch.module.in_(modules)))

    @contextmanager
    def lacking(self, *modules: Module) -> Iterator[None]:
        """As long as it lasts; afterwards they are on again."""
        with self.database.reading() as session:
            off = session.scalars(select(ModuleSwitch).where(ModuleSwitch.module.in_(modules))).all()
            rows = [{"provider_id": one.provider_id, "clinic_id": one.clinic_id, "module": one.module} for one in off]
        self.without(*modules)
        yield
        with self.database.writing() as session:
            session.add_all([ModuleSwitch(**row) for row in rows])

    def clinic(self) -> Clinic:
        with self.database.reading() as session:
            found = queries.clinic(session, self.clinic_id)
            assert found is not None
            return found

    def setting(self) -> ProviderReason | None:
        with self.database.reading() as session:
            return session.scalar(select(ProviderReason))


@pytest.fixture
def office(sqlite_database: Database, clock: FixedClock) -> Office:
    return an_office(sqlite_database, clock, [*PROVIDER_MODULES, Module.IVT_CONSENT])


def an_office(database: Database, clock: FixedClock, modules: Iterable[Module], **clinic: Any) -> Office:
    with database.writing() as session:
        made = a_clinic(session, provider=a_provider(session, modules=modules), name="Torget", **clinic)
        offer = an_offer(session, clinic=made, drop_in=True)
        a_policy(session, made.unit.provider)
        a_staff_account(session, made, Role.PROVIDER_ADMIN)
    portal = a_portal(database, clock)
    return Office(database, portal, offer, Browser(portal).log_in(cast.NURSE_HERE, staff=True))


def plain(browser: Browser) -> str:
    """What the page says, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", browser.html)).split())


def ticked(browser: Browser) -> set[str]:
    boxes = re.findall(r'<input type="checkbox" name="(\w+)"[^>]* checked', browser.html)
    return set(boxes)


# Where the provider admin comes in


def test_a_provider_admin_comes_from_login_and_from_the_staffs_door_to_the_settings(office: Office) -> None:
    assert office.admin.path == SETTINGS
    assert office.admin.get("/personal").path == SETTINGS
    office.admin.get("/personal/uppdrag").submit("choose", assignment="1")
    assert office.admin.path == SETTINGS
    assert office.admin.get("/personal/utskrift").status == 403, "but for the door nothing leads elsewhere"


@pytest.mark.parametrize("role", [Role.USER_ADMIN, Role.LOG_UNIT])
def test_whose_role_opens_nothing_yet_is_told_so(sqlite_database: Database, clock: FixedClock, role: Role) -> None:
    with sqlite_database.writing() as session:
        a_staff_account(session, a_clinic(session), role)
    browser = Browser(a_portal(sqlite_database, clock)).log_in(cast.NURSE_HERE, staff=True)
    assert browser.status == 403 and "Byt uppdrag" in browser.html


def test_the_start_says_how_all_settings_stand(office: Office) -> None:
    said = plain(office.admin.get(SETTINGS))
    for sentence in (
        "Syns på startsidan.",
        "Tar emot bokningar på nätet.",
        "Tar emot drop-in.",
        "E-legitimation kan krävas.",
        "Ingen kräver e-legitimation.",
        "Båda vårdnadshavarna ska samtycka.",
        "Vårdnadshavare bokar åt sitt barn tills det fyller 18 år.",
    ):
        assert sentence in said
    office.without(Module.IVT, Module.IVT_EID, Module.IVT_CONSENT)
    said = plain(office.admin.get(SETTINGS))
    for sentence in (
        "Bokning på nätet är på men utan verkan, för en modul är av.",
        "E-legitimation är på men utan verkan, för en modul är av.",
        "Digitalt samtycke kräver modulen IVT Samtycke VG",
    ):
        assert sentence in said


def test_a_clinics_admin_sees_the_clinics_own_settings_only(sqlite_database: Database, clock: FixedClock) -> None:
    with sqlite_database.writing() as session:
        a_staff_account(session, a_clinic(session), Role.NURSE_ADMIN)
    browser = Browser(a_portal(sqlite_database, clock)).log_in(cast.NURSE_HERE, staff=True).get(SETTINGS)
    assert "Skärmar i väntrummet" in browser.html and "Besöksanledningar" not in browser.html
    for page in (RESIDENTS, REASONS, f"{REASONS}/1", AGES, GUARDIANS):
        assert browser.get(page).status == 403


# Saving


def test_a_clinics_settings_are_saved_and_said_to_be(office: Office) -> None:
    assert ticked(office.admin.get(RESIDENTS)) == {"visible", "booking", "drop_in", "eid_booking"}
    office.switch(visible="", eid_only_oneself="1")
    assert "Sparat." in office.admin.html
    assert ticked(office.admin) == {"booking", "drop_in", "eid_booking", "eid_only_oneself"}


def test_a_reasons_settings_are_saved_and_said_to_be(office: Office) -> None:
    office.ask(eid_demanded="1", digital_consent="1", consent_until_age="15", information="Ta med kortet.")
    assert "Sparat." in office.admin.html and "Gäller på 1 av 1 mottagningar" in office.admin.html
    assert ticked(office.admin) == {"eid_demanded", "digital_consent"}
    assert "Ta med kortet.</textarea>" in office.admin.html
    said = plain(office.admin.get(REASONS))
    assert "Kräver e-legitimation. Digitalt samtycke till och med 15 års ålder. Har egen information." in said
    said = plain(office.admin.get(SETTINGS))
    assert "Kräver e-legitimation: TBE (fästingvaccin)." in said and "Digitalt samtycke: TBE (fästingvaccin)." in said
    office.without(Module.IVT_EID)
    assert "Just nu utan verkan, för något som behövs är av." in plain(office.admin.get(REASONS))


def test_an_age_is_set_from_a_day_and_what_was_stays_to_be_read(office: Office, clock: FixedClock) -> None:
    office.admin.get(AGES)
    assert plain(office.admin).count("Så är det förinställt.") == 3
    for years, days in (("17", 0), ("16", 30)):
        first = (TODAY + timedelta(days=days)).isoformat()
        office.admin.submit(kind="guardian_books", years=years, first_day=first)
    said = plain(office.admin)
    assert "Sparat." in said and "Från söndag 20 december 2026: 16 år" in said
    assert "tills det fyller 17 år. Så är det sedan fredag 20 november 2026." in said
    clock.advance(days=31)
    said = plain(Browser(office.portal).log_in(cast.NURSE_HERE, staff=True).get(AGES))
    assert "tills det fyller 16 år. Så är det sedan söndag 20 december 2026." in said
    assert "Vad som har gällt : Boka åt sitt barn Från fredag 20 november 2026: 17 år" in said


def test_what_is_wrong_with_an_age_is_said_and_the_input_kept(office: Office) -> None:
    for typed, said in (
        ({"kind": ""}, "Välj vilken ålder du vill ändra."),
        ({"kind": "nonsense"}, "Välj vilken ålder du vill ändra."),
        ({"years": ""}, "Skriv åldern i hela år"),
        ({"years": "femton"}, "Skriv åldern i hela år"),
        ({"years": "19"}, "Åldern måste vara mellan 13 och 18 år."),
        ({"first_day": "i morgon"}, "Skriv datumet som år, månad och dag"),
        ({"first_day": "2026-11-19"}, "Dagen har redan varit."),
    ):
        fields = {"kind": "guardian_books", "years": "17", "first_day": "2026-12-24", **typed}
        office.admin.get(AGES).submit(**fields)
        assert office.admin.status == 422 and said in office.admin.html and 'class="error-summary"' in office.admin.html
        assert f'value="{fields["years"]}"' in office.admin.html and f'value="{fields["first_day"]}"' in office.admin.html


def test_how_many_guardians_consent_is_saved(office: Office) -> None:
    office.admin.get(GUARDIANS).submit(guardians="1")
    assert "Sparat." in office.admin.html
    assert "Det räcker att en vårdnadshavare samtycker." in plain(office.admin.get(SETTINGS))
    with office.database.reading() as session:
        assert session.get_one(CareProvider, office.clinic().unit.provider_id).consenting_guardians == 1


def test_a_form_that_was_open_too_long_is_shown_again_with_its_input(office: Office) -> None:
    for page, typed, kept in (
        (RESIDENTS, {"eid_only_oneself": "1"}, 'id="eid_only_oneself" value="1" checked'),
        (AGES, {"years": "17"}, 'value="17"'),
        (GUARDIANS, {"guardians": "1"}, 'value="1" checked'),
        (office.reason_page, {"information": "Ta med kortet."}, "Ta med kortet.</textarea>"),
    ):
        office.admin.get(page).submit(csrf_token="old", **typed)
        assert office.admin.status == 422 and "öppen länge" in office.admin.html and kept in office.admin.html, page


def test_an_unknown_reason_is_no_page(office: Office) -> None:
    assert office.admin.get(f"{REASONS}/999").status == 404


def test_a_provider_sees_and_changes_its_own_settings_only(office: Office) -> None:
    with office.database.writing() as session:
        elsewhere = a_clinic(session, eid_booking=True)
        other = ProviderReason(
            provider_id=elsewhere.unit.provider_id, reason_id=office.offer.category.reason_id, information="Andras."
        )
        session.add(other)
    assert "Andras." not in office.admin.get(office.reason_page).html
    office.ask(information="Våra.")
    with office.database.reading() as session:
        assert set(session.scalars(select(ProviderReason.information))) == {"Andras.", "Våra."}


# Two at once


def test_who_saves_last_is_told_what_another_has_changed(office: Office) -> None:
    office.admin.get(RESIDENTS)
    with office.database.writing() as session:
        session.get_one(Clinic, office.clinic_id).visible = False
    office.admin.submit(drop_in="")
    assert office.admin.status == 409 and "Någon annan ändrade inställningarna" in office.admin.html
    assert "Syns inte på startsidan." in plain(office.admin)
    assert ticked(office.admin) == {"visible", "booking", "eid_booking"}, "what was chosen stands"
    assert office.clinic().drop_in
    office.admin.submit()
    assert "Sparat." in office.admin.html and office.clinic().visible and not office.clinic().drop_in


def test_of_a_reason_too(office: Office) -> None:
    office.admin.get(office.reason_page)
    with office.database.writing() as session:
        provider_id = office.clinic().unit.provider_id
        session.add(ProviderReason(provider_id=provider_id, reason_id=office.offer.category.reason_id, information="Ny."))
    office.admin.submit(information="Min.")
    assert office.admin.status == 409 and "Har egen information." in plain(office.admin)
    assert "Min.</textarea>" in office.admin.html
    office.admin.submit()
    assert "Sparat." in office.admin.html


# Each missing prerequisite is refused with its sentence

ALL_MODULES = frozenset({*PROVIDER_MODULES, Module.IVT_CONSENT})
EID = {"eid_demanded": "1"}
CONSENT = {**EID, "digital_consent": "1", "consent_until_age": "15"}


OF_A_CLINIC: list[tuple[set[Module], dict[str, str], str]] = [
    ({Module.API}, {"booking": "1"}, "kräver modulerna API, Bokning och IVT. Det som saknas: API."),
    ({Module.BOOKING}, {"booking": "1"}, "kräver modulerna API, Bokning och IVT. Det som saknas: Bokning."),
    ({Module.IVT}, {"booking": "1"}, "kräver modulerna API, Bokning och IVT. Det som saknas: IVT."),
    ({Module.API, Module.BOOKING, Module.IVT}, {"booking": "1"}, "Det som saknas: API, Bokning och IVT."),
    ({Module.DROP_IN}, {"drop_in": "1"}, "Drop-in kräver modulerna Drop-in och IVT. Det som saknas: Drop-in."),
    ({Module.IVT}, {"drop_in": "1"}, "Drop-in kräver modulerna Drop-in och IVT. Det som saknas: IVT."),
    ({Module.IVT_EID}, {"eid_booking": "1"}, "E-legitimation vid bokning kräver modulen IVT eID VG, som är av."),
    (set(), {"eid_only_oneself": "1"}, "Bara åt sig själv kräver E-legitimation vid bokning."),
]


def test_a_clinics_setting_is_refused_without_what_it_needs(sqlite_database: Database, clock: FixedClock) -> None:
    nothing = dict.fromkeys(SWITCHED_ON, False)
    office = an_office(sqlite_database, clock, ALL_MODULES, **nothing)
    for off, typed, said in OF_A_CLINIC:
        with office.lacking(*off):
            office.switch(**typed)
        assert office.admin.status == 422 and said in plain(office.admin), said
        assert 'class="error-summary"' in office.admin.html and ticked(office.admin) == set(typed), "what was typed is kept"
        assert not any(getattr(office.clinic(), name) for name in SWITCHED_ON), said


def test_what_others_need_is_not_switched_off_under_them(office: Office) -> None:
    office.switch(eid_only_oneself="1")
    office.switch(eid_booking="")
    assert office.admin.status == 422 and "Bara åt sig själv kräver E-legitimation vid bokning." in office.admin.html
    assert office.clinic().eid_booking
    office.ask(**CONSENT)
    office.ask(eid_demanded="")
    assert office.admin.status == 422 and "Digitalt samtycke kräver e-legitimation." in office.admin.html
    office.ask(digital_consent="")
    assert office.admin.status == 422 and "Åldern gäller digitalt samtycke." in office.admin.html
    setting = office.setting()
    assert setting is not None and setting.eid_demanded and setting.digital_consent


OF_A_REASON: list[tuple[set[Module], dict[str, str], str]] = [
    ({Module.IVT_EID}, EID, "Att kräva e-legitimation går bara med modulen IVT eID VG, som är av."),
    ({Module.IVT_CONSENT}, CONSENT, "Digitalt samtycke kräver modulen IVT Samtycke VG, som är av."),
    (set(), {**CONSENT, "eid_demanded": ""}, "Digitalt samtycke kräver e-legitimation."),
    (set(), {**CONSENT, "consent_until_age": ""}, "Skriv till och med vilken ålder"),
    (set(), {**EID, "consent_until_age": "15"}, "Åldern gäller digitalt samtycke."),
    (set(), {**CONSENT, "consent_until_age": "18"}, "Åldern för digitalt samtycke måste vara mellan 0 och 17 år."),
    (set(), {**CONSENT, "consent_until_age": "femton"}, "Skriv åldern i hela år"),
    (set(), {"information": "x" * 501}, "Informationen är för lång. Skriv högst 500 tecken."),
]


def test_a_reasons_setting_is_refused_without_what_it_needs(office: Office) -> None:
    for off, typed, said in OF_A_REASON:
        with office.lacking(*off):
            office.ask(**typed)
        assert office.admin.status == 422 and said in plain(office.admin), said
        assert 'class="error-summary"' in office.admin.html and office.setting() is None, said
        assert ticked(office.admin) == {name for name in ("eid_demanded", "digital_consent") if typed.get(name)}
        assert f'value="{typed.get("consent_until_age", "")}"' in office.admin.html, said


def test_a_reasons_demand_is_refused_where_no_clinic_has_eid_on(sqlite_database: Database, clock: FixedClock) -> None:
    office = an_office(sqlite_database, clock, ALL_MODULES, eid_booking=False)
    office.ask(**EID)
    assert office.admin.status == 422
    assert "Ingen av vårdgivarens mottagningar har E-legitimation vid bokning på." in plain(office.admin)


def test_of_other_reasons_nothing_can_be_asked(office: Office) -> None:
    with office.database.writing() as session:
        other = a_reason(session, "halsokontroll", kind=ReasonKind.OTHER)
    office.admin.get(f"{REASONS}/{other.id}")
    assert "eid_demanded" not in office.admin.html
    office.admin.submit(**EID, information="Kom fastande.")
    assert office.admin.status == 422 and "För övriga besök går det bara att skriva information." in office.admin.html
    office.admin.get(f"{REASONS}/{other.id}").submit(information="Kom fastande.")
    assert "Sparat." in office.admin.html


def test_consenting_guardians_are_refused_without_the_module_and_without_a_choice(office: Office) -> None:
    office.admin.get(GUARDIANS).submit(guardians="3")
    assert office.admin.status == 422 and "Välj om en eller båda" in office.admin.html
    office.admin.get(GUARDIANS)
    office.without(Module.IVT_CONSENT)
    office.admin.submit(guardians="1")
    assert office.admin.status == 422 and "kräver modulen IVT Samtycke VG, som är av." in office.admin.html


def test_what_cant_be_switched_on_stands_there_and_says_why(sqlite_database: Database, clock: FixedClock) -> None:
    office = an_office(sqlite_database, clock, ALL_MODULES, booking=False)
    for page, off, box, said in (
        (RESIDENTS, Module.API, "booking", "Det som saknas: API."),
        (RESIDENTS, Module.IVT_EID, "eid_only_oneself", "kräver modulen IVT eID VG"),
        (office.reason_page, Module.IVT_EID, "eid_demanded", "går bara med modulen IVT eID VG"),
        (office.reason_page, Module.IVT_CONSENT, "digital_consent", "kräver modulen IVT Samtycke VG"),
        (office.reason_page, Module.IVT_CONSENT, "consent_until_age", "kräver modulen IVT Samtycke VG"),
        (GUARDIANS, Module.IVT_CONSENT, "guardians", "kräver modulen IVT Samtycke VG"),
    ):
        with office.lacking(off):
            office.admin.get(page)
        [field, *_more] = re.findall(rf'<input[^>]*name="{box}"[^>]*>', office.admin.html)
        assert " disabled" in field and said in plain(office.admin), box
        assert "Den som driver Vaccinporten slår på moduler." in office.admin.html


def test_what_is_on_without_effect_can_still_be_switched_off(office: Office) -> None:
    office.without(Module.IVT_EID)
    office.admin.get(RESIDENTS)
    assert "Därför har inställningen ingen verkan nu." in office.admin.html
    office.admin.submit(eid_booking="")
    assert "Sparat." in office.admin.html and not office.clinic().eid_booking


# Every setting's effect


def on_start(office: Office, query: str = "") -> bool:
    return "<bdi>Torget</bdi>" in office.anybody().get(f"/{query}").html


def test_visible_puts_the_clinic_on_the_start_page(office: Office) -> None:
    assert on_start(office)
    office.switch(visible="")
    assert not on_start(office)
    assert office.anybody().get(f"/klinik/{office.clinic_id}").status == 200, "its own page stays"


def booked_online(office: Office) -> bool:
    page, booking = f"/klinik/{office.clinic_id}", f"/klinik/{office.clinic_id}/bokning"
    leads = f'href="{booking}"' in office.anybody().get(page).html
    opens = office.anybody().get(booking).path == booking
    assert leads == opens, "the clinic's page and its booking say the same"
    return opens


def test_booking_opens_the_clinics_booking(office: Office) -> None:
    assert booked_online(office)
    office.switch(booking="")
    assert not booked_online(office)


def drops_in(office: Office) -> bool:
    marked = "Drop-in</span>" in office.anybody().get("/").html
    said = "Drop-in utan bokad tid" in office.anybody().get(f"/klinik/{office.clinic_id}").html
    found = on_start(office, "?drop-in=1")
    assert marked == said == found
    return found


def test_drop_in_marks_the_clinic_and_lets_it_be_found(office: Office) -> None:
    assert drops_in(office)
    office.switch(drop_in="")
    assert not drops_in(office)


def asks_to_log_in(office: Office) -> bool:
    browser = office.anybody().get(f"/klinik/{office.clinic_id}/bokning")
    told = "Du behöver e-legitimation." in browser.html
    led = browser.submit(type=str(office.offer.kind.id)).path == "/logga-in"
    assert told == led
    return led


def test_eid_demanded_for_a_reason_asks_to_log_in(office: Office) -> None:
    assert not asks_to_log_in(office)
    office.ask(**EID)
    assert asks_to_log_in(office)


def test_eid_for_booking_decides_whether_the_clinic_demands_it(office: Office) -> None:
    office.ask(**EID)
    office.switch(eid_booking="")
    assert not asks_to_log_in(office)


def test_only_oneself_counts_with_eid(office: Office) -> None:
    """What it refuses stands in tests/database/test_booking.py."""
    office.switch(eid_only_oneself="1")
    assert only_for_oneself(office.clinic())
    office.switch(eid_only_oneself="")
    assert not only_for_oneself(office.clinic())


def informs(office: Office) -> bool:
    return "Ta med vaccinationskortet." in office.anybody().get(f"/klinik/{office.clinic_id}/bokning").html


def test_information_is_read_where_one_books(office: Office) -> None:
    office.ask(information="Ta med vaccinationskortet.")
    assert informs(office)
    office.ask(information="")
    assert not informs(office)


def asked(office: Office) -> list[ConsentNeed]:
    """Of somebody of 15, 16 and 18 on the day of the visit."""
    born = [MONDAY.replace(year=MONDAY.year - years) for years in (15, 16, 18)]
    return [consent_asked_of(office.clinic(), office.setting(), one, MONDAY) for one in born]


def test_digital_consent_is_asked_up_to_its_age(office: Office) -> None:
    office.ask(**EID)
    assert set(asked(office)) == {ConsentNeed.NONE}
    office.ask(**CONSENT)
    assert asked(office) == [ConsentNeed.DIGITAL, ConsentNeed.AT_THE_VISIT, ConsentNeed.NONE]
    office.ask(consent_until_age="17")
    assert asked(office) == [ConsentNeed.DIGITAL, ConsentNeed.DIGITAL, ConsentNeed.NONE]


def asks_consent(office: Office) -> bool:
    return ConsentNeed.DIGITAL in asked(office)


def oneself(office: Office) -> bool:
    return only_for_oneself(office.clinic())


EFFECTS = (booked_online, drops_in, asks_to_log_in, oneself, asks_consent)
WITHOUT: dict[Module, set[Callable[[Office], bool]]] = {
    Module.API: {booked_online},
    Module.BOOKING: {booked_online},
    Module.IVT: {booked_online, drops_in},
    Module.DROP_IN: {drops_in},
    Module.IVT_EID: {asks_to_log_in, oneself, asks_consent},
    Module.IVT_CONSENT: {asks_consent},
}


def test_a_module_that_is_off_takes_its_effects_with_it(office: Office) -> None:
    office.switch(eid_only_oneself="1")
    office.ask(**CONSENT)
    assert all(effect(office) for effect in EFFECTS)
    for module, gone in WITHOUT.items():
        with office.lacking(module):
            shown = [effect for effect in EFFECTS if booked_online not in gone or effect is not asks_to_log_in]
            assert {effect for effect in shown if not effect(office)} == gone, module


def test_the_system_has_the_reasons_that_are_set(office: Office) -> None:
    """A reason that was added later is listed under its kind with nothing set."""
    with office.database.writing() as session:
        session.add(Reason(slug="ny", name="Ny anledning", kind=ReasonKind.TRAVEL, position=9))
    assert "Resa och reserådgivning Ny anledning Inget är inställt." in plain(office.admin.get(REASONS))
