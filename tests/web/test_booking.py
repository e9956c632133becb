"""Booking through its forms, as a program or a person without JavaScript does it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from journal_core.booking.model import Booking, Visit
from journal_core.messages.model import OutgoingMessage
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import MONDAY, Offer, a_booking, a_demand_for_eid, a_policy, a_time, an_offer
from tests.build.clocks import START, FixedClock
from tests.build.site import Browser, a_portal
from tests.build.statements import count_statements

NINE = f"{MONDAY.isoformat()}T09:00"
TUESDAY = MONDAY + timedelta(days=1)
WHO = {
    "person_1_identity": cast.BOOKER.number,
    "person_1_given_name": "Maja",
    "person_1_family_name": "Ekman",
    "mobile": "070-174 06 05",
    "channel": "sms",
}


@pytest.fixture
def offer(sqlite_database: Database) -> Offer:
    with sqlite_database.writing() as session:
        made = an_offer(session)
        a_policy(session, made.clinic.unit.provider)
    return made


@pytest.fixture
def browser(sqlite_database: Database, clock: FixedClock) -> Browser:
    return Browser(a_portal(sqlite_database, clock))


def count(database: Database, model: type = Booking) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def to_time(browser: Browser, offer: Offer) -> Browser:
    return browser.get(f"/klinik/{offer.clinic.id}/bokning").submit(type=str(offer.kind.id))


def to_check(browser: Browser, offer: Offer, start: str = NINE) -> Browser:
    return to_time(browser, offer).submit(start=start).submit(**WHO)


def test_the_whole_way_to_done(browser: Browser, offer: Offer, sqlite_database: Database) -> None:
    to_check(browser, offer).submit(policy="1")
    assert browser.status == 200 and browser.path.endswith("/klart")
    code, link = browser.main("data-booking-code"), browser.main("data-booking-link")
    assert len(code) == 9 and browser.main("data-arrival-link").startswith("/a/")
    assert count(sqlite_database) == 1 and count(sqlite_database, OutgoingMessage) == 1
    page = browser.get(link).html
    assert "09.00" in page
    for private in ("Maja", "Ekman", cast.BOOKER.number, "701740605", code):
        assert private not in page


def test_no_step_has_anything_personal_in_its_address(browser: Browser, offer: Offer) -> None:
    to_time(browser, offer)
    for fields in ({"start": NINE}, WHO, {"policy": "1"}):
        browser.submit(**fields)
        assert browser.answer is not None
        address = browser.answer.request.full_path
        assert not any(private in address for private in (cast.BOOKER.number, "Maja", "Ekman", "0605"))


def test_the_same_form_sent_again_books_once(browser: Browser, offer: Offer, sqlite_database: Database) -> None:
    to_check(browser, offer)
    check = browser.answer
    browser.submit(policy="1")
    first = browser.main("data-booking-code")
    browser.answer = check
    browser.submit(policy="1")
    assert browser.main("data-booking-code") == first
    assert count(sqlite_database) == 1


def test_a_taken_time_answers_409_with_the_nearest_and_keeps_the_answers(
    browser: Browser, offer: Offer, sqlite_database: Database
) -> None:
    to_time(browser, offer)
    with sqlite_database.writing() as session:
        a_booking(session, offer, coming=(cast.EIGHTY.coming,))
    browser.submit(start=NINE)
    assert browser.status == 409
    assert 'class="error-summary"' in browser.html and f'value="{MONDAY.isoformat()}T09:10"' in browser.html
    browser.submit(start=f"{MONDAY.isoformat()}T09:10").submit(**WHO)
    assert browser.path.endswith("/kontrollera") and "09.10" in browser.html


def test_a_hold_that_ran_out_answers_409_with_the_same_time_first(
    browser: Browser, offer: Offer, clock: FixedClock, sqlite_database: Database
) -> None:
    to_check(browser, offer)
    clock.advance(minutes=11)
    browser.submit(policy="1")
    assert browser.status == 409 and "Vi kunde inte hålla tiden längre" in browser.html
    assert browser.html.index("T09:00") < browser.html.index("T09:10")
    browser.submit(start=NINE)
    assert browser.path.endswith("/kontrollera"), "who comes was kept"
    browser.submit(policy="1")
    assert browser.path.endswith("/klart") and count(sqlite_database) == 1


def test_more_time_keeps_the_hold(browser: Browser, offer: Offer, clock: FixedClock) -> None:
    to_check(browser, offer)
    clock.advance(minutes=9)
    browser.submit("form-0")
    assert browser.path.endswith("/kontrollera") and "kl. 09.19" in browser.html
    clock.advance(minutes=9)
    browser.submit(policy="1")
    assert browser.path.endswith("/klart")


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("person_1_identity", "1985", "Skriv personnumret med 12 siffror."),
        ("person_1_identity", "198503149803", "Personnumret stämmer inte."),
        ("person_1_identity", cast.CHILD.number, "För ung den dagen."),
        ("person_1_given_name", " ", "Skriv förnamnet."),
        ("mobile", "070-174 06", "Mobilnumret är för kort."),
        ("mobile", "", "Skriv ditt mobilnummer"),
        ("mobile", "hej", "Mobilnumret stämmer inte."),
        ("channel", "", "Välj hur du vill ha bekräftelsen."),
        ("channel", "email", "Skriv din e-postadress"),
        ("email", "maja@", "E-postadressen stämmer inte."),
    ],
)
def test_what_is_wrong_is_said_kindly_and_the_input_kept(
    browser: Browser, sqlite_database: Database, field: str, typed: str, words: str
) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session, category={"min_age": 18})
    to_time(browser, offer).submit(start=NINE)
    browser.submit(**{**WHO, field: typed})
    assert browser.status == 422 and words in browser.html
    assert 'value="Ekman"' in browser.html


def test_without_a_swedish_number_one_gives_date_of_birth_and_sex(
    browser: Browser, offer: Offer, sqlite_database: Database
) -> None:
    to_time(browser, offer).submit(start=NINE)
    browser.get(f"{browser.path}?utan=1")
    assert 'name="person-1-identity"' not in browser.html
    browser.submit(
        person_1_birth_date="1951 03 14",
        person_1_sex="female",
        person_1_given_name="Ana",
        person_1_family_name="Sousa",
        channel="none",
    )
    browser.submit(policy="1")
    assert browser.path.endswith("/klart")
    with sqlite_database.reading() as session:
        visit = session.scalars(select(Visit)).one()
        assert visit.person.identity is None and visit.person.birth_date.isoformat() == "1951-03-14"


def test_fewer_than_the_type_allows_are_asked_about_once(browser: Browser, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session, persons=3)
    to_time(browser, offer).submit(start=NINE)
    browser.submit(**WHO)
    assert browser.status == 422 and "Kommer bara en person?" in browser.html
    browser.submit(**WHO, fewer="1")
    assert browser.path.endswith("/kontrollera")


def test_an_expired_form_keeps_the_input(browser: Browser, offer: Offer, sqlite_database: Database) -> None:
    to_time(browser, offer).submit(start=NINE)
    browser.submit(**{**WHO, "csrf_token": "gammalt"})
    assert browser.status == 422 and 'value="Maja"' in browser.html and "öppen länge" in browser.html
    browser.submit(**WHO)
    assert browser.path.endswith("/kontrollera")
    browser.submit(policy="1", csrf_token="gammalt")
    assert browser.status == 422 and count(sqlite_database) == 0


def test_a_draft_belongs_to_its_browser(browser: Browser, offer: Offer, sqlite_database: Database, clock: FixedClock) -> None:
    to_check(browser, offer)
    stranger = Browser(a_portal(sqlite_database, clock)).get(browser.path)
    assert "Maja" not in stranger.html and stranger.path == f"/klinik/{offer.clinic.id}/bokning"


def test_an_old_draft_leads_kindly_back_to_the_start(browser: Browser, offer: Offer, clock: FixedClock) -> None:
    to_check(browser, offer)
    clock.advance(minutes=61)
    browser.submit(policy="1")
    assert browser.path == f"/klinik/{offer.clinic.id}/bokning" and "finns inte kvar" in browser.html


def test_a_reason_that_demands_eid_leads_through_login_and_asks_nothing_that_is_known(
    browser: Browser, sqlite_database: Database
) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session)
        a_demand_for_eid(session, offer.clinic, offer.category.reason)
    to_time(browser, offer)
    assert browser.path == "/logga-in"
    browser.submit().submit(number=cast.BOOKER.number)
    assert browser.path.endswith("/tid")
    browser.submit(start=NINE)
    assert 'name="person-1-identity"' not in browser.html and "Maja Ekman" in browser.html
    browser.submit(channel="none")
    assert "Maja Ekman" in browser.html and "namn för person" not in browser.html, "what is known isn't changed here"
    browser.submit(policy="1")
    assert browser.path.endswith("/klart")
    browser.get("/mina-sidor")
    assert "Vaccination mot TBE" in browser.html
    to_time(browser, offer).submit(start=f"{MONDAY.isoformat()}T10:00")
    assert browser.path.endswith("/vem") and "Du har redan en tid" in browser.html, "before anything is asked"
    assert "/b/" in browser.html.split("Öppna tiden du redan har")[0].rsplit("href=", 1)[1], "with a way to the first"
    assert 'id="step"' not in browser.html
    assert count(sqlite_database) == 1


# --- how whoever is logged in is reached ----------------------------------------------------------------------------------


@pytest.fixture
def eid_offer(sqlite_database: Database) -> Offer:
    with sqlite_database.writing() as session:
        made = an_offer(session, category={"series": True}, days=(MONDAY, TUESDAY))
        a_demand_for_eid(session, made.clinic, made.category.reason)
    return made


def test_with_eid_no_way_to_be_reached_has_to_be_told(browser: Browser, eid_offer: Offer, sqlite_database: Database) -> None:
    to_time(browser.log_in(cast.BOOKER), eid_offer).submit(start=NINE)
    assert 'name="channel"' not in browser.html
    browser.submit().submit()
    browser.submit(policy="1")
    assert browser.path.endswith("/klart") and count(sqlite_database, OutgoingMessage) == 0


@pytest.mark.parametrize(
    ("told", "ways"),
    [
        ({"mobile": "0701740605"}, ["sms"]),
        ({"email": "a@example.com"}, ["email"]),
        ({"mobile": "0701740605", "email": "a@example.com"}, ["sms", "email"]),
    ],
)
def test_with_eid_messages_go_where_one_has_told(
    browser: Browser, eid_offer: Offer, sqlite_database: Database, told: dict[str, str], ways: list[str]
) -> None:
    to_time(browser.log_in(cast.BOOKER), eid_offer).submit(start=NINE).submit(**told).submit(policy="1")
    with sqlite_database.reading() as session:
        assert [one.way.value for one in session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id))] == ways


def test_a_number_that_takes_no_messages_is_refused(browser: Browser, eid_offer: Offer) -> None:
    to_time(browser.log_in(cast.BOOKER), eid_offer).submit(start=NINE).submit(mobile="031-390 06 20")
    assert browser.status == 422 and "Dit kan vi inte skicka sms." in browser.html and 'value="031-390 06 20"' in browser.html


def test_who_has_told_it_before_is_not_asked_again(browser: Browser, eid_offer: Offer) -> None:
    to_time(browser.log_in(cast.BOOKER), eid_offer).submit(start=NINE).submit(mobile="0701740605").submit(policy="1")
    to_time(browser, eid_offer).submit(start=f"{TUESDAY.isoformat()}T09:00")
    assert browser.path.endswith("/kontrollera") and "070-174 06 05" in browser.html
    browser.get(browser.path.replace("kontrollera", "vem"))
    assert 'value="070-174 06 05"' in browser.html, "and can change it"
    browser.submit(mobile="", email="b@example.com")
    assert browser.path.endswith("/kontrollera") and "b@example.com" in browser.html and "070-174 06 05" not in browser.html
    browser.submit(policy="1")
    assert browser.path.endswith("/klart")


def test_answers_outlive_a_lost_session_when_the_same_eid_returns(browser: Browser, eid_offer: Offer) -> None:
    to_time(browser.log_in(cast.BOOKER), eid_offer).submit(start=NINE).submit(email="maja@example.com")
    at_check = browser.path
    browser.client.delete_cookie("vp")
    assert browser.get(at_check).path == "/logga-in"
    browser.submit(provider="testperson").submit(number=cast.BOOKER.number)
    assert browser.path.endswith("/vem") and 'value="maja@example.com"' in browser.html
    browser.submit().submit(policy="1")
    assert browser.path.endswith("/klart")


def test_another_eid_does_not_get_them(browser: Browser, eid_offer: Offer) -> None:
    to_time(browser.log_in(cast.BOOKER), eid_offer).submit(start=NINE).submit(email="maja@example.com")
    at_check = browser.path
    other = Browser(browser.app).log_in(cast.GUARDIAN).get(at_check)
    assert "finns inte kvar" in other.html and "maja@example.com" not in other.html
    stranger = Browser(browser.app).get(at_check)
    assert stranger.path == "/logga-in" and "maja@example.com" not in stranger.html


def test_they_end_with_the_draft(browser: Browser, eid_offer: Offer, clock: FixedClock) -> None:
    to_time(browser.log_in(cast.BOOKER), eid_offer).submit(start=NINE).submit(email="maja@example.com")
    at_check = browser.path
    clock.advance(minutes=61)
    assert "finns inte kvar" in Browser(browser.app).get(at_check).html


def test_what_was_typed_without_eid_is_nobodys(browser: Browser, eid_offer: Offer, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        free = an_offer(session)
        a_booking(session, free, coming=(cast.BOOKER.coming,), recipient=cast.BOOKER.recipient)
    to_time(browser.log_in(cast.BOOKER), eid_offer).submit(start=NINE)
    assert browser.path.endswith("/vem") and cast.BOOKER.email is not None
    assert cast.BOOKER.email not in browser.html and 'name="mobile" type="tel" value=""' in browser.html


@pytest.mark.parametrize(
    "start", ["", "igår", "2026-11-23T09:03", "2026-11-19T09:00", "2026-11-23T23:50", "9999-12-31T23:59", "0001-01-01T00:00"]
)
def test_a_start_that_was_never_offered_is_refused(
    browser: Browser, offer: Offer, sqlite_database: Database, start: str
) -> None:
    to_time(browser, offer).submit(start=start)
    assert browser.status in (409, 422) and count(sqlite_database) == 0


def test_known_and_unknown_numbers_answer_alike(sqlite_database: Database, clock: FixedClock, offer: Offer) -> None:
    """A stranger with somebody's number learns nothing: same pages, same statements, on every step."""
    with sqlite_database.writing() as session:
        a_booking(session, offer, time=a_time(11 * 60), coming=(cast.EIGHTY.coming,))
    walked(sqlite_database, clock, offer, cast.GUARDIAN)  # whoever tries first today opens the window that tries are counted in
    known, unknown = (walked(sqlite_database, clock, offer, who) for who in (cast.EIGHTY, cast.STRANGER))
    for one, other in zip(known, unknown, strict=True):
        assert one[1].splitlines() == other[1].splitlines()
    assert known == unknown


