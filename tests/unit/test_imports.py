"""Reading lists from elsewhere: strict about files, patient with rows."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.commands.failure import CommandFailed
from config.imports import clinics, postcodes
from config.imports.files import LARGEST, Row, read_rows
from journal_core.organisation.rules import ClinicFacts
from tests.build.untidy import SHARED, UNTIDY, a_row, written

ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["city", "cp", "latitude"]), inner, max_size=2),
    max_leaves=4,
)


def read(row: dict[str, Any]) -> ClinicFacts:
    remarks: list[str] = []
    return clinics.read(row, remarks.append)


def tidied(rows: list[dict[str, Any]]) -> clinics.Tidied:
    return clinics.tidy(Row(number, row) for number, row in enumerate(rows, 1))


def test_each_untidy_row_is_a_clinic_or_skipped_for_its_reason(tmp_path: Path) -> None:
    found = clinics.tidy(read_rows(written(tmp_path), clinics.COLUMNS))
    skipped = {left.row: left.why for left in found.skipped}
    for number, (_row, why) in enumerate(UNTIDY, 1):
        assert (number in skipped) == (why is not None), number
        assert why is None or why in skipped[number], number
    assert len(found.facts) + len(found.skipped) == len(UNTIDY)
    assert [(left.row, left.why) for left in found.remarks] == [
        (15, "half a position; taken as none"),
        (15, "phone number ring oss can't be read; left out"),
    ]


def test_a_row_becomes_facts() -> None:
    assert read(a_row()) == ClinicFacts(
        key="SE4599001049-E001",
        name="Vårdcentralen Eken, Björkby",
        hsa_id="SE4599001049-E001",
        street="Storgatan 3",
        postcode="412 34",
        city="Ekås",
        phone="031-390 06 20",
        web_page="https://www.example.org/eken/",
        latitude=57.5,
        longitude=12.5,
    )


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("Storgatan 3, 412 34, Ekås", ("Storgatan 3", "412 34", "Ekås")),
        ("Storgatan 3, 412 34 Ekås", ("Storgatan 3", "412 34", "Ekås")),
        ("Storgatan 3, 41234  Ekås", ("Storgatan 3", "412 34", "Ekås")),
        ("Hallen, Storgatan 3 A, 412 34 Ekås", ("Hallen, Storgatan 3 A", "412 34", "Ekås")),
        ("Storgatan 3, 412 34", ("Storgatan 3", "412 34", "Björkby")),
        ("Storgatan 3, Björkby", ("Storgatan 3", None, "Björkby")),
        ("Storgatan 3, Hallen, EKÅS", ("Storgatan 3, Hallen", None, "Ekås")),
        ("Storgatan 3, 2 tr", ("Storgatan 3, 2 tr", None, "Björkby")),
        ("Hallen, Storgatan 3", ("Hallen, Storgatan 3", None, "Björkby")),
        ("", (None, None, "Björkby")),
    ],
)
def test_an_address_is_taken_apart(address: str, place: tuple[str | None, ...]) -> None:
    facts = read(a_row(address=address))
    assert (facts.street, facts.postcode, facts.city) == place


@pytest.mark.parametrize(
    "phone", ["0313900620", "031-390 06 20", "031/3900620", "+46313900620", "313900620", "0046 31 390 06 20"]
)
def test_a_phone_number_is_written_one_way(phone: str) -> None:
    assert read(a_row(phone_number=phone)).phone == "031-390 06 20"


@given(st.lists(st.builds(dict, name=ODD, location=ODD, metadata=ODD, **{"1177_id": ODD, "1177_url": ODD}), max_size=6))
def test_whatever_stands_in_the_rows_each_is_accounted_for(rows: list[dict[str, Any]]) -> None:
    found = tidied(rows)
    assert len(found.facts) + len(found.skipped) == len(rows)
    assert len({facts.key for facts in found.facts}) == len(found.facts)


CSV = "Name;address;postcode;city;phone;latitude;longitude\nHallen;Storgatan 3;41234;Ekås;031-390 06 20;57,5;12.5\n"


@pytest.mark.parametrize("text", [CSV, "\ufeff" + CSV, CSV.replace(",", ".").replace(";", ","), CSV.replace("\n", "\r\n")])
def test_a_file_with_named_columns_serves_too(tmp_path: Path, text: str) -> None:
    file = tmp_path / "clinics.csv"
    file.write_text(text, encoding="utf-8", newline="")
    facts = clinics.tidy(read_rows(file, clinics.COLUMNS)).facts[0]
    assert (facts.name, facts.postcode, facts.latitude, facts.longitude) == ("Hallen", "412 34", 57.5, 12.5)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'[{"name": "Eken"}, {"name"', "line 1, column 27"),
        (b'[\n{"name": "Eken"}\n', "line 3"),
        ('[\n{"name": "Björk"}]'.encode("latin-1"), "is not UTF-8: line 2"),
        (b'[["Eken"], ["Linden"]]', "row 1 is a list"),
        (b'{"clinics": []}', "an object where a list"),
        (b"[]", "no rows"),
        (b"", "line 1 names no column name"),
        (b"id;street\n1;Storgatan", "line 1 names no column name"),
        (b'name;city\n"Eken;Ekby\n', "is no CSV"),
        (b"\0" * 1000, "line 1 holds a zero byte"),
        (b"[" * 100_000, "no such list has"),
        (b'[{"name": ' + b"9" * 5000 + b"}]", "no such list has"),
    ],
)
def test_a_broken_file_is_refused_in_one_line_that_says_where(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "clinics"
    file.write_bytes(content)
    with pytest.raises(CommandFailed) as refused:
        read_rows(file, clinics.COLUMNS)
    assert says in str(refused.value) and "\n" not in str(refused.value)


def test_a_file_of_zeros_is_refused_by_its_size(tmp_path: Path) -> None:
    file = tmp_path / "zeros"
    with file.open("wb") as sparse:
        sparse.truncate(100 * 1024 * 1024)
    assert file.stat().st_size > LARGEST
    with pytest.raises(CommandFailed, match="is 100 MB large"):
        read_rows(file, clinics.COLUMNS)
    with pytest.raises(CommandFailed, match="can't be read: No such file"):
        read_rows(tmp_path / "nothing", clinics.COLUMNS)


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("Göteborgs kommun", "Göteborg"),
        ("Ale kommun", "Ale"),
        ("Alingsås kommun", "Alingsås"),
        ("Strängnäs kommun", "Strängnäs"),
    ],
)
def test_municipalities_are_called_as_people_call_them(long: str, short: str) -> None:
    assert postcodes.short_name(long) == short


def real_names() -> list[Path]:
    file = SHARED / "municipality-county.csv"
    return [file] if file.exists() else []


def test_every_real_municipality_is_called_right() -> None:
    for file in real_names():
        with file.open(encoding="utf-8") as opened:
            rows = list(csv.DictReader(opened))
        assert [row for row in rows if postcodes.short_name(row["municipality_name"]) != row["municipality_name_short"]] == []
