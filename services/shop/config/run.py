"""The image's roles: ``python -m config.run web | worker | beat | migrate``.

One image, one entry, so that every environment starts the same thing. ``LIVE_RELOAD`` restarts a role
when its code changes.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from config.env import Env, env

CODE = Path(__file__).resolve().parent.parent
MULTIPROC = "PROMETHEUS_MULTIPROC_DIR"
BEAT_SCHEDULE_FILE = "celerybeat-schedule"
REQUEST_BACKLOG = 1024


def web(contract: Env) -> None:
    """Serve HTTP by Granian; the parent process serves the metrics of all its children."""
    from granian import Granian
    from granian.constants import Interfaces
    from ops.exposition import serve_metrics

    serve_metrics(host=contract.metrics_host, port=contract.metrics_port)
    Granian(
        "config.wsgi:application",
        address=contract.web_host,
        port=contract.web_port,
        interface=Interfaces.WSGI,
        workers=contract.web_processes,
        blocking_threads=contract.web_threads,
        backlog=REQUEST_BACKLOG,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=30,
    ).serve()


def worker(contract: Env) -> None:
    """Perform tasks by Celery's prefork pool; SIGTERM finishes what runs (soft shutdown)."""
    from ops.exposition import serve_metrics

    from config.celery import app

    os.environ["REMAP_SIGTERM"] = "SIGQUIT"
    serve_metrics(host=contract.metrics_host, port=contract.metrics_port)
    app.worker_main(
        [
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
    """Send the periodic tasks; a second beat does no harm, only useless work."""
    from ops.exposition import serve_metrics

    from config.celery import app

    serve_metrics(host=contract.metrics_host, port=contract.metrics_port)
    schedule = contract.prometheus_multiproc_dir / BEAT_SCHEDULE_FILE
    app.start(["beat", "--schedule", str(schedule), "--loglevel", contract.log_level])


def migrate(_contract: Env) -> None:
    """Apply every migration, then create the staff groups. Safe to repeat."""
    import django
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    call_command("migrate", interactive=False, verbosity=1)


ROLES: dict[str, Callable[[Env], None]] = {"web": web, "worker": worker, "beat": beat, "migrate": migrate}


def _fresh_metrics_folder(folder: Path) -> None:
    """Give this process a folder of its own for metrics: files of a dead process would be counted for ever."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ[MULTIPROC] = str(folder)


def run(role: str) -> None:
    """Run a role until it ends."""
    contract = env()
    if role != "migrate":
        _fresh_metrics_folder(contract.prometheus_multiproc_dir / role)
    ROLES[role](env.__wrapped__() if role != "migrate" else contract)


def _run_reloading(role: str) -> None:
    from watchfiles import PythonFilter, run_process

    run_process(CODE, target=run, args=(role,), watch_filter=PythonFilter(), sigint_timeout=10)


def main(arguments: list[str]) -> int:
    """Exit status: 0 after a clean end, 2 for an unknown role, 78 for a fault in the contract."""
    if len(arguments) != 1 or arguments[0] not in ROLES:
        print(f"usage: python -m config.run {' | '.join(ROLES)}", file=sys.stderr)
        return os.EX_USAGE
    role = arguments[0]
    if env().live_reload and role != "migrate":
        signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))
        _run_reloading(role)
    else:
        run(role)
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(CODE))
    raise SystemExit(main(sys.argv[1:]))
