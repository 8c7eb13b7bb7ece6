"""What must hold after every fault, written from the promises alone: it reads tables and files, and asks no service how.

I1 what was acknowledged is there · I2 numbers run from 1 without gap · I3 one decision per step, never by its author ·
I4 numbered, sealed and void agree with the letter · I5 the file of a letter is there, byte for byte · I6 it verifies ·
I7 one letter per document, no file without owner · I8 the log is unbroken and every act is in it once · I9 no noted head
is beyond it · I10 no half file · I11 the database is sound ·
I12 one running clock per limit and case · I13 an approval brings each person one letter, and no letter comes without one
(R-55).
"""

import hashlib
import re
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from forms.catalog import PAPERS
from forms.kit.chains import FORWARD, Act, Chain
from pdf import certs, verify
from portal.models import Attachment, Case, Clock, Document, Event, Letter, NumberSeries, SubmissionKey
from portal.services import events
from portal.services.letters import Works
from tests.faults.scene import Kept

#: Signatures of these steps stand for a decision; receiving and answering may come again after a return.
_DECIDES = frozenset({"review", "check", "duty", "sign", "own", "seal", "other", "file", "send"})
#: States of a paper whose letter is issued, for chains that freeze at the seal.
_OUT = frozenset({"sealed", "sent", "received", "in_process", "replied"})


def check(
    session: Session,
    works: Works,
    acknowledged: Iterable[Kept] = (),
    *,
    anchor: tuple[int, str] | None = None,
    verify_newest: int = 2,
) -> list[str]:
    """Return a sentence for every promise that does not hold; an empty list when all of them do.

    Call after recovery, with a session that sees the newest rows.
    `anchor` is a head of the log noted outside the database; the `verify_newest`
    newest letters are given to the verifiers of signatures.
    """
    session.expire_all()
    return [
        *_acknowledged(session, acknowledged),
        *_numbers(session),
        *_decisions(session),
        *_letters(session),
        *_files(session, works),
        *_signatures(session, works, verify_newest),
        *_log(session, anchor),
        *_clocks(session),
        *_letters_of_persons(session),
        *_database(session),
    ]


def _acknowledged(session: Session, acknowledged: Iterable[Kept]) -> Iterator[str]:
    """I1."""
    done = {row.key: row for row in session.scalars(select(SubmissionKey))}
    papers = {paper.id: paper for paper in session.scalars(select(Document))}
    for kept in acknowledged:
        row = done.get(kept.key)
        if row is None:
            yield f"I1 acknowledged and lost: {kept.key}"
            continue
        paper = papers[row.document_id or 0]
        if (row.act, str(paper.uuid)) != (kept.act, kept.document):
            yield f"I1 {kept.key} was acknowledged as another act"
        if kept.doc_no and kept.doc_no != paper.doc_no:
            yield f"I1 {kept.key} was told number {kept.doc_no}, the paper carries {paper.doc_no}"


def _numbers(session: Session) -> Iterator[str]:
    """I2: letters, cases and incoming papers."""
    used: dict[int, list[int]] = defaultdict(list)
    for series_id, serial in session.execute(
        select(Letter.series_id, Letter.serial).where(Letter.series_id.is_not(None))
    ):
        used[series_id].append(serial)
    case_numbers = list(session.scalars(select(Case.case_no)))
    for series in session.scalars(select(NumberSeries)):
        serials = used.get(series.id, [])
        if series.code.startswith("救助编号"):
            beginning = f"{series.code.removeprefix('救助编号')}-{series.year}-"
            serials = [int(number[-4:]) for number in case_numbers if number.startswith(beginning)]
        yield from _gaps(f"{series.code}〔{series.year}〕", serials, series.last)
    incoming: dict[tuple[int | None, str], list[int]] = defaultdict(list)
    rows = select(Document.counterpart_id, Document.incoming_no).where(Document.incoming_no.is_not(None))
    for unit_id, number in session.execute(rows):
        year, serial = re.fullmatch(r"收〔(\d{4})〕(\d+)号", number or "").groups()  # type: ignore[union-attr]
        incoming[unit_id, year].append(int(serial))
    lasts = session.execute(text("SELECT unit_id, year, last FROM incoming_series"))
    for unit_id, year, last in lasts:
        yield from _gaps(f"收〔{year}〕 of organ {unit_id}", incoming.pop((unit_id, str(year)), []), last)
    yield from (f"I2 numbers without series: {key}" for key in incoming)


def _gaps(name: str, serials: Sequence[int], last: int) -> Iterator[str]:
    if sorted(serials) != list(range(1, last + 1)):
        yield f"I2 {name} should run 1…{last}: {sorted(serials)}"


