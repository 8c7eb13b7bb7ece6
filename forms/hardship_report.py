"""困难情况报告单 — a village tells its township of a hardship it cannot mend alone. (P-67)"""

from collections.abc import Iterable, Iterator
from typing import Any

from forms.kit.chains import CHECKED_ABOVE, Milestone
from forms.kit.effects import Effect, Needed, TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, LongTextBox, ManyBox, MoneyBox, NameBox, PhoneBox, TextBox
from forms.kit.groups import CATEGORIES, foot
from forms.kit.paper import About, Addressee, Paper, Section
from forms.kit.rules import Problem, rule

CLAUSE = "S4 二（三）1"


class HardshipReport(Paper):
    """困难情况报告单, S4 二（三）1: village → township; help is arranged there, or 一事一议 where no rule covers it."""

    number, code, title = "P-67", "hardship_report", "困难情况报告单"
    clause = CLAUSE
    chain, addressee = CHECKED_ABOVE, Addressee.TOWNSHIP
    drafted_in = frozenset({"village"})
    about = About.RESIDENT

    name = TextBox("姓名", copied=True)
    sex = TextBox("性别", copied=True)
    age = TextBox("年龄", copied=True)
    category = TextBox("人员类别", copied=True, wide=True)
    met_on = DateBox("发现日期", required=True)
    urgency_level = ChoiceBox(
        "紧急程度", [("now", "须当天解决"), ("soon", "须近日解决"), ("normal", "一般")], required=True
    )
    hardship = ManyBox(
        "困难类型",
        [
            ("illness", "重大疾病"),
            ("accident", "意外事故"),
            ("disaster", "火灾、自然灾害"),
            ("income", "失去收入来源"),
            ("care", "无人照料"),
            ("housing", "住房"),
            ("schooling", "就学"),
            ("other", "其他"),
        ],
        required=True,
        wide=True,
    )
    detail = LongTextBox("困难情况", required=True, least=10, most=400)
    spending = MoneyBox("自付支出（元）", help="已发生或者预计的，说得清的填写")
    done = LongTextBox("村（社区）已采取措施", required=True, least=2, most=200)
    wanted = ManyBox(
        "请求帮助",
        [
            ("temporary", "临时救助"),
            ("welfare", "申请低保、特困等"),
            ("medical", "医疗救助"),
            ("charity", "慈善、救急难基金"),
            ("care", "照料服务"),
            ("case_by_case", "现有政策难以明确，请求“一事一议”"),
            ("other", "其他"),
        ],
        required=True,
        wide=True,
    )
    contact_name = NameBox("村（社区）联系人", required=True)
    contact_phone = PhoneBox("联系电话", required=True)

    sections = (
        Section("对象", ("name", "sex", "age", "category")),
        Section("困难", ("met_on", "urgency_level", "hardship", "detail", "spending", "done")),
        Section("请求", ("wanted", "contact_name", "contact_phone")),
    )
    checklist = (Needed("proof", "病历、票据、现场照片等", required=False),)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Take what the visit told, and who visited."""
        visits = facts.papers.get("monthly_visit", ())
        told = visits[0].answers if visits else {}
        known = facts.resident.answers if facts.resident else {}
        return {
            "met_on": told.get("visited_on") or facts.today,
            "detail": told.get("difficulty_detail", ""),
            "contact_name": told.get("visitor") or known.get("visitor", ""),
        }

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take the person from the file."""
        person, words = facts.resident, dict(CATEGORIES)
        if person is None:
            return {}
        return {
            "name": person.name,
            "sex": person.sex,
            "age": f"{person.age_on(facts.today)}岁",
            "category": "、".join(words.get(key, key) for key in person.categories),
        }

    @rule("R-80", clause=CLAUSE)
    def found_before_reported(self, facts: Facts) -> Iterator[Problem]:
        """发现日期不晚于今天."""
        if self.met_on.data and self.met_on.data > facts.today:
            yield Problem("发现日期不能晚于今天，请核对", "met_on")

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """Taken in by the township: where no rule covers the case, the meeting is due there."""
        if on is Milestone.COMPLETED and "case_by_case" in (self.wanted.data or ()):
            town = facts.counterpart.code if facts.counterpart else "issuer"
            why = f"{self.name.data}的困难现有政策难以明确，请召开“一事一议”专题会议"
            yield TaskOpened("case_by_case_minutes", town, why, "P-68")

    def heading(self, facts: Facts) -> str:
        """Name the person."""
        return f"{self.title}（{facts.resident.name}）" if facts.resident else self.title

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Who reports to whom."""
        made = super().face(facts, stamp)
        town = facts.counterpart.name if facts.counterpart else ""
        made["number_line"] = {"left": f"致：{town}" if town else "", "right": facts.issuer.name}
        made["foot"] = foot(stamp, {"draft": "填表人", "accept": "签收人"})
        return made
