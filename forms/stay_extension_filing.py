"""延长救助期限备案表 — the stay will pass its tenth day; the superior department takes note. (P-07)"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from forms.kit.blocks import copied_person, person_boxes
from forms.kit.chains import FILED, Milestone
from forms.kit.effects import Needed, Settles
from forms.kit.faces import Stamp, table_face
from forms.kit.facts import Facts
from forms.kit.fields import DateBox, IntBox, LongTextBox, ManyBox, TextBox, when
from forms.kit.paper import Addressee, Genre, Paper, Section
from forms.kit.rules import Level, Problem, rule
from forms.kit.stay import STAY_DAYS, bound_by_ten_days, helped_until, tenth_day
from forms.kit.timespan import chinese_date
from forms.kit.wording import closed
from forms.kit.workdays import SHANGHAI

CLAUSE = "民政部令第24号；民发〔2014〕132号"
REASONS = [
    ("relatives", "亲属尚未联系上"),
    ("pickup", "等待亲属接领"),
    ("escort", "等待护送返乡"),
    ("identity", "身份尚未查明"),
    ("illness", "患病治疗、休养"),
    ("weather", "天气、交通原因"),
    ("household", "正在办理户籍、证件"),
    ("other", "其他"),
]


class StayExtensionFiling(Paper):
    """延长救助期限备案表, 民政部令第24号: 救助期限一般不超过10天，超过的报上级民政部门备案 (R-18)."""

    number, code, title = "P-07", "stay_extension_filing", "延长救助期限备案表"
    genre, chain = Genre.FORM, FILED
    clause = CLAUSE
    addressee = Addressee.SUPERIOR

    person_name, person_sex, person_age = person_boxes()
    admitted_on = DateBox("入站日期", copied=True)
    covered_until = DateBox("现救助期限届满", copied=True)
    days_stayed = IntBox("已在站天数", copied=True, unit="天")
    why = ManyBox("延长原因", REASONS, required=True, wide=True)
    reason_other = TextBox(
        "其他原因", required=True, least=5, most=100, shown_when=when("why", "other"), wide=True
    )
    situation = LongTextBox("受助人员现状", required=True, least=10, most=300)
    extend_to = DateBox("拟延长至", required=True)
    plan = LongTextBox("延长期间的工作安排", required=True, least=10, most=300, help="寻亲、治疗、护送等怎样推进")

    sections = (
        Section(
            "受助人员", ("person_name", "person_sex", "person_age", "admitted_on", "days_stayed", "covered_until")
        ),
        Section("延长救助", ("why", "reason_other", "situation", "extend_to", "plan")),
    )
    checklist = (Needed("proof", "诊断证明、协查回复等佐证材料", required=False),)
    settles = (Settles("stay_day_ten", Milestone.COMPLETED),)

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Count the stay from the admission of the case."""
        admitted = facts.person.admitted_at
        day = admitted.astimezone(SHANGHAI).date() if admitted else None
        return {
            **copied_person(facts),
            "admitted_on": day,
            "covered_until": helped_until(facts),
            "days_stayed": (facts.today - day).days if day else "",
        }

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest the reason that the case itself tells."""
        return {"why": ["identity"]} if facts.unidentified else {}

    @rule("R-18", clause=CLAUSE)
    def stay_goes_on(self, facts: Facts) -> Iterator[Problem]:
        """已离站的不再备案."""
        if not facts.person.open:
            yield Problem("该人员已离站，不需要备案延长救助期限", "person_name")

    @rule("R-18", clause=CLAUSE)
    def extension_is_within_reach(self, facts: Facts) -> Iterator[Problem]:
        """延长至的日期在现期限之后、今天之后，每次不超过规定天数."""
        day, covered = self.extend_to.data, helped_until(facts)
        if day is None or covered is None:
            return
        most = int(facts.settings.get("extension_days_most", 30))
        if day <= covered:
            yield Problem(f"拟延长至的日期应在现期限（{chinese_date(covered)}）之后", "extend_to")
        elif day < facts.today:
            yield Problem("拟延长至的日期不能早于今天", "extend_to")
        elif day > max(covered, facts.today) + timedelta(days=most):
            yield Problem(f"每次备案最多延长{most}天，仍需延长的请届时再报备案", "extend_to")

    @rule("R-18", clause=CLAUSE, level=Level.WARN)
    def filed_in_time(self, facts: Facts) -> Iterator[Problem]:
        """备案应在现期限届满前；逾期的说明原因，救助本身不停."""
        covered = helped_until(facts)
        if covered and facts.today > covered and bound_by_ten_days(facts.person, facts.today):
            yield Problem(
                f"救助期限已于{chinese_date(covered)}届满，属逾期备案，请说明原因；救助不因此停止", "extend_to"
            )

    @rule("R-18", clause=CLAUSE, level=Level.WARN)
    def ten_days_apply(self, facts: Facts) -> Iterator[Problem]:
        """未满16周岁、有精神智力异常的人员不受10天限制."""
        if not bound_by_ten_days(facts.person, facts.today):
            yield Problem(
                f"该人员未满16周岁或有精神、智力异常，不受{STAY_DAYS}天限制，一般不需备案；确需备案的请说明",
                "person_name",
            )

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print the sentence that asks the superior department to take note, and room for its signature."""
        face = table_face(self, facts, stamp)
        tenth = tenth_day(facts.person)
        superior = facts.counterpart.name if facts.counterpart else ""
        why = "、".join(
            closed(self.reason_other.printed) if key == "other" else self.why.label_of(key)
            for key in self.why.data or ()
        )
        face["blocks"] += [
            {
                "kind": "statement",
                "text": f"该受助人员于{self.admitted_on.printed}入站，至{chinese_date(tenth) if tenth else '　　'}"
                f"满{STAY_DAYS}天。因{why}，需延长救助期限至{self.extend_to.printed}，现报请备案。",
            },
            {
                "kind": "signatures",
                "boxes": [
                    self._signature("填报单位", "check", facts.issuer.name, stamp),
                    self._signature("备案单位", "file", superior, stamp),
                ],
            },
        ]
        return face

    @staticmethod
    def _signature(label: str, step: str, organ: str, stamp: Stamp) -> dict[str, str]:
        name = "　".join(word for word in (organ, stamp.names.get(step, "")) if word)
        return {"label": label, "name": name, "time": stamp.times.get(step, "")}
