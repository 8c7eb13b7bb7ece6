"""A page as a picture, for the screen."""

import io
import threading
from typing import Final

import pypdfium2

#: PDFium is not made for two threads at once.
_ONE_AT_A_TIME: Final = threading.Lock()


def page_png(pdf: bytes, page: int, width_px: int) -> bytes:
    """Draw page `page` (from 0), its seal included, as a PNG `width_px` pixels wide.

    Raises IndexError for a page that is not there, ValueError when `pdf` cannot be read or the width is not sensible.
    """
    if not 16 <= width_px <= 4000:
        raise ValueError(f"宽度应在16至4000像素之间：{width_px}")
    with _ONE_AT_A_TIME:
        return _draw(pdf, page, width_px)


def _draw(pdf: bytes, page: int, width_px: int) -> bytes:
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        raise ValueError("PDF文件无法读取") from error
    try:
        if not 0 <= page < len(document):
            raise IndexError(page)
        document.init_forms()
        sheet = document[page]
        picture = sheet.render(scale=width_px / sheet.get_width(), may_draw_forms=True).to_pil()
        target = io.BytesIO()
        picture.convert("RGB").save(target, "PNG", optimize=False, compress_level=3)
        return target.getvalue()
    finally:
        document.close()
