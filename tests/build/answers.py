"""Who gets what from which route: by door, by route, by actor. Routes stand together by kind of permit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.build import cast
from tests.build.actors import ACTORS, RESIDENTS, STAFF, STRANGERS
from tests.build.seats import KIOSK, PORTAL

# --- the answers ----------------------------------------------------------------------------------------------------------

OK = "shown"
BARE = "shown without it"
"""The page, without what the row asks for."""
DONE = "done"
MADE = "made"
"""Only new rows were written: nothing that anybody had was touched."""
NONE = "404"
CLOSED = "403"
WRONG = "422"
LOGIN, STAFF_LOGIN, ENROL = "to sign_in.resident", "to sign_in.staff", "to enrol.code"
ALLOWED = (OK, DONE, MADE)
ONE_OF_EACH = ("stranger", "screen", "resident", "nurse")
TURNED_AWAY = (LOGIN, STAFF_LOGIN, ENROL, CLOSED)
"""Before anything is looked for."""

Answers = dict[str, str]
"""By actor."""


def everybody(word: str, **others: str) -> Answers:
    return {**dict.fromkeys(ACTORS, word), **others}


def residents(word: str, **others: str) -> Answers:
    """Pages for whom a resident's login opens the door."""
    return everybody(LOGIN) | dict.fromkeys(RESIDENTS, word) | others


def staff(word: str, **others: str) -> Answers:
    return everybody(STAFF_LOGIN) | dict.fromkeys(STAFF, word) | others


def nurses(word: str, **others: str) -> Answers:
    """Pages that nurses open, and admins don't."""
    return staff(CLOSED, nurse=word, nurse_elsewhere=word) | others


def admins(word: str, **others: str) -> Answers:
    return staff(CLOSED, admin=word, admin_elsewhere=word) | others


def screens(word: str) -> Answers:
    return everybody(ENROL, screen=word)


# --- the table ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """What everybody gets for one request."""

    answers: Answers
    subject: str = ""
    """The thing that it is about; it is asked for once as it is, and once as what does not exist."""
    absent: str | Answers = NONE
    """What those who are let in get when it does not exist; the others get what they got before."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Of the form, or for GET of the query; {word} is a thing of the place."""
    shows: str = ""
    """What the page must have to count as shown."""
    secret: bool = False
    """Who has the address has the right, so it may differ from what does not exist."""
    path: Mapping[str, str] = field(default_factory=dict)
    """Things by parameter, where they are others than PARAMETERS says."""

    @property
    def tells_apart(self) -> bool:
        """Those who get so far as to be judged."""
        return len(set(self.answers.values()) - set(TURNED_AWAY)) > 1

    def word_for_absent(self, who: str) -> str:
        if not isinstance(self.absent, str):
            return self.absent[who]
        return self.absent if self.secret or self.answers[who] in ALLOWED else self.answers[who]


PARAMETERS = {
    "clinic_id": "clinic",
    "draft_id": "draft",
    "token": "childs",
    "order": "order",
    "visit_id": "visit",
    "request_id": "request",
    "reference": "begun_declaration",
    "declaration_id": "declaration",
    "definition_id": "definition",
    "change_id": "change",
    "block_id": "block",
    "template_id": "template",
    "category_id": "category",
    "reason_id": "reason",
    "screen_id": "screen",
    "clinic": "clinic",
    "kind": "free_type",
}
FIXED = {"position": "1", "key": "allergy", "filename": "css/portal.css", "provider": "pappersapp", "span": "261123-261129"}


def own(word: str, *actors: str, **others: str) -> Answers:
    """A resident's page about something of theirs: to other residents it does not exist."""
    return residents(NONE, **dict.fromkeys(actors, word), **others)


def begun(word: str, **others: str) -> Answers:
    """A step of the resident's own."""
    return everybody("to book.visit") | dict.fromkeys(RESIDENTS, word) | others


def of_draft(done: str, **fields: str) -> Row:
    """A step of a booking that was begun in one browser; all others are led to the beginning."""
    return Row(everybody("to book.visit", acting=done), "draft", "to book.visit", fields)


