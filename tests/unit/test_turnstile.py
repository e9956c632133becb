"""The turnstile before the tests' portal: its database is exchanged only while nobody uses it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from tests.build.turnstile import Turnstile

SOON = 10.0


def test_it_waits_for_whoever_is_inside() -> None:
    inside, turnstile = threading.Event(), Turnstile()
    seen: list[str] = []

    def app(_environ: object, _start: object) -> Iterator[bytes]:
        inside.set()
        assert turnstile.closed.wait(SOON)
        seen.append("the request ended")
        yield b""

    asking = threading.Thread(target=lambda: list(turnstile.around(app)({}, lambda *_: lambda _: None)))
    asking.start()
    assert inside.wait(SOON)
    with turnstile.empty():
        seen.append("exchanged")
    asking.join(SOON)
    assert seen == ["the request ended", "exchanged"]


def test_whoever_comes_meanwhile_waits_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    turnstile, at_the_door = Turnstile(), threading.Event()
    seen: list[str] = []
    wait_for = turnstile._changed.wait_for

    def told(may_enter: Callable[[], bool], timeout: float | None = None) -> bool:
        seen.append("open" if may_enter() else "closed")
        at_the_door.set()
        return wait_for(may_enter, timeout)

    def app(_environ: object, _start: object) -> list[bytes]:
        seen.append("served")
        return []

    with turnstile.empty():
        monkeypatch.setattr(turnstile._changed, "wait_for", told)
        asking = threading.Thread(target=lambda: list(turnstile.around(app)({}, lambda *_: lambda _: None)))
        asking.start()
        assert at_the_door.wait(SOON)
        seen.append("exchanged")
    asking.join(SOON)
    assert seen == ["closed", "exchanged", "served"]


def test_it_opens_again_after_a_fault() -> None:
    turnstile = Turnstile()
    with pytest.raises(RuntimeError), turnstile.empty():
        raise RuntimeError
    assert list(turnstile.around(lambda *_: [b"served"])({}, lambda *_: lambda _: None)) == [b"served"]
