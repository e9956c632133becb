"""Files from outside: a broken one stops with a line that says where, an odd row is skipped with its reason."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.commands.failure import CommandFailed
from config.imports.addresses import Address, read_postcode, split_address
from config.imports.clinics import read_clinic, read_clinics
from config.imports.columns import CLINIC, POSTCODE, needed
from config.imports.files import MOST_BYTES, Row, read_rows
from config.imports.postcodes import read_postcodes
from config.imports.texts import Odd
from config.imports.texts import read_number as number_of
from config.imports.texts import read_text as text_of
from journal_core.organisation.model import Module
from journal_core.organisation.rules import (
    TOLD,
    Outcome,
    StandingClinic,
    ToldClinic,
    check_digit_fits,
    judge_import,
    read_org_number,
    short_municipality,
    which_count,
)

ROOT = Path(__file__).parents[2]
UNTIDY = ROOT / "tests" / "files" / "clinics-untidy.json"
SHARED = ROOT.parent / "shared" / "data"


def shared(name: str) -> list[Path]:
    """The file of real data with this name, where it is there."""
    return [path for path in (SHARED / name,) if path.exists()]


def written(folder: Path, content: str | bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rows_of(folder: Path, content: str | bytes, name: str = "file.csv") -> list[Row]:
    return read_rows(written(folder, content, name), needed(CLINIC))


# --- broken files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('[{"name": "A"},\n {"name": "B"', "line 2, column 14: not JSON"),
        ('[{"name": "A"}] och mer', "line 1, column 17: not JSON"),
        ('{"name": "A"}', "is an object"),
        ('[["A", "B"], ["C"]]', "first item is a list"),
        ("[]", "has no rows"),
        ("[" * 200_000, "nested too deeply"),
        ('[{"name": ' + "9" * 5000 + "}]", "a number that is too long"),
        ("", "is empty"),
        (" \n\n", "is empty"),
        ("\ufeff", "is empty"),
        ("name;address\n", "has no rows"),
        ("name;phone\nA;B\n", "no column for address (address or street)"),
        ("a,b\n1,2\n", "no column for name (name)"),
        ("name,address,Name\nA,B,C\n", "two columns have one name (name)"),
        ('name,address\nA,B\nC,"D\nE,F\n', "line 3: not CSV"),
        ('name,address\nA,"B"C\n', "line 2: not CSV"),
        ("name,address\nA,B\nÅkern,C\n".encode("latin-1"), "line 3 is not UTF-8"),
        ("name,address\nA,B\n".encode("utf-16"), "UTF-16"),
        (b"name,address\nA,B\0\n", "line 2 has a zero byte"),
        (bytes(1000), "line 1 has a zero byte"),
    ],
)
def test_a_broken_file_is_refused_where_it_breaks(tmp_path: Path, content: str | bytes, says: str) -> None:
    with pytest.raises(CommandFailed) as failed:
        rows_of(tmp_path, content)
    line = str(failed.value)
    assert says in line
    assert line.startswith("file.csv: ")
    assert line.endswith("nothing was imported")
    assert len(line) < 200


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "zeros.json"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("it was opened"))
    with pytest.raises(CommandFailed, match=f"100000000 bytes; at most {MOST_BYTES}"):
        read_rows(path, {})


@pytest.mark.parametrize("name", ["missing.json", ".", "nul\0name"])
def test_what_is_no_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CommandFailed, match="nothing was imported"):
        read_rows(tmp_path / name, {})


# --- CSV --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "with BOM"])
def test_csv_with_commas_or_semicolons_with_or_without_a_mark(tmp_path: Path, delimiter: str, mark: str) -> None:
    lines = [["Name", " address ", "latitude"], ["Åsa, vård; mera", "Åvägen 1", "57.1"]]
    path = tmp_path / "clinics.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(mark)
        csv.writer(file, delimiter=delimiter).writerows(lines)
    rows = read_rows(path, needed(CLINIC))
    assert [dict(row.values) for row in rows] == [{"name": "Åsa, vård; mera", "address": "Åvägen 1", "latitude": "57.1"}]


def test_a_row_with_too_few_or_too_many_values_is_odd_and_an_empty_line_is_none(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, "name,address\n\nA\nB,C\n,\nD,E,F\n")
    assert [(row.number, row.odd) for row in rows] == [
        (1, "has 1 values for 2 columns"),
        (2, None),
        (3, "has 3 values for 2 columns"),
    ]


def test_one_endless_value_skips_its_row_only(tmp_path: Path) -> None:
    read, skipped = read_clinics(rows_of(tmp_path, f"name,address\n{'a' * 300_000},B\nC,D\n"))
    assert [clinic.told.name for clinic in read] == ["C"]
    assert [skip.reason for skip in skipped] == ["name is 300000 characters long; at most 200 are taken"]


def test_csv_and_json_tell_the_same(tmp_path: Path) -> None:
    columns = "name,address,cp,city,phone_number,1177_url,latitude,longitude,1177_id"
    line = 'A,"B 1, 302 43, Halmstad",00000,Halmstad,031-3906001,https://a.example,"56,67",12.86,SE4599001049-A1'
    item = {
        "name": "A",
        "1177_url": "https://a.example",
        "1177_id": "SE4599001049-A1",
        "location": {"latitude": 56.67, "longitude": 12.86, "cp": "00000", "city": "Halmstad"},
        "metadata": {"address": "B 1, 302 43, Halmstad", "phone_number": "031-3906001"},
    }
    (from_csv,), (from_json,) = rows_of(tmp_path, f"{columns}\n{line}\n"), rows_of(tmp_path, json.dumps([item]))
    assert read_clinic(from_csv) == read_clinic(from_json)
    assert read_clinic(from_csv).told.postcode == "302 43"


# --- single values ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["Familj & barn", "Ålder < 65", "5 > 3", "a;b &c", "<3"])
def test_plain_signs_are_no_html(text: str) -> None:
    assert text_of(text, "name", 100) == text


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("<script>alert(1)</script>", "HTML"),
        ("a</p>", "HTML"),
        ("<!-- -->", "HTML"),
        ("Familj &amp; barn", "HTML"),
        ("&#60;b", "HTML"),
        ("noll\0", "control characters"),
        ("rad\nrad", "control characters"),
        ("\x1b[31mröd", "control characters"),
        ("halv\ud800", "control characters"),
        ("\u202egnal", "control characters"),
        ("a" * 101, "101 characters long"),
        (7, "a number, not a text"),
        (True, "true or false, not a text"),
        ({"a": 1}, "an object, not a text"),
    ],
)
def test_odd_texts_are_named_by_what_is_odd(value: object, says: str) -> None:
    with pytest.raises(Odd, match=says):
        text_of(value, "name", 100)


def test_texts_come_on_one_line_with_letters_put_together() -> None:
    assert text_of("  A\u030asa\u00a0 vård ", "name", 100) == "Åsa vård"
    assert text_of(" ", "name", 100) is None


@pytest.mark.parametrize(
    ("value", "number"), [("57.1", 57.1), ("57,1", 57.1), (" -3 ", -3.0), (57, 57.0), ("", None), (" ", None), (None, None)]
)
def test_numbers_as_numbers_and_as_texts(value: object, number: float | None) -> None:
    assert number_of(value, "latitude") == number


@pytest.mark.parametrize("value", ["norr", "1e5", "٣", "1_0", True, [], float("nan"), float("inf"), 10**400, "9" * 7])
def test_what_is_no_number_is_odd(value: object) -> None:
    with pytest.raises(Odd):
        number_of(value, "latitude")


@pytest.mark.parametrize(
    ("typed", "read"),
    [("30243", "302 43"), ("302 43", "302 43"), ("SE-302 43", "302 43"), ("00000", None), ("3024", None), ("302  43", None)],
)
def test_postcodes(typed: str, read: str | None) -> None:
    assert read_postcode(typed) == read


@pytest.mark.parametrize(
    ("line", "city", "address"),
    [
        ("Sippgatan 1B, 302 43, Västra Sippan", "Halmstad", ("Sippgatan 1B", "302 43", "Västra Sippan")),
        ("Sippgatan 1B, 302 43 Halmstad", "HALMSTAD", ("Sippgatan 1B", "302 43", "HALMSTAD")),
        ("Sippgatan 1B, 30243 Sippan", None, ("Sippgatan 1B", "302 43", "Sippan")),
        ("Sippgatan 5, 302 43  SIPPAN", "Halmstad", ("Sippgatan 5", "302 43", "Sippan")),
        ("Sippgatan 5, 302 43, Sippan., Barnmottagningen", "Halmstad", ("Sippgatan 5, Barnmottagningen", "302 43", "Sippan")),
        ("Hus 3, 302 43, Sippan, Annexet, 302 44, Lönn", None, ("Hus 3", "302 43", "Sippan")),
        ("302 43 Sippan", None, (None, "302 43", "Sippan")),
        ("Sippgatan 5, 302 43", "Halmstad", ("Sippgatan 5", "302 43", "Halmstad")),
        ("Sippgatan 5, Halmstad", "Halmstad", ("Sippgatan 5", None, "Halmstad")),
        ("Sippgatan 5, SÖDRA SIPPAN", "Halmstad", ("Sippgatan 5", None, "Södra Sippan")),
        ("Sippans väg, Lönn", "Halmstad", ("Sippans väg", None, "Lönn")),
        ("Sippgatan 5, 2 trappor", "Halmstad", ("Sippgatan 5, 2 trappor", None, "Halmstad")),
        ("Sippgatan 5, ingång från gården", "Halmstad", ("Sippgatan 5, ingång från gården", None, "Halmstad")),
        ("Folkets hus, Sippvägen", "Halmstad", ("Folkets hus, Sippvägen", None, "Halmstad")),
        ("Sippgatan 5, Halmstads sjukhus", "Halmstad", ("Sippgatan 5, Halmstads sjukhus", None, "Halmstad")),
        ("Sippgatan 12345", "Halmstad", ("Sippgatan", "123 45", "Halmstad")),
        ("Hus 123456", "Halmstad", ("Hus 123456", None, "Halmstad")),
        (None, "Halmstad", (None, None, "Halmstad")),
        (None, None, (None, None, None)),
    ],
)
def test_addresses_on_one_line(line: str | None, city: str | None, address: tuple[str | None, ...]) -> None:
    assert split_address(line, city) == Address(*address)


@given(st.text(), st.none() | st.text())
def test_any_address_can_be_split(line: str, city: str | None) -> None:
    split_address(line, city)


# --- clinics ----------------------------------------------------------------------------------------------------------


def test_an_untidy_file() -> None:
    read, skipped = read_clinics(read_rows(UNTIDY, {}))
    assert [clinic.number for clinic in read] == [1, 4, 5, 7]
    assert {skip.number: skip.reason for skip in skipped} == {
        2: "the same clinic as row 1, with another name, web_page, latitude, longitude",
        3: "the same clinic as row 4, with another web_page",
        6: "the same clinic as row 5, with another name",
        8: "lies outside Sweden (12.25, 57.1); have latitude and longitude changed places?",
        9: "lies outside Sweden (40.2, -70.1)",
        10: "name has HTML in it",
        11: "name has control characters",
        12: "has no name",
        13: "name is a list, not a text",
        14: "location is a text, not an object",
        15: "longitude is true or false, not a number",
        16: "is a list, not an object",
        17: "is nothing, not an object",
    }
    told = {clinic.number: clinic.told for clinic in read}
    assert told[1] == ToldClinic(
        key="SE4599001049-A001",
        name="Vårdcentralen Blåsippan",
        street="Sippgatan 1B",
        postcode="302 43",
        city="Halmstad",
        phone="031-390 60 01",
        web_page="https://vard.example.se/blasippan",
        hsa_id="SE4599001049-A001",
        latitude=56.67,
        longitude=12.86,
    )
    assert (told[4].city, told[4].phone, told[4].postcode) == ("Träslövsläge", "031-390 60 02", "432 75")
    assert told[5] == ToldClinic(key="apoteket lonnen | ", name="Apoteket Lönnen")
    assert read[3].remarks == (
        "the latitude is missing; taken as without coordinates",
        "telephone number 0346-390 60 03 eller växeln is unreadable; left out",
    )


@pytest.mark.parametrize(
    ("values", "field", "value", "remark"),
    [
        (
            {"1177_url": "javascript:alert(1)", "platform_url": "https://b.example"},
            "web_page",
            "https://b.example",
            "web page is",
        ),
        ({"1177_url": "http://"}, "web_page", None, "web page is"),
        ({"1177_url": "ftp://a.example"}, "web_page", None, "web page is"),
        ({"1177_url": "http://[::1"}, "web_page", None, "web page is"),
        ({"platform_url": "http://b.example"}, "web_page", "http://b.example", None),
        ({"postcode": "12"}, "postcode", None, "postcode 12"),
        ({"postcode": "abc", "address": "Gatan 1, 302 43 Halmstad"}, "postcode", "302 43", "postcode abc"),
        ({"postcode": 30243}, "postcode", "302 43", None),
        ({"phone": 313906001}, "phone", "031-390 60 01", None),
        ({"phone": "0046 31 390 60 01"}, "phone", "031-390 60 01", None),
        ({"phone": "+47 22 22 55 55"}, "phone", "+47 22 22 55 55", None),
        ({"phone": "ring oss"}, "phone", None, "telephone number ring oss"),
        ({"hsa_id": "nummer 7"}, "hsa_id", None, "nummer 7 is no HSA-ID"),
        ({"longitude": 12.8}, "longitude", None, "the latitude is missing"),
    ],
)
def test_a_field_that_cannot_be_used_is_left_out_with_a_remark(
    values: dict[str, object], field: str, value: str | None, remark: str | None
) -> None:
    read = read_clinic(Row(1, {"name": "A", **values}))
    assert getattr(read.told, field) == value
    assert [said[: len(remark or "")] for said in read.remarks] == ([remark] if remark else [])


def pinned(key: str, pin: bool) -> ToldClinic:
    return ToldClinic(key, key, latitude=57.0 if pin else None, longitude=12.0 if pin else None)


@pytest.mark.parametrize(
    ("pins", "counts"),
    [([True, True], 0), ([False, True, True], 1), ([False, False], 0), ([False, False, True], 2), ([True, False], 0)],
)
def test_the_first_with_coordinates_counts_else_the_first(pins: list[bool], counts: int) -> None:
    assert which_count(pinned("a", pin) for pin in pins) == {"a": counts}


# --- verdicts ---------------------------------------------------------------------------------------------------------


def standing(*, active: bool = False, **facts: Any) -> StandingClinic:
    return StandingClinic(1, 1, {**dict.fromkeys(TOLD), "name": "A", **facts}, active, frozenset[Module](), "A", None)


def test_what_a_file_leaves_empty_is_not_erased() -> None:
    verdict = judge_import(ToldClinic("a", "A"), standing(phone="031-390 60 01", latitude=57.0, longitude=12.0), activate=False)
    assert verdict.outcome is Outcome.UNCHANGED
    assert verdict.facts()["phone"] == "031-390 60 01"


def test_what_a_file_tells_counts() -> None:
    verdict = judge_import(ToldClinic("a", "A", phone="031-390 60 02"), standing(phone="031-390 60 01"), activate=False)
    assert verdict.outcome is Outcome.CHANGED
    assert dict(verdict.changes) == {"phone": "031-390 60 02"}


PIN: dict[str, Any] = {"latitude": 57.0, "longitude": 12.0}


@pytest.mark.parametrize(
    ("before", "pin_told", "activates"),
    [
        (None, True, True),
        (None, False, False),
        (standing(), True, True),
        (standing(), False, False),
        (standing(**PIN), False, True),
        (standing(active=True, **PIN), True, False),
    ],
)
def test_inactive_clinics_with_coordinates_are_activated_and_only_when_asked(
    before: StandingClinic | None, pin_told: bool, activates: bool
) -> None:
    told = pinned("A", pin_told)
    assert judge_import(told, before, activate=True).activates is activates
    assert not judge_import(told, before, activate=False).activates


@pytest.mark.parametrize("typed", ["4599001049", "459900-1049", " 459900-1049 "])
def test_organisation_numbers_with_and_without_hyphen(typed: str) -> None:
    assert read_org_number(typed) == "4599001049"


@pytest.mark.parametrize("typed", ["", "459900104", "45990010490", "4599-001049", "459900–1049", "４599001049"])
def test_organisation_numbers_of_wrong_form(typed: str) -> None:
    assert read_org_number(typed) is None


def test_a_check_digit_fits_or_not() -> None:
    assert [digit for digit in range(10) if check_digit_fits(f"459900104{digit}")] == [9]


# --- postcodes --------------------------------------------------------------------------------------------------------


def test_each_code_once_and_odd_rows_with_their_reason(tmp_path: Path) -> None:
    lines = ["30243,Halmstad,Halmstads kommun", "302 43,Halmstad,Halmstads kommun", "30243,Annan ort,Halmstads kommun"]
    lines += ["0000,Ingen,Ingen kommun", "30244,,Halmstads kommun", "30245,<b>,Halmstads kommun", "30246,Halmstad"]
    path = written(tmp_path, "\n".join(["postal_code,locality,municipality_name", *lines, "30247,Å,Ale kommun"]))
    read, skipped = read_postcodes(read_rows(path, needed(POSTCODE)))
    assert [(told.code, told.locality, told.municipality) for told in read] == [
        ("30243", "Halmstad", "Halmstad"),
        ("30247", "Å", "Ale"),
    ]
    assert [(skip.number, skip.reason) for skip in skipped] == [
        (2, "the same postcode as row 1"),
        (3, "the same postcode as row 1, with another place"),
        (4, "the postcode can't be one"),
        (5, "has no locality"),
        (6, "locality has HTML in it"),
        (7, "has 2 values for 3 columns"),
    ]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Stockholms kommun", "Stockholm"),
        ("Stockholms stad", "Stockholm"),
        ("Ale kommun", "Ale"),
        ("Borås stad", "Borås"),
        ("Alingsås kommun", "Alingsås"),
        ("Hofors kommun", "Hofors"),
        ("Grums kommun", "Grums"),
        ("Region Gotland", "Gotland"),
        ("Malung-Sälens kommun", "Malung-Sälen"),
        ("Falu kommun", "Falun"),
        ("Halmstad", "Halmstad"),
        ("Mönsterås", "Mönsterås"),
        ("kommun", "kommun"),
    ],
)
def test_municipalities_by_their_short_names(name: str, short: str) -> None:
    assert short_municipality(name) == short


def test_all_real_municipalities_by_their_short_names() -> None:
    for path in shared("municipality-county.csv"):
        with path.open(encoding="utf-8") as file:
            names = {row["municipality_name"]: row["municipality_name_short"] for row in csv.DictReader(file)}
        assert len(names) == 290
        assert {name: short_municipality(name) for name in names} == names
