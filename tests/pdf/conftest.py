from pathlib import Path

import pytest

from pdf import certs
from tests.pdf.papers import NOW, ORGAN

PASSPHRASE = "only-for-tests"


@pytest.fixture(scope="session")
def identity_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("identities")


@pytest.fixture(scope="session")
def identity(identity_folder: Path) -> certs.Identity:
    return certs.ensure_identity(identity_folder, "522732", ORGAN, passphrase=PASSPHRASE, now=NOW)
