"""Public check of a letter: by its code or by the very file. Tells issuer, number, date and state; nothing personal."""

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.catalog import PAPERS
from forms.kit.phrases import Phrase
from pdf import certs, verify
from portal.models import Document, Letter


class Answer(StrEnum):
    """What a check says."""

    VALID = "valid"  # 有效
    VOID = "void"  # 已作废
    REPLACED = "replaced"  # 已作废并重发
    RECALLED = "recalled"  # 公告已撤回
    ALTERED = "altered"  # 文件被改动
    UNKNOWN = "unknown"  # 查无此件


@dataclass(frozen=True)
class Check:
    """The answer with what may be told to anybody: no title, no name."""

    answer: Answer
    issuer: str = ""
    genre: str = ""
    doc_no: str = ""
    signed_on: date | None = None
    replaced_by: str = ""  # number of the letter that took its place
    signature: str = ""  # what the signature itself says, for an uploaded file


def by_code(session: Session, code: str) -> Check:
    """Look a check code up; spaces, hyphens and case do not matter."""
    compact = "".join(code.split()).replace("-", "").upper()
    letter = session.scalar(select(Letter).where(Letter.check_code == compact, Letter.sha256.is_not(None)))
    return _of(session, letter) if letter else Check(Answer.UNKNOWN)


def by_file(session: Session, data: bytes, keys: Path) -> Check:
    """Check an uploaded PDF: the register's digest decides; a known letter with another digest was altered.

    The signature is read as well, so that a file is called altered also when its code was cut out.
    """
    letter = session.scalar(select(Letter).where(Letter.sha256 == hashlib.sha256(data).hexdigest()))
    if letter is not None:
        return _of(session, letter, signature=Phrase("数字签名完整，与登记的文件逐字节一致"))
    try:
        verdict = verify.check(data, trust_roots=[certs.trust_anchor(keys)])
    except (verify.BadPdf, FileNotFoundError):
        return Check(Answer.UNKNOWN)
    if verdict.signer:
        return Check(
            Answer.ALTERED,
            issuer=verdict.signer,
            signature=Phrase("文件带有本系统机关的签名，但内容与登记的不一致"),
        )
    return Check(Answer.UNKNOWN)


def _of(session: Session, letter: Letter, signature: str = "") -> Check:
    document = letter.document
    follower = session.scalar(select(Document).where(Document.replaces_id == document.id))
    answer = Answer.VALID
    if letter.state == "void":
        answer = Answer.REPLACED if follower is not None and follower.doc_no else Answer.VOID
    elif document.paper == "tracing_notice" and document.state == "closed":
        answer = Answer.RECALLED
    return Check(
        answer,
        issuer=document.issuer.name,
        genre=_genre(document),
        doc_no=letter.doc_no or "",
        signed_on=document.signed_on,
        replaced_by=(follower.doc_no or "") if follower else "",
        signature=signature,
    )


def _genre(document: Document) -> str:
    return PAPERS[document.paper].genre.value
