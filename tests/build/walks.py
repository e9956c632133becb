"""Whole journeys as somebody walks them page by page: residents, staff, and the screen in the waiting room."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select

from journal_core.booking import use_cases as booking
from journal_core.booking.model import Booking, Visit
from journal_core.consent.model import ConsentRequest
from journal_core.consent.use_cases import link_of
from journal_core.persons.model import Person
from journal_core.schedule.model import OpenedTime
from journal_core.staff.model import Role
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import MONDAY, TODAY, the_tools
from tests.build.seats import KIOSK, PAPER_APP, PORTAL, Doors
from tests.build.sides import Side
from tests.build.site import Browser, FormReader

WEDNESDAY = "2026-11-25"
"""A day on which nothing is open and nobody is booked."""
WORK, SETTINGS, SCHEDULE = "/personal", "/personal/installningar", "/personal/schema"
OPENS = {
    "name": "Kvällsöppet", "book": "A", "pattern": "every_day", "first": WEDNESDAY, "last": WEDNESDAY,
    "start": "08.00", "end": "09.00", "resource-A-1": "1",
}  # fmt: skip
BOOK = "Vaccinatörerna"
BLOCKED = "Leverans av kylskåp"
SCREEN = "Väntrum plan sju"
TOLD, NOTED = "Svullnad i halsen efter jordnötter", "Vi har talats vid om jordnötterna"
"""What a child's guardian told, and what a nurse wrote beside it."""


@dataclass(frozen=True)
class Walker:
    """Whose walks they are: a family, and a clinic with its staff."""

    doors: Doors
    database: Database
    side: Side
    nurse: cast.Member

    @property
    def portal(self) -> Flask:
        return self.doors[PORTAL]

    def person_id(self, who: cast.Member) -> int:
        with self.database.reading() as session:
            return session.scalars(select(Person.id).where(Person.identity == who.number)).one()

    def bookings(self) -> list[Booking]:
        with self.database.reading() as session:
            return list(session.scalars(select(Booking).order_by(Booking.id)))

    def link(self, made: Booking) -> str:
        return f"/b/{booking.link_of(the_tools().vault, made)}"

    def ticket(self, made: Booking) -> str:
        return f"/a/{booking.arrival_link_of(the_tools().vault, made)}"

    @property
    def clinic(self) -> str:
        return f"/klinik/{self.side.clinic_id}"


def press(browser: Browser, action: str, holds: Mapping[str, str] | None = None, **fields: str) -> Browser:
    """The page's first form that leads to such an address, and has these fields filled in already."""
    forms = FormReader(browser.html).forms
    wanted = (holds or {}).items()
    return browser.submit(
        next(name for name, (there, kept) in forms.items() if action in there and wanted <= kept.items()), **fields
    )


def send(browser: Browser, address: str, **fields: str) -> Browser:
    """What a button sends whose form leads elsewhere, or a page that was open before."""
    token = re.search(r'name="csrf_token" value="([^"]*)"', browser.html)
    data = {"csrf_token": token[1] if token else "", **fields}
    browser.answer = browser.client.post(address, data=data, follow_redirects=True)
    return browser


# --- residents ------------------------------------------------------------------------------------------------------------


def as_residents(walker: Walker) -> None:
    """A guardian books for the child, the other answers; somebody books without e-ID too, and comes to one of those times."""
    phone = Browser(walker.portal)
    looks_around(walker, phone)
    begins_in_an_app(phone)
    phone.log_in(cast.GUARDIAN)
    books_for_child(walker, phone)
    the_other_answers(walker)
    manages(walker, phone)
    answers_directly(walker)
    for at in ("09:10", "09:20", "09:30"):
        books_without_eid(walker, at)
    comes_back_by_code(walker, walker.bookings()[1])
    arrives(walker, walker.bookings()[1])
    ends(walker, phone)


