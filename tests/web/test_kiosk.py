"""The waiting-room screen as a browser without its script sees it: forms, answers, and what nobody learns."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from journal_core.access import screens
from journal_core.actor import SYSTEM
from journal_core.arrivals import queries as arrivals
from journal_core.booking import use_cases as booking
from journal_core.booking.model import Booking
from journal_core.organisation import queries as organisation
from journal_core.staff.model import Role
from journal_core.transaction import Database
from portal.web.limits import CODE_TRIES, SCREEN_TRIES
from tests.build import cast
from tests.build.builders import Offer, a_booking, a_clinic, a_staff_account, an_offer, the_tools
from tests.build.clocks import FixedClock
from tests.build.site import Browser, a_portal, a_screen_door
from tests.build.statements import count_statements

VISIT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""Nine o'clock on the tests' Monday."""
SOON = VISIT - timedelta(minutes=10)


@pytest.fixture
def portal(sqlite_database: Database, clock: FixedClock) -> Flask:
    return a_portal(sqlite_database, clock)


@pytest.fixture
def offer(sqlite_database: Database) -> Offer:
    with sqlite_database.writing() as session:
        return an_offer(session, clinic=a_clinic(session, public_unit=True, welcome_arrival="Plan 1."))


@pytest.fixture
def made(sqlite_database: Database, offer: Offer) -> Booking:
    with sqlite_database.writing() as session:
        return a_booking(session, offer)


def code_for(database: Database, clinic_id: int, clock: FixedClock) -> str:
    vault = the_tools().vault
    with database.writing() as session:
        return str(
            screens.told(vault, screens.add(session, SYSTEM, vault, clinic_id, "Väntrummet", clock.now()), clock.now())["code"]
        )


@pytest.fixture
def screen(portal: Flask, sqlite_database: Database, offer: Offer, clock: FixedClock) -> Browser:
    """A screen that waits, ten minutes before the visit."""
    clock.set(SOON)
    found = Browser(a_screen_door(portal)).get("/")
    return found.submit(code=code_for(sqlite_database, offer.clinic.id, clock))


def scanned(screen: Browser, what: str) -> Browser:
    screen.get("/")
    return screen.submit("form-0", typed=what)


def ticket(made: Booking) -> str:
    return f"https://example.org/a/{booking.arrival_link_of(the_tools().vault, made)}"


def typed(screen: Browser, number: str) -> Browser:
    return screen.get("/nummer").submit(typed=number)


def has_come(database: Database, made: Booking) -> bool:
    with database.reading() as session:
        found = arrivals.arrival(session, made.visits[0].id)
    return found is not None and found.arrived_at is not None


def heading(screen: Browser) -> str:
    return re.sub(r"<[^>]*>", "", re.findall(r"<h1>(.*?)</h1>", screen.html)[0])


def test_an_unknown_browser_gets_the_way_to_connect_and_nothing_else(portal: Flask) -> None:
    stranger = Browser(a_screen_door(portal))
    for path in ("/", "/nummer", "/fodd", "/svar", "/personal", "/puls"):
        assert stranger.get(path).path == "/koppla"
    assert stranger.submit(code="12345678").status == 422 and "Koden stämmer inte" in stranger.html
    assert stranger.submit(code="123").status == 422 and "Skriv kodens 8 siffror." in stranger.html
    assert 'value="123"' in stranger.html


def test_codes_can_not_be_guessed(portal: Flask) -> None:
    stranger = Browser(a_screen_door(portal)).get("/koppla")
    answers = [stranger.get("/koppla").submit(code=f"{n:08}").status for n in range(21)]
    assert answers == [422] * 20 + [429] and heading(stranger) == "Prata med personalen"


def test_the_credential_outlives_the_browser_and_opens_only_this_door(
    portal: Flask, sqlite_database: Database, offer: Offer, clock: FixedClock
) -> None:
    door = Browser(a_screen_door(portal)).get("/koppla")
    before = door.client.get_cookie("vp-screen")
    door.submit(code=code_for(sqlite_database, offer.clinic.id, clock))
    after = door.client.get_cookie("vp-screen")
    assert before is not None and after is not None and before.value != after.value, "a new reference at enrolment"
    assert after.max_age == 400 * 24 * 3600 and after.http_only
    assert not door.client.get_cookie("lang")
    nurse = Browser(portal)
    nurse.client.set_cookie("vp", after.value)
    assert "logga-in" in nurse.get("/personal").path


