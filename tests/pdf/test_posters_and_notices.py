import pytest

from pdf.render import BadContent, render
from tests.pdf.papers import MM, Measured, notice, pages, poster


def test_a_poster_is_one_page_with_a_phone_that_reads_from_three_metres() -> None:
    made = render(poster())
    assert made.pages == 1
    page = Measured(made.pdf)
    assert page.find("0854-3921234")[0]["size"] > 40
    assert page.find("寻亲公告")[0]["size"] > 70


@pytest.mark.parametrize("facts", [2, 9])
def test_a_poster_shrinks_until_it_fits(facts: int) -> None:
    made = render(
        poster(facts=[[f"特征{n}", "左前臂有约3厘米陈旧疤痕，右眉有痣，穿蓝色夹克"] for n in range(facts)])
    )
    assert made.pages == 1
    assert f"特征{facts - 1}" in Measured(made.pdf).text


def test_a_poster_too_long_is_refused_in_words() -> None:
    with pytest.raises(BadContent, match="精简"):
        render(poster(paragraphs=["请知情人尽快联系。" * 200]))


def test_a_poster_without_photo_says_so() -> None:
    assert "暂无照片" in Measured(render(poster(photo=None)).pdf).text


def test_a_posters_seal_is_centred_over_issuer_and_date() -> None:
    made = render(poster())
    page = Measured(made.pdf)
    date = page.find("2026年9月21日")
    centre = (made.seal_box.x + made.seal_box.width / 2) / MM
    assert (date[0]["left"] + date[-1]["right"]) / 2 == pytest.approx(centre, abs=0.5)
    assert made.seal_box.y > 0


def test_a_notice_has_its_counterfoil_on_the_same_sheet_below_the_cut() -> None:
    made = render(notice())
    (page,) = pages(made.pdf)
    cut = page.find("骑缝线")[0]["top"]
    assert page.find("决定不予救助。")[0]["top"] < cut < page.find("不予救助通知书（存根）")[0]["top"]
    assert page.text.count("三救不予〔2026〕2号") == 3
    seal_bottom = page.height - made.seal_box.y / MM
    assert seal_bottom < cut


def test_a_long_notice_keeps_its_counterfoil_whole() -> None:
    made = pages(render(notice(paragraphs=["经核查，你有能力解决食宿，决定不予救助。" * 12] * 3)).pdf)
    last = made[-1]
    assert "存根" in last.text
    assert "申请人" in last.text


def test_a_notice_not_yet_numbered_shows_where_the_number_goes() -> None:
    page = Measured(render(notice(number=None, date=None, seal=None)).pdf)
    assert page.text.count("〔〕号") == 3
    assert "××××年×月×日" in page.text
