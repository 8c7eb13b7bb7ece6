"""监护督促（训诫）及监护人变更事项表 — urging, admonition, temporary guardian; only a court revokes guardianship. (P-72)"""

from collections.abc import Iterable, Iterator
from typing import Any

from forms.kit.chains import DECIDED_ABOVE, Milestone
from forms.kit.effects import Effect, Needed, ProblemAnswered, ResidentChanged
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, LongTextBox, ManyBox, NameBox, TextBox, YesNoBox, when
from forms.kit.guardians import (
    ASSESSMENT,
    CENTRAL,
    CHANGE,
    ResidentPaper,
    dispersed,
    failing_basis,
    guardian_boxes,
    guardian_of,
    named_with_relation,
    open_guardian_problems,
)
from forms.kit.paper import Addressee, Section
from forms.kit.rules import Level, Problem, rule
from forms.kit.sheets import cells, fields, ink, whole_row
from forms.kit.wording import closed

CLAUSE = "S4 二（二）、二（三）4；民法典第31、36条"
GROUNDS = [
    ("not_performing", "监护人不履行监护职责"),
    ("unable", "监护人无监护能力"),
    ("harm", "监护人实施侵害"),
    ("refused_treatment", "监护人不同意送医治疗"),
    ("dispute", "对监护人的确定有争议"),
    ("none", "没有监护人"),
]
MEASURES = [
    ("urge", "督促履行监护职责"),
    ("admonish", "训诫"),
    ("temporary", "安排临时监护人"),
    ("designate", "指定监护人（有争议时）"),
    ("court", "向人民法院申请撤销监护人资格"),
    ("revoked", "登记人民法院撤销监护人资格的判决"),
]
DUTIES = [
    ("life", "照料日常生活，保障衣食住"),
    ("treatment", "送医治疗，按时服药随访"),
    ("home_care", "居家看护，防止走失和伤害"),
    ("school", "保障接受义务教育"),
    ("property", "妥善管理财产和救助款物"),
    ("no_harm", "不得打骂、关锁、遗弃"),
]
BODIES = [("committee", "村（居）民委员会"), ("organisation", "法律规定的有关组织"), ("civil_affairs", "民政部门")]
URGED, NAMED = when("measure", "urge", "admonish"), when("measure", "temporary", "designate")
COURT, REVOKED = when("measure", "court", "revoked"), when("measure", "revoked")
#: Measures that give the person a guardian: the problem on the list is answered.
SETTLING = frozenset({"temporary", "designate", "revoked"})
#: What the new guardian is to the person, where only a name is given.
RELATIONS = {"temporary": "临时监护人", "designate": "指定监护人", "revoked": "新监护人"}


