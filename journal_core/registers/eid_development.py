"""The development stand-in for e-ID: a page where one chooses a demo person. It proves nothing about anybody."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from itsdangerous import BadSignature, URLSafeTimedSerializer

from journal_core.registers.eid import Asked, Begun, Identified, NotIdentified

ANSWER_SECONDS = 600


class DevelopmentEid:
    """Speaks as a redirecting provider: the choosing page signs who was chosen and for which reference."""

    for_development = True

    def __init__(self, secret: str, chooser: str) -> None:
        """`chooser` is the path of the choosing page."""
        self._signer = URLSafeTimedSerializer(secret, salt="development-eid")
        self._chooser = chooser

    def begin(self, asked: Asked) -> Begun:
        reference = secrets.token_urlsafe(16)
        back = f"{urlsplit(asked.return_address).path}?{urlencode({'state': asked.order})}"
        query = {"referens": reference, "till": back}
        return Begun(reference, address=f"{self._chooser}?{urlencode(query)}")

    def answer(self, reference: str, person: Identified) -> str:
        """What the choosing page sends back with the browser, as the value of `svar`."""
        signed: str | bytes = self._signer.dumps([reference, person.number, person.given_name, person.family_name])
        return signed if isinstance(signed, str) else signed.decode()

    def collect(self, begun: Begun, returned: Mapping[str, str]) -> Identified | NotIdentified:
        try:
            about, number, given_name, family_name = self._signer.loads(returned.get("svar", ""), max_age=ANSWER_SECONDS)
        except (BadSignature, ValueError):
            return NotIdentified()
        return Identified(number, given_name, family_name) if about == begun.reference else NotIdentified()
