"""Whatever is typed into any box of any paper is text: on its page, in its print, in lists; and nothing is ever fetched."""

import contextlib
import re
import subprocess
import threading
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import lxml.html
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.catalog import PAPERS
from forms.kit import moving
from forms.kit.faces import Stamp
from forms.kit.fields import Box, ManyBox
from forms.kit.paper import Paper
from forms.kit.rows import RowsBox
from pdf import engine, render
from portal import clock
from portal.db import transaction
from portal.models import Case, Document, Person, Unit
from portal.services import documents, search
from tests import world
from tests.forms import sample

MARK = "zq7"
PAYLOAD = f"<script>{MARK}</script>\"'><img src=x onerror={MARK}>{{{{7191*7}}}}"
COUNTED = "50337"
NAME = f"<b onclick={MARK}>{MARK}</b>"


def poisoned(kind: type[Paper]) -> dict[str, Any]:
    """Return answers with the payload in every box and in every line of every list."""

    def value(box: Box) -> Any:
        if isinstance(box, RowsBox):
            return [{inner.short_name: value(inner) for inner in box.row_class()} for _ in range(2)]
        return [PAYLOAD] if isinstance(box, ManyBox) else PAYLOAD

    return {box.name: value(box) for box in kind()}


@pytest.mark.parametrize("code", PAPERS)
def test_markup_in_every_box_of_a_paper_is_printed_as_text(code: str) -> None:
    kind = PAPERS[code]
    facts = sample.facts(person=sample.replace(sample.MAN, alias=NAME, name=NAME))
    paper = kind.read(poisoned(kind), facts)
    assert list(paper.problems(facts)), "nonsense is refused; its preview is drawn all the same"

    made = render.render(paper.face(facts, Stamp()))

    words = subprocess.run(
        ["pdftotext", "-", "-"], input=made.pdf, capture_output=True, check=True
    ).stdout.decode()
    text = re.sub(r"\s", "", words)
    assert text.count(f"<script>{MARK}</script>") >= 1
    assert "{{7191*7}}" in text
    assert COUNTED not in text
    for active in (b"/JavaScript", b"/OpenAction", b"/Launch", b"/EmbeddedFile", b"/AA"):
        assert active not in made.pdf


@pytest.fixture
def everything(session: Session) -> dict[str, tuple[str, Any]]:
    """A draft of every paper about one person, every text of it poisoned: code → who drafted it, and its id."""
    made = {}
    with transaction(session):
        units = {unit.code: unit for unit in session.scalars(select(Unit).where(Unit.in_portal))}
        person = Person(identity_status="claimed", name=NAME, alias=NAME, sex="男", age_min=40, age_max=50)
        case = Case(
            case_no="522727-2026-7777", person=person, region_code="522727", first_unit=units["522727-bureau"],
            place=units["522700-station"], display_name=NAME, admitted_at=clock.now(), flags={},
            answers=poisoned(PAPERS["help_registration"]),
        )  # fmt: skip
        session.add(case)
        session.flush()
        search.index(session, case)
        for code, kind in PAPERS.items():
            county = "county_bureau" in kind.drafted_in
            drafter = ("pingtang." if county else "station.") + str(kind.chain.steps[0].desk.value) + ".1"
            who = world.viewer(session, drafter)
            document = Document(
                paper=code, version=1, issuer=units["522727-bureau" if county else "522700-station"], case=case, title=NAME * 3,
                answers=poisoned(kind), drafter_id=who.user_id, created_at=clock.now(), updated_at=clock.now(), acted={},
                counterpart=units["522700-station" if county else "522727-bureau"],
            )  # fmt: skip
            documents.put(document, moving.start(kind.chain, who.user_id))
            session.add(document)
            session.flush()
            made[code] = drafter, document.uuid
    case_uuid = case.uuid
    session.rollback()
    return {"": ("pingtang.clerk.1", case_uuid), **made}


