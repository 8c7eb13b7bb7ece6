"""How fast papers become signed PDFs, beside the obvious ways to do it: `python -m benchmarks.letters`.

Every way runs in its own process and all take turns in blocks of five, so that a busy machine slows all alike; trust the
ratios. "plain" is WeasyPrint as its manual begins (fonts by @font-face in every document) and pyHanko's
sign_pdf with a picture of the seal; it uses the same built fonts, the same pages, the same key.
"""

import io
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta, timezone
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

ORGAN = "三都水族自治县民政局"
NOW = datetime(2026, 9, 28, 10, tzinfo=timezone(timedelta(hours=8)))
PASSPHRASE = "benchmark"
BLOCK, ROUNDS = 5, 6
BATCH, PLAIN_BATCH = 200, 40
NAMES = "韦蒙潘陆罗莫黎覃龙杨石吴王李张陈刘岑白梁"


def letter(index: int) -> dict[str, Any]:
    """One page of letter, different for every index."""
    person = f"{NAMES[index % 20]}{'山水田林石云文国明秀'[index // 20 % 10]}{'生平安康福贵祥荣华民'[index % 10]}"
    return {
        "face": "letter",
        "issuer": ORGAN,
        "urgency": None,
        "doc_no": f"三民函〔2026〕{index + 1}号",
        "title": f"{ORGAN}关于商请将受助人员{person}转移至州级区域中心站集中照料的函",
        "keep": [person],
        "addressee": "黔南州救助管理站",
        "paragraphs": [
            {
                "text": f"2026年9月{index % 28 + 1}日，三都水族自治县救助管理站依法对受助人员{person}（男，52岁）实施救助，"
                f"救助编号为JZ522732{index:08d}。经本人自述并经指纹比对核实，其身份信息已经查明。"
                "因我县无分区照料条件，难以在县内开展站内照料。"
            },
            {
                "text": "为保障受助人员基本生活和人身安全，现商请贵站予以接收并提供集中照料。拟于2026年9月30日由我县派员护送到站，"
                "预计照料30天。"
            },
            {"text": "特此函商，请予函复。"},
        ],
        "attachments": [],
        "signed_by": ORGAN,
        "signed_date": "2026年9月28日",
        "cc": [],
        "annexes": [],
        "contact": "联系人：韦小兰，联系电话：0854-3921234",
        "seal": {"text": ORGAN, "diameter_mm": 42, "sample": True},
        "check": {"code": f"QN7K-{index:04d}", "url": f"https://relief.example/c/QN7K{index:04d}"},
        "void": False,
    }


def table(index: int) -> dict[str, Any]:
    """Two pages of form: forty fields, a list that runs over the page, ticks, a statement, signatures."""
    fields = [
        [{"label": f"栏目{row}{column}", "value": f"第{index}份登记内容{row * column}"} for column in range(1, 4)]
        for row in range(1, 13)
    ]
    rows = [[str(n), f"物品名称{index + n}", str(n), "完好，双方当面核对"] for n in range(1, 26)]
    return {
        "face": "table",
        "title": "受助人员转移交接单",
        "orientation": "portrait",
        "number_line": {"left": f"编号：JJ2026-{index:04d}", "right": "2026年9月30日"},
        "blocks": [
            {"kind": "fields", "heading": "一、基本信息", "rows": fields},
            {
                "kind": "list",
                "heading": "二、随身物品",
                "columns": [
                    {"label": "序号", "width": 1, "align": "center"},
                    {"label": "名称", "width": 4},
                    {"label": "数量", "width": 1, "align": "right"},
                    {"label": "状况", "width": 4},
                ],
                "rows": rows,
                "totals": None,
            },
            {"kind": "statement", "text": "本表所列人员、物品和材料经双方当面核对无误。"},
            {
                "kind": "signatures",
                "boxes": [{"label": label, "name": "", "time": ""} for label in ("移交人", "接收人")],
            },
        ],
        "foot": [["填表人", "韦小兰"], ["审核人", "蒙天福"]],
        "copies": "一式三份",
        "seal": None,
        "check": None,
        "void": False,
    }


# --- the ways ---------------------------------------------------------------------------------------------------------


def tuned(folder: Path) -> dict[str, Callable[[int], int]]:
    """This project's way. Each function gives the size of what it made in bytes."""
    from pdf import certs, render, seal, sign  # noqa: PLC0415 - every process imports only what it measures

    identity = certs.ensure_identity(folder, "bench", ORGAN, passphrase=PASSPHRASE, now=NOW)
    art = seal.sample_seal(ORGAN)

    def signed(index: int) -> int:
        made = render.render(letter(index))
        assert made.pages == 1
        return len(
            sign.sign(
                made.pdf,
                identity=identity,
                seal=made.seal_box,
                seal_art=art,
                reason="发文用印",
                location="贵州省黔南州",
                signing_time=NOW,
            )
        )

    return {
        "letter, unsigned": lambda index: len(render.render(letter(index)).pdf),
        "letter, signed": signed,
        "form, two pages": lambda index: len(render.render(table(index)).pdf),
    }


