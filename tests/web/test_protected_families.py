"""A guardian learns from no page, byte by byte, and from no message that the other guardian or a child is protected."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Response
from sqlalchemy import select

from journal_core.access import use_cases as access
from journal_core.actor import SYSTEM
from journal_core.arrivals.merging import take_in
from journal_core.consent import use_cases as consent
from journal_core.consent.model import ConsentRequest
from journal_core.messages.model import OutgoingMessage
from journal_core.messages.use_cases import sealed_for
from journal_core.organisation.model import Module
from journal_core.persons import queries as persons
from journal_core.persons import use_cases as people
from journal_core.persons.model import Person
from journal_core.registers.person_register_standin import Family, StandInRegister
from journal_core.transaction import Database
from portal.web.sessions import new_reference
from tests.build import cast, engines
from tests.build.builders import (
    MONDAY,
    PROVIDER_MODULES,
    TODAY,
    a_clinic,
    a_demand_for_eid,
    a_provider,
    a_reason,
    an_offer,
    the_tools,
)
from tests.build.clocks import FixedClock
from tests.build.consents import READING, resident
from tests.build.register import registered
from tests.build.site import Browser, a_portal

HERE, OTHER, CHILD = cast.BESIDE_PROTECTED, cast.PROTECTED_GUARDIAN, cast.CHILD_OF_PROTECTED
"""The guardian at the browser, the one who is protected or not, and their child, who isn't."""
SATURDAY = TODAY + timedelta(days=1)
RANDOM = (
    (re.compile(r"\r\n "), ""),
    (re.compile(r'(name="csrf_token" value=")[^"]+'), r"\1"),
    (re.compile(r"nonce[-=]\"?[\w-]+"), "nonce"),
    (re.compile(r"\b[0-9A-HJKMNP-TV-Z]{24}\b"), "token"),
    (re.compile(r"(?<![0-9a-f])(?:[0-9a-f]{16}){1,2}(?![0-9a-f])"), "draft or order"),
    (re.compile(r"((?:referens|svar)=)[\w.-]+"), r"\1"),
    (re.compile(r'(name="referens" value=")[^"]+'), r"\1"),
    (re.compile(r"\b\d{3} ?\d{3} ?\d{3}\b"), "code"),
    (re.compile(r'(<path fill="#000" d=")[^"]+'), r"\1"),
    (re.compile(r"UID:.*@"), "UID:"),
    (re.compile(r"(?m)^(Content-Length|Set-Cookie): .*$"), ""),
)
"""What differs each time and tells nobody anything; lengths and cookies with it."""


def plain(text: str) -> str:
    for one, instead in RANDOM:
        text = one.sub(instead, text)
    return text


@dataclass
class Home:
    """A guardian at a browser, which keeps what it is shown."""

    database: Database
    clock: FixedClock
    register: StandInRegister
    clinic_id: int
    type_id: int
    browser: Browser = field(init=False)
    answers: list[str] = field(default_factory=list)
    """Status, headers and page, but for what is random."""

    def __post_init__(self) -> None:
        app = a_portal(self.database, self.clock, register=self.register)
        app.after_request_funcs.setdefault(None, []).insert(0, self._keep)
        self.browser = Browser(app)

    def _keep(self, answer: Response) -> Response:
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers)
        self.answers.append(plain(f"{answer.status}\n{headers}\n\n{answer.get_data(as_text=True)}"))
        return answer

    def person(self, who: cast.Member) -> Person:
        with self.database.reading() as session:
            return persons.by_identities(session, [who.number])[who.number]

    def hear_from_register(self, *people: cast.Member) -> None:
        numbers = [who.number for who in people]
        with self.database.writing() as session:
            take_in(session, SYSTEM, self.register.persons(numbers), numbers, self.clock.now())

    def see_my_pages(self) -> None:
        """And every question that they lead to."""
        for path in sorted(set(re.findall(r"/mina-sidor/samtycken/\d+", self.browser.get("/mina-sidor").html))):
            self.browser.get(path)

    def act_for(self, child: cast.Member) -> None:
        self.browser.get("/mina-sidor").submit("form-1", barn=str(self.person(child).id))

    def hold(self, day: date, clock: str = "09:00") -> None:
        self.browser.get(f"/klinik/{self.clinic_id}/bokning").submit(type=str(self.type_id))
        self.browser.get(f"{self.browser.path}?day={day}").submit(start=f"{day}T{clock}")

    def confirm(self) -> str:
        """Wrong in several ways first; the link of the booking."""
        mobile, email = (f"other-{self.person(OTHER).id}-{way}" for way in ("mobile", "email"))
        self.browser.submit(channel="both", mobile=str(HERE.mobile), email=str(HERE.email))
        self.browser.submit(**{mobile: "07"}).submit(policy="1", **{mobile: str(OTHER.mobile), email: "helena"})
        self.browser.submit(policy="1", consent="1", **{mobile: str(OTHER.mobile), email: str(OTHER.email)})
        assert self.browser.path.endswith("/klart"), self.browser.html
        return self.browser.main("data-booking-link")

    def at(self, day: int, hour: int, minute: int = 0, who: cast.Member = HERE) -> None:
        """Swedish winter time. Somebody logs in anew, for the last login has run out."""
        self.clock.set(datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=1))
        vault, reference = the_tools().vault, new_reference()
        with self.database.writing() as session:
            person = people.ensure(session, [who.identity], self.clock.now())[who.number]
            owner = vault.hash("session", reference)
            access.log_in(session, owner, self.clock.now(), person_id=person.id, eid="testperson")
        self.browser.client.set_cookie("vp", reference)

    def letters(self) -> list[tuple[str, ...]]:
        """All that was sent to who is at the browser."""
        vault = the_tools().vault
        with self.database.reading() as session:
            wanted = select(OutgoingMessage).where(OutgoingMessage.recipient.in_((HERE.mobile, HERE.email)))
            rows = session.scalars(wanted.order_by(OutgoingMessage.id)).all()
        return [(row.kind, row.way, row.subject, plain(vault.open(sealed_for(row.booking_id), row.body))) for row in rows]


