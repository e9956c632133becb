"""What the columns of files may be called. Names with a dot are JSON's names within objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    names: tuple[str, ...]
    """The first that isn't empty counts."""
    needed: bool = False
    """CSV has to have it."""


CLINIC: Mapping[str, Column] = {
    "name": Column(("name",), needed=True),
    "address": Column(("metadata.address", "address", "street"), needed=True),
    "postcode": Column(("location.cp", "cp", "postcode")),
    "city": Column(("location.city", "city")),
    "phone": Column(("metadata.phone_number", "phone_number", "phone")),
    "web page": Column(("1177_url", "web_page")),
    "platform": Column(("platform_url",)),
    "latitude": Column(("location.latitude", "latitude")),
    "longitude": Column(("location.longitude", "longitude")),
    "id": Column(("1177_id", "hsa_id")),
}
POSTCODE: Mapping[str, Column] = {
    "postcode": Column(("postal_code", "postcode"), needed=True),
    "locality": Column(("locality",), needed=True),
    "municipality": Column(("municipality_name", "municipality"), needed=True),
}


def csv_names(column: Column) -> tuple[str, ...]:
    return tuple(name for name in column.names if "." not in name)


def needed(columns: Mapping[str, Column]) -> dict[str, tuple[str, ...]]:
    """What CSV can't do without, for read_rows."""
    return {what: csv_names(column) for what, column in columns.items() if column.needed}


def listed(columns: Mapping[str, Column]) -> str:
    """For --help: each column by its names in CSV, alternatives with a slash between."""
    return ", ".join("/".join(csv_names(column)) for column in columns.values())
