"""落户安置方案人员变动报告 — one person of a plan still undecided has been identified: the government is told. (P-39)"""

from collections.abc import Iterable, Iterator
from typing import Any

from forms.kit.blocks import contact_boxes, latest_contact, urgency_box
from forms.kit.chains import PRINCIPAL
from forms.kit.facts import Facts
from forms.kit.fields import TextBox
from forms.kit.paper import Addressee, Genre, Letter, Section
from forms.kit.rules import Problem, rule
from forms.kit.settlement import CLAUSE, bare_title, row_of, waiting_plan


class SettlementPlanNotice(Letter):
    """落户安置方案人员变动报告 (R-59): upward and without a request, so a 报告 that the principal head signs (R-95, R-97)."""

    number, code, title = "P-39", "settlement_plan_notice", "落户安置方案人员变动报告"
    genre, chain = Genre.REPORT, PRINCIPAL
    clause = CLAUSE
    addressee = Addressee.GOVERNMENT
    drafted_in = frozenset({"county_bureau", "prefecture_bureau"})
    one_live = True

    plan_no = TextBox("请示文号", copied=True)
    plan_title = TextBox("请示标题", copied=True, wide=True)
    plan_name = TextBox("方案中的姓名（拟）", copied=True)
    true_name = TextBox("真实姓名", copied=True)
    true_hukou = TextBox("真实户籍地址", copied=True, wide=True)
    urgency = urgency_box()
    contact_name, contact_phone = contact_boxes()

    sections = (
        Section("请示", ("plan_no", "plan_title", "plan_name")),
        Section("真实身份", ("true_name", "true_hukou")),
        Section("联系", ("urgency", "contact_name", "contact_phone")),
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest the contact of the newest paper."""
        return latest_contact(facts)

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take the plan that waits for its reply and the identity found."""
        plan, person = waiting_plan(facts), facts.person
        row = row_of(plan, "plan_rows", person.case_no) if plan else None
        return {
            "plan_no": plan.doc_no or "" if plan else "",
            "plan_title": bare_title(plan.title, plan.issuer) if plan else "",
            "plan_name": row.get("name", "") if row else "",
            "true_name": person.name if person.identified else "",
            "true_hukou": person.hukou_address if person.identified else "",
        }

    @rule("R-59", clause=CLAUSE)
    def the_plan_waits(self, facts: Facts) -> Iterator[Problem]:
        """请示已报送、批复还没有收到，且该人员身份已查明的，才须报告."""
        if not facts.person.identified:
            yield Problem("该人员身份还没有查明，方案不变", "true_name", remedy_paper="identity_confirmation")
        if waiting_plan(facts) is None:
            yield Problem("没有列有该人员、正在等待批复的请示，不需要报告", "plan_no")

    def matter(self, facts: Facts) -> str:
        """…身份查明不再落户安置."""
        return f"{self.plan_name.data or '　　'}身份查明不再落户安置"

    def body(self, facts: Facts) -> Iterable[str]:
        """House style: which request, which row, what now."""
        name = self.plan_name.data or "　　"
        yield (
            f"我局《{self.plan_title.data}》（{self.plan_no.data}）所附《落户安置人员方案明细表》列有{name}"
            f"（拟用名，救助编号：{facts.person.case_no}）。现已查明其真实身份为{self.true_name.data}（{self.true_hukou.data}）。"
        )
        yield (
            f"我局已停止为{name}办理落户安置，该表中{name}一行作删去处理，其余人员的方案不变。"
            "下一步，我局将做好接送返回和后续帮扶。"
        )
        yield "特此报告。"
