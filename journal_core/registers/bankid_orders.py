"""The stand-in's orders: BankID's rules for them, and what a person's app does with them. Knows no network."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any

from journal_core.clock import Clock

START_WITHIN = timedelta(seconds=30)
END_WITHIN = timedelta(seconds=180)
KEPT_FOR = timedelta(seconds=300)
"""So long a result waits for whoever began the order."""
QR_LIVES = range(-1, 6)
"""A code is read when it is so many seconds old; clocks of two machines differ a little."""
Body = Mapping[str, Any]


class Refused(Exception):
    """What the server answers instead of what was asked for."""

    def __init__(self, code: str, details: str, status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.details = details
        self.status = status


def _uuid() -> str:
    return str(uuid.uuid4())


@dataclass
class Order:
    begun_at: datetime
    visitor: str
    text: str
    return_url: str | None
    number: str | None
    """Whom alone it is for."""
    reference: str = field(default_factory=_uuid)
    auto_start_token: str = field(default_factory=_uuid)
    qr_start_token: str = field(default_factory=_uuid)
    qr_start_secret: str = field(default_factory=_uuid, repr=False)
    app_token: str | None = None
    """By which the app that opened the order knows it."""
    hint: str = "outstandingTransaction"
    result: Mapping[str, object] | None = None
    """How it ended."""

    def fail(self, hint: str) -> None:
        self.result = {"status": "failed", "hintCode": hint}

    def grow_old(self, now: datetime) -> None:
        age = now - self.begun_at
        if self.result is None and self.app_token is None and age >= START_WITHIN:
            self.fail("startFailed")
        elif self.result is None and age >= END_WITHIN:
            self.fail("expiredTransaction")


class Orders:
    """All methods but `forget` take a request's body and give the answer's. They raise Refused."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._orders: dict[str, Order] = {}

    def forget(self) -> None:
        self._orders.clear()

    # As whoever asks BankID

    def auth(self, body: Body) -> Body:
        check(body, AUTH, required=("endUserIp",))
        return self._begin(body)

    def sign(self, body: Body) -> Body:
        check(body, AUTH, required=("endUserIp", "userVisibleData"))
        return self._begin(body)

    def collect(self, body: Body) -> Body:
        order = self._order(body)
        if order.result is None:
            return {"orderRef": order.reference, "status": "pending", "hintCode": order.hint}
        del self._orders[order.reference]
        return {"orderRef": order.reference, **order.result}

    def cancel(self, body: Body) -> Body:
        order = self._order(body)
        if order.result is not None:
            raise Refused("invalidParameters", "No such order")
        del self._orders[order.reference]
        return {}

    def _begin(self, body: Body) -> Body:
        now = self._clock.now()
        self._orders = {reference: order for reference, order in self._orders.items() if now - order.begun_at < KEPT_FOR}
        text = base64.b64decode(body.get("userVisibleData", "")).decode()
        number = body.get("requirement", {}).get("personalNumber")
        order = Order(now, body["endUserIp"], text, body.get("returnUrl"), number)
        self._orders[order.reference] = order
        return {
            "orderRef": order.reference,
            "autoStartToken": order.auto_start_token,
            "qrStartToken": order.qr_start_token,
            "qrStartSecret": order.qr_start_secret,
        }

    def _order(self, body: Body) -> Order:
        check(body, {"orderRef": _text}, required=("orderRef",))
        order = self._orders.get(body["orderRef"])
        now = self._clock.now()
        if order is None or now - order.begun_at >= KEPT_FOR:
            raise Refused("invalidParameters", "No such order")
        order.grow_old(now)
        return order

    # As the person's app

    def app_scan(self, body: Body) -> Body:
        """Opens an order by the text of its QR code, on another device than the one that shows the code."""
        check(body, {"qr": _text}, required=("qr",))
        order, seconds = self._scanned(body["qr"])
        age = int((self._clock.now() - order.begun_at).total_seconds())
        if age - seconds not in QR_LIVES:
            raise Refused("qrTooOld", "The code has changed since")
        return self._open(order, leads_back=False)

    def app_start(self, body: Body) -> Body:
        """Opens an order on the device that shows the page, to which the app leads back."""
        check(body, {"autoStartToken": _text}, required=("autoStartToken",))
        return self._open(self._of(body["autoStartToken"], lambda order: order.auto_start_token), leads_back=True)

    def app_sign(self, body: Body) -> Body:
        check(body, SIGNED, required=SIGNED)
        order = self._opened(body["token"])
        if order.number not in (None, body["number"]):
            raise Refused("otherPerson", "The order is for somebody else")
        order.result = {"status": "complete", "completionData": _completion(order, body)}
        return {}

    def app_cancel(self, body: Body) -> Body:
        check(body, {"token": _text}, required=("token",))
        self._opened(body["token"]).fail("userCancel")
        return {}

    def app_hint(self, body: Body) -> Body:
        """Lets an order say whatever BankID might: `status` pending or failed, `hintCode` any."""
        fields = {"autoStartToken": _text, "status": _one_of("pending", "failed"), "hintCode": _text}
        check(body, fields, required=fields)
        order = self._of(body["autoStartToken"], lambda order: order.auto_start_token)
        if body["status"] == "failed":
            order.fail(body["hintCode"])
        else:
            order.hint = body["hintCode"]
        return {}

    def _scanned(self, qr: str) -> tuple[Order, int]:
        read = re.fullmatch(r"bankid\.([^.]+)\.([0-9]{1,6})\.([0-9a-f]{64})", qr)
        if read is None:
            raise Refused("qrUnreadable", "That is no code of BankID's")
        order = self._of(read[1], lambda order: order.qr_start_token)
        proof = hmac.digest(order.qr_start_secret.encode(), read[2].encode(), "sha256").hex()
        if not hmac.compare_digest(proof, read[3]):
            raise Refused("qrUnreadable", "The code is forged")
        return order, int(read[2])

    def _open(self, order: Order, *, leads_back: bool) -> Body:
        if order.app_token is not None:
            raise Refused("alreadyStarted", "An app has opened the order")
        order.app_token = _uuid()
        order.hint = "userSign"
        return {"token": order.app_token, "text": order.text, "returnUrl": order.return_url if leads_back else None}

    def _opened(self, token: str) -> Order:
        return self._of(token, lambda order: order.app_token)

    def _of(self, token: str, kind: Callable[[Order], str | None]) -> Order:
        """The order that still waits for the person."""
        now = self._clock.now()
        for order in self._orders.values():
            order.grow_old(now)
            if kind(order) == token and order.result is None:
                return order
        raise Refused("noSuchOrder", "Nothing waits under that name")


