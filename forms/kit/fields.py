"""Boxes on a paper: WTForms fields that know how to parse, check, store and print themselves.

Answers are kept as the strings that were typed, so a draft never loses a half-written date; parsing happens on
every read, through one path (`Paper.read`).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms import (
    Field,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from forms.kit.idnumbers import id_number_problems
from forms.kit.phrases import Phrase
from forms.kit.timespan import chinese_date, chinese_moment
from forms.kit.workdays import SHANGHAI

Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class When:
    """True while `field` of the same form holds one of `values` (any of them, for a multiple choice)."""

    field: str
    values: tuple[str, ...]

    def __call__(self, form: Any) -> bool:
        data = form[self.field].data
        held = set(data) if isinstance(data, (list, tuple)) else {data}
        return bool(held & set(self.values))

    @property
    def attribute(self) -> str:
        """The form the page's script reads: `field=a|b`."""
        return f"{self.field}={'|'.join(self.values)}"


def when(field: str, *values: str) -> When:
    """Shorthand for the condition of a box: `shown_when=when("ground", "emergency")`."""
    return When(field, values)


class Box(Field):
    """What every box on a paper shares.

    `required` counts only while the box is shown; `shown_when` is one condition or several that must all hold;
    `help` is one sentence under the box; `prints` False keeps it off the printed page; `copied` marks a box the
    portal fills from the case and nobody types, `computed` one that follows from other boxes of the paper.
    """

    def __init__(
        self,
        label: str = "",
        *,
        required: bool = False,
        shown_when: When | tuple[When, ...] = (),
        help: str = "",  # noqa: A002 (the word a paper's author would use)
        prints: bool = True,
        copied: bool = False,
        computed: bool = False,
        wide: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(label=label, **kwargs)
        self.required = required
        self.shown_when = (shown_when,) if isinstance(shown_when, When) else shown_when
        self.help = help
        self.prints = prints
        self.copied = copied or computed
        self.computed = computed
        self.wide = wide

    def shown(self, form: Any) -> bool:
        """Tell whether the conditions of this box hold on `form`."""
        return all(condition(form) for condition in self.shown_when)

    @property
    def empty(self) -> bool:
        """Nothing was entered."""
        return self.data in (None, "", [], ())

    def check(self) -> Iterable[str]:
        """Yield a Chinese sentence for each thing wrong with this box alone."""
        yield from self.process_errors
        if not self.process_errors and not self.empty:
            yield from self.value_problems()

    def value_problems(self) -> Iterable[str]:
        """Yield what is wrong with a parsed, non-empty value. Overridden by the kinds of box."""
        return ()

    @property
    def printed(self) -> str:
        """The value as it stands on paper; empty string when there is none."""
        return "" if self.empty else str(self.data)


class TextBox(Box, StringField):
    """One line, at most `most` characters."""

    def __init__(self, label: str = "", *, most: int = 60, least: int = 0, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.most, self.least = most, least

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0].strip() if valuelist else ""

    def value_problems(self) -> Iterable[str]:
        if len(self.data) > self.most:
            yield f"最多{self.most}个字，现有{len(self.data)}个，请精简"
        if len(self.data) < self.least:
            yield f"至少{self.least}个字，请补充"


class LongTextBox(TextBox, TextAreaField):
    """Several lines, at most `most` characters."""

    def __init__(self, label: str = "", *, most: int = 500, **kwargs: Any) -> None:
        kwargs.setdefault("wide", True)
        super().__init__(label, most=most, **kwargs)


class NameBox(TextBox):
    """A person's name: 2–30 characters, Chinese letters and the dot · (§3.1.1)."""

    def __init__(self, label: str = "", **kwargs: Any) -> None:
        super().__init__(label, most=30, **kwargs)

    def value_problems(self) -> Iterable[str]:
        yield from super().value_problems()
        if not re.fullmatch(r"[\u3400-\u9fff\U00020000-\U0003ffff·]{2,30}", self.data):
            yield "姓名为2至30个汉字，少数民族姓名中间用“·”"


class PhoneBox(TextBox):
    """A telephone number: mobile, or area code with number."""

    def __init__(self, label: str = "", **kwargs: Any) -> None:
        super().__init__(label, most=20, **kwargs)

    def value_problems(self) -> Iterable[str]:
        if not re.fullmatch(r"1\d{10}|0\d{2,3}-?\d{7,8}(-\d{1,6})?|\d{7,8}|1\d{2}|12345", self.data):
            yield "请填写11位手机号，或带区号的固定电话，如0854-8222222"


class IdNumberBox(TextBox):
    """公民身份号码, GB 11643-1999: 17 digits and a check character (ISO 7064 MOD 11-2).

    The region table of the library refuses real persons, so only its check digit is used.
    """

    def __init__(self, label: str = "", **kwargs: Any) -> None:
        super().__init__(label, most=18, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        self.data = re.sub(r"\s", "", self.data).upper()

    def value_problems(self) -> Iterable[str]:
        yield from id_number_problems(self.data)


class RegionCodeBox(TextBox):
    """六位行政区划代码, GB/T 2260: the first two digits name a province."""

    def __init__(self, label: str = "", **kwargs: Any) -> None:
        super().__init__(label, most=6, **kwargs)

    def value_problems(self) -> Iterable[str]:
        if not re.fullmatch(r"(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|81|82)\d{4}", self.data):
            yield "行政区划代码为6位数字，如平塘县522727"


class _Parsed(Box):
    """A box whose text becomes a value; what cannot be read is kept as typed and refused with `sentence`."""

    sentence = ""

    def parse(self, text: str) -> Any:
        raise NotImplementedError

    def process_formdata(self, valuelist: list[str]) -> None:
        self.raw = (valuelist[0] if valuelist else "").strip()
        self.data = None
        if self.raw:
            try:
                self.data = self.parse(self.raw)
            except (ValueError, InvalidOperation) as error:
                raise ValidationError(self.sentence) from error

    def process_data(self, value: Any) -> None:
        self.raw, self.data = "", value

    @property
    def empty(self) -> bool:
        """Nothing was typed; text that cannot be read is not nothing."""
        return not self.raw and self.data is None

    def _value(self) -> str:
        """Return what the input shows: the very text typed."""
        return self.raw


class IntBox(_Parsed, StringField):
    """A whole number from `least` to `most`."""

    sentence = "请填写整数"

    def __init__(
        self, label: str = "", *, least: int = 0, most: int = 1_000_000, unit: str = "", **kwargs: Any
    ) -> None:
        super().__init__(label, **kwargs)
        self.least, self.most, self.unit = least, most, unit

    def parse(self, text: str) -> int:
        return int(text)

    def value_problems(self) -> Iterable[str]:
        if self.data is not None and not self.least <= self.data <= self.most:
            yield f"应在{self.least}至{self.most}之间"

    @property
    def printed(self) -> str:
        return "" if self.data is None else _measured(self.data, self.unit)


def _measured(number: object, unit: str) -> str:
    return Phrase("%(n)s%(unit)s", n=number, unit=Phrase(unit)) if unit else str(number)


class DecimalBox(_Parsed, StringField):
    """A measured number with at most one decimal, e.g. a temperature in ℃."""

    sentence = "请填写数字，最多一位小数"

    def __init__(
        self, label: str = "", *, least: float = 0, most: float = 1000, unit: str = "", **kwargs: Any
    ) -> None:
        super().__init__(label, **kwargs)
        self.least, self.most, self.unit = least, most, unit

    def parse(self, text: str) -> Decimal:
        if not re.fullmatch(r"\d+(\.\d)?", text):
            raise ValueError(text)
        return Decimal(text)

    def value_problems(self) -> Iterable[str]:
        if self.data is not None and not self.least <= self.data <= self.most:
            yield f"应在{self.least:g}至{self.most:g}{self.unit}之间，请核对"

    @property
    def printed(self) -> str:
        return "" if self.data is None else _measured(self.data, self.unit)


class MoneyBox(_Parsed, StringField):
    """An amount: typed and printed in 元 with two decimals, `data` in 分 (R-104)."""

    sentence = "请填写金额，单位元，最多两位小数，如3000.00"

    def parse(self, text: str) -> int:
        if not re.fullmatch(r"\d{1,10}(\.\d{1,2})?", text.replace(",", "")):
            raise ValueError(text)
        return int(Decimal(text.replace(",", "")) * 100)

    @property
    def printed(self) -> str:
        return "" if self.data is None else f"{self.data // 100}.{self.data % 100:02d}"


class DateBox(_Parsed, StringField):
    """A local calendar day."""

    sentence = "请按年-月-日填写日期，如2026-09-28"

    def parse(self, text: str) -> date:
        return date.fromisoformat(text)

    @property
    def printed(self) -> str:
        return "" if self.data is None else chinese_date(self.data)


class MomentBox(_Parsed, StringField):
    """A minute in Asia/Shanghai; `data` is aware."""

    sentence = "请填写日期和时间，如2026-09-28 18:30"

    def parse(self, text: str) -> datetime:
        moment = datetime.fromisoformat(text.replace(" ", "T"))
        return moment.replace(tzinfo=SHANGHAI, second=0, microsecond=0)

    @property
    def printed(self) -> str:
        return "" if self.data is None else chinese_moment(self.data)


class MonthBox(_Parsed, StringField):
    """A calendar month; `data` is its first day."""

    sentence = "请填写年月，如2026-10"

    def parse(self, text: str) -> date:
        return date.fromisoformat(f"{text}-01")

    @property
    def printed(self) -> str:
        if self.data is None:
            return ""
        return Phrase("%(year)d年%(month)d月", year=self.data.year, month=self.data.month)


class _Chosen(Box):
    """A box with offered words: `words` maps each stored value to what people read."""

    words: dict[str, str]

    def __init__(self, label: str = "", choices: Choices = (), **kwargs: Any) -> None:
        self.words = dict(choices)
        super().__init__(label, choices=_options(choices), coerce=_text, validate_choice=False, **kwargs)

    def label_of(self, value: str) -> str:
        """Return the printed words of one choice; the value itself when it is not offered (any more)."""
        return self.words.get(value, value)

    def value_problems(self) -> Iterable[str]:
        given = self.data if isinstance(self.data, list) else [self.data]
        if set(given) - set(self.words):
            yield "请从所列选项中选择"

    @property
    def printed(self) -> str:
        if self.empty:
            return ""
        given = self.data if isinstance(self.data, list) else [self.data]
        return "、".join(self.label_of(value) for value in given)


class ChoiceBox(_Chosen, RadioField):
    """One of a few words, shown side by side."""


class SelectBox(_Chosen, SelectField):
    """One of many words, in a drop-down. Choices may be filled from the facts by the paper's `offer`."""

    def __init__(self, label: str = "", choices: Choices = (), **kwargs: Any) -> None:
        super().__init__(label, [("", "请选择"), *choices], **kwargs)

    def offer(self, choices: Choices) -> None:
        """Replace the offered choices."""
        self.words = {"": "请选择", **dict(choices)}
        self.choices = _options(list(self.words.items()))


class YesNoBox(ChoiceBox):
    """是 or 否, unanswered until chosen; `yes` and `no` are its values."""

    def __init__(self, label: str = "", **kwargs: Any) -> None:
        super().__init__(label, [("yes", "是"), ("no", "否")], **kwargs)

    @property
    def is_yes(self) -> bool:
        """Answered with 是."""
        return bool(self.data == "yes")


class ManyBox(_Chosen, SelectMultipleField):
    """Several of a few words. Choices may be filled from the facts by the paper's `offer`."""

    def offer(self, choices: Choices) -> None:
        """Replace the offered choices."""
        self.words, self.choices = dict(choices), _options(choices)


def _options(choices: Choices) -> list[SelectChoice]:
    return [SelectChoice(value, words) for value, words in choices]


def _text(value: Any) -> str:
    return "" if value is None else str(value)
