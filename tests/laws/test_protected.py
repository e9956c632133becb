"""Protected identity (docs/protected-identity.md): whatever a door answers to whom, nothing of a protected person is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from journal_core.access import use_cases as access
from journal_core.access.model import Device, Draft, EidOrder
from journal_core.booking.model import Booking, Visit
from journal_core.consent.model import ConsentRequest
from journal_core.declarations.model import Declaration
from journal_core.staff.model import Role, StaffAccount
from journal_core.transaction import Database
from portal.web.permits import PERMITS, Who
from portal.web.sessions import new_reference
from tests.build import cast
from tests.build.builders import MONDAY
from tests.build.canary import (
    ALONE,
    CANARIES,
    CHILD,
    FAMILY,
    GIVEN,
    GUARDIAN,
    MAIL,
    MOBILE,
    NUMBER,
    TEEN,
    TYPED,
    TYPED_FAMILY,
    TYPED_GIVEN,
    Canary,
    Sound,
    heard,
)
from tests.build.clocks import FixedClock
from tests.build.hideout import Hideout, a_hideout, booked_after, booked_before, changed_after
from tests.build.listener import UNSEEN, Listener, Seat, addresses, noted_lines, reference_of, rules_for, seat
from tests.build.site import Browser, a_screen_door
from tests.laws.test_doors import EXAMPLES

INVENTED = {
    "development.choose": "where one chooses which invented person to be",
    "development.mailbox": "the outbox, with its recipients",
}
"""Pages of the development corner, which no production has: they show what nobody else is shown."""
STAFF_PAGES = ("staff.day", "staff.printed_day", "staff.visit")
OWN_DRAFT = ("book.who", "book.check")
TYPING = frozenset((NUMBER, TYPED_GIVEN, TYPED_FAMILY, MOBILE, MAIL))


def of(names: Iterable[str], *what: str) -> frozenset[Sound]:
    return frozenset(Sound(name, each) for name in names for each in what)


ROLES = (Role.NURSE_ADMIN, Role.PROVIDER_ADMIN, Role.BOOKING_ONLY, Role.BLOCK_ADMIN)
STAFF = {"nurse": Role.NURSE, "elsewhere": Role.NURSE, **{role.value: role for role in ROLES}}
"""Who asks as staff, and their roles: together they open every page. Who opens which is asked by test_doors."""
SEE_THE_DAY = [name for name, role in STAFF.items() if name != "elsewhere" and role in PERMITS["staff.day"].roles]
CARE = [name for name in SEE_THE_DAY if STAFF[name] in PERMITS["staff.declarations"].roles]
ALLOWED: Mapping[tuple[str, str], frozenset[Sound]] = {
    **{(name, page): of(("alone", "typed", "child"), NUMBER) for name in SEE_THE_DAY for page in STAFF_PAGES},
    **{(name, "staff.visit"): of(("alone", "typed", "child", "teen"), NUMBER) for name in SEE_THE_DAY},
    **{(name, "staff.declarations"): of(("alone", "child", "teen", "typed"), NUMBER) for name in CARE},
    **{(name, "staff.fill_in"): of(("alone", "child", "typed"), NUMBER) for name in CARE},
    **{(name, "staff.comment"): of(["alone"], NUMBER) for name in CARE},
    **{("elsewhere", page): of(["typed"], NUMBER) for page in (*STAFF_PAGES, "staff.declarations", "staff.fill_in")},
    **{("who types", page): of(["typed"], *TYPING) for page in OWN_DRAFT},
    **{("alone", page): of(["alone"], *TYPING) for page in OWN_DRAFT},
    ("beside", "book.check"): of(["guardian"], MOBILE, MAIL),
    (Role.BLOCK_ADMIN.value, "staff.seals"): of(["typed"], NUMBER),
}
"""The rule's own table: what may stand where. Clinics see numbers, and a form keeps what has just been typed in it."""
ABOUT_NOBODY = ("find", "api", "health", "development")
"""Rooms that are the same for everybody."""
ON_MONDAY = "?dag=2026-11-23&vecka=2026-11-23"
ANSWERED = frozenset((200, 303, 409, 422))


