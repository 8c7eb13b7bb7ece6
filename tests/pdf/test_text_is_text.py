"""Whatever is typed is printed as typed; nothing is fetched; what cannot be drawn is refused by name."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from pdf import engine, fonts
from pdf.render import BadContent, render
from tests.pdf.papers import Measured, every_face, letter, listing, pages, photo, table

MARKUP = "<i>&lt;\"'{{7*7}}"
ATTACK = "<img src=file:///etc/passwd><link rel=attachment href=file:///etc/passwd><style>@import 'http://127.0.0.1:1'</style>"
#: Values that choose a layout and are not printed.
CHOICES = {"face", "kind", "orientation", "align", "photo", "data_uri"}


def strings(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every printed string in a paper."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in items:
        if isinstance(part, str) and key not in CHOICES:
            yield (*path, key)
        elif isinstance(part, dict | list) and key != "keep":
            yield from strings(part, (*path, key))


def spoiled(value: Any, marked: str, path: tuple[Any, ...] = ()) -> Any:
    """A copy of a paper with markup before each of its printed strings."""
    if isinstance(value, dict):
        return {
            key: part if key in CHOICES | {"keep"} else spoiled(part, marked, (*path, key))
            for key, part in value.items()
        }
    if isinstance(value, list):
        return [spoiled(part, marked, path) for part in value]
    return marked + value if isinstance(value, str) else value


@pytest.mark.parametrize("face", ["letter", "file", "table", "poster", "notice", "sheet", "register"])
def test_markup_in_every_field_is_printed_as_text(face: str) -> None:
    content = every_face()[face]
    fields = [path for path in strings(content) if path[0] != "seal" and path != ("title",)]
    text = "".join(page.text for page in pages(render(spoiled(content, MARKUP)).pdf))
    assert len(fields) >= 7
    for character in "<>&{":  # narrow cells break the markup over lines
        assert text.count(character) >= MARKUP.count(character) * len(fields)


@pytest.mark.parametrize("field", ["title", "addressee", "contact", "doc_no", "signed_by"])
def test_an_attack_in_a_letter_is_printed_and_not_obeyed(field: str) -> None:
    made = render(letter(**{field: ATTACK}))
    assert b"/EmbeddedFile" not in made.pdf
    text = "".join(page.text for page in pages(made.pdf))
    assert "<imgsrc=file:///etc/passwd>" in text.replace(" ", "")
    assert "root:" not in text


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:1/x.png",
        "https://example.org/x.png",
        "ftp://127.0.0.1/x",
        "data:text/html;base64,PGI+",
        "data:image/svg+xml;base64,PHN2Zy8+",
        "data:,x",
        "//example.org/x.png",
    ],
)
def test_a_picture_is_nothing_but_a_png_or_jpeg_in_the_content(url: str) -> None:
    with pytest.raises(engine.BadPicture):
        render(table({"kind": "picture", "label": "照片", "data_uri": url}))


@pytest.mark.parametrize(
    "body", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, b"\xff\xd8\xff\xe0 not a photo"]
)
def test_a_damaged_picture_is_refused_in_words(body: bytes) -> None:
    with pytest.raises(engine.BadPicture, match="照片"):
        render(
            table(
                {
                    "kind": "picture",
                    "label": "照片",
                    "data_uri": "data:image/png;base64," + base64.b64encode(body).decode(),
                }
            )
        )


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="file:///etc/passwd">',
        '<img src="http://127.0.0.1:1/x">',
        '<link rel="stylesheet" href="file:///etc/passwd">',
        '<link rel="attachment" href="file:///etc/passwd">',
        "<style>@import url(http://127.0.0.1:1/)</style>",
        '<p style="background:url(http://127.0.0.1:1/x.png)">x',
        '<object data="file:///etc/passwd"></object>',
    ],
)
def test_the_renderer_itself_fetches_nothing(markup: str) -> None:
    with pytest.raises(engine.FetchRefused, match=r"etc/passwd|127\.0\.0\.1"):
        engine.to_pdf(f"<!doctype html><title>x</title>{markup}", style="letter")


def test_rare_characters_of_names_are_drawn() -> None:
    made = render(
        letter(paragraphs=[{"text": "受助人员𬱖喆、犇玥、啰瞭、祎珺。", "level": 0}], title="关于张喆犇返乡的函")
    )
    page = Measured(made.pdf)
    assert "𬱖喆、犇玥、啰瞭、祎珺。" in page.text
    assert {c["font"] for c in page.find("喆、犇")} == {"Relief-Rare", "Relief-Fangsong"}
    assert "Bold" in page.find("喆犇返乡")[0]["font"]


@pytest.mark.parametrize(
    "content",
    [
        letter(addressee="\U00020000局"),
        table(listing(1, heading="\ue123")),
        letter(paragraphs=[{"text": "表情😀", "level": 0}]),
    ],
)
def test_a_character_no_face_can_draw_is_named(content: dict[str, Any]) -> None:
    with pytest.raises(fonts.MissingGlyph, match=r"U\+[0-9A-F]{4,5}") as caught:
        render(content)
    assert caught.value.code_point in str(caught.value)
    assert caught.value.character in str(caught.value)


@pytest.mark.parametrize("missing", ["issuer", "title", "addressee", "paragraphs", "face"])
def test_content_that_lacks_a_key_is_refused_with_its_name(missing: str) -> None:
    content = letter()
    del content[missing]
    with pytest.raises(BadContent, match=missing):
        render(content)


def test_an_unknown_face_is_refused() -> None:
    with pytest.raises(BadContent, match="brochure"):
        render(letter(face="brochure"))


@pytest.mark.parametrize("face", ["letter", "file", "table", "poster", "notice", "sheet", "register"])
def test_the_same_content_gives_the_same_bytes(face: str) -> None:
    assert render(every_face()[face]).pdf == render(every_face()[face]).pdf


@pytest.mark.parametrize("face", ["letter", "file", "table", "notice", "sheet", "register"])
def test_a_void_paper_says_so_on_every_page(face: str) -> None:
    for page in pages(render({**every_face()[face], "void": True}).pdf):
        assert "作废" in "".join(c["text"] for c in page.chars if c["size"] > 40)


def test_a_withdrawn_poster_says_so() -> None:
    assert "已撤回" in Measured(render({**every_face()["poster"], "stamp": "已撤回"}).pdf).text


def test_a_gigantic_picture_is_refused() -> None:
    with pytest.raises(engine.BadPicture, match="过大"):
        render(table({"kind": "picture", "label": "照片", "data_uri": photo((13_000, 2))}))
