"""回访记录 — every half-year for at least a year after the return: how the person lives, whether they stay. (P-56)"""

from collections.abc import Iterable, Iterator
from typing import Any

from forms.kit.blocks import copied_person, person_boxes
from forms.kit.chains import FORM, Milestone
from forms.kit.effects import CaseFlagged, Effect, Needed, Settles, Starts, TaskOpened
from forms.kit.faces import Stamp, table_face
from forms.kit.facts import Facts
from forms.kit.fields import (
    ChoiceBox,
    DateBox,
    IntBox,
    LongTextBox,
    ManyBox,
    PhoneBox,
    TextBox,
    YesNoBox,
    when,
)
from forms.kit.homeward import (
    CONDITIONS,
    DUTIES,
    DUTY_LIMITS,
    HANDOVER,
    SOURCE_CLAUSE,
    VISITS_LEAST,
    WELFARE,
    conditions_of,
    duty_met,
    handed_over,
    may_close_from,
    returned_on,
    visits,
    why_focus,
)
from forms.kit.paper import Genre, Paper, Section
from forms.kit.rules import Level, Problem, rule
from forms.kit.sheets import brief_person, cells, fields, ink
from forms.kit.timespan import add_months, chinese_date


def _later_begins(paper: Any) -> bool:
    """The year is over and the visits go on: the next one is due half a year after this one (R-70)."""
    return paper.duty.data in {"second", "later"} and paper.closing.data == "no"


