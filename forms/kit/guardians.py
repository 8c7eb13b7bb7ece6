"""What the papers on guardianship and support of a resident share (P-69 to P-74): the person, the guardian, the files.

Source: S4 二（一）, 二（二）, 二（三）4; 民法典 27 to 37; rules R-82 to R-87, A-21.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from forms.kit.faces import Stamp, table_face
from forms.kit.facts import Facts
from forms.kit.fields import NameBox, PhoneBox, TextBox
from forms.kit.groups import CATEGORIES, foot, still_open
from forms.kit.paper import About, Paper
from forms.kit.sheets import fields, whole_row

CHANGE, ASSESSMENT, CENTRAL = "guardian_change", "guardianship_assessment", "centralised_support_transfer"
FINDINGS = [
    ("able", "有监护能力，履行职责"),
    ("partly", "监护能力不足，需要支持"),
    ("unable", "无监护能力"),
    ("not_performing", "有监护能力，不履行职责"),
]
DISPERSED = "tekun_dispersed"
#: Problems of the list that a change of guardian or of support answers.
GUARDIAN_PROBLEMS = frozenset({"监护缺失", "监护不履行"})


class ResidentPaper(Paper):
    """A paper about one resident on file: who it is about comes from the file, the guardian from the newest 附件1."""

    about = About.RESIDENT

    name = TextBox("姓名", copied=True)
    sex = TextBox("性别", copied=True)
    age = TextBox("年龄", copied=True)
    id_number = TextBox("身份号码", copied=True, wide=True)
    village = TextBox("所在村居", copied=True, wide=True)
    category = TextBox("人员类别", copied=True, wide=True)

    PERSON = ("name", "sex", "age", "id_number", "village", "category")

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take the person from the file."""
        person, words = facts.resident, dict(CATEGORIES)
        if person is None:
            return {}
        return {
            "name": person.name,
            "sex": person.sex,
            "age": f"{person.age_on(facts.today)}岁",
            "id_number": person.id_number or "未登记户口",
            "village": person.village,
            "category": "、".join(words.get(key, key) for key in person.categories),
        }

    def heading(self, facts: Facts) -> str:
        """Name the resident."""
        return f"{self.title}（{facts.resident.name}）" if facts.resident else self.title

    def sheet(
        self, facts: Facts, stamp: Stamp, blocks: Sequence[Mapping[str, Any]], words: Mapping[str, str]
    ) -> dict[str, Any]:
        """Return the printed form: the person first, then `blocks`; `words` name the steps at the foot."""
        who = [{"label": self[box].label.text, "value": self[box].printed} for box in ("name", "sex", "age")]
        rest = [whole_row(self[box].label.text, self[box].printed) for box in ("id_number", "village", "category")]
        return {
            **table_face(self, facts, stamp),
            "number_line": {"left": "", "right": facts.issuer.name},
            "blocks": [fields("基本信息", [who, *rest]), *(block for block in blocks if block.get("rows", True))],
            "foot": foot(stamp, words),
        }


def guardian_boxes() -> tuple[Any, Any, Any]:
    """Return 监护人, 关系, 联系电话."""
    return (
        NameBox("监护人", required=True),
        TextBox("关系", required=True, most=20, help="与本人的关系"),
        PhoneBox("联系电话"),
    )


def guardian_of(facts: Facts) -> dict[str, Any]:
    """Suggest the guardian of the newest 附件1."""
    known = facts.resident.answers if facts.resident else {}
    return {box: known.get(box, "") for box in ("guardian_name", "guardian_relation", "guardian_phone")}


def named_with_relation(typed: str) -> tuple[str, str]:
    """Take a guardian apart as typed: 罗小军（侄子）, or a name or an organ alone."""
    name, _, rest = typed.replace("(", "（").partition("（")
    return name.strip(), rest.rstrip("）) ").strip()


def dispersed(facts: Facts) -> bool:
    """Tell whether the resident is 分散供养特困 (R-82)."""
    return facts.resident is not None and DISPERSED in (facts.resident.answers.get("welfare") or ())


def open_guardian_problems(facts: Facts) -> tuple[str, ...]:
    """Return the keys of the resident's problems of guardianship that are still on the list."""
    return tuple(each.key for each in still_open(facts.findings) if each.kind in GUARDIAN_PROBLEMS)


def town_of(facts: Facts) -> str:
    """Return the unit code of the resident's township for a task; the issuer where it is the township itself."""
    return facts.counterpart.code if facts.counterpart is not None else "issuer"


def failing_basis(facts: Facts, *attachments: str) -> bool:
    """Tell whether an assessment, a report to the police, or an attached record shows that the guardian fails."""
    on_file = facts.issued(ASSESSMENT) or facts.latest("mandatory_report")
    return on_file is not None or bool(facts.attached & set(attachments))
