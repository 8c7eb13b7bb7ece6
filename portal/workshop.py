"""The workshop letters are made in, as this installation's settings place it."""

from portal.config import Settings, kept_secret
from portal.services.files import FileStore
from portal.services.letters import Works


def works_of(settings: Settings) -> Works:
    """Return the workshop: files and keys where the settings say, specimen seals in demo mode."""
    return Works(
        files=FileStore(settings.files),
        keys=settings.keys / "seals",
        passphrase=kept_secret(settings.keys / "seal_passphrase"),
        public_url=settings.public_url.rstrip("/"),
        sample_seals=settings.demo,
    )
