"""落户安置方案的请示 — the bureau asks its government to settle one or several unidentified persons. (P-39)"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Self

from forms.kit.blocks import HEALTH, contact_boxes, urgency_box
from forms.kit.chains import PRINCIPAL, Milestone
from forms.kit.effects import Needed, Settles
from forms.kit.faces import Stamp, letter_face
from forms.kit.facts import Facts, Member
from forms.kit.fields import ChoiceBox, DateBox, IntBox, LongTextBox, SelectBox, TextBox
from forms.kit.paper import About, Addressee, Genre, Letter, Section
from forms.kit.rows import Row, RowsBox
from forms.kit.rules import Level, Problem, rule
from forms.kit.settlement import (
    APPLICATION,
    CARE_PLACES,
    CLAUSE,
    DEPARTMENTS,
    SUPPORT,
    admitted_on,
    birth_problems,
    distinct,
    holder_of,
    latest_contact_of,
    name_problems,
    named,
    open_plan,
    police_of,
    registration_of,
    support_problems,
)
from forms.kit.wording import age_text, closed, listed

ANNEX = "落户安置人员方案明细表"
FUND = "特困人员救助供养资金"
HEALTH_WORDS = dict(HEALTH)
#: Answers of the application that a row of the plan begins from.
_FROM_APPLICATION = {
    "name": "proposed_name",
    "birth": "proposed_birth",
    "ethnicity": "proposed_ethnicity",
    "hukou_address": "hukou_address",
    "support": "proposed_support",
}


class PlanRow(Row):
    """What is proposed for one person. Sex, admission, health and household come from the application."""

    case_no = SelectBox("受助人员", required=True)
    name = TextBox("姓名（拟）", required=True, most=10)
    sex = TextBox("性别", copied=True)
    birth = DateBox("拟定出生日期", required=True)
    admitted_on = DateBox("入站日期", copied=True)
    health = TextBox("健康状况", copied=True)
    ethnicity = TextBox("拟定民族", copied=True)
    hukou_holder = TextBox("集体户", copied=True)
    hukou_address = TextBox("落户地址", required=True, most=100)
    support = ChoiceBox("安置方式", SUPPORT, required=True)
    support_org = TextBox("供养机构", required=True, most=60)
    fund_source = TextBox("经费来源", required=True, most=40)


class Opinion(Row):
    """What another department said about the plan."""

    department = SelectBox("部门", DEPARTMENTS, required=True)
    opinion = TextBox("意见", required=True, most=100)
    given_on = DateBox("日期", required=True)


class SettlementPlanRequest(Letter):
    """落户安置方案的请示, S0 三（二）2（4）; wording of domain §3.10. The prefecture's bureau asks for its own persons (A-08)."""

    number, code, title = "P-39", "settlement_plan_request", "落户安置方案的请示"
    genre, chain = Genre.REQUEST, PRINCIPAL
    clause = CLAUSE
    addressee = Addressee.GOVERNMENT
    answered_by = ("settlement_government_reply",)
    drafted_in = frozenset({"county_bureau", "prefecture_bureau"})
    about = About.PERSONS
    persons_box, persons_from = "plan_rows", APPLICATION

    plan_rows = RowsBox("人员方案明细", PlanRow, required=True, help="每人一行；本次不报的，删去该行")
    headcount = IntBox("总人数", computed=True, unit="人")
    hukou_basis = TextBox(
        "落户地址依据", required=True, most=100, prints=False, wide=True, help="集体户管理单位同意落户的函，写明单位和日期"
    )  # fmt: skip
    fund_plan = LongTextBox(
        "供养与经费安排", required=True, least=5, most=300, help="接在正文第三部分之后，写成完整的句子"
    )
    dept_opinions = RowsBox("部门意见", Opinion, help="公安、财政、卫生健康、医疗保障")
    urgency = urgency_box()
    contact_name, contact_phone = contact_boxes()

    sections = (
        Section("人员和方案", ("plan_rows", "headcount", "hukou_basis", "fund_plan")),
        Section("征求意见", ("dept_opinions",), "方案涉及公安、财政职权，报送前应征求其意见"),
        Section("联系", ("urgency", "contact_name", "contact_phone")),
    )
    checklist = (
        Needed("household_consent", "集体户管理单位同意函", dated=True),
        Needed("opinions", "部门意见（书面）", required=False),
    )
    settles = (
        Settles("settlement_plan_due", Milestone.SENT),
        Settles("settlement_plan_again_due", Milestone.SENT),
    )

    @classmethod
    def read(cls, answers: Mapping[str, Any], facts: Facts | None = None) -> Self:
        """Parse the answers; rows take from the application what was not typed, and the number of rows is counted."""
        rows = [dict(row) for row in answers.get("plan_rows", ()) if isinstance(row, Mapping)]
        if facts is not None:
            rows = [_completed(row, facts) for row in rows]
        return super().read({**answers, "plan_rows": rows, "headcount": len(rows)}, facts)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Begin with everybody whose application was taken in and who is in no other plan."""
        waiting = [no for no, member in facts.members.items() if not _against(no, member)]
        rows = [_completed({"case_no": no, "fund_source": FUND}, facts) for no in waiting]
        return {"plan_rows": rows, **latest_contact_of(facts.members.values())}

    def offer(self, facts: Facts) -> None:
        """Offer the persons with an application by their number and 临时称谓."""
        persons = [(no, f"{member.person.display_name}（{no}）") for no, member in sorted(facts.members.items())]
        for entry in self.plan_rows.entries:
            entry.form.case_no.offer(persons)

    @rule("R-64", clause=CLAUSE)
    def applications_are_taken_in(self, facts: Facts) -> Iterator[Problem]:
        """每人的申请表都已由民政局签收；一人不在两个方案中，身份查明的不再列入."""
        seen: set[str] = set()
        for number, row in enumerate(self.plan_rows.rows, start=1):
            no = str(row.case_no.data or "")
            if not no:
                continue
            sentence = _against(no, facts.members.get(no))
            if no in seen:
                sentence = f"{no}列了两行，一人一行"
            seen.add(no)
            if sentence:
                yield Problem(f"第{number}行：{sentence}", "plan_rows")

    @rule("R-63", clause=CLAUSE)
    def names_and_births_are_fit(self, facts: Facts) -> Iterator[Problem]:
        """拟用姓名、出生日期合规，未成年人安置在儿童福利机构；一个方案中不重名."""
        names = [str(row.name.data or "") for row in self.plan_rows.rows]
        for number, row in enumerate(self.plan_rows.rows, start=1):
            member = facts.members.get(str(row.case_no.data))
            found = list(name_problems(row.name.data or "", "plan_rows"))
            if member is not None:
                found += birth_problems(member.person, row.birth.data, "plan_rows")
                found += support_problems(member.person, facts.today, row.support.data, "plan_rows")
            if names[number - 1] and names[number - 1] in names[: number - 1]:
                found.append(Problem(f"“{names[number - 1]}”与前面的人重名，请换一个", "plan_rows"))
            for problem in found:
                yield Problem(f"第{number}行：{problem.sentence}", problem.field, remedy=problem.remedy)

    @rule("R-52", clause="条例 19（6）", level=Level.WARN)
    def departments_were_asked(self, facts: Facts) -> Iterator[Problem]:
        """涉及公安、财政职权的，报送前征求意见."""
        asked = {row.department.data for row in self.dept_opinions.rows}
        missing = [words for key, words in DEPARTMENTS[:2] if key not in asked]
        if missing:
            yield Problem(f"还没有{listed(missing)}部门的意见，请先征求；确不需要的，请说明理由", "dept_opinions")

    @rule("R-52", clause="条例 19（6）")
    def opinions_are_given(self, facts: Facts) -> Iterator[Problem]:
        """部门意见的日期不晚于今天."""
        for row in self.dept_opinions.rows:
            if row.given_on.data and row.given_on.data > facts.today:
                yield Problem(f"{row.department.printed}部门意见的日期不能晚于今天", "dept_opinions")

    def matter(self, facts: Facts) -> str:
        """…滞留流浪乞讨人员落户安置方案."""
        names = [str(row.name.data or "") for row in self.plan_rows.rows]
        return f"{named(names)}滞留流浪乞讨人员落户安置方案"

    def body(self, facts: Facts) -> Iterable[str]:
        """Wording of domain §3.10."""
        rows = self.plan_rows.rows
        yield (
            f"我局所属（服务）救助管理机构现有{len(rows)}名受助人员滞留超过3个月，经发布寻亲公告、采集比对DNA信息、人像比对及线索核查，"
            "均未查明身份信息。为维护其合法权益，根据国家和省有关规定，现提出落户安置方案如下："
        )
        yield "一、基本情况。" + "".join(_about(row, facts) for row in rows)
        yield (
            f"二、落户地址。拟将上述人员户口登记在{listed(distinct(row.hukou_holder.data for row in rows))}集体户，"
            f"姓名、出生日期等按本方案附表办理，由{police_of(facts)}依法登记。"
        )
        yield (
            f"三、安置和供养。拟由{listed(distinct(row.support_org.data for row in rows))}负责照料，"
            "符合条件的纳入特困人员救助供养，"
            f"所需经费从{listed(distinct(row.fund_source.data for row in rows))}列支。{closed(self.fund_plan.data)}。"
        )
        yield (
            "四、身份查明后的处理。今后查明身份信息的，由我局商请公安机关注销本次登记的户口，并做好接送返回和待遇衔接。"
        )
        yield "当否，请批示。"

    def enclosures(self, facts: Facts) -> Sequence[str]:
        """The table of the persons, printed behind the letter."""
        return [ANNEX]

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Set the letter with its landscape table; what stands before the first full stop is a heading."""
        face = letter_face(self, facts, stamp)
        for paragraph in face["paragraphs"]:
            if paragraph["text"][1:2] == "、":
                paragraph["level"] = 1
        face["annexes"] = [{"title": ANNEX, "orientation": "landscape", "table": self._table()}]
        return face

    def _table(self) -> dict[str, Any]:
        columns = [
            ("序号", 2, "center"), ("姓名（拟）", 5, "left"), ("性别", 2, "center"), ("拟定出生日期", 8, "left"),
            ("入站日期", 8, "left"), ("健康状况", 5, "left"), ("落户地址", 12, "left"), ("安置方式", 5, "left"),
            ("供养机构", 7, "left"), ("经费来源", 6, "left"),
        ]  # fmt: skip
        return {
            "kind": "list",
            "columns": [{"label": label, "width": width, "align": align} for label, width, align in columns],
            "rows": [
                [
                    str(number), row.name.printed, row.sex.printed, row.birth.printed, row.admitted_on.printed,
                    row.health.printed, f"{row.hukou_address.printed}（{row.hukou_holder.printed}集体户）",
                    row.support.printed, row.support_org.printed, row.fund_source.printed,
                ]
                for number, row in enumerate(self.plan_rows.rows, start=1)
            ],
            "totals": None,
        }  # fmt: skip


