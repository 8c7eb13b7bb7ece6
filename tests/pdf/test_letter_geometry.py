"""GB/T 9704-2012 to the millimetre, measured on the finished page."""

from itertools import pairwise

import pytest

from pdf.render import render
from tests.pdf.papers import MM, ORGAN, Measured, file, letter, listing, pages, red_rows

CELL, PITCH = 156 / 28, 225 / 22


def long_letter(characters: int = 2400) -> bytes:
    return render(letter(paragraphs=[{"text": "国" * characters, "level": 0}])).pdf


def test_the_sheet_is_a4_with_the_type_area_of_the_standard() -> None:
    page = Measured(long_letter(), 1)
    assert (page.width, page.height) == pytest.approx((210, 297), abs=0.05)
    body = page.body_lines()
    assert min(c["left"] for line in body for c in line) == pytest.approx(28, abs=0.15)
    assert max(c["right"] for line in body for c in line) == pytest.approx(184, abs=0.3)
    assert body[0][0]["top"] - (PITCH - 16 / MM) / 2 == pytest.approx(37, abs=0.2)


def test_a_full_page_has_22_lines_of_even_pitch() -> None:
    lines = Measured(long_letter(), 1).body_lines()
    assert len(lines) == 22
    tops = [line[0]["top"] for line in lines]
    assert all(below - above == pytest.approx(PITCH, abs=0.05) for above, below in pairwise(tops))
    assert lines[-1][0]["bottom"] + (PITCH - 16 / MM) / 2 == pytest.approx(262, abs=0.3)


def test_a_line_takes_28_characters_and_not_29() -> None:
    for line in Measured(long_letter(), 1).body_lines():
        assert len(line) == 28
    first = Measured(long_letter(), 0).body_lines()
    opening = next(line for line in first if line[0]["text"] == "国")
    assert len(opening) == 26
    assert opening[0]["left"] == pytest.approx(28 + 2 * CELL, abs=0.2)


def test_every_character_stands_in_its_cell() -> None:
    for line in Measured(long_letter(), 1).body_lines():
        for column, char in enumerate(line):
            assert char["left"] == pytest.approx(28 + column * CELL, abs=0.3)


def test_a_line_with_figures_is_filled_to_the_edge() -> None:
    text = "拟于2026年9月30日由我县派员护送到站，预计照料30天，联系电话0854-3921234，请予接洽。" * 6
    body = Measured(render(letter(paragraphs=[{"text": text, "level": 0}])).pdf).body_lines()
    inside = [line for line in body if len(line) > 28][:-1]
    assert len(inside) >= 5
    for line in inside:
        assert line[-1]["right"] == pytest.approx(184, abs=0.45)


def test_the_letters_mark_is_30_mm_from_the_top_and_its_line_4_mm_below() -> None:
    pdf = render(letter(urgency=None, seal=None)).pdf
    red = red_rows(pdf)
    assert red[0] == pytest.approx(30, abs=0.25)
    mark_bottom = next(a for a, b in pairwise(red) if b - a > 2) + 25.4 / 200  # its row of dots ends there
    lines = [r for r in Measured(pdf).rects if r[2] - r[0] > 150]
    assert lines[0][1] - mark_bottom == pytest.approx(4, abs=0.3)


def test_the_double_lines_are_170_mm_wide_thick_outside() -> None:
    lines = [r for r in Measured(render(letter()).pdf).rects if r[2] - r[0] > 150]
    assert len(lines) == 4
    for left, _, right, _ in lines:
        assert (left, right) == pytest.approx((20, 190), abs=0.1)
    heights = [bottom - top for _, top, _, bottom in lines]
    assert heights[0] > 2 * heights[1]
    assert heights[3] > 2 * heights[2]
    assert lines[3][3] == pytest.approx(277, abs=0.1)


def test_urgency_and_number_stand_14_points_below_the_first_line() -> None:
    page = Measured(render(letter()).pdf)
    line = [r for r in page.rects if r[2] - r[0] > 150][1]
    number, urgency = page.find("三民函〔2026〕12号"), page.find("特急")
    assert number[-1]["right"] == pytest.approx(184, abs=0.3)
    assert urgency[0]["left"] == pytest.approx(28, abs=0.2)
    assert "Hei" in urgency[0]["font"]
    for char in (number[0], urgency[0]):
        assert char["top"] - line[3] == pytest.approx(14 / MM, abs=0.2)