@dataclass
class Told:
    """A clinic full of canaries, everybody who asks there, and what was heard."""

    nest: Hideout
    screen: Flask
    lines: list[str]
    listener: Listener = field(default_factory=Listener)

    def __post_init__(self) -> None:
        for door in (self.nest.app, self.screen):
            self.listener.listen(door)


@pytest.fixture
def told(sqlite_database: Database) -> Iterator[Told]:
    """Everybody has asked for everything, by address and by form, and done what they can."""
    with noted_lines() as lines:
        nest = a_hideout(sqlite_database, FixedClock())
        booked_before(nest)
        nest.protect()
        booked_after(nest)
        changed_after(nest)
        nest.clock.advance(minutes=1)
        found = Told(nest, a_screen_door(nest.app), lines)
        browsers = begun(found, BEGINNINGS)
        for act in (ask, do, send):
            for name, browser in browsers.items():
                found.listener.actor = name
                act(found, name, browser)
        yield found


def test_nothing_comes_out_but_where_the_rule_says(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one test: that everybody asks for everything takes a quarter of a minute."""
    nothing_is_heard_but_where_the_rule_says(told)
    the_number_is_shown_where_it_may_be(told)
    every_page_has_answered_somebody(told)
    a_calendar_file_names_no_place_to_who_booked_it_and_is_protected(told)
    no_log_line_says_anything(told)
    an_unforeseen_fault_says_nothing_either(told, monkeypatch)


def nothing_is_heard_but_where_the_rule_says(told: Told) -> None:
    leaks = {where: sorted(sounds - ALLOWED.get(where, frozenset())) for where, sounds in told.listener.heard.items()}
    assert {where: sounds for where, sounds in leaks.items() if sounds and where[1] not in INVENTED} == {}


def the_number_is_shown_where_it_may_be(told: Told) -> None:
    """Else the rule's table would say more than holds."""
    silent = {where: sounds - told.listener.heard.get(where, set()) for where, sounds in ALLOWED.items()}
    assert {where: sorted(sounds) for where, sounds in silent.items() if sounds} == {}


def every_page_has_answered_somebody(told: Told) -> None:
    """And not only turned everybody away."""
    answered = {endpoint for endpoint, statuses in told.listener.statuses.items() if statuses & ANSWERED}
    assert set(PERMITS) - answered - UNSEEN == set()


def a_calendar_file_names_no_place_to_who_booked_it_and_is_protected(told: Told) -> None:
    browser = Browser(told.nest.app)
    files = {what: browser.get(f"/b/{told.nest.link(what)}/kalender.ics").html for what in told.nest.made}
    assert {what for what, text in files.items() if "LOCATION" not in text} == {"own", "teen", "by-guardian", "own-later"}


def no_log_line_says_anything(told: Told) -> None:
    assert len(told.lines) > 500
    assert [line for line in told.lines if heard(line)] == []


def an_unforeseen_fault_says_nothing_either(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither its page nor its log line, whatever the error itself says."""

    def fault(*_given: object, **_named: object) -> None:
        raise ValueError(f"{TYPED.who} {TYPED.typed}")

    monkeypatch.setattr("portal.staff.routes.shown", fault)
    told.listener.actor = "whoever meets a fault"
    with told.nest.database.reading() as session:
        visit = session.scalars(select(Visit.id)).first()
    at_work(told, Role.NURSE).get(f"/personal/besok/{visit}")
    assert 500 in told.listener.statuses["staff.visit"] and "unforeseen error" in told.lines[-2]
    assert [where for where in told.listener.heard if where[0] == told.listener.actor] == []
    assert [line for line in told.lines if heard(line)] == []


def test_before_anybody_is_protected_the_canaries_sing(sqlite_database: Database) -> None:
    """So the silence afterwards is no deafness, and it is the protection's doing."""
    nest = a_hideout(sqlite_database, FixedClock())
    booked_before(nest)
    told = Told(nest, a_screen_door(nest.app), [])
    for name, browser in begun(told, {name: BEGINNINGS[name] for name in ("nurse", "sole", "guardian")}).items():
        told.listener.actor = name
        ask(told, name, browser)
    told.listener.actor = "nurse"
    names, contact = (GIVEN, FAMILY), (MOBILE, MAIL)
    assert told.listener.heard["nurse", "staff.visit"] == {
        *of(("alone", "typed", "child", "teen"), NUMBER, *names),
        *of(("alone", "typed", "guardian", "teen"), *contact),
        *of(["guardian"], *names),
    }
    assert told.listener.heard["nurse", "staff.day"] == of(("alone", "typed", "child", "teen"), NUMBER, *names)
    assert told.listener.heard["nurse", "staff.printed_day"] == {
        *of(("alone", "typed", "child", "teen"), NUMBER, *names),
        *of(("alone", "typed", "guardian", "teen"), MOBILE),
    }
    assert told.listener.heard["sole", "family.own"] == of(["child"], *names)
    assert told.listener.heard["sole", "family.consent"] == of(["child"], *names)


# --- who asks --------------------------------------------------------------------------------------------------------------


def begun(told: Told, beginnings: Mapping[str, Callable[[Told], Browser]]) -> dict[str, Browser]:
    """Everybody's browser, as far on as it gets."""
    found = {}
    for name, begin in beginnings.items():
        told.listener.actor = name
        found[name] = begin(told)
    return found


def with_a_link(told: Told) -> Browser:
    """A stranger, in the middle of logging in."""
    return Browser(told.nest.app).get("/logga-in").submit(provider="testperson")


def logged_in(who: cast.Member, told: Told) -> Browser:
    return Browser(told.nest.app).log_in(who)


def start_booking(browser: Browser, nest: Hideout, what: str, hour: int) -> Browser:
    browser.get(f"/klinik/{nest.here}/bokning").submit(type=str(nest.kinds[what]))
    return browser.submit(start=f"{MONDAY}T{hour}:00")


def fill_in(browser: Browser, nest: Hideout, who: Canary) -> Browser:
    """One booking is done, and another waits to be confirmed. What was typed is shown once more in between."""
    words = {
        "person_1_identity": who.who.number,
        "person_1_given_name": who.word(TYPED_GIVEN),
        "person_1_family_name": who.word(TYPED_FAMILY),
        "mobile": str(who.who.mobile),
        "email": str(who.who.email),
        "channel": "both",
    }
    start_booking(browser, nest, "open", 15).submit(**words).submit(fewer="1").submit(policy="1")
    assert browser.path.endswith("/klart"), browser.path
    start_booking(browser, nest, "together", 16).submit(**words).submit(fewer="1").submit()
    assert browser.path.endswith("/kontrollera") and browser.status == 422
    return browser


def type_somebody(told: Told) -> Browser:
    return fill_in(Browser(told.nest.app), told.nest, TYPED)


def book_for_oneself(told: Told) -> Browser:
    """Logged in, also where nothing is asked that is known."""
    browser = logged_in(ALONE.who, told)
    start_booking(browser, told.nest, "by-guardian", 15)
    assert browser.path.endswith("/kontrollera"), "where to write is known"
    assert ALONE.who.number[:8] in browser.html
    return fill_in(browser, told.nest, ALONE)


def act_for_child(told: Told) -> Browser:
    """A guardian who isn't protected, at the question where the other one is asked, with the answer typed."""
    nest, browser = told.nest, logged_in(cast.BESIDE_PROTECTED, told)
    with nest.database.reading() as session:
        child = nest.person(session, cast.CHILD_OF_PROTECTED).id
        other = nest.person(session, GUARDIAN.who).id
    browser.submit("form-1", barn=str(child))
    start_booking(browser, nest, "open-child", 17).submit(channel="none")
    contact = {f"other-{other}-mobile": str(GUARDIAN.who.mobile), f"other-{other}-email": str(GUARDIAN.who.email)}
    browser.submit(**contact)
    assert browser.path.endswith("/kontrollera") and browser.status == 422
    return browser


def at_work(told: Told, role: Role) -> Browser:
    """As a browser that has logged in already."""
    nest, browser, reference = told.nest, Browser(told.nest.app), new_reference()
    with nest.database.writing() as session:
        account = session.scalars(select(StaffAccount).where(StaffAccount.identity == cast.NURSE_HERE.number)).one()
        [used] = [one.id for one in account.assignments if one.role is role]
        owner = nest.tools.vault.hash("session", reference)
        access.log_in(session, owner, nest.clock.now(), account_id=account.id, assignment_id=used)
    browser.client.set_cookie("vp", reference)
    return browser


def at_the_screen(told: Told) -> Browser:
    return Browser(told.screen).get("/").submit(code=told.nest.screen_code())


def at_work_elsewhere(told: Told) -> Browser:
    return Browser(told.nest.app).log_in(cast.NURSE_ELSEWHERE, staff=True)


BEGINNINGS: Mapping[str, Callable[[Told], Browser]] = {
    "with a link": with_a_link,
    "who types": type_somebody,
    "alone": book_for_oneself,
    "beside": act_for_child,
    "sole": partial(logged_in, cast.SOLE_GUARDIAN),
    "guardian": partial(logged_in, GUARDIAN.who),
    "teen": partial(logged_in, TEEN.who),
    "father of teen": partial(logged_in, cast.GUARDIAN),
    "screen": at_the_screen,
    **{name: partial(at_work, role=role) for name, role in STAFF.items()},
    "elsewhere": at_work_elsewhere,
}


# --- for what --------------------------------------------------------------------------------------------------------------


def ask(told: Told, name: str, browser: Browser) -> None:
    """Every page that is open to somebody; the staff's on the day of the visits too.

    Who has a link asks for everything there is, others for some of what they have no part in.
    """
    one, values = sit(browser), values_in(told.nest)
    if name not in ("with a link", "nurse"):
        some = [told.nest.link(what) for what in ("own", "by-guardian")]
        values |= {place: values[place][:1] for place in ("arrive.ticket.token", "declare.by_ticket.token")}
        values |= {"token": some, "clinic_id": [told.nest.here]}
        values |= {} if name in TYPES else {"draft_id": values["draft_id"][:1]}
        values |= {"visit_id": told.nest.visits("own", "typed", "for-child", "teen", "elsewhere")}
    for rule in open_to(told, name, "GET"):
        for address in addresses(rule, values):
            one.get(address)
            if name in STAFF and not rule.arguments:
                one.get(f"{address}{ON_MONDAY}")


def send(told: Told, name: str, browser: Browser) -> None:
    """Every form, empty; at last those that end the session."""
    one, values = sit(browser), {place: found[:2] for place, found in values_in(told.nest).items()}
    for rule in sorted(open_to(told, name, "POST"), key=lambda rule: rule.endpoint in LOGS_OUT):
        for address in addresses(rule, values):
            one.post(address)


TYPES = ("who types", "alone", "beside")
"""Who has begun to book."""
LOGS_OUT = ("sign_in.end_sessions", "sign_in.end_staff_sessions", "sign_in.out")


def sit(browser: Browser) -> Seat:
    return seat(browser.app, reference_of(browser))


def open_to(told: Told, name: str, method: str) -> list[Rule]:
    """Routes that lead somebody further than to a login. For what is about nobody a stranger asks, and who acts for a child."""
    if name == "screen":
        return rules_for(told.screen, method, *Who)
    if name in STAFF:
        theirs = rules_for(told.nest.app, method, Who.STAFF, Who.ASSIGNED)
        return [rule for rule in theirs if STAFF[name] in (PERMITS[rule.endpoint].roles or Role)]
    every = rules_for(told.nest.app, method, Who.EVERYBODY, Who.RESIDENT)
    if name in ("with a link", "beside"):
        return every
    return [rule for rule in every if rule.endpoint.split(".")[0] not in ABOUT_NOBODY]


def values_in(nest: Hideout) -> dict[str, Sequence[object]]:
    """All that can stand in addresses, by the place's name; `endpoint.name` where it is about something else."""
    with nest.database.reading() as session:
        found: dict[str, Sequence[object]] = {
            "visit_id": list(session.scalars(select(Visit.id))),
            "draft_id": list(session.scalars(select(Draft.id))),
            "order": list(session.scalars(select(EidOrder.id))),
            "request_id": list(session.scalars(select(ConsentRequest.id))),
            "screen_id": list(session.scalars(select(Device.id))),
            "reference": list(session.scalars(select(Declaration.reference))),
            "declaration_id": list(session.scalars(select(Declaration.id))),
        }
    tokens: dict[str, Sequence[object]] = {
        "token": nest.links(),
        "arrive.ticket.token": nest.tickets(),
        "declare.by_ticket.token": nest.tickets(),
        "family.by_link.token": nest.questions(),
    }
    return {**{name: [value] for name, value in EXAMPLES.items()}, **found, **tokens, "clinic_id": [nest.here, nest.elsewhere]}


# --- and what they do ------------------------------------------------------------------------------------------------------


def do(told: Told, name: str, browser: Browser) -> None:
    DEEDS.get(name, lambda _nest, _browser: None)(told.nest, browser)


def receive(nest: Hideout, browser: Browser) -> None:
    """Who arrives is told of above the list; somebody else has been quicker."""
    with nest.database.reading() as session:
        today = [visit.id for visit in session.get_one(Booking, nest.made["arriving"]).visits]
    for visit in today:
        browser.get("/personal").submit(f"do-{visit}", act="arrive")
        assert "anlände" in browser.html
        assert f"/besok/{visit}" in browser.get(f"/personal?krock={visit}&andrad={visit}").html
        browser.get(f"/personal/besok/{visit}?krock=1").submit("acts", act="start").submit("acts", act="undo")
    ask_who_cannot_be_asked(nest, browser)


def ask_who_cannot_be_asked(nest: Hideout, browser: Browser) -> None:
    """A protected guardian, and the other one, who has answered."""
    [visit] = nest.visits("by-other-later")
    with nest.database.reading() as session:
        asked = session.scalars(select(ConsentRequest.id).where(ConsentRequest.visit_id == visit)).all()
    one = sit(browser)
    answers = [one.post(f"/personal/besok/{visit}/fraga/{request_id}") for request_id in asked]
    assert [answer.status_code for answer in answers] == [422, 422]


def seal_somebody(_nest: Hideout, browser: Browser) -> None:
    browser.get("/personal/sparrar").submit(number=TYPED.who.number)
    assert TYPED.who.number[:8] in browser.html


def open_with_a_birth_date(nest: Hideout, browser: Browser) -> None:
    """First a wrong one."""
    browser.get(f"/b/{nest.link('typed')}").submit("identify", birth_date="1950-01-01")
    assert browser.status == 422
    browser.submit("identify", birth_date=TYPED.who.born.isoformat())
    assert 'id="rebook"' in browser.html
    browser.get(f"/b/{nest.link('typed')}/byt-tid?day={MONDAY}").submit("rebook", start=f"{MONDAY}T16:30")
    assert "Din tid är ändrad" in browser.html
    browser.submit("cancel")


def give_own_time_back(nest: Hideout, browser: Browser) -> None:
    browser.get(f"/b/{nest.link('own-later')}").submit("cancel")
    assert "Avbokad" in browser.html


def say_that_one_is_here(nest: Hideout, screen: Browser) -> None:
    """By number, code and QR code, whoever it is."""
    for one in CANARIES:
        assert screen.get("/nummer").submit(typed=one.who.number).path == "/svar"
    with nest.database.reading() as session:
        code = session.get_one(Booking, nest.made["arriving"]).code
    screen.get("/nummer").submit(typed=code).submit(birth_date="1950-01-01")
    assert screen.submit(birth_date=TYPED.who.born.isoformat()).path == "/svar"
    for ticket in nest.tickets():
        assert screen.get("/").submit("form-0", typed=ticket).path == "/svar"


def stop_acting(_nest: Hideout, browser: Browser) -> None:
    """And begin again."""
    assert "Du gör det här åt" in browser.get("/mina-sidor").html
    browser.submit("form-1")
    assert "Du gör det här åt" not in browser.html


def try_to_act(child: cast.Member, nest: Hideout, browser: Browser) -> None:
    """For a child who is protected, or as a guardian who is: there is as good as none."""
    with nest.database.reading() as session:
        ids = nest.person(session, child).id, 10**6
    one = sit(browser)
    answers = [one.client.post("/mina-sidor/agera", data={"csrf_token": one.csrf, "barn": number}) for number in ids]
    assert [answer.status_code for answer in answers] == [404, 404]


DEEDS: Mapping[str, Callable[[Hideout, Browser], None]] = {
    "nurse": receive,
    Role.BLOCK_ADMIN.value: seal_somebody,
    "with a link": open_with_a_birth_date,
    "alone": give_own_time_back,
    "screen": say_that_one_is_here,
    "beside": stop_acting,
    "sole": partial(try_to_act, CHILD.who),
    "guardian": partial(try_to_act, cast.CHILD_OF_PROTECTED),
}
