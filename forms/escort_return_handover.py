"""接送返回交接单 — the person is home: who took them in, in what state and with what; revisits count from here. (P-52)"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from forms.kit.blocks import copied_person, person_boxes
from forms.kit.chains import FORM, Milestone
from forms.kit.effects import Effect, Needed, Settles, Starts, StayEnded, TaskOpened
from forms.kit.faces import Stamp, table_face
from forms.kit.facts import Facts
from forms.kit.fields import (
    ChoiceBox,
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
from forms.kit.homeward import (
    COLLECTED,
    ESCORTED,
    LETTER,
    RETURN_CLAUSE,
    SOURCE_CLAUSE,
    identity_problems,
    local_day,
    may_close_from,
    relative_of,
    scope_of,
)
from forms.kit.paper import Genre, Paper, Section
from forms.kit.rows import RowsBox
from forms.kit.rules import Level, Problem, rule
from forms.kit.sheets import (
    Item,
    brief_person,
    cells,
    differences,
    fields,
    guarded_valuables,
    ink,
    lists,
    whole_row,
)
from forms.kit.timespan import add_months, chinese_date
from forms.kit.transfer import Escort, escort_problems

ESCORT = when("method", ESCORTED)
KIN = when("receiver", "relative")
ORGAN = when("receiver", "station", "township")
STATEMENT = (
    "本表所列人员、物品和材料经双方当面核对无误。自交接之时起，由接收方负责照料；监护人（近亲属）应当依法履行扶养"
    "（抚养、赡养）义务，防止再次走失或者外出流浪，并配合每半年一次的回访。"
)


class EscortReturnHandover(Paper):
    """接送返回交接单, S0 三（二）1（3）: whoever takes the person in signs on paper; the clerk enters it, a colleague checks."""

    number, code, title = "P-52", "escort_return_handover", "接送返回交接单"
    genre, chain = Genre.FORM, FORM
    clause = f"{RETURN_CLAUSE}；381号令第7条"
    one_live = True
    copies = "一式三份（接收方、移交方、案卷）"

    person_name, person_sex, person_age = person_boxes()
    method = ChoiceBox("离站方式", [(word, word) for word in (ESCORTED, COLLECTED)], required=True)
    returned_at = MomentBox("交接时间", required=True, help="满6个月、12个月的回访从这一天起算")
    place = TextBox("交接地点", required=True, most=60)
    cross_province = YesNoBox("是否跨省", required=True)
    receiver = ChoiceBox(
        "接收方",
        [
            ("relative", "监护人（近亲属）"),
            ("station", "当地救助管理机构"),
            ("township", "乡镇（街道）、村（社区）"),
        ],
        required=True,
        wide=True,
    )
    receiver_org = TextBox("接收单位", required=True, most=60, shown_when=ORGAN, wide=True)
    receiver_name = NameBox("接收人", required=True)
    receiver_relation = TextBox("关系", required=True, most=20, shown_when=KIN)
    is_guardian = YesNoBox("是监护人", required=True, shown_when=KIN)
    receiver_id = IdNumberBox("身份号码", required=True, shown_when=KIN)
    receiver_post = TextBox("职务", most=30, shown_when=ORGAN)
    receiver_phone = PhoneBox("联系电话", required=True, help="回访时联系")
    home_address = TextBox("返回住址", required=True, most=100, wide=True, help="写到村组、门牌，回访时按此入户")
    escort_staff = RowsBox("护送人员", Escort, required=True, shown_when=ESCORT)
    vehicle = TextBox("车次车牌", most=40, shown_when=ESCORT)

    health = LongTextBox("身体状况", required=True, most=200, help="交接时的身体、精神状况")
    medication = TextBox("用药复诊", required=True, most=100, wide=True, help="没有的填“无”")
    belongings = RowsBox("随身物品", Item, required=True, help="没有物品的填一行“无”")
    belongings_note = TextBox("物品差异说明", most=200, wide=True, help="与入站登记不一致时必填")
    cash = MoneyBox("现金", required=True, help="单位元，没有的填0")
    valuables = TextBox("贵重物品", required=True, most=100, help="没有的填“无”")
    documents = ManyBox(
        "移交材料",
        [("registration", "求助登记表"), ("identity", "身份证件、身份查明材料"), ("records", "病历和检查材料"),
         ("medicine", "药品"), ("none", "无")],
        required=True,
        wide=True,
    )  # fmt: skip
    arrangement = LongTextBox(
        "返回后的安置", required=True, least=5, most=300, help="和谁同住、谁照料、生活来源、治疗"
    )
    duty_told = YesNoBox("已告知监护责任和回访安排", required=True, wide=True)

    sections = (
        Section("返回", ("person_name", "person_sex", "person_age", "method", "returned_at", "place", "cross_province")),
        Section("接收方", ("receiver", "receiver_org", "receiver_name", "receiver_relation", "is_guardian", "receiver_id",
                          "receiver_post", "receiver_phone", "home_address")),
        Section("护送", ("escort_staff", "vehicle")),
        Section("状况和物品", ("health", "medication", "belongings", "belongings_note", "cash", "valuables", "documents"),
                "物品从入站登记带入，请逐件当面核对"),
        Section("安置", ("arrangement", "duty_told")),
    )  # fmt: skip
    checklist = (
        Needed("receiver_id_copy", "接收人身份证件复印件", shown_when=KIN),
        Needed(
            "authorisation", "监护人委托书", required=False, note="由监护人以外的近亲属接领未成年人的，必须上传"
        ),
        Needed("signed_sheet", "双方签名的交接单（扫描）", required=False, after_issue=True),
        Needed("photo_of_handover", "交接照片", required=False),
    )
    starts = (
        Starts("revisit_first_due", Milestone.COMPLETED, "returned_at", owner="county"),
        Starts("revisit_second_due", Milestone.COMPLETED, "returned_at", owner="county"),
        Starts("guardian_duty_notice_due", Milestone.COMPLETED, "returned_at", owner="county", shown_when=KIN),
        Starts("needs_assessment_due", Milestone.COMPLETED, "returned_at", owner="county"),
    )
    settles = (Settles("stay_day_ten", Milestone.COMPLETED, at="returned_at"),)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest what the letter arranged, who answered for the family, and the things that came with the person."""
        letter, kin = facts.issued(LETTER), relative_of(facts)
        sent = dict(letter.answers) if letter else {}
        came = facts.issued("center_return_handover") or facts.issued("transfer_handover")
        things = came.answers if came else facts.case
        collects = kin.get("relative_answer") == "collect"
        return {
            "method": COLLECTED if collects or sent.get("mode") == "theirs" else ESCORTED,
            "returned_at": facts.now,
            "cross_province": {"county": "no", "prefecture": "no"}.get(scope_of(facts), ""),
            "receiver": "relative" if kin.get("relative_name") else "",
            "receiver_name": kin.get("relative_name", ""),
            "receiver_relation": kin.get("relation", ""),
            "receiver_phone": kin.get("relative_phone", ""),
            "home_address": sent.get("home_address") or facts.person.hukou_address,
            "escort_staff": sent.get("escort_staff", []),
            "vehicle": sent.get("vehicle", ""),
            "belongings": [
                {"item": row.get("item", ""), "quantity": row.get("quantity", "")}
                for row in things.get("belongings", ())
            ],
            "cash": things.get("cash", ""),
            "valuables": things.get("valuables", ""),
        }

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take the person as the case knows them."""
        return copied_person(facts)

    @rule("R-68", clause=RETURN_CLAUSE)
    def only_the_identified_go_home(self, facts: Facts) -> Iterator[Problem]:
        """身份查明后才办理返乡；州站已办亲属接领转出的，不重复办理."""
        yield from identity_problems(facts, "method")
        gone = facts.issued("center_return_handover")
        if gone is not None and gone.answers.get("whereto") == "relatives":
            yield Problem("州站已办理亲属接领的转出交接单，不须再办接送返回交接单", "method")

    @rule("R-68", clause=RETURN_CLAUSE)
    def times_run_forward(self, facts: Facts) -> Iterator[Problem]:
        """交接在入站之后，不晚于现在；交接完成后再登记."""
        at, admitted = self.returned_at.data, facts.person.admitted_at
        if at and at > facts.now + timedelta(minutes=1):
            yield Problem("交接时间不能晚于现在；交接完成后再登记", "returned_at")
        if at and admitted and at < admitted:
            yield Problem("交接时间不能早于入站时间，请核对", "returned_at")

    @rule("R-69", clause=RETURN_CLAUSE)
    def the_other_side_was_asked(self, facts: Facts) -> Iterator[Problem]:
        """交给外地机构的，须先发接送返回函；交给亲属的，凭亲属身份证件."""
        elsewhere = scope_of(facts) in {"prefecture", "outside"}
        if self.receiver.data in {"station", "township"} and elsewhere and facts.issued(LETTER) is None:
            yield Problem(
                "交给外地机构的，须先发《接送返回商请（通知）函》",
                "receiver",
                remedy="请先发函商定接送日期和护送人员",
                remedy_paper=LETTER,
            )

    @rule("R-26", clause="未成年人保护法第92、93条")
    def a_minor_goes_to_the_guardian(self, facts: Facts) -> Iterator[Problem]:
        """未成年人由监护人接领；委托近亲属的，须有监护人委托书."""
        minor = facts.person.minor_on(facts.today)
        alone = self.is_guardian.shown(self) and self.is_guardian.data == "no"
        if minor and alone and "authorisation" not in facts.attached:
            yield Problem(
                "该人员是未成年人，接收人不是监护人，须有监护人委托书",
                "is_guardian",
                remedy="请上传监护人委托书，或由当地救助管理机构接收",
            )

    @rule("R-30", clause="S0 三（二）1（2）、1（3）")
    def the_escort_is_sound(self, facts: Facts) -> Iterator[Problem]:
        """护送人员不少于规定人数，女性有女性护送；物品与入站登记一致或说明差异."""
        if self.escort_staff.shown(self) and not self.escort_staff.empty:
            yield from escort_problems(facts, self.escort_staff.rows, "escort_staff")
        came = facts.issued("center_return_handover") or facts.issued("transfer_handover")
        before = (came.answers if came else facts.case).get("belongings", ())
        differs = differences(before, self.belongings)
        if differs and not self.belongings.empty and len(self.belongings_note.data or "") < 4:
            yield Problem(f"随身物品与登记不一致（{'，'.join(differs)}），请说明原因", "belongings_note")
        if "none" in (self.documents.data or []) and len(self.documents.data or []) > 1:
            yield Problem("移交材料选了“无”，不能再选其他，请核对", "documents")

    @rule("R-72", clause=SOURCE_CLAUSE)
    def the_duty_is_told(self, facts: Facts) -> Iterator[Problem]:
        """交接时当面告知监护责任和回访安排."""
        if self.duty_told.data == "no":
            yield Problem("交接时须当面告知监护（照料）责任和每半年一次的回访", "duty_told")

    @rule("R-72", clause=f"{SOURCE_CLAUSE}；民发〔2014〕132号", level=Level.WARN)
    def a_refusal_is_explained(self, facts: Facts) -> Iterator[Problem]:
        """亲属曾拒绝照料的，说明如何落实."""
        refused = relative_of(facts).get("relative_answer") == "refuse"
        if refused and facts.issued("guardian_duty_notice") is None:
            yield Problem(
                "亲属曾表示拒绝照料，请说明返回后由谁照料、如何落实",
                "arrangement",
                remedy="请会同公安机关送达《监护责任告知督促书》",
                remedy_paper="guardian_duty_notice",
            )

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """Checked: the stay ends where it has not; duty notice and assessment of needs are owed (R-70, R-72)."""
        if on is not Milestone.COMPLETED or self.returned_at.data is None:
            return
        if facts.person.open:
            yield StayEnded(self.method.data or "", self.returned_at.data)
        if facts.issued("guardian_duty_notice") is None and self.receiver.data == "relative":
            why = "已返乡交接，请随即送达监护责任告知督促书"
            yield TaskOpened("guardian_duty_notice", "county", why, "R-72")
        if facts.issued("needs_assessment") is None:
            why = "已返乡交接，请在20个工作日内评估困难和需求，提出帮扶建议"
            yield TaskOpened("needs_assessment", "county", why, "R-70")

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print who went home to whom and with what, the revisits to come, and boxes for ink."""
        face = table_face(self, facts, stamp)
        back = ["method", "returned_at", "cross_province", "place"]
        taking = ["receiver", "receiver_org", "receiver_name", "receiver_relation", "receiver_post", "is_guardian",
                  "receiver_phone", "receiver_id", "home_address"]  # fmt: skip
        names = "、".join(row.name.printed for row in self.escort_staff.rows)
        by = f"；{self.vehicle.printed}" if self.vehicle.data else ""
        escorts = [whole_row("护送人员", names + by)] if self.escort_staff.shown(self) else []
        kept = ["belongings_note"] if self.belongings_note.data else []
        valuables = whole_row("现金财物", guarded_valuables(self.cash, self.valuables))
        face["blocks"] = [
            brief_person(facts),
            fields("返回", cells(self, [name for name in back if not self[name].empty]), escorts),
            fields("接收方", cells(self, [name for name in taking if not self[name].empty])),
            fields(
                "状况和安置",
                cells(self, ["health", "medication"]),
                [whole_row("安置情况", self.arrangement.printed)],
            ),
            *lists(self.belongings),
            {"kind": "fields", "rows": [valuables, *cells(self, [*kept, "documents"])]},
            {"kind": "statement", "text": STATEMENT + self._revisits()},
            ink("移交人（签名）", "接收人（签名）", "受助人员（签名、捺印）"),
        ]
        return face

    def _revisits(self) -> str:
        if self.returned_at.data is None:
            return ""
        day = local_day(self.returned_at.data)
        return f"首次回访在{chinese_date(add_months(day, 6))}前后，满1年（{chinese_date(may_close_from(day))}）再次回访。"
