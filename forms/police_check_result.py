"""公安核查结果登记 — the clerk records what the police answered to the DNA letter. (P-22)"""

from collections.abc import Iterable, Iterator
from typing import Any

from forms.kit.chains import FORM, Milestone
from forms.kit.effects import Effect, Needed, RequestAnswered, Settles, Starts, TaskOpened
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, IdNumberBox, LongTextBox, NameBox, TextBox, when
from forms.kit.paper import Genre, Paper, Section
from forms.kit.rules import Problem, rule

CLAUSE = "S0 三（二）2（2）"
MATCH = when("result", "match")
SAMPLED = when("result", "match", "no_match", "in_progress")
NOT_SAMPLED = when("result", "not_sampled")
#: An answer that ends the waiting; 比对中 does not.
FINAL = when("result", "match", "no_match", "not_sampled")


class PoliceCheckResult(Paper):
    """公安核查结果登记, S0 三（二）2（2）: the police answer within 20 working days of service (R-13)."""

    number, code, title = "P-22", "police_check_result", "公安核查结果登记表"
    genre, chain = Genre.FORM, FORM
    clause = CLAUSE
    answers_paper = "dna_request"

    request_no = TextBox("报请函文号", copied=True)
    served_on = DateBox("送达日期", copied=True)
    answered_on = DateBox("答复日期", required=True)
    answer_no = TextBox("复函文号", most=40, help="没有文号的可不填")
    result = ChoiceBox(
        "DNA比对结果",
        [("match", "比中"), ("no_match", "未比中"), ("in_progress", "比对中"), ("not_sampled", "未采集")],
        required=True,
    )
    sampled_on = DateBox("DNA采样日期", required=True, shown_when=SAMPLED)
    sample_no = TextBox("样本编号", most=40, shown_when=SAMPLED)
    no_sample_reason = LongTextBox(
        "未采集的原因", required=True, least=5, most=200, shown_when=NOT_SAMPLED, help="照录公安机关书面说明"
    )
    face_result = ChoiceBox(
        "人像比对结果",
        [("match", "比中"), ("no_match", "未比中"), ("not_done", "未开展")],
        required=True,
        shown_when=FINAL,
    )
    face_reason = TextBox(
        "未开展原因", required=True, least=2, most=100, wide=True,
        shown_when=(FINAL, when("face_result", "not_done")),
    )  # fmt: skip
    lost_report = ChoiceBox(
        "走失报案查询", [("none", "无相符报案"), ("found", "有相符报案"), ("not_done", "未开展")]
    )
    matched_name = NameBox("姓名", required=True, shown_when=MATCH)
    matched_id_number = IdNumberBox("公民身份号码", shown_when=MATCH)
    matched_hukou = TextBox("户籍地址", most=100, shown_when=MATCH, wide=True)
    remark = LongTextBox("情况说明", most=300)

    sections = (
        Section("来函和答复", ("request_no", "served_on", "answered_on", "answer_no")),
        Section("DNA采集比对", ("result", "sampled_on", "sample_no", "no_sample_reason")),
        Section("其他核查", ("face_result", "face_reason", "lost_report")),
        Section("比中人员", ("matched_name", "matched_id_number", "matched_hukou")),
        Section("说明", ("remark",)),
    )
    checklist = (
        Needed(
            "scan",
            "公安机关书面答复（扫描件）",
            shown_when=FINAL,
            dated=True,
            note="比对中的进展可以不上传",
        ),
    )
    starts = (
        Starts(
            "identity_confirmation_due",
            Milestone.COMPLETED,
            "today",
            owner="county",
            unless_identified=True,
            shown_when=MATCH,
        ),
    )
    settles = tuple(
        Settles(limit, Milestone.COMPLETED, shown_when=FINAL, at="answered_on")
        for limit in ("dna_result_due", "dna_result_month")
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest the sample a former record told of, and today as the day of the answer."""
        before = facts.issued("police_check_result")
        known = before.answers if before else {}
        return {"answered_on": facts.today, **{key: known.get(key, "") for key in ("sampled_on", "sample_no")}}

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take number and day of service from the letter that is answered."""
        letter = facts.request
        return {
            "request_no": letter.doc_no or "" if letter else "",
            "served_on": letter.served_on if letter else None,
        }

    @rule("R-13", clause=CLAUSE)
    def answers_a_served_letter(self, facts: Facts) -> Iterator[Problem]:
        """结果登记针对已送达的DNA采集比对函."""
        if facts.request is None or facts.request.code != "dna_request":
            yield Problem("请从已发出的《DNA采集比对函》登记核查结果", "request_no", remedy_paper="dna_request")
        elif facts.request.served_on is None:
            yield Problem(
                "DNA采集比对函的送达日期还未登记，请先登记送达", "served_on",
                remedy="公安机关20个工作日的期限自送达之日起算",
            )  # fmt: skip

    @rule("R-13", clause=CLAUSE)
    def dates_run_forward(self, facts: Facts) -> Iterator[Problem]:
        """发函、送达、答复依次在后，都不晚于今天；采样不早于发函."""
        answered, sampled, letter = self.answered_on.data, self.sampled_on.data, facts.request
        if answered and answered > facts.today:
            yield Problem("答复日期不能晚于今天", "answered_on")
        if answered and letter and letter.served_on and answered < letter.served_on:
            yield Problem("答复日期不能早于函件送达日期，请核对", "answered_on")
        if not sampled or not self.sampled_on.shown(self):
            return
        if sampled > facts.today or (answered and sampled > answered):
            yield Problem("DNA采样日期不能晚于答复日期和今天，请核对", "sampled_on")
        if letter and letter.signed_on and sampled < letter.signed_on:
            yield Problem("DNA采样日期不能早于报请函的成文日期，请核对", "sampled_on")

    @rule("R-09", clause=f"{CLAUSE}；S3-1 五（三）")
    def quick_check_is_on_file(self, facts: Facts) -> Iterator[Problem]:
        """DNA采集比对函办结前，须有身份快速查询记录."""
        if FINAL(self) and facts.issued("quick_identity_check") is None:
            yield Problem(
                "案卷中还没有身份快速查询记录，DNA采集比对函不能办结",
                "result",
                remedy="请先补办《身份快速查询记录》",
                remedy_paper="quick_identity_check",
            )

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """A final answer settles the letter; a match asks for the identity to be confirmed the same day."""
        if on is not Milestone.COMPLETED or not FINAL(self):
            return
        yield RequestAnswered(f"公安机关反馈：{self.result.printed}")
        if self.result.data == "match" or self.face_result.data == "match":
            yield TaskOpened(
                "identity_confirmation", "county", "公安机关反馈比中，请核实后当日填写身份确认单", "R-14"
            )