def _completion(order: Order, body: Body) -> Body:
    return {
        "user": {
            "personalNumber": body["number"],
            "name": f"{body['given_name']} {body['surname']}",
            "givenName": body["given_name"],
            "surname": body["surname"],
        },
        "device": {"ipAddress": order.visitor, "uhi": "stand-in"},
        "bankIdIssueDate": "2026-01-01",
        "signature": base64.b64encode(b"stand-in").decode(),
        "ocspResponse": base64.b64encode(b"stand-in").decode(),
    }


# What a body may hold

Check = Callable[[Any], bool]


def check(body: Body, fields: Mapping[str, Check], *, required: Collection[str] = ()) -> None:
    """Raises Refused: invalidParameters, for a field that is unknown, missing or malformed."""
    for name in body:
        if name not in fields or not fields[name](body[name]):
            raise Refused("invalidParameters", f"Invalid parameter: {name}" if name in fields else "Unknown parameter")
    if missing := [name for name in required if name not in body]:
        raise Refused("invalidParameters", f"Missing parameter: {missing[0]}")


def _long(longest: int) -> Check:
    return lambda value: isinstance(value, str) and 1 <= len(value) <= longest


_text = _long(200)


def _one_of(*values: str) -> Check:
    return lambda value: value in values


def _matches(pattern: str) -> Check:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _address(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(ip_address(value))
    except ValueError:
        return False


def _coded(longest: int) -> Check:
    """Base64 of UTF-8."""

    def coded(value: Any) -> bool:
        try:
            return _long(longest)(value) and bool(base64.b64decode(value, validate=True).decode())
        except (binascii.Error, UnicodeDecodeError):
            return False

    return coded


def _object(fields: Mapping[str, Check]) -> Check:
    return lambda value: isinstance(value, dict) and all(name in fields and fields[name](value[name]) for name in value)


AUTH: Mapping[str, Check] = {
    "endUserIp": _address,
    "requirement": _object(
        {
            "personalNumber": _matches("[0-9]{12}"),
            "pinCode": _flag,
            "mrtd": _flag,
            "cardReader": _one_of("class1", "class2"),
            "certificatePolicies": lambda value: isinstance(value, list) and all(map(_text, value)),
        }
    ),
    "userVisibleData": _coded(1500),
    "userNonVisibleData": _coded(1500),
    "userVisibleDataFormat": _one_of("simpleMarkdownV1"),
    "returnUrl": _long(512),
    "returnRisk": _flag,
    "web": _object({"referringDomain": _long(253), "userAgent": _long(256), "deviceIdentifier": _long(64)}),
}
SIGNED: Mapping[str, Check] = {
    "token": _text,
    "number": _matches("[0-9]{12}"),
    "given_name": _text,
    "surname": _text,
}
