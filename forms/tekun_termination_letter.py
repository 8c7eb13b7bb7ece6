"""终止特困供养告知函 — support ends, as the person has an own home and identity. (P-46)"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from forms.kit.blocks import contact_boxes, latest_contact, urgency_box
from forms.kit.chains import Milestone
from forms.kit.effects import Settles
from forms.kit.facts import Facts
from forms.kit.fields import DateBox, IdNumberBox, MonthBox, TextBox
from forms.kit.paper import Addressee, Genre, Letter, Section
from forms.kit.rules import Problem, rule
from forms.kit.settlement import on_file, registration_of
from forms.kit.tekun import same_township, township_boxes, township_choices, township_named, township_problems
from forms.kit.timespan import add_months
from forms.kit.wording import closed, our_office

CLAUSE = "社会救助暂行办法第18条；S0 三（二）2（4）末句"


class TekunTerminationLetter(Letter):
    """终止特困供养告知函, with P-45: support ends from the month after the identity was found (§2.E)."""

    number, code, title = "P-46", "tekun_termination_letter", "终止特困供养告知函"
    genre = Genre.LETTER
    clause = CLAUSE
    addressee, offers_townships = Addressee.NAMED, True
    drafted_in = frozenset({"county_bureau", "prefecture_bureau"})
    one_live = True

    to_unit, to_name = township_boxes()
    reg_name = TextBox("登记姓名", copied=True)
    id_number = IdNumberBox("登记的公民身份号码", copied=True)
    in_from = MonthBox("纳入月份", copied=True)
    support_org = TextBox("供养机构", copied=True, wide=True)
    true_name = TextBox("真实姓名", copied=True)
    true_hukou = TextBox("真实户籍地址", copied=True, wide=True)
    confirmed_on = DateBox("查明真实身份日期", copied=True)
    ends_from = MonthBox("终止月份", copied=True)
    handover = TextBox(
        "衔接事项", most=100, wide=True, help="如“个人物品和供养期间病历请移交平塘县救助管理站”；没有的不填"
    )
    urgency = urgency_box()
    contact_name, contact_phone = contact_boxes()

    sections = (
        Section("致送", ("to_unit", "to_name")),
        Section("供养情况", ("reg_name", "id_number", "in_from", "support_org")),
        Section("真实身份", ("true_name", "true_hukou", "confirmed_on", "ends_from"), "自查明身份的次月起终止"),
        Section("衔接和联系", ("handover", "urgency", "contact_name", "contact_phone")),
    )
    settles = (Settles("tekun_termination_due", Milestone.SENT),)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest the township the inclusion went to."""
        asked, registered = facts.issued("tekun_inclusion_letter"), registration_of(facts)
        address = str(registered.answers.get("hukou_address", "")) if registered else ""
        found = same_township([asked.answers] if asked else []) or township_named(facts, address)
        return {**found, **latest_contact(facts)}

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take support and identity as the case has them."""
        confirmed, found = facts.issued("tekun_confirmation"), facts.issued("identity_confirmation")
        said = confirmed.answers if confirmed else {}
        known_on = on_file(found.answers.get("confirmed_at")) if found else None
        person = facts.person
        return {
            "reg_name": said.get("reg_name", ""),
            "id_number": said.get("id_number", ""),
            "in_from": said.get("from_month", ""),
            "support_org": said.get("support_org", ""),
            "true_name": person.name if person.identified else "",
            "true_hukou": person.hukou_address if person.identified else "",
            "confirmed_on": known_on,
            "ends_from": _month_after(known_on),
        }

    def offer(self, facts: Facts) -> None:
        """Offer the townships of the county, then any other by its name."""
        self.to_unit.offer(township_choices(facts))

    @rule("R-60", clause=CLAUSE)
    def the_identity_is_confirmed(self, facts: Facts) -> Iterator[Problem]:
        """真实身份已经查明并确认."""
        if not facts.person.identified:
            yield Problem("真实身份还没有确认，不终止特困供养", "true_name", remedy_paper="identity_confirmation")

    @rule("R-60", clause=CLAUSE)
    def the_person_is_in_support(self, facts: Facts) -> Iterator[Problem]:
        """已确认为特困人员的，才须终止."""
        if facts.issued("tekun_confirmation") is None:
            yield Problem("该人员没有纳入特困供养，不需要告知终止", "reg_name")

    @rule("R-95", clause="条例 8、14")
    def goes_to_a_township(self, facts: Facts) -> Iterator[Problem]:
        """主送乡（镇）人民政府或街道办事处."""
        if self.to_name.shown(self):
            yield from township_problems(self.to_name.data or "", "to_name")

    def matter(self, facts: Facts) -> str:
        """终止…特困人员救助供养."""
        return f"终止{self.reg_name.data or '　　'}特困人员救助供养"

    def body(self, facts: Facts) -> Iterable[str]:
        """House style; domain §3.16 has no kernel for it."""
        we, name = our_office(facts), self.reg_name.data or "　　"
        known = self.confirmed_on.printed if self.confirmed_on.data else "现已"
        yield (
            f"{name}（公民身份号码{self.id_number.data}）系{facts.issuer.self_word}落户安置的流浪乞讨受助人员，"
            f"自{self.in_from.printed}起纳入特困人员救助供养，由{closed(self.support_org.data or '')}供养。"
            f"{known}查明其真实身份为{self.true_name.data}（{self.true_hukou.data}），{we}已商请公安机关注销其落户登记的户口。"
        )
        handover = f"{closed(self.handover.data)}。" if self.handover.data else ""
        yield (
            f"根据《社会救助暂行办法》有关规定，其不再符合特困人员救助供养条件，自{self.ends_from.printed}起终止救助供养。"
            f"请你单位做好资金停发和供养机构告知工作，配合{we}做好接送返回。{handover}"
        )
        yield "特此函告。"

    def enclosures(self, facts: Facts) -> Sequence[str]:
        """What proves the identity."""
        return ["身份确认单"]


def _month_after(day: date | None) -> str:
    return add_months(day.replace(day=1), 1).strftime("%Y-%m") if day else ""
