"""残疾评定对接单 — the township hands a person over to the disabled persons' federation, with consent. (P-74)"""

from collections.abc import Iterable, Iterator
from typing import Any

from forms.kit.chains import FORM, Milestone
from forms.kit.effects import Effect, Needed, ProblemAnswered
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, LongTextBox, ManyBox, PhoneBox, TextBox, YesNoBox, when
from forms.kit.groups import DISABILITIES, GRADES, still_open
from forms.kit.guardians import ResidentPaper, guardian_of
from forms.kit.paper import Section
from forms.kit.rules import Problem, rule
from forms.kit.sheets import cells, fields, ink, whole_row

CLAUSE = "S4 二（一）、二（二）"
GIVEN, RATED = when("consent", "guardian", "self"), when("result", "rated")
#: Problems of the list that an assessment answers.
UNRATED = frozenset({"疑似未评残"})


class DisabilityAssessmentReferral(ResidentPaper):
    """残疾评定对接单, S4 二（二）: 经监护人同意后，及时对接残联帮助申请残疾鉴定 (R-84)."""

    number, code, title = "P-74", "disability_assessment_referral", "残疾评定对接单"
    clause = CLAUSE
    chain = FORM
    drafted_in = frozenset({"township", "county_bureau"})
    copies = "一式两份（残联、存档）"

    reason = ChoiceBox(
        "对接事由",
        [("suspected", "疑似残疾，未评定"), ("expired", "残疾证到期未换"), ("changed", "残疾加重，需重新评定")],
        required=True,
        wide=True,
    )
    kinds = ManyBox("残疾类别", DISABILITIES, required=True, wide=True)
    situation = LongTextBox("基本情况", required=True, least=10, most=300, help="表现、病史、治疗、已有证件")
    home_visit = YesNoBox("需入户评定", required=True, help="重残等不能自行到场的")
    consent = ChoiceBox(
        "同意情况",
        [("guardian", "监护人同意"), ("self", "本人同意"), ("none", "未取得同意")],
        required=True,
        wide=True,
    )
    capable = YesNoBox("本人能够表达意愿", required=True, shown_when=when("consent", "self"))
    consent_by = TextBox("同意人", required=True, most=30, shown_when=GIVEN)
    consent_on = DateBox("同意日期", required=True, shown_when=GIVEN)
    guardian_phone = PhoneBox("联系电话", required=True)
    federation = TextBox("对接残联", required=True, least=4, most=40)
    handed_on = DateBox("对接日期", required=True)
    result = ChoiceBox(
        "对接结果",
        [("pending", "已受理，待评定"), ("rated", "已评定"), ("not", "不符合评定标准")],
        required=True,
        wide=True,
    )
    rated_on = DateBox("评定日期", required=True, shown_when=RATED)
    grade = ChoiceBox("残疾等级", GRADES, required=True, shown_when=RATED)
    card_until = DateBox("证件有效期至", shown_when=RATED)

    sections = (
        Section("对象", ResidentPaper.PERSON),
        Section("事由", ("reason", "kinds", "situation", "home_visit")),
        Section("同意", ("consent", "capable", "consent_by", "consent_on", "guardian_phone"),
                "没有监护人（有能力的本人）同意，不能对接评定"),
        Section("对接", ("federation", "handed_on", "result", "rated_on", "grade", "card_until")),
    )  # fmt: skip
    checklist = (
        Needed("consent", "同意书（签名、捺印）", shown_when=GIVEN),
        Needed("records", "病历、诊断材料", required=False),
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest why, what kind, and the federation of the county."""
        known = facts.resident.answers if facts.resident else {}
        guardian = guardian_of(facts)
        bureau = facts.county.get("county_bureau")
        return {
            "reason": "expired" if known.get("dis_card") == "expired" else "suspected",
            "kinds": known.get("dis_type", []),
            "consent_by": guardian["guardian_name"],
            "guardian_phone": guardian["guardian_phone"],
            "federation": f"{bureau.place}残疾人联合会" if bureau else "",
            "handed_on": facts.today,
            "result": "pending",
        }

    @rule("R-84", clause=CLAUSE)
    def consent_comes_first(self, facts: Facts) -> Iterator[Problem]:
        """经监护人同意（本人有能力的，经本人同意）后才对接评定."""
        if self.consent.data == "none":
            yield Problem(
                "没有取得监护人同意，不能对接残疾评定",
                "consent",
                remedy="请向监护人说明评定的好处并取得书面同意；监护人不履行职责的，可以督促",
                remedy_paper="guardian_change",
            )
        if self.capable.shown(self) and self.capable.data == "no":
            yield Problem("本人不能表达意愿的，须由监护人同意", "capable")

    @rule("R-84", clause=CLAUSE)
    def dates_run_forward(self, facts: Facts) -> Iterator[Problem]:
        """同意、对接、评定依次在后，都不晚于今天."""
        before, last = None, ""
        for box in (self.consent_on, self.handed_on, self.rated_on):
            day = box.data if box.shown(self) else None
            if day is None:
                continue
            if day > facts.today:
                yield Problem(f"{box.label.text}不能晚于今天", box.name)
            elif before and day < before:
                yield Problem(f"{box.label.text}不能早于{last}，请核对", box.name)
            before, last = day, box.label.text

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """Assessed, or found not to qualify: the problem on the list is answered."""
        keys = tuple(each.key for each in still_open(facts.findings) if each.kind in UNRATED)
        if on is Milestone.COMPLETED and keys and self.result.data in {"rated", "not"}:
            yield ProblemAnswered(
                keys, "rectified" if RATED(self) else "unfounded", f"残疾评定：{self.result.printed}"
            )

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print who agrees, what is asked, and room for the federation's receipt."""
        agreed = ["consent", "consent_by", "consent_on", "guardian_phone"]
        asked = ["federation", "handed_on", "result", "rated_on", "grade", "card_until"]
        blocks = [
            fields(
                "事由",
                cells(self, ["reason", "home_visit", "kinds"]),
                [whole_row("基本情况", self.situation.printed)],
            ),
            fields("同意", cells(self, [name for name in agreed if not self[name].empty])),
            fields("对接", cells(self, [name for name in asked if not self[name].empty])),
            ink("同意人（签名、捺印）", "残联接收人（签名）"),
        ]
        return self.sheet(facts, stamp, blocks, {"draft": "经办人", "check": "核对人"})
