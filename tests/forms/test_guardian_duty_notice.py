"""P-53 监护责任告知督促书: told with the police when somebody comes home, refusal never without them (R-72)."""

from dataclasses import replace
from datetime import date
from typing import Any

from forms.guardian_duty_notice import CONSEQUENCE, LAW, GuardianDutyNotice
from forms.kit.chains import STANDARD, Milestone
from forms.kit.effects import TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.rules import Level
from tests.forms.sample import MAN, ZHANG, doc, facts, rules_hit

#: The brother of a man who came home.
SAMPLE: dict[str, Any] = {
    "guardian_name": "张守地",
    "relation": "弟弟",
    "guardian_phone": "13985412345",
    "guardian_address": "贵州省平塘县通州镇新光村六组12号",
    "attitude": "willing",
    "duties": ["life", "watch", "revisit"],
    "with_police": "yes",
    "police_unit": "平塘县公安局通州派出所",
    "police_officer": "韦明远",
    "told_how": "face",
    "contact_name": "罗春和",
    "contact_phone": "0854-7221234",
}
HOME = doc(
    "escort_return_handover",
    answers={"returned_at": "2026-10-12T15:30", "receiver_name": "张守地", "receiver_relation": "弟弟",
             "receiver_phone": "13985412345", "home_address": "通州镇新光村六组12号"},
)  # fmt: skip


def known(**changes: Any) -> Facts:
    first = {"person": replace(ZHANG, open=False), "papers": {"escort_return_handover": [HOME]}, **changes}
    return facts("522727-bureau", **first)


def paper(of: Facts | None = None, **changes: Any) -> GuardianDutyNotice:
    return GuardianDutyNotice.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, **changes).problems(of or known())]


def test_a_full_notice_has_nothing_against_it_after_the_case_is_closed() -> None:
    assert sentences() == []
    assert GuardianDutyNotice.chain is STANDARD
    assert [(each.limit, each.on) for each in GuardianDutyNotice.settles] == [
        ("guardian_duty_notice_due", Milestone.SENT)
    ]


def test_refusal_is_met_with_the_police() -> None:
    refused = {"attitude": "refused", "refusal": "表示无力照料，要求继续由政府供养"}
    assert sentences(**refused) == []
    (problem,) = paper(**refused, with_police="no").problems(known())
    assert (problem.rule, problem.level, problem.field) == ("R-72", Level.BLOCK, "with_police")
    (warned,) = paper(with_police="no").problems(known())
    assert (warned.rule, warned.level) == ("R-72", Level.WARN)


def test_only_the_family_of_a_known_person_is_told() -> None:
    of = known(person=MAN)
    assert rules_hit(paper(of), of) == {"R-72"}
    assert sentences(guardian_name="张守田") == ["被告知人是监护人（近亲属），不能填受助人员本人"]


def test_the_draft_knows_who_took_the_person_in() -> None:
    first = GuardianDutyNotice.prefill(known())
    assert (first["guardian_name"], first["relation"], first["guardian_address"]) == (
        "张守地", "弟弟", "通州镇新光村六组12号",
    )  # fmt: skip
    assert first["police_unit"] == "平塘县公安局"
    child = GuardianDutyNotice.prefill(known(person=replace(ZHANG, birth_date=date(2015, 3, 2))))
    assert "school" in child["duties"]


def test_a_family_in_difficulty_is_helped() -> None:
    made = paper(attitude="difficult")
    assert list(made.effects(Milestone.SENT, known())) == [
        TaskOpened(
            "needs_assessment", "county", "监护人（近亲属）愿意照料但有困难，请评估需求，提出帮扶建议", "R-72"
        )
    ]
    assert list(paper().effects(Milestone.SENT, known())) == []


def test_the_notice_has_two_parts_and_its_words() -> None:
    face = paper(attitude="refused", refusal="表示不愿接领。").face(known(), Stamp(signed_on=date(2026, 10, 13)))
    assert (face["face"], face["addressee"], face["date"]) == ("notice", "张守地", "2026年10月13日")
    first, second, third, fourth = face["paragraphs"]
    assert first == (
        "张守田（男，公民身份号码：522727197403020015）于2026年9月28日由平塘县救助管理站救助，并于2026年10月12日返乡。"
        "你系其弟弟。"
    )
    assert second == (
        f"{LAW}请你履行下列责任：照料日常生活，保障衣食住；加强看护，防止再次走失或者外出流浪；"
        "配合救助管理机构每半年一次的回访。"
    )
    assert third == f"经查，你表示不愿接领。{CONSEQUENCE}"
    assert "联系电话：0854-7221234" in fourth
    assert ["民警（签名）", ""] in face["receipt"]
    assert ["会同公安机关", "平塘县公安局通州派出所　韦明远"] in face["counterfoil"]["rows"]