def _completed(row: Mapping[str, Any], facts: Facts) -> dict[str, Any]:
    """Fill a row from the person's application: what is copied always, what may be typed only where it is empty."""
    member = facts.members.get(str(row.get("case_no", "")))
    application = member.issued(APPLICATION) if member else None
    if member is None or application is None:
        return dict(row)
    theirs, admitted = application.answers, admitted_on(member.person)
    proposed = {box: str(theirs.get(source, "")) for box, source in _FROM_APPLICATION.items()}
    return {
        **proposed,
        **{box: value for box, value in row.items() if value not in ("", None)},
        "ethnicity": proposed["ethnicity"],
        "sex": member.person.sex,
        "admitted_on": admitted.isoformat() if admitted else "",
        "health": listed(HEALTH_WORDS.get(key, key) for key in member.person.health),
        "hukou_holder": holder_of(theirs),
    }


def _against(no: str, member: Member | None) -> str:
    """Say why a person cannot stand in a plan; empty when they can."""
    if member is None or member.issued(APPLICATION) is None:
        return f"{no}的落户安置申请表还没有由民政局签收（或该人员已离站）"
    name, taken = member.person.display_name or no, open_plan(member)
    if member.person.identified:
        return f"{name}身份已查明，不再落户安置，请从方案中删去"
    if registration_of(member) is not None:
        return f"{name}已办理户籍登记"
    return f"{name}已在另一方案中（{taken.doc_no or taken.title}）" if taken else ""


def _about(row: Any, facts: Facts) -> str:
    """One sentence per person (§3.10): who, when taken in and by whom, how they are, where they are cared for."""
    member = facts.members.get(str(row.case_no.data))
    application = member.issued(APPLICATION) if member else None
    if member is None or application is None:
        return f"{row.name.printed}（拟用名，救助编号：{row.case_no.data}）。"
    theirs = application.answers
    about = "，".join(part for part in (row.sex.printed, age_text(member.person, facts.today)) if part)
    station = str(member.case.get("first_org_name") or theirs.get("applicant_org", ""))
    place = str(theirs.get("care_place", ""))
    named_here = theirs.get("applicant_org") if place == "station" else theirs.get("care_org")
    where = str(named_here or dict(CARE_PLACES).get(place, ""))
    return (
        f"{row.name.printed}（拟用名，{about}，救助编号：{row.case_no.data}），{row.admitted_on.printed}由{station}救助，"
        f"健康状况为{row.health.printed}，现由{where}照料。"
    )
