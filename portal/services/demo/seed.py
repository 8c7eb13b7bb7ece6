"""When the demo is told, and that it is told once."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db import transaction
from portal.models import User
from portal.services.demo import people, stories
from portal.services.demo.teller import Teller
from portal.services.letters import Works


def is_seeded(session: Session) -> bool:
    """Tell whether the demo accounts are there."""
    return session.scalar(select(User.id).where(User.is_demo).limit(1)) is not None


def seed(session: Session, works: Works, *, accounts_only: bool = False) -> None:
    """Add accounts and stories. Takes some seconds: every letter is really set, sealed and signed."""
    with transaction(session):
        people.add(session)
    if not accounts_only:
        stories.tell(Teller(session, works))
