"""The clinic's settings."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import delete, select

from config.demo.people import PER, ULRIKA
from journal_core.catalogue.model import Reason
from journal_core.declarations.model import (
    Declaration,
    DeclarationAnswer,
    DeclarationUse,
    Definition,
    DefinitionVersion,
    RequiredDefinition,
)
from journal_core.organisation.model import AgeKind, AgeSetting, CareProvider, Clinic, Module, ModuleSwitch
from tests.build.clocks import START
from tests.build.states.kiosk import connect
from tests.build.states.registry import STATES, state
from tests.build.states.ways import begin_work, press, sit_down
from tests.build.world import World

SETTINGS = "/personal/installningar"


def to_screens(page: Page, world: World, clinic: str = "nissan") -> None:
    begin_work(page, world, PER, clinic)
    page.goto(world.at("/personal/installningar"))
    page.locator("main a[href$='/skarmar']").click()


@state("settings", "settings/start.html", "settings.start")
def _(page: Page, world: World) -> None:
    begin_work(page, world, PER)
    page.goto(world.at("/personal/installningar"))


@state("screens-none", "settings/screens.html", "settings.start", "settings.screens")
def _(page: Page, world: World) -> None:
    to_screens(page, world)


@state("screens-closed", "settings/screens.html", "settings.screens")
def _(page: Page, world: World) -> None:
    to_screens(page, world, "traslov")


@state("screens-unnamed", "settings/screens.html", "settings.screens", status=422)
def _(page: Page, world: World) -> None:
    to_screens(page, world)
    press(page)


@state("screens", "settings/screens.html", "settings.screen", "settings.revoke", "settings.screens")
def _(page: Page, world: World) -> None:
    connect(page, world, world.clinic_id("nissan"))
    for name in ("Korridoren", "Entrén, till vänster om den automatiska dörren"):
        to_screens(page, world)
        page.locator("#name").fill(name)
        press(page)
        expect(page.locator(".code")).to_be_visible()
    press(page, "revoke")
    expect(page.locator("#name")).to_be_visible()


@state("screen-code", "settings/screen.html", "settings.screens", "settings.screen")
def _(page: Page, world: World) -> None:
    to_screens(page, world)
    page.locator("#name").fill("Väntrum plan 1")
    press(page)


@state("screen-connected", "settings/screen.html", "settings.screen")
def _(page: Page, world: World) -> None:
    to_connected(page, world)


@state("screen-new-code", "settings/screen.html", "settings.new_code", "settings.screen")
def _(page: Page, world: World) -> None:
    to_connected(page, world)
    page.locator("main form").first.locator("button[type=submit]").click()
    expect(page.locator(".code")).to_be_visible()


def to_connected(page: Page, world: World) -> None:
    connect(page, world, world.clinic_id("nissan"))
    to_screens(page, world)
    page.get_by_role("link", name="Väntrummet").click()


def to_provider(page: Page, world: World, path: str = "") -> None:
    """The provider's administrator at a page of settings."""
    sit_down(page, world, ULRIKA)
    page.goto(world.at(SETTINGS + path))


def switch_on_consent(world: World) -> None:
    with world.database.writing() as session:
        provider = session.scalars(select(CareProvider)).one()
        if Module.IVT_CONSENT not in {switch.module for switch in provider.modules}:
            session.add(ModuleSwitch(provider_id=provider.id, module=Module.IVT_CONSENT))


def switch_off(world: World, *modules: Module) -> None:
    with world.database.writing() as session:
        session.execute(delete(ModuleSwitch).where(ModuleSwitch.module.in_(modules)))


def to_reason(page: Page, world: World, slug: str) -> None:
    with world.database.reading() as session:
        reason = session.scalars(select(Reason.id).where(Reason.slug == slug)).one()
    to_provider(page, world, f"/anledningar/{reason}")


