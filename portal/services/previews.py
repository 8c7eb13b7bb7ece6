"""Pages of a paper as pictures: the issued file where there is one, otherwise the very page that will be issued.

What was set and drawn last is kept for a while, because a page is asked for picture by picture.
"""

import hashlib
import json
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.kit.phrases import Phrase
from pdf import render
from pdf.engine import BadPicture
from pdf.fonts import MissingGlyph
from pdf.preview import page_png
from portal.errors import Invalid, NotFound
from portal.models import Document, Letter
from portal.services import letters
from portal.services.documents import Reading
from portal.services.letters import Works

log = logging.getLogger(__name__)

WIDTH: Final = 1040  # pixels of a page: sharp on a screen and readable when enlarged
T = TypeVar("T")


class _Kept(Generic[T]):
    """The newest results of a slow function by key. Several threads may ask."""

    def __init__(self, most: int) -> None:
        self.most, self.lock = most, Lock()
        self.found: OrderedDict[str, T] = OrderedDict()

    def get(self, key: str, make: Callable[[], T]) -> T:
        """Return what is kept under the key, made anew when it is not."""
        with self.lock:
            if key in self.found:
                self.found.move_to_end(key)
                return self.found[key]
        made = make()
        with self.lock:
            self.found[key] = made
            while len(self.found) > self.most:
                self.found.popitem(last=False)
        return made


_papers = _Kept["Printed"](24)
_pictures = _Kept[bytes](48)
#: The library that draws pages must not be entered by two threads at once.
_drawing = Lock()


@dataclass(frozen=True)
class Printed:
    """A paper as it is, or will be, printed."""

    pdf: bytes
    pages: int

    @property
    def mark(self) -> str:
        """A short word that changes with the page, so that a picture is fetched anew only when it is another."""
        return hashlib.sha256(self.pdf).hexdigest()[:12]


def issued(session: Session, document: Document) -> Letter | None:
    """Return the letter of a paper once its number is drawn, whether or not its file is made; None before."""
    return session.scalar(select(Letter).where(Letter.document_id == document.id))


def printed(session: Session, reading: Reading, works: Works) -> Printed:
    """Return the issued file, or, before it is made, the page that will be issued.

    Invalid with a sentence when the page cannot be set from what is filled in so far.
    """
    letter = issued(session, reading.document)
    if letter is not None and letter.sha256 is not None:
        return Printed(works.files.get(letter.sha256), letter.pages or 1)
    try:
        stamp = letters.stamp_of(session, reading.document, works)
        content = reading.paper.face(reading.facts, stamp)
        key = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
        return _papers.get(key, lambda: _set(content, works))
    except (render.BadContent, MissingGlyph, BadPicture) as error:
        raise Invalid(f"预览暂不能生成：{error}") from error
    except Exception as error:  # a half-filled draft may lack what a sentence of the letter needs
        log.info("no preview of %s yet", reading.document.paper, exc_info=error)
        raise Invalid(Phrase("填写到一定程度后，这里显示将要印出的文书")) from error


def _set(content: Mapping[str, Any], works: Works) -> Printed:
    made = render.render(letters.with_pictures(content, works.files))
    return Printed(made.pdf, made.pages)


def picture(paper: Printed, number: int) -> bytes:
    """Return page `number`, counted from 1, as PNG. NotFound beyond the last."""
    if not 1 <= number <= paper.pages:
        raise NotFound("没有这一页")

    def draw() -> bytes:
        with _drawing:
            return page_png(paper.pdf, number - 1, WIDTH)

    return _pictures.get(f"{paper.mark}-{number}", draw)
