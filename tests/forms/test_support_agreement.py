"""P-70 救助供养协议登记: the province's form, signed for every person in dispersed support."""

from dataclasses import replace
from typing import Any

import pytest

from forms.kit.chains import FORM
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.support_agreement import SupportAgreement
from tests.forms.sample import GRANNY, NOBODY, facts

WARD = replace(GRANNY, answers={"welfare": ["tekun_dispersed"], "guardian_phone": "13985400001"})
SAMPLE: dict[str, Any] = {
    "agreement_no": "平舟供协2026-012",
    "standard_form": "yes",
    "signed_on": "2026-10-12",
    "valid_from": "2026-10-12",
    "valid_to": "2027-10-11",
    "carer": "罗大宝",
    "carer_relation": "侄子",
    "carer_phone": "13985400001",
    "self_care": "part",
    "fee_month": "300.00",
    "duties": ["daily", "visit", "hospital"],
    "explained": "yes",
}


def known(**changes: Any) -> Facts:
    first = {"person": NOBODY, "case": {}, "resident": WARD, "attached": frozenset({"scan"})}
    return facts("522727100", **{**first, **changes})


def paper(of: Facts | None = None, **changes: Any) -> SupportAgreement:
    return SupportAgreement.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, **changes).problems(of or known())]


def test_a_full_record_has_nothing_against_it() -> None:
    assert sentences() == []
    assert SupportAgreement.chain is FORM
    assert [(each.limit, each.at) for each in SupportAgreement.settles] == [("support_agreement_due", "signed_on")]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"standard_form": "no"}, "应使用省民政厅统一格式的《救助供养协议》，请重新签订"),
        ({"explained": "no"}, "签订时须向供养对象和照料人讲解政策"),
        ({"carer": "罗阿秀"}, "照料服务人不能是供养对象本人"),
        ({"signed_on": "2026-10-14"}, "签订日期不能晚于今天"),
        ({"valid_to": "2026-10-12"}, "期限止日应在起日之后"),
        ({"valid_from": "2025-10-12", "valid_to": "2026-10-11"}, "协议已经到期，请登记续签的协议"),
    ],
)
def test_the_agreement_is_the_right_one_and_in_force(changes: dict[str, str], found: str) -> None:
    assert found in sentences(**changes)


def test_only_dispersed_support_and_only_with_the_scan() -> None:
    of = known(resident=replace(WARD, answers={"welfare": ["tekun_central"]}))
    assert sentences(of) == ["档案中该人员不是分散供养特困人员，不须签订救助供养协议"]
    assert sentences(known(attached=frozenset())) == ["请上传附件“三方签订的协议（扫描件）”"]


def test_the_page_names_the_carer() -> None:
    face = paper().face(known(), Stamp())
    assert any(cell["value"] == "罗大宝" for row in face["blocks"][1]["rows"] for cell in row)
