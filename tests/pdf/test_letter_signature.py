"""Name, date and seal: together, centred, never alone on a page."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pdf import letter as composer
from pdf.render import render
from pdf.typeset import NOT_FIRST, NOT_LAST, Run, break_lines, break_title
from tests.pdf.papers import MM, ORGAN, Measured, file, letter, listing

CONTACT = "联系人：韦小兰，联系电话：0854-3921234"


def composed(content: dict) -> tuple[list[composer.Page], int]:
    """The pages, and the index of the page that is signed."""
    made = composer.compose(content).pages
    signed = [
        n for n, page in enumerate(made) if any("2026年9月28日" in r[0] for row in page.rows for r in row.runs)
    ]
    return made, signed[0]


@pytest.mark.parametrize("face", [letter, file])
@pytest.mark.parametrize("contact", [None, CONTACT])
@pytest.mark.parametrize("cc", [[], ["县公安局", "县卫生健康局"]])
@pytest.mark.parametrize("attachments", [[], ["求助登记表", "健康检查材料"]])
def test_a_signature_is_never_alone_on_its_page(face, contact, cc, attachments) -> None:
    for lines in range(1, 64):
        made, signed = composed(
            face(
                contact=contact,
                cc=cc,
                attachments=attachments,
                paragraphs=[{"text": "国" * (28 * lines - 2), "level": 0}],
            )
        )
        page = made[signed]
        above = page.rows[: next(n for n, row in enumerate(page.rows) if "2026年9月28日" in str(row.runs))]
        written = [row for row in above if "国" in str(row.runs)]  # names under 附件 are no company for a seal
        assert len(written) >= min(2, lines), lines
        bottom = composer.HEIGHT - (page.record.height if page.record else 0)
        assert page.top + page.pitch * len(page.rows) <= bottom + 0.02, lines
        assert page.pitch >= composer.SMALLEST_PITCH - 0.001
        assert all(not p.rows or not p.rows[0].blank for p in made)


def test_every_page_of_body_is_full_but_the_last_two() -> None:
    for lines in range(1, 80):
        made, _ = composed(letter(paragraphs=[{"text": "国" * (28 * lines - 2), "level": 0}]))
        for page in made[1:-2]:
            assert len(page.rows) == composer.LINES


@pytest.mark.parametrize("lines", [1, 3, 9, 10, 11, 14, 31, 36])
@pytest.mark.parametrize("diameter", [42, 45])
def test_the_seal_is_centred_over_name_and_date_within_a_line_of_the_text(lines: int, diameter: int) -> None:
    made = render(
        letter(
            paragraphs=[{"text": "国" * (28 * lines - 2), "level": 0}],
            seal={"text": ORGAN, "diameter_mm": diameter, "sample": True},
        )
    )
    box = made.seal_box
    page = Measured(made.pdf, box.page)
    name, date = page.find(ORGAN + "2026年9月28日")[: len(ORGAN)], page.find("2026年9月28日")
    centre = (box.x + box.width / 2) / MM
    assert (name[0]["left"] + name[-1]["right"]) / 2 == pytest.approx(centre, abs=0.4)
    assert (date[0]["left"] + date[-1]["right"]) / 2 == pytest.approx(centre, abs=0.4)
    assert box.width / MM == pytest.approx(diameter, abs=0.01)
    top, middle = page.height - (box.y + box.height) / MM, page.height - (box.y + box.height / 2) / MM
    between = (name[0]["bottom"] + date[0]["top"]) / 2
    assert 2 < between - middle < 8  # both a little below the seal's centre
    above = [line for line in page.body_lines() if line[0]["bottom"] < name[0]["top"]][-1]
    assert 0 <= top - above[0]["bottom"] <= 225 / 22 + 2.4
    assert date[-1]["right"] == pytest.approx(184 - 4 * 156 / 28, abs=0.4)


@pytest.mark.parametrize("lines", [1, 9, 11, 31])
@pytest.mark.parametrize("diameter", [40, 42, 45])
def test_the_seal_leaves_the_contact_below_the_date_clear(lines: int, diameter: int) -> None:
    made = render(
        letter(
            paragraphs=[{"text": "国" * (28 * lines - 2), "level": 0}],
            contact="联系人：陈晓云，联系电话：0854-7222222",
            seal={"text": ORGAN, "diameter_mm": diameter, "sample": True},
        )
    )
    box = made.seal_box
    page = Measured(made.pdf, box.page)
    date, contact = page.find("2026年9月28日"), page.find("（联系人：陈晓云")
    name = page.find(ORGAN + "2026年9月28日")[: len(ORGAN)]
    top, bottom = page.height - (box.y + box.height) / MM, page.height - box.y / MM
    above = [line for line in page.body_lines() if line[0]["bottom"] < name[0]["top"]][-1]
    assert bottom <= contact[0]["top"] + 1.5  # in the closest setting the arc touches it, no more
    assert above[0]["bottom"] <= top
    assert top < name[0]["top"]
    assert bottom > date[0]["bottom"]


def test_a_long_name_stays_inside_the_type_area() -> None:
    name = "黔南布依族苗族自治州救助管理站"
    made = render(letter(signed_by=name, issuer=name, seal={"text": name, "diameter_mm": 42, "sample": True}))
    line = next(line for line in Measured(made.pdf).body_lines() if "".join(c["text"] for c in line) == name)
    assert line[-1]["right"] <= 184.2


def test_a_preview_has_the_geometry_of_the_letter() -> None:
    final = Measured(render(letter()).pdf)
    preview = render(letter(doc_no=None, signed_date=None, seal=None))
    draft = Measured(preview.pdf)
    assert preview.seal_box is None
    for text in ("为保障受助人员", "黔南州救助管理站："):
        assert draft.find(text)[0]["top"] == pytest.approx(final.find(text)[0]["top"], abs=0.01)
    assert draft.find("××××年")[0]["top"] == pytest.approx(final.find("2026年9月28日")[0]["top"], abs=0.01)
    grey = draft.find("〔")[0]["colour"]
    assert grey == draft.find("××××年")[0]["colour"] != draft.find("为保障")[0]["colour"]


def test_a_heading_is_not_left_at_the_foot_of_a_page() -> None:
    for lines in range(1, 40):
        made, _ = composed(
            letter(
                paragraphs=[
                    {"text": "国" * (28 * lines - 2), "level": 0},
                    {"text": "一、基本情况", "level": 1},
                    {"text": "国" * 300, "level": 0},
                ]
            )
        )
        for page in made[:-1]:
            assert page.rows[-1].runs[0][1] != "hei"


def test_levels_have_their_faces() -> None:
    page = Measured(
        render(
            letter(
                paragraphs=[
                    {"text": "一、基本情况", "level": 1},
                    {"text": "（一）机构资质。核定床位120张。", "level": 2},
                    {"text": "1.护理人员", "level": 3},
                ]
            )
        ).pdf
    )
    assert "Hei" in page.find("一、基本情况")[0]["font"]
    assert "Kai" in page.find("（一）机构资质。")[3]["font"]
    assert "Fangsong" in page.find("核定床位")[0]["font"]
    assert "Fangsong" in page.find("护理人员")[0]["font"]


def test_attachments_hang_under_the_first_name() -> None:
    name = "三都水族自治县流浪乞讨人员救助管理工作情况说明及有关证明材料汇编目录"
    page = Measured(render(letter(attachments=[name, "健康检查材料"])).pdf)
    first = page.find("附件：1." + name)
    assert first[0]["left"] == pytest.approx(28 + 2 * 156 / 28, abs=0.2)
    wrapped = next(c for c in first if c["top"] > first[0]["top"] + 5)
    assert wrapped["left"] == pytest.approx(first[5]["left"], abs=3)
    assert page.find("2.健康检查材料")[0]["left"] == pytest.approx(first[3]["left"], abs=0.3)
    assert "附件：求助登记表" in Measured(render(letter(attachments=["求助登记表"])).pdf).text


def test_a_letter_with_annexes_keeps_its_copies_for_the_last_page() -> None:
    made = composer.compose(letter(cc=["县公安局"], annexes=[{"title": "名单", "table": listing(50)}])).pages
    assert [page.record is not None for page in made] == [False] * (len(made) - 1) + [True]


TEXT = st.text(alphabet="国家救助管理，。、；：“”（）《》…—〔〕2026年 90-ABab", min_size=1, max_size=160)


@settings(max_examples=150, deadline=None)
@given(TEXT)
def test_lines_lose_nothing_and_obey_the_rules_of_line_ends(text: str) -> None:
    lines = break_lines([Run(text)], cells=28, first=2)
    assert "".join(line.text for line in lines) == text
    assert all(line.width <= 29.01 for line in lines)
    for above, below in pairwise(lines):
        torn = above.width > 24  # only a line of nothing but marks may break the rule
        if torn and any(c not in NOT_FIRST | NOT_LAST for c in above.text[-8:] + below.text[:3]):
            assert below.text[0] not in NOT_FIRST or set(above.text[-8:]) <= NOT_FIRST | NOT_LAST | set(
                "0123456789ABab年-"
            )


@pytest.mark.parametrize(
    ("title", "keep"),
    [
        (f"{ORGAN}关于商请将受助人员张大山转移至州级区域中心站集中照料的函", ["张大山", ORGAN]),
        (
            "黔南布依族苗族自治州民政局关于平塘县选择安康托养服务中心承接托养服务的请示",
            ["安康托养服务中心", "黔南布依族苗族自治州民政局"],
        ),
        (
            "黔南布依族苗族自治州流浪乞讨人员救助管理区域中心站关于同意接收身份不明受助人员集中照料的复函",
            ["流浪乞讨人员"],
        ),
        (f"{ORGAN}关于商请采集1名身份不明受助人员DNA信息并协助核查身份的函", [ORGAN]),
        ("罗甸县民政局关于将韦小兰纳入特困人员救助供养的函", ["韦小兰"]),
    ],
)
def test_titles_break_between_words_in_a_trapezium_or_rhombus(title: str, keep: list[str]) -> None:
    lines = break_title(title, cells=19.5, keep=keep)
    assert "".join(lines) == title
    assert 2 <= len(lines) <= 3
    for word in [*keep, "关于", "受助人员", "集中照料", "区域中心站"]:
        assert title.count(word) == sum(line.count(word) for line in lines)
    lengths = [len(line) for line in lines]
    assert not (len(lines) == 3 and lengths[1] < min(lengths[0], lengths[2]))
    assert all(line[0] not in "的和，。" for line in lines)
