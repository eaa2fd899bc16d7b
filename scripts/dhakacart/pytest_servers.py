"""pytest plugin: real PostgreSQL and Redis for a run, and its last line.

Loaded by `-p dhakacart.pytest_servers` (pyproject.toml). When DATABASE_HOST is set, the servers there are used and
nothing is started. Otherwise the run gets a PostgreSQL (shared by the xdist workers: each has its own test
database) and a Redis for each worker, before Django's settings are read; they end with the run, however it ends.
"""

import atexit
import contextlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Generator
from pathlib import Path

import pytest

from dhakacart.operations.environment import on_this_machine, read_environment_file
from dhakacart.operations.paths import Checkout
from dhakacart.operations.ports import Ports, free_ports
from dhakacart.operations.postgres import PostgresServer
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.redis import RedisServer
from dhakacart.operations.run_folders import make_run_folder
from dhakacart.operations.secrets import create_development_secrets, read_secret
from dhakacart.operations.suites import SUMMARY_VARIABLE

# Set by the process that started the servers, and read by its xdist workers: the folder of the run.
_RUN_VARIABLE = "DHAKACART_TEST_RUN"
_WITHOUT_SERVERS = {"--help", "-h", "--version", "-V", "--markers", "--fixtures", "--funcargs"}

# Taken out of the environment, so that a pytest started by a test does not write it too.
_summary_file = os.environ.pop(SUMMARY_VARIABLE, "") if "PYTEST_XDIST_WORKER" not in os.environ else ""
_stack = contextlib.ExitStack()
atexit.register(_stack.close)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(args: list[str]) -> Generator[None, None, None]:
    """Before every other hook of this name, since pytest-django reads the settings in its own."""
    if not _WITHOUT_SERVERS.intersection(args):
        try:
            _start_servers()
        except ProblemError as error:
            raise pytest.UsageError(f"{error.message}{f' -> {error.hint}' if error.hint else ''}") from error
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        _report_numbers(config)
    _stack.close()


def _start_servers() -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    run = os.environ.get(_RUN_VARIABLE)
    if worker and run:
        _start_for_worker(Path(run) / worker)
    elif "DATABASE_HOST" not in os.environ:
        _start_for_run()


def _start_for_run() -> None:
    checkout = Checkout.here()
    folder = make_run_folder(checkout.cache / "test-runs")
    _stack.callback(shutil.rmtree, folder, ignore_errors=True)
    secrets = folder / "secrets"
    create_development_secrets(secrets)
    ports = Ports.free()
    postgres = PostgresServer(
        folder=folder / "postgres",
        port=ports.postgres,
        password=read_secret(secrets, "database_password"),
        superuser_password=read_secret(secrets, "postgres_password"),
        cache=checkout.cache,
        durable=False,
    )
    _stack.callback(postgres.stop)
    postgres.start()
    _start_redis(folder, ports.redis, secrets)
    metrics = folder / "metrics"
    metrics.mkdir()
    base = {}
    if checkout.local_environment_file.exists():
        base = read_environment_file(checkout.local_environment_file)
    os.environ.update(on_this_machine(base, ports=ports, secrets=secrets, metrics=metrics))
    os.environ.update(
        {
            "ENVIRONMENT": "test",
            "RELEASE": "test",
            "LIVE_RELOAD": "false",
            _RUN_VARIABLE: str(folder),
        }
    )


def _start_for_worker(folder: Path) -> None:
    """What xdist's workers must not share: Redis (a test may flush, stop or freeze it), metrics, ports."""
    web_port, metrics_port, redis_port = free_ports(3)
    metrics = folder / "metrics"
    metrics.mkdir(parents=True)
    os.environ.update(
        {
            "WEB_PORT": str(web_port),
            "METRICS_PORT": str(metrics_port),
            "PROMETHEUS_MULTIPROC_DIR": str(metrics),
        }
    )
    _start_redis(folder, redis_port, Path(os.environ["SECRETS_DIR"]))


def _start_redis(folder: Path, port: int, secrets: Path) -> None:
    redis = RedisServer(folder=folder / "redis", port=port, password=read_secret(secrets, "redis_password"))
    _stack.callback(redis.stop)
    redis.start()
    os.environ["REDIS_URL"] = redis.url


def _report_numbers(config: pytest.Config) -> None:
    """The run's last line; for `dhakacart test`, which adds other suites to it, as JSON in a file instead."""
    reporter = config.pluginmanager.getplugin("terminalreporter")
    stats = reporter.stats if reporter is not None else {}
    passed = len(stats.get("passed", [])) + len(stats.get("xpassed", []))
    failed = len(stats.get("failed", [])) + len(stats.get("error", []))
    without = [*stats.get("skipped", []), *stats.get("xfailed", [])]
    counted = sorted(Counter(_reason(report) for report in without).items())
    reasons = [f"{reason} ({count})" for reason, count in counted]
    if _summary_file:
        numbers = {"passed": passed, "failed": failed, "skipped": len(without), "reasons": reasons}
        Path(_summary_file).write_text(json.dumps(numbers))
    elif passed or failed or without:
        line = f"passed {passed}, failed {failed}, skipped {len(without)}"
        config.get_terminal_writer().line(f"{line}{': ' if reasons else ''}{'; '.join(reasons)}")


def _reason(report: pytest.TestReport) -> str:
    if hasattr(report, "wasxfail"):
        return f"expected to fail: {report.wasxfail or 'no reason given'}"
    location = report.longrepr
    text = location[2] if isinstance(location, tuple) else str(location)
    return text.removeprefix("Skipped: ").strip()
