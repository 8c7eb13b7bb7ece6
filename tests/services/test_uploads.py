"""What is uploaded is read apart, written anew, or refused with a sentence that says what to do."""

import io
import struct
import zlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.db import transaction
from portal.errors import Conflict, Forbidden, Invalid, NotFound
from portal.models import Attachment, Document, Event
from portal.services import documents, scrub, uploads
from portal.services.files import FileStore
from portal.services.uploads import Checked
from tests import papers


def pdf_with(change: Callable[[pikepdf.Pdf], None], **saving: object) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        change(pdf)
        pdf.save(out, **saving)
    return out.getvalue()


def script() -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def open_with_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = script()


def hidden_script(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Annots = pikepdf.Array(
        [pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=script())]
    )


def launch(pdf: pikepdf.Pdf) -> None:
    act = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")
    pdf.pages[0].Annots = pdf.make_indirect(
        pikepdf.Array([pdf.make_indirect(pikepdf.Dictionary(Subtype=pikepdf.Name.Link, A=act))])
    )


def other_file(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["工资.xlsx"] = b"PK\x03\x04"


def page_act(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="http://127.0.0.1/"))


def form_program(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(), XFA=pikepdf.Stream(pdf, b"<xdp/>"))


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def bomb(side: int = 30_000) -> bytes:
    """A PNG of a few kilobytes that unfolds to almost a thousand million pixels."""
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    row = b"\0" * (side // 8 + 1)
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


HOSTILE = {
    "a script that runs on opening": (pdf_with(open_with_script), "自动运行"),
    "a script behind a link": (pdf_with(hidden_script), "脚本"),
    "a program started by a link": (pdf_with(launch), "启动其他程序"),
    "a file inside a PDF": (pdf_with(other_file), "内嵌了其他文件"),
    "an act on turning to a page": (pdf_with(page_act), "自动运行"),
    "a form with a program": (pdf_with(form_program), "可编程表单"),
    "a PDF under a password": (
        pdf_with(lambda _: None, encryption=pikepdf.Encryption(owner="a", user="b")),
        "加了密",
    ),
    "a PDF with restricted rights": (
        pdf_with(lambda _: None, encryption=pikepdf.Encryption(owner="a", user="")),
        "加了密",
    ),
    "a PDF of too many pages": (papers.scan(201), "最多200页"),
    "a torn PDF": (b"%PDF-1.7\n1 0 obj<</Type/Catalog", "打不开"),
    "a PDF behind other bytes": (b"GIF89a" + papers.scan(), "GIF"),
    "a torn photo": (papers.picture()[:300], "打不开"),
    "a photo in name only": (b"\xff\xd8\xff\xe0 not a photo", "打不开"),
    "a pixel bomb": (bomb(), "像素过大"),
    "a web page": (b"<!doctype html><script>alert(1)</script>", "网页"),
    "a drawing that runs scripts": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "SVG"),
    "a telephone's photo": (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
    "a GIF": (b"GIF89a\x01\0\x01\0", "GIF"),
    "a WebP": (b"RIFF\0\0\0\0WEBPVP8 ", "WebP"),
    "an office file": (b"PK\x03\x04[Content_Types].xml", "另存为PDF"),
    "a program": (b"MZ\x90\0", "程序"),
    "random bytes": (b"\x01\x02\x03 what is this", "只能上传JPEG、PNG图片和PDF"),
    "nothing": (b"", "空的"),
    "twenty megabytes and one byte": (b"\xff\xd8\xff" + b"\0" * uploads.MOST_BYTES, "超过20MB"),
}


@pytest.mark.parametrize(("data", "words"), HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_not_a_plain_picture_or_pdf_is_refused_with_what_to_do(data: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        uploads.check(data)


def test_a_web_page_and_an_archive_behind_a_photo_are_not_kept() -> None:
    kept = uploads.check(papers.picture() + b"<script>alert(1)</script>PK\x03\x04secret")
    assert b"script" not in kept.data
    assert b"PK\x03\x04" not in kept.data
    assert (kept.mime, kept.width_px, kept.height_px) == ("image/jpeg", 700, 900)


def test_bytes_behind_a_pdf_are_not_kept() -> None:
    kept = uploads.check(papers.scan(2) + b"\nPK\x03\x04<html><script>alert(1)</script>")
    assert kept.pages == 2
    assert b"script" not in kept.data


def test_a_photo_stands_upright_and_does_not_tell_where_it_was_taken() -> None:
    out = io.BytesIO()
    image = Image.new("RGB", (900, 700), "grey")
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif.get_ifd(0x8825)[2] = (25.0, 49.0, 51.0)
    exif[0x010F] = "canary-camera"
    image.save(out, "JPEG", exif=exif)
    kept = uploads.check(out.getvalue())
    assert (kept.width_px, kept.height_px) == (700, 900)
    with Image.open(io.BytesIO(kept.data)) as again:
        assert not again.getexif()
    assert b"canary" not in kept.data


def test_a_png_stays_a_png_and_loses_its_notes() -> None:
    out = io.BytesIO()
    notes = __import__("PIL.PngImagePlugin", fromlist=["PngInfo"]).PngInfo()
    notes.add_text("Comment", "canary")
    Image.new("RGBA", (640, 640), (1, 2, 3, 4)).save(out, "PNG", pnginfo=notes)
    kept = uploads.check(out.getvalue())
    assert kept.mime == "image/png"
    assert b"canary" not in kept.data


def test_a_very_large_scan_is_made_smaller_but_stays_readable() -> None:
    kept = uploads.check(papers.picture(7000, 5600))
    assert kept.width_px == scrub.LONGEST_SIDE


def test_an_instruction_which_page_to_show_first_is_taken_away_not_refused() -> None:
    def shows_first_page(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = pikepdf.Array([pdf.pages[0].obj, pikepdf.Name.Fit])

    kept = uploads.check(pdf_with(shows_first_page))
    with pikepdf.open(io.BytesIO(kept.data)) as again:
        assert "/OpenAction" not in again.Root


def test_the_same_file_is_kept_under_the_same_digest() -> None:
    data = papers.scan()
    assert uploads.check(data).data == uploads.check(data).data


def test_a_deeply_nested_pdf_is_refused_and_not_followed_for_ever() -> None:
    nested = b"[" * 5000 + b"]" * 5000
    data = (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/X "
        + nested
        + b">>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )
    with pytest.raises(Invalid):
        uploads.check(data)


# -- on a paper ---------------------------------------------------------------------------------------------------

GOOD = Checked(b"%PDF-1.7 kept", "application/pdf", pages=1)
PHOTO = Checked(b"\xff\xd8\xff kept", "image/jpeg", width_px=700, height_px=900)


def add(session: Session, who: str, document: Document, kind: str, folder: Path, **more: str) -> Attachment:
    actor = papers.viewer(session, who)
    checked = PHOTO if kind == "photo" else GOOD
    with transaction(session):
        return uploads.add(
            session,
            actor,
            documents.find(session, actor, document.uuid, lock=True),
            kind,
            filename=more.pop("filename", "扫描.pdf"),
            checked=checked,
            files=FileStore(folder),
            **more,
        )


def test_a_file_is_stored_before_its_row_and_the_log_says_who_sent_it(session: Session, tmp_path: Path) -> None:
    document = papers.draft(session, papers.admit(session))
    kept = add(
        session, "pingtang.clerk.1", document, "medical_check", tmp_path, dated_on=clock.today().isoformat()
    )
    assert FileStore(tmp_path).get(kept.sha256) == GOOD.data
    event = session.scalars(select(Event).where(Event.kind == "attached")).one()
    assert event.data == {"kind": "medical_check", "name": "扫描.pdf", "sha256": kept.sha256}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("C:\\Users\\clerk\\体检.PDF", "体检.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ('<img src=x onerror="alert(1)">.jpg', "img src=x onerror=alert(1).pdf"),
        ("报告\u202efdp.exe", "报告fdp.pdf"),
        ("....", "附件.pdf"),
        ("长" * 300 + ".pdf", "长" * 80 + ".pdf"),
    ],
)
def test_the_name_of_a_file_is_made_harmless(session: Session, tmp_path: Path, sent: str, kept: str) -> None:
    document = papers.draft(session, papers.admit(session))
    file = add(
        session, "pingtang.clerk.1", document, "medical_check", tmp_path, filename=sent, dated_on="2026-01-05"
    )
    assert file.filename == kept


def test_a_paper_takes_only_what_its_checklist_asks_for(session: Session, tmp_path: Path) -> None:
    document = papers.draft(session, papers.admit(session))
    with pytest.raises(NotFound):
        add(session, "pingtang.clerk.1", document, "photo", tmp_path)


@pytest.mark.parametrize("typed", ["", "昨天", "2026-13-40"])
def test_a_dated_material_needs_its_date(session: Session, tmp_path: Path, typed: str) -> None:
    document = papers.draft(session, papers.admit(session))
    with pytest.raises(Invalid, match="请填写“健康检查材料”的日期"):
        add(session, "pingtang.clerk.1", document, "medical_check", tmp_path, dated_on=typed)


def test_a_material_is_not_dated_tomorrow(session: Session, tmp_path: Path) -> None:
    document = papers.draft(session, papers.admit(session))
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    with pytest.raises(Invalid, match="不能晚于今天"):
        add(session, "pingtang.clerk.1", document, "medical_check", tmp_path, dated_on=tomorrow)


def test_only_the_drafter_adds_and_removes_files(session: Session, tmp_path: Path) -> None:
    document = papers.draft(session, papers.admit(session))
    with pytest.raises(Forbidden):
        add(session, "pingtang.clerk.2", document, "medical_check", tmp_path, dated_on="2026-01-05")
    kept = add(session, "pingtang.clerk.1", document, "medical_check", tmp_path, dated_on="2026-01-05")
    other = papers.viewer(session, "pingtang.clerk.2")
    with pytest.raises(Forbidden), transaction(session):
        uploads.remove(session, other, kept.uuid)


def test_files_stay_as_they_are_once_the_paper_is_handed_on(session: Session, tmp_path: Path) -> None:
    document = papers.draft(session, papers.admit(session))
    kept = add(
        session, "pingtang.clerk.1", document, "medical_check", tmp_path, dated_on=clock.today().isoformat()
    )
    with transaction(session):
        session.get_one(Document, document.id).state = "in_review"
    drafter = papers.viewer(session, "pingtang.clerk.1")
    with pytest.raises(Conflict), transaction(session):
        uploads.remove(session, drafter, kept.uuid)
    with pytest.raises(Conflict):
        add(session, "pingtang.clerk.1", document, "medical_check", tmp_path, dated_on="2026-01-05")


def test_a_foreign_county_finds_no_file(session: Session, tmp_path: Path) -> None:
    document = papers.draft(session, papers.admit(session))
    kept = add(session, "pingtang.clerk.1", document, "medical_check", tmp_path, dated_on="2026-01-05")
    with pytest.raises(NotFound):
        uploads.find(session, papers.viewer(session, "fuquan.clerk.1"), kept.uuid)


def admission(session: Session) -> Document:
    drafter = papers.viewer(session, "pingtang.clerk.1")
    with transaction(session):
        return documents.start(session, drafter, "help_registration")


def test_a_new_photo_takes_the_place_of_the_one_before(session: Session, tmp_path: Path) -> None:
    document = admission(session)
    first = add(session, "pingtang.clerk.1", document, "photo", tmp_path)
    second = add(session, "pingtang.clerk.1", document, "photo", tmp_path)
    session.refresh(first)
    assert first.removed_at is not None
    assert uploads.of_document(session, document)["photo"] == [second]


@pytest.mark.parametrize("shape", [(900, 700), (800, 800), (700, 1500)])
def test_a_photo_that_does_not_stand_upright_is_refused(
    shape: tuple[int, int], session: Session, tmp_path: Path
) -> None:
    document = admission(session)
    drafter = papers.viewer(session, "pingtang.clerk.1")
    photo = uploads.check(papers.picture(*shape))
    with pytest.raises(Invalid, match="竖幅正面照"), transaction(session):
        uploads.add(
            session, drafter, document, "photo", filename="a.jpg", checked=photo, files=FileStore(tmp_path)
        )


@pytest.mark.parametrize(
    ("bytes_long", "width", "told"), [(3, 599, "599像素"), (5 * 1024 * 1024 + 1, 600, "照片超过5MB")]
)
def test_a_photo_too_small_to_print_or_too_heavy_to_send_on_is_refused(
    session: Session, tmp_path: Path, bytes_long: int, width: int, told: str
) -> None:
    document = admission(session)
    drafter = papers.viewer(session, "pingtang.clerk.1")
    photo = Checked(b"\xff" * bytes_long, "image/jpeg", width_px=width, height_px=800)
    with pytest.raises(Invalid, match=told), transaction(session):
        uploads.add(
            session, drafter, document, "photo", filename="a.jpg", checked=photo, files=FileStore(tmp_path)
        )
