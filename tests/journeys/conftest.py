"""A real portal on loopback and a real Chromium in front of it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from forms.kit.workdays import SHANGHAI

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "test-artifacts"


@pytest.fixture(scope="session")
def base_url() -> None:
    """No address before the portal is up. (The plugin's own fixture of this name is of a kind pytest will drop.)"""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """Debian's Chromium, without any call home."""
    quiet = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--disable-quic",
    ]
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": "/usr/bin/chromium", "args": [*quiet, *sandbox]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, object]) -> dict[str, object]:
    """A clerk's screen, in Chinese and on the prefecture's clock."""
    return {
        **browser_context_args,
        "viewport": {"width": 1440, "height": 900},
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
    }


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where screenshots and letters are left to be looked at."""
    PICTURES.mkdir(exist_ok=True)
    return PICTURES


class Portal:
    """A running portal: its address, its data folder, and the environment commands need to reach it.

    `begins` makes it a portal of days of its own: its clock then stands at that moment and is set on by `go_on`.
    """

    def __init__(
        self, url: str, folder: Path, environment: dict[str, str], begins: datetime | None = None
    ) -> None:
        self.url, self.folder = url, folder
        self.environment = {**environment, "STORY_AHEAD": str(folder / "ahead.txt")}
        self.ahead = timedelta(0)
        self.wsgi, self.worker = ("tests.journeys.later",) * 2 if begins else ("wsgi", "portal.worker")
        if begins:
            self.go_on(begins)

    def now(self) -> datetime:
        """Return the moment on the portal's clock, in Shanghai."""
        return datetime.now(SHANGHAI) + self.ahead

    def go_on(self, to: datetime) -> None:
        """Let time pass up to a moment. Sessions run out meanwhile, as they do."""
        self.ahead = to - datetime.now(SHANGHAI)
        (self.folder / "ahead.txt").write_text(str(self.ahead.total_seconds()))

    def flask(self, *words: str) -> str:
        """Run a flask command on the portal's data and return what it prints."""
        return self._run("-m", "flask", "--app", f"{self.wsgi}:app", *words)

    def python(self, program: str) -> str:
        """Run a program on the portal's data and return what it prints."""
        return self._run("-c", f"import {self.wsgi}; {program}" if self.wsgi != "wsgi" else program)

    def _run(self, *words: str) -> str:
        run = partial(
            subprocess.run, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True, check=True
        )
        return str(run([sys.executable, *words]).stdout)


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The portal in demo mode with accounts but no stories."""
    with serve(tmp_path_factory.mktemp("portal")) as running:
        yield running


@contextmanager
def serve(folder: Path, history: str = "", begins: datetime | None = None) -> Iterator[Portal]:
    """Run the portal on fresh data in a folder, with demo accounts, served by gunicorn beside its worker.

    `history` is a program that fills the data while the servers start. `begins`: see `Portal`.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ, "PORTAL_INSTANCE": str(folder), "PORTAL_DEMO": "1", "PORTAL_PUBLIC_URL": url, "PORTAL_DATABASE_URL": "",
    }  # fmt: skip
    running = Portal(url, folder, environment, begins)
    running.flask("prepare", "--accounts-only")
    served = ["-k", "gthread", "--threads", "4", "-b", f"127.0.0.1:{port}", "--no-control-socket"]
    web = ["gunicorn", *served, f"{running.wsgi}:app"]
    worker = ["huey.bin.huey_consumer", f"{running.worker}.huey", "-k", "thread", "-w", "1", "-q"]
    with ExitStack() as stack:
        for name, words in (("web", web), ("worker", worker)):
            log = stack.enter_context((folder / f"{name}.log").open("w"))
            command = [sys.executable, "-m", *words]
            process = stack.enter_context(
                subprocess.Popen(command, cwd=ROOT, env=running.environment, stdout=log, stderr=log)
            )
            stack.callback(_end, process)
        if history:
            running.python(history)
        _until_it_answers(f"{url}/healthz")
        yield running


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()


def _until_it_answers(url: str) -> None:
    last = time.monotonic() + 60
    while True:
        try:
            with urlopen(url, timeout=2):
                return
        except (URLError, OSError):
            if time.monotonic() > last:
                raise
            time.sleep(0.1)
