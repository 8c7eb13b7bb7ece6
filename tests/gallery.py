"""Every paper as it is printed, from the samples of its tests, sealed with a sample seal: to be looked at.

`python -m tests.gallery FOLDER` writes one PDF for each paper, a preview before signing and an issued one, with a PNG of each page.
"""

import base64
import importlib
import io
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from forms.catalog import PAPERS
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.paper import Paper
from pdf import certs, render, seal, sign
from portal import clock
from tests.forms import sample

CODE = "GALLERY34567"


#: Papers tested together with another: code → module and the name of their sample there.
TOGETHER = {
    "child_home_acceptance": ("minor_transfer_letter", "ACCEPTED"),
    "placement_termination": ("placement_approval", "ENDED"),
    "provincial_reply_record": ("provincial_reply", "RECORD_SAMPLE"),
    "contractor_monthly_inspection": ("custody_inspections", "SAMPLE"),
    "bureau_custody_inspection": ("custody_inspections", "BUREAU_SAMPLE"),
    "rectification_report": ("custody_rectification", "REPORT_SAMPLE"),
}


def sample_of(code: str) -> tuple[Any, Mapping[str, Any]]:
    """Return the test module of a paper and its sample answers."""
    name, sample_name = TOGETHER.get(code, (code, "SAMPLE"))
    module = importlib.import_module(f"tests.forms.test_{name}")
    return module, getattr(module, sample_name)


def _facts(module: Any) -> Facts:
    """Return the facts a paper's tests begin from."""
    known = getattr(module, "known", None)
    found = known() if known else getattr(module, "KNOWN", getattr(module, "NEW", None))
    return found if isinstance(found, Facts) else sample.facts()


def _photo() -> str:
    picture = Image.new("RGB", (700, 900), "#dfe5ec")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((230, 160, 470, 460), fill="#8d99a8")
    pen.ellipse((110, 520, 590, 1200), fill="#8d99a8")
    held = io.BytesIO()
    picture.save(held, "PNG")
    return "data:image/png;base64," + base64.b64encode(held.getvalue()).decode()


def _pictured(value: Any, photo: str) -> Any:
    """Put the photo wherever a face refers to one."""
    if isinstance(value, Mapping):
        return {key: _pictured(part, photo) for key, part in value.items()}
    if isinstance(value, list):
        return [_pictured(part, photo) for part in value]
    return photo if isinstance(value, str) and value.startswith("sha256:") else value


def _stamp(kind: type[Paper], facts: Facts) -> Stamp:
    sealed = kind.chain.freezes_at == "seal"
    names = dict(
        zip((step.name for step in kind.chain.steps), ("韦小兰", "蒙天福", "陆德音", "石若水"), strict=False)
    )
    return Stamp(
        doc_no="平民函〔2026〕37号" if sealed else None,
        signed_on=date(2026, 10, 13),
        signer="陆德音",
        seal={"text": facts.issuer.name, "diameter_mm": facts.issuer.seal_mm, "sample": True} if sealed else None,
        check={"code": CODE, "url": f"http://localhost/check/{CODE}"},
        names=names,
        issued_on=date(2026, 10, 14),
    )


def write(folder: Path) -> int:
    """Write every paper twice; return how many files were written."""
    folder.mkdir(parents=True, exist_ok=True)
    photo, written = _photo(), 0
    with tempfile.TemporaryDirectory() as keys:
        for number, (code, kind) in enumerate(PAPERS.items(), start=1):
            module, answers = sample_of(code)
            facts = _facts(module)
            paper, stamp = kind.read(answers, facts), _stamp(kind, facts)
            preview = render.render(_pictured(paper.face(facts, Stamp()), photo)).pdf
            made = render.render(_pictured(paper.face(facts, stamp), photo))
            art = (
                seal.sample_seal(stamp.seal["text"], diameter_mm=stamp.seal["diameter_mm"]) if stamp.seal else None
            )
            organ = facts.issuer
            identity = certs.ensure_identity(
                Path(keys), organ.code, organ.name, passphrase="gallery", now=clock.now()
            )
            issued = sign.sign(
                made.pdf, identity=identity, seal=made.seal_box, seal_art=art, reason=kind.title, location=organ.name,
                signing_time=clock.now(),
            )  # fmt: skip
            for state, data in (("preview", preview), ("issued", issued)):
                path = folder / f"{number:02d}-{code}-{state}.pdf"
                path.write_bytes(data)
                subprocess.run(["pdftoppm", "-r", "70", "-png", str(path), str(path.with_suffix(""))], check=True)
                written += 1
    return written


if __name__ == "__main__":
    target = Path(sys.argv[1])
    sys.stdout.write(f"{write(target)} papers in {target}\n")
