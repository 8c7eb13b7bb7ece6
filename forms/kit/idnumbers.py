"""Citizens' ID numbers (公民身份号码, GB 11643-1999): what is wrong with one, and what it says of its holder."""

import re
from collections.abc import Iterable
from datetime import date, datetime

from stdnum.cn import ric

from forms.kit.workdays import SHANGHAI


def id_number_problems(number: str) -> Iterable[str]:
    """Yield what is wrong with an ID number; nothing when it is well formed."""
    if not re.fullmatch(r"\d{17}[\dX]", number):
        yield "公民身份号码为18位，前17位是数字，末位是数字或X"
    elif birth_date_of(number) is None:
        yield "公民身份号码第7至14位不是有效的出生日期，请核对"
    elif ric.calc_check_digit(number) != number[-1]:  # it leaves the last character out itself
        yield "公民身份号码校验位不符，请逐位核对证件"


def birth_date_of(number: str) -> date | None:
    """Read digits 7–14 of an ID number as a date, None when they are none."""
    try:
        return datetime.strptime(number[6:14], "%Y%m%d").replace(tzinfo=SHANGHAI).date()
    except ValueError:
        return None


def sex_of(number: str) -> str:
    """Return 男 or 女 from the 17th digit of a well-formed ID number."""
    return "男" if int(number[16]) % 2 else "女"
