"""The image's roles: ``python -m config.run web | worker | beat | migrate | await-migrations``.

One image, one entry, so that every environment starts the same thing. ``LIVE_RELOAD`` restarts a role
when its code changes (config.reload).

Whatever takes long to import is imported by the functions here, after `main` has made sure that SIGTERM ends a role
that has not begun yet.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from config.env import Env

CODE = Path(__file__).resolve().parent.parent
MULTIPROC = "PROMETHEUS_MULTIPROC_DIR"
BEAT_SCHEDULE_FILE = "celerybeat-schedule"
REQUEST_BACKLOG = 1024
STATIC_LIFETIME_SECONDS = 3600
# Both below what Kubernetes and Compose are told to wait before SIGKILL (30 s and 75 s).
WEB_SHUTDOWN_SECONDS = 25
# Above settings.LONGEST_TASK_SECONDS: whatever runs may finish.
WORKER_SHUTDOWN_SECONDS = 65


def _serve_metrics(contract: Env) -> None:
    """Open the metrics port of this role; where it is taken, say so in one line and end."""
    from ops.exposition import serve_metrics

    try:
        serve_metrics(host=contract.metrics_host, port=contract.metrics_port)
    except OSError as error:
        print(
            f"metrics: {contract.metrics_host} port {contract.metrics_port}: {error.strerror}",
            file=sys.stderr,
        )
        raise SystemExit(os.EX_UNAVAILABLE) from None


def _wake_for_signals(interrupt: Callable[[], None]) -> None:
    """Call ``interrupt`` on SIGTERM and SIGINT from a thread of its own, besides Python's handler.

    Granian's parent waits on a lock without a time-out. Under load a signal was seen to arrive there without waking
    it, so that the handler never ran; the byte that the interpreter writes for each signal always arrives.
    """
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)

    def listen(_keeps_it_open: socket.socket) -> None:
        while numbers := reader.recv(64):
            if {signal.SIGTERM, signal.SIGINT}.intersection(numbers):
                interrupt()

    threading.Thread(target=listen, args=[writer], name="signals", daemon=True).start()


def web(contract: Env) -> None:
    """Serve HTTP by Granian; its parent process, which has no Django, serves the metrics of all its children."""
    import multiprocessing

    from granian import Granian
    from granian.constants import Interfaces

    from config.log import logging_config
    from config.static import mounts

    # Python's default differs by version and platform; a fork would inherit the metrics' socket and thread.
    multiprocessing.set_start_method("spawn")
    _serve_metrics(contract)
    static = mounts()
    server = Granian(
        "config.wsgi:application",
        address=contract.web_host,
        port=contract.web_port,
        interface=Interfaces.WSGI,
        workers=contract.web_processes,
        blocking_threads=contract.web_threads,
        backlog=REQUEST_BACKLOG,
        log_dictconfig=logging_config(
            level=contract.log_level, environment=contract.environment, release=contract.release
        ),
        log_access=False,
        respawn_failed_workers=not contract.live_reload,  # there, whoever watches the code decides
        workers_kill_timeout=WEB_SHUTDOWN_SECONDS,
        static_path_route=[route for route, _folder in static],
        static_path_mount=[folder for _route, folder in static],
        static_path_expires=STATIC_LIFETIME_SECONDS,
    )
    _wake_for_signals(server.signal_handler_interrupt)
    server.serve()


def _end_in_time(**_: Any) -> None:
    """After a while turn Celery's warm shutdown (wait for what runs) into its cold one (give it back to the queue)."""
    deadline = threading.Timer(WORKER_SHUTDOWN_SECONDS, os.kill, (os.getpid(), signal.SIGQUIT))
    deadline.daemon = True
    deadline.start()


