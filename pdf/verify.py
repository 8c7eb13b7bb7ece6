"""Checking an issued PDF: is it ours, is it whole, was it touched.

`check` reads hostile bytes: whatever is uploaded, it answers with a verdict or raises BadPdf, never anything else.
"""

import io
import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from asn1crypto import algos, cms
from asn1crypto import pem as asn1_pem
from asn1crypto import x509 as asn1
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator import ValidationContext

#: Larger files are refused unread: no paper of this product comes near.
GREATEST_SIZE: Final = 20_000_000
_RANGES: Final = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")


class BadPdf(ValueError):  # noqa: N818 - named for what the reader is told
    """The bytes are no PDF that can be read; the message is one Chinese sentence for the reader."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the signature of a PDF says.

    `intact`: what was signed is unchanged. `trusted`: the certificate comes from the given roots and was valid when signing.
    `covers_whole_file`: nothing stands outside the signature. `modified_after`: something was added or changed after signing.
    `signer` is the organ's name, `signed_at` the time that the signature claims. All false or None when not signed.
    """

    signed: bool
    intact: bool = False
    trusted: bool = False
    covers_whole_file: bool = False
    modified_after: bool = False
    signer: str | None = None
    signed_at: datetime | None = None

    @property
    def genuine(self) -> bool:
        """Signed by a trusted organ, whole and untouched."""
        return self.signed and self.intact and self.trusted and self.covers_whole_file and not self.modified_after


def check(data: bytes, *, trust_roots: Sequence[bytes]) -> Verdict:
    """Judge a PDF. `trust_roots` are certificates in PEM (see certs.trust_anchor). Raises BadPdf."""
    if len(data) > GREATEST_SIZE:
        raise BadPdf("文件过大，不是本系统签发的文书")
    if not data.startswith(b"%PDF-"):
        raise BadPdf("上传的文件不是PDF文件")
    with _quiet():
        try:
            return _judge(data, trust_roots)
        except BadPdf:
            raise
        except RecursionError as error:
            raise BadPdf("文件结构异常，无法核验") from error
        except Exception as error:  # the file is hostile: whatever it breaks in the parser is its fault
            raise BadPdf("文件已损坏或结构异常，无法核验") from error


def _judge(data: bytes, trust_roots: Sequence[bytes]) -> Verdict:
    reader = PdfFileReader(io.BytesIO(data))
    signatures = reader.embedded_regular_signatures
    if not signatures:
        return Verdict(signed=False)
    signature = signatures[0]
    signed_at = signature.self_reported_timestamp
    status = validate_pdf_signature(
        signature, signer_validation_context=_context(trust_roots, signed_at), skip_diff=True
    )
    whole = len(signatures) == 1 and _covers(data, signature)
    names = signature.signer_cert.subject.native
    return Verdict(
        signed=True,
        intact=bool(status.intact and status.valid),
        trusted=bool(status.trusted),
        covers_whole_file=whole,
        modified_after=not whole,
        signer=str(names.get("common_name", "")),
        signed_at=signed_at,
    )


def _context(trust_roots: Sequence[bytes], moment: datetime | None) -> ValidationContext:
    """Trust the roots only, ask no network, and judge the certificate at the time of signing.

    A letter stays good when its signer's certificate has run out; the authority withdraws nothing, it has few organs.
    """
    roots = [asn1.Certificate.load(asn1_pem.unarmor(root)[2]) for root in trust_roots]
    return ValidationContext(
        trust_roots=roots,
        allow_fetching=False,
        moment=moment,
        best_signature_time=moment,
        time_tolerance=timedelta(seconds=1),
    )


def _covers(data: bytes, signature: EmbeddedPdfSignature) -> bool:
    """Whether the signed ranges are the whole file but for the signature's own digits, and those are as they were written.

    The digits are outside every signature's protection, so they must be exactly the signature and its padding.
    """
    first, length, second, rest = (int(part) for part in signature.byte_range)
    if first != 0 or second + rest != len(data) or length > second:
        return False
    written = data[length:second]
    content = bytes(signature.sig_object.raw_get("/Contents"))
    der = _canonical(signature)
    return (
        content.startswith(der)
        and written == b"<" + (der + bytes(len(content) - len(der))).hex().upper().encode() + b">"
    )


def _canonical(signature: EmbeddedPdfSignature) -> bytes:
    """The container as pdf.sign writes it around what is signed, trusted or random: nothing else may be hidden in it."""
    given: Any = signature.signed_data
    info = given["signer_infos"][0]
    parts: dict[str, Any] = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            {
                "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                    {"issuer": signature.signer_cert.issuer, "serial_number": signature.signer_cert.serial_number}
                )
            }
        ),
        "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
        "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_rsa"}),
        "signed_attrs": info["signed_attrs"],
        "signature": info["signature"],
    }
    if info["unsigned_attrs"].native:  # the timestamp, where there is one, is signed by its own service
        parts["unsigned_attrs"] = info["unsigned_attrs"]
    container = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
            "encap_content_info": {"content_type": "data"},
            "certificates": [signature.signer_cert],
            "signer_infos": [cms.SignerInfo(parts)],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": container}).dump())


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the parser's complaints about a hostile file out of the log, where they would only be noise."""
    log = logging.getLogger("pyhanko")
    log_validator = logging.getLogger("pyhanko_certvalidator")
    levels = log.level, log_validator.level
    log.setLevel(logging.CRITICAL + 1)
    log_validator.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        log.setLevel(levels[0])
        log_validator.setLevel(levels[1])
