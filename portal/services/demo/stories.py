"""The stories: persons in every state of the chain, in all twelve counties, some of them late. All invented."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from stdnum.cn import ric

from forms.kit.chains import Act
from portal import clock
from portal.models import Case, Document
from portal.reference.regions import COUNTIES
from portal.services.demo import chains
from portal.services.demo.answers import (
    A_PLATE,
    ESCORTS,
    exit_answers,
    extension_answers,
    handover_answers,
    named,
    return_answers,
    unidentified,
)
from portal.services.demo.teller import Teller
from portal.services.subjects import Subject


@dataclass(frozen=True)
class Plot:
    """One person's story: county, days since admission, how far it has come."""

    slug: str
    days: float
    reach: str
    known: bool = False
    emergency: bool = False


#: From the oldest to yesterday. `reach` names the last thing that happened.
PLOTS = (
    Plot("pingtang", 60, "returned"),
    Plot("luodian", 48, "handed_over"),
    Plot("guiding", 36, "identified"),
    Plot("pingtang", 33, "handed_over"),
    Plot("duyun", 31, "answered"),
    Plot("sandu", 27, "declined"),
    Plot("fuquan", 25, "served"),
    Plot("pingtang", 24, "accepted"),
    Plot("luodian", 22, "reply_in_review"),
    Plot("guiding", 21, "received"),
    Plot("pingtang", 20, "request_sent"),
    Plot("sandu", 17, "request_signed"),
    Plot("pingtang", 16, "request_to_sign"),
    Plot("luodian", 15, "request_in_review"),
    Plot("dushan", 13, "dna_sent"),
    Plot("libo", 12, "noticed"),
    Plot("longli", 12, "extended", known=True),
    Plot("changshun", 11, "published_late"),
    Plot("huishui", 10, "dna_signed"),
    Plot("dushan", 5, "emergency_sent", emergency=True),
    Plot("fuquan", 5, "returned_draft"),
    Plot("wengan", 3, "registered"),
    Plot("pingtang", 2.1, "checked"),
    Plot("longli", 2, "home", known=True),
    Plot("changshun", 1.2, "checked"),
    Plot("sandu", 1.1, "noticed"),
    Plot("pingtang", 0.6, "registered"),
    Plot("duyun", 0.5, "known", known=True),
)


#: A chapter of a story: what happens, told at its hour.
Chapter = Callable[[datetime], None]
#: What still waits for somebody was begun a few days ago, so that its rules still hold when the next person acts.
STILL_WAITING = frozenset(
    {
        "request_in_review",
        "request_to_sign",
        "request_signed",
        "request_sent",
        "received",
        "reply_in_review",
        "accepted",
    }
)
RECENT_DAYS = 3


def tell(teller: Teller) -> None:
    """Tell all stories side by side, hour by hour, so that numbers run with the days."""
    plan = [
        (at, number, place, chapter)
        for number, plot in enumerate(PLOTS)
        for place, (at, chapter) in enumerate(Story(teller, number, plot).chapters())
    ]
    plan += [(at, len(PLOTS), place, chapter) for place, (at, chapter) in enumerate(chains.chapters(teller))]
    for at, _number, _place, chapter in sorted(plan, key=lambda line: line[:3]):
        chapter(at)


