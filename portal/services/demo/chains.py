"""Longer stories of 平塘县: institutions for custody, settlements at three stages, a screening of the special groups."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from stdnum.cn import ric

from forms.kit.chains import Act
from forms.kit.timespan import add_months
from portal import clock
from portal.db import transaction
from portal.models import Campaign, Case, Contractor, Document, Finding, Resident, Task
from portal.services import campaigns, problems, records, routine
from portal.services.demo import chains_answers as words
from portal.services.demo import pictures
from portal.services.demo.teller import Teller
from portal.services.subjects import Subject
from portal.services.uploads import Checked

SLUG, COUNTY = "pingtang", "平塘县"
#: Uses the county's welfare home too.
NEIGHBOUR = "dushan"
VILLAGES = (f"{SLUG}.village1", f"{SLUG}.village2")
Chapter = Callable[[datetime], None]
Told = tuple[datetime, Chapter]


def chapters(teller: Teller) -> Iterator[Told]:
    """Yield what happens in these stories, and when."""
    custody, screening = Custody(teller), Screening(teller)
    settled = Settlement(teller, days=150, numbers=(48, 53), reach="settled")
    planned = Settlement(teller, days=112, numbers=(58,), reach="planned")
    due = Settlement(teller, days=_since_three_months(), numbers=(63,), reach="due")
    custody.persons = lambda: [*planned.cases, *due.cases]
    for story in (settled, planned, due, custody, screening):
        yield from story.chapters()


def _since_three_months() -> int:
    """Days since an admission whose three months were full yesterday."""
    today = clock.today()
    return (today - add_months(today, -3)).days + 1


def _at(days: float, hour: float = 9) -> datetime:
    """Return an hour of a day before today."""
    midnight = datetime.combine(clock.today(), datetime.min.time(), clock.SHANGHAI)
    return midnight - timedelta(days=days) + timedelta(hours=hour)


class _Tale:
    """What these stories share: drafting at a desk and sending a paper along."""

    def __init__(self, teller: Teller) -> None:
        self.teller = teller

    def draft(self, code: str, at: datetime, answers: Mapping[str, Any], about: Subject | None = None, *,
              who: str = f"{SLUG}.clerk", request: Document | None = None, files: Sequence[str] = ()) -> Document:  # fmt: skip
        """Write a draft with scans dated on its day."""
        return self.teller.draft(who, code, at, answers, about=about or Subject(), request=request,
                                 files={kind: at.date() for kind in files})  # fmt: skip

    def along(self, document: Document, at: datetime, *, organ: str = SLUG, until: str = "sent",
              counterpart: str = "") -> Document:  # fmt: skip
        """Take a paper along its chain, half an hour between two acts."""
        times: Callable[[int], datetime] = lambda step: at + timedelta(minutes=30 * (step + 1))  # noqa: E731
        return self.teller.along(organ, document, times, until=until, counterpart=counterpart)

    def form(self, code: str, at: datetime, answers: Mapping[str, Any], about: Subject, **more: Any) -> Document:
        """Write a form and have a colleague check it."""
        return self.along(self.draft(code, at, answers, about, **more), at, until="closed")

    def letter(self, code: str, at: datetime, answers: Mapping[str, Any], about: Subject | None = None,
               **more: Any) -> Document:  # fmt: skip
        """Write a letter and send it."""
        return self.along(self.draft(code, at, {**answers, **words.CONTACT}, about, **more), at)

    def served(self, letter: Document, at: datetime) -> Document:
        """Note the day an outside party has a letter."""
        return self.teller.act(f"{SLUG}.clerk", letter, Act.SERVE, at, served_on=at.date())


class Custody(_Tale):
    """A public home in use with two persons; an enterprise that waits at the province."""

    persons: Callable[[], list[Case]]
    home: Contractor

    def chapters(self) -> Iterator[Told]:
        """From the filing to last month's visit; from the request to the province's desk."""
        last_month = clock.today().replace(day=1) - timedelta(days=3)
        yield _at(70, 9), self.file
        yield _at(68, 10), self.agree
        yield _at(62, 9), self.share
        yield _at(60, 10), self.inspect
        yield _at(45, 9), lambda at: self.place(at, 0)
        yield _at(44, 9), lambda at: self.place(at, 1)
        yield datetime.combine(last_month, datetime.min.time(), clock.SHANGHAI) + timedelta(hours=15), self.visit
        yield _at(24, 9), self.ask
        yield _at(14, 9), self.ask_province

    def file(self, at: datetime) -> None:
        """The county chooses its welfare home and tells the prefecture."""
        filing = self.letter(
            "contractor_public_filing", at, words.home(at.date()), files=("licences", "site_report")
        )
        filing = self.along(filing, at + timedelta(days=1), until="closed", counterpart="prefecture")
        assert filing.contractor is not None
        self.home = filing.contractor

    def agree(self, at: datetime) -> None:
        """The agreement is signed, its copy lies with the prefecture."""
        (term,) = self.home.terms
        paper = self.draft("custody_agreement", at, words.agreement(at.date(), term), Subject(contractor=self.home),
                           files=("scan",))  # fmt: skip
        self.along(paper, at, until="closed", counterpart="prefecture")

    def share(self, at: datetime) -> None:
        """A neighbouring county files the same home for itself; its agreement is still to be signed."""
        answers = {**words.home(at.date()), "quota": "4", **words.CONTACT}
        filing = self.draft(
            "contractor_public_filing", at, answers, who=f"{NEIGHBOUR}.clerk", files=("licences", "site_report")
        )
        filing = self.along(filing, at, organ=NEIGHBOUR)
        self.along(filing, at + timedelta(days=1), organ=NEIGHBOUR, until="closed", counterpart="prefecture")

    def place(self, at: datetime, number: int) -> None:
        """A person who cannot live on their own in the station goes there."""
        answers = words.placement(at.date(), self.home)
        self.letter("placement_approval", at, answers, Subject(self.persons()[number]))

    def inspect(self, at: datetime) -> None:
        """The bureau's own inspection of the quarter."""
        about = Subject(contractor=self.home)
        self.form("bureau_custody_inspection", at, words.quarterly(at.date()), about, files=("photos",))

    def visit(self, at: datetime) -> None:
        """Last month's visit; this month's is due."""
        rows = [
            {"case_no": case.case_no, "name": case.display_name, "seen": "yes", "note": "进食、睡眠正常，情绪稳定"}
            for case in self.persons()
        ]
        self.form("contractor_monthly_inspection", at, words.visit(at.date(), rows), Subject(contractor=self.home),
                  files=("photos",))  # fmt: skip

    def ask(self, at: datetime) -> None:
        """An enterprise is to take the rest: the county asks."""
        request = self.draft("contractor_request_county", at, {**words.enterprise(at.date()), **words.CONTACT},
                             files=("licences", "site_report", "contract_draft", "inspection_plan", "gov_consent"))  # fmt: skip
        self.request = self.along(request, at, until="in_process", counterpart="prefecture")

    def ask_province(self, at: datetime) -> None:
        """The prefecture has looked and asks the province, whose clerk has it on the desk."""
        answers = {**words.forwarding(at.date()), "county_request": str(self.request.uuid), **words.CONTACT}
        paper = self.draft("contractor_request_prefecture", at, answers, Subject(contractor=self.request.contractor),
                           who="prefecture.clerk", files=("county_papers",))  # fmt: skip
        self.along(paper, at, organ="prefecture", until="in_process", counterpart="province")


