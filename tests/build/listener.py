"""Listens to everything that a portal's doors answer, and asks every route of them for everything it knows."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from flask import Flask, Response, request
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from config.logs import CONFIGURATION, JsonLines
from portal.web.permits import PERMITS, Who
from tests.build.canary import Sound, heard
from tests.build.site import Browser

UNSEEN = frozenset({"static", "screen.worker"})
"""Files hold nobody's data."""
PARAMETER = re.compile(r"<(?:[^:>]*:)?([^>]*)>")


@dataclass
class Listener:
    """What was heard, by who asked and of which page."""

    actor: str = "nobody"
    heard: dict[tuple[str, str], set[Sound]] = field(default_factory=lambda: defaultdict(set))
    statuses: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    """What each page has answered."""

    def listen(self, app: Flask) -> None:
        """To answers as they leave, with every header."""
        app.after_request_funcs.setdefault(None, []).insert(0, self._note)

    def _note(self, answer: Response) -> Response:
        endpoint = request.endpoint or "nowhere"
        if endpoint not in UNSEEN:
            self.statuses[endpoint].add(answer.status_code)
            headers = "\n".join(f"{name}: {value}" for name, value in answer.headers)
            sounds = heard(f"{headers}\n\n{answer.get_data(as_text=True)}")
            if sounds:
                self.heard[self.actor, endpoint] |= sounds
        return answer


class Notebook(logging.Handler):
    """Log lines as they are written, everything below warning too, but for what the program keeps quiet itself."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonLines())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def noted_lines() -> Iterator[list[str]]:
    loggers: Mapping[str, Mapping[str, Any]] = CONFIGURATION["loggers"]
    levels: dict[str | None, Any] = {None: logging.DEBUG, **{name: told["level"] for name, told in loggers.items()}}
    before = {name: logging.getLogger(name).level for name in levels}
    notebook, root = Notebook(), logging.getLogger()
    root.addHandler(notebook)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    try:
        yield notebook.lines
    finally:
        root.removeHandler(notebook)
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


@dataclass(frozen=True)
class Seat:
    """Somebody at a browser that is sent anywhere, without the inspector, who looks at the same pages elsewhere."""

    client: FlaskClient
    csrf: str

    def get(self, address: str) -> TestResponse:
        return self.client.get(address, buffered=True)

    def post(self, address: str) -> TestResponse:
        return self.client.post(address, data={"csrf_token": self.csrf})


def seat(app: Flask, reference: str) -> Seat:
    """Whoever has this reference in their cookie."""
    client, cookie = FlaskClient(app, app.response_class), app.config["SESSION_COOKIE_NAME"]
    client.set_cookie(cookie, reference)
    with app.test_request_context(headers={"Cookie": f"{cookie}={reference}"}):
        return Seat(client, generate_csrf())


def reference_of(browser: Browser) -> str:
    found = browser.client.get_cookie(browser.app.config["SESSION_COOKIE_NAME"])
    assert found is not None
    return found.value


def rules_for(app: Flask, method: str, *visitors: Who) -> list[Rule]:
    """Every route for such visitors that takes the method."""
    taking = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ()) and rule.endpoint not in UNSEEN]
    return [rule for rule in taking if PERMITS[rule.endpoint].who in visitors]


def addresses(rule: Rule, values: Mapping[str, Sequence[object]]) -> Iterator[str]:
    """With everything that may stand in each place of the rule. A place of which nobody has said what: KeyError.

    What stands under the endpoint's own name and the place's goes before what stands under the place's alone.
    """
    parts = PARAMETER.split(rule.rule)
    names = [own if (own := f"{rule.endpoint}.{name}") in values else name for name in parts[1::2]]
    for chosen in product(*(values[name] for name in names)):
        yield "".join(f"{before}{value}" for before, value in zip(parts[::2], (*chosen, ""), strict=True))
