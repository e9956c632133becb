"""Coming back to a booking: see, cancel, calendar, arrive."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from flask import Flask

from journal_core.actor import STRANGER
from journal_core.arrivals import use_cases as arrivals
from journal_core.arrivals.model import Act
from journal_core.booking import use_cases as booking
from journal_core.booking.model import Booking
from journal_core.organisation.model import Module
from journal_core.persons.use_cases import told_by_eid
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import CLINIC_MODULES, MONDAY, Offer, a_booking, a_clinic, a_time, an_offer, the_tools
from tests.build.clocks import FixedClock
from tests.build.site import Browser, a_portal
from tests.build.statements import count_statements

TUESDAY = MONDAY + timedelta(days=1)
VISIT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""Nine o'clock on the tests' Monday."""


@pytest.fixture
def browser(sqlite_database: Database, clock: FixedClock) -> Browser:
    return Browser(a_portal(sqlite_database, clock))


@pytest.fixture
def offer(sqlite_database: Database) -> Offer:
    with sqlite_database.writing() as session:
        return an_offer(session)


@pytest.fixture
def made(sqlite_database: Database, offer: Offer) -> Booking:
    with sqlite_database.writing() as session:
        return a_booking(session, offer)


def link(made: Booking) -> str:
    return f"/b/{booking.link_of(the_tools().vault, made)}"


def ticket(made: Booking) -> str:
    return f"/a/{booking.arrival_link_of(the_tools().vault, made)}"


def test_code_and_date_of_birth_find_the_booking_and_open_it_for_change(browser: Browser, made: Booking) -> None:
    code = f"{made.code[:3]} {made.code[3:6]}-{made.code[6:]}"
    browser.get("/min-bokning").submit("identify", code=code, birth_date="1985.03.14")
    assert browser.path == link(made) and 'id="cancel"' in browser.html


@pytest.mark.parametrize("page", ["/min-bokning", "/ankomst/{clinic}"])
def test_a_wrong_code_a_wrong_date_and_both_answer_alike(
    browser: Browser, made: Booking, sqlite_database: Database, page: str
) -> None:
    """To the letter but for the tokens, after the same statements: nobody learns that a code exists, or whose day it is."""
    address, other = page.format(clinic=made.clinic_id), "000000000"
    told = {
        (code, born): claim(browser.app, address, code, born, sqlite_database)
        for code, born in (
            ("111111111", "1999-01-01"),  # whoever tries first opens the window that tries are counted in
            (made.code, "1985-03-15"),
            (other, "1985-03-14"),
            ("000000001", "1971-07-07"),
        )
    }
    (_first, (status, html, statements), *others) = told.values()
    assert status == 422 and "Koden och födelsedatumet hör inte ihop." in html
    assert [(status, html, statements)] * len(others) == others


def claim(portal: Flask, address: str, code: str, born: str, database: Database) -> tuple[int, str, list[str]]:
    """What a browser that nobody has used before is answered, but for its tokens and what it typed; the statements it took."""
    browser = Browser(portal).get(address)
    with count_statements(database) as statements:
        browser.submit("identify", code=code, birth_date=born)
    html = re.sub(r'value="[^"]{40,}"|nonce="[^"]*"', "", browser.html).replace(code, "").replace(born, "")
    return browser.status, html, [str(one) for one in statements]


def test_a_code_can_not_be_tried_through(browser: Browser, made: Booking) -> None:
    browser.get("/min-bokning")
    start = browser.answer
    for day in range(1, 10):
        browser.answer = start
        browser.submit("identify", code=made.code, birth_date=f"1985-01-{day:02}")
    assert browser.status == 429 and browser.answer is not None and int(browser.answer.headers["Retry-After"]) > 0
    browser.answer = start
    browser.submit("identify", code=made.code, birth_date="1985-03-14")
    assert browser.status == 429, "the right date doesn't help any more"


def test_the_link_alone_shows_but_does_not_change(browser: Browser, made: Booking) -> None:
    browser.get(link(made))
    assert "Bokad" in browser.html and 'id="cancel"' not in browser.html and made.code not in browser.html
    browser.client.post(f"{link(made)}/avboka", data={"csrf_token": csrf(browser)})
    assert "Avbokad" not in browser.get(link(made)).html


def csrf(browser: Browser) -> str:
    return browser.html.split('name="csrf_token" value="')[1].split('"')[0]


def test_cancelling_with_the_date_of_birth(browser: Browser, made: Booking, offer: Offer, sqlite_database: Database) -> None:
    browser.get(link(made)).submit("identify", birth_date="19850314").submit("cancel")
    assert browser.path == link(made) and "Du avbokade" in browser.html
    with sqlite_database.writing() as session:
        assert a_booking(session, offer, coming=(cast.EIGHTY.coming,)).id != made.id, "the time is free again"


def test_cancelling_twice_is_no_fault(browser: Browser, made: Booking) -> None:
    browser.get(link(made)).submit("identify", birth_date="19850314")
    page = browser.answer
    browser.submit("cancel")
    browser.answer = page
    browser.submit("cancel")
    assert browser.status == 200 and "Du avbokade" in browser.html