def walked(database: Database, clock: FixedClock, offer: Offer, who: cast.Member) -> list[tuple[int, str, int]]:
    """Status, page but for tokens, and number of statements of each step with `who`'s number."""
    browser, seen = Browser(a_portal(database, clock)), []
    to_time(browser, offer)
    steps: list[dict[str, str]] = [
        {"start": NINE},
        {**WHO, "person_1_identity": who.number[:11] + str((int(who.number[11]) + 1) % 10)},
        {**WHO, "person_1_identity": who.number},
    ]
    for fields in steps:
        with count_statements(database) as statements:
            browser.submit(**fields)
        seen.append((browser.status, bare(browser.html, who), len(statements)))
    browser.submit(policy="1")
    seen.append((browser.status, bare(browser.html, who), 0))
    browser.get(browser.main("data-booking-link"))
    seen.append((browser.status, bare(browser.html, who), 0))
    with database.writing() as session:
        session.execute(update(Booking).where(Booking.start_minute == 9 * 60).values(RELEASED))
    return seen


RELEASED = {"cancelled_at": START, "resource": None, "lane_start": None, "lane_end": None}


def bare(html: str, who: cast.Member) -> str:
    """The page without what differs anyway: tokens, the draft's id, the number itself."""
    html = re.sub(r'<svg class="qr".*?</svg>|\b[0-9A-Z]{24}\b|\b\d{3} \d{3} \d{3}\b|data-booking-code="\d+"', "", html)
    html = re.sub(r'nonce="[^"]*"|name="csrf_token" value="[^"]*"|/bokning/[0-9a-f]{16}/|utkast=[0-9a-f]{16}', "", html)
    wrong = who.number[:11] + str((int(who.number[11]) + 1) % 10)
    for number in (who.number, wrong, f"{who.number[:8]}-{who.number[8:]}"):
        html = html.replace(number, "NUMBER")
    return html


