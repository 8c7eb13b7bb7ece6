"""Plain data becomes a PDF: `render(content)`.

`content` is what JSON can hold. Its key "face" chooses the face; `pdf/README.md` lists the keys of each. The same
content gives the same bytes. Text is always text: templates escape everything, a name that a template asks for and
the content lacks is an error, and the renderer can fetch nothing but pictures given as data: URIs.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import jinja2

from pdf import fonts
from pdf.faces import FACES, Rendered, TooLong
from pdf.tables import BadBlock

__all__ = ["BadContent", "Rendered", "render"]


class BadContent(ValueError):  # noqa: N818 - named for what the reader is told
    """The content lacks what its face needs; the message, in Chinese, says what."""


def render(content: Mapping[str, Any]) -> Rendered:
    """Typeset a paper.

    Raises BadContent (a key is missing, a block ill built, the face unknown, a one-page text too long),
    fonts.MissingGlyph (a character that no face can draw), engine.BadPicture, and where the set-up is not complete
    fonts.FontsMissing and engine.EngineIncomplete.
    """
    fonts.check_all(_texts(content))
    try:
        return FACES[content["face"]](content)
    except KeyError as error:
        raise BadContent(f"文书内容缺少或不认识：{error.args[0]}") from error
    except (BadBlock, TooLong) as error:
        raise BadContent(str(error)) from error
    except jinja2.UndefinedError as error:
        raise BadContent(f"文书内容不完整：{error.message}") from error


def _texts(value: Any) -> Iterator[str]:
    """Every string of the content that may be printed; pictures are not."""
    if isinstance(value, str):
        if not value.startswith("data:"):
            yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _texts(part)
