"""e-ID as the portal sees it: begin an identification, send the browser somewhere, collect who it was.

BankID (an order that is polled) and OpenID Connect (a redirect that comes back with a code) both fit: what comes back with
the browser is handed to `collect` as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Begun:
    """An identification under way: the provider's own reference, and where the browser goes next."""

    reference: str
    address: str


@dataclass(frozen=True)
class Identified:
    """Whom the e-ID named. `number` is a personnummer or samordningsnummer of twelve digits."""

    number: str
    given_name: str
    family_name: str


@dataclass(frozen=True)
class NotIdentified:
    """The identification ended without a person: cancelled, run out, or not to be trusted."""


class ElectronicId(Protocol):
    for_development: bool
    """A stand-in that checks nothing: marked on every page, refused in production."""

    def begin(self, return_address: str) -> Begun:
        """Starts an identification that ends with the browser back at `return_address`."""

    def collect(self, reference: str, returned: Mapping[str, str]) -> Identified | NotIdentified:
        """Who it was. `returned` is what the browser brought back; an answer not for `reference` identifies nobody."""