TABLE_CSS = """
@page { size: A4; margin: 25mm 20mm 25mm 25mm; @bottom-right { content: "— " counter(page) " —" } }
body { font: 12pt/1.4 "Relief Fangsong"; margin: 0 }
h1 { font: 22pt/1.3 "Relief Song"; text-align: center; margin: 0 0 4mm }
table { width: 100%; border-collapse: collapse; table-layout: fixed }
th, td { border: .5pt solid #000; padding: 1mm 1.5mm; text-align: left }
th { font-family: "Relief Hei"; font-weight: normal; text-align: center }
tr { break-inside: avoid }
"""


def _html_table(content: dict[str, Any]) -> str:
    """The form as HTML tables, as anyone would write it."""
    fields, listing, statement, signatures = content["blocks"]
    rows = "".join(
        "<tr>" + "".join(f"<th>{c['label']}</th><td>{c['value']}</td>" for c in row) + "</tr>"
        for row in fields["rows"]
    )
    head = "".join(f"<th>{column['label']}</th>" for column in listing["columns"])
    items = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in listing["rows"])
    boxes = "".join(f"<td>{box['label']}：</td>" for box in signatures["boxes"])
    foot = "　".join(f"{label}：{name}" for label, name in content["foot"])
    return (
        f"<!doctype html><html lang=zh-CN><head><title>{content['title']}</title></head><body><h1>{content['title']}</h1>"
        f"<table><tr><th colspan=6>{fields['heading']}</th></tr>{rows}</table>"
        f"<table><thead><tr><th colspan=4>{listing['heading']}</th></tr><tr>{head}</tr></thead><tbody>{items}</tbody></table>"
        f"<table><tr><td colspan=2>{statement['text']}</td></tr><tr>{boxes}</tr></table><p>{foot}</p></body></html>"
    )


def _pages() -> Callable[[dict[str, Any]], str]:
    """The page as one HTML file with its style and @font-face, as a first attempt would write it."""
    from pdf import engine, faces, fonts  # noqa: PLC0415

    faces_css = "".join(
        f'@font-face {{ font-family: "{face.family}"; src: url("{face.path.as_uri()}") }}\n'
        for face in fonts.faces().values()
    )
    taken: list[tuple[str, str]] = []

    def take(html: str, *, style: str) -> engine.Typeset:
        taken.append((html, style))
        return engine.Typeset(b"", 1, None)

    engine.to_pdf = take

    def page(content: dict[str, Any]) -> str:
        if content["face"] == "table":
            html, css = _html_table(content), TABLE_CSS
        else:
            faces.FACES[content["face"]](content)
            html, style = taken.pop()
            css = "".join((engine.STYLES / f"{part}.css").read_text("utf-8") for part in engine.STYLE_PARTS[style])
        return html.replace("</head>", f"<style>{faces_css}{css}</style></head>")

    return page


