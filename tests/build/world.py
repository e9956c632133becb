"""A portal with people in it, live on loopback: the demo region, a clock that tests set, a browser that is watched."""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from flask import Flask, Response, g, request, template_rendered
from jinja2 import Template
from playwright.sync_api import Browser, ConsoleMessage, Page
from playwright.sync_api import Request as PageRequest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import WSGIRequestHandler, make_server

from config.demo.chooser import PEOPLE
from config.demo.families import demo_register
from config.demo.fill import fill
from config.demo.region import CLINICS
from journal_core.booking import use_cases as booking
from journal_core.booking.model import Booking
from journal_core.booking.use_cases import Tools
from journal_core.catalogue.model import VisitCategory, VisitType
from journal_core.organisation.model import Clinic
from journal_core.registers.openid import OpenId
from journal_core.transaction import Database
from portal.web.services import EidChoice
from portal.wiring import PHONE
from tests.build.bankid import Bank, a_bank
from tests.build.builders import KEYS
from tests.build.cast import BOOKER
from tests.build.clocks import START, FixedClock
from tests.build.crooked import CrookedProvider
from tests.build.inspector import faults, keep
from tests.build.site import a_portal, a_screen_door
from tests.build.turnstile import Turnstile

NARROW, WIDE = 390, 1280
KIOSK = "/kiosk"
HEIGHTS = {NARROW: 844, WIDE: 900}
PATIENCE = 15_000
"""Milliseconds: a busy machine is no fault of the page."""
LOCALES = {"sv": "sv-SE", "en": "en-GB", "fi": "fi-FI", "ar": "ar-EG"}
HERE = ("127.0.0.1", "")
"""Hosts that a page may speak to; the empty one is that of data: addresses."""


@dataclass(frozen=True)
class Answer:
    """What the portal answered, but for static files."""

    endpoint: str
    status: int
    template: str | None


class BrokenDatabase(Database):
    """Answers everything with one error."""

    def __init__(self) -> None:
        self.error: Exception
        self.break_anew()

    def break_anew(self) -> None:
        """As it is usually broken, whatever error a test has made of it."""
        self.error = OperationalError("SELECT", {}, Exception("no connection"))

    def reading(self) -> NoReturn:
        raise self.error

    def writing(self) -> NoReturn:
        raise self.error

    def dispose(self) -> None:
        return


@dataclass(frozen=True)
class Issuers:
    """Those who identify people in a world, each on its clock: a BankID, and an OpenID provider that may be told to lie."""

    bank: Bank
    provider: CrookedProvider

    def eids(self, clock: FixedClock, base_url: str) -> list[EidChoice]:
        """As a real service has them, but that BankID's app is development's page."""
        bankid, openid = self.bankid(base_url), OpenId(self.provider.settings(), clock)
        return [
            bankid,
            EidChoice("freja", "Freja", openid, residents=True, staff=False),
            EidChoice("siths", "SITHS", openid, residents=False, staff=True),
        ]

    def bankid(self, base_url: str) -> EidChoice:
        eid = self.bank.asked_by(app=base_url + PHONE, for_development=False)
        return EidChoice("bankid", "BankID", eid, residents=True, staff=True)

    def begin_anew(self, clock: FixedClock) -> None:
        self.bank.begins_anew(clock)
        self.provider.chosen, self.provider.crime = BOOKER, ""


@contextmanager
def the_issuers(clock: FixedClock) -> Iterator[Issuers]:
    with tempfile.TemporaryDirectory() as folder, a_bank(Path(folder)) as bank, CrookedProvider(clock) as provider:
        issuers = Issuers(bank, provider)
        issuers.begin_anew(clock)
        yield issuers


