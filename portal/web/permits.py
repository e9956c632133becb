"""Who may open which page: one table for all routes. What isn't in it is closed to everybody.

Staff's rows name the roles of domain §9; the clinic is always the one of the assignment in use.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from journal_core.staff.model import Role


class Who(Enum):
    EVERYBODY = auto()
    RESIDENT = auto()
    """Logged in as a resident."""
    STAFF = auto()
    """Logged in as staff, with or without an assignment."""
    ASSIGNED = auto()
    """Staff at work, in one of `roles`."""
    SCREEN = auto()
    """A waiting-room screen that staff have enrolled."""


@dataclass(frozen=True)
class Permit:
    who: Who
    roles: frozenset[Role] = field(default_factory=frozenset)
    keeps_input: bool = False
    """The view shows an expired form again instead of an error page."""


CARE = frozenset({Role.DOCTOR, Role.DOCTOR_ADMIN, Role.NURSE, Role.NURSE_ADMIN, Role.CARE_ADMINISTRATOR})
BOOKINGS = CARE | {Role.BOOKING_ONLY}
ADMINS = frozenset({Role.PROVIDER_ADMIN, Role.DOCTOR_ADMIN, Role.NURSE_ADMIN})
"""Those who see to a clinic's settings (domain §9)."""

SCHEDULERS = frozenset({Role.PROVIDER_ADMIN, Role.DOCTOR_ADMIN, Role.NURSE_ADMIN, Role.CARE_ADMINISTRATOR, Role.BOOKING_ONLY})
"""Those who open and close time, and say what can be booked (domain §9)."""

EVERYBODY = Permit(Who.EVERYBODY)
FORM = Permit(Who.EVERYBODY, keeps_input=True)
RESIDENT = Permit(Who.RESIDENT)
RESIDENT_FORM = Permit(Who.RESIDENT, keeps_input=True)
STAFF = Permit(Who.STAFF)
SETTINGS = Permit(Who.ASSIGNED, ADMINS)
SEES_SCHEDULE = Permit(Who.ASSIGNED, SCHEDULERS | BOOKINGS)
SCHEDULE = Permit(Who.ASSIGNED, SCHEDULERS)
SCHEDULE_FORM = Permit(Who.ASSIGNED, SCHEDULERS, keeps_input=True)
PROVIDER_SETTINGS = Permit(Who.ASSIGNED, frozenset({Role.PROVIDER_ADMIN}))
PROVIDER_FORM = Permit(Who.ASSIGNED, frozenset({Role.PROVIDER_ADMIN}), keeps_input=True)
SEALS = Permit(Who.ASSIGNED, frozenset({Role.BLOCK_ADMIN}), keeps_input=True)
SCREEN = Permit(Who.SCREEN)
SCREEN_FORM = Permit(Who.SCREEN, keeps_input=True)

