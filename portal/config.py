"""Settings: read once from PORTAL_* in the environment, with defaults that need no server and no configuration."""

import contextlib
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "PORTAL_"


@dataclass(frozen=True)
class Settings:
    """How one installation runs. Paths are absolute; `secret_key` signs tokens, `accounts_key` encrypts second factors."""

    database_url: str
    files: Path  # scans and letters, by digest
    keys: Path  # sealing certificates and the keys of this installation
    secret_key: str
    accounts_key: str
    demo: bool = False  # invented accounts enter without password; letters carry a specimen seal
    public_url: str = "http://127.0.0.1:8000"  # printed on letters for the public check
    cookie_secure: bool = False
    version: str = "1.0.0"
    proxies: int = 0  # how many trusted proxies stand in front and set X-Forwarded-*; nginx in deploy/ is one


def read_settings(
    environment: Mapping[str, str] | None = None, given: Mapping[str, object] | None = None
) -> Settings:
    """Combine defaults, the environment and what the caller gives (highest). Makes missing keys and folders.

    `PORTAL_INSTANCE` moves the whole data folder; `PORTAL_DATABASE_URL=postgresql://…` leaves SQLite behind.
    """
    env = os.environ if environment is None else environment
    chosen: dict[str, object] = {}
    for field in fields(Settings):
        word = env.get(PREFIX + field.name.upper())
        if word:
            chosen[field.name] = _parse(field.type, word)
    chosen |= dict(given or {})
    folder = Path(env.get(PREFIX + "INSTANCE", ROOT / "instance")).resolve()
    chosen.setdefault("database_url", f"sqlite:///{folder / 'portal.sqlite'}")
    chosen.setdefault("files", folder / "files")
    chosen.setdefault("keys", folder / "keys")
    for path in (chosen["files"], chosen["keys"]):
        assert isinstance(path, Path)
        path.mkdir(parents=True, exist_ok=True)
    if "secret_key" not in chosen:
        chosen["secret_key"] = kept_secret(folder / "secret_key")
    if "accounts_key" not in chosen:
        assert isinstance(chosen["keys"], Path)
        chosen["accounts_key"] = kept_secret(chosen["keys"] / "accounts_key")
    return Settings(**chosen)  # type: ignore[arg-type]


def _parse(kind: object, word: str) -> object:
    if kind is bool:
        return word.strip().lower() in {"1", "true", "yes", "on"}
    if kind is int:
        return int(word)
    return Path(word).resolve() if kind is Path else word


def kept_secret(path: Path) -> str:
    """Return the secret kept in a file only its owner may read; the first caller makes it, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        handle, draft = tempfile.mkstemp(dir=path.parent)  # mode 0600
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        Path(draft).unlink()
    return path.read_text().strip()
