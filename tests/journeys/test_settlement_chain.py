"""Two men whom nobody could name get a household: the county's station, its bureau, the police and the township, date by
date as the plan has them (S0 三（二）2（4）). Every step from the application on is a click on a visible word.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from forms.kit.timespan import chinese_date
from tests.journeys.office import Office, last_day

pytestmark = [pytest.mark.browser, pytest.mark.journey]

STATION, BUREAU, TOWN = "平塘县救助管理站", "平塘县民政局", "平塘县平舟镇人民政府"
FIRST, SECOND = "河滨男318", "高铁男318"
FIRST_NO, SECOND_NO = "522727-2026-0001", "522727-2026-0002"
HOME = "平塘县社会福利院"
ADDRESS = "贵州省平塘县平舟镇新城路12号"
CONTACT = {"联系人": "陈晓云", "联系电话": "0854-7220113"}
ADMITTED, FULL = date(2026, 3, 18), date(2026, 6, 18)
NUMBER = "522727196406010014"
ABLE = {
    "自主吃饭": "是",
    "自主穿衣": "是",
    "自主上下床": "是",
    "自主如厕": "是",
    "室内自主行走": "否",
    "自主洗澡": "否",
}
POOR = {"残疾类别": "无", "无生活来源": "是", "无法定赡养、抚养、扶养义务人": "是"}
WAITED = "from tests.journeys.records import wait; wait()"


@pytest.fixture
def office(page: Page, pictures: Path, tmp_path: Path) -> Iterator[Office]:
    """The office on 23 June 2026, when two men have been looked for since 18 March."""
    with Office.on(date(2026, 6, 23), page, pictures / "settlement", tmp_path, WAITED) as office:
        yield office


def test_two_unidentified_men_get_a_household_and_one_of_them_support_and_his_name_again(office: Office) -> None:
    for chapter in (
        _three_months_are_full, _is_applied_for, _is_taken_in, _is_planned, _is_approved, _police_are_told, _is_registered,
        _township_is_asked, _is_confirmed, _all_dates_are_on_one_line, _is_known_after_all, _letters_say_what_was_agreed,
        Office.letters_are_genuine,
    ):  # fmt: skip
        chapter(office)


# -- the station -------------------------------------------------------------------------------------------------------


def _three_months_are_full(office: Office) -> None:
    screen, main = office.screen, office.screen.main
    screen.sign_in(STATION, "经办人")
    screen.picture("workbench-station")
    screen.go("台账")
    main.get_by_role("navigation", name="台账").get_by_role("link", name="落户安置台账").click()
    for name in (FIRST, SECOND):
        row = main.get_by_role("row").filter(has_text=name)
        expect(row).to_contain_text(FULL.isoformat())
        expect(row).to_contain_text(f"应于{last_day('settlement_application_due', FULL)}")
    screen.picture("ledger-candidates", phone=True)
    screen.open_person(FIRST)
    office.expect_due("settlement_application_due", FULL)
    screen.picture("case-three-months", phone=True)


def _is_applied_for(office: Office) -> None:
    screen, main = office.screen, office.screen.main
    _apply(office, FIRST, "无名01")
    refused = main.get_by_role("region", name="现在还不能提交")
    expect(refused).to_contain_text("拟用姓名“无名01”不合适")
    expect(refused).to_contain_text("R-63")
    screen.picture("application-refused")
    screen.fill({"拟用姓名": "何平安"})
    expect(refused).to_be_hidden()
    expect(main.get_by_role("region", name="已填齐，可以提交")).to_be_visible()
    screen.submit()
    _apply(office, SECOND, "何长顺")
    screen.submit()
    for _each in range(2):
        office.take_up(STATION, "站长", "落户安置申请表", {"签发": "情况属实"})


def _apply(office: Office, person: str, name: str) -> None:
    screen = office.screen
    screen.open_person(person)
    screen.begin("提出落户安置申请")
    screen.choose({"现照料地点": "县（市）救助管理站", "该单位已设集体户": "是", "拟供养方式": "集中供养"})
    screen.fill({
        "残疾情况": "未评定", "拟用姓名": name, "拟定出生日期": "1964-06-01", "集体户地址": ADDRESS,
        "问询及线索核查情况": "先后问询11次，本人能说“大河坝”“赶场”，核查惠水、罗甸两县同名村寨，均无相符的走失人员。",
        "申请单位意见": "情况属实，同意申请落户安置。",
    })  # fmt: skip
    screen.select({"拟定民族": "布依族", "拟落户的集体户（管理单位）": STATION})


# -- the bureau and the government -------------------------------------------------------------------------------------


def _is_taken_in(office: Office) -> None:
    screen = office.screen
    office.comes(6, 24)
    for name in ("application_first", "application_second"):
        office.take_up(BUREAU, "经办人", "落户安置申请表", {"确认": ""})
        office.keep_letter(name)
    screen.open_person(FIRST)
    office.expect_due("settlement_plan_due", date(2026, 6, 24))


def _is_planned(office: Office) -> None:
    screen, main = office.screen, office.screen.main
    office.comes(7, 6)
    screen.sign_in(BUREAU, "经办人")
    screen.draft("落户安置方案的请示")
    for number, name in enumerate(("何平安", "何长顺")):
        row = screen.row("人员方案明细", number)
        expect(row.get_by_label("姓名（拟）")).to_have_value(name)
        screen.fill({"供养机构": HOME}, row)
    screen.fill(
        {
            "落户地址依据": f"{STATION}2026年6月同意函",
            "供养与经费安排": "年度所需供养资金由县财政按特困人员供养标准预算安排。",
        }
    )
    for number, (department, said) in enumerate((("公安", "同意"), ("财政", "同意，资金按规定列支"))):
        row = screen.row("部门意见", number)
        screen.select({"部门": department}, row)
        screen.fill({"意见": said, "日期": office.day(-3)}, row)
    screen.fill(CONTACT)
    screen.upload("集体户管理单位同意函", office.scan("同意函"), dated=office.day(-10))
    screen.picture("plan")
    screen.submit()
    office.goes_its_way(BUREAU, "落户安置方案的请示", head="局长", keep="plan")
    expect(main).to_contain_text("平民呈〔2026〕1号")
    screen.picture("plan-sent", phone=True)


def _is_approved(office: Office) -> None:
    """One approval for both; a letter for each lies ready on the clerk's desk."""
    screen, main = office.screen, office.screen.main
    office.comes(7, 20)
    screen.sign_in(BUREAU, "经办人")
    screen.open_paper("落户安置方案的请示")
    screen.fill({"送达日期": "2026-07-07"})
    screen.act("登记送达")
    screen.press("起草《落户安置方案批复登记表》")
    screen.fill({"批复文号": "平府函〔2026〕30号", "成文日期": "2026-07-16", "收到日期": "2026-07-20"})
    for number in range(2):
        screen.choose({"批复意见": "同意"}, screen.row("批准人员", number))
    screen.upload("批复（扫描件）", office.scan("批复"), dated="2026-07-16")
    screen.picture("government-reply")
    screen.submit()
    office.take_up(BUREAU, "经办人", "落户安置方案批复登记表", {"确认": ""}, 1)
    expect(main).to_contain_text("办结")
    screen.become(BUREAU, "经办人")
    screen.picture("workbench-two-letters")
    for person in (FIRST, SECOND):
        screen.open_person(person)
        office.expect_due("police_registration_letter_due", date(2026, 7, 20))


