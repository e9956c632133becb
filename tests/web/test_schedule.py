"""The staff's schedule: opened, shown, changed, closed and undone through its forms, always the own clinic's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from journal_core.catalogue.model import Book, VisitCategory, VisitType
from journal_core.organisation.model import CareProvider, Clinic, Module, ModuleSwitch
from journal_core.schedule.model import BlockedTime, OpenedTime, Opening, ScheduleTemplate
from journal_core.staff.model import Role
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import MONDAY, Offer, a_booking, a_clinic, a_reason, a_staff_account, a_time, a_type, an_offer
from tests.build.clocks import START, FixedClock
from tests.build.site import Browser, FormReader, a_portal
from tests.build.statements import count_statements

SCHEDULE = "/personal/schema"
WEEK = f"{SCHEDULE}?vecka={MONDAY}"


@pytest.fixture
def offer(sqlite_database: Database) -> Offer:
    """Open on Monday morning on one resource, with a nurse who sees to the schedule."""
    with sqlite_database.writing() as session:
        made = an_offer(session, clinic=a_clinic(session, name="Torget"))
        a_staff_account(session, made.clinic, Role.NURSE_ADMIN)
    return made


@pytest.fixture
def browser(sqlite_database: Database, clock: FixedClock, offer: Offer) -> Browser:
    return Browser(a_portal(sqlite_database, clock)).log_in(cast.NURSE_HERE, staff=True)


def opened(database: Database) -> list[OpenedTime]:
    with database.reading() as session:
        return list(session.scalars(select(OpenedTime).order_by(OpenedTime.day, OpenedTime.resource, OpenedTime.start_minute)))


def to_preview(browser: Browser, offer: Offer, **changes: str) -> Browser:
    """The form for a second resource, two weeks of working days."""
    tuesday = MONDAY + timedelta(days=1)
    typed = {
        "resource-A-1": "",
        "resource-A-2": "1",
        "first": tuesday.isoformat(),
        "last": (tuesday + timedelta(days=13)).isoformat(),
        "start": "8.00",
        "end": "0930",
        f"type-{offer.kind.id}": "1",
        **changes,
    }
    return browser.get(f"{SCHEDULE}/oppna").submit(**typed)


def test_time_is_opened_after_it_was_said_what_that_comes_to(browser: Browser, offer: Offer, sqlite_database: Database) -> None:
    to_preview(browser, offer)
    assert "10 dagar" in browser.html and '<b class="num">90</b>' in browser.html
    assert len(opened(sqlite_database)) == 1, "nothing is opened yet"
    browser.submit(sure="1")
    assert "Tiderna är öppnade." in browser.html and "08.00–09.30" in browser.html
    assert len(opened(sqlite_database)) == 11


def test_a_change_is_undone_and_can_be_only_once(browser: Browser, offer: Offer, sqlite_database: Database) -> None:
    to_preview(browser, offer).submit(sure="1")
    undo = form_to(browser, "/angra")
    address, page = FormReader(browser.html).forms[undo][0], browser.html
    browser.submit(undo)
    assert "Ändringen är ångrad" in browser.html and len(opened(sqlite_database)) == 1
    browser.answer = browser.client.post(address, data={"csrf_token": token_of(page)}, follow_redirects=True)
    assert "Det går inte att ångra längre" in browser.html


def form_to(browser: Browser, address: str) -> str:
    """The name of the page's first form that leads to an address like this."""
    return next(name for name, (action, _fields) in FormReader(browser.html).forms.items() if address in action)


