"""接送返回商请（通知）函 — the person can go home and nobody comes to fetch them: who brings them, when, to whom. (P-51)"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from forms.kit.blocks import HOSPITAL_FIRST, contact_boxes, latest_contact, urgency_box
from forms.kit.chains import Milestone
from forms.kit.effects import Effect, Needed, TaskOpened
from forms.kit.faces import addressee_name
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, LongTextBox, SelectBox, TextBox, YesNoBox, when
from forms.kit.homeward import HANDOVER, RETURN_CLAUSE, SCOPES, home_code, identity_problems, relative_of, scope_of
from forms.kit.paper import Addressee, Genre, Letter, Section
from forms.kit.phrases import Phrase
from forms.kit.rows import RowsBox
from forms.kit.rules import Level, Problem, rule
from forms.kit.timespan import chinese_date
from forms.kit.transfer import COUNTIES, HOSPITAL_CLAUSE, Escort, escort_problems
from forms.kit.wording import closed, first_organ, our_office, person_long, person_short, your_office
from forms.kit.workdays import SHANGHAI

RELATIVES = [
    ("escort", "请求护送返乡"),
    ("cannot", "因客观原因不能前来接领"),
    ("refuse", "表示不愿接领"),
    ("unreached", "暂未联系上"),
    ("none", "均已去世或者无近亲属"),
]
#: What stands after 经联系，其亲属; the last two have no relative to speak of.
ANSWERS = {
    "escort": "经联系，其亲属请求护送返乡",
    "cannot": "经联系，其亲属因客观原因不能前来接领",
    "refuse": "经联系，其亲属表示不愿接领",
    "unreached": "经多方查找，其亲属暂未联系上",
    "none": "经核实，其无近亲属",
}
MODES = [("ours", "由我方护送返回"), ("theirs", "请对方派员接回"), ("meet", "约定地点交接")]
OURS, MEET = when("mode", "ours", "meet"), when("mode", "meet")
WITHIN = when("scope", "prefecture")
STATION = "522700-station"


class EscortReturnLetter(Letter):
    """接送返回商请（通知）函, S0 三（二）1（3）: across the prefecture's border the station writes, within it the county."""

    number, code, title = "P-51", "escort_return_letter", "接送返回商请（通知）函"
    genre = Genre.LETTER
    clause = RETURN_CLAUSE
    addressee = Addressee.NAMED

    purpose = ChoiceBox("函件", [("ask", "商请"), ("tell", "已电话商定，书面通知")], required=True)
    scope = ChoiceBox("返回范围", SCOPES, copied=True)
    difficulty = YesNoBox(
        "县（市）间接送存在困难", required=True, shown_when=WITHIN, help="存在困难的，由州级区域中心站提供接送返回"
    )
    difficulty_reason = TextBox(
        "困难情形", required=True, least=5, most=100, shown_when=(WITHIN, when("difficulty", "yes")), wide=True
    )
    to_unit = SelectBox("主送机关", required=True)
    to_name = TextBox(
        "机关全称", required=True, least=4, most=60, shown_when=when("to_unit", "other"), wide=True,
        help="写印章上的全称，如“四川省宜宾市救助管理站”",
    )  # fmt: skip
    home_address = TextBox("户籍（返回）地址", required=True, most=100, wide=True)
    relatives_answer = ChoiceBox("亲属答复", RELATIVES, required=True, wide=True)
    answer_detail = TextBox("答复补充", most=60, wide=True, help="接在答复之后，如“其子在外务工，委托村委会接收”")
    health_summary = LongTextBox("身体和精神状况", required=True, most=200, help="路途中需要照料、用药的一并写明")
    mode = ChoiceBox("接送方式", MODES, required=True)
    planned_date = DateBox("拟接送日期", required=True)
    meeting_place = TextBox("交接地点", required=True, most=60, shown_when=MEET, wide=True)
    escort_staff = RowsBox("护送人员", Escort, required=True, shown_when=OURS)
    vehicle = TextBox("车次或车牌", most=40, shown_when=OURS)
    urgency = urgency_box()
    contact_name, contact_phone = contact_boxes()

    sections = (
        Section("致送", ("purpose", "scope", "difficulty", "difficulty_reason", "to_unit", "to_name")),
        Section("返回人员", ("home_address", "relatives_answer", "answer_detail", "health_summary")),
        Section("接送安排", ("mode", "planned_date", "meeting_place", "escort_staff", "vehicle")),
        Section("联系", ("urgency", "contact_name", "contact_phone")),
    )
    checklist = (
        Needed("identity_proof", "身份查明材料", required=False, note="系统中已有身份确认单的不必上传"),
        Needed(
            "hospital_clearance",
            "医院出具的可以出行的证明",
            required=False,
            dated=True,
            note="急病、危重、疑似传染病的，治疗后必须上传",
        ),
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest home, its organ, and the answer relatives gave when the identity was confirmed."""
        answer, code = relative_of(facts).get("relative_answer", ""), home_code(facts)
        return {
            "purpose": "ask",
            "difficulty": "yes" if facts.issuer.kind == "central_station" else "no",
            "to_unit": f"{code}-bureau" if code in dict(COUNTIES) else "other",
            "home_address": facts.person.hukou_address,
            "relatives_answer": answer if answer in ANSWERS else "",
            "mode": "ours",
            **latest_contact(facts),
        }

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Tell from the household register how far home is."""
        return {"scope": scope_of(facts)}

    def offer(self, facts: Facts) -> None:
        """Offer the bureaus of the twelve counties, then any other organ by its name."""
        bureaus = [(f"{code}-bureau", f"{name}民政局") for code, name in COUNTIES]
        others = [choice for choice in bureaus if choice[0] != facts.issuer.code]
        station = [] if facts.issuer.kind == "central_station" else [(STATION, "黔南州救助管理站")]
        self.to_unit.offer([*others, *station, ("other", Phrase("其他机关（填写全称）"))])

    @property
    def asks_station(self) -> bool:
        """A county that cannot bring the person home asks the central station to (R-69)."""
        return str(self.to_unit.data or "") == STATION

    @rule("R-68", clause=RETURN_CLAUSE)
    def only_the_identified_go_home(self, facts: Facts) -> Iterator[Problem]:
        """身份查明后才接送返回；返回范围由户籍地代码确定."""
        yield from identity_problems(facts, "scope")
        if not facts.unidentified and not self.scope.data:
            yield Problem(
                "户籍地代码没有登记，不能确定由谁函商",
                "scope",
                remedy="请在《求助登记表》中补登户籍地代码",
                remedy_paper="help_registration",
            )
        if not facts.person.open:
            yield Problem("该人员已离站，个案已办结，不能再发函接送", "scope")

    @rule("R-68", clause=RETURN_CLAUSE)
    def the_station_writes_beyond_the_border(self, facts: Facts) -> Iterator[Problem]:
        """州外流入、流出州外的，由州级区域中心站负责接送返回，县（市）配合."""
        if self.scope.data == "outside" and facts.issuer.kind != "central_station":
            yield Problem(
                "户籍地在州外，由黔南州救助管理站发函并负责接送，本县（市）配合",
                "scope",
                remedy="请将救助编号、身份确认单和亲属联系情况转告州救助管理站，由其起草",
            )

    @rule("R-69", clause=RETURN_CLAUSE)
    def the_county_writes_within_it(self, facts: Facts) -> Iterator[Problem]:
        """州内县（市）之间由县（市）发函；存在困难的，由州级区域中心站提供接送返回."""
        if self.scope.data != "prefecture":
            return
        hard, at_station = self.difficulty.data == "yes", facts.issuer.kind == "central_station"
        if hard and not at_station and not self.asks_station:
            yield Problem(
                "接送存在困难的，由黔南州救助管理站发函并提供接送",
                "difficulty",
                remedy="主送机关请选“黔南州救助管理站”，商请其接送；能自行接送的改选“否”",
            )
        if self.asks_station and self.difficulty.data == "no":
            yield Problem("没有困难情形的，由本县（市）直接函商接收地，不主送州救助管理站", "to_unit")
        if self.asks_station and self.mode.data and self.mode.data != "theirs":
            yield Problem("商请州救助管理站接送的，接送方式请选“请对方派员接回”", "mode")
        if at_station and not hard and not facts.of_prefecture and self.difficulty.data:
            yield Problem(
                "州内县（市）之间没有困难情形的，由责任县（市）自行发函接送",
                "difficulty",
                remedy="确有困难的选“是”并写明情形",
            )

    @rule("R-69", clause=RETURN_CLAUSE, level=Level.WARN)
    def home_is_far_enough(self, facts: Facts) -> Iterator[Problem]:
        """户籍地就在本县（市）的，直接送返并办理交接."""
        if self.scope.data == "county":
            yield Problem(
                "户籍地就在本县（市），一般直接送返，不必发函；确需发函的请说明",
                "scope",
                remedy="请办理《接送返回交接单》",
                remedy_paper=HANDOVER,
            )

    @rule("R-69", clause=RETURN_CLAUSE, level=Level.WARN)
    def relatives_come_first(self, facts: Facts) -> Iterator[Problem]:
        """亲属愿意接领的，由亲属接领."""
        if relative_of(facts).get("relative_answer") == "collect":
            yield Problem(
                "身份确认时亲属答复前来接领，请核实后说明为何改为接送",
                "relatives_answer",
                remedy="亲属接领的，直接办理《接送返回交接单》",
                remedy_paper=HANDOVER,
            )

    @rule("R-72", clause="S0 三（二）2（6）；民发〔2014〕132号", level=Level.WARN)
    def refusal_is_followed_up(self, facts: Facts) -> Iterator[Problem]:
        """亲属不愿接领的，说明联系情况，会同公安机关告知督促."""
        if self.relatives_answer.data == "refuse" and facts.latest("guardian_duty_notice") is None:
            yield Problem(
                "亲属不愿接领，请说明联系情况",
                "relatives_answer",
                remedy="请会同公安机关送达《监护责任告知督促书》",
                remedy_paper="guardian_duty_notice",
            )

    @rule("R-36", clause=HOSPITAL_CLAUSE)
    def fit_to_travel(self, facts: Facts) -> Iterator[Problem]:
        """急病、危重、疑似传染病的，先治疗，医院同意后再返回."""
        ill = HOSPITAL_FIRST & set(facts.person.health)
        if ill and "hospital_clearance" not in facts.attached:
            yield Problem(
                "该人员登记有急病、危重或疑似传染病，须先治疗",
                "health_summary",
                remedy="请送定点医院；治疗后上传医院出具的可以出行的证明",
                remedy_paper="medical_referral",
            )

    @rule("R-69", clause=RETURN_CLAUSE)
    def arrangements_are_sound(self, facts: Facts) -> Iterator[Problem]:
        """拟接送日期不早于今天；护送人员不少于规定人数，女性有女性护送；不发给本单位."""
        if self.planned_date.data and self.planned_date.data < facts.today:
            yield Problem("拟接送日期不能早于今天", "planned_date")
        if self.escort_staff.shown(self) and not self.escort_staff.empty:
            yield from escort_problems(facts, self.escort_staff.rows, "escort_staff")
        if self.to_name.shown(self) and (self.to_name.data or "") == facts.issuer.name:
            yield Problem("主送机关不能是本单位", "to_name")

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """Gone out: the handover is to follow; relatives who refuse are told their duty with the police (R-72)."""
        if on is not Milestone.SENT:
            return
        if self.asks_station:
            why = (
                f"{facts.issuer.name}接送存在困难（{self.difficulty_reason.printed}），请起草接送返回函并提供接送"
            )
            yield TaskOpened("escort_return_letter", STATION, why, "R-69")
            return
        yield TaskOpened(HANDOVER, "issuer", "接送返回函已发出，到家交接时请办理《接送返回交接单》", "R-68")
        if self.relatives_answer.data == "refuse":
            why = "亲属不愿接领，请会同公安机关送达监护责任告知督促书"
            yield TaskOpened("guardian_duty_notice", "county", why, "R-72")

    def matter(self, facts: Facts) -> str:
        """商请接送受助人员…返回; 通知 when it has been agreed by telephone."""
        return f"{'通知' if self.purpose.data == 'tell' else '商请'}接送{person_short(facts)}返回"

    def body(self, facts: Facts) -> Iterable[str]:
        """The kernel of domain §3.16, with what the other side needs to receive the person."""
        person, we, you = facts.person, our_office(facts), your_office(addressee_name(self, facts))
        admitted = person.admitted_at
        day = f"{chinese_date(admitted.astimezone(SHANGHAI).date())}，" if admitted else ""
        yield f"{day}{first_organ(facts)}依法对{person_short(facts)}实施救助（救助编号：{person.case_no}）。"
        detail = f"，{closed(self.answer_detail.data)}" if self.answer_detail.data else ""
        resident = "" if self.asks_station else "，系贵地居民"
        yield (
            f"{person_long(facts)}身份已查明{resident}（户籍地址：{self.home_address.printed}；"
            f"公民身份号码：{person.id_number}）。{ANSWERS.get(self.relatives_answer.data, '')}{detail}。"
            f"身体和精神状况：{closed(self.health_summary.data or '')}。"
        )
        if self.asks_station:
            hard = closed(self.difficulty_reason.data or "")
            yield f"因{hard}，{we}接送存在困难，现商请{you}于{self.planned_date.printed}前后提供接送返回。"
        else:
            yield f"{self._proposal(we, you)}，并协助做好安置稳固工作。{self._escorts()}"
        yield "特此函告。" if self.purpose.data == "tell" else "特此函商，请予函复。"

    def _proposal(self, we: str, you: str) -> str:
        day, place = self.planned_date.printed, self.meeting_place.printed
        begin = f"经电话商定，请{you}于{day}" if self.purpose.data == "tell" else f"现商请{you}于{day}"
        return {
            "theirs": f"{begin}派员到{we}接回该人员",
            "meet": f"{begin}派员到{place}与{we}护送人员办理交接，接回该人员",
        }.get(self.mode.data, f"{begin}接收由{we}护送返回的该人员")

    def _escorts(self) -> str:
        if not self.escort_staff.shown(self) or self.escort_staff.empty:
            return ""
        names = "、".join(row.name.printed for row in self.escort_staff.rows)
        by = f"，乘坐{self.vehicle.data}" if self.vehicle.data else ""
        return f"护送人员：{names}{by}。交接时请当面核对人员、物品和材料，并在《接送返回交接单》上签名。"

    def enclosures(self, facts: Facts) -> Sequence[str]:
        """求助登记表 and what proves the identity; the hospital's paper where there is one."""
        cleared = ["医院出具的可以出行的证明"] if "hospital_clearance" in facts.attached else []
        return ["求助登记表", "身份查明材料", *cleared]
