"""Repeatable lists on a paper: lines of boxes."""

from collections.abc import Iterable
from typing import Any

from wtforms import FieldList, Form, FormField

from forms.kit.fields import Box


class Row(Form):
    """One line of a repeatable list; subclasses declare its boxes."""

    @property
    def blank(self) -> bool:
        """Nothing entered in any box of the line."""
        return all(box.empty for box in self)


class RowsBox(Box, FieldList):
    """A list whose lines are `row`s; blank lines are left out when the answers are stored.

    `fixed`: the lines are those of another paper, none is added or taken away.
    """

    def __init__(
        self,
        label: str = "",
        row: type[Row] = Row,
        *,
        least: int = 0,
        most: int = 60,
        fixed: bool = False,
        **kwargs: Any,
    ) -> None:
        self.row_class = row
        kwargs.setdefault("wide", True)
        super().__init__(label, unbound_field=FormField(row), min_entries=0, max_entries=None, **kwargs)
        self.least, self.most, self.fixed = least, most, fixed

    @property
    def rows(self) -> list[Any]:
        """The filled-in lines, as forms."""
        return [entry.form for entry in self.entries if not entry.form.blank]

    @property
    def empty(self) -> bool:
        return not self.rows

    def check(self) -> Iterable[str]:
        if len(self.rows) < self.least and self.rows:
            yield f"至少填写{self.least}行"
        if len(self.rows) > self.most:
            yield f"最多{self.most}行"
        for number, line in enumerate(self.rows, start=1):
            for box in line:
                if box.required and box.empty:
                    yield f"第{number}行“{box.label.text}”未填写"
                for sentence in box.check():
                    yield f"第{number}行“{box.label.text}”：{sentence}"

    @property
    def printed(self) -> str:
        return "；".join("，".join(box.printed for box in line if box.printed) for line in self.rows)
