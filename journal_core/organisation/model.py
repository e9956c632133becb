"""Providers, units, clinics, module switches."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from journal_core import mapping
from journal_core.texts import Translatable


class Module(StrEnum):
    """Named switches, spelled as in the administrator's manual, chapter 6. Only those that steer something are listed."""

    IVT = "IVT"
    IVT_EID = "IVT eID VG"
    IVT_CONSENT = "IVT Samtycke VG"
    ARRIVAL_PROVIDER = "AnkomstregistreringVG"
    SEALS_MINORS = "AutoForseglaU18"
    BOOKING_ONLY_WITHOUT_OFFERS = "EndastBokningEjBesokKonf"
    API = "API"
    BOOKING = "Bokning"
    DROP_IN = "Drop-in"
    OWN_DROP_IN = "VEDropIn"
    ARRIVAL = "Ankomstregistrering"
    NO_ONLINE_CANCELLATION = "EjAvbokningOnline"
    NO_ONLINE_REBOOKING = "EjOmbokningOnline"


class CareProvider(mapping.Mapped):
    """Vårdgivare: the legal care provider, the outer privacy boundary."""

    __tablename__ = "care_provider"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    org_number: Mapped[str] = mapped_column(unique=True)
    hsa_id: Mapped[str | None]
    phone: Mapped[str | None]
    consenting_guardians: Mapped[int] = mapped_column(default=2, server_default="2")
    """How many of a child's guardians have to consent where the child has two: 1 or 2."""
    declarations_kept_months: Mapped[int | None]
    """So long health declarations are kept after they were sent; None: until somebody says otherwise."""

    modules: Mapped[list[ModuleSwitch]] = relationship(foreign_keys="ModuleSwitch.provider_id")


class AgeKind(StrEnum):
    """The ages that count (domain §5)."""

    GUARDIAN_BOOKS = "guardian_books"
    """A guardian books for a child until it turns so old."""
    GUARDIAN_READS = "guardian_reads"
    """A guardian reads a child's record until it turns so old."""
    OWN_RECORD = "own_record"
    """One reads one's own record from this age."""


class AgeSetting(mapping.Mapped):
    """An age that a provider has set, from a day on; where it has set none the preset counts (organisation.rules)."""

    __tablename__ = "age_setting"
    __table_args__ = (UniqueConstraint("provider_id", "kind", "first_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("care_provider.id"))
    kind: Mapped[AgeKind] = mapped_column(mapping.text_enum(AgeKind))
    years: Mapped[int]
    first_day: Mapped[date]


class PolicyText(Translatable, mapping.Mapped):
    """One version of a provider's personal-data policy; the newest is shown, what was accepted stays tied to its booking."""

    __tablename__ = "policy_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("care_provider.id"), index=True)
    text: Mapped[str]
    valid_from: Mapped[datetime]


class CareUnit(mapping.Mapped):
    """Vårdenhet: the inner privacy boundary."""

    __tablename__ = "care_unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("care_provider.id"), index=True)
    name: Mapped[str]
    hsa_id: Mapped[str | None]

    provider: Mapped[CareProvider] = relationship()


class Clinic(Translatable, mapping.Mapped):
    """Mottagning: one physical place. Created inactive (domain §1)."""

    __tablename__ = "clinic"
    __table_args__ = (
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="whole_pin"),
        CheckConstraint(
            "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180",
            name="pin_on_earth",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("care_unit.id"), index=True)
    name: Mapped[str]
    search_key: Mapped[str]
    """Folded name, street, postcode and city; see organisation.rules.fold."""
    hsa_id: Mapped[str | None]
    import_key: Mapped[str | None] = mapped_column(index=True)
    """What an import finds a clinic again by, within its provider; None for one that was not imported."""
    phone: Mapped[str | None]
    street: Mapped[str | None]
    postcode: Mapped[str | None]
    city: Mapped[str | None]
    web_page: Mapped[str | None]
    email: Mapped[str | None]
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    colour: Mapped[str | None]
    """#rrggbb of its resident pages."""
    welcome_booking: Mapped[str | None]
    welcome_arrival: Mapped[str | None]
    activated_at: Mapped[datetime | None]

    visible: Mapped[bool] = mapped_column(default=False)
    booking: Mapped[bool] = mapped_column(default=False)
    eid_booking: Mapped[bool] = mapped_column(default=False)
    eid_only_oneself: Mapped[bool] = mapped_column(default=False, server_default=false())
    """One may book only for oneself: no booking for children."""
    drop_in: Mapped[bool] = mapped_column(default=False)
    declaration_link: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The health declaration has an address of its own, for a link or a QR code."""
    eid_declaration: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Declaring demands e-ID."""
    public_unit: Mapped[bool] = mapped_column(default=False)
    """The screen in the waiting room may register arrivals."""
    arrival_booked: Mapped[bool] = mapped_column(default=False)
    """Booked visits may register their arrival on the person's own phone."""
    arrival_opens_minutes: Mapped[int] = mapped_column(default=30)
    late_cancellation_hours: Mapped[int] = mapped_column(default=24)
    start_step_minutes: Mapped[int | None]
    """Grid of starts where the clinic sets its own (5, 10 or 15); else a type's own minutes."""
    frame_start_minute: Mapped[int] = mapped_column(default=7 * 60, server_default="420")
    frame_end_minute: Mapped[int] = mapped_column(default=20 * 60, server_default="1200")
    """Time is opened within the frame, in minutes from midnight."""
    autosearch: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Residents are offered the nearest free time within two weeks."""

    unit: Mapped[CareUnit] = relationship()
    modules: Mapped[list[ModuleSwitch]] = relationship(foreign_keys="ModuleSwitch.clinic_id")


class ModuleSwitch(mapping.Mapped):
    """A module that is on, for a provider or for a clinic."""

    __tablename__ = "module_switch"
    __table_args__ = (
        CheckConstraint("(provider_id IS NULL) <> (clinic_id IS NULL)", name="one_owner"),
        UniqueConstraint("provider_id", "module"),
        UniqueConstraint("clinic_id", "module"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("care_provider.id"))
    clinic_id: Mapped[int | None] = mapped_column(ForeignKey("clinic.id"))
    module: Mapped[Module] = mapped_column(mapping.text_enum(Module))


class Postcode(mapping.Mapped):
    """Where a postcode is, as an imported list tells."""

    __tablename__ = "postcode"

    code: Mapped[str] = mapped_column(primary_key=True)
    """Five digits."""
    locality: Mapped[str]
    """Postort: the town of the postal address."""
    municipality: Mapped[str]
    """Its short name: Göteborg, not Göteborgs kommun."""


Index("ix_clinic_listed", Clinic.visible, Clinic.activated_at)
