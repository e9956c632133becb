"""What the doors say for the core's codes: each refusal one whole sentence, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from journal_core.arrivals.model import Act, State
from journal_core.booking.rules import Time
from journal_core.organisation.model import Clinic
from journal_core.refusal import Refusal
from journal_core.staff.model import Role
from portal.web.i18n import clock_of, clock_time, listed, say_day, say_time

REFUSALS: Mapping[str, LazyString] = {
    "identity_incomplete": _l("Skriv personnumret med 12 siffror."),
    "identity_wrong": _l("Personnumret stämmer inte. Jämför med legitimationen."),
    "birth_date_unreadable": _l("Skriv födelsedatumet som år, månad och dag, till exempel 1951-03-14."),
    "birth_date_month": _l("Månaden kan inte vara %(month)s. Skriv år, månad och dag i den ordningen."),
    "birth_date_future": _l("Födelsedatumet har inte varit än. Titta på årtalet."),
    "birth_date_too_old": _l("Födelsedatumet ligger för långt bak i tiden. Titta på årtalet."),
    "not_bookable": _l("Besöket går inte att boka här längre. Välj ett annat besök eller en annan mottagning."),
    "time_past": _l("Tiden har redan varit. Välj en annan tid."),
    "time_taken": _l("Någon annan hann boka %(time)s. Välj en ny tid."),
    "hold_ran_out": _l("Vi kunde inte hålla tiden längre. Allt du har skrivit finns kvar."),
    "needs_eid": _l("För det här besöket behöver du logga in med e-legitimation."),
    "only_yourself": _l("Det här besöket kan du bara boka åt dig själv."),
    "books_alone": _l("Från %(age)d års ålder bokar man själv det här besöket."),
    "too_young": _l("För ung den dagen. Besöket går att boka för dagar från %(first_day)s."),
    "too_old": _l("För gammal. Besöket är till och med %(max_age)s års ålder. Ring mottagningen."),
    "same_person_twice": _l("Samma personnummer står två gånger. Skriv vars och ens eget."),
    "already_booked": _l("Du har redan en tid för det här besöket. Öppna den om du vill se eller avboka den."),
    "already_cancelled": _l("Besöket är redan avbokat. Du behöver inte göra något mer."),
    "already_past": _l("Tiden har redan varit, så den går inte att avboka."),
    "already_arrived": _l("Du är redan anmäld på mottagningen. Prata med personalen om du inte kan stanna."),
    "no_online_cancellation": _l("Den här mottagningen tar bara emot avbokningar på telefon. Ring dem."),
    "no_online_rebooking": _l("Den här mottagningen byter tider bara på telefon. Ring dem."),
    "same_time": _l("Det är tiden du redan har. Välj en annan, eller behåll den."),
    "booking_changed": _l("Bokningen ändrades precis. Så här är den nu."),
    "code_unknown": _l("Koden och födelsedatumet hör inte ihop. Försök igen eller ring."),
    "policy_changed": _l("Texten om personuppgifter är ny. Läs den och kryssa i rutan en gång till."),
    "draft_gone": _l("Det du skrev finns inte kvar, för det gick lång tid. Börja om med besöket."),
    "arrival_not_here": _l("Säg till i receptionen att du är här."),
    "arrival_cancelled": _l("Tiden är avbokad. Prata med personalen om du ändå har kommit."),
    "arrival_early": _l("Du är tidig. Du kan anmäla dig från kl. %(opens_at)s."),
    "arrival_late": _l("Tiden har passerat. Gå till personalen, de hjälper dig."),
    "arrival_wrong_day": _l("Din tid är %(time)s. Välkommen då!"),
    "arrival_passed": _l("Din tid var %(time)s. Prata med personalen, de hjälper dig."),
    "arrival_finished": _l("Besöket är klart. Tack för att du kom."),
    "arrival_already": _l("Du är redan anmäld. Sätt dig, vi hämtar dig."),
    "arrival_elsewhere": _l("Din tid är hos en annan mottagning. Adressen står på din biljett och i meddelandet."),
    "arrival_ask_staff": _l("Prata med personalen. De hjälper dig gärna."),
    "device_code_unknown": _l("Koden stämmer inte eller har blivit för gammal. Gör en ny kod."),
    "outside_frame": _l("Tiden måste ligga mellan kl. %(first)s och %(last)s. Så är mottagningens ram inställd."),
    "not_whole_fives": _l("Skriv tiderna i hela fem minuter, till exempel 08.05."),
    "ends_before_start": _l("Sluttiden måste vara senare än starttiden."),
    "no_types": _l("Välj minst en besökstyp."),
    "other_book": _l("Besökstyperna måste höra till den valda tidboken."),
    "no_days": _l("Det finns ingen sådan dag mellan datumen. Ändra datum, dagar eller resurser."),
    "day_past": _l("Dagen har redan varit. Välj i dag eller senare."),
    "too_many_days": _l("Välj högst %(days)d dagar åt gången."),
    "not_empty": _l("Resurs %(resource)d är redan öppen %(day)s kl. %(minute)s. Inget har ändrats."),
    "nothing_chosen": _l("Välj minst en öppnad tid."),
    "resources_out_of_range": _l("Skriv högst %(most)d resurser."),
    "frame_too_wide": _l("Ramen kan börja tidigast kl. %(first)s och sluta senast kl. %(last)s."),
    "reason_unknown": _l("Välj en besöksanledning."),
    "ages_order": _l("Till och med-åldern måste vara samma som från-åldern eller högre."),
    "minutes_wrong": _l("Skriv minuterna i hela fem, högst %(most)d."),
    "persons_wrong": _l("Skriv mellan 1 och %(most)d personer."),
    "undo_too_late": _l("Det går inte att ångra längre. Någon har ändrat samma tider, eller så har en av dagarna varit."),
    "consent_missing": _l("Kryssa i att du samtycker. Utan ditt samtycke kan vi inte boka besöket."),
    "not_guardian": _l("En vårdnadshavare behöver boka det här besöket, med sin egen e-legitimation."),
    "consent_too_late": _l("Det går inte att svara längre, för besöket har börjat eller är avbokat. Ring mottagningen."),
    "consent_not_yours": _l("Vi hittar ingen fråga till dig här."),
    "consent_answered": _l("Frågan är redan besvarad. Du behöver inte skicka den igen."),
    "consent_asked_recently": _l("Frågan skickades nyligen. Du kan skicka den igen efter ett dygn."),
    "consent_no_contact": _l("Skriv ett mobilnummer eller en e-postadress att skicka frågan till."),
    "booking_needs_modules": _l(
        "Bokning på nätet kräver modulerna API, Bokning och IVT. Det som saknas: %(missing)s. "
        "Den som driver Vaccinporten slår på moduler."
    ),
    "drop_in_needs_modules": _l(
        "Drop-in kräver modulerna Drop-in och IVT. Det som saknas: %(missing)s. Den som driver Vaccinporten slår på moduler."
    ),
    "eid_needs_module": _l(
        "E-legitimation vid bokning kräver modulen IVT eID VG, som är av. Den som driver Vaccinporten slår på moduler."
    ),
    "declaration_link_needs_modules": _l(
        "Direktlänk till hälsodeklarationen kräver modulerna Drop-in och IVT. Det som saknas: %(missing)s. "
        "Den som driver Vaccinporten slår på moduler."
    ),
    "eid_to_declare_needs_module": _l(
        "E-legitimation för hälsodeklarationen kräver modulen IVT eID VG, som är av. "
        "Den som driver Vaccinporten slår på moduler."
    ),
    "answer_missing": _l("Svara på frågan."),
    "answer_unknown": _l("Välj ett av svaren som står här."),
    "answer_none_and_more": _l("Inget av det här går inte att välja tillsammans med något annat. Ta bort ett av kryssen."),
    "answer_no_number": _l("Skriv ett tal med siffror, till exempel 12 eller 12,5."),
    "answer_out_of_bounds": _l("Talet kan inte stämma. Titta på det en gång till."),
    "answer_no_date": _l("Skriv dagen som år, månad och dag, till exempel 2026-03-14."),
    "answer_too_long": _l("Skriv kortare, högst %(most)d tecken."),
    "declaration_unfinished": _l("En fråga är inte besvarad än."),
    "declaration_sent": _l("Hälsodeklarationen är redan skickad."),
    "form_no_questions": _l("Välj minst en fråga."),
    "form_question_twice": _l("Samma fråga står två gånger."),
    "form_no_words": _l("Skriv frågan och alla svar på svenska."),
    "form_no_options": _l("Skriv minst två svar att välja mellan."),
    "form_same_option": _l("Två svar är likadana."),
    "form_unknown_question": _l("Frågan är en följdfråga till en fråga som inte är med."),
    "form_not_earlier": _l("Frågan är en följdfråga till en fråga som kommer senare, eller till sig själv."),
    "form_unknown_answer": _l("Frågan väntar på ett svar som inte finns."),
    "form_never_shown": _l("Frågan kan aldrig visas, för det den väntar på kan inte stämma samtidigt."),
    "form_ages_crossed": _l("Den lägsta åldern är högre än den högsta."),
    "form_bounds_crossed": _l("Det minsta talet är större än det största."),
    "question_awaited": _l("Frågan ”%(question)s” väntar på ett svar som då inte skulle finnas. Ändra den först."),
    "question_asked": _l("Frågan är med i hälsodeklarationen %(name)s. Ta bort den där först."),
    "definition_broken": _l(
        "Då går det inte att svara på hälsodeklarationen %(name)s. Det som en fråga väntar på måste vara med där och "
        "komma tidigare, och allt som krävs måste kunna stämma samtidigt."
    ),
    "form_validity": _l("Giltighetstiden kan vara från 1 till %(most)d dagar."),
    "form_name_missing": _l("Skriv ett namn."),
    "form_name_taken": _l("En annan hälsodeklaration heter redan så. Välj ett annat namn."),
    "unknown_definition": _l("Välj en av hälsodeklarationerna i listan."),
    "kept_out_of_bounds": _l("Skriv mellan 1 och %(most)d månader, eller lämna tomt."),
    "only_oneself_needs_eid": _l("Bara åt sig själv kräver E-legitimation vid bokning. Kryssa i båda, eller ingen av dem."),
    "settings_changed": _l(
        "Någon annan ändrade inställningarna medan du hade sidan öppen. Det du valde står kvar. Läs igenom och spara igen."
    ),
    "age_out_of_bounds": _l("Åldern måste vara mellan %(lowest)d och %(highest)d år."),
    "age_day_past": _l("Dagen har redan varit. Åldern kan gälla från och med i dag eller senare."),
    "guardians_need_module": _l(
        "Digitalt samtycke kräver modulen IVT Samtycke VG, som är av. Den som driver Vaccinporten slår på moduler."
    ),
    "guardians_one_or_two": _l("Välj om en eller båda vårdnadshavarna ska samtycka."),
    "reason_only_informs": _l("För övriga besök går det bara att skriva information."),
    "reason_eid_needs_module": _l(
        "Att kräva e-legitimation går bara med modulen IVT eID VG, som är av. Den som driver Vaccinporten slår på moduler."
    ),
    "reason_eid_needs_clinic": _l(
        "Ingen av vårdgivarens mottagningar har E-legitimation vid bokning på. Slå på det under Mottagningen för invånare."
    ),
    "consent_needs_eid": _l("Digitalt samtycke kräver e-legitimation. Kryssa i båda, eller ingen av dem."),
    "consent_needs_module": _l(
        "Digitalt samtycke kräver modulen IVT Samtycke VG, som är av. Den som driver Vaccinporten slår på moduler."
    ),
    "consent_needs_age": _l("Skriv till och med vilken ålder vårdnadshavarna ska samtycka digitalt."),
    "consent_age_needs_consent": _l("Åldern gäller digitalt samtycke. Kryssa i det, eller ta bort åldern."),
    "consent_age_wrong": _l("Åldern för digitalt samtycke måste vara mellan 0 och %(most)d år."),
    "information_too_long": _l("Informationen är för lång. Skriv högst %(most)d tecken."),
    "text_too_long": _l("Texten är för lång. Skriv högst %(most)d tecken."),
    "state_changed": _l("Någon annan har ändrat besöket. Så här är det nu."),
}
"""Every code of every refusals.py, checked by tests/laws."""

STATES: Mapping[State, LazyString] = {
    State.BOOKED: _l("Bokad"),
    State.ARRIVED: _l("Anlänt"),
    State.STARTED: _l("Pågår"),
    State.DONE: _l("Klar"),
    State.NO_SHOW: _l("Uteblev"),
}
STATES_COUNTED: Mapping[State, LazyString] = {
    State.BOOKED: _l("Bokade"),
    State.ARRIVED: _l("Anlända"),
    State.STARTED: _l("Pågående"),
    State.DONE: _l("Klara"),
    State.NO_SHOW: _l("Uteblivna"),
}
ACTS: Mapping[Act, LazyString] = {
    Act.ARRIVE: _l("Anlänt"),
    Act.START: _l("Starta"),
    Act.FINISH: _l("Klar"),
    Act.NO_SHOW: _l("Uteblev"),
    Act.UNDO: _l("Ångra"),
}
ROLES: Mapping[Role, LazyString] = {
    Role.PROVIDER_ADMIN: _l("Vårdgivaradmin"),
    Role.USER_ADMIN: _l("Användaradmin"),
    Role.DOCTOR: _l("Läkare"),
    Role.DOCTOR_ADMIN: _l("Läkare med admin"),
    Role.NURSE: _l("Sjuksköterska"),
    Role.NURSE_ADMIN: _l("Sjuksköterska med admin"),
    Role.CARE_ADMINISTRATOR: _l("Vårdadministratör"),
    Role.BOOKING_ONLY: _l("Endast bokning"),
    Role.BLOCK_ADMIN: _l("Spärradmin"),
    Role.LOG_UNIT: _l("Logg för vårdenheten"),
    Role.LOG_PROVIDER: _l("Logg för vårdgivaren"),
}
REASONS: Mapping[str, LazyString] = {
    "tbe": _l("TBE (fästingvaccin)"),
    "influensa": _l("Influensa"),
    "covid-19": _l("Covid-19"),
    "barnvaccination": _l("Barnvaccination"),
    "vattkoppor": _l("Vattkoppor"),
    "resa": _l("Resa och reserådgivning"),
    "halsokontroll": _l("Hälsokontroll"),
}
"""The shipped reasons by slug; one that was added later is shown as it was written."""


def say(refusal: Refusal) -> str:
    """The sentence for a "no"."""
    return str(REFUSALS[refusal.code]) % {name: _fact(name, value) for name, value in refusal.facts.items()}


MINUTES_OF_DAY = frozenset({"first", "last", "minute"})
"""Facts that are minutes from midnight."""


def _fact(name: str, value: object) -> object:
    match value:
        case int() if name in MINUTES_OF_DAY:
            return clock_time(value)
        case Time():
            return say_time(value)
        case datetime():
            return clock_of(value)
        case date():
            return say_day(value, year=True)
        case Clinic():
            return value.name
        case tuple():
            return listed(value)
    return value


def reason_name(slug: str, name: str) -> str:
    return str(REASONS.get(slug, name))


def ages(min_age: int | None, max_age: int | None) -> str:
    """från 1 års ålder, 1-17 år, alla åldrar"""
    if min_age is not None and max_age is not None:
        return _("%(first)d–%(last)d år", first=min_age, last=max_age)
    if min_age is not None:
        return _("från %(age)d års ålder", age=min_age)
    if max_age is not None:
        return _("till och med %(age)d års ålder", age=max_age)
    return _("alla åldrar")
