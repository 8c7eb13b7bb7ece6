"""Faces: plain data of the printed page, built from a paper, its facts and the stamp of its signing.

The keys are the contract with the typesetter (package `pdf`), which knows nothing of papers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from forms.kit.facts import Facts
from forms.kit.fields import Box, DateBox, MomentBox, NameBox, PhoneBox, TextBox
from forms.kit.rows import RowsBox
from forms.kit.timespan import chinese_date

if TYPE_CHECKING:
    from forms.kit.paper import Letter, Paper


@dataclass(frozen=True)
class Stamp:
    """What signing, numbering and sealing add to the text. All None or empty in a preview."""

    doc_no: str | None = None
    signed_on: date | None = None
    signer: str = ""
    seal: dict[str, Any] | None = None
    check: dict[str, str] | None = None
    void: bool = False
    names: dict[str, str] = field(default_factory=dict)  # step name → who acted, for the foot of a form
    times: dict[str, str] = field(default_factory=dict)  # step name → when, printed
    issued_on: date | None = None


def letter_face(paper: "Letter", facts: Facts, stamp: Stamp) -> dict[str, Any]:
    """Return the content of a letter (信函格式), or of an upward document (文件格式, 请示 and 报告)."""
    upward = paper.genre.value in {"请示", "报告"}
    name, phone = paper.contact(facts)
    face: dict[str, Any] = {
        "face": "file" if upward else "letter",
        "issuer": facts.issuer.name,
        "urgency": urgency_of(paper),
        "doc_no": stamp.doc_no,
        "title": paper.heading(facts),
        "addressee": addressee_name(paper, facts),
        "paragraphs": [{"text": text, "level": level_of(text)} for text in paper.body(facts)],
        "attachments": list(paper.enclosures(facts)),
        "signed_by": facts.issuer.name,
        "signed_date": chinese_date(stamp.signed_on) if stamp.signed_on else None,
        "contact": f"联系人：{name}，联系电话：{phone}" if name or phone else None,
        "cc": list(copied_to(paper, facts)),
        "annexes": [],
        "seal": stamp.seal,
        "check": stamp.check,
        "void": stamp.void,
    }
    if upward:
        face["signer"] = stamp.signer
        face["printed_by"] = facts.issuer.name
        face["printed_on"] = chinese_date(stamp.issued_on) if stamp.issued_on else None
    return face


def urgency_of(paper: "Paper") -> str | None:
    """Return 加急 or 特急 when the paper says so."""
    if "urgency" not in paper:
        return None
    return paper["urgency"].data if paper["urgency"].data in {"加急", "特急"} else None


def addressee_name(paper: "Paper", facts: Facts) -> str:
    """Return the name of the organ addressed, without the colon the typesetter adds.

    An organ typed by name (box `to_name`) is known as a counterpart only once the paper is submitted.
    """
    if facts.counterpart:
        return facts.counterpart.name
    return str(paper["to_name"].data or "") if "to_name" in paper else ""


def copied_to(paper: "Paper", facts: Facts) -> Sequence[str]:
    """Return the organs under 抄送; none unless the paper has a method for it."""
    found = getattr(paper, "cc", None)
    return found(facts) if found else ()


def level_of(text: str) -> int:
    """Tell the heading level by the numbering a paragraph starts with: 一、 has none of its own in our letters.

    The templates of domain §3 number whole paragraphs; only a short line counts as a heading.
    """
    if len(text) <= 20 and not text.endswith(("。", "：", "；")):
        if text[1:2] == "、":
            return 1
        if text.startswith("（"):
            return 2
    return 0


def table_face(paper: "Paper", facts: Facts, stamp: Stamp) -> dict[str, Any]:
    """Return the generic table of a form: a block per section, a list per repeatable box, names at the foot."""
    blocks: list[dict[str, Any]] = []
    for index, section in enumerate(paper.sections):
        boxes = [paper[name] for name in section.fields if paper[name].prints and paper[name].shown(paper)]
        plain = [box for box in boxes if not isinstance(box, RowsBox)]
        block: dict[str, Any] = {"kind": "fields", "heading": section.title, "rows": grid(plain)}
        if index == 0 and facts.photo:
            block |= {"rows": grid(plain, beside_photo=True), "photo": facts.photo}
        if plain:
            blocks.append(block)
        blocks += [rows_block(box) for box in boxes if isinstance(box, RowsBox) and not box.empty]
    return {
        "face": "table",
        "title": paper.title,
        "orientation": "landscape" if paper.landscape else "portrait",
        "number_line": {
            "left": stamp.doc_no or (facts.person.case_no and f"救助编号：{facts.person.case_no}") or "",
            "right": facts.issuer.name,
        },
        "blocks": blocks,
        "foot": foot_of(stamp),
        "copies": paper.copies or None,
        "seal": stamp.seal,
        "check": stamp.check,
        "void": stamp.void,
    }


def sealed_table(paper: "Paper", facts: Facts, stamp: Stamp) -> dict[str, Any]:
    """Return the generic table of a paper that is signed, numbered and sealed: organ and date stand under the seal."""
    return {
        **table_face(paper, facts, stamp),
        "signed_by": facts.issuer.name,
        "signed_date": chinese_date(stamp.signed_on) if stamp.signed_on else None,
    }


def foot_of(stamp: Stamp) -> list[list[str]]:
    """Return the foot line of a form: 填表人, 核对人 or 审核人, 日期."""
    words = {
        "draft": "填表人",
        "check": "核对人",
        "review": "审核人",
        "file": "备案人",
        "sign": "负责人",
        "own": "负责人",
    }
    foot = [[words[step], name] for step, name in stamp.names.items() if step in words]
    day = chinese_date(stamp.signed_on) if stamp.signed_on else ""
    return [*(foot or [["填表人", ""], ["核对人", ""]]), ["日期", day]]


def grid(boxes: Sequence[Box], *, beside_photo: bool = False) -> list[list[dict[str, Any]]]:
    """Lay label-value cells out, three pairs a row; longer words take two, a wide box the whole row."""
    rows: list[list[dict[str, Any]]] = []
    used = PAIRS
    for box in boxes:
        span = PAIRS if box.wide else _span(box.printed, 5 if beside_photo else 7)
        if used + span > PAIRS:
            rows.append([])
            used = 0
        rows[-1].append({"label": box.label.text, "value": box.printed, "span": span})
        used += span
    return rows


PAIRS = 3  # label-and-value pairs in a row of the typesetter's grid


def _span(words: str, room: int) -> int:
    """Return how many pairs wide a value is; one pair holds `room` em on a line."""
    em = sum(0.5 if letter.isascii() else 1 for letter in words)
    if em <= room:
        return 1
    return 2 if em <= 3 * room else PAIRS


def rows_block(box: RowsBox) -> dict[str, Any]:
    """Return a repeatable box as a list with its column heads."""
    first = box.rows[0]
    return {
        "kind": "list",
        "heading": box.label.text,
        "columns": [{"label": "序号", "width": 2, "align": "center"}]
        + [{"label": inner.label.text, "width": width_of(inner), "align": "left"} for inner in first],
        "rows": [
            [str(number), *(inner.printed for inner in line)] for number, line in enumerate(box.rows, start=1)
        ],
        "totals": None,
    }


def width_of(box: Box) -> int:
    """Return the share of a list's width a column needs: what may be typed in it, at least its label."""
    kinds: tuple[tuple[type[Box], int], ...] = ((NameBox, 4), (PhoneBox, 5), (MomentBox, 8), (DateBox, 6))
    known = next((share for kind, share in kinds if isinstance(box, kind)), None)
    if known is None and isinstance(box, TextBox):
        known = min(12, max(3, box.most // 5))
    elif known is None:
        known = min(6, max((len(word) for word in getattr(box, "words", {}).values()), default=3))
    return max(known, len(box.label.text))
