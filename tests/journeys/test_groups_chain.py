"""A screening of the special groups: the county opens it, villages write on a phone and from a sheet, the township adds up,
harm goes to the police at once, a hazard to the department, and what was put right is struck off by somebody else.
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from forms.kit.screening import columns
from tests.journeys.office import Office, last_day, minute
from tests.journeys.screen import DESK, PHONE, Screen, exact

pytestmark = [pytest.mark.browser, pytest.mark.journey]

COUNTY, TOWN = "平塘县民政局", "平塘县平舟镇人民政府"
VILLAGE, NEIGHBOUR = "平塘县平舟镇京舟村村民委员会", "平塘县平舟镇乐康村村民委员会"
CAMPAIGN = "2026年特殊群体关爱服务专项排查"
PLACE, BRIGADE = "平舟镇夕阳红养老院", "平塘县消防救援大队"
OLD = {
    "户口": "未登记户口", "性别": "女", "人员类别": "留守老年人", "救助身份": "低保", "是否需要监护": "不需要", "居住情况": "独居",
    "住房安全": "安全", "疑似受侵害": "无", "走访人": "陆小梅",
}  # fmt: skip
SHEET = (
    {**OLD, "姓名": "岑三妹", "出生日期": "1948-01-15", "住址": "乐康村下寨组3号", "走访日期": "2026-09-24"},
    {
        **OLD,
        "姓名": "罗大妹",
        "户口": "已登记",
        "身份证号": "522727195003020029",
        "出生日期": "",
        "走访日期": "2026-09-24",
    },
)
THIRD = "from tests.journeys.records import third_village; third_village()"


@pytest.fixture
def office(page: Page, pictures: Path, tmp_path: Path) -> Iterator[Office]:
    """The office on 21 September 2026, and the village clerk's phone; nothing has happened yet."""
    with Office.on(date(2026, 9, 21), page, pictures / "groups", tmp_path) as office:
        yield office


def test_a_screening_goes_from_a_phone_at_the_door_to_a_problem_struck_off(office: Office) -> None:
    for chapter in (
        _is_opened, _places_are_looked_at, _is_filled_at_the_door, _is_told_to_the_police, _comes_from_a_sheet,
        _sees_nobody_of_the_other_village, _is_added_up, _is_seen_from_above, _is_told_to_the_department,
        _is_put_right_and_struck_off, _letters_say_what_was_agreed, Office.letters_are_genuine,
    ):  # fmt: skip
        chapter(office)


def _open_campaign(screen: Screen) -> None:
    screen.go("排查批次")
    screen.main.get_by_role("link", name=CAMPAIGN).click()
    expect(screen.main.get_by_role("heading", level=1)).to_have_text(CAMPAIGN)


# -- the county --------------------------------------------------------------------------------------------------------


def _is_opened(office: Office) -> None:
    screen, main = office.screen, office.screen.main
    screen.sign_in(COUNTY, "经办人")
    screen.go("排查批次")
    screen.fill({"批次名称": CAMPAIGN, "排查汇总截止日": "2026-10-30", "问题清零截止日": "2026-10-20"})
    screen.press("设立")
    expect(main.get_by_role("alert")).to_contain_text("还不能设立")
    screen.picture("campaign-refused")
    screen.fill({"问题清零截止日": "2026-11-30"})
    screen.press("设立")
    expect(main.get_by_role("heading", level=1)).to_have_text(CAMPAIGN)
    expect(main.get_by_role("row").filter(has_text="平舟镇").first).to_contain_text("10-30")
    screen.picture("campaign-opened", phone=True)


