"""A whole portal to try: on a database and a clock, driven through forms as a program or a person would."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import EllipsisType
from typing import ClassVar, Self
from urllib.parse import urlsplit

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from config.declarations import bank
from journal_core.registers.bankid_phone import Phone
from journal_core.registers.eid import Identified
from journal_core.registers.person_register import PersonRegister
from journal_core.transaction import Database
from kiosk.app import create_app as create_kiosk
from portal.app import create_app
from portal.web.languages import LANGUAGES
from portal.web.services import EidChoice
from portal.wiring import DemoPerson, Options
from tests.build import cast
from tests.build.builders import KEYS, SECRET
from tests.build.clocks import FixedClock
from tests.build.inspector import InspectedClient
from tests.build.register import the_register

BASE = "http://127.0.0.1"
PEOPLE = [
    DemoPerson(Identified(who.number, who.given_name, who.family_name), "provperson", who in cast.STAFF)
    for who in (*cast.RESIDENTS, *cast.STAFF)
]


class CompiledOnce(Rule):
    """Werkzeug writes and compiles a function for each address of each portal; a test process has hundreds of portals."""

    _compiled: ClassVar[dict[tuple[object, ...], Callable[..., tuple[str, str]]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        converters = tuple(sorted((name, repr(type(one))) for name, one in self._converters.items()))
        key = (self.rule, append_unknown, repr(self.defaults), converters)
        if key not in self._compiled:
            self._compiled[key] = super()._compile_builder(append_unknown)
        return self._compiled[key]


Flask.url_rule_class = CompiledOnce


class CompiledTemplates(BytecodeCache):
    """Each template is compiled once a test process and not once a portal."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = CompiledTemplates()
COMPILED_FOR_SCREEN = CompiledTemplates()


def a_portal(
    database: Database,
    clock: FixedClock,
    base_url: str = BASE,
    *,
    production: bool = False,
    people: list[DemoPerson] = PEOPLE,
    register: PersonRegister | EllipsisType | None = ...,
    eids: Sequence[EidChoice] = (),
    phone: Phone | None = None,
    languages: Sequence[str] = tuple(LANGUAGES),
) -> Flask:
    """With a person register that knows the cast, but for production; None: with none at all."""
    if register is ...:
        register = None if production else the_register()
    options = Options(
        production=production,
        secret=SECRET,
        keys=KEYS,
        bank=bank(),
        base_url=base_url,
        demo_people=() if production else people,
        register=register,
        eids=eids,
        phone=phone,
        languages=languages,
    )
    app = create_app(options, database, clock)
    app.test_client_class = InspectedClient
    app.jinja_env.bytecode_cache = COMPILED
    return app


def a_screen_door(portal: Flask) -> Flask:
    """The waiting-room screen's door on a portal's services, at the root as when it is served alone."""
    app = create_kiosk(portal.extensions["services"])
    app.test_client_class = InspectedClient
    app.jinja_env.bytecode_cache = COMPILED_FOR_SCREEN
    return app


class FormReader(HTMLParser):
    """The forms of a page: action and fields as they stand, by id."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: dict[str, tuple[str, dict[str, str]]] = {}
        self._open: tuple[str, dict[str, str]] | None = None
        self._select = self._textarea = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = (values.get("action", ""), {})
            self.forms[values.get("id", f"form-{len(self.forms)}")] = self._open
        if self._open is not None and "disabled" not in values:
            self._field(self._open[1], tag, values)

    def _field(self, kept: dict[str, str], tag: str, values: dict[str, str]) -> None:
        name = values.get("name", "")
        if tag == "input" and name and (values.get("type") not in ("radio", "checkbox") or "checked" in values):
            kept[name] = values.get("value", "")
        elif tag == "select":
            self._select = name
        elif tag == "textarea":
            self._textarea, kept[name] = name, ""
        elif tag == "option" and ("selected" in values or self._select not in kept):
            kept[self._select] = values.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._textarea and self._open is not None:
            self._open[1][self._textarea] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        if tag == "textarea":
            self._textarea = ""


@dataclass
class Browser:
    """A visitor without JavaScript: keeps cookies, the page it is on, and fills forms by their field names."""

    app: Flask
    answer: TestResponse | None = None
    client: InspectedClient = field(init=False)

    def __post_init__(self) -> None:
        client = self.app.test_client()
        assert isinstance(client, InspectedClient)
        self.client = client

    @property
    def html(self) -> str:
        """The page as it is read: what keeps words together on a line is a blank or a hyphen like others."""
        assert self.answer is not None
        html = self.answer.get_data(as_text=True)
        return html.replace("\u00a0", " ").replace("\u2011", "-").replace("<wbr>", "")

    @property
    def path(self) -> str:
        assert self.answer is not None
        return self.answer.request.path

    @property
    def status(self) -> int:
        assert self.answer is not None
        return self.answer.status_code

    def get(self, path: str, **kwargs: object) -> Self:
        self.answer = self.client.get(path, follow_redirects=True, **kwargs)
        return self

    def submit(self, form: str = "step", **fields: str) -> Self:
        """Sends a form of the page. Names are spelled with _ for - where Python needs it: person_1_identity."""
        action, kept = FormReader(self.html).forms[form]
        typed = {_spelled(name): value for name, value in fields.items()}
        self.answer = self.client.post(action or self.path, data={**kept, **typed}, follow_redirects=True)
        return self

    def main(self, attribute: str) -> str:
        """A data- attribute of <main>."""
        found = re.search(rf'<main[^>]* {attribute}="([^"]*)"', self.html)
        assert found, f"{attribute} is not on {self.path}"
        return found.group(1)

    def log_in(self, who: cast.Member, *, staff: bool = False) -> Self:
        """Through the stand-in's page, as a person would."""
        self.get("/personal/logga-in" if staff else "/logga-in")
        return self.submit(provider="testperson").submit(number=who.number)


def _spelled(name: str) -> str:
    return re.sub(r"^person_(\d+)_", r"person-\1-", name)


@contextmanager
def served(app: Flask, port: int) -> Iterator[str]:
    """The portal on loopback, in threads of this process."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def path_of(address: str) -> str:
    return urlsplit(address).path
