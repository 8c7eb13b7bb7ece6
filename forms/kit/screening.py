"""附件1 as a spreadsheet: one description for the template to hand out, for reading its rows, and for writing them.

A village that keeps its people in a sheet fills in one line a person; every line is judged by the boxes and rules of
the form itself (P-58), and what is wrong is said at the cell it stands in.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from forms.kit.facts import Facts
from forms.kit.fields import Box, DateBox, IdNumberBox, ManyBox, PhoneBox
from forms.kit.idnumbers import birth_date_of, sex_of
from forms.kit.paper import REASONS
from forms.kit.rows import RowsBox
from forms.kit.rules import Level
from forms.kit.timespan import full_years
from forms.screening_form import ScreeningForm

#: Boxes of the form that are the same for a whole sheet, or that the portal fills in.
SAME_FOR_ALL: Final = frozenset({"campaign", "last_visited_on"})
#: The column for whatever makes an unusual answer right (WARN rules ask for a reason).
REASON: Final = "特殊情况说明"
MANY: Final = "；"  # between several words in one cell
_BETWEEN = re.compile(r"[;；,，/\n]+")
#: Boxes whose cells may be left empty, because another cell says the same.
_DERIVED: Final = frozenset({"household", "sex", "birth_date", "guardianship"})


@dataclass(frozen=True)
class Column:
    """A column: its head, the box it fills, the words it takes (word → stored value; empty for free text)."""

    header: str
    box: str  # name of the box; `problems_found.kind` for a box of the first line of a list; empty for the reason
    words: Mapping[str, str] = field(default_factory=dict)
    many: bool = False
    required: bool = False  # always, whatever the other answers
    text: bool = False  # numbers that must be kept as text: 身份证号, 电话
    day: bool = False
    note: str = ""

    @property
    def by_value(self) -> Mapping[str, str]:
        """Stored value → word."""
        return {value: word for word, value in self.words.items()}


@cache
def columns() -> tuple[Column, ...]:
    """Return the columns of the sheet, in the order of the form."""
    form = ScreeningForm()
    found: list[Column] = []
    for section in form.sections:
        for name in section.fields:
            box = form[name]
            if name in SAME_FOR_ALL:
                continue
            if isinstance(box, RowsBox):
                found += [_column(inner, f"{name}.{inner.short_name}") for inner in box.row_class()]
            else:
                found.append(_column(box, name))
    found.append(Column(REASON, "", note="不合一般规定但属实的，写明原因，至少5个字"))
    return tuple(found)


def _column(box: Box, name: str) -> Column:
    words = {word: value for value, word in getattr(box, "words", {}).items() if value}
    many = isinstance(box, ManyBox)
    note = "设为文本格式" if isinstance(box, IdNumberBox) else str(box.help)
    if isinstance(box, DateBox):
        note = "按2026-09-28填写"
    elif many:
        note = f"可填多项，用“{MANY}”分开"
    required = box.required and not box.shown_when and "." not in name and name not in _DERIVED
    return Column(
        header=str(box.label.text),
        box=name,
        words=words,
        many=many,
        required=required,
        text=isinstance(box, (IdNumberBox, PhoneBox)),
        day=isinstance(box, DateBox),
        note=note,
    )


def read_row(cells: Mapping[str, Any], facts: Facts, **same: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """Read one line (head → cell as the spreadsheet gives it) into answers of the form, and say what is wrong where.

    `same` are answers of the whole sheet, at least `campaign`. The errors name column heads; empty when the answers
    may be submitted. Sex and birth date are taken from the ID number, whether a guardian is needed from the age,
    where their cells are empty.
    """
    answers: dict[str, Any] = dict(same)
    wrong: dict[str, str] = {}
    row: dict[str, str] = {}
    reason = ""
    for column in columns():
        text, mistake = _text(cells.get(column.header), column)
        if mistake:
            wrong[column.header] = mistake
        if not text:
            continue
        if not column.box:
            reason = text
            continue
        value, mistake = _value(text, column)
        if mistake:
            wrong[column.header] = mistake
        elif "." in column.box:
            row[column.box.partition(".")[2]] = str(value)
        else:
            answers[column.box] = value
    if row:
        answers["problems_found"] = [row]
    _fill_in(answers)
    for header, sentence in _judged(answers, facts, reason):
        wrong.setdefault(header, sentence)
    return answers, wrong


def write_row(answers: Mapping[str, Any]) -> dict[str, str]:
    """Write the answers of a form as a line of the sheet: what `read_row` reads back."""
    line: dict[str, str] = {}
    rows = answers.get("problems_found") or [{}]
    for column in columns():
        if not column.box:
            value: Any = "；".join(answers.get(REASONS, {}).values())
        elif "." in column.box:
            value = rows[0].get(column.box.partition(".")[2], "")
        else:
            value = answers.get(column.box, "")
        words = column.by_value
        given = value if isinstance(value, list) else [value]
        line[column.header] = MANY.join(words.get(str(one), str(one)) for one in given if one not in ("", None))
    return line


def _text(cell: Any, column: Column) -> tuple[str, str]:
    """Return a cell as the text somebody would have typed in the box, and what is wrong with it."""
    if cell is None:
        return "", ""
    if isinstance(cell, (datetime, date)):
        return cell.isoformat()[:10], ""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        if column.text and abs(cell) >= 10**15:
            return "", "这一格是数字，末几位已丢失，请将该列设为“文本”格式后重新填写"
        cell = int(cell) if cell == int(cell) else cell
    text = str(cell).strip().strip("'’").strip()
    return (_day(text) if column.day else text), ""


def _day(text: str) -> str:
    """Write 1950年3月2日, 1950/3/2, 1950.3.2 and 19500302 as 1950-03-02; anything else stays as it is."""
    parts = re.fullmatch(r"(\d{4})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?", text) or re.fullmatch(
        r"(\d{4})(\d{2})(\d{2})", text
    )
    if parts is None:
        return text[:10] if re.fullmatch(r"\d{4}-\d{2}-\d{2}[T ].*", text) else text
    year, month, day = (int(part) for part in parts.groups())
    return f"{year:04d}-{month:02d}-{day:02d}"


def _value(text: str, column: Column) -> tuple[Any, str]:
    """Return what the box stores for a text, or the sentence why it cannot be."""
    if not column.words:
        return text, ""
    known = _known(column)
    if not column.many:
        if (value := known.get(_bare(text))) is not None:
            return value, ""
        return "", f"“{text}”不在可选项中，可填：{'、'.join(column.words)}"
    # A whole cell may be one word that itself holds a separator (性侵害、性骚扰), so 、 parts only what is left over.
    values, unknown = [], []
    for part in filter(None, (each.strip() for each in _BETWEEN.split(text))):
        pieces = [part] if _bare(part) in known else list(_pieces(part, known))
        for piece in pieces:
            if (value := known.get(_bare(piece))) is None:
                unknown.append(piece)
            elif value not in values:
                values.append(value)
    if unknown:
        return [], f"“{'、'.join(unknown)}”不在可选项中，可填：{MANY.join(column.words)}"
    return values, ""


def _known(column: Column) -> dict[str, str]:
    """Return the words of a column, and their beginnings before a bracket where only one word begins so (重度残疾人)."""
    known = {_bare(word): value for word, value in column.words.items()}
    begun = [word.partition("（")[0] for word in known]
    return {
        **{start: value for start, value in zip(begun, known.values(), strict=True) if begun.count(start) == 1},
        **known,
    }


def _pieces(text: str, known: Mapping[str, str]) -> Iterator[str]:
    """Part a text at 、, taking the longest run that is a known word."""
    parts = text.split("、")
    start = 0
    while start < len(parts):
        ends = [end for end in range(len(parts), start, -1) if _bare("、".join(parts[start:end])) in known]
        end = ends[0] if ends else start + 1
        yield "、".join(parts[start:end])
        start = end


def _bare(word: str) -> str:
    """Compare words without brackets' width and blanks: 精神残疾人(含疑似) is 精神残疾人（含疑似）."""
    return re.sub(r"\s", "", word).replace("(", "（").replace(")", "）").replace(",", "，")


