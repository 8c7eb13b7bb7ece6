"""The prefecture as the portal first knows it: domain 1.1 and 1.3."""

from collections import Counter

import pytest

from portal.models.people import UnitKind
from portal.reference.ethnic_groups import ETHNIC_GROUPS
from portal.reference.organs import ORGANS, Organ
from portal.reference.regions import COUNTIES, PREFECTURE, Region
from portal.reference.townships import TOWNSHIPS, VILLAGES

BY_CODE = {organ.code: organ for organ in ORGANS}

#: Code, name, slug, self word, letters, upward papers, weak facilities: the table of domain 1.3.
THE_TWELVE = """
522701 都匀市 duyun 我市 匀民函 匀民呈 false
522702 福泉市 fuquan 我市 福民函 福民呈 false
522722 荔波县 libo 我县 荔民函 荔民呈 false
522723 贵定县 guiding 我县 贵民函 贵民呈 true
522725 瓮安县 wengan 我县 瓮民函 瓮民呈 false
522726 独山县 dushan 我县 独民函 独民呈 false
522727 平塘县 pingtang 我县 平民函 平民呈 true
522728 罗甸县 luodian 我县 罗民函 罗民呈 true
522729 长顺县 changshun 我县 长民函 长民呈 false
522730 龙里县 longli 我县 龙民函 龙民呈 false
522731 惠水县 huishui 我县 惠民函 惠民呈 false
522732 三都水族自治县 sandu 我县 三民函 三民呈 true
"""


def test_the_twelve_counties_are_those_of_the_plan_in_the_order_of_the_code() -> None:
    def line(county: Region) -> str:
        codes = BY_CODE[f"{county.code}-bureau"].letter_codes
        weak = str(county.infra_weak).lower()
        return f"{county.code} {county.name} {county.slug} {county.self_word} {codes['函']} {codes['呈']} {weak}"

    lines = [line(county) for county in COUNTIES]
    assert lines == THE_TWELVE.strip().splitlines()


@pytest.mark.parametrize("county", COUNTIES, ids=lambda county: county.slug)
def test_every_county_has_its_bureau_government_police_station_city_management_and_hospital(county) -> None:
    names = {organ.kind: organ.name for organ in ORGANS if organ.region_code == county.code}
    assert names | {"township": "", "village": ""} == {
        "county_bureau": f"{county.name}民政局",
        "government": f"{county.name}人民政府",
        "police": f"{county.name}公安局",
        "county_station": f"{county.name}救助管理站",
        "city_management": f"{county.name}综合行政执法局",
        "hospital": f"{county.name}人民医院",
        "township": "",
        "village": "",
    }


def test_only_the_four_weak_counties_may_ask_for_want_of_facilities() -> None:
    weak = {organ.name for organ in ORGANS if organ.kind == "county_bureau" and organ.infra_weak}
    assert weak == {"平塘县民政局", "贵定县民政局", "罗甸县民政局", "三都水族自治县民政局"}


def test_the_prefecture_organs_carry_the_codes_of_the_plan() -> None:
    assert BY_CODE["522700-bureau"].name == f"{PREFECTURE.name}民政局"
    assert BY_CODE["522700-bureau"].letter_codes == {"函": "黔南民函", "呈": "黔南民呈", "发": "黔南民发"}
    assert BY_CODE["522700-station"].name == "黔南州救助管理站"
    assert BY_CODE["522700-station"].letter_codes == {"函": "黔南救站函"}
    assert BY_CODE["520000-department"].letter_codes == {"函": "黔民函"}
    assert BY_CODE["522700-child-home"].name == "黔南州儿童福利院"


def test_no_two_organs_share_a_code_or_a_full_name() -> None:
    assert [code for code, count in Counter(organ.code for organ in ORGANS).items() if count > 1] == []
    assert [name for name, count in Counter(organ.name for organ in ORGANS).items() if count > 1] == []


def test_no_two_organs_share_a_letter_code() -> None:
    codes = Counter(code for organ in ORGANS for code in organ.letter_codes.values())
    assert [code for code, count in codes.items() if count > 1] == []


def test_a_letter_code_ends_with_the_word_it_is_filed_under() -> None:
    codes = [pair for organ in ORGANS for pair in organ.letter_codes.items()]
    assert [code for word, code in codes if not code.endswith(word)] == []


def test_a_parent_stands_before_its_children_so_that_one_pass_can_load_them() -> None:
    seen: set[str | None] = {None}
    orphans = []
    for organ in ORGANS:
        if organ.parent_code not in seen:
            orphans.append(organ.code)
        seen.add(organ.code)
    assert orphans == []


def test_every_township_lies_in_a_county_and_answers_to_its_bureau() -> None:
    assert {code[:6] for code in TOWNSHIPS} == {county.code for county in COUNTIES}
    assert {(code[:6], BY_CODE[code].parent_code) for code in TOWNSHIPS} == {
        (county.code, f"{county.code}-bureau") for county in COUNTIES
    }


def test_the_seventh_digit_of_a_township_says_its_kind() -> None:
    ending = {"0": "街道", "1": "镇", "2": "乡"}
    assert [name for code, name in TOWNSHIPS.items() if not name.endswith(ending[code[6]])] == []


def test_a_subdistrict_has_an_office_and_a_town_a_government() -> None:
    assert BY_CODE["522727001"].name == "平塘县金盆街道办事处"
    assert BY_CODE["522727100"].name == "平塘县平舟镇人民政府"
    assert BY_CODE["522727200"].name == "平塘县卡蒲毛南族乡人民政府"


def test_every_village_lies_in_a_township_and_carries_its_name() -> None:
    assert set(VILLAGES) <= set(TOWNSHIPS)
    village = BY_CODE["522727108-01"]
    assert (village.name, village.parent_code) == ("平塘县掌布镇掌布村村民委员会", "522727108")


def test_governments_have_the_larger_seal() -> None:
    assert {organ.seal_diameter_mm for organ in ORGANS if organ.kind == "government"} == {45}
    assert {organ.seal_diameter_mm for organ in ORGANS if organ.kind != "government"} == {42}


def test_the_kinds_are_those_the_portal_keeps_and_all_but_outsiders_are_present() -> None:
    assert {organ.kind for organ in ORGANS} == set(UnitKind) - {UnitKind.OUTSIDE}


def test_only_the_organs_whose_people_sign_in_are_in_the_portal() -> None:
    def inside(kind: str) -> set[bool]:
        return {organ.in_portal for organ in ORGANS if organ.kind == kind}

    assert inside("county_bureau") == inside("central_station") == inside("village") == {True}
    assert inside("police") == inside("government") == inside("hospital") == inside("child_home") == {False}


def test_no_telephone_number_is_invented() -> None:
    assert {organ.phone for organ in ORGANS} == {""}


def test_an_organ_cannot_be_changed_by_its_readers() -> None:
    with pytest.raises(AttributeError):
        BY_CODE["522727-bureau"].name = "别处"  # type: ignore[misc]
    assert isinstance(BY_CODE["522727-bureau"], Organ)


def test_the_nationalities_are_fifty_six_and_the_unclassified() -> None:
    assert len(ETHNIC_GROUPS) == len(set(ETHNIC_GROUPS)) == 57
    assert ETHNIC_GROUPS[0] == "汉族"
    assert ETHNIC_GROUPS[-1] == "未识别"
    assert {"布依族", "水族", "苗族", "毛南族"} <= set(ETHNIC_GROUPS)
