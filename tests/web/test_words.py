"""English beside Chinese: every word a page says stands in the catalogue, and nothing of the house stays Chinese there."""

import ast
import copy
import pickle
import re
import shlex
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import force_locale
from jinja2 import Environment, nodes
from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.catalog import ALL
from forms.kit.fields import TextBox
from forms.kit.limits import LIMITS
from forms.kit.paper import Paper
from forms.kit.phrases import Phrase, listed
from forms.kit.sources import cited
from forms.kit.timespan import WorkingDays, chinese_date
from portal import clock
from portal.config import ROOT
from portal.db import transaction
from portal.models import (
    Bed,
    Campaign,
    Case,
    Contractor,
    ContractorTerm,
    Document,
    Finding,
    Placement,
    Resident,
    Unit,
    User,
)
from portal.services import clocks
from portal.services.ledgers import LEDGERS
from portal.web.words import answered, on_button, told, translated
from tests import casework
from tests.page import Page

CATALOGUE = ROOT / "portal" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
PLACES = re.compile(r"%\((\w+)\)0?\d?[sd]|\{(\w+)\}")
IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
CHINESE = re.compile(r"[\u3400-\u9fff\u3000-\u303f\uff01-\uff0f\uff1a-\uff1f]")
#: Chinese that an English sentence asks to be typed stands in quotation marks.
QUOTED = re.compile(r'"[^"]*"')
SignIn = Callable[..., Any]


# -- the catalogue ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


@pytest.fixture(scope="module")
def said() -> set[tuple[str | None, str]]:
    """Return (context, words) of everything the recipe in babel.cfg takes up."""
    recipe = (ROOT / "babel.cfg").read_text()
    line = next(line for line in recipe.splitlines() if " extract " in line)
    words = shlex.split(line.partition(" extract ")[2])
    marks = parse_keywords(word for flag, word in zip(words, words[1:], strict=False) if flag == "-k")  # noqa: RUF007
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    ours = tuple(str(ROOT / folder) for folder in ("forms", "portal", "templates"))
    found = extract_from_dir(
        ROOT,
        methods,
        options,
        keywords={**DEFAULT_KEYWORDS, **marks},
        directory_filter=lambda folder: str(folder).startswith(ours),
    )
    return {(context, str(words)) for _file, _line, words, _comments, context in found}


def test_everything_a_page_says_is_taken_up(said: set[tuple[str | None, str]]) -> None:
    """One of each way: a template, a page's code, a box, a choice, a chain, a limit, a part-made phrase, a task."""
    for words in ("受助人员名单", "草稿已保存", "公民身份号码", "自述未核实", "拟稿—审核—签发—编号用印—发出",
                  "落户安置台账", "统一社会信用代码", "检查和整改", "留守老年人", "拒不整改，依法处理",
                  "请立即发布寻亲公告", "还剩%(n)s个工作日", "请登记《护送交接表》内容", "发文登记簿", "分管副局长"):  # fmt: skip
        assert (None, words) in said
    assert ("button", "撤回") in said


def test_everything_a_page_says_has_english_words(said: set[tuple[str | None, str]], catalogue: Catalog) -> None:
    known = {(each.context, str(each.id)) for each in catalogue if each.id and each.string}
    assert sorted(words for _context, words in said - known) == []


def test_no_translation_is_left_to_guessing(catalogue: Catalog) -> None:
    assert [each.id for each in catalogue if each.id and each.fuzzy] == []


def test_a_translation_keeps_every_place_for_a_name_or_figure(catalogue: Catalog) -> None:
    lost = [
        each.id
        for each in catalogue
        if each.id and sorted(PLACES.findall(str(each.id))) != sorted(PLACES.findall(str(each.string)))
    ]
    assert lost == []


def test_no_translation_is_left_in_chinese(catalogue: Catalog) -> None:
    left = [str(each.string) for each in catalogue if each.id]
    assert [words for words in left if CHINESE.search(QUOTED.sub("", words))] == []


# -- nothing unmarked --------------------------------------------------------------------------------------------------

#: Chinese that a template prints as it is, with the reason.
UNMARKED = {
    "中文": "the name of the language, in that language",
    "〔": "a document number",
    "〕": "a document number",
}


def _raw(tree: nodes.Node) -> Iterator[str]:
    """Yield text and strings of a template outside gettext. What is only compared is never seen."""
    marked = {
        id(constant)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == "_"
        for constant in call.args
    }
    compared = {id(each) for compare in tree.find_all(nodes.Compare) for each in compare.find_all(nodes.Const)}
    for data in tree.find_all(nodes.TemplateData):
        yield data.data
    for constant in tree.find_all(nodes.Const):
        if isinstance(constant.value, str) and id(constant) not in marked | compared:
            yield constant.value


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda path: path.stem)
def test_a_template_says_nothing_outside_the_catalogue(path: Any) -> None:
    tree = Environment(autoescape=True, extensions=["jinja2.ext.do"]).parse(path.read_text())
    texts = [text.strip() for text in _raw(tree) if CHINESE.search(text)]
    assert [text for text in texts if not any(text.endswith(f">{word}</button>") or text == word for word in UNMARKED)
            and CHINESE.search(_without(text, UNMARKED))] == []  # fmt: skip


