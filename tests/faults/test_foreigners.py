"""Another county, whoever asks and however: every address answers as if the paper did not exist, and nothing moves."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import true
from sqlalchemy.orm import Session

from forms.kit.chains import Act
from portal.services import casefile, documents, problems, records, residents, uploads
from portal.services.letters import Works
from portal.web import guard
from portal.workshop import works_of
from tests.faults.foreigners import Target, guarded, moved, positions, target, walk
from tests.faults.scene import SHARED_KEYS, TIMES
from tests.faults.walks import PHOTO

STATES = (
    None,
    *[act for act in Act if act in {Act.SUBMIT, Act.AGREE, Act.SIGN, Act.NUMBER, Act.SEND, Act.RECEIVE}],
)
SignIn = Callable[..., Any]


@pytest.fixture
def works(app: Flask) -> Works:
    made = replace(works_of(app.extensions["settings"]), keys=SHARED_KEYS, passphrase="wild-geese")
    made.files.put(PHOTO)
    return made


@pytest.fixture
def papers(session: Session, works: Works) -> list[Target]:
    return [target(session, works, number, upto) for number, upto in enumerate(STATES, start=1)]


def test_a_foreign_county_learns_and_changes_nothing_at_any_address_in_any_position(
    app: Flask, session: Session, papers: list[Target], sign_in: SignIn
) -> None:
    before = guarded(session)
    asked, leaks = 0, []
    for number, who in enumerate(positions("fuquan", both=TIMES > 1)):
        met = walk(app, sign_in(who), who, papers if TIMES > 1 else papers[number % 7 :: 7], htmx=number % 2 == 1)
        asked += sum(met.answers.values())
        leaks += met.leaks

    assert leaks == []
    assert asked > 600
    assert moved(session, before) == []


@pytest.mark.parametrize("word", ["prefecture", "province"])
def test_a_superior_organ_without_a_paper_addressed_to_it_is_as_foreign(
    word: str, app: Flask, session: Session, papers: list[Target], sign_in: SignIn
) -> None:
    before = guarded(session)
    leaks = []
    everybody = positions(word, both=True)
    for who in everybody if TIMES > 1 else [f"{word}.clerk.1", f"{word}.principal.2"]:
        # Contractors are the business of the prefecture and the province.
        leaks += walk(app, sign_in(who), who, papers if TIMES > 1 else papers[-1:], besides="contractors.").leaks

    assert leaks == []
    assert moved(session, before) == []


def test_nobody_signed_in_is_sent_to_the_sign_in_page_or_refused_everywhere(
    app: Flask, session: Session, papers: list[Target], client: Any
) -> None:
    met = walk(app, client, "nobody", papers[-1:])

    assert met.leaks == []
    assert set(met.answers) <= {200, 303, 302, 400, 404, 405, 422}


def _documents(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(documents, "document_scope", lambda _viewer: true())


def _cases(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(documents, "case_scope", lambda _viewer: true())


def _files(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(uploads, "document_scope", lambda _viewer: true())


def _lists(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(casefile, "case_scope", lambda _viewer: true())


def _contractors(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(records, "contractor_scope", lambda _viewer: true())


def _residents(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(residents, "resident_scope", lambda _viewer: true())


def _problems(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(problems, "finding_scope", lambda _viewer: true())


@pytest.mark.parametrize("plant", [_documents, _cases, _files, _lists, _contractors, _residents, _problems])
def test_a_scope_that_is_left_out_is_found(
    plant: Callable[[pytest.MonkeyPatch], None],
    app: Flask,
    papers: list[Target],
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plant(monkeypatch)

    assert walk(app, sign_in("fuquan.clerk.1"), "fuquan.clerk.1", papers[-1:]).leaks


def test_an_address_that_names_no_permission_is_closed_to_everybody(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    undeclared = [rule.endpoint for rule in app.url_map.iter_rules() if guard.mark_of(app, rule.endpoint) is None]
    assert set(undeclared) <= guard.CLOSED

    monkeypatch.delattr(app.view_functions["cases.index"], "permission")

    assert sign_in("pingtang.clerk.1").get("/cases").status_code == 403