def _decisions(session: Session) -> Iterator[str]:
    """I3: what the log says was decided, after returns, is what the row says, once per step, by four persons."""
    histories: dict[int, list[Event]] = defaultdict(list)
    for event in session.scalars(select(Event).where(Event.document_id.is_not(None)).order_by(Event.seq)):
        histories[event.document_id or 0].append(event)
    for paper in session.scalars(select(Document)):
        chain = PAPERS[paper.paper].chain
        effective, faults = _replay(chain, histories.get(paper.id, ()))
        yield from (f"I3 document {paper.id}: {fault}" for fault in faults)
        kept = {step: int(actor) for step, actor in paper.acted.items() if step in _DECIDES}
        if kept != effective:
            yield f"I3 document {paper.id}: the row says {kept}, the log says {effective}"
        persons = [paper.drafter_id, *(actor for step, actor in kept.items() if step in _OWN_PERSON)]
        if len(set(persons)) < len(persons):
            yield f"I3 document {paper.id}: one person at two steps: {kept}, drafted by {paper.drafter_id}"


#: Steps of the issuing organ that four different persons take (R-99). Sealing and sending are one desk.
_OWN_PERSON = frozenset({"review", "check", "duty", "sign", "own", "seal"})


def _replay(chain: Chain, history: Iterable[Event]) -> tuple[dict[str, int], list[str]]:
    effective: dict[str, int] = {}
    faults = []
    order = [step.name for step in chain.steps]
    forward = {act.value for act in FORWARD}
    for event in history:
        if event.kind in {Act.RETURN, Act.WITHDRAW}:
            effective.clear()
        elif event.kind == Act.RETURN_BACK:
            undone = order[order.index(event.step) - 1 :]
            effective = {step: actor for step, actor in effective.items() if step not in undone}
        elif event.kind in forward and event.step in _DECIDES:
            if event.step in effective:
                faults.append(f"step {event.step} decided twice (record {event.seq})")
            effective[event.step] = event.actor_id or 0
    return effective, faults


def _letters(session: Session) -> Iterator[str]:
    """I4 and I7."""
    letters = list(session.scalars(select(Letter)))
    for document_id, count in Counter(letter.document_id for letter in letters).items():
        if count > 1:
            yield f"I7 document {document_id} has {count} letters"
    of_document = {letter.document_id: letter for letter in letters}
    for paper in session.scalars(select(Document)):
        letter, chain = of_document.get(paper.id), PAPERS[paper.paper].chain
        if (chain.freezes_at in paper.acted) != (letter is not None):
            yield f"I4 document {paper.id}: frozen is {chain.freezes_at in paper.acted}, letter is {letter is not None}"
        if letter is None:
            continue
        if letter.doc_no != paper.doc_no:
            yield f"I4 document {paper.id} carries {paper.doc_no}, its letter {letter.doc_no}"
        if letter.state == "pending":
            yield f"I4 document {paper.id}: recovery left its letter without a file"
        wanted = {"numbered": "pending", "void": "void"}.get(paper.state, "issued")
        if letter.state != wanted and (paper.state in _OUT | {"numbered", "void"} or letter.state == "void"):
            yield f"I4 document {paper.id} is {paper.state}, its letter {letter.state}"


def _files(session: Session, works: Works) -> Iterator[str]:
    """I5, I7 and I10."""
    letters = select(Letter.id, Letter.sha256, Letter.size).where(Letter.sha256.is_not(None))
    owned: dict[str, tuple[str, int | None]] = {}
    for number, digest, size in session.execute(letters):
        if digest in owned:
            yield f"I7 {owned[digest][0]} and letter {number} have one file"
        owned[digest] = f"letter {number}", size
    for number, digest in session.execute(select(Attachment.id, Attachment.sha256)):
        owned.setdefault(digest, (f"attachment {number}", None))
    for digest in session.scalars(select(Case.photo_sha256).where(Case.photo_sha256.is_not(None))):
        owned.setdefault(digest or "", ("photo", None))
    there = {path.name: path for path in works.files.folder.rglob("*") if path.is_file()}
    for digest, (owner, size) in owned.items():
        path = there.pop(digest, None)
        if path is None:
            yield f"I5 the file of {owner} is missing"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            yield f"I5 the file of {owner} is not what was stored"
        elif size is not None and path.stat().st_size != size:
            yield f"I5 the file of {owner} has another size than its row says"
    for name, path in there.items():
        half = name.startswith(".") or hashlib.sha256(path.read_bytes()).hexdigest() != name
        yield f"I10 half-written file {name}" if half else f"I7 file without owner {name}"


def _signatures(session: Session, works: Works, newest: int) -> Iterator[str]:
    """I6: the newest letters by the portal's check, and by pdfsig (poppler, NSS), which shares no code with the signing."""
    digests = select(Letter.sha256).where(Letter.sha256.is_not(None)).order_by(Letter.id.desc()).limit(newest)
    for digest in session.scalars(digests):
        path = works.files.path(digest or "")
        if not path.exists():
            continue
        if fault := pdfsig(path, works.keys):
            yield f"I6 {digest}: {fault}"
        try:
            genuine = verify.check(path.read_bytes(), trust_roots=[certs.trust_anchor(works.keys)]).genuine
        except verify.BadPdf:
            genuine = False  # what I5 has named already
        if not genuine:
            yield f"I6 {digest}: the portal's own check does not call it genuine"


