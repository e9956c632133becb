"""The staff's day: what is shown, what is done, what is logged, and to whom nothing is shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from journal_core.actor import LINK
from journal_core.arrivals import queries as arrivals
from journal_core.arrivals import use_cases as arriving
from journal_core.arrivals.model import State
from journal_core.arrivals.rules import state_of
from journal_core.audit.model import AccessLogRow, Action
from journal_core.booking.model import Booking, Visit
from journal_core.booking.rules import Coming
from journal_core.persons.model import Sex
from journal_core.persons.use_cases import told_by_eid
from journal_core.staff.model import Assignment, Role, StaffAccount
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import (
    MONDAY,
    Offer,
    a_booking,
    a_clinic,
    a_staff_account,
    a_time,
    an_offer,
    staff_actor,
    the_tools,
)
from tests.build.clocks import FixedClock
from tests.build.register import registered
from tests.build.site import Browser, a_portal
from tests.build.statements import count_statements

MORNING = datetime(2026, 11, 23, 8, 12, tzinfo=UTC)
"""Twelve past nine on the tests' Monday."""
WHOLE_DAY = (8 * 60, 18 * 60)
MAY_SEE = {
    Role.DOCTOR,
    Role.DOCTOR_ADMIN,
    Role.NURSE,
    Role.NURSE_ADMIN,
    Role.CARE_ADMINISTRATOR,
    Role.BOOKING_ONLY,
}
MAY_ACT = MAY_SEE - {Role.BOOKING_ONLY}


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    return sqlite_database


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MORNING)


@pytest.fixture
def browser(database: Database, clock: FixedClock) -> Browser:
    return Browser(a_portal(database, clock))


@pytest.fixture
def offer(database: Database) -> Offer:
    with database.writing() as session:
        return an_offer(session, span=WHOLE_DAY, persons=3)


@pytest.fixture
def nurse(browser: Browser, database: Database, offer: Offer) -> Browser:
    """At the offer's clinic, logged in."""
    employ(database, offer, cast.NURSE_HERE)
    return browser.log_in(cast.NURSE_HERE, staff=True)


def employ(database: Database, offer: Offer, who: cast.Member, role: Role = Role.NURSE) -> StaffAccount:
    with database.writing() as session:
        clinic = offer.within(session).clinic
        return a_staff_account(session, clinic, role, who=who)


def booked(database: Database, offer: Offer, *coming: Coming, minute: int = 9 * 60 + 30) -> Sequence[Visit]:
    with database.writing() as session:
        people = coming or (cast.BOOKER.coming,)
        return a_booking(session, offer, time=a_time(minute), coming=people).visits


def state(database: Database, visit: Visit) -> State:
    with database.reading() as session:
        return state_of(arrivals.arrival(session, visit.id))


def logged(database: Database, action: Action) -> list[int | None]:
    """Whom the log names for the action, in order."""
    with database.reading() as session:
        rows = select(AccessLogRow.person_id).where(AccessLogRow.action == action).order_by(AccessLogRow.id)
        return list(session.scalars(rows))


def plain(html: str) -> str:
    """With blanks and hyphens that may break, as one would search for them."""
    return html.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NON-BREAKING HYPHEN}", "-")


def rows(html: str) -> list[str]:
    """The list's rows as text, in order."""
    bodies = re.findall(r'<tr [^>]*id="[^"]+"[^>]*>(.*?)</tr>', html, re.S)
    return [" ".join(re.sub(r"<[^>]+>", " ", body).split()) for body in bodies]


def row_of(html: str, visit: Visit) -> str:
    found = re.search(rf'<tr [^>]*id="v-{visit.id}".*?</tr>', html, re.S)
    assert found, "the visit is not in the list"
    return found.group()


