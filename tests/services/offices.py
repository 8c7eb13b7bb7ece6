"""The organs at work on papers about persons, contractors, residents and campaigns, on days of the test's choosing."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.kit.chains import Act
from portal import clock
from portal.db import transaction
from portal.models import Attachment, Clock, Document, Task, Unit
from portal.services import approvals, documents, letters
from portal.services.access import Viewer
from portal.services.approvals import Order, Outcome
from portal.services.letters import Works
from portal.services.subjects import NOTHING, Subject, alike
from tests import papers
from tests.forms.sample import moment

LETTER = ("clerk.1", "reviewer.1", "signer.1", "seal.1", "seal.1")
REQUEST = ("clerk.1", "reviewer.1", "principal.1", "seal.1", "seal.1")
ACTS = (Act.SUBMIT, Act.AGREE, Act.SIGN, Act.NUMBER, Act.SEND)


class Offices:
    """Whoever the world has, writing and signing."""

    def __init__(self, session: Session, viewer_of: Callable[[str], Viewer], works: Works) -> None:
        self.session, self.viewer_of, self.works = session, viewer_of, works

    def write(self, at: str, who: str, code: str, answers: dict[str, Any], about: Subject = NOTHING, *,
              request: Document | None = None, files: Iterable[str] = ()) -> Document:  # fmt: skip
        """Write a draft with attachments dated on the day."""
        with clock.pinned(moment(at)), transaction(self.session):
            viewer = self.viewer_of(who)
            document = documents.start(self.session, viewer, code, about=about, request=request)
            self._fill(viewer, document, answers, files)
        return document

    def fill(
        self, at: str, who: str, document: Document, answers: dict[str, Any], files: Iterable[str] = ()
    ) -> None:
        """Fill a draft that another paper has begun."""
        with clock.pinned(moment(at)), transaction(self.session):
            self._fill(self.viewer_of(who), document, answers, files)

    def _fill(self, viewer: Viewer, document: Document, answers: dict[str, Any], files: Iterable[str]) -> None:
        documents.save(self.session, viewer, document, {**document.answers, **answers}, document.revision)
        sha256 = self.works.files.put(papers.picture())
        for kind in files:
            self.session.add(
                Attachment(
                    document_id=document.id, kind=kind, filename="附件.jpg", mime="image/jpeg", size=1,
                    sha256=sha256, dated_on=clock.today(), uploaded_by_id=viewer.user_id, uploaded_at=clock.now(),
                )
            )  # fmt: skip

    def act(self, at: str, who: str, document: Document, act: Act, **order: Any) -> Outcome:
        """Do one act as somebody, and make the file of a letter."""
        with clock.pinned(moment(at)):
            viewer = self.viewer_of(who)
            self.session.refresh(document)
            with transaction(self.session):
                asked = Order(act, document.revision, uuid4().hex, **order)
                done = approvals.take_action(self.session, viewer, document.uuid, asked, self.works)
            if done.letter_id is not None and act is Act.NUMBER:
                letters.issue(self.session, done.letter_id, self.works)
        return done

    def out(self, at: str, organ: str, document: Document, *, last: Act = Act.SEND) -> Document:
        """Take a letter from the drafter's desk through its organ; upward ones are signed by the principal head."""
        way = REQUEST if documents.paper_class(document).chain.key == "principal" else LETTER
        for who, act in zip(way, ACTS, strict=True):
            if act is Act.AGREE and documents.paper_class(document).chain.key == "province":
                continue
            self.act(at, f"{organ}.{who}", document, act)
            if act is last:
                break
        return document

    def form(self, at: str, first: str, document: Document, second: str) -> Document:
        """One fills in, another checks."""
        self.act(at, first, document, Act.SUBMIT)
        self.act(at, second, document, Act.CONFIRM)
        return document

    def clocks(self, limit: str, **columns: Any) -> list[Clock]:
        """Return all clocks of a limit about a record or with a paper, oldest first."""
        self.session.expire_all()
        query = select(Clock).where(Clock.limit == limit, alike(Clock, columns)).order_by(Clock.id)
        return list(self.session.scalars(query))

    def running(self, limit: str, **columns: Any) -> Clock:
        """Return the one clock of a limit that runs."""
        (found,) = [
            row for row in self.clocks(limit, **columns) if row.done_at is None and row.cancelled_at is None
        ]
        return found

    def due(self, limit: str, **columns: Any) -> date:
        """Return the last day of the running clock of a limit."""
        return self.running(limit, **columns).last_day

    def tasks(self, organ: str) -> set[str]:
        """Return the papers open tasks ask an organ for, by the code of the organ."""
        self.session.expire_all()
        query = (
            select(Task.paper)
            .join(Unit, Unit.id == Task.unit_id)
            .where(Task.done_at.is_(None), Unit.code == organ)
        )
        return set(self.session.scalars(query))
