"""The pieces every page is built from, drawn without a database."""

import json
import re
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask import Flask, flash, render_template_string
from flask_babel import Babel
from flask_wtf import CSRFProtect

from forms.kit.chains import State
from forms.kit.fields import (
    ChoiceBox,
    DateBox,
    IdNumberBox,
    IntBox,
    LongTextBox,
    ManyBox,
    MomentBox,
    MoneyBox,
    SelectBox,
    TextBox,
    YesNoBox,
    when,
)
from forms.kit.paper import Paper, Section
from forms.kit.rows import Row, RowsBox
from forms.kit.rules import Level, Problem
from portal.web.words import install

ROOT = Path(__file__).resolve().parents[2]
IMPORTS = '{% import "macros/ui.html" as ui %}{% import "macros/fields.html" as fields %}'
SHELL = {
    "unit": "三都水族自治县民政局社会事务科",
    "person": "陆远航",
    "position": "审核人",
    "on_leave_for": "您正在代 韦国栋 签发公文。",
    "language": "zh",
    "version": "1.0.0",
    "home_url": "/",
    "search_url": "/search",
    "account_url": "/account",
    "delegation_url": "/leave",
    "sign_out_url": "/out",
    "sign_in_url": "/in",
    "language_url": "/language",
    "token_url": "/token",
}
NAV = [
    {
        "label": "日常",
        "items": [
            {
                "label": "工作台",
                "url": "/",
                "icon": "home",
                "active": True,
                "count": 12,
                "tone": "late",
                "tab": True,
                "short": "",
            },
            {
                "label": "文书",
                "url": "/documents",
                "icon": "document",
                "active": False,
                "count": None,
                "tone": "",
                "tab": False,
                "short": "",
            },
        ],
    }
]
ERRORS = ["400", "403", "404", "409", "413", "422", "429", "500", "expired"]


class Belonging(Row):
    item = TextBox("物品名称", required=True)
    count = IntBox("数量", unit="件")


class Sample(Paper):
    case_no = TextBox("救助编号", copied=True)
    status = ChoiceBox("身份状态", [("confirmed", "已查明"), ("unknown", "未查明")], copied=True)
    id_number = IdNumberBox("公民身份号码", required=True, help="照证件填写。")
    ground = ChoiceBox(
        "转移情形", [("emergency", "临时应急情形"), ("infrastructure", "站内设施不足情形")], required=True
    )
    reason = ManyBox(
        "应急原因", [("自然灾害", "自然灾害"), ("其他", "其他")], shown_when=when("ground", "emergency")
    )
    detail = TextBox("其他原因说明", shown_when=(when("ground", "emergency"), when("reason", "其他")))
    sampled_on = DateBox("DNA信息采集日期", shown_when=when("ground", "infrastructure"))
    arrived_at = MomentBox("到站时间")
    ward = SelectBox("照料区", [("m", "男区"), ("f", "女区")])
    health = LongTextBox("健康状况", most=200)
    urgent = YesNoBox("是否急病")
    cash = MoneyBox("现金")
    belongings = RowsBox("随身物品", Belonging)
    sections = (
        Section("受助人员", ("case_no", "status", "id_number"), "照登记表核对。"),
        Section("转移情形", ("ground", "reason", "detail", "sampled_on", "arrived_at", "ward")),
        Section("健康与物品", ("health", "urgent", "cash", "belongings")),
    )


ANSWERS = {
    "case_no": "522732-2026-0012",
    "status": "unknown",
    "ground": "infrastructure",
    "health": "右小腿有陈旧性外伤。",
    "belongings": [{"item": "双肩背包", "count": "1"}, {"item": "现金", "count": "x"}],
}
PROBLEMS = [
    Problem(
        "DNA信息采集尚未完成，暂不能提交",
        "sampled_on",
        "R-24",
        "S0 三（二）1（2）",
        remedy="先发函采集。",
        remedy_paper="dna_request",
    ),
    Problem("拟转移日期不是工作日", "arrived_at", "R-05", "民法典203", Level.WARN),
    Problem("请同时办理延长救助期限备案", "", "R-18", "实施细则", Level.NOTE),
]

SAMPLES = Path(__file__).parent / "samples"
UI = (SAMPLES / "pieces.html").read_text()
FORM = (SAMPLES / "form.html").read_text()


@pytest.fixture(scope="module")
def app() -> Flask:
    app = Flask("pieces", root_path=str(ROOT))
    app.config.update(SECRET_KEY="x", BABEL_DEFAULT_LOCALE="zh_CN", TESTING=True)
    Babel(app)
    CSRFProtect(app)
    install(app)
    return app


def draw(app: Flask, source: str, base: str = "base.html", **given: object) -> Element:
    page = f'{{% extends "{base}" %}}{IMPORTS}{{% block title %}}样页{{% endblock %}}{{% block main %}}{source}{{% endblock %}}'
    with app.test_request_context():
        flash("已保存。", "success")
        text = render_template_string(
            page,
            shell=SHELL,
            nav=NAV,
            crumbs=[{"label": "工作台", "url": "/"}],
            link=lambda n: f"?page={n}",
            **given,
        )
    return html5lib.parse(text, namespaceHTMLElements=False)


