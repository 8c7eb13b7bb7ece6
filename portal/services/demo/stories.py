"""The stories: persons in every state of the chain, in all twelve counties, some of them late. All invented."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from stdnum.cn import ric

from forms.kit.chains import Act
from portal import clock
from portal.models import Case, Document
from portal.reference.regions import COUNTIES
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
    Plot("sandu", 40, "handed_over"),
    Plot("guiding", 36, "identified"),
    Plot("pingtang", 33, "handed_over"),
    Plot("duyun", 31, "answered"),
    Plot("sandu", 27, "declined"),
    Plot("fuquan", 25, "served"),
    Plot("pingtang", 24, "accepted"),
    Plot("luodian", 22, "reply_in_review"),
    Plot("guiding", 21, "received"),
    Plot("pingtang", 20, "request_sent"),
    Plot("wengan", 18, "served"),
    Plot("sandu", 17, "request_signed"),
    Plot("pingtang", 16, "request_to_sign"),
    Plot("luodian", 15, "request_in_review"),
    Plot("dushan", 13, "dna_sent"),
    Plot("libo", 12, "noticed"),
    Plot("longli", 12, "extended", known=True),
    Plot("changshun", 11, "published_late"),
    Plot("huishui", 10, "dna_signed"),
    Plot("pingtang", 9, "dna_sent"),
    Plot("duyun", 8, "noticed"),
    Plot("dushan", 5, "emergency_sent", emergency=True),
    Plot("fuquan", 5, "returned_draft"),
    Plot("huishui", 4, "noticed"),
    Plot("libo", 3, "checked"),
    Plot("wengan", 3, "registered"),
    Plot("pingtang", 2.1, "checked"),
    Plot("longli", 2, "home", known=True),
    Plot("changshun", 1.2, "checked"),
    Plot("sandu", 1.1, "noticed"),
    Plot("pingtang", 0.6, "registered"),
    Plot("duyun", 0.5, "known", known=True),
)


def tell(teller: Teller) -> None:
    """Tell all stories, oldest first, so that numbers run with the days."""
    for number, plot in enumerate(PLOTS):
        Story(teller, number, plot).run()


class Story:
    """One person's way through the chain, as far as its plot goes."""

    def __init__(self, teller: Teller, number: int, plot: Plot) -> None:
        self.teller, self.number, self.plot, self.slug = teller, number, plot, plot.slug
        self.county = next(county.name for county in COUNTIES if county.slug == plot.slug)
        self.admitted = days_ago(plot.days, 8) + timedelta(minutes=17 * (number % 7))

    def run(self) -> None:
        """Tell chapter after chapter until the plot's end."""
        self.register()
        for chapter in self._chapters():
            chapter()

    def _chapters(self) -> list[Callable[[], None]]:
        if self.plot.known:
            known: dict[str, list[Callable[[], None]]] = {"extended": [self.extend], "home": [self.go_home]}
            return known.get(self.plot.reach, [])
        order = ["registered", "checked", "noticed", "dna_sent", "served", "answered"]
        chapters: dict[str, Callable[[], None]] = {
            "checked": self.check, "noticed": self.publish, "dna_sent": self.ask_police, "served": self.serve,
            "answered": self.hear_police,
        }  # fmt: skip
        reach = self.plot.reach
        late: dict[str, list[Callable[[], None]]] = {
            "published_late": [self.check, lambda: self.publish(hours=31)],
            "dna_signed": [self.check, self.publish, lambda: self.ask_police(until="signed")],
            "returned_draft": [self.check, self.publish, self.draft_and_return],
            "emergency_sent": [self.check, self.publish, lambda: self.request(until="sent")],
            "identified": [*(chapters[name] for name in order[1:]), self.identify],
        }
        if reach in late:
            return late[reach]
        if reach in order:
            return [chapters[name] for name in order[1 : order.index(reach) + 1]]
        until = {
            "request_in_review": "in_review", "request_to_sign": "to_sign", "request_signed": "signed", "request_sent": "sent",
        }.get(reach)  # fmt: skip
        ahead: list[Callable[[], None]] = [*(chapters[name] for name in order[1:]), lambda: self.extend("closed")]
        if until:
            return [*ahead, lambda: self.request(until=until)]
        ahead.append(lambda: self.request(until="in_process"))
        if reach == "received":
            return ahead
        ahead.append(self.reply)
        if reach in {"handed_over", "returned"}:
            ahead.append(self.hand_over)
        if reach == "returned":
            ahead.append(self.hand_back)
        return ahead

    # ---- chapters ------------------------------------------------------------------------------------------------

    def register(self) -> None:
        """Admission, checked by a colleague except on the newest ones."""
        make = named if self.plot.known else unidentified
        self.document = self.teller.draft(
            f"{self.slug}.clerk", "help_registration", self.admitted + timedelta(minutes=25),
            make(self.number, self.admitted, self.county), files={"photo": None},
        )  # fmt: skip
        until = "in_review" if self.plot.reach == "registered" else "closed"
        self.document = self._along(self.document, self.admitted + timedelta(minutes=30), until)
        self.case = case_of(self.document)

    def check(self) -> None:
        """The quick check finds nothing."""
        at = self.admitted + timedelta(hours=2)
        document = self._draft(
            "quick_identity_check", at,
            {"checked_at": at - timedelta(minutes=20), "checked_by": "王建国", "police_officer": "陈志强",
             "checks_done": ["fingerprint", "face"], "course": "会同派出所采集指纹、人像比对，均未比中，口音疑似桂北。",
             "result": "not_confirmed"},
        )  # fmt: skip
        self._along(document, at + timedelta(minutes=10), "closed")

    def publish(self, hours: float = 4) -> None:
        """The notice goes out, in time or too late."""
        at = self.admitted + timedelta(hours=hours)
        document = self._draft(
            "tracing_notice", at,
            {"height_cm": "165", "condition_text": "精神状况平稳，语言表达不清", "contact_org": f"{self.county}救助管理站",
             "contact_phone": f"0854-{7100000 + self.number * 1111}", "channels": ["national_site", "wechat"]},
        )  # fmt: skip
        self._along(document, at + timedelta(minutes=15), "in_process")

    def ask_police(self, until: str = "sent") -> None:
        """The DNA letter."""
        document = self._draft(
            "dna_request", self.admitted + timedelta(days=1.1),
            {"checks_done": ["fingerprint", "face"], "sampling_place": f"{self.county}救助管理站", "asks": ["dna", "face"],
             **self._contact()},
        )  # fmt: skip
        self.letter = self._along(document, self.admitted + timedelta(days=1.2), until)

    def serve(self) -> None:
        """The police have the letter."""
        at = self.admitted + timedelta(days=2.3)
        self.letter = self.teller.act(
            f"{self.slug}.clerk", self.letter, Act.SERVE, at, served_on=at.astimezone(clock.SHANGHAI).date()
        )

    def hear_police(self) -> None:
        """Sampled, and no match."""
        at = self.admitted + timedelta(days=9)
        document = self.teller.draft(
            f"{self.slug}.clerk", "police_check_result", at,
            {"answered_on": at.date(), "result": "no_match", "sampled_on": (self.admitted + timedelta(days=4)).date(),
             "face_result": "no_match"},
            case=self.case, request=self.letter, files={"scan": at.date()},
        )  # fmt: skip
        self._along(document, at + timedelta(minutes=30), "closed")

    def request(self, until: str) -> None:
        """The transfer request, as far as it has come."""
        at = self.admitted + timedelta(days=1.5 if self.plot.emergency else 10)
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

    def draft_and_return(self) -> None:
        """The reviewer sends the DNA letter back."""
        at = self.admitted + timedelta(days=1.1)
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

    def reply(self) -> None:
        """The station answers."""
        at = self.admitted + timedelta(days=11.2)
        declined = self.plot.reach == "declined"
        answers = (
            {"decision": "decline", "decline_reason": ["no_bed"], **self._contact()}
            if declined
            else {"decision": "accept", "arrive_by": (at + timedelta(days=5)).date(), "ward": self._ward(),
                  "duty_name": "石立夏", "duty_phone": "0854-8222222"}
        )  # fmt: skip
        document = self.teller.draft(
            "station.clerk", "transfer_reply", at, answers, case=self.case, request=self.asked
        )
        until = "in_review" if self.plot.reach == "reply_in_review" else "closed"
        self.answer = self._along(
            document, at + timedelta(minutes=30), until, organ="station", counterpart=self.slug
        )

    def hand_over(self) -> None:
        """Arrival at the station: receiver, duty leader and county sign."""
        at = self.admitted + timedelta(days=13.1)
        document = self.teller.draft(
            "station.clerk",
            "transfer_handover",
            at,
            handover_answers(self.number, at, self._bed(), self._ward()),
            case=self.case,
        )
        self._along(document, at + timedelta(minutes=10), "closed", organ="station", counterpart=self.slug)

    def hand_back(self) -> None:
        """The care ends and the county takes the person back."""
        at = self.admitted + timedelta(days=44)
        document = self.teller.draft(
            "station.clerk", "center_return_handover", at, return_answers(at), case=self.case
        )
        self._along(document, at + timedelta(minutes=10), "closed", organ="station", counterpart=self.slug)

    def identify(self) -> None:
        """A relative has seen the notice."""
        at = self.admitted + timedelta(days=14)
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

    def extend(self, until: str = "in_process") -> None:
        """The stay will exceed ten days: filed with the prefecture."""
        at = self.admitted + timedelta(days=9.3)
        document = self._draft("stay_extension_filing", at, extension_answers(self.admitted))
        self._along(document, at + timedelta(minutes=10), until, counterpart="prefecture")

    def go_home(self) -> None:
        """Two nights, then home."""
        at = self.admitted + timedelta(days=1)
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
        return self.teller.draft(f"{self.slug}.clerk", code, at, answers, case=self.case, files=files)

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
