"""Reasons, and what the demo's clinics offer for them in their own words."""

from __future__ import annotations

from config.demo.shapes import Kind, Offer, ReasonData
from journal_core.catalogue.model import Book, ReasonKind

REASONS = (
    ReasonData(
        "tbe",
        "TBE",
        ReasonKind.VACCINATION,
        "Du behöver tre doser som grundskydd. Har du fyllt 50 år behöver du fyra. Ta gärna den första på våren.",
    ),
    ReasonData(
        "influensa",
        "Influensa",
        ReasonKind.VACCINATION,
        "Vaccinet skyddar en säsong. Vänta med vaccinationen om du har feber.",
    ),
    ReasonData(
        "covid-19",
        "Covid-19",
        ReasonKind.VACCINATION,
        "Du loggar in med e-legitimation och bokar åt dig själv.",
        eid_demanded=True,
    ),
    ReasonData(
        "barnvaccination",
        "Barnvaccination",
        ReasonKind.VACCINATION,
        "En vårdnadshavare följer med barnet. Ta med barnets vaccinationskort om du har det.",
    ),
    ReasonData(
        "vattkoppor",
        "Vattkoppor",
        ReasonKind.VACCINATION,
        "Barnet får två doser, med minst sex veckor emellan. Vänta med vaccinationen om barnet har feber.",
        eid_demanded=True,
        consent_until_age=15,
    ),
    ReasonData(
        "resa",
        "Resa och reserådgivning",
        ReasonKind.TRAVEL,
        "Boka i god tid, gärna sex veckor innan du reser. Ta med uppgifter om vaccin som du fått tidigare.",
    ),
    ReasonData("halsokontroll", "Hälsokontroll", ReasonKind.OTHER),
)
"""The system's list in its order. Two demand e-ID, which only vaccination and travel may (domain §4); one of them asks
guardians for consent."""

TBE = Offer(
    "tbe",
    "Vaccination mot TBE",
    (
        Kind("TBE, 1 person", 10, drop_in=True),
        Kind("TBE, 2 personer", 15, persons=2),
        Kind("TBE, familj upp till 5 personer", 30, persons=5),
    ),
    min_age=1,
    series=True,
)
TBE_QUICK = Offer(
    "tbe",
    "TBE: fästingvaccin",
    (Kind("Fästingvaccin, en person", 5, drop_in=True), Kind("Fästingvaccin, två personer", 10, persons=2)),
    min_age=1,
    series=True,
)
INFLUENZA = Offer(
    "influensa",
    "Vaccination mot influensa",
    (Kind("Influensa, 1 person", 10, drop_in=True), Kind("Influensa, 2 personer", 15, persons=2)),
    min_age=18,
)
COVID = Offer("covid-19", "Covid-19, påfyllnadsdos", (Kind("Covid-19, 1 person", 10),), min_age=18)
MPR = Offer(
    "barnvaccination",
    "Barnvaccination: MPR",
    (Kind("MPR, ett barn", 15), Kind("MPR, två syskon", 25, persons=2)),
    min_age=1,
    max_age=17,
)
CHICKENPOX = Offer("vattkoppor", "Vaccination mot vattkoppor", (Kind("Vattkoppor, ett barn", 10),), min_age=1, max_age=17)
TRAVEL = Offer(
    "resa",
    "Resa: råd och vaccination",
    (
        Kind("Resa, 1 person", 20),
        Kind("Resa, 2 personer", 30, persons=2),
        Kind("Resa, familj upp till 5 personer", 45, persons=5),
    ),
)
AROUND_THE_WORLD = Offer(
    "resa",
    "Jorden runt",
    (Kind("Jorden runt, 1 person", 30), Kind("Jorden runt, 2 personer", 45, persons=2)),
    series=True,
)
HEALTH_CHECK = Offer(
    "halsokontroll",
    "Hälsokontroll hos läkare",
    (Kind("Hälsokontroll, 30 minuter", 30, book=Book.B),),
    min_age=18,
)
CERTIFICATE = Offer(
    "halsokontroll",
    "Läkarintyg för resa",
    (Kind("Läkarintyg, 15 minuter", 15, book=Book.B),),
    min_age=18,
)
INFLUENZA_STAFF = Offer(
    "influensa",
    "Influensa för vårdpersonal",
    (Kind("Vårdpersonal, 1 person", 5),),
    min_age=18,
    invisible_online=True,
)
EVERYTHING = (TBE, INFLUENZA, COVID, MPR, CHICKENPOX, TRAVEL, HEALTH_CHECK, INFLUENZA_STAFF)
