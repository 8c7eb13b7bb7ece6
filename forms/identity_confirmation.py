"""身份确认单 — the person has a name again: what proves it, through which channel it was found. (P-25)"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from forms.kit.blocks import ETHNICITIES, SEXES
from forms.kit.chains import REVIEWED, Milestone
from forms.kit.effects import (
    CaseUpdated,
    ClocksCancelled,
    Effect,
    IdentityConfirmed,
    Needed,
    Settles,
    Starts,
    TaskOpened,
)
from forms.kit.facts import Facts
from forms.kit.fields import (
    ChoiceBox,
    DateBox,
    IdNumberBox,
    LongTextBox,
    ManyBox,
    MomentBox,
    NameBox,
    PhoneBox,
    RegionCodeBox,
    SelectBox,
    TextBox,
    YesNoBox,
    when,
)
from forms.kit.idnumbers import birth_date_of, sex_of
from forms.kit.paper import Genre, Paper, Section
from forms.kit.rules import Level, Problem, rule
from forms.kit.settlement import LETTER, registration_of, settling_bureau, waiting_plan
from forms.kit.stay import helped_often
from forms.kit.timespan import full_years
from forms.kit.transfer import IDENTIFIED_BY

CLAUSE = "S0 三（二）2（2）（4）"
POLICE_DNA = "公安DNA比对"
#: 寻亲成功渠道; M-12 counts them, and their sum is M-11.
CHANNELS = (
    "站内问询", "公安人脸识别", POLICE_DNA, "公安其他", "今日头条", "宝贝回家", "志愿者", "全国救助寻亲网", "异地救助机构",
    "其他",
)  # fmt: skip
PREFECTURE_PREFIX = "5227"


class IdentityConfirmation(Paper):
    """身份确认单, S0 三（二）1（2）, 2（4）: withdraws the notice, ends the tracing clocks, opens the way home (R-14)."""

    number, code, title = "P-25", "identity_confirmation", "身份确认单"
    genre, chain = Genre.FORM, REVIEWED
    clause = CLAUSE
    one_live = True

    alias = TextBox("原登记称谓", copied=True)
    confirmed_at = MomentBox("查明时间", required=True)
    channel = SelectBox(
        "查明渠道", [(word, word) for word in CHANNELS], required=True, help="计入寻亲成功渠道统计"
    )
    channel_other = TextBox("其他渠道", required=True, most=40, shown_when=when("channel", "其他"))
    identity_method = ManyBox("查明方式", IDENTIFIED_BY, required=True, wide=True)
    evidence = LongTextBox("查明经过和依据", required=True, least=10, most=500)

    name = NameBox("姓名", required=True)
    sex = ChoiceBox("性别", SEXES, required=True)
    id_number = IdNumberBox("公民身份号码", required=True)
    birth_date = DateBox("出生日期", required=True)
    ethnicity = SelectBox("民族", ETHNICITIES)
    hukou_code = RegionCodeBox("户籍地代码", required=True, help="决定由县（市）还是州级中心站联系接送返回")
    hukou_address = TextBox("户籍地址", required=True, most=100, wide=True)

    relative_name = NameBox("亲属（监护人）")
    relation = TextBox("与本人关系", most=20)
    relative_phone = PhoneBox("联系电话")
    relative_answer = ChoiceBox(
        "亲属意见",
        [
            ("collect", "前来接领"),
            ("escort", "请求护送"),
            ("refuse", "拒绝照料"),
            ("unreached", "未联系上"),
            ("none", "无亲属"),
        ],
        required=True,
        wide=True,
    )
    settled = YesNoBox("是否已落户安置", copied=True)
    in_tekun = YesNoBox("是否已纳入特困供养", copied=True)
    treated_unknown = YesNoBox("查明前是否已结算医疗费用", copied=True)

    sections = (
        Section("查明情况", ("alias", "confirmed_at", "channel", "channel_other", "identity_method", "evidence")),
        Section(
            "真实身份", ("name", "sex", "id_number", "birth_date", "ethnicity", "hukou_code", "hukou_address")
        ),
        Section("亲属", ("relative_name", "relation", "relative_phone", "relative_answer")),
        Section(
            "查明后须衔接的事项",
            ("settled", "in_tekun", "treated_unknown"),
            "由系统从案卷中核对；审核通过后，寻亲、DNA和落户各项时限自动终止，寻亲公告自动撤回",
        ),
    )
    checklist = (Needed("evidence", "查明依据（比对结果、证件、亲属辨认记录、户籍证明）", dated=True),)
    starts = (
        Starts(
            "identity_confirmation_due",
            Milestone.SUBMITTED,
            "confirmed_at",
            owner="county",
            unless_identified=True,
        ),
        Starts(
            "household_cancellation_due",
            Milestone.COMPLETED,
            "confirmed_at",
            owner="settler",
            shown_when=when("settled", "yes"),
        ),
        Starts(
            "tekun_termination_due",
            Milestone.COMPLETED,
            "confirmed_at",
            owner="settler",
            shown_when=when("in_tekun", "yes"),
        ),
        Starts(
            "insurance_backclaim_due",
            Milestone.COMPLETED,
            "confirmed_at",
            owner="county",
            shown_when=when("treated_unknown", "yes"),
        ),
    )
    settles = (Settles("identity_confirmation_due", Milestone.COMPLETED),)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest what the quick check or the police have found."""
        first: dict[str, Any] = {"confirmed_at": facts.now, "sex": facts.person.sex}
        police, quick = facts.issued("police_check_result"), facts.latest("quick_identity_check")
        found: dict[str, Any] = {}
        if police and police.answers.get("result") == "match":
            found, first["channel"], first["identity_method"] = dict(police.answers), POLICE_DNA, ["police"]
        elif quick and quick.answers.get("result") == "confirmed":
            found = dict(quick.answers)
        number = str(found.get("matched_id_number", ""))
        first |= {
            "name": found.get("matched_name", "") or facts.person.name,
            "id_number": number,
            "birth_date": birth_date_of(number) if number else "",
            "hukou_address": found.get("matched_hukou", ""),
        }
        return first

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Read from the file of the case what has to be undone or made up for."""
        done = {
            "settled": registration_of(facts),
            "in_tekun": facts.issued("tekun_confirmation"),
            "treated_unknown": facts.issued("medical_settlement"),
        }
        return {
            "alias": facts.person.alias or facts.person.name,
            **{box: "yes" if paper else "no" for box, paper in done.items()},
        }

    @rule("R-14", clause=CLAUSE)
    def identity_is_open(self, facts: Facts) -> Iterator[Problem]:
        """身份未查明的才须确认."""
        if facts.person.identified:
            yield Problem(f"该人员身份已查明（{facts.person.name}），不需要再次确认", "name")

    @rule("R-14", clause=CLAUSE)
    def found_during_the_stay(self, facts: Facts) -> Iterator[Problem]:
        """查明时间在入站之后，不晚于现在."""
        found, admitted = self.confirmed_at.data, facts.person.admitted_at
        if found and found > facts.now + timedelta(minutes=1):
            yield Problem("查明时间不能晚于现在，请核对", "confirmed_at")
        if found and admitted and found < admitted:
            yield Problem("查明时间不能早于入站时间，请核对", "confirmed_at")

    @rule("R-08", clause="GB 11643-1999")
    def identity_agrees(self, facts: Facts) -> Iterator[Problem]:
        """出生日期、性别须与公民身份号码一致，出生日期不晚于今天."""
        number = self.id_number.data or ""
        if self.birth_date.data and self.birth_date.data > facts.today:
            yield Problem("出生日期不能晚于今天，请核对", "birth_date")
        if not number or list(self.id_number.check()):
            return
        if self.birth_date.data and self.birth_date.data != birth_date_of(number):
            yield Problem("出生日期与公民身份号码不一致，请核对", "birth_date")
        if self.sex.data and self.sex.data != sex_of(number):
            yield Problem("性别与公民身份号码第17位不一致，请核对", "sex")

    @rule("R-14", clause=CLAUSE, level=Level.WARN)
    def looks_agree_with_admission(self, facts: Facts) -> Iterator[Problem]:
        """真实性别、年龄与登记不符的，须再次核对."""
        person, born = facts.person, self.birth_date.data
        if self.sex.data and person.sex and self.sex.data != person.sex:
            yield Problem("性别与求助登记表不一致，请核对是否同一人并说明", "sex")
        if not (born and person.admitted_at and person.age_min is not None and person.age_max is not None):
            return
        age = full_years(born, facts.today)
        if not person.age_min - 10 <= age <= person.age_max + 10:
            yield Problem(
                f"实际年龄{age}岁，与目测{person.age_min}至{person.age_max}岁相差超过10岁，请核对是否同一人并说明",
                "birth_date",
            )

    @rule("R-13", clause=CLAUSE, level=Level.WARN)
    def police_result_is_on_file(self, facts: Facts) -> Iterator[Problem]:
        """经公安DNA比对查明的，须有公安核查结果登记."""
        answer = facts.issued("police_check_result")
        if self.channel.data == POLICE_DNA and not (answer and answer.answers.get("result") == "match"):
            yield Problem(
                "案卷中没有“比中”的公安核查结果，请先登记，或说明依据",
                "channel",
                remedy="请登记公安机关的反馈",
                remedy_paper="police_check_result",
            )

    @rule("R-71", clause="S0 三（二）2（6）", level=Level.WARN)
    def same_person_elsewhere(self, facts: Facts) -> Iterator[Problem]:
        """同一公民身份号码已有救助记录的，核对后归入同一人."""
        if facts.same_id_cases:
            yield Problem(
                f"该公民身份号码已有救助记录（{'、'.join(facts.same_id_cases)}），确认后将归入同一人，请核对并说明",
                "id_number",
            )

    @rule("R-72", clause="S0 三（二）2（6）；民发〔2014〕132号", level=Level.WARN)
    def relatives_do_their_duty(self, facts: Facts) -> Iterator[Problem]:
        """亲属拒绝照料的，说明联系情况，会同公安机关告知督促."""
        if self.relative_answer.data == "refuse":
            yield Problem(
                "亲属拒绝照料，请说明联系情况",
                "relative_answer",
                remedy="审核后请会同公安机关送达《监护责任告知督促书》",
                remedy_paper="guardian_duty_notice",
            )

    @rule("R-14", clause=CLAUSE)
    def relative_is_named(self, facts: Facts) -> Iterator[Problem]:
        """亲属有答复的，须登记姓名、关系和电话."""
        if self.relative_answer.data in {"collect", "escort", "refuse"}:
            for box in (self.relative_name, self.relation, self.relative_phone):
                if box.empty:
                    yield Problem(f"亲属已有答复，请填写“{box.label.text}”", box.name)

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """Reviewed: the person is known; everything begun under 身份不明 ends, everything owed begins."""
        if on is not Milestone.COMPLETED or self.confirmed_at.data is None or self.birth_date.data is None:
            return
        yield IdentityConfirmed(
            name=self.name.data or "",
            sex=self.sex.data or "",
            birth_date=self.birth_date.data,
            id_number=self.id_number.data or "",
            hukou_address=self.hukou_address.data or "",
            confirmed_at=self.confirmed_at.data,
            channel=self.channel.data or "",
        )
        yield CaseUpdated({"hukou_code": self.hukou_code.data or "", "ethnicity": self.ethnicity.data or ""})
        yield from self._way_home(facts)
        yield TaskOpened("needs_assessment", "county", "身份已查明，请评估困难和需求，提出帮扶建议", "R-14")
        if self.relative_answer.data == "refuse":
            why = "亲属拒绝照料，请会同公安机关送达监护责任告知督促书"
            yield TaskOpened("guardian_duty_notice", "county", why, "R-72")
        yield from self._settlement_undone(facts)
        if facts.admissions_12_months > 1:
            yield from helped_often(facts.admissions_12_months)
        if self.treated_unknown.is_yes:
            yield TaskOpened("insurance_backclaim", "county", "请核查参保情况，补报医疗费用", "R-66")

    def _settlement_undone(self, facts: Facts) -> Iterator[Effect]:
        """Found before registration, all stops (R-59); found after it, household and support end (R-60)."""
        bureau = settling_bureau(facts)
        yield ClocksCancelled(("tekun_inclusion_due", "tekun_town_review_due"), "身份已查明")
        if waiting_plan(facts):
            why = "已报政府的落户安置方案中列有该人员，身份已查明，请报告政府删去"
            yield TaskOpened("settlement_plan_notice", bureau, why, "R-59")
        letter = facts.issued(LETTER)
        if self.settled.is_yes:
            why = "落户后查明身份，请在5个工作日内商请公安机关注销户籍"
            yield TaskOpened("household_cancellation_letter", bureau, why, "R-60")
        elif letter is not None and letter.state not in {"replied", "closed"}:
            why = "户籍登记函已发出，身份已查明，请商请公安机关停止办理"
            yield TaskOpened("household_cancellation_letter", bureau, why, "R-59")
        if self.in_tekun.is_yes:
            yield TaskOpened("tekun_termination_letter", bureau, "已查明真实身份，请告知终止特困供养", "R-60")

    def _way_home(self, facts: Facts) -> Iterator[TaskOpened]:
        """Who sees the person home: relatives, the county, or the central station (R-68, R-69)."""
        home, region = self.hukou_code.data or "", facts.person.region_code
        if not facts.person.open:
            return
        if self.relative_answer.data == "collect" or home == region:
            why = "身份已查明，请安排接领或送返，并办理交接单"
            yield TaskOpened("escort_return_handover", "issuer", why, "R-14")
        elif home.startswith(PREFECTURE_PREFIX):
            yield TaskOpened("escort_return_letter", "county", "身份已查明，请函商流出地接送返回", "R-69")
        else:
            station = facts.prefecture["central_station"].code
            yield TaskOpened("escort_return_letter", station, "州外人员身份已查明，请函商接送返回", "R-68")

    def heading(self, facts: Facts) -> str:
        """Name both, the one known so far and the one found."""
        before, found = facts.person.alias, self.name.data or ""
        return (
            f"身份确认单（{'——'.join(word for word in (before, found) if word)}）"
            if before or found
            else self.title
        )
