"""Certificates: one private authority and one identity for every organ that seals papers.

They live in one folder as PKCS#12 files under a passphrase, with the authority's certificate beside them in PEM. Where an
organ has a token or a certificate of its own, its PKCS#12 file takes the place of the made one.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

#: RSA with SHA-256 keeps a file PDF 1.7, which PDF/A-3 asks for; 3072 bits last beyond 2030 and cost 0.5 ms more than 2048.
KEY_BITS: Final = 3072
AUTHORITY: Final = "authority"
AUTHORITY_NAME: Final = "黔南州救助管理文书签章机构"
_YEARS: Final = timedelta(days=3650)


class BadIdentity(RuntimeError):  # noqa: N818 - named for what is wrong
    """A PKCS#12 file cannot be opened: wrong passphrase, or damaged. The message names the file."""


@dataclass(frozen=True, slots=True)
class Identity:
    """An organ's certificate and key, opened and ready to sign."""

    organ_code: str
    organ_name: str
    certificate: asn1.Certificate
    issuer: asn1.Certificate
    key: rsa.RSAPrivateKey


def ensure_identity(folder: Path, organ_code: str, organ_name: str, *, passphrase: str, now: datetime) -> Identity:
    """The organ's identity, made when there is none yet; the authority likewise.

    Safe when several processes ask at once. `organ_code` is letters, digits, - and _ and names the file; `now` is when the
    certificate starts (its first day is the day before, against clocks that differ). Raises BadIdentity, ValueError.
    """
    if not organ_code.replace("-", "").replace("_", "").isalnum() or not organ_code.isascii():
        raise ValueError(f"机构代码“{organ_code}”只能用字母、数字、连字符和下划线")
    path = folder / f"{organ_code}.p12"
    if not path.exists():
        with _locked(folder):
            if not path.exists():
                _make(folder, path, organ_name, passphrase, now)
    return _open(path, path.stat().st_mtime_ns, organ_code, passphrase)


def trust_anchor(folder: Path) -> bytes:
    """The authority's certificate in PEM. Raises FileNotFoundError before the first identity was made."""
    return (folder / f"{AUTHORITY}.pem").read_bytes()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@lru_cache(maxsize=64)
def _open(path: Path, changed: int, organ_code: str, passphrase: str) -> Identity:
    key, certificate, others = _load(path, changed, passphrase)
    issuer = next((other for other in others if other.subject == certificate.issuer), certificate)
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return Identity(organ_code, str(names[0].value), _asn1(certificate), _asn1(issuer), key)


def _asn1(certificate: x509.Certificate) -> asn1.Certificate:
    return asn1.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


@lru_cache(maxsize=64)
def _load(
    path: Path, _changed: int, passphrase: str
) -> tuple[rsa.RSAPrivateKey, x509.Certificate, list[x509.Certificate]]:
    try:
        bundle = pkcs12.load_pkcs12(path.read_bytes(), passphrase.encode())
    except ValueError as error:
        raise BadIdentity(f"{path.name} 打不开：口令不对或文件已损坏") from error
    if not isinstance(bundle.key, rsa.RSAPrivateKey) or bundle.cert is None:
        raise BadIdentity(f"{path.name} 中没有RSA密钥和证书")
    return bundle.key, bundle.cert.certificate, [other.certificate for other in bundle.additional_certs]


def _make(folder: Path, path: Path, organ_name: str, passphrase: str, now: datetime) -> None:
    authority_file = folder / f"{AUTHORITY}.p12"
    if authority_file.exists():
        authority_key, authority, _ = _load(authority_file, authority_file.stat().st_mtime_ns, passphrase)
    else:
        authority_key = _new_key()
        authority = _certificate(AUTHORITY_NAME, authority_key, None, authority_key, now)
        _write(folder / f"{AUTHORITY}.pem", authority.public_bytes(serialization.Encoding.PEM))
        _write(authority_file, _bundle(AUTHORITY_NAME, authority_key, authority, [], passphrase))
    key = _new_key()
    certificate = _certificate(organ_name, key, authority, authority_key, now)
    _write(path, _bundle(organ_name, key, certificate, [authority], passphrase))


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)


def _bundle(
    name: str,
    key: rsa.RSAPrivateKey,
    certificate: x509.Certificate,
    others: list[x509.Certificate],
    passphrase: str,
) -> bytes:
    return pkcs12.serialize_key_and_certificates(
        name.encode(), key, certificate, others, serialization.BestAvailableEncryption(passphrase.encode())
    )


def _certificate(
    name: str,
    key: rsa.RSAPrivateKey,
    issuer: x509.Certificate | None,
    issuer_key: rsa.RSAPrivateKey,
    now: datetime,
) -> x509.Certificate:
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, name[:64]),
        ]
    )
    authority = issuer is None
    usage: dict[str, Any] = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + (2 * _YEARS if authority else _YEARS))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not authority,
                content_commitment=not authority,
                key_cert_sign=authority,
                crl_sign=authority,
                **usage,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, and readable by the owner only."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
