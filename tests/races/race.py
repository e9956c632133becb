"""Runs the same act in many processes that start at the same instant, and collects what came of each."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Barrier
from typing import Any

from journal_core.refusal import Refusal
from journal_core.transaction import Database

SECONDS = 60.0
"""A race that takes longer has hung."""

_context = multiprocessing.get_context("forkserver")
# Imported once by the server that forks the racers, so that twenty of them start in a moment.
_context.set_forkserver_preload(["tests.races.racers"])


@dataclass(frozen=True)
class Outcome:
    """What came of one racer: a booking's id, a refusal's code, or the name of any other exception."""

    booking_id: int | None = None
    refusal: str | None = None
    error: str | None = None


@dataclass
class Start:
    """What a racer gets: its own opened database, and the line to wait at."""

    database: Database
    line: Barrier
    off: bool = False

    def wait(self) -> None:
        """Until everybody is here."""
        self.line.wait(SECONDS)
        self.off = True

    def fell(self) -> None:
        """Whoever falls before the line keeps nobody waiting there."""
        if not self.off:
            self.line.abort()


Racer = Callable[..., int]
"""Opens nothing itself; waits at the line; returns the id of the booking it got."""


def race(url: str, racer: Racer, runs: Sequence[Mapping[str, Any]]) -> list[Outcome]:
    """One process a run, each with its own connection. Whoever hangs is killed, and the race fails."""
    line = _context.Barrier(len(runs))
    started = [_start(url, racer, run, line) for run in runs]
    deadline = time.monotonic() + SECONDS
    try:
        return [_outcome(answer, deadline) for _, answer in started]
    finally:
        for process, answer in started:
            _end(process, deadline)
            answer.close()


def _start(url: str, racer: Racer, run: Mapping[str, Any], line: Barrier) -> tuple[BaseProcess, Connection]:
    here, there = _context.Pipe(duplex=False)
    process = _context.Process(target=_run, args=(url, racer, run, line, there), daemon=True)
    process.start()
    there.close()
    return process, here


def _run(url: str, racer: Racer, run: Mapping[str, Any], line: Barrier, answer: Connection) -> None:
    database = Database(url, pool_size=1)
    start = Start(database, line)
    try:
        outcome = Outcome(booking_id=racer(start, **run))
    except Refusal as refusal:
        outcome = Outcome(refusal=refusal.code)
    except Exception as error:
        start.fell()
        outcome = Outcome(error=f"{type(error).__name__}: {error}")
    finally:
        database.dispose()
    answer.send(outcome)
    answer.close()


def _outcome(answer: Connection, deadline: float) -> Outcome:
    if not answer.poll(max(0.0, deadline - time.monotonic())):
        return Outcome(error="hung")
    try:
        outcome: Outcome = answer.recv()
    except EOFError:
        return Outcome(error="died")
    return outcome


def _end(process: BaseProcess, deadline: float) -> None:
    process.join(max(1.0, deadline - time.monotonic()))
    if process.is_alive():
        process.kill()
        process.join()
    process.close()
