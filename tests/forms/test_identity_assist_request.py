"""P-23 协助核查身份函: to whom a clue may go, when an answer may be urged, and how the letters read."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.identity_assist_request import IdentityAssistRequest
from forms.kit.chains import STANDARD
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.wording import your_office
from tests.forms.sample import MAN, ZHANG, doc, facts, moment, organ, rules_hit

#: A clue that leads to another province; the organ is typed.
SAMPLE: dict[str, Any] = {
    "purpose": "clue",
    "to_unit": "other",
    "to_name": "广西壮族自治区河池市救助管理站",
    "clue_source": ["self", "accent"],
    "clue": "自称姓罗，提到过“大河坝”和“南丹”，口音近似河池一带",
    "asks": ["lost_report", "relatives", "photo"],
    "contact_name": "罗春和",
    "contact_phone": "0854-7221234",
}
#: The police have not answered within 20 working days.
REMINDER: dict[str, Any] = {
    "purpose": "reminder",
    "to_unit": "522727-police",
    "contact_name": "罗春和",
    "contact_phone": "0854-7221234",
}
NOTICE = doc(
    "tracing_notice", "in_process", doc_no="寻522727-2026-0012", sent_at=moment("2026-09-29 10:30"), closed_at=None
)
LETTER = doc(
    "dna_request",
    "in_process",
    doc_no="平民函〔2026〕7号",
    signed_on=date(2026, 10, 12),
    sent_at=moment("2026-10-12 16:00"),
    served_on=date(2026, 10, 13),
    closed_at=None,
)
PAPERS = {
    "quick_identity_check": [doc("quick_identity_check")],
    "tracing_notice": [NOTICE],
    "dna_request": [LETTER],
}
DUE = {"dna_result_due": moment("2026-11-11 00:00")}


def known(issuer: str = "522727-bureau", **changes: Any) -> Facts:
    return facts(issuer, **{"papers": PAPERS, "now": "2026-10-20 09:00", "clocks": DUE, **changes})


LATE = known(now="2026-11-12 09:00", counterpart=organ("522727-police"))


def paper(of: Facts | None = None, base: dict[str, Any] = SAMPLE, **changes: Any) -> IdentityAssistRequest:
    return IdentityAssistRequest.read({**base, **changes}, of or known())


def sentences(of: Facts | None = None, base: dict[str, Any] = SAMPLE, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, base, **changes).problems(of or known())]


def test_a_full_letter_has_nothing_against_it() -> None:
    assert sentences() == []
    assert sentences(LATE, REMINDER) == []
    assert IdentityAssistRequest.chain is STANDARD
    assert IdentityAssistRequest.answered_by == ("identity_confirmation",)


def test_the_answers_survive_storing_and_reading() -> None:
    assert paper().answers() == SAMPLE
    assert paper(LATE, REMINDER).answers() == REMINDER


def test_organs_of_the_county_and_the_station_are_offered_then_any_other() -> None:
    offered = paper().to_unit.words
    assert offered["522727-police"] == "平塘县公安局"
    assert offered["522700-station"] == "黔南州救助管理站"
    assert list(offered)[-1] == "other"
    assert "522727-bureau" not in offered


def test_an_organ_not_offered_must_be_named_in_full() -> None:
    assert sentences(to_name="") == ["请填写“机关全称”"]
    assert sentences(to_unit="530000-police") == ["主送机关：请从所列选项中选择"]
    assert sentences(to_unit="") == ["请填写“主送机关”"]
    of = known()
    assert rules_hit(paper(of, to_name="平塘县民政局"), of) == {"R-95"}


def test_the_draft_takes_the_clue_from_the_admission() -> None:
    first = IdentityAssistRequest.prefill(known(case={"self_clues": "提到过“大河坝”。"}))
    assert (first["purpose"], first["to_unit"]) == ("clue", "522727-police")
    assert (first["clue"], first["clue_source"]) == ("提到过“大河坝”", ["self"])
    assert IdentityAssistRequest.prefill(LATE)["purpose"] == "reminder"


def test_a_clue_is_told_with_its_source_and_what_is_asked() -> None:
    assert sentences(clue="姓罗", clue_source=[], asks=[]) == [
        "请填写“线索来源”",
        "线索内容：至少10个字，请补充",
        "请填写“商请协助事项”",
    ]
    assert sentences(asks=["other"]) == ["请填写“其他事项”"]


def test_nobody_identified_is_asked_about() -> None:
    of = known(person=ZHANG)
    assert rules_hit(paper(of), of) == {"R-14"}


def test_the_quick_check_comes_first_or_a_reason_is_given() -> None:
    of = known(papers={"tracing_notice": [NOTICE]})
    (problem,) = paper(of).problems(of)
    assert (problem.rule, problem.level, problem.remedy_paper) == ("R-09", "warn", "quick_identity_check")


@pytest.mark.parametrize(
    "of",
    [
        known(),
        replace(LATE, clocks={}),
        replace(LATE, papers={**PAPERS, "dna_request": [replace(LETTER, state="replied")]}),
        replace(LATE, papers={**PAPERS, "dna_request": []}),
    ],
)
def test_an_answer_is_urged_only_when_it_is_late(of: Facts) -> None:
    (problem,) = paper(of, REMINDER).problems(of)
    assert (problem.rule, problem.field) == ("R-13", "purpose")


def test_it_is_urged_where_the_letter_went() -> None:
    assert sentences(LATE, REMINDER, to_unit="522700-station") == ["催办函应发给收到DNA采集比对函的公安机关"]
    assert sentences(LATE, REMINDER, to_unit="other", to_name="都匀市公安局") == []


def test_the_letter_reads_in_the_style_of_the_house() -> None:
    face = paper().face(known(), Stamp())
    assert face["title"] == "平塘县民政局关于商请协助核查1名身份不明受助人员身份的函"
    assert face["addressee"] == "广西壮族自治区河池市救助管理站"
    assert [line["text"] for line in face["paragraphs"]] == [
        (
            "2026年9月28日18时30分，平塘县救助管理站依法对1名身份不明人员（男，目测年龄50至55岁）实施救助"
            "（救助编号：522727-2026-0012）。经快速查询，其身份信息暂未查明。"
            "我局已于2026年9月29日10时30分发布寻亲公告（公告编号：寻522727-2026-0012）。"
        ),
        "根据本人自述、口音辨识，现有以下线索：自称姓罗，提到过“大河坝”和“南丹”，口音近似河池一带。",
        (
            "为尽快查明其身份，使其早日与家人团聚，现商请贵站根据上述线索协助查询走失报案、查找并联系其亲属、组织辨认照片，"
            "并将核查结果函告我局。核查中获悉的个人信息，请仅用于寻亲。"
        ),
        "特此函商，请予函复。",
    ]
    assert face["attachments"] == ["受助人员照片及体貌特征", "寻亲公告"]


def test_without_a_notice_none_is_told_of() -> None:
    of = known(papers={"quick_identity_check": PAPERS["quick_identity_check"]})
    face = paper(of).face(of, Stamp())
    assert face["attachments"] == ["受助人员照片及体貌特征"]
    assert "公告" not in face["paragraphs"][0]["text"]


def test_a_claimed_name_stands_in_the_title() -> None:
    of = known(person=replace(MAN, identity_status="claimed", name="罗大河"))
    assert paper(of).heading(of) == "平塘县民政局关于商请协助核查受助人员罗大河身份的函"


def test_other_wishes_are_told_in_the_clerks_words() -> None:
    words = "".join(paper(asks=["visit", "other"], ask_other="辨认随身的学生证。").body(known()))
    assert "协助到线索所指村（社区）走访核实、辨认随身的学生证，并将核查结果函告我局。" in words


def test_the_reminder_names_letter_service_and_limit() -> None:
    face = paper(LATE, REMINDER).face(LATE, Stamp())
    assert face["title"] == "平塘县民政局关于商请尽快反馈1名身份不明受助人员DNA采集比对和身份核查结果的函"
    words = [line["text"] for line in face["paragraphs"]]
    assert words[0].endswith(
        "我局已函商贵局采集其DNA信息并协助核查身份（平民函〔2026〕7号），该函已于2026年10月13日送达。"
    )
    assert words[1].startswith("自送达之日起20个工作日的期限已经届满，尚未收到核查结果。")
    assert face["attachments"] == []


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("平塘县公安局", "贵局"),
        ("黔南州救助管理站", "贵站"),
        ("黔南州儿童福利院", "贵院"),
        ("金盆派出所", "贵所"),
        ("平塘县金盆街道办事处", "贵单位"),
        ("", "贵单位"),
    ],
)
def test_other_organs_are_addressed_by_what_they_are(name: str, word: str) -> None:
    assert your_office(name) == word
