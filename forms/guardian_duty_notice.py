"""监护责任告知督促书 — told to the family with the police when somebody comes home: their duty, and what refusing means. (P-53)"""

from collections.abc import Iterable, Iterator
from typing import Any

from forms.kit.blocks import contact_boxes, latest_contact
from forms.kit.chains import STANDARD, Milestone
from forms.kit.effects import Effect, Needed, Settles, TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, LongTextBox, ManyBox, NameBox, PhoneBox, TextBox, YesNoBox, when
from forms.kit.homeward import SOURCE_CLAUSE, handed_over, identity_problems, relative_of, returned_on
from forms.kit.paper import Genre, Paper, Section
from forms.kit.rules import Level, Problem, rule
from forms.kit.timespan import chinese_date
from forms.kit.wording import closed, first_organ, our_office
from forms.kit.workdays import SHANGHAI

DUTIES = [
    ("life", "照料日常生活，保障衣食住"),
    ("treatment", "及时送医治疗，按时服药随访"),
    ("watch", "加强看护，防止再次走失或者外出流浪"),
    ("school", "保障接受义务教育"),
    ("support", "按时足额支付扶养（抚养、赡养）费"),
    ("revisit", "配合救助管理机构每半年一次的回访"),
]
REFUSED, JOINT = when("attitude", "refused"), when("with_police", "yes")
LAW = (
    "依照《中华人民共和国民法典》的规定，父母对未成年子女负有抚养、教育和保护的义务，成年子女对父母负有赡养、扶助和保护的义务，"
    "夫妻有相互扶养的义务；监护人应当保护被监护人的人身权利、财产权利以及其他合法权益。"
)
CONSEQUENCE = (
    "无正当理由拒不履行的，由公安机关予以批评教育；构成遗弃等违法犯罪的，依法追究法律责任；"
    "有关个人和组织可以依法向人民法院申请撤销监护人资格，被撤销的仍须继续负担扶养（抚养、赡养）费用。"
)


