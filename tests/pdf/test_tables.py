"""Forms, registers, internal sheets: heads repeat, rows stay whole, nothing runs out of its cell."""

import io
from typing import Any

import pdfplumber
import pytest

from pdf.render import BadContent, render
from tests.pdf.papers import MM, ORGAN, listing, pages, photo, register, sheet, table

PAIR = {"label": "姓名", "value": "张大山"}


def rules(pdf: bytes, page: int = 0) -> list[dict[str, Any]]:
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        found = document.pages[page]
        return [*found.lines, *found.curves, *found.rects]


def test_the_head_of_a_list_is_repeated_on_every_page_and_rows_stay_whole() -> None:
    made = pages(render(table(listing(90))).pdf)
    assert len(made) >= 3
    for page in made:
        assert page.text.count("随身物品清单") == 1
        assert page.text.count("序号名称数量") == 1
    for n in range(1, 91):
        (page,) = [page for page in made if f"第{n}行" in page.text]
        row = page.find(f"第{n}行物品{n}{n}")
        assert max(c["top"] for c in row) - min(c["top"] for c in row) < 0.1


def test_columns_keep_their_place_and_alignment() -> None:
    page = pages(render(table(listing(12))).pdf)[0]
    names = [page.find(f"物品{n}")[0]["left"] for n in range(1, 10)]
    assert max(names) - min(names) < 0.2
    numbers = [page.find(f"物品{n}{n}")[-1]["right"] for n in (1, 5, 9, 10, 12)]
    assert max(numbers) - min(numbers) < 0.25


def test_totals_close_a_list() -> None:
    page = pages(render(table(listing(3, totals=["合计", "", "6"]))).pdf)[0]
    assert "Hei" in page.find("合计")[0]["font"]


def test_a_heading_never_parts_from_its_first_row() -> None:
    for rows in (24, 26, 27, 28, 29, 30):
        made = pages(render(table(listing(rows), listing(2, heading="移交材料清单"))).pdf)
        page = next(page for page in made if "移交材料清单" in page.text)
        assert page.text.index("移交材料清单") < page.text.rindex("第1行")


def test_the_title_is_repeated_on_later_pages() -> None:
    first, second, *_ = pages(render(table(listing(60))).pdf)
    assert "（续）" not in first.text
    assert "受助人员转移交接单（续）" in second.text


def test_long_values_wrap_inside_their_cell_and_break_by_the_rules() -> None:
    value = "贵州省黔东南苗族侗族自治州榕江县古州镇古州北路一百二十三号，与其兄同住。" * 3
    page = pages(
        render(
            table(
                {
                    "kind": "fields",
                    "heading": None,
                    "rows": [
                        [{"label": "户籍地址", "value": value, "span": 3}],
                        [
                            PAIR,
                            {"label": "公民身份号码", "value": "11010519491231002X"},
                            {"label": "编号", "value": "JZ52273220260012ABCDEFG"},
                        ],
                    ],
                }
            )
        ).pdf
    )[0]
    assert value in "".join(c["text"] for c in page.chars if c["left"] > 45 and c["size"] == 12)
    assert max(c["right"] for c in page.chars) <= 190
    starts = {c["text"] for c in page.chars if c["left"] == pytest.approx(25 + 20 + 1.4, abs=0.1)}
    assert not starts & set("，。、；")


def test_a_photo_stands_beside_the_first_fields_at_35_by_45() -> None:
    pdf = render(
        table({"kind": "fields", "heading": "一、基本信息", "photo": photo((350, 450)), "rows": [[PAIR]] * 7})
    ).pdf
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        (image,) = document.pages[0].images
    assert (image["width"] / MM, image["height"] / MM) == pytest.approx((35, 45), abs=0.2)
    assert image["x1"] / MM <= 190


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_few_fields_beside_a_photo_make_room_for_it(rows: int) -> None:
    pdf = render(
        table({"kind": "fields", "heading": None, "photo": photo(), "rows": [[PAIR]] * rows}, listing(1))
    ).pdf
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        (image,) = document.pages[0].images
        head = next(c for c in document.pages[0].chars if c["text"] == "随")
    assert head["top"] > image["bottom"]


def test_ticks_say_yes_no_and_open() -> None:
    page = pages(
        render(
            table(
                {
                    "kind": "ticks",
                    "heading": "材料",
                    "items": [
                        {"text": "登记表", "ok": True},
                        {"text": "复函", "ok": False},
                        {"text": "证明", "ok": None},
                    ],
                }
            )
        ).pdf
    )[0]
    assert "√登记表×复函证明" in page.text


