"""Timing of live reload: the files that it changes are as before, however it ends, and a time is of the right save."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from dhakacart.operations.reload_probe import ADDRESS, Probe
from dhakacart.operations.reload_times import measure, to_markdown

FILES = (
    "services/shop/config/api.py",
    "services/shop/notify/tasks.py",
    "services/storefront/src/app/Logo.tsx",
)


@pytest.fixture
def checkout(tmp_path):
    """A checkout with the three files that get the probe."""
    for number, name in enumerate(FILES):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(f"first = {number}\nlast = {number}\n")
    return tmp_path


def contents(folder):
    return {path.relative_to(folder): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_files_are_as_before_after_saves(checkout):
    """Every save is taken away, and nothing is left beside the files."""
    before = contents(checkout)

    with Probe(checkout).placed("one"):
        probe = Probe(checkout)
        probe.save_shop("two")
        probe.save_storefront("three")
        during = contents(checkout)

    assert set(during) == set(before)
    assert "two" in during[Path(FILES[1])]
    assert "three" in during[Path(FILES[2])]
    assert contents(checkout) == before


@pytest.mark.parametrize("end", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_files_are_as_before_after_a_failure(checkout, end):
    """A time-out, Ctrl-C and SIGTERM leave nothing behind either."""
    before = contents(checkout)

    with pytest.raises(end), Probe(checkout).placed("one"):
        raise end

    assert contents(checkout) == before


def test_what_a_killed_run_left_is_removed(checkout):
    """A run that could not clean up does not stand in the way of the next one, nor in the files after it."""
    before = contents(checkout)
    left = Probe(checkout).placed("left")
    left.__enter__()
    assert contents(checkout) != before

    with Probe(checkout).placed("next"):
        assert "left" not in "".join(contents(checkout).values())

    assert contents(checkout) == before


class Shown:
    """A target that shows web's marker at once, the worker's at the next question, a component's at once."""

    trust = True

    def __init__(self, root):
        self.root = root
        self.rebuilds = []
        self.worker = ""
        shown = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                body = shown.answer() if self.path == ADDRESS else (shown.root / FILES[2]).read_text()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_):
                """Not among the test's output."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self):
        marker = next(
            line.split('"')[1]
            for line in (self.root / FILES[1]).read_text().splitlines()
            if line.startswith("RELOAD_MARKER")
        )
        before, self.worker = self.worker, marker
        return json.dumps({"web": marker, "worker": before})

    def rebuild_shop(self):
        self.rebuilds.append("shop")

    def rebuild_storefront(self):
        self.rebuilds.append("storefront")


def test_each_part_gets_its_times(checkout):
    """So many saves and two rebuilds of each part are timed, a worker that answers later has the longer time."""
    target = Shown(checkout)
    try:
        rows = measure("here", target, Probe(checkout), rounds=3)
    finally:
        target.server.shutdown()
        target.server.server_close()

    web, worker, storefront = rows
    assert [row.part for row in rows] == ["web", "worker", "storefront"]
    assert [len(row.reload_seconds) for row in rows] == [3, 3, 3]
    assert [len(row.rebuild_seconds) for row in rows] == [2, 2, 2]
    assert all(w < k for w, k in zip(web.reload_seconds, worker.reload_seconds, strict=True))
    assert target.rebuilds == ["shop", "storefront"] * 2
    assert "| here | storefront |" in to_markdown([storefront])
