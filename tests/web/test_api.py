"""The open booking API, line by line as its clients know it."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from journal_core.booking import use_cases as booking
from journal_core.clock import days_from
from journal_core.organisation.model import Module
from journal_core.schedule.model import BlockedTime
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import (
    CLINIC_MODULES,
    MONDAY,
    TODAY,
    Offer,
    a_booking,
    a_category,
    a_clinic,
    a_draft,
    a_provider,
    a_time,
    a_type,
    an_offer,
    open_time_for,
)
from tests.build.clocks import START, FixedClock
from tests.build.inspector import InspectedClient
from tests.build.site import Browser, a_portal
from tests.build.statements import count_statements

HALF_HOUR = (9 * 60, 9 * 60 + 30)
NO_API = [module for module in CLINIC_MODULES if module is not Module.API]
NO_BOOKING = [module for module in CLINIC_MODULES if module is not Module.BOOKING]
JSON = "application/json; charset=utf-8"
SPAN = "261123-261123"
LONG_AGO = START - timedelta(days=30)


@pytest.fixture
def api(sqlite_database: Database, clock: FixedClock) -> InspectedClient:
    return client_of(sqlite_database, clock)


def client_of(database: Database, clock: FixedClock) -> InspectedClient:
    client = a_portal(database, clock).test_client()
    assert isinstance(client, InspectedClient)
    return client


def found(answer: TestResponse) -> Any:
    assert (answer.status_code, answer.content_type) == (200, JSON)
    return json.loads(answer.get_data())


def slots_of(offer: Offer, span: str = SPAN) -> str:
    return f"/clinique/{offer.clinic.id}/appointments/{offer.kind.id}/slots/{span}"


def free_and_taken(api: InspectedClient, offer: Offer, span: str = SPAN) -> dict[str, str]:
    """By day the starts as they stand in the answer, taken ones in brackets."""
    return {
        day["date"]: " ".join(slot["when"] if slot["available"] else f"({slot['when']})" for slot in day["slots"])
        for day in found(api.get(slots_of(offer, span)))
    }


# Clinics


def test_a_clinic_is_told_in_these_very_bytes(api: InspectedClient, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        a_clinic(session, name='Åbrinkens "mottagning"', street="Ängsgatan 3", city="Växjö", colour="#225588", autosearch=True)
    whole = (
        '[{"id":"1","name":"Åbrinkens \\"mottagning\\"","address":"Ängsgatan 3","city":"Växjö","style":"#225588",'
        '"hasWebTimebook":true,"booking_auto_search":true,"success_redirect_booking":""}]'
    ).encode()
    for path in ("/clinique", "/clinique/", "/clinique/1"):
        answer = api.get(path)
        assert (answer.status_code, answer.content_type, answer.get_data()) == (200, JSON, whole), path


def test_what_a_clinic_has_not_told_is_an_empty_string(api: InspectedClient, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        a_clinic(session, street=None, city=None, modules=NO_BOOKING)
    assert found(api.get("/clinique/1")) == [
        {
            "id": "1",
            "name": "Mottagning 1",
            "address": "",
            "city": "",
            "style": "",
            "hasWebTimebook": False,
            "booking_auto_search": False,
            "success_redirect_booking": "",
        }
    ]


def test_clinics_stand_by_town_and_name(api: InspectedClient, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        for name, city in (("B", "Varberg"), ("A", "Varberg"), ("C", "Falkenberg")):
            a_clinic(session, name=name, city=city)
    assert [clinic["name"] for clinic in found(api.get("/clinique"))] == ["C", "A", "B"]


def test_nothing_to_tell_is_an_empty_list(api: InspectedClient) -> None:
    assert api.get("/clinique").get_data() == b"[]"


@pytest.mark.parametrize("closed", [{"modules": NO_API}, {"activated_at": None}])
def test_a_clinic_that_is_not_open_to_programs_is_in_no_answer(
    api: InspectedClient, sqlite_database: Database, closed: dict[str, Any]
) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session, clinic=a_clinic(session, **closed))
    for path in ("/clinique", "/clinique/1", "/clinique/1/appointmentTypes", slots_of(offer)):
        assert found(api.get(path)) == [], path


def test_an_invisible_clinic_is_on_no_list_but_answers_for_itself(api: InspectedClient, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session, clinic=a_clinic(session, visible=False), span=HALF_HOUR)
    assert found(api.get("/clinique")) == []
    assert [clinic["id"] for clinic in found(api.get("/clinique/1"))] == ["1"]
    assert free_and_taken(api, offer) == {"261123": "09:00 09:10 09:20"}


@pytest.mark.parametrize(
    "number",
    [
        "0",
        "2",
        "-1",
        "+1",
        "01",
        "1.0",
        "1e0",
        "%201",
        "1%0A",
        "x",
        "%C3%A5",
        "%FF",
        "%D9%A1",
        "2147483648",
        "9" * 40,
        "1" * 3000,
        "",
    ],
)
def test_an_unknown_or_malformed_number_finds_nothing(api: InspectedClient, sqlite_database: Database, number: str) -> None:
    with sqlite_database.writing() as session:
        an_offer(session)
    paths = [f"/clinique/{number}/appointmentTypes", f"/clinique/{number}/appointments/1/slots/{SPAN}"]
    paths += [f"/clinique/1/appointments/{number}/slots/{SPAN}", *([f"/clinique/{number}"] if number else [])]
    for path in paths:
        answer = api.get(path)
        assert (answer.status_code, answer.get_data()) == (200, b"[]"), path


# Types


def test_a_type_is_told_in_these_very_bytes(api: InspectedClient, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        an_offer(session, category={"name": "Barn på resa", "min_age": 2}, name="2 syskon")
    told = '[{"id":"1","name":"Barn på resa, 2 syskon","categoryId":"1","min_age":"2"}]'
    assert api.get("/clinique/1/appointmentTypes").get_data() == told.encode()


def test_types_are_those_that_residents_are_offered_in_the_clinics_order(
    api: InspectedClient, sqlite_database: Database
) -> None:
    with sqlite_database.writing() as session:
        clinic = a_clinic(session)
        last = a_category(session, clinic, name="Influensa", position=2)
        a_type(session, last, name="Influensa")
        first = a_category(session, clinic, name="TBE", position=1, min_age=0)
        a_type(session, first, name="2 personer", position=2)
        a_type(session, first, name="1 person", position=1)
        a_type(session, first, name="Förr", retired_at=LONG_AGO)
        a_type(session, a_category(session, clinic, name="Bara personal", invisible_online=True))
        a_type(session, a_category(session, clinic, name="Svininfluensa", retired_at=LONG_AGO))
        a_type(session, a_category(session, a_clinic(session), name="En annans"))
        numbers = str(last.id), str(first.id)
    told = found(api.get("/clinique/1/appointmentTypes"))
    assert [(kind["name"], kind["min_age"]) for kind in told] == [
        ("TBE, 1 person", "0"),
        ("TBE, 2 personer", "0"),
        ("Influensa", ""),
    ]
    assert [kind["categoryId"] for kind in told] == [numbers[1], numbers[1], numbers[0]]


# Starts


def test_starts_are_told_in_these_very_bytes(api: InspectedClient, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session, days=(MONDAY, date(2026, 11, 25)), span=(9 * 60, 9 * 60 + 40), minutes=20)
        a_booking(session, offer, time=a_time(9 * 60 + 20))
    assert api.get(slots_of(offer, "261123-261129")).get_data() == (
        b'[{"date":"261123","slots":[{"when":"09:00","available":true},{"when":"09:20","available":false}]},'
        b'{"date":"261125","slots":[{"when":"09:00","available":true},{"when":"09:20","available":true}]}]'
    )


def test_the_first_and_the_last_day_are_included_and_no_other(api: InspectedClient, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session, days=days_from(MONDAY, 7), span=HALF_HOUR)
    assert list(free_and_taken(api, offer, "261124-261126")) == ["261124", "261125", "261126"]
    assert list(free_and_taken(api, offer, "261125-261125")) == ["261125"]


def test_a_start_is_free_while_some_resource_has_room(api: InspectedClient, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session, span=HALF_HOUR, resources=(1, 2))
        a_booking(session, offer)
    assert free_and_taken(api, offer) == {"261123": "09:00 09:10 09:20"}
    with sqlite_database.writing() as session:
        a_booking(session, offer, coming=(cast.STRANGER.coming,))
    assert free_and_taken(api, offer) == {"261123": "(09:00) 09:10 09:20"}


def test_a_held_start_is_taken_until_its_hold_runs_out(
    api: InspectedClient, sqlite_database: Database, clock: FixedClock
) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session, span=HALF_HOUR).within(session)
        booking.hold(session, offer.clinic, offer.kind, a_time(), a_draft(session, offer).id, START)
    assert free_and_taken(api, offer) == {"261123": "(09:00) 09:10 09:20"}
    clock.advance(minutes=10)
    assert free_and_taken(api, offer) == {"261123": "09:00 09:10 09:20"}


def test_starts_lie_on_the_clinics_own_grid(api: InspectedClient, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session, clinic=a_clinic(session, start_step_minutes=5), span=HALF_HOUR, minutes=20)
    assert free_and_taken(api, offer) == {"261123": "09:00 09:05 09:10"}


def test_opened_times_that_lie_apart_are_told_as_one_day(api: InspectedClient, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session, span=(13 * 60, 13 * 60 + 25), minutes=15)
        open_time_for(session, offer.clinic, offer.kind, span=(8 * 60 + 5, 8 * 60 + 20), resources=(2,))
    assert free_and_taken(api, offer) == {"261123": "08:05 13:00"}


def test_only_time_opened_for_residents_and_for_the_type_counts(api: InspectedClient, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session, span=HALF_HOUR)
        other = a_type(session, offer.category)
        open_time_for(session, offer.clinic, offer.kind, span=(10 * 60, 11 * 60), internal=True)
        open_time_for(session, offer.clinic, other, span=(14 * 60, 15 * 60))
        open_time_for(session, offer.clinic, offer.kind, days=(date(2026, 11, 24),), internal=True)
        too_short = (date(2026, 11, 25),)
        open_time_for(session, offer.clinic, offer.kind, days=too_short, span=(540, 545))
    assert free_and_taken(api, offer, "261123-261129") == {"261123": "09:00 09:10 09:20"}


def test_blocked_starts_are_not_free(api: InspectedClient, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session, span=(9 * 60, 9 * 60 + 40))
        block = {"clinic_id": offer.clinic.id, "book": offer.kind.book, "resource": 1, "day": MONDAY}
        session.add(BlockedTime(start_minute=9 * 60 + 15, end_minute=9 * 60 + 30, **block))
        session.flush()
        open_time_for(session, offer.clinic, offer.kind, span=(18 * 60, 18 * 60 + 10))
    assert free_and_taken(api, offer) == {"261123": "09:00 (09:10) (09:20) 09:30 18:00"}


@pytest.mark.parametrize("closed", [{"modules": NO_BOOKING}, {"booking": False}])
def test_where_nobody_books_online_no_start_is_free(
    api: InspectedClient, sqlite_database: Database, closed: dict[str, Any]
) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session, clinic=a_clinic(session, **closed), span=HALF_HOUR)
    assert free_and_taken(api, offer) == {"261123": "(09:00) (09:10) (09:20)"}


def test_types_that_residents_are_not_offered_have_no_starts(api: InspectedClient, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        clinic = a_clinic(session)
        hidden = an_offer(session, clinic=clinic, category={"invisible_online": True})
        gone = an_offer(session, clinic=clinic, category={"retired_at": LONG_AGO})
        retired = an_offer(session, clinic=clinic, retired_at=LONG_AGO)
        elsewhere = an_offer(session)
    for offer in (hidden, gone, retired, Offer(clinic, elsewhere.category, elsewhere.kind)):
        assert found(api.get(slots_of(offer))) == []
    assert found(api.get(slots_of(elsewhere))) != []


def test_what_has_begun_and_days_gone_by_are_left_out(
    api: InspectedClient, sqlite_database: Database, clock: FixedClock
) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session, days=days_from(date(2026, 11, 19), 3), span=HALF_HOUR)
    span = "261101-261130"
    whole = "09:00 09:10 09:20"
    assert free_and_taken(api, offer, span) == {"261120": "09:10 09:20", "261121": whole}, "nine o'clock has struck"
    clock.advance(minutes=-1)
    assert free_and_taken(api, offer, span) == {"261120": whole, "261121": whole}
    clock.advance(minutes=21)
    assert free_and_taken(api, offer, span) == {"261121": whole}


def test_days_further_ahead_than_residents_may_book_are_left_out(api: InspectedClient, sqlite_database: Database) -> None:
    last = TODAY + timedelta(days=366)
    with sqlite_database.writing() as session:
        offer = an_offer(session, days=(last, last + timedelta(days=1)), span=HALF_HOUR)
    assert list(free_and_taken(api, offer, "271101-271130")) == ["271121"]
    assert found(api.get(slots_of(offer, "271122-271130"))) == []


@pytest.mark.parametrize(
    ("now", "day", "shown"),
    [
        (datetime(2027, 3, 28, 7, 19, tzinfo=UTC), date(2027, 3, 28), "09:20"),
        (datetime(2027, 10, 31, 8, 19, tzinfo=UTC), date(2027, 10, 31), "09:20"),
        (datetime(2027, 3, 27, 22, 59, tzinfo=UTC), date(2027, 3, 28), "09:00 09:10 09:20"),
        (datetime(2027, 10, 30, 21, 59, tzinfo=UTC), date(2027, 10, 31), "09:00 09:10 09:20"),
        (datetime(2028, 2, 28, 22, 59, tzinfo=UTC), date(2028, 2, 29), "09:00 09:10 09:20"),
        (datetime(2028, 2, 29, 8, 10, tzinfo=UTC), date(2028, 2, 29), "09:20"),
    ],
)
def test_times_are_those_of_the_swedish_wall_clock(
    api: InspectedClient, sqlite_database: Database, clock: FixedClock, now: datetime, day: date, shown: str
) -> None:
    """On the days when summer time begins and ends, and on a leap day."""
    clock.set(now)
    with sqlite_database.writing() as session:
        offer = an_offer(session, days=(day,), span=HALF_HOUR)
    stamp = day.strftime("%y%m%d")
    assert free_and_taken(api, offer, f"{stamp}-{stamp}") == {stamp: shown}


def test_a_range_goes_over_the_end_of_the_year(api: InspectedClient, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session, days=days_from(date(2026, 12, 30), 4), span=(22 * 60 + 40, 23 * 60), minutes=20)
    assert free_and_taken(api, offer, "261231-270101") == {"261231": "22:40", "270101": "22:40"}


@pytest.mark.parametrize(
    "span",
    [
        "",
        "-",
        "261123",
        "261123-",
        "-261123",
        "261124-261123",
        "261301-261302",
        "261100-261130",
        "261101-261131",
        "270101-270229",
        "270229-270301",
        "20261123-20261124",
        "2611231-2611241",
        "abcdef-ghijkl",
        "26112%C3%A5-261130",
        "%D9%A2%D9%A6%D9%A1%D9%A1%D9%A2%D9%A3-261130",
        "261123_261130",
        "261123-261130-261207",
        "261123%20-261130",
        "261123-261130%0A",
        "26-11-23-26-11-30",
        "261120-270521",
        "261123-271123",
        "000101-991231",
        "-61123-261130",
        "9" * 3000,
    ],
)
def test_an_odd_range_finds_nothing(api: InspectedClient, sqlite_database: Database, span: str) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session, days=days_from(MONDAY, 250), span=HALF_HOUR)
    answer = api.get(slots_of(offer, span))
    assert (answer.status_code, answer.get_data()) == (200, b"[]")


@pytest.mark.parametrize(
    ("span", "last"),
    [("261120-270520", "270520"), ("270831-280229", "271121"), ("270228-270828", "270828"), ("280229-280829", None)],
)
def test_six_months_are_not_too_long(api: InspectedClient, sqlite_database: Database, span: str, last: str | None) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session, days=days_from(MONDAY, 500), span=(540, 550))
    assert next(reversed(free_and_taken(api, offer, span)), None) == last


def test_half_a_year_after_a_31st_is_the_last_day_of_a_short_month(
    api: InspectedClient, sqlite_database: Database, clock: FixedClock
) -> None:
    clock.set(datetime(2026, 8, 31, 4, 0, tzinfo=UTC))
    with sqlite_database.writing() as session:
        offer = an_offer(session, days=days_from(date(2026, 8, 31), 200), span=(540, 550))
    assert len(free_and_taken(api, offer, "260831-270228")) == 182
    assert found(api.get(slots_of(offer, "260831-270301"))) == []


# For programs at any address


def paths_of(offer: Offer) -> list[str]:
    """One of each, a nonsense and two that are nothing."""
    here = f"/clinique/{offer.clinic.id}"
    return [
        "/clinique",
        "/clinique/",
        here,
        f"{here}/appointmentTypes",
        slots_of(offer),
        "/clinique/x",
        f"{here}/x",
        f"{here}/",
    ]


def test_pages_of_other_sites_may_read_every_answer(api: InspectedClient, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session)
    for path in paths_of(offer):
        for answer in (api.get(path), api.head(path), api.post(path), api.delete(path), api.options(path)):
            assert answer.headers.getlist("Access-Control-Allow-Origin") == ["*"], (path, answer.status)
            assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
            assert answer.content_type == JSON, (path, answer.status)
    for path in ("/", "/cliniques", "/hjalp", "/readyz"):
        assert "Access-Control-Allow-Origin" not in api.get(path).headers, path


def test_a_browser_may_ask_with_the_mark_that_it_keeps(api: InspectedClient) -> None:
    answer = api.options("/clinique", headers={"Origin": "https://example.org", "Access-Control-Request-Method": "GET"})
    assert (answer.status_code, answer.get_data()) == (204, b"")
    assert answer.headers["Access-Control-Allow-Methods"] == answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert answer.headers["Access-Control-Allow-Headers"] == "*"
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]


def test_what_is_wrong_is_said_in_json(api: InspectedClient) -> None:
    for answer, status, words in (
        (api.get("/clinique/1/nowhere"), 404, "Not Found"),
        (api.post("/clinique"), 405, "Method Not Allowed"),
        (api.put("/clinique/1"), 405, "Method Not Allowed"),
    ):
        assert (answer.status_code, answer.content_type) == (status, JSON)
        assert answer.get_data(as_text=True) == f'{{"error":"{words}"}}'
        assert answer.headers["Cache-Control"] == "no-store"
    assert api.post("/clinique").headers["Allow"] == "GET, HEAD, OPTIONS"


def test_a_broken_database_is_said_in_json_too(api: InspectedClient, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        session.execute(text("ALTER TABLE clinic RENAME TO lost"))
    answer = api.get("/clinique")
    assert (answer.status_code, answer.content_type, answer.headers["Retry-After"]) == (503, JSON, "30")
    assert answer.get_data() == b'{"error":"Service Unavailable"}'


def test_a_fault_has_its_code(api: InspectedClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.api.routes.compact", lambda _found: 1 / 0)
    answer = api.get("/clinique")
    told = json.loads(answer.get_data())
    assert (answer.status_code, answer.content_type, told["error"]) == (500, JSON, "Internal Server Error")
    assert len(told["code"]) == 7


def test_too_many_requests_are_told_when_to_come_back(
    api: InspectedClient, sqlite_database: Database, clock: FixedClock
) -> None:
    clock.advance(seconds=20)
    for _n in range(60):
        assert api.get("/clinique").status_code == api.get("/clinique/1").status_code == 200
    for path in ("/clinique", "/clinique/1", "/clinique/1/appointmentTypes", f"/clinique/1/appointments/1/slots/{SPAN}"):
        answer = api.get(path)
        assert (answer.status_code, answer.content_type) == (429, JSON)
        assert answer.get_data() == b'{"error":"Too Many Requests"}'
        assert answer.headers["Retry-After"] == "41", "a whole second past the minute's end"
        assert answer.headers["Access-Control-Allow-Origin"] == "*" and answer.headers["Cache-Control"] == "no-store"
    assert api.options("/clinique").status_code == 204
    assert api.get("/clinique", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 200, "others may go on"
    assert api.get("/").status_code == 200
    clock.advance(seconds=41)
    assert api.get("/clinique").status_code == 200


def test_answers_say_how_long_they_are_fresh(api: InspectedClient, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session)
    for path in paths_of(offer)[:6]:
        seconds = 10 if "slots" in path else 60
        answer = api.get(path)
        assert answer.headers["Cache-Control"] == f"public, max-age={seconds}", path
        assert answer.headers["Vary"] == "Accept-Encoding", path


def test_who_has_an_answer_already_gets_304_until_it_changes(api: InspectedClient, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session)
    for path in paths_of(offer)[:6]:
        mark = api.get(path).headers["ETag"]
        assert mark.startswith('"'), "a strong one"
        again = api.get(path, headers={"If-None-Match": mark})
        assert (again.status_code, again.get_data(), again.headers["ETag"]) == (304, b"", mark), path
        assert again.headers["Access-Control-Allow-Origin"] == "*" and "max-age" in again.headers["Cache-Control"]
        assert api.get(path, headers={"If-None-Match": '"another"'}).status_code == 200
    path = slots_of(offer)
    mark = api.get(path).headers["ETag"]
    with sqlite_database.writing() as session:
        a_booking(session, offer)
    after = api.get(path, headers={"If-None-Match": mark})
    assert after.status_code == 200 and after.headers["ETag"] != mark


def test_a_compressed_answer_has_a_mark_of_its_own(api: InspectedClient, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        path = slots_of(an_offer(session))
    plain, packed = api.get(path), api.get(path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.get_data()) == plain.get_data()
    marks = {answer.headers["ETag"] for answer in (plain, packed)}
    assert len(marks) == 2
    for mark in marks:
        again = api.get(path, headers={"Accept-Encoding": "gzip", "If-None-Match": mark})
        assert (again.status_code, again.get_data(), again.headers["ETag"]) == (304, b"", mark)


def test_no_cookie_is_set_and_no_session_is_touched(sqlite_database: Database, clock: FixedClock) -> None:
    with sqlite_database.writing() as session:
        offer = an_offer(session)
    browser = Browser(a_portal(sqlite_database, clock)).log_in(cast.BOOKER)
    clock.advance(minutes=5)
    for client in (browser.client, browser.app.test_client()):
        for path in paths_of(offer):
            with count_statements(sqlite_database) as sent:
                answers = [client.get(path), client.get(f"{path}?lang=en"), client.post(path), client.options(path)]
            assert not any("Set-Cookie" in answer.headers for answer in answers), path
            assert not any("web_session" in statement for statement in sent), path


# What it costs


def test_statements_do_not_grow_with_the_clinics(database: Database, clock: FixedClock) -> None:
    api = client_of(database, clock)
    api.get("/clinique")

    def statements(more: int) -> int:
        with database.writing() as session:
            for _n in range(more):
                a_clinic(session, provider=a_provider(session))
        with count_statements(database) as sent:
            answer = api.get("/clinique")
        assert len(found(answer)) in (2, 40)
        return len(sent)

    assert statements(2) == statements(38) <= 4


def test_statements_do_not_grow_with_the_days_and_types(database: Database, clock: FixedClock) -> None:
    api = client_of(database, clock)
    with database.writing() as session:
        offer = an_offer(session, days=days_from(MONDAY, 60), span=HALF_HOUR, resources=(1, 2, 3))
    here = f"/clinique/{offer.clinic.id}"
    api.get(here)

    def statements(path: str, count: int) -> int:
        with count_statements(database) as sent:
            answer = api.get(path)
        assert len(found(answer)) == count
        return len(sent)

    assert statements(slots_of(offer), 1) == statements(slots_of(offer, "261123-270121"), 60) <= 7
    few = statements(f"{here}/appointmentTypes", 1)
    with database.writing() as session:
        for _n in range(20):
            a_type(session, a_category(session, session.merge(offer.clinic)))
    assert few == statements(f"{here}/appointmentTypes", 21) <= 6
