"""Signing in and one's own account."""

import pytest
from flask import Flask

from portal.extensions import db, security
from portal.services import accounts
from tests import world
from tests.conftest import Browser


def present_code(app: Flask, username: str) -> str:
    """Return what the telephone of a person shows now."""
    with app.app_context():
        user = accounts.find(db.session, username)
        assert user is not None
        return str(security.totp_factory.generate_totp_password(user.tf_totp_secret))


def test_a_person_signs_in_with_user_name_password_and_code(app: Flask, client: Browser) -> None:
    code_page = client.submit(client.page("/sign-in"), username="pingtang.clerk.1", password=world.PASSWORD)
    assert code_page.h1 == "输入动态口令"
    assert client.submit(code_page, code=present_code(app, "pingtang.clerk.1")).h1 == "账户与安全"


@pytest.mark.parametrize("username", ["pingtang.clerk.1", "nobody.at.all"])
def test_a_wrong_password_and_an_unknown_name_are_answered_alike(client: Browser, username: str) -> None:
    page = client.submit(client.page("/sign-in"), username=username, password="wrong")
    assert page.h1 == "登录"
    assert "用户名或密码不正确" in page.notices