def token_of(html: str) -> str:
    return html.split('name="csrf_token" value="')[1].split('"')[0]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "Skriv ett namn"),
        ({"first": "igår"}, "Skriv datumet som år"),
        ({"first": "2026-11-19"}, "Dagen har redan varit"),
        ({"last": "2026-11-23"}, "Sista dagen måste vara"),
        ({"last": "2029-11-23"}, "Välj högst 732 dagar"),
        ({"start": "25.00"}, "Skriv ett klockslag"),
        ({"start": "08.03"}, "hela fem minuter"),
        ({"end": "07.00"}, "Sluttiden måste vara senare"),
        ({"end": "21.00"}, "Tiden måste ligga mellan kl. 07.00 och 20.00"),
        ({"resource-A-2": ""}, "Välj minst en resurs"),
        ({"pattern": "weekdays"}, "Välj minst en veckodag"),
        ({"first": "2026-12-25", "last": "2026-12-25"}, "Det finns ingen sådan dag"),
    ],
)
def test_what_is_wrong_is_said_and_the_input_kept(
    browser: Browser, offer: Offer, sqlite_database: Database, typed: dict[str, str], said: str
) -> None:
    to_preview(browser, offer, **typed)
    assert browser.status == 422 and said in browser.html
    assert f'value="{typed.get("end", "0930")}"' in browser.html
    assert len(opened(sqlite_database)) == 1


def test_where_something_is_open_already_nothing_is_opened(browser: Browser, offer: Offer, sqlite_database: Database) -> None:
    to_preview(browser, offer, **{"resource-A-1": "1", "first": MONDAY.isoformat(), "end": "12.00"})
    assert browser.status == 422 and "Resurs 1 är redan öppen måndag 23 november" in browser.html
    assert len(opened(sqlite_database)) == 1


def test_remembered_choices_and_templates_fill_the_form(browser: Browser, offer: Offer) -> None:
    to_preview(browser, offer, name="Kväll", remember="1", template="1").submit(sure="1")
    assert browser.path == f"{SCHEDULE}/oppna" and 'value="Kväll"' in browser.html and 'value="8.00"' in browser.html
    browser.get(f"{SCHEDULE}/mallar")
    assert "Kväll" in browser.html
    browser.get(f"{SCHEDULE}/oppna?mall=1")
    assert 'value="Kväll"' in browser.html and 'value="08:00"' in browser.html


def test_the_count_follows_the_form(browser: Browser, offer: Offer) -> None:
    choices = f"name=X&book=A&resource-A-1=1&first={MONDAY}&last={MONDAY}&start=08:00&end=09:00&type-{offer.kind.id}=1"
    assert "6" in browser.client.get(f"{SCHEDULE}/antal?{choices}").get_json()["words"]
    assert browser.client.get(f"{SCHEDULE}/antal?name=").get_json() == {"words": ""}