PERMITS: dict[str, Permit] = {
    "static": EVERYBODY,
    "health.alive": EVERYBODY,
    "health.ready": EVERYBODY,
    "find.start": EVERYBODY,
    "find.clinic": EVERYBODY,
    "find.poster": EVERYBODY,
    "find.policy": EVERYBODY,
    "pages.help": EVERYBODY,
    "pages.accessibility": EVERYBODY,
    "pages.personal_data": EVERYBODY,
    "pages.cookies": EVERYBODY,
    "api.clinics": EVERYBODY,
    "api.clinic": EVERYBODY,
    "api.types": EVERYBODY,
    "api.slots": EVERYBODY,
    "book.visit": FORM,
    "book.time": FORM,
    "book.who": FORM,
    "book.check": FORM,
    "book.more_time": EVERYBODY,
    "book.done": EVERYBODY,
    "manage.find_booking": FORM,
    "manage.find_booking_at": FORM,
    "manage.booking": EVERYBODY,
    "manage.identify": FORM,
    "manage.cancel": FORM,
    "manage.rebook": FORM,
    "manage.calendar": EVERYBODY,
    "declare.begin": EVERYBODY,
    "declare.by_ticket": FORM,
    "declare.direct": FORM,
    "declare.poster": EVERYBODY,
    "declare.go_on": EVERYBODY,
    "declare.question": FORM,
    "declare.check": FORM,
    "declare.done": EVERYBODY,
    "family.own": RESIDENT,
    "family.act": RESIDENT,
    "family.by_link": RESIDENT_FORM,
    "family.consent": RESIDENT_FORM,
    "arrive.ticket": EVERYBODY,
    "arrive.by_link": EVERYBODY,
    "arrive.poster": FORM,
    "arrive.printed_poster": EVERYBODY,
    "sign_in.resident": EVERYBODY,
    "sign_in.staff": EVERYBODY,
    "sign_in.wait": EVERYBODY,
    "sign_in.state": EVERYBODY,
    "sign_in.launch": EVERYBODY,
    "sign_in.by_qr": EVERYBODY,
    "sign_in.stop": EVERYBODY,
    "sign_in.back": EVERYBODY,
    "sign_in.sessions": RESIDENT,
    "sign_in.end_sessions": RESIDENT,
    "sign_in.staff_sessions": STAFF,
    "sign_in.end_staff_sessions": STAFF,
    "sign_in.out": EVERYBODY,
    "development.choose": EVERYBODY,
    "development.phone": EVERYBODY,
    "development.mailbox": EVERYBODY,
    "development.components": EVERYBODY,
    "development.staff_components": EVERYBODY,
    "staff.assignments": STAFF,
    "staff.day": Permit(Who.ASSIGNED, BOOKINGS),
    "staff.printed_day": Permit(Who.ASSIGNED, BOOKINGS),
    "staff.visit": Permit(Who.ASSIGNED, BOOKINGS),
    "staff.act": Permit(Who.ASSIGNED, CARE),
    "staff.ask_again": Permit(Who.ASSIGNED, CARE, keeps_input=True),
    "staff.declarations": Permit(Who.ASSIGNED, CARE),
    "staff.comment": Permit(Who.ASSIGNED, CARE, keeps_input=True),
    "staff.fill_in": Permit(Who.ASSIGNED, CARE, keeps_input=True),
    "staff.seals": SEALS,
    "staff.seal": SEALS,
    "schedule.week": SEES_SCHEDULE,
    "schedule.day": SEES_SCHEDULE,
    "schedule.missing": SEES_SCHEDULE,
    "schedule.trying": Permit(Who.ASSIGNED, SCHEDULERS | BOOKINGS, keeps_input=True),
    "schedule.undo": SCHEDULE,
    "schedule.open": SCHEDULE_FORM,
    "schedule.count": SCHEDULE,
    "schedule.times": SCHEDULE,
    "schedule.edit": SCHEDULE_FORM,
    "schedule.close": SCHEDULE_FORM,
    "schedule.copy": SCHEDULE_FORM,
    "schedule.block": SCHEDULE_FORM,
    "schedule.unblock": SCHEDULE,
    "schedule.books": SCHEDULE_FORM,
    "schedule.templates": SCHEDULE,
    "schedule.forget_template": SCHEDULE,
    "schedule.offers": SCHEDULE,
    "schedule.add_category": SCHEDULE_FORM,
    "schedule.add_type": SCHEDULE_FORM,
    "schedule.names": SCHEDULE_FORM,
    "schedule.move_category": SCHEDULE,
    "schedule.retire": SCHEDULE,
    "settings.start": SETTINGS,
    "settings.residents": PROVIDER_FORM,
    "settings.reasons": PROVIDER_SETTINGS,
    "settings.reason": PROVIDER_FORM,
    "settings.guardians": PROVIDER_FORM,
    "settings.ages": PROVIDER_FORM,
    "settings.declarations": PROVIDER_FORM,
    "settings.bring_in": PROVIDER_SETTINGS,
    "settings.new_definition": PROVIDER_FORM,
    "settings.definition": PROVIDER_FORM,
    "settings.preview": PROVIDER_SETTINGS,
    "settings.questions": PROVIDER_SETTINGS,
    "settings.new_question": PROVIDER_FORM,
    "settings.question": PROVIDER_FORM,
    "settings.take_back_question": PROVIDER_FORM,
    "settings.texts": Permit(Who.ASSIGNED, ADMINS, keeps_input=True),
    "settings.screens": Permit(Who.ASSIGNED, ADMINS, keeps_input=True),
    "settings.screen": SETTINGS,
    "settings.new_code": SETTINGS,
    "settings.revoke": SETTINGS,
    "enrol.code": FORM,
    "screen.start": SCREEN_FORM,
    "screen.number": SCREEN_FORM,
    "screen.born": SCREEN_FORM,
    "screen.answer": SCREEN,
    "screen.staff": SCREEN,
    "screen.pulse": SCREEN,
    "screen.away": EVERYBODY,
    "screen.worker": EVERYBODY,
}

FIRST_PAGES = ("staff.day", "settings.start", "staff.seals")
"""The staff's door is the first; whose role doesn't open it comes to the next."""
