"""What every test may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, expect, sync_playwright

from journal_core.booking.use_cases import Tools
from journal_core.crypto import Vault
from journal_core.transaction import Database
from tests.build import engines
from tests.build.bankid import Bank, a_bank
from tests.build.browser import launch
from tests.build.builders import SECRET, the_tools
from tests.build.clocks import FixedClock
from tests.build.crooked import CrookedProvider
from tests.build.htmlvalidate import complaints
from tests.build.network import no_world
from tests.build.postgres import throwaway_cluster
from tests.build.world import PATIENCE, DemoWorld, World, live

# The same examples every time, however slow the machine: a red test is a red test.
settings.register_profile(
    "same_every_time",
    derandomize=True,
    deadline=None,
    database=None,
    print_blob=False,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("same_every_time")
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session", autouse=True)
def _no_world() -> Iterator[None]:
    with no_world():
        yield


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def crooked(clock: FixedClock) -> Iterator[CrookedProvider]:
    """An OpenID provider on the test's clock: honest until it is told to lie."""
    with CrookedProvider(clock) as provider:
        yield provider


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file; copy it."""
    return engines.sqlite_template(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """A PostgreSQL server for this worker's tests; the address of its maintenance database."""
    with throwaway_cluster() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(cluster: str) -> str:
    """The name of a migrated PostgreSQL database; copy it."""
    return engines.postgres_template(cluster)


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A migrated, empty SQLite database."""
    with engines.sqlite_copy(sqlite_template, tmp_path) as database:
        yield database


@pytest.fixture
def postgres_database(cluster: str, postgres_template: str) -> Iterator[Database]:
    """A migrated, empty PostgreSQL database."""
    with engines.postgres_copy(cluster, postgres_template) as database:
        yield database


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """A migrated, empty database: the test runs once on each engine."""
    name = "sqlite_database" if request.param == "sqlite" else "postgres_database"
    made: Database = request.getfixturevalue(name)
    return made


@pytest.fixture
def vault() -> Vault:
    return Vault(SECRET)


@pytest.fixture
def tools() -> Tools:
    """The vault and a post whose texts are the facts themselves."""
    return the_tools()


@pytest.fixture(scope="session")
def bank_of_worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    """The stand-in of BankID, live; tests take `bank`."""
    with a_bank(tmp_path_factory.mktemp("bankid")) as made:
        yield made


@pytest.fixture
def bank(bank_of_worker: Bank, clock: FixedClock) -> Bank:
    """BankID on the test's clock, as if nobody had ever asked it."""
    bank_of_worker.begins_anew(clock)
    return bank_of_worker


@pytest.fixture(scope="session", autouse=True)
def _valid_pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keeps every page that any test of this worker meets; html-validate reads them all at the end."""
    folder = tmp_path_factory.mktemp("pages")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_PAGES_KEPT_IN", str(folder))
        yield
    wrong = complaints(folder)
    assert not wrong, "\n".join(["html-validate says:", *wrong])


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of this worker; each page comes in a context of its own."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demo_world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoWorld]:
    """The demo region, live; tests take `world`."""
    with (
        engines.sqlite_copy(sqlite_template, tmp_path_factory.mktemp("world")) as database,
        live(database, FixedClock()) as made,
    ):
        yield DemoWorld(made)


@pytest.fixture
def world(demo_world: DemoWorld) -> World:
    """The demo region on the tests' Friday morning, live on loopback, as if nobody had touched it."""
    return demo_world.begin_anew()