@dataclass
class World:
    app: Flask
    kiosk: Flask
    database: Database
    clock: FixedClock
    base_url: str
    turnstile: Turnstile
    broken: BrokenDatabase
    broken_url: str
    """Where the same portal stands on the broken database."""
    issuers: Issuers
    language: str = "sv"
    """Of the page that was opened last."""
    answers: list[Answer] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    usual: dict[str, Opened] = field(default_factory=dict)
    """By language, the page that `with_usual_page` hands out."""

    @property
    def tools(self) -> Tools:
        tools: Tools = self.app.extensions["services"].tools
        return tools

    @contextmanager
    def offering(self, eids: Sequence[EidChoice]) -> Iterator[None]:
        """Other e-IDs than those of `issuers`, while it lasts."""
        usual = self.app.extensions["services"]
        self.app.extensions["services"] = replace(usual, eids=eids)
        try:
            yield
        finally:
            self.app.extensions["services"] = usual

    def at(self, path: str) -> str:
        return self.base_url + path

    def link(self, made: Booking) -> str:
        return f"/b/{booking.link_of(self.tools.vault, made)}"

    def ticket(self, made: Booking) -> str:
        return f"/a/{booking.arrival_link_of(self.tools.vault, made)}"

    def clinic_name(self, key: str) -> str:
        """Of a demo clinic."""
        return next(data.name for data in CLINICS if data.key == key)

    def clinic_id(self, key: str) -> int:
        with self.database.reading() as session:
            return session.scalars(select(Clinic.id).where(Clinic.name == self.clinic_name(key))).one()

    def type_id(self, key: str, slug: str, persons: int = 1) -> int:
        """Of a demo clinic's type for that reason and so many persons."""
        query = select(VisitType.id).join(VisitType.category).join(VisitCategory.reason)
        query = query.where(VisitCategory.clinic_id == self.clinic_id(key), VisitType.persons == persons)
        with self.database.reading() as session:
            return session.scalars(query.where(VisitCategory.reason.has(slug=slug))).first() or 0

    @contextmanager
    def with_page(
        self,
        browser: Browser,
        width: int = NARROW,
        *,
        javascript: bool = True,
        language: str = "sv",
        height: int = 0,
        excused: str = "nothing",
        workers: bool = False,
    ) -> Iterator[Page]:
        """A page in a browser of its own. It may speak to the portal and to nobody else, and no script may fail.

        `excused` is what the console may complain of all the same, where a test takes the network away. With `workers` the
        page's service worker runs, past which a test can't reach.
        """
        self.language = language
        opened = _opened(browser, width, height, language, javascript=javascript, workers=workers)
        try:
            yield opened.page
        finally:
            opened.page.context.close()
        self._assert_calm(opened, excused)

    @contextmanager
    def with_usual_page(self, browser: Browser, width: int = NARROW, *, language: str = "sv") -> Iterator[Page]:
        """As `with_page`, in half the time: one page for each language, wiped of whoever had it before, its process warm."""
        self.language = language
        if language not in self.usual:
            self.usual[language] = _opened(browser, width, 0, language)
        opened = self.usual[language]
        opened.page.set_viewport_size({"width": width, "height": HEIGHTS.get(width, 800)})
        try:
            yield opened.page
        finally:
            opened.wipe(self.base_url)
        self._assert_calm(opened)

    def _assert_calm(self, opened: Opened, excused: str = "nothing") -> None:
        found = [*(each for each in opened.trouble if excused not in each), *self.faults]
        opened.trouble.clear()
        self.faults.clear()
        assert not found, "; ".join(found)


@dataclass(frozen=True)
class Opened:
    """A page, and what it did or its console said that it should not."""

    page: Page
    trouble: list[str] = field(default_factory=list)

    def wipe(self, base_url: str) -> None:
        """Nothing is left of what somebody did here, or set for it."""
        self.page.unroute_all()
        # Not about:blank: the portal's pages keep to themselves (COOP), so the next one would have to begin a process.
        self.page.goto(f"{base_url}/static/icon.svg")
        self.page.set_extra_http_headers({})
        self.page.emulate_media(color_scheme="light", forced_colors="none")
        self.page.context.clear_cookies()
        browser = self.page.context.new_cdp_session(self.page)
        browser.send("Storage.clearDataForOrigin", {"origin": base_url, "storageTypes": "all"})
        browser.detach()


def _opened(
    browser: Browser, width: int, height: int, language: str, *, javascript: bool = True, workers: bool = False
) -> Opened:
    context = browser.new_context(
        viewport={"width": width, "height": height or HEIGHTS.get(width, 800)},
        java_script_enabled=javascript,
        locale=LOCALES[language],
        timezone_id="Europe/Stockholm",
        reduced_motion="reduce",
        service_workers="allow" if workers else "block",
    )
    context.set_default_timeout(PATIENCE)
    opened = Opened(context.new_page())
    context.on("request", lambda sent: opened.trouble.extend(_strays(sent)))
    context.on("console", lambda said: opened.trouble.extend(_complaints(said)))
    context.on("weberror", lambda error: opened.trouble.append(f"script error: {error.error}"))
    return opened


