"""Tells a story through the real services: who did what at which hour. Nothing is written around them."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.kit.chains import Act, Desk, State
from portal import clock
from portal.db import transaction
from portal.models import Document, User
from portal.services import approvals, documents, letters, uploads
from portal.services.access import Viewer, load_viewer
from portal.services.approvals import Order
from portal.services.demo import pictures
from portal.services.letters import Works
from portal.services.subjects import NOTHING, Subject
from portal.services.uploads import Checked

#: The desk that does an act, where the paper itself does not already name a person.
_POSITION_OF_DESK = {
    Desk.CLERK: "clerk",
    Desk.REVIEWER: "reviewer",
    Desk.SIGNER: "signer",
    Desk.PRINCIPAL: "principal",
    Desk.SEAL: "seal",
    Desk.DUTY: "duty",
    Desk.CHECKER: "clerk2",
}


@dataclass
class Teller:
    """A session, the workshop, and the pictures told so far."""

    session: Session
    works: Works
    told: int = 0
    _viewers: dict[str, Viewer] = field(default_factory=dict)

    def viewer(self, username: str) -> Viewer:
        """Return an account; demo accounts keep their seats through all stories, so each is read once."""
        if username not in self._viewers:
            self._viewers[username] = self._read(username)
        return self._viewers[username]

    def _read(self, username: str) -> Viewer:
        user_id = self.session.scalars(select(User.id).where(User.username == username)).one()
        found = load_viewer(self.session, user_id, clock.today())
        assert found is not None
        return found

    def draft(
        self,
        who: str,
        code: str,
        at: datetime,
        answers: Mapping[str, Any],
        *,
        about: Subject = NOTHING,
        request: Document | None = None,
        files: Mapping[str, date | None] | None = None,
    ) -> Document:
        """Write a paper with its attachments and leave it as a draft."""
        with clock.pinned(at):
            viewer = self.viewer(who)
            with transaction(self.session):
                document = documents.start(self.session, viewer, code, about=about, request=request)
            self.fill(who, document, at, answers)
            for kind, dated in (files or {}).items():
                self._attach(viewer, document, kind, dated)
        return document

    def fill(self, who: str, document: Document, at: datetime, answers: Mapping[str, Any]) -> None:
        """Write into a draft."""
        with clock.pinned(at), transaction(self.session):
            merged = {**document.answers, **answers}
            documents.save(self.session, self.viewer(who), document, merged, document.revision)

    def _attach(self, viewer: Viewer, document: Document, kind: str, dated: date | None) -> None:
        self.told += 1
        data = pictures.portrait(self.told) if kind == "photo" else pictures.scan(kind, self.told)
        checked = Checked(data, "image/jpeg", width_px=700 if kind == "photo" else 827, height_px=900)
        with transaction(self.session):
            uploads.add(
                self.session,
                viewer,
                document,
                kind,
                filename="照片.jpg" if kind == "photo" else "扫描件.jpg",
                checked=checked,
                files=self.works.files,
                dated_on=dated.isoformat() if dated else "",
            )

    def act(
        self,
        who: str,
        document: Document,
        act: Act,
        at: datetime,
        opinion: str = "",
        served_on: date | None = None,
    ) -> Document:
        """Do one act as somebody at an hour, and make the file of a letter that is to be sent.

        Files of forms are left to the recovery that runs at every start: the first start is not kept waiting.
        """
        with clock.pinned(at):
            viewer = self.viewer(who)
            with transaction(self.session):
                order = Order(act, document.revision, secrets.token_hex(16), opinion, served_on=served_on)
                outcome = approvals.take_action(self.session, viewer, document.uuid, order, self.works)
            if outcome.letter_id is not None and outcome.document.state == State.NUMBERED:
                letters.issue(self.session, outcome.letter_id, self.works)
            self.session.refresh(outcome.document)
        return outcome.document

    def along(
        self,
        organ: str,
        document: Document,
        times: Callable[[int], datetime],
        *,
        until: str = "sent",
        counterpart: str = "",
    ) -> Document:
        """Take a paper along its chain with the usual people until it reaches a state (or nobody has it)."""
        step = 0
        while document.holder_desk is not None and document.state != until:
            place = documents.standing(document).place
            desk, side = Desk(document.holder_desk), organ
            if document.counterpart_id is not None and document.holder_unit_id == document.counterpart_id:
                side = counterpart
            act = documents.paper_class(document).chain.step(place.step).forward
            if document.step in {"receive", "answer"} and side == organ:
                break  # an outside party: service and answer are told in words of their own
            # At home a second clerk checks what the first has written; in another organ any clerk may.
            position = "clerk" if desk is Desk.CHECKER and side != organ else _POSITION_OF_DESK[desk]
            who = f"{side}.{position}"
            if document.holder_user_id is not None:
                who = self.session.get_one(User, document.holder_user_id).username
            document = self.act(who, document, act, times(step), _OPINIONS.get(act, ""))
            step += 1
        return document


_OPINIONS = {Act.AGREE: "情况属实，同意报送", Act.SIGN: "同意", Act.CONFIRM: "核对无误"}