def test_a_stranger_is_asked_to_log_in(browser: Browser) -> None:
    assert browser.get("/personal").path == "/personal/logga-in"


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_what_is_its_own(browser: Browser, database: Database, offer: Offer, role: Role) -> None:
    [visit] = booked(database, offer)
    employ(database, offer, cast.NURSE_HERE, role)
    browser.log_in(cast.NURSE_HERE, staff=True)
    for page in ("/personal", "/personal/utskrift", f"/personal/besok/{visit.id}"):
        opened = browser.get(page).status == 200 and browser.path == page
        assert opened == (role in MAY_SEE), page
    token = {"csrf_token": csrf(browser), "act": "arrive", "version": "booked"}
    answer = browser.client.post(f"/personal/besok/{visit.id}", data=token)
    assert answer.status_code == (303 if role in MAY_ACT else 403)
    assert state(database, visit) is (State.ARRIVED if role in MAY_ACT else State.BOOKED)


def csrf(browser: Browser) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/personal/uppdrag").html)
    assert found
    return found.group(1)


def test_whoever_may_only_book_sees_no_buttons_that_act(browser: Browser, database: Database, offer: Offer) -> None:
    [visit] = booked(database, offer)
    employ(database, offer, cast.BOOKING_ONLY, Role.BOOKING_ONLY)
    browser.log_in(cast.BOOKING_ONLY, staff=True)
    for page in ("/personal", f"/personal/besok/{visit.id}"):
        assert 'name="act"' not in browser.get(page).html


def test_a_visit_at_another_clinic_is_no_page(nurse: Browser, database: Database) -> None:
    with database.writing() as session:
        elsewhere = an_offer(session)
    [visit] = booked(database, elsewhere)
    assert nurse.get(f"/personal/besok/{visit.id}").status == 404
    form = {"csrf_token": csrf(nurse), "act": "arrive", "version": "booked"}
    assert nurse.client.post(f"/personal/besok/{visit.id}", data=form).status_code == 404
    assert state(database, visit) is State.BOOKED
    assert "Maja" not in nurse.get("/personal").html
    assert logged(database, Action.SAW_VISIT) == logged(database, Action.SAW_DAY) == []


def test_an_ended_assignment_counts_at_the_next_page(nurse: Browser, database: Database) -> None:
    with database.writing() as session:
        used = session.scalars(select(Assignment)).one()
        used.last_day = MONDAY - timedelta(days=1)
    assert nurse.get("/personal").path == "/personal/uppdrag"
    assert "Du har inget uppdrag just nu" in nurse.html
    assert 'action="/logga-ut"' in nurse.html


def test_the_list_goes_by_time_and_shows_now_between_past_and_coming(nurse: Browser, database: Database, offer: Offer) -> None:
    booked(database, offer, cast.STRANGER.coming, minute=11 * 60)
    booked(database, offer, cast.BOOKER.coming, minute=9 * 60)
    times = [row.split()[0] for row in rows(nurse.get("/personal").html)]
    assert times == ["09.00", "Nu", "11.00"]
    assert rows(nurse.html)[1] == "Nu 09.12"


def test_another_day_is_in_the_address_and_has_no_now(nurse: Browser, database: Database, offer: Offer) -> None:
    booked(database, offer)
    assert "Inga besök den här dagen." in nurse.get("/personal?dag=2026-11-24").html
    assert "Till i dag" in nurse.html
    nurse.get("/personal?dag=2026-11-20")
    assert 'href="/personal?dag=2026-11-19"' in nurse.html
    assert 'id="now"' not in nurse.html


def test_who_comes_another_day_is_not_registered_by_mistake(nurse: Browser, database: Database, offer: Offer) -> None:
    [visit] = booked(database, offer)
    nurse.app.extensions["services"].clock.set(MORNING - timedelta(days=1))
    assert 'name="act"' not in Browser(nurse.app).log_in(cast.NURSE_HERE, staff=True).get("/personal?dag=2026-11-23").html
    assert 'value="arrive"' in nurse.get(f"/personal/besok/{visit.id}").html


def test_an_empty_day_says_so(nurse: Browser) -> None:
    assert "Inga besök i dag." in nurse.get("/personal").html


