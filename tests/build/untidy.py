"""A list of clinics as one gets them: doubles, contradictions, holes, several ways to write one thing. All of it invented."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SHARED = Path(__file__).parents[3] / "shared" / "data"
"""Real lists, where they lie beside the project; they are no part of it."""


def a_row(name: Any = "Vårdcentralen Eken, Björkby", **overrides: Any) -> dict[str, Any]:
    place = {"longitude": 12.5, "latitude": 57.5, "city": "Björkby", "cp": "00000"}
    more = {"address": "Storgatan 3, 412 34, Ekås", "business_hours": None, "phone_number": "0313900620"}
    row = {
        "name": name,
        "region": "14",
        "1177_url": "https://www.example.org/eken/",
        "platform_url": None,
        "location": place | {key: overrides.pop(key) for key in list(overrides) if key in place},
        "metadata": more | {key: overrides.pop(key) for key in list(overrides) if key in more},
        "platform": None,
        "1177_id": "SE4599001049-E001",
        "appointment_by_phone_only": True,
    }
    return row | {key.replace("id_1177", "1177_id").replace("url_1177", "1177_url"): value for key, value in overrides.items()}


UNTIDY: list[tuple[dict[str, Any], str | None]] = [
    (a_row(latitude="", longitude="", city="", cp="00000"), "duplicate of row 2"),
    (a_row(), None),
    (a_row("Eken", phone_number="031-390 06 21"), "duplicate of row 2"),
    (a_row("Apoteket Björken & Co", id_1177=None, address="Lillgatan 1 B", cp="41235", phone_number="(031) 390 06 22"), None),
    (a_row("apoteket björken & co", id_1177=None, address="Lillgatan 1 b"), "duplicate of row 4"),
    (a_row("Hallen", id_1177="SE4599001049-E002", longitude=None, latitude=None, address="", phone_number=""), None),
    (a_row("Norr", id_1177="SE4599001049-E003", longitude="18,25", latitude="64.5", address="Torget 2, 1 tr, BJÖRKBY"), None),
    (a_row("<b>Syd</b>", id_1177="SE4599001049-E004"), "name holds HTML"),
    (a_row("Väst", id_1177="SE4599001049-E005", latitude=12.5, longitude=57.5), "seem to have changed places"),
    (a_row("Öst", id_1177="SE4599001049-E006", latitude=48.1), "outside Sweden"),
    (a_row("Mitt\x07", id_1177="SE4599001049-E007"), "can't be seen"),
    (a_row(None, id_1177="SE4599001049-E008"), "no name"),
    (a_row(["En", "lista"], id_1177="SE4599001049-E009"), "name is no text"),
    (a_row("Lång " * 50, id_1177="SE4599001049-E010"), "longer than"),
    (a_row("Halv", id_1177="SE4599001049-E011", longitude=None, phone_number="ring oss"), None),
    (a_row("Oändlig", id_1177="SE4599001049-E012", latitude=float("nan")), "latitude is no number"),
    (a_row("Platt", id_1177="SE4599001049-E013") | {"location": "Björkby"}, "location is no object"),
    (a_row("Vänd \u202eom", id_1177="SE4599001049-E014"), "can't be seen"),
    (a_row("Länk", id_1177="SE4599001049-E015", url_1177="javascript:alert(1)", platform_url=" https://example.org/x"), None),
]
"""Each row with what the report says of it; None: it counts."""


def written(path: Path, rows: Any = None) -> Path:
    file = path / "clinics.json"
    file.write_text(json.dumps([row for row, _why in UNTIDY] if rows is None else rows, ensure_ascii=False), encoding="utf-8")
    return file
