"""P-46 终止特困供养告知函: support ends with the month in which the identity was found."""

from dataclasses import replace
from typing import Any

import pytest

from forms.kit.chains import STANDARD, Milestone
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.tekun_termination_letter import TekunTerminationLetter
from tests.forms import settlement_sample as chain
from tests.forms.sample import doc, organ, rules_hit
from tests.forms.test_household_cancellation_letter import CONFIRMATION, FOUND
from tests.forms.test_tekun_confirmation import LETTER
from tests.forms.test_tekun_confirmation import SAMPLE as CONFIRMED

SAMPLE: dict[str, Any] = {
    "to_unit": "522727001",
    "handover": "个人物品和病历请移交平塘县救助管理站",
    "contact_name": "罗春和",
    "contact_phone": "0854-7221234",
}
SUPPORT = doc("tekun_confirmation", answers={**CONFIRMED, "reg_name": "何平安", "id_number": "522727196406010014"})
KNOWN = chain.known(
    now="2026-10-14 09:00",
    person=FOUND,
    papers={
        **chain.through(chain.RESULT),
        "identity_confirmation": [CONFIRMATION],
        "tekun_inclusion_letter": [LETTER],
        "tekun_confirmation": [SUPPORT],
    },
    townships=[organ("522727001")],
    counterpart=organ("522727001"),
)


def paper(of: Facts = KNOWN, **changes: Any) -> TekunTerminationLetter:
    return TekunTerminationLetter.read({**SAMPLE, **changes}, of)


def test_a_full_letter_has_nothing_against_it() -> None:
    assert paper().problems(KNOWN) == []
    kind = TekunTerminationLetter
    assert kind.chain is STANDARD
    assert [(each.limit, each.on) for each in kind.settles] == [("tekun_termination_due", Milestone.SENT)]


@pytest.mark.parametrize(
    ("found_at", "month"), [("2026-10-12T15:20", "2026年11月"), ("2026-12-31T23:50", "2027年1月")]
)
def test_support_ends_from_the_month_after(found_at: str, month: str) -> None:
    confirmation = doc("identity_confirmation", answers={"confirmed_at": found_at})
    of = replace(KNOWN, papers={**KNOWN.papers, "identity_confirmation": [confirmation]})
    assert paper(of).ends_from.printed == month


def test_it_goes_where_the_inclusion_went() -> None:
    assert TekunTerminationLetter.prefill(KNOWN)["to_unit"] == "522727001"
    without = {key: docs for key, docs in KNOWN.papers.items() if key != "tekun_inclusion_letter"}
    of = replace(KNOWN, papers=without, townships=())
    assert TekunTerminationLetter.prefill(of)["to_name"] == "平塘县金盆街道办事处"


def test_the_letter_reads_in_the_style_of_the_house() -> None:
    face = paper().face(KNOWN, Stamp())
    assert face["title"] == "平塘县民政局关于终止何平安特困人员救助供养的函"
    assert [line["text"] for line in face["paragraphs"]] == [
        (
            "何平安（公民身份号码522727196406010014）系我县落户安置的流浪乞讨受助人员，自2026年10月起纳入特困人员救助供养，"
            "由平塘县社会福利院供养。2026年10月12日查明其真实身份为罗大河（贵州省惠水县好花红镇），"
            "我局已商请公安机关注销其落户登记的户口。"
        ),
        (
            "根据《社会救助暂行办法》有关规定，其不再符合特困人员救助供养条件，自2026年11月起终止救助供养。"
            "请你单位做好资金停发和供养机构告知工作，配合我局做好接送返回。个人物品和病历请移交平塘县救助管理站。"
        ),
        "特此函告。",
    ]


def test_nobody_unknown_and_nobody_outside_support_is_written_about() -> None:
    unknown = replace(KNOWN, person=chain.PERSON)
    assert rules_hit(paper(unknown), unknown) == {"R-60"}
    outside = replace(KNOWN, papers={**KNOWN.papers, "tekun_confirmation": []})
    assert rules_hit(paper(outside), outside) == {"R-60"}


def test_it_goes_to_a_township() -> None:
    assert rules_hit(paper(to_unit="other", to_name="平塘县民政局"), KNOWN) == {"R-95"}