@pytest.mark.parametrize("nonsense", ["dag=i%20dag", "dag=2026-02-30", "visa=hej", "andrad=x", "krock=99999999999999999999"])
def test_nonsense_in_the_address_shows_the_day(nurse: Browser, database: Database, offer: Offer, nonsense: str) -> None:
    booked(database, offer)
    assert nurse.get(f"/personal?{nonsense}").status == 200
    assert "Maja Ekman" in nurse.html


def test_a_visit_goes_from_booked_to_done_by_one_button_each(nurse: Browser, database: Database, offer: Offer) -> None:
    [visit] = booked(database, offer)
    nurse.get("/personal")
    for act, reached, said in (
        ("arrive", State.ARRIVED, "anlände kl. 09.12."),
        ("start", State.STARTED, "startade kl. 09.12."),
        ("finish", State.DONE, "blev klart kl. 09.12."),
    ):
        assert f'value="{act}"' in row_of(nurse.html, visit)
        nurse.submit(f"do-{visit.id}", act=act)
        assert state(database, visit) is reached
        assert said in toast(nurse.html)
    assert [len(logged(database, action)) for action in (Action.ARRIVED, Action.STARTED, Action.DONE)] == [1, 1, 1]


def toast(html: str) -> str:
    found = re.search(r'id="live-words" role="status">(.*?)</div>', html, re.S)
    assert found
    return re.sub(r"<[^>]+>", "", found.group(1))


def test_what_was_just_done_can_be_undone(nurse: Browser, database: Database, offer: Offer) -> None:
    [visit] = booked(database, offer)
    assert toast(nurse.get("/personal").html) == ""
    nurse.submit(f"do-{visit.id}", act="arrive").submit("undo", act="undo")
    assert state(database, visit) is State.BOOKED
    assert "är bokad som förut." in toast(nurse.html)
    assert len(logged(database, Action.UNDONE)) == 1


def test_after_an_act_one_is_back_at_the_same_day_and_filter_and_no_name_is_in_the_address(
    nurse: Browser, database: Database, offer: Offer
) -> None:
    [visit] = booked(database, offer)
    form = {"csrf_token": csrf(nurse), "act": "arrive", "version": "booked", "dag": "2026-11-23", "visa": "booked"}
    answer = nurse.client.post(f"/personal/besok/{visit.id}", data=form)
    assert answer.headers["Location"] == f"/personal?dag=2026-11-23&visa=booked&andrad={visit.id}#v-{visit.id}"
    page = nurse.client.get(answer.headers["Location"]).get_data(as_text=True)
    assert rows(page) == []
    assert "Maja Ekman anlände" in toast(page)


def test_acting_on_the_visits_own_page_stays_there(nurse: Browser, database: Database, offer: Offer) -> None:
    [visit] = booked(database, offer)
    nurse.get(f"/personal/besok/{visit.id}").submit("acts", act="no_show")
    assert nurse.path == f"/personal/besok/{visit.id}"
    assert state(database, visit) is State.NO_SHOW
    nurse.submit("acts", act="undo")
    assert state(database, visit) is State.BOOKED


def test_what_a_colleague_changed_meanwhile_is_not_changed_again(nurse: Browser, database: Database, offer: Offer) -> None:
    """To undo an arrival that has become a started visit would otherwise undo the start."""
    [visit] = booked(database, offer)
    nurse.get("/personal").submit(f"do-{visit.id}", act="arrive")
    colleague = Browser(nurse.app).log_in(cast.NURSE_HERE, staff=True)
    colleague.get("/personal").submit(f"do-{visit.id}", act="start")
    nurse.submit("undo", act="undo")
    assert state(database, visit) is State.STARTED
    assert "Någon annan har ändrat besöket. Så här är det nu." in nurse.html
    assert "Pågår" in row_of(nurse.html, visit)


def test_a_button_pressed_twice_acts_once(nurse: Browser, database: Database, offer: Offer) -> None:
    [visit] = booked(database, offer)
    form = {"csrf_token": csrf(nurse), "act": "arrive", "version": "booked"}
    answers = [nurse.client.post(f"/personal/besok/{visit.id}", data=form) for _ in range(2)]
    assert [answer.headers["Location"] for answer in answers] == [f"/personal?andrad={visit.id}#v-{visit.id}"] * 2
    assert len(logged(database, Action.ARRIVED)) == 1


