"""Blocks and comparisons of the sheets that are signed when a person changes hands (P-15, P-17, P-18)."""

from collections.abc import Iterable, Mapping
from typing import Any

from forms.kit.blocks import IDENTITY
from forms.kit.faces import PAIRS, rows_block
from forms.kit.facts import Facts
from forms.kit.fields import TextBox
from forms.kit.rows import Row, RowsBox
from forms.kit.transfer import moment_text
from forms.kit.wording import age_text, first_organ

NOTHING = frozenset({"无", "没有", "无物品"})
WOUNDS = [("yes", "有"), ("no", "无")]
BEHAVIOURS = [
    ("calm", "安静"),
    ("restless", "躁动"),
    ("self_harm", "自伤倾向"),
    ("attack", "攻击倾向"),
    ("other", "其他"),
]


class Medicine(Row):
    """A medicine the person takes."""

    drug = TextBox("药品", required=True, most=40)
    dose = TextBox("用法用量", most=40)
    last_taken = TextBox("上次服用", most=30)


class Item(Row):
    """One thing that changes hands."""

    item = TextBox("物品", required=True, most=30)
    quantity = TextBox("数量", most=10)
    note = TextBox("备注", most=40)


def things(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return what a stored list names: thing → quantity. A line 无 is nothing."""
    named = {str(row.get("item", "")).strip(): str(row.get("quantity", "")).strip() for row in rows}
    return {item: quantity for item, quantity in named.items() if item and item not in NOTHING}


def differences(before: Iterable[Mapping[str, Any]], now: RowsBox) -> list[str]:
    """Say how a list of belongings differs from the one before it; empty when they agree."""
    old = things(before)
    new = things(handed_items(now))
    found = [f"缺少{item}" for item in old if item not in new] + [f"多出{item}" for item in new if item not in old]
    found += [
        f"{item}数量由{old[item] or '未写'}变为{new[item] or '未写'}"
        for item in old.keys() & new.keys()
        if old[item] != new[item]
    ]
    return sorted(found)


def handed_items(box: RowsBox) -> list[dict[str, Any]]:
    """Return the lines of a belongings box as another paper stores them."""
    return [{"item": row.item.data, "quantity": row.quantity.data or ""} for row in box.rows]


def guarded_valuables(cash: Any, valuables: Any) -> str:
    """Return cash and valuables as one cell: 现金120.00元；手机1部."""
    return f"现金{cash.printed or '0.00'}元；{valuables.printed or '无其他贵重物品'}"


def person_block(facts: Facts) -> dict[str, Any]:
    """Return who the sheet is about, with the photo: the first block of every handover sheet."""
    person = facts.person
    admitted = moment_text(person.admitted_at) if person.admitted_at else ""
    known = person.identified
    rows: list[list[dict[str, Any]]] = [
        [{"label": "姓名", "value": person.display_name, "span": 2}, {"label": "性别", "value": person.sex}],
        [
            {"label": "年龄", "value": age_text(person, facts.today).removeprefix("目测年龄")},
            {"label": "身份状态", "value": dict(IDENTITY)[person.identity_status]},
            {"label": "民族", "value": str(facts.case.get("ethnicity", ""))},
        ],
        whole_row("救助编号", person.case_no),
        *([whole_row("身份号码", person.id_number), whole_row("户籍地址", person.hukou_address)] if known else []),
        whole_row("首次入站", f"{admitted}　{first_organ(facts)}".strip("　")),
    ]
    block: dict[str, Any] = {"kind": "fields", "heading": "受助人员", "rows": rows}
    return {**block, "photo": facts.photo} if facts.photo else block


def cells(paper: Any, names: Iterable[str]) -> list[list[dict[str, Any]]]:
    """Lay out the named boxes that are asked for now, as many side by side as their words allow."""
    rows: list[list[dict[str, Any]]] = []
    used = PAIRS
    for box in (paper[name] for name in names):
        if not box.shown(paper):
            continue
        em = sum(0.5 if letter.isascii() else 1 for letter in box.printed)
        span = 1 if em <= 7 else 2 if em <= 20 else PAIRS
        if used + span > PAIRS:
            rows.append([])
            used = 0
        rows[-1].append({"label": box.label.text, "value": box.printed, "span": span})
        used += span
    return rows


def whole_row(label: str, value: str) -> list[dict[str, Any]]:
    """Return a cell that takes the whole row of a fields block."""
    return [{"label": label, "value": value, "span": PAIRS}]


def lists(*boxes: RowsBox) -> list[dict[str, Any]]:
    """Return the filled-in lists among some boxes, ready to print."""
    return [rows_block(box) for box in boxes if not box.empty]


def companions_block(facts: Facts, box: RowsBox) -> list[dict[str, Any]]:
    """Return the companions as a list that names them; nothing when nobody comes along."""
    if box.empty:
        return []
    block = rows_block(box)
    block["columns"].insert(1, {"label": "姓名", "width": 4, "align": "left"})
    for line, row in zip(block["rows"], box.rows, strict=True):
        found = facts.others.get(row.case_no.data)
        line.insert(1, found.display_name if found else "")
    return [block]


def brief_person(facts: Facts) -> dict[str, Any]:
    """Return who a one-page form is about in two lines, the case number in the heading."""
    person = facts.person
    known = [whole_row("身份号码", person.id_number)] if person.identified else []
    first = [
        {"label": "姓名", "value": person.display_name},
        {"label": "性别", "value": person.sex},
        {"label": "年龄", "value": age_text(person, facts.today).removeprefix("目测年龄")},
    ]
    return {"kind": "fields", "heading": f"受助人员（救助编号：{person.case_no}）", "rows": [first, *known]}


def fields(heading: str, *groups: list[list[dict[str, Any]]]) -> dict[str, Any]:
    """Return a headed block of the given rows."""
    return {"kind": "fields", "heading": heading, "rows": [row for group in groups for row in group]}


def ink(*labels: str) -> dict[str, Any]:
    """Return boxes to be signed by hand."""
    return {"kind": "signatures", "boxes": [{"label": label, "name": "", "time": ""} for label in labels]}
