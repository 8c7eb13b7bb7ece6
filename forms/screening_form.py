"""特殊群体排查情况表（附件1） — one person of the special groups, filled in at the door on a phone. (P-58)"""

from collections.abc import Iterable, Iterator
from typing import Any

from forms.kit import groups
from forms.kit.blocks import SEXES
from forms.kit.chains import CHECKED_ABOVE, Milestone
from forms.kit.effects import (
    ClocksCancelled,
    Effect,
    Needed,
    ProblemFound,
    ResidentRecorded,
    Settles,
    Starts,
    TaskOpened,
)  # fmt: skip
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.fields import (
    ChoiceBox,
    DateBox,
    IdNumberBox,
    LongTextBox,
    ManyBox,
    NameBox,
    PhoneBox,
    SelectBox,
    TextBox,
    YesNoBox,
    when,
)
from forms.kit.groups import FoundProblem, foot, still_open
from forms.kit.idnumbers import birth_date_of, sex_of  # fmt: skip
from forms.kit.paper import REASONS, About, Addressee, Paper, Section
from forms.kit.phrases import Phrase
from forms.kit.rows import RowsBox
from forms.kit.rules import Level, Problem, rule
from forms.kit.timespan import chinese_date, full_years

CLAUSE = "S4 二（一）"
ROUTINE = "routine"  # an update outside any campaign
MENTAL = when("category", "mental", "intellectual")
DISABLED = when("category", "disabled", "mental", "intellectual")
CARD = when("dis_card", "valid", "expired")
WARD = when("guardianship", "school", "minor", "adult")
GUARDED = (WARD, when("guardian_state", *(key for key, _ in groups.GUARDIAN_STATES if key != "none")))
UNCOVERED = when("welfare", "none")
DISPERSED = when("welfare", "tekun_dispersed")
#: What a monthly update asks anew instead of taking it from the last form.
_ANEW = frozenset({"problems_found", "visited_on", "needs", "measures", "campaign", REASONS})


