"""Each code of an e-ID has a sentence of its own, and one that nobody knows gets the fallback."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import pytest
from flask import Flask
from flask_babel import force_locale

from journal_core.registers.bankid import ERRORS, FAILED_HINTS, OWN_ENDS, PENDING_HINTS
from portal.sign_in.hints import ENDS, HINTS, TROUBLES, say_end, say_hint, say_trouble
from portal.web import i18n

OPENID_ENDS = ("access_denied", "expired", "level_too_low", "not_trusted", "both_numbers", "no_number")
KINDS = [
    (HINTS, PENDING_HINTS, say_hint, "Identifieringen pågår. Följ det som står i appen."),
    (ENDS, (*FAILED_HINTS, *OWN_ENDS, *OPENID_ENDS), say_end, "Något gick fel, och du är inte inloggad. Försök igen."),
    (
        TROUBLES,
        (*ERRORS, "unreachable", "unreadable"),
        say_trouble,
        "Något gick fel med e-legitimationen. Försök igen om en stund.",
    ),
]


@pytest.mark.parametrize(("sentences", "codes", "say", "fallback"), KINDS)
def test_each_code_has_its_own_entry_and_no_entry_is_without_a_code(
    sentences: Mapping[str, object], codes: Collection[str], say: Callable[[str], str], fallback: str
) -> None:
    assert set(sentences) == set(codes)
    app = Flask(__name__)
    i18n.init_app(app)
    with app.test_request_context(), force_locale("sv"):
        said = {code: say(code) for code in codes}
        assert fallback not in said.values()
        assert all(sentence[0].isupper() and sentence.endswith(".") for sentence in said.values())
        assert say("brandNewCode") == say("") == fallback
