"""集中照料人员转出（送回）交接单 — a person leaves the central station: back to the county, home, or to other care. (P-17)"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from forms.kit.chains import HANDOVER, Milestone
from forms.kit.effects import BedReleased, Effect, Needed, PersonMoved, Starts, StayEnded, TaskOpened
from forms.kit.faces import Stamp, table_face
from forms.kit.facts import DocFacts, Facts
from forms.kit.fields import (
    ChoiceBox,
    DecimalBox,
    IdNumberBox,
    LongTextBox,
    ManyBox,
    MomentBox,
    MoneyBox,
    NameBox,
    PhoneBox,
    TextBox,
    YesNoBox,
    when,
)
from forms.kit.paper import Addressee, Paper, Section
from forms.kit.rows import RowsBox
from forms.kit.rules import Problem, rule
from forms.kit.sheets import (
    BEHAVIOURS,
    Item,
    Medicine,
    cells,
    differences,
    guarded_valuables,
    lists,
    person_block,
    whole_row,
)
from forms.kit.transfer import (
    CLAUSE,
    MINOR_CLAUSE,
    TO_CHILD_HOME,
    Escort,
    escort_problems,
    handover_of,
    intake_of,
    tracing_state,
)

TO_COUNTY = when("whereto", "county")
TO_RELATIVES = when("whereto", "relatives")
ELSEWHERE = when("whereto", "escorted", "placed", "child_home", "settled")
HOME = frozenset({"relatives", "escorted"})
RETURN_CLAUSE = "S0 三（二）1（3）"
STATEMENT = (
    "本表所列人员、物品和材料经双方当面核对无误。自交接之时起，日常照料由接收方负责；"
    "寻亲服务、落户安置、回访稳固仍由{county}负责。"
)
#: Where the person goes → the paper that must be there first, the rule that says so, and what to do.
BEFORE = {
    "escorted": ("escort_return_letter", "R-68", "请先办理《接送返回商请函》"),
    "placed": ("placement_approval", "R-45", "请先由责任县（市）办理《人员托养审批表》"),
    "settled": ("household_registration_result", "R-64", "请先由责任县（市）登记户籍办理结果"),
}


class CenterReturnHandover(Paper):
    """集中照料人员转出（送回）交接单, S0 三（二）1（2）（3）."""

    number, code, title = "P-17", "center_return_handover", "集中照料人员转出（送回）交接单"
    clause = f"{CLAUSE}；{RETURN_CLAUSE}"
    chain = HANDOVER
    addressee = Addressee.COUNTY_BUREAU
    drafted_in = frozenset({"central_station"})
    copies = "一式三份（县、站、案卷）"

    arrived_at = MomentBox("到站时间", copied=True)
    care_days = TextBox("集中照料天数", copied=True)
    left_at = MomentBox("离站时间", required=True)
    whereto = ChoiceBox(
        "转出去向",
        [
            ("county", "县（市）接回"),
            ("relatives", "亲属（监护人）接领返乡"),
            ("escorted", "州站护送返乡"),
            ("placed", "转托养机构"),
            ("child_home", "转州儿童福利院"),
            ("settled", "落户后由供养机构接收"),
        ],
        required=True,
        wide=True,
    )
    reason = ManyBox(
        "转出事由",
        [
            ("over", "照料事由消除"),
            ("identified", "身份已查明"),
            ("county_ready", "县内已具备照料条件"),
            ("expired", "集中照料期满"),
            ("special_care", "需专门机构照料"),
            ("other", "其他"),
        ],
        required=True,
        wide=True,
    )
    reason_other = TextBox("其他事由", required=True, most=100, shown_when=when("reason", "other"), wide=True)
    care_summary = LongTextBox(
        "集中照料情况", required=True, least=10, most=300, help="生活、健康、治疗和寻亲进展"
    )

    receivers = RowsBox("县（市）接回人员", Escort, required=True, shown_when=TO_COUNTY)
    vehicle_no = TextBox("车辆", required=True, most=20, shown_when=TO_COUNTY, help="车牌号")
    collector_name = NameBox("接领人", required=True, shown_when=TO_RELATIVES)
    collector_relation = TextBox("与受助人员关系", required=True, most=20, shown_when=TO_RELATIVES)
    collector_id = IdNumberBox("接领人公民身份号码", required=True, shown_when=TO_RELATIVES)
    collector_phone = PhoneBox("接领人电话", required=True, shown_when=TO_RELATIVES)
    home_address = TextBox(
        "返回地址", required=True, most=100, shown_when=when("whereto", *sorted(HOME)), wide=True
    )
    receiving_org = TextBox("接收单位", required=True, most=60, shown_when=ELSEWHERE, wide=True)
    receiving_person = NameBox("接收人", required=True, shown_when=ELSEWHERE)

    temp_c = DecimalBox("体温", required=True, least=34, most=43, unit="℃")
    weight_kg = DecimalBox("体重", least=1, most=300, unit="kg")
    behaviour = ChoiceBox("精神、情绪、行为", BEHAVIOURS, required=True, wide=True)
    body_check = LongTextBox("体表检查", required=True, most=300, help="没有异常的写“未见异常”")
    medication = RowsBox("用药情况", Medicine, required=True, help="没有用药的填一行“无”；写明带走药量")
    belongings = RowsBox("随身物品清单", Item, required=True, help="没有物品的填一行“无”")
    belongings_note = TextBox("物品差异说明", most=200, wide=True, help="与到站交接单不一致时必填")
    cash = MoneyBox("现金", required=True, help="单位元，没有的填0")
    valuables = TextBox("贵重物品", required=True, most=100, help="没有的填“无”")
    documents = ManyBox(
        "移交材料",
        [
            ("registration", "求助登记表"),
            ("care_record", "集中照料记录"),
            ("records", "病历和检查材料"),
            ("medicine", "药品和用药清单"),
            ("id_papers", "身份证件"),
            ("tracing", "寻亲材料"),
        ],
        required=True,
        wide=True,
    )
    tracing_state = TextBox("寻亲、DNA进度", most=400, copied=True, wide=True)
    duty_confirmed = YesNoBox(
        "后续工作确认", required=True, wide=True, help="寻亲、落户、回访继续由责任县（市）负责"
    )

    sections = (
        Section("转出", ("arrived_at", "care_days", "left_at", "whereto", "reason", "reason_other", "care_summary")),
        Section(
            "接收方",
            ("receivers", "vehicle_no", "collector_name", "collector_relation", "collector_id", "collector_phone",
             "home_address", "receiving_org", "receiving_person"),
        ),
        Section("身体和精神状况", ("temp_c", "weight_kg", "behaviour", "body_check", "medication")),
        Section(
            "物品和材料",
            ("belongings", "belongings_note", "cash", "valuables", "documents", "tracing_state", "duty_confirmed"),
            "物品清单从到站交接单带入，请逐件当面核对",
        ),
    )  # fmt: skip
    checklist = (
        Needed("collector_id_copy", "接领人身份证件复印件", shown_when=TO_RELATIVES),
        Needed("signed_sheet", "双方签名的交接单（扫描）", required=False, after_issue=True),
    )
    starts = (
        Starts("revisit_first_due", Milestone.COMPLETED, "left_at", owner="county", shown_when=TO_RELATIVES),
        Starts("revisit_second_due", Milestone.COMPLETED, "left_at", owner="county", shown_when=TO_RELATIVES),
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest now, the things that came with the person, and home as the household address."""
        before = _arrival(facts)
        came = before.answers if before else {}
        return {
            "left_at": facts.now,
            "belongings": [
                {"item": row.get("item", ""), "quantity": row.get("quantity", "")}
                for row in came.get("belongings", ())
            ],
            "cash": came.get("cash", ""),
            "valuables": came.get("valuables", ""),
            "home_address": facts.person.hukou_address if facts.person.identified else "",
        }

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take the arrival from the sheet by which the person came, and count the days."""
        before = _arrival(facts)
        arrived = str(before.answers.get("arrived_at", "")) if before else ""
        days = (facts.today - date.fromisoformat(arrived[:10])).days + 1 if arrived else 0
        return {
            "arrived_at": arrived,
            "care_days": f"{days}天" if days else "",
            "tracing_state": tracing_state(facts),
        }

    @rule("R-28", clause=CLAUSE)
    def is_at_the_station(self, facts: Facts) -> Iterator[Problem]:
        """在州站集中照料的人员才办理转出；离站时间在到站之后、不晚于现在."""
        before, left = _arrival(facts), self.left_at.data
        if before is None or facts.place != facts.issuer.code:
            yield Problem(
                "该人员不在州级区域中心站集中照料，不能办理转出",
                "whereto",
                remedy="到站时未办交接的，请先补办《受助人员转移交接单》",
                remedy_paper="transfer_handover",
            )
        if left and left > facts.now:
            yield Problem("离站时间不能晚于现在，请核对", "left_at")
        if left and self.arrived_at.data and left < self.arrived_at.data:
            yield Problem("离站时间不能早于到站时间，请核对", "left_at")
        if self.duty_confirmed.data == "no":
            yield Problem("责任县（市）须确认继续负责寻亲、落户和回访", "duty_confirmed")

    @rule("R-30", clause=CLAUSE)
    def everything_is_checked_by_both(self, facts: Facts) -> Iterator[Problem]:
        """县（市）接回的，接回人员符合护送要求；物品与到站时一致或说明差异."""
        if self.receivers.shown(self) and not self.receivers.empty:
            yield from escort_problems(facts, self.receivers.rows, "receivers")
        before = _arrival(facts)
        differs = differences(before.answers.get("belongings", ()) if before else (), self.belongings)
        if differs and not self.belongings.empty and len(self.belongings_note.data or "") < 4:
            yield Problem(f"随身物品与到站时不一致（{'，'.join(differs)}），请说明原因", "belongings_note")

    @rule("R-68", clause=RETURN_CLAUSE)
    def only_the_identified_go_home(self, facts: Facts) -> Iterator[Problem]:
        """身份未查明的，不能返乡；亲属认领的，先办理身份确认."""
        if self.whereto.data in HOME and facts.unidentified:
            yield Problem(
                "身份尚未查明，不能办理返乡",
                "whereto",
                remedy="亲属前来认领的，请由责任县（市）先办理《身份确认单》",
                remedy_paper="identity_confirmation",
            )

    @rule("R-26", clause=MINOR_CLAUSE)
    def minors_go_to_the_child_home(self, facts: Facts) -> Iterator[Problem]:
        """转州儿童福利院的是未成年人，并已发函；未成年人不转托养机构."""
        minor = facts.person.minor_on(facts.today)
        if self.whereto.data == "child_home" and not minor:
            yield Problem("该人员已成年，不能转州儿童福利院", "whereto")
        elif self.whereto.data == "child_home" and facts.issued("minor_transfer_letter") is None:
            yield Problem("尚未函商州儿童福利院", "whereto", **TO_CHILD_HOME)
        elif self.whereto.data == "placed" and minor:
            yield Problem("未成年人不得转托养机构", "whereto", **TO_CHILD_HOME)

    @rule("R-64", clause="S0 三（二）1（3）、2（3）、2（4）")
    def the_paper_before_it_is_there(self, facts: Facts) -> Iterator[Problem]:
        """护送返乡、转托养、落户后供养的，须先办妥前一环节文书（R-45、R-68）."""
        wanted = BEFORE.get(str(self.whereto.data))
        if wanted and facts.issued(wanted[0]) is None:
            code, number, remedy = wanted
            yield Problem(
                f"前一环节文书尚未办妥（{number}），不能转出", "whereto", remedy=remedy, remedy_paper=code
            )

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """Free the bed; the stay ends only where care ends, elsewhere the case goes on in the county's hands."""
        at = self.left_at.data
        if on is not Milestone.COMPLETED or at is None:
            return
        match self.whereto.data:
            case "relatives":
                yield StayEnded("接领返乡", at)
                yield TaskOpened(
                    "guardian_duty_notice", "county", "受助人员已由亲属接领，请送达监护责任告知督促书", "R-72"
                )
            case "settled":
                yield StayEnded("安置", at)
            case "escorted":
                yield BedReleased()
                yield TaskOpened(
                    "escort_return_handover", "issuer", "护送到家后，请办理《接送返回交接单》", "R-68"
                )
            case "child_home":
                yield PersonMoved(facts.prefecture["child_home"].code, at)
            case _:
                yield PersonMoved(_county_place(facts), at)

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print who leaves, where to, in what state and with what, and three boxes for ink."""
        face = table_face(self, facts, stamp)
        county = facts.county.get("county_bureau")
        leaving = ["arrived_at", "left_at", "care_days", "whereto", "reason", "reason_other", "care_summary"]
        taking = ["vehicle_no", "collector_name", "collector_relation", "collector_id", "collector_phone", "home_address",
                  "receiving_org", "receiving_person"]  # fmt: skip
        kept = ["belongings_note"] if self.belongings_note.data else []
        receivers = [whole_row("接回人员", self.receivers.printed)] if self.receivers.shown(self) else []
        takes = self.receiving_person.data or self.collector_name.data or ""
        if self.receivers.shown(self):
            takes = "、".join(row.name.printed for row in self.receivers.rows)
        face["blocks"] = [
            person_block(facts),
            {"kind": "fields", "heading": "转出", "rows": cells(self, leaving)},
            {"kind": "fields", "heading": "接收方", "rows": [*receivers, *cells(self, taking)]},
            {
                "kind": "fields",
                "heading": "身体和精神状况",
                "rows": [
                    *cells(self, ["temp_c", "weight_kg", "behaviour", "body_check"]),
                    whole_row("用药情况", self.medication.printed),
                ],
            },
            *lists(self.belongings),
            {
                "kind": "fields",
                "heading": "物品和材料",
                "rows": [
                    whole_row("现金财物", guarded_valuables(self.cash, self.valuables)),
                    *cells(self, [*kept, "documents", "tracing_state"]),
                ],
            },
            {
                "kind": "statement",
                "text": STATEMENT.format(county=county.name if county else "责任县（市）民政局"),
            },
            {
                "kind": "signatures",
                "boxes": [
                    {"label": "移交人（州站）", "name": stamp.names.get("draft", "")},
                    {"label": "值班领导", "name": stamp.names.get("duty", "")},
                    {"label": "接收人", "name": takes},
                ],
            },
        ]
        face["blocks"] = [block for block in face["blocks"] if block["kind"] != "fields" or block["rows"]]
        face["foot"] = []
        return face


def _arrival(facts: Facts) -> DocFacts | None:
    """Return the sheet by which the person came: the handover, or the emergency record before it."""
    return handover_of(facts) or intake_of(facts)


def _county_place(facts: Facts) -> str:
    """Return the unit that cares for the county's people: its station, or the bureau where there is none (A-31)."""
    found = facts.county.get("county_station") or facts.county["county_bureau"]
    return found.code
