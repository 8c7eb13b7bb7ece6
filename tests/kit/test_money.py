"""Amounts in words: two decimals, and the capital characters of a payment paper (R-104)."""

import pytest

from forms.kit.money import both, capitals, yuan


@pytest.mark.parametrize(
    ("cents", "figures", "words"),
    [
        (300_000, "3000.00", "叁仟元整"),
        (299_999, "2999.99", "贰仟玖佰玖拾玖元玖角玖分"),
        (1_200_000, "12000.00", "壹万贰仟元整"),
        (100_101, "1001.01", "壹仟零壹元零壹分"),
        (5, "0.05", "伍分"),
        (0, "0.00", "零元整"),
    ],
)
def test_an_amount_is_written_in_figures_and_in_capital_characters(cents: int, figures: str, words: str) -> None:
    assert yuan(cents) == figures
    assert capitals(cents) == words
    assert both(cents) == f"{figures}元（大写：{words}）"
