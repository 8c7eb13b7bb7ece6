"""How the web server runs, on a desk (`make run`) and behind nginx (`deploy/portal-web.service`)."""

import os

bind = os.environ.get("PORTAL_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("PORTAL_WEB_PROCESSES", "2"))
worker_class = "gthread"
threads = 4
timeout = 60  # seconds; a batch of letters belongs to the worker, no page may take this long
graceful_timeout = 20
max_requests = 5000
max_requests_jitter = 500
worker_tmp_dir = "/dev/shm"  # noqa: S108  the heartbeat file must not wait for a slow disk
control_socket_disable = True  # nobody steers this server through a socket in somebody's home
forwarded_allow_ips = "127.0.0.1"
accesslog = None  # nginx keeps the access log; the portal keeps its own log of acts
loglevel = "warning"


def when_ready(server: object) -> None:  # noqa: ARG001
    """Say where the portal is, once it can be reached (`make run` asks for it)."""
    if os.environ.get("PORTAL_ANNOUNCE"):
        print(f"\n  Portal: http://{bind}    (Ctrl-C ends it)\n", flush=True)  # noqa: T201