def test_a_late_cancellation_is_said_before(browser: Browser, made: Booking, clock: FixedClock) -> None:
    clock.set(VISIT - timedelta(hours=23))
    browser.get(link(made)).submit("identify", birth_date="19850314")
    assert "mindre än 24 timmar kvar" in browser.html


def test_where_cancelling_online_is_off_the_page_says_to_ring(browser: Browser, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        off = (Module.NO_ONLINE_CANCELLATION, Module.NO_ONLINE_REBOOKING)
        clinic = a_clinic(session, modules=[*CLINIC_MODULES, *off], phone="031-390 06 11")
        made = a_booking(session, an_offer(session, clinic=clinic))
    browser.get(link(made))
    assert "tar emot avbokningar på telefon" in browser.html and 'id="identify"' not in browser.html


def test_another_time_is_chosen_and_the_old_one_is_free_again(browser: Browser, made: Booking) -> None:
    browser.get(link(made)).submit("identify", birth_date="1985-03-14").submit("rebook")
    assert "Du behåller den tills den nya är klar" in browser.html and "kl. 09.00" in browser.html
    browser.submit("rebook", start="2026-11-23T09:30")
    assert browser.path == link(made) and "Din tid är ändrad" in browser.html and "kl. 09.30" in browser.html
    browser.submit("rebook")
    assert "2026-11-23T09:00" in browser.html and 'value="2026-11-23T09:30"' not in browser.html


def test_without_the_date_of_birth_nobody_sees_the_other_times(browser: Browser, made: Booking) -> None:
    assert browser.get(f"{link(made)}/byt-tid").path == link(made)


@pytest.mark.parametrize(("start", "status"), [("", 422), ("2026-11-23T03:00", 409), ("rubbish", 422)])
def test_a_time_that_is_none_is_said_kindly(browser: Browser, made: Booking, start: str, status: int) -> None:
    browser.get(link(made)).submit("identify", birth_date="1985-03-14").submit("rebook").submit("rebook", start=start)
    assert browser.status == status and 'class="error-summary"' in browser.html
    assert "kl. 09.00" in browser.get(link(made)).html


def test_ones_own_other_of_a_series_stands_in_the_way_and_the_page_leads_there(
    browser: Browser, sqlite_database: Database
) -> None:
    with sqlite_database.writing() as session:
        series = an_offer(session, days=(MONDAY, TUESDAY), category={"series": True})
        first = a_booking(session, series, booker=cast.BOOKER.identity)
        second = a_booking(session, series, time=a_time(day=TUESDAY), booker=cast.BOOKER.identity)
    browser.log_in(cast.BOOKER).get(f"{link(second)}/byt-tid?day={MONDAY}").submit("rebook", start=f"{MONDAY}T10:00")
    assert browser.status == 409 and "Du har redan en tid för det här besöket" in browser.html
    assert f'href="{link(first)}"' in browser.html


def test_where_rebooking_online_is_off_the_page_says_to_ring(browser: Browser, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        clinic = a_clinic(session, modules=[*CLINIC_MODULES, Module.NO_ONLINE_REBOOKING], phone="031-390 06 11")
        made = a_booking(session, an_offer(session, clinic=clinic))
    browser.get(link(made)).submit("identify", birth_date="1985-03-14")
    assert "byter tider på telefon" in browser.html and 'id="rebook"' not in browser.html
    assert browser.get(f"{link(made)}/byt-tid").path == link(made)


def test_a_past_booking_says_so(browser: Browser, made: Booking, clock: FixedClock) -> None:
    clock.set(VISIT + timedelta(days=2))
    assert "Tiden har redan varit" in browser.get(link(made)).html


def test_unknown_links_lead_on_kindly(browser: Browser) -> None:
    for path in ("/b/", "/a/"):
        browser.get(path + "0" * 24)
        assert browser.status == 404 and "Länken leder ingenstans" in browser.html


def test_the_calendar_file_keeps_its_uid_and_counts_its_changes(browser: Browser, made: Booking) -> None:
    first = event(browser, made)
    assert (first["STATUS"], first["SEQUENCE"]) == ("CONFIRMED", 0)
    assert first.start == VISIT and first.end == VISIT + timedelta(minutes=10)
    assert cast.BOOKER.given_name not in str(first) and "TBE" not in str(first)
    browser.get(link(made)).submit("identify", birth_date="19850314").submit("cancel")
    second = event(browser, made)
    assert (second["STATUS"], second["SEQUENCE"], second["UID"]) == ("CANCELLED", 1, first["UID"])


def event(browser: Browser, made: Booking) -> icalendar.Event:
    answer = browser.client.get(f"{link(made)}/kalender.ics")
    assert answer.mimetype == "text/calendar"
    calendar = icalendar.Calendar.from_ical(answer.data)
    assert calendar["METHOD"] in ("PUBLISH", "CANCEL") and list(calendar.walk("VTIMEZONE"))
    found = calendar.walk("VEVENT")[0]
    assert isinstance(found, icalendar.Event)
    return found


def test_the_qr_code_registers_arrival_and_nothing_else(browser: Browser, made: Booking, clock: FixedClock) -> None:
    clock.set(VISIT - timedelta(minutes=20))
    browser.get(ticket(made))
    assert 'id="cancel"' not in browser.html and 'id="identify"' not in browser.html
    browser.submit()
    assert "Tack, du är anmäld!" in browser.html
    assert "Anlänt" in browser.get(link(made)).html


def test_the_button_on_the_bookings_page_registers_too(browser: Browser, made: Booking, clock: FixedClock) -> None:
    clock.set(VISIT)
    browser.get(link(made)).submit("form-0")
    assert browser.path == link(made) and "Du är anmäld." in browser.html


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (VISIT - timedelta(minutes=31), "Du är tidig. Du kan anmäla dig från kl. 08.30."),
        (VISIT + timedelta(minutes=31), "Gå till personalen, de hjälper dig."),
        (VISIT - timedelta(days=1), "Din tid är måndag 23 november kl. 09.00."),
        (VISIT + timedelta(days=1), "Din tid var måndag 23 november kl. 09.00."),
    ],
)
def test_the_wrong_moment_gets_its_own_kind_answer(
    browser: Browser, made: Booking, clock: FixedClock, moment: datetime, words: str
) -> None:
    clock.set(moment)
    browser.get(ticket(made))
    assert words in browser.html and 'id="step"' not in browser.html
    browser.client.post(ticket(made), data={"csrf_token": csrf(browser.get("/min-bokning"))})
    assert "Bokad" in browser.get(link(made)).html or "Tiden har varit" in browser.html