def test_signature_boxes_leave_room_to_sign() -> None:
    page = pages(
        render(
            table(
                {
                    "kind": "signatures",
                    "boxes": [
                        {"label": "移交人", "name": "韦小兰", "time": "2026年9月30日"},
                        {"label": "接收人", "name": None, "time": None},
                    ],
                }
            )
        ).pdf
    )[0]
    assert page.find("接收人：")[0]["left"] == pytest.approx(25 + 165 / 2 + 1.4, abs=0.2)
    assert (
        page.find("2026年9月30日")[0]["top"] - page.find("移交人：")[0]["top"] > 10 or "2026年9月30日" in page.text
    )


def test_the_minute_of_a_signature_stays_in_its_box_however_many_sign() -> None:
    signed = [{"label": f"第{n}人", "name": "韦小兰", "time": f"2026年9月28日{n}时00分"} for n in range(1, 5)]
    page = pages(render(table({"kind": "signatures", "boxes": signed})).pdf)[0]
    for n in range(1, 5):
        left, right = 25 + 165 / 4 * (n - 1), 25 + 165 / 4 * n
        minute = page.find(f"{n}时00分")
        assert left < minute[0]["left"]
        assert minute[-1]["right"] < right


@pytest.mark.parametrize("rows", range(18, 30))
def test_signatures_never_stand_on_a_page_that_says_nothing(rows: int) -> None:
    ink = {"kind": "signatures", "boxes": [{"label": "移交人", "name": "", "time": ""}]}
    statement = {"kind": "statement", "text": "双方已当面核对人员、物品和材料，确认无误。"}
    for between in ([statement], []):
        made = pages(render(table(listing(rows), *between, ink, foot=[], copies=None)).pdf)
        (page,) = [page for page in made if "移交人：" in page.text]
        said = "确认无误" if between else f"物品{rows}"
        assert page.text.index(said) < page.text.index("移交人：")


@pytest.mark.parametrize("rows", range(24, 34, 3))
def test_seal_and_foot_are_not_alone_on_the_last_page(rows: int) -> None:
    made = render(
        table(
            listing(rows),
            signed_by=ORGAN,
            signed_date="2026年9月30日",
            seal={"text": ORGAN, "diameter_mm": 42, "sample": True},
        )
    )
    last = pages(made.pdf)[-1]
    assert made.seal_box.page == made.pages - 1
    assert "行物品" in last.text
    centre = (made.seal_box.x + made.seal_box.width / 2) / MM
    name = last.find(ORGAN)
    assert (name[0]["left"] + name[-1]["right"]) / 2 == pytest.approx(centre, abs=0.4)


def test_a_text_longer_than_a_page_goes_on_over_pages() -> None:
    text = "经走访核查，该受助人员身体状况良好。" * 160
    made = pages(render(table({"kind": "statement", "text": text}, foot=[], copies=None)).pdf)
    assert len(made) >= 2
    assert "".join(c["text"] for page in made for c in page.chars if c["size"] == 12).count("经走访核查") == 160


def test_a_landscape_table_uses_the_width_and_numbers_its_pages() -> None:
    first, second, *_ = pages(render(table(listing(60), orientation="landscape")).pdf)
    assert (first.width, first.height) == pytest.approx((297, 210), abs=0.1)
    assert max(c["right"] for c in first.chars) > 270
    assert ["".join(c["text"] for c in page.chars if "Figures" in c["font"]) for page in (first, second)] == [
        "—1—",
        "—2—",
    ]


def test_a_register_counts_its_pages() -> None:
    made = pages(render(register()).pdf)
    assert [f"第{n}页共{len(made)}页" in page.text for n, page in enumerate(made, 1)] == [True] * len(made)
    assert "期间：2026年第三季度" in made[0].text


def test_the_internal_sheet_shows_opinions_and_digest() -> None:
    text = pages(render(sheet()).pdf)[0].text
    for part in ("审批意见", "蒙天福", "情况属实。", "SHA-256", "9f86d081884c7d65"):
        assert part in text


@pytest.mark.parametrize(
    "block",
    [
        {"kind": "fields", "heading": None, "rows": [[PAIR] * 4]},
        {"kind": "fields", "heading": None, "rows": [[]]},
        {"kind": "fields", "heading": None, "rows": [[{**PAIR, "span": 9}]]},
        {**listing(1), "rows": [["只有一栏"]]},
        listing(1, totals=["合计"]),
        {"kind": "unknown"},
    ],
)
def test_a_block_ill_built_is_refused_in_words(block: dict[str, Any]) -> None:
    with pytest.raises(BadContent, match=r"表格|清单|unknown"):
        render(table(block))


def test_the_frame_is_twice_as_thick_as_the_rules() -> None:
    widths = {round(float(rule["linewidth"] or 0), 2) for rule in rules(render(table(listing(3))).pdf)}
    assert {0.5, 1.0} <= {round(width * 2) / 2 for width in widths if width}
