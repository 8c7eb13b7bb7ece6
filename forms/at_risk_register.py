"""易走失人员信息登记表（人员库） — whoever may get lost is on the register, looked at again every half-year. (P-54)"""

from collections.abc import Iterable, Iterator
from typing import Any

from forms.kit.blocks import SEXES
from forms.kit.chains import NOTED, Milestone
from forms.kit.effects import CaseFlagged, Effect, Needed, Settles, Starts, TaskOpened
from forms.kit.faces import Stamp, table_face
from forms.kit.facts import Facts
from forms.kit.fields import (
    ChoiceBox,
    DateBox,
    IdNumberBox,
    IntBox,
    LongTextBox,
    ManyBox,
    NameBox,
    PhoneBox,
    TextBox,
    when,
)
from forms.kit.homeward import SOURCE_CLAUSE, conditions_of, relative_of
from forms.kit.idnumbers import birth_date_of, sex_of
from forms.kit.paper import About, Genre, Paper, Section
from forms.kit.rules import Level, Problem, rule
from forms.kit.sheets import cells, fields, whole_row

RISKS = [
    ("mental", "精神障碍（含疑似）"), ("intellectual", "智力残疾"), ("dementia", "痴呆（认知障碍）"), ("physical", "肢体残疾"),
    ("often", "反复流浪乞讨"), ("minor", "未成年人失管"), ("elder", "高龄独居"), ("other", "其他"),
]  # fmt: skip
MEASURES = [
    ("visit", "定期探访"), ("carer", "明确看护人"), ("card", "联系卡、防走失手环"), ("locator", "定位设备"),
    ("treatment", "送医治疗、服药管理"), ("welfare", "纳入社会保障"), ("custody", "机构照料"),
]  # fmt: skip
STAYS, LEAVES = when("entry", "new", "review"), when("entry", "exit")


def _of_a_case(paper: Any) -> bool:
    """The entry is new and comes from a case: needs are assessed there (P-57)."""
    return paper.entry.data == "new" and bool(paper.case_no.data)


