"""Log lines: one JSON object each, and nothing personal in any of them."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from config import logs


def line(record: logging.LogRecord) -> dict[str, object]:
    said = logs.JsonLines().format(record)
    assert "\n" not in said
    parsed: dict[str, object] = json.loads(said)
    return parsed


def a_record(message: object, *words: object, **more: object) -> logging.LogRecord:
    values = {"name": "portal", "levelname": "INFO", "created": 1795161600.5, "msg": message, "args": words, **more}
    return logging.makeLogRecord(values)


def test_a_log_line_is_json_with_its_request():
    assert line(a_record("%s of %d", "one", 2, request_id="r1", status=200, secret="hidden-word")) == {
        "time": "2026-11-20T08:00:00.500+00:00",
        "level": "info",
        "logger": "portal",
        "message": "one of 2",
        "request_id": "r1",
        "status": 200,
    }


@pytest.mark.parametrize(
    "told",
    [
        "19900101-2389",
        "199001012389",
        "900101-2389",
        "9001012389",
        "390101+2389",
        "1990-01-01",
        "070-174 06 05",
        "+46701740605",
        "123 456 789",
        "123456789",
        "astrid.lindqvist@example.org",
        "/b/0123456789ABCDEFGHJKMNPQ",
        "0123456789ABCDEFGHJKMNPQ",
        "/a/0123",
        "/samtycke/0123",
        "/?q=Astrid",
        "192.0.2.17",
        "2001:db8:0:1::17",
        "ip=::ffff",
    ],
)
def test_what_looks_personal_is_masked(told):
    said = str(line(a_record("seen %s there", told))["message"])
    assert told not in said
    assert said.startswith("seen ")
    assert said.endswith(" there")
    assert told.rpartition("/")[2].rpartition("=")[2] not in said


@pytest.mark.parametrize("told", ["Booting worker with pid: 1234567", "Listening at: http://127.0.0.1:8000 (17)", "3F-0815"])
def test_what_is_not_personal_is_left(told):
    assert line(a_record(told))["message"] == told


def test_an_error_tells_its_kind_and_place_but_not_what_it_says():
    try:
        try:
            raise KeyError("hidden-word")
        except KeyError as first:
            raise ValueError("hidden-word too") from first
    except ValueError:
        record = a_record("unforeseen", exc_info=sys.exc_info())
    said = line(record)
    assert "hidden-word" not in json.dumps(said)
    error = said["error"]
    assert isinstance(error, list)
    assert [link["kind"] for link in error] == ["ValueError", "KeyError"]
    assert __name__.rpartition(".")[2] in error[0]["trace"][0]


def test_an_error_logged_as_its_own_message_does_not_speak_either():
    assert line(a_record(ValueError("hidden-word")))["message"] == "ValueError"
