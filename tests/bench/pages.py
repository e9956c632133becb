"""The resident's pages as they are served: gunicorn with two workers on PostgreSQL, eight visitors at once.

Against one constant Jinja page of the same size, served alike, in turn within one run.
"""

from __future__ import annotations

import re
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection
from itertools import count
from statistics import median, quantiles
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from journal_core.catalogue import queries as catalogue
from journal_core.transaction import Database
from tests.bench.country import Measures
from tests.bench.measured import Measured
from tests.bench.servers import free_port, running, served
from tests.build import cast

VISITORS = 8
EACH, JOURNEYS = 25, 4
"""How many pages, and how many bookings, each of them asks for in a round."""
ROUNDS = 5
SEARCHES = ("/", "/?q=Uppsala", "/?q=Malm%C3%B6&kategori=tbe", "/?sortera=tid&lediga=7", "/?lat=59.33&lon=18.07")
ENGINE = "postgresql"


class Answer(NamedTuple):
    status: int
    location: str
    html: str
    size: int


@dataclass
class Visitor:
    """A browser: keeps its cookies and its connection, and comes from an address of its own."""

    base: str
    number: int
    gzip: bool = False
    cookies: dict[str, str] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._connection = HTTPConnection(urlsplit(self.base).netloc, timeout=60)

    def begin_anew(self) -> None:
        """The server closes a connection on which nobody asks for long; the next question opens another."""
        self._connection.close()
        self.seconds.clear()

    def ask(self, path: str, fields: Mapping[str, str] | None = None) -> Answer:
        headers = {"X-Forwarded-For": f"10.{self.number >> 16 & 255}.{self.number >> 8 & 255}.{self.number & 255}"}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.gzip:
            headers["Accept-Encoding"] = "gzip"
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self._connection.request(
            "GET" if fields is None else "POST", path, None if fields is None else urlencode(fields), headers
        )
        response = self._connection.getresponse()
        body = response.read()
        self.seconds.append(time.perf_counter() - began)
        for header in response.headers.get_all("Set-Cookie", []):
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value
        html = "" if self.gzip else body.decode()
        return Answer(response.status, response.headers.get("Location", ""), html, len(body))

    def send(self, page: Answer, path: str, **fields: str) -> str:
        """The page's step, filled in; where it leads."""
        token = re.search(r'name="csrf_token" value="([^"]*)"', page.html)
        hidden = dict(re.findall(r'<input type="hidden" name="(policy_text)" value="([^"]*)"', page.html))
        answer = self.ask(path, {"csrf_token": unescape(token[1]) if token else "", **hidden, **fields})
        if answer.status != 303:
            raise RuntimeError(f"{path}: {answer.status}")
        return answer.location


class Load(NamedTuple):
    rate: float
    """A second."""
    p50: float
    p95: float
    """Seconds."""


def load(visitors: Sequence[Visitor], visit: Callable[[Visitor, int], None], each: int) -> Load:
    """All of them at once; the rate is of `visit`, the times are of single requests."""
    line = threading.Barrier(len(visitors) + 1)
    troubles: list[BaseException] = []

    def come(visitor: Visitor) -> None:
        line.wait()
        try:
            for n in range(each):
                visit(visitor, n)
        except BaseException as trouble:
            troubles.append(trouble)

    for visitor in visitors:
        visitor.begin_anew()
    threads = [threading.Thread(target=come, args=(visitor,)) for visitor in visitors]
    for thread in threads:
        thread.start()
    line.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    if troubles:
        raise troubles[0]
    seconds = [one for visitor in visitors for one in visitor.seconds]
    return Load(len(visitors) * each / took, median(seconds), quantiles(seconds, n=20)[-1])


@contextmanager
def constant(size: int) -> Iterator[str]:
    """The constant page, so many bytes large, by as many workers and threads."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-k", "gthread", "-w", "2", "--threads", "4", "--keep-alive", "5"]
    command += ["-b", f"127.0.0.1:{port}", "--no-control-socket", "tests.bench.constant:app"]
    with running(command, f"http://127.0.0.1:{port}/", {"CONSTANT_BYTES": str(size)}):
        yield f"http://127.0.0.1:{port}"


def compared(
    name: str, unit: str, size: int, ours: Callable[[], Load], *, requests: int = 1, gzip: bool = False
) -> Iterator[Measured]:
    """Our rate against the constant page's, and our slow answers against our usual ones. The first round only warms up."""
    with constant(size) as address:
        visitors = [Visitor(address, n, gzip) for n in range(VISITORS)]

        def theirs() -> Load:
            return load(visitors, lambda visitor, _n: _fine(visitor.ask("/")), EACH)

        rounds = [(ours(), theirs()) for _round in range(ROUNDS + 1)][1:]
    mine = [one for one, _other in rounds]
    against = median(other.rate for _one, other in rounds) / requests
    yield Measured(name, ENGINE, median(one.rate for one in mine), unit, against)
    yield Measured(f"{name}-p95", ENGINE, 1000 * median(one.p95 for one in mine), "ms", 1000 * median(one.p50 for one in mine))


