"""The signature: valid to other programs, final, repeatable; and nothing slips past the check."""

import base64
import io
import random
import re
import subprocess
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import pikepdf
import pytest
import time_machine

from pdf import certs, verify
from pdf.render import render
from pdf.seal import picture_seal, sample_seal
from pdf.sign import sign
from tests.pdf.conftest import PASSPHRASE
from tests.pdf.papers import NOW, ORGAN, letter, photo


@pytest.fixture(scope="module")
def plain() -> bytes:
    return render(letter()).pdf


@pytest.fixture(scope="module")
def issued(identity: certs.Identity, plain: bytes) -> bytes:
    return stamped(identity, plain)


@pytest.fixture(scope="module")
def roots(identity_folder: Path, identity: certs.Identity) -> list[bytes]:
    return [certs.trust_anchor(identity_folder)]


def stamped(identity: certs.Identity, pdf: bytes, when: datetime = NOW) -> bytes:
    return sign(
        pdf,
        identity=identity,
        seal=render(letter()).seal_box,
        seal_art=sample_seal(ORGAN),
        reason="发文用印",
        location="贵州省黔南州",
        signing_time=when,
    )


def test_pdfsig_finds_the_signature_valid_trusted_and_total(
    tmp_path: Path, issued: bytes, roots: list[bytes]
) -> None:
    (tmp_path / "letter.pdf").write_bytes(issued)
    (tmp_path / "root.pem").write_bytes(roots[0])
    database = f"sql:{tmp_path}"
    subprocess.run(["certutil", "-N", "-d", database, "--empty-password"], check=True)
    subprocess.run(
        ["certutil", "-A", "-d", database, "-n", "root", "-t", "C,C,C", "-i", str(tmp_path / "root.pem")],
        check=True,
    )
    told = subprocess.run(
        ["pdfsig", "-nssdir", database, str(tmp_path / "letter.pdf")], check=True, capture_output=True, text=True
    ).stdout
    for line in (
        "Signature is Valid",
        "Certificate is Trusted",
        "Total document signed",
        "ETSI.CAdES.detached",
        "SHA-256",
        ORGAN,
    ):
        assert line in told


def test_qpdf_finds_nothing_to_complain_of(tmp_path: Path, issued: bytes) -> None:
    (tmp_path / "letter.pdf").write_bytes(issued)
    assert (
        subprocess.run(
            ["qpdf", "--check", str(tmp_path / "letter.pdf")], check=False, capture_output=True
        ).returncode
        == 0
    )


def test_the_signature_certifies_and_allows_no_change(issued: bytes, plain: bytes) -> None:
    assert issued.startswith(plain)
    with pikepdf.open(io.BytesIO(issued)) as document:
        permission = document.Root.Perms.DocMDP.Reference[0].TransformParams.P
        assert int(permission) == 1
        (field,) = document.Root.AcroForm.Fields
        left, _, right, _ = map(float, field.Rect)
        assert right - left == pytest.approx(42 * 72 / 25.4, abs=0.05)
        assert len(field.AP.N.read_bytes()) > 2000
        assert str(field.V.Name) == ORGAN


def test_signing_again_gives_the_same_bytes(identity: certs.Identity, plain: bytes, issued: bytes) -> None:
    assert stamped(identity, plain) == issued
    assert stamped(identity, plain, NOW + timedelta(minutes=1)) != issued


def test_a_genuine_letter_is_told_as_such(issued: bytes, roots: list[bytes]) -> None:
    verdict = verify.check(issued, trust_roots=roots)
    assert verdict.genuine
    assert (verdict.signer, verdict.signed_at) == (ORGAN, NOW)
    assert not verdict.modified_after


def test_any_flipped_bit_is_noticed(issued: bytes, roots: list[bytes]) -> None:
    start, after = (int(part) for part in re.findall(rb"/ByteRange \[0 (\d+) (\d+)", issued)[0])
    draw = random.Random(9704)
    places = {
        *range(start - 2, start + 40),
        *draw.sample(range(start, after), 90),
        after - 1,
        after,
        *draw.sample(range(len(issued)), 60),
        0,
        len(issued) - 1,
    }
    for place in sorted(places):
        spoiled = bytearray(issued)
        spoiled[min(place, len(issued) - 1)] ^= draw.choice([1, 2, 4, 32, 128])
        try:
            verdict = verify.check(bytes(spoiled), trust_roots=roots)
        except verify.BadPdf:
            continue
        assert not verdict.genuine, place