def _fill_in(answers: dict[str, Any]) -> None:
    """Fill in what the line says already in another cell."""
    number = re.sub(r"\s", "", str(answers.get("id_number", ""))).upper()
    answers.setdefault("household", "registered" if number else "unregistered")
    if re.fullmatch(r"\d{17}[\dX]", number) and (born := birth_date_of(number)):
        answers.setdefault("birth_date", born.isoformat())
        answers.setdefault("sex", sex_of(number))
    if "guardianship" not in answers:
        answers |= _guardianship(answers)


def _guardianship(answers: Mapping[str, Any]) -> dict[str, str]:
    try:
        age = full_years(
            date.fromisoformat(str(answers["birth_date"])), date.fromisoformat(str(answers["visited_on"]))
        )
    except (KeyError, ValueError):
        return {}
    if age < 18:
        return {"guardianship": "school" if 6 <= age <= 15 else "minor"}
    mental = {"mental", "intellectual"} & set(answers.get("category", ()))
    return {"guardianship": "adult" if mental else "no"}


def _judged(answers: dict[str, Any], facts: Facts, reason: str) -> Iterator[tuple[str, str]]:
    """Yield what the form's own boxes and rules say, each with the head of its column."""
    heads = {column.box.partition(".")[0]: column.header for column in reversed(columns()) if column.box}
    first = columns()[0].header
    problems = ScreeningForm.read(answers, facts).problems(facts)
    warned: Sequence[str] = [each.rule for each in problems if each.level is Level.WARN]
    if warned and len(reason) >= 5:
        answers[REASONS] = dict.fromkeys(warned, reason)
    for each in problems:
        header = heads.get(each.field, first)
        if each.level is Level.BLOCK:
            yield header, each.sentence + (f"，{each.remedy}" if each.remedy else "")
        elif each.level is Level.WARN and len(reason) < 5:
            yield header, f"{each.sentence}（写在“{REASON}”一栏）"