def _places_are_looked_at(office: Office) -> None:
    screen, main = office.screen, office.screen.main
    office.comes(9, 22)
    screen.sign_in(COUNTY, "经办人")
    _open_campaign(screen)
    screen.begin("专项排查表")
    screen.select({"专项": "敬老院、福利院、养老院和流浪乞讨人员栖身场所安全隐患"})
    screen.fill(
        {"牵头部门": COUNTY, "参加单位": "消防、住建、市场监管部门", "排查日期": "2026-09-22", "排查人": "李小燕"}
    )
    good, bad = screen.row("排查情况", 0), screen.row("排查情况", 1)
    screen.fill({"场所或对象": "平舟镇敬老院", "地址": "平舟镇新城路5号"}, good)
    screen.choose({"排查结果": "未发现问题"}, good)
    screen.fill(
        {
            "场所或对象": PLACE,
            "地址": "平舟镇河滨路8号",
            "问题描述": "疏散通道堆放杂物",
            "整改措施": "清理通道",
            "责任人": "陆永福",
        },
        bad,
    )
    screen.choose({"排查结果": "发现问题"}, bad)
    screen.select({"问题类别": "场所消防"}, bad)
    screen.choose({"本批次专项排查已全部完成": "否"})
    screen.picture("places")
    screen.submit()
    office.take_up(COUNTY, "经办人", "专项排查表", {"确认": ""}, 1)
    expect(main).to_contain_text("办结")
    screen.go("问题清单")
    row = main.get_by_role("row").filter(has_text="疏散通道堆放杂物")
    expect(row).to_contain_text("问522727-2026-0001")
    expect(row).to_contain_text("2026-11-30")
    screen.picture("problems-one")


# -- the villages ------------------------------------------------------------------------------------------------------


def _is_filled_at_the_door(office: Office) -> None:
    """On a phone: a boy who stays behind, with bruises."""
    screen, main = office.screen, office.screen.main
    office.comes(9, 24, 15)
    screen.take(PHONE)
    screen.sign_in(VILLAGE, "填报员")
    screen.picture("phone-workbench")
    screen.go("一人一档")
    screen.picture("phone-nobody-yet")
    screen.press("填写情况表")
    main.get_by_label(exact("排查批次")).select_option(label=CAMPAIGN)
    screen.fill(
        {
            "姓名": "罗小军",
            "出生日期": "2015-04-15",
            "住址": "京舟村大寨组7号",
            "走访日期": "2026-09-24",
            "走访人": "陆小梅",
        }
    )
    screen.choose({
        "户口": "未登记户口", "性别": "男", "人员类别": "留守儿童", "救助身份": "低保", "是否需要监护": "未成年，6至15岁",
        "就学情况": "正常入学", "监护情况": "一般", "居住情况": "与监护人同住", "住房安全": "安全", "疑似受侵害": "虐待",
    })  # fmt: skip
    screen.fill({"监护人姓名": "罗国安", "与本人关系": "祖父", "监护人电话": "13800000002"})
    expect(main).to_contain_text("强制报告")
    screen.picture("phone-form")
    screen.submit()
    screen.picture("phone-submitted")


def _is_told_to_the_police(office: Office) -> None:
    """Still on the phone: nobody is asked, it is told at once."""
    screen, main = office.screen, office.screen.main
    screen.go("工作台")
    main.get_by_role("link", name="应办文书").click()
    screen.picture("phone-tasks")
    main.get_by_role("row").filter(has_text="强制报告单").get_by_role("button", name="开始办理").click()
    expect(main.get_by_label(exact("姓名"))).to_have_value("罗小军")
    expect(main.get_by_role("group", name=exact("侵害类型")).get_by_label("虐待", exact=True)).to_be_checked()
    screen.choose({"严重程度": "已造成伤害", "报警方式": "拨打110"})
    screen.fill({
        "发现时间": minute(office.now()), "报警时间": minute(office.now()), "发现地点": "平舟镇京舟村大寨组", "报告人": "陆小梅",
        "联系电话": "13800000009", "受理机关": "平塘县公安局平舟派出所", "涉嫌人员": "罗国平，叔父",
        "案情经过": "入户走访时发现孩子手臂、背部有多处淤青，孩子说是被叔父用木棍打的", "保护措施": "已把孩子接到村委会，由妇女主任陪护",
    })  # fmt: skip
    screen.picture("phone-report")
    screen.submit()
    expect(main.locator("#route")).to_contain_text("平塘县公安局")
    expect(main.locator("#route")).to_contain_text(office.day())
    screen.picture("phone-report-sent")
    office.keep_letter("police_report")
    screen.take(DESK)
    office.take_up(TOWN, "经办人", "特殊群体排查情况表", {"确认": "情况属实"})
    expect(main).to_contain_text("办结")


