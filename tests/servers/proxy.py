"""A TCP proxy that can hold a connection at a chosen moment: between a client's request and what it causes."""

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from dhakacart.operations.ports import LOOPBACK

CHUNK_BYTES = 65_536
HOLD_SECONDS = 60.0


class Moment(Enum):
    BEFORE_REQUEST = "the client has asked, nothing has reached the receiver"
    BEFORE_ANSWER = "the receiver has done its work and answered, the client does not know"


@dataclass(frozen=True)
class Protocol:
    """How a request begins, and what the client has sent last when an answer means that it is done."""

    begins: bytes
    ends: bytes


HTTP_POST = Protocol(begins=b"POST ", ends=b"\r\n\r\n")
SMTP = Protocol(begins=b"ehlo", ends=b"\r\n.\r\n")


class Hold:
    """One connection, held at a moment until it is let go on, or is cut."""

    def __init__(self, moment: Moment) -> None:
        self.moment = moment
        self.client_port = 0
        self._reached = threading.Event()
        self._over = threading.Event()
        self._cut = False

    def wait(self, *, seconds: float) -> None:
        assert self._reached.wait(seconds), f"nobody came as far as: {self.moment.value}"

    def let_go(self) -> None:
        self._over.set()

    def cut(self) -> None:
        self._cut = True
        self._over.set()

    @property
    def is_free(self) -> bool:
        return not self._reached.is_set()

    def stand(self, client_port: int) -> None:
        """Stay here until the test goes on. Raises ConnectionAbortedError when the connection is cut."""
        self.client_port = client_port
        self._reached.set()
        self._over.wait(HOLD_SECONDS)
        if self._cut:
            raise ConnectionAbortedError


class Proxy:
    """Forwards a port of loopback to another. ``rewrite`` may change what the client sends, a chunk at a time."""

    def __init__(self, *, upstream_port: int, protocol: Protocol) -> None:
        self.rewrite: Callable[[bytes], bytes] = bytes
        self._upstream_port = upstream_port
        self._protocol = protocol
        self._holds: list[Hold] = []
        self._lock = threading.Lock()
        self._server = socket.create_server((LOOPBACK, 0))
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def hold_next(self, moment: Moment) -> Hold:
        """Hold the next request that comes to this moment, and only that one."""
        hold = Hold(moment)
        with self._lock:
            self._holds.append(hold)
        return hold

    def reset(self) -> None:
        """Cut who is held, and forward plainly again."""
        with self._lock:
            holds, self._holds = self._holds, []
        for hold in holds:
            hold.cut()
        self.rewrite = bytes

    def close(self) -> None:
        self.reset()
        self._server.close()

    def _stand_if_held(self, moment: Moment, client_port: int) -> None:
        with self._lock:
            hold = next((one for one in self._holds if one.moment is moment and one.is_free), None)
        if hold:
            hold.stand(client_port)

    def _accept(self) -> None:
        while True:
            try:
                client, (_host, port) = self._server.accept()
                upstream = socket.create_connection((LOOPBACK, self._upstream_port))
            except OSError:
                if self._server.fileno() < 0:
                    return
                continue
            for one in (client, upstream):  # else each request waits 40 ms for a delayed acknowledgement
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sent = bytearray()
            for forward in (self._requests, self._answers):
                threading.Thread(target=forward, args=(client, upstream, port, sent), daemon=True).start()

    def _requests(self, client: socket.socket, upstream: socket.socket, port: int, sent: bytearray) -> None:
        try:
            while chunk := client.recv(CHUNK_BYTES):
                if chunk.startswith(self._protocol.begins):
                    sent.clear()
                    self._stand_if_held(Moment.BEFORE_REQUEST, port)
                chunk = self.rewrite(chunk)
                sent += chunk
                upstream.sendall(chunk)
        except OSError:
            pass
        finally:
            _close(client, upstream)

    def _answers(self, client: socket.socket, upstream: socket.socket, port: int, sent: bytearray) -> None:
        try:
            while chunk := upstream.recv(CHUNK_BYTES):
                if self._protocol.ends in sent:
                    self._stand_if_held(Moment.BEFORE_ANSWER, port)
                client.sendall(chunk)
        except OSError:
            pass
        finally:
            _close(client, upstream)


def _close(*sockets: socket.socket) -> None:
    """End both directions, so that the other thread's recv returns too."""
    for one in sockets:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()