# -- the police --------------------------------------------------------------------------------------------------------


def _police_are_told(office: Office) -> None:
    screen, main = office.screen, office.screen.main
    office.comes(7, 27)
    for number, (person, name) in enumerate(((FIRST, "何平安"), (SECOND, "何长顺")), start=1):
        screen.sign_in(BUREAU, "经办人") if number == 1 else screen.become(BUREAU, "经办人")
        screen.open_person(person)
        screen.begin("向公安机关发函办理户籍登记")
        screen.fill(CONTACT)
        if number == 1:
            screen.picture("police-letter")
        screen.submit()
        office.goes_its_way(BUREAU, f"为{name}办理户籍登记手续", keep=f"police_letter_{number}")
        expect(main).to_contain_text(f"平民函〔2026〕{number + 2}号")
    screen.become(BUREAU, "经办人")
    screen.open_person(FIRST)
    expect(main.get_by_role("button", name="办理户籍登记的函", exact=True)).to_be_hidden()
    office.comes(7, 29)
    for number, name in enumerate(("何平安", "何长顺")):
        screen.sign_in(BUREAU, "经办人") if number == 0 else screen.go("工作台")
        screen.open_paper(f"为{name}办理户籍登记手续")
        screen.fill({"送达日期": "2026-07-29"})
        screen.act("登记送达")
    screen.open_person(SECOND)
    waiting = main.get_by_role("listitem").filter(has_text="公安机关办结户籍登记").first
    expect(waiting).to_contain_text(last_day("household_registration_due", date(2026, 7, 29)).strftime("%m-%d"))
    screen.picture("case-waits-for-police", phone=True)