def form_page(app: Flask, *, readonly: bool = False) -> Element:
    return draw(app, FORM, form=Sample.read(ANSWERS), problems=PROBLEMS, readonly=readonly)


@pytest.fixture(scope="module")
def pages(app: Flask) -> dict[str, Element]:
    return {"ui": draw(app, UI), "form": form_page(app), "read": form_page(app, readonly=True)} | {
        f"error {code}": error_page(app, code, with_frame=with_frame)
        for code in ERRORS
        for with_frame in (True, False)
    }


def error_page(app: Flask, code: str, *, with_frame: bool) -> Element:
    frame = {"shell": SHELL, "nav": NAV} if with_frame else {}
    with app.test_request_context():
        text = render_template_string(
            f'{{% include "errors/{code}.html" %}}',
            reference="A7F3",
            back_url="/back",
            sign_in_url="/in",
            latest_url="/new",
            kept={"健康状况": "体温正常"},
            **frame,
        )
    return html5lib.parse(text, namespaceHTMLElements=False)


def words(element: Element) -> str:
    return re.sub(r"\s+", "", "".join(element.itertext()))


def one(page: Element, selector: str) -> Element:
    found = page.find(f".//{selector}")
    assert found is not None, selector
    return found


def test_no_page_carries_inline_script_or_style(pages: dict[str, Element]) -> None:
    for name, page in pages.items():
        for element in page.iter():
            assert not [key for key in element.attrib if key == "style" or key.startswith(("on", "hx-on"))], (
                name,
                element.attrib,
            )
            assert element.tag != "style", name
            assert element.tag != "script" or (element.get("src") and not (element.text or "").strip()), name


def test_no_page_repeats_an_id_and_each_has_one_heading(pages: dict[str, Element]) -> None:
    for name, page in pages.items():
        ids = [element.get("id") for element in page.iter() if element.get("id")]
        assert sorted(ids) == sorted(set(ids)), name
        assert len(page.findall(".//h1")) == 1, name


def test_every_box_has_a_label(pages: dict[str, Element]) -> None:
    for name, page in pages.items():
        labelled = {label.get("for") for label in page.iter("label")}
        wrapped = {id(box) for label in page.iter("label") for box in label.iter("input")}
        for box in [element for element in page.iter() if element.tag in ("input", "select", "textarea")]:
            if box.get("type") in ("hidden", "submit"):
                continue
            assert box.get("id") in labelled or id(box) in wrapped, (name, box.attrib)


def test_every_button_and_link_has_words(pages: dict[str, Element]) -> None:
    for name, page in pages.items():
        for element in [found for found in page.iter() if found.tag in ("a", "button")]:
            assert words(element) or element.get("aria-label"), (name, element.attrib)


def test_every_box_is_tied_to_its_lines_of_errors(pages: dict[str, Element]) -> None:
    page = pages["form"]
    ids = {element.get("id") for element in page.iter()}
    described = {target for element in page.iter() for target in (element.get("aria-describedby") or "").split()}
    assert described <= ids
    for box in Sample.read(ANSWERS):
        if not box.copied:
            assert f"err-{box.id}" in described, box.id


def test_a_problem_stands_under_its_box_and_marks_it_invalid(pages: dict[str, Element]) -> None:
    assert "DNA信息采集尚未完成" in words(one(pages["form"], "*[@id='err-sampled_on']"))
    assert one(pages["form"], "input[@id='sampled_on']").get("aria-invalid") == "true"
    assert one(pages["form"], "textarea[@id='health']").get("aria-invalid") is None


def test_the_list_of_problems_names_rule_and_clause_and_leads_to_the_box_and_the_remedy(
    pages: dict[str, Element],
) -> None:
    listed = one(pages["form"], "section[@id='problems']")
    assert all(
        part in words(listed)
        for part in ("还有1处需要处理", "R-24", "《区域中心站实施方案》三（二）1（2）", "前往“DNA信息采集日期”")
    )
    assert {link.get("href") for link in listed.iter("a")} == {"#field-sampled_on", "#field-arrived_at", "/dna"}
    assert one(pages["form"], "*[@id='field-sampled_on']") is not None


def test_a_warning_under_a_box_is_no_error_of_the_box(pages: dict[str, Element]) -> None:
    assert "拟转移日期不是工作日" in words(one(pages["form"], "*[@id='err-arrived_at']"))
    assert "has-error" not in (one(pages["form"], "*[@id='field-arrived_at']").get("class") or "")
    assert one(pages["form"], "input[@id='arrived_at']").get("aria-invalid") is None


def test_a_warning_asks_for_its_reason_and_keeps_what_was_typed(pages: dict[str, Element]) -> None:
    boxes = list(one(pages["form"], "section[@id='problems']").iter("textarea"))
    assert [(box.get("name"), box.text) for box in boxes] == [("_reason_R-05", "当日有车")]


def test_conditions_are_written_for_the_script_and_in_words_for_those_without(pages: dict[str, Element]) -> None:
    detail = one(pages["form"], "*[@id='field-detail']")
    assert detail.get("data-shown-when") == "ground=emergency;reason=其他"
    assert "“转移情形”为“临时应急情形”，且“应急原因”为“其他”时填写" in words(detail)


