"""A private home for the elderly: the county asks, the prefecture gives its own opinion, the province decides; then, and not
before, there is an agreement, one person is placed, and the home is visited (S0 三（二）2（3）).
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.office import Office, last_day
from tests.journeys.screen import Screen, exact

pytestmark = [pytest.mark.browser, pytest.mark.journey]

COUNTY, NEIGHBOUR = "平塘县民政局", "罗甸县民政局"
PREFECTURE, PROVINCE = "黔南布依族苗族自治州民政局", "贵州省民政厅"
HOME = "平塘县云岭颐养服务有限公司"
FIRST, SECOND = "河滨男605", "高铁男605"
ASKED, ASKS_ABOVE, FORWARDED = "选择平塘县云岭颐养", "承接托养服务的请示", "转知"
OPINION = "该机构证照齐全、照料规范，经局长办公会研究，拟选择其承接托养服务。"
CHECKED = (
    "法人登记合法有效", "有医疗服务能力或医疗服务协议", "男女分区照料", "成年人照料区没有未成年人", "收费标准、资金来源明确",
    "附有托养服务协议草案", "有月度检查探视计划", "已形成本局意见",
)  # fmt: skip
ITEMS = ("生活照料", "饮食", "卫生", "医疗用药", "消防", "安全看护", "寻亲协助", "台账")
ARRIVED = "from tests.journeys.records import arrive; arrive()"


@pytest.fixture
def office(page: Page, pictures: Path, tmp_path: Path) -> Iterator[Office]:
    """The office on 15 June 2026, when two men have been here for ten days."""
    with Office.on(date(2026, 6, 15), page, pictures / "custody", tmp_path, ARRIVED) as office:
        yield office


def test_a_private_home_is_used_only_after_the_province_has_agreed_and_only_as_far(office: Office) -> None:
    for chapter in (
        _is_proposed, _prefecture_thinks_for_itself, _cannot_be_used_yet, _province_decides, _county_is_told, _is_agreed_with,
        _takes_one_person, _has_no_second_place, _is_not_the_neighbours, _is_visited, _stands_on_one_page,
        _letters_say_what_was_agreed, Office.letters_are_genuine,
    ):  # fmt: skip
        chapter(office)


def _open_home(screen: Screen) -> None:
    screen.go("托养机构")
    screen.main.get_by_role("link", name=HOME).click()
    expect(screen.main.get_by_role("heading", level=1)).to_contain_text(HOME)


# -- up to the province ------------------------------------------------------------------------------------------------


def _is_proposed(office: Office) -> None:
    screen, main = office.screen, office.screen.main
    screen.sign_in(COUNTY, "经办人")
    screen.go("托养机构")
    screen.picture("homes-none", phone=True)
    main.get_by_role("link", name="备案或报批").click()
    main.get_by_role("button", name=re.compile("^起草\\s*选择托养机构的请示（县→州）$")).click()
    screen.fill({"机构名称": HOME, "统一社会信用代码": "91522727MA6DK0001E"})
    screen.choose({"机构性质": "企业", "服务对象": ["成年人", "老年人", "残疾人"]})
    for number, (licence, no, until) in enumerate((
        ("登记证书", "证第152272700123号", "2030-06-14"), ("养老机构备案", "平民养备〔2024〕3号", ""),
        ("消防验收（备案）材料", "平住建消验字〔2023〕第21号", ""), ("食品经营许可证", "JY35227270012345", "2026-09-20"),
    )):  # fmt: skip
        row = screen.row("资质证照", number)
        screen.select({"证照": licence}, row)
        screen.fill({"编号": no, "有效期至": until}, row)
    screen.fill({
        "核定床位": "120", "承接人数": "2", "从业人员": "32", "护理人员": "18", "医护人员": "4", "月费用（元）": "3000",
        "考察日期": "2026-06-08", "期限自": "2026-07-20", "期限至": "2028-07-19",
        "监管措施": "每月检查探视一次，每季度监督检查一次，费用按月核对结算。", "经费来源": "困难群众救助补助资金", "本局意见": OPINION,
        "联系人": "陈晓云", "联系电话": "0854-7220113",
    })  # fmt: skip
    for number, (name, post) in enumerate((("王建国", "救助管理站站长"), ("李小燕", "民政局养老服务股"))):
        screen.fill({"姓名": name, "单位及职务": post}, screen.row("考察人员", number))
    screen.choose({
        "选择方式": "竞争性磋商", "考察结论": "符合条件", "公办机构不能满足的情形": ["床位不足", "护理力量不足"],
        "消防验收（备案）材料齐全": "否", **dict.fromkeys(CHECKED, "是"), "本级人民政府意见": "属重大事项，已经同意",
    })  # fmt: skip
    for paper in (
        "资质证照（扫描件）",
        "实地考察报告",
        "托养服务协议草案",
        "月度检查探视计划",
        "本级人民政府同意的材料",
    ):
        screen.upload(paper, office.scan(paper[:6]))
    screen.press("提交")
    refused = main.get_by_role("region", name=re.compile("没有提交"))
    expect(refused).to_contain_text("消防验收（备案）材料不全，不能报送")
    expect(refused).to_contain_text("R-37")
    screen.picture("request-refused")
    screen.choose({"消防验收（备案）材料齐全": "是"})
    expect(refused).to_be_hidden()
    screen.submit()
    office.goes_its_way(COUNTY, ASKED, head="局长", keep="county_request")
    expect(main).to_contain_text("平民呈〔2026〕1号")


def _prefecture_thinks_for_itself(office: Office) -> None:
    screen, main = office.screen, office.screen.main
    office.comes(6, 16)
    screen.sign_in(PREFECTURE, "经办人")
    screen.open_paper(ASKED)
    screen.act("签收")
    screen.picture("request-arrived")
    office.comes(6, 29)
    screen.sign_in(PREFECTURE, "经办人")
    _open_home(screen)
    screen.picture("home-proposed", phone=True)
    screen.begin("选择托养机构的请示（州→省）")
    screen.choose({"核查方式": "实地查看和查阅材料", "州局态度": "拟同意"})
    screen.fill(
        {"核查日期": "2026-06-24", "州局审核意见": OPINION, "联系人": "莫如松", "联系电话": "0854-8222222"}
    )
    screen.upload("县级请示及附件（装订扫描件）", office.scan("县级请示"))
    refused = main.get_by_role("region", name="现在还不能提交")
    expect(refused).to_contain_text("不得原文转报")
    expect(refused).to_contain_text("R-40")
    screen.picture("mere-forwarding-refused")
    screen.fill({"州局审核意见": "该机构证照齐全、分区照料，消防和医疗条件符合要求，选择程序规范，价格合理"})
    expect(refused).to_be_hidden()
    screen.submit()
    office.goes_its_way(PREFECTURE, ASKS_ABOVE, reviewer="社会事务科科长", head="局长", keep="prefecture_request")


def _cannot_be_used_yet(office: Office) -> None:
    screen, main = office.screen, office.screen.main
    screen.become(COUNTY, "经办人")
    _open_home(screen)
    expect(main).to_contain_text("报批中")
    expect(main.get_by_role("button", name="托养服务协议登记表", exact=True)).to_be_hidden()
    screen.open_person(FIRST)
    screen.begin("人员托养审批表")
    expect(
        main.get_by_label(re.compile("^选择托养机构")).get_by_role("option").filter(has_text=HOME)
    ).to_have_count(0)
    screen.picture("placement-without-home")


def _province_decides(office: Office) -> None:
    """The province signs the request in and answers on paper; the prefecture records number, date and scan."""
    screen, main = office.screen, office.screen.main
    office.comes(7, 1)
    screen.sign_in(PROVINCE, "承办人")
    screen.open_paper(ASKS_ABOVE)
    screen.act("签收")
    screen.picture("province-has-it")
    office.comes(7, 22)
    screen.sign_in(PREFECTURE, "经办人")
    _open_home(screen)
    screen.begin("省民政厅批复登记表")
    screen.choose({"批复结论": "同意"})
    screen.fill({
        "核定人数": "1", "有效期自": "2026-07-20", "有效期至": "2027-12-31", "批复文号": "黔民函〔2026〕88号", "批复日期": "2026-07-20",
        "收到日期": "2026-07-22",
    })  # fmt: skip
    screen.upload("批复原件（扫描件）", office.scan("省厅批复"))
    screen.picture("reply-record")
    screen.submit()
    office.take_up(PREFECTURE, "社会事务科科长", "省民政厅批复登记表", {"确认": ""})
    expect(main).to_contain_text("办结")


def _county_is_told(office: Office) -> None:
    screen = office.screen
    screen.become(PREFECTURE, "经办人")
    _open_home(screen)
    office.expect_due("reply_forwarding_due", date(2026, 7, 22))
    screen.begin("转知省民政厅批复")
    screen.fill({"联系人": "莫如松", "联系电话": "0854-8222222"})
    screen.picture("forwarding", phone=True)
    screen.submit()
    office.goes_its_way(PREFECTURE, FORWARDED, reviewer="社会事务科科长", keep="forwarding")
    screen.become(COUNTY, "经办人")
    screen.open_paper(FORWARDED)
    screen.act("签收")


# -- in use ------------------------------------------------------------------------------------------------------------


def _is_agreed_with(office: Office) -> None:
    screen, main = office.screen, office.screen.main
    office.comes(7, 27)
    screen.sign_in(COUNTY, "经办人")
    _open_home(screen)
    screen.picture("home-approved", phone=True)
    screen.begin("托养服务协议登记表")
    screen.fill({
        "协议编号": "平民托〔2026〕1", "签订日期": "2026-07-20", "协议期限自": "2026-07-28", "协议期限至": "2027-07-27", "约定人数": "1",
        "月费用（元）": "3000", "本方签字人": "杨国栋", "机构签字人": "吴松年",
    })  # fmt: skip
    screen.upload("双方签字盖章的托养服务协议（扫描件）", office.scan("托养协议"))
    refused = main.get_by_role("region", name="现在还不能提交")
    expect(refused).to_contain_text("批复同意后再执行")
    expect(refused).to_contain_text("R-38")
    screen.picture("agreement-too-early")
    screen.fill({"签订日期": "2026-07-27"})
    expect(refused).to_be_hidden()
    screen.submit()
    office.take_up(COUNTY, "分管副局长", "托养服务协议登记表", {"签发": "同意"})
    office.take_up(PREFECTURE, "经办人", "托养服务协议登记表", {"确认": ""})
    office.keep_letter("agreement")


def _takes_one_person(office: Office) -> None:
    screen, main = office.screen, office.screen.main
    office.comes(7, 28)
    screen.sign_in(COUNTY, "经办人")
    _place(office, FIRST, "2026-07-27")
    refused = main.get_by_role("region", name="现在还不能提交")
    expect(refused).to_contain_text("托养起始日不在期限内")
    screen.picture("placement-too-early")
    screen.fill({"起始日期": "2026-07-28"})
    expect(refused).to_be_hidden()
    screen.submit()
    office.goes_its_way(COUNTY, "人员托养审批表", keep="placement")
    screen.become(COUNTY, "经办人")
    screen.open_person(FIRST)
    screen.picture("case-in-custody", phone=True)


def _place(office: Office, person: str, on: str) -> None:
    screen, main = office.screen, office.screen.main
    screen.open_person(person)
    begun = main.locator("#papers").get_by_role("link", name="人员托养审批表")
    if begun.is_visible():
        begun.click()
        main.get_by_role("link", name="继续填写").click()
    else:
        screen.begin("人员托养审批表")
    homes = main.get_by_label(exact("选择托养机构"))
    homes.select_option(homes.get_by_role("option").filter(has_text=HOME).get_attribute("value"))
    screen.choose({"对象类别": "成年人", "监护意见": "身份不明或尚未联系到监护人（近亲属）"})
    screen.fill({
        "起始日期": on, "月费用（元）": "3000", "经费来源": "困难群众救助补助资金",
        "托养理由": "生活不能完全自理，需要长期护理，站内没有护理人员",
        "照料要求": "协助进食，防跌倒", "联系人": "陈晓云", "联系电话": "0854-7220113",
    })  # fmt: skip


def _has_no_second_place(office: Office) -> None:
    screen, main = office.screen, office.screen.main
    _place(office, SECOND, "2026-07-28")
    refused = main.get_by_role("region", name="现在还不能提交")
    expect(refused).to_contain_text("核定本县（市）1人，已托养1人，没有名额")
    expect(refused).to_contain_text("R-45")
    screen.picture("no-place-left")


def _is_not_the_neighbours(office: Office) -> None:
    screen, main = office.screen, office.screen.main
    screen.become(NEIGHBOUR, "经办人")
    screen.go("托养机构")
    expect(main.get_by_role("link", name=HOME)).to_be_hidden()
    expect(main).to_contain_text("还没有托养机构")


def _is_visited(office: Office) -> None:
    screen, main = office.screen, office.screen.main
    office.comes(8, 20)
    screen.sign_in(COUNTY, "经办人")
    _open_home(screen)
    office.expect_due("custody_inspection_due", date(2026, 7, 28))
    screen.begin("首次月度检查探视托养人员")
    screen.fill({"陪同人员": "吴松年", "发现的问题": "无"})
    seen = screen.row("托养人员", 0)
    expect(seen.get_by_label("姓名（称谓）")).to_have_value(FIRST)
    screen.choose({"已探视": "是"}, seen)
    screen.fill({"生活状况；未见的写原因": "进食、睡眠正常，情绪稳定"}, seen)
    for number, (name, post) in enumerate((("王建国", "救助管理站站长"), ("李小燕", "民政局养老服务股"))):
        screen.fill({"姓名": name, "单位及职务": post}, screen.row("检查人员", number))
    screen.choose({**dict.fromkeys(ITEMS, "合格"), "总体结论": "合格", "重大问题": "否"})
    screen.upload("现场照片", office.scan("现场照片"))
    screen.picture("visit", phone=True)
    screen.submit()
    office.take_up(COUNTY, "经办人", "月度检查探视记录", {"确认": ""}, 1)
    expect(main).to_contain_text("办结")
    office.keep_letter("visit")


def _stands_on_one_page(office: Office) -> None:
    screen, main = office.screen, office.screen.main
    screen.become(PREFECTURE, "经办人")
    _open_home(screen)
    chain = main.get_by_role("region", name="办理进程").get_by_role("group", name="报批")
    expect(chain.get_by_text("已完成")).to_have_count(5)
    for no in ("平民呈〔2026〕1号", "黔南民呈〔2026〕1号", "黔南民函〔2026〕1号"):
        expect(chain).to_contain_text(no)
    screen.picture("home-at-the-prefecture")
    screen.become(COUNTY, "经办人")
    _open_home(screen)
    expect(chain.get_by_text("已完成")).to_have_count(5)  # also what the county cannot open
    expect(chain).not_to_contain_text("黔南民呈")
    expect(main).to_contain_text("黔民函〔2026〕88号")
    due = main.locator("#due").get_by_role("listitem").filter(has_text="月度检查探视托养人员").first
    expect(due).to_contain_text(last_day("custody_inspection_next_due", date(2026, 8, 31)).strftime("%m-%d"))
    expect(main).to_contain_text("证照“食品经营许可证”将于2026-09-20到期")
    expect(main).to_contain_text("已满额：核定1人")
    expect(main.locator("#persons")).to_contain_text(FIRST)
    screen.picture("home-in-use", phone=True)
    screen.go("收发文登记")
    expect(main.get_by_role("table")).to_contain_text("平民呈〔2026〕1号")
    screen.go("台账")
    main.get_by_role("navigation", name="台账").get_by_role("link", name="托养人员台账").click()
    expect(main.get_by_role("row").filter(has_text=FIRST)).to_contain_text(HOME)
    screen.picture("ledger-custody")
    main.get_by_role("navigation", name="台账").get_by_role("link", name="托养机构名录").click()
    expect(main.get_by_role("row").filter(has_text=HOME)).to_contain_text("黔民函〔2026〕88号")


def _letters_say_what_was_agreed(office: Office) -> None:
    office.rasterise()
    office.says(
        "county_request", "平民呈〔2026〕1号", f"平塘县民政局关于选择{HOME}承接流浪乞讨受助人员托养服务的请示", f"{PREFECTURE}：",
        "床位不足", "护理力量不足", "托养费用每人每月3000.00元", "拟托养人数2人，期限自2026年7月20日至2028年7月19日。当否，请批示。",
    )  # fmt: skip
    office.says(
        "prefecture_request", "〔2026〕1号", f"{PROVINCE}：", "我局于2026年6月24日以实地查看和查阅材料方式进行了核查",
        "价格合理，拟同意。当否，请批示。",
        "（平民呈〔2026〕1号）",
    )  # fmt: skip
    office.says("forwarding", "黔民函〔2026〕88号", HOME, f"{COUNTY}：")
    office.says("agreement", HOME, "黔民函〔2026〕88号", "2026年7月27日", "平民托〔2026〕1")
    office.says("placement", FIRST, HOME, "2026年7月28日", "3000.00")
    office.says("visit", HOME, FIRST, "进食、睡眠正常，情绪稳定")