class GuardianDutyNotice(Paper):
    """监护责任告知督促书, S0 三（二）2（6）: 联合公安机关教育督促返乡受助人员监护人或近亲属履行义务 (R-72)."""

    number, code, title = "P-53", "guardian_duty_notice", "监护责任告知督促书"
    genre, chain = Genre.FORM, STANDARD
    clause = f"{SOURCE_CLAUSE}；民发〔2014〕132号"

    guardian_name = NameBox("被告知人", required=True, help="监护人或者近亲属，一人一书")
    relation = TextBox("与受助人员关系", required=True, most=20, help="如父亲、儿子、配偶")
    guardian_phone = PhoneBox("联系电话")
    guardian_address = TextBox("住址", required=True, most=100, wide=True)
    returned = DateBox("返乡日期", copied=True)
    attitude = ChoiceBox(
        "照料意愿",
        [("willing", "愿意照料"), ("difficult", "愿意照料，但有困难"), ("refused", "拒绝照料")],
        required=True,
        wide=True,
    )
    refusal = LongTextBox("拒绝照料的情况", required=True, least=5, most=200, shown_when=REFUSED)
    duties = ManyBox("应履行的责任", DUTIES, required=True, wide=True)
    with_police = YesNoBox("会同公安机关", required=True)
    police_unit = TextBox(
        "公安机关", required=True, least=4, most=40, shown_when=JOINT, help="如“平塘县公安局通州派出所”"
    )
    police_officer = TextBox("民警", required=True, most=40, shown_when=JOINT)
    told_how = ChoiceBox(
        "告知方式",
        [("face", "当面告知并签收"), ("mail", "邮寄送达"), ("video", "视频告知并留存记录")],
        required=True,
        wide=True,
    )
    contact_name, contact_phone = contact_boxes()

    sections = (
        Section("被告知人", ("guardian_name", "relation", "guardian_phone", "guardian_address")),
        Section("告知内容", ("returned", "attitude", "refusal", "duties")),
        Section(
            "告知", ("with_police", "police_unit", "police_officer", "told_how", "contact_name", "contact_phone")
        ),
    )
    checklist = (
        Needed("receipt", "签收回执（扫描）", required=False, after_issue=True),
        Needed("record", "拒签、视频告知记录", required=False, after_issue=True),
    )
    settles = (Settles("guardian_duty_notice_due", Milestone.SENT),)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest who took the person in, and the duties everybody has."""
        kin, sheet = relative_of(facts), handed_over(facts)
        home = dict(sheet.answers) if sheet else {}
        police = facts.county.get("police")
        minor = facts.person.minor_on(facts.today)
        return {
            "guardian_name": home.get("receiver_name")
            or home.get("collector_name")
            or kin.get("relative_name", ""),
            "relation": home.get("receiver_relation") or home.get("collector_relation") or kin.get("relation", ""),
            "guardian_phone": home.get("receiver_phone")
            or home.get("collector_phone")
            or kin.get("relative_phone", ""),
            "guardian_address": home.get("home_address") or facts.person.hukou_address,
            "attitude": "refused" if kin.get("relative_answer") == "refuse" else "willing",
            "duties": ["life", "watch", "revisit", *(["school"] if minor else [])],
            "with_police": "yes",
            "police_unit": police.name if police else "",
            "told_how": "face",
            **latest_contact(facts),
        }

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take the day of the return from the sheet of handover."""
        return {"returned": returned_on(facts)}

    @rule("R-72", clause=SOURCE_CLAUSE)
    def the_person_is_known(self, facts: Facts) -> Iterator[Problem]:
        """身份查明、亲属明确后才告知督促."""
        yield from identity_problems(facts, "guardian_name", "告知督促")
        if self.guardian_name.data and self.guardian_name.data == facts.person.name:
            yield Problem("被告知人是监护人（近亲属），不能填受助人员本人", "guardian_name")

    @rule("R-72", clause=f"{SOURCE_CLAUSE}；民发〔2014〕132号")
    def refusal_is_met_with_the_police(self, facts: Facts) -> Iterator[Problem]:
        """拒绝照料的，必须会同公安机关告知督促."""
        if self.attitude.data == "refused" and self.with_police.data == "no":
            yield Problem("监护人（近亲属）拒绝照料的，须会同公安机关告知督促，请联系公安机关", "with_police")

    @rule("R-72", clause=SOURCE_CLAUSE, level=Level.WARN)
    def usually_with_the_police(self, facts: Facts) -> Iterator[Problem]:
        """一般联合公安机关教育督促."""
        if self.with_police.data == "no" and self.attitude.data != "refused":
            yield Problem("一般应联合公安机关告知督促；单独告知的请说明", "with_police")

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """A family that is willing but in difficulty needs help, not only words."""
        if on is Milestone.SENT and self.attitude.data == "difficult" and not facts.issued("needs_assessment"):
            why = "监护人（近亲属）愿意照料但有困难，请评估需求，提出帮扶建议"
            yield TaskOpened("needs_assessment", "county", why, "R-72")

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Two parts on one sheet: the notice with its receipt, and the counterfoil that stays in the file."""
        day = chinese_date(stamp.signed_on) if stamp.signed_on else None
        joint = (
            [["会同公安机关", f"{self.police_unit.printed}　{self.police_officer.printed}"]] if JOINT(self) else []
        )
        return {
            "face": "notice",
            "title": self.title,
            "number": stamp.doc_no,
            "addressee": self.guardian_name.printed,
            "paragraphs": list(self._paragraphs(facts)),
            "issuer": facts.issuer.name,
            "date": day,
            "receipt": [
                ["被告知人（签名、捺印）", ""],
                *([["民警（签名）", ""]] if JOINT(self) else []),
                ["签收日期", "　　　　年　　月　　日"],
            ],
            "counterfoil": {
                "title": f"{self.title}（存根）",
                "rows": [
                    ["受助人员", f"{facts.person.display_name}（{facts.person.case_no}）"],
                    ["被告知人", f"{self.guardian_name.printed}（{self.relation.printed}）"],
                    ["住址", self.guardian_address.printed],
                    *joint,
                    ["告知方式", self.told_how.printed],
                    ["签发人", stamp.signer],
                ],
            },
            "seal": stamp.seal,
            "check": stamp.check,
            "void": stamp.void,
        }

    def _paragraphs(self, facts: Facts) -> Iterator[str]:
        person, we = facts.person, our_office(facts)
        admitted = chinese_date(person.admitted_at.astimezone(SHANGHAI).date()) if person.admitted_at else ""
        back = f"，并于{self.returned.printed}返乡" if self.returned.data else ""
        yield (
            f"{person.name}（{person.sex}，公民身份号码：{person.id_number}）于{admitted}由{first_organ(facts)}救助{back}。"
            f"你系其{self.relation.printed}。"
        )
        duties = "；".join(self.duties.label_of(key) for key in self.duties.data or ())
        yield f"{LAW}请你履行下列责任：{duties}。"
        refused = f"经查，你{closed(self.refusal.data)}。" if REFUSED(self) and self.refusal.data else ""
        yield f"{refused}{CONSEQUENCE}"
        yield (
            f"在照料中有生活、治疗等困难的，可以向乡镇人民政府（街道办事处）或者{we}反映"
            f"（联系人：{self.contact_name.printed}，联系电话：{self.contact_phone.printed}）。"
        )
