"""流出流浪乞讨人员台账 — residents of the county helped elsewhere: told, brought back, visited every half-year. (P-55)"""

from collections.abc import Iterator
from typing import Any

from forms.kit.blocks import SEXES
from forms.kit.chains import NOTED, Milestone
from forms.kit.effects import Needed, Settles, Starts
from forms.kit.faces import Stamp, table_face
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, IdNumberBox, IntBox, LongTextBox, NameBox, PhoneBox, TextBox, when
from forms.kit.homeward import DUTIES, DUTY_LIMITS, SOURCE_CLAUSE, VISITS_LEAST, may_close_from
from forms.kit.paper import About, Genre, Paper, Section
from forms.kit.rules import Problem, rule
from forms.kit.sheets import cells, fields
from forms.kit.timespan import chinese_date

OUT, BACK = when("entry", "out"), when("entry", "back")
VISIT, CLOSED = when("entry", "visit"), when("entry", "closed")
AFTER = when("entry", "back", "visit", "closed")


def _later_begins(paper: Any) -> bool:
    """The year is over and the visits go on (R-70)."""
    return paper.entry.data == "visit" and paper.duty.data in {"second", "later"}


class OutflowLedger(Paper):
    """流出流浪乞讨人员台账, S0 三（二）2（6）: one line an event; lines of one ID number belong together (R-70)."""

    number, code, title = "P-55", "outflow_ledger", "流出流浪乞讨人员台账"
    genre, chain = Genre.FORM, NOTED
    clause = SOURCE_CLAUSE
    about, thread_box = About.ORGAN, "id_number"
    drafted_in = frozenset({"county_bureau", "county_station", "township"})

    entry = ChoiceBox(
        "登记事项",
        [("out", "得知流出"), ("back", "返乡"), ("visit", "回访"), ("closed", "结束回访")],
        required=True,
        wide=True,
    )
    name = NameBox("姓名", required=True)
    sex = ChoiceBox("性别", SEXES, required=True)
    id_number = IdNumberBox("公民身份号码", required=True, help="同一人的流出、返乡、回访按此归并")
    address = TextBox("户籍（现）住址", required=True, most=100, wide=True)
    contact = TextBox("监护人（近亲属）", required=True, most=40, help="姓名和关系")
    phone = PhoneBox("联系电话")

    noticed_on = DateBox("得知日期", required=True, shown_when=OUT)
    source = ChoiceBox(
        "信息来源",
        [("letter", "外地救助机构来函"), ("system", "全国救助信息系统"), ("police", "公安机关"), ("family", "亲属、村（社区）"),
         ("other", "其他")],
        required=True,
        shown_when=OUT,
        wide=True,
    )  # fmt: skip
    helped_at = TextBox("救助地及机构", required=True, most=60, shown_when=OUT, wide=True)
    cause = TextBox("流出原因", required=True, most=100, shown_when=OUT, wide=True)
    plan = LongTextBox("接回安排", required=True, least=5, most=200, shown_when=OUT)

    returned_on = DateBox("返乡日期", required=True, shown_when=AFTER, help="回访期限从这一天起算")
    back_how = ChoiceBox(
        "返乡方式",
        [("escorted", "护送返乡"), ("collected", "接领返乡"), ("self", "自行返乡")],
        required=True,
        shown_when=BACK,
    )
    settled_how = LongTextBox("安置情况", required=True, least=5, most=300, shown_when=BACK)

    duty = ChoiceBox("本次回访", DUTIES, required=True, shown_when=VISIT, wide=True)
    visited_on = DateBox("回访日期", required=True, shown_when=VISIT)
    way = ChoiceBox(
        "回访方式", [("home", "入户"), ("phone", "电话"), ("entrusted", "委托")], required=True, shown_when=VISIT
    )
    state = ChoiceBox(
        "目前状况",
        [
            ("settled", "在家稳定"),
            ("working", "外出务工，联系正常"),
            ("away", "再次流浪、失去联系"),
            ("other", "其他"),
        ],
        required=True,
        shown_when=VISIT,
        wide=True,
    )
    measures = LongTextBox("帮扶措施", required=True, least=2, most=300, shown_when=VISIT)

    visits = IntBox("已回访次数", required=True, most=99, unit="次", shown_when=CLOSED)
    closed_on = DateBox("结束日期", required=True, shown_when=CLOSED)
    closing_reason = TextBox("结束理由", required=True, least=5, most=100, shown_when=CLOSED, wide=True)

    sections = (
        Section("人员", ("entry", "name", "sex", "id_number", "address", "contact", "phone")),
        Section("流出", ("noticed_on", "source", "helped_at", "cause", "plan")),
        Section("返乡", ("returned_on", "back_how", "settled_how")),
        Section("回访", ("duty", "visited_on", "way", "state", "measures")),
        Section("结束", ("visits", "closed_on", "closing_reason")),
    )
    checklist = (Needed("letter", "来函、系统截图", required=False, shown_when=OUT),)
    starts = (
        Starts("revisit_first_due", Milestone.COMPLETED, "returned_on", shown_when=BACK),
        Starts("revisit_second_due", Milestone.COMPLETED, "returned_on", shown_when=BACK),
        Starts("revisit_later_due", Milestone.COMPLETED, "visited_on", shown_when=_later_begins),
    )
    settles = tuple(
        Settles(limit, Milestone.COMPLETED, shown_when=when("duty", duty), at="visited_on")
        for duty, limit in DUTY_LIMITS.items()
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest today."""
        return {"entry": "out", "noticed_on": facts.today}

    @rule("R-70", clause=SOURCE_CLAUSE)
    def dates_run_forward(self, facts: Facts) -> Iterator[Problem]:
        """各日期不晚于今天；回访、结束在返乡之后."""
        back = self.returned_on.data if self.returned_on.shown(self) else None
        for box in (self.noticed_on, self.returned_on, self.visited_on, self.closed_on):
            day = box.data if box.shown(self) else None
            if day and day > facts.today:
                yield Problem(f"{box.label.text}不能晚于今天", box.name)
            elif day and back and day < back:
                yield Problem(f"{box.label.text}不能早于返乡日期，请核对", box.name)

    @rule("R-70", clause=SOURCE_CLAUSE)
    def closing_takes_a_year_and_two_visits(self, facts: Facts) -> Iterator[Problem]:
        """回访期不少于1年、回访不少于2次."""
        day, back = self.closed_on.data, self.returned_on.data
        if not CLOSED(self) or day is None or back is None:
            return
        if day < may_close_from(back):
            yield Problem(f"回访期不少于1年，{chinese_date(may_close_from(back))}起才可以结束", "closed_on")
        seen = [
            doc for doc in facts.papers.get(self.code, ()) if doc.issued and doc.answers.get("entry") == "visit"
        ]
        if max(self.visits.data or 0, len(seen)) < VISITS_LEAST:
            yield Problem(f"回访不少于{VISITS_LEAST}次，才可以结束", "visits")

    def heading(self, facts: Facts) -> str:
        """Name the person and the event."""
        return f"{self.title}（{self.name.data}，{self.entry.printed}）" if self.name.data else self.title

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print the line as a card."""
        face = table_face(self, facts, stamp)
        groups = {section.title: section.fields for section in self.sections}
        face["blocks"] = [
            fields(title, rows)
            for title, names in groups.items()
            if (rows := cells(self, [name for name in names if self[name].shown(self) and not self[name].empty]))
        ]
        face["foot"] = [["登记人", stamp.names.get("draft", "")], ["日期", stamp.times.get("draft", "")]]
        return face