def test_the_title_stands_two_lines_below_the_number() -> None:
    page = Measured(render(letter()).pdf)
    title = next(c for c in page.chars if c["size"] == 22)
    number = page.find("三民函〔2026〕12号")[0]
    assert "Song" in title["font"]
    assert title["top"] - number["bottom"] == pytest.approx(2 * PITCH, abs=PITCH / 2)


def test_a_letters_first_page_has_no_number_and_later_ones_have_it_outside() -> None:
    first, second, third, *_ = pages(long_letter())
    assert not [c for c in first.chars if "Figures" in c["font"]]
    even = [c for c in second.chars if "Figures" in c["font"]]
    odd = [c for c in third.chars if "Figures" in c["font"]]
    assert ("".join(c["text"] for c in even), "".join(c["text"] for c in odd)) == ("—2—", "—3—")
    assert even[0]["left"] == pytest.approx(28 + 14 / MM, abs=0.3)
    assert odd[-1]["right"] == pytest.approx(184 - 14 / MM, abs=0.3)
    for dash in (even[0], odd[0]):
        baseline = dash["bottom"] - 0.12 * 14 / MM
        assert baseline - 0.311 * 14 / MM == pytest.approx(262 + 7, abs=0.2)


def test_the_files_mark_is_35_mm_below_the_type_areas_top() -> None:
    red = red_rows(render(file(urgency=None, seal=None)).pdf)
    assert red[0] == pytest.approx(37 + 35, abs=0.25)


def test_a_file_names_its_signer_opposite_the_number_above_the_red_line() -> None:
    page = Measured(render(file()).pdf)
    number, signer = page.find("三民请〔2026〕3号"), page.find("签发人：陈国栋")
    assert number[0]["left"] == pytest.approx(28 + CELL, abs=0.3)
    assert signer[-1]["right"] == pytest.approx(184 - CELL, abs=0.4)
    assert ["Kai" in c["font"] for c in signer] == [False] * 4 + [True] * 3
    (line,) = [r for r in page.rects if r[2] - r[0] > 150]
    assert line[2] - line[0] == pytest.approx(156, abs=0.1)
    assert line[1] - number[0]["bottom"] == pytest.approx(4, abs=0.2)


@pytest.mark.parametrize("characters", [40, 500, 900, 1300])
def test_a_files_end_record_closes_its_last_even_page(characters: int) -> None:
    made = pages(render(file(paragraphs=[{"text": "国" * characters, "level": 0}])).pdf)
    assert len(made) % 2 == 0
    last = made[-1]
    rules = [r for r in last.rects if r[2] - r[0] > 150]
    assert rules[-1][3] == pytest.approx(262, abs=0.1)
    assert [round((bottom - top) * 100) for _, top, _, bottom in rules] == [35, 25, 35]
    copies, printer, day = last.find("抄送："), last.find(f"{ORGAN}办公室"), last.find("2026年9月28日印发")
    assert copies[0]["size"] == printer[0]["size"] == 14
    assert printer[0]["left"] == pytest.approx(28 + 14 / MM, abs=0.3)
    assert day[-1]["right"] == pytest.approx(184 - 14 / MM, abs=0.3)
    if not last.body_lines():
        assert "—" not in last.text


def test_a_letters_copies_stand_at_the_very_bottom_without_lines() -> None:
    page = Measured(render(letter(cc=["三都水族自治县公安局"])).pdf)
    copies = page.find("抄送：三都水族自治县公安局。")
    assert 254 < copies[0]["top"] < 262
    assert not [r for r in page.rects if r[1] > 230 and r[3] < 270]


def test_the_check_code_stands_outside_the_type_area() -> None:
    page = Measured(render(letter(check={"code": "QN7K-4M2P", "url": "https://relief.example/c/1"})).pdf)
    assert all(c["top"] > 277 for c in page.find("QN7K-4M2P"))


def test_annexes_begin_on_new_pages_under_their_label() -> None:
    annexes = [
        {"title": "滞留人员名单", "table": listing(40)},
        {"title": "照料需求表", "table": listing(4), "orientation": "landscape"},
    ]
    made = pages(render(letter(annexes=annexes)).pdf)
    assert len(made) == 4
    label = made[1].find("附件1")
    assert label[0]["left"] == pytest.approx(28, abs=0.2)
    assert 37 < label[0]["top"] < 37 + PITCH
    assert "Hei" in label[0]["font"]
    title = made[1].find("滞留人员名单")[0]
    assert 37 + 2 * PITCH < title["top"] < 37 + 3 * PITCH
    assert (made[3].width, made[3].height) == pytest.approx((297, 210), abs=0.1)
    assert [c["text"] for c in made[2].chars if "Figures" in c["font"]] == ["—", "3", "—"]