class GuardianChange(ResidentPaper):
    """监护督促（训诫）及监护人变更事项表, S4 二（二）、二（三）4: the township proposes, the county decides (R-83, A-21)."""

    number, code, title = "P-72", CHANGE, "监护督促（训诫）及监护人变更事项表"
    clause = CLAUSE
    chain, addressee = DECIDED_ABOVE, Addressee.COUNTY_BUREAU
    drafted_in = frozenset({"township", "county_bureau"})

    guardian_name, guardian_relation, guardian_phone = guardian_boxes()
    ground = ManyBox("事由", GROUNDS, required=True, wide=True)
    situation = LongTextBox("事实经过", required=True, least=10, most=500, help="时间、地点、经过、谁发现的")
    earlier = LongTextBox("已采取的措施", most=300, help="走访、劝导、报警等")
    measure = ChoiceBox(
        "措施", MEASURES, required=True, wide=True,
        help="撤销监护人资格只能由人民法院判决，乡镇（街道）和民政部门可以督促、训诫、安排临时监护人、指定监护人",
    )  # fmt: skip
    duties = ManyBox("应尽职责", DUTIES, required=True, wide=True, shown_when=URGED)
    rectify_by = DateBox("改正期限", required=True, shown_when=URGED)
    body = ChoiceBox("作出安排的单位", BODIES, required=True, shown_when=NAMED, wide=True)
    disputed = YesNoBox("对监护人的确定有争议", required=True, shown_when=when("measure", "designate"))
    new_guardian = TextBox(
        "新监护人", required=True, most=60, shown_when=when("measure", "temporary", "designate", "revoked"),
        help="包括临时监护人。个人写姓名和与本人关系；临时监护人可以是村（居）民委员会、有关组织、民政部门",
    )  # fmt: skip
    new_guardian_agrees = YesNoBox(
        "监护人意见已征求", required=True, shown_when=NAMED, help="并按最有利于被监护人的原则确定"
    )
    effective_on = DateBox(
        "起始日期", required=True, shown_when=when("measure", "temporary", "designate", "revoked")
    )
    applicant = TextBox("申请人", required=True, most=60, shown_when=when("measure", "court"), wide=True,
                        help="其他依法具有监护资格的人，村（居）民委员会、学校、医疗机构、妇联、残联、民政部门等")  # fmt: skip
    court_name = TextBox("人民法院", required=True, least=6, most=40, shown_when=COURT)
    court_ruling_no = TextBox("判决文号", most=60, shown_when=REVOKED, help="如（2026）黔2727民特3号")
    ruled_on = DateBox("生效日期", required=True, shown_when=REVOKED)
    opinion = LongTextBox(
        "拟办意见", required=True, least=5, most=300, help="乡镇（街道）办理的，写乡镇（街道）意见"
    )
    signatory = NameBox("告知（送达）人")

    sections = (
        Section("被监护人", ResidentPaper.PERSON),
        Section("监护人和事由", ("guardian_name", "guardian_relation", "guardian_phone", "ground", "situation", "earlier")),
        Section("措施", ("measure", "duties", "rectify_by", "body", "disputed", "new_guardian", "new_guardian_agrees",
                        "effective_on", "applicant", "court_name", "court_ruling_no", "ruled_on")),
        Section("意见", ("opinion", "signatory")),
    )  # fmt: skip
    checklist = (
        Needed("police_record", "公安机关告诫、训诫、出警记录", required=False, dated=True),
        Needed("assessment", "监护评估报告", required=False, note="系统中已登记的不必上传"),
        Needed("court_ruling", "人民法院判决书", shown_when=REVOKED, dated=True),
        Needed("consent", "被安排人同意书、村（居）民委员会意见", required=False, shown_when=NAMED),
        Needed("signed_notice", "监护人签收（拒签记录）", required=False, after_issue=True),
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest guardian and ground from the file, and to urge first."""
        state = str((facts.resident.answers if facts.resident else {}).get("guardian_state", ""))
        found = facts.issued(ASSESSMENT)
        told = str(found.answers.get("finding", "")) if found else state
        return {
            **guardian_of(facts),
            "ground": [told] if told in dict(GROUNDS) else [],
            "measure": "urge",
            "duties": ["life", "home_care"],
        }

    @rule("R-83", clause="S4 二（二）；民法典第36条；A-21")
    def only_a_court_revokes(self, facts: Facts) -> Iterator[Problem]:
        """撤销监护人资格须有人民法院的判决."""
        if self.measure.data == "revoked" and not self.court_ruling_no.data:
            yield Problem(
                "撤销监护人资格只能由人民法院判决，没有判决书文号不能登记",
                "court_ruling_no",
                remedy="可以先选督促、训诫、安排临时监护人，或者选“向人民法院申请撤销监护人资格”",
            )
        ruled, begins = self.ruled_on.data, self.effective_on.data
        if self.ruled_on.shown(self) and ruled and ruled > facts.today:
            yield Problem("判决生效日期不能晚于今天", "ruled_on")
        if self.ruled_on.shown(self) and ruled and begins and begins < ruled:
            yield Problem("起始日期不能早于判决生效日期", "effective_on")

    @rule("R-83", clause=CLAUSE)
    def failing_is_shown_first(self, facts: Facts) -> Iterator[Problem]:
        """训诫、临时监护、指定监护和申请撤销，以监护评估或者公安机关记录为依据."""
        shown = failing_basis(facts, "police_record", "assessment")
        if self.measure.data in {"admonish", "temporary", "designate", "court"} and not shown:
            yield Problem(
                "还没有监护评估报告或者公安机关记录，不能采取这项措施",
                "measure",
                remedy="请登记监护评估报告，或者上传公安机关记录；仅督促履行职责的不须评估",
                remedy_paper=ASSESSMENT,
            )

    @rule("R-83", clause="民法典第31条")
    def designation_settles_a_dispute(self, facts: Facts) -> Iterator[Problem]:
        """对监护人的确定有争议的，才由村（居）民委员会或者民政部门指定."""
        if self.measure.data != "designate":
            return
        if self.disputed.data == "no":
            yield Problem(
                "对监护人的确定没有争议的，不须指定，由依法具有监护资格的人协议确定", "disputed",
                remedy="紧急情况下无人照料的，请选“安排临时监护人”",
            )  # fmt: skip
        if self.body.data == "organisation":
            yield Problem("指定监护人由被监护人住所地的村（居）民委员会或者民政部门作出，请改选", "body")

    @rule("R-83", clause="民法典第31、36条")
    def the_new_guardian_is_another(self, facts: Facts) -> Iterator[Problem]:
        """新监护人不是原监护人，并征求其意见；起始、改正日期合理."""
        if self.new_guardian.shown(self) and self.guardian_name.data and self.guardian_name.data in (
            self.new_guardian.data or ""
        ):  # fmt: skip
            yield Problem("新的（临时）监护人不能是原监护人", "new_guardian")
        if self.new_guardian_agrees.shown(self) and self.new_guardian_agrees.data == "no":
            yield Problem("请先征求被安排人的意见", "new_guardian_agrees")
        if self.rectify_by.shown(self) and self.rectify_by.data and self.rectify_by.data < facts.today:
            yield Problem("改正期限不能早于今天", "rectify_by")

    @rule("R-86", clause="S4 二（二）")
    def a_refusal_of_treatment_means_care_at_home(self, facts: Facts) -> Iterator[Problem]:
        """不同意送医治疗的，由乡镇（街道）督促监护人履行居家看护责任."""
        urged = self.measure.data in {"urge", "admonish"}
        if (
            "refused_treatment" in (self.ground.data or ())
            and urged
            and "home_care" not in (self.duties.data or ())
        ):
            yield Problem("监护人不同意送医治疗的，应督促其履行居家看护责任，请勾选“居家看护”", "duties")

    @rule("R-81", clause="S4 二（三）3；未成年人保护法第11条")
    def harm_is_reported_first(self, facts: Facts) -> Iterator[Problem]:
        """监护人实施侵害的，先向公安机关报告."""
        if "harm" in (self.ground.data or ()) and facts.latest("mandatory_report") is None:
            yield Problem(
                "监护人实施侵害的，须立即报告公安机关",
                "ground",
                remedy="请先报出《强制报告单》，不须审批",
                remedy_paper="mandatory_report",
            )

    @rule("R-82", clause="S4 二（二）", level=Level.NOTE)
    def dispersed_support_becomes_central(self, facts: Facts) -> Iterator[Problem]:
        """监护人无监护能力的分散供养特困人员，立即转为集中供养."""
        if dispersed(facts) and "unable" in (self.ground.data or ()):
            yield Problem(
                "该人员是分散供养特困人员，监护人无监护能力的，应立即转为集中供养", "ground", remedy_paper=CENTRAL
            )

    @rule("R-83", clause="S4 二（二）", level=Level.WARN)
    def urging_comes_before_the_court(self, facts: Facts) -> Iterator[Problem]:
        """督促后拒不改正的，再申请撤销；情况紧急的说明理由."""
        urged = any(doc.live for doc in facts.papers.get(CHANGE, ()))
        if self.measure.data == "court" and not urged and "harm" not in (self.ground.data or ()):
            yield Problem("案卷中没有督促、训诫记录，直接申请撤销的请说明理由", "measure")

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """Decided: where the person has a guardian again, the file names them and the problem on the list is answered."""
        keys = open_guardian_problems(facts)
        if on is not Milestone.COMPLETED or self.measure.data not in SETTLING:
            return
        name, relation = named_with_relation(self.new_guardian.data or "")
        # How the new guardian does, and where to reach them, the village asks at its next visit.
        unknown = {"guardian_phone": "", "guardian_state": ""}
        yield ResidentChanged(
            {"guardian_name": name, "guardian_relation": relation or RELATIONS[self.measure.data], **unknown}
        )
        if keys:
            yield ProblemAnswered(keys, "rectified", f"{self.measure.printed}：{self.new_guardian.printed}")

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print facts, the measure in the words of the law, and who signs for it."""
        guardian = ["guardian_name", "guardian_relation", "guardian_phone", "ground"]
        taken = ["measure", "duties", "rectify_by", "body", "new_guardian", "effective_on", "applicant", "court_name",
                 "court_ruling_no", "ruled_on"]  # fmt: skip
        kept = [name for name in taken if not self[name].empty]
        done = [whole_row("已有措施", self.earlier.printed)] if self.earlier.data else []
        blocks = [
            fields("监护人和事由", cells(self, guardian), [whole_row("事实经过", self.situation.printed)], done),
            fields("措施", cells(self, kept)),
            {"kind": "statement", "text": self._words(facts)},
            fields(
                "意见",
                [whole_row("乡镇意见" if facts.issuer.kind == "township" else "拟办意见", self.opinion.printed)],
            ),
            ink("监护人（签名）", "告知（送达）人", "村（居）委会见证人"),
        ]
        township = facts.issuer.kind == "township"  # the county may write it itself
        own = "乡镇负责人" if township else "负责人"
        words = {"draft": "经办人", "own": own, "check_above": "县级审核人", "decide": "县级审批人"}
        return self.sheet(facts, stamp, blocks, words)

    def _words(self, facts: Facts) -> str:
        who, ward = self.guardian_name.printed, facts.resident.name if facts.resident else ""
        new, day, court = self.new_guardian.printed, self.effective_on.printed, self.court_name.printed
        failing = closed(self.ground.printed)
        duties = "；".join(self.duties.label_of(key) for key in self.duties.data or ())
        return {
            "urge": f"{who}：经查，你作为{ward}的监护人，存在{failing}的情形。依照《中华人民共和国民法典》第三十四条，"
            f"请于{self.rectify_by.printed}前切实履行下列职责：{duties}。逾期不改正的，将依法处理。",
            "admonish": f"{who}：经查，你作为{ward}的监护人，存在{failing}的情形，现予以训诫。请于{self.rectify_by.printed}前改正，"
            f"切实履行下列职责：{duties}。拒不改正的，将由有关个人或者组织依法向人民法院申请撤销监护人资格。",
            "temporary": f"依照《中华人民共和国民法典》第三十一条、第三十六条，自{day}起由{new}担任{ward}的临时监护人，"
            "履行临时监护职责。原监护人的监护人资格非经人民法院判决不予撤销。",
            "designate": f"因对监护人的确定有争议，依照《中华人民共和国民法典》第三十一条，由{self.body.printed}指定{new}自{day}起"
            f"担任{ward}的监护人。有关当事人对指定不服的，可以依法向人民法院申请指定监护人。",
            "court": f"依照《中华人民共和国民法典》第三十六条，由{self.applicant.printed}向{court}申请撤销{who}对{ward}的监护人资格，"
            "并申请按照最有利于被监护人的原则指定监护人。判决前，原监护人资格不变。",
            "revoked": f"{court}以{self.court_ruling_no.printed}判决书撤销{who}对{ward}的监护人资格，判决于{self.ruled_on.printed}生效，"
            f"自{day}起由{new}担任监护人。依法负担抚养费、赡养费、扶养费的，应当继续履行负担的义务。",
        }.get(str(self.measure.data), "")