def by_link(otherwise: str, link: str, word: str = "", *actors: str, shows: str = "", **fields: str) -> Row:
    """A booking's page: whoever has the link comes in, and some may change it."""
    answers = everybody(otherwise, **dict.fromkeys(actors, word))
    return Row(answers, link, NONE, fields, shows, secret=True, path={"token": link})


WHOSE = {
    "childs": ["acting"],
    "twelves": [],
    "fourteens": ["child_14"],
    "seventeens": ["child_17"],
    "residents": ["resident"],
}
"""Bookings, and who may change them with no more than the link. Who acts does so for the youngest child; twelve years are too
few to see what a guardian has booked."""
SEES = {
    "childs": ["guardian", "acting", "other_guardian"],
    "twelves": ["guardian", "other_guardian"],
    "fourteens": ["child_14"],
    "seventeens": ["child_17"],
    "residents": ["resident"],
}
"""Bookings, and on whose own pages they stand. Guardians read until 13; the fourteen-year-old asked that they are not told."""
BEGUN = everybody(MADE) | dict.fromkeys(RESIDENTS, DONE)
"""Residents let go of the time that they hold; a draft that is another's, and what it holds, stays as it is."""
OWN = {"draft_id": "own_draft"}
AGREED = {"policy": "1", "policy_text": "{policy}"}
CONSENTED = {"consent": "1", "consent_text": "{consent_text}"}
CATEGORY = {"name": "Reserådgivning", "reason": "{reason}", "minutes": "10", "persons": "1", "book": "A"}
OPENING = {
    "name": "Kväll", "book": "A", "pattern": "every_day", "first": "2026-11-26", "last": "2026-11-26",
    "start": "09.00", "end": "10.00", "resource-A-1": "1", "type-{free_type}": "1",
}  # fmt: skip
COPY = {
    "how": "day", "book": "A", "from": "2026-11-25", "from_resource": "2", "to": "2026-11-26", "to_resource": "1",
}  # fmt: skip
BLOCK = {"dag": "2026-11-26", "book": "A", "resource-A-1": "1", "start": "12:00", "end": "13:00"}
TYPE = {"type_name": "Två", "minutes": "20", "persons": "2", "book": "A"}
BOOKS = {
    "start": "07:00", "end": "20:00", "name-A": "Sköterska", "name-B": "Läkare",
    **{f"resources-{book}-{n}": "4" for book in "AB" for n in range(7)},
}  # fmt: skip
SURE = {"sure": "1"}

OPEN_TO_ALL = {
    "GET static": [Row(everybody(OK))],
    "GET health.alive": [Row(everybody(OK))],
    "GET health.ready": [Row(everybody(OK))],
    "GET find.start": [Row(everybody(OK))],
    "GET pages.help": [Row(everybody(OK))],
    "GET pages.accessibility": [Row(everybody(OK))],
    "GET pages.personal_data": [Row(everybody(OK))],
    "GET pages.cookies": [Row(everybody(OK))],
    "GET find.clinic": [Row(everybody(OK), "clinic")],
    "GET find.poster": [Row(everybody(OK), "clinic")],
    "GET find.policy": [Row(everybody(OK), "clinic")],
    "GET api.clinics": [Row(everybody(OK))],
    "GET api.clinic": [Row(everybody(OK), "clinic", OK)],
    "GET api.types": [Row(everybody(OK), "clinic", OK)],
    "GET api.slots": [Row(everybody(OK), "clinic", OK)],
    "GET development.choose": [Row(everybody(OK), fields={"till": "/logga-in/svar/testperson?"})],
    "POST development.choose": [Row(everybody("to sign_in.back"), fields={"till": "/logga-in/svar/testperson?"})],
    "GET development.phone": [Row(everybody(NONE))],
    "POST development.phone": [Row(everybody(NONE))],
    "GET development.mailbox": [Row(everybody(OK))],
    "GET development.components": [Row(everybody(OK))],
    "GET development.staff_components": [Row(everybody(OK))],
}
"""Without a question who it is; the development corner is not there in production."""