class Settlement(_Tale):
    """One or two unidentified persons of one admission day, as far as their settlement has come."""

    def __init__(self, teller: Teller, *, days: int, numbers: tuple[int, ...], reach: str) -> None:
        super().__init__(teller)
        self.days, self.numbers, self.reach = days, numbers, reach
        self.cases: list[Case] = []

    def chapters(self) -> Iterator[Told]:
        """Search first, then application, plan, letters, household and support."""
        steps: list[tuple[float, Chapter]] = [
            (0, self.admit), (0.3, self.publish), (5, self.ask_police), (6, self.serve_police), (24, self.hear_police),
        ]  # fmt: skip
        full = (add_months(_at(self.days).date(), 3) - _at(self.days).date()).days
        steps.append((full + 1, self.time_passes))
        if self.reach != "due":
            steps += [(full + 3, self.apply), (full + 9, self.plan)]
        if self.reach == "settled":
            steps += [(113, self.hear_government), (116, self.write_police), (118, self.serve_letters), (130, self.register),
                      (137, self.ask_town), (148, self.confirm)]  # fmt: skip
        steps += [(float(day), self.refresh) for day in range(28, self.days, 28)]
        for day, chapter in steps:
            yield _at(self.days - day), chapter

    def admit(self, at: datetime) -> None:
        """Taken in at the same hour; the quick check finds nothing."""
        for number in self.numbers:
            begun = at + timedelta(minutes=20 * (number % 4))
            form = self.draft("help_registration", begun + timedelta(minutes=20), words.taken_in(number, begun, COUNTY),
                              files=("photo",))  # fmt: skip
            form = self.along(form, begun + timedelta(minutes=25), until="closed")
            assert form.case is not None
            self.cases.append(form.case)
            self.form("quick_identity_check", begun + timedelta(hours=2), words.quick(begun), Subject(form.case))

    def publish(self, at: datetime) -> None:
        """The notice."""
        drafts = [self.draft("tracing_notice", at, words.NOTICE, Subject(case)) for case in self.cases]
        self.notices = [self.along(draft, at, until="in_process") for draft in drafts]

    def refresh(self, at: datetime) -> None:
        """The notice anew, month by month, while nobody is known (R-16)."""
        for notice in self.notices:
            self.teller.act(f"{SLUG}.clerk", notice, Act.REFRESH, at)

    def ask_police(self, at: datetime) -> None:
        """The letters that ask for DNA."""
        self.asked = [self.letter("dna_request", at, words.DNA, Subject(case)) for case in self.cases]

    def serve_police(self, at: datetime) -> None:
        """The police have them."""
        self.asked = [self.served(letter, at) for letter in self.asked]

    def hear_police(self, at: datetime) -> None:
        """Nobody found."""
        for case, letter in zip(self.cases, self.asked, strict=True):
            self.form(
                "police_check_result",
                at,
                words.no_match(at.date()),
                Subject(case),
                request=letter,
                files=("scan",),
            )

    def time_passes(self, at: datetime) -> None:
        """Three months are full."""
        with clock.pinned(at), transaction(self.teller.session):
            routine.run(self.teller.session)

    def apply(self, at: datetime) -> None:
        """The station applies, the bureau takes it in."""
        for case in self.cases:
            answers = words.application(case)
            paper = self.draft("settlement_application", at, answers, Subject(case), who=f"{SLUG}.station.clerk")
            self.along(paper, at, organ=f"{SLUG}.station", until="closed", counterpart=SLUG)

    def plan(self, at: datetime) -> None:
        """The request to the government."""
        rows = [{"case_no": case.case_no, **words.PLAN_ROW} for case in self.cases]
        self.request = self.letter("settlement_plan_request", at, {**words.plan(at.date()), "plan_rows": rows},
                                   files=("household_consent",))  # fmt: skip

    def hear_government(self, at: datetime) -> None:
        """Approved; a draft for each lies on the clerk's desk."""
        rows = [{"case_no": case.case_no, "approved": "yes"} for case in self.cases]
        self.form("settlement_government_reply", at, {**words.approval(at.date()), "decisions": rows}, Subject(),
                  request=self.request, files=("scan",))  # fmt: skip

    def write_police(self, at: datetime) -> None:
        """One letter a person."""
        self.letters = [self.letter("police_registration_letter", at, {}, Subject(case)) for case in self.cases]

    def serve_letters(self, at: datetime) -> None:
        """Served; the police have twenty working days."""
        self.letters = [self.served(letter, at) for letter in self.letters]

    def register(self, at: datetime) -> None:
        """The first has household and card; the second still waits."""
        case = self.cases[0]
        born = words.birth(case)
        number = f"522727{born:%Y%m%d}001"
        answers = {**words.household(at.date(), case), "id_number": number + ric.calc_check_digit(number + "0")}
        self.form("household_registration_result", at, answers, Subject(case), request=self.letters[0],
                  files=("household_register", "id_card_copy"))  # fmt: skip

    def ask_town(self, at: datetime) -> None:
        """The township is asked for support, and takes the letter in."""
        letter = self.draft(
            "tekun_inclusion_letter", at, {**words.inclusion(at.date()), **words.CONTACT}, Subject(self.cases[0])
        )
        self.inclusion = self.along(letter, at, until="in_process", counterpart=f"{SLUG}.town")

    def confirm(self, at: datetime) -> None:
        """Visited, posted, confirmed: settled."""
        paper = self.draft("tekun_confirmation", at, words.confirmation(at.date()), Subject(self.cases[0]),
                           who=f"{SLUG}.town.clerk", request=self.inclusion, files=("visit_proof", "posting_proof"))  # fmt: skip
        self.along(paper, at, organ=f"{SLUG}.town", until="closed", counterpart=SLUG)