def test_what_is_added_after_signing_is_noticed(issued: bytes, roots: list[bytes]) -> None:
    for addition in (b"\n", b"% note\n", b"\n1 0 obj\n<<>>\nendobj\n"):
        try:
            verdict = verify.check(issued + addition, trust_roots=roots)
        except verify.BadPdf:
            continue
        assert verdict.modified_after
        assert not verdict.genuine


def test_a_letter_signed_by_a_stranger_is_not_trusted(tmp_path: Path, plain: bytes, roots: list[bytes]) -> None:
    stranger = certs.ensure_identity(tmp_path, "x", ORGAN, passphrase="other", now=NOW)
    verdict = verify.check(stamped(stranger, plain), trust_roots=roots)
    assert verdict.intact
    assert not verdict.trusted
    assert not verdict.genuine


def test_an_unsigned_letter_is_told_as_such(plain: bytes, roots: list[bytes]) -> None:
    assert verify.check(plain, trust_roots=roots) == verify.Verdict(signed=False)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"%PDF-",
        b"%PDF-1.7\n%%EOF",
        b"%PDF-1.7\n" + b"<<" * 5000,
        b"%PDF-1.7\n" + bytes(range(256)) * 40,
        b"%PDF-1.7\nxref\n0 99999999\ntrailer<</Size 1/Root 1 0 R>>\nstartxref\n9\n%%EOF",
        b"PK\x03\x04",
        b"%PDF-" + b"a" * 20_000_001,
    ],
)
def test_hostile_bytes_are_answered_with_a_sentence(data: bytes, roots: list[bytes]) -> None:
    with pytest.raises(verify.BadPdf, match="文件"):
        verify.check(data, trust_roots=roots)


def test_half_a_letter_is_answered_with_a_sentence(issued: bytes, roots: list[bytes]) -> None:
    for part in (3, 100, len(issued) // 2, len(issued) - 200):
        with pytest.raises(verify.BadPdf, match="文件"):
            verify.check(issued[:part], trust_roots=roots)


def test_a_signature_may_be_invisible_or_carry_a_picture(
    identity: certs.Identity, plain: bytes, roots: list[bytes]
) -> None:
    art = picture_seal(base64.b64decode(photo((300, 300)).split(",")[1]))
    box = render(letter()).seal_box
    for seal, drawn in ((None, None), (box, art)):
        made = sign(
            plain, identity=identity, seal=seal, seal_art=drawn, reason="用印", location="黔南", signing_time=NOW
        )
        assert verify.check(made, trust_roots=roots).genuine


def test_a_seal_that_is_no_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="PNG"):
        picture_seal(b"not a picture")


def test_a_time_without_zone_is_refused(identity: certs.Identity, plain: bytes) -> None:
    with pytest.raises(ValueError, match="time zone"):
        stamped(identity, plain, NOW.replace(tzinfo=None))


def test_a_signed_letter_stays_good_when_the_certificate_has_run_out(
    identity: certs.Identity, plain: bytes, roots: list[bytes]
) -> None:
    made = stamped(identity, plain)
    with time_machine.travel(NOW + timedelta(days=15 * 365), tick=False):
        assert verify.check(made, trust_roots=roots).genuine


def test_a_wrong_passphrase_is_told_with_the_file(identity_folder: Path, identity: certs.Identity) -> None:
    with pytest.raises(certs.BadIdentity, match=r"522732\.p12"):
        certs.ensure_identity(identity_folder, identity.organ_code, ORGAN, passphrase="wrong", now=NOW)


def test_a_code_that_is_no_file_name_is_refused(tmp_path: Path) -> None:
    for code in ("../x", "a/b", "", "局"):
        with pytest.raises(ValueError, match="机构代码"):
            certs.ensure_identity(tmp_path, code, ORGAN, passphrase=PASSPHRASE, now=NOW)


def serial(folder: Path) -> int:
    return int(
        certs.ensure_identity(
            folder, "522701", "都匀市民政局", passphrase=PASSPHRASE, now=NOW
        ).certificate.serial_number
    )


def test_two_processes_that_ask_at_once_get_one_identity(tmp_path: Path) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert len(set(pool.map(serial, [tmp_path] * 2))) == 1
    assert {path.name for path in tmp_path.iterdir()} == {".lock", "authority.p12", "authority.pem", "522701.p12"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.glob("*.p12"))


def test_a_letter_is_light(issued: bytes) -> None:
    assert len(issued) <= 150_000
