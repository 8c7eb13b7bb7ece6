"""办理户籍登记的函 — one letter to the police for each approved person. (P-41)"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from forms.kit.blocks import contact_boxes, latest_contact, urgency_box
from forms.kit.chains import Milestone
from forms.kit.effects import Settles, Starts
from forms.kit.facts import Facts
from forms.kit.fields import DateBox, TextBox
from forms.kit.paper import Addressee, Genre, Letter, Section
from forms.kit.rules import Problem, rule
from forms.kit.settlement import (
    CLAUSE,
    LETTER,
    admitted_on,
    approval_of,
    bare_title,
    identified_problem,
    registration_of,
)
from forms.kit.timespan import chinese_date
from forms.kit.wording import closed, first_organ, our_office


class PoliceRegistrationLetter(Letter):
    """办理户籍登记的函（一人一函）, S0 三（二）2（4）; wording of domain §3.11.

    It hangs on one person's case, so it cannot name two (R-55). What is to be registered is copied from the approved
    row of the plan and cannot be typed over (R-53).
    """

    number, code, title = "P-41", LETTER, "办理户籍登记的函"
    genre = Genre.LETTER
    clause = CLAUSE
    addressee = Addressee.POLICE
    answered_by = ("household_registration_result",)
    drafted_in = frozenset({"county_bureau", "prefecture_bureau"})
    one_live = True

    reply_org = TextBox("批复机关", copied=True)
    reply_doc_no = TextBox("批复文号", copied=True)
    reply_title = TextBox("批复标题", copied=True, wide=True)
    reply_date = DateBox("批复成文日期", copied=True)
    reply_received_on = DateBox("收到日期", copied=True)
    reg_name = TextBox("登记姓名", copied=True)
    reg_sex = TextBox("性别", copied=True)
    reg_birth = DateBox("出生日期", copied=True)
    reg_ethnicity = TextBox("民族", copied=True)
    hukou_address = TextBox("落户地址", copied=True, wide=True)
    hukou_holder = TextBox("户主（集体户管理单位）", copied=True, wide=True)
    urgency = urgency_box()
    contact_name, contact_phone = contact_boxes()

    sections = (
        Section("批复", ("reply_org", "reply_doc_no", "reply_title", "reply_date", "reply_received_on")),
        Section(
            "登记事项",
            ("reg_name", "reg_sex", "reg_birth", "reg_ethnicity", "hukou_address", "hukou_holder"),
            "与批准的方案一致，不能更改",
        ),
        Section("联系", ("urgency", "contact_name", "contact_phone")),
    )
    # While the day of service is not recorded, the day of sending + 2 working days stands in for it.
    starts = tuple(
        Starts("household_registration_due", on, "served_on", unless_identified=True)
        for on in (Milestone.SENT, Milestone.SERVED, Milestone.RECEIVED)
    )
    settles = (Settles("police_registration_letter_due", Milestone.SENT),)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest the contact of the newest paper."""
        return latest_contact(facts)

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take the approval and the approved row."""
        approval = approval_of(facts)
        said: dict[str, Any] = dict(approval.reply.answers) if approval else {}
        row = dict(approval.row) if approval else {}
        return {
            **{box: said.get(box, "") for box in ("reply_org", "reply_doc_no", "reply_title", "reply_date",
                                                  "reply_received_on")},
            "reg_name": row.get("name", ""),
            "reg_sex": row.get("sex", ""),
            "reg_birth": row.get("birth", ""),
            "reg_ethnicity": row.get("ethnicity", ""),
            "hukou_address": row.get("hukou_address", ""),
            "hukou_holder": row.get("hukou_holder", ""),
        }  # fmt: skip

    @rule("R-53", clause=f"{CLAUSE}“收到落户安置批复后”")
    def the_government_approved_this_person(self, facts: Facts) -> Iterator[Problem]:
        """收到县（市）人民政府批复、且批复同意该人员后，才发函."""
        if approval_of(facts) is None:
            yield Problem(
                "还没有登记同意该人员落户的批复，不能函告公安机关",
                "reply_doc_no",
                remedy="请先登记批复；批复未同意的，不能发函",
                remedy_paper="settlement_government_reply",
            )

    @rule("R-59", clause=CLAUSE)
    def only_the_unidentified(self, facts: Facts) -> Iterator[Problem]:
        """身份查明的，停止办理."""
        yield from identified_problem(facts.person, "请取消办理本函，安排接送返回")

    @rule("R-55", clause=f"{CLAUSE}“一人一函”")
    def one_letter_per_person(self, facts: Facts) -> Iterator[Problem]:
        """一人一函：已有在办的函，或已办结户籍登记的，不再发函."""
        if registration_of(facts) is not None:
            yield Problem("该人员已办理户籍登记，不再发函", "reg_name")
            return
        before = facts.latest(LETTER)
        if before is not None and before.state not in {"replied", "closed"}:
            yield Problem(
                f"该人员已有一件户籍登记函在办（{before.doc_no or before.title}），请等待公安机关办理",
                "reg_name",
            )

    def matter(self, facts: Facts) -> str:
        """为…办理户籍登记手续."""
        return f"为{self.reg_name.data or '　　'}办理户籍登记手续"

    def body(self, facts: Facts) -> Iterable[str]:
        """Wording of domain §3.11."""
        person, we, name = facts.person, our_office(facts), self.reg_name.data or "　　"
        admitted = admitted_on(person)
        day = chinese_date(admitted) if admitted else "　　"
        title = bare_title(self.reply_title.data or "", self.reply_org.data or "")
        yield (
            f"{name}（{self.reg_sex.data}，拟定出生日期{self.reg_birth.printed}，救助编号：{person.case_no}）"
            f"系{first_organ(facts)}于{day}救助的身份不明人员，已滞留超过3个月，"
            "经寻亲公告、DNA信息采集比对等方式仍未查明身份信息。"
            f"{self.reply_org.data}《{title}》（{self.reply_doc_no.data}）已同意其落户安置方案。"
        )
        yield (
            f"现函告贵局，请为其办理户籍登记手续，落户地址为{closed(self.hukou_address.data or '')}"
            f"（{self.hukou_holder.data}集体户），并协助办理居民身份证。"
        )
        yield f"请于收到本函之日起20个工作日内办结，并将办理结果函告{we}。"

    def enclosures(self, facts: Facts) -> Sequence[str]:
        """What the police need to register the person (§3.11)."""
        return [
            "批复复印件",
            "落户安置人员方案明细（本人）",
            "落户安置申请表",
            "寻亲公告和DNA采集比对材料",
            "本人照片",
            "集体户管理单位同意函",
        ]
