"""Judges of staff's rights."""

from __future__ import annotations

from datetime import date

from journal_core.staff.model import Assignment, StaffAccount


def is_current(assignment: Assignment, today: date) -> bool:
    return assignment.first_day <= today and (assignment.last_day is None or today <= assignment.last_day)


def may_work(account: StaffAccount, assignment: Assignment, today: date) -> bool:
    return account.deactivated_at is None and assignment.account_id == account.id and is_current(assignment, today)
