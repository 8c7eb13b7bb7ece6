"""人员托养审批表 — a person in need of custody is placed with an institution. (P-32)"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Self

from forms.kit.blocks import MENTAL, contact_boxes, copied_person, latest_contact, person_boxes
from forms.kit.chains import STANDARD, Milestone
from forms.kit.custody import CLAUSE, KINDS, LETTER_STEPS, SERVES, only_mental, sealed_foot
from forms.kit.effects import Effect, Needed, Placed, Starts
from forms.kit.faces import Stamp, table_face
from forms.kit.facts import ContractorFacts, Facts
from forms.kit.fields import ChoiceBox, DateBox, LongTextBox, MoneyBox, SelectBox, TextBox, when
from forms.kit.money import yuan
from forms.kit.paper import Addressee, Genre, Paper, Section
from forms.kit.placing import (
    contractor_choices,
    contractor_named,
    misplaced_minor,
    not_agreed,
    not_in_force,
    placement_now,
    undiagnosed,
)
from forms.kit.rules import Level, Problem, rule
from forms.kit.timespan import chinese_date
from forms.kit.wording import our_office, person_long

#: What is checked before anybody is placed: the words of the printed 审核要点 and the rules they stand for.
POINTS = (
    ("机构的批复（备案）有效，列明本县（市），未超核定人数", {"R-45"}),
    ("托养服务协议已签订，托养起始日在协议期限内", {"R-38"}),
    ("没有将未成年人托养在成年机构和其他服务机构", {"R-42"}),
    ("精神卫生福利机构只托养确诊精神障碍患者，附有精神科诊断证明", {"R-44"}),
)


class PlacementApproval(Paper):
    """人员托养审批表, S0 三（二）2（3）; the checks R-42, R-44 and R-45 are printed as 审核要点 (§3.16).

    Custody changes neither the responsible county nor any clock of tracing, DNA or settlement (R-49).
    """

    number, code, title = "P-32", "placement_approval", "人员托养审批表"
    genre, chain = Genre.FORM, STANDARD
    clause = CLAUSE
    addressee = Addressee.NAMED
    names_contractor = "contractor"
    starts = (Starts("custody_inspection_due", Milestone.SENT, "starts_on", owner="county", of_contractor=True),)

    person_name, person_sex, person_age = person_boxes()
    mental_status = ChoiceBox("精神状况", MENTAL, copied=True)
    contractor = SelectBox(
        "选择托养机构", required=True, wide=True, prints=False, help="只列本县（市）可以使用的机构和余下名额"
    )
    to_name = TextBox("托养机构", copied=True, most=60, wide=True)
    contractor_type = ChoiceBox("机构性质", KINDS, copied=True)
    category = ChoiceBox("对象类别", SERVES, required=True, help="须在该机构的服务对象之内")
    starts_on = DateBox("起始日期", required=True)
    price_month = MoneyBox("月费用（元）", required=True, help="每人每月，单位元；按托养服务协议填写")
    fund_source = TextBox("经费来源", required=True, most=40)
    why = LongTextBox("托养理由", required=True, least=10, most=300, help="为什么不宜在站内照料")
    care_needs = LongTextBox("照料要求", most=300)
    guardian_consent = ChoiceBox(
        "监护意见",
        [
            ("given", "监护人（近亲属）已书面同意"),
            ("self", "本人同意（具有完全民事行为能力）"),
            ("unknown", "身份不明或尚未联系到监护人（近亲属）"),
        ],
        required=True,
        wide=True,
    )
    contact_name, contact_phone = contact_boxes()

    sections = (
        Section("受助人员", ("person_name", "person_sex", "person_age", "mental_status")),
        Section(
            "托养",
            (
                "contractor",
                "to_name",
                "contractor_type",
                "category",
                "starts_on",
                "price_month",
                "fund_source",
                "why",
                "care_needs",
                "guardian_consent",
            ),
        ),
        Section("联系", ("contact_name", "contact_phone")),
    )
    checklist = (
        Needed("medical_check", "健康检查材料", required=False, dated=True),
        Needed(
            "psychiatric_diagnosis",
            "精神科诊断证明",
            required=False,
            dated=True,
            note="托养在精神卫生福利（精神康复）机构的必须上传",
        ),
        Needed("guardian_consent", "监护人（近亲属）书面意见", shown_when=when("guardian_consent", "given")),
    )

    @classmethod
    def read(cls, answers: Mapping[str, Any], facts: Facts | None = None) -> Self:
        """Parse the answers; name and kind of the institution follow the one chosen."""
        chosen = contractor_named(facts, str(answers.get("contractor", ""))) if facts else None
        if chosen is not None:
            answers = {**answers, "to_name": chosen.name, "contractor_type": chosen.kind}
            if not answers.get("price_month"):
                answers["price_month"] = yuan(chosen.price_month)
        return super().read(answers, facts)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest the only institution there is, today, and who can consent."""
        usable = [each for each in facts.contractors if each.state == "effective"]
        only = {"contractor": usable[0].key} if len(usable) == 1 else {}
        age = facts.person.age_on(facts.today)
        return {
            **only,
            "category": "mental" if facts.person.mental_status == "diagnosed" else _category(age),
            "starts_on": facts.today,
            "fund_source": "困难群众救助补助资金",
            "guardian_consent": "unknown" if facts.unidentified else "",
            **latest_contact(facts),
        }

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take the person and the mental state as the case has them."""
        return {**copied_person(facts), "mental_status": facts.person.mental_status}

    def offer(self, facts: Facts) -> None:
        """Offer the institutions of the county, each with the places left."""
        self.contractor.offer(contractor_choices(facts))

    def chosen(self, facts: Facts) -> ContractorFacts | None:
        """Return the institution the box names."""
        return contractor_named(facts, self.contractor.data)

    @rule("R-45", clause=CLAUSE)
    def institution_is_in_force(self, facts: Facts) -> Iterator[Problem]:
        """机构的批复（备案）有效、列明本县（市）、未超核定人数，服务对象相符."""
        chosen, day = self.chosen(facts), self.starts_on.data
        if chosen is None:
            return
        yield from not_in_force(facts, chosen, day or facts.today)
        if self.category.data and self.category.data not in chosen.serves:
            yield Problem(f"{chosen.name}的服务对象不包括{self.category.printed}", "category")

    @rule("R-38", clause=f"{CLAUSE}“批复同意后再执行”")
    def agreement_covers_the_day(self, facts: Facts) -> Iterator[Problem]:
        """托养服务协议已登记，托养起始日在协议期限内."""
        chosen = self.chosen(facts)
        if chosen is not None and chosen.named and chosen.state in {"effective", "suspended"}:
            yield from not_agreed(chosen, self.starts_on.data or facts.today)

    @rule("R-42", clause=f"{CLAUSE}；A-09")
    def minors_are_kept_apart(self, facts: Facts) -> Iterator[Problem]:
        """严禁将未成年人托养在成年机构和其他服务机构；县级没有儿童福利院的，转送州儿童福利院（R-43）."""
        chosen = self.chosen(facts)
        if chosen is not None:
            yield from misplaced_minor(facts, chosen, self.starts_on.data or facts.today)

    @rule("R-43", clause=CLAUSE)
    def children_go_to_the_prefecture_home(self, facts: Facts) -> Iterator[Problem]:
        """县级没有儿童福利院的，未成年人转送州儿童福利院，不办托养审批."""
        chosen, day = self.chosen(facts), self.starts_on.data or facts.today
        in_home = chosen is not None and chosen.kind == "public_child"
        if facts.person.case_no and facts.person.minor_on(day) and not facts.issuer.child_home and in_home:
            yield Problem(
                f"{facts.issuer.place}没有儿童福利院，未成年人应转送州儿童福利院",
                "contractor",
                remedy="请办理《未成年人转移州儿童福利院函》",
                remedy_paper="minor_transfer_letter",
            )

    @rule("R-44", clause=f"{CLAUSE}；精神卫生法第29条")
    def only_the_diagnosed(self, facts: Facts) -> Iterator[Problem]:
        """严禁将非精神病人托养在精神卫生福利机构；须确诊并附诊断证明."""
        chosen = self.chosen(facts)
        if chosen is not None:
            yield from undiagnosed(facts, chosen)

    @rule("R-45", clause=CLAUSE)
    def placed_once(self, facts: Facts) -> Iterator[Problem]:
        """已离站的、已在托养机构的，不再办理托养审批."""
        if facts.person.case_no and not facts.person.open:
            yield Problem("该人员已离站，个案已办结，不能办理托养", "person_name")
        placed = placement_now(facts)
        if placed is not None:
            yield Problem(
                f"该人员已在{placed.answers.get('to_name') or '托养机构'}托养",
                "person_name",
                remedy="更换机构的，请先办理《托养终止（转出）审批表》",
                remedy_paper="placement_termination",
            )
        elif (same := facts.latest(self.code)) is not None and not same.issued:
            yield Problem(f"该人员已有一件托养审批在办（{same.doc_no or same.title}）", "person_name")

    @rule("R-45", clause=CLAUSE, level=Level.NOTE)
    def approved_before_moving(self, facts: Facts) -> Iterator[Problem]:
        """先审批、后托养."""
        if self.starts_on.data and self.starts_on.data < facts.today:
            yield Problem("托养起始日早于今天；应先审批、后托养，请核实", "starts_on")

    @rule("R-104", clause=f"{CLAUSE}；§3.8", level=Level.WARN)
    def price_is_the_one_agreed(self, facts: Facts) -> Iterator[Problem]:
        """收费高于协议标准的，须说明."""
        chosen, price = self.chosen(facts), self.price_month.data
        if chosen and price and price > chosen.price_month:
            yield Problem(f"高于协议标准每人每月{yuan(chosen.price_month)}元，请说明依据", "price_month")

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """The person is in custody from the day named. Nothing else changes (R-49)."""
        if on is Milestone.SENT and self.starts_on.data:
            yield Placed(self.starts_on.data)

    def cc(self, facts: Facts) -> Sequence[str]:
        """The station that looks after the person gets a copy (§2.D)."""
        station = facts.county.get("county_station")
        return [station.name] if station and station.code != facts.issuer.code else []

    def _against(self, facts: Facts) -> set[str]:
        """Return the numbers of the rules that refuse the paper now."""
        return {problem.rule for problem in self.problems(facts) if problem.level is Level.BLOCK}

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print the table, the 审核要点 with their ticks, the decision over the seal, and room for the institution."""
        face = table_face(self, facts, stamp)
        chosen, against = self.chosen(facts), {problem.rule for problem in self.problems(facts)}
        mental = chosen is not None and only_mental(chosen.kind, chosen.serves)
        ticks = [
            {"text": text, "ok": not rules & against} for text, rules in POINTS if mental or "R-44" not in rules
        ]
        name = self.to_name.data or "　　"
        face["blocks"] += [
            {"kind": "ticks", "heading": "审核要点", "items": ticks},
            {
                "kind": "statement",
                "heading": "审批意见",
                "text": f"同意自{self.starts_on.printed or '　　'}起将{person_long(facts)}（救助编号：{facts.person.case_no}）"
                f"托养在{name}，托养费用每人每月{self.price_month.printed}元。"
                f"托养期间，寻亲、DNA采集比对和落户安置由{our_office(facts)}继续办理，时限照常计算。",
            },
            {
                "kind": "signatures",
                "boxes": [
                    {"label": "托养机构接收人（签章）", "name": "", "time": ""},
                    {"label": "送托人", "name": "", "time": ""},
                ],
            },
        ]
        face["signed_by"] = facts.issuer.name
        face["signed_date"] = chinese_date(stamp.signed_on) if stamp.signed_on else None
        face["foot"] = sealed_foot(stamp.names, LETTER_STEPS)
        return face


def _category(age: int | None) -> str:
    return "elderly" if age is not None and age >= 60 else "adult"
