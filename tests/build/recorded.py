"""Every request of a browser as it was sent, with the database as it was that very moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from flask import Flask, Response, request
from werkzeug.wrappers import Response as BaseResponse

from tests.build.kept import Copy, Kept
from tests.build.seats import Doors, services_of


@dataclass(frozen=True)
class Recorded:
    by: str
    """Whose walk it belongs to."""
    door: str
    method: str
    endpoint: str
    address: str
    """With its query."""
    fields: Mapping[str, str]
    copy: Copy
    """The database before."""

    @property
    def route(self) -> str:
        return f"{self.door}: {self.method} {self.endpoint}"

    @property
    def said(self) -> str:
        """All that whoever sends it tells."""
        return "\n".join([self.address, *self.fields.values()])


def told(answer: BaseResponse) -> str:
    """All that an answer tells: what keeps words together on a line is a blank or a hyphen like others."""
    answer.direct_passthrough = False
    text = "\n".join([*(f"{name}: {value}" for name, value in answer.headers), answer.get_data(as_text=True)])
    return text.replace("\u00a0", " ").replace("\u2011", "-").replace("<wbr>", "")


@dataclass
class Recorder:
    """Listens at both doors before anything else does. Begin before the first request."""

    doors: Doors
    kept: Kept
    by: str = ""
    """Nobody's requests are recorded while it is empty."""
    requests: list[Recorded] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    """What they were answered: pages and headers."""
    owners: set[str] = field(default_factory=set)
    """What the server keeps the recorded browsers' rows under."""
    _copy: Copy | None = None

    def __post_init__(self) -> None:
        for name, app in self.doors.items():
            app.before_request_funcs.setdefault(None, []).insert(0, partial(self._note, name, app))
            app.after_request_funcs.setdefault(None, []).insert(0, self._keep)

    @contextmanager
    def walked_by(self, who: str) -> Iterator[None]:
        self.by = who
        yield
        self.by = ""

    def _keep(self, answer: Response) -> Response:
        if self.by and request.blueprint not in (None, "development"):
            self.answers.append(told(answer))
        return answer

    def _note(self, door: str, app: Flask) -> None:
        if not self.by or request.blueprint in (None, "development"):
            return
        reference = request.cookies.get(app.config["SESSION_COOKIE_NAME"])
        if reference:
            self.owners.add(services_of(self.doors).vault.hash("session", reference))
        address, fields = request.full_path.rstrip("?"), request.form.to_dict()
        self.requests.append(Recorded(self.by, door, request.method, request.endpoint or "", address, fields, self._as_it_is()))

    def _as_it_is(self) -> Copy:
        """One copy for all requests between which nothing was written."""
        if self.kept.was_written() or self._copy is None:
            self._copy = self.kept.copy()
        return self._copy