def looks_around(walker: Walker, phone: Browser) -> None:
    kind = walker.side.free.kind.id
    for path in (
        "/",
        "/hjalp",
        "/tillganglighet",
        "/personuppgifter",
        "/kakor",
        walker.clinic,
        f"{walker.clinic}/affisch",
        f"{walker.clinic}/personuppgifter",
        "/clinique",
    ):
        phone.get(path)
    here = f"/clinique/{walker.side.clinic_id}"
    for path in (here, f"{here}/appointmentTypes", f"{here}/appointments/{kind}/slots/261120-261127"):
        phone.get(path)


def begins_in_an_app(phone: Browser) -> None:
    """And thinks better of it."""
    phone.get("/logga-in").submit(provider=PAPER_APP.name)
    phone.client.get(f"{phone.path}/lage")
    phone.client.get(f"{phone.path}/oppna")
    phone.get(phone.path)
    press(phone, "/qr").submit("stop")


def books_for_child(walker: Walker, phone: Browser) -> None:
    child, other = (walker.person_id(who) for who in (cast.CHILD, cast.OTHER_GUARDIAN))
    press(phone, "/agera", {"barn": str(child)})
    phone.get(f"{walker.clinic}/bokning").submit(type=str(walker.side.asks.kind.id)).submit(start=f"{MONDAY}T09:00")
    press(phone, "/mer-tid")
    phone.submit(channel="both", mobile=cast.GUARDIAN.mobile or "", email=cast.GUARDIAN.email or "")
    told = {f"other-{other}-mobile": cast.OTHER_GUARDIAN.mobile or "", f"other-{other}-email": cast.OTHER_GUARDIAN.email or ""}
    phone.submit(policy="1", consent="1", **told)
    assert phone.path.endswith("/klart")
    answers(phone)


def answers(phone: Browser) -> None:
    """The child's declaration, where an answer deviates, and looked at once more before it is sent."""
    press(phone, "/halsodeklaration/").submit(answer="yes")
    phone.submit(answer="egg").submit(answer=TOLD).submit(answer="").submit(answer="no")
    assert phone.path.endswith("/kontrollera") and TOLD in phone.html
    phone.get(phone.path.removesuffix("/kontrollera")).submit()
    assert phone.path.endswith("/klart")


def answers_directly(walker: Walker) -> None:
    """By the clinic's own link; one who has no time there."""
    phone = Browser(walker.portal).get(f"/hd/{walker.side.clinic_id}/affisch").get(f"/hd/{walker.side.clinic_id}")
    phone.submit(identity=cast.BOOKER.number).submit(answer="no").submit(answer="no").submit()
    assert phone.path.endswith("/klart")


def answers_by_ticket(phone: Browser) -> None:
    """On arrival, by somebody who has the ticket and says a date of birth; what was sent before is told anew."""
    phone.get(f"{phone.path}/halsodeklaration").submit("identify", birth_date=cast.BOOKER.born.isoformat())
    phone.submit(answer="no").submit(answer="no").submit()
    assert phone.path.endswith("/klart")


def the_other_answers(walker: Walker) -> None:
    with walker.database.reading() as session:
        asked = session.scalars(select(ConsentRequest).order_by(ConsentRequest.id.desc())).first()
    assert asked is not None
    link = f"/samtycke/{link_of(the_tools().vault, asked)}"
    phone = Browser(walker.portal).get(link).submit(provider="testperson").submit(number=cast.OTHER_GUARDIAN.number)
    send(phone, link, svar="")
    phone.submit(svar="ja").get("/mina-sidor").get(f"/mina-sidor/samtycken/{asked.id}").submit()
    assert "taget tillbaka" in phone.html


def manages(walker: Walker, phone: Browser) -> None:
    link = walker.link(walker.bookings()[0])
    phone.get(link).get(f"{link}/visa").get(f"{link}/avboka")
    phone.client.get(f"{link}/kalender.ics")
    phone.get(f"{link}/byt-tid").submit("rebook", start=f"{MONDAY}T09:30")
    assert "Din tid är ändrad" in phone.html


