"""The listening socket, made where it can be handed on."""

import contextlib
import socket

from postal.config import WebSettings
from postal.errors import Conflict

BACKLOG = 2048


def listen(web: WebSettings) -> socket.socket:
    """Bind once, so that web processes come and go on the same socket while nobody is refused."""
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    with contextlib.ExitStack() as unwound:
        unwound.callback(listening.close)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((web.host, web.port))
        except OSError as error:
            place = f"{web.host}:{web.port}"
            raise Conflict(
                "system.port_taken",
                vi=f"Không mở được {place}: {error.strerror}. Hãy chọn --port khác.",
                en=f"Cannot listen on {place}: {error.strerror}. Choose another --port.",
            ) from error
        listening.listen(BACKLOG)
        unwound.pop_all()
    return listening
