"""强制报告单 — harm or danger goes to the police at once; nobody's approval is asked. (P-65)"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from forms.kit.blocks import SEXES
from forms.kit.chains import AT_ONCE, Milestone
from forms.kit.effects import Needed, Settles, Starts
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.fields import (
    ChoiceBox,
    IdNumberBox,
    LongTextBox,
    ManyBox,
    MomentBox,
    NameBox,
    PhoneBox,
    TextBox,
)
from forms.kit.groups import DANGERS, FAILING, HARMS, foot
from forms.kit.paper import About, Addressee, Paper, Section
from forms.kit.rules import Level, Problem, rule
from forms.kit.timespan import full_years
from forms.kit.wording import age_text

CLAUSE = "S4 二（三）3；未成年人保护法第11条"
#: Reasons of admission (求助登记表) that are signs of harm.
_SIGNS_AT_ADMISSION: Mapping[str, str] = {
    "family_violence": "domestic_violence",
    "guardian_harm": "abuse",
    "abandoned": "abandonment",
    "lost": "missing",
}


class MandatoryReport(Paper):
    """强制报告单, S4 二（三）3: sent as soon as it is written; the receipt of the police is recorded when it comes.

    It hangs on the case or the resident it is begun from, and may name anybody found anywhere.
    """

    number, code, title = "P-65", "mandatory_report", "强制报告单"
    clause = CLAUSE
    chain, addressee = AT_ONCE, Addressee.POLICE
    may_hang_on = frozenset({About.CASE, About.RESIDENT})
    drafted_in = frozenset({"village", "township", "county_bureau", "county_station", "central_station"})
    about = About.ORGAN

    found_at = MomentBox("发现时间", required=True)
    place = TextBox("发现地点", required=True, most=40, wide=True)
    reporter = NameBox("报告人", required=True)
    reporter_phone = PhoneBox("联系电话", required=True)

    person_name = TextBox("姓名", most=30, help="不知道的可以不填")
    person_sex = ChoiceBox("性别", SEXES)
    person_age = TextBox("年龄", most=20, help="不清楚的写大致年龄")
    person_id = IdNumberBox("身份证号")
    person_address = TextBox("住址", most=40, wide=True)

    harm = ManyBox("侵害类型", [*HARMS, *DANGERS], required=True, wide=True)
    seriousness = ChoiceBox(
        "严重程度",
        [("danger", "人身安全正受威胁"), ("injured", "已造成伤害"), ("suspected", "有迹象，尚未造成明显伤害")],
        required=True,
        wide=True,
    )
    what_happened = LongTextBox(
        "案情经过", required=True, least=10, most=200, help="时间、经过、涉及的人；看到的和听说的分开写"
    )
    suspect = TextBox("涉嫌人员", most=40, wide=True, help="姓名、与本人的关系；不清楚的可以不填")
    protection = LongTextBox(
        "保护措施", required=True, least=4, most=100, help="是否脱离危险、由谁照看、是否送医，现场和证据怎样保护"
    )

    reported_at = MomentBox("报警时间", required=True)
    report_way = ChoiceBox(
        "报警方式", [("110", "拨打110"), ("station", "派出所当面"), ("phone", "派出所电话")], required=True
    )
    police_unit = TextBox("受理机关", required=True, most=40, help="派出所或者公安局的名称")
    receipt_no = TextBox("受案（回执）编号", most=40, help="暂时没有的先提交，回执来了再登记")
    receipt_at = MomentBox("受理时间")

    sections = (
        Section("发现", ("found_at", "place", "reporter", "reporter_phone")),
        Section("当事人", ("person_name", "person_sex", "person_age", "person_id", "person_address")),
        Section("情况", ("harm", "seriousness", "what_happened", "suspect", "protection")),
        Section("报警", ("reported_at", "report_way", "police_unit", "receipt_no", "receipt_at")),
    )
    checklist = (
        Needed("receipt", "公安机关回执", required=False, after_issue=True, note="收到后补传"),
        Needed("evidence", "照片、就诊材料等", required=False, after_issue=True),
    )
    starts = (Starts("mandatory_report_due", Milestone.SUBMITTED, "found_at", met_at="reported_at"),)
    settles = (Settles("trafficking_report_due", Milestone.SUBMITTED, at="reported_at"),)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Take the person from the case, the file or the form that led here; the police of the county; now."""
        police = facts.county.get("police") or facts.counterpart
        return {
            "found_at": facts.now,
            "reported_at": facts.now,
            "police_unit": police.name if police else "",
            **_person(facts),
        }

    @rule("R-81", clause=CLAUSE)
    def times_run_forward(self, facts: Facts) -> Iterator[Problem]:
        """发现在前，报警在后，都不晚于现在."""
        found, told, taken = self.found_at.data, self.reported_at.data, self.receipt_at.data
        for box in (self.found_at, self.reported_at, self.receipt_at):
            if box.data and box.data > facts.now + timedelta(minutes=1):
                yield Problem(f"{box.label.text}不能晚于现在，请核对", box.name)
        if found and told and told < found:
            yield Problem("报警时间不能早于发现时间，请核对", "reported_at")
        if taken and told and taken < told:
            yield Problem("受理时间不能早于报警时间，请核对", "receipt_at")

    @rule("R-81", clause=CLAUSE, level=Level.WARN)
    def police_were_told_at_once(self, facts: Facts) -> Iterator[Problem]:
        """发现后应第一时间报警；超过1小时的说明原因."""
        found, told = self.found_at.data, self.reported_at.data
        if found and told and told - found > timedelta(hours=1):
            yield Problem("发现1小时后才报警，请说明原因；报告不能因此再拖", "reported_at")

    def cc(self, facts: Facts) -> Sequence[str]:
        """The civil-affairs bureau of the county learns of it (catalogue P-65)."""
        bureau = facts.county.get("county_bureau")
        return [bureau.name] if bureau and bureau.id != facts.issuer.id else []

    def heading(self, facts: Facts) -> str:
        """Name the person as far as known."""
        return f"{self.title}（{self.person_name.data}）" if self.person_name.data else self.title

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """One page: to whom, from whom."""
        made = super().face(facts, stamp)
        police = facts.counterpart.name if facts.counterpart else ""
        number = f"救助编号：{facts.person.case_no}" if facts.person.case_no else ""
        made["number_line"] = {"left": f"致：{police}" if police else number, "right": facts.issuer.name}
        made["foot"] = foot(stamp, {"draft": "填表人"})
        for block in (made["blocks"][0], made["blocks"][-1]):
            block["heading"] = None  # the longest report must still stand on one page
        return made


