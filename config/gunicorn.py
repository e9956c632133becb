"""Gunicorn's configuration: `gunicorn -c python:config.gunicorn`. The names are gunicorn's own."""

from __future__ import annotations

import os

from config import logs
from config.opening import end_standins, start_standins
from config.settings import read_settings
from config.worker import set_apart_what_is_loaded

_settings = read_settings(os.environ)

wsgi_app = "config.wsgi:application"
proc_name = "vaccinporten"
# Only the proxy on this machine reaches it, unless the command line says otherwise.
bind = f"127.0.0.1:{_settings.port}"

worker_class = "gthread"
workers = _settings.web_concurrency
threads = 4
# Each worker opens its own database connections, which do not survive a fork.
preload_app = False
max_requests = 0
max_requests_jitter = 0
timeout = 60
graceful_timeout = 30
keepalive = 5

# What proxies say is read in one place, the portal's ProxyFix, which counts them.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""

# It would open a socket in the user's home folder, which a service has none of.
control_socket_disable = True

# The portal logs its requests itself, without addresses that hold secrets.
accesslog = None
errorlog = "-"
logconfig_dict = logs.CONFIGURATION


def when_ready(_server: object) -> None:
    """Gunicorn's name for: the first process has its port, and has not begun the others."""
    start_standins(_settings)


def on_exit(_server: object) -> None:
    """Gunicorn's name for: the others have ended, and the first process ends."""
    end_standins()


def post_worker_init(_worker: object) -> None:
    """Gunicorn's name for: the program is loaded, the first request has not come."""
    set_apart_what_is_loaded()