class AtRiskRegister(Paper):
    """易走失人员信息登记表, S0 三（二）2（6）: 随时更新辖区内易走失人员库 (R-71); written by the township or the county."""

    number, code, title = "P-54", "at_risk_register", "易走失人员信息登记表"
    genre, chain = Genre.FORM, NOTED
    clause = SOURCE_CLAUSE
    about, may_hang_on, thread_box = About.ORGAN, frozenset({About.CASE, About.RESIDENT}), "id_number"
    drafted_in = frozenset({"county_bureau", "county_station", "central_station", "township"})

    case_no = TextBox("救助编号", copied=True)
    entry = ChoiceBox(
        "登记事项", [("new", "新登记"), ("review", "半年复核"), ("exit", "移出人员库")], required=True
    )
    registered_on = DateBox("登记（复核）日期", required=True)
    name = NameBox("姓名", required=True)
    sex = ChoiceBox("性别", SEXES, required=True)
    id_number = IdNumberBox("公民身份号码", required=True, help="同一人的登记、复核、移出按此归并")
    birth_date = DateBox("出生日期", required=True)
    address = TextBox("住址", required=True, most=100, wide=True, help="写到村组、门牌")
    risks = ManyBox("风险类型", RISKS, required=True, wide=True)
    times = IntBox("走失（流浪）次数", required=True, most=99, unit="次", help="没有走失过的填0")
    last_on = DateBox("最近一次走失", shown_when=STAYS)
    places = TextBox("常去地点、走失方向", most=100, shown_when=STAYS, wide=True)
    features = LongTextBox("体貌特征", required=True, least=5, most=200, shown_when=STAYS, help="供查找时辨认")
    guardian_name = NameBox("监护（看护）人", required=True, shown_when=STAYS)
    guardian_relation = TextBox("关系", required=True, most=20, shown_when=STAYS)
    guardian_phone = PhoneBox("联系电话", required=True, shown_when=STAYS)
    visitor = TextBox(
        "探访责任人", required=True, most=40, shown_when=STAYS, help="村（社区）干部、网格员，写姓名和电话"
    )
    measures = ManyBox("防走失措施", MEASURES, required=True, shown_when=STAYS, wide=True)
    needs = LongTextBox("困难需求", most=200, shown_when=STAYS)
    exit_reason = TextBox("移出理由", required=True, least=5, most=100, shown_when=LEAVES, wide=True)

    sections = (
        Section("登记", ("case_no", "entry", "registered_on")),
        Section("人员", ("name", "sex", "id_number", "birth_date", "address", "risks", "times", "last_on", "places",
                        "features")),
        Section("看护", ("guardian_name", "guardian_relation", "guardian_phone", "visitor", "measures", "needs",
                        "exit_reason")),
    )  # fmt: skip
    checklist = (Needed("photo", "本人近照", required=False, least_width=300, note="走失时用于查找"),)
    starts = (
        Starts("at_risk_review_due", Milestone.COMPLETED, "registered_on", shown_when=STAYS),
        Starts(
            "needs_assessment_due", Milestone.COMPLETED, "registered_on", owner="county", shown_when=_of_a_case
        ),
    )
    settles = (Settles("at_risk_review_due", Milestone.COMPLETED, at="registered_on"),)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest the entry before, else what the case or the file of the resident tells."""
        before = facts.latest(cls.code)
        if before is not None:
            return {**before.answers, "entry": "review", "registered_on": facts.today}
        known = {"entry": "new", "registered_on": facts.today}
        if (resident := facts.resident) is not None:
            names = ("guardian_name", "guardian_relation", "guardian_phone")
            return {
                **known,
                "name": resident.name,
                "sex": resident.sex,
                "id_number": resident.id_number,
                "birth_date": resident.birth_date,
                "address": f"{resident.village}{resident.answers.get('address', '')}",
                "risks": [key for key in ("mental", "intellectual") if key in resident.categories],
                **{name: resident.answers.get(name, "") for name in names},
            }
        person, kin = facts.person, relative_of(facts)
        if not person.case_no:
            return known
        often = ["often"] if facts.admissions_12_months > 1 else []
        return {
            **known,
            "name": person.name,
            "sex": person.sex,
            "id_number": person.id_number,
            "birth_date": person.birth_date,
            "address": person.hukou_address,
            "risks": [*(key for key in conditions_of(facts) if key != "none"), *often],
            "times": facts.admissions_12_months,
            "features": facts.case.get("features", ""),
            "guardian_name": kin.get("relative_name", ""),
            "guardian_relation": kin.get("relation", ""),
            "guardian_phone": kin.get("relative_phone", ""),
        }

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Name the case the entry comes from."""
        return {"case_no": facts.person.case_no}

    @rule("R-71", clause="GB 11643-1999")
    def identity_agrees(self, facts: Facts) -> Iterator[Problem]:
        """出生日期、性别与公民身份号码一致；日期不晚于今天."""
        for box in (self.registered_on, self.birth_date, self.last_on):
            if box.shown(self) and box.data and box.data > facts.today:
                yield Problem(f"{box.label.text}不能晚于今天", box.name)
        number = self.id_number.data or ""
        if not number or list(self.id_number.check()):
            return
        if self.birth_date.data and self.birth_date.data != birth_date_of(number):
            yield Problem("出生日期与公民身份号码不一致，请核对", "birth_date")
        if self.sex.data and self.sex.data != sex_of(number):
            yield Problem("性别与公民身份号码第17位不一致，请核对", "sex")

    @rule("R-71", clause=SOURCE_CLAUSE, level=Level.WARN)
    def entries_follow_each_other(self, facts: Facts) -> Iterator[Problem]:
        """已登记的办理复核或者移出，不重复登记."""
        before = facts.latest(self.code)
        inside = before is not None and before.answers.get("entry") != "exit"
        if self.entry.data == "new" and inside:
            yield Problem("该人员已在人员库中，请选“半年复核”；确需重新登记的请说明", "entry")

    @rule("R-71", clause=SOURCE_CLAUSE, level=Level.WARN)
    def a_thin_watch_is_explained(self, facts: Facts) -> Iterator[Problem]:
        """反复流浪人员除探访外还须有其他措施."""
        if self.measures.shown(self) and "often" in (self.risks.data or []) and self.measures.data == ["visit"]:
            yield Problem("反复流浪乞讨人员仅定期探访不够，请补充看护、治疗或者保障措施，或者说明原因", "measures")

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """From a case: the file shows 重点关注; needs are to be assessed."""
        if on is not Milestone.COMPLETED or not facts.person.case_no or self.entry.data == "exit":
            return
        yield CaseFlagged("focus", f"已列入易走失人员库：{self.risks.printed}")
        if self.entry.data == "new" and facts.issued("needs_assessment") is None:
            why = "已列入易走失人员库，请评估困难和需求，提出帮扶建议"
            yield TaskOpened("needs_assessment", "county", why, "R-71")

    def heading(self, facts: Facts) -> str:
        """Name the person and what happens to the entry."""
        return f"{self.title}（{self.name.data}，{self.entry.printed}）" if self.name.data else self.title

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print the card of one person."""
        face = table_face(self, facts, stamp)
        who = ["entry", "registered_on", "case_no", "name", "sex", "birth_date", "id_number", "address"]
        watch = [
            "guardian_name",
            "guardian_relation",
            "guardian_phone",
            "visitor",
            "measures",
            "needs",
            "exit_reason",
        ]
        risk = ["risks", "times", "last_on", "places"]
        look = [whole_row("体貌特征", self.features.printed)] if self.features.shown(self) else []
        person = fields("人员", cells(self, [name for name in who if not self[name].empty]))
        face["blocks"] = [
            {**person, "photo": facts.photo} if facts.photo else person,
            fields("走失风险", cells(self, [name for name in risk if not self[name].empty]), look),
            fields("看护", cells(self, [name for name in watch if not self[name].empty])),
        ]
        face["foot"] = [["登记人", stamp.names.get("draft", "")], ["登记日期", self.registered_on.printed]]
        return face
