"""Counts the requests that a server is busy with, so that its database is never exchanged under one of them.

A browser that leaves does not end what it asked for. A request that still had the old file open while tests put another in
its place gave "disk I/O error", in that test and in the next.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SECONDS = 30.0
"""Until a request that never ends is called a fault."""


class Turnstile:
    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self.closed = threading.Event()

    def around(self, app: WSGIApplication) -> WSGIApplication:
        """The same, counted. Closes what an answer is read from even where the browser left: the test server forgets to."""

        def call(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
            with self._one_inside():
                parts = app(environ, start_response)
                try:
                    yield from parts
                finally:
                    close = getattr(parts, "close", None)
                    if close is not None:
                        close()

        return call

    @contextmanager
    def empty(self) -> Iterator[None]:
        """Whoever is inside has left first, and whoever comes waits outside."""
        with self._changed:
            self.closed.set()
            left = self._changed.wait_for(lambda: self._inside == 0, SECONDS)
        try:
            assert left, f"{self._inside} requests did not end within {SECONDS} s"
            yield
        finally:
            with self._changed:
                self.closed.clear()
                self._changed.notify_all()

    @contextmanager
    def _one_inside(self) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not self.closed.is_set())
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()
