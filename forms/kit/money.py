"""Amounts on paper: kept in 分, printed in 元 with two decimals and in capital characters (R-104)."""

import cn2an


def yuan(cents: int) -> str:
    """Write an amount in 分 as 元: 300000 → 3000.00."""
    return f"{cents // 100}.{cents % 100:02d}"


def capitals(cents: int) -> str:
    """Write an amount in 分 in the capital characters of a payment paper: 300000 → 叁仟元整."""
    return str(cn2an.an2cn(yuan(cents), "rmb"))


def both(cents: int) -> str:
    """Write an amount the way a sentence names it: 3000.00元（大写：叁仟元整）."""
    return f"{yuan(cents)}元（大写：{capitals(cents)}）"
