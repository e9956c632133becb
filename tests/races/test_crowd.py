"""Sixteen processes at once: no place twice, nobody who was told "you are booked" forgotten, no error that reaches a user."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from journal_core.booking import verification
from journal_core.booking.model import Booking
from journal_core.organisation.model import Clinic
from journal_core.transaction import Database
from tests.build.builders import MONDAY, a_category, a_clinic, a_provider, a_type, open_time_for
from tests.build.clocks import START
from tests.build.engines import url_of
from tests.races.crowd import Log, Place, crowd

SECONDS = float(os.environ.get("CROWD_SECONDS", "7"))
CLINICS = int(os.environ.get("CROWD_CLINICS", "250"))
SPAN = 9 * 60, 12 * 60


def places(database: Database, clinics: int, days: int, resources: int) -> list[Place]:
    found = []
    with database.writing() as session:
        provider = a_provider(session)
        open_days = tuple(MONDAY + timedelta(days=n) for n in range(days))
        for _ in range(clinics):
            clinic = a_clinic(session, provider=provider)
            category = a_category(session, clinic)
            kinds = [a_type(session, category, minutes=minutes) for minutes in (10, 15, 20)]
            open_time_for(session, clinic, kinds, open_days, SPAN, range(1, resources + 1))
            found.append(Place(clinic.id, tuple(kind.id for kind in kinds), open_days, SPAN, resources))
    return found


def all_is_well(database: Database, log: Log, seen: Iterable[Place]) -> None:
    assert log.lines("error") == []
    with database.reading() as session:
        made = {one.id: one for one in session.scalars(select(Booking))}
        booked = [int(number) for number, *_ in log.lines("booked")]
        assert len(booked) == len(set(booked)), "one booking was told to two"
        assert set(booked) <= made.keys(), "somebody who was told so is not booked"
        cancelled = {int(number) for number, *_ in log.lines("cancelling")}
        assert [number for number in booked if made[number].cancelled_at and number not in cancelled] == []
        spans = sorted((one.lane_start or 0, one.lane_end or 0) for one in made.values() if one.lane_start)
        assert all(end <= start for (_, end), (start, _) in pairwise(spans)), "a place was given twice"
        far = START + timedelta(days=2)
        touched = {one.clinic_id for one in made.values()}
        for place in (place for place in seen if place.clinic_id in touched):
            assert list(verification.differences(session, session.get_one(Clinic, place.clinic_id), far)) == []


@pytest.mark.parametrize(("clinics", "days", "resources"), [(1, 2, 3), (CLINICS, 1, 1)], ids=["one clinic", "many clinics"])
def test_a_crowd_of_sixteen_some_of_them_killed(
    database: Database, tmp_path: Path, clinics: int, days: int, resources: int
) -> None:
    everywhere, log = places(database, clinics, days, resources), Log(tmp_path / "log")
    crowd(url_of(database), everywhere, log, SECONDS, kills=True)
    assert log.enough, "too little happened"
    all_is_well(database, log, everywhere)
