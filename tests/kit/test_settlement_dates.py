"""The ten dates of a settled person: the full chain of domain §4.J, whose duty each one is, and what ends it early."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.kit.counting import ClockState
from forms.kit.facts import DocFacts
from forms.kit.limits import LIMITS
from forms.kit.settlementdates import Link, outside_parties, own, ten_dates
from forms.kit.workdays import Calendar
from tests.forms import settlement_sample as chain
from tests.forms.sample import moment

CALENDAR = Calendar.published()


def links(*docs: DocFacts, **person: Any) -> dict[str, Link]:
    of = chain.member(*docs, person=replace(chain.PERSON, **person))
    return {link.key: link for link in ten_dates(of, CALENDAR)}


def last_days(found: dict[str, Link]) -> dict[str, date]:
    return {key: link.due.last_day for key, link in found.items() if link.due}


def state(link: Link, now: str) -> ClockState | None:
    return link.state(moment(now), CALENDAR)


@pytest.mark.parametrize(
    ("key", "due", "done"),
    [
        ("tracing_notice_due", date(2026, 3, 19), date(2026, 3, 18)),
        ("dna_request_due", date(2026, 3, 27), date(2026, 3, 24)),
        ("dna_result_due", date(2026, 4, 23), date(2026, 4, 17)),
        ("stay_three_months", date(2026, 6, 18), None),
        ("settlement_application_due", date(2026, 6, 26), date(2026, 6, 24)),
        ("settlement_plan_due", date(2026, 7, 8), date(2026, 7, 6)),
        ("settlement_reply", None, date(2026, 7, 20)),
        ("police_registration_letter_due", date(2026, 8, 3), date(2026, 7, 28)),
        ("household_registration_due", date(2026, 8, 26), date(2026, 8, 20)),
        ("tekun_inclusion_due", date(2026, 10, 14), None),
    ],
)
def test_the_full_chain_has_its_ten_dates(key: str, due: date | None, done: date | None) -> None:
    link = links(*chain.CHAIN)[key]
    assert (link.due.last_day if link.due else None, link.done_on) == (due, done)


def test_there_are_ten_in_the_order_of_the_law() -> None:
    found = links(*chain.CHAIN)
    assert list(found) == [
        "tracing_notice_due", "dna_request_due", "dna_result_due", "stay_three_months", "settlement_application_due",
        "settlement_plan_due", "settlement_reply", "police_registration_letter_due", "household_registration_due",
        "tekun_inclusion_due",
    ]  # fmt: skip


def test_the_notice_is_due_to_the_minute() -> None:
    due = links(*chain.CHAIN)["tracing_notice_due"].due
    assert due is not None
    assert due.moment == moment("2026-03-19 09:40")


def test_what_others_owe_stands_apart() -> None:
    found = ten_dates(chain.member(*chain.CHAIN), CALENDAR)
    assert [link.key for link in outside_parties(found)] == [
        "dna_result_due",
        "settlement_reply",
        "household_registration_due",
    ]
    assert len(own(found)) == 7


def test_a_date_is_not_known_before_its_trigger() -> None:
    found = links(chain.NOTICE)
    assert set(last_days(found)) == {
        "tracing_notice_due", "dna_request_due", "stay_three_months", "settlement_application_due",
    }  # fmt: skip
    assert state(found["settlement_plan_due"], "2026-03-20 09:00") is None


def test_a_service_not_recorded_is_presumed_two_working_days_after_sending() -> None:
    found = links(*chain.CHAIN[:6], replace(chain.LETTER, served_on=None))["household_registration_due"]
    assert found.presumed
    assert found.due is not None
    assert found.due.trigger == date(2026, 7, 30)
    assert found.due.last_day == date(2026, 8, 27)
    assert not links(*chain.CHAIN)["household_registration_due"].presumed


@pytest.mark.parametrize(
    ("now", "stands"),
    [
        ("2026-09-30 10:00", ClockState.OPEN),
        ("2026-10-12 10:00", ClockState.DUE_SOON),
        ("2026-10-15 00:00", ClockState.OVERDUE),
    ],
)
def test_an_open_date_stands_as_any_clock_does(now: str, stands: ClockState) -> None:
    assert state(links(*chain.CHAIN)["tekun_inclusion_due"], now) is stands


def test_what_came_late_says_so() -> None:
    late = replace(chain.PLAN, sent_at=moment("2026-07-09 00:00"))
    found = links(*chain.CHAIN[:4], late, *chain.CHAIN[5:])["settlement_plan_due"]
    assert state(found, "2026-10-01 09:00") is ClockState.DONE_LATE
    on_the_day = replace(chain.PLAN, sent_at=moment("2026-07-08 23:59"))
    found = links(*chain.CHAIN[:4], on_the_day, *chain.CHAIN[5:])["settlement_plan_due"]
    assert state(found, "2026-10-01 09:00") is ClockState.DONE


def test_a_second_letter_does_not_make_the_first_one_late() -> None:
    again = replace(chain.LETTER, id=17, sent_at=moment("2026-08-12 09:30"), served_on=date(2026, 8, 13))
    found = links(*chain.CHAIN[:7], again)
    assert found["police_registration_letter_due"].done_on == date(2026, 7, 28)
    registration = found["household_registration_due"]
    assert registration.due is not None
    assert registration.due.last_day == date(2026, 9, 10)


def test_three_months_are_a_fact_and_nobodys_delay() -> None:
    assert state(links(chain.NOTICE)["stay_three_months"], "2026-09-01 09:00") is None


def test_support_that_was_confirmed_is_done() -> None:
    confirmed = chain.paper(
        "tekun_confirmation", 9, signed_on=date(2026, 10, 12), closed_at=moment("2026-10-12 16:00")
    )
    found = links(*chain.CHAIN, confirmed)["tekun_inclusion_due"]
    assert (found.done_on, state(found, "2026-11-01 09:00")) == (date(2026, 10, 12), ClockState.DONE)


def test_support_that_does_not_apply_says_why() -> None:
    record = chain.paper(
        "tekun_exclusion_record",
        9,
        signed_on=date(2026, 9, 20),
        closed_at=moment("2026-09-20 16:00"),
        answers={"reason_text": "具有劳动能力"},
    )
    found = links(*chain.CHAIN, record)["tekun_inclusion_due"]
    assert found.note == "不适用：具有劳动能力"
    assert state(found, "2026-11-01 09:00") is ClockState.CANCELLED


def test_a_refused_person_waits_for_no_letter() -> None:
    said = {**chain.REPLY.answers, "decisions": [{"case_no": chain.CASE_NO, "approved": "no"}]}
    found = links(*chain.CHAIN[:5], replace(chain.REPLY, answers=said))
    assert found["settlement_reply"].note == "政府未批准"
    assert found["police_registration_letter_due"].due is None


def test_what_the_police_returned_says_so() -> None:
    returned = replace(chain.RESULT, answers={"result": "returned"})
    assert links(*chain.CHAIN[:7], returned)["household_registration_due"].note == "公安机关未予登记"


def test_an_identity_found_ends_what_is_open_and_leaves_what_is_done() -> None:
    found = links(*chain.CHAIN[:6], identity_status="confirmed")
    assert state(found["settlement_plan_due"], "2026-10-01 09:00") is ClockState.DONE
    letter = found["police_registration_letter_due"]
    assert (letter.note, state(letter, "2026-10-01 09:00")) == ("身份已查明，不再办理", ClockState.CANCELLED)


def test_a_voided_paper_has_done_nothing() -> None:
    void = replace(chain.DNA, state="void")
    assert links(chain.NOTICE, void)["dna_request_due"].done is None


def test_numbers_changed_in_the_settings_are_counted_with() -> None:
    of = chain.member(*chain.CHAIN)
    shorter = {**LIMITS, "tekun_inclusion_due": LIMITS["settlement_plan_due"]}
    found = {link.key: link for link in ten_dates(of, CALENDAR, shorter)}["tekun_inclusion_due"]
    assert found.due is not None
    assert found.due.last_day < date(2026, 10, 14)
