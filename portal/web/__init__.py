"""Pages. Each module is one blueprint; it reads the request, calls one service and answers."""

from flask import Flask

from portal.web.account import pages as account
from portal.web.admin_accounts import pages as admin_accounts
from portal.web.health import pages as health

#: A new page module is one line here.
BLUEPRINTS = (health, account, admin_accounts)


def register_pages(app: Flask) -> None:
    """Put every page module on the application."""
    for pages in BLUEPRINTS:
        app.register_blueprint(pages)