def books_without_eid(walker: Walker, at: str) -> None:
    phone = Browser(walker.portal).get(f"{walker.clinic}/bokning").submit(type=str(walker.side.free.kind.id))
    phone.submit(start=f"{TODAY}T{at}")
    phone.submit(
        person_1_identity=cast.BOOKER.number,
        person_1_given_name=cast.BOOKER.given_name,
        person_1_family_name=cast.BOOKER.family_name,
        channel="both",
        mobile=cast.BOOKER.mobile or "",
        email=cast.BOOKER.email or "",
    )
    phone.submit(policy="1")
    assert phone.path.endswith("/klart")


def comes_back_by_code(walker: Walker, made: Booking) -> None:
    told = {"code": made.code, "birth_date": cast.BOOKER.born.isoformat()}
    for page in ("/min-bokning", f"{walker.clinic}/min-bokning"):
        assert "Vill du avboka?" in Browser(walker.portal).get(page).submit("identify", **told).html
    phone = Browser(walker.portal).get(walker.link(made)).submit("identify", birth_date=told["birth_date"])
    assert "Vill du avboka?" in phone.html


def arrives(walker: Walker, made: Booking) -> None:
    poster = f"/ankomst/{walker.side.clinic_id}"
    phone = Browser(walker.portal).get(f"{poster}/affisch").get(walker.ticket(made))
    phone.get(poster).submit("identify", code=made.code, birth_date=cast.BOOKER.born.isoformat())
    assert "du är anmäld" in phone.html
    answers_by_ticket(Browser(walker.portal).get(walker.ticket(made)))
    send(phone, walker.ticket(made)).get(f"{walker.link(made)}/ankomst")
    send(phone.get("/min-bokning"), f"{walker.link(made)}/ankomst")


def ends(walker: Walker, phone: Browser) -> None:
    """Cancels, ends the session of another device, and leaves."""
    phone.get(walker.link(walker.bookings()[0])).submit("cancel")
    Browser(walker.portal).log_in(cast.GUARDIAN)
    press(phone.get("/mina-sidor/inloggningar"), "/avsluta", inloggning="andra")
    press(phone, "/agera")
    press(phone, "/logga-ut")
    assert phone.get("/mina-sidor").path == "/logga-in"


# --- staff ----------------------------------------------------------------------------------------------------------------


def as_nurse(walker: Walker) -> None:
    """Sees the day and who comes, and to the schedule."""
    desk = works_as(walker, Role.NURSE_ADMIN)
    desk.get(f"{WORK}?dag={MONDAY}").get(f"{WORK}/utskrift").get(WORK)
    visit = re.findall(r"/personal/besok/(\d+)", desk.html)[-1]
    desk.get(f"{WORK}/besok/{visit}").submit("acts", act="arrive")
    asks_again(walker, desk)
    reads_and_fills_in(walker, desk)
    opens_and_closes(walker, desk)
    says_what_is_offered(walker, desk)
    seals(works_as(walker, Role.BLOCK_ADMIN))
    leaves(walker, desk)


def asks_again(walker: Walker, desk: Browser) -> None:
    """Too late: the visit that the guardian was asked about is cancelled by now."""
    with walker.database.reading() as session:
        asked = session.scalars(select(ConsentRequest).order_by(ConsentRequest.id.desc())).first()
    assert asked is not None
    send(desk.get(f"{WORK}/besok/{asked.visit_id}"), f"{WORK}/besok/{asked.visit_id}/fraga/{asked.id}")
    assert desk.status == 422