def test_a_value_copied_from_the_case_cannot_be_typed_but_is_there_for_conditions(
    pages: dict[str, Element],
) -> None:
    status = one(pages["form"], "*[@id='field-status']")
    assert "未查明" in words(status)
    assert [(box.get("type"), box.get("value")) for box in status.iter("input")] == [("hidden", "unknown")]


def test_what_was_typed_wrongly_is_shown_again(pages: dict[str, Element]) -> None:
    assert one(pages["form"], "input[@id='belongings-1-count']").get("value") == "x"


def test_rows_are_added_and_removed_by_plain_submit_buttons(pages: dict[str, Element]) -> None:
    buttons = {
        (b.get("name"), b.get("value"))
        for b in one(pages["form"], "*[@id='rows-belongings']").iter("button")
        if b.get("type") == "submit"
    }
    assert buttons == {("_add", "belongings"), ("_remove", "belongings-0"), ("_remove", "belongings-1")}


def test_a_paper_that_is_only_read_has_words_and_no_boxes(pages: dict[str, Element]) -> None:
    form = one(pages["read"], "form[@id='paper']")
    assert [box.get("name") for box in form.iter() if box.tag in ("input", "select", "textarea")] == ["csrf_token"]
    assert "站内设施不足情形" in words(form)
    assert "右小腿有陈旧性外伤" in words(form)


def test_every_state_of_a_document_has_a_chinese_name_and_a_sign_of_its_own_kind(app: Flask) -> None:
    page = draw(
        app, "{% for s in states %}<div class='s'>{{ ui.state_badge(s) }}</div>{% endfor %}", states=list(State)
    )
    badges = page.findall(".//div[@class='s']")
    assert len({words(badge) for badge in badges}) == len(State)
    assert not [words(badge) for badge in badges if re.search("[a-z]", words(badge))]
    assert all(badge.find(".//{*}use") is not None for badge in badges)


def test_every_icon_that_is_named_is_drawn() -> None:
    drawn = set(re.findall(r'id="([\w-]+)"', (ROOT / "static/icons.svg").read_text()))
    sources = "".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    named = set(re.findall(r"icon(?:_name=)?\(?'([a-z-]+)'", sources)) | set(
        re.findall(r"\('[^']*'\), '\w+', '([a-z-]+)'\)", sources)
    )
    assert named
    assert named <= drawn


def test_a_provisional_deadline_says_so(pages: dict[str, Element]) -> None:
    assert "剩28个工作日暂定" in words(pages["ui"])


def test_a_table_cell_carries_its_heading_for_the_phone(pages: dict[str, Element]) -> None:
    table = one(pages["ui"], "table")
    assert [cell.get("data-label") for cell in table.iter("td")] == [None, "文书", "份数"]
    assert words(one(table, "caption")) == "待办文书"


def test_an_opinion_is_never_read_as_markup(pages: dict[str, Element]) -> None:
    quoted = one(pages["ui"], "blockquote")
    assert quoted.text == "<b>补写</b>"


def test_the_question_before_an_act_opens_without_script(pages: dict[str, Element]) -> None:
    dialog = one(pages["ui"], "dialog")
    openers = [button for button in pages["ui"].iter("button") if button.get("popovertarget") == dialog.get("id")]
    assert openers
    assert "popover" in dialog.attrib


def test_every_posting_form_carries_a_token(pages: dict[str, Element]) -> None:
    for name, page in pages.items():
        for form in page.iter("form"):
            if form.get("method") == "post" and form.get("action") != "/batch":
                assert [
                    box for box in form.iter("input") if box.get("name") == "csrf_token" and box.get("value")
                ], (name, form.attrib)


def test_htmx_neither_evaluates_nor_stores_pages(pages: dict[str, Element]) -> None:
    config = json.loads(one(pages["ui"], "meta[@name='htmx-config']").get("content", ""))
    assert (config["allowEval"], config["historyCacheSize"], config["includeIndicatorStyles"]) == (False, 0, False)
    assert config["responseHandling"][-1]["target"] == "#notices"


@pytest.mark.parametrize("code", ERRORS)
@pytest.mark.parametrize("with_frame", [True, False])
def test_an_error_says_what_happened_what_is_safe_and_what_to_do(app: Flask, code: str, with_frame: bool) -> None:
    region = one(error_page(app, code, with_frame=with_frame), "section[@id='error']")
    answers = [words(part) for part in region.iter("dd")]
    assert len(answers) == 3
    assert all(len(answer) > 8 for answer in answers)


def test_the_plain_frame_of_an_error_needs_nothing_from_the_session(app: Flask) -> None:
    page = error_page(app, "500", with_frame=False)
    assert "A7F3" in words(page)
    assert page.find(".//nav") is None


def test_the_sign_in_frame_shows_its_title_once(app: Flask) -> None:
    page = draw(app, "<form method='post'>{{ ui.csrf() }}</form>", base="auth_base.html")
    assert [words(heading) for heading in page.findall(".//h1")] == ["样页"]