BOOKING = {
    "GET book.visit": [Row(everybody(OK), "clinic")],
    "POST book.visit": [
        Row(BEGUN, "clinic", NONE, {"type": "{free_type}"}),
        Row(BEGUN, "draft", BEGUN, {"type": "{free_type}", "utkast": "{draft}"}),
    ],
    "GET book.time": [of_draft(OK)],
    "POST book.time": [of_draft(DONE, start="{start}")],
    "GET book.who": [of_draft(OK), Row(begun(OK, child_12=BARE, child_14=BARE), path=OWN, shows='id="step"')],
    "POST book.who": [of_draft(DONE, channel="none")],
    "POST book.more_time": [of_draft(DONE)],
    "GET book.check": [of_draft(OK)],
    "POST book.check": [
        Row(everybody("to book.visit", acting=DONE), "draft", "to book.visit", {**AGREED, **CONSENTED}),
        Row(begun(DONE, acting=WRONG, child_12=WRONG, child_14=WRONG), fields=AGREED, path=OWN),
        Row(begun(DONE, child_12=WRONG, child_14=WRONG), fields={**AGREED, **CONSENTED}, path=OWN),
    ],
    "GET book.done": [Row(everybody(NONE, acting=OK), "booked_draft", path={"draft_id": "booked_draft"})],
}
"""A draft opens nothing but in the browser that began it. For the visit that these are about e-ID is demanded, and for those
under 16 the consent of their guardians: they can't book it themselves."""

BY_LINK = {
    "GET manage.find_booking": [Row(everybody(OK))],
    "POST manage.find_booking": [
        Row(everybody(MADE), "code", WRONG, {"code": "{code}", "birth_date": "{born}"}),
        Row(everybody(WRONG), "code", fields={"code": "{code}", "birth_date": "2019-05-02"}),
    ],
    "GET manage.find_booking_at": [Row(everybody(OK), "clinic")],
    "POST manage.find_booking_at": [Row(everybody(MADE), "code", WRONG, {"code": "{code}", "birth_date": "{born}"})],
    "GET manage.booking": [by_link(BARE, link, OK, *actors, shows='id="cancel"') for link, actors in WHOSE.items()],
    "GET manage.identify": [Row(everybody("to manage.booking"))],
    "POST manage.identify": [
        by_link(MADE, "childs", birth_date="2019-05-02"),
        by_link(WRONG, "childs", birth_date="2019-05-03"),
    ],
    "GET manage.cancel": [Row(everybody("to manage.booking"))],
    "POST manage.cancel": [by_link(WRONG, link, DONE, *WHOSE[link]) for link in ("childs", "fourteens")],
    "GET manage.rebook": [by_link("to manage.booking", "childs", OK, "acting")],
    "POST manage.rebook": [by_link("to manage.booking", "childs", DONE, "acting", start="{start}")],
    "GET manage.calendar": [by_link(OK, "childs")],
    "GET arrive.ticket": [by_link(OK, "ticket")],
    "POST arrive.ticket": [by_link(MADE, "ticket")],
    "GET arrive.by_link": [Row(everybody("to manage.booking"))],
    "POST arrive.by_link": [by_link(MADE, "todays")],
    "GET arrive.poster": [Row(everybody(OK), "clinic")],
    "POST arrive.poster": [Row(everybody(MADE), "code", WRONG, {"code": "{code}", "birth_date": "{born}"})],
    "GET arrive.printed_poster": [Row(everybody(OK), "clinic")],
}
"""A link, or a code with the date of birth, is the right itself."""

