"""What the tests of the schedule begin with."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from journal_core.booking import verification
from journal_core.transaction import Database
from tests.build.clocks import START
from tests.build.desk import Desk, a_desk


@pytest.fixture
def desk(database: Database) -> Iterable[Desk]:
    made = a_desk(database)
    yield made
    with database.reading() as session:
        for clinic in verification.clinics(session):
            assert list(verification.differences(session, clinic, START)) == []