class Story:
    """One person's way through the chain, as far as its plot goes."""

    def __init__(self, teller: Teller, number: int, plot: Plot) -> None:
        self.teller, self.number, self.plot, self.slug = teller, number, plot, plot.slug
        self.county = next(county.name for county in COUNTIES if county.slug == plot.slug)
        self.admitted = days_ago(plot.days, 8) + timedelta(minutes=17 * (number % 7))

    def chapters(self) -> Iterator[tuple[datetime, Chapter]]:
        """Yield what happens to this person, and when."""
        for days, chapter in [(0.0, self.register), *self._after_admission()]:
            yield self.admitted + timedelta(days=days), chapter

    def _after_admission(self) -> list[tuple[float, Chapter]]:
        if self.plot.known:
            known: dict[str, list[tuple[float, Chapter]]] = {
                "extended": [(9.3, self.extend)], "home": [(1, self.go_home)],
            }  # fmt: skip
            return known.get(self.plot.reach, [])
        check: tuple[float, Chapter] = (2 / 24, self.check)
        publish: tuple[float, Chapter] = (4 / 24, self.publish)
        steps: dict[str, tuple[float, Chapter]] = {
            "checked": check, "noticed": publish, "dna_sent": (1.1, self.ask_police), "served": (2.3, self.serve),
            "answered": (9, self.hear_police),
        }  # fmt: skip
        order, reach = list(steps), self.plot.reach
        late: dict[str, list[tuple[float, Chapter]]] = {
            "registered": [],
            "published_late": [check, (31 / 24, self.publish)],
            "dna_signed": [check, publish, (1.1, lambda at: self.ask_police(at, until="signed"))],
            "returned_draft": [check, publish, (1.1, self.draft_and_return)],
            "emergency_sent": [check, publish, (1.5, lambda at: self.request(at, until="sent"))],
            "identified": [*steps.values(), (14, self.identify)],
        }
        if reach in late:
            return late[reach]
        if reach in order:
            return [steps[name] for name in order[: order.index(reach) + 1]]
        return [*steps.values(), (9.3, lambda at: self.extend(at, "closed")), *self._transfer()]

    def _transfer(self) -> list[tuple[float, Chapter]]:
        """Return the chapters from the request to the station on."""
        reach, asked = self.plot.reach, 10.0
        if reach in STILL_WAITING:
            asked = max(asked, (days_ago(RECENT_DAYS) - self.admitted) / timedelta(days=1))
        until = {
            "request_in_review": "in_review", "request_to_sign": "to_sign", "request_signed": "signed", "request_sent": "sent",
        }.get(reach, "in_process")  # fmt: skip
        ahead: list[tuple[float, Chapter]] = [(asked, lambda at: self.request(at, until=until))]
        if until == "in_process" and reach != "received":
            ahead.append((asked + 1.2, self.reply))
        if reach in {"handed_over", "returned"}:
            ahead.append((asked + 3.1, self.hand_over))
        if reach == "returned":
            ahead.append((44, self.hand_back))
        return ahead

    # ---- chapters ------------------------------------------------------------------------------------------------

    def register(self, at: datetime) -> None:
        """Admission, checked by a colleague except on the newest ones."""
        make = named if self.plot.known else unidentified
        self.document = self.teller.draft(
            f"{self.slug}.clerk", "help_registration", at + timedelta(minutes=25),
            make(self.number, self.admitted, self.county), files={"photo": None},
        )  # fmt: skip
        until = "in_review" if self.plot.reach == "registered" else "closed"
        self.document = self._along(self.document, at + timedelta(minutes=30), until)
        self.case = case_of(self.document)

    def check(self, at: datetime) -> None:
        """The quick check finds nothing."""
        document = self._draft(
            "quick_identity_check", at,
            {"checked_at": at - timedelta(minutes=20), "checked_by": "王建国", "police_officer": "陈志强",
             "checks_done": ["fingerprint", "face"], "course": "会同派出所采集指纹、人像比对，均未比中，口音疑似桂北。",
             "result": "not_confirmed"},
        )  # fmt: skip
        self._along(document, at + timedelta(minutes=10), "closed")

    def publish(self, at: datetime) -> None:
        """The notice goes out, in time or too late."""
        document = self._draft(
            "tracing_notice", at,
            {"height_cm": "165", "condition_text": "精神状况平稳，语言表达不清", "contact_org": f"{self.county}救助管理站",
             "contact_phone": f"0854-{7100000 + self.number * 1111}", "channels": ["national_site", "wechat"]},
        )  # fmt: skip
        self._along(document, at + timedelta(minutes=15), "in_process")

    def ask_police(self, at: datetime, until: str = "sent") -> None:
        """The DNA letter."""
        document = self._draft(
            "dna_request", at,
            {"checks_done": ["fingerprint", "face"], "sampling_place": f"{self.county}救助管理站", "asks": ["dna", "face"],
             **self._contact()},
        )  # fmt: skip
        self.letter = self._along(document, at + timedelta(hours=2), until)

    def serve(self, at: datetime) -> None:
        """The police have the letter."""
        self.letter = self.teller.act(
            f"{self.slug}.clerk", self.letter, Act.SERVE, at, served_on=at.astimezone(clock.SHANGHAI).date()
        )

    def hear_police(self, at: datetime) -> None:
        """Sampled, and no match."""
        document = self.teller.draft(
            f"{self.slug}.clerk", "police_check_result", at,
            {"answered_on": at.date(), "result": "no_match", "sampled_on": (self.admitted + timedelta(days=4)).date(),
             "face_result": "no_match"},
            about=Subject(self.case), request=self.letter, files={"scan": at.date()},
        )  # fmt: skip
        self._along(document, at + timedelta(minutes=30), "closed")

    def request(self, at: datetime, until: str) -> None:
        """The transfer request, as far as it has come."""
        ground = (
            {"ground": "emergency", "emergency_reason": ["disaster"], "lack_condition": ["closed"]}
            if self.plot.emergency
            else {"ground": "infrastructure", "lack_condition": ["no_bed", "no_ward"],
                  "dna_sampled_on": (self.admitted + timedelta(days=4)).date()}
        )  # fmt: skip
        document = self._draft(
            "transfer_request", at,
            {**ground, "health_summary": "身体状况平稳，无须送医", "acute_signs": ["none"], "psych_needed": "no",
             "planned_date": (at + timedelta(days=12 if until != "in_process" else 4)).date(), "expected_days": "60",
             "escort_by": "county",
             "escort_staff": ESCORTS,
             "vehicle_no": f"贵J{A_PLATE[self.number % 3]}{1000 + self.number * 7}", "duty_accepted": "yes", **self._contact()},
            files={"medical_check": (at - timedelta(days=1)).date()}
            | ({} if self.plot.emergency else {"dna_proof": None}),
        )  # fmt: skip
        self.asked = self._along(document, at + timedelta(minutes=20), until, counterpart="station")

    def draft_and_return(self, at: datetime) -> None:
        """The reviewer sends the DNA letter back."""
        document = self._draft(
            "dna_request", at,
            {"checks_done": ["fingerprint"], "sampling_place": f"{self.county}救助管理站", "asks": ["dna"], **self._contact()},
        )  # fmt: skip
        document = self._along(document, at + timedelta(minutes=10), "in_review")
        self.teller.act(
            f"{self.slug}.reviewer",
            document,
            Act.RETURN,
            at + timedelta(hours=2),
            "请补做人脸识别后再报，并写明采样时间",
        )

    def reply(self, at: datetime) -> None:
        """The station answers."""
        declined = self.plot.reach == "declined"
        answers = (
            {"decision": "decline", "decline_reason": ["no_bed"], **self._contact()}
            if declined
            else {"decision": "accept", "arrive_by": (at + timedelta(days=5)).date(), "ward": self._ward(),
                  "duty_name": "石立夏", "duty_phone": "0854-8222222"}
        )  # fmt: skip
        document = self.teller.draft(
            "station.clerk", "transfer_reply", at, answers, about=Subject(self.case), request=self.asked
        )
        until = "in_review" if self.plot.reach == "reply_in_review" else "closed"
        self.answer = self._along(
            document, at + timedelta(minutes=30), until, organ="station", counterpart=self.slug
        )

    def hand_over(self, at: datetime) -> None:
        """Arrival at the station: receiver, duty leader and county sign."""
        document = self.teller.draft(
            "station.clerk",
            "transfer_handover",
            at,
            handover_answers(self.number, at, self._bed(), self._ward()),
            about=Subject(self.case),
        )
        self._along(document, at + timedelta(minutes=10), "closed", organ="station", counterpart=self.slug)

    def hand_back(self, at: datetime) -> None:
        """The care ends and the county takes the person back."""
        document = self.teller.draft(
            "station.clerk", "center_return_handover", at, return_answers(at), about=Subject(self.case)
        )
        self._along(document, at + timedelta(minutes=10), "closed", organ="station", counterpart=self.slug)

    def identify(self, at: datetime) -> None:
        """A relative has seen the notice."""
        born = date(1968, 4, 9)
        sex = self.case.person.sex
        first = f"452728{born:%Y%m%d}10{1 if sex == '男' else 2}"
        document = self._draft(
            "identity_confirmation", at,
            {"confirmed_at": at - timedelta(hours=1), "channel": "全国救助寻亲网", "identity_method": ["relative", "police"],
             "evidence": "其弟看到寻亲公告后来电，经视频辨认和派出所核查户籍信息确认。",
             "name": "莫家和" if sex == "男" else "莫家云", "sex": sex,
             "id_number": first + ric.calc_check_digit(first + "0"), "birth_date": born, "hukou_code": "451221",
             "hukou_address": "广西壮族自治区河池市南丹县六寨镇", "relative_name": "莫家顺", "relation": "弟弟",
             "relative_phone": "13800000000", "relative_answer": "collect"},
            files={"evidence": at.date()},
        )  # fmt: skip
        self._along(document, at + timedelta(minutes=10), "closed")

    def extend(self, at: datetime, until: str = "in_process") -> None:
        """The stay will exceed ten days: filed with the prefecture."""
        document = self._draft("stay_extension_filing", at, extension_answers(self.admitted))
        self._along(document, at + timedelta(minutes=10), until, counterpart="prefecture")

    def go_home(self, at: datetime) -> None:
        """Two nights, then home."""
        document = self._draft("stay_and_exit_record", at, exit_answers(at, self._ward()))
        self._along(document, at + timedelta(minutes=10), "closed")

    # ---- helpers of the chapters --------------------------------------------------------------------------------

    def _bed(self) -> str:
        return str(self.answer.answers["bed"])

    def _ward(self) -> str:
        return "female" if self.case.person.sex == "女" else "male"

    def _contact(self) -> dict[str, str]:
        return {"contact_name": "陈晓云", "contact_phone": f"0854-{7200000 + self.number * 13}"}

    def _draft(
        self, code: str, at: datetime, answers: dict[str, Any], files: dict[str, Any] | None = None
    ) -> Document:
        return self.teller.draft(f"{self.slug}.clerk", code, at, answers, about=Subject(self.case), files=files)

    def _along(
        self, document: Document, start: datetime, until: str, *, organ: str = "", counterpart: str = "station"
    ) -> Document:
        return self.teller.along(
            organ or self.slug, document, hours_after(start), until=until, counterpart=counterpart
        )


def hours_after(start: datetime) -> Callable[[int], datetime]:
    """Return a clock for a chain of acts: 40 minutes between two of them."""
    return lambda step: start + timedelta(minutes=40 * step)


def days_ago(days: float, hour: int = 9) -> datetime:
    """Return an hour of a day before today, Shanghai time."""
    return (
        datetime.combine(clock.today(), datetime.min.time(), clock.SHANGHAI)
        - timedelta(days=days)
        + timedelta(hours=hour)
    )


def case_of(document: Any) -> Case:
    """Return the case a paper has opened."""
    assert document.case is not None
    found: Case = document.case
    return found