SAID = {"answer": "no"}
NEW_DEFINITION = {"name": "Höst", "q-fever-today": "1", "version": "{no_version}"}
TOGETHER = {"allergy": "no", "ill": "no", "version": "{asked_version}", "reference": "x" * 22}
DECLARING = {
    "POST declare.begin": [by_link("to manage.booking", "residents", "to declare.go_on", "resident")],
    "GET declare.by_ticket": [by_link(OK, "residents_ticket")],
    "POST declare.by_ticket": [
        by_link(MADE, "residents_ticket", "to declare.go_on", "resident", birth_date="{residents_born}"),
        by_link(WRONG, "residents_ticket", "to declare.go_on", "resident", birth_date="2019-05-03"),
    ],
    "GET declare.direct": [Row(everybody(OK), "clinic")],
    "POST declare.direct": [Row(everybody(MADE), "clinic", NONE, {"identity": "{number}"})],
    "GET declare.poster": [Row(everybody(OK), "clinic")],
    "GET declare.go_on": [Row(everybody(NONE, resident="to declare.check"), "begun_declaration", secret=True)],
    "GET declare.question": [Row(everybody(NONE, resident=OK), "begun_declaration")],
    "POST declare.question": [Row(everybody(NONE, resident=DONE), "begun_declaration", NONE, SAID)],
    "GET declare.check": [Row(everybody(NONE, resident=OK), "begun_declaration")],
    "POST declare.check": [Row(everybody(NONE, resident=DONE), "begun_declaration")],
    "GET declare.done": [Row(everybody(NONE, acting=OK), "sent_declaration", path={"reference": "sent_declaration"})],
}
"""What is begun in one browser is gone on with there, or by whoever is logged in as the person or acts for it."""

FAMILY = {
    "GET family.own": [
        *(Row(residents(BARE, **dict.fromkeys(actors, OK)), shows=f"/b/{{{link}}}") for link, actors in SEES.items()),
        Row(residents(BARE, other_guardian=OK), shows='/samtycken/{request}"'),
        Row(residents(BARE, guardian=OK, acting=OK), shows='/samtycken/{own_request}"'),
    ],
    "POST family.act": [
        *(
            Row(own(DONE, "guardian", "acting", "other_guardian"), child, NONE, {"barn": f"{{{child}}}"})
            for child in ("child", "seventeen")
        ),
        Row(own(DONE), "sole_child", NONE, {"barn": "{sole_child}"}),
        Row(residents(DONE), fields={"barn": ""}),
    ],
    "GET family.consent": [
        Row(own(OK, "other_guardian"), "request"),
        Row(own(OK, "guardian", "acting"), "own_request", path={"request_id": "own_request"}),
    ],
    "POST family.consent": [
        Row(own(MADE, "other_guardian"), "request", NONE, {"svar": "nej"}),
        Row(own(MADE, "guardian", "acting"), "own_request", NONE, {"svar": "nej"}, path={"request_id": "own_request"}),
    ],
    "GET family.by_link": [Row(own(OK, "other_guardian"), "consent_link", path={"token": "consent_link"})],
    "POST family.by_link": [
        Row(own(MADE, "other_guardian"), "consent_link", NONE, {"svar": "ja", "text": "{text}"}, path={"token": "consent_link"})
    ],
    "GET sign_in.sessions": [Row(residents(BARE, acting=OK), shows="{session_of_guardian}")],
    "POST sign_in.end_sessions": [
        Row(
            residents("to sign_in.sessions", guardian=DONE, acting=DONE),
            "session_of_guardian",
            "to sign_in.sessions",
            {"inloggning": "{session_of_guardian}"},
        ),
        Row(residents("to sign_in.sessions", guardian=DONE, acting=DONE), fields={"inloggning": "andra"}),
    ],
}

HOME = {**dict.fromkeys(RESIDENTS, "to family.own"), **dict.fromkeys(STAFF, "to staff.day")}
WAITING = 'id="stop"'
"""Only on the page of whoever began."""


def of_order(done: str, otherwise: Answers, shows: str = "") -> Row:
    """An identification opens nothing but in the browser that began it."""
    return Row({**otherwise, "resident": done}, "order", otherwise, shows=shows)