@state("settings-provider", "settings/start.html", "settings.start")
def _(page: Page, world: World) -> None:
    to_provider(page, world)


@state("residents", "settings/residents.html", "settings.residents")
def _(page: Page, world: World) -> None:
    to_provider(page, world, "/invanare")


@state("residents-saved", "settings/residents.html", "settings.residents")
def _(page: Page, world: World) -> None:
    to_provider(page, world, "/invanare")
    page.locator("#eid_only_oneself").check(force=True)
    press(page)


@state("residents-lacking", "settings/residents.html", "settings.residents", status=422)
def _(page: Page, world: World) -> None:
    switch_off(world, Module.IVT_EID, Module.API)
    with world.database.writing() as session:
        session.get_one(Clinic, world.clinic_id("nissan")).eid_booking = False
    to_provider(page, world, "/invanare")
    press(page)


@state("residents-changed", "settings/residents.html", "settings.residents", status=409)
def _(page: Page, world: World) -> None:
    to_provider(page, world, "/invanare")
    with world.database.writing() as session:
        session.get_one(Clinic, world.clinic_id("nissan")).visible = False
    page.locator("#drop_in").uncheck(force=True)
    press(page)


@state("reasons", "settings/reasons.html", "settings.reasons")
def _(page: Page, world: World) -> None:
    to_provider(page, world, "/anledningar")


@state("reason", "settings/reason.html", "settings.reason")
def _(page: Page, world: World) -> None:
    switch_on_consent(world)
    to_reason(page, world, "covid-19")
    page.locator("#digital_consent").check(force=True)
    page.locator("#consent_until_age").fill("15")
    press(page)
    page.locator("details.where > summary").click()


@state("reason-lacking", "settings/reason.html", "settings.reason", status=422)
def _(page: Page, world: World) -> None:
    switch_off(world, Module.IVT_CONSENT)
    to_reason(page, world, "tbe")
    page.locator("#information").fill("Ta med vaccinationskortet. " * 20)
    press(page)


@state("reason-other", "settings/reason.html", "settings.reason")
def _(page: Page, world: World) -> None:
    to_reason(page, world, "halsokontroll")


@state("ages", "settings/ages.html", "settings.ages")
def _(page: Page, world: World) -> None:
    with world.database.writing() as session:
        provider = session.scalars(select(CareProvider.id)).one()
        for years, days in ((17, -90), (18, -30), (16, 42)):
            day = START.date() + timedelta(days=days)
            session.add(AgeSetting(provider_id=provider, kind=AgeKind.GUARDIAN_BOOKS, years=years, first_day=day))
    to_provider(page, world, "/aldrar")


@state("ages-error", "settings/ages.html", "settings.ages", status=422)
def _(page: Page, world: World) -> None:
    to_provider(page, world, "/aldrar")
    press(page)


@state("guardians-consenting", "settings/guardians.html", "settings.guardians")
def _(page: Page, world: World) -> None:
    switch_on_consent(world)
    to_provider(page, world, "/samtycke")
    page.locator("#guardians-1").check(force=True)
    press(page)


@state("guardians-lacking", "settings/guardians.html", "settings.guardians")
def _(page: Page, world: World) -> None:
    switch_off(world, Module.IVT_CONSENT)
    to_provider(page, world, "/samtycke")


@state("texts", "settings/texts.html", "settings.texts")
def _(page: Page, world: World) -> None:
    begin_work(page, world, PER)
    page.goto(world.at(f"{SETTINGS}/texter"))


@state("texts-arabic", "settings/texts.html", "settings.texts")
def _(page: Page, world: World) -> None:
    begin_work(page, world, ULRIKA)
    page.goto(world.at(f"{SETTINGS}/texter?sprak=ar"))
    page.locator("textarea").first.fill("أهلًا بك")
    press(page)
    page.goto(world.at(f"{SETTINGS}/texter?sprak=ar"))


