"""P-73 疑似精神障碍患者送诊（送治）单: no relatives found, so police and civil affairs bring the person (R-85)."""

from dataclasses import replace
from typing import Any

from forms.kit.chains import FORM, Milestone
from forms.kit.effects import CaseUpdated, TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.rules import Level
from forms.psychiatric_referral import PsychiatricReferral
from tests.forms.sample import MAN, facts

SAMPLE: dict[str, Any] = {
    "relatives": "unknown",
    "signs": ["speech", "behaviour"],
    "course": "在河滨路徘徊两日，自言自语，拒绝进食",
    "police_unit": "平塘县公安局",
    "police_officer": "韦明远",
    "staff": "罗春和、岑秋实",
    "hospital": "黔南州精神病专科医院",
    "sent_at": "2026-10-12T10:00",
    "outcome": "waiting",
}
FOUND = {"outcome": "inpatient", "diagnosis": "精神分裂症", "doctor": "陆远", "diagnosed_on": "2026-10-12"}
ILL = replace(MAN, mental_status="suspected")


def known(**changes: Any) -> Facts:
    return facts(**{"person": ILL, "attached": frozenset({"diagnosis"}), **changes})


def paper(of: Facts | None = None, **changes: Any) -> PsychiatricReferral:
    return PsychiatricReferral.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, **changes).problems(of or known())]


def test_a_full_form_has_nothing_against_it_before_and_after_the_diagnosis() -> None:
    assert sentences(known(attached=frozenset())) == []
    assert sentences(**FOUND) == []
    assert sentences(known(attached=frozenset()), **FOUND) == ["请上传附件“精神科诊断证明”"]
    assert PsychiatricReferral.chain is FORM


def test_with_relatives_unknown_the_draft_is_ready() -> None:
    first = PsychiatricReferral.prefill(known())
    assert (first["relatives"], first["police_unit"], first["hospital"]) == (
        "unknown", "平塘县公安局", "黔南布依族苗族自治州人民医院",
    )  # fmt: skip
    reached = known(case={"relatives": [{"name": "韦国强", "reached": "yes"}]})
    assert PsychiatricReferral.prefill(reached)["relatives"] == "known"


def test_relatives_bring_their_own_unless_there_is_danger() -> None:
    (problem,) = paper(relatives="known").problems(known())
    assert (problem.rule, problem.level) == ("R-85", Level.WARN)
    assert sentences(relatives="known", signs=["harm"]) == []


def test_times_run_forward() -> None:
    assert sentences(sent_at="2026-10-13T09:02") == ["送诊时间不能晚于现在，请核对"]
    assert sentences(**{**FOUND, "diagnosed_on": "2026-10-11"}) == ["诊断日期不能早于送诊日期，请核对"]
    assert sentences(**{**FOUND, "diagnosed_on": "2026-10-14"}) == ["诊断日期不能晚于今天"]


def test_the_diagnosis_becomes_part_of_the_file() -> None:
    updated, task = paper(**FOUND).effects(Milestone.COMPLETED, known())
    assert isinstance(updated, CaseUpdated)
    assert (updated.values["mental_status"], updated.values["diagnosis_doctor"]) == ("diagnosed", "陆远")
    assert isinstance(task, TaskOpened)
    assert (task.paper, task.rule) == ("medical_settlement", "R-65")
    (cleared,) = paper(outcome="not").effects(Milestone.COMPLETED, known())
    assert cleared == CaseUpdated({"mental_status": "normal"})
    assert list(paper().effects(Milestone.COMPLETED, known())) == []


def test_the_sheet_asks_the_hospital_in_the_words_of_the_law() -> None:
    face = paper().face(known(), Stamp())
    statement = next(block["text"] for block in face["blocks"] if block["kind"] == "statement")
    assert "依照《中华人民共和国精神卫生法》第二十八条，由公安机关会同民政部门送往贵院进行诊断" in statement
    assert len(face["blocks"][-1]["boxes"]) == 3
