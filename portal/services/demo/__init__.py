"""Demo data: invented accounts and persons, their papers taken through the real services on days gone by."""

from portal.services.demo.people import accounts_summary
from portal.services.demo.seed import is_seeded, seed

__all__ = ["accounts_summary", "is_seeded", "seed"]