def reads_and_fills_in(walker: Walker, desk: Browser) -> None:
    """What the guardian told stands, though the visit is cancelled; at another visit one is filled in together."""
    with walker.database.reading() as session:
        visits = list(session.scalars(select(Visit).join(Visit.booking).order_by(Visit.id)))
    told = f"{WORK}/besok/{visits[0].id}/halsodeklaration"
    assert TOLD in desk.get(told).html
    declaration = re.findall(r"kommentar-(\d+)", desk.html)[0]
    send(desk, f"{told}/{declaration}/kommentar", **{f"kommentar-{declaration}": NOTED})
    assert NOTED in desk.html
    desk.get(f"{WORK}/besok/{visits[-1].id}/halsodeklaration/fyll-i").submit(allergy="no", ill="no")
    assert desk.path.endswith("/halsodeklaration")


def seals(desk: Browser) -> None:
    for act in ("forsegla", "hav"):
        desk.get(f"{WORK}/sparrar").submit(number=cast.BOOKER.number).submit(gor=act)
        assert "Klart." in desk.html


def works_as(walker: Walker, role: Role) -> Browser:
    desk = Browser(walker.portal).log_in(walker.nurse, staff=True)
    return desk.get(f"{WORK}/uppdrag").submit("choose", assignment=str(walker.side.assignment(role).id))


def opens_and_closes(walker: Walker, desk: Browser) -> None:
    kind = {f"type-{walker.side.free.kind.id}": "1"}
    for path in ("", f"/dag?dag={TODAY}", "/resurs-saknas", "/antal?name=x&book=A", "/bocker", "/tider/andra", "/tider/stang"):
        desk.get(SCHEDULE + path) if "antal" not in path else desk.client.get(SCHEDULE + path)
    desk.get(f"{SCHEDULE}/bocker").submit(**{"name-A": BOOK})
    desk.get(f"{SCHEDULE}/oppna").submit(**OPENS, **kind, template="1").submit(sure="1")
    press(desk, "/angra")
    desk.get(f"{SCHEDULE}/oppna").submit(**OPENS, **kind).submit(sure="1")
    desk.get(f"{SCHEDULE}/blockera?dag={WEDNESDAY}").submit(start="8.00", end="8.30", note=BLOCKED).submit(sure="1")
    press(desk, "/ta-bort")
    copied = {"how": "one", "from": WEDNESDAY, "from_resource": "1", "to": "2026-11-26", "to_resource": "2"}
    desk.get(f"{SCHEDULE}/kopiera").submit(**copied).submit(sure="1")
    desk.get(f"{SCHEDULE}/tider").submit("chosen", **{f"time-{opened(walker)[-1]}": "1"}).submit(name="Sent").submit(sure="1")
    send(desk.get(f"{SCHEDULE}/tider"), f"{SCHEDULE}/tider/stang", **{f"time-{opened(walker)[-1]}": "1"}).submit(sure="1")
    press(desk.get(f"{SCHEDULE}/dag?dag={WEDNESDAY}"), "/tider/stang").submit(sure="1")
    press(desk.get(f"{SCHEDULE}/mallar"), "/ta-bort")


def opened(walker: Walker) -> list[int]:
    with walker.database.reading() as session:
        here = OpenedTime.clinic_id == walker.side.clinic_id
        return list(session.scalars(select(OpenedTime.id).where(here).order_by(OpenedTime.id)))


def says_what_is_offered(walker: Walker, desk: Browser) -> None:
    offers, category, kind = f"{SCHEDULE}/besok", walker.side.free.category.id, walker.side.free.kind.id
    desk.get(f"{offers}/ny").submit(name="Gula febern", reason=str(walker.side.free.category.reason_id))
    desk.get(f"{offers}/{category}/typ").submit(type_name="Tre personer", persons="3")
    desk.get(f"{offers}/{category}/namn").submit(name="Influensa")
    desk.get(f"{SCHEDULE}/prova").submit(birth_date="1985-03-14", day=str(MONDAY))
    press(desk.get(offers), f"{category}/flytta", way="up")
    press(desk, f"{category}/avsluta", {"type": str(kind)})
    press(desk, f"{category}/avsluta")