def test_changing_the_visit_keeps_the_answers_and_lets_the_held_time_go(browser: Browser, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session, span=(9 * 60, 9 * 60 + 10))
    to_check(browser, offer)
    change = re.findall(r'href="([^"]*/bokning\?[^"]*)"', browser.html)[0].replace("&amp;", "&")
    browser.get(change).submit(type=str(offer.kind.id))
    assert NINE in browser.html, "one's own hold doesn't hide the time from its holder"
    browser.submit(start=NINE)
    assert browser.path.endswith("/kontrollera") and "Maja Ekman" in browser.html


def test_starting_anew_in_the_same_browser_finds_the_own_time_free(browser: Browser, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session, span=(9 * 60, 9 * 60 + 10))
    to_check(browser, offer)
    to_time(browser, offer)
    assert NINE in browser.html


def test_somebody_elses_draft_is_not_gone_on_with(
    browser: Browser, offer: Offer, sqlite_database: Database, clock: FixedClock
) -> None:
    to_check(browser, offer)
    draft = browser.path.split("/")[-2]
    stranger = Browser(a_portal(sqlite_database, clock))
    stranger.get(f"/klinik/{offer.clinic.id}/bokning?utkast={draft}").submit(type=str(offer.kind.id))
    assert draft not in stranger.path


