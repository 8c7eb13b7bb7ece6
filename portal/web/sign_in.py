"""Signing in by Flask-Security, in this house's way: user names, lock-out, codes good once, Chinese sentences."""

import base64
import hashlib
from datetime import timedelta
from typing import Any

from flask import Flask, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import user_logged_in, user_logged_out
from flask_security import (
    FSQLALiteUserDatastore,
    PasswordUtil,
    Security,
    password_changed,
    tf_profile_changed,
    user_authenticated,
    user_failed_authn,
)
from flask_security.totp import TokenError, Totp
from sqlalchemy import inspect
from zxcvbn import zxcvbn  # type: ignore[import-untyped]

from portal import clock
from portal.config import Settings
from portal.db import transaction
from portal.errors import Conflict
from portal.extensions import db
from portal.models import Role, User
from portal.services import accounts
from portal.services.events import record
from portal.web import session_store
from portal.web.common import FRESH_FOR, settings, write
from portal.web.sign_in_forms import (
    CODE_WINDOW,
    WRONG_CODE,
    CodeForm,
    EnrolForm,
    OwnPasswordForm,
    ProofForm,
    RecoveryForm,
    RescueForm,
    SignInForm,
)

WEAK = _l("密码过于简单，容易被猜中。请换用更长的、不含姓名和单位名称的密码。")
#: Words nobody here may build a password on.
LOCAL_WORDS = ("minzheng", "jiuzhu", "qiannan", "duyun", "pingtang", "guizhou", "portal", "民政", "救助", "黔南")
LEAST_SCORE = 3  # of 4, by zxcvbn


class Accounts(FSQLALiteUserDatastore):
    """The library's view of `user`. Each change it makes is one write transaction of ours."""

    def put(self, model: Any) -> Any:
        """Carry changed columns over into a write transaction; the library sets them outside one."""
        changed = {
            attribute.key: attribute.value for attribute in inspect(model).attrs if attribute.history.has_changes()
        }
        with transaction(_clean(model)):
            for key, value in changed.items():
                setattr(model, key, value)
        return model

    def mf_delete_recovery_code(self, user: User, idx: int) -> bool:
        """Take a printed code, once: of two uses at the same moment the second is refused."""
        kept = (user.mf_recovery_codes or [])[idx]
        with write() as session:
            taken = accounts.use_recovery_code(session, user.id, kept)
        if not taken:
            raise Conflict(_("这个备用口令刚刚用过"))
        return True

    def commit(self) -> None:
        """Nothing is left to commit: `put` did."""
        db.session.commit()


def _clean(model: Any) -> Any:
    db.session.expire(model)
    return db.session


class OnceOnly(Totp):
    """One-time codes that are good once: the step last used is kept with the account."""

    def get_last_counter(self, user: User) -> int | None:
        """Return the time step of the code used last."""
        return user.tf_last_step

    def set_last_counter(self, user: User, tmatch: Any) -> None:
        """Take the step; a second use of the same code, even at the same moment, is refused."""
        with write() as session:
            taken = accounts.use_code_once(session, user.id, tmatch.counter)
        if not taken:
            raise TokenError


