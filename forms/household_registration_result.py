"""户籍登记结果登记 — the clerk records the household and the identity card the police gave the person. (P-42)"""

from collections.abc import Iterable, Iterator
from typing import Any

from forms.kit.blocks import ETHNICITIES, SEXES
from forms.kit.chains import FORM, Milestone
from forms.kit.effects import Effect, Needed, RequestAnswered, Settles, Starts, TaskOpened
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, IdNumberBox, LongTextBox, NameBox, SelectBox, TextBox, when
from forms.kit.idnumbers import birth_date_of, sex_of
from forms.kit.paper import Genre, Paper, Section
from forms.kit.rules import Level, Problem, rule
from forms.kit.settlement import CLAUSE, LETTER, RESULT, registration_of
from forms.kit.tekun import age_if_known, incapacity_bases, known_disability

REGISTERED = when("result", "registered")
RETURNED = when("result", "returned")
CARD = (REGISTERED, when("id_card", "obtained"))


def both_there(paper: Any) -> bool:
    """Tell whether household and card have both been obtained."""
    return all(held(paper) for held in CARD)


class HouseholdRegistrationResult(Paper):
    """户籍登记结果登记, S0 三（二）2（4）: household and card often come weeks apart; the later one counts (R-57, A-16).

    Recorded once the household is there, and once more when the card has come; the letter stays open till then.
    """

    number, code, title = "P-42", RESULT, "户籍登记结果登记表"
    genre, chain = Genre.FORM, FORM
    clause = CLAUSE
    answers_paper = LETTER
    drafted_in = frozenset({"county_bureau", "prefecture_bureau"})

    letter_no = TextBox("函件文号", copied=True)
    served_on = DateBox("送达日期", copied=True)
    result = ChoiceBox(
        "办理结果", [("registered", "已办理户口登记"), ("returned", "未予办理")], required=True, wide=True
    )
    hukou_date = DateBox("户口登记日期", required=True, shown_when=REGISTERED)
    household_no = TextBox("户号", required=True, most=30, shown_when=REGISTERED)
    reg_name = NameBox("登记姓名", required=True, shown_when=REGISTERED)
    sex = ChoiceBox("性别", SEXES, required=True, shown_when=REGISTERED)
    birth_date = DateBox("出生日期", required=True, shown_when=REGISTERED)
    ethnicity = SelectBox("民族", ETHNICITIES, shown_when=REGISTERED)
    id_number = IdNumberBox("公民身份号码", required=True, shown_when=REGISTERED)
    hukou_address = TextBox("户口地址", required=True, most=100, shown_when=REGISTERED, wide=True)
    id_card = ChoiceBox(
        "居民身份证", [("obtained", "已领取"), ("pending", "尚未领取")], required=True, shown_when=REGISTERED,
        help="尚未领取的先登记户口；领取后再登记一次，特困供养的期限从较后的日期起算",
    )  # fmt: skip
    id_card_date = DateBox("领取日期", required=True, shown_when=CARD)
    answered_on = DateBox("公安机关答复日期", required=True, shown_when=RETURNED)
    return_reason = LongTextBox("未予办理的原因", required=True, least=5, most=200, shown_when=RETURNED)

    sections = (
        Section("函件和结果", ("letter_no", "served_on", "result", "answered_on", "return_reason")),
        Section("户口登记", ("hukou_date", "household_no", "reg_name", "sex", "birth_date", "ethnicity", "id_number",
                            "hukou_address")),
        Section("身份证", ("id_card", "id_card_date")),
    )  # fmt: skip
    checklist = (
        Needed("household_register", "户口登记页（扫描件）", shown_when=REGISTERED, dated=True),
        Needed("id_card_copy", "居民身份证（扫描件）", shown_when=both_there),
        Needed("scan", "公安机关书面答复（扫描件）", shown_when=RETURNED, dated=True),
    )
    starts = (
        Starts(
            "tekun_inclusion_due",
            Milestone.COMPLETED,
            "later_of_both",
            unless_identified=True,
            shown_when=both_there,
        ),
    )
    settles = (
        Settles("household_registration_due", Milestone.COMPLETED, shown_when=REGISTERED, at="hukou_date"),
        Settles("household_registration_due", Milestone.COMPLETED, shown_when=RETURNED, at="answered_on"),
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest what the letter asked for, or what the first record already told while the card was out."""
        before, letter = registration_of(facts), facts.request
        if before is not None:
            kept = ("hukou_date", "household_no", "reg_name", "sex", "birth_date", "ethnicity", "id_number",
                    "hukou_address")  # fmt: skip
            return {"result": "registered", **{box: before.answers.get(box, "") for box in kept}}
        asked = letter.answers if letter else {}
        return {
            "reg_name": asked.get("reg_name", ""),
            "sex": asked.get("reg_sex", ""),
            "birth_date": asked.get("reg_birth", ""),
            "ethnicity": asked.get("reg_ethnicity", ""),
            "hukou_address": asked.get("hukou_address", ""),
        }

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take number and day of service from the letter that is answered."""
        letter = facts.request
        return {
            "letter_no": letter.doc_no or "" if letter else "",
            "served_on": letter.served_on if letter else None,
        }

    @rule("R-64", clause=CLAUSE)
    def answers_a_served_letter(self, facts: Facts) -> Iterator[Problem]:
        """结果登记针对已送达公安机关的函."""
        if facts.request is None or facts.request.code != LETTER:
            yield Problem("请从已发出的《办理户籍登记的函》登记结果", "letter_no", remedy_paper=LETTER)
        elif facts.request.served_on is None:
            yield Problem(
                "函件的送达日期还未登记，请先登记送达", "served_on",
                remedy="公安机关20个工作日的期限自送达之日起算",
            )  # fmt: skip

    @rule("R-56", clause=CLAUSE)
    def dates_run_forward(self, facts: Facts) -> Iterator[Problem]:
        """送达、登记、领证依次在后，都不晚于今天."""
        served = facts.request.served_on if facts.request else None
        for box in (self.hukou_date, self.answered_on, self.id_card_date):
            if not box.shown(self) or box.data is None:
                continue
            if box.data > facts.today:
                yield Problem(f"{box.label.text}不能晚于今天", box.name)
            elif served and box.data < served:
                yield Problem(f"{box.label.text}不能早于函件送达日期，请核对", box.name)
        household, card = self.hukou_date.data, self.id_card_date.data
        if self.id_card_date.shown(self) and household and card and card < household:
            yield Problem("领取身份证的日期不能早于户口登记日期，请核对", "id_card_date")

    @rule("R-08", clause="GB 11643-1999")
    def identity_agrees(self, facts: Facts) -> Iterator[Problem]:
        """出生日期、性别须与公民身份号码一致."""
        number = self.id_number.data or ""
        if not self.id_number.shown(self) or not number or list(self.id_number.check()):
            return
        if self.birth_date.data and self.birth_date.data != birth_date_of(number):
            yield Problem("出生日期与公民身份号码不一致，请核对", "birth_date")
        if self.sex.data and self.sex.data != sex_of(number):
            yield Problem("性别与公民身份号码第17位不一致，请核对", "sex")

    @rule("R-53", clause=CLAUSE, level=Level.WARN)
    def registered_as_asked(self, facts: Facts) -> Iterator[Problem]:
        """登记事项与函件不一致的，说明原因."""
        asked = facts.request.answers if facts.request else {}
        pairs = (("reg_name", "reg_name"), ("sex", "reg_sex"), ("birth_date", "reg_birth"))
        for box, theirs in pairs:
            wanted, given = str(asked.get(theirs, "")), self.answers().get(box, "")
            if self[box].shown(self) and wanted and given and wanted != given:
                yield Problem(f"{self[box].label.text}与函件（{wanted}）不一致，请核对并说明", box)

    @rule("R-71", clause="S0 三（二）2（6）", level=Level.WARN)
    def number_is_new(self, facts: Facts) -> Iterator[Problem]:
        """新取得的公民身份号码不应已有救助记录."""
        if self.id_number.shown(self) and facts.same_id_cases:
            yield Problem(
                f"该公民身份号码已有救助记录（{'、'.join(facts.same_id_cases)}），请核对并说明", "id_number"
            )

    def due_trigger(self, starts: Starts, facts: Facts) -> Any:
        """特困 counts from the later of household and card (R-57, A-16)."""
        both = (self.hukou_date.data, self.id_card_date.data)
        if starts.trigger == "later_of_both" and all(both):
            return max(day for day in both if day)
        return super().due_trigger(starts, facts)

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """The letter is answered when both are there; then support is due, or why not is put on record (A-15)."""
        if on is not Milestone.COMPLETED:
            return
        if RETURNED(self):
            yield RequestAnswered(f"公安机关未予办理：{self.return_reason.data}")
            yield TaskOpened(LETTER, "issuer", "公安机关未予办理户籍登记，请补充材料后再次函告", "R-56")
        elif both_there(self):
            yield RequestAnswered("已办理户口登记并领取居民身份证")
            if facts.unidentified:
                yield self._support(facts)

    def _support(self, facts: Facts) -> TaskOpened:
        """Whoever meets the conditions gets the letter; for the others the reason is recorded."""
        known = known_disability(facts.case)
        age = age_if_known(self.birth_date.data, facts.today)
        if incapacity_bases(age, known["disability"], known.get("disability_grade", "")):
            why = "户口和身份证都已取得，请在20个工作日内纳入特困供养"
            return TaskOpened("tekun_inclusion_letter", "issuer", why, "R-57")
        why = "按登记年龄和残疾情况不符合特困条件：请核实；确不符合的登记理由，疑似残疾的先申请评定"
        return TaskOpened("tekun_exclusion_record", "issuer", why, "R-58")
