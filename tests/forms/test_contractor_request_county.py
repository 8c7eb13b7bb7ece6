"""P-27 选择托养机构的请示（县→州）: step by step, one institution, everything checked before it is signed."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.contractor_request_county import CHECKED, ContractorRequestCounty
from forms.kit.chains import PRINCIPAL, Desk, Milestone
from forms.kit.effects import ContractorProposed
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.paper import Addressee
from forms.kit.rules import Level
from tests.forms.sample import HOME, NOBODY, facts, organ, rules_hit

#: A private home for the elderly, chosen because the public ones are full.
SAMPLE: dict[str, Any] = {
    "contractor_name": "平塘县松柏苑养老服务中心",
    "uscc": "52522727MJR000123Y",
    "contractor_type": "social_org",
    "serves": ["adult", "elderly", "disabled"],
    "licences": [
        {"name": "登记证书", "licence_no": "52522727MJR000123Y", "expires_on": "2030-06-30"},
        {"name": "养老机构备案", "licence_no": "平民养备〔2024〕7号"},
        {"name": "消防验收（备案）材料", "licence_no": "平住建消验字〔2024〕第8号"},
        {"name": "食品经营许可证", "licence_no": "JY35227270054321", "expires_on": "2030-03-31"},
    ],
    "beds": "120",
    "quota": "20",
    "staff": "41",
    "carers": "26",
    "medics": "5",
    "price_month": "3000",
    "selection_method": "consultation",
    "site_visit_on": "2026-06-08",
    "site_visitors": [
        {"name": "罗春和", "post": "平塘县救助管理站站长"},
        {"name": "岑秋实", "post": "平塘县民政局养老服务股"},
    ],
    "site_result": "fit",
    "term_from": "2026-08-01",
    "term_to": "2028-07-31",
    "supervision_plan": "县救助管理站每月检查探视，县民政局每季度监督检查，费用按月核对结算。",
    "reason": ["beds", "nursing"],
    "fund_source": "困难群众救助补助资金",
    **dict.fromkeys(CHECKED, "yes"),
    "gov_consent": "yes",
    "county_opinion": "该机构证照齐全、照料规范，经局长办公会研究，拟选择其承接托养服务。",
    "contact_name": "岑秋实",
    "contact_phone": "0854-7221234",
}
ATTACHED = frozenset({"licences", "site_report", "contract_draft", "inspection_plan", "gov_consent"})


def known(issuer: str = "522727-bureau", **changes: Any) -> Facts:
    first = {
        "person": NOBODY,
        "now": "2026-06-15 09:00",
        "counterpart": organ("522700-bureau"),
        "attached": ATTACHED,
        **changes,
    }
    return facts(issuer, **first)


def paper(of: Facts | None = None, **changes: Any) -> ContractorRequestCounty:
    return ContractorRequestCounty.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, **changes).problems(of or known())]


def test_a_full_request_has_nothing_against_it() -> None:
    assert sentences() == []


def test_only_the_principal_head_signs() -> None:
    assert ContractorRequestCounty.chain is PRINCIPAL
    assert PRINCIPAL.step("sign").desk is Desk.PRINCIPAL


def test_the_answers_survive_storing_and_reading() -> None:
    kept = paper().answers()
    assert {name: kept[name] for name in SAMPLE} == SAMPLE


@pytest.mark.parametrize(
    ("kind", "operator"),
    [
        ("social_org", ""),  # 民办养老院（社会服务机构）
        ("enterprise", ""),  # 某养老服务有限公司
        ("public_elderly", "enterprise"),  # 公建民营
    ],
)
def test_institutions_not_publicly_run_go_to_the_province(kind: str, operator: str) -> None:
    assert sentences(contractor_type=kind, operator_type=operator) == []


def test_a_public_institution_is_filed_instead() -> None:
    told = paper(contractor_type="public_welfare", operator_type="public", contractor_name="平塘县社会福利院")
    (problem,) = told.problems(known())
    assert (problem.rule, problem.remedy_paper) == ("R-37", "contractor_public_filing")


def test_a_county_never_writes_to_the_province_itself() -> None:
    assert ContractorRequestCounty.addressee is Addressee.SUPERIOR
    of = known(counterpart=organ("520000-department"))
    (problem,) = paper(of).problems(of)
    assert (problem.rule, problem.sentence) == (
        "R-39", "请示须逐级报送，主送机关应为州民政局，不能是贵州省民政厅",
    )  # fmt: skip


def test_a_request_is_about_one_institution() -> None:
    assert rules_hit(paper(contractor_name="平塘县松柏苑养老服务中心、平塘县康乐养老院"), known()) == {"R-95"}


@pytest.mark.parametrize("name", list(CHECKED))
def test_all_nine_points_must_be_yes(name: str) -> None:
    (problem,) = paper(known(), **{name: "no"}).problems(known())
    assert (problem.rule, problem.field, problem.level) == ("R-37", name, Level.BLOCK)
    assert problem.sentence == f"{CHECKED[name]}，不能报送；请先落实"
    (open_point,) = paper(known(), **{name: ""}).problems(known())
    assert open_point.field == name


def test_consent_of_the_government_is_asked_for_but_may_be_explained() -> None:
    (problem,) = paper(gov_consent="").problems(known())
    assert (problem.rule, problem.level, problem.field) == ("R-37", Level.WARN, "gov_consent")
    assert sentences(gov_consent="", _reasons={"R-37": "县人民政府正在研究，同意后补报"}) == []
    assert sentences(gov_consent="not_needed") == ["请填写“无须报经同意的理由”"]
    assert sentences(gov_consent="not_needed", gov_reason="在年度预算内，属日常业务") == []
    assert sentences(known(attached=ATTACHED - {"gov_consent"})) == ["请上传附件“本级人民政府同意的材料”"]


def test_a_reason_does_not_pass_what_is_refused() -> None:
    assert rules_hit(paper(fire_safe="no", _reasons={"R-37": "消防材料正在办理之中"}), known()) == {"R-37"}


def test_the_county_says_what_it_thinks() -> None:
    assert sentences(county_opinion="同意。") == ["本局意见：至少20个字，请补充"]
    assert sentences(county_opinion="") == ["请填写“本局意见”"]


def test_the_visit_lies_within_ninety_days_before_the_request() -> None:
    assert sentences(site_visit_on="2026-03-17") == []
    assert sentences(site_visit_on="2026-03-16") == ["实地考察应在今天之前90天以内，请重新考察"]


def test_submitting_puts_the_institution_on_file_as_proposed() -> None:
    (proposed,) = paper().effects(Milestone.SUBMITTED, known())
    assert isinstance(proposed, ContractorProposed)
    assert (proposed.values["kind"], proposed.values["operator"], proposed.values["price_month"]) == (
        "social_org", "", 300000,
    )  # fmt: skip
    assert list(paper().effects(Milestone.SENT, known())) == []


def test_the_request_is_worded_as_the_domain_says() -> None:
    face = paper().face(known(), Stamp(doc_no="平民呈〔2026〕3号", signed_on=date(2026, 6, 15), signer="杨国栋"))
    assert (face["face"], face["signer"]) == ("file", "杨国栋")
    assert face["title"] == "平塘县民政局关于选择平塘县松柏苑养老服务中心承接流浪乞讨受助人员托养服务的请示"
    assert face["addressee"] == "黔南布依族苗族自治州民政局"
    assert [line["text"] for line in face["paragraphs"]] == [
        (
            "因县内公办福利、养老、精神康复机构床位不足、护理力量不足，不能满足受助人员照料需要，我局拟选择"
            "平塘县松柏苑养老服务中心（社会服务机构）承接流浪乞讨受助人员托养服务。现将有关情况请示如下："
        ),
        "一、机构情况。该机构核定床位120张，从业人员41人，其中护理人员26人，证照齐全，实地考察结论为符合条件。",
        (
            "二、选择方式及费用。通过竞争性磋商选择，托养费用每人每月3000.00元，"
            "所需经费从困难群众救助补助资金列支。"
        ),
        "三、监管安排。签订托养协议，救助管理机构每月开展监督检查和探视，我局定期检查，发现问题及时处置。",
        "四、我局意见。该机构证照齐全、照料规范，经局长办公会研究，拟选择其承接托养服务。",
        "拟托养人数20人，期限自2026年8月1日至2028年7月31日。当否，请批示。",
    ]
    assert face["cc"] == []
    assert face["attachments"][0] == "托养机构基本情况表"
    assert face["attachments"][-1] == "本级人民政府同意的材料"
    assert face["contact"] == "联系人：岑秋实，联系电话：0854-7221234"


def test_the_record_of_the_institution_is_printed_behind_the_request() -> None:
    (annex,) = paper().face(known(), Stamp())["annexes"]
    headings = [block["heading"] for block in annex["blocks"]]
    assert headings == ["托养机构", "资质证照", "规模和收费", "实地考察", "考察人员", "拟托养期限和监管"]
    assert annex["title"] == "托养机构基本情况表"


def test_a_city_says_city_and_a_privately_run_public_home_says_so() -> None:
    of = known("522702-bureau", attached=ATTACHED)
    told = paper(
        of, contractor_type="public_elderly", operator_type="enterprise", reason=["other"],
        reason_other="均在改造停用。", selection_method="other", selection_other="续签原有协议",
    )  # fmt: skip
    words = list(told.body(of))
    assert words[0].startswith("因市内公办福利、养老、精神康复机构均在改造停用，不能满足受助人员照料需要，")
    assert "（公办养老机构，公建民营，由企业运营）" in words[0]
    assert words[2].startswith("二、选择方式及费用。通过续签原有协议选择，")


def test_a_renewal_starts_from_what_is_on_file() -> None:
    of = known(contractor=replace(HOME, state="ended", answers=SAMPLE))
    first = ContractorRequestCounty.prefill(of)
    assert (first["uscc"], first["fund_source"]) == ("52522727MJR000123Y", "困难群众救助补助资金")
    assert not {"term_from", "site_visit_on", "lawful", "county_opinion"} & set(first)