def _without(text: str, words: Any) -> str:
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, "")
    return text


#: Functions of the pages that print Chinese unmarked, with the reason.
PLAIN = {
    "LOCAL_WORDS": "words a password must not contain, never shown",
    "TOTP_ISSUER": "the name of the product in the authenticator, written before anybody chose a language",
    "f-string: 发文稿纸 .pdf": "the name of a file that holds a Chinese paper",
    "特殊群体排查情况表.xlsx": "the name of a file that holds a Chinese sheet",
    "f-string: 系统出了问题，错误编号 。\n": "the last resort, when no page can be drawn and the catalogue may be gone",
}


def _unmarked(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    spared = {id(part) for part in _spared(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(part.value for part in node.values if isinstance(part, ast.Constant))
            if IDEOGRAPH.search(text) and f"f-string: {text}" not in PLAIN:
                yield text
        elif (
            isinstance(node, ast.Constant)
            and id(node) not in spared
            and node.value not in PLAIN
            and IDEOGRAPH.search(str(node.value))
        ):
            yield node.value


def _spared(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield what is marked, documentation, what PLAIN names, and pieces of f-strings, which are looked at whole."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and isinstance(node.body[0], ast.Expr):
            yield node.body[0].value
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in {"_", "_l", "Phrase"}
        ):
            yield from node.args
        elif isinstance(node, ast.JoinedStr):
            yield from ast.walk(node)
    for name, value in _named(tree):
        if name in PLAIN:
            yield from ast.walk(value)


def _named(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.Dict):
            yield from (
                (str(key.value), value)
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant)
            )


@pytest.mark.parametrize("path", sorted((ROOT / "portal" / "web").glob("*.py")), ids=lambda path: path.stem)
def test_the_code_of_a_page_says_nothing_outside_the_catalogue(path: Any) -> None:
    assert list(_unmarked(path.read_text())) == []


# -- words made from parts ---------------------------------------------------------------------------------------------


@pytest.fixture
def english(app: Flask) -> Iterator[None]:
    with app.test_request_context(), force_locale("en"):
        yield


def test_a_phrase_is_chinese_until_a_page_says_it_in_english(english: None) -> None:
    left = Phrase("还剩%(n)s个工作日", n=5)
    assert left == "还剩5个工作日"
    assert translated(left) == "5 working days left"
    assert translated(WorkingDays(7).label) == "7 working day(s)"


def test_parts_of_a_phrase_are_translated_where_they_are_words_of_the_house(english: None) -> None:
    held = Phrase("%(unit)s%(desk)s", unit="平塘县民政局", desk=Phrase("审核人"))
    assert held == "平塘县民政局审核人"
    assert translated(held) == "平塘县民政局, Reviewer"
    assert (
        translated(listed(map(Phrase, ("经办人", "审核人", "文印员")))) == "Handling clerk, Reviewer, Seal clerk"
    )


def test_a_date_stays_as_letters_write_it_and_reads_plainly_in_english(english: None) -> None:
    day = chinese_date(clock.today().replace(2026, 9, 8))
    assert f"于{day}发布" == "于2026年9月8日发布"
    assert translated(day) == "2026-09-08"


def test_a_phrase_survives_being_copied_and_kept() -> None:
    left = Phrase("还剩%(n)s个工作日，约100%%", n=5)
    for other in (copy.deepcopy(left), pickle.loads(pickle.dumps(left))):
        assert (other, other.pattern, other.parts) == (left, left.pattern, {"n": 5})


def test_what_somebody_typed_is_never_looked_up(english: None) -> None:
    class Sheet(Paper):
        remark = TextBox("备注")

    sheet = Sheet.read({"remark": "其他"}, None)
    assert told("其他") == answered(sheet.remark) == "其他"
    assert translated("") == ""


def test_an_act_is_a_verb_on_its_button_and_what_happened_in_the_history(english: None) -> None:
    assert (on_button("撤回"), translated("撤回")) == ("Withdraw", "Withdrawn")
    assert (on_button("不予同意"), translated("不予同意")) == ("Do not approve", "Not approved")


# -- English pages -----------------------------------------------------------------------------------------------------

#: What stays Chinese on an English page: clauses, sentences of rules, letters and what people wrote.
STAYS = (
    ".problem-clause, .problem-message, .problem-remedy, .field-error, .limit-foot, .offer-clause, .limit-steps, .duty small, "
    ".remaining-hint, .is-readonly .field-answer, .preview, .language, .bed b, script, style, template, textarea, blockquote, code"
)


def _shown(page: Page) -> Iterator[str]:
    hidden = {id(each) for root in page.all(STAYS) for each in root.iter()}

    def walk(element: ET.Element) -> Iterator[str]:
        if id(element) in hidden:
            return
        yield element.text or ""
        yield from (
            element.attrib.get(name, "") for name in ("aria-label", "title", "alt", "placeholder", "data-label")
        )
        for child in element:
            yield from walk(child)
            yield child.tail or ""

    return walk(page.root)


def _names(session: Session) -> set[str]:
    """Return names and typed words: of organs, persons, papers, numbers."""
    return {
        word
        for row in (
            *session.execute(select(Unit.name, Unit.short_name)),
            *session.execute(select(User.name)),
            *session.execute(select(Case.display_name)),
            *session.execute(select(Document.title, Document.doc_no)),
            *session.execute(select(Bed.label)),
            *session.execute(select(Contractor.name)),
            *session.execute(select(Resident.name)),
            *session.execute(select(Campaign.name)),
            *session.execute(select(Finding.number, Finding.subject, Finding.detail)),
        )
        for word in row
        if word
    } | {cited(limit.clause) for limit in LIMITS.values()}


def _left_in_chinese(page: Page, names: set[str]) -> list[str]:
    return [
        text.strip() for text in _shown(page) if CHINESE.search(QUOTED.sub("", _without(text, names)))
    ]  # fmt: skip


@pytest.fixture
def reader(sign_in: SignIn, session: Session) -> Callable[[str], Any]:
    """Return a browser of somebody who reads English."""

    def make(username: str) -> Any:
        with transaction(session):
            casework.user(session, username).language = "en"
        return sign_in(username)

    return make


@pytest.fixture
def unknown(session: Session) -> Case:
    return casework.make_case(
        session, admitted_at=casework.ago(days=1, hours=2), limits=("tracing_notice_due", "dna_request_due")
    )


def test_an_english_workbench_has_no_chinese_of_its_own(reader: Any, session: Session, unknown: Case) -> None:
    casework.make_paper(session, unknown)
    casework.make_task(session, unknown, "quick_identity_check", "入站后请进行身份快速查询")
    browser, names = reader("pingtang.clerk.1"), _names(session)
    for listing in ("todo", "tasks", "due", "overdue", "done", "mine", "copies"):
        page = browser.page(f"/work?list={listing}")
        assert page.root.attrib["lang"] == "en"
        assert _left_in_chinese(page, names) == [], listing


def test_english_lists_boards_and_files_have_no_chinese_of_their_own(
    reader: Any, session: Session, unknown: Case
) -> None:
    paper = casework.make_paper(session, unknown)
    browser, names = reader("pingtang.clerk.1"), _names(session)
    for address in ("/cases", "/cases?unidentified=1&stay=closed", f"/cases/{unknown.uuid}", "/deadlines", "/papers",
                    f"/papers?case={unknown.uuid}", "/registers/outgoing", "/registers/incoming", "/search", "/account",
                    "/account/stand-ins", f"/documents/{paper.uuid}",
                    "/deadlines/calculator?limit=dna_request_due&day=2026-09-28"):  # fmt: skip
        assert _left_in_chinese(browser.page(address), names) == [], address


@pytest.fixture
def records(session: Session, unknown: Case) -> dict[str, str]:
    """Keep one of every record, each with a limit and in a state that has something to say; return their addresses."""
    today = clock.today()
    bureau, town, village = (
        casework.unit(session, code) for code in ("522727-bureau", "522727100", "522727100-01")
    )
    paper = casework.make_paper(session, unknown, "placement_approval")
    clerk = casework.user(session, "pingtang.clerk.1")
    with transaction(session):
        contractor = Contractor(
            uscc="91520000MA6DJ00X01", name="平塘县安和养老服务有限公司", kind="enterprise", serves=["elderly"],
            region_code="522727", state="suspended", beds=1, price_month=300_000,
            answers={}, proposed_by_id=bureau.id, proposed_at=clock.now(),
            terms=[
                ContractorTerm(region_code=region, quota=1, price_month=300_000, valid_from=today, valid_to=today)
                for region in ("522727", "522728")
            ],
        )  # fmt: skip
        campaign = Campaign(
            region_code="522727", name="冬季排查", screening_due=today, clearing_due=today, opened_by_id=clerk.id,
            opened_at=clock.now(),
        )  # fmt: skip
        resident = Resident(
            village_id=village.id, town_id=town.id, region_code="522727", name="莫秀兰", sex="女",
            birth_date=today.replace(year=1950), categories=["left_elder", "disabled"], answers={}, updated_on=today,
        )  # fmt: skip
        session.add_all([contractor, campaign, resident])
        session.flush()
        problem = Finding(
            number="问522727-2026-0001", region_code="522727", town_id=town.id, found_on=today, source="visit",
            subject="莫秀兰", kind="应保未保", detail="屋面漏雨", owner_unit_id=town.id, due_on=today, resident=resident,
        )  # fmt: skip
        held = Placement(
            case_id=unknown.id,
            contractor_id=contractor.id,
            document_id=paper.id,
            region_code="522727",
            starts_on=today,
        )
        session.add_all([problem, held])
        for limit, about in (
            ("custody_inspection_due", {"contractor_id": contractor.id}),
            ("screening_summary_due", {"campaign_id": campaign.id}),
            ("monthly_visit_due", {"resident_id": resident.id}),
        ):
            clocks.start(session, limit, today, owner_id=bureau.id, about=about)
    return {
        "contractor": f"/contractors/{contractor.uuid}",
        "campaign": f"/groups/campaigns/{campaign.uuid}",
        "resident": f"/groups/residents/{resident.uuid}",
        "problem": f"/groups/problems/{problem.uuid}",
    }


def test_english_files_of_contractors_and_special_groups_have_no_chinese_of_their_own(
    reader: Any, session: Session, records: dict[str, str]
) -> None:
    browser, names = reader("pingtang.clerk.1"), _names(session)
    for address in (*records.values(), "/contractors", "/groups/residents", "/groups/campaigns", "/groups/problems",
                    "/groups/residents?category=mental"):  # fmt: skip
        assert _left_in_chinese(browser.page(address), names) == [], address


def test_the_english_import_of_screening_forms_has_no_chinese_of_its_own(reader: Any, session: Session) -> None:
    page = reader("village.clerk.1").page("/groups/residents/import")
    assert _left_in_chinese(page, _names(session)) == []


@pytest.mark.parametrize("key", LEDGERS)
def test_an_english_ledger_has_no_chinese_of_its_own(
    key: str, reader: Any, session: Session, records: dict[str, str]
) -> None:
    page = reader("pingtang.clerk.1").page(f"/ledgers/{key}")
    assert page.root.attrib["lang"] == "en"
    assert _left_in_chinese(page, _names(session)) == []


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.code)
def test_the_boxes_of_every_paper_are_english_for_who_reads_english(
    kind: type[Paper], reader: Any, session: Session, unknown: Case
) -> None:
    paper = casework.make_paper(session, unknown, kind.code)
    browser = reader("pingtang.clerk.1")
    page = browser.page(f"/documents/{paper.uuid}/edit")
    assert page.has("form.paper-form .field")
    assert _left_in_chinese(page, _names(session)) == []


@pytest.mark.parametrize(
    ("username", "address"),
    [
        *(
            ("admin.1", f"/admin/{word}")
            for word in ("accounts", "accounts/new", "units", "calendar", "parameters", "audit")
        ),
        ("pingtang.seal.1", "/print-desk"),
        ("pingtang.seal.1", "/print-desk?tab=send"),
        ("pingtang.seal.1", "/unit"),
        ("station.reviewer.1", "/beds"),
        ("pingtang.clerk.1", "/check"),
    ],
)
def test_english_desks_and_settings_have_no_chinese_of_their_own(
    reader: Any, session: Session, username: str, address: str
) -> None:
    names = (
        _names(session)
        | {code for unit in session.scalars(select(Unit)) for code in unit.letter_codes.values()}
        | {"、".join(unit.letter_codes.values()) for unit in session.scalars(select(Unit))}
    )
    assert _left_in_chinese(reader(username).page(address), names) == []


def test_a_choice_is_english_on_the_page_and_keeps_its_chinese_value(
    reader: Any, session: Session, unknown: Case
) -> None:
    paper = casework.make_paper(session, unknown, "help_registration")
    page = reader("pingtang.clerk.1").page(f"/documents/{paper.uuid}/edit")
    words = {each.attrib["value"]: each.text for each in page.all("select[name=ethnicity] option")}
    assert words["布依族"] == "Buyei"
    assert {each.attrib["value"] for each in page.all("input[name=sex]")} == {"男", "女"}


def test_the_title_of_a_letter_stays_chinese_whoever_reads_it(
    reader: Any, session: Session, unknown: Case
) -> None:
    paper = casework.make_paper(session, unknown)
    page = reader("pingtang.clerk.1").page(f"/documents/{paper.uuid}")
    assert page.h1 == paper.title
    assert "Letter requesting transfer to central care" in page.text
