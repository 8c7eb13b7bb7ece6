"""What the papers about custody institutions share: words, the record of an institution, its foot.

Source: S0 三（二）2（3）; rules R-37 to R-48; fields of domain §3.8.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from stdnum import exceptions
from stdnum.cn import uscc as uscc_number

from forms.kit.facts import Facts
from forms.kit.fields import (
    ChoiceBox,
    DateBox,
    IntBox,
    LongTextBox,
    ManyBox,
    MoneyBox,
    NameBox,
    SelectBox,
    TextBox,
    when,
)
from forms.kit.paper import About, Paper, Section
from forms.kit.rows import Row, RowsBox
from forms.kit.rules import Level, Problem, rule
from forms.kit.timespan import add_months, chinese_date

CLAUSE = "S0 三（二）2（3）"
KINDS = [
    ("public_welfare", "公办社会福利机构"),
    ("public_elderly", "公办养老机构"),
    ("public_psych", "公办精神卫生福利（精神康复）机构"),
    ("public_child", "公办儿童福利机构"),
    ("social_org", "社会服务机构"),
    ("enterprise", "企业"),
]
KIND_WORDS = dict(KINDS)
PUBLIC = tuple(kind for kind, _ in KINDS if kind.startswith("public_"))
OPERATORS = [
    ("public", "公办公营"),
    ("social_org", "公建民营（社会服务机构运营）"),
    ("enterprise", "公建民营（企业运营）"),
]
SERVES = [
    ("adult", "成年人"),
    ("elderly", "老年人"),
    ("minor", "未成年人"),
    ("mental", "精神障碍患者"),
    ("disabled", "残疾人"),
]
SELECTION = [
    ("tender", "公开招标"),
    ("consultation", "竞争性磋商"),
    ("negotiation", "竞争性谈判"),
    ("single", "单一来源"),
    ("other", "其他"),
]
VISIT_RESULTS = [("fit", "符合条件"), ("nearly", "基本符合条件"), ("unfit", "不符合条件")]
LICENCES = ("登记证书", "养老机构备案", "医疗机构执业许可证", "消防验收（备案）材料", "食品经营许可证", "其他")
#: Licences every institution needs, as a refusal names them, each with those that will do (§3.8).
_NEEDED_LICENCES = (
    ("登记证书", {"登记证书"}),
    ("养老机构备案或医疗机构执业许可证", {"养老机构备案", "医疗机构执业许可证"}),
    ("消防验收（备案）材料", {"消防验收（备案）材料"}),
    ("食品经营许可证", {"食品经营许可证"}),
)


class UsccBox(TextBox):
    """统一社会信用代码, GB 32100: 18 characters, the last one a check character."""

    def __init__(self, label: str = "统一社会信用代码", **kwargs: Any) -> None:
        super().__init__(label, most=18, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        self.data = uscc_number.compact(self.data)

    def value_problems(self) -> Iterable[str]:
        try:
            uscc_number.validate(self.data)
        except exceptions.InvalidChecksum:
            yield "校验码不符，请对照登记证书逐位核对"
        except exceptions.ValidationError:
            yield "为18位，前8位是数字，其余是数字或大写字母（不用I、O、S、V、Z）"


class Licence(Row):
    """A licence of the institution."""

    name = SelectBox("证照", [(word, word) for word in LICENCES], required=True)
    licence_no = TextBox("编号", most=40)
    expires_on = DateBox("有效期至", help="长期有效的不填")


class Visitor(Row):
    """Somebody who went there for the civil-affairs side."""

    name = NameBox("姓名", required=True)
    post = TextBox("单位及职务", most=40)


def by_province(kind: str | None, operator: str | None) -> bool:
    """Tell whether the province decides: not a public institution, or one that is not publicly run (R-37, R-41)."""
    return kind not in PUBLIC or operator in {"social_org", "enterprise"}


def only_mental(kind: str, serves: Iterable[str]) -> bool:
    """Tell whether an institution takes nobody but mental patients (R-44)."""
    return kind == "public_psych" or set(serves) == {"mental"}


class ContractorRecord(Paper):
    """The record of an institution as filing (P-26) and request (P-27) state it: boxes and rules of domain §3.8."""

    about = About.CONTRACTOR
    opens = True

    contractor_name = TextBox("机构名称", required=True, most=60, wide=True, help="与登记证书一致，一件只报一家")
    uscc = UsccBox(required=True)
    contractor_type = ChoiceBox("机构性质", KINDS, required=True, wide=True)
    operator_type = ChoiceBox(
        "运营主体性质", OPERATORS, required=True, shown_when=when("contractor_type", *PUBLIC), wide=True,
        help="公建民营的机构，按运营主体的性质办理",
    )  # fmt: skip
    serves = ManyBox("服务对象", SERVES, required=True, wide=True)
    licences = RowsBox("资质证照", Licence, required=True)
    beds = IntBox("核定床位", required=True, least=1, most=5000, unit="张")
    quota = IntBox("承接人数", required=True, least=1, most=5000, unit="人")
    staff = IntBox("从业人员", required=True, least=1, most=5000, unit="人")
    carers = IntBox("护理人员", required=True, least=1, most=5000, unit="人")
    medics = IntBox("医护人员", required=True, most=5000, unit="人")
    price_month = MoneyBox("月费用（元）", required=True, help="每人每月，单位元")
    selection_method = ChoiceBox("选择方式", SELECTION, required=True)
    selection_other = TextBox(
        "其他方式", required=True, least=4, most=30, shown_when=when("selection_method", "other")
    )
    site_visit_on = DateBox("考察日期", required=True)
    site_visitors = RowsBox("考察人员", Visitor, required=True, least=2)
    site_result = ChoiceBox("考察结论", VISIT_RESULTS, required=True)
    term_from = DateBox("期限自", required=True)
    term_to = DateBox("期限至", required=True)
    supervision_plan = LongTextBox("监管措施", required=True, least=10, most=400)

    record_sections: ClassVar[tuple[Section, ...]] = (
        Section("托养机构", ("contractor_name", "uscc", "contractor_type", "operator_type", "serves", "licences")),
        Section(
            "规模和收费",
            ("beds", "quota", "staff", "carers", "medics", "price_month", "selection_method", "selection_other"),
        ),
        Section("实地考察", ("site_visit_on", "site_result", "site_visitors")),
        Section("拟托养期限和监管", ("term_from", "term_to", "supervision_plan")),
    )
    #: What a renewal takes over from the record before it.
    _KEPT: ClassVar[tuple[str, ...]] = (
        "contractor_name", "uscc", "contractor_type", "operator_type", "serves", "licences", "beds", "quota", "staff",
        "carers", "medics", "price_month", "selection_method", "selection_other", "supervision_plan",
    )  # fmt: skip

    @classmethod
    def known_record(cls, facts: Facts) -> dict[str, Any]:
        """Return what is on file about an institution that is proposed again."""
        known = facts.contractor.answers if facts.contractor else {}
        return {name: known[name] for name in cls._KEPT if name in known}

    @property
    def kind_words(self) -> str:
        """公办养老机构; with its operator where that is not public."""
        kind = KIND_WORDS.get(self.contractor_type.data, "")
        if self.operator_type.shown(self) and self.operator_type.data in {"social_org", "enterprise"}:
            return f"{kind}，公建民营，由{KIND_WORDS[self.operator_type.data]}运营"
        return kind

    @property
    def goes_to_province(self) -> bool:
        """The province decides about this institution (R-37, R-41)."""
        operator = self.operator_type.data if self.operator_type.shown(self) else None
        return by_province(self.contractor_type.data, operator)

    @property
    def selection_words(self) -> str:
        """How the institution was chosen, in words that stand after 通过."""
        other = self.selection_method.data == "other"
        return (self.selection_other if other else self.selection_method).printed

    def columns(self) -> dict[str, Any]:
        """Return the columns of the contractor that this record states; the price in 分."""
        return {
            "name": self.contractor_name.data,
            "uscc": self.uscc.data,
            "kind": self.contractor_type.data,
            "operator": (self.operator_type.data or "") if self.operator_type.shown(self) else "",
            "serves": list(self.serves.data or ()),
            "beds": self.beds.data,
            "price_month": self.price_month.data,
        }

    @rule("R-95", clause="条例 15（4）")
    def one_institution_a_paper(self, facts: Facts) -> Iterator[Problem]:
        """一文一事：一件只报一家机构."""
        name = self.contractor_name.data or ""
        if re.search(r"[、，；,;/\n]", name):
            yield Problem("一件请示（备案）只能报一家机构，请分别行文", "contractor_name")
        known = facts.contractor
        if known and known.state != "proposed" and self.uscc.data and self.uscc.data != known.uscc:
            yield Problem(
                f"统一社会信用代码与所选的{known.name}（{known.uscc}）不一致；另一家机构请另行文", "uscc"
            )

    @rule("R-42", clause=CLAUSE)
    def minors_only_in_child_homes(self, facts: Facts) -> Iterator[Problem]:
        """严禁将未成年人托养在成年机构和其他服务机构."""
        if "minor" in (self.serves.data or ()) and self.contractor_type.data != "public_child":
            yield Problem("只有公办儿童福利机构可以托养未成年人，请从服务对象中去掉“未成年人”", "serves")

    @rule("R-37", clause=f"{CLAUSE}；§3.8")
    def numbers_fit(self, facts: Facts) -> Iterator[Problem]:
        """拟承接人数不超过核定床位；护理、医护人员计入从业人员."""
        beds, quota, staff = self.beds.data, self.quota.data, self.staff.data
        if beds and quota and quota > beds:
            yield Problem(f"承接人数（{quota}人）不能超过核定床位（{beds}张）", "quota")
        most = max(self.carers.data or 0, self.medics.data or 0)
        if staff and most > staff:
            yield Problem("护理人员、医护人员都是从业人员，人数不能超过从业人员数", "staff")
        if self.price_month.data == 0:
            yield Problem("请填写每人每月收费标准", "price_month")

    @rule("R-37", clause=f"{CLAUSE}；§3.8")
    def licences_are_complete(self, facts: Facts) -> Iterator[Problem]:
        """登记、养老备案或医疗许可、消防、食品证照齐全，都在有效期内."""
        rows = self.licences.rows
        if not rows:
            return
        held = {row.name.data for row in rows}
        missing = [words for words, either in _NEEDED_LICENCES if not held & either]
        if missing:
            yield Problem(f"资质证照还缺：{'、'.join(missing)}", "licences")
        for row in rows:
            ends = row.expires_on.data
            if ends and ends < facts.today:
                yield Problem(f"{row.name.data}已于{chinese_date(ends)}过期，请换证后再报", "licences")

    @rule("R-45", clause=CLAUSE, level=Level.NOTE)
    def licences_outlast_the_term(self, facts: Facts) -> Iterator[Problem]:
        """证照在托养期限内到期的，提醒续期."""
        for row in self.licences.rows:
            ends, last = row.expires_on.data, self.term_to.data
            if ends and last and facts.today <= ends < last:
                yield Problem(
                    f"{row.name.data}有效期至{chinese_date(ends)}，早于托养期满，请督促按时换证", "licences"
                )

    @rule("R-37", clause=f"{CLAUSE}；§3.8")
    def visited_before(self, facts: Facts) -> Iterator[Problem]:
        """报批（备案）前规定天数内，由两人以上实地考察，结论符合条件."""
        days, visited = int(facts.settings.get("custody_site_visit_days", 90)), self.site_visit_on.data
        if visited and not facts.today - timedelta(days=days) <= visited <= facts.today:
            yield Problem(f"实地考察应在今天之前{days}天以内，请重新考察", "site_visit_on")
        if self.site_result.data == "unfit":
            yield Problem("实地考察结论为不符合条件，不能选择该机构", "site_result")

    @rule("R-37", clause=f"{CLAUSE}；§3.8")
    def term_is_bounded(self, facts: Facts) -> Iterator[Problem]:
        """拟托养期限先后有序，不超过规定年数."""
        first, last = self.term_from.data, self.term_to.data
        years = int(facts.settings.get("custody_term_years", 3))
        if not first or not last:
            return
        if last <= first:
            yield Problem("托养期限的止日应在起日之后", "term_to")
        elif last > add_months(first, 12 * years):
            yield Problem(f"托养期限不超过{years}年，期满前重新报批（备案）", "term_to")
        elif last < facts.today:
            yield Problem("拟托养期限已经过去，请核对", "term_to")


# ---- how its papers look ------------------------------------------------------------------------------------


def sealed_foot(names: Mapping[str, str], steps: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Return the foot of a form that goes through review, signing and seal: who acted at each step."""
    return [[label, names.get(step, "")] for step, label in steps]


def kept_words(facts: Facts, name: str, *organs: str) -> list[str]:
    """Return what a title must not tear: the institution, the places of the organs concerned."""
    places = [facts.issuer.place, *(organ.removesuffix("民政局") for organ in organs)]
    return [word for word in (name, *places) if word]


#: The steps of a form on the way of a letter, as its foot names them.
LETTER_STEPS = (("draft", "经办人"), ("review", "审核人"), ("sign", "签发人"))
