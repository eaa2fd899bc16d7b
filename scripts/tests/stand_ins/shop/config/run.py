"""Stands in for the shop's roles: serves, or makes its ready file, under the same contract."""

import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


class Handler(BaseHTTPRequestHandler):
    """Answers every address with this process's environment."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(dict(os.environ)).encode())

    def log_message(self, *_):
        print("asked for", self.path, flush=True)


role = sys.argv[1]
print(f"{role} speaks", flush=True)
if role == "web":
    HTTPServer(("127.0.0.1", int(os.environ["WEB_PORT"])), Handler).serve_forever()
elif role != "migrate":
    Path(os.environ["READY_FILE"]).touch()
    time.sleep(600)
