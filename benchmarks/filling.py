"""Databases of a thousand to a million papers, written past the application: seconds for a hundred thousand.

Half of everything is 平塘县's, which is measured. In every size the same number of persons is in care and of papers is on
its way: what grows with the years is what lies behind them. Numbers, participations, the log, ended limits and the search
index are filled in proportion.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from portal.db import Base, transaction
from portal.models import Event, Unit, User
from portal.services import search
from tests import world

OPEN_CASES = 60  # the newest; their letters are on the way
PAPERS_OF_A_CASE = 5
CONTRACTORS = 24  # the prefecture's; they do not grow with the years
LETTERS = ("dna_request", "identity_assist_request", "transfer_request", "minor_transfer_letter")
_SURNAMES = "岑莫蒙罗韦陆潘石龙吴杨王李陈张黄何卢蓝周赵孙朱马胡郭林高梁宋郑谢唐许邓冯程蔡彭袁于董余苏叶吕魏蒋田杜"
_GIVEN = "春和秋实明远清扬思齐若水景行知微怀瑾望舒子衿德音永福长寿建国志强秀英桂兰玉珍凤云金花天福正德光辉文武学礼"
Row = tuple[Any, ...]


@dataclass(frozen=True)
class _County:
    bureau: int
    region: str
    clerk: int
    reviewer: int
    signer: int
    seal: int
    police: int


class _Filler:
    """Writes rows by the thousand, in the form each database keeps them."""

    def __init__(self, session: Session, papers: int) -> None:
        self.session, self.papers, self.cases = session, papers, papers // PAPERS_OF_A_CASE
        self.sqlite = session.get_bind().dialect.name == "sqlite"
        self.now = datetime.now(UTC).replace(microsecond=0)
        self.station = session.scalars(select(Unit.id).where(Unit.code == "522700-station")).one()
        self.counties = list(self._counties())
        [self.town] = self._units("522727100")
        self.villages = self._units("522727100-01", "522727100-02")

    def _units(self, *codes: str) -> list[int]:
        return list(self.session.scalars(select(Unit.id).where(Unit.code.in_(codes)).order_by(Unit.code)))

    def _counties(self) -> Iterator[_County]:
        users = {row.username: row.id for row in self.session.execute(select(User.username, User.id))}
        police = {
            unit.region_code: unit.id for unit in self.session.scalars(select(Unit).where(Unit.kind == "police"))
        }
        for unit in self.session.scalars(
            select(Unit).where(Unit.kind == "county_bureau").order_by(Unit.region_code != "522727")
        ):
            word = "pingtang" if unit.region_code == "522727" else "fuquan"
            desks = (users[f"{word}.{desk}.1"] for desk in ("clerk", "reviewer", "signer", "seal"))
            yield _County(unit.id, unit.region_code, *desks, police[unit.region_code])

    def moment(self, moment: datetime) -> Any:
        """Return an instant as the database keeps it."""
        return moment.strftime("%Y-%m-%d %H:%M:%S.000000") if self.sqlite else moment

    def day(self, moment: datetime) -> Any:
        """Return a day as the database keeps it."""
        return moment.date().isoformat() if self.sqlite else moment.date()

    def uuid(self, kind: int, number: int) -> Any:
        """Return an id that looks drawn by lot, so that its index is as scattered as a real one."""
        value = UUID(int=(number * 0x9E3779B97F4A7C15F39CC0605CEDC835 + kind) % (1 << 128))
        return value.hex if self.sqlite else value

    def write(self, table: str, columns: str, rows: Iterable[Row]) -> None:
        """Write rows of a table."""
        raw: Any = self.session.connection().connection.driver_connection
        if self.sqlite:
            marks = ", ".join("?" * len(columns.split(",")))
            raw.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', rows)
            return
        with raw.cursor() as cursor, cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)

    def county(self, case: int) -> _County:
        """Return the county of a case: every second is of 平塘县."""
        others = self.counties[1:]
        return others[case // 2 % len(others)] if case % 2 else self.counties[0]

    def name(self, case: int) -> str:
        """Return the invented name of the person of a case; those in care are alike, so that a search fills its page."""
        if self.is_open(case):
            return "王志" + _GIVEN[case % len(_GIVEN)]
        second, third = _GIVEN[case // 50 % len(_GIVEN)], _GIVEN[case // 2500 % len(_GIVEN)]
        return _SURNAMES[case % len(_SURNAMES)] + second + third

    def is_open(self, case: int) -> bool:
        """Tell whether a person is still in care."""
        return case >= self.cases - OPEN_CASES

    def waits(self, paper: int) -> bool:
        """Tell whether a paper is still on its way: the letters of those in care."""
        return self.is_open(paper // PAPERS_OF_A_CASE) and paper % PAPERS_OF_A_CASE != 0

    def admitted(self, case: int) -> datetime:
        """Return when a person came: the newest an hour ago, ten thousand a year."""
        return self.now - timedelta(hours=1, minutes=52 * (self.cases - case))


def fill(engine: Engine, papers: int) -> None:
    """Make the tables of an empty database and fill them with organs, persons and so many papers."""
    Base.metadata.create_all(engine)
    with Session(engine) as session, transaction(session):
        world.build(session, password_hash="none", totp_secret="none")
    indexes = [index for table in Base.metadata.sorted_tables for index in table.indexes]
    for index in indexes:  # built once at the end: much faster than row by row
        index.drop(engine)
    with Session(engine) as session, transaction(session):
        if engine.dialect.name == "postgresql":
            session.execute(text("SET LOCAL session_replication_role = replica"))  # no look at each foreign key
        _fill(_Filler(session, papers))
    for index in indexes:
        index.create(engine)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))
    engine.dispose()


def _fill(filler: _Filler) -> None:
    cases, papers = range(filler.cases), range(filler.papers)
    columns = "id, identity_status, name, alias, sex, age_min, age_max, hukou_code, hukou_address"
    filler.write("person", columns, ((i + 1, "claimed", filler.name(i), "", "男", 40, 50, "", "") for i in cases))
    filler.write("case", _CASE, (_case(filler, i) for i in cases))
    filler.write("document", _DOCUMENT, (_document(filler, i) for i in papers))
    filler.write("number_series", "id, unit_id, code, year, last", _series(filler))
    filler.write(
        "letter", _LETTER, (_letter(filler, i) for i in papers if i % PAPERS_OF_A_CASE and not filler.waits(i))
    )
    filler.write("event", _EVENT, _events(filler))
    last = filler.session.scalars(select(func.max(Event.seq))).one()
    filler.write("log_head", "id, seq, hash", [(1, last, f"{last:064x}")])
    filler.write("participation", "user_id, document_id, last_act, last_at", _participations(filler))
    filler.write("clock", _CLOCK, _clocks(filler))
    filler.write("document_copy", "document_id, unit_id, sent_at", _copies(filler))
    filler.write("attachment", _ATTACHMENT, (_attachment(filler, i) for i in papers if i % PAPERS_OF_A_CASE == 0))
    filler.write("task", _TASK, (_task(filler, i) for i in cases if filler.is_open(i) or i % 3 == 0))
    filler.write("search_term", "unit_id, term, case_id", _terms(filler))
    filler.write("resident", _RESIDENT, (_resident(filler, i) for i in cases))
    filler.write("contractor", _CONTRACTOR, (_contractor(filler, i) for i in range(CONTRACTORS)))
    filler.write("contractor_term", _TERM, _terms_of(filler, CONTRACTORS))
    if not filler.sqlite:
        for table in (
            "person",
            "case",
            "document",
            "number_series",
            "letter",
            "clock",
            "attachment",
            "task",
            "resident",
            "contractor",
        ):
            sequence = f"pg_get_serial_sequence('\"{table}\"', 'id')"
            filler.session.execute(text(f'SELECT setval({sequence}, (SELECT max(id) FROM "{table}"))'))


_CASE = (
    "id, uuid, case_no, national_no, person_id, region_code, first_unit_id, place_unit_id, display_name, answers, admitted_at, "
    "is_open, exit_method, exited_at, flags"
)


def case_no(county: _County, serial: int) -> str:
    """Return the number of a case."""
    return f"{county.region}-2026-{serial:04d}"


def _case(filler: _Filler, i: int) -> Row:
    county, opened, came = filler.county(i), filler.is_open(i), filler.admitted(i)
    answers = json.dumps(
        {"health": ["good"], "mental_status": "normal", "first_org_name": "平塘县民政局"}, ensure_ascii=False
    )
    left = None if opened else filler.moment(came + timedelta(days=2))
    place = filler.station if i % 40 == 0 else county.bureau
    number = case_no(county, i + 1)
    return (
        i + 1, filler.uuid(1, i + 1), number, "", i + 1, county.region, county.bureau, place, filler.name(i), answers,
        filler.moment(came), opened, None if opened else "返回户籍地", left, "{}",
    )  # fmt: skip


_DOCUMENT = (
    "id, uuid, paper, version, issuer_id, counterpart_id, case_id, title, answers, urgency, state, step, holder_unit_id, "
    "holder_desk, holder_user_id, held_since, revision, acted, drafter_id, reviewer_id, signer_id, sealer_id, doc_no, created_at, "
    "updated_at, submitted_at, signed_on, sent_at, received_at, closed_at, close_reason"
)
#: state, step and desk of papers on their way.
_WAITING = (
    ("draft", "draft", "clerk"),
    ("in_review", "review", "reviewer"),
    ("to_sign", "sign", "signer"),
    ("signed", "seal", "seal"),
)


def _document(filler: _Filler, i: int) -> Row:
    case = i // PAPERS_OF_A_CASE
    county, kind = filler.county(case), i % PAPERS_OF_A_CASE
    at = filler.admitted(case) + timedelta(minutes=kind + 1)
    moment, day = filler.moment(at), filler.day(at)
    paper = LETTERS[kind - 1] if kind else "help_registration"
    answers = json.dumps(
        {"health_summary": "身体状况良好。", "contact_name": "韦小兰", "contact_phone": "0854-4822222"},
        ensure_ascii=False,
    )
    title = f"平塘县民政局关于{filler.name(case)}有关事项的函" if kind else f"求助登记表（{filler.name(case)}）"
    head = (
        i + 1,
        filler.uuid(2, i + 1),
        paper,
        1,
        county.bureau,
        filler.station if kind else None,
        case + 1,
        title,
        answers,
        "",
    )
    if filler.waits(i):
        state, step, desk = _WAITING[(i // 5 + i) % len(_WAITING)]
        holder = county.clerk if state == "draft" else None
        return (
            *head, state, step, county.bureau, desk, holder, moment, 3, "{}", county.clerk, None, None, None, None, moment, moment,
            moment, None, None, None, None, "",
        )  # fmt: skip
    acted = json.dumps(
        {"review": county.reviewer, "sign": county.signer, "seal": county.seal, "send": county.seal}
    )
    acted = acted if kind else json.dumps({"check": county.reviewer})
    number = f"平民函〔{at.year}〕{i}号" if kind else None
    return (
        *head, "closed", "answer" if kind else "check", None, None, None, moment, 9, acted, county.clerk, county.reviewer,
        county.signer if kind else None, county.seal if kind else None, number, moment, moment, moment, day, moment, moment, moment, "",
    )  # fmt: skip


_YEARS = 40


def _series(filler: _Filler) -> Iterator[Row]:
    """One series of letters for each county and year."""
    for k, county in enumerate(filler.counties):
        for ago in range(_YEARS):
            yield k * _YEARS + ago + 1, county.bureau, "平民函", filler.now.year - ago, filler.papers


_LETTER = (
    "id, uuid, document_id, series_id, serial, doc_no, check_code, state, content, numbered_at, numbered_by_id, issued_at, sha256, "
    "size, pages, void_reason"
)


def _letter(filler: _Filler, i: int) -> Row:
    case = i // PAPERS_OF_A_CASE
    county, at = filler.county(case), filler.admitted(case) + timedelta(minutes=9)
    moment, series = filler.moment(at), filler.counties.index(county) * _YEARS + filler.now.year - at.year + 1
    return (
        i + 1, filler.uuid(3, i + 1), i + 1, series, i, f"平民函〔{at.year}〕{i}号", f"C{i:011d}", "issued", "{}",
        moment, county.seal, moment, f"{i:064x}", 90_000, 1, "",
    )  # fmt: skip


_EVENT = "seq, kind, at, actor_id, unit_id, document_id, case_id, step, opinion, data, previous, hash"


def _events(filler: _Filler) -> Iterator[Row]:
    seq = 0
    for i in range(filler.papers):
        case = i // PAPERS_OF_A_CASE
        county, moment = filler.county(case), filler.moment(filler.admitted(case) + timedelta(minutes=i % 5 + 1))
        acts: tuple[tuple[str, int, str], ...] = (
            ("submit", county.clerk, "draft"),
            ("agree", county.reviewer, "review"),
        )
        if i % PAPERS_OF_A_CASE and not filler.waits(i):
            acts += (
                ("sign", county.signer, "sign"),
                ("number", county.seal, "seal"),
                ("send", county.seal, "send"),
            )
        for kind, actor, step in acts:
            seq += 1
            digest = f"{seq:064x}"
            yield (
                seq,
                kind,
                moment,
                actor,
                county.bureau,
                i + 1,
                case + 1,
                step,
                "同意",
                "{}",
                f"{seq - 1:064x}",
                digest,
            )


def _participations(filler: _Filler) -> Iterator[Row]:
    for i in range(filler.papers):
        case = i // PAPERS_OF_A_CASE
        county, moment = filler.county(case), filler.moment(filler.admitted(case) + timedelta(minutes=i % 5 + 1))
        yield county.clerk, i + 1, "submit", moment
        if not filler.waits(i):
            yield county.reviewer, i + 1, "agree", moment
            yield county.signer, i + 1, "sign", moment


_CLOCK = (
    'id, "limit", rule, case_id, document_id, owner_id, outside, trigger_at, due_at, last_day, provisional, unserved, done_at, '
    "end_reason"
)
_LIMITS = ("tracing_notice_due", "dna_request_due", "stay_day_ten")


def _clocks(filler: _Filler) -> Iterator[Row]:
    number = 0
    for case in range(filler.cases):
        county, came = filler.county(case), filler.admitted(case)
        for turn, limit in enumerate(_LIMITS):
            number += 1
            due = (
                filler.now + timedelta(days=turn * 3 - 2)
                if filler.is_open(case)
                else came + timedelta(days=turn + 1)
            )
            day = filler.day(due)
            done = None if filler.is_open(case) else filler.moment(came + timedelta(hours=20))
            yield (
                number, limit, "R-09", case + 1, None, county.bureau, False, filler.moment(came), filler.moment(due), day, False,
                False, done, "",
            )  # fmt: skip


def _copies(filler: _Filler) -> Iterator[Row]:
    for i in range(1, filler.papers, 5):
        county = filler.county(i // PAPERS_OF_A_CASE + 1)
        yield i + 1, county.bureau, filler.moment(filler.admitted(i // PAPERS_OF_A_CASE))


_ATTACHMENT = "id, uuid, document_id, kind, filename, mime, size, sha256, uploaded_by_id, uploaded_at"


def _attachment(filler: _Filler, i: int) -> Row:
    case = i // PAPERS_OF_A_CASE
    moment = filler.moment(filler.admitted(case))
    return (
        i + 1,
        filler.uuid(4, i + 1),
        i + 1,
        "photo",
        "照片.jpg",
        "image/jpeg",
        90_000,
        f"{i:064x}",
        filler.county(case).clerk,
        moment,
    )


_TASK = "id, unit_id, case_id, paper, rule, why, opened_by_id, opened_at, done_at"


def _task(filler: _Filler, case: int) -> Row:
    moment = filler.moment(filler.admitted(case))
    done = None if filler.is_open(case) else moment
    opened_by = case * PAPERS_OF_A_CASE + 1
    return (
        case + 1,
        filler.county(case).bureau,
        case + 1,
        "quick_identity_check",
        "R-09",
        "入站后请进行身份快速查询",
        opened_by,
        moment,
        done,
    )


_RESIDENT = "id, uuid, village_id, town_id, region_code, name, sex, birth_date, categories, answers, updated_on, visited_on, close_reason"
_CATEGORIES = ("left_elder", "left_child", "left_woman", "disabled", "mental", "migrant")


def _resident(filler: _Filler, i: int) -> Row:
    """One on file for every case; all of them in the two villages of 平塘县 that have accounts."""
    day = filler.day(filler.now - timedelta(days=i % 40))
    category = json.dumps([_CATEGORIES[i % len(_CATEGORIES)]])
    return (
        i + 1, filler.uuid(5, i + 1), filler.villages[i % 2], filler.town, "522727", filler.name(i), "女",
        filler.day(datetime(1940 + i % 60, 1 + i % 12, 3, tzinfo=UTC)), category, "{}", day, day, "",
    )  # fmt: skip


_CONTRACTOR = (
    "id, uuid, uscc, name, kind, operator, serves, region_code, state, beds, price_month, answers, proposed_by_id, "
    "proposed_at, state_reason"
)
_TERM = "id, contractor_id, region_code, quota, price_month, valid_from, valid_to, approval_no"


def _contractor(filler: _Filler, i: int) -> Row:
    county = filler.counties[i % len(filler.counties)]
    return (
        i + 1, filler.uuid(6, i + 1), f"12522700MB{i:08d}", f"第{i + 1}社会福利院", "public_welfare", "", '["elder"]', county.region,
        "effective", 120, 280000, "{}", county.bureau, filler.moment(filler.now), "",
    )  # fmt: skip


def _terms_of(filler: _Filler, contractors: int) -> Iterator[Row]:
    """Every contractor serves the county that chose it and the next one."""
    first, last = (filler.day(filler.now + timedelta(days=days)) for days in (-300, 60))
    for i in range(2 * contractors):
        county = filler.counties[(i // 2 + i % 2) % len(filler.counties)]
        yield i + 1, i // 2 + 1, county.region, 30, 280000, first, last, f"黔民函〔2026〕{i + 1}号"


def _terms(filler: _Filler) -> Iterator[Row]:
    known: dict[str, set[str]] = {}
    for case in range(filler.cases):
        name, county = filler.name(case), filler.county(case)
        if name not in known:
            known[name] = search.pairs(name).union(*(search.pairs(letters) for letters in search.initials(name)))
        number = case_no(county, case + 1)
        units = {county.bureau, filler.station} if case % 40 == 0 else {county.bureau}
        for term in known[name] | {number, number[-4:], number[-9:]}:
            yield from ((unit, term, case + 1) for unit in units)
