"""What the web server loads."""

from portal import create_app

app = create_app()
