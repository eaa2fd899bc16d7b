"""Stands in for the simulator: two ports."""

import os
import socket
from http.server import HTTPServer, SimpleHTTPRequestHandler


class Handler(SimpleHTTPRequestHandler):
    """Every address is well."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()


mail = socket.create_server(("127.0.0.1", int(os.environ["SIMULATOR_SMTP_PORT"])))
HTTPServer(("127.0.0.1", int(os.environ["SIMULATOR_PORT"])), Handler).serve_forever()
