"""Bytes to a server as no client library would send them."""

import contextlib
import re
import socket
import ssl
from urllib.parse import urlsplit

PATIENCE_SECONDS = 10.0
_STATUS = re.compile(rb"^HTTP/1\.[01] (\d{3})")


def exchange(*, url: str, request: bytes, authority: str | None = None) -> int | None:
    """Send, and return the status of the answer; None when the server hung up without one.

    authority: the certificate (PEM) that an HTTPS server's must come from, when machines do not know it.

    Raises:
        TimeoutError: neither, for PATIENCE_SECONDS.
    """
    parts = urlsplit(url)
    address = (parts.hostname or "", parts.port or 0)
    with contextlib.ExitStack() as stack:
        connection = stack.enter_context(socket.create_connection(address, timeout=PATIENCE_SECONDS))
        if parts.scheme == "https":
            context = ssl.create_default_context(cafile=authority)
            connection = stack.enter_context(context.wrap_socket(connection, server_hostname=parts.hostname))
        try:
            connection.sendall(request)
            if parts.scheme == "http":  # TLS has no half of a connection
                connection.shutdown(socket.SHUT_WR)
            answer = connection.recv(4096)
        except TimeoutError:
            raise
        except OSError:
            return None
    match = _STATUS.match(answer)
    return int(match[1]) if match else None
