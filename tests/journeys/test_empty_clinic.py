"""From an empty clinic to its first bookable time: three pages, three fields, by keyboard and by pointer."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from config.demo.people import PER
from journal_core.staff.model import Assignment, Role, StaffAccount
from tests.build.builders import TODAY, a_clinic
from tests.build.states.ways import sit_down
from tests.build.world import WIDE, World

SCHEDULE = "/personal/schema"


def an_empty_clinic(world: World) -> int:
    """Active, its modules on, nothing to book; Per is a nurse with admin there too."""
    with world.database.writing() as session:
        clinic = a_clinic(session, name="Tomma mottagningen")
        account = session.scalars(select(StaffAccount).where(StaffAccount.identity == PER.number)).one()
        session.add(Assignment(account=account, clinic=clinic, role=Role.NURSE_ADMIN, first_day=TODAY))
        return clinic.id


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without"])
def test_three_pages_and_three_fields_lead_to_the_first_time(world: World, chromium: Browser, javascript: bool) -> None:
    clinic_id = an_empty_clinic(world)
    with world.with_page(chromium, WIDE, javascript=javascript) as page:
        sit_down(page, world, PER, clinic_id)
        page.goto(world.at(SCHEDULE))
        page.get_by_role("link", name="Lägg till ett besök").click()
        page.get_by_label("Vad heter besöket?").fill("Vaccination mot TBE")
        page.get_by_label("Besöksanledning").select_option(label="TBE (fästingvaccin)")
        page.get_by_role("button", name="Lägg till besöket").click()
        page.get_by_role("navigation", name="Schema").get_by_role("link", name="Öppna tid").click()
        page.get_by_label("Till klockan").fill("12:00")
        if javascript:
            expect(page.locator("#antal")).to_contain_text("Vaccination mot TBE: 864")
        page.get_by_role("button", name="Visa vad som öppnas").click()
        page.get_by_role("button", name="Öppna tiderna").click()
        expect(page.get_by_role("status")).to_contain_text("Tiderna är öppnade.")
        page.goto(world.at(f"/klinik/{clinic_id}/bokning"))
        page.get_by_label("Vaccination mot TBE").check(force=True)
        page.locator("#step button[type=submit]").click()
        expect(page.get_by_label("09.10")).to_be_visible()


def test_a_nurse_opens_time_by_keyboard_alone(world: World, chromium: Browser) -> None:
    with world.with_page(chromium, WIDE) as page:
        sit_down(page, world, PER)
        page.goto(world.at(f"{SCHEDULE}/oppna"))
        page.locator("#resource-A-1").focus()
        page.keyboard.press("Space")
        page.locator("#resource-A-4").focus()
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Kontrollera tiderna")).to_be_visible()
        page.get_by_role("button", name="Öppna tiderna").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("Tiderna är öppnade.")
