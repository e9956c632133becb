"""Posters: one A4 page that a clinic prints and puts on its wall, in Swedish and beneath in English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import force_locale
from flask_babel.speaklater import LazyString
from markupsafe import Markup

from journal_core.organisation.model import Clinic
from portal.web.present import qr_svg
from portal.web.services import services

SAID_IN = ("sv", "en")
"""Whoever prints it may read another language than those who walk past."""


@dataclass(frozen=True)
class Poster:
    clinic: Clinic
    says: Mapping[str, str]
    """What to do, by language."""
    address: Markup
    """Without its scheme, which nobody types; it breaks after its slashes and nowhere else."""
    qr: Markup


def poster(clinic: Clinic, path: str, says: LazyString) -> Poster:
    """The poster whose QR code leads to `path`."""
    address = services().site.base_url + path
    bare = address.partition("//")[2]
    return Poster(clinic, _in_each(says), Markup("/<wbr>").join(bare.split("/")), qr_svg(address, bare))


def _in_each(words: LazyString) -> dict[str, str]:
    said = {}
    for language in SAID_IN:
        with force_locale(language):
            said[language] = str(words)
    return said
