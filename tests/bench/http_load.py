"""A client that costs little: prepared requests over kept-alive sockets, a thread for each connection."""

import re
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from dhakacart.operations.ports import LOOPBACK

CONNECTIONS = 4
PATIENCE_SECONDS = 20.0
LAST_CHUNK = b"\r\n0\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)")


def send_all(*, port: int, requests: Sequence[bytes], status: int) -> int:
    """Send each request over one of CONNECTIONS connections; returns how many.

    Raises:
        AssertionError: an answer has another status.
    """
    shares = [requests[number::CONNECTIONS] for number in range(CONNECTIONS)]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for done in [pool.submit(_send, port, share, status) for share in shares]:
            done.result()
    return len(requests)


def _send(port: int, requests: Sequence[bytes], status: int) -> None:
    with socket.create_connection((LOOPBACK, port), timeout=PATIENCE_SECONDS) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in requests:
            connection.sendall(request)
            answer = bytearray()
            while (end := answer.find(b"\r\n\r\n")) < 0:
                answer += _receive(connection)
            head = bytes(answer[: end + 2]).lower()
            # Without Django's CommonMiddleware nobody counts the body, and Granian sends it in chunks.
            length = _LENGTH.search(head)
            while len(answer) < end + 4 + int(length[1]) if length else not answer.endswith(LAST_CHUNK):
                answer += _receive(connection)
            assert head.startswith(b"http/1.1 %d " % status), bytes(answer[:600])


def _receive(connection: socket.socket) -> bytes:
    chunk = connection.recv(65_536)
    assert chunk, "the server hung up"
    return chunk
