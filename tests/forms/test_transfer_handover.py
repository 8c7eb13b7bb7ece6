"""P-15 交接单: what both sides check at the door (R-30), and what their signatures make true."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.kit.chains import Milestone
from forms.kit.effects import BedReleased, PersonMoved, TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.rules import Level, Problem
from forms.transfer_handover import TransferHandover
from pdf.render import render
from tests.forms.sample import MAN, ZHANG, doc, facts, moment
from tests.forms.test_transfer_reply import COUNTY, asked
from tests.forms.test_transfer_reply import SAMPLE as ANSWERED
from tests.forms.test_transfer_request import CHILD, INTAKE, MOTHER
from tests.forms.test_transfer_request import SAMPLE as ASKED

OWN_THINGS = [
    {"item": "布袋", "quantity": "1个", "kept_by": "self"},
    {"item": "旧手机", "quantity": "1部", "kept_by": "station"},
]
SAMPLE: dict[str, Any] = {
    "arrived_at": "2026-10-15T14:20",
    "escort_staff": ASKED["escort_staff"],
    "temp_c": "36.6",
    "bp": "128/82mmHg",
    "weight_kg": "61.5",
    "wounds": "no",
    "body_check": "左前臂陈旧疤痕一处，长约3厘米，余未见异常",
    "behaviour": "calm",
    "medication": [{"drug": "无"}],
    "belongings": [{"item": "布袋", "quantity": "1个"}, {"item": "旧手机", "quantity": "1部"}],
    "cash": "120.50",
    "valuables": "无",
    "documents": ["registration", "medical_check", "reply", "notice", "dna_proof"],
    "result": "accept",
    "ward": "male",
    "bed": "男101",
    "duty_confirmed": "yes",
}
REPLY = doc(
    "transfer_reply",
    answers=ANSWERED,
    doc_no="黔南救站函〔2026〕9号",
    sent_at=moment("2026-10-14 16:00"),
    signed_on=date(2026, 10, 14),
)
REQUEST = asked("replied")
PAPERS = {"transfer_request": [REQUEST], "transfer_reply": [REPLY]}


def known(**changes: Any) -> Facts:
    first: dict[str, Any] = {
        "person": MAN,
        "county": COUNTY,
        "case": {"first_org_name": "平塘县救助管理站", "belongings": OWN_THINGS},
        "counterpart": COUNTY["county_bureau"],
        "papers": PAPERS,
        "place": "522727-station",
        "now": "2026-10-15 15:00",
    }
    return facts("522700-station", **{**first, **changes})


def found(answers: dict[str, Any], about: Facts) -> list[Problem]:
    return TransferHandover.read(answers, about).problems(about)


def marks(answers: dict[str, Any], about: Facts) -> list[tuple[str, str]]:
    return [(problem.rule, problem.field) for problem in found(answers, about)]


def test_a_complete_handover_stands() -> None:
    assert found(SAMPLE, known()) == []


def test_the_sheet_brings_along_what_earlier_papers_say() -> None:
    first = TransferHandover.prefill(known())
    assert first["escort_staff"] == ASKED["escort_staff"]
    assert first["belongings"] == SAMPLE["belongings"]
    assert (first["ward"], first["bed"]) == ("male", "男101")
    paper = TransferHandover.read({}, known())
    assert (paper.request_no.data, paper.reply_no.data) == ("平民函〔2026〕7号", "黔南救站函〔2026〕9号")
    assert (paper.from_org.data, paper.tracing_state.data) == (
        "平塘县民政局",
        "寻亲公告未发布；DNA未报请；2026年10月12日已采集DNA",
    )


def test_one_escort_is_not_enough() -> None:
    (problem,) = found({**SAMPLE, "escort_staff": SAMPLE["escort_staff"][:1]}, known())
    assert (problem.rule, problem.field, problem.sentence) == (
        "R-30",
        "escort_staff",
        "护送人员不少于2人，现填1人",
    )


def test_a_woman_comes_with_a_woman() -> None:
    answers = {**SAMPLE, "ward": "female", "bed": "女201", "escort_staff": [SAMPLE["escort_staff"][0]] * 2}
    assert marks(answers, known(person=MOTHER)) == [("R-30", "escort_staff")]


def test_a_difference_in_belongings_is_explained() -> None:
    answers = {**SAMPLE, "belongings": [{"item": "布袋", "quantity": "2个"}, {"item": "雨伞", "quantity": "1把"}]}
    (problem,) = found(answers, known())
    assert (problem.rule, problem.field) == ("R-30", "belongings_note")
    assert (
        problem.sentence == "随身物品与求助登记表不一致（多出雨伞，布袋数量由1个变为2个，缺少旧手机），请说明原因"
    )
    assert found({**answers, "belongings_note": "手机由县站代管，途中添置雨伞"}, known()) == []


def test_nothing_is_the_same_as_nothing() -> None:
    about = known(case={"belongings": [{"item": "无"}]})
    assert found({**SAMPLE, "belongings": [{"item": "无"}]}, about) == []


@pytest.mark.parametrize("missing", ["registration", "medical_check", "reply", "notice", "dna_proof"])
def test_the_papers_are_complete(missing: str) -> None:
    answers = {**SAMPLE, "documents": [kind for kind in SAMPLE["documents"] if kind != missing]}
    assert marks(answers, known()) == [("R-30", "documents")]


def test_a_known_person_needs_no_tracing_papers() -> None:
    assert found({**SAMPLE, "documents": ["registration", "medical_check", "reply"]}, known(person=ZHANG)) == []


def test_nobody_is_handed_over_before_the_reply() -> None:
    assert (
        marks(SAMPLE, known(papers={"transfer_request": [REQUEST]}))
        == [("R-30", "reply_no"), ("R-30", "documents")][:1]
    )
    refused = replace(REPLY, answers={"decision": "decline"})
    assert ("R-30", "reply_no") in marks(SAMPLE, known(papers={**PAPERS, "transfer_reply": [refused]}))
    unsent = replace(REPLY, state="to_sign", sent_at=None, closed_at=None)
    assert ("R-30", "reply_no") in marks(SAMPLE, known(papers={**PAPERS, "transfer_reply": [unsent]}))


@pytest.mark.parametrize(
    ("at", "ok"),
    [
        ("2026-10-13T23:59", False),
        ("2026-10-14T00:00", True),
        ("2026-10-15T15:00", True),
        ("2026-10-15T15:01", False),
    ],
)
def test_arrival_lies_between_the_reply_and_now(at: str, ok: bool) -> None:
    assert (marks({**SAMPLE, "arrived_at": at}, known()) == []) is ok


def test_a_late_arrival_is_explained() -> None:
    answers = {**SAMPLE, "arrived_at": "2026-10-17T10:00"}
    (problem,) = found(answers, known(now="2026-10-17 11:00"))
    assert (problem.rule, problem.level) == ("R-30", Level.WARN)
    assert found({**answers, "_reasons": {"R-30": "途中道路塌方绕行"}}, known(now="2026-10-17 11:00")) == []


def test_nobody_is_handed_over_twice() -> None:
    done = doc("transfer_handover", answers={"result": "accept"})
    assert ("R-30", "arrived_at") in marks(SAMPLE, known(papers={**PAPERS, "transfer_handover": [done]}))
    turned_away = doc("transfer_handover", answers={"result": "refuse"})
    assert found(SAMPLE, known(papers={**PAPERS, "transfer_handover": [turned_away]})) == []


def test_the_duties_are_confirmed_before_the_person_is_taken_over() -> None:
    assert marks({**SAMPLE, "duty_confirmed": "no"}, known()) == [("R-30", "duty_confirmed")]


def test_fever_at_the_door_goes_to_hospital() -> None:
    (problem,) = found({**SAMPLE, "temp_c": "39.5"}, known())
    assert (problem.rule, problem.field, problem.remedy_paper) == ("R-36", "temp_c", "medical_referral")
    assert found({**SAMPLE, "temp_c": "39.5"}, known(attached=frozenset({"hospital_clearance"}))) == []
    assert found({**SAMPLE, "temp_c": "38.4"}, known()) == []


@pytest.mark.parametrize("temperature", ["33.9", "43.1", "三十六"])
def test_a_temperature_nobody_has_is_doubted(temperature: str) -> None:
    assert [p.field for p in found({**SAMPLE, "temp_c": temperature}, known())] == ["temp_c"]


def test_wounds_need_a_picture() -> None:
    assert [p.field for p in found({**SAMPLE, "wounds": "yes"}, known())] == ["attachment-wound_photo"]


@pytest.mark.parametrize("reason", ["hospital", "mismatch", "papers"])
def test_refusal_has_three_reasons_and_needs_no_bed(reason: str) -> None:
    answers = {
        **SAMPLE,
        "result": "refuse",
        "ward": "",
        "bed": "",
        "refuse_reason": reason,
        "refuse_note": "人与照片不符，请核对后再来",
    }
    assert found(answers, known()) == []
    assert [p.field for p in found({**answers, "refuse_reason": "no_bed"}, known())] == ["refuse_reason"]


def test_the_bed_and_the_ward_are_judged_once_more() -> None:
    assert marks({**SAMPLE, "ward": "female", "bed": "女201"}, known()) == [("R-33", "ward")]
    minor = replace(MAN, age_min=16, age_max=19)
    assert marks(SAMPLE, known(person=minor)) == [("R-26", "ward")]


# ---- emergency reception: the letters follow (R-31) ------------------------------------------------------------


def test_after_a_night_reception_the_sheet_needs_no_reply_yet() -> None:
    about = known(papers={"emergency_intake": [INTAKE]}, now="2026-07-11 22:40", place="522700-station")
    answers = {**SAMPLE, "arrived_at": "2026-07-11T22:00", "documents": ["later"]}
    assert found(answers, about) == []
    paper = TransferHandover.read(answers, about)
    assert (paper.request_no.data, paper.reply_no.data) == ("应急先行接收，补办", "应急先行接收，补办")
    assert TransferHandover.prefill(about)["arrived_at"] == "2026-07-11T22:00"
    assert ("R-30", "documents") in marks({**SAMPLE, "documents": [*SAMPLE["documents"], "later"]}, known())


# ---- effects ---------------------------------------------------------------------------------------------------


def effects(answers: dict[str, Any], about: Facts) -> list[Any]:
    return list(TransferHandover.read(answers, about).effects(Milestone.COMPLETED, about))


def test_the_last_signature_brings_the_person_into_the_station() -> None:
    assert effects(SAMPLE, known()) == [PersonMoved("522700-station", moment("2026-10-15 14:20"), "male", "男101")]
    assert list(TransferHandover.read(SAMPLE, known()).effects(Milestone.SUBMITTED, known())) == []


def test_a_child_moves_in_with_its_mother() -> None:
    about = known(person=MOTHER, others={CHILD.case_no: CHILD}, free_beds={"female": ["女201", "女202"]})
    row = {"case_no": CHILD.case_no, "relation": "子女", "bed": "女202", "body_check": "36.5℃，未见异常"}
    answers = {**SAMPLE, "ward": "female", "bed": "女201", "companions": [row]}
    assert found(answers, about) == []
    assert effects(answers, about)[1] == PersonMoved(
        "522700-station", moment("2026-10-15 14:20"), "female", "女202", CHILD.case_no
    )
    assert marks({**answers, "companions": [{**row, "body_check": ""}]}, about) == [("", "companions")]


def test_refused_at_the_door_the_beds_are_free_again() -> None:
    reply = replace(REPLY, answers={**ANSWERED, "companions": [{"case_no": CHILD.case_no}]})
    answers = {**SAMPLE, "result": "refuse", "refuse_reason": "hospital", "refuse_note": "高热，先送医"}
    assert effects(answers, known(papers={**PAPERS, "transfer_reply": [reply]})) == [
        BedReleased(),
        BedReleased(CHILD.case_no),
        TaskOpened("medical_referral", "county", "到站交接时需先送医，请立即送定点医院", "R-36"),
    ]


def test_the_handover_makes_no_duty_of_the_countys_the_stations() -> None:
    assert TransferHandover.starts == ()
    assert TransferHandover.settles == ()


# ---- the printed sheet -----------------------------------------------------------------------------------------


def test_the_sheet_prints_the_fixed_statement_and_three_signatures() -> None:
    about = known()
    stamp = Stamp(doc_no="交522727-2026-0012-1", names={"draft": "吴明海", "duty": "龙江", "other": "陈晓云"})
    face = TransferHandover.read(SAMPLE, about).face(about, stamp)
    assert face["number_line"]["left"] == "交522727-2026-0012-1"
    assert face["copies"] == "一式三份（县、站、案卷）"
    statement, signatures = face["blocks"][-2:]
    assert statement["text"] == (
        "本表所列人员、物品和材料经双方当面核对无误。集中照料期间，日常照料由黔南州救助管理站负责；入站登记、寻亲服务、"
        "落户安置、回访稳固由移交县（市）救助管理机构负责；突发疾病送医的费用结算和救治监管由移交县（市）负责。"
    )
    assert [(box["label"], box["name"]) for box in signatures["boxes"]] == [
        ("移交人（护送人员）", "王建国、李小燕"),
        ("接收人", "吴明海"),
        ("值班领导", "龙江"),
    ]


def test_the_sheet_names_the_companions() -> None:
    about = known(person=MOTHER, others={CHILD.case_no: CHILD}, free_beds={"female": ["女201", "女202"]})
    row = {"case_no": CHILD.case_no, "relation": "子女", "bed": "女202", "body_check": "36.5℃，未见异常"}
    face = TransferHandover.read({**SAMPLE, "ward": "female", "bed": "女201", "companions": [row]}, about).face(
        about, Stamp()
    )
    (listed,) = [block for block in face["blocks"] if block.get("heading") == "随行亲属"]
    assert listed["rows"] == [["1", "罗星", CHILD.case_no, "子女", "女区　女202", "36.5℃，未见异常"]]


def test_the_sheet_is_set_on_paper() -> None:
    about = known()
    assert render(TransferHandover.read(SAMPLE, about).face(about, Stamp())).pages <= 2