LOGGING_IN = {
    "GET sign_in.resident": [Row(everybody(OK))],
    "POST sign_in.resident": [Row(everybody(MADE), fields={"provider": "testperson"})],
    "GET sign_in.staff": [Row(everybody(OK))],
    "POST sign_in.staff": [Row(everybody(MADE), fields={"provider": "testperson"})],
    "GET sign_in.wait": [of_order(DONE, everybody(BARE, **HOME), WAITING)],
    "GET sign_in.state": [of_order(DONE, everybody(BARE), "said")],
    "GET sign_in.launch": [of_order(DONE, everybody("to sign_in.wait"))],
    "POST sign_in.by_qr": [of_order(DONE, everybody("to sign_in.wait"))],
    "POST sign_in.stop": [of_order(DONE, everybody("to sign_in.resident"))],
    "GET sign_in.back": [
        Row(
            everybody(BARE, **{**HOME, "resident": DONE}),
            "order",
            everybody(BARE, **HOME),
            {"state": "{order}", "x": "1"},
            shows=WAITING,
        )
    ],
    "POST sign_in.out": [Row(everybody(DONE) | dict.fromkeys(STRANGERS, "to find.start"))],
}

AT_WORK = {
    "GET staff.assignments": [Row(staff(OK))],
    "POST staff.assignments": [Row(staff(WRONG, nurse=DONE), "assignment", WRONG, {"assignment": "{assignment}"})],
    "GET sign_in.staff_sessions": [Row(staff(OK))],
    "POST sign_in.end_staff_sessions": [
        Row(
            staff("to sign_in.staff_sessions", nurse=DONE),
            "session_of_nurse",
            "to sign_in.staff_sessions",
            {"inloggning": "{session_of_nurse}"},
        ),
        Row(staff("to sign_in.staff_sessions"), fields={"inloggning": "andra"}),
    ],
    "GET staff.day": [
        Row(
            nurses(OK, nurse_elsewhere=BARE, admin="to settings.start", admin_elsewhere="to settings.start"),
            shows='id="v-{visit_today}"',
        )
    ],
    "GET staff.printed_day": [Row(nurses(OK, nurse_elsewhere=BARE), fields={"dag": "2026-11-23"}, shows="Alva")],
    "GET staff.visit": [Row(nurses(OK, nurse_elsewhere=NONE), "visit")],
    "POST staff.act": [
        Row(
            nurses(MADE, nurse_elsewhere=NONE),
            "visit_today",
            NONE,
            {"act": "arrive", "version": "booked"},
            path={"visit_id": "visit_today"},
        )
    ],
    "POST staff.ask_again": [
        Row(
            nurses(DONE, nurse_elsewhere=NONE),
            "unreached",
            NONE,
            {"fraga-{unreached}-mobile": "070-174 06 07"},
            path={"visit_id": "visit_of_twelve", "request_id": "unreached"},
        )
    ],
    "GET staff.declarations": [Row(nurses(OK, nurse_elsewhere=NONE), "visit")],
    "POST staff.comment": [
        Row(nurses(MADE, nurse_elsewhere=NONE), "declaration", NONE, {"kommentar-{declaration}": "Vi har talats vid."})
    ],
    "GET staff.fill_in": [Row(nurses(OK, nurse_elsewhere=NONE), "visit")],
    "POST staff.fill_in": [Row(nurses(MADE, nurse_elsewhere=NONE), "visit", NONE, TOGETHER)],
    "GET staff.seals": [Row(staff(CLOSED))],
    "POST staff.seals": [Row(staff(CLOSED), fields={"number": cast.CHILD.number})],
    "POST staff.seal": [Row(staff(CLOSED), fields={"number": cast.CHILD.number, "gor": "forsegla"})],
}
SEEN_AT_WORK = staff(OK, nurse_elsewhere=BARE, admin_elsewhere=BARE)
"""What the clinic's schedule shows to those who may see it; elsewhere the same pages show the schedule there."""
LISTED = admins(OK, admin_elsewhere=BARE)
CHANGED = admins(DONE, admin_elsewhere=NONE)

