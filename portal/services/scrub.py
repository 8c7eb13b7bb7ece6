"""Reads one uploaded file and writes it anew; runs apart, in a process of its own with little memory and time.

Started by file name, so that nothing of the portal is loaded here: no settings, no database, no keys. The file comes
on standard input. On standard output stand one line of JSON and, when the file was good, the bytes to be kept: an
image is drawn again from its pixels, a PDF written again from its objects, so that nothing that merely travelled
along (a web page behind a picture, a program, a place where a photo was taken) is kept.
"""

import io
import json
import sys
import warnings
from collections.abc import Iterator
from typing import Any

MEGABYTE = 1024 * 1024
MOST_BYTES = 20 * MEGABYTE
MOST_PIXELS = 60_000_000
LONGEST_SIDE = 5_000  # pixels kept; an A4 page at 300 dpi has 3508
MOST_PAGES = 200
MEMORY = 900 * MEGABYTE  # address space, libraries included
SECONDS = 20  # of computing time

#: What the first bytes of other files look like, and what their owner should do.
_OTHERS = (
    ((b"GIF8",), "这是GIF图片，请另存为JPEG或PNG后再上传"),
    ((b"BM",), "这是BMP图片，请另存为JPEG或PNG后再上传"),
    ((b"II*\0", b"MM\0*"), "这是TIFF图片，请另存为JPEG、PNG或PDF后再上传"),
    ((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"), "这是Word、Excel等办公文件或压缩包，请另存为PDF后再上传"),
    ((b"Rar!", b"7z\xbc\xaf"), "这是压缩包，请解压后逐份上传PDF或图片"),
    ((b"MZ", b"\x7fELF", b"#!"), "这是程序文件，不能上传"),
)
#: Names in a PDF that make it act by itself, or carry other files.
_ACTING = {
    "/JavaScript": "含有脚本",
    "/JS": "含有脚本",
    "/Launch": "会启动其他程序",
    "/EmbeddedFile": "内嵌了其他文件",
    "/EmbeddedFiles": "内嵌了其他文件",
    "/RichMedia": "内嵌了多媒体",
    "/XFA": "是可编程表单",
    "/SubmitForm": "会向外发送内容",
    "/ImportData": "会读取其他文件",
    "/GoToR": "会打开其他文件",
    "/GoToE": "会打开其他文件",
}
_PRINT_AGAIN = "请用“打印为PDF”重新生成，或打印后扫描上传"


class Refused(Exception):  # noqa: N818 (an answer, not an error)
    """The file is not kept; the message, in Chinese, says what to do."""


def scrub(data: bytes) -> tuple[bytes, dict[str, Any]]:
    """Return the file written anew and what it is: mime, and width and height or pages. Refused otherwise."""
    if data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return _image(data)
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    raise Refused(_why_not(data))


def _why_not(data: bytes) -> str:
    for beginnings, sentence in _OTHERS:
        if data.startswith(beginnings):
            return sentence
    if data[4:8] == b"ftyp":
        if data[8:12] in {b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis"}:
            return "这是手机的HEIC照片，请在手机相机设置中改为“兼容性最佳”重拍，或另存为JPEG后再上传"
        return "这是视频或新格式图片，请另存为JPEG后再上传"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "这是WebP图片，请另存为JPEG或PNG后再上传"
    text = data[:2000].lower()
    if b"<svg" in text:
        return "这是SVG图形，请另存为PNG或PDF后再上传"
    if b"<html" in text or b"<script" in text or b"<?xml" in text or b"<!doctype" in text:
        return "这是网页文件，请打印为PDF后再上传"
    return "不认识这种文件，只能上传JPEG、PNG图片和PDF"


def _image(data: bytes) -> tuple[bytes, dict[str, Any]]:
    from PIL import Image, ImageOps, PngImagePlugin, UnidentifiedImageError  # noqa: PLC0415 (only after the limits are set)

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    PngImagePlugin.MAX_TEXT_MEMORY = MEGABYTE
    kind = "JPEG" if data.startswith(b"\xff\xd8") else "PNG"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.simplefilter("ignore", UserWarning)
            with Image.open(io.BytesIO(data), formats=(kind,)) as opened:
                opened.load()
                image = ImageOps.exif_transpose(opened)
                image = image.convert(_plain_mode(image, kind))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("图片像素过大（超过6000万像素），请缩小后再上传") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError) as error:
        raise Refused("图片已损坏，打不开，请重新拍照或扫描") from error
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.info.clear()
    if kind == "JPEG":
        image.save(out, "JPEG", quality=88, optimize=True)
    else:
        image.save(out, "PNG", compress_level=6)
    mime = f"image/{kind.lower()}"
    return out.getvalue(), {"mime": mime, "width": image.width, "height": image.height}


def _plain_mode(image: Any, kind: str) -> str:
    """Return grey or colour; a PNG keeps its transparency."""
    if kind == "PNG" and ("A" in image.getbands() or "transparency" in image.info):
        return "RGBA"
    return "L" if image.mode in {"1", "L"} else "RGB"


def _pdf(data: bytes) -> tuple[bytes, dict[str, Any]]:
    import pikepdf  # noqa: PLC0415 (only after the limits are set)

    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                raise Refused("这份PDF加了密，请去掉密码或权限限制后再上传")
            _drop_harmless_opening(pdf)
            for reason in _acting(pdf):
                raise Refused(f"这份PDF{reason}，不能上传，{_PRINT_AGAIN}")
            pages = len(pdf.pages)
            if not 1 <= pages <= MOST_PAGES:
                raise Refused(f"PDF最多{MOST_PAGES}页，请分成几份上传" if pages else "这份PDF没有页面，请重新生成")
            for page in pdf.pages:
                if not isinstance(page.obj, pikepdf.Dictionary):
                    raise Refused(f"PDF已损坏，打不开，{_PRINT_AGAIN}")
            for name in ("/Metadata", "/AF", "/Collection"):
                if name in pdf.Root:
                    del pdf.Root[name]
            if "/Info" in pdf.trailer:
                del pdf.trailer["/Info"]
            out = io.BytesIO()
            pdf.save(out, deterministic_id=True)
            return out.getvalue(), {"mime": "application/pdf", "pages": pages}
    except pikepdf.PasswordError as error:
        raise Refused("这份PDF加了密，请去掉密码后再上传") from error
    except (pikepdf.PdfError, pikepdf.ForeignObjectError, RuntimeError, ValueError, KeyError, TypeError) as error:
        raise Refused(f"PDF已损坏，打不开，{_PRINT_AGAIN}") from error


def _drop_harmless_opening(pdf: Any) -> None:
    """Take away an instruction that only says which page to show first; office programs write one into every file."""
    import pikepdf  # noqa: PLC0415

    opening = pdf.Root.get("/OpenAction")
    goes_to_page = (
        isinstance(opening, pikepdf.Dictionary) and opening.get("/S") == "/GoTo" and "/Next" not in opening
    )
    if isinstance(opening, pikepdf.Array) or goes_to_page:
        del pdf.Root["/OpenAction"]


def _acting(pdf: Any) -> Iterator[str]:
    """Yield what makes a PDF more than pages, wherever in the file it stands."""
    import pikepdf  # noqa: PLC0415

    if "/OpenAction" in pdf.Root:
        yield "打开时会自动运行命令"
    for thing in pdf.objects:
        yield from _acting_in(thing, pikepdf)


def _acting_in(thing: Any, pikepdf: Any, depth: int = 0) -> Iterator[str]:
    if depth > 60:
        yield "结构异常"
        return
    if isinstance(thing, pikepdf.Stream):
        thing = thing.stream_dict
    if isinstance(thing, pikepdf.Dictionary):
        for key in thing.keys():  # noqa: SIM118 (a PDF dictionary is not a mapping)
            if key in _ACTING:
                yield _ACTING[key]
            elif key == "/AA":
                yield "会自动运行命令"
            value = thing[key]
            if key in {"/S", "/Type", "/Subtype"} and str(value) in _ACTING:
                yield _ACTING[str(value)]
            if not getattr(value, "is_indirect", False):
                yield from _acting_in(value, pikepdf, depth + 1)
    elif isinstance(thing, pikepdf.Array):
        for value in thing:
            if not getattr(value, "is_indirect", False):
                yield from _acting_in(value, pikepdf, depth + 1)


def _limit() -> None:
    """Give this process little memory and time, no file to write, no further process."""
    import resource  # noqa: PLC0415

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Answer one file on standard input."""
    _limit()
    out = sys.stdout.buffer
    try:
        kept, about = scrub(sys.stdin.buffer.read(MOST_BYTES + 1))
    except Refused as refusal:
        kept, about = b"", {"refused": str(refusal)}
    except (MemoryError, RecursionError):
        kept, about = b"", {"refused": "文件展开后过大，系统不能处理，请缩小或分成几份"}
    out.write(json.dumps(about).encode() + b"\n")
    out.write(kept)
    out.flush()


if __name__ == "__main__":
    main()
