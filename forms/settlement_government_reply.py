"""县（市）人民政府批复登记 — the clerk records what the government decided, person by person. (P-40)"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

from forms.kit.chains import FORM, Milestone
from forms.kit.effects import DraftOpened, Effect, Needed, RequestAnswered, Starts
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, LongTextBox, TextBox, when
from forms.kit.paper import About, Genre, Paper, Section
from forms.kit.rows import Row, RowsBox
from forms.kit.rules import Problem, rule
from forms.kit.settlement import APPLICATION, CLAUSE, DOC_NO, PLAN, bare_title, government_of, named

APPROVED = "yes"
#: 身份查明或已离站的，从方案中删去，不再办理.
STRUCK = "struck"
#: What becomes of a person the government does not approve: nobody leaves the chain without a word (R-64).
REVISE, KEEP = "revise", "keep"


class Decision(Row):
    """What the government decided on one person of the plan."""

    case_no = TextBox("救助编号", copied=True)
    name = TextBox("姓名（拟）", copied=True)
    approved = ChoiceBox(
        "批复意见", [(APPROVED, "同意"), ("no", "不同意"), (STRUCK, "已从方案中删去")], required=True
    )
    note = TextBox("说明", most=60)
    next_step = ChoiceBox(
        "不同意的下一步", [(REVISE, "修改方案再报"), (KEEP, "继续照料和寻亲")], shown_when=when("approved", "no")
    )


class SettlementGovernmentReply(Paper):
    """县（市）人民政府批复登记, S0 三（二）2（4）: the ten working days run from the day it came in, not its date (R-54)."""

    number, code, title = "P-40", "settlement_government_reply", "落户安置方案批复登记表"
    genre, chain = Genre.FORM, FORM
    clause = CLAUSE
    drafted_in = frozenset({"county_bureau", "prefecture_bureau"})
    answers_paper = PLAN
    about = About.PERSONS
    persons_box, persons_from = "decisions", APPLICATION

    request_no = TextBox("请示文号", copied=True)
    request_title = TextBox("请示标题", copied=True, wide=True)
    reply_org = TextBox("批复机关", copied=True)
    reply_doc_no = TextBox("批复文号", required=True, most=30, help="如“平府函〔2026〕30号”")
    reply_title = TextBox(
        "批复标题", required=True, least=8, most=80, wide=True, help="照录，不写机关名称；函件中引用"
    )
    reply_date = DateBox("成文日期", required=True)
    reply_received_on = DateBox("收到日期", required=True, help="发函公安机关的10个工作日从这一天起算")
    decisions = RowsBox("批准人员", Decision, required=True, fixed=True)
    conditions = LongTextBox("批复要求", most=300, help="批复中对经费、供养机构等另有要求的照录")

    sections = (
        Section("请示和批复", ("request_no", "request_title", "reply_org", "reply_doc_no", "reply_title", "reply_date",
                              "reply_received_on", "conditions")),
        Section("逐人意见", ("decisions",), "人员从请示中带入，逐人登记；同意的，每人自动生成一件户籍登记函（一人一函）；"
                "不同意的，修改方案10个工作日内再报，确定暂不再报的选“继续照料和寻亲”"),
    )  # fmt: skip
    checklist = (Needed("scan", "批复（扫描件）", dated=True),)
    starts = (
        Starts(
            "police_registration_letter_due",
            Milestone.COMPLETED,
            "reply_received_on",
            unless_identified=True,
            row_when=when("approved", APPROVED),
        ),
        Starts(
            "settlement_plan_again_due",
            Milestone.COMPLETED,
            "reply_received_on",
            unless_identified=True,
            row_when=when("next_step", REVISE),
        ),
        Starts(
            "lifelong_tracing_due",
            Milestone.COMPLETED,
            "reply_received_on",
            unless_identified=True,
            row_when=when("next_step", KEEP),
        ),
    )

    @classmethod
    def read(cls, answers: Mapping[str, Any], facts: Facts | None = None) -> Self:
        """Parse the answers; the persons are those of the request, in its order. Whoever is gone is struck."""
        if facts is not None and facts.request is not None:
            answers = {**answers, "decisions": _persons(answers.get("decisions", ()), facts)}
        return super().read(answers, facts)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest today, the usual title, and every person still to be decided on."""
        rows = _persons((), facts)
        people = named([str(row["name"]) for row in rows])
        title = f"关于同意{people}滞留流浪乞讨人员落户安置方案的批复" if rows else ""
        return {"reply_received_on": facts.today, "reply_title": title, "decisions": rows}

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take number and title of the request."""
        plan = facts.request
        return {
            "request_no": plan.doc_no or "" if plan else "",
            "request_title": bare_title(plan.title, plan.issuer) if plan else "",
            "reply_org": government_of(facts),
        }

    @rule("R-64", clause=CLAUSE)
    def answers_a_sent_request(self, facts: Facts) -> Iterator[Problem]:
        """批复登记针对已报送的请示."""
        if facts.request is None or facts.request.code != PLAN or facts.request.sent_at is None:
            yield Problem("请从已报送的《落户安置方案的请示》登记批复", "request_no", remedy_paper=PLAN)

    @rule("R-96", clause="条例 9")
    def number_is_well_formed(self, facts: Facts) -> Iterator[Problem]:
        """批复文号写全：代字、六角括号内年份、序号."""
        if self.reply_doc_no.data and not DOC_NO.fullmatch(self.reply_doc_no.data):
            yield Problem("批复文号格式如“平府函〔2026〕30号”，年份用六角括号，请核对", "reply_doc_no")

    @rule("R-54", clause=CLAUSE)
    def dates_run_forward(self, facts: Facts) -> Iterator[Problem]:
        """请示、批复、收到依次在后，都不晚于今天."""
        dated, received, plan = self.reply_date.data, self.reply_received_on.data, facts.request
        if received and received > facts.today:
            yield Problem("收到日期不能晚于今天", "reply_received_on")
        if dated and received and received < dated:
            yield Problem("收到日期不能早于批复的成文日期，请核对", "reply_received_on")
        if dated and plan and plan.signed_on and dated < plan.signed_on:
            yield Problem("批复的成文日期不能早于请示的成文日期，请核对", "reply_date")

    @rule("R-59", clause=CLAUSE)
    def those_found_are_struck(self, facts: Facts) -> Iterator[Problem]:
        """身份已查明或已离站的，不再办理."""
        for number, row in enumerate(self.decisions.rows, start=1):
            why = _gone(str(row.case_no.data or ""), facts)
            if why and row.approved.data == APPROVED:
                yield Problem(f"第{number}行：{row.name.data}{why}，批复意见请选“已从方案中删去”", "decisions")

    @rule("R-64", clause=CLAUSE)
    def refusals_are_explained(self, facts: Facts) -> Iterator[Problem]:
        """不同意的，照录理由."""
        for number, row in enumerate(self.decisions.rows, start=1):
            if row.approved.data == "no" and row.note.empty:
                yield Problem(f"第{number}行：不同意的，请在说明中写明理由", "decisions")

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """The request is answered; each approved person gets a letter of their own (R-55)."""
        if on is not Milestone.COMPLETED:
            return
        rows = self.decisions.rows
        approved = [str(row.case_no.data) for row in rows if row.approved.data == APPROVED]
        yield RequestAnswered(f"{self.reply_doc_no.data}：同意{len(approved)}人，共{len(rows)}人")
        for case_no in approved:
            yield DraftOpened("police_registration_letter", {}, case_no)


def _persons(typed: Any, facts: Facts) -> list[dict[str, Any]]:
    """Return the persons of the request with what was typed about each."""
    known = {row.get("case_no"): row for row in typed if isinstance(row, Mapping)}
    plan = facts.request
    rows = []
    for row in plan.answers.get("plan_rows", ()) if plan else ():
        case_no = str(row.get("case_no", ""))
        kept = known.get(case_no, {})
        said = str(kept.get("approved", "")) or (STRUCK if _gone(case_no, facts) else "")
        rows.append(
            {
                "case_no": case_no,
                "name": str(row.get("name", "")),
                "approved": said,
                "note": str(kept.get("note", "")),
                "next_step": (str(kept.get("next_step", "")) or REVISE) if said == "no" else "",
            }
        )
    return rows


def _gone(case_no: str, facts: Facts) -> str:
    """Say why a person of the plan is not to be settled any more; empty while they are."""
    member = facts.members.get(case_no)
    if member is None:
        return "已离站"
    return "身份已查明" if member.person.identified else ""