SCHEDULE = {
    "GET schedule.week": [Row(SEEN_AT_WORK, fields={"vecka": "2026-11-23"}, shows="Kvällstid")],
    "GET schedule.day": [Row(SEEN_AT_WORK, fields={"dag": "2026-11-25"}, shows="Kvällstid")],
    "GET schedule.missing": [Row(staff(OK))],
    "GET schedule.trying": [Row(staff(OK))],
    "POST schedule.trying": [Row(staff(OK), fields={"birth_date": "1985-02-01", "day": "2026-11-23"})],
    "POST schedule.undo": [Row(admins(DONE, admin_elsewhere="to schedule.week"), "change", "to schedule.week")],
    "GET schedule.open": [Row(LISTED, fields={"mall": "{template}"}, shows='value="Kvällstid"')],
    "POST schedule.open": [Row(admins(MADE, admin_elsewhere=WRONG), "free_type", WRONG, {**OPENING, **SURE})],
    "GET schedule.count": [Row(LISTED, fields=OPENING, shows="Bokningsbara")],
    "GET schedule.times": [Row(LISTED, shows="Kvällstid"), Row(LISTED, fields={"andrad": "{change}"}, shows="/angra")],
    "GET schedule.edit": [Row(admins("to schedule.times"))],
    "POST schedule.edit": [
        Row(
            admins(DONE, admin_elsewhere="to schedule.times"),
            "time",
            "to schedule.times",
            {"time-{time}": "1", "step": "1", "name": "Morgontid", **SURE},
        )
    ],
    "GET schedule.close": [Row(admins("to schedule.times"))],
    "POST schedule.close": [
        Row(admins(DONE, admin_elsewhere="to schedule.times"), "time", "to schedule.times", {"time-{time}": "1", **SURE})
    ],
    "GET schedule.copy": [Row(admins(OK))],
    "POST schedule.copy": [Row(admins(MADE, admin_elsewhere=WRONG), fields={**COPY, **SURE})],
    "GET schedule.block": [Row(admins(OK))],
    "POST schedule.block": [Row(admins(MADE), fields={**BLOCK, **SURE})],
    "POST schedule.unblock": [Row(admins(DONE, admin_elsewhere="to schedule.day"), "block", "to schedule.day")],
    "GET schedule.books": [Row(admins(OK))],
    "POST schedule.books": [Row(admins(MADE), fields=BOOKS)],
    "GET schedule.templates": [Row(LISTED, shows="Kvällstid")],
    "POST schedule.forget_template": [
        Row(admins(DONE, admin_elsewhere="to schedule.templates"), "template", "to schedule.templates")
    ],
    "GET schedule.offers": [Row(LISTED, shows="Provtagning")],
    "GET schedule.add_category": [Row(admins(OK))],
    "POST schedule.add_category": [Row(admins(MADE), "reason", WRONG, CATEGORY)],
    "GET schedule.add_type": [Row(admins(OK, admin_elsewhere=NONE), "category")],
    "POST schedule.add_type": [
        Row(
            admins(MADE, admin_elsewhere=NONE),
            "category",
            NONE,
            {"type_name": "Två", "minutes": "20", "persons": "2", "book": "A"},
        )
    ],
    "GET schedule.names": [Row(admins(OK, admin_elsewhere=NONE), "category")],
    "POST schedule.names": [Row(CHANGED, "category", NONE, {"name": "TBE", "type-{asking_type}": "En"})],
    "POST schedule.move_category": [Row(CHANGED, "category", NONE, {"way": "down"})],
    "POST schedule.retire": [
        Row(CHANGED, "category"),
        Row(CHANGED, "category", NONE, {"type": "{asking_type}"}),
        Row(admins(NONE), "free_type", NONE, {"type": "{free_type}"}),
    ],
}

