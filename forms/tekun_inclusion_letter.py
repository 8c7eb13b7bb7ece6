"""纳入特困人员救助供养的函 — the bureau asks the township to take the settled person into support. (P-43)"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Self

from forms.kit.blocks import contact_boxes, latest_contact, urgency_box
from forms.kit.chains import Milestone
from forms.kit.effects import Needed, Starts
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, IdNumberBox, MonthBox, TextBox, YesNoBox
from forms.kit.paper import Addressee, Genre, Letter, Section
from forms.kit.rules import Level, Problem, rule
from forms.kit.settlement import RESULT, both_obtained, on_file, registration_of
from forms.kit.tekun import (
    CLAUSE,
    DISABLED,
    FORMS,
    age_if_known,
    basis_box,
    basis_problems,
    basis_words,
    disability_boxes,
    incapacity_bases,
    known_disability,
    self_care,
    self_care_boxes,
    township_boxes,
    township_choices,
    township_named,
    township_problems,
)
from forms.kit.wording import closed, our_office

TOWN_DAYS = 8  # [D] 乡镇初审的工作日


class TekunInclusionLetter(Letter):
    """纳入特困人员救助供养的函, S0 三（二）2（4）; wording of domain §3.12."""

    number, code, title = "P-43", "tekun_inclusion_letter", "纳入特困人员救助供养的函"
    genre = Genre.LETTER
    clause = CLAUSE
    addressee, offers_townships = Addressee.NAMED, True
    answered_by = ("tekun_confirmation",)
    drafted_in = frozenset({"county_bureau", "prefecture_bureau"})
    one_live = True

    to_unit, to_name = township_boxes()
    reg_name = TextBox("姓名", copied=True)
    sex = TextBox("性别", copied=True)
    birth_date = DateBox("出生日期", copied=True)
    id_number = IdNumberBox("公民身份号码", copied=True)
    hukou_date = DateBox("户口登记日期", copied=True)
    hukou_address = TextBox("户口地址", copied=True, wide=True)
    id_card_date = DateBox("身份证领取日期", copied=True)
    disability, disability_grade = disability_boxes()
    incapacity_basis = basis_box()
    no_income = YesNoBox("无生活来源", required=True, help="没有稳定收入和可以变现的财产")
    no_supporter = YesNoBox("无法定赡养、抚养、扶养义务人", required=True, help="或者义务人没有履行能力")
    can_eat, can_dress, can_rise, can_toilet, can_walk, can_wash = self_care_boxes()
    self_care = TextBox("生活自理能力", computed=True)
    support_form = ChoiceBox("供养方式", FORMS, required=True)
    support_org = TextBox("供养机构（照料人）", required=True, most=60, wide=True)
    from_month = MonthBox("拟纳入月份", required=True)
    urgency = urgency_box()
    contact_name, contact_phone = contact_boxes()

    sections = (
        Section("致送", ("to_unit", "to_name")),
        Section("户口和身份证", ("reg_name", "sex", "birth_date", "id_number", "hukou_date", "hukou_address",
                                "id_card_date"), "从户籍登记结果中带入"),
        Section("认定条件", ("disability", "disability_grade", "incapacity_basis", "no_income", "no_supporter")),
        Section("生活自理能力", ("can_eat", "can_dress", "can_rise", "can_toilet", "can_walk", "can_wash", "self_care"),
                "六项由本人独立完成的选“是”：全部能完成为具备，一至三项不能为部分丧失，四项以上不能为完全丧失"),
        Section("供养", ("support_form", "support_org", "from_month")),
        Section("联系", ("urgency", "contact_name", "contact_phone")),
    )  # fmt: skip
    checklist = (Needed("disability_card", "残疾人证（残疾评定表）", shown_when=DISABLED),)
    starts = tuple(
        Starts("tekun_town_review_due", on, "served_on", unless_identified=True)
        for on in (Milestone.SENT, Milestone.SERVED, Milestone.RECEIVED)
    )

    @classmethod
    def read(cls, answers: Mapping[str, Any], facts: Facts | None = None) -> Self:
        """Parse the answers; the six items say how far the person can care for themselves."""
        return super().read({**answers, "self_care": self_care(answers)}, facts)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest township, basis and month from the registration and the admission."""
        registered = registration_of(facts)
        said: Mapping[str, Any] = registered.answers if registered else {}
        known = known_disability(facts.case)
        age = age_if_known(on_file(said.get("birth_date")), facts.today)
        bases = incapacity_bases(age, known["disability"], known.get("disability_grade", ""))
        return {
            **township_named(facts, str(said.get("hukou_address", ""))),
            **known,
            "incapacity_basis": bases[0] if bases else "",
            "support_form": "centralised",
            "from_month": facts.today.strftime("%Y-%m"),
            **latest_contact(facts),
        }

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take what the police registered."""
        registered = registration_of(facts)
        said: Mapping[str, Any] = registered.answers if registered else {}
        boxes = ("reg_name", "sex", "birth_date", "id_number", "hukou_date", "hukou_address", "id_card_date")
        return {box: said.get(box, "") for box in boxes}

    def offer(self, facts: Facts) -> None:
        """Offer the townships of the county, then any other by its name."""
        self.to_unit.offer(township_choices(facts))

    @rule("R-57", clause="S0 三（二）2（4）；A-16")
    def both_are_obtained(self, facts: Facts) -> Iterator[Problem]:
        """户口登记和居民身份证都已取得."""
        if both_obtained(registration_of(facts)) is None:
            yield Problem(
                "户口登记或者居民身份证还没有取得（登记），不能纳入特困供养",
                "hukou_date",
                remedy="请先登记户籍登记结果",
                remedy_paper=RESULT,
            )

    @rule("R-58", clause=CLAUSE)
    def conditions_hold(self, facts: Facts) -> Iterator[Problem]:
        """无劳动能力、无生活来源、无法定义务人三项同时具备."""
        age = age_if_known(self.birth_date.data, facts.today)
        grade = self.disability_grade.data if self.disability_grade.shown(self) else ""
        yield from basis_problems(self.incapacity_basis.data, age, self.disability.data or "", grade or "")
        for box in (self.no_income, self.no_supporter):
            if box.data == "no":
                yield Problem(
                    f"不具备“{box.label.text}”的条件，不能纳入特困供养",
                    box.name,
                    remedy="请填写《不纳入特困救助供养登记表》，并协助申请低保、临时救助",
                    remedy_paper="tekun_exclusion_record",
                )

    @rule("R-58", clause="民发〔2021〕43号", level=Level.NOTE)
    def children_have_their_own_way(self, facts: Facts) -> Iterator[Problem]:
        """未满16周岁的，先看是否符合孤儿、事实无人抚养儿童条件."""
        if self.incapacity_basis.data == "minor":
            yield Problem(
                "未满16周岁的，符合孤儿或事实无人抚养儿童条件的优先按儿童福利保障办理", "incapacity_basis"
            )

    @rule("R-59", clause="S0 三（二）2（4）")
    def only_the_unidentified(self, facts: Facts) -> Iterator[Problem]:
        """已查明真实身份的，不再纳入."""
        if facts.person.identified:
            yield Problem("已查明真实身份，不再纳入特困供养，请商请公安机关注销户籍", "reg_name")

    @rule("R-95", clause="条例 8、14")
    def goes_to_a_township(self, facts: Facts) -> Iterator[Problem]:
        """主送乡（镇）人民政府或街道办事处."""
        if self.to_name.shown(self):
            yield from township_problems(self.to_name.data or "", "to_name")

    @rule("R-57", clause="社会救助暂行办法第14条")
    def month_lies_ahead(self, facts: Facts) -> Iterator[Problem]:
        """拟纳入月份不早于本月."""
        if self.from_month.data and self.from_month.data < facts.today.replace(day=1):
            yield Problem("拟纳入月份不能早于本月", "from_month")

    def matter(self, facts: Facts) -> str:
        """将…纳入特困人员救助供养."""
        return f"将{self.reg_name.data or '　　'}纳入特困人员救助供养"

    def body(self, facts: Facts) -> Iterable[str]:
        """Wording of domain §3.12."""
        we = our_office(facts)
        basis = basis_words(
            self.incapacity_basis.data, self.disability.data or "", self.disability_grade.data or ""
        )
        days = int(facts.settings.get("town_review_days", TOWN_DAYS))
        yield (
            f"{self.reg_name.data}（{self.sex.data}，公民身份号码{self.id_number.data}）系{facts.issuer.self_word}"
            f"落户安置的流浪乞讨受助人员，户口已于{self.hukou_date.printed}登记在{closed(self.hukou_address.data or '')}，"
            f"居民身份证已于{self.id_card_date.printed}领取。经核对，其{basis}，无生活来源，无法定赡养、抚养、扶养义务人。"
        )
        yield (
            f"请你单位按照特困人员认定程序办理受理和初审，并于收到本函之日起{days}个工作日内将初审意见报{we}审核确认。"
            f"生活自理能力初评为{self.self_care.data}，拟由{closed(self.support_org.data or '')}{self.support_form.printed}。"
        )

    def enclosures(self, facts: Facts) -> Sequence[str]:
        """What the township needs to take the matter up."""
        card = ["残疾人证（残疾评定表）复印件"] if DISABLED(self) else []
        return ["户口登记页和居民身份证复印件", "落户安置批复复印件", *card]
