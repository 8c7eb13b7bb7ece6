"""Pages. Each module is one blueprint; it reads the request, calls one service and answers."""

from flask import Flask

from portal.web.account import pages as account
from portal.web.admin_accounts import pages as admin_accounts
from portal.web.audit import pages as audit
from portal.web.beds import pages as beds
from portal.web.calendar import pages as calendar
from portal.web.cases import pages as cases
from portal.web.check import pages as check
from portal.web.contractors import pages as contractors
from portal.web.deadlines import pages as deadlines
from portal.web.documents import pages as documents
from portal.web.groups import pages as groups
from portal.web.health import pages as health
from portal.web.ledgers import pages as ledgers
from portal.web.own_unit import pages as own_unit
from portal.web.parameters import pages as parameters
from portal.web.print_desk import pages as print_desk
from portal.web.registers import pages as registers
from portal.web.search import pages as search
from portal.web.units import pages as units
from portal.web.worklists import pages as worklists

#: A new page module is one line here.
BLUEPRINTS = (
    health,
    account,
    worklists,
    cases,
    contractors,
    groups,
    search,
    deadlines,
    admin_accounts,
    documents,
    print_desk,
    registers,
    ledgers,
    beds,
    own_unit,
    units,
    calendar,
    parameters,
    audit,
    check,
)


def register_pages(app: Flask) -> None:
    """Put every page module on the application."""
    for pages in BLUEPRINTS:
        app.register_blueprint(pages)
