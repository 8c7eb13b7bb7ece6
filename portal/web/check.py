"""The public check of a printed letter, by its code or by the very file: who issued it, its number, whether it stands."""

import re
from contextlib import closing
from datetime import timedelta

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from portal.services import checks, ratelimit
from portal.services.checks import Answer, Check
from portal.web.common import read, see_other, settings, write
from portal.web.guard import public
from portal.workshop import works_of

pages = Blueprint("check", __name__, url_prefix="/check")

MOST_BYTES = 20 * 1024 * 1024
#: Requests from one address in one minute.
MOST, EVERY = 30, timedelta(minutes=1)
CODE = re.compile(r"[A-Za-z0-9]{4,24}")

#: Mark and colour of each answer.
FACES = {
    Answer.VALID: ("check-circle", "good"),
    Answer.VOID: ("ban", "bad"),
    Answer.REPLACED: ("undo", "bad"),
    Answer.RECALLED: ("undo", "soon"),
    Answer.ALTERED: ("warning", "bad"),
    Answer.UNKNOWN: ("search", "plain"),
}


@pages.get("")
@public
def index() -> str:
    """Ask for a code or a file."""
    return _page(None)


@pages.post("")
@public
def ask() -> AnyResponse | str | tuple[str, int]:
    """Check an uploaded file at once, or go to the page of a code."""
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        _count()
        with closing(upload):
            data = upload.stream.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            return _page(None, trouble=_("文件超过20MB，本系统签发的文书没有这么大，请核对是否选错了文件")), 413
        return _page(checks.by_file(read(), data, works_of(settings()).keys), by_file=True)
    code = "".join(request.form.get("code", "").split()).replace("-", "").upper()
    if not code:
        return _page(None, trouble=_("请输入文书上的核验码，或者选择PDF文件")), 422
    if not CODE.fullmatch(code):
        return _page(None, trouble=_("核验码由12位字母和数字组成，请对照文书重新输入"), code=code[:24]), 422
    return see_other("check.show", code=code)


@pages.get("/<code>")
@public
def show(code: str) -> str:
    """Answer for one code."""
    _count()
    found = checks.by_code(read(), code) if CODE.fullmatch(code.replace("-", "")) else Check(Answer.UNKNOWN)
    return _page(found, code=code[:24])


def _count() -> None:
    with write() as session:
        ratelimit.count(session, "check", request.remote_addr or "", most=MOST, every=EVERY)


def _page(found: Check | None, *, code: str = "", trouble: str = "", by_file: bool = False) -> str:
    words = {
        Answer.VALID: (_("有效"), _("本件由下列机关签发，登记信息如下。请与手中文书逐项核对。")),
        Answer.VOID: (_("已作废"), _("本件曾经签发，现已作废，请勿据此办理。如有疑问，请联系发文机关。")),
        Answer.REPLACED: (_("已作废，并已重新发文"), _("请以重新发出的文书为准，本件不再有效。")),
        Answer.RECALLED: (_("公告已撤回"), _("公告事项已经办结或撤回，请停止张贴和转发。")),
        Answer.ALTERED: (
            _("内容被改动"),
            _("文件带有本系统的签名，但内容与登记的不一致，请勿采信，并告知发文机关。"),
        ),
        Answer.UNKNOWN: (
            _("查无此件"),
            _("没有与此一致的文书。扫描件、翻拍或另存的文件无法按文件核验，请改用文书上的核验码。")
            if by_file
            else _("没有这个核验码。请对照文书重新输入；仍然查不到的，请联系发文机关核实。"),
        ),
    }
    return render_template(
        "check/index.html",
        found=found,
        icon=FACES[found.answer][0] if found else "",
        tone=FACES[found.answer][1] if found else "",
        words=words[found.answer] if found else ("", ""),
        code=code,
        trouble=trouble,
    )
