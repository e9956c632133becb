"""A country of generated clinics to measure on, on both engines: what `vaccinporten demo` makes, kept for the whole run."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from config.demo.generate import generate
from journal_core.crypto import Vault
from journal_core.transaction import Database
from tests.bench.measured import Measured
from tests.build import engines
from tests.build.builders import SECRET
from tests.build.clocks import START
from tests.build.postgres import throwaway_cluster

CLINICS = int(os.environ.get("BENCH_CLINICS", "1000"))
DAYS, RESOURCES, FILLED, SEED = 60, 4, 0.5, 42
NOW = START + timedelta(minutes=1)


ENGINES = ("sqlite", "postgresql")


Measures = Mapping[str, Callable[[Database, str], Iterator[Measured]]]


def measure(measures: Measures, on_postgresql: Measures, names: Collection[str]) -> Iterator[Measured]:
    """Those that are named: on each engine, or on PostgreSQL alone."""
    for engine in ENGINES:
        these = measures if engine == "sqlite" else {**measures, **on_postgresql}
        wanted = [one for name, one in these.items() if name in names]
        if wanted:
            with country(engine) as database:
                for one in wanted:
                    yield from one(database, engine)


@contextmanager
def country(engine: str) -> Iterator[Database]:
    """The generated clinics, migrated and filled."""
    with empty(engine) as database:
        with database.writing() as session:
            generate(
                session,
                Vault(SECRET),
                clinics=CLINICS,
                days=DAYS,
                resources=RESOURCES,
                filled=FILLED,
                seed=SEED,
                now=START,
            )
        yield database


@contextmanager
def empty(engine: str) -> Iterator[Database]:
    """Migrated, with nothing in it."""
    if engine == "sqlite":
        with TemporaryDirectory() as folder:
            template = engines.sqlite_template(Path(folder))
            with engines.opened(engines.sqlite_url(template)) as database:
                yield database
        return
    with throwaway_cluster() as cluster, engines.postgres_copy(cluster, engines.postgres_template(cluster)) as database:
        yield database