@pytest.mark.parametrize("form", [{"act": "dance", "version": "booked"}, {"act": "arrive"}, {"version": "booked"}])
def test_a_form_that_no_page_made_does_nothing(nurse: Browser, database: Database, offer: Offer, form: dict[str, str]) -> None:
    [visit] = booked(database, offer)
    assert nurse.client.post(f"/personal/besok/{visit.id}", data=form | {"csrf_token": csrf(nurse)}).status_code == 400
    assert nurse.client.post(f"/personal/besok/{visit.id}", data={"act": "arrive", "version": "booked"}).status_code == 422
    assert state(database, visit) is State.BOOKED


def test_a_cancelled_visit_is_off_the_list_and_its_page_says_so(
    nurse: Browser, database: Database, offer: Offer, clock: FixedClock
) -> None:
    [visit] = booked(database, offer)
    nurse.get("/personal")
    with database.writing() as session:
        arriving.cancel(session, LINK, the_tools(), visit.booking_id, clock.now())
    nurse.submit(f"do-{visit.id}", act="arrive")
    assert nurse.path == f"/personal/besok/{visit.id}"
    assert "Avbokat av den som bokade" in nurse.html
    assert 'name="act"' not in nurse.html
    assert "Maja" not in nurse.get("/personal").html


def test_counts_are_filters(nurse: Browser, database: Database, offer: Offer) -> None:
    [first] = booked(database, offer)
    booked(database, offer, cast.STRANGER.coming, minute=10 * 60)
    nurse.get("/personal").submit(f"do-{first.id}", act="arrive")
    counts = re.findall(r'<li><a href="[^"]*"[^>]*>.*?(\w+) <b>(\d+)</b>', nurse.get("/personal?visa=arrived").html)
    wanted = [("Alla", "2"), ("Bokade", "1"), ("Anlända", "1"), ("Pågående", "0"), ("Klara", "0"), ("Uteblivna", "0")]
    assert counts == wanted
    assert "Maja" in nurse.html
    assert "Torsten" not in nurse.html
    assert "Ingen har uteblivit." in nurse.get("/personal?visa=no_show").html


def test_waiting_is_counted_in_minutes(nurse: Browser, database: Database, offer: Offer, clock: FixedClock) -> None:
    [visit] = booked(database, offer)
    assert "kom nyss" in nurse.get("/personal").submit(f"do-{visit.id}", act="arrive").html
    clock.advance(minutes=17)
    assert "väntat 17 min" in row_of(nurse.get("/personal").html, visit)
    clock.advance(minutes=100)
    assert "sedan kl. 09.12" in row_of(Browser(nurse.app).log_in(cast.NURSE_HERE, staff=True).html, visit)


def test_who_registers_their_own_arrival_is_told_for_a_while(
    nurse: Browser, database: Database, offer: Offer, clock: FixedClock
) -> None:
    [visit] = booked(database, offer)
    with database.writing() as session:
        arriving.register(session, LINK, visit.booking_id, clock.now())
    assert "Maja Ekman anlände kl. 09.12." in toast(nurse.get("/personal").html)
    clock.advance(minutes=6)
    assert toast(nurse.get("/personal").html) == ""


def test_what_is_good_to_know_is_said(nurse: Browser, database: Database, offer: Offer, clock: FixedClock) -> None:
    with database.writing() as session:
        told_by_eid(session, cast.COORDINATED.identity, "Oleh Taras", "Bondar", clock.now())
    unnumbered = Coming(date(1990, 5, 12), "Ana", "Silva", sex=Sex.FEMALE)
    guardian, stranger = booked(database, offer, cast.COORDINATED.coming, unnumbered)
    [again] = booked(database, offer, cast.COORDINATED.coming, minute=11 * 60)
    html = nurse.get("/personal").html
    assert "Oleh Bondar" in row_of(html, guardian)
    assert "1 av 2 i samma bokning" in row_of(html, guardian)
    assert "Född 1990-05-12, kvinna" in row_of(html, stranger)
    assert "Har en annan tid för samma besök" in row_of(html, again)
    assert "Namnet är inte kontrollerat" not in html, "it is so with most, and the list asks for attention"
    assert "Namnet är inte kontrollerat" in nurse.get(f"/personal/besok/{stranger.id}").html
    assert "Namnet är inte kontrollerat" not in nurse.get(f"/personal/besok/{guardian.id}").html


