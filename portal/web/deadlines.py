"""Legal time limits: the board of the viewer's organs, and a page that counts any limit from any day."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from forms.kit.counting import ClockState, Due
from forms.kit.limits import GROUPS, LIMITS, STRENGTHS, TimeLimit
from forms.kit.timespan import Hours
from forms.kit.workdays import SHANGHAI, UnknownYearError
from portal import clock
from portal.services import casepapers, clocks
from portal.services.permissions import Permission
from portal.web.common import read, viewer
from portal.web.guard import requires
from portal.web.worklists import toned

pages = Blueprint("deadlines", __name__, url_prefix="/deadlines")

MOST = 200


@pages.get("")
@requires(Permission.DOCUMENT_READ)
def index() -> str:
    """Show the running limits: own ones red, yellow, green; those of outside parties apart."""
    who = viewer()
    own = clocks.board(read(), who, most=MOST)
    outside = clocks.board(read(), who, outside=True, most=MOST)
    groups = [
        ("late", _("已逾期"), [toned(line) for line in own if line.state is ClockState.OVERDUE]),
        ("soon", _("临近到期"), [toned(line) for line in own if line.state is ClockState.DUE_SOON]),
        ("calm", _("时限内"), [toned(line) for line in own if line.state is ClockState.OPEN]),
    ]
    return render_template(
        "deadlines/index.html",
        groups=groups,
        outside=[toned(line) for line in outside],
        cut=max(len(own), len(outside)) == MOST,
        most=MOST,
        may_begin=lambda paper, about: casepapers.may_begin(who, paper, about),
    )


@dataclass(frozen=True)
class Question:
    """What somebody wants counted, as typed; `day` and `minute` may be nonsense."""

    code: str = ""
    day: str = ""
    minute: str = ""


@dataclass(frozen=True)
class Answer:
    """The limit with its end, or the sentence why nothing was counted."""

    limit: TimeLimit
    due: Due | None = None
    trouble: str = ""
    steps: Sequence[str] = field(default=())


@pages.get("/calculator")
@requires(Permission.DEADLINE_CALCULATOR)
def calculator() -> str:
    """Count a limit from a day or minute and show how."""
    now = clock.now().astimezone(SHANGHAI)
    asked = Question(
        request.args.get("limit", ""),
        request.args.get("day", now.date().isoformat())[:10],
        request.args.get("minute", now.strftime("%H:%M"))[:5],
    )
    return render_template(
        "deadlines/calculator.html",
        groups=GROUPS,
        asked=asked,
        answer=_count(asked) if asked.code in LIMITS else None,
        by_hour="|".join(code for code, limit in LIMITS.items() if isinstance(limit.length, Hours)),
        strengths=STRENGTHS,
    )


def _count(asked: Question) -> Answer:
    limit = LIMITS[asked.code]
    try:
        day = date.fromisoformat(asked.day)
        minute = time.fromisoformat(asked.minute or "00:00")
    except ValueError:
        return Answer(limit, trouble=_("请填写起算日期，如2026-09-28；按小时计算的还要填时刻，如18:30"))
    trigger: Any = datetime.combine(day, minute, SHANGHAI) if isinstance(limit.length, Hours) else day
    try:
        limit, due, _told = clocks.calculate(read(), asked.code, trigger)
        return Answer(limit, due, steps=due.steps)
    except UnknownYearError as unknown:
        return Answer(limit, trouble=str(unknown))
    except (ValueError, OverflowError):
        return Answer(limit, trouble=_("这一天无法起算，请核对日期"))
