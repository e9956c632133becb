"""Identifications under way: begun, kept, asked about in turn, renewed quietly, ended.

The provider is never asked inside a transaction: a request first claims its turn, then asks, then writes what it was told.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import request, url_for

from journal_core.access import queries as access
from journal_core.access import use_cases
from journal_core.access.model import EidOrder, Purpose
from journal_core.access.rules import order_lives
from journal_core.registers.eid import AppId, Asked, Begun, EidTrouble, Identified, NotIdentified
from portal.sign_in.devices import is_phone
from portal.web.i18n import language
from portal.web.services import EidChoice, now, services
from portal.web.sessions import owner

log = logging.getLogger(__name__)
ASK_EVERY = timedelta(seconds=2)
"""BankID wants to be asked so often and not more."""
ONCE = timedelta(hours=1)
"""Longer than any identification lives: a redirecting provider's code is exchanged once."""
RENEWED_FOR = timedelta(minutes=3)
"""So long a page that is open gets new QR codes by itself; who left it is not asked for for ever."""
NOT_STARTED, NOT_OPENED = "startFailed", "outstandingTransaction"
GONE = "gone"
"""The answer has been collected already, or the identification was ended."""
RAN_OUT = "expired"
SUSPICIOUS = ("not_trusted", "not_ours", "both_numbers")
"""Ends that an honest provider and an honest browser don't come to."""


@dataclass(frozen=True)
class UnderWay:
    """An identification of this browser, with what is kept of it."""

    order: EidOrder
    choice: EidChoice
    content: Mapping[str, Any]

    @property
    def begun(self) -> Begun:
        return Begun(self.order.provider_reference, self.content["kept"], self.content["address"])

    @property
    def begun_at(self) -> datetime:
        return datetime.fromisoformat(self.content["begun_at"])

    @property
    def app(self) -> AppId | None:
        """Its provider, if it is one that answers in an app."""
        return self.choice.eid if isinstance(self.choice.eid, AppId) else None

    @property
    def open(self) -> bool:
        """Somebody was identified, and it is this browser's own.

        Who has the app open on this device comes back with the app's secret: a link that somebody else passed on would bring
        another browser back, and this one would get in as whoever followed it.
        """
        return self.found is not None and (not self.launched or bool(self.content.get("returned")))

    @property
    def launched(self) -> bool:
        """The app was opened on this device, by the link that only this browser has."""
        return bool(self.content.get("launched"))

    @property
    def hint(self) -> str:
        return str(self.content.get("hint", ""))

    @property
    def trouble(self) -> str | None:
        return self.content.get("trouble")

    @property
    def end(self) -> str | None:
        """Why it ended without a person; None while it hasn't."""
        return self.content.get("end")

    @property
    def found(self) -> Identified | None:
        told = self.content.get("found")
        return Identified(**told) if told else None


def choices(purpose: Purpose) -> list[EidChoice]:
    staff = purpose is Purpose.STAFF
    return [choice for choice in services().eids if (choice.staff if staff else choice.residents)]


def begin(choice: EidChoice, purpose: Purpose, next_path: str) -> str:
    """The name of a new identification. Raises EidTrouble."""
    order = secrets.token_hex(16)
    try:
        begun, moment = choice.eid.begin(_asked(choice, order)), now()
    except EidTrouble as trouble:
        _note(choice, trouble)
        raise
    content = {**_kept(begun, moment), "first_begun_at": moment.isoformat()}
    with services().database.writing() as session:
        vault = services().vault
        use_cases.begin_eid(session, vault, order, owner(), purpose, next_path, choice.name, begun.reference, content, moment)
    return order


def _note(choice: EidChoice, trouble: EidTrouble) -> None:
    """For the operator: which e-ID, and what it is called that went wrong."""
    log.warning("an e-ID could not be asked", extra={"kind": choice.name, "code": trouble.code})


def _asked(choice: EidChoice, order: str) -> Asked:
    back = services().site.base_url + url_for("sign_in.back", provider=choice.name)
    return Asked(order, back, request.remote_addr or "", request.user_agent.string, language())


def _kept(begun: Begun, moment: datetime) -> dict[str, Any]:
    return {"kept": dict(begun.kept), "address": begun.address, "begun_at": moment.isoformat()}


