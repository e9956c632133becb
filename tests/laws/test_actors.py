"""Every route of both doors, tried by everybody: on what is theirs, on what is another's, and on what does not exist.

What each should get stands in build/answers.py. A new route fails here until it has its row there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlencode, urlsplit

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.build.actors import Place, a_place
from tests.build.answers import ALLOWED, BARE, DONE, FIXED, MADE, OK, ONE_OF_EACH, PARAMETERS, TABLE, TURNED_AWAY, Row

EACH_ITS_OWN = (r'nonce="[^"]*"', r"'nonce-[^']*'", r'name="csrf_token" value="[^"]*"', r"vp(-screen)?=[\w-]+")
"""In every answer."""
SHORT = 2
"""A name with no more letters stands in pages for other things too."""


@pytest.fixture(scope="module")
def place(sqlite_template, tmp_path_factory) -> Iterator[Place]:
    with a_place(sqlite_template, tmp_path_factory.mktemp("place")) as made:
        yield made


def routes(place: Place, door: str) -> dict[str, Rule]:
    """By method and endpoint."""
    found = place.doors[door].url_map.iter_rules()
    return {f"{method} {rule.endpoint}": rule for rule in found for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}


@pytest.mark.parametrize("door", TABLE)
def test_every_route_has_its_row(place: Place, door: str) -> None:
    assert set(routes(place, door)) == set(TABLE[door])


@pytest.mark.parametrize(("door", "route"), [(door, route) for door, rows in TABLE.items() for route in rows])
def test_everybody_gets_what_is_theirs(place: Place, door: str, route: str) -> None:
    trial = Trial(place, door, route.split()[0], routes(place, door)[route])
    found = [fault for row in TABLE[door][route] for fault in trial.faults(row)]
    assert not found, "\n".join(found)


@dataclass
class Trial:
    """One route, tried by everybody."""

    place: Place
    door: str
    method: str
    rule: Rule
    pages: dict[tuple[str, str], Got] = field(default_factory=dict)
    """What was only looked at, by who looked and the address."""

    def faults(self, row: Row) -> Iterator[str]:
        for who, wanted in row.answers.items():
            there = self.got(who, row, self.place.things(who))
            if there.word != wanted:
                yield f"{who} gets {there.word} and not {wanted}"
            if row.subject and (who in ONE_OF_EACH or (wanted not in TURNED_AWAY and row.tells_apart)):
                yield from self.absent_faults(who, row, there)

    def absent_faults(self, who: str, row: Row, there: Got) -> Iterator[str]:
        gone = self.got(who, row, {**self.place.things(who), row.subject: self.place.absent(row.subject)})
        if gone.word != row.word_for_absent(who):
            yield f"{who} gets {gone.word} and not {row.word_for_absent(who)} for what does not exist"
        if row.answers[who] not in ALLOWED and not row.secret and gone.page != there.page:
            yield f"{who} sees that it exists: {difference(there.page, gone.page)}"

    def got(self, who: str, row: Row, things: Mapping[str, str]) -> Got:
        fields = {name.format(**things): value.format(**things) for name, value in row.fields.items()}
        path = self.path(row, things)
        address = f"{path}?{urlencode(fields)}" if self.method == "GET" and fields else path
        if (who, address) not in self.pages or self.method == "POST":
            answer = self.place.ask(who, self.door, self.method, address, fields)
            self.pages[who, address] = Got(answer, path, changes(self.place), self.place.doors[self.door])
        return replace(self.pages[who, address], shows=row.shows.format(**things), name=things.get(row.subject, ""))

    def path(self, row: Row, things: Mapping[str, str]) -> str:
        values = {
            name: things[row.path[name]] if name in row.path else FIXED.get(name) or things[PARAMETERS.get(name, name)]
            for name in self.rule.arguments
        }
        return re.sub(r"<(?:[^:>]*:)?([^>]*)>", lambda match: values[match.group(1)], self.rule.rule)


def changes(place: Place) -> Set[str]:
    """Tables with new rows (+), and with rows that were changed or removed (-); all of it is put back."""
    if not place.kept.was_written():
        return frozenset()
    before, after = place.rows, place.kept.rows()
    place.begin_anew()
    return {f"+{table}" for table, _row in after - before} | {f"-{table}" for table, _row in before - after}


@dataclass(frozen=True)
class Got:
    answer: TestResponse
    path: str
    written: Set[str]
    app: Flask
    shows: str = ""
    name: str = ""
    """Of what the row is about."""

    @property
    def word(self) -> str:
        """What came of it. Whoever was refused has left nothing behind, but that a try was counted."""
        looked = self.said in (OK, BARE)
        if self.written <= ({"+tries", "+access_log"} if looked else {"+tries"}):
            return self.said
        if self.said.isdecimal():
            return f"{self.said}, yet writes {sorted(self.written)}"
        return DONE if any(one.startswith("-") for one in self.written) else MADE

    @property
    def said(self) -> str:
        if self.answer.status_code == 303:
            return f"to {self.endpoint}"
        if self.answer.status_code != 200:
            return str(self.answer.status_code)
        return OK if self.shows in self.answer.get_data(as_text=True) else BARE

    @property
    def endpoint(self) -> str:
        """Where it leads."""
        endpoint, _values = self.app.url_map.bind("127.0.0.1").match(urlsplit(self.answer.location).path)
        return str(endpoint)

    @property
    def page(self) -> str:
        """Status, headers and body, but for what is another in every answer."""
        headers = [f"{name}: {value}" for name, value in self.answer.headers if name != "Content-Length"]
        page = "\n".join([str(self.answer.status_code), *headers, self.answer.get_data(as_text=True)])
        for one in (*EACH_ITS_OWN, re.escape(self.path), re.escape(quote(self.path, safe=""))):
            page = re.sub(one, "", page)
        return re.sub(rf"\b{re.escape(self.name)}\b", "", page) if len(self.name) > SHORT else page


def difference(one: str, other: str) -> str:
    pairs = zip(one.splitlines(), other.splitlines(), strict=False)
    return next((f"{a!r} / {b!r}" for a, b in pairs if a != b), "one goes on")
