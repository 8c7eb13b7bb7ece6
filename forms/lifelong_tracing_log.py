"""终身寻亲记录 — one more search for the family of somebody still unknown; the next is due in half a year. (P-24)"""

from collections.abc import Iterable, Iterator
from typing import Any

from forms.kit.blocks import IDENTITY_CHECKS, copied_person, person_boxes
from forms.kit.chains import FORM, Milestone
from forms.kit.effects import Effect, Needed, Settles, Starts, TaskOpened
from forms.kit.faces import Stamp, table_face
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, LongTextBox, ManyBox, NameBox, TextBox, when
from forms.kit.paper import Genre, Paper, Section
from forms.kit.rules import Level, Problem, rule
from forms.kit.timespan import add_months, chinese_date
from forms.kit.workdays import SHANGHAI

CLAUSE = "S0 三（二）2（2）"
ACTIONS = [
    ("inquiry", "再次问询"),
    *IDENTITY_CHECKS,
    ("dna", "DNA再次比对"),
    ("notice", "更新（重发）寻亲公告"),
    ("platforms", "寻亲平台、志愿者网络"),
    ("letter", "发函协助核查"),
    ("visit", "实地走访线索地"),
    ("other", "其他"),
]
CLUE = when("result", "clue")


class LifelongTracingLog(Paper):
    """终身寻亲记录, S0 三（二）2（2）: 持续做好无法查明身份信息的滞留人员（含托养、送医、已落户安置）寻亲工作 (R-15)."""

    number, code, title = "P-24", "lifelong_tracing_log", "终身寻亲记录"
    genre, chain = Genre.FORM, FORM
    clause = CLAUSE

    person_name, person_sex, person_age = person_boxes()
    traced_on = DateBox("本次寻亲日期", required=True, help="下一次的期限从这一天起算")
    traced_by = NameBox("寻亲人员", required=True)
    cared_for_at = ChoiceBox(
        "现照料情况",
        [
            ("station", "在站"),
            ("central_station", "州级区域中心站"),
            ("custody", "托养机构"),
            ("hospital", "医院"),
            ("settled", "已落户安置"),
            ("child_home", "儿童福利机构"),
        ],
        required=True,
        wide=True,
    )
    care_org = TextBox("照料机构", most=60)
    actions = ManyBox("寻亲措施", ACTIONS, required=True, wide=True)
    action_other = TextBox("其他措施", required=True, most=100, shown_when=when("actions", "other"), wide=True)
    course = LongTextBox("寻亲经过", required=True, least=10, most=500)
    changed = LongTextBox(
        "新掌握的体貌、口音和自述", most=300, help="与求助登记表相比有新发现的填写，并更新寻亲公告"
    )
    result = ChoiceBox(
        "寻亲结果",
        [("none", "无新线索"), ("clue", "有新线索"), ("identified", "已查明身份")],
        required=True,
        wide=True,
    )
    clue = LongTextBox("线索内容", required=True, least=5, most=300, shown_when=CLUE)

    sections = (
        Section("本次寻亲", ("person_name", "person_sex", "person_age", "traced_on", "traced_by", "cared_for_at", "care_org",
                            "actions", "action_other", "course", "changed")),
        Section("结果", ("result", "clue")),
    )  # fmt: skip
    checklist = (Needed("proof", "比对结果、公告截图等", required=False),)
    settles = (Settles("lifelong_tracing_due", Milestone.COMPLETED, at="traced_on"),)
    starts = (
        Starts(
            "lifelong_tracing_due",
            Milestone.COMPLETED,
            "traced_on",
            owner="county",
            unless_identified=True,
        ),
    )

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take the person as the case knows them."""
        return copied_person(facts)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest today, and where the person is cared for as the papers of the case tell."""
        first: dict[str, Any] = {"traced_on": facts.today, "cared_for_at": "station"}
        if facts.place == "522700-station":
            first["cared_for_at"] = "central_station"
        elif facts.issued("household_registration_result"):
            first["cared_for_at"] = "settled"
        elif facts.issued("placement_approval"):
            first["cared_for_at"] = "custody"
        before = facts.issued("lifelong_tracing_log")
        if before:
            first |= {name: before.answers.get(name, "") for name in ("cared_for_at", "care_org")}
        return first

    @rule("R-15", clause=CLAUSE)
    def only_the_unidentified_are_traced(self, facts: Facts) -> Iterator[Problem]:
        """身份已查明的，不再寻亲."""
        if facts.person.identified:
            yield Problem("身份已查明，不需要再登记寻亲", "result")

    @rule("R-15", clause=CLAUSE)
    def dates_run_forward(self, facts: Facts) -> Iterator[Problem]:
        """寻亲日期不早于入站和上一次寻亲，不晚于今天."""
        day, admitted = self.traced_on.data, facts.person.admitted_at
        if day is None:
            return
        if day > facts.today:
            yield Problem("寻亲日期不能晚于今天", "traced_on")
        if admitted and day < admitted.astimezone(SHANGHAI).date():
            yield Problem("寻亲日期不能早于入站日期，请核对", "traced_on")
        before = facts.issued("lifelong_tracing_log")
        last = str(before.answers.get("traced_on", "")) if before else ""
        if last and day.isoformat() < last:
            yield Problem(f"上一次寻亲记录的日期是{last}，本次不能更早，请核对", "traced_on")

    @rule("R-15", clause=CLAUSE, level=Level.WARN)
    def notice_comes_first(self, facts: Facts) -> Iterator[Problem]:
        """终身寻亲以寻亲公告为基础."""
        if facts.issued("tracing_notice") is None:
            yield Problem(
                "还没有发布寻亲公告，请先发布；因安全原因暂缓的，请说明",
                "actions",
                remedy="请先发布寻亲公告",
                remedy_paper="tracing_notice",
            )

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """A clue is asked after by letter; an identity is confirmed the same day."""
        if on is not Milestone.SUBMITTED or facts.person.identified:
            return
        if self.result.data == "identified":
            yield TaskOpened("identity_confirmation", "county", "寻亲已查明身份，请当日填写身份确认单", "R-14")
        elif self.result.data == "clue":
            yield TaskOpened("identity_assist_request", "county", "有新线索，请发函协助核查身份", "R-15")

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print by when the next search is due; days off after it are not yet looked at."""
        face = table_face(self, facts, stamp)
        if self.traced_on.data and self.result.data != "identified":
            day = add_months(self.traced_on.data, int(facts.settings.get("lifelong_months", 6)))
            text = f"身份查明前持续寻亲，下一次寻亲应于{chinese_date(day)}前（含当日）开展。"
            face["blocks"].append({"kind": "statement", "text": text})
        return face