SETTINGS = {
    "GET settings.start": [Row(admins(OK))],
    "GET settings.residents": [Row(admins(OK))],
    "POST settings.residents": [Row(admins(DONE), fields={"visible": "1", "version": "{residents_version}"})],
    "GET settings.texts": [Row(admins(OK))],
    "POST settings.texts": [
        Row(
            admins(DONE),
            fields={"sprak": "sv", "welcome_booking": "Kom i tid.", "version": "{texts_version}"},
        )
    ],
    "GET settings.reasons": [Row(admins(OK))],
    "GET settings.reason": [Row(admins(OK), "reason")],
    "POST settings.reason": [Row(admins(DONE), "reason", NONE, {"information": "Kom i tid.", "version": "{reason_version}"})],
    "GET settings.guardians": [Row(admins(OK))],
    "POST settings.guardians": [Row(admins(DONE), fields={"guardians": "1"})],
    "GET settings.ages": [Row(admins(OK))],
    "POST settings.ages": [Row(admins(MADE), fields={"kind": "guardian_reads", "years": "12", "first_day": "2026-12-01"})],
    "GET settings.declarations": [Row(admins(OK))],
    "POST settings.declarations": [Row(admins(DONE), fields={"months": "120"})],
    "POST settings.bring_in": [Row(admins(MADE))],
    "GET settings.new_definition": [Row(admins(OK))],
    "POST settings.new_definition": [
        Row(admins(MADE), fields={"name": "Höst", "q-fever-today": "1", "version": "{no_version}"})
    ],
    "GET settings.definition": [Row(admins(OK), "definition")],
    "POST settings.definition": [
        Row(admins(DONE), "definition", NONE, {"name": "Höst", "q-ill": "1", "version": "{definition_version}"})
    ],
    "GET settings.preview": [Row(admins(OK), "definition")],
    "GET settings.questions": [Row(admins(OK))],
    "GET settings.new_question": [Row(admins(OK), fields={"slag": "yes_no"})],
    "POST settings.new_question": [Row(admins("to settings.questions"), fields={"text-sv": "Har du ätit?"})],
    "GET settings.question": [Row(admins(OK))],
    "POST settings.question": [
        Row(admins(MADE), fields={"text-sv": "Är du allergisk?", "translated": "1", "version": "{question_version}"})
    ],
    "POST settings.take_back_question": [
        Row(admins(DONE), "worded", NONE, {"version": "{worded_version}"}, path={"key": "worded"})
    ],
    "GET settings.screens": [Row(LISTED, shows="Väntrummet")],
    "POST settings.screens": [Row(admins(MADE), fields={"name": "Plan 2"})],
    "GET settings.screen": [Row(admins(OK, admin_elsewhere=NONE), "screen")],
    "POST settings.new_code": [Row(CHANGED, "screen")],
    "POST settings.revoke": [Row(CHANGED, "screen")],
}
"""The provider's settings are the same at all its clinics; what stands in a clinic is its own."""

AT_SCREEN = {
    "GET static": [Row(everybody(OK))],
    "GET enrol.code": [Row(everybody(OK, screen="to screen.start"))],
    "POST enrol.code": [
        Row(everybody(DONE, screen="to screen.start"), "screen_code", WRONG, {"code": "{screen_code}"}),
    ],
    "GET screen.start": [Row(screens(DONE))],
    "POST screen.start": [Row(screens(DONE), fields={"typed": "{ticket}"})],
    "GET screen.number": [Row(screens(OK))],
    "POST screen.number": [Row(screens(DONE), fields={"typed": "{number}"})],
    "GET screen.born": [Row(screens(OK))],
    "POST screen.born": [Row(screens(DONE), fields={"birth_date": "{born}"})],
    "GET screen.answer": [Row(screens(OK))],
    "GET screen.staff": [Row(screens(OK))],
    "GET screen.pulse": [Row(screens(OK))],
    "GET screen.away": [Row(everybody(OK))],
    "GET screen.worker": [Row(everybody(OK))],
}
TABLE: Mapping[str, Mapping[str, Sequence[Row]]] = {
    PORTAL: {**OPEN_TO_ALL, **BOOKING, **BY_LINK, **DECLARING, **FAMILY, **LOGGING_IN, **AT_WORK, **SCHEDULE, **SETTINGS},
    KIOSK: AT_SCREEN,
}
"""By door and by method and endpoint."""
