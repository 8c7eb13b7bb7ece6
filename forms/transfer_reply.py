"""接收（不予接收）复函 — the central station answers a county's request to take a person in. (P-14)"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from forms.kit.blocks import HOSPITAL_FIRST, WARDS, latest_contact, urgency_box
from forms.kit.chains import Milestone
from forms.kit.effects import BedReserved, Effect, RequestAnswered, Settles
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, ManyBox, MomentBox, NameBox, PhoneBox, SelectBox, TextBox, when
from forms.kit.paper import Addressee, Genre, Letter, Section
from forms.kit.rows import RowsBox
from forms.kit.rules import Problem, rule
from forms.kit.timespan import chinese_date
from forms.kit.transfer import (
    CHARGES,
    CLAUSE,
    HOSPITAL_CLAUSE,
    MINOR_CLAUSE,
    TO_CHILD_HOME,
    Lodged,
    asked_rows,
    bed_choices,
    bed_problems,
    companion_bed_problems,
    first_bed,
    guardian_comes,
    intake_of,
    relations_of,
    since_return,
    typed_moment,
    ward_of,
)
from forms.kit.wording import closed, listed, person_long, person_short

ACCEPT = when("decision", "accept")
DECLINE = when("decision", "decline")
#: Why the station declines → what the county is asked to do meanwhile.
ADVICE = {
    "no_ground": "对照转移集中照料的适用情形，落实县内站内照料",
    "no_identity": "抓紧完成身份查询、寻亲公告发布和DNA信息采集",
    "hospital": "先行送医救治，并取得医院出具的可以转移的证明",
    "child_home": "按规定办理未成年人转移州儿童福利院手续",
    "no_bed": "先行在县内妥善安置照料",
}


class TransferReply(Letter):
    """接收（不予接收）复函, S0 三（二）1（2）; wording of domain §3.4.

    Sending a request back for completion is no letter: it is an act on the request itself.
    """

    number, code, title = "P-14", "transfer_reply", "转移集中照料复函"
    genre = Genre.REPLY_LETTER
    clause = CLAUSE
    addressee = Addressee.REQUESTER
    answers_paper = "transfer_request"
    drafted_in = frozenset({"central_station"})
    settles = (
        Settles("transfer_decision_due", Milestone.SENT),
        Settles("transfer_decision_emergency_due", Milestone.SENT),
        Settles("emergency_papers_due", Milestone.SENT),
    )

    request = TextBox("来文", most=200, copied=True, wide=True)
    received_at = MomentBox("收文日期", copied=True)
    incoming_no = TextBox("收文编号", copied=True)
    decision = ChoiceBox(
        "审核结论", [("accept", "同意接收"), ("decline", "不予接收")], required=True, wide=True,
        help="材料不全的，不用复函，请在来文页面“退回补充”并写明所缺材料",
    )  # fmt: skip
    decline_reason = ManyBox(
        "不予接收理由",
        [
            ("no_ground", "不符合转移情形"),
            ("no_identity", "身份查询工作未完成"),
            ("hospital", "需先送医救治"),
            ("child_home", "应由儿童福利机构接收"),
            ("no_bed", "站内床位不足"),
            ("other", "其他"),
        ],
        required=True,
        shown_when=DECLINE,
        wide=True,
    )
    decline_other = TextBox(
        "其他理由", required=True, most=60, shown_when=(DECLINE, when("decline_reason", "other")), wide=True
    )
    advice_other = TextBox(
        "请县局办理", required=True, most=60, shown_when=(DECLINE, when("decline_reason", "other")), wide=True,
        help="接在“请贵局”之后，如“先行联系其亲属”",
    )  # fmt: skip
    arrive_by = DateBox("接收截止日期", required=True, shown_when=ACCEPT)
    ward = ChoiceBox("照料区", WARDS, required=True, shown_when=ACCEPT)
    bed = SelectBox("床位", required=True, shown_when=ACCEPT, help="只列空床位；签发后为其保留")
    companions = RowsBox("随行亲属床位", Lodged, shown_when=ACCEPT, help="来文有随行亲属的，每人安排一张床位")
    duty_name = NameBox("接收值班人员", required=True, shown_when=ACCEPT, prints=False)
    duty_phone = PhoneBox("值班电话", required=True, shown_when=ACCEPT, prints=False)
    contact_name = NameBox("联系人", required=True, shown_when=DECLINE, prints=False)
    contact_phone = PhoneBox("联系电话", required=True, shown_when=DECLINE, prints=False)
    urgency = urgency_box()

    sections = (
        Section("来文", ("request", "received_at", "incoming_no")),
        Section("审核结论", ("decision", "decline_reason", "decline_other", "advice_other")),
        Section("接收安排", ("arrive_by", "ward", "bed", "companions", "duty_name", "duty_phone")),
        Section("联系", ("contact_name", "contact_phone", "urgency")),
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest the planned day, a free bed for everybody, and the urgency of the request."""
        asked = facts.request.answers if facts.request else {}
        planned = str(asked.get("planned_date") or facts.today.isoformat())
        rows = [{name: row.get(name, "") for name in ("case_no", "relation")} for row in asked_rows(facts.request)]
        emergency = asked.get("ground") == "emergency"
        return {
            "arrive_by": max(planned, facts.today.isoformat()),
            **first_bed(facts, facts.person),
            "companions": rows,
            "urgency": asked.get("urgency") or ("特急" if emergency else ""),
            **latest_contact(facts),
        }

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Name the request and its receipt."""
        request = facts.request
        if request is None:
            return {}
        return {
            "request": f"{request.issuer}《{cited(facts)}》（{request.doc_no or '　　'}）",
            "received_at": request.received_at,
            "incoming_no": request.incoming_no or "",
        }

    def offer(self, facts: Facts) -> None:
        """Offer the free beds, the one already kept for this person among them."""
        beds = bed_choices(facts)
        self.bed.offer(beds)
        for entry in self.companions.entries:
            entry.form.bed.offer(beds)

    @rule("R-34", clause="一文一复")
    def answers_one_received_request(self, facts: Facts) -> Iterator[Problem]:
        """复函答复一件已签收、尚未答复的申请函."""
        request = facts.request
        if request is None:
            yield Problem("请从收到的申请函办理复函", "request")
        elif request.state == "returned":
            yield Problem("来文已退回补充，请等县局补充后再答复", "request")
        elif request.state not in {"received", "in_process"}:
            yield Problem("来文尚未签收或已经答复，不能再办理复函", "request")
        other = since_return(facts, "transfer_reply")
        if other is not None and not other.issued:
            yield Problem(f"该人员已有一件复函在办（{other.doc_no or other.title}）", "request")

    @rule("R-30", clause=CLAUSE)
    def arrival_is_near_the_planned_day(self, facts: Facts) -> Iterator[Problem]:
        """接收截止日期不早于今天，不晚于拟转移日期后规定天数."""
        by = self.arrive_by.data
        if self.decision.data != "accept" or by is None:
            return
        days = int(facts.settings.get("arrive_after_planned_days", 5))
        planned = facts.request.answers.get("planned_date") if facts.request else None
        last = (date.fromisoformat(str(planned)) if planned else facts.today) + timedelta(days=days)
        if by < facts.today:
            yield Problem("接收截止日期不能早于今天", "arrive_by")
        elif by > last:
            yield Problem(
                f"接收截止日期不晚于拟转移日期后{days}天（{chinese_date(last)}）",
                "arrive_by",
                remedy="来文的拟转移日期已过期的，请退回补充，由县局改期",
            )

    @rule("R-33", clause="381号令第8条")
    def there_is_a_bed(self, facts: Facts) -> Iterator[Problem]:
        """有与受助人员性别相符的空床位才能同意接收."""
        if self.decision.data != "accept":
            return
        yield from bed_problems(facts, self.ward.data, self.bed.data)
        asked = {str(row.get("case_no")) for row in asked_rows(facts.request)}
        given = {row.case_no.data for row in self.companions.rows}
        if asked != given:
            yield Problem("随行亲属与来文不一致，每名随行亲属须安排一张床位", "companions")

    @rule("R-26", clause=MINOR_CLAUSE)
    def minors_stay_with_their_guardian(self, facts: Facts) -> Iterator[Problem]:
        """未成年人只能随本人监护人同区，或安排在未成年人区；单独的转送州儿童福利院."""
        if self.decision.data != "accept":
            return
        rows = self.companions.rows
        if facts.person.minor_on(facts.today):
            if not guardian_comes(facts, rows):
                yield Problem("该人员是（或应按）未成年人，不能接收到成年人照料区", "decision", **TO_CHILD_HOME)
            elif self.ward.data not in {"minor", *(ward_of(facts, row.bed.data) for row in rows)}:
                yield Problem("未成年人应与随行监护人同区，或安排在未成年人区", "ward")
        for row in rows:
            found = facts.others.get(row.case_no.data)
            if found is not None and found.minor_on(facts.today) and row.relation.data not in CHARGES:
                yield Problem(
                    f"随行的{found.display_name}是未成年人，不由受助人员监护", "companions", **TO_CHILD_HOME
                )
        yield from companion_bed_problems(facts, self.ward.data, self.bed.data, rows)

    @rule("R-27", clause=CLAUSE)
    def negotiated_escort_is_agreed(self, facts: Facts) -> Iterator[Problem]:
        """协商处置护送的，须由双方负责人确认协商处置记录后才能同意接收."""
        asked = facts.request.answers if facts.request else {}
        agreed = since_return(facts, "transport_negotiation")
        if self.decision.data != "accept" or asked.get("escort_by") != "negotiated":
            return
        if agreed is None or not agreed.issued:
            yield Problem(
                "护送方式为协商处置，双方尚未确认协商记录，不能同意接收",
                "decision",
                remedy="请先办理《特殊情况转移协商处置记录》",
                remedy_paper="transport_negotiation",
            )

    @rule("R-36", clause=HOSPITAL_CLAUSE)
    def hospital_comes_first(self, facts: Facts) -> Iterator[Problem]:
        """急病、危重、疑似传染病、急性精神症状的，来文附有医院证明才能同意接收."""
        asked = facts.request.answers if facts.request else {}
        ill = HOSPITAL_FIRST & set(facts.person.health) or set(asked.get("acute_signs", ())) - {"none"}
        if self.decision.data == "accept" and ill and "hospital_clearance" not in facts.request_attached:
            yield Problem(
                "该人员须先送医救治，来文没有医院出具的可以转移的证明，不能同意接收",
                "decision",
                remedy="请将来文退回补充，或以“需先送医救治”不予接收",
            )

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """Keep the beds once signed, so that nobody else gets them; answer the request once sent."""
        if on is Milestone.SIGNED and self.decision.data == "accept":
            yield BedReserved(self.ward.data, self.bed.data)
            for row in self.companions.rows:
                yield BedReserved(ward_of(facts, row.bed.data), row.bed.data, row.case_no.data)
        if on is Milestone.SENT:
            yield RequestAnswered(self.decision.printed)

    def contact(self, facts: Facts) -> tuple[str, str]:
        """Give the receiving duty officer when the person is to come, else the clerk."""
        if self.decision.data == "accept":
            return (self.duty_name.data or "", self.duty_phone.data or "")
        return super().contact(facts)

    def matter(self, facts: Facts) -> str:
        """同意接收…集中照料, or 不予接收…集中照料."""
        who = person_short(facts, self._relations(facts))
        return f"{self.decision.printed or '答复接收'}{who}集中照料"

    def _relations(self, facts: Facts) -> list[str]:
        return relations_of(self.companions.rows) or [
            str(row.get("relation")) for row in asked_rows(facts.request)
        ]

    def body(self, facts: Facts) -> Iterable[str]:
        """Wording of domain §3.4."""
        came = f"贵局《{cited(facts)}》（{(facts.request and facts.request.doc_no) or '　　'}）收悉。"
        if self.decision.data == "decline":
            yield from self._declined(came)
        else:
            yield from self._accepted(came, facts)
        yield "此复。"

    def _declined(self, came: str) -> Iterator[str]:
        chosen = self.decline_reason.data or ()
        why = listed(
            closed(self.decline_other.data) if key == "other" else self.decline_reason.label_of(key)
            for key in chosen
        )
        advice = "，".join(
            closed(self.advice_other.data) if key == "other" else ADVICE[key]
            for key in chosen
            if key in {*ADVICE, "other"}
        )
        yield f"{came}经审核，因{why}，我站暂不接收该受助人员集中照料。请贵局{advice}，相关条件具备后可另行函商。"

    def _accepted(self, came: str, facts: Facts) -> Iterator[str]:
        intake, request = intake_of(facts), facts.request
        who = person_long(facts, self._relations(facts))
        traced = request is not None and request.answers.get("ground") == "infrastructure" and facts.unidentified
        yield f"{came}经研究，现函复如下："
        if intake is not None:
            arrived = typed_moment(intake.answers.get("arrived_at"))
            yield (
                f"一、同意接收{who}到我站集中照料。该受助人员已于{arrived}由我站应急先行接收，"
                f"请于{self.arrive_by.printed}前派员到站，现场办理书面交接。"
            )
        else:
            yield f"一、同意接收{who}到我站集中照料。请于{self.arrive_by.printed}前护送到站，并现场办理书面交接。"
        papers = "及寻亲公告、DNA信息采集证明" if traced else ""
        yield f"二、请随人移交求助登记表、健康检查材料、随身物品清单{papers}。"
        yield (
            "三、集中照料期间，请贵局继续做好寻亲服务、落户安置和回访稳固工作；"
            "受助人员突发疾病送医的，由贵局落实救治监管和费用结算。照料事由消除后，请及时办理离站手续。"
        )


def cited(facts: Facts) -> str:
    """Return the title of the request without its organ's name, as it stands after 贵局 (§3.1.2)."""
    return facts.request.title.removeprefix(facts.request.issuer) if facts.request else ""