def _person(facts: Facts) -> dict[str, Any]:
    if facts.person.case_no:
        person = facts.person
        reasons = facts.case.get("help_reason", ())
        return {
            "found_at": facts.case.get("found_at") or facts.now,
            "place": facts.case.get("found_place", ""),
            "person_name": person.display_name,
            "person_sex": person.sex,
            "person_age": age_text(person, facts.today).removeprefix("目测年龄"),
            "person_id": person.id_number,
            "person_address": person.hukou_address,
            "harm": [harm for reason, harm in _SIGNS_AT_ADMISSION.items() if reason in reasons],
        }
    told = facts.request.answers if facts.request else facts.resident.answers if facts.resident else {}
    guardian = ["no_guardian"] if told.get("guardian_state") in FAILING else []
    alone = ["alone"] if told.get("living") == "alone" and told.get("guardianship", "no") != "no" else []
    visitor = {"reporter": told["visitor"]} if told.get("visitor") else {}
    return {
        "place": told.get("address", ""),
        "person_name": told.get("name", ""),
        "person_sex": told.get("sex", ""),
        "person_age": f"{full_years(date.fromisoformat(told['birth_date']), facts.today)}岁"
        if told.get("birth_date")
        else "",
        "person_id": told.get("id_number", ""),
        "person_address": told.get("address", ""),
        "harm": [*(key for key in told.get("harm", ()) if key != "none"), *guardian, *alone],
        **visitor,
    }