def _comes_from_a_sheet(office: Office) -> None:
    screen, main = office.screen, office.screen.main
    screen.become(NEIGHBOUR, "填报员")
    screen.go("一人一档")
    main.get_by_role("link", name="表格导入").click()
    main.get_by_label(exact("排查批次")).select_option(label=CAMPAIGN)
    paste = main.get_by_label("或者从表格中复制，连同表头粘贴到这里")
    paste.fill(_sheet({"身份证号": "522727195003020028", "住房安全": "漏雨"}))
    screen.press("检查")
    faulty = main.get_by_role("row").filter(has_text="522727195003020028")
    expect(faulty.get_by_role("checkbox")).to_be_disabled()
    expect(faulty.get_by_role("cell").filter(has_text="522727195003020028")).to_contain_text("校验位不符")
    expect(faulty.get_by_role("cell").filter(has_text="漏雨")).to_have_class("cell-wrong")
    expect(main.get_by_role("row").filter(has_text="岑三妹").get_by_role("checkbox")).to_be_checked()
    screen.picture("sheet-faulty", phone=True)
    paste.fill(_sheet({}))
    screen.press("检查")
    expect(main).to_contain_text("共2行，2行无误")
    screen.picture("sheet-good")
    screen.press("提交勾选的行")
    screen.told("已提交2份情况表")
    screen.picture("sheet-handed-in")
    for _each in SHEET:
        office.take_up(TOWN, "经办人", "特殊群体排查情况表", {"确认": "情况属实"})


def _sheet(mistakes: dict[str, str]) -> str:
    """Return the sheet as a clerk copies it; `mistakes` stand in its last line."""
    heads = [column.header for column in columns()]
    lines = [SHEET[0], {**SHEET[1], **mistakes}]
    return "\n".join(
        "\t".join(cells) for cells in [heads, *([line.get(head, "") for head in heads] for line in lines)]
    )


def _sees_nobody_of_the_other_village(office: Office) -> None:
    screen, main = office.screen, office.screen.main
    screen.become(VILLAGE, "填报员")
    screen.go("一人一档")
    main.get_by_role("link", name="罗小军").click()
    boy = screen.page.url
    screen.picture("resident", phone=True)
    screen.become(NEIGHBOUR, "填报员")
    screen.go("一人一档")
    expect(main.get_by_role("link", name="岑三妹")).to_be_visible()
    expect(main.get_by_role("link", name="罗小军")).to_be_hidden()
    assert screen.page.request.get(boy).status == 404
    screen.go("问题清单")
    expect(main).not_to_contain_text("罗小军")


# -- the township ------------------------------------------------------------------------------------------------------


def _is_added_up(office: Office) -> None:
    screen, main = office.screen, office.screen.main
    office.comes(10, 12)
    screen.sign_in(TOWN, "经办人")
    _open_campaign(screen)
    expect(main.get_by_role("row").filter(has_text="苗乡村")).to_contain_text("未报")
    screen.picture("campaign-at-the-township", phone=True)
    screen.begin("报送排查情况汇总表")
    own = main.locator("#deadlines").get_by_role("listitem").filter(has_text="报送排查情况汇总表")
    expect(own).to_have_count(1)  # not those of the other townships
    screen.press("提交")
    refused = main.get_by_role("region", name="没有提交")
    expect(refused).to_contain_text("3个村（社区）中已报2个，未报：苗乡村")
    expect(refused).to_contain_text("R-75")
    screen.picture("summary-refused", phone=True)
    office.portal.python(THIRD)
    screen.press("提交")
    expect(refused).to_contain_text("核对合计人数为3人，情况表合计为4人，不一致")
    screen.fill({"核对合计人数": "4"})
    screen.submit()
    office.take_up(TOWN, "负责人", "特殊群体排查情况汇总表", {"签发": "情况属实"})
    office.take_up(COUNTY, "经办人", "特殊群体排查情况汇总表", {"确认": ""})
    expect(main).to_contain_text("办结")
    office.keep_letter("summary")


