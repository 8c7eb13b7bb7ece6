"""Files by content: written beside, synced, renamed into place, folder synced; the row comes only after the file.

The name is the SHA-256 of the bytes, so storing twice is harmless and a reader can check what it got.
"""

import hashlib
import os
import secrets
from pathlib import Path


class FileStore:
    """A content-addressed folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, data: bytes) -> str:
        """Store the bytes durably and return their SHA-256 in hex. OSError when the disk refuses; nothing is left."""
        name = hashlib.sha256(data).hexdigest()
        target = self.path(name)
        if target.exists():
            return name
        self._make_folder(target.parent)
        draft = target.parent / f".{name}.{secrets.token_hex(6)}"
        try:
            with draft.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        _sync(target.parent)
        return name

    def get(self, name: str) -> bytes:
        """Read the bytes back and check them. FileNotFoundError, or ValueError when they are not what was stored."""
        data = self.path(name).read_bytes()
        if hashlib.sha256(data).hexdigest() != name:
            raise ValueError(f"stored file {name} was changed on disk")
        return data

    def path(self, name: str) -> Path:
        """Return where a file of this digest lies."""
        return self.folder / name[:2] / name

    def _make_folder(self, folder: Path) -> None:
        if folder.exists():
            return
        folder.mkdir(parents=True, exist_ok=True)
        _sync(folder.parent)

    def sweep(self) -> int:
        """Delete half-written leftovers of a crash and return how many there were."""
        leftovers = list(self.folder.glob("*/.*"))
        for draft in leftovers:
            draft.unlink(missing_ok=True)
        return len(leftovers)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
