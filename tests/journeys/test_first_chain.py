"""The first chain, as its people do it: a county takes an unidentified man in, looks for his family, asks the police, asks
the central station to take him, and hands him over. Every step is a click on a visible word.
"""

import re
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from forms.kit.limits import LIMITS
from forms.kit.workdays import SHANGHAI, Calendar
from portal.services.demo import pictures as drawn
from tests.journeys.conftest import Portal
from tests.journeys.screen import Screen

pytestmark = [pytest.mark.browser, pytest.mark.journey]

BUREAU, STATION = "平塘县民政局", "黔南州救助管理站"
MAN = "河滨路男"


def now() -> datetime:
    """The minute on the prefecture's clock; the portal runs on real time."""
    return datetime.now(SHANGHAI).replace(second=0, microsecond=0)


def minute(moment: datetime) -> str:
    """Write a moment as a datetime box takes it."""
    return moment.strftime("%Y-%m-%dT%H:%M")


def today() -> str:
    return now().date().isoformat()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photo and scans lying on the clerk's desk."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "正面照片.jpg").write_bytes(drawn.portrait(1))
    for number, name in enumerate(("健康检查表", "DNA采集证明", "公安答复")):
        (folder / f"{name}.jpg").write_bytes(drawn.scan(name, number))
    return folder


@pytest.fixture
def screen(page: Page, portal: Portal, pictures: Path) -> Iterator[Screen]:
    """The office computer; at the end its console must have had nothing to say."""
    found = Screen(page, portal.url, pictures)
    yield found
    assert not found.faults


def test_an_unidentified_man_comes_from_the_street_to_a_bed_in_the_prefecture(
    screen: Screen, portal: Portal, files: Path, tmp_path: Path
) -> None:
    admitted = now() - timedelta(minutes=25)
    _is_admitted(screen, files, admitted)
    _is_looked_for(screen, admitted)


def _is_admitted(screen: Screen, files: Path, admitted: datetime) -> None:
    screen.page.goto(f"{screen.url}/")
    screen.picture("sign-in", phone=True)
    screen.sign_in(BUREAU, "经办人")
    screen.picture("empty-workbench", phone=True)
    screen.press("登记新求助")
    screen.picture("registration-empty", phone=True)
    screen.choose({"身份状态": "未查明", "性别": "男", "来源": "巡查劝导"} if False else {"身份状态": "未查明", "性别": "男"})
    screen.fill({"临时称谓": MAN, "目测年龄下限": "50", "目测年龄上限": "55"})
    screen.main.get_by_label(re.compile("^来源")).select_option("巡查劝导")
    screen.fill({
        "发现时间": minute(admitted - timedelta(minutes=20)), "入站时间": minute(admitted),
        "发现地点": "平塘县县城河滨路与迎宾路交叉口",
    })  # fmt: skip
    screen.choose({"求助原因": "流浪", "精神状况": "未见异常", "健康状况": "良好", "语言沟通": "部分", "指纹已采集": "是"})
    screen.fill({
        "口音": "疑似桂北口音", "身高": "165", "体貌特征": "左眉上方有一道约2厘米旧疤，走路略跛，牙齿缺两颗",
        "发现时衣着": "深蓝色旧棉衣、黑色长裤、黄胶鞋", "本人自述线索": "自称家在河边，附近有一座水泥厂",
    })  # fmt: skip
    bag = screen.row("随身物品", 0)
    screen.fill({"物品": "编织袋", "数量": "1个"}, bag)
    screen.choose({"保管": "本人"}, bag)
    screen.upload("本人正面照片", files / "正面照片.jpg")
    dna = LIMITS["dna_request_due"].due(admitted, Calendar.published())
    limits = screen.main.get_by_role("region", name="时限", exact=True)
    expect(limits).to_contain_text(dna.text)
    expect(limits).to_contain_text(LIMITS["tracing_notice_due"].due(admitted, Calendar.published()).text)
    screen.picture("registration-filled", phone=True)
    screen.submit()
    screen.picture("registration-submitted", phone=True)


def _is_looked_for(screen: Screen, admitted: datetime) -> None:
    screen.become(BUREAU, "经办人", 1)
    screen.open_paper("求助登记表")
    screen.act("确认")
    screen.become(BUREAU, "经办人")
    screen.open_person(MAN)
    screen.picture("case-new", phone=True)