def test_the_visits_page_tells_everything(nurse: Browser, database: Database, offer: Offer) -> None:
    [visit] = booked(database, offer)
    html = plain(nurse.get(f"/personal/besok/{visit.id}").html)
    with database.reading() as session:
        code = session.get_one(Booking, visit.booking_id).code
    for told in (
        "Maja Ekman",
        "19850314-9802",
        "070-174 06 05",
        "maja.ekman@example.com",
        f"{code[:3]} {code[3:6]} {code[6:]}",
        "Vaccination mot TBE",
        "Måndag 23 november kl. 09.30, 10 minuter",
        "Fredag 20 november kl. 09.00",
    ):
        assert told in html, told


def test_the_printed_day_is_for_outages(nurse: Browser, database: Database, offer: Offer) -> None:
    booked(database, offer)
    html = plain(nurse.get("/personal/utskrift").html)
    for told in ("måndag 23 november 2026", "kl. 09.12", "09.30", "Maja Ekman", "19850314-9802", "070-174 06 05"):
        assert told in html, told


def test_nothing_of_a_protected_person_but_the_number_is_on_any_page(
    nurse: Browser, database: Database, offer: Offer, clock: FixedClock
) -> None:
    nurse.app.extensions["services"].register.tell(replace(registered(cast.BOOKER), protected=True))
    with database.writing() as session:
        told_by_eid(session, cast.BOOKER.identity, "Maja", "Ekman", clock.now()).protected = True
    protected, companion = booked(database, offer, cast.BOOKER.coming, cast.CHILD.coming)
    pages = [
        nurse.get("/personal").html,
        nurse.submit(f"do-{protected.id}", act="arrive").html,
        nurse.get(f"/personal?krock={protected.id}").html,
        nurse.get(f"/personal/besok/{protected.id}").html,
        nurse.get("/personal/utskrift").html,
    ]
    for html in map(plain, pages):
        assert "19850314-9802" in html
        assert "Skyddade personuppgifter" in html
        for secret in ("Maja", "Ekman", "maja.ekman", "174 06 05", "701740605"):
            assert secret not in html
    assert "Bara personnummer visas. Fyll inte i något för hand." in pages[0]
    beside = plain(nurse.get(f"/personal/besok/{companion.id}").html)
    assert "Alva Lund" in beside
    assert "174 06 05" not in beside, "the number of a protected person's booking"


def test_each_look_at_the_day_is_logged_once_for_ten_minutes(
    nurse: Browser, database: Database, offer: Offer, clock: FixedClock
) -> None:
    visits = [*booked(database, offer), *booked(database, offer, cast.STRANGER.coming, minute=10 * 60)]
    persons = sorted(visit.person_id for visit in visits)
    for _ in range(3):
        nurse.get("/personal", headers={"X-Background": "1"})
        clock.advance(minutes=3)
    assert logged(database, Action.SAW_DAY) == persons
    clock.advance(minutes=2)
    nurse.get("/personal")
    assert logged(database, Action.SAW_DAY) == persons * 2


def test_only_who_is_shown_is_logged(nurse: Browser, database: Database, offer: Offer) -> None:
    [arrived] = booked(database, offer)
    booked(database, offer, cast.STRANGER.coming, minute=10 * 60)
    form = {"csrf_token": csrf(nurse), "act": "arrive", "version": "booked"}
    nurse.client.post(f"/personal/besok/{arrived.id}", data=form)
    nurse.get("/personal?visa=arrived")
    assert logged(database, Action.SAW_DAY) == [arrived.person_id]


