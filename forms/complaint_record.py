"""举报登记及处置反馈单 — a call or letter is taken down, looked into, and answered to who made it. (P-75)"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from forms.kit.chains import FORM, Milestone
from forms.kit.effects import Effect, Needed, ProblemFound, Settles, Starts
from forms.kit.faces import Stamp, table_face
from forms.kit.facts import Facts
from forms.kit.fields import (
    ChoiceBox,
    DateBox,
    LongTextBox,
    ManyBox,
    MomentBox,
    PhoneBox,
    SelectBox,
    TextBox,
    YesNoBox,
    when,
)
from forms.kit.groups import KINDS
from forms.kit.homeward import local_day
from forms.kit.paper import About, Genre, Paper, Section
from forms.kit.rules import Level, Problem, rule
from forms.kit.sheets import cells, fields, whole_row

CLAUSE = "S4 二（三）6；S3-4 五（三）"
TAKEN, ANSWERED = when("stage", "taken"), when("stage", "answered")
NAMED, TRUE = when("anonymous", "no"), when("verdict", "true", "partly")


class ComplaintRecord(Paper):
    """举报登记及处置反馈单, S4 二（三）6: one form when it comes in, one when it is answered; the number joins them."""

    number, code, title = "P-75", "complaint_record", "举报登记及处置反馈单"
    genre, chain = Genre.FORM, FORM
    clause = CLAUSE
    about, thread_box = About.ORGAN, "complaint_no"
    drafted_in = frozenset({"prefecture_bureau", "central_station", "county_bureau", "county_station", "township"})

    stage = ChoiceBox("办理环节", [("taken", "受理登记"), ("answered", "处置反馈")], required=True)
    complaint_no = TextBox(
        "举报编号", required=True, least=3, most=20, help="本单位自编，如“举2026-001”；反馈时填同一编号"
    )
    received_at = MomentBox("收到时间", required=True, help="15个工作日内反馈，从这一天起算")
    channel = ChoiceBox(
        "举报方式",
        [
            ("phone", "电话"),
            ("letter", "来信"),
            ("visit", "来访"),
            ("web", "网络、热线转办"),
            ("superior", "上级交办"),
        ],
        required=True,
        wide=True,
    )
    anonymous = YesNoBox("匿名举报", required=True)
    informant = TextBox("举报人", required=True, most=30, shown_when=NAMED, prints=False)
    informant_phone = PhoneBox("联系电话", shown_when=NAMED, prints=False)
    subject = TextBox("被举报对象", required=True, most=60, wide=True, help="人员、机构或者场所")
    kind = SelectBox("问题类别", KINDS, required=True)
    detail = LongTextBox("举报内容", required=True, least=5, most=500)
    urgent = ManyBox(
        "涉及情形", [("harm", "有人正在受侵害"), ("money", "克扣、冒领救助款物"), ("staff", "工作人员失职"), ("none", "无")],
        required=True, wide=True,
    )  # fmt: skip
    handler = TextBox("承办部门、人员", required=True, most=60, wide=True)
    instructed = TextBox("办理意见", required=True, least=2, most=100, shown_when=TAKEN, wide=True)

    investigated = LongTextBox("调查核实情况", required=True, least=10, most=500, shown_when=ANSWERED)
    verdict = ChoiceBox(
        "核实结论",
        [("true", "属实"), ("partly", "部分属实"), ("false", "不属实"), ("unclear", "无法查实")],
        required=True,
        shown_when=ANSWERED,
        wide=True,
    )
    handled = LongTextBox("处置结果", required=True, least=5, most=300, shown_when=ANSWERED)
    feedback_on = DateBox("反馈日期", required=True, shown_when=ANSWERED)
    feedback_how = ChoiceBox(
        "反馈方式",
        [("phone", "电话"), ("letter", "书面"), ("face", "当面"), ("none", "匿名，无法反馈")],
        required=True,
        shown_when=ANSWERED,
        wide=True,
    )
    satisfied = ChoiceBox(
        "举报人意见",
        [("yes", "满意"), ("no", "不满意"), ("unknown", "未表态")],
        required=True,
        shown_when=(ANSWERED, NAMED),
    )
    on_list = YesNoBox("列入问题清单", required=True, shown_when=(ANSWERED, TRUE))

    sections = (
        Section("举报", ("stage", "complaint_no", "received_at", "channel", "anonymous", "informant", "informant_phone",
                        "subject", "kind", "detail", "urgent")),
        Section("受理", ("handler", "instructed")),
        Section("处置反馈", ("investigated", "verdict", "handled", "feedback_on", "feedback_how", "satisfied", "on_list")),
    )  # fmt: skip
    checklist = (
        Needed("complaint", "来信、录音、转办单", required=False),
        Needed("evidence", "调查核实材料", shown_when=ANSWERED),
    )
    starts = (Starts("complaint_feedback_due", Milestone.SUBMITTED, "received_at", shown_when=TAKEN),)
    settles = (Settles("complaint_feedback_due", Milestone.COMPLETED, shown_when=ANSWERED, at="feedback_on"),)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest now, and that the form takes something down."""
        return {"stage": "taken", "received_at": facts.now, "anonymous": "no", "urgent": ["none"]}

    @rule("P-75", clause=CLAUSE)
    def times_run_forward(self, facts: Facts) -> Iterator[Problem]:
        """收到在前，反馈在后，都不晚于现在；匿名的不填反馈给举报人."""
        got, told = self.received_at.data, self.feedback_on.data
        if got and got > facts.now + timedelta(minutes=1):
            yield Problem("收到时间不能晚于现在，请核对", "received_at")
        if self.feedback_on.shown(self) and told:
            if told > facts.today:
                yield Problem("反馈日期不能晚于今天", "feedback_on")
            elif got and told < local_day(got):
                yield Problem("反馈日期不能早于收到日期，请核对", "feedback_on")
        if "none" in (self.urgent.data or []) and len(self.urgent.data or []) > 1:
            yield Problem("涉及情形选了“无”，不能再选其他，请核对", "urgent")
        if ANSWERED(self) and self.anonymous.data == "no" and self.feedback_how.data == "none":
            yield Problem("实名举报须向举报人反馈", "feedback_how")

    @rule("P-75", clause=CLAUSE)
    def answers_what_was_taken_down(self, facts: Facts) -> Iterator[Problem]:
        """同一编号只登记一次，反馈以登记为前提."""
        before = [doc for doc in facts.papers.get(self.code, ()) if doc.live]
        if self.stage.data == "taken" and any(doc.answers.get("stage") == "taken" for doc in before):
            yield Problem("这个举报编号已经登记，请核对编号；办理完毕的请选“处置反馈”", "complaint_no")

    @rule("R-81", clause="S4 二（三）3", level=Level.WARN)
    def harm_goes_to_the_police(self, facts: Facts) -> Iterator[Problem]:
        """有人正在受侵害的，立即向公安机关报告."""
        if "harm" in (self.urgent.data or []):
            yield Problem(
                "有人正在受侵害的，应立即向公安机关报告；已报告的请写明回执",
                "urgent",
                remedy="请填写《强制报告单》，不须审批",
                remedy_paper="mandatory_report",
            )

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """What proved true goes on the problem list."""
        received = self.received_at.data
        if on is Milestone.COMPLETED and ANSWERED(self) and self.on_list.is_yes and TRUE(self) and received:
            yield ProblemFound(
                source="complaint",
                subject=self.subject.data or "",
                kind=self.kind.data or "",
                detail=(self.detail.data or "")[:200],
                found_on=local_day(received),
                measure=(self.handled.data or "")[:100],
                owner_name=(self.handler.data or "")[:20],
            )

    def heading(self, facts: Facts) -> str:
        """Name number and stage, never who complained."""
        return (
            f"{self.title}（{self.complaint_no.data}，{self.stage.printed}）"
            if self.complaint_no.data
            else self.title
        )

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print what happened; the name of who complained stays off the page."""
        face = table_face(self, facts, stamp)
        first = ["stage", "complaint_no", "received_at", "channel", "anonymous", "kind", "subject"]
        answer = ["verdict", "feedback_on", "feedback_how", "satisfied", "on_list"]
        done = [whole_row("调查核实", self.investigated.printed), whole_row("处置结果", self.handled.printed)]
        face["blocks"] = [
            fields(
                "举报", cells(self, first), [whole_row("举报内容", self.detail.printed)], cells(self, ["urgent"])
            ),
            fields("受理", cells(self, ["handler", "instructed"])),
            *([fields("处置反馈", done, cells(self, answer))] if ANSWERED(self) else []),
        ]
        return face
