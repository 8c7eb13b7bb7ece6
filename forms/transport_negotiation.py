"""特殊情况转移协商处置记录 — county and station agree who brings a person when the county cannot. (P-16)"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from forms.kit.chains import AGREED
from forms.kit.effects import Needed
from forms.kit.faces import Stamp, table_face
from forms.kit.facts import Facts
from forms.kit.fields import (
    ChoiceBox,
    LongTextBox,
    ManyBox,
    MomentBox,
    NameBox,
    PhoneBox,
    SelectBox,
    TextBox,
    when,
)
from forms.kit.paper import Addressee, Paper, Section
from forms.kit.rows import RowsBox
from forms.kit.rules import Problem, rule
from forms.kit.sheets import person_block
from forms.kit.transfer import CLAUSE, Escort, escort_problems, handover_of, intake_of, since_return

STATEMENT = (
    "本记录经县（市）民政局和黔南州救助管理站双方负责人确认后生效。护送途中受助人员的安全由护送方负责；"
    "协商护送不改变责任划分，入站登记、寻亲服务、落户安置、回访稳固和送医费用仍由移交县（市）负责。"
)


class TransportNegotiation(Paper):
    """特殊情况转移协商处置记录, S0 三（二）1（2）: 特殊情况由州、县两级救助机构协商处置."""

    number, code, title = "P-16", "transport_negotiation", "特殊情况转移协商处置记录"
    clause = CLAUSE
    chain = AGREED
    addressee = Addressee.NAMED
    drafted_in = frozenset({"county_bureau", "county_station", "central_station"})
    one_live = True
    copies = "一式两份（县、站）"

    to_unit = SelectBox("协商对方", copied=True)
    request_no = TextBox("申请函文号", copied=True)
    difficulty = ManyBox(
        "县级护送的困难",
        [
            ("vehicle", "无护送车辆"),
            ("staff", "护送人员不足"),
            ("woman", "无女性工作人员"),
            ("medic", "需医护人员随行"),
            ("road", "灾害致道路中断"),
            ("distance", "路途遥远、当日不能往返"),
            ("other", "其他"),
        ],
        required=True,
        wide=True,
    )
    difficulty_other = TextBox(
        "其他困难", required=True, least=5, most=100, shown_when=when("difficulty", "other"), wide=True
    )
    discussion = LongTextBox(
        "协商经过", required=True, least=10, most=400, help="何时、以何种方式、与谁协商，主要意见"
    )
    escort_by = ChoiceBox(
        "护送方", [("county", "县级护送"), ("station", "州站前往接回"), ("joint", "双方共同护送")], required=True
    )
    escort_staff = RowsBox("护送人员", Escort, required=True)
    vehicle_by = ChoiceBox(
        "车辆提供", [("county", "县级"), ("station", "州站"), ("other", "公安、医院等其他单位")], required=True
    )
    vehicle_no = TextBox("护送车辆", required=True, most=40, help="车牌号；其他单位车辆注明单位")
    depart_at = MomentBox("出发时间", required=True)
    depart_place = TextBox("出发（交接）地点", required=True, most=60, wide=True)
    cost_by = ChoiceBox(
        "费用承担", [("county", "县级承担"), ("station", "州站承担"), ("shared", "按约定分担")], required=True
    )
    cost_note = TextBox("分担约定", required=True, most=100, shown_when=when("cost_by", "shared"), wide=True)
    safety = LongTextBox(
        "安全和医护安排", required=True, least=10, most=300, help="途中看护、用药、应急联系医院等"
    )
    county_contact = NameBox("县级联系人", required=True)
    county_phone = PhoneBox("县级联系电话", required=True)
    station_contact = NameBox("州站联系人", required=True)
    station_phone = PhoneBox("州站联系电话", required=True)

    sections = (
        Section("协商事由", ("to_unit", "request_no", "difficulty", "difficulty_other", "discussion")),
        Section(
            "商定结果",
            ("escort_by", "escort_staff", "vehicle_by", "vehicle_no", "depart_at", "depart_place", "cost_by", "cost_note", "safety"),
        ),
        Section("联系", ("county_contact", "county_phone", "station_contact", "station_phone")),
    )  # fmt: skip
    checklist = (Needed("proof", "困难证明材料", required=False, note="如道路中断通报、医嘱"),)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Take the county's contact from its request."""
        request = since_return(facts, "transfer_request")
        asked = request.answers if request else {}
        return {"county_contact": asked.get("contact_name", ""), "county_phone": asked.get("contact_phone", "")}

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Name the other side: the station for a county, the county bureau for the station."""
        request, other = since_return(facts, "transfer_request"), _other_side(facts)
        return {
            "to_unit": other.code if other else "",
            "request_no": (request.doc_no if request else "") or ("待编号" if request else ""),
        }

    def offer(self, facts: Facts) -> None:
        """Show the other side by its name."""
        other = _other_side(facts)
        self.to_unit.offer([(other.code, other.name)] if other else [])

    @rule("R-27", clause=CLAUSE)
    def follows_a_request(self, facts: Facts) -> Iterator[Problem]:
        """先有转移申请，再协商护送；已到站的不再协商."""
        if since_return(facts, "transfer_request") is None:
            yield Problem(
                "该人员还没有转移申请，请先提交转移集中照料申请函", "request_no", remedy_paper="transfer_request"
            )
        if handover_of(facts) is not None or intake_of(facts) is not None:
            yield Problem("该人员已在州级区域中心站，不需要协商护送", "request_no")

    @rule("R-35", clause=CLAUSE)
    def prefecture_cases_need_no_transfer(self, facts: Facts) -> Iterator[Problem]:
        """州级直接受理的人员不办转移手续."""
        if facts.of_prefecture:
            yield Problem("州救助管理站直接受理的人员不办理转移，无须协商护送", "to_unit")

    @rule("R-27", clause=CLAUSE)
    def somebody_fit_escorts(self, facts: Facts) -> Iterator[Problem]:
        """护送人员不少于规定人数，女性受助人员须有女性护送."""
        if not self.escort_staff.empty:
            yield from escort_problems(facts, self.escort_staff.rows, "escort_staff")

    @rule("R-27", clause=CLAUSE)
    def leaves_soon(self, facts: Facts) -> Iterator[Problem]:
        """出发时间在今天以后、规定天数以内."""
        at, within = self.depart_at.data, int(facts.settings.get("planned_within_days", 15))
        if at and at.date() < facts.today:
            yield Problem("出发时间不能早于今天", "depart_at")
        elif at and at.date() > facts.today + timedelta(days=within):
            yield Problem(f"出发时间应在今天起{within}天以内", "depart_at")

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print the person first, then what was agreed, and room for both heads."""
        face = table_face(self, facts, stamp)
        at_station = facts.issuer.kind == "central_station"
        own, other = stamp.names.get("own", ""), stamp.names.get("other", "")
        for block in face["blocks"]:
            block.pop("photo", None)  # it stands beside the person
        face["blocks"] = [
            person_block(facts),
            *face["blocks"],
            {"kind": "statement", "text": STATEMENT},
            {
                "kind": "signatures",
                "boxes": [
                    {"label": "县（市）民政局负责人", "name": other if at_station else own},
                    {"label": "州救助管理站负责人", "name": own if at_station else other},
                ],
            },
        ]
        face["foot"] = [["填表人", stamp.names.get("draft", "")]]
        return face


def _other_side(facts: Facts) -> Any:
    if facts.issuer.kind == "central_station":
        return facts.county.get("county_bureau")
    return facts.prefecture.get("central_station")
