"""The first chain, as its people do it: a county takes an unidentified man in, looks for his family, asks the police, asks
the central station to take him, and hands him over. Every step is a click on a visible word.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from forms.kit.limits import LIMITS
from forms.kit.timespan import chinese_date
from forms.kit.workdays import SHANGHAI, Calendar
from portal.services.demo import pictures as drawn
from tests.journeys.conftest import Portal
from tests.journeys.office import Office, minute, words_of
from tests.journeys.screen import Screen, exact

pytestmark = [pytest.mark.browser, pytest.mark.journey]

BUREAU, STATION = "平塘县民政局", "黔南州救助管理站"
MAN, CASE_NO = "河滨路男", f"522727-{datetime.now(SHANGHAI).year}-0001"
CONTACT = {"联系人": "陈晓云", "联系电话": "0854-7222222"}


@dataclass
class Story(Office):
    """The office, and when the man came."""

    admitted: datetime = field(kw_only=True)


@pytest.fixture
def story(page: Page, portal: Portal, pictures: Path, tmp_path: Path) -> Iterator[Story]:
    """The office computer; at the end its console must have had nothing to say."""
    files = tmp_path / "desk"
    files.mkdir()
    (files / "正面照片.jpg").write_bytes(drawn.portrait(1))
    screen = Screen(page, portal.url, pictures)
    admitted = portal.now().replace(second=0, microsecond=0) - timedelta(minutes=25)
    yield Story(screen, portal, files, pictures, admitted=admitted)
    assert not screen.faults, "\n".join(screen.faults)


def test_an_unidentified_man_comes_from_the_street_to_a_bed_in_the_prefecture(story: Story) -> None:
    for chapter in (
        _is_admitted, _is_checked, _is_looked_for, _is_asked_about, _is_answered, _is_offered, _is_printed, _is_accepted,
        _is_handed_over, _everything_is_on_file, _letters_say_what_was_agreed, Office.letters_are_genuine, _anybody_can_check,
    ):  # fmt: skip
        chapter(story)


# -- in the county ---------------------------------------------------------------------------------------------------


def _is_admitted(story: Story) -> None:
    screen, admitted = story.screen, story.admitted
    screen.page.goto(f"{screen.url}/")
    screen.picture("sign-in", phone=True)
    screen.sign_in(BUREAU, "经办人")
    screen.picture("workbench-empty", phone=True)
    screen.press("登记新求助")
    screen.choose({"身份状态": "未查明", "性别": "男"})
    screen.fill({"临时称谓": MAN, "目测年龄下限": "50", "目测年龄上限": "55"})
    screen.main.get_by_label(exact("来源")).select_option("巡查劝导")
    screen.fill({
        "发现时间": minute(admitted - timedelta(minutes=20)), "入站时间": minute(admitted),
        "发现地点": "平塘县县城河滨路与迎宾路交叉口",
    })  # fmt: skip
    screen.choose(
        {"求助原因": "流浪", "精神状况": "未见异常", "健康状况": "良好", "语言沟通": "部分", "指纹已采集": "是"}
    )
    screen.fill({
        "口音": "疑似桂北口音", "身高": "165", "体貌特征": "左眉上方有一道约2厘米旧疤，走路略跛，牙齿缺两颗",
        "发现时衣着": "深蓝色旧棉衣、黑色长裤、黄胶鞋", "本人自述线索": "自称家在河边，附近有一座水泥厂",
    })  # fmt: skip
    bag = screen.row("随身物品", 0)
    screen.fill({"物品": "编织袋", "数量": "1个"}, bag)
    screen.choose({"保管": "本人"}, bag)
    screen.upload("本人正面照片", story.files / "正面照片.jpg")
    limits = screen.main.get_by_role("region", name="时限", exact=True)
    for code in ("tracing_notice_due", "dna_request_due", "stay_three_months"):
        expect(limits).to_contain_text(LIMITS[code].due(admitted, Calendar.published()).text)
    screen.picture("registration", phone=True)
    screen.submit()
    screen.become(BUREAU, "经办人", 1)
    screen.open_paper("求助登记表")
    screen.picture("registration-to-check")
    screen.act("确认")
    expect(screen.main).to_contain_text("办结")


def _is_checked(story: Story) -> None:
    screen = story.screen
    screen.become(BUREAU, "经办人")
    screen.open_person(MAN)
    screen.picture("case-new", phone=True)
    screen.begin("身份快速查询记录")
    screen.fill(
        {
            "查询人": "王建国",
            "协查民警": "陈志强",
            "查询经过": "会同派出所采集指纹、人像比对，均未比中，口音疑似桂北。",
        }
    )
    screen.choose({"查询方式": ["指纹比对", "人脸识别"], "查询结果": "未查明"})
    screen.submit()
    screen.become(BUREAU, "经办人", 1)
    screen.open_paper("身份快速查询记录")
    screen.act("确认")


def _is_looked_for(story: Story) -> None:
    screen = story.screen
    screen.become(BUREAU, "经办人")
    screen.open_person(MAN)
    screen.begin("发布寻亲公告")
    screen.fill({"联系电话": "0854-7222222"})
    screen.choose({"发布渠道": ["全国救助寻亲网", "微信公众号"]})
    screen.picture("notice", phone=True)
    screen.submit()
    story.goes_its_way(BUREAU, "寻亲公告")
    screen.picture("notice-published")
    story.keep_letter("notice")
    screen.become(BUREAU, "经办人")
    screen.open_person(MAN)
    notice = screen.main.get_by_text("发布寻亲公告")
    expect(notice).to_be_hidden()


def _is_asked_about(story: Story) -> None:
    screen = story.screen
    screen.begin("报请公安机关采集DNA")
    screen.fill(CONTACT)
    screen.picture("dna-request", phone=True)
    screen.submit()
    story.goes_its_way(BUREAU, "DNA信息")
    expect(screen.main).to_contain_text(story.year_no("平民函", 1))
    story.keep_letter("dna_request")


def _is_answered(story: Story) -> None:
    screen = story.screen
    screen.become(BUREAU, "经办人")
    screen.open_paper("DNA信息")
    screen.fill({"送达日期": story.day()})
    screen.picture("dna-request-sent")
    screen.act("登记送达")
    screen.press("起草《公安核查结果登记表》")
    screen.choose({"DNA比对结果": "未比中", "人像比对结果": "未比中"})
    screen.fill({"答复日期": story.day(), "DNA采样日期": story.day()})
    screen.upload("公安机关书面答复（扫描件）", story.scan("公安答复"), dated=story.day())
    screen.picture("police-answer")
    screen.submit()
    screen.become(BUREAU, "经办人", 1)
    screen.open_paper("公安核查结果登记表")
    screen.act("确认")


def _is_offered(story: Story) -> None:
    """The request to the station: refused while proofs are missing, then put right and handed in."""
    screen, main = story.screen, story.screen.main
    screen.become(BUREAU, "经办人")
    screen.open_person(MAN)
    screen.begin("受助人员转移集中照料申请函")
    screen.choose({
        "转移情形": "站内设施不足情形", "不具备接收条件": ["无站内床位", "无分区照料条件"], "目前须先送医的情形": "无",
        "是否需精神科诊断": "否", "承诺承担后续工作": "是",
    })  # fmt: skip
    screen.fill(
        {
            "DNA信息采集日期": "",
            "健康状况、送医情况": "身体状况平稳，无须送医",
            "拟转移日期": story.day(2),
            "预计照料时间": "60",
        }
    )
    for number, (name, sex) in enumerate((("王建国", "男"), ("李小燕", "女"))):
        escort = screen.row("护送人员", number)
        screen.fill({"姓名": name, "单位及职务": "平塘县救助管理站站员"}, escort)
        screen.choose({"性别": sex}, escort)
    screen.fill({"护送车辆": "贵J12345", "县级联络人": "陈晓云", "联系电话": "0854-7222222"})
    screen.press("提交")
    refused = main.get_by_role("region", name=re.compile("没有提交"))
    expect(refused).to_contain_text("DNA信息采集尚未完成，暂不能提交")
    expect(refused).to_contain_text("R-24")
    expect(refused).to_contain_text("《区域中心站实施方案》三（二）1（2）")
    for material in ("健康检查材料", "DNA信息采集证明"):
        expect(refused.get_by_role("link", name=re.compile(material))).to_be_visible()
    screen.picture("transfer-request-refused", phone=True)
    sampled = main.get_by_label(exact("DNA信息采集日期"))
    expect(sampled).to_have_attribute("aria-invalid", "true")
    sampled.fill(story.day())
    expect(refused).not_to_contain_text("R-24")
    expect(sampled).not_to_have_attribute("aria-invalid", "true")
    screen.upload("健康检查材料", story.scan("健康检查表"), dated=story.day())
    screen.upload("DNA信息采集证明", story.scan("DNA采集证明"))
    expect(main.get_by_role("region", name="已填齐，可以提交")).to_be_visible()
    expect(refused).to_be_hidden()
    expect(main.get_by_role("region", name="将要印出的文书").get_by_role("img").first).to_be_visible()
    screen.picture("transfer-request", phone=True)
    screen.submit()


def _is_printed(story: Story) -> None:
    """Reviewer and head sign; the seal clerk numbers, prints and sends from the print desk."""
    screen, main, title = story.screen, story.screen.main, "转移至州级区域中心站"
    screen.become(BUREAU, "审核人")
    screen.picture("workbench-reviewer")
    screen.open_paper(title)
    screen.picture("transfer-request-review", phone=True)
    screen.act("同意", "情况属实，材料齐全，拟同意报送")
    screen.become(BUREAU, "分管副局长")
    screen.open_paper(title)
    screen.act("签发", "同意")
    screen.become(BUREAU, "文印员")
    screen.go("文印")
    main.get_by_role("row", name=re.compile(title)).get_by_role("checkbox").check()
    screen.picture("print-desk", phone=True)
    screen.press("编号用印")
    expect(main).to_contain_text("已完成1／1")
    expect(main).to_contain_text(story.year_no("平民函", 2))
    screen.picture("print-progress")
    story.pdfs["transfer_request_printed"] = screen.print_out(
        "合并打印这1件", story.printed / "transfer-request-printed.pdf"
    )
    main.get_by_role("link", name="待打印发出").first.click()
    row = main.get_by_role("row", name=re.compile(title))
    expect(row).to_contain_text("1份")
    row.get_by_role("checkbox").check()
    screen.picture("print-desk-to-send")
    screen.press("登记发出")
    screen.told("已发出1件")
    screen.go("文书")


def _is_accepted(story: Story) -> None:
    """The station takes the letter in, and answers with a bed."""
    screen, main = story.screen, story.screen.main
    screen.become(STATION, "受理员")
    screen.picture("workbench-station", phone=True)
    screen.open_paper("转移至州级区域中心站")
    screen.picture("transfer-request-arrived", phone=True)
    screen.act("签收")
    expect(main.locator("#route")).to_contain_text(story.year_no("收", 1))
    story.keep_letter("transfer_request")
    screen.press("起草《转移集中照料复函》")
    screen.choose({"审核结论": "同意接收"})
    screen.fill({"接收值班人员": "石立夏", "值班电话": "0854-8222222"})
    expect(main.get_by_role("group", name=exact("照料区")).get_by_label("男区")).to_be_checked()
    screen.picture("reply", phone=True)
    screen.submit()
    story.goes_its_way(STATION, "复函", reviewer="业务科科长", head="站长")
    expect(main).to_contain_text(story.year_no("黔南救站函", 1))
    screen.picture("reply-sent")
    story.keep_letter("transfer_reply")
    screen.become(BUREAU, "经办人")
    screen.open_paper("复函")
    screen.act("签收")


def _is_handed_over(story: Story) -> None:
    """Face to face at the station: receiver, duty leader and the county sign one sheet."""
    screen, main = story.screen, story.screen.main
    screen.become(STATION, "受理员")
    screen.open_person(MAN)
    screen.begin("受助人员转移交接单")
    screen.fill({"体温": "36.5", "血压": "128/82mmHg", "体重": "58.5", "体表检查": "体表清洁，未见新鲜伤痕和褥疮"})
    screen.choose({"伤痕褥疮": "无", "精神、情绪、行为": "安静"})
    screen.fill({"药品": "无"}, screen.row("用药情况", 0))
    screen.fill({"现金": "0", "贵重物品": "无"})
    screen.choose({
        "移交材料清单": ["求助登记表", "健康检查材料", "复函", "寻亲公告", "DNA采集证明"], "交接结论": "接收", "责任划分确认": "是",
    })  # fmt: skip
    screen.picture("handover", phone=True)
    screen.submit()
    screen.become(STATION, "值班带班领导")
    screen.open_paper("受助人员转移交接单")
    screen.act("同意")
    screen.become(BUREAU, "经办人")
    screen.open_paper("受助人员转移交接单")
    screen.picture("handover-to-sign")
    screen.act("确认")
    expect(main).to_contain_text(f"交{CASE_NO}-1")
    story.keep_letter("transfer_handover")


# -- what stands at the end --------------------------------------------------------------------------------------------


def _everything_is_on_file(story: Story) -> None:
    screen, main = story.screen, story.screen.main
    screen.open_person(MAN)
    expect(main.get_by_role("definition").filter(has_text=STATION)).to_contain_text("床位")
    ended = main.get_by_role("listitem").filter(has_text=re.compile("R-1[023]|R-32"))
    main.get_by_text(re.compile("^共\\d+项$")).click()
    for duty in (
        "发布寻亲公告",
        "报请公安机关采集DNA",
        "公安机关反馈DNA比对和身份核查结果",
        "答复转移集中照料申请",
    ):
        expect(ended.filter(has_text=duty)).to_contain_text("按时完成")
    due = main.locator("#due")
    published = Calendar.published()
    for code, trigger in (
        ("notice_refresh_due", story.now()),
        ("lifelong_tracing_due", story.now()),
        ("stay_three_months", story.admitted),
    ):
        limit = LIMITS[code]
        line = due.get_by_role("listitem").filter(has_text=limit.label)
        expect(line).to_contain_text(limit.due(trigger, published).last_day.strftime("%m-%d"))
    screen.picture("case-handed-over", phone=True)
    screen.go("收发文登记")
    for serial in (1, 2):
        expect(main.get_by_role("table")).to_contain_text(story.year_no("平民函", serial))
    screen.picture("register-outgoing", phone=True)
    screen.become(STATION, "文印员")
    screen.go("收发文登记")
    expect(main.get_by_role("table")).to_contain_text(story.year_no("黔南救站函", 1))
    main.get_by_role("link", name="收文登记簿").click()
    expect(main.get_by_role("table")).to_contain_text(story.year_no("收", 1))
    screen.picture("register-incoming")


def _letters_say_what_was_agreed(story: Story) -> None:
    asked, answered = words_of(story.pdfs["transfer_request"]), words_of(story.pdfs["transfer_reply"])
    today_words = chinese_date(story.now().date())
    for sentence in (
        "平塘县民政局关于商请将1名身份不明受助人员转移至州级区域中心站集中照料的函", story.year_no("平民函", 2), "黔南州救助管理站：",
        f"依法对1名身份不明人员（男，目测年龄50至55岁）实施救助（救助编号：{CASE_NO}）。", f"（公告编号：寻{CASE_NO}）",
        f"于{today_words}完成DNA信息采集", "因我县救助服务设施薄弱，无站内床位、无分区照料条件，难以在县内开展站内照料。",
        f"拟于{chinese_date(story.now().date() + timedelta(days=2))}由我县派员护送到站，预计照料60天。", "特此函商，请予函复。",
        "附件：1.求助登记表2.健康检查材料3.寻亲公告4.DNA信息采集证明",
        f"平塘县民政局{today_words}（联系人：陈晓云，联系电话：0854-7222222）",
    ):  # fmt: skip
        assert sentence in asked, sentence
    for sentence in (
        story.year_no("黔南救站函", 1),
        f"（{story.year_no('平民函', 2)}）收悉。",
        "同意接收",
        "此复。",
        f"黔南州救助管理站{today_words}",
    ):
        assert sentence in answered, sentence
    assert words_of(story.pdfs["transfer_request_printed"]) == asked
    story.rasterise()


def _anybody_can_check(story: Story) -> None:
    """A stranger types the code, then uploads the file, then one with a single byte changed."""
    screen, main = story.screen, story.screen.main
    letter = story.pdfs["transfer_request"]
    screen.page.get_by_role("button", name="账户菜单").click()
    screen.press("退出登录", screen.page.locator("#user-menu"))
    screen.page.get_by_role("link", name="文书核验").click()
    screen.picture("check-empty", phone=True)
    screen.fill({"核验码": story.check_code("transfer_request")})
    screen.press("核验")
    expect(main.get_by_role("heading", name="有效", exact=True)).to_be_visible()
    expect(main).to_contain_text(story.year_no("平民函", 2))
    expect(main).not_to_contain_text(MAN)
    screen.picture("check-valid", phone=True)
    spoiled = bytearray(letter.read_bytes())
    spoiled[len(spoiled) // 2] ^= 1
    (story.files / "spoiled.pdf").write_bytes(spoiled)
    for file, verdict in ((letter, "有效"), (story.files / "spoiled.pdf", "内容被改动")):
        main.get_by_label(exact("PDF文件")).set_input_files(file)
        screen.press("上传核验")
        expect(main.get_by_role("heading", name=verdict, exact=True)).to_be_visible()
    screen.picture("check-altered", phone=True)
    assert "操作记录完整" in story.portal.flask("audit", "verify")