def test_a_qr_code_registers(screen: Browser, sqlite_database: Database, made: Booking) -> None:
    scanned(screen, ticket(made))
    assert screen.path == "/svar" and heading(screen) == "Tack, du är anmäld!" and "Plan 1." in screen.html
    assert screen.answer is not None and screen.answer.headers["Refresh"] == "15; url=/"
    assert has_come(sqlite_database, made)
    scanned(screen, ticket(made).lower())
    assert heading(screen) == "Du är redan anmäld"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (-50, "Du är tidig. Du kan anmäla dig från kl. 08.30."),
        (60, "Gå till personalen"),
        (-24 * 60, "Din tid är en annan dag"),
        (24 * 60, "Din tid har varit"),
    ],
)
def test_each_qr_code_gets_its_own_answer(screen: Browser, clock: FixedClock, made: Booking, minutes: int, words: str) -> None:
    clock.set(VISIT + timedelta(minutes=minutes))
    scanned(screen, ticket(made))
    assert words in screen.html
    assert "09.00" not in re.sub(r"<header.*?</header>", "", screen.html, flags=re.DOTALL), "no time of a booking"


def test_cancelled_elsewhere_and_unknown(screen: Browser, sqlite_database: Database, made: Booking, clock: FixedClock) -> None:
    with sqlite_database.writing() as session:
        other = a_booking(session, an_offer(session, clinic=a_clinic(session, name="Mottagning Hemlig")))
        booking.cancel(session, SYSTEM, the_tools(), made.id, clock.now())
    assert heading(scanned(screen, ticket(made))) == "Den här tiden gäller inte längre"
    assert heading(scanned(screen, ticket(other))) == "Din tid är inte här" and "Hemlig" not in screen.html
    for nothing in ("A" * 24, "7310865004703", "https://example.org/klinik/1/bokning", "hej"):
        assert heading(scanned(screen, nothing)) == "Prata med personalen"


def test_code_and_date_of_birth(screen: Browser, sqlite_database: Database, made: Booking) -> None:
    typed(screen, f"{made.code[:3]} {made.code[3:6]} {made.code[6:]}")
    assert screen.path == "/fodd" and made.code not in screen.html
    screen.submit(birth_date="19850315")
    assert (
        screen.status == 422 and "Koden och födelsedatumet hör inte ihop." in screen.html and 'value="19850315"' in screen.html
    )
    screen.submit(birth_date="19850314")
    assert heading(screen) == "Tack, du är anmäld!" and has_come(sqlite_database, made)


def test_a_qr_code_instead_of_the_date_of_birth(screen: Browser, made: Booking) -> None:
    typed(screen, made.code).submit(birth_date=ticket(made))
    assert heading(screen) == "Tack, du är anmäld!"


def test_the_code_is_forgotten_before_long(screen: Browser, clock: FixedClock, made: Booking) -> None:
    typed(screen, made.code)
    clock.advance(seconds=61)
    assert screen.get("/fodd").path == "/nummer"
    typed(screen, made.code).get("/")
    assert screen.get("/fodd").path == "/nummer", "the start page forgets at once"


def test_an_answer_is_gone_when_its_time_is_over(screen: Browser, clock: FixedClock, made: Booking) -> None:
    scanned(screen, ticket(made))
    assert screen.get("/svar").path == "/svar", "a reload shows it again"
    clock.advance(seconds=20)
    assert screen.get("/svar").path == "/"
    assert screen.get("/svar").path == "/"


def test_a_number_that_can_not_be_is_said_so_and_kept(screen: Browser) -> None:
    typed(screen, "19850314")
    assert screen.status == 422 and "Skriv personnumrets 12 siffror" in screen.html and 'value="19850314"' in screen.html
    typed(screen, "198503149803")
    assert screen.status == 422 and "Personnumret stämmer inte." in screen.html


def test_a_known_number_registers(screen: Browser, sqlite_database: Database, made: Booking) -> None:
    typed(screen, cast.BOOKER.number)
    assert heading(screen) == "Tack, du är anmäld!" and has_come(sqlite_database, made)


def test_a_number_with_another_time_and_an_unknown_number_answer_alike(
    screen: Browser, sqlite_database: Database, clock: FixedClock, made: Booking
) -> None:
    """Byte for byte but for the clock's nonce, and by the same statements."""
    clock.set(VISIT - timedelta(days=1))
    typed(screen, cast.STRANGER.number)  # the first try of all clears away what older windows counted
    seen = []
    for number in (cast.BOOKER.number, cast.STRANGER.number):
        screen.get("/nummer")
        with count_statements(sqlite_database) as statements:
            screen.submit(typed=number)
        seen.append((re.sub(r'nonce="[^"]*"|value="[^"]*"', "", screen.html), len(statements)))
    assert seen[0] == seen[1] and "Prata med personalen" in seen[0][0]


def test_nothing_of_the_person_stands_on_any_answer(screen: Browser, sqlite_database: Database, made: Booking) -> None:
    secrets = (cast.BOOKER.number, cast.BOOKER.given_name, cast.BOOKER.family_name, made.code, ticket(made)[-24:])
    for way in (ticket(made), cast.BOOKER.number, made.code):
        scanned(screen, way)
        assert not any(secret in screen.html or secret in screen.path for secret in secrets)


