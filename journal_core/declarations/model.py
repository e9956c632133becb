"""What is asked, by whom it is asked, and what was answered. What somebody said is sealed, each row by itself (keyring)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from journal_core import mapping
from journal_core.actor import ActorKind
from journal_core.booking.model import Visit
from journal_core.persons.model import Person
from journal_core.staff.model import StaffAccount
from journal_core.texts import OF_ITS_ENGINE


class Definition(mapping.Mapped):
    """A questionnaire with a name. What it asks is in its versions; the newest is what is begun now."""

    __tablename__ = "declaration_definition"
    __table_args__ = (UniqueConstraint("provider_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("care_provider.id"), index=True)
    """None: the system's own."""
    key: Mapped[str | None]
    """What the shipped definition is called that it was made from; None for one of the provider's own."""
    name: Mapped[str]
    purpose: Mapped[str]
    """For sorting only."""
    drop_in: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The provider's one for drop-in and direct links; at most one has the mark."""
    retired_at: Mapped[datetime | None]
    """Since when it can't be chosen any more; visits that ask for it already go on asking."""

    versions: Mapped[list[DefinitionVersion]] = relationship(back_populates="definition", order_by="DefinitionVersion.number")


class DefinitionVersion(mapping.Mapped):
    """Exactly what is asked. Never changed: another wording is another row, and answers stay with theirs."""

    __tablename__ = "declaration_version"
    __table_args__ = (UniqueConstraint("definition_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    definition_id: Mapped[int] = mapped_column(ForeignKey("declaration_definition.id"))
    number: Mapped[int]
    questions: Mapped[list[dict[str, Any]]] = mapped_column(OF_ITS_ENGINE)
    """As declarations.form reads them."""
    validity_days: Mapped[int | None]
    """None: one vaccination consumes it."""
    created_at: Mapped[datetime]

    definition: Mapped[Definition] = relationship(back_populates="versions")


class HiddenDefinition(mapping.Mapped):
    """A definition that a clinic doesn't use. Without a row it does."""

    __tablename__ = "declaration_hidden"

    definition_id: Mapped[int] = mapped_column(ForeignKey("declaration_definition.id"), primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"), primary_key=True)


class DropInDefinition(mapping.Mapped):
    """A clinic's own for drop-in and for its direct link, with module VEDropIn; without a row its provider's serves."""

    __tablename__ = "declaration_drop_in"

    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"), primary_key=True)
    definition_id: Mapped[int] = mapped_column(ForeignKey("declaration_definition.id"))


class RequiredDefinition(mapping.Mapped):
    """A visit type that asks for a declaration. Without a row it asks for none."""

    __tablename__ = "declaration_required"

    type_id: Mapped[int] = mapped_column(ForeignKey("visit_type.id"), primary_key=True)
    definition_id: Mapped[int] = mapped_column(ForeignKey("declaration_definition.id"))


class OwnQuestion(mapping.Mapped):
    """A question of a provider's own, or a shipped one in the provider's words."""

    __tablename__ = "declaration_question"

    provider_id: Mapped[int] = mapped_column(ForeignKey("care_provider.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    """The shipped one's, or one of its own."""
    content: Mapped[dict[str, Any]] = mapped_column(OF_ITS_ENGINE)
    """As declarations.form reads it."""
    changed_at: Mapped[datetime]


class Declaration(mapping.Mapped):
    """One person's, for one provider, to one version. Once sent it stands; who wants to say something else makes another."""

    __tablename__ = "declaration"
    __table_args__ = (Index("ix_declaration_person", "person_id", "provider_id", "sent_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    """Random, in the addresses of its pages; opens nothing without `owner` or the right log-in."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("care_provider.id"))
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    """Where it was begun."""
    version_id: Mapped[int] = mapped_column(ForeignKey("declaration_version.id"))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), index=True)
    """For which it was begun; None by the clinic's direct link."""
    reason: Mapped[str | None]
    age: Mapped[int]
    """Of whom it is about, as the questions were chosen (form.About)."""
    owner: Mapped[str | None]
    """The browser that goes on with it."""
    started_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    told_by: Mapped[ActorKind] = mapped_column(mapping.text_enum(ActorKind))
    told_by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Who was logged in: oneself or a guardian."""
    told_by_account_id: Mapped[int | None] = mapped_column(ForeignKey("staff_account.id"))
    """Of the staff, together with the person."""
    summary: Mapped[bytes | None]
    """Sealed: which answers deviate and how strongly; context `declaration:{id}`. None until it is sent."""

    version: Mapped[DefinitionVersion] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=person_id)
    visit: Mapped[Visit | None] = relationship()
    answers: Mapped[list[DeclarationAnswer]] = relationship(
        back_populates="declaration", order_by="DeclarationAnswer.answered_at"
    )
    comments: Mapped[list[DeclarationComment]] = relationship(back_populates="declaration", order_by="DeclarationComment.id")


class DeclarationAnswer(mapping.Mapped):
    """What was said to one question."""

    __tablename__ = "declaration_answer"

    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id"), primary_key=True)
    question: Mapped[str] = mapped_column(primary_key=True)
    """Its key in the version."""
    answer: Mapped[bytes]
    """Sealed; context `declaration-answer:{declaration_id}:{question}`."""
    owner: Mapped[str | None]
    """The browser where it was said: by a link alone no other sees it."""
    answered_at: Mapped[datetime]

    declaration: Mapped[Declaration] = relationship(back_populates="answers")


class DeclarationUse(mapping.Mapped):
    """A vaccination for which a declaration was gone through: it prolongs or consumes it (rules.holds)."""

    __tablename__ = "declaration_use"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id"), index=True)
    at: Mapped[datetime]


class DeclarationRemoval(mapping.Mapped):
    """That declarations which a provider keeps no longer were removed: how many, from before when, and nothing of whom."""

    __tablename__ = "declaration_removal"

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("care_provider.id"), index=True)
    at: Mapped[datetime]
    before: Mapped[datetime]
    count: Mapped[int]


class DeclarationComment(mapping.Mapped):
    """What staff wrote beside a declaration. Stays as it is."""

    __tablename__ = "declaration_comment"
    __table_args__ = (UniqueConstraint("declaration_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("staff_account.id"))
    at: Mapped[datetime]
    number: Mapped[int]
    """Within the declaration, from 1."""
    text: Mapped[bytes]
    """Sealed; context `declaration-comment:{declaration_id}:{number}`."""

    declaration: Mapped[Declaration] = relationship(back_populates="comments")
    account: Mapped[StaffAccount | None] = relationship()
