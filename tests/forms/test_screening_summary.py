"""P-59 汇总表: every village in, every figure counted, nothing typed but the check (R-75)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.kit.chains import REPORTED, Milestone
from forms.kit.faces import Stamp
from forms.kit.facts import Facts, VillageFacts
from forms.kit.paper import About, Addressee
from forms.screening_summary import COUNTED, ScreeningSummary, coverage, figures
from pdf.render import render
from tests.forms.sample import CAMPAIGN, NOBODY, facts, organ, rules_hit

SAMPLE: dict[str, Any] = {
    "reported_on": "2026-10-13",
    "total": "6",
    "remarks": [{"village": "522727100-02", "remark": "1人外出务工"}],
}


def known(**changes: Any) -> Facts:
    return facts(
        "522727100", **{"person": NOBODY, "campaign": CAMPAIGN, "counterpart": organ("522727-bureau"), **changes}
    )


def paper(of: Facts | None = None, **changes: Any) -> ScreeningSummary:
    return ScreeningSummary.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [each.sentence for each in paper(of, **changes).problems(of or known())]


def test_a_full_summary_has_nothing_against_it_and_survives_storing() -> None:
    assert sentences() == []
    assert paper().answers() == SAMPLE


def test_it_goes_from_the_township_to_the_county() -> None:
    assert ScreeningSummary.chain is REPORTED
    assert ScreeningSummary.addressee is Addressee.SUPERIOR
    assert ScreeningSummary.about is About.CAMPAIGN
    assert [(each.limit, each.on) for each in ScreeningSummary.settles] == [
        ("screening_summary_due", Milestone.SIGNED)
    ]


def test_three_villages_of_four_are_refused_by_name() -> None:
    late = VillageFacts("522727100-04", "平塘县平舟镇新光村村民委员会", False, 0, 0)
    of = known(campaign=replace(CAMPAIGN, villages=(*CAMPAIGN.villages, late)))
    assert sentences(of) == ["4个村（社区）中已报3个，未报：新光村"]
    assert rules_hit(paper(of), of) == {"R-75"}


def test_a_total_that_differs_from_the_forms_is_refused() -> None:
    assert sentences(total="7") == ["核对合计人数为7人，情况表合计为6人，不一致"]


def test_without_villages_there_is_nothing_to_report() -> None:
    of = known(campaign=replace(CAMPAIGN, villages=()))
    assert sentences(of, total="0", remarks=[]) == ["本乡镇（街道）还没有登记村（社区），请联系系统管理员"]


def test_the_first_total_is_the_number_of_forms() -> None:
    assert ScreeningSummary.prefill(known()) == {"reported_on": date(2026, 10, 13), "total": 6}


def test_the_campaign_date_does_not_move_and_is_only_told() -> None:
    of = known(now="2026-10-31 09:00")
    assert sentences(of) == ["报送截止日为2026年10月30日，已经超过，请立即报送"]


def test_a_person_in_two_groups_counts_once_in_the_total_and_in_each() -> None:
    row = figures(CAMPAIGN.villages[:1])
    assert row == ["3", "2", "1", "0", "1", "0", "0", "0", "0", "0", "0", "0", "0", "2", "1", "1", "66.7%"]


@pytest.mark.parametrize(
    ("persons", "seen", "words"),
    [(3, 2, "66.7%"), (8, 1, "12.5%"), (0, 0, "—"), (16, 1, "6.3%"), (5, 5, "100.0%")],
)
def test_coverage_has_one_decimal_rounded_half_up(persons: int, seen: int, words: str) -> None:
    assert coverage([VillageFacts("1", "甲村", True, persons, seen)]) == words


def test_the_page_is_landscape_with_a_row_a_village_and_computed_totals() -> None:
    stamp = Stamp(signed_on=date(2026, 10, 13), names={"draft": "石若水", "own": "陆德音", "accept": "韦小兰"})
    face = paper().face(known(), stamp)
    (table,) = face["blocks"]
    assert face["orientation"] == "landscape"
    assert face["number_line"] == {
        "left": "附件2　填报单位（盖章）：平塘县平舟镇人民政府",
        "right": "2026年10月13日",
    }
    assert table["heading"] == "排查批次：2026年特殊群体关爱服务专项排查"
    assert [row[:3] for row in table["rows"]] == [["1", "京舟村", "3"], ["2", "乐康村", "2"], ["3", "苗乡村", "1"]]
    assert table["rows"][1][-1] == "1人外出务工"
    assert table["totals"] == ["", "合计", "6", "2", "1", "1", "1", "1", "0", "1", "0", "1", "1", "0", "0", "3", "1", "2",
                               "66.7%", ""]  # fmt: skip
    assert face["foot"] == [
        ["填表人", "石若水"],
        ["审核人", "韦小兰"],
        ["单位负责人", "陆德音"],
        ["日期", "2026年10月13日"],
    ]
    assert render(face).pages == 1


def test_fifteen_villages_run_on_to_a_second_page_with_heads_and_totals() -> None:
    of = known(campaign=fifteen())
    face = paper(total="18315").face(of, Stamp())
    assert sentences(of, total="18315", remarks=[]) == []
    assert len(face["blocks"][0]["rows"]) == 15
    assert face["blocks"][0]["totals"][2] == "18315"
    assert render(face).pages == 2


def fifteen() -> Any:
    """Return the campaign of a township of fifteen villages with long names and large figures."""
    keys = [key for key, _ in COUNTED if key != "open"]
    villages = tuple(
        VillageFacts(f"5227271{n:02d}", f"平塘县平舟镇{'新光布依寨村村民' if n % 3 else '六硐河景苑社区居民'}委员会", True, 1213 + n, 987,
                     dict.fromkeys(keys, 113 + n))
        for n in range(1, 16)
    )  # fmt: skip
    return replace(CAMPAIGN, villages=villages)