def _is_seen_from_above(office: Office) -> None:
    """From the figure of a village to the persons behind it."""
    screen, main = office.screen, office.screen.main
    _open_campaign(screen)
    row = main.get_by_role("row").filter(has_text="乐康村")
    expect(row).to_contain_text("已报")
    screen.picture("campaign-reported", phone=True)
    row.get_by_role("link").click()
    for name in ("岑三妹", "罗大妹"):
        expect(main.get_by_role("link", name=name)).to_be_visible()
    expect(main.get_by_role("link", name="罗小军")).to_be_hidden()
    screen.picture("persons-of-a-village", phone=True)


# -- the problem -------------------------------------------------------------------------------------------------------


def _is_told_to_the_department(office: Office) -> None:
    screen, main = office.screen, office.screen.main
    screen.go("工作台")
    main.get_by_role("link", name="应办文书").click()
    main.get_by_role("row").filter(has_text="抄告函").get_by_role("button", name="开始办理").click()
    screen.select({"主送机关": "其他机关（填写全称）"})
    screen.fill({"机关全称": BRIGADE, "联系人": "陈晓云", "联系电话": "0854-7220113"})
    expect(main.get_by_label(re.compile("疏散通道堆放杂物"))).to_be_checked()
    screen.picture("notice-letter")
    screen.submit()
    office.goes_its_way(COUNTY, "抄告", keep="notice_letter")
    expect(main).to_contain_text("平民函〔2026〕1号")
    office.comes(10, 13)
    screen.sign_in(COUNTY, "经办人")
    screen.open_paper("抄告")
    screen.fill({"送达日期": "2026-10-13"})
    screen.act("登记送达")
    limit = main.locator("#clocks").get_by_role("listitem").filter(has_text="职能部门督促整改并反馈")
    expect(limit).to_contain_text(last_day("hazard_rectification_due", date(2026, 10, 13)).isoformat())
    screen.picture("notice-letter-served")


def _is_put_right_and_struck_off(office: Office) -> None:
    screen, main = office.screen, office.screen.main
    office.comes(10, 16)
    screen.sign_in(COUNTY, "经办人")
    screen.open_paper("抄告")
    screen.press("起草《职能部门整改反馈单》")
    screen.choose({"处理结果": "已整改"})
    screen.fill(
        {
            "反馈日期": "2026-10-16",
            "反馈人": "吴长青，参谋",
            "整改情况": "疏散通道已清理，消防大队10月16日复查合格",
        }
    )
    screen.upload("整改佐证", office.scan("复查照片"))
    screen.picture("feedback")
    screen.submit()
    office.take_up(COUNTY, "经办人", "职能部门整改反馈单", {"确认": ""}, 1)
    _open_problem(office)
    expect(main).to_contain_text("须由另一人核实销号")
    screen.picture("problem-of-ones-own")
    screen.become(COUNTY, "审核人")
    _open_problem(office)
    screen.press("核实无误，销号")
    expect(main.get_by_role("heading", level=1)).to_contain_text("已销号")
    screen.picture("problem-struck-off", phone=True)
    screen.go("台账")
    main.get_by_role("navigation", name="台账").get_by_role("link", name="强制报告台账").click()
    expect(main.get_by_role("table")).to_contain_text("2026-09-24")
    screen.picture("ledger-reports")


def _open_problem(office: Office) -> None:
    screen, main = office.screen, office.screen.main
    screen.go("问题清单")
    main.get_by_role("link", name="待核实销号").click()
    main.get_by_role("link", name="疏散通道堆放杂物").click()


def _letters_say_what_was_agreed(office: Office) -> None:
    office.rasterise()
    office.says(
        "police_report", "强制报告单", "罗小军", "虐待", "已造成伤害", "2026年9月24日", "平塘县公安局平舟派出所"
    )
    office.says("summary", CAMPAIGN, "京舟村", "乐康村", "苗乡村", "合计", "2026年10月12日")
    office.says("notice_letter", "平民函〔2026〕1号", f"{BRIGADE}：", PLACE, "疏散通道堆放杂物", "3个工作日内")