def _is_registered(office: Office) -> None:
    screen, main = office.screen, office.screen.main
    office.comes(9, 10)
    screen.sign_in(BUREAU, "经办人")
    screen.open_paper("为何平安办理户籍登记手续")
    screen.press("起草《户籍登记结果登记表》")
    screen.choose({"办理结果": "已办理户口登记", "居民身份证": "已领取"})
    screen.fill(
        {"户口登记日期": "2026-08-20", "户号": "522727000123", "公民身份号码": NUMBER, "领取日期": "2026-09-10"}
    )
    screen.select({"民族": "布依族"})
    screen.upload("户口登记页（扫描件）", office.scan("户口页"), dated="2026-08-20")
    screen.upload("居民身份证（扫描件）", office.scan("身份证"))
    screen.picture("registration-result")
    screen.submit()
    office.take_up(BUREAU, "经办人", "户籍登记结果登记表", {"确认": ""}, 1)
    expect(main).to_contain_text("办结")


# -- support -----------------------------------------------------------------------------------------------------------


def _township_is_asked(office: Office) -> None:
    screen, main = office.screen, office.screen.main
    office.comes(9, 16)
    screen.sign_in(BUREAU, "经办人")
    screen.open_person(FIRST)
    office.expect_due("tekun_inclusion_due", date(2026, 9, 10))
    screen.begin("纳入特困人员救助供养的函")
    expect(main.get_by_label("主送机关")).to_have_value("522727100")
    screen.choose({**POOR, **ABLE, "供养方式": "集中供养"})
    screen.fill({"供养机构（照料人）": HOME, "拟纳入月份": "2026-10", **CONTACT})
    screen.press("保存草稿")
    expect(main.locator("#field-self_care")).to_contain_text("部分丧失")
    screen.picture("inclusion-letter")
    screen.submit()
    office.goes_its_way(BUREAU, "将何平安纳入特困人员救助供养", keep="inclusion")
    office.comes(9, 17)
    screen.sign_in(TOWN, "经办人")
    screen.picture("workbench-town", phone=True)
    screen.open_paper("将何平安纳入特困人员救助供养")
    screen.act("签收")
    limit = main.locator("#clocks").get_by_role("listitem").filter(has_text="乡镇（街道）报送特困初审意见")
    expect(limit).to_contain_text(last_day("tekun_town_review_due", date(2026, 9, 17)).isoformat())
    screen.picture("inclusion-arrived", phone=True)


def _is_confirmed(office: Office) -> None:
    screen, main = office.screen, office.screen.main
    office.comes(9, 28)
    screen.sign_in(TOWN, "经办人")
    screen.open_paper("将何平安纳入特困人员救助供养")
    screen.press("起草《特困人员审核确认表》")
    for number, (name, post) in enumerate((("陆永福", "平舟镇社会事务办主任"), ("韦小芳", "社区网格员"))):
        screen.fill({"姓名": name, "单位及职务": post}, screen.row("调查人员", number))
    screen.choose({"无生活来源": "是", "无法定赡养、抚养、扶养义务人": "是"})
    screen.fill({
        "受理日期": "2026-09-17", "调查核实日期": "2026-09-18", "初审公示开始日期": "2026-09-18", "公示结束日期": "2026-09-24",
        "调查情况": f"本人在{HOME}生活，无收入、无财产，未发现亲属，愿意集中供养。", "公示反馈": "无异议",
        "乡镇（街道）初审意见": "符合特困人员认定条件，同意上报。",
    })  # fmt: skip
    for proof in ("入户（机构）调查照片和记录", "公示照片"):
        screen.upload(proof, office.scan(proof[:4]))
    screen.picture("confirmation", phone=True)
    screen.submit()
    office.take_up(TOWN, "负责人", "特困人员审核确认表", {"同意": "符合条件"})
    office.take_up(BUREAU, "经办人", "特困人员审核确认表", {"同意": ""})
    office.take_up(BUREAU, "审核人", "特困人员审核确认表", {"同意": "材料齐全"})
    office.comes(9, 30)
    screen.sign_in(BUREAU, "分管副局长")
    screen.open_paper("特困人员审核确认表")
    screen.picture("confirmation-to-decide")
    screen.act("确认")
    expect(main).to_contain_text("办结")
    office.keep_letter("confirmation")