def test_looking_at_a_visit_and_printing_are_logged_each_time(nurse: Browser, database: Database, offer: Offer) -> None:
    visit, other = booked(database, offer, cast.BOOKER.coming, cast.STRANGER.coming)
    for _ in range(2):
        nurse.get(f"/personal/besok/{visit.id}")
        nurse.get("/personal/utskrift")
    assert logged(database, Action.SAW_VISIT) == [visit.person_id] * 2
    assert logged(database, Action.PRINTED_DAY) == sorted([visit.person_id, other.person_id]) * 2
    with database.reading() as session:
        account = session.scalars(select(StaffAccount)).one()
        row = session.scalars(select(AccessLogRow).where(AccessLogRow.action == Action.SAW_VISIT)).first()
        assert row is not None
        actor = staff_actor(account)
        assert (row.actor_id, row.assignment_id, row.booking_id) == (actor.id, actor.assignment_id, visit.booking_id)


def test_the_day_asks_the_database_as_much_for_fifty_visits_as_for_five(nurse: Browser, database: Database) -> None:
    tuesday = MONDAY + timedelta(days=1)
    with database.writing() as session:
        clinic = session.scalars(select(Assignment)).one().clinic
        busy = an_offer(session, clinic=clinic, days=[MONDAY, tuesday], span=WHOLE_DAY)
        for day, many in ((MONDAY, 5), (tuesday, 50)):
            for n in range(many):
                coming = [Coming(date(1970, 1, 1), f"Person {n}", "Prov")]
                a_booking(session, busy, time=a_time(WHOLE_DAY[0] + 10 * n, day), coming=coming)
    asked = []
    for day, many in ((MONDAY, 5), (tuesday, 50)):
        with count_statements(database) as statements:
            nurse.get(f"/personal?dag={day}")
        assert nurse.html.count("Prov</bdi></span>") == many
        asked.append(statements)
    # Two of them about consents, three where guardians have been asked (test_consents); two about health declarations.
    assert len(asked[0]) == len(asked[1]) <= 12, "\n".join(asked[1])


def test_a_list_that_refreshes_itself_keeps_nobody_logged_in(nurse: Browser, clock: FixedClock) -> None:
    for _ in range(4):
        clock.advance(minutes=10)
        assert nurse.client.get("/personal", headers={"X-Background": "1"}).status_code == 200
    clock.advance(minutes=6)
    assert nurse.client.get("/personal", headers={"X-Background": "1"}).status_code == 303
    assert nurse.get("/personal").path == "/personal/logga-in"


def test_whoever_looks_themselves_stays_logged_in(nurse: Browser, clock: FixedClock) -> None:
    for _ in range(6):
        clock.advance(minutes=40)
        assert nurse.get("/personal").path == "/personal"


def test_one_chooses_among_ones_own_assignments(browser: Browser, database: Database, offer: Offer) -> None:
    here = employ(database, offer, cast.NURSE_HERE).assignments[0].id
    with database.writing() as session:
        closed = a_clinic(session, name="Mottagning i vila", activated_at=None)
        account = session.scalars(select(StaffAccount)).one()
        session.add(Assignment(account=account, clinic=closed, role=Role.DOCTOR, first_day=MONDAY))
        strangers = a_staff_account(session, closed, who=cast.NURSE_ELSEWHERE).assignments[0].id
    browser.log_in(cast.NURSE_HERE, staff=True)
    assert browser.path == "/personal/uppdrag"
    assert "Mottagningar som inte är aktiva" in browser.html
    assert "Läkare" in browser.html
    assert " checked" not in browser.html
    browser.submit("choose", assignment=str(strangers))
    assert browser.status == 422
    assert "Välj ett uppdrag." in browser.html
    browser.submit("choose", assignment=str(here))
    assert browser.path == "/personal"
    assert "Mottagningen är inte aktiv" not in browser.html
    browser.get("/personal/uppdrag").submit("choose", assignment=str(strangers - 1))
    for page in ("/personal", "/personal/utskrift"):
        assert "Mottagningen är inte aktiv. Invånare kan inte boka här." in browser.get(page).html
        assert "Mottagning i vila" in browser.html