def _fine(answer: Answer) -> None:
    if answer.status != 200:
        raise RuntimeError(f"{answer.status}")


@contextmanager
def portal(database: Database) -> Iterator[str]:
    url = database.engine.url.render_as_string(hide_password=False)
    with served(url, VACCINPORTEN_TRUSTED_PROXIES="1") as address:
        yield address


def page_find(database: Database, _engine: str) -> Iterator[Measured]:
    with portal(database) as address:
        plain = Visitor(address, 0)
        size = sum(plain.ask(search).size for search in SEARCHES) // len(SEARCHES)
        visitors = [Visitor(address, n, gzip=True) for n in range(VISITORS)]

        def visit(visitor: Visitor, n: int) -> None:
            _fine(visitor.ask(SEARCHES[(visitor.number + n) % len(SEARCHES)]))

        yield from compared("page-find", "pages/s", size, lambda: load(visitors, visit, EACH), gzip=True)


def page_times(database: Database, _engine: str) -> Iterator[Measured]:
    """Each visitor at a clinic of their own; every other page is another day's."""
    places = _places(database)
    with portal(database) as address:
        visitors = [Visitor(address, n) for n in range(VISITORS)]
        pages = {visitor.number: _begun(visitor, places[visitor.number]) for visitor in visitors}
        shown = [visitor.ask(pages[visitor.number]) for visitor in visitors]
        days = {
            visitor.number: re.findall(r'href="([^"]*\?day=[^"#]*)', page.html)
            for visitor, page in zip(visitors, shown, strict=True)
        }

        def visit(visitor: Visitor, n: int) -> None:
            own = days[visitor.number]
            _fine(visitor.ask(unescape(own[n // 2 % len(own)]) if n % 2 and own else pages[visitor.number]))

        size = sum(page.size for page in shown) // len(shown)
        yield from compared("page-times", "pages/s", size, lambda: load(visitors, visit, EACH))


def journey_book(database: Database, _engine: str) -> Iterator[Measured]:
    """From the search to done, each with a time of its own."""
    places = _places(database)
    with portal(database) as address:
        turns = count()
        asked: list[int] = []

        def visit(visitor: Visitor, _n: int) -> None:
            turn = next(turns)
            fresh = Visitor(address, VISITORS + turn)
            fresh.seconds = visitor.seconds
            before = len(fresh.seconds)
            _booked(fresh, places[turn % len(places)])
            asked.append(len(fresh.seconds) - before)

        visitors = [Visitor(address, n) for n in range(VISITORS)]
        load(visitors[:1], visit, 1)
        requests, size = asked[0], Visitor(address, 0).ask(f"/klinik/{places[0][0]}/bokning").size
        yield from compared("journey-book", "bookings/s", size, lambda: load(visitors, visit, JOURNEYS), requests=requests)


def _places(database: Database) -> list[tuple[int, int]]:
    """Clinics with a type that anybody can book there."""
    with database.reading() as session:
        types = catalogue.types_booked_online(session)
    return [(clinic_id, min(types[clinic_id])) for clinic_id in sorted(types)]


def _begun(visitor: Visitor, place: tuple[int, int]) -> str:
    """The address of the page with the times."""
    clinic, kind = place
    path = f"/klinik/{clinic}/bokning"
    return visitor.send(visitor.ask(path), path, type=str(kind))


def _booked(visitor: Visitor, place: tuple[int, int]) -> None:
    _fine(visitor.ask("/?q=Uppsala"))
    at_time = _begun(visitor, place)
    page = visitor.ask(at_time)
    at_who = visitor.send(page, at_time, start=re.findall(r'name="start"[^>]* value="([^"]*)"', page.html)[-1])
    who = {"given_name": "Gunborg", "family_name": "Sand", "birth_date": cast.EIGHTY.born.isoformat(), "sex": "female"}
    at_check = visitor.send(
        visitor.ask(f"{at_who}?utan=1"), at_who, channel="none", **{f"person-1-{name}": value for name, value in who.items()}
    )
    at_done = visitor.send(visitor.ask(at_check), at_check, policy="1")
    _fine(visitor.ask(at_done))


MEASURES: Measures = {"page-find": page_find, "page-times": page_times, "journey-book": journey_book}
