"""What the e-ID's codes mean to whoever waits: one sentence or two each, after BankID's recommended messages.

Codes that nobody has heard of yet get the fallback of their kind.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

OUR_FAULT = _l("Något är fel hos oss, så e-legitimationen går inte att använda just nu. Försök igen senare.")

HINTS: Mapping[str, LazyString] = {
    "outstandingTransaction": _l("Öppna BankID-appen."),
    "noClient": _l("Öppna BankID-appen på den enhet där du har ditt BankID."),
    "started": _l("Appen letar efter ditt BankID. Händer ingenting finns det kanske inget BankID på den enheten."),
    "userMrtd": _l("Fotografera och läs av din id-handling med BankID-appen."),
    "userCallConfirm": _l("Svara på frågan om telefonsamtal i BankID-appen."),
    "userSign": _l("Skriv in din säkerhetskod i BankID-appen och välj Identifiera."),
}
"""While nothing is decided."""
IN_PROGRESS = _l("Identifieringen pågår. Följ det som står i appen.")

ENDS: Mapping[str, LazyString] = {
    "expiredTransaction": _l("Appen svarade inte i tid. Se efter att den är öppen och har internet, och försök igen."),
    "certificateErr": _l("BankID:t är spärrat eller för gammalt. Använd ett annat, eller skaffa ett nytt hos din bank."),
    "userCancel": _l("Identifieringen avbröts i appen. Börja om när du vill."),
    "cancelled": _l("Identifieringen avbröts, för en ny hade påbörjats med samma BankID. Försök igen."),
    "startFailed": _l("BankID-appen kom inte i gång i tid. Försök igen. Saknar du BankID får du det hos din bank."),
    "userDeclinedCall": _l("Identifieringen avslutades, eftersom svaret i appen var att du inte talar i telefon med oss."),
    "notSupportedByUserApp": _l("BankID-appen är för gammal för det här. Uppdatera den och försök igen."),
    "transactionRiskBlocked": _l("BankID stoppade identifieringen för säkerhets skull. Prata med din bank om det händer igen."),
    "not_ours": _l("Identifieringen påbörjades i en annan webbläsare. Gå tillbaka till den, eller börja om här."),
    "gone": _l("Den här identifieringen är redan avslutad. Börja om ifall du inte har blivit inloggad."),
    "access_denied": _l("Identifieringen avbröts hos e-legitimationen. Börja om när du vill."),
    "expired": _l("Identifieringen tog för lång tid och avslutades. Försök igen."),
    "level_too_low": _l("Här behövs en e-legitimation med högre tillitsnivå. Välj en annan e-legitimation."),
    "not_trusted": _l("Svaret från e-legitimationen gick inte att lita på, så du är inte inloggad. Försök igen."),
    "both_numbers": _l("E-legitimationen har två nummer för dig, så vi vet inte säkert vem du är. Välj en annan."),
    "no_number": _l("E-legitimationen har inget personnummer, så vi vet inte säkert vem du är. Välj en annan."),
}
"""Nobody was identified: what happened, and what to do."""
UNKNOWN_END = _l("Något gick fel, och du är inte inloggad. Försök igen.")

TROUBLES: Mapping[str, LazyString] = {
    "alreadyInProgress": _l("En identifiering med ditt personnummer pågår redan. Avsluta den i appen och försök igen."),
    "invalidParameters": OUR_FAULT,
    "canceled": _l("Identifieringen avbröts innan den kom i gång. Försök igen."),
    "unauthorized": OUR_FAULT,
    "notFound": OUR_FAULT,
    "requestTimeout": _l("Det tog för lång tid att nå BankID. Försök igen."),
    "unsupportedMediaType": OUR_FAULT,
    "tooManyRequests": _l("Många vill identifiera sig just nu. Vänta en minut och försök igen."),
    "internalError": _l("BankID har ett tekniskt fel just nu. Försök igen om en stund."),
    "maintenance": _l("BankID är stängt för underhåll just nu. Försök igen om en stund."),
    "unreachable": _l("E-legitimationen svarar inte just nu. Försök igen om en stund."),
    "unreadable": _l("Svaret från e-legitimationen gick inte att läsa. Försök igen om en stund."),
}
"""The e-ID could not be asked, so nothing is decided."""
UNKNOWN_TROUBLE = _l("Något gick fel med e-legitimationen. Försök igen om en stund.")


def say_hint(code: str) -> str:
    return str(HINTS.get(code, IN_PROGRESS))


def say_end(code: str) -> str:
    return str(ENDS.get(code, UNKNOWN_END))


def say_trouble(code: str) -> str:
    return str(TROUBLES.get(code, UNKNOWN_TROUBLE))
