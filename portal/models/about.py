"""What a row is about: a case, a contractor, a resident on file, or a campaign."""

from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

if TYPE_CHECKING:
    from portal.models.cases import Case
    from portal.models.contractors import Contractor
    from portal.models.groups import Campaign, Resident


class AboutSomething:
    """Mixin of papers, clocks and tasks. A paper of a case may name a contractor as well (人员托养审批表)."""

    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    contractor_id: Mapped[int | None] = mapped_column(ForeignKey("contractor.id"))
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("resident.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))

    @declared_attr
    @classmethod
    def case(cls) -> Mapped["Case | None"]:
        """One admission of one person."""
        return relationship("Case")

    @declared_attr
    @classmethod
    def contractor(cls) -> Mapped["Contractor | None"]:
        """A custody institution."""
        return relationship("Contractor")

    @declared_attr
    @classmethod
    def resident(cls) -> Mapped["Resident | None"]:
        """A person of the special groups on file (一人一档)."""
        return relationship("Resident")

    @declared_attr
    @classmethod
    def campaign(cls) -> Mapped["Campaign | None"]:
        """A screening campaign with its two dates."""
        return relationship("Campaign")