def plain(folder: Path) -> dict[str, Callable[[int], int]]:
    """WeasyPrint and pyHanko as their manuals begin."""
    import weasyprint  # noqa: PLC0415
    from PIL import Image, ImageDraw  # noqa: PLC0415
    from pyhanko import stamp  # noqa: PLC0415
    from pyhanko.pdf_utils.images import PdfImage  # noqa: PLC0415
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415
    from pyhanko.sign import fields, signers  # noqa: PLC0415

    page = _pages()
    signer = signers.SimpleSigner.load_pkcs12(str(folder / "bench.p12"), passphrase=PASSPHRASE.encode())
    picture = Image.new("RGBA", (600, 600), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((8, 8, 592, 592), outline=(212, 0, 0, 255), width=18)
    pen.ellipse((220, 220, 380, 380), fill=(212, 0, 0, 255))

    def unsigned(content: dict[str, Any]) -> bytes:
        return bytes(weasyprint.HTML(string=page(content)).write_pdf())

    def signed(index: int) -> int:
        made = io.BytesIO(unsigned(letter(index)))
        style = stamp.TextStampStyle(
            stamp_text=" ", background=PdfImage(picture), background_opacity=1, border_width=0
        )
        metadata = signers.PdfSignatureMetadata(
            field_name="Seal",
            reason="发文用印",
            location="贵州省黔南州",
            certify=True,
            subfilter=fields.SigSeedSubFilter.PADES,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        )
        made = signers.PdfSigner(
            metadata,
            signer=signer,
            stamp_style=style,
            new_field_spec=fields.SigFieldSpec("Seal", on_page=0, box=(340, 150, 459, 269)),
        ).sign_pdf(IncrementalPdfFileWriter(made))
        return len(made.getvalue())

    return {
        "letter, unsigned": lambda index: len(unsigned(letter(index))),
        "letter, signed": signed,
        "form, two pages": lambda index: len(unsigned(table(index))),
    }


def chromium(folder: Path) -> dict[str, Callable[[int], int]]:
    """Chromium, kept running, printing the same pages; it cannot sign."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    page = _pages()
    browser = (
        sync_playwright()
        .start()
        .chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--allow-file-access-from-files"]
        )
    )
    tab = browser.new_page()
    path = folder / "chromium.html"

    def printed(content: dict[str, Any]) -> int:
        path.write_text(page(content), "utf-8")
        tab.goto(path.as_uri())
        return len(tab.pdf(prefer_css_page_size=True))

    return {
        "letter, unsigned": lambda index: printed(letter(index)),
        "form, two pages": lambda index: printed(table(index)),
    }


def libreoffice(folder: Path) -> dict[str, Callable[[int], int]]:
    """LibreOffice from the command line, converting the same pages; it cannot sign."""
    page = _pages()
    program = shutil.which("soffice")
    assert program

    def converted(content: dict[str, Any]) -> int:
        (folder / "office.html").write_text(page(content), "utf-8")
        subprocess.run(
            [
                program,
                "--headless",
                "--convert-to",
                "pdf:writer_web_pdf_Export",
                "--outdir",
                str(folder),
                str(folder / "office.html"),
            ],
            check=True,
            capture_output=True,
        )
        return (folder / "office.pdf").stat().st_size

    return {"letter, unsigned": lambda index: converted(letter(index))}


# --- measuring --------------------------------------------------------------------------------------------------------


def _peak() -> float:
    """Return the most memory this program has had, in MB. (ru_maxrss would tell that of the program that started it.)"""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def _worker(way: Callable[[Path], dict[str, Callable[[int], int]]], folder: Path, line: Connection) -> None:
    jobs = way(folder)
    for job in jobs.values():
        job(0)
    line.send(list(jobs))
    while order := line.recv():
        name, start = order
        times, size = [], 0
        for index in range(start, start + BLOCK):
            began = time.perf_counter()
            size = jobs[name](index)
            times.append((time.perf_counter() - began) * 1000)
        line.send((times, size, _peak()))


def _interleaved(ways: dict[str, Callable[[Path], dict[str, Callable[[int], int]]]], folder: Path) -> None:
    context = get_context("spawn")
    lines, jobs = {}, {}
    for name, way in ways.items():
        lines[name], far = context.Pipe()
        context.Process(target=_worker, args=(way, folder, far), daemon=True).start()
        jobs[name] = lines[name].recv()
    found: dict[tuple[str, str], list[float]] = {}
    sizes: dict[tuple[str, str], tuple[int, float]] = {}
    for turn in range(ROUNDS):
        for job in jobs["this project"]:
            for name, line in lines.items():
                if job in jobs[name]:
                    line.send((job, 1 + turn * BLOCK))
                    times, size, memory = line.recv()
                    found.setdefault((job, name), []).extend(times)
                    sizes[job, name] = size, memory
    for line in lines.values():
        line.send(None)
    _say(f"{'work':<20}{'way':<18}{'median ms':>10}{'p95 ms':>9}{'times faster':>14}{'kB':>7}{'MB':>6}")
    for (job, name), times in sorted(found.items()):
        base = statistics.median(found[job, "plain"])
        middle, late = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        size, memory = sizes[job, name]
        _say(
            f"{job:<20}{name:<18}{middle:>10.1f}{late:>9.1f}{base / middle:>14.2f}{size / 1000:>7.0f}{memory:>6.0f}"
        )


_jobs: dict[str, Callable[[int], int]] = {}


def _start(way: Callable[[Path], dict[str, Callable[[int], int]]], folder: Path) -> None:
    _jobs.update(way(folder))
    _jobs["letter, signed"](0)


def _signed(index: int) -> tuple[int, float]:
    return _jobs["letter, signed"](index), _peak()


def _batch(
    way: Callable[[Path], dict[str, Callable[[int], int]]], folder: Path, count: int
) -> tuple[float, float, float]:
    """Letters a second on two warm processes, kB a letter, MB of the larger process."""
    with ProcessPoolExecutor(
        2, mp_context=get_context("spawn"), initializer=_start, initargs=(way, folder)
    ) as pool:
        list(pool.map(_signed, range(4)))
        began = time.perf_counter()
        made = list(pool.map(_signed, range(count), chunksize=5))
        took = time.perf_counter() - began
    return count / took, max(size for size, _ in made) / 1000, max(memory for _, memory in made)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    """Measure and print one table."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        ways = {"plain": plain, "this project": tuned}
        tuned(folder)
        if shutil.which("chromium"):
            ways["Chromium"] = chromium
        if shutil.which("soffice"):
            ways["LibreOffice"] = libreoffice
        _say(
            f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; {ROUNDS * BLOCK} of each, in turns of {BLOCK}"
        )
        _interleaved(ways, folder)
        slow, *_ = _batch(plain, folder, PLAIN_BATCH)
        fast, size, memory = _batch(tuned, folder, BATCH)
        _say(
            f"two processes, signed letters a second: plain {slow:.1f} ({PLAIN_BATCH} letters), this project {fast:.1f} "
            f"({BATCH} letters), {fast / slow:.1f} times; {size:.0f} kB a letter at most, {memory:.0f} MB a process"
        )


if __name__ == "__main__":
    main()
