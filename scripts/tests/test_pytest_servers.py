"""The pytest plugin: real servers for a run, none left after it, and an honest last line."""

import json
import os
import signal
import subprocess
import sys

import psutil
import pytest

from dhakacart.operations.waiting import wait_for

PATIENCE_SECONDS = 180
TESTS = """
import os, time
import psycopg, pytest, redis

def test_servers_are_there():
    with open(os.environ["SECRETS_DIR"] + "/database_password") as file:
        password = file.read()
    psycopg.connect(host=os.environ["DATABASE_HOST"], port=os.environ["DATABASE_PORT"], user="dhakacart",
                    dbname="dhakacart", password=password).close()
    with open(f"{os.environ['SECRETS_DIR']}/redis_password") as file:
        password = file.read()
    assert redis.Redis.from_url(os.environ["REDIS_URL"], password=password).ping()

@pytest.mark.parametrize("number", range(2))
def test_lacks_a_browser(number):
    pytest.skip("no chromium")

def test_fails():
    assert os.environ["ENVIRONMENT"] != "test"

@pytest.fixture
def broken():
    raise RuntimeError

def test_errs(broken):
    pass
"""


@pytest.fixture
def start(tmp_path, open_folder, clean_environment):
    """A function that starts a pytest over some text, without Django."""

    started = []

    def run(text, *arguments, **environment):
        (tmp_path / "test_inner.py").write_text(text)
        (tmp_path / "pytest.ini").write_text("[pytest]\n")
        options = ["-p", "dhakacart.pytest_servers", "-p", "no:django", "-p", "no:cacheprovider"]
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", *options, *arguments],
            cwd=tmp_path,
            env={**clean_environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            # Python takes SIGINT as Ctrl-C only where it was not ignored, as it is for what a shell runs with `&`.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
            process.communicate()


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_run_gets_servers_and_ends_with_the_numbers(start, open_folder, workers):
    """Alone and with workers alike: the tests reach both servers, and the last line says all, with reasons."""
    output, _ = start(TESTS, "-n", workers).communicate(timeout=PATIENCE_SECONDS)

    assert output.splitlines()[-1] == "passed 1, failed 2, skipped 2: no chromium (2)", output
    assert list((open_folder / "cache" / "test-runs").iterdir()) == []


def test_the_numbers_go_to_a_file_for_a_caller_that_adds_others(start, tmp_path):
    """`dhakacart test` sums several suites, so it reads the numbers instead of the line."""
    summary = tmp_path / "summary.json"
    start(TESTS, DHAKACART_TEST_SUMMARY=str(summary)).communicate(timeout=PATIENCE_SECONDS)

    assert json.loads(summary.read_text()) == {
        "passed": 1,
        "failed": 2,
        "skipped": 2,
        "reasons": ["no chromium (2)"],
    }


def test_servers_that_are_there_already_are_used(start, open_folder):
    """With DATABASE_HOST set nothing is started: the run uses what it is told."""
    text = "import os\ndef test_it():\n    assert os.environ['DATABASE_HOST'] == 'db.example'"
    output, _ = start(text, DATABASE_HOST="db.example").communicate(timeout=PATIENCE_SECONDS)

    assert output.splitlines()[-1] == "passed 1, failed 0, skipped 0"
    assert not (open_folder / "cache").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_or_killed_run_leaves_no_server(start, open_folder, tmp_path, gone, number):
    """Ctrl-C and even SIGKILL: PostgreSQL and Redis end, and the next run sweeps the folder."""
    # given a run in the middle of a test
    run = start("import time\ndef test_long():\n    open('begun', 'w').close()\n    time.sleep(600)")
    cache = open_folder / "cache"

    assert wait_for((tmp_path / "begun").exists, timeout_seconds=PATIENCE_SECONDS)
    children = psutil.Process(run.pid).children(recursive=True)
    assert {"postgres", "valkey-server"} <= {child.name() for child in children}
    pids = [child.pid for child in children]

    # when it is stopped
    os.kill(run.pid, number)
    run.communicate(timeout=PATIENCE_SECONDS)

    # then they are gone, and after the next run so is the folder
    assert gone(pids)
    start("def test_short(): pass").communicate(timeout=PATIENCE_SECONDS)
    assert list((cache / "test-runs").iterdir()) == []
