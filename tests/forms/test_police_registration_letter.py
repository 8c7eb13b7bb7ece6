"""P-41 办理户籍登记的函: one person, approved, in the very words of the plan."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.kit.chains import STANDARD, Milestone
from forms.kit.counting import count
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.limits import LIMITS
from forms.kit.paper import About, Addressee
from forms.kit.workdays import Calendar
from forms.police_registration_letter import PoliceRegistrationLetter
from tests.forms import settlement_sample as chain
from tests.forms.sample import organ, rules_hit

SAMPLE: dict[str, Any] = {"contact_name": "罗春和", "contact_phone": "0854-7221234"}
KNOWN = chain.known(chain.REPLY, "2026-07-27 09:00", counterpart=organ("522727-police"))


def paper(of: Facts = KNOWN, **changes: Any) -> PoliceRegistrationLetter:
    return PoliceRegistrationLetter.read({**SAMPLE, **changes}, of)


def test_a_full_letter_has_nothing_against_it() -> None:
    assert paper().problems(KNOWN) == []
    kind = PoliceRegistrationLetter
    assert (kind.chain, kind.addressee) == (STANDARD, Addressee.POLICE)


def test_it_hangs_on_exactly_one_person() -> None:
    assert PoliceRegistrationLetter.about is About.CASE
    assert PoliceRegistrationLetter.persons_box == ""


def test_what_is_registered_is_what_was_approved() -> None:
    typed = paper(reg_name="何顺", reg_birth="1970-01-01", hukou_address="平塘县夕阳红养老院")
    assert (typed.reg_name.data, typed.reg_birth.data) == ("何平安", date(1964, 6, 1))
    assert typed.hukou_address.data == "贵州省平塘县金盆街道新城路12号"
    assert typed.reply_received_on.data == date(2026, 7, 20)


@pytest.mark.parametrize(
    "decided",
    [[], [{"case_no": chain.CASE_NO, "approved": "no"}], [{"case_no": "522727-2026-0099", "approved": "yes"}]],
)
def test_nobody_the_reply_does_not_approve_is_registered(decided: list[dict[str, str]]) -> None:
    reply = replace(chain.REPLY, answers={**chain.REPLY.answers, "decisions": decided})
    of = replace(KNOWN, papers=chain.on_file(*chain.CHAIN[:5], reply))
    (problem,) = paper(of).problems(of)
    assert (problem.rule, problem.remedy_paper) == ("R-53", "settlement_government_reply")


def test_without_any_reply_there_is_no_letter() -> None:
    of = replace(KNOWN, papers=chain.through(chain.PLAN))
    assert rules_hit(paper(of), of) == {"R-53"}


def test_nobody_identified_is_registered() -> None:
    of = replace(KNOWN, person=replace(chain.PERSON, identity_status="confirmed", name="罗大河"))
    assert rules_hit(paper(of), of) == {"R-59"}


def test_one_letter_at_a_time() -> None:
    under_way = replace(KNOWN, papers=chain.through(chain.LETTER))
    assert rules_hit(paper(under_way), under_way) == {"R-55"}
    registered = replace(KNOWN, papers=chain.through(chain.RESULT))
    assert rules_hit(paper(registered), registered) == {"R-55"}


def test_one_the_police_returned_may_be_asked_for_again() -> None:
    returned = replace(chain.RESULT, answers={"result": "returned", "return_reason": "集体户未设立"})
    of = replace(KNOWN, papers=chain.on_file(*chain.CHAIN[:6], replace(chain.LETTER, state="replied"), returned))
    assert paper(of).problems(of) == []


def test_sending_meets_the_ten_days_and_service_begins_the_twenty_of_the_police() -> None:
    assert [(each.limit, each.on) for each in PoliceRegistrationLetter.settles] == [
        ("police_registration_letter_due", Milestone.SENT)
    ]
    assert {each.limit for each in PoliceRegistrationLetter.starts} == {"household_registration_due"}
    assert LIMITS["household_registration_due"].outside
    due = count(LIMITS["household_registration_due"].length, date(2026, 7, 29), Calendar.published())
    assert due.last_day == date(2026, 8, 26)


def test_the_letter_reads_as_the_house_writes_it() -> None:
    face = paper().face(KNOWN, Stamp())
    assert face["title"] == "平塘县民政局关于为何平安办理户籍登记手续的函"
    assert face["addressee"] == "平塘县公安局"
    assert [line["text"] for line in face["paragraphs"]] == [
        (
            "何平安（男，拟定出生日期1964年6月1日，救助编号：522727-2026-0003）系平塘县救助管理站于2026年3月18日救助的身份不明人员，"
            "已滞留超过3个月，经寻亲公告、DNA信息采集比对等方式仍未查明身份信息。"
            "平塘县人民政府《关于同意1名滞留流浪乞讨人员落户安置方案的批复》（平府函〔2026〕30号）已同意其落户安置方案。"
        ),
        (
            "现函告贵局，请为其办理户籍登记手续，落户地址为贵州省平塘县金盆街道新城路12号（平塘县救助管理站集体户），"
            "并协助办理居民身份证。"
        ),
        "请于收到本函之日起20个工作日内办结，并将办理结果函告我局。",
    ]
    assert face["attachments"][0] == "批复复印件"
    assert len(face["attachments"]) == 6


def test_a_title_copied_with_the_governments_name_is_not_said_twice() -> None:
    said = {**chain.REPLY.answers, "reply_title": "《平塘县人民政府关于同意落户安置方案的批复》"}
    of = replace(KNOWN, papers=chain.on_file(*chain.CHAIN[:5], replace(chain.REPLY, answers=said)))
    assert "平塘县人民政府《关于同意落户安置方案的批复》（" in next(iter(paper(of).body(of)))
