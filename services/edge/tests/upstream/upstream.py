"""The shop's stand-in: says what reached it, counts, and is slow or fails on request (all by the query)."""

import json
import os
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

NAME = os.environ.get("NAME", "upstream")
counts: Counter[str] = Counter()
lock = threading.Lock()


class Shop(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        body_bytes = len(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        with lock:
            counts[self.path] += 1
            count = counts[self.path]
        time.sleep(float(query.get("delay", 0)))
        if "drip" in query:
            self._drip(int(query["drip"]))
            return
        document = {
            "name": NAME,
            "count": count,
            "method": self.command,
            "body_bytes": body_bytes,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "padding": "x" * int(query.get("padding", 0)),
        }
        content = json.dumps(document).encode()
        status = 404 if count > int(query.get("gone_after", count)) else int(query.get("status", 200))
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "public, max-age=60")
        self.send_header("X-Request-ID", "the-shop-says-so")
        if "cookie" in query:
            self.send_header("Set-Cookie", "session=abc; Path=/")
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET  # noqa: N815 - the name is the base class'

    def _drip(self, pieces: int) -> None:
        """One piece each 0.25 s."""
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(pieces))
        self.send_header("X-Accel-Buffering", "no")
        self.end_headers()
        for _ in range(pieces):
            self.wfile.write(b".")
            self.wfile.flush()
            time.sleep(0.25)

    def log_message(self, *_: object) -> None:
        """Silence."""


ThreadingHTTPServer.request_queue_size = 256
ThreadingHTTPServer(("0.0.0.0", 8000), Shop).serve_forever()