_WANTED = ("Signature is Valid", "Certificate is Trusted", "Total document signed")


def pdfsig(path: Path, keys: Path) -> str:
    """Return what pdfsig holds against a letter, nothing when it is valid. Its exit status says nothing."""
    trust = keys / "nss"
    if not trust.exists():
        trust.mkdir()
        database = f"sql:{trust}"
        subprocess.run(["certutil", "-N", "-d", database, "--empty-password"], check=True, capture_output=True)
        anchor = keys / f"{certs.AUTHORITY}.pem"
        command = ["certutil", "-A", "-d", database, "-n", "anchor", "-t", "C,C,C", "-i", str(anchor)]
        subprocess.run(command, check=True, capture_output=True)
    said = subprocess.run(
        ["pdfsig", "-nssdir", str(trust), str(path)], check=False, capture_output=True, text=True
    ).stdout
    missing = [words for words in _WANTED if words not in said]
    if said.count("Signature #") != 1:
        missing.append("exactly one signature")
    return f"pdfsig misses {missing}" if missing else ""


def _log(session: Session, anchor: tuple[int, str] | None) -> Iterator[str]:
    """I8 and I9."""
    verification = events.verify(session, anchor)
    if not verification.sound:
        yield f"I8 the log is broken: {verification.fault}"
    acts = {act.value for act in Act}
    logged = Counter(
        (document, kind)
        for document, kind in session.execute(select(Event.document_id, Event.kind))
        if kind in acts and document is not None
    )
    clicked = Counter(
        (row[0], row[1]) for row in session.execute(select(SubmissionKey.document_id, SubmissionKey.act))
    )
    for document, act in logged.keys() | clicked.keys():
        if logged[document, act] != clicked[document, act]:
            yield f"I8 document {document}: {act} done {clicked[document, act]} times, logged {logged[document, act]}"
    sealed = Counter(session.scalars(select(Event.document_id).where(Event.kind.in_(["sealed", "issued"]))))
    for document, state in session.execute(select(Letter.document_id, Letter.state)):
        if sealed[document] != (0 if state == "pending" else 1):
            yield f"I8 document {document}: letter {state}, its making logged {sealed[document]} times"


def _clocks(session: Session) -> Iterator[str]:
    """I12: a limit runs once for a case, so that nobody is warned of it twice."""
    running = select(Clock.limit, Clock.case_id, Clock.document_id).where(
        Clock.done_at.is_(None), Clock.cancelled_at.is_(None)
    )
    rows = session.execute(running)
    for subject, count in Counter(
        (limit, case or f"document {document}") for limit, case, document in rows
    ).items():
        if count > 1:
            yield f"I12 {count} running clocks of {subject}"


def _letters_of_persons(session: Session) -> Iterator[str]:
    """I13: 一人一函."""
    wanted = Counter[str]()
    replies = select(Document).where(Document.paper == "settlement_government_reply", Document.state == "closed")
    for reply in session.scalars(replies):
        wanted.update(row["case_no"] for row in reply.answers["decisions"] if row.get("approved") == "yes")
    letters = select(Case.case_no).join(Document, Document.case_id == Case.id)
    there = Counter(session.scalars(letters.where(Document.paper == "police_registration_letter")))
    for case_no in wanted.keys() | there.keys():
        if wanted[case_no] != there[case_no]:
            yield f"I13 {case_no} was approved {wanted[case_no]} times and has {there[case_no]} letters"


def _database(session: Session) -> Iterator[str]:
    """I11."""
    if session.get_bind().dialect.name == "sqlite":
        answers = [row[0] for row in session.execute(text("PRAGMA integrity_check"))]
        answers += [f"foreign key of {row[0]}" for row in session.execute(text("PRAGMA foreign_key_check"))]
        wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
        set_to = {name: session.execute(text(f"PRAGMA {name}")).scalar_one() for name in wanted}
        answers += [
            f"{name} is {set_to[name]}, not {value}" for name, value in wanted.items() if set_to[name] != value
        ]
        yield from (f"I11 {answer}" for answer in answers if answer != "ok")
        return
    session.execute(text("CREATE EXTENSION IF NOT EXISTS amcheck"))
    heaps = (
        "SELECT c.relname, h.msg FROM pg_class c, LATERAL verify_heapam(c.oid) h WHERE c.relkind = 'r' AND {mine}"
    )
    trees = (
        "SELECT c.relname, bt_index_check(c.oid, true) FROM pg_class c JOIN pg_am a ON a.oid = c.relam "
        "WHERE a.amname = 'btree' AND c.relkind = 'i' AND {mine}"
    )
    mine = "c.relnamespace = 'public'::regnamespace"
    for name, fault in session.execute(text(heaps.format(mine=mine))):
        yield f"I11 {name}: {fault}"
    session.execute(text(trees.format(mine=mine))).all()  # raises when an index and its table disagree
