"""``manage.py openapi``: what the storefront's types are made from."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

from django.core.management import call_command

SHOP = Path(__file__).resolve().parents[2]


def openapi(**environment: str) -> bytes:
    """The command's bytes, as the command line gets them."""
    return subprocess.run(
        [sys.executable, "manage.py", "openapi"],
        cwd=SHOP,
        env={**os.environ, **environment},
        capture_output=True,
        check=True,
        timeout=60,
    ).stdout


def test_the_same_code_prints_the_same_bytes_anywhere_without_a_server() -> None:
    """Neither hash seeds, nor the terminal's locale, nor a database that is not there change a byte."""
    one = openapi(PYTHONHASHSEED="1", DATABASE_PORT="1", REDIS_URL="redis://127.0.0.1:1")
    other = openapi(PYTHONHASHSEED="2", PYTHONIOENCODING="ascii", PUBLIC_URL="https://other.example")

    assert one == other
    assert one.endswith(b"}\n")
    one.decode("utf-8")


def test_it_describes_every_route_and_names_schemas_in_order() -> None:
    """Paths are whole, from the server's root; schemas are sorted, so that a new one is one hunk of a diff."""
    output = io.StringIO()

    call_command("openapi", stdout=output)

    document = json.loads(output.getvalue())
    assert document["info"]["title"] == "DhakaCart"
    assert document["paths"]
    assert all(path.startswith("/api/v1/") for path in document["paths"])
    names = list(document["components"]["schemas"])
    assert names == sorted(names)