@state("texts-too-long", "settings/texts.html", "settings.texts", status=422)
def _(page: Page, world: World) -> None:
    begin_work(page, world, PER)
    page.goto(world.at(f"{SETTINGS}/texter"))
    page.locator("#welcome_booking").fill("Välkommen till oss. " * 30)
    press(page)


DECLARATIONS = f"{SETTINGS}/halsodeklarationer"


@state("declarations", "settings/declarations.html", "settings.start", "settings.declarations")
def _(page: Page, world: World) -> None:
    to_provider(page, world)
    page.locator(f"main a[href='{DECLARATIONS}']").click()


@state("declarations-none", "settings/declarations.html", "settings.declarations")
def _(page: Page, world: World) -> None:
    with world.database.writing() as session:
        for model in (DeclarationUse, DeclarationAnswer, Declaration, RequiredDefinition, DefinitionVersion, Definition):
            session.execute(delete(model))
    to_provider(page, world, "/halsodeklarationer")


@state("declarations-brought-in", "settings/declarations.html", "settings.bring_in", "settings.declarations")
def _(page: Page, world: World) -> None:
    STATES["declarations-none"].recipe(page, world)
    page.locator("form[action$='/hamta'] button").click()
    expect(page.locator("main li.card").first).to_be_visible()


@state("declarations-error", "settings/declarations.html", "settings.declarations", status=422)
def _(page: Page, world: World) -> None:
    to_provider(page, world, "/halsodeklarationer")
    page.locator("#months").fill("tolv")
    press(page)


def to_definition(page: Page, world: World, name: str = "Vaccination") -> None:
    to_provider(page, world, "/halsodeklarationer")
    page.locator("main li.card a", has_text=name).first.click()


@state("definition", "settings/definition.html", "settings.definition")
def _(page: Page, world: World) -> None:
    to_definition(page, world)


@state("definition-error", "settings/definition.html", "settings.definition", status=422)
def _(page: Page, world: World) -> None:
    to_definition(page, world)
    page.locator("#validity_days").fill("900")
    page.locator("#q-allergy").fill("")
    press(page)


@state("definition-new-error", "settings/definition.html", "settings.new_definition", status=422)
def _(page: Page, world: World) -> None:
    to_provider(page, world, "/halsodeklarationer/ny")
    page.locator("#q-fainted").fill("först")
    press(page)


def to_bank(page: Page, world: World, path: str = "") -> None:
    to_provider(page, world, f"/halsodeklarationer/fragor{path}")


@state("questions", "settings/questions.html", "settings.questions")
def _(page: Page, world: World) -> None:
    to_bank(page, world)


@state("question-choices", "settings/question.html", "settings.question")
def _(page: Page, world: World) -> None:
    to_bank(page, world, "/allergy-to")


@state("question-number-new", "settings/question.html", "settings.new_question")
def _(page: Page, world: World) -> None:
    to_bank(page, world, "/ny?slag=number")


@state("question-error", "settings/question.html", "settings.question", status=422)
def _(page: Page, world: World) -> None:
    to_bank(page, world, "/allergy-told")
    page.locator("#text-sv").fill("Vad händer?")
    page.locator("#min_age").fill("ung")
    press(page)


@state("question-worded", "settings/question.html", "settings.questions", "settings.question")
def _(page: Page, world: World) -> None:
    to_bank(page, world, "/fainted")
    page.locator("#level-yes").select_option("stop")
    press(page)
    page.locator("main li.card a[href$='/fainted']").click()


@state("question-taken-back", "settings/questions.html", "settings.take_back_question", "settings.questions")
def _(page: Page, world: World) -> None:
    STATES["question-worded"].recipe(page, world)
    press(page, "take-back")


@state("definition-preview", "settings/preview.html", "settings.preview")
def _(page: Page, world: World) -> None:
    to_provider(page, world, "/halsodeklarationer")
    page.locator("main a[href$='/visa']").first.click()