class Strength(PasswordUtil):
    """Length and guessability by zxcvbn, with the words of this place and this person counted as known."""

    def validate(self, password: str, _is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        """Return the sentences that stand against a password, and the password normalised."""
        normal = self.normalize(password)
        user = kwargs.get("user")
        known = [*LOCAL_WORDS, *([user.username, user.name, user.phone] if user else [])]
        if len(normal) < 10:
            return [_("密码至少10个字符")], normal
        if zxcvbn(normal[:72], user_inputs=[word for word in known if word])["score"] < LEAST_SCORE:
            return [str(WEAK)], normal
        return None, normal


SENTENCES = {
    "LOGIN": (_l("请先登录"), "info"),
    "UNAUTHENTICATED": (_l("请先登录"), "info"),
    "REAUTHENTICATION_REQUIRED": (_l("请再次确认本人身份"), "warning"),
    "REAUTHENTICATION_SUCCESSFUL": (_l("身份已确认，十分钟内有效。请继续办理。"), "success"),
    "INVALID_PASSWORD": (_l("现用密码不正确"), "error"),
    "PASSWORD_NOT_PROVIDED": (_l("请输入现用密码"), "error"),
    "PASSWORD_IS_THE_SAME": (_l("新密码与现用密码相同，请换一个"), "error"),
    "PASSWORD_CHANGE": (_l("密码已更改，其他设备上的登录都已结束"), "success"),
    "TWO_FACTOR_INVALID_TOKEN": (WRONG_CODE, "error"),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": (_l("登录成功"), "success"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (_l("动态口令已绑定，下次登录起使用"), "success"),
    "TWO_FACTOR_PERMISSION_DENIED": (_l("请先输入用户名和密码"), "warning"),
    "TWO_FACTOR_SETUP_EXPIRED": (_l("绑定超时，请重新扫描"), "warning"),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": (_l("只能绑定动态口令"), "error"),
    "INVALID_RECOVERY_CODE": (_l("备用口令不正确，或已经用过。"), "error"),
    "NO_RECOVERY_CODES_SETUP": (_l("还没有备用口令，请生成一组"), "info"),
    "API_ERROR": (_l("链接无效，请重新操作"), "error"),
}


def configuration(chosen: Settings) -> dict[str, Any]:
    """Return what the accounts library reads."""
    key = chosen.accounts_key
    options: dict[str, Any] = {
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SCHEMES": ["argon2"],
        "PASSWORD_SINGLE_HASH": ["argon2"],
        "PASSWORD_SALT": hashlib.sha256(f"salt {key}".encode()).hexdigest(),
        "USER_IDENTITY_ATTRIBUTES": [{"username": {"mapper": str.strip, "case_insensitive": True}}],
        "JOIN_USER_ROLES": False,
        "CHANGEABLE": True,
        "SEND_PASSWORD_CHANGE_EMAIL": False,
        "TWO_FACTOR": True,
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_AUTHENTICATOR_VALIDITY": CODE_WINDOW,
        "TWO_FACTOR_POST_SETUP_VIEW": "security.mf_recovery_codes",
        "TOTP_SECRETS": {"1": key},
        "TOTP_ISSUER": "黔南救助公文",
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "MULTI_FACTOR_RECOVERY_CODES_KEYS": [
            base64.urlsafe_b64encode(hashlib.sha256(f"recovery {key}".encode()).digest()).decode()
        ],
        "API_ENABLED_METHODS": ["session"],
        "FRESHNESS": FRESH_FOR,
        "FRESHNESS_GRACE_PERIOD": timedelta(0),
        "LOGIN_URL": "/sign-in",
        "LOGOUT_URL": "/sign-out",
        "VERIFY_URL": "/account/proof",
        "CHANGE_URL": "/account/password",
        "TWO_FACTOR_SETUP_URL": "/account/second-factor",
        "TWO_FACTOR_TOKEN_VALIDATION_URL": "/sign-in/code",
        "MULTI_FACTOR_RECOVERY_CODES_URL": "/account/recovery-codes",
        "MULTI_FACTOR_RECOVERY_URL": "/sign-in/recovery-code",
        "POST_LOGIN_VIEW": "/",
        "POST_LOGOUT_VIEW": "security.login",
        "POST_CHANGE_VIEW": "account.index",
        "POST_VERIFY_VIEW": "/",
        "I18N_DOMAIN": "messages",
        "I18N_DIRNAME": "translations",
        "DATETIME_FACTORY": clock.now,
    }
    options |= {f"MSG_{name}": sentence for name, sentence in SENTENCES.items()}
    return {f"SECURITY_{name}": value for name, value in options.items()}


def install(app: Flask) -> None:
    """Bind the accounts library, and listen to what it does."""
    security = Security(
        app,
        Accounts(db, User, Role),
        login_form=SignInForm,
        verify_form=ProofForm,
        change_password_form=OwnPasswordForm,
        two_factor_verify_code_form=CodeForm,
        two_factor_setup_form=EnrolForm,
        two_factor_rescue_form=RescueForm,
        mf_recovery_form=RecoveryForm,
        totp_cls=OnceOnly,
        password_util_cls=Strength,
    )
    security.want_json(lambda _request: False)
    security.unauthn_handler(lambda *_args, **_kwargs: redirect(url_for("security.login"), 303))
    security.login_context_processor(_offer_demo_accounts)
    user_logged_in.connect(_renew_session, app)
    user_logged_out.connect(_end_session, app)
    user_authenticated.connect(_note_sign_in, app)
    user_failed_authn.connect(_note_wrong_answer, app)
    password_changed.connect(_note_password, app)
    tf_profile_changed.connect(_note_second_factor, app)


def _offer_demo_accounts() -> dict[str, Any]:
    return {"demo_groups": accounts.demo_accounts(db.session, clock.today()) if settings().demo else {}}


def _renew_session(_app: Flask, user: User, **_ignored: Any) -> None:
    kept = session_store.current()
    kept.renew()
    kept[session_store.ACCOUNT] = user.id
    kept.pop("csrf_token", None)
    g.pop("csrf_token", None)


def _end_session(_app: Flask, user: User, **_ignored: Any) -> None:
    session_store.current().clear()
    if user.is_authenticated:
        with write() as session:
            record(session, "signed_out", actor_id=user.id)


def _note_sign_in(_app: Flask, user: User, authn_via: list[str] | None = None, **_ignored: Any) -> None:
    if authn_via == ["change"]:
        return
    with write() as session:
        accounts.note_sign_in(session, user.id, clock.now(), request.remote_addr or "")


def _note_wrong_answer(_app: Flask, user: User, **_ignored: Any) -> None:
    with write() as session:
        accounts.note_wrong_answer(session, user.id, clock.now())


def _note_password(_app: Flask, user: User, **_ignored: Any) -> None:
    with write() as session:
        accounts.note_own_password(session, user.id, clock.now())


def _note_second_factor(_app: Flask, user: User, **_ignored: Any) -> None:
    with write() as session:
        record(session, "second_factor_bound", actor_id=user.id)
