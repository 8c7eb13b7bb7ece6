"""落户安置方案人员变动报告: the government learns that one line of the plan before it has fallen away."""

from dataclasses import replace
from typing import Any

from forms.kit.chains import PRINCIPAL
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.paper import Genre
from forms.settlement_plan_notice import SettlementPlanNotice
from tests.forms import settlement_sample as chain
from tests.forms.sample import organ
from tests.forms.test_household_cancellation_letter import FOUND

SAMPLE: dict[str, Any] = {"contact_name": "罗春和", "contact_phone": "0854-7221234"}
KNOWN = chain.known(chain.PLAN, "2026-07-10 09:00", person=FOUND, counterpart=organ("522727-government"))


def paper(of: Facts = KNOWN, **changes: Any) -> SettlementPlanNotice:
    return SettlementPlanNotice.read({**SAMPLE, **changes}, of)


def fields(of: Facts) -> list[str]:
    return [problem.field for problem in paper(of).problems(of)]


def test_a_full_report_has_nothing_against_it() -> None:
    assert fields(KNOWN) == []
    assert (SettlementPlanNotice.genre, SettlementPlanNotice.chain) == (Genre.REPORT, PRINCIPAL)


def test_the_report_names_the_request_and_the_line() -> None:
    face = paper().face(KNOWN, Stamp(signer="石若水"))
    assert (face["face"], face["addressee"]) == ("file", "平塘县人民政府")
    assert face["title"] == "平塘县民政局关于何平安身份查明不再落户安置的报告"
    assert [line["text"] for line in face["paragraphs"]] == [
        (
            "我局《关于1名滞留流浪乞讨人员落户安置方案的请示》（平民呈〔2026〕3号）所附《落户安置人员方案明细表》列有何平安"
            "（拟用名，救助编号：522727-2026-0003）。现已查明其真实身份为罗大河（贵州省惠水县好花红镇）。"
        ),
        (
            "我局已停止为何平安办理落户安置，该表中何平安一行作删去处理，其余人员的方案不变。"
            "下一步，我局将做好接送返回和后续帮扶。"
        ),
        "特此报告。",
    ]


def test_it_is_written_while_the_plan_waits() -> None:
    replied = replace(KNOWN, papers=chain.through(chain.REPLY))
    assert fields(replied) == ["plan_no"]
    unsent = replace(chain.PLAN, sent_at=None, state="to_sign")
    assert fields(replace(KNOWN, papers=chain.on_file(unsent))) == ["plan_no"]


def test_nothing_is_reported_of_somebody_still_unknown() -> None:
    assert fields(replace(KNOWN, person=chain.PERSON)) == ["true_name"]
