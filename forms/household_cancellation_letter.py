"""商请注销户籍的函 — the person's own identity is known: the household given in settlement is to go, or not to come. (P-45)"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from forms.kit.blocks import contact_boxes, latest_contact, urgency_box
from forms.kit.chains import Milestone
from forms.kit.effects import Settles
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, IdNumberBox, TextBox, when
from forms.kit.paper import Addressee, Genre, Letter, Section
from forms.kit.rules import Problem, rule
from forms.kit.settlement import CLAUSE, LETTER, approval_of, registration_of
from forms.kit.wording import closed, our_office

CANCEL, STOP = "cancel", "stop"
REGISTERED = when("purpose", CANCEL)


class HouseholdCancellationLetter(Letter):
    """商请注销户籍的函, S0 三（二）2（4）末句; wording of domain §3.16.

    After registration it asks to cancel (R-60). Where the letter of P-41 is out and not yet answered, it asks the police
    to stop (R-59), else they would register somebody who already has a household.
    """

    number, code, title = "P-45", "household_cancellation_letter", "商请注销户籍的函"
    genre = Genre.LETTER
    clause = CLAUSE
    addressee = Addressee.POLICE
    drafted_in = frozenset({"county_bureau", "prefecture_bureau"})
    one_live = True

    purpose = ChoiceBox(
        "商请事项", [(CANCEL, "注销已登记的户口"), (STOP, "停止办理户籍登记")], copied=True, wide=True
    )
    reply_doc_no = TextBox("批准落户的批复文号", copied=True)
    letter_no = TextBox("原户籍登记函文号", copied=True)
    reg_name = TextBox("登记姓名", copied=True)
    reg_no = TextBox("户号", copied=True, shown_when=REGISTERED)
    id_number = IdNumberBox("登记的公民身份号码", copied=True, shown_when=REGISTERED)
    hukou_address = TextBox("登记的户口地址", copied=True, wide=True)
    true_name = TextBox("真实姓名", copied=True)
    true_id_number = IdNumberBox("真实公民身份号码", copied=True)
    true_hukou = TextBox("真实户籍地址", copied=True, wide=True)
    evidence = TextBox("查明依据", required=True, least=4, most=60, wide=True, help="如“公安机关DNA比对结果”")
    urgency = urgency_box()
    contact_name, contact_phone = contact_boxes()

    sections = (
        Section(
            "落户情况",
            ("purpose", "reply_doc_no", "letter_no", "reg_name", "reg_no", "id_number", "hukou_address"),
        ),
        Section("真实身份", ("true_name", "true_id_number", "true_hukou", "evidence"), "从身份确认单中带入"),
        Section("联系", ("urgency", "contact_name", "contact_phone")),
    )
    settles = (Settles("household_cancellation_due", Milestone.SENT),)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest how the identity was found."""
        found = facts.issued("identity_confirmation")
        channel = str(found.answers.get("channel", "")) if found else ""
        return {"evidence": f"{channel}，身份确认单" if channel else "", **latest_contact(facts)}

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take the registration, or the letter still out, and the identity found."""
        registered, letter, approval = registration_of(facts), facts.issued(LETTER), approval_of(facts)
        given: Mapping[str, Any] = registered.answers if registered else letter.answers if letter else {}
        person = facts.person
        return {
            "purpose": CANCEL if registered else STOP,
            "reply_doc_no": approval.reply.answers.get("reply_doc_no", "") if approval else "",
            "letter_no": letter.doc_no or "" if letter else "",
            "reg_name": given.get("reg_name", ""),
            "reg_no": given.get("household_no", ""),
            "id_number": given.get("id_number", ""),
            "hukou_address": given.get("hukou_address", ""),
            "true_name": person.name if person.identified else "",
            "true_id_number": person.id_number if person.identified else "",
            "true_hukou": person.hukou_address if person.identified else "",
        }

    @rule("R-60", clause=f"{CLAUSE}末句")
    def the_identity_is_confirmed(self, facts: Facts) -> Iterator[Problem]:
        """真实身份已经查明并确认."""
        if not facts.person.identified:
            yield Problem(
                "真实身份还没有确认，不能商请注销户籍", "true_name", remedy_paper="identity_confirmation"
            )

    @rule("R-60", clause=f"{CLAUSE}末句")
    def there_is_something_to_undo(self, facts: Facts) -> Iterator[Problem]:
        """户口已经登记，或者户籍登记函已经发出."""
        if registration_of(facts) is None and facts.issued(LETTER) is None:
            yield Problem("该人员没有办理过落户（户籍登记函也没有发出），不需要商请注销", "purpose")

    @rule("R-60", clause=f"{CLAUSE}末句")
    def the_two_are_not_one(self, facts: Facts) -> Iterator[Problem]:
        """登记的号码与真实号码不是同一个."""
        if self.id_number.data and self.id_number.data == self.true_id_number.data:
            yield Problem("登记的公民身份号码与真实号码相同，请核对身份确认单", "true_id_number")

    def matter(self, facts: Facts) -> str:
        """商请注销…户籍, or 商请停止为…办理户籍登记."""
        name = self.reg_name.data or "　　"
        return f"商请注销{name}户籍" if self.purpose.data == CANCEL else f"商请停止为{name}办理户籍登记"

    def body(self, facts: Facts) -> Iterable[str]:
        """The kernel of domain §3.16."""
        we, name = our_office(facts), self.reg_name.data or "　　"
        truth = f"现已查明其真实身份为{self.true_name.data}（{self.true_hukou.data}）"
        if self.purpose.data == CANCEL:
            yield (
                f"{name}（公民身份号码{self.id_number.data}）系经{self.reply_doc_no.data}批准落户的身份不明人员。{truth}。"
                f"请贵局注销其在{closed(self.hukou_address.data or '')}的户口登记，并将结果函告{we}。"
            )
            return
        yield (
            f"{name}系经{self.reply_doc_no.data}批准落户的身份不明人员，{we}已函告贵局为其办理户籍登记手续（{self.letter_no.data}）。"
            f"{truth}。请贵局停止办理该户籍登记；已经登记的，请予注销，并将结果函告{we}。"
        )

    def enclosures(self, facts: Facts) -> Sequence[str]:
        """What proves the identity."""
        return ["身份确认单", f"查明依据（{closed(self.evidence.data or '')}）"]
