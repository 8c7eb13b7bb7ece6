"""The forms of signing in: user name and password, codes, proofs of identity, one's own password."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import (
    ChangePasswordForm,
    LoginForm,
    MfRecoveryForm,
    Security,
    TwoFactorRescueForm,
    TwoFactorSetupForm,
    TwoFactorVerifyCodeForm,
    VerifyForm,
)
from flask_security.utils import hash_password
from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, EqualTo, Length

from portal import clock
from portal.extensions import db
from portal.models import User
from portal.services import accounts
from portal.web.common import say

WRONG = _l("用户名或密码不正确。连续输错5次，账户将锁定15分钟。")
WRONG_CODE = _l("口令不正确，或已经用过。请等动态口令更新后再输入。")
MAX_PASSWORD = 128
CODE_WINDOW = 30  # seconds a telephone's clock may be off


def library() -> Security:
    """Return the accounts library as bound to the present application."""
    return current_app.extensions["security"]


def spoken(check: Callable[..., bool]) -> Callable[..., bool]:
    """Let a form's own check leave its sentences as words."""

    @wraps(check)
    def checked(form: FlaskForm, **kwargs: Any) -> bool:
        right = check(form, **kwargs)
        say(form)
        return right

    return checked


class SignInForm(LoginForm):
    """User name and password. Every failure, a locked account among them, is answered alike."""

    email = None
    remember = None
    username = StringField(
        _l("用户名"),
        validators=[DataRequired(_l("请输入用户名")), Length(max=40)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("密码"),
        validators=[DataRequired(_l("请输入密码")), Length(max=MAX_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )

    @spoken
    def validate(self, **kwargs: Any) -> bool:
        """Check the password; always the same work and the same words, whatever was wrong."""
        if not super(LoginForm, self).validate(**kwargs):
            return False
        given = library().password_util.normalize(self.password.data)
        user = accounts.find(db.session, self.username.data or "")
        if user is None or not user.password:
            hash_password(given)  # as long as checking takes
            right = False
        else:
            right = user.verify_and_update_password(given)
        if user is not None and not right:
            user.track_failed_authn("password")
        if user is None or not right or not user.active or accounts.is_locked(user, clock.now()):
            self.form_errors.append(WRONG)
            return False
        self.user, self.ifield, self.user_authenticated = user, self.username, True
        self.next.data = self.next.data or url_for("account.start")
        return True


class ProofForm(VerifyForm):
    """The password, or the present one-time code, before an act that binds an organ."""

    password = PasswordField(
        _l("登录密码或动态口令"),
        validators=[DataRequired(_l("请输入登录密码或6位动态口令")), Length(max=MAX_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )

    @spoken
    def validate(self, **kwargs: Any) -> bool:
        """Check either proof; wrong answers count towards the lock."""
        if not super(VerifyForm, self).validate(**kwargs):
            return False
        if accounts.is_locked(self.user, clock.now()) or not proves(self.user, self.password.data or ""):
            self.password.errors = [_("密码或口令不正确。连续输错5次，账户将锁定15分钟。")]
            return False
        return True


def proves(user: User, answer: str) -> bool:
    """Tell whether an answer is the person's password or present one-time code; a wrong one is counted."""
    compact = answer.replace(" ", "")
    if user.tf_totp_secret and len(compact) == 6 and compact.isascii() and compact.isdigit():
        right = library().totp_factory.verify_totp(
            token=compact, totp_secret=user.tf_totp_secret, user=user, window=CODE_WINDOW
        )
    else:
        right = user.verify_and_update_password(library().password_util.normalize(answer))
    if not right:
        user.track_failed_authn("password")
    return bool(right)


class CodeForm(TwoFactorVerifyCodeForm):
    """The six digits of the authenticator."""

    code = StringField(
        _l("6位动态口令"),
        validators=[DataRequired(_l("请输入6位动态口令")), Length(max=12)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )

    @spoken
    def validate(self, **kwargs: Any) -> bool:
        """Refuse while the account is locked; else as the library does."""
        if self.user is not None and accounts.is_locked(self.user, clock.now()):
            self.code.errors = [WRONG_CODE]
            return False
        right = bool(super().validate(**kwargs))
        if not right and self.code.data:
            self.code.errors = [WRONG_CODE]
        return right


class RecoveryForm(MfRecoveryForm):
    """One of the printed codes, when the telephone is not at hand."""

    code = StringField(
        _l("备用口令"),
        validators=[DataRequired(_l("请输入一个未用过的备用口令")), Length(max=40)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )

    @spoken
    def validate(self, **kwargs: Any) -> bool:
        """Check the code; wrong ones count towards the lock."""
        if self.user is not None and accounts.is_locked(self.user, clock.now()):
            self.code.errors = [WRONG_CODE]
            return False
        if self.code.data:
            self.code.data = self.code.data.strip().lower()
        right = bool(super().validate(**kwargs))
        if not right and self.code.data and self.user is not None:
            self.user.track_failed_authn("code", True)
            self.code.errors = [_("备用口令不正确，或已经用过。")]
        return right


class EnrolForm(TwoFactorSetupForm):
    """Bind an authenticator. It is not unbound here: an administrator resets it."""

    setup = StringField(_l("方式"))

    @spoken
    def validate(self, **kwargs: Any) -> bool:
        """Allow the authenticator only."""
        if self.setup.data != "authenticator":
            self.setup.errors = [_("只能绑定动态口令")]
            return False
        return bool(super().validate(**kwargs))


class RescueForm(TwoFactorRescueForm):
    """Never shown: whoever lost the telephone uses a printed code or asks the administrator."""

    help_setup = SelectField(_l("求助"), choices=[SelectChoice("help", _l("联系管理员"))])


class OwnPasswordForm(ChangePasswordForm):
    """The present password, and a new one twice."""

    password = PasswordField(
        _l("现用密码"),
        validators=[DataRequired(_l("请输入现用密码")), Length(max=MAX_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )
    new_password = PasswordField(
        _l("新密码"),
        description=_l("至少10个字符。几个不相干的词连起来，比短而复杂的更牢靠；不要用姓名、单位、生日。"),
        validators=[DataRequired(_l("请输入新密码")), Length(max=MAX_PASSWORD)],
        render_kw={"autocomplete": "new-password"},
    )
    new_password_confirm = PasswordField(
        _l("再输一次新密码"),
        validators=[DataRequired(_l("请再输一次新密码")), EqualTo("new_password", _l("两次输入的新密码不一致"))],
        render_kw={"autocomplete": "new-password"},
    )

    @spoken
    def validate(self, **kwargs: Any) -> bool:
        """Check the present password, then what stands against the new one."""
        return bool(super().validate(**kwargs))
