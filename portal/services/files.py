"""Files by content: written beside, synced, renamed into place, folder synced; the row comes only after the file.

The name is the SHA-256 of the bytes, so storing twice is harmless and a reader can check what it got.
"""

import fcntl
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
        if not target.exists():
            self._write(target, data)
        # Also for a file that is there: whoever wrote it may have been stopped before the folders were on disk.
        _sync(target.parent)
        _sync(self.folder)
        return name

    def _write(self, target: Path, data: bytes) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.parent / f".{target.name}.{secrets.token_hex(6)}"
        try:
            with draft.open("wb") as file:
                fcntl.flock(file, fcntl.LOCK_EX)  # tells `sweep` that somebody is still writing
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
                draft.rename(target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise

    def get(self, name: str) -> bytes:
        """Read the bytes back and check them. FileNotFoundError, or ValueError when they are not what was stored."""
        data = self.path(name).read_bytes()
        if hashlib.sha256(data).hexdigest() != name:
            raise ValueError(f"stored file {name} was changed on disk")
        return data

    def path(self, name: str) -> Path:
        """Return where a file of this digest lies."""
        return self.folder / name[:2] / name

    def sweep(self) -> int:
        """Delete half-written leftovers of a crash and return how many there were; what is being written now stays."""
        swept = 0
        for draft in list(self.folder.glob("*/.*")):
            try:
                with draft.open("rb") as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    draft.unlink(missing_ok=True)
                    swept += 1
            except (BlockingIOError, FileNotFoundError):
                continue  # its writer lives, or has just finished
        return swept


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