@pytest.fixture
def homes(sqlite_template: Path, tmp_path: Path) -> Iterator[Callable[[], Home]]:
    """Makes as many as one likes, each on a database of its own, and all alike."""
    kept: list[AbstractContextManager[Database]] = []

    def a_home() -> Home:
        folder = tmp_path / str(len(kept))
        folder.mkdir()
        opened = engines.sqlite_copy(sqlite_template, folder)
        database = opened.__enter__()
        kept.append(opened)
        with database.writing() as session:
            provider = a_provider(session, modules=(*PROVIDER_MODULES, Module.IVT_CONSENT))
            clinic, reason = a_clinic(session, provider=provider), a_reason(session)
            offer = an_offer(session, clinic=clinic, days=(TODAY, SATURDAY, MONDAY), category={"reason": reason})
            setting = a_demand_for_eid(session, clinic, reason)
            setting.digital_consent, setting.consent_until_age = True, 15
            ids = offer.clinic.id, offer.kind.id
        register = StandInRegister(
            [replace(registered(who), protected=False) for who in (HERE, OTHER, CHILD, cast.SOLE_GUARDIAN, cast.SOLE_CHILD)],
            [
                Family((OTHER.number, HERE.number), (CHILD.number,)),
                Family((cast.SOLE_GUARDIAN.number,), (cast.SOLE_CHILD.number,)),
            ],
        )
        return Home(database, FixedClock(), register, *ids)

    yield a_home
    for opened in kept:
        opened.__exit__(None, None, None)


# --- the other guardian -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Turn:
    """What happens to the other guardian in the course of a story: says yes once asked, or not; becomes protected, or not."""

    protected: str | None = None
    """When."""
    answers: bool = False

    def comes(self, home: Home, moment: str) -> None:
        if moment == "once answered" and self.answers:
            say_yes(home)
        if self.protected == moment:
            home.register.tell(replace(home.register.persons([OTHER.number])[OTHER.number], protected=True))
        if moment != "from the start":
            home.hear_from_register(HERE, OTHER, CHILD)


def a_long_story(home: Home, turn: Turn) -> None:
    """A visit is booked with consent, looked at until it is over, moved, taken back, and cancelled."""
    turn.comes(home, "from the start")
    home.at(20, 9)
    home.see_my_pages()
    home.act_for(CHILD)
    home.hold(MONDAY)
    link = home.confirm()
    home.see_my_pages()
    home.browser.get(link)
    turn.comes(home, "once asked")
    turn.comes(home, "once answered")
    for moment in ((22, 23, 59), (23, 0, 1)):
        home.at(*moment)
        home.see_my_pages()
    home.act_for(CHILD)
    home.browser.get(link).get(f"{link}/byt-tid?day={MONDAY}").submit("rebook", start=f"{MONDAY}T11:00")
    assert "Din tid är ändrad" in home.browser.html
    home.see_my_pages()
    home.browser.get(f"{link}/kalender.ics")
    with home.database.reading() as session:
        [mine] = session.scalars(select(ConsentRequest.id).where(ConsentRequest.guardian_id == home.person(HERE).id))
    home.browser.get(f"/mina-sidor/samtycken/{mine}").submit()
    assert "Ditt samtycke är taget tillbaka" in home.browser.html
    home.see_my_pages()
    home.browser.get(link).submit("cancel")
    home.see_my_pages()
    home.at(23, 12)
    home.see_my_pages()