def under_way(order_id: str) -> UnderWay | None:
    """This browser's own identification, as long as it is remembered; one that is over has an end."""
    with services().database.reading() as session:
        order = access.eid_order(session, order_id, owner())
    choice = next((each for each in services().eids if order is not None and each.name == order.provider), None)
    if order is None or choice is None:
        return None
    one = UnderWay(order, choice, use_cases.read_eid(services().vault, order))
    if one.end is None and not order_lives(order, now()):
        return replace(one, content={**one.content, "end": GONE if order.ended_at else RAN_OUT})
    return one


def ask(one: UnderWay, returned: Mapping[str, str]) -> UnderWay | None:
    """How it stands, as the provider says if it is our turn to ask, else as it said last. None: it was ended meanwhile."""
    coming_back = one.app is not None and bool(returned)
    if one.end is not None or (one.found and not coming_back) or not (coming_back or _our_turn(one)):
        return one
    try:
        told = one.choice.eid.collect(one.begun, returned)
        if isinstance(told, NotIdentified) and told.code == NOT_STARTED and _is_fresh(one):
            return _renewed(one)
    except EidTrouble as trouble:
        _note(one.choice, trouble)
        return _written(one, {"trouble": trouble.code} if one.app else {"end": "", "trouble": trouble.code})
    back = {"returned": True} if coming_back else {}
    if one.found and isinstance(told, NotIdentified) and told.code == GONE:
        return _written(one, back)
    if isinstance(told, Identified):
        return _written(one, {"found": asdict(told), "trouble": None, **back})
    if isinstance(told, NotIdentified):
        if told.code in SUSPICIOUS:
            log.warning("an answer was not believed", extra={"kind": one.choice.name, "code": told.code})
        return _written(one, {"end": told.code, "trouble": None})
    return _written(one, {"hint": told.hint, "trouble": None, **back})


def launch(one: UnderWay) -> str | None:
    """The address that opens the app on this device; the token in it stands on no page, so who has it came this way.

    None: the identification was ended or begun anew meanwhile.
    """
    assert one.app is not None
    written = _written(one, {"launched": True})
    if written is None or not written.launched:
        return None
    return one.app.app_address(one.begun, mobile=is_phone(request.user_agent.string))


def _our_turn(one: UnderWay) -> bool:
    with services().database.writing() as session:
        return use_cases.claim_eid(session, one.order.id, owner(), now(), ASK_EVERY if one.app else ONCE)


def _is_fresh(one: UnderWay) -> bool:
    return now() < datetime.fromisoformat(one.content["first_begun_at"]) + RENEWED_FOR


def renew(one: UnderWay) -> None:
    """A new question in place of the one before, under the same name. An app that has that one open is told."""
    _take_back(one)
    try:
        _renewed(one)
    except EidTrouble as trouble:
        _note(one.choice, trouble)
        _written(one, {"trouble": trouble.code})


def _renewed(one: UnderWay) -> UnderWay | None:
    """Whoever answered the question before has answered nothing: it may have been another's app, by a link passed on."""
    begun = one.choice.eid.begin(_asked(one.choice, one.order.id))
    forgotten = {"hint": NOT_OPENED, "trouble": None, "launched": False, "found": None, "returned": False}
    return _written(one, {**_kept(begun, now()), **forgotten, "reference": begun.reference})


def _written(one: UnderWay, changes: dict[str, Any]) -> UnderWay | None:
    """As it stands afterwards; None: it was ended meanwhile.

    What was told about a question that another request has replaced since is not written: it isn't about this one.
    """
    with services().database.writing() as session:
        order = access.eid_order(session, one.order.id, owner())
        if order is None or not order_lives(order, now()):
            return None
        content = use_cases.read_eid(services().vault, order)
        if order.provider_reference == one.begun.reference:
            order.provider_reference = changes.pop("reference", order.provider_reference)
            content = {**content, **changes}
            use_cases.write_eid(services().vault, order, content)
            if content.get("end") is not None:
                order.ended_at = now()
    return UnderWay(order, one.choice, content)


def cancel(one: UnderWay) -> None:
    """Ended here whatever the provider says."""
    with services().database.writing() as session:
        order = access.eid_order(session, one.order.id, owner())
        if order is not None:
            order.ended_at = now()
    _take_back(one)


def _take_back(one: UnderWay) -> None:
    """An app that still shows the question is told, if it can be."""
    if one.app is None or one.found:
        return
    try:
        one.app.cancel(one.begun)
    except EidTrouble as trouble:
        _note(one.choice, trouble)
