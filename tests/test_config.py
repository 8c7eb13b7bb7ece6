"""Settings of an installation."""

from pathlib import Path

import pytest

from portal.config import read_settings


def test_nothing_needs_to_be_set(tmp_path: Path) -> None:
    settings = read_settings({"PORTAL_INSTANCE": str(tmp_path)})
    assert settings.database_url == f"sqlite:///{tmp_path / 'portal.sqlite'}"
    assert settings.files == tmp_path / "files"
    assert settings.keys == tmp_path / "keys"
    assert (settings.demo, settings.cookie_secure, settings.proxies) == (False, False, 0)


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    first = read_settings({"PORTAL_INSTANCE": str(tmp_path)})
    second = read_settings({"PORTAL_INSTANCE": str(tmp_path)})
    assert (first.secret_key, first.accounts_key) == (second.secret_key, second.accounts_key)
    assert first.secret_key != first.accounts_key
    assert len(first.secret_key) == 64
    for path in (tmp_path / "secret_key", tmp_path / "keys" / "accounts_key"):
        assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("word", "expected"), [("1", True), ("true", True), ("0", False), ("", False), ("no", False)]
)
def test_switches_are_read_as_a_person_writes_them(tmp_path: Path, word: str, expected: bool) -> None:
    assert read_settings({"PORTAL_INSTANCE": str(tmp_path), "PORTAL_DEMO": word}).demo is expected


def test_the_environment_moves_database_and_folders(tmp_path: Path) -> None:
    settings = read_settings(
        {
            "PORTAL_INSTANCE": str(tmp_path),
            "PORTAL_DATABASE_URL": "postgresql:///relief",
            "PORTAL_FILES": str(tmp_path / "elsewhere"),
            "PORTAL_PROXIES": "2",
        }
    )
    assert (settings.database_url, settings.proxies) == ("postgresql:///relief", 2)
    assert settings.files.is_dir()


def test_what_the_caller_gives_wins(tmp_path: Path) -> None:
    environment = {"PORTAL_INSTANCE": str(tmp_path), "PORTAL_SECRET_KEY": "from outside"}
    assert read_settings(environment, {"secret_key": "given"}).secret_key == "given"