def _live(html: str) -> list[str]:
    """Return what of the payload became part of the page's own markup."""
    found = []
    for element in lxml.html.fromstring(html).iter():
        if not isinstance(element.tag, str):
            continue
        attributes = [name for name, text in element.attrib.items() if name.startswith("on") and MARK in text]
        inside = element.tag == "script" and MARK in (element.text or "")
        if attributes or inside or (element.tag == "img" and element.get("src") == "x"):
            found.append(lxml.html.tostring(element, encoding="unicode")[:200])
    return found + ([f"{COUNTED}: the sum was done"] if COUNTED in html else [])


def test_markup_in_every_box_of_every_paper_is_shown_as_text(
    app: Flask, everything: dict[str, tuple[str, Any]], sign_in: Callable[..., Any]
) -> None:
    who, case_uuid = everything.pop("")
    addresses = [
        (who, url)
        for url in (
            f"/cases/{case_uuid}",
            "/cases",
            "/papers",
            f"/papers?case={case_uuid}",
            "/work",
            "/work?list=mine",
        )
    ]
    for drafter, uuid in everything.values():
        addresses += [(drafter, f"/documents/{uuid}"), (drafter, f"/documents/{uuid}/edit")]
    browsers = {drafter: sign_in(drafter) for drafter in {drafter for drafter, _ in addresses}}
    shown = 0
    for drafter, url in addresses:
        answer = browsers[drafter].get(url, follow_redirects=True)
        assert answer.status_code == 200, (url, answer.text[:300])
        assert _live(answer.text) == [], url
        shown += answer.text.count(f"&gt;{MARK}&lt;")
    assert shown > 10 * len(PAPERS)

    assert _live(f"<p>{PAYLOAD}</p>")
    assert _live(f"<p>{NAME}</p>")


@pytest.fixture(scope="module")
def trap() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine that should never be asked for anything; its address and what it was asked for."""
    asked: list[str] = []

    class Trap(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_words: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Trap)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", asked
    server.shutdown()
    thread.join()
    server.server_close()


VECTORS = [
    "<img src={u}>", "<img srcset='{u} 2x' src=x>", "<link rel=stylesheet href={u}>", "<link rel=attachment href={u}>",
    "<link rel=icon href={u}>", "<a rel=attachment href={u}>x</a>", "<style>@import '{u}';</style>",
    "<style>@font-face {{ font-family: f; src: url({u}) }} p {{ font-family: f }}</style><p>字", "<p style='background:url({u})'>x",
    "<p style='border-image:url({u})'>x", "<p style='list-style:url({u});display:list-item'>x",
    "<style>p::before {{ content: url({u}) }}</style><p>x", "<style>@page {{ background: url({u}) }}</style>",
    "<object data={u}></object>", "<embed src={u}>", "<iframe src={u}></iframe>", "<video poster={u} src={u}></video>",
    "<svg><image href='{u}' width=9 height=9 /></svg>", "<svg><use href='{u}#a' /></svg>",
    "<svg><style>@import url({u});</style><rect width=9 height=9 /></svg>", "<base href='{u}/'><img src=y.png>",
    "<img src='data:image/svg+xml,<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"{u}\"/></svg>'>",
    "<input type=image src={u}>", "<table background={u}><tr><td>x</table>", "<meta http-equiv=refresh content='0;url={u}'>",
]  # fmt: skip


@pytest.mark.parametrize("vector", VECTORS)
def test_no_markup_makes_the_renderer_fetch_anything(
    vector: str, trap: tuple[str, list[str]], tmp_path: Any
) -> None:
    address, asked = trap
    secret = tmp_path / "secret.png"
    secret.write_text("a-secret-of-this-machine")
    for url in (f"{address}/x.png", f"{address.replace('http:', '')}/x.png", secret.as_uri()):
        made = b""
        with contextlib.suppress(engine.FetchRefused):
            made = engine.to_pdf(f"<!doctype html><title>x</title>{vector.format(u=url)}", style="letter").pdf
        assert b"/EmbeddedFile" not in made
        assert b"a-secret" not in made
    assert asked == []


def test_the_trap_hears_who_asks_it(trap: tuple[str, list[str]]) -> None:
    address, asked = trap
    with urllib.request.urlopen(f"{address}/heard") as answer:
        assert answer.status == 200
    assert asked == ["/heard"]
    asked.clear()