class RevisitRecord(Paper):
    """回访记录, S0 三（二）2（6）: 按照每半年回访1次，回访期不少于1年开展回访 (R-70, R-71)."""

    number, code, title = "P-56", "revisit_record", "回访记录"
    genre, chain = Genre.FORM, FORM
    clause = SOURCE_CLAUSE
    drafted_in = frozenset({"county_bureau", "county_station", "central_station", "township"})

    person_name, person_sex, person_age = person_boxes()
    returned = DateBox("返乡日期", copied=True)
    round = IntBox("回访次数", copied=True, unit="次")
    duty = ChoiceBox("本次回访", DUTIES, copied=True)
    due_on = DateBox("应访期限", copied=True)

    visited_on = DateBox("回访日期", required=True)
    visitors = TextBox("回访人", required=True, most=60, help="入户的不少于2人，用“、”隔开")
    way = ChoiceBox(
        "回访方式",
        [("home", "入户"), ("phone", "电话"), ("video", "视频"), ("entrusted", "委托乡镇（街道）、村（社区）")],
        required=True,
        wide=True,
    )
    informant = TextBox("受访人", required=True, most=40, help="姓名和与本人的关系；见到本人的写“本人”")
    phone = PhoneBox("联系电话")
    met = YesNoBox("见到本人", required=True, help="电话、视频联系到本人的也选“是”")
    address = TextBox("现住址", required=True, most=100, wide=True)
    present = ChoiceBox(
        "目前状况",
        [("settled", "在家稳定生活"), ("working", "外出务工，联系正常"), ("institution", "在机构供养、托养"),
         ("hospital", "住院治疗"), ("away", "再次走失、流浪或者失去联系"), ("died", "死亡"), ("other", "其他")],
        required=True,
        wide=True,
    )  # fmt: skip
    living = LongTextBox("居住照料", required=True, least=5, most=300, help="和谁同住、谁照料、饮食起居")
    conditions = ManyBox("残疾情况", CONDITIONS, required=True, wide=True)
    treatment = ChoiceBox(
        "治疗服药",
        [("regular", "规律"), ("irregular", "不规律"), ("untreated", "应治未治"), ("none", "不需要")],
        required=True,
    )
    welfare = ManyBox("保障待遇", WELFARE, required=True, wide=True)
    guardian = ChoiceBox(
        "监护责任",
        [("good", "履行较好"), ("weak", "能力不足"), ("refuse", "拒绝履行"), ("none", "无监护人、不需要")],
        required=True,
        wide=True,
    )
    away_again = YesNoBox("再次外出", required=True, help="再次流浪、走失或者失去联系")
    away_detail = LongTextBox(
        "外出情况和查找", required=True, least=5, most=300, shown_when=when("away_again", "yes")
    )
    difficulty = LongTextBox("困难需求", most=300)
    measures = LongTextBox("帮扶措施", required=True, least=2, most=300)
    closing = ChoiceBox("结论", [("no", "继续回访"), ("yes", "结束回访")], required=True)
    closing_reason = TextBox(
        "结束理由", required=True, least=5, most=100, shown_when=when("closing", "yes"), wide=True
    )

    sections = (
        Section("受访人员", ("person_name", "person_sex", "person_age", "returned", "round", "duty", "due_on")),
        Section("回访", ("visited_on", "visitors", "way", "informant", "phone", "met", "address")),
        Section("现状", ("present", "living", "conditions", "treatment", "welfare", "guardian", "away_again",
                        "away_detail", "difficulty")),
        Section("结论", ("measures", "closing", "closing_reason")),
    )  # fmt: skip
    checklist = (
        Needed("photo_of_visit", "回访照片、通话记录", required=False),
        Needed("death_certificate", "死亡证明", shown_when=when("present", "died"), dated=True),
    )
    settles = tuple(
        Settles(limit, Milestone.COMPLETED, shown_when=when("duty", duty), at="visited_on")
        for duty, limit in DUTY_LIMITS.items()
    )
    starts = (
        Starts("revisit_later_due", Milestone.COMPLETED, "visited_on", owner="county", shown_when=_later_begins),
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest what the last visit or the handover tells."""
        before, sheet = visits(facts), handed_over(facts)
        last = dict(before[0].answers) if before else {}
        home = dict(sheet.answers) if sheet else {}
        kept = ("address", "phone", "welfare", "conditions", "guardian")
        return {
            "visited_on": facts.today,
            "way": "home",
            "address": home.get("home_address") or facts.person.hukou_address,
            "phone": home.get("receiver_phone") or home.get("collector_phone", ""),
            "conditions": conditions_of(facts),
            "closing": "no",
            **{name: last[name] for name in kept if name in last},
        }

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Count the visits, and tell which of those owed this one is."""
        returned = returned_on(facts)
        duty = duty_met(facts, returned, facts.today)
        due = facts.clocks.get(DUTY_LIMITS.get(duty, ""))
        return {
            **copied_person(facts),
            "returned": returned,
            "round": len(visits(facts)) + 1,
            "duty": duty,
            "due_on": due.date() if due else None,
        }

    @rule("R-70", clause=SOURCE_CLAUSE)
    def the_person_went_home(self, facts: Facts) -> Iterator[Problem]:
        """回访的是已经返乡的人员；回访日期在返乡和上一次回访之后，不晚于今天."""
        day, returned = self.visited_on.data, self.returned.data
        if returned is None:
            yield Problem(
                "没有返乡记录，不能填写回访记录",
                "returned",
                remedy="请先办理《接送返回交接单》",
                remedy_paper=HANDOVER,
            )
        if day and day > facts.today:
            yield Problem("回访日期不能晚于今天", "visited_on")
        if day and returned and day < returned:
            yield Problem("回访日期不能早于返乡日期，请核对", "visited_on")
        before = visits(facts)
        last = str(before[0].answers.get("visited_on", "")) if before else ""
        if last and day and day.isoformat() <= last:
            yield Problem(f"上一次回访在{last}，本次应在其后，请核对", "visited_on")

    @rule("R-70", clause=SOURCE_CLAUSE)
    def closing_takes_a_year_and_two_visits(self, facts: Facts) -> Iterator[Problem]:
        """回访期不少于1年、回访不少于2次，仍有走失风险的不结束；死亡的除外."""
        day, returned = self.visited_on.data, self.returned.data
        if self.closing.data != "yes" or day is None or returned is None or self.present.data == "died":
            return
        full = may_close_from(returned)
        if day < full:
            yield Problem(f"回访期不少于1年，{chinese_date(full)}起才可以结束，请选“继续回访”", "closing")
        if (self.round.data or 0) < VISITS_LEAST:
            yield Problem(f"回访不少于{VISITS_LEAST}次，本次是第{self.round.data}次，请选“继续回访”", "closing")
        if self._away():
            yield Problem("该人员再次外出流浪或者失去联系，仍须每半年回访", "closing")

    @rule("R-71", clause=SOURCE_CLAUSE, level=Level.WARN)
    def those_at_risk_are_visited_on(self, facts: Facts) -> Iterator[Problem]:
        """精神障碍、残疾和反复流浪人员重点关注，一般继续回访."""
        why = why_focus(facts, False, self.conditions.data)
        if self.closing.data == "yes" and why and self.present.data != "died" and not self._away():
            yield Problem(f"该人员须重点关注（{'、'.join(why)}），一般继续每半年回访；结束的请说明理由", "closing")

    @rule("R-71", clause=SOURCE_CLAUSE)
    def answers_do_not_contradict(self, facts: Facts) -> Iterator[Problem]:
        """目前状况与是否再次外出一致；选“无”的不再选其他."""
        if self.present.data == "away" and self.away_again.data == "no":
            yield Problem("目前状况为再次走失、流浪或者失去联系，“再次外出”应选“是”", "away_again")
        for box in (self.conditions, self.welfare):
            if "none" in (box.data or []) and len(box.data or []) > 1:
                yield Problem(f"{box.label.text}选了“无”，不能再选其他，请核对", box.name)

    @rule("R-72", clause=f"{SOURCE_CLAUSE}；民发〔2014〕132号", level=Level.WARN)
    def a_refusal_is_explained(self, facts: Facts) -> Iterator[Problem]:
        """监护人拒绝履行的，会同公安机关告知督促."""
        if self.guardian.data == "refuse":
            yield Problem(
                "监护人（近亲属）拒绝履行责任，请说明已采取的措施",
                "guardian",
                remedy="请会同公安机关送达《监护责任告知督促书》",
                remedy_paper="guardian_duty_notice",
            )

    @rule("R-70", clause=SOURCE_CLAUSE, level=Level.WARN)
    def somebody_saw_the_person(self, facts: Facts) -> Iterator[Problem]:
        """没有见到（联系到）本人的，说明原因."""
        if self.met.data == "no" and self.present.data not in {"died", "away"}:
            yield Problem("没有见到（联系到）本人，请说明原因和核实情况", "met")

    def _away(self) -> bool:
        return self.away_again.is_yes or bool(self.present.data == "away")

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """R-71: away again, disabled, or admitted twice — watched more closely and on the register; R-72: the duty."""
        if on is not Milestone.COMPLETED or self.present.data == "died":
            return
        why = why_focus(facts, self._away(), self.conditions.data)
        if why:
            words = "、".join(why)
            yield CaseFlagged("focus", words)
            yield TaskOpened(
                "at_risk_register", "county", f"{words}，请登记（复核）易走失人员信息并重点关注", "R-71"
            )
        if self.guardian.data == "refuse":
            told = "监护人拒绝履行责任，请会同公安机关送达监护责任告知督促书"
            yield TaskOpened("guardian_duty_notice", "county", told, "R-72")

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print the visit on one page, when the next one is due, and boxes for ink."""
        face = table_face(self, facts, stamp)
        visit = ["visited_on", "way", "visitors", "informant", "phone", "met", "address"]
        state = ["present", "guardian", "treatment", "living", "conditions", "welfare", "away_again", "away_detail",
                 "difficulty"]  # fmt: skip
        face["blocks"] = [
            brief_person(facts),
            fields("回访安排", cells(self, ["returned", "round", "duty", "due_on"])),
            fields("回访", cells(self, [name for name in visit if not self[name].empty])),
            fields("现状", cells(self, [name for name in state if not self[name].empty])),
            fields("措施和结论", cells(self, ["measures", "closing", "closing_reason"])),
            {"kind": "statement", "text": self._next()},
            ink("受访人（签名）", "回访人（签名）"),
        ]
        return face

    def _next(self) -> str:
        day, returned = self.visited_on.data, self.returned.data
        if self.closing.data == "yes" or day is None:
            return "本人员回访结束。再次求助或者外出流浪的，重新列入回访。"
        second = may_close_from(returned) if returned and self.duty.data == "first" else None
        after = second if second and second > day else add_months(day, 6)
        return f"继续回访，下一次回访应于{chinese_date(after)}前后开展。"
