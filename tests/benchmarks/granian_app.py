"""Our application for the other server, which imports it by name; its settings lie in the file that is named."""

import os
from pathlib import Path

import msgspec
from granian.utils.proxies import wrap_asgi_with_proxy_headers

from postal.app import create_app
from postal.config import Settings

settings = msgspec.json.decode(Path(os.environ["BENCH_SETTINGS"]).read_bytes(), type=Settings)
app = wrap_asgi_with_proxy_headers(create_app(settings), trusted_hosts=list(settings.web.trusted_proxies))
