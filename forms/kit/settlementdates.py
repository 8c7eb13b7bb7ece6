"""The ten dates of a settled person, from admission to support, as one line: due, done, whose duty (§4.J, R-10 to R-57).

Pure: computed from the papers of the person, whatever the stored clocks say; own duties and those of outside parties
apart (M-23, M-24).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from forms.kit.counting import ClockState, Due, OutsideStart, local_day, outside_start, state_of
from forms.kit.facts import DocFacts
from forms.kit.limits import LIMITS, TimeLimit
from forms.kit.phrases import Phrase
from forms.kit.settlement import (
    APPLICATION,
    LETTER,
    PLAN,
    RESULT,
    File,
    admitted_on,
    both_obtained,
    decision_of,
    on_file,
    registration_of,
    reply_to,
    row_of,
    threshold_day,
)
from forms.kit.workdays import SHANGHAI, Calendar

#: Answers of the police that end the waiting for the DNA result (P-22).
_FINAL = frozenset({"match", "no_match", "not_sampled"})
_IDENTIFIED = Phrase("身份已查明，不再办理")


@dataclass(frozen=True)
class Link:
    """One of the ten dates. `due` is None before its trigger is known; `done` is a day, or a moment where the minute counts.

    `key` is the code of the limit; the government's reply has none (no text gives it a number of days).
    `outside`: another organ's duty. `note` says why a date will not come: 不适用, 身份已查明.
    """

    key: str
    label: str
    outside: bool = False
    due: Due | None = None
    done: date | datetime | None = None
    note: str = ""
    presumed: bool = False  # counted from sending + 2 working days, as no service is recorded

    @property
    def done_on(self) -> date | None:
        """The Shanghai day on which it was done."""
        return local_day(self.done) if self.done else None

    def state(self, now: datetime, calendar: Calendar) -> ClockState | None:
        """Say how it stands; None for what nobody has to do by a day (three months full, reply) or not yet."""
        if self.note and self.done is None:
            return ClockState.CANCELLED
        if self.due is None or self.key == "stay_three_months":
            return None
        return state_of(self.due, now, calendar, done_at=_moment(self.done))


def _moment(done: date | datetime | None) -> datetime | None:
    if done is None or isinstance(done, datetime):
        return done
    return datetime.combine(done, time(), SHANGHAI)


def ten_dates(file: File, calendar: Calendar, limits: Mapping[str, TimeLimit] = LIMITS) -> tuple[Link, ...]:
    """Return the ten dates of a person in the order of the law. `limits`: those in force, where [D] numbers were changed."""
    count = _Counting(file, calendar, limits)
    links = [*_tracing(file, count), *_settling(file, count), _support(file, count)]
    found = file.issued("identity_confirmation")
    if found is None and not file.person.identified:
        return tuple(links)
    return tuple(
        link
        if link.done or link.note or link.key == "stay_three_months"
        else Link(link.key, link.label, link.outside, link.due, note=_IDENTIFIED)
        for link in links
    )


@dataclass(frozen=True)
class _Counting:
    """Makes links: a limit, counted from its trigger, with when it was met."""

    file: File
    calendar: Calendar
    limits: Mapping[str, TimeLimit]

    def link(
        self, key: str, trigger: date | datetime | None, done: date | datetime | None = None, note: str = ""
    ) -> Link:
        limit = self.limits[key]
        due = limit.due(trigger, self.calendar) if trigger else None
        return Link(key, limit.label, limit.outside, due, done, note)

    def outside(self, key: str, letter: DocFacts | None, done: date | None, note: str = "") -> Link:
        """Count from the service of a letter, presumed while it is not recorded (R-07)."""
        limit, begin = self.limits[key], self._served(letter)
        due = limit.due(begin.day, self.calendar) if begin else None
        return Link(key, limit.label, True, due, done, note, presumed=bool(begin and begin.presumed))

    def _served(self, letter: DocFacts | None) -> OutsideStart | None:
        if letter is None or letter.sent_at is None:
            return None
        return outside_start(letter.served_on, local_day(letter.sent_at), self.calendar)


def _tracing(file: File, count: _Counting) -> Iterator[Link]:
    """Notice, DNA request, its result; counted from admission (R-10, R-12, R-13)."""
    admitted = file.person.admitted_at
    notice, letter = _first(file, "tracing_notice"), _first(file, "dna_request")
    answers = (doc for doc in file.papers.get("police_check_result", ()) if doc.issued)
    final = [doc for doc in answers if doc.answers.get("result") in _FINAL]
    yield count.link("tracing_notice_due", admitted, notice.sent_at if notice else None)
    yield count.link("dna_request_due", admitted, letter.sent_at if letter else None)
    answered = on_file(final[-1].answers.get("answered_on")) if final else None
    yield count.outside("dna_result_due", letter, answered)


def _settling(file: File, count: _Counting) -> Iterator[Link]:
    """Three months, application, plan, reply, letter to the police, registration (R-04, R-51 to R-56)."""
    full = threshold_day(file.person)
    yield count.link("stay_three_months", admitted_on(file.person))
    application, plans = file.issued(APPLICATION), _sent_plans(file)
    plan = plans[0] if plans else None
    taken_in = local_day(application.closed_at) if application and application.closed_at else None
    yield count.link("settlement_application_due", full, application.closed_at if application else None)
    reply, decided = (reply_to(file, plan), decision_of(file, plan)) if plan else (None, "")
    received = on_file(reply.answers.get("reply_received_on")) if reply else None
    yield _plan(file, count, taken_in, plans)
    refused = {"no": Phrase("政府未批准"), "struck": Phrase("已从方案中删去")}.get(decided, "")
    yield Link(REPLY_LINK, Phrase("收到政府批复"), outside=True, done=received, note=refused)
    first, letter, registered = _first(file, LETTER), file.issued(LETTER), registration_of(file)
    approved = received if decided == "yes" else None
    yield count.link("police_registration_letter_due", approved, first.sent_at if first else None)
    household = on_file(registered.answers.get("hukou_date")) if registered else None
    returned = "" if registered or not file.issued(RESULT) else Phrase("公安机关未予登记")
    yield count.outside("household_registration_due", letter, household, returned)


def _support(file: File, count: _Counting) -> Link:
    """特困供养, or why it does not apply (R-57, R-58, A-15)."""
    confirmed, excluded = file.issued("tekun_confirmation"), file.issued("tekun_exclusion_record")
    reason = excluded.answers.get("reason_text") if excluded else ""
    why = (Phrase("不适用：%(why)s", why=reason) if reason else Phrase("不适用")) if excluded else ""
    done = confirmed.closed_at if confirmed else None
    return count.link("tekun_inclusion_due", both_obtained(registration_of(file)), done, why)


#: The key of the reply, which has no limit.
REPLY_LINK = "settlement_reply"


def _first(file: File, code: str) -> DocFacts | None:
    """Return the earliest paper of a kind that went out: a duty is met by the first, not by a later one."""
    sent = [doc for doc in file.papers.get(code, ()) if doc.live and doc.sent_at is not None]
    return min(sent, key=lambda doc: doc.id, default=None)


def _sent_plans(file: File) -> list[DocFacts]:
    """Return the plans that went out, newest first."""
    return [doc for doc in file.papers.get(PLAN, ()) if doc.live and doc.sent_at is not None]


def _plan(file: File, count: _Counting, taken_in: date | None, plans: Sequence[DocFacts]) -> Link:
    """The plan, due after the application; after a refusal the one to follow it, unless the person is kept in care (R-64)."""
    refusals = [(doc, reply) for doc in plans if decision_of(file, doc) == "no" and (reply := reply_to(file, doc))]
    if not refusals:
        return count.link("settlement_plan_due", taken_in, plans[0].sent_at if plans else None)
    refused, reply = refusals[0]
    row = row_of(reply, "decisions", file.person.case_no) or {}
    later = plans[0] if plans[0] is not refused else None
    kept = later is None and row.get("next_step") == "keep"
    return count.link(
        "settlement_plan_again_due",
        on_file(reply.answers.get("reply_received_on")),
        later.sent_at if later else None,
        Phrase("继续照料和寻亲，暂不再报") if kept else "",
    )


def own(links: Iterable[Link]) -> list[Link]:
    """Return the dates that are the own duty of the civil-affairs organs."""
    return [link for link in links if not link.outside]


def outside_parties(links: Iterable[Link]) -> list[Link]:
    """Return the dates that other organs owe (M-24)."""
    return [link for link in links if link.outside]
