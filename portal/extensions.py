"""The libraries the application stands on, made here and bound to it in `create_app`."""

from flask_alembic import Alembic
from flask_babel import Babel
from flask_sqlalchemy_lite import SQLAlchemy
from flask_wtf import CSRFProtect
from htmx_flask import Htmx

import portal.models  # noqa: F401  (every table must be known before the first query)
from portal.db import Base

db = SQLAlchemy()
alembic = Alembic(metadatas=Base.metadata)
babel = Babel()
csrf = CSRFProtect()
htmx = Htmx()