def test_a_cancelled_ticket_says_so(browser: Browser, made: Booking, sqlite_database: Database, clock: FixedClock) -> None:
    with sqlite_database.writing() as session:
        arrivals.cancel(session, STRANGER, the_tools(), made.id, clock.now())
    assert "Tiden är avbokad" in browser.get(ticket(made)).html


def test_arriving_by_code_and_date_of_birth_at_the_poster(
    browser: Browser, made: Booking, offer: Offer, clock: FixedClock, sqlite_database: Database
) -> None:
    clock.set(VISIT)
    with sqlite_database.writing() as session:
        elsewhere = a_clinic(session, name="Någon annanstans")
    browser.get(f"/ankomst/{elsewhere.id}").submit("identify", code=made.code, birth_date="1985-03-14")
    assert (
        browser.status == 200 and f"Din tid är hos {offer.clinic.name}" in browser.html and "Mottagningens sida" in browser.html
    )
    browser.get(f"/ankomst/{offer.clinic.id}").submit("identify", code=made.code, birth_date="1985-03-14")
    assert browser.path == ticket(made) and "Tack, du är anmäld!" in browser.html


def test_a_clinic_that_does_not_take_arrivals_has_no_such_page(browser: Browser, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        clinic = a_clinic(session, arrival_booked=False)
    assert browser.get(f"/ankomst/{clinic.id}").status == 404


@pytest.mark.parametrize(
    ("acts", "words"),
    [((Act.NO_SHOW,), "Gå till personalen, de hjälper dig."), ((Act.ARRIVE, Act.START, Act.FINISH), "Besöket är klart.")],
)
def test_a_ticket_never_tells_somebody_to_wait_in_vain(
    browser: Browser, made: Booking, clock: FixedClock, sqlite_database: Database, acts: tuple[Act, ...], words: str
) -> None:
    clock.set(VISIT + timedelta(minutes=10))
    with sqlite_database.writing() as session:
        visit = session.merge(made.visits[0])
        for act in acts:
            arrivals.change(session, STRANGER, visit, act, clock.now())
    page = browser.get(ticket(made)).html
    assert words in page and "Sätt dig" not in page


def test_for_several_the_page_speaks_of_whoever_still_waits(
    browser: Browser, clock: FixedClock, sqlite_database: Database
) -> None:
    with sqlite_database.writing() as session:
        made = a_booking(session, an_offer(session, persons=2), coming=(cast.BOOKER.coming, cast.EIGHTY.coming))
        arrivals.change(session, STRANGER, made.visits[0], Act.NO_SHOW, VISIT)
        arrivals.change(session, STRANGER, made.visits[1], Act.ARRIVE, VISIT)
    clock.set(VISIT)
    assert "Du är anmäld. Sätt dig, vi hämtar dig." in browser.get(link(made)).html


def test_a_stranger_does_not_learn_that_somebody_is_protected(
    browser: Browser, offer: Offer, sqlite_database: Database
) -> None:
    """The place is hidden from a protected person's own messages only: who typed the number chose the place."""
    with sqlite_database.writing() as session:
        told_by_eid(session, cast.BOOKER.identity, "Maja", "Ekman", VISIT - timedelta(days=5)).protected = True
        typed = a_booking(session, offer)
        own = a_booking(session, an_offer(session), booker=cast.BOOKER.identity)
    assert event(browser, typed).get("LOCATION") is not None
    assert event(browser, own).get("LOCATION") is None