def leaves(walker: Walker, desk: Browser) -> None:
    Browser(walker.portal).log_in(walker.nurse, staff=True)
    press(desk.get(f"{WORK}/inloggningar"), "/avsluta", inloggning="andra")
    press(desk.get(WORK), "/logga-ut")
    assert desk.get(WORK).path == f"{WORK}/logga-in"


def as_admin(walker: Walker) -> str:
    """Sees to the settings, and connects a screen, whose code is given."""
    desk = works_as(walker, Role.PROVIDER_ADMIN)
    reason = walker.side.asks.category.reason_id
    desk.get(SETTINGS).get(f"{SETTINGS}/invanare").submit(drop_in="")
    desk.get(f"{SETTINGS}/texter").submit(welcome_booking="Kom i tid.")
    desk.get(f"{SETTINGS}/anledningar").get(f"{SETTINGS}/anledningar/{reason}").submit(information="Kom i tid.")
    desk.get(f"{SETTINGS}/samtycke").submit(guardians="1")
    desk.get(f"{SETTINGS}/aldrar").submit(kind="guardian_reads", years="12", first_day="2026-12-01")
    sees_to_declarations(walker, desk)
    desk.get(f"{SETTINGS}/skarmar").submit(name=SCREEN)
    send(desk, f"{desk.path}/ny-kod")
    found = re.search(r"\b(\d{4}) (\d{4})\b", desk.html)
    assert found
    return found[1] + found[2]


def sees_to_declarations(walker: Walker, desk: Browser) -> None:
    """One more definition, another wording of the first, and those that come with the program."""
    declarations = f"{SETTINGS}/halsodeklarationer"
    press(desk.get(declarations), "/hamta")
    desk.get(f"{declarations}/ny").submit(name="Bara feber", **{"q-fever-today": "1"})
    first = min(re.findall(rf"{declarations}/(\d+)\"", desk.html), key=int)
    desk.get(f"{declarations}/{first}/visa").get(f"{declarations}/{first}").submit(purpose="Allt")
    words_questions(desk, f"{declarations}/fragor")
    desk.get(declarations)
    kinds = {f"type-{offer.kind.id}": first for offer in (walker.side.asks, walker.side.free)}
    desk.submit(months="120", drop_in=first, **kinds)
    assert "Sparat" in desk.html


def words_questions(desk: Browser, bank: str) -> None:
    """Another wording of one that comes with the program, and one of the provider's own, which is taken back."""
    desk.get(f"{bank}/fainted").submit(**{"text-sv": "Svimmar du lätt?", "translated": "1", "level-yes": "stop"})
    desk.get(f"{bank}/ny?slag=choice")
    desk.submit(**{"text-sv": "Vilken arm?", "option-own-1-sv": "Vänster", "option-own-2-sv": "Höger"})
    assert "Vilken arm?" in desk.html
    desk.get(f"{bank}/own-1").submit("take-back")
    assert "Vilken arm?" not in desk.html


def takes_the_screen_away(walker: Walker) -> None:
    desk = works_as(walker, Role.PROVIDER_ADMIN).get(f"{SETTINGS}/skarmar")
    address = re.search(r"/personal/installningar/skarmar/\d+", desk.html)
    assert address
    desk.get(address[0]).submit("revoke")


# --- the screen -----------------------------------------------------------------------------------------------------------


def at_screen(walker: Walker, code: str) -> None:
    """Is connected; two people say that they have come, and one of them in yet another way."""
    first, second = walker.bookings()[-2:]
    screen = Browser(walker.doors[KIOSK]).get("/koppla").submit(code=code)
    for path in ("/personal", "/utan-kontakt"):
        screen.get(path)
    for path in ("/puls", "/vakt.js"):
        screen.client.get(path, buffered=True)
    press(screen.get("/"), "/", typed=walker.ticket(first))
    assert "du är anmäld" in screen.html
    screen.get("/nummer").submit(typed=second.code).submit(birth_date=cast.BOOKER.born.isoformat())
    assert "du är anmäld" in screen.html
    screen.get("/nummer").submit(typed=cast.BOOKER.number)
