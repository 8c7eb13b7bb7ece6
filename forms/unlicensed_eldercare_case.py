"""无证无照养老服务场所处理单 — can it be registered? then within 30 working days; else the departments deal with it. (P-64)"""

from collections.abc import Iterable, Iterator
from typing import Any

from forms.kit.chains import FORM, Milestone
from forms.kit.effects import Effect, Needed, ProblemAnswered, ProblemFound, Settles, Starts, TaskOpened
from forms.kit.facts import Facts, FindingFacts
from forms.kit.fields import (
    ChoiceBox,
    DateBox,
    IntBox,
    LongTextBox,
    ManyBox,
    NameBox,
    PhoneBox,
    SelectBox,
    TextBox,
    YesNoBox,
    when,
)
from forms.kit.groups import UNLICENSED, problem_words
from forms.kit.paper import About, Paper, Section
from forms.kit.phrases import Phrase
from forms.kit.rules import Level, Problem, rule
from forms.kit.timespan import chinese_date

CLAUSE = "S4 二（二）"
FIT = when("eligible", "yes")
UNFIT = when("eligible", "no")
REGISTERED = (FIT, when("result", "registered"))


class UnlicensedEldercareCase(Paper):
    """无证无照养老服务场所处理单, S4 二（二）: written when the place is judged, and again when it is settled (R-78, R-79)."""

    number, code, title = "P-64", "unlicensed_eldercare_case", "无证无照养老服务场所处理单"
    clause = CLAUSE
    chain = FORM
    drafted_in = frozenset({"township", "county_bureau"})
    about = About.ORGAN
    reads_findings = True

    problem = SelectBox("问题清单", required=True, prints=False, wide=True)
    place_name = TextBox("场所名称", required=True, most=40, help="没有名称的写负责人和地点，如“罗大发家庭托养点”")
    address = TextBox("地址", required=True, most=60, wide=True)
    operator = NameBox("经营者", required=True)
    phone = PhoneBox("电话")
    found_on = DateBox("发现日期", required=True)
    elders = IntBox("在住老年人", required=True, most=500, unit="人")
    disabled_elders = IntBox("其中失能", most=500, unit="人")
    lacks = ManyBox(
        "欠缺的证照",
        [("registration", "法人登记"), ("filing", "养老机构备案"), ("fire", "消防手续"), ("food", "食品经营许可"),
         ("medical", "医疗机构许可"), ("building", "房屋安全鉴定")],
        required=True, wide=True,
    )  # fmt: skip
    eligible = YesNoBox("符合登记条件", required=True)
    judged_by = LongTextBox(
        "认定依据", required=True, least=5, most=200, help="房屋、消防、人员、服务各项现场核查情况"
    )
    guidance = LongTextBox("指导办理情况", required=True, least=4, most=300, shown_when=FIT)
    unfit_reason = TextBox("不符合的情形", required=True, least=4, most=120, shown_when=UNFIT, wide=True)
    result = ChoiceBox(
        "处理结果",
        [("guiding", "正在指导办理登记"), ("registered", "已完成登记"), ("referred", "函告有关部门依法处理"),
         ("closed", "已停止经营，老年人已妥善安置")],
        required=True, wide=True,
    )  # fmt: skip
    registered_on = DateBox("登记日期", required=True, shown_when=REGISTERED)
    registered_no = TextBox("登记（备案）编号", required=True, most=40, shown_when=REGISTERED)
    settled_elders = LongTextBox(
        "老年人安置情况", required=True, least=4, most=200, shown_when=when("result", "closed")
    )

    sections = (
        Section("场所", ("problem", "place_name", "address", "operator", "phone", "found_on", "elders",
                        "disabled_elders", "lacks")),
        Section("认定", ("eligible", "judged_by", "unfit_reason")),
        Section("处理", ("guidance", "result", "registered_on", "registered_no", "settled_elders")),
    )  # fmt: skip
    checklist = (
        Needed("scene", "现场照片", required=False),
        Needed("evidence", "登记证书、停业和安置材料", shown_when=when("result", "registered", "closed")),
    )

    def being_guided(self) -> bool:
        """Tell whether registration is under way: the 30 working days run (R-78)."""
        return self.eligible.is_yes and self.result.data == "guiding"

    def settled(self) -> bool:
        """Tell whether the place is registered or has closed."""
        return self.result.data in {"registered", "closed"}

    starts = (
        Starts(
            "eldercare_registration_due", Milestone.COMPLETED, "found_on", owner="county", shown_when=being_guided
        ),
    )
    settles = (
        Settles("eldercare_registration_due", Milestone.COMPLETED, shown_when=when("result", "closed")),
        Settles(
            "eldercare_registration_due", Milestone.COMPLETED, shown_when=when("result", "registered"), at="registered_on"
        ),
    )  # fmt: skip

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Take the first sheet when this is the second; else the only such place on the list."""
        first = dict(facts.request.answers) if facts.request else {}
        waiting = _listed(facts)
        if first.get("place_name"):
            known = next((each for each in waiting if each.subject == first["place_name"]), None)
            kept = {name: value for name, value in first.items() if name not in {"result", "problem"}}
            return {**kept, "problem": known.key if known else "new"}
        if len(waiting) == 1:
            return {"problem": waiting[0].key, "place_name": waiting[0].subject, "found_on": waiting[0].found_on}
        return {"found_on": facts.today, **({} if waiting else {"problem": "new"})}

    def offer(self, facts: Facts) -> None:
        """Offer the unlicensed places on the list."""
        kept = {self.problem.data}
        lines = [
            (each.key, problem_words(each))
            for each in facts.findings
            if each in _listed(facts) or each.key in kept
        ]
        self.problem.offer([*lines, ("new", Phrase("清单上没有，随本单列入"))])

    @rule("R-78", clause=CLAUSE)
    def dates_run_forward(self, facts: Facts) -> Iterator[Problem]:
        """发现在前，登记在后，都不晚于今天；失能人数不多于在住人数."""
        for box in (self.found_on, self.registered_on):
            if box.shown(self) and box.data and box.data > facts.today:
                yield Problem(f"{box.label.text}不能晚于今天，请核对", box.name)
        found, done = self.found_on.data, self.registered_on.data
        if self.registered_on.shown(self) and found and done and done < found:
            yield Problem("登记日期不能早于发现日期，请核对", "registered_on")
        if (self.disabled_elders.data or 0) > (self.elders.data or 0):
            yield Problem("失能人数不能多于在住人数，请核对", "disabled_elders")

    @rule("R-78", clause=CLAUSE)
    def the_place_is_the_one_listed(self, facts: Facts) -> Iterator[Problem]:
        """场所名称、发现日期与问题清单一致."""
        known = next((each for each in facts.findings if each.key == self.problem.data), None)
        if known and self.place_name.data and known.subject != self.place_name.data:
            yield Problem(f"问题清单上的场所为“{known.subject}”，请核对名称", "place_name")
        if known and self.found_on.data and known.found_on != self.found_on.data:
            yield Problem(
                f"问题清单上的发现日期为{chinese_date(known.found_on)}，期限从那天起算，请核对", "found_on"
            )

    @rule("R-79", clause=CLAUSE)
    def result_follows_the_judgement(self, facts: Facts) -> Iterator[Problem]:
        """符合条件的指导登记，不符合条件的函告职能部门."""
        if self.eligible.data == "yes" and self.result.data == "referred":
            yield Problem("符合登记条件的，应指导其在30个工作日内完成登记，不按“函告”处理", "result")
        if self.eligible.data == "no" and self.result.data in {"guiding", "registered"}:
            yield Problem("不符合登记条件的，不能办理登记，应函告有关部门依法处理", "result")

    @rule("R-79", clause=CLAUSE, level=Level.NOTE)
    def the_letter_follows(self, facts: Facts) -> Iterator[Problem]:
        """函告由属地乡镇（街道）发出."""
        if self.eligible.data == "no" and self.result.data == "referred":
            yield Problem("核对后请发出函告", "result", remedy_paper="department_notice_letter")

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """Listed if it was not; settled it may be struck off; else what is due next."""
        if on is not Milestone.COMPLETED or self.found_on.data is None:
            return
        name = str(self.place_name.data)
        if self.problem.data == "new" and facts.request is None:
            yield ProblemFound("thematic", name, UNLICENSED, f"缺少{self.lacks.printed}", self.found_on.data)
        elif self.settled() and self.problem.data not in {"", "new"}:
            note = self.registered_no.data if self.result.data == "registered" else self.settled_elders.data
            yield ProblemAnswered((str(self.problem.data),), "rectified", f"{self.result.printed}：{note}")
        if self.being_guided():
            why = f"{name}符合登记条件，请在发现之日起30个工作日内指导完成登记，登记后填写处理结果"
            yield TaskOpened("unlicensed_eldercare_case", "issuer", why, "R-78")
        if self.result.data == "referred":
            yield TaskOpened(
                "department_notice_letter", "issuer", f"{name}不符合登记条件，请函告有关部门依法处理", "R-79"
            )

    def heading(self, facts: Facts) -> str:
        """Name the place."""
        return f"{self.title}（{self.place_name.data}）" if self.place_name.data else self.title


def _listed(facts: Facts) -> list[FindingFacts]:
    return [each for each in facts.findings if each.kind == UNLICENSED and each.cleared_on is None]
