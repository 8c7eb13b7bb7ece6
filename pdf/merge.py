"""Many letters, one file for the printer."""

import io
from collections.abc import Sequence

import pikepdf


def merge(letters: Sequence[bytes], *, duplex: bool) -> bytes:
    """Join signed letters into one file to print; with `duplex` every letter begins on the front of a sheet.

    The visible seals become part of the pages; the joined file itself carries no signature. Raises ValueError when there is
    nothing to join, pikepdf.PdfError when a part is no PDF.
    """
    if not letters:
        raise ValueError("没有可打印的文书")
    with pikepdf.new() as joined:
        for data in letters:
            with pikepdf.open(io.BytesIO(data)) as letter:
                letter.generate_appearance_streams()
                letter.flatten_annotations("print")
                if "/AcroForm" in letter.Root:
                    del letter.Root.AcroForm
                joined.add_pages_from(letter, forms="strip")
                if duplex and len(letter.pages) % 2:
                    box = letter.pages[-1].mediabox
                    joined.add_blank_page(page_size=(float(box[2] - box[0]), float(box[3] - box[1])))
        target = io.BytesIO()
        joined.save(target, deterministic_id=True)
        return target.getvalue()