class ScreeningForm(Paper):
    """特殊群体排查情况表, S4 二（一）附件1: 一人一档, 每月走访时更新."""

    number, code, title = "P-58", "screening_form", "特殊群体排查情况表"
    clause = CLAUSE
    chain, addressee = CHECKED_ABOVE, Addressee.TOWNSHIP
    drafted_in = frozenset({"village"})
    about, opens = About.RESIDENT, True

    campaign = SelectBox("排查批次", required=True, prints=False, wide=True)
    name = NameBox("姓名", required=True)
    household = ChoiceBox("户口", [("registered", "已登记"), ("unregistered", "未登记户口")], required=True)
    id_number = IdNumberBox("身份证号", required=True, shown_when=when("household", "registered"))
    sex = ChoiceBox("性别", SEXES, required=True)
    birth_date = DateBox("出生日期", required=True)
    phone = PhoneBox("电话")
    address = TextBox("住址", most=60, wide=True, help="村组、门牌")

    category = ManyBox("人员类别", groups.CATEGORIES, required=True, wide=True)
    suspected = YesNoBox("是否疑似", required=True, shown_when=MENTAL, help="还没有诊断或者评定残疾的，选“是”")
    dis_type = ManyBox("残疾类别", groups.DISABILITIES, required=True, shown_when=DISABLED)
    dis_card = ChoiceBox("残疾证", groups.CARDS, required=True, shown_when=DISABLED)
    dis_grade = ChoiceBox("残疾等级", groups.GRADES, required=True, shown_when=(DISABLED, CARD))
    dis_card_until = DateBox("残疾证有效期至", required=True, shown_when=(DISABLED, CARD))
    psych_followup = ChoiceBox("用药随访", groups.FOLLOWUPS, required=True, shown_when=when("category", "mental"))

    welfare = ManyBox("救助身份", groups.SUPPORTS, required=True, wide=True)
    not_covered_reason = ChoiceBox("未纳入原因", groups.NOT_COVERED, required=True, shown_when=UNCOVERED)
    not_covered_note = TextBox(
        "未纳入情况", most=100, shown_when=UNCOVERED, wide=True, help="哪项救助、缺什么材料、谁来协助申请"
    )

    guardianship = ChoiceBox("是否需要监护", groups.GUARDIANSHIPS, required=True, wide=True)
    school = ChoiceBox("就学情况", groups.SCHOOLING, required=True, shown_when=when("guardianship", "school"))
    guardian_state = ChoiceBox("监护情况", groups.GUARDIAN_STATES, required=True, shown_when=WARD)
    guardian_name = NameBox("监护人姓名", required=True, shown_when=GUARDED)
    guardian_relation = TextBox("与本人关系", required=True, most=10, shown_when=GUARDED)
    guardian_phone = PhoneBox("监护人电话", required=True, shown_when=GUARDED)
    carer = TextBox("实际照料人", most=30, help="与监护人不同的填写姓名和关系")

    living = ChoiceBox("居住情况", groups.LIVING, required=True)
    housing = ChoiceBox("住房安全", groups.HOUSING, required=True)
    harm = ManyBox(
        "疑似受侵害", [("none", "无"), *groups.HARMS], required=True, wide=True,
        help="发现任何一种情形，应立即报告公安机关，不等审核",
    )  # fmt: skip

    problems_found = RowsBox(
        "存在问题", FoundProblem, most=10, help="上面已选出的问题审核后自动列入问题清单，这里只写其他问题"
    )
    needs = LongTextBox("需求", most=200)
    measures = LongTextBox("已采取措施", most=200)
    last_visited_on = DateBox("上次走访", copied=True, prints=False)
    visited_on = DateBox("走访日期", required=True)
    visitor = NameBox("走访人", required=True)

    sections = (
        Section("基本信息", ("campaign", "name", "household", "id_number", "sex", "birth_date", "phone", "address")),
        Section("人员类别", ("category", "suspected", "dis_type", "dis_card", "dis_grade", "dis_card_until",
                            "psych_followup")),
        Section("社会救助", ("welfare", "not_covered_reason", "not_covered_note")),
        Section("监护和照料", ("guardianship", "school", "guardian_state", "guardian_name", "guardian_relation",
                              "guardian_phone", "carer")),
        Section("居住和安全", ("living", "housing", "harm")),
        Section("问题和走访", ("problems_found", "needs", "measures", "last_visited_on", "visited_on", "visitor")),
    )  # fmt: skip
    checklist = (Needed("scene", "走访照片", required=False),)

    told: frozenset[str] = frozenset()  # what the police have been told about this person already

    def report_reasons(self) -> dict[str, str]:
        """Return what must be told to the police at once and has not been yet (R-81): kind → words."""
        found = {key: self.harm.label_of(key) for key in self.harm.data or () if key != "none"}
        if self.guardian_state.shown(self) and self.guardian_state.data in groups.FAILING:
            found["no_guardian"] = f"监护情况为“{self.guardian_state.printed}”"
        if WARD(self) and self.living.data == "alone":
            found["alone"] = dict(groups.DANGERS)["alone"]
        return {key: words for key, words in found.items() if key not in self.told}

    def newest_visit(self) -> bool:
        """Tell whether no later visit is on file: only then does the next month's duty count from this one."""
        return self.last_visited_on.data is None or (self.visited_on.data or self.last_visited_on.data) >= (
            self.last_visited_on.data
        )

    starts = (
        Starts("mandatory_report_due", Milestone.SUBMITTED, "now", shown_when=report_reasons),
        Starts("screening_update_due", Milestone.COMPLETED, "visited_on"),
        Starts("monthly_visit_due", Milestone.COMPLETED, "visited_on", shown_when=newest_visit),
        Starts(
            "support_agreement_due", Milestone.COMPLETED, "agreement_by", owner="counterpart", shown_when=DISPERSED
        ),
    )
    settles = (
        Settles("screening_update_due", Milestone.COMPLETED, at="visited_on"),
        Settles("monthly_visit_due", Milestone.COMPLETED, at="visited_on", shown_when=newest_visit),
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Take everything but the findings of the day from the last form; else suggest only today."""
        known = facts.resident.answers if facts.resident else {"household": "registered"}
        return {
            **{box: value for box, value in known.items() if box not in _ANEW},
            "campaign": facts.campaigns[0].key if facts.campaigns else ROUTINE,
            "visited_on": facts.today,
        }

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take the last visit from the file."""
        return {"last_visited_on": facts.resident.visited_on if facts.resident else None}

    def offer(self, facts: Facts) -> None:
        """Offer the campaigns under way; remember what was reported of this person before."""
        self.campaign.offer([*((each.key, each.name) for each in facts.campaigns), (ROUTINE, "日常更新")])
        self.told = frozenset(
            kind
            for paper in facts.papers.get("mandatory_report", ())
            if paper.live
            for kind in paper.answers.get("harm", ())
        )

    # ---- law -----------------------------------------------------------------------------------------------------

    def _age(self) -> int | None:
        """The age on the day of the visit, so that a check weeks later judges the same."""
        born, seen = self.birth_date.data, self.visited_on.data
        return full_years(born, seen) if born and seen and born <= seen else None

    @rule("R-73", clause="GB 11643-1999")
    def identity_agrees(self, facts: Facts) -> Iterator[Problem]:
        """出生日期、性别须与身份证号一致，出生日期不晚于走访日期."""
        born, seen, number = self.birth_date.data, self.visited_on.data, self.id_number.data or ""
        if born and born > (seen or facts.today):
            yield Problem("出生日期不能晚于走访日期，请核对", "birth_date")
        if not self.id_number.shown(self) or not number or list(self.id_number.check()):
            return
        if born and born != birth_date_of(number):
            yield Problem("出生日期与身份证号不一致，请核对", "birth_date")
        if self.sex.data and self.sex.data != sex_of(number):
            yield Problem("性别与身份证号第17位不一致，请核对", "sex")

    @rule("R-74", clause=CLAUSE, level=Level.NOTE)
    def nobody_is_filed_twice(self, facts: Facts) -> Iterator[Problem]:
        """一人一档：本村已有姓名、性别、出生日期相同的，提示核对."""
        if facts.same_residents:
            yield Problem(
                Phrase(
                    "本村已有姓名、性别、出生日期相同的%(found)s，请核对是否同一人",
                    found="、".join(facts.same_residents),
                ),
                "name",
                remedy="是同一人的，请打开其档案更新，不要重复建档",
            )

    @rule("R-73", clause=CLAUSE)
    def categories_fit_the_person(self, facts: Facts) -> Iterator[Problem]:
        """留守儿童不满16周岁，留守老年人满60周岁，留守妇女为女性；精神、智力残疾不归入重度残疾人."""
        chosen, age = set(self.category.data or ()), self._age()
        if age is not None and "left_child" in chosen and age >= 16:
            yield Problem(f"留守儿童应不满16周岁，该人员{age}岁", "category", remedy="请改选其他类别")
        if age is not None and "left_elder" in chosen and age < 60:
            yield Problem(f"留守老年人应年满60周岁，该人员{age}岁", "category", remedy="请改选其他类别")
        if "left_woman" in chosen and self.sex.data == "男":
            yield Problem("留守妇女应为女性，请核对性别或者类别", "category")
        types = set(self.dis_type.data or ()) if self.dis_type.shown(self) else set()
        if "disabled" in chosen and types and types <= {"mental", "intellectual"}:
            yield Problem("重度残疾人不含精神、智力残疾", "category", remedy="请改选“精神残疾人”或者“智力残疾人”")
        for kind in ("mental", "intellectual"):
            if kind in types and kind not in chosen:
                words = self.category.label_of(kind)
                yield Problem(f"残疾类别含{self.dis_type.label_of(kind)}，人员类别还应选“{words}”", "category")

    @rule("R-73", clause=CLAUSE, level=Level.WARN)
    def categories_are_usual(self, facts: Facts) -> Iterator[Problem]:
        """留守妇女一般为20至59周岁，重度残疾人一般为一级、二级；不在此列的说明原因."""
        chosen, age = set(self.category.data or ()), self._age()
        first, last = (int(facts.settings.get(key, usual)) for key, usual in _WOMAN_AGES)
        if "left_woman" in chosen and age is not None and not first <= age <= last:
            yield Problem(f"留守妇女一般为{first}至{last}周岁，该人员{age}岁，请核对或者说明原因", "category")
        if "disabled" in chosen and self.dis_grade.shown(self) and self.dis_grade.data in {"3", "4"}:
            yield Problem(
                f"重度残疾人一般为一级、二级，现为{self.dis_grade.printed}，请核对或者说明原因", "dis_grade"
            )

    @rule("R-73", clause="民法典第27、28条")
    def guardianship_fits_the_person(self, facts: Facts) -> Iterator[Problem]:
        """未成年人、精神（智力）残疾人须填写监护情况；6至15岁的填写就学情况."""
        age, said = self._age(), self.guardianship.data
        if age is None or not said:
            return
        if 6 <= age <= 15 and said != "school":
            yield Problem(f"该人员{age}岁，“是否需要监护”应选“未成年，6至15岁”", "guardianship")
        elif age < 18 and not 6 <= age <= 15 and said != "minor":
            yield Problem(f"该人员{age}岁，“是否需要监护”应选“未成年，其他年龄”", "guardianship")
        elif age >= 18 and said in {"school", "minor"}:
            yield Problem(f"该人员{age}岁，已成年，请改选", "guardianship")
        elif said == "no" and MENTAL(self):
            yield Problem("精神（智力）残疾人须填写监护情况", "guardianship")

    @rule("R-73", clause=CLAUSE)
    def answers_do_not_contradict(self, facts: Facts) -> Iterator[Problem]:
        """“无”不与其他选项同选；特困分散、集中只选一种；证件、居住与所填一致."""
        for box in (self.welfare, self.harm):
            if "none" in (box.data or ()) and len(box.data) > 1:
                yield Problem(f"“{box.label.text}”选了“无”，不能再选其他", box.name)
        if {"tekun_dispersed", "tekun_central"} <= set(self.welfare.data or ()):
            yield Problem("特困分散供养和集中供养只能选一种", "welfare")
        until, seen = self.dis_card_until.data, self.visited_on.data
        if (
            self.dis_card_until.shown(self)
            and until
            and seen
            and (until < seen) != (self.dis_card.data == "expired")
        ):
            yield Problem(f"残疾证{self.dis_card.printed}，与有效期不一致，请核对", "dis_card_until")
        if self.living.data == "with_guardian" and (
            self.guardianship.data == "no" or (WARD(self) and self.guardian_state.data == "none")
        ):
            yield Problem("没有监护人（或者不需要监护），居住情况不能选“与监护人同住”", "living")

    @rule("R-74", clause=CLAUSE)
    def visits_run_forward(self, facts: Facts) -> Iterator[Problem]:
        """走访日期不晚于今天，不早于上次更新."""
        seen, before = self.visited_on.data, facts.resident.updated_on if facts.resident else None
        if seen and seen > facts.today:
            yield Problem("走访日期不能晚于今天，请核对", "visited_on")
        elif seen and before and seen < before:
            yield Problem(
                f"档案已按{chinese_date(before)}的情况更新，不能再用更早的情况覆盖",
                "visited_on",
                remedy="补记当时的走访，请填写《月度走访记录》",
                remedy_paper="monthly_visit",
            )

    @rule("R-81", clause="S4 二（三）3；未成年人保护法第11条", level=Level.NOTE)
    def police_come_first(self, facts: Facts) -> Iterator[Problem]:
        """发现疑似侵害、监护缺失或者脱离监护独居的，立即报告公安机关."""
        if reasons := self.report_reasons():
            yield Problem(
                f"{'、'.join(reasons.values())}：请立即报警，提交后填写《强制报告单》，24小时内须报出",
                "harm" if set(reasons) & {key for key, _ in groups.HARMS} else "guardian_state",
                remedy_paper="mandatory_report",
            )

    @rule("R-82", clause="S4 二（二）", level=Level.NOTE)
    def moves_to_central_support(self, facts: Facts) -> Iterator[Problem]:
        """监护人无监护能力的分散供养特困人员，立即转为集中供养."""
        if self.needs_central_support():
            yield Problem(
                "监护人无监护能力的分散供养特困人员，审核后由乡镇（街道）办理转集中供养", "guardian_state"
            )

    @rule("R-76", clause=CLAUSE, level=Level.NOTE)
    def problems_go_on_the_list(self, facts: Facts) -> Iterator[Problem]:
        """所选情形中的问题，审核后列入问题清单."""
        if found := self.signs(facts):
            yield Problem(f"审核后自动列入问题清单：{'、'.join(dict.fromkeys(kind for kind, _ in found))}")

    def needs_central_support(self) -> bool:
        """R-82: dispersed support, and the guardian has no capacity."""
        return self.guardian_state.shown(self) and self.guardian_state.data == "unable" and DISPERSED(self)

    def signs(self, facts: Facts) -> list[tuple[str, str]]:
        """Return the problems the answers themselves tell, unless typed as a line or already on the list: kind, detail."""
        typed = {row.kind.data for row in self.problems_found.rows}
        known = still_open(facts.findings) if facts.resident else []
        listed = {(each.kind, each.detail) for each in known}
        kinds = typed | {kind for kind, _ in listed if kind != "其他"}
        return [sign for sign in groups.told_problems(self) if sign[0] not in kinds and sign not in listed]

    # ---- consequences ----------------------------------------------------------------------------------------------

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """Harm is reported on submitting, nothing waits for the township; checked, the file and the list follow."""
        if on is Milestone.SUBMITTED and (reasons := self.report_reasons()):
            why = f"{self.name.data}：{'、'.join(reasons.values())}，请立即报告公安机关"
            yield TaskOpened("mandatory_report", "issuer", why, "R-81")
        if on is not Milestone.COMPLETED or self.visited_on.data is None:
            return
        yield ResidentRecorded(self._columns(facts), self.visited_on.data)
        typed = [
            (row.kind.data, row.detail.data, row.measure.data, row.owner_name.data)
            for row in self.problems_found.rows
        ]
        for kind, detail, measure, owner in [*typed, *((*sign, "", "") for sign in self.signs(facts))]:
            yield ProblemFound(
                "screening", str(self.name.data), kind, detail, self.visited_on.data, measure or "", owner or ""
            )
        if self.needs_central_support():
            why = f"{self.name.data}系分散供养特困人员，监护人无监护能力，请立即办理转集中供养"
            town = facts.counterpart.code if facts.counterpart else "county"
            yield TaskOpened("centralised_support_transfer", town, why, "R-82")
        if "support_agreement_due" in facts.clocks and not DISPERSED(self):
            yield ClocksCancelled(("support_agreement_due",), "已不是分散供养特困人员")

    def due_trigger(self, starts: Starts, facts: Facts) -> Any:
        """分散供养特困人员 need an agreement by the campaign's first date; outside a campaign by the end of the next month."""
        if starts.trigger != "agreement_by":
            return super().due_trigger(starts, facts)
        if facts.issued("support_agreement"):
            return None
        return groups.agreement_by(facts, str(self.campaign.data))

    def _columns(self, facts: Facts) -> dict[str, Any]:
        """Columns of the resident. Answers to questions no longer asked are left behind: the summary counts them."""
        seen, last = self.visited_on.data, self.last_visited_on.data
        answers = self.answers()
        return {
            "name": self.name.data,
            "sex": self.sex.data,
            "birth_date": self.birth_date.data,
            "id_number": self.id_number.data if self.id_number.shown(self) else None,
            "categories": list(self.category.data or ()),
            "visited_on": max(seen, last) if last else seen,
            "answers": {box.name: answers[box.name] for box in self if box.name in answers and box.shown(self)},
            **({} if self.campaign.data == ROUTINE else {"campaign": self.campaign.data}),
        }

    def heading(self, facts: Facts) -> str:
        """Name the person."""
        return f"{self.title}（{self.name.data}）" if self.name.data else self.title

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """The form as 附件1: the village above, age and next update among the boxes, who filled it in and who checked."""
        made = super().face(facts, stamp)
        made["number_line"] = {"left": "附件1", "right": facts.issuer.name}
        made["foot"] = foot(stamp, {"draft": "填表人", "accept": "审核人"})
        age, seen = self._age(), self.visited_on.data
        for cell in (
            cell for block in made["blocks"] if block["kind"] == "fields" for row in block["rows"] for cell in row
        ):
            if cell["label"] == "出生日期" and age is not None:
                cell["value"] = f"{cell['value']}（{age}岁）"
        last = {"kind": "fields", "heading": None, "rows": [[
            {"label": "排查批次", "value": self.campaign.printed, "span": 2},
            {"label": "下次更新", "value": chinese_date(groups.next_month_end(seen)) if seen else ""},
        ]]}  # fmt: skip
        made["blocks"].append(last)
        return made


_WOMAN_AGES = (("woman_age_from", 20), ("woman_age_to", 59))