def say_yes(home: Home) -> None:
    with home.database.writing() as session:
        other = session.get_one(Person, home.person(OTHER).id)
        [asked] = session.scalars(select(ConsentRequest.id).where(ConsentRequest.guardian_id == other.id))
        consent.answer(session, resident(other), the_tools(), asked, READING, [other], home.clock.now(), yes=True)


def a_story_around_midnight(home: Home, turn: Turn) -> None:
    """A time is taken before midnight and booked after it, on the very day: there is time to answer until the visit."""
    turn.comes(home, "from the start")
    home.at(20, 23, 55)
    home.act_for(CHILD)
    home.hold(SATURDAY)
    home.clock.advance(minutes=7)
    home.confirm()
    home.see_my_pages()
    assert "Senast" in home.browser.get("/mina-sidor").html
    home.at(21, 9)
    home.see_my_pages()


@pytest.mark.parametrize(
    ("story", "free", "hidden"),
    [
        (a_long_story, Turn(), [Turn("from the start"), Turn("once asked")]),
        (a_long_story, Turn(answers=True), [Turn("once answered", answers=True)]),
        (a_story_around_midnight, Turn(), [Turn("from the start")]),
    ],
)
def test_who_has_a_protected_co_guardian_sees_what_everybody_sees(
    homes: Callable[[], Home], story: Callable[[Home, Turn], None], free: Turn, hidden: list[Turn]
) -> None:
    there = homes()
    story(there, free)
    assert len(there.answers) > 15 and len(there.letters()) > 1 and not there.person(OTHER).protected
    for turn in hidden:
        here = homes()
        story(here, turn)
        assert here.person(OTHER).protected
        for one, other in zip(here.answers, there.answers, strict=True):
            assert one == other
        assert here.letters() == there.letters()


# --- a child ----------------------------------------------------------------------------------------------------------------


def ended(home: Home) -> None:
    """The register names somebody no longer as the child's guardian."""
    told = home.register.persons([cast.SOLE_CHILD.number])[cast.SOLE_CHILD.number]
    home.register.tell(replace(told, guardians=()))


def sealed(home: Home) -> None:
    with home.database.writing() as session:
        session.get_one(Person, home.person(cast.SOLE_CHILD).id).sealed_at = home.clock.now()


def protected(home: Home) -> None:
    told = home.register.persons([cast.SOLE_CHILD.number])[cast.SOLE_CHILD.number]
    home.register.tell(replace(told, protected=True))


def lose_a_child(home: Home, lost: Callable[[Home], None]) -> None:
    """In the middle of booking for it; then everything is tried once more."""
    home.at(20, 9, who=cast.SOLE_GUARDIAN)
    home.see_my_pages()
    child = str(home.person(cast.SOLE_CHILD).id)
    home.act_for(cast.SOLE_CHILD)
    home.hold(MONDAY)
    home.browser.submit(channel="none")
    check = home.browser.path
    lost(home)
    home.hear_from_register(cast.SOLE_GUARDIAN, cast.SOLE_CHILD)
    home.answers.clear()
    home.browser.submit(policy="1", consent="1")
    assert home.browser.path == "/mina-sidor" and "Du kan inte göra mer åt barnet här." in home.browser.html
    home.browser.get(check)
    home.at(20, 9, 1, who=cast.SOLE_GUARDIAN)
    home.see_my_pages()
    token = home.browser.html.partition('name="csrf_token" value="')[2].partition('"')[0]
    home.browser.client.post("/mina-sidor/agera", data={"csrf_token": token, "barn": child})
    home.hold(MONDAY)


def test_a_protected_child_is_gone_like_any_other_who_is_gone(homes: Callable[[], Home]) -> None:
    """One's own no longer, sealed, or protected: nothing tells them from each other."""
    found = []
    for lost in (protected, sealed, ended):
        home = homes()
        lose_a_child(home, lost)
        found.append(home.answers)
    assert len(found[0]) > 8 and "404 NOT FOUND" in {answer.partition("\n")[0] for answer in found[0]}
    for here, *others in zip(*found, strict=True):
        for there in others:
            assert here == there
