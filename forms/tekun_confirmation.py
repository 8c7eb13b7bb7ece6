"""特困人员审核确认表 — the township examines, the county confirms: the settled person is in support. (P-44)"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, Self

from forms.kit.blocks import SEXES
from forms.kit.chains import DECIDED_ABOVE, Milestone
from forms.kit.effects import CaseUpdated, Effect, Needed, RequestAnswered, Settles
from forms.kit.faces import Stamp, table_face
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, IdNumberBox, LongTextBox, MonthBox, NameBox, TextBox, YesNoBox
from forms.kit.paper import Addressee, Genre, Paper, Section
from forms.kit.rows import Row, RowsBox
from forms.kit.rules import Problem, rule
from forms.kit.settlement import opinion_box
from forms.kit.tekun import (
    CLAUSE,
    DISABLED,
    FORMS,
    SELF_CARE,
    age_if_known,
    basis_box,
    basis_problems,
    disability_boxes,
    items_printed,
    self_care,
    self_care_boxes,
)

GUIDE = f"{CLAUSE}；社会救助暂行办法第14条"
ASKED = "tekun_inclusion_letter"
_FROM_LETTER = (
    "reg_name", "sex", "birth_date", "id_number", "hukou_address", "disability", "disability_grade", "incapacity_basis",
    "support_form", "support_org", "from_month", *SELF_CARE,
)  # fmt: skip


class Visitor(Row):
    """One of those who visited the applicant."""

    name = NameBox("姓名", required=True)
    post = TextBox("单位及职务", required=True, most=40)


class TekunConfirmation(Paper):
    """特困人员审核确认表, 民发〔2021〕43号: 乡镇（街道）受理、初审，县级民政部门审核确认 (R-58).

    What the letter says is taken over; what the township finds on its visit stands beside it.
    """

    number, code, title = "P-44", "tekun_confirmation", "特困人员审核确认表"
    genre, chain = Genre.FORM, DECIDED_ABOVE
    clause = GUIDE
    addressee = Addressee.REQUESTER
    drafted_in = frozenset({"township"})
    answers_paper = ASKED
    one_live = True

    letter_no = TextBox("来函文号", copied=True)
    reg_name = NameBox("姓名", copied=True)
    sex = ChoiceBox("性别", SEXES, copied=True)
    birth_date = DateBox("出生日期", copied=True)
    id_number = IdNumberBox("公民身份号码", copied=True)
    hukou_address = TextBox("户口地址", copied=True, wide=True)
    accepted_on = DateBox("受理日期", required=True)
    disability, disability_grade = disability_boxes()
    incapacity_basis = basis_box()
    no_income = YesNoBox("无生活来源", required=True)
    no_supporter = YesNoBox("无法定赡养、抚养、扶养义务人", required=True)
    visited_on = DateBox("调查核实日期", required=True)
    visitors = RowsBox("调查人员", Visitor, required=True, least=2, most=6)
    findings = LongTextBox("调查情况", required=True, least=10, most=300, help="收入、财产、照料情况和本人意愿")
    can_eat, can_dress, can_rise, can_toilet, can_walk, can_wash = self_care_boxes()
    self_care = TextBox("生活自理能力", computed=True)
    posted_from = DateBox("初审公示开始日期", required=True)
    posted_to = DateBox("公示结束日期", required=True)
    objections = TextBox("公示反馈", required=True, most=100, help="没有异议的写“无异议”")
    support_form = ChoiceBox("供养方式", FORMS, required=True)
    support_org = TextBox("供养机构（照料人）", required=True, most=60)
    from_month = MonthBox("纳入月份", required=True)
    town_opinion = opinion_box("乡镇（街道）初审意见")

    sections = (
        Section("申请人", ("letter_no", "reg_name", "sex", "birth_date", "id_number", "hukou_address", "accepted_on")),
        Section("认定条件", ("disability", "disability_grade", "incapacity_basis", "no_income", "no_supporter")),
        Section("调查核实", ("visited_on", "visitors", "findings")),
        Section("生活自理能力", ("can_eat", "can_dress", "can_rise", "can_toilet", "can_walk", "can_wash", "self_care"),
                "六项由本人独立完成的选“是”"),
        Section("公示和初审", ("posted_from", "posted_to", "objections", "support_form", "support_org", "from_month",
                              "town_opinion")),
    )  # fmt: skip
    checklist = (
        Needed("visit_proof", "入户（机构）调查照片和记录"),
        Needed("posting_proof", "公示照片"),
        Needed("disability_card", "残疾人证（残疾评定表）", shown_when=DISABLED),
    )
    settles = (
        Settles("tekun_town_review_due", Milestone.SUBMITTED),
        Settles("tekun_inclusion_due", Milestone.COMPLETED),
    )

    @classmethod
    def read(cls, answers: Mapping[str, Any], facts: Facts | None = None) -> Self:
        """Parse the answers; the six items say how far the person can care for themselves."""
        return super().read({**answers, "self_care": self_care(answers)}, facts)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Begin with what the letter says, taken up today."""
        asked = facts.request.answers if facts.request else {}
        return {"accepted_on": facts.today, **{box: asked[box] for box in _FROM_LETTER if box in asked}}

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take the person as the letter names them."""
        letter = facts.request
        asked = letter.answers if letter else {}
        return {
            "letter_no": letter.doc_no or "" if letter else "",
            **{box: asked.get(box, "") for box in _FROM_LETTER[:5]},
        }

    @rule("R-64", clause=CLAUSE)
    def answers_a_letter(self, facts: Facts) -> Iterator[Problem]:
        """从民政局的来函办理."""
        if facts.request is None or facts.request.code != ASKED:
            yield Problem("请从收到的《纳入特困人员救助供养的函》办理", "letter_no", remedy_paper=ASKED)

    @rule("R-58", clause=GUIDE)
    def conditions_hold(self, facts: Facts) -> Iterator[Problem]:
        """三项条件同时具备的，才确认为特困人员."""
        age = age_if_known(self.birth_date.data, facts.today)
        grade = self.disability_grade.data if self.disability_grade.shown(self) else ""
        for found in basis_problems(self.incapacity_basis.data, age, self.disability.data or "", grade or ""):
            remedy = "请报县（市）民政局，由其登记不纳入的理由" if found.remedy else ""
            yield Problem(found.sentence, found.field, remedy=remedy)
        for box in (self.no_income, self.no_supporter):
            if box.data == "no":
                yield Problem(
                    f"不具备“{box.label.text}”的条件，不能确认为特困人员",
                    box.name,
                    remedy="请报县（市）民政局，由其登记不纳入的理由",
                )

    @rule("R-57", clause=GUIDE)
    def dates_run_forward(self, facts: Facts) -> Iterator[Problem]:
        """受理、调查、公示依次在后；公示结束后才报送，不少于规定天数."""
        accepted, visited = self.accepted_on.data, self.visited_on.data
        since, until = self.posted_from.data, self.posted_to.data
        if accepted and accepted > facts.today:
            yield Problem("受理日期不能晚于今天", "accepted_on")
        if visited and (visited > facts.today or (accepted and visited < accepted)):
            yield Problem("调查核实日期应在受理日期至今天之间，请核对", "visited_on")
        days = int(facts.settings.get("tekun_posting_days", 7))
        if since and until and until < since + timedelta(days=days - 1):
            yield Problem(f"初审公示不少于{days}天，请核对起止日期", "posted_to")
        if until and until > facts.today:
            yield Problem("公示还没有结束，结束后再报送", "posted_to")

    @rule("R-57", clause=GUIDE)
    def month_lies_ahead(self, facts: Facts) -> Iterator[Problem]:
        """纳入月份不早于确认的当月."""
        if self.from_month.data and self.from_month.data < facts.today.replace(day=1):
            yield Problem("纳入月份不能早于确认的当月，请更改", "from_month")

    @rule("R-59", clause="S0 三（二）2（4）")
    def only_the_unidentified(self, facts: Facts) -> Iterator[Problem]:
        """已查明真实身份的，不再纳入."""
        if facts.person.identified:
            yield Problem("已查明真实身份，不再纳入特困供养", "reg_name")

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """Confirmed: the letter is answered, the person is in support."""
        if on is Milestone.COMPLETED:
            yield RequestAnswered(f"确认为特困人员，自{self.from_month.printed}起{self.support_form.printed}")
            yield CaseUpdated({"on_welfare": "tekun"})

    def heading(self, facts: Facts) -> str:
        """Name the person as registered."""
        return f"{self.title}（{self.reg_name.data}）" if self.reg_name.data else self.title

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print the six items as ticks, the conclusion of the county and the signatures of both levels."""
        face = table_face(self, facts, stamp)
        care = next(index for index, block in enumerate(face["blocks"]) if block["heading"] == "生活自理能力")
        face["blocks"][care] = {
            "kind": "ticks",
            "heading": f"生活自理能力（{self.self_care.data or '　　'}）",
            "items": items_printed([self[item] for item in SELF_CARE]),
        }
        text = (
            f"经审核，{self.reg_name.data or '　　'}符合特困人员认定条件，确认自{self.from_month.printed or '　　'}起"
            f"纳入特困人员救助供养，由{self.support_org.data or '　　'}{self.support_form.printed}。"
        )
        face["blocks"].append({"kind": "statement", "heading": "县级审核确认意见", "text": text})
        boxes = [
            ("draft", "初审经办人"),
            ("own", "初审负责人"),
            ("check_above", "县级审核人"),
            ("decide", "县级审批人"),
        ]
        face["blocks"].append(
            {
                "kind": "signatures",
                "boxes": [
                    {"label": label, "name": stamp.names.get(step, ""), "time": stamp.times.get(step, "")}
                    for step, label in boxes
                ],
            }
        )
        return face
