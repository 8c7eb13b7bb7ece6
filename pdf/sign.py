"""Signing: the digital signature and, where a box is given, the visible seal it carries.

PAdES-B-B (ETSI EN 319 142-1) as a certification signature that allows no later change (DocMDP 1). The file that goes in is an
exact prefix of the file that comes out. The same input, identity and time give the same bytes, so issuing can be repeated.
"""

import asyncio
import hashlib
import io
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import (
    PdfCMSEmbedder,
    SigAppearanceSetup,
    SigIOSetup,
    SigMDPSetup,
    SigObjSetup,
)
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.timestamps import HTTPTimeStamper
from pyhanko.stamp import BaseStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pdf.certs import Identity
from pdf.seal import SealArt, SealBox

FIELD: Final = "Seal"
DIGEST: Final = "sha256"
#: Room for the signature, twice its bytes (it is written as hexadecimal): chain and RSA-3072, and a timestamp token.
RESERVED: Final = 2 * 3072
RESERVED_TIMESTAMP: Final = 2 * 12288


class OrganSigner(Signer):
    """Signs with a key that is already open.

    pyHanko's SimpleSigner parses and checks the key at every signature, 100 ms each time with RSA-3072.
    """

    def __init__(self, identity: Identity) -> None:
        super().__init__(
            signing_cert=identity.certificate, cert_registry=SimpleCertificateStore(), embed_roots=False
        )
        self._key = identity.key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """RSA with SHA-256 (the one digest this module asks for)."""
        if digest_algorithm != DIGEST:
            raise ValueError(digest_algorithm)
        return bytes(self._key.key_size // 8) if dry_run else self._key.sign(data, PKCS1v15(), hashes.SHA256())


class _SealStyle(BaseStampStyle):
    """Hands pyHanko a drawn seal as the appearance of the signature field."""

    def __init__(self, art: SealArt) -> None:
        super().__init__()
        object.__setattr__(self, "art", art)

    def create_stamp(self, writer: Any, _box: Any, _text_params: Any) -> "_SealStamp":
        return _SealStamp(writer, self.art)


class _SealStamp:
    def __init__(self, writer: Any, art: SealArt) -> None:
        self._writer, self._art = writer, art

    def apply_appearance(self, annotation: Any) -> None:
        art = self._art
        form: dict[str, Any] = {
            "/Type": pdf_name("/XObject"),
            "/Subtype": pdf_name("/Form"),
            "/BBox": generic.ArrayObject(map(generic.FloatObject, (0, 0, art.width, art.height))),
        }
        content = art.stream
        if art.pixels != (0, 0):
            picture = self._picture(art)
            form["/Resources"] = _dictionary({"/XObject": _dictionary({"/Seal": picture})})
            content = b"q %.3f 0 0 %.3f 0 0 cm /Seal Do Q" % (art.width, art.height)
        else:
            form["/Filter"] = pdf_name("/FlateDecode")
        stream = generic.StreamObject(dict_data=_names(form), encoded_data=content)
        annotation["/AP"] = _dictionary({"/N": self._writer.add_object(stream)})

    def _picture(self, art: SealArt) -> Any:
        def image(space: str, data: bytes, more: dict[str, Any]) -> Any:
            entries = {
                "/Type": pdf_name("/XObject"),
                "/Subtype": pdf_name("/Image"),
                "/ColorSpace": pdf_name(space),
                "/BitsPerComponent": generic.NumberObject(8),
                "/Filter": pdf_name("/FlateDecode"),
                "/Width": generic.NumberObject(art.pixels[0]),
                "/Height": generic.NumberObject(art.pixels[1]),
                **more,
            }
            return self._writer.add_object(generic.StreamObject(dict_data=_names(entries), encoded_data=data))

        return image("/DeviceRGB", art.stream, {"/SMask": image("/DeviceGray", art.mask, {})})


def _names(entries: dict[str, Any]) -> dict[Any, Any]:
    return {pdf_name(key): value for key, value in entries.items()}


def _dictionary(entries: dict[str, Any]) -> Any:
    return generic.DictionaryObject(_names(entries))


@dataclass(frozen=True, slots=True)
class _Container:
    """An organ's CMS container with two holes, for the digest and for the signature.

    Between two papers of one organ nothing else differs (PAdES-B-B carries no time in it), and building it anew with
    asn1crypto takes ten times as long as the RSA operation.
    """

    key: rsa.RSAPrivateKey
    attributes: tuple[bytes, bytes]  # the signed attributes before and after the digest
    whole: tuple[bytes, bytes, bytes]  # the container before the digest, up to the signature, and after it

    def fill(self, digest: bytes) -> bytes:
        signature = self.key.sign(digest.join(self.attributes), PKCS1v15(), hashes.SHA256())
        before, between, after = self.whole
        return before + digest + between + signature + after


@lru_cache(maxsize=64)
def _container(identity: Identity) -> _Container:
    mark = hashlib.sha256(b"where the digest goes").digest()
    made = _run(_signer(identity).async_sign(mark, DIGEST, use_pades=True))
    info = made["content"]["signer_infos"][0]
    attributes = info["signed_attrs"].untag().dump().split(mark)
    before, rest = made.dump().split(mark)
    between, after = rest.split(info["signature"].native)
    return _Container(identity.key, (attributes[0], attributes[1]), (before, between, after))


@lru_cache(maxsize=64)
def _signer(identity: Identity) -> OrganSigner:
    return OrganSigner(identity)


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run pyHanko's asynchronous call from synchronous code, also where a loop is already running."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as other:
        return other.submit(asyncio.run, work).result()


def sign(
    pdf: bytes,
    *,
    identity: Identity,
    seal: SealBox | None,
    seal_art: SealArt | None,
    reason: str,
    location: str,
    signing_time: datetime,
    timestamp_url: str | None = None,
) -> bytes:
    """Sign a PDF in the name of an organ.

    `seal` and `seal_art` together make the signature visible; either may be None. `signing_time` must know its time zone.
    `timestamp_url` names an RFC 3161 service, asked over the network when given. Raises ValueError for a time without zone;
    pyHanko's PdfReadError when `pdf` is none.
    """
    if signing_time.tzinfo is None:
        raise ValueError("signing_time has no time zone")
    stream = io.BytesIO(pdf)
    writer = IncrementalPdfFileWriter(stream)
    _fix_id(writer, pdf, signing_time)
    writer._update_meta = _leave_alone
    visible = seal is not None and seal_art is not None
    field = SigFieldSpec(
        FIELD,
        on_page=seal.page if seal else 0,
        box=(round(seal.x, 2), round(seal.y, 2), round(seal.x + seal.width, 2), round(seal.y + seal.height, 2))
        if seal and visible
        else None,
    )
    steps = PdfCMSEmbedder(new_field_spec=field).write_cms(field_name=FIELD, writer=writer)
    next(steps)
    steps.send(
        SigObjSetup(
            sig_placeholder=SignatureObject(
                timestamp=signing_time,
                subfilter=SigSeedSubFilter.PADES,
                name=identity.organ_name,
                location=location,
                reason=reason,
                bytes_reserved=RESERVED_TIMESTAMP if timestamp_url else RESERVED,
            ),
            mdp_setup=SigMDPSetup(md_algorithm=DIGEST, certify=True, docmdp_perms=MDPPerm.NO_CHANGES),
            appearance_setup=SigAppearanceSetup(_SealStyle(seal_art), signing_time, identity.organ_name)
            if seal_art and visible
            else None,
        )
    )
    prepared, output = steps.send(SigIOSetup(md_algorithm=DIGEST, in_place=True))
    if timestamp_url:
        steps.send(
            _run(
                _signer(identity).async_sign(
                    prepared.document_digest, DIGEST, use_pades=True, timestamper=HTTPTimeStamper(timestamp_url)
                )
            )
        )
    else:
        steps.send(_container(identity).fill(prepared.document_digest))
    return bytes(output.getvalue())


def _leave_alone() -> None:
    """The time of the signature stands in the signature; the description of the paper stays as it was typeset."""


def _fix_id(writer: IncrementalPdfFileWriter, pdf: bytes, signing_time: datetime) -> None:
    """Replace the random file identifier by one drawn from the content."""
    seed = hashlib.sha256(pdf).digest()
    second = hashlib.sha256(seed + signing_time.isoformat().encode()).digest()
    identifier = generic.ArrayObject(generic.ByteStringObject(part[:16]) for part in (seed, second))
    writer._document_id = identifier