def worker(contract: Env) -> None:
    """Perform tasks by Celery's prefork pool; SIGTERM lets what runs finish within `WORKER_SHUTDOWN_SECONDS`.

    That is the warm shutdown and a deadline: Celery's own soft shutdown always sleeps for its whole time-out.
    """
    from celery.apps import worker as celery_worker
    from celery.signals import worker_shutting_down

    from config.celery import app
    from config.log import say
    from config.pulse import touch_while_worker_consumes

    touch_while_worker_consumes(contract, app)
    worker_shutting_down.connect(_end_in_time)
    celery_worker.safe_say = say
    _serve_metrics(contract)
    app.worker_main(
        [
            "--quiet",
            "worker",
            "--concurrency",
            str(contract.worker_processes),
            "--without-gossip",
            "--without-mingle",
            "--loglevel",
            contract.log_level,
        ]
    )


def beat(contract: Env) -> None:
    """Send the periodic tasks; a second beat does no harm, only useless work.

    When each was last sent stands in a file that outlives a reload, so that an hourly task is not put off by it.
    """
    import logging

    from celery.signals import beat_init

    from config.celery import app
    from config.pulse import touch_while_beat_sends

    touch_while_beat_sends(contract)
    beat_init.connect(lambda **_: logging.getLogger("shop.beat").info("beat is ready"), weak=False)
    _serve_metrics(contract)
    schedule = contract.prometheus_multiproc_dir / BEAT_SCHEDULE_FILE
    app.start(["--quiet", "beat", "--schedule", str(schedule), "--loglevel", contract.log_level])


def migrate(_contract: Env) -> None:
    """Apply every migration, and with it the staff groups (accounts.roles). Safe to repeat and to run twice at once."""
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    with connection.cursor() as cursor:
        # The time-outs are for requests: building an index may take longer, and so may another migration.
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(hashtext('dhakacart migrate'))")
        cursor.execute("RESET lock_timeout")
        database = connection.ops.quote_name(connection.settings_dict["NAME"])
        for name, limit in settings.DATABASE_LIMITS_MILLISECONDS.items():
            cursor.execute(f"ALTER ROLE CURRENT_USER IN DATABASE {database} SET {name} = {limit:d}")
    call_command("migrate", interactive=False, verbosity=1)


def await_migrations(_contract: Env) -> None:
    """Wait until the migrations that this code knows are applied; Kubernetes starts the other roles after it."""
    from config.await_migrations import await_migrations as wait

    wait()


ROLES: dict[str, Callable[[Env], None]] = {
    "web": web,
    "worker": worker,
    "beat": beat,
    "migrate": migrate,
    "await-migrations": await_migrations,
}
# These end by themselves: no metrics, no live reload.
ERRANDS = frozenset({"migrate", "await-migrations"})


def _fresh_metrics_folder(folder: Path) -> None:
    """Give this role a folder of its own for metrics: files of a dead process would be counted for ever."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ[MULTIPROC] = str(folder)


def run(role: str) -> None:
    """Run a role until it ends."""
    from config.env import env
    from config.log import begin_logging

    contract = env()
    begin_logging(level=contract.log_level, environment=contract.environment, release=contract.release)
    if role not in ERRANDS:
        _fresh_metrics_folder(contract.prometheus_multiproc_dir / role)
    ROLES[role](contract)


def _end_at_once(number: int, _frame: object) -> None:
    """Nothing has begun, so nothing is to be ended. (A migration that is cut short is rolled back by PostgreSQL.)"""
    os._exit(128 + number)


def main(arguments: list[str]) -> int:
    """Exit status: 0 after a clean end, 64 for an unknown role, 78 for a fault in the contract; 143: see `_end_at_once`."""
    if len(arguments) != 1 or arguments[0] not in ROLES:
        print(f"usage: python -m config.run {' | '.join(ROLES)}", file=sys.stderr)
        return os.EX_USAGE
    role = arguments[0]
    # As a container's first process it would ignore SIGTERM until Granian or Celery have set handlers of their own.
    signal.signal(signal.SIGTERM, _end_at_once)
    from config.env import env

    if env().live_reload and role not in ERRANDS:
        from config.reload import run_reloading

        return run_reloading(role)
    run(role)
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(CODE))
    raise SystemExit(main(sys.argv[1:]))
