"""Words that papers and services give in Chinese, said in the language of the page.

What stays Chinese on an English page, because it is the law or the product itself: letters and their previews, titles of
documents, names of persons and organs, what people typed, clauses, and the sentences of rules and refusals.
"""

from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import pgettext

from forms.kit.phrases import Phrase
from forms.kit.sources import cited


def translated(words: Any) -> str:
    """Say words of the house (a label, a title, a Phrase) in the language of the page."""
    if isinstance(words, Phrase):
        parts = {name: told(part) for name, part in words.parts.items()}
        return str(_(words.pattern)) % parts if parts else str(_(words.pattern))
    return str(_(str(words))) if words else ""


def told(text: Any) -> Any:
    """Say a Phrase in the language of the page; what may be somebody's own words is left alone."""
    return translated(text) if isinstance(text, Phrase) else text


def on_button(act: str) -> str:
    """Say an act as the word on its button (Sign); lists and histories say it as what happened (Signature)."""
    return str(pgettext("button", str(act))) if act else ""


def answered(box: Any) -> str:
    """Return the answer in a box: chosen words and dates in the language of the page, typed words as they are."""
    if not hasattr(box, "words"):
        return str(told(box.printed))
    chosen = box.data if isinstance(box.data, list) else [box.data]
    return str(_("、")).join(translated(box.label_of(value)) for value in chosen if value)


def install(app: Flask) -> None:
    """Give templates the filters."""
    for words in (translated, told, on_button, answered, cited):
        app.add_template_filter(words)