def test_without_cookies_the_page_says_so(browser: Browser, offer: Offer, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        session.merge(offer.clinic).phone = "031-390 06 20"
    browser.get(f"/klinik/{offer.clinic.id}/bokning")
    browser.client.delete_cookie("vp")
    browser.submit(type=str(offer.kind.id))
    assert browser.status == 422 and "sparar inga kakor" in browser.html
    summary = browser.html.partition('class="error-summary"')[2].partition("</div>")[0]
    assert "tel:+4631" in summary, "with the clinic's telephone"


def test_a_day_with_many_times_has_hours_as_headings(browser: Browser, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session, span=(8 * 60, 16 * 60))
    to_time(browser, offer)
    assert browser.html.count('name="start"') == 48 and "<legend>kl. 08–09</legend>" in browser.html
    assert "Förmiddag" not in browser.html


def test_an_old_form_of_a_booked_draft_leads_to_the_booking_for_days(browser: Browser, offer: Offer, clock: FixedClock) -> None:
    to_check(browser, offer)
    page = browser.answer
    browser.submit(policy="1")
    clock.advance(hours=24)
    browser.answer = page
    browser.submit(policy="1")
    assert browser.path.endswith("/klart")


def test_back_from_date_of_birth_to_the_number(browser: Browser, offer: Offer) -> None:
    to_time(browser, offer).submit(start=NINE)
    browser.get(f"{browser.path}?utan=1").submit(
        person_1_birth_date="1951-03-14",
        person_1_sex="male",
        person_1_given_name="Ana",
        person_1_family_name="Sousa",
        channel="none",
    )
    browser.get(browser.path.replace("kontrollera", "vem"))
    assert 'name="person-1-identity"' not in browser.html
    browser.get(f"{browser.path}?med=1").submit(**WHO)
    assert browser.path.endswith("/kontrollera") and "19850314-9802" in browser.html


def test_a_policy_that_is_new_since_the_page_was_shown_is_read_first(
    browser: Browser, offer: Offer, sqlite_database: Database
) -> None:
    to_check(browser, offer)
    with sqlite_database.writing() as session:
        a_policy(session, offer.within(session).clinic.unit.provider, text="Nytt", valid_from=START)
    browser.submit(policy="1")
    assert browser.status == 422 and "Texten om personuppgifter är ny." in browser.html
    assert count(sqlite_database) == 0
    browser.submit(policy="1")
    assert browser.path.endswith("/klart")


def test_holding_is_limited_by_address(browser: Browser, offer: Offer) -> None:
    to_check(browser, offer)
    page = browser.answer
    for _n in range(120):
        browser.answer = page
        browser.submit("form-0")
    assert browser.status == 429