def test_tries_are_limited_and_end_at_the_staff(screen: Browser, made: Booking) -> None:
    for _n in range(CODE_TRIES.tries):
        typed(screen, made.code).submit(birth_date="19850315")
    assert screen.status == 422
    typed(screen, made.code).submit(birth_date="19850314")
    assert heading(screen) == "Prata med personalen", "too many dates for one code"
    for _n in range(SCREEN_TRIES.tries):
        typed(screen, cast.STRANGER.number)
    assert heading(typed(screen, cast.BOOKER.number)) == "Prata med personalen", "too many numbers at one screen"
    assert heading(scanned(screen, ticket(made))) == "Tack, du är anmäld!", "who has the ticket is never held up"


def test_a_clinic_that_is_no_public_unit_sends_everybody_to_the_staff(
    screen: Browser, sqlite_database: Database, made: Booking
) -> None:
    with sqlite_database.writing() as session:
        clinic = organisation.clinic(session, made.clinic_id)
        assert clinic is not None
        clinic.public_unit = False
    assert heading(screen.get("/")) == "Prata med personalen"
    assert screen.client.get("/puls").json["registers"] is False  # type: ignore[index]  # it is an object
    typed(screen, cast.BOOKER.number)
    assert heading(screen) == "Prata med personalen" and not has_come(sqlite_database, made)


def test_a_revoked_screen_opens_nothing_at_its_next_request(
    screen: Browser, portal: Flask, sqlite_database: Database, offer: Offer, made: Booking
) -> None:
    with sqlite_database.writing() as session:
        a_staff_account(session, session.merge(offer.clinic), Role.NURSE_ADMIN)
    nurse = Browser(portal).log_in(cast.NURSE_HERE, staff=True).get("/personal/installningar/skarmar")
    assert "Ansluten." in nurse.html
    nurse.get("/personal/installningar/skarmar/1").submit("revoke")
    assert "Ingen skärm är kopplad." in nurse.html
    screen.get("/nummer")
    assert screen.path == "/koppla" and not has_come(sqlite_database, made)


def test_staff_connect_a_screen(portal: Flask, sqlite_database: Database, offer: Offer, clock: FixedClock) -> None:
    with sqlite_database.writing() as session:
        a_staff_account(session, session.merge(offer.clinic), Role.NURSE_ADMIN)
    nurse = Browser(portal).log_in(cast.NURSE_HERE, staff=True).get("/personal/installningar/skarmar")
    nurse.submit(name="  ")
    assert nurse.status == 422 and "Skriv var skärmen står" in nurse.html
    nurse.submit(name="Väntrum <1>")
    code = re.findall(r'class="code">(\d{4} \d{4})<', nurse.html)[0]
    assert "Väntrum &lt;1&gt;" in nurse.html and "Koden gäller till kl. 09.30" in nurse.html
    screen = Browser(a_screen_door(portal)).get("/").submit(code=code)
    assert screen.path == "/" and heading(screen) == "Välkommen!"
    assert code not in nurse.get("/personal/installningar/skarmar/1").html and "Ansluten." in nurse.html
    clock.advance(minutes=3)
    assert "Ingen kontakt sedan fredag 20 november kl. 09.00." in nurse.get("/personal/installningar/skarmar/1").html


def test_another_clinics_screen_is_not_there(portal: Flask, screen: Browser, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        a_staff_account(session, a_clinic(session), Role.NURSE_ADMIN)
    nurse = Browser(portal).log_in(cast.NURSE_HERE, staff=True)
    assert nurse.get("/personal/installningar/skarmar/1").status == 404
    nurse.get("/personal/installningar/skarmar")
    token = re.findall(r'name="csrf_token" value="([^"]*)"', nurse.html)[0]
    for act in ("ny-kod", "koppla-bort"):
        answer = nurse.client.post(f"/personal/installningar/skarmar/1/{act}", data={"csrf_token": token})
        assert answer.status_code == 404
    assert screen.get("/").path == "/", "it is still connected"


def test_a_language_goes_along_and_is_left_to_nobody(screen: Browser, made: Booking) -> None:
    screen.get("/?lang=en")
    assert heading(screen) == "Welcome!"
    assert screen.submit("form-0", typed=ticket(made)).path == "/svar" and heading(screen) == "Thank you, you are registered!"
    assert screen.client.get_cookie("lang") is None
    assert heading(screen.get("/")) == "Välkommen!"


def test_a_form_that_was_open_for_long_says_so(screen: Browser, made: Booking) -> None:
    screen.get("/nummer")
    screen.answer = screen.client.post("/nummer", data={"typed": cast.BOOKER.number})
    assert screen.status == 422 and "Tryck på knappen en gång till." in screen.html and cast.BOOKER.number in screen.html


def test_a_page_of_the_screen_is_few_statements(screen: Browser, sqlite_database: Database, made: Booking) -> None:
    counts = {}
    for path in ("/", "/nummer", "/puls"):
        with count_statements(sqlite_database) as statements:
            screen.get(path)
        counts[path] = len(statements)
    assert counts == {"/": 2, "/nummer": 2, "/puls": 2}
