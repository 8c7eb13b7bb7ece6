"""P-45 商请注销户籍的函: after registration the household is cancelled, before it the police are asked to stop."""

from dataclasses import replace
from datetime import date
from typing import Any

from forms.household_cancellation_letter import HouseholdCancellationLetter
from forms.kit.chains import STANDARD, Milestone
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.paper import Addressee
from tests.forms import settlement_sample as chain
from tests.forms.sample import doc, organ, rules_hit

SAMPLE: dict[str, Any] = {
    "evidence": "公安机关DNA比对结果",
    "contact_name": "罗春和",
    "contact_phone": "0854-7221234",
}
FOUND = replace(
    chain.PERSON,
    identity_status="confirmed",
    name="罗大河",
    birth_date=date(1962, 5, 6),
    id_number="52273119620506001X",
    hukou_address="贵州省惠水县好花红镇",
)
CONFIRMATION = doc("identity_confirmation", answers={"channel": "公安DNA比对", "confirmed_at": "2026-10-12T15:20"})
KNOWN = chain.known(
    now="2026-10-14 09:00",
    person=FOUND,
    papers={**chain.through(chain.RESULT), "identity_confirmation": [CONFIRMATION]},
    counterpart=organ("522727-police"),
)
BEFORE = replace(KNOWN, papers=chain.through(chain.LETTER))


def paper(of: Facts = KNOWN, **changes: Any) -> HouseholdCancellationLetter:
    return HouseholdCancellationLetter.read({**SAMPLE, **changes}, of)


def test_a_full_letter_has_nothing_against_it() -> None:
    assert paper().problems(KNOWN) == []
    assert paper(BEFORE).problems(BEFORE) == []
    kind = HouseholdCancellationLetter
    assert (kind.chain, kind.addressee) == (STANDARD, Addressee.POLICE)
    assert [(each.limit, each.on) for each in kind.settles] == [("household_cancellation_due", Milestone.SENT)]


def test_the_letter_reads_as_the_house_writes_it() -> None:
    face = paper().face(KNOWN, Stamp())
    assert face["title"] == "平塘县民政局关于商请注销何平安户籍的函"
    assert [line["text"] for line in face["paragraphs"]] == [
        (
            "何平安（公民身份号码522727196406010014）系经平府函〔2026〕30号批准落户的身份不明人员。"
            "现已查明其真实身份为罗大河（贵州省惠水县好花红镇）。"
            "请贵局注销其在贵州省平塘县金盆街道新城路12号的户口登记，并将结果函告我局。"
        )
    ]
    assert face["attachments"] == ["身份确认单", "查明依据（公安机关DNA比对结果）"]


def test_before_registration_the_police_are_asked_to_stop() -> None:
    face = paper(BEFORE).face(BEFORE, Stamp())
    assert face["title"] == "平塘县民政局关于商请停止为何平安办理户籍登记的函"
    assert [line["text"] for line in face["paragraphs"]] == [
        (
            "何平安系经平府函〔2026〕30号批准落户的身份不明人员，我局已函告贵局为其办理户籍登记手续（平民函〔2026〕31号）。"
            "现已查明其真实身份为罗大河（贵州省惠水县好花红镇）。"
            "请贵局停止办理该户籍登记；已经登记的，请予注销，并将结果函告我局。"
        )
    ]


def test_what_the_case_tells_cannot_be_typed_over() -> None:
    typed = paper(purpose="stop", true_name="张三", id_number="11010519491231002X")
    assert (typed.purpose.data, typed.true_name.data) == ("cancel", "罗大河")
    assert typed.id_number.data == "522727196406010014"


def test_the_draft_says_how_the_identity_was_found() -> None:
    assert HouseholdCancellationLetter.prefill(KNOWN)["evidence"] == "公安DNA比对，身份确认单"


def test_without_an_identity_nothing_is_cancelled() -> None:
    of = replace(KNOWN, person=chain.PERSON)
    (problem,) = paper(of).problems(of)
    assert (problem.rule, problem.remedy_paper) == ("R-60", "identity_confirmation")


def test_without_a_registration_or_a_letter_out_there_is_nothing_to_undo() -> None:
    of = replace(KNOWN, papers=chain.through(chain.REPLY))
    assert [problem.field for problem in paper(of).problems(of)] == ["purpose"]


def test_the_two_numbers_differ() -> None:
    of = replace(KNOWN, person=replace(FOUND, id_number="522727196406010014"))
    assert rules_hit(paper(of), of) == {"R-60"}
