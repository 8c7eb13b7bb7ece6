"""Four small changes to WeasyPrint, made in this process only, each with its reason.

Each is switched on only when WeasyPrint and pydyf are of the releases it was written against; with any other release
nothing is changed and papers come out the same, only slower. The tests compare pages typeset with and without.
"""

import zlib
from typing import Any, Final

WEASYPRINT: Final = "70.0"
PYDYF: Final = "0.13.0"
#: The level of zlib: 9, pydyf's own, takes three times as long on the tables of a font and saves two parts in a hundred.
LEVEL: Final = 6


def apply(weasyprint: Any) -> bool:
    """Make the changes; says whether they were made."""
    import pydyf  # type: ignore[import-untyped]  # noqa: PLC0415 - imported by WeasyPrint
    from weasyprint.pdf import fonts  # noqa: PLC0415
    from weasyprint.text import line_break  # noqa: PLC0415

    if weasyprint.VERSION != WEASYPRINT or pydyf.VERSION != PYDYF:
        return False
    _no_font_copies(fonts)
    _open_arrays(fonts)
    _lighter_compression(pydyf)
    _keep_layouts(line_break)
    return True


def _no_font_copies(fonts: Any) -> None:
    """Do not copy every whole font file (4 to 14 MB) into Python for every document: only the subset is embedded."""
    whole = fonts.get_hb_object_data
    header = b"\x00\x01\x00\x00"  # what Font.type asks for: TrueType
    start = fonts.Font.__init__

    def quick_start(self: Any, *arguments: Any) -> None:
        fonts.get_hb_object_data = lambda _face: header
        try:
            start(self, *arguments)
        finally:
            fonts.get_hb_object_data = whole

    fonts.Font.__init__ = quick_start


def _open_arrays(fonts: Any) -> None:
    """Give cffi one array type for all lengths: with the length in the type it runs a C parser for every call."""
    real = fonts.ffi

    class Arrays:
        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def new(self, kind: str, *initial: Any) -> Any:
            return real.new("hb_codepoint_t[]" if kind.startswith("hb_codepoint_t[") else kind, *initial)

    fonts.ffi = Arrays()


def _lighter_compression(pydyf: Any) -> None:
    """Compress streams at the usual level of zlib."""

    class Zlib:
        @staticmethod
        def compressobj(level: int = LEVEL) -> Any:
            return zlib.compressobj(min(level, LEVEL))

    pydyf.zlib = Zlib


def _keep_layouts(line_break: Any) -> None:
    """Keep a line's Pango layout until it is painted instead of throwing it away and shaping the text again."""
    layout = line_break.Layout
    again = layout.reactivate

    def reactivate(self: Any, style: Any) -> None:
        if self.justification_spacing or not hasattr(self, "layout"):
            again(self, style)

    def deactivate(self: Any) -> None:
        """Do nothing: the document is painted at once and thrown away whole."""

    layout.reactivate, layout.deactivate = reactivate, deactivate
