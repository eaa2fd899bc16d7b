"""A server on loopback that takes what the Sentry SDK sends, as a Sentry server does."""

import gzip
import itertools
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """``events`` holds every event that arrived, ``text`` everything that did, decompressed."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                receiver.bodies.append(body)
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def dsn(self) -> str:
        return f"http://publickey@127.0.0.1:{self.server.server_port}/7"

    @property
    def text(self) -> str:
        """As it came, and with the escapes of JSON undone, so that Bangla is found."""
        raw = b"\n".join(self.bodies).decode()
        return raw + json.dumps([_lines(body) for body in self.bodies], ensure_ascii=False)

    @property
    def events(self) -> list[dict[str, Any]]:
        """Each item of type ``event``: https://develop.sentry.dev/sdk/data-model/envelopes/"""
        found = []
        for body in self.bodies:
            lines = _lines(body)
            found += [
                payload for header, payload in itertools.pairwise(lines) if header.get("type") == "event"
            ]
        return found

    def of(self, transaction: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event.get("transaction") == transaction]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def _lines(body: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in body.splitlines() if line.strip()]
