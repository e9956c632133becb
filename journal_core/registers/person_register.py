"""The person register as the portal sees it (PU-tjänsten or SPAR; domain §5, facts: GetPersonsForProfile)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from journal_core.persons.told import Address, Registered, Relation

__all__ = ["Address", "PersonRegister", "RegisterUnavailable", "Registered", "Relation"]


class RegisterUnavailable(Exception):
    """The register did not answer, too slowly, or not readably. Nothing is known, and nothing may be concluded."""


class PersonRegister(Protocol):
    for_development: bool
    """A stand-in whose people are invented: refused in production."""

    def persons(self, numbers: Collection[str]) -> Mapping[str, Registered]:
        """What is known, by the number that was asked for (twelve digits); numbers that the register doesn't know are left out.

        All that were asked for or none: half an answer is no answer. Raises RegisterUnavailable.
        """
