"""What the screen answers: one heading, one sentence, nothing that tells anybody more than they knew.

Neither names nor times of bookings stand here: somebody may look over a shoulder. Only who is early is told from when.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from journal_core.arrivals import refusals
from journal_core.refusal import Refusal
from portal.web.i18n import clock_of

REGISTERED = "registered"


@dataclass(frozen=True)
class Answer:
    heading: LazyString
    lead: LazyString
    good: bool = False
    """Everything is done: sit down."""
    ask: bool = True
    """The staff are who helps next."""


ANSWERS: Mapping[str, Answer] = {
    REGISTERED: Answer(_l("Tack, du är anmäld!"), _l("Vi vet att du är här."), good=True, ask=False),
    refusals.ALREADY: Answer(_l("Du är redan anmäld"), _l("Sätt dig, vi hämtar dig."), good=True, ask=False),
    refusals.EARLY: Answer(_l("Välkommen!"), _l("Du är tidig. Du kan anmäla dig från kl. %(opens_at)s."), ask=False),
    refusals.LATE: Answer(_l("Gå till personalen"), _l("De hjälper dig.")),
    refusals.WRONG_DAY: Answer(_l("Din tid är en annan dag"), _l("Titta på din biljett eller i meddelandet du fick.")),
    refusals.PASSED: Answer(_l("Din tid har varit"), _l("Prata med personalen, de hjälper dig.")),
    refusals.CANCELLED: Answer(_l("Den här tiden gäller inte längre"), _l("Tiden är avbokad.")),
    refusals.FINISHED: Answer(_l("Tack för i dag"), _l("Besöket är klart. Tack för att du kom."), ask=False),
    refusals.ELSEWHERE: Answer(
        _l("Din tid är inte här"),
        _l("Den är hos en annan mottagning. Adressen står på din biljett och i meddelandet du fick."),
        ask=False,
    ),
    refusals.ASK_STAFF: Answer(_l("Prata med personalen"), _l("De hjälper dig gärna.")),
}


def kept(refusal: Refusal | None) -> dict[str, Any]:
    """An outcome as it is kept for the page that shows it."""
    if refusal is None:
        return {"answer": REGISTERED}
    known = refusal.code if refusal.code in ANSWERS else refusals.ASK_STAFF
    opens_at = refusal.facts.get("opens_at")
    return {"answer": known, "opens_at": opens_at.isoformat() if isinstance(opens_at, datetime) else None}


def shown(content: Mapping[str, Any]) -> tuple[Answer, str]:
    """The answer that was kept, and its sentence."""
    answer = ANSWERS[content["answer"]]
    opens_at = content.get("opens_at")
    facts = {"opens_at": clock_of(datetime.fromisoformat(opens_at))} if opens_at else {}
    return answer, str(answer.lead) % facts
