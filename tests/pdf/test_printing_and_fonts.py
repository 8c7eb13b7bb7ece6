"""Joining for the printer, pictures for the screen, and the fonts that all stand on."""

import hashlib
import io
import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from pdf import certs, engine, fonts, merge, outlines, preview
from pdf.render import render
from pdf.seal import sample_seal
from pdf.sign import sign
from tests.pdf.papers import NOW, ORGAN, file, letter, listing, red_rows, table


@pytest.fixture(scope="module")
def issued(identity: certs.Identity) -> bytes:
    made = render(letter())
    return sign(
        made.pdf,
        identity=identity,
        seal=made.seal_box,
        seal_art=sample_seal(ORGAN),
        reason="用印",
        location="黔南",
        signing_time=NOW,
    )


def test_letters_joined_for_both_sides_begin_on_the_front(issued: bytes) -> None:
    two = render(table(listing(40))).pdf
    with pikepdf.open(io.BytesIO(merge.merge([issued, two, issued], duplex=True))) as joined:
        assert len(joined.pages) == 2 + 2 + 2
        assert "/AcroForm" not in joined.Root
    with pikepdf.open(io.BytesIO(merge.merge([issued, two, issued], duplex=False))) as joined:
        assert len(joined.pages) == 1 + 2 + 1


def test_the_seal_is_still_there_when_letters_are_joined(issued: bytes) -> None:
    joined = merge.merge([issued, issued], duplex=False)
    assert red_rows(joined, 1) == pytest.approx(red_rows(issued), abs=0.3)
    assert merge.merge([issued, issued], duplex=False) == joined


def test_nothing_to_join_is_refused() -> None:
    with pytest.raises(ValueError, match="没有"):
        merge.merge([], duplex=True)


def test_a_preview_is_as_wide_as_asked_and_shows_the_seal(issued: bytes) -> None:
    picture = Image.open(io.BytesIO(preview.page_png(issued, 0, 620)))
    assert picture.width == 620
    assert picture.height == pytest.approx(877, abs=1)
    unsealed = red_rows(render(letter()).pdf)
    assert len(red_rows(issued)) > len(unsealed) + 200


@pytest.mark.parametrize(
    ("page", "width", "error"),
    [(9, 600, IndexError), (-1, 600, IndexError), (0, 5, ValueError), (0, 99_999, ValueError)],
)
def test_a_page_or_width_that_makes_no_sense_is_refused(
    issued: bytes, page: int, width: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        preview.page_png(issued, page, width)


def test_a_preview_of_no_pdf_is_refused() -> None:
    with pytest.raises(ValueError, match="无法读取"):
        preview.page_png(b"nothing", 0, 600)


def test_a_long_organ_name_fits_on_its_seal() -> None:
    for name in ("黔南布依族苗族自治州民政局", "三都水族自治县流浪乞讨人员救助管理站", "站"):
        assert sample_seal(name).width == pytest.approx(42 * 72 / 25.4)


def test_the_faces_draw_every_standard_and_every_listed_rare_character() -> None:
    known = fonts.faces()
    for character in "一龟鑫〇啰瞭喆犇玥璟琤昉旻祎珺焗珣瑄堃昇赟燊翀禤𬱖㛃䶮鿍①℃×√":
        assert ord(character) in known["fang"].characters or ord(character) in known["rare"].characters
    for key in ("song", "hei", "kai"):
        for point in range(0x20, 0x30000):
            if point in known["fang"].characters and not 0x2002 <= point <= 0x200A:
                assert point in known[key].characters or point in known[fonts.FALLBACK[key]].characters


def test_only_the_built_faces_are_embedded(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(render(file()).pdf)
    listed = subprocess.run(
        ["pdffonts", str(tmp_path / "x.pdf")], check=True, capture_output=True, text=True
    ).stdout
    rows = listed.splitlines()[2:]
    assert len(rows) >= 5
    for row in rows:
        assert "+Relief-" in row
        assert "yes yes yes" in row


def test_a_font_file_that_is_missing_or_cut_is_named(tmp_path: Path) -> None:
    with pytest.raises(fonts.FontsMissing, match=r"metrics\.json"):
        fonts.faces(tmp_path / "nowhere")
    shutil.copyfile(fonts.FOLDER / fonts.METRICS, tmp_path / fonts.METRICS)
    for entry in json.loads((tmp_path / fonts.METRICS).read_text("utf-8"))["faces"].values():
        (tmp_path / entry["file"]).symlink_to(fonts.FOLDER / entry["file"])
    (tmp_path / "hei.ttf").unlink()
    with pytest.raises(fonts.FontsMissing, match=r"hei\.ttf"):
        fonts.faces(tmp_path)


def test_building_again_changes_nothing() -> None:
    before = {path.name: path.stat().st_mtime_ns for path in fonts.FOLDER.glob("*.ttf")}
    fonts.build()
    assert {path.name: path.stat().st_mtime_ns for path in fonts.FOLDER.glob("*.ttf")} == before


def test_a_machine_without_the_subsetter_is_told_which_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(_name: str) -> None:
        raise OSError("not found")

    monkeypatch.setattr(engine.ctypes, "CDLL", absent)
    with pytest.raises(engine.EngineIncomplete, match="libharfbuzz-subset0"):
        engine._assert_subsetter()


def test_the_seal_and_the_mark_refuse_what_cannot_be_drawn() -> None:
    with pytest.raises(fonts.MissingGlyph):
        sample_seal("😀局")
    with pytest.raises(fonts.MissingGlyph):
        outlines.ink("\U00020000", face="song")


def drawn(pdf: bytes) -> str:
    digest = hashlib.sha256()
    for page in range(2):
        digest.update(Image.open(io.BytesIO(preview.page_png(pdf, page, 600))).tobytes())
    return digest.hexdigest()


PLAIN = """
import sys
from pdf import tuning
tuning.apply = lambda weasyprint: False
from pdf.render import render
from tests.pdf.papers import listing, table
sys.stdout.buffer.write(render(table(listing(40))).pdf)
"""


def test_the_page_is_the_same_without_the_changes_to_weasyprint() -> None:
    untouched = subprocess.run([sys.executable, "-c", PLAIN], check=True, capture_output=True).stdout
    tuned = render(table(listing(40))).pdf
    assert drawn(untouched) == drawn(tuned)


def test_letters_typeset_in_many_threads_come_out_the_same() -> None:
    wanted = render(letter()).pdf
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(lambda _: render(letter()).pdf == wanted, range(12)))


def test_an_unknown_release_of_weasyprint_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from pdf import tuning  # noqa: PLC0415

    class Other:
        VERSION = "99.0"

    assert tuning.apply(Other) is False