def _strays(sent: PageRequest) -> list[str]:
    return [] if (urlsplit(sent.url).hostname or "") in HERE else [f"request to {sent.url}"]


def _complaints(said: ConsoleMessage) -> list[str]:
    """Errors of the console. That a page came with an error status is the portal's own word, and no complaint."""
    about_status = said.text.startswith("Failed to load resource: the server responded with a status of")
    asset = urlsplit(said.location.get("url", "")).path.startswith("/static/")
    return [f"console: {said.text}"] if said.type == "error" and (asset or not about_status) else []


@contextmanager
def live(database: Database, clock: FixedClock) -> Iterator[World]:
    """The portal on a port of its own, and beside it one whose database is broken."""
    broken, turnstile = BrokenDatabase(), Turnstile()
    with (
        the_issuers(clock) as issuers,
        _served(broken, clock, turnstile, issuers) as (broken_doors, broken_url),
        _served(database, clock, turnstile, issuers) as (doors, base_url),
    ):
        world = World(*doors, database, clock, base_url, turnstile, broken, broken_url, issuers)
        for app in (*doors, *broken_doors):
            _watch(world, app)
        yield world


@contextmanager
def _served(
    database: Database, clock: FixedClock, turnstile: Turnstile, issuers: Issuers
) -> Iterator[tuple[tuple[Flask, Flask], str]]:
    """Both doors, in threads of this process. The port is taken first, for the portal is told its own address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        eids, phone = issuers.eids(clock, address), issuers.bank.phone
        app = a_portal(database, clock, address, people=list(PEOPLE), register=demo_register(), eids=eids, phone=phone)
        kiosk = a_screen_door(app)
        both = turnstile.around(DispatcherMiddleware(app, {KIOSK: kiosk}))
        server = make_server("127.0.0.1", 0, both, threaded=True, request_handler=QuietHandler, fd=listening.fileno())
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield (app, kiosk), address
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


class QuietHandler(WSGIRequestHandler):
    """Without a line for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return


def _watch(world: World, app: Flask) -> None:
    """Notes each answer; looks over each page and keeps it for html-validate."""

    def note(answer: Response) -> Response:
        if request.endpoint != "static":
            world.answers.append(Answer(request.endpoint or "", answer.status_code, g.get("template_of_page")))
        if answer.mimetype == "text/html" and not 300 <= answer.status_code < 400:
            html = answer.get_data(as_text=True)
            world.faults += [f"{request.path}: {fault}" for fault in faults(html, f"'nonce-{g.get('nonce', '')}'")]
            keep(html)
        return answer

    def remember(_app: Flask, template: Template, **_rest: object) -> None:
        g.template_of_page = template.name

    app.after_request(note)
    template_rendered.connect(remember, app, weak=False)


def fill_demo(world: World) -> None:
    with world.database.writing() as session:
        fill(session, world.tools.vault, KEYS, world.tools.post, START)


class DemoWorld:
    """A live portal with the demo region, put back to its first morning as often as one wishes."""

    def __init__(self, world: World) -> None:
        assert world.database.path is not None
        self.world = world
        self._path = world.database.path
        self._kept = self._path.with_suffix(".kept")
        fill_demo(world)
        self._settle()
        shutil.copyfile(self._path, self._kept)

    def begin_anew(self) -> World:
        """The database as it was when the demo had been filled, and the clock at its start."""
        with self.world.turnstile.empty():
            self._settle()
            shutil.copyfile(self._kept, self._path)
            self.world.app.extensions["services"].remembered.forget()
            self.world.clock.set(START)
            self.world.broken.break_anew()
            self.world.issuers.begin_anew(self.world.clock)
            self.world.answers.clear()
            self.world.faults.clear()
        return self.world

    def _settle(self) -> None:
        """Nobody has the file open, and all of it is in the one file."""
        self.world.database.dispose()
        for leftover in ("-wal", "-shm"):
            Path(f"{self._path}{leftover}").unlink(missing_ok=True)