def test_closing_says_first_what_happens_to_the_booked(browser: Browser, offer: Offer, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        a_booking(session, offer, time=a_time(9 * 60))
    browser.get(f"{SCHEDULE}/dag?dag={MONDAY}")
    close = form_to(browser, "/tider/stang")
    browser.submit(close)
    assert "1 bokning blir utan resurs" in browser.html and len(opened(sqlite_database)) == 1
    browser.submit(sure="1")
    assert opened(sqlite_database) == [] and "Resurs saknas för 1 bokning" in browser.html
    browser.get(f"{SCHEDULE}/resurs-saknas")
    assert "Måndag 23 november 09.00" in browser.html
    to_preview(browser, offer, first=MONDAY.isoformat(), last=MONDAY.isoformat(), end="12.00")
    assert "1 bokning får tillbaka en resurs" in browser.html
    browser.submit(sure="1").get(f"{SCHEDULE}/resurs-saknas")
    assert "Alla bokningar har en resurs" in browser.html


def test_many_are_changed_at_once_with_a_warning_where_people_are_booked(
    browser: Browser, offer: Offer, sqlite_database: Database
) -> None:
    with sqlite_database.writing() as session:
        a_booking(session, offer, time=a_time(9 * 60))
    browser.get(f"{SCHEDULE}/tider").submit("chosen", all="1").submit(name="Nytt namn", internal="1")
    assert "note-warn" in browser.html and "Det finns 1 bokning de dagarna" in browser.html
    browser.submit(sure="1")
    assert "Tiderna är ändrade." in browser.html
    with sqlite_database.reading() as session:
        names = set(session.execute(select(Opening.name, Opening.internal).join(OpenedTime)))
    assert names == {("Nytt namn", True)}


def test_the_form_says_what_was_chosen_and_the_check_what_it_becomes(
    browser: Browser, offer: Offer, sqlite_database: Database
) -> None:
    with sqlite_database.writing() as session:
        clinic = session.merge(offer.clinic)
        shorter = a_type(session, session.merge(offer.category), name="Snabb", minutes=5)
        an_offer(session, clinic=clinic, name="Långt", book=Book.B, days=[MONDAY + timedelta(days=1)])
    browser.get(f"{SCHEDULE}/tider?book=A").submit("chosen", all="1")
    assert "1 tid är vald: måndag 23 november." in browser.html
    assert "Snabb" in browser.html and "Långt" not in browser.html, "no types of a book that none of them is in"
    browser.submit(**{f"type-{shorter.id}": "1", "start": "9.30", "colour": "#2f6f4f"})
    assert "Snabb" in browser.html and "Ny starttid: 09.30" in browser.html and "Ny färg: Grön" in browser.html
    browser.submit(sure="1")
    with sqlite_database.reading() as session:
        joined = select(OpenedTime, Opening).join(Opening, Opening.id == OpenedTime.opening_id)
        [(changed, opening)] = session.execute(joined.where(OpenedTime.book == Book.A)).all()
        assert (changed.start_minute, [kind.id for kind in opening.types]) == (9 * 60 + 30, [shorter.id])
    browser.get(f"{SCHEDULE}/tider").submit("chosen", all="1")
    assert "2 tider är valda: måndag 23 november – tisdag 24 november." in browser.html
    assert "Tiderna är i olika tidböcker" in browser.html and "Snabb" not in browser.html
    with sqlite_database.writing() as session:
        session.get_one(VisitType, shorter.id).retired_at = START
    browser.get(f"{SCHEDULE}/tider?book=A").submit("chosen", all="1")
    browser.submit(name="Nytt", **{f"type-{shorter.id}": "1"})
    assert browser.status == 422 and "Någon av besökstyperna finns inte längre" in browser.html


def test_time_that_is_open_for_a_retired_type_is_still_shown(browser: Browser, offer: Offer, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        kind = session.get_one(VisitType, offer.kind.id)
        session.add(ScheduleTemplate(clinic_id=offer.clinic.id, name="Mall", book=kind.book, internal=False, types=[kind]))
        kind.retired_at = START
    for path in (WEEK, f"{SCHEDULE}/dag?dag={MONDAY}", f"{SCHEDULE}/tider", f"{SCHEDULE}/mallar", f"{SCHEDULE}/oppna"):
        browser.get(path)
        assert browser.status == 200, path


def test_a_preview_that_was_open_too_long_says_so(browser: Browser, offer: Offer, sqlite_database: Database) -> None:
    browser.get(f"{SCHEDULE}/tider").submit("chosen", all="1").submit(name="Nytt")
    browser.submit(sure="1", csrf_token="x")
    assert "<title>Fel:" in browser.html and "Sidan hade varit öppen länge" in browser.html
    assert len(opened(sqlite_database)) == 1
    browser.submit(sure="1")
    assert "Tiderna är ändrade." in browser.html


def test_nothing_chosen_and_nothing_changed_are_said(browser: Browser) -> None:
    browser.get(f"{SCHEDULE}/tider").submit("chosen")
    assert browser.path == f"{SCHEDULE}/tider" and "Välj minst en öppnad tid" in browser.html
    browser.submit("chosen", all="1").submit()
    assert browser.status == 422 and "Ändra minst en uppgift" in browser.html


def test_a_week_is_copied_to_the_same_weekdays(browser: Browser, sqlite_database: Database) -> None:
    typed = {"from": MONDAY.isoformat(), "first": "2026-11-30", "last": "2026-12-20", "how": "week"}
    browser.get(f"{SCHEDULE}/kopiera").submit(**typed).submit(sure="1")
    assert "Tiderna är kopierade." in browser.html
    assert [row.day.isoformat() for row in opened(sqlite_database)] == ["2026-11-23", "2026-11-30", "2026-12-07", "2026-12-14"]
    browser.get(f"{SCHEDULE}/kopiera").submit(**typed)
    assert browser.status == 422 and "är redan öppen" in browser.html and len(opened(sqlite_database)) == 4


def test_one_resource_is_copied_to_any_day_and_resource(browser: Browser, sqlite_database: Database) -> None:
    typed = {"from": MONDAY.isoformat(), "how": "one", "to": "2026-12-03", "from_resource": "1", "to_resource": "3"}
    browser.get(f"{SCHEDULE}/kopiera").submit(**typed).submit(sure="1")
    assert [(row.day.isoformat(), row.resource) for row in opened(sqlite_database)][1] == ("2026-12-03", 3)


def test_time_is_blocked_and_let_go(browser: Browser, sqlite_database: Database) -> None:
    browser.get(f"{SCHEDULE}/blockera?dag={MONDAY}").submit(start="10.00", end="10.30", note="Möte").submit(sure="1")
    assert "Blockerad: <bdi>Möte</bdi>" in browser.html
    free = form_to(browser, "/ta-bort")
    browser.submit(free)
    with sqlite_database.reading() as session:
        assert session.scalars(select(BlockedTime)).all() == []


def test_books_resources_frame_and_steps_are_set(browser: Browser, sqlite_database: Database) -> None:
    typed = {"name-A": "Rum", "resources-A-0": "2", "start": "6.00", "start_step": "5", "autosearch": "1"}
    browser.get(f"{SCHEDULE}/bocker").submit(**typed)
    assert "Sparat." in browser.html and 'value="Rum"' in browser.html
    with sqlite_database.reading() as session:
        clinic = session.scalars(select(Clinic)).one()
        assert (clinic.frame_start_minute, clinic.start_step_minutes, clinic.autosearch) == (360, 5, True)
    browser.submit(**{"name-A": "", "resources-A-1": "många", "start": "4.00"})
    assert browser.status == 422 and "Skriv vad tidboken heter" in browser.html and "Skriv ett antal" in browser.html


def test_from_an_empty_clinic_to_a_bookable_time_in_three_pages(sqlite_database: Database, clock: FixedClock) -> None:
    """Active, with its modules on; three fields are filled in, the others are preset."""
    with sqlite_database.writing() as session:
        clinic = a_clinic(session, name="Tomma")
        reason = a_reason(session)
        a_staff_account(session, clinic, Role.NURSE_ADMIN)
    browser = Browser(a_portal(sqlite_database, clock)).log_in(cast.NURSE_HERE, staff=True)
    browser.get(f"{SCHEDULE}/besok/ny").submit(name="Vaccination mot TBE", reason=str(reason.id))
    browser.get(f"{SCHEDULE}/oppna").submit().submit(sure="1")
    assert "Tiderna är öppnade." in browser.html
    resident = Browser(browser.app).get(f"/klinik/{clinic.id}/bokning").submit(type="1")
    assert "2026-11-20T" in resident.html


def test_categories_and_types_are_added_moved_and_retired(browser: Browser, sqlite_database: Database) -> None:
    browser.get(f"{SCHEDULE}/besok/ny").submit(name="", reason="", minutes="7", min_age="18", max_age="3")
    assert browser.status == 422 and "Välj en besöksanledning" in browser.html
    browser.submit(name="Influensa", reason="1")
    assert browser.status == 422 and "åldern" in browser.html
    browser.submit(max_age="", reason="1")
    assert "Skriv minuterna i hela fem" in browser.html
    browser.submit(minutes="15", reason="1")
    assert browser.path == f"{SCHEDULE}/besok" and browser.html.index("Vaccination mot TBE") < browser.html.index("Influensa")
    browser.get(f"{SCHEDULE}/besok/2/typ").submit(type_name="2 personer", persons="2")
    assert "2 personer" in browser.html
    page = token_of(browser.html)
    for address, data in (("2/flytta", {"way": "up"}), ("1/avsluta", {}), ("2/avsluta", {"type": "2"})):
        browser.client.post(f"{SCHEDULE}/besok/{address}", data={"csrf_token": page, **data})
    browser.get(f"{SCHEDULE}/besok")
    assert "Vaccination mot TBE" not in browser.html and "Influensa" in browser.html
    with sqlite_database.reading() as session:
        retired = session.scalars(select(VisitCategory.retired_at).order_by(VisitCategory.id)).all()
    assert [at is None for at in retired] == [False, True]


def test_a_category_and_its_types_get_new_names(browser: Browser, sqlite_database: Database) -> None:
    browser.get(f"{SCHEDULE}/besok/1/typ").submit(type_name="Ett par", persons="2")
    page = browser.get(f"{SCHEDULE}/besok/1/namn")
    assert 'value="Vaccination mot TBE"' in page.html and 'value="Ett par"' in page.html
    browser.submit(**{"name": "TBE-vaccin", "type-2": " "})
    assert browser.status == 422 and "Skriv ett namn." in browser.html and 'value="TBE-vaccin"' in browser.html
    with sqlite_database.reading() as session:
        assert session.get_one(VisitCategory, 1).name == "Vaccination mot TBE"
    browser.submit(**{"type-2": "För två"})
    assert browser.path == f"{SCHEDULE}/besok"
    assert "TBE-vaccin" in browser.html and "För två" in browser.html and "Ett par" not in browser.html


def test_another_clinics_schedule_is_out_of_reach(browser: Browser, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        other = an_offer(session, clinic=a_clinic(session, name="Annan"))
        [time_id] = session.scalars(select(OpenedTime.id).where(OpenedTime.clinic_id == other.clinic.id))
        category_id = other.category.id
    page = token_of(browser.get(f"{SCHEDULE}/tider").html)
    data = {"csrf_token": page, f"time-{time_id}": "1", "sure": "1", "step": "1", "name": "Taget"}
    for path in ("tider/andra", "tider/stang"):
        answer = browser.client.post(f"{SCHEDULE}/{path}", data=data)
        assert answer.status_code in (303, 422)
    for path in (f"besok/{category_id}/flytta", f"besok/{category_id}/avsluta", f"besok/{category_id}/namn"):
        assert browser.client.post(f"{SCHEDULE}/{path}", data={"csrf_token": page}).status_code == 404
    with sqlite_database.reading() as session:
        assert (
            session.get_one(OpenedTime, time_id).opening_id and session.get_one(VisitCategory, category_id).retired_at is None
        )
        assert "Taget" not in set(session.scalars(select(Opening.name)))


def test_only_booking_may_not_say_what_can_be_booked_where_the_provider_says_so(
    sqlite_database: Database, clock: FixedClock
) -> None:
    with sqlite_database.writing() as session:
        clinic = a_clinic(session)
        a_staff_account(session, clinic, Role.BOOKING_ONLY)
        provider = session.get_one(CareProvider, clinic.unit.provider_id)
        provider.modules.append(ModuleSwitch(module=Module.BOOKING_ONLY_WITHOUT_OFFERS))
    browser = Browser(a_portal(sqlite_database, clock)).log_in(cast.NURSE_HERE, staff=True)
    assert browser.get(f"{SCHEDULE}/besok").status == 404
    assert f"{SCHEDULE}/besok" not in browser.get(SCHEDULE).html


def test_the_week_takes_as_many_statements_however_much_is_open(
    browser: Browser, offer: Offer, sqlite_database: Database
) -> None:
    counts = []
    for _ in range(2):
        with count_statements(sqlite_database) as sent:
            browser.get(WEEK)
        counts.append(len(sent))
        last = (MONDAY + timedelta(days=6)).isoformat()
        to_preview(browser, offer, **{"resource-A-3": "1", "pattern": "every_day", "last": last}).submit(sure="1")
    assert counts[0] == counts[1]
