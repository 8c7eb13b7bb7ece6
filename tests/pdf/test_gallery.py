"""Every paper can be drawn to be looked at."""

import pytest

from forms.catalog import PAPERS
from tests.gallery import sample_of


@pytest.mark.parametrize("code", PAPERS)
def test_every_paper_has_a_sample_that_fills_its_boxes(code: str) -> None:
    module, answers = sample_of(code)
    assert module.__name__.startswith("tests.forms.test_")
    assert answers
    assert set(answers) <= {box.name for box in PAPERS[code]()}