class Screening(_Tale):
    """A campaign with five residents of two villages; what was found is told, cleared or still open."""

    campaign: Campaign

    def chapters(self) -> Iterator[Told]:
        """From the opening to yesterday's notice letter."""
        yield _at(35, 9), self.open
        for number in range(len(words.RESIDENTS)):
            yield _at(26 - 2 * number, 10), lambda at, number=number: self.screen(at, number)  # type: ignore[misc]
        yield _at(12, 14), self.inspect_places
        yield _at(7, 10), self.clear
        yield _at(3, 9), self.tell_department
        yield _at(2, 15), self.visit

    def open(self, at: datetime) -> None:
        """The bureau opens the campaign."""
        today = clock.today()
        with clock.pinned(at), transaction(self.teller.session):
            viewer = self.teller.viewer(f"{SLUG}.clerk")
            name = f"{today.year}年特殊群体关爱服务专项排查"
            dates = today + timedelta(days=9), today + timedelta(days=40)
            self.campaign = campaigns.open_one(self.teller.session, viewer, name, *dates)

    def screen(self, at: datetime, number: int) -> None:
        """A village writes, the township checks; harm goes to the police at once."""
        village = VILLAGES[number % 2]
        answers = {**words.resident(number, at.date()), "campaign": str(self.campaign.uuid)}
        form = self.draft("screening_form", at, answers, who=f"{village}.clerk")
        form = self.teller.act(f"{village}.clerk", form, Act.SUBMIT, at + timedelta(minutes=10))
        task = self._session.scalar(
            select(Task).where(Task.paper == "mandatory_report", Task.opened_by_id == form.id)
        )
        if task is not None:
            with clock.pinned(at + timedelta(minutes=25)), transaction(self._session):
                report = records.begin_task(self._session, self.teller.viewer(f"{village}.clerk"), task)
            self.teller.fill(f"{village}.clerk", report, at + timedelta(minutes=26), words.police_report(at))
            self.teller.act(f"{village}.clerk", report, Act.SUBMIT, at + timedelta(minutes=30))
        self.along(form, at + timedelta(hours=4), organ=village, until="closed", counterpart=f"{SLUG}.town")

    def inspect_places(self, at: datetime) -> None:
        """A home for the elderly has its ways out blocked."""
        self.form("thematic_screening", at, words.places(at.date()), Subject(campaign=self.campaign))

    def clear(self, at: datetime) -> None:
        """The village proves that one problem is mended, the township strikes it off."""
        row = self._session.scalars(
            select(Finding).where(Finding.source == "screening").order_by(Finding.id)
        ).first()
        assert row is not None
        picture = Checked(pictures.scan("evidence", 7), "image/jpeg", width_px=827, height_px=900)
        with clock.pinned(at), transaction(self._session):
            village = self.teller.viewer(f"{VILLAGES[0]}.clerk")
            problems.report(
                self._session, village, row.uuid, result="rectified", note="已搬入安全住房，村委会现场核实",
                evidence=("新居.jpg", picture), files=self.teller.works.files,
            )  # fmt: skip
        with clock.pinned(at + timedelta(hours=5)), transaction(self._session):
            problems.clear(self._session, self.teller.viewer(f"{SLUG}.town.clerk"), row.uuid)

    def tell_department(self, at: datetime) -> None:
        """The fire brigade hears of the home."""
        keys = [
            str(row.uuid) for row in self._session.scalars(select(Finding).where(Finding.source == "thematic"))
        ]
        letter = self.letter("department_notice_letter", at, {**words.HAZARD, "problems_told": keys})
        self.served(letter, at + timedelta(hours=6))

    def visit(self, at: datetime) -> None:
        """This month's visits, not to everybody yet."""
        rows = self._session.scalars(
            select(Resident).where(Resident.campaign_id == self.campaign.id).order_by(Resident.id)
        )
        for resident in list(rows)[:2]:
            village = VILLAGES[int(resident.village.code.endswith("-02"))]
            note = self.draft(
                "monthly_visit", at, words.monthly(at.date()), Subject(resident=resident), who=f"{village}.clerk"
            )
            self.teller.act(f"{village}.clerk", note, Act.SUBMIT, at + timedelta(minutes=5))

    @property
    def _session(self) -> Any:
        return self.teller.session
