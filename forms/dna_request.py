"""DNA采集比对函 — the county asks the police to take a DNA sample and to look for the person's identity. (P-21)"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from forms.kit.blocks import IDENTITY_CHECKS, contact_boxes, latest_contact, urgency_box
from forms.kit.chains import Milestone
from forms.kit.effects import Settles, Starts
from forms.kit.facts import Facts
from forms.kit.fields import DateBox, LongTextBox, ManyBox, MomentBox, TextBox, when
from forms.kit.paper import Addressee, Genre, Letter, Section
from forms.kit.rules import Level, Problem, rule
from forms.kit.timespan import chinese_moment
from forms.kit.wording import age_text, closed, first_organ, listed, our_office

CLAUSE = "S0 三（二）2（2）"
NO_CHECKS = "none"


class DnaRequest(Letter):
    """DNA采集比对函, S0 三（二）2（2）, 民发〔2015〕158号; wording of domain §3.7."""

    number, code, title = "P-21", "dna_request", "DNA采集比对函"
    genre = Genre.LETTER
    clause = f"{CLAUSE}；民发〔2015〕158号"
    addressee = Addressee.POLICE
    answered_by = ("police_check_result",)
    one_live = True

    admitted_at = MomentBox("入站时间", copied=True)
    checks_done = ManyBox("已开展查询情况", [*IDENTITY_CHECKS, (NO_CHECKS, "无")], required=True, wide=True)
    notice_no = TextBox("寻亲公告编号", copied=True)
    notice_reason = LongTextBox(
        "未发布寻亲公告的原因",
        required=True,
        least=5,
        most=100,
        shown_when=when("notice_no", ""),
        help="写成能接在“因”字后面的话，如“负责人决定暂缓发布”",
    )
    sampling_place = TextBox("采集地点", required=True, most=60)
    proposed_date = DateBox("拟采集日期")
    asks = ManyBox(
        "希望协助事项",
        [("dna", "DNA采集入库比对"), ("face", "人像比对"), ("lost_report", "走失报案查询")],
        required=True,
        wide=True,
    )
    urgency = urgency_box()
    contact_name, contact_phone = contact_boxes()

    sections = (
        Section("入站和已做的工作", ("admitted_at", "checks_done", "notice_no", "notice_reason")),
        Section("商请公安机关", ("asks", "sampling_place", "proposed_date")),
        Section("联系", ("urgency", "contact_name", "contact_phone")),
    )
    # While the day of service is not recorded, the day of sending + 2 working days stands in for it.
    starts = tuple(
        Starts(limit, on, "served_on", unless_identified=True)
        for limit in ("dna_result_due", "dna_result_month")
        for on in (Milestone.SENT, Milestone.SERVED, Milestone.RECEIVED)
    )
    settles = (Settles("dna_request_due", Milestone.SENT),)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest the checks already recorded, the station as place, and everything to ask for."""
        checked = facts.issued("quick_identity_check")
        done = checked.answers.get("checks_done", []) if checked else []
        return {
            "checks_done": [key for key in done if key in dict(IDENTITY_CHECKS)],
            "sampling_place": first_organ(facts),
            "asks": ["dna", "face", "lost_report"],
            **latest_contact(facts),
        }

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take the admission and the published notice as the case has them."""
        notice = facts.published_notice
        return {
            "admitted_at": facts.person.admitted_at,
            "notice_no": notice.doc_no or "" if notice else "",
        }

    @rule("R-09", clause=f"{CLAUSE}；S3-1 五（三）", level=Level.WARN)
    def quick_check_comes_first(self, facts: Facts) -> Iterator[Problem]:
        """报请公安机关前，先进行身份快速查询."""
        if facts.issued("quick_identity_check") is None:
            yield Problem(
                "还没有办结身份快速查询，请先查询；来不及的请说明原因",
                "checks_done",
                remedy="请填写《身份快速查询记录》",
                remedy_paper="quick_identity_check",
            )

    @rule("R-12", clause=CLAUSE)
    def only_the_unidentified(self, facts: Facts) -> Iterator[Problem]:
        """身份未查明的才报请采集DNA."""
        if facts.person.identified:
            yield Problem("该人员身份已经查明，不再报请公安机关采集DNA", "admitted_at")

    @rule("R-12", clause=CLAUSE)
    def one_request_at_a_time(self, facts: Facts) -> Iterator[Problem]:
        """同一人员已有未答复的函，不重复发函."""
        same = facts.latest("dna_request")
        if same is not None and same.state not in {"replied", "closed"}:
            yield Problem(
                f"该人员已有一件DNA采集比对函在办（{same.doc_no or same.title}），请等待公安机关答复",
                "asks",
                remedy="逾期未答复的，可发《协助核查身份函》催办",
                remedy_paper="identity_assist_request",
            )

    @rule("R-12", clause="§3.7")
    def none_stands_alone(self, facts: Facts) -> Iterator[Problem]:
        """选“无”的，不再选其他查询情况."""
        done = self.checks_done.data or []
        if NO_CHECKS in done and len(done) > 1:
            yield Problem("已开展查询情况选了“无”，不能同时选其他项", "checks_done")

    @rule("R-12", clause="§3.7")
    def sampling_lies_ahead(self, facts: Facts) -> Iterator[Problem]:
        """拟采集日期不早于今天."""
        if self.proposed_date.data and self.proposed_date.data < facts.today:
            yield Problem("拟采集日期不能早于今天", "proposed_date")

    def matter(self, facts: Facts) -> str:
        """商请采集…DNA信息并协助核查身份."""
        return "商请采集1名身份不明受助人员DNA信息并协助核查身份"

    def body(self, facts: Facts) -> Iterable[str]:
        """Wording of domain §3.7."""
        we, person = our_office(facts), facts.person
        about = "，".join(part for part in (person.sex, age_text(person, facts.today)) if part)
        done = listed(self.checks_done.label_of(key) for key in self.checks_done.data or () if key != NO_CHECKS)
        checked = f"经{done}，" if done else ""
        yield (
            f"{self.admitted_at.printed}，{first_organ(facts)}救助1名身份不明人员"
            f"（{about}，救助编号：{person.case_no}）。{checked}暂未查明其身份，{self._notice(facts, we)}"
        )
        day = f"，拟于{self.proposed_date.printed}采集" if self.proposed_date.data else ""
        yield (
            "根据民政、公安机关关于流浪乞讨人员身份查询工作的有关规定，现商请贵局安排采集该人员DNA信息，"
            f"录入有关数据库比对，并协助开展{self.asks.printed}。"
            f"采集地点为{closed(self.sampling_place.data)}{day}，{we}派员配合。"
        )
        yield f"请于收到本函之日起20个工作日内将采集比对和身份核查结果函告{we}。"

    def _notice(self, facts: Facts, we: str) -> str:
        notice = facts.published_notice
        if notice is None or notice.sent_at is None:
            return f"因{closed(self.notice_reason.data)}，寻亲公告尚未发布。"
        return f"{we}已于{chinese_moment(notice.sent_at)}发布寻亲公告（公告编号：{notice.doc_no}）。"

    def enclosures(self, facts: Facts) -> Sequence[str]:
        """求助登记表 and the photo with the description."""
        return ["求助登记表", "受助人员照片及体貌特征"]
