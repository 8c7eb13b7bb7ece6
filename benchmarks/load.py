"""A hundred people at once: how long pages take and how much memory the server takes, beside a page that does nothing.

`python -m benchmarks.load` fills a portal with 20,000 papers, serves it with gunicorn as in production on a port of this
machine, and lets BENCH_USERS people (100) read for BENCH_SECONDS (30), each pausing about two seconds between pages.
"""

import http.client
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import create_engine, select

from benchmarks import filling
from portal import create_app
from portal.config import ROOT
from portal.db import prepare_engine
from portal.extensions import db
from portal.models import Case, Document
from tests.conftest import Browser

USERS, SECONDS = int(os.environ.get("BENCH_USERS", "100")), int(os.environ.get("BENCH_SECONDS", "30"))
PAPERS = int(os.environ.get("BENCH_PAPERS", "20000"))
PAUSE = 2.0  # seconds, on average
ACCOUNTS = tuple(
    f"{place}.{desk}.{each}"
    for place in ("pingtang", "station")
    for desk in ("clerk", "reviewer")
    for each in (1, 2)
)
EMPTY = "/healthz"


@dataclass
class Seen:
    """Seconds by kind of page, and what failed."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: list[str] = field(default_factory=list)

    def late(self, kind: str) -> float:
        """Return the time in ms that 95 of 100 pages stay below."""
        return statistics.quantiles(self.times[kind], n=20)[-1] * 1000

    def middle(self, kind: str) -> float:
        """Return the median in ms."""
        return statistics.median(self.times[kind]) * 1000


@contextmanager
def served(folder: Path) -> Iterator[tuple[int, int, dict[str, str], Mapping[str, Sequence[str]]]]:
    """Fill and serve a portal; give port, process, a cookie for each account and addresses by kind of page."""
    url = f"sqlite:///{folder / 'portal.sqlite'}"
    engine = create_engine(url)
    prepare_engine(engine)
    filling.fill(engine, PAPERS)
    given = {
        "database_url": url,
        "files": folder / "files",
        "keys": folder / "keys",
        "secret_key": "bench",
        "accounts_key": "bench",
    }
    app = create_app({**given, "SERVER_NAME": "localhost", "TESTING": True})
    app.test_client_class = Browser
    cookies = {
        name: _cookie(app.test_client().sign_in(name), app.config["SESSION_COOKIE_NAME"]) for name in ACCOUNTS
    }  # type: ignore[attr-defined]
    with app.app_context():
        in_care = select(Case.uuid, Case.id).where(Case.region_code == "522727", Case.is_open)
        cases = db.session.execute(in_care).all()
        papers = db.session.scalars(
            select(Document.uuid).where(Document.case_id.in_([row.id for row in cases]))
        ).all()
        pages = {
            "case file": [f"/cases/{row.uuid}" for row in cases],
            "paper": [f"/documents/{uuid}" for uuid in papers],
        }
        db.session.close()
        db.engine.dispose()
    engine.dispose()
    port = _free_port()
    environment = {f"PORTAL_{name.upper()}": str(value) for name, value in given.items()}
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "wsgi:app"]
    server = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment, "PORTAL_BIND": f"127.0.0.1:{port}"}
    )
    try:
        _wait(port)
        yield port, server.pid, cookies, pages
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def _cookie(browser: Browser, name: str) -> str:
    found = browser.get_cookie(name)
    assert found is not None
    return f"{name}={found.value}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=5).request("GET", EMPTY)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the server did not start")


def _warm(port: int, cookies: Mapping[str, str], pages: Mapping[str, Sequence[str]]) -> None:
    """Ask for every kind of page often enough that each process has read its templates once."""
    for address in [EMPTY, "/work", "/cases", pages["case file"][0], pages["paper"][0]] * 6:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        line.request("GET", address, headers={"Host": "localhost", "Cookie": cookies[ACCOUNTS[0]]})
        line.getresponse().read()
        line.close()


def _person(
    port: int, cookie: str, pages: Mapping[str, Sequence[str]], seen: Seen, until: float, number: int
) -> None:
    """Read pages, pausing between them, until the time is up."""
    dice = random.Random(number)
    local: list[tuple[str, float]] = []
    county = number % len(ACCOUNTS) < len(ACCOUNTS) // 2
    kinds = ["empty", "inbox", "inbox", "cases", *(["case file", "paper"] if county else [])]
    time.sleep(dice.uniform(0, PAUSE))
    while time.monotonic() < until:
        kind = dice.choice(kinds)
        address = {"empty": EMPTY, "inbox": "/work", "cases": "/cases"}.get(kind) or dice.choice(pages[kind])
        began = time.perf_counter()
        try:
            line = http.client.HTTPConnection(
                "127.0.0.1", port, timeout=60
            )  # the pause outlives a kept connection
            line.request("GET", address, headers={"Host": "localhost", "Cookie": cookie})
            answer = line.getresponse()
            answer.read()
            line.close()
            if answer.status != 200:
                seen.failures.append(f"{address}: {answer.status}")
        except (OSError, http.client.HTTPException) as error:
            seen.failures.append(f"{address}: {error!r}")
        local.append((kind, time.perf_counter() - began))
        time.sleep(dice.uniform(0.5, 1.5) * PAUSE)
    for kind, took in local:
        seen.times[kind].append(took)


def _memory(pid: int) -> list[float]:
    """Return the most memory, in MB, that the server and each of its processes have held."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    peaks = []
    for each in [str(pid), *children]:
        status = Path(f"/proc/{each}/status").read_text()
        peaks.append(int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024)
    return peaks


def main() -> None:
    """Measure and print one table."""
    seen = Seen()
    with tempfile.TemporaryDirectory() as scratch, served(Path(scratch)) as (port, pid, cookies, pages):
        _warm(port, cookies, pages)
        until = time.monotonic() + SECONDS
        people = [
            threading.Thread(
                target=_person, args=(port, cookies[ACCOUNTS[n % len(ACCOUNTS)]], pages, seen, until, n)
            )
            for n in range(USERS)
        ]
        began = time.monotonic()
        for person in people:
            person.start()
        for person in people:
            person.join()
        took, memory = time.monotonic() - began, _memory(pid)
    total = sum(len(times) for times in seen.times.values())
    lines = [
        f"{USERS} people on {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}: {total} pages, {total / took:.0f} a second"
    ]
    lines.append(f"{'page':<14}{'pages':>7}{'median ms':>11}{'p95 ms':>9}{'p95, times the empty page':>27}")
    for kind in ("empty", "inbox", "cases", "case file", "paper"):
        ratio = seen.late(kind) / seen.late("empty")
        lines.append(
            f"{kind:<14}{len(seen.times[kind]):>7}{seen.middle(kind):>11.0f}{seen.late(kind):>9.0f}{ratio:>27.1f}"
        )
    lines.append(f"failures: {len(seen.failures)} {seen.failures[:3] or ''}")
    lines.append(f"most memory: {sum(memory):.0f} MB in {len(memory)} processes, {max(memory):.0f} MB in one")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