def _all_dates_are_on_one_line(office: Office) -> None:
    screen, main = office.screen, office.screen.main
    screen.become(BUREAU, "经办人")
    screen.open_person(FIRST)
    line = main.get_by_role("region", name="落户安置的十个日期")
    for label, on in (
        ("滞留满3个月", FULL), ("提出落户安置申请", date(2026, 6, 24)), ("报送落户安置方案的请示", date(2026, 7, 6)),
        ("收到政府批复", date(2026, 7, 20)), ("向公安机关发函办理户籍登记", date(2026, 7, 27)),
        ("公安机关办结户籍登记", date(2026, 8, 20)), ("纳入特困人员救助供养", date(2026, 9, 30)),
    ):  # fmt: skip
        expect(line.get_by_role("listitem").filter(has_text=label)).to_contain_text(on.isoformat())
    expect(line.get_by_role("listitem")).to_have_count(10)
    expect(line.get_by_text("已完成")).to_have_count(10)
    screen.picture("case-settled", phone=True)
    screen.go("收发文登记")
    for serial in (3, 4, 5):
        expect(main.get_by_role("table")).to_contain_text(f"平民函〔2026〕{serial}号")
    screen.go("台账")
    main.get_by_role("navigation", name="台账").get_by_role("link", name="落户安置台账").click()
    expect(main.get_by_role("row").filter(has_text=FIRST)).to_contain_text("2026-09-30")
    screen.picture("ledger-settled")


def _is_known_after_all(office: Office) -> None:
    screen = office.screen
    office.comes(10, 12, 16)
    screen.sign_in(BUREAU, "经办人")
    screen.open_person(FIRST)
    screen.begin("身份确认单")
    screen.select({"查明渠道": "全国救助寻亲网", "民族": "布依族"})
    screen.choose({"查明方式": "亲属指认", "性别": "男", "亲属意见": "请求护送"})
    screen.fill({
        "查明时间": "2026-10-12T15:20", "查明经过和依据": "其弟看到寻亲公告后来电，经视频辨认确认。", "姓名": "罗大河",
        "公民身份号码": "52273119620506001X", "出生日期": "1962-05-06", "户籍地代码": "522731",
        "户籍地址": "贵州省惠水县好花红镇", "亲属（监护人）": "罗小河", "与本人关系": "弟弟", "联系电话": "13985400003",
    })  # fmt: skip
    screen.upload("查明依据", office.scan("辨认记录"), dated="2026-10-12")
    screen.picture("identity-found")
    screen.submit()
    office.take_up(BUREAU, "审核人", "身份确认单", {"确认": ""})
    screen.become(BUREAU, "经办人")
    screen.open_person("罗大河")
    office.expect_due("household_cancellation_due", date(2026, 10, 12))
    office.expect_due("tekun_termination_due", date(2026, 10, 12))
    screen.picture("case-known", phone=True)
    screen.begin("商请公安机关注销户籍")
    screen.fill(CONTACT)
    screen.submit()
    office.goes_its_way(BUREAU, "商请注销何平安户籍", keep="cancellation")


def _letters_say_what_was_agreed(office: Office) -> None:
    office.rasterise()
    office.says(
        "application_first", f"于{chinese_date(FULL)}满3个月", "拟用姓名何平安", "情况属实，同意申请落户安置。"
    )
    office.says("application_second", "拟用姓名何长顺")
    office.says(
        "plan", "平民呈〔2026〕1号", "平塘县人民政府：", "现有2名受助人员滞留超过3个月", "何平安（拟用名，男", f"救助编号：{FIRST_NO}",
        f"救助编号：{SECOND_NO}", "当否，请批示。", "附件：落户安置人员方案明细表", "2026年7月6日",
    )  # fmt: skip
    for number, name, no in ((1, "何平安", FIRST_NO), (2, "何长顺", SECOND_NO)):
        office.says(
            f"police_letter_{number}", f"平民函〔2026〕{number + 2}号", f"关于为{name}办理户籍登记手续的函", "平塘县公安局：", no,
            "（平府函〔2026〕30号）已同意其落户安置方案。", f"落户地址为{ADDRESS}（{STATION}集体户）", "20个工作日内办结",
        )  # fmt: skip
    assert office.check_code("police_letter_1") != office.check_code("police_letter_2")
    office.says(
        "inclusion", "平民函〔2026〕5号", f"公民身份号码{NUMBER}", "户口已于2026年8月20日登记在", "居民身份证已于2026年9月10日领取",
        "其年满60周岁，无生活来源", "8个工作日内", "生活自理能力初评为部分丧失", "平塘县平舟镇人民政府：",
    )  # fmt: skip
    office.says(
        "confirmation", "生活自理能力（部分丧失）", "确认自2026年10月起纳入特困人员救助供养", f"由{HOME}集中供养。"
    )
    office.says(
        "cancellation",
        "平民函〔2026〕6号",
        "商请注销何平安户籍的函",
        "现已查明其真实身份为罗大河（贵州省惠水县好花红镇）",
    )
