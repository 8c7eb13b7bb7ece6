"""What grows when the years pile up: every list, search and page on databases of different sizes, in turns.

`python -m benchmarks.pages` measures 1,000 and 100,000 papers on SQLite; BENCH_SIZES=1000,1000000 chooses other sizes, BENCH_FULL=1
adds a million, and with BENCH_POSTGRES=1 a server is used that is found through PGHOST, PGPORT …. The number of statements must
not grow at all; the time of the largest should stay within 1.3 times the smallest.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, create_engine, event, select, text
from sqlalchemy.orm import Session

from benchmarks import filling
from portal import clock, create_app
from portal.db import prepare_engine
from portal.extensions import db
from portal.models import Case, Contractor, Document, Resident, User
from portal.services import casefile, clocks, documents, search, worklists
from portal.services.access import Viewer, load_viewer
from portal.services.ledgers import LEDGERS
from portal.services.worklists import Listing
from tests.conftest import Browser

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "15"))
BOUND = 1.3
CLERK, STATION, TOWN, VILLAGE = "pingtang.clerk.1", "station.clerk.1", "town.clerk.1", "village.clerk.1"
POSTGRES = os.environ.get("BENCH_POSTGRES") == "1"
Job = Callable[[], object]


def sizes() -> list[int]:
    """Return the sizes to measure, smallest first."""
    usual = "1000,100000,1000000" if os.environ.get("BENCH_FULL") else "1000,100000"
    return sorted(int(word) for word in os.environ.get("BENCH_SIZES", usual).split(","))


@dataclass
class Portal:
    """A portal on a database of one size, with somebody of a county and somebody of the station at their desks."""

    app: Flask
    engine: Engine
    case: Case
    draft: Document
    resident: Resident
    contractor: Contractor
    viewers: Mapping[str, Viewer]
    browsers: Mapping[str, Browser]
    statements: list[str] = field(default_factory=list)

    def services(self, session: Session) -> dict[str, Job]:
        """Return what to measure below the pages."""
        clerk, station = self.viewers[CLERK], self.viewers[STATION]
        uuid, paper, case_id = self.case.uuid, self.draft.uuid, self.case.id
        name, number = self.case.display_name, self.case.case_no

        def the_facts() -> object:
            document = documents.find(session, clerk, paper)
            return documents.read(session, document).facts

        letters = min(search.initials(name))[:2]
        jobs: dict[str, Job] = {"counts of all lists": lambda: worklists.counts(session, clerk)}
        for listing in Listing:
            jobs[f"list: {listing.value}"] = lambda listing=listing: worklists.page(session, clerk, listing)
        return {
            **jobs,
            "counts, station": lambda: worklists.counts(session, station),
            "search: two characters": lambda: search.find(session, clerk, name[:2]),
            "search: three characters": lambda: search.find(session, clerk, name),
            "search: initials": lambda: search.find(session, clerk, letters),
            "search: number of case": lambda: search.find(session, clerk, number),
            "search: number of letter": lambda: search.find(session, clerk, "平民函〔2026〕6"),
            "search, station": lambda: search.find(session, station, name[:2]),
            "cases": lambda: casefile.listing(session, clerk, casefile.Wanted()),
            "cases, station": lambda: casefile.listing(session, station, casefile.Wanted()),
            "case file": lambda: casefile.load(session, clerk, documents.find_case(session, clerk, uuid)),
            "facts of a paper": the_facts,
            "limits of a case": lambda: clocks.of_record(session, {"case_id": case_id}),
            "one paper": lambda: documents.read(session, documents.find(session, clerk, paper)),
        }

    def pages(self) -> dict[str, Job]:
        """Return the pages to measure, by their address."""
        clerk, station, town, village = (self.browsers[name] for name in (CLERK, STATION, TOWN, VILLAGE))

        def get(browser: Browser, url: str) -> Job:
            def job() -> object:
                answer = browser.get(url)
                assert answer.status_code == 200, (url, answer.status)
                return answer.data

            return job

        lists = {
            f"GET /work?list={listing.value}": get(clerk, f"/work?list={listing.value}") for listing in Listing
        }
        return {
            "GET /healthz": get(clerk, "/healthz"),
            **lists,
            "GET /work, station": get(station, "/work"),
            "GET /cases": get(clerk, "/cases"),
            "GET /cases, station": get(station, "/cases"),
            "GET /cases?stay=closed": get(clerk, "/cases?stay=closed"),
            "GET /cases/…": get(clerk, f"/cases/{self.case.uuid}"),
            "GET /papers": get(clerk, "/papers"),
            "GET /documents/…": get(clerk, f"/documents/{self.draft.uuid}"),
            "GET /deadlines": get(clerk, "/deadlines"),
            "GET /registers/outgoing": get(clerk, "/registers/outgoing"),
            "GET /contractors": get(clerk, "/contractors"),
            "GET /contractors/…": get(clerk, f"/contractors/{self.contractor.uuid}"),
            "GET /groups/residents": get(clerk, "/groups/residents"),
            "GET /groups/residents, town": get(town, "/groups/residents"),
            "GET /groups/residents, village": get(village, "/groups/residents"),
            "GET /groups/residents/…": get(clerk, f"/groups/residents/{self.resident.uuid}"),
            **{f"GET /ledgers/{key}": get(clerk, f"/ledgers/{key}") for key in LEDGERS},
        }


@contextmanager
def portal(size: int, folder: Path) -> Iterator[Portal]:
    """Fill a database of one size and open the portal on it."""
    url = f"sqlite:///{folder / f'{size}.sqlite'}"
    if POSTGRES:
        url = f"postgresql:///bench_{size}"
        server = create_engine("postgresql:///postgres", isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS bench_{size} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE bench_{size} TEMPLATE template0 ENCODING 'UTF8'"))
        server.dispose()
    engine = create_engine(url)
    prepare_engine(engine)
    began = time.monotonic()
    filling.fill(engine, size)
    _say(f"{size:>9,} papers filled in {time.monotonic() - began:.0f} s")
    keys = {"secret_key": "bench", "accounts_key": "bench", "files": folder / "files", "keys": folder / "keys"}
    app = create_app({"database_url": url, **keys, "TESTING": True, "SERVER_NAME": "localhost"})
    app.test_client_class = Browser
    with app.app_context():
        made = Portal(app, db.engine, *_subjects(db.session), _viewers(db.session), _browsers(app))
        event.listen(db.engine, "before_cursor_execute", lambda *given: made.statements.append(given[2]))
    yield made
    engine.dispose()


def _subjects(session: Session) -> tuple[Case, Document, Resident, Contractor]:
    """Return the newest case of 平塘县 and a paper about it, a resident on file there and a contractor."""
    newest = select(Case).where(Case.region_code == "522727", Case.is_open).order_by(Case.id.desc()).limit(1)
    case = session.scalars(newest).one()
    paper = select(Document).where(Document.case_id == case.id, Document.paper == "transfer_request")
    document = session.scalars(paper).one()
    resident = session.scalars(select(Resident).order_by(Resident.id.desc()).limit(1)).one()
    contractor = session.scalars(select(Contractor).where(Contractor.region_code == "522727").limit(1)).one()
    session.expunge_all()
    return case, document, resident, contractor


def _viewers(session: Session) -> dict[str, Viewer]:
    found = {}
    for name in (CLERK, STATION, TOWN, VILLAGE):
        user_id = session.scalars(select(User.id).where(User.username == name)).one()
        viewer = load_viewer(session, user_id, clock.today())
        assert viewer is not None
        found[name] = viewer
    return found


def _browsers(app: Flask) -> dict[str, Browser]:
    found = {}
    for name in (CLERK, STATION, TOWN, VILLAGE):
        browser = app.test_client()
        assert isinstance(browser, Browser)
        found[name] = browser.sign_in(name)
    return found


@dataclass
class Measured:
    """Times in ms and numbers of statements of one piece of work, by size."""

    times: dict[int, list[float]] = field(default_factory=dict)
    statements: dict[int, int] = field(default_factory=dict)

    def usual(self, size: int) -> float:
        """Return the lower quartile of the times: what the work takes when nothing else disturbs it."""
        return statistics.quantiles(self.times[size], n=4)[0]

    @property
    def ratio(self) -> float:
        """The largest against the smallest."""
        return self.usual(max(self.times)) / self.usual(min(self.times))

    @property
    def kept(self) -> bool:
        """No statement more, and within the bound; a difference below a fifth of a millisecond is none."""
        more = self.usual(max(self.times)) - self.usual(min(self.times))
        return len(set(self.statements.values())) == 1 and (self.ratio <= BOUND or more < 0.2)


def _turn(job: Job, made: Portal, session: Session | None) -> tuple[float, int]:
    made.statements.clear()
    began = time.perf_counter()
    job()
    took, count = (time.perf_counter() - began) * 1000, len(made.statements)
    if session is not None:  # nothing stays open or remembered between two turns
        session.rollback()
        session.expunge_all()
    return took, count


def measure(portals: Mapping[int, Portal]) -> dict[str, Measured]:
    """Do every piece of work on every size in turns."""
    found: dict[str, Measured] = {}
    sessions = {size: Session(made.engine) for size, made in portals.items()}
    jobs = {size: {**made.services(sessions[size]), **made.pages()} for size, made in portals.items()}
    for name in next(iter(jobs.values())):
        found[name] = Measured()
        for turn in range(ROUNDS + 2):
            for size, made in portals.items():
                inside = None if name.startswith("GET") else sessions[size]
                took, count = _turn(jobs[size][name], made, inside)
                if turn >= 2:
                    found[name].times.setdefault(size, []).append(took)
                    found[name].statements[size] = count
    for session in sessions.values():
        session.close()
    return found


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Measure and print one table."""
    wanted = sizes()
    with tempfile.TemporaryDirectory() as scratch:
        portals: dict[int, Portal] = {}
        opened: list[Any] = []
        for size in wanted:
            opened.append(portal(size, Path(scratch)))
            portals[size] = opened[-1].__enter__()
        found = measure(portals)
        for each in opened:
            each.__exit__(None, None, None)
    database = "PostgreSQL" if POSTGRES else "SQLite"
    heads = "".join(f"{size:>12,}" for size in wanted)
    _say(f"\n{database}, ms a piece of work by number of papers (lower quartile of {ROUNDS}, in turns)")
    _say(f"{'work':<34}{'statements':>11}{heads}{'ratio':>8}")
    for name, each in found.items():
        counts = sorted(set(each.statements.values()))
        times = "".join(f"{each.usual(size):>12.2f}" for size in wanted)
        _say(
            f"{name:<34}{'–'.join(map(str, counts)):>11}{times}{each.ratio:>8.2f}{'' if each.kept else '  grows'}"
        )
    _say(f"{sum(not each.kept for each in found.values())} of {len(found)} grow")


if __name__ == "__main__":
    main()
