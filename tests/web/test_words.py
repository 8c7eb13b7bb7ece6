"""The English catalogue: what is translated keeps the places where names and figures go."""

import re

import pytest
from babel.messages.pofile import read_po

from portal.config import ROOT

CATALOGUE = ROOT / "portal" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
PLACES = re.compile(r"%\(\w+\)s|\{\w+\}")


@pytest.fixture(scope="module")
def words() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {str(each.id): str(each.string) for each in read_po(file) if each.id and each.string}


def test_a_translation_keeps_every_place_for_a_name_or_figure(words: dict[str, str]) -> None:
    lost = [
        source
        for source, english in words.items()
        if sorted(PLACES.findall(source)) != sorted(PLACES.findall(english))
    ]
    assert lost == []


def test_no_translation_is_left_in_chinese(words: dict[str, str]) -> None:
    assert [english for english in words.values() if re.search(r"[\u4e00-\u9fff，。；：？！]", english)] == []


def test_the_words_of_signing_in_are_all_translated(words: dict[str, str]) -> None:
    pages = [*(ROOT / "templates" / "security").glob("*.html"), ROOT / "templates" / "auth_base.html"]
    said = {found for page in pages for found in re.findall(r"_\('([^']+)'", page.read_text())}
    assert said - words.keys() == set()
