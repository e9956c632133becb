"""The shipped question bank and definitions (bank.toml): data, with its version. A provider may word any of it anew."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from journal_core.declarations.form import Bank, Question, Shipped, read_question

FILE = Path(__file__).with_name("bank.toml")


@cache
def bank() -> Bank:
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    questions: dict[str, Question] = {one["key"]: read_question(one) for one in told["question"]}
    shipped = tuple(
        Shipped(
            key=one["key"],
            name=one["name"]["sv"],
            purpose=one["purpose"],
            validity_days=one["validity_days"] or None,
            form=tuple(questions[key] for key in one["questions"]),
        )
        for one in told["definition"]
    )
    return Bank(tuple(questions.values()), shipped)
