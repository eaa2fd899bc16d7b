"""Bytes to a server as no client library would send them."""

import re
import socket

from dhakacart.operations.ports import LOOPBACK

PATIENCE_SECONDS = 10.0
_STATUS = re.compile(rb"^HTTP/1\.[01] (\d{3})")


def exchange(*, port: int, request: bytes) -> int | None:
    """Send, and return the status of the answer; None when the server hung up without one.

    Raises:
        TimeoutError: neither, for PATIENCE_SECONDS.
    """
    with socket.create_connection((LOOPBACK, port), timeout=PATIENCE_SECONDS) as connection:
        try:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            answer = connection.recv(4096)
        except TimeoutError:
            raise
        except OSError:
            return None
    match = _STATUS.match(answer)
    return int(match[1]) if match else None
