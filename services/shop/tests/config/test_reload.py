"""Live reload: a change of code takes effect in seconds, and editing never costs the role or leaves a process."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil
import redis
from django.conf import settings

from config.celery import app
from dhakacart.operations.waiting import wait_for

from .conftest import Role

StartRole = Callable[..., Role]
EFFECT_SECONDS = 3.0
SLACK = 3  # on a machine that other tests load too; `make bench` measures, this only sees that it is seconds

VIEW = """

from django.http import HttpResponse as _Response
urlpatterns.append(path("probe", lambda request: _Response("%s")))
"""
TASK = """

@shared_task(name="probe.answer")
def answer(path):
    from pathlib import Path
    Path(path).write_text("%s")
"""


def _edit(path: Path, text: str) -> float:
    """Append to a source file; the time of it."""
    path.write_text(path.read_text() + text)
    return time.monotonic()


def _answers(web: Role, text: str) -> bool:
    try:
        return web.get("/probe").text == text
    except httpx.TransportError:
        return False


def test_web_answers_with_new_code(start_role: StartRole, copied_code: Path) -> None:
    """A changed view answers with its change within seconds, although a browser holds its connection open."""
    web = start_role("web", code=copied_code, LIVE_RELOAD="true").ready()
    with httpx.Client() as browser:
        browser.get(web.url + "/healthz")

        edited = _edit(copied_code / "ops/urls.py", VIEW % "changed")

        web.until(lambda: _answers(web, "changed"))
        assert time.monotonic() - edited < EFFECT_SECONDS * SLACK
    web.stop()


def test_worker_performs_new_code(start_role: StartRole, copied_code: Path, tmp_path: Path) -> None:
    """A changed task has its new effect within seconds."""
    worker = start_role("worker", code=copied_code, LIVE_RELOAD="true").ready()
    effect = tmp_path / "effect"

    edited = _edit(copied_code / "notify/tasks.py", TASK % "changed")
    worker.until(lambda: len(worker.lines(f"celery@{os.uname().nodename} ready.")) == 2)
    app.send_task("probe.answer", args=[str(effect)])

    worker.until(lambda: effect.exists() and effect.read_text() == "changed")
    assert time.monotonic() - edited < EFFECT_SECONDS * SLACK
    worker.stop()


def test_beat_sends_after_new_code_and_keeps_its_time(start_role: StartRole, copied_code: Path) -> None:
    """A task due every 3 s is sent although beat is restarted a second after each start: no reload puts it off."""
    broker = redis.Redis.from_url(settings.CELERY_BROKER_URL)
    broker.delete("celery")
    beat = start_role("beat", code=copied_code, LIVE_RELOAD="true").ready()
    _edit(
        copied_code / "config/settings.py",
        '\nCELERY_BEAT_SCHEDULE = {"probe": {"task": "probe.tick", "schedule": timedelta(seconds=3)}}\n',
    )

    def sent() -> int:
        return sum(b"probe.tick" in message for message in broker.lrange("celery", 0, -1))

    def starts() -> int:
        return len(beat.lines("beat is ready"))

    for restart in range(8):
        beat.until(lambda restart=restart: starts() >= restart + 2)
        if wait_for(lambda: sent() >= 2, timeout_seconds=1):
            break
        _edit(copied_code / "config/settings.py", "\n")
    assert sent() >= 2, beat.output()
    beat.stop()


def test_a_syntax_error_while_editing_does_not_end_the_role(start_role: StartRole, copied_code: Path) -> None:
    """After broken code the role waits, and serves again once it is mended."""
    web = start_role("web", code=copied_code, LIVE_RELOAD="true").ready()
    source = copied_code / "ops/urls.py"
    whole = source.read_text()

    source.write_text(whole + "\ndef broken(:\n")
    web.until(lambda: "waiting for the next one" in web.output())
    assert web.process.poll() is None
    source.write_text(whole + VIEW % "mended")

    web.until(lambda: _answers(web, "mended"))
    web.stop()


def test_sigterm_while_reloading_leaves_nothing(start_role: StartRole, copied_code: Path) -> None:
    """Told to end in the middle of a restart, the role ends and so does the child that was being started."""
    for name in ("web", "worker"):
        role = start_role(name, code=copied_code, LIVE_RELOAD="true").ready()
        _edit(copied_code / "ops/urls.py", "\n")
        role.until(lambda role=role: "changed, restarting" in role.output())
        wait_for(lambda role=role: len(role.family()) > 1, timeout_seconds=1)

        role.stop()

        assert role.process.returncode == 0


def test_a_killed_reloader_takes_its_role_with_it(start_role: StartRole, copied_code: Path) -> None:
    """SIGKILL of the reloader, which can clean up nothing: the role notices and ends."""
    for name in ("web", "worker", "beat"):
        role = start_role(name, code=copied_code, LIVE_RELOAD="true").ready()
        assert len(role.family()) > 1

        role.stop(signal.SIGKILL)


def test_a_role_that_dies_by_itself_ends_the_reloader(start_role: StartRole, copied_code: Path) -> None:
    """A death that no edit explains is not hidden from the supervisor."""
    web = start_role("web", code=copied_code, LIVE_RELOAD="true").ready()
    child = next(process for process in web.family() if "config.reload" in " ".join(process.cmdline()))

    child.kill()

    assert web.process.wait(10) != 0


def test_waiting_for_changes_costs_next_to_no_cpu(start_role: StartRole, copied_code: Path) -> None:
    """The reloader sleeps in the kernel: less than 5 % of one core while nothing changes."""
    beat = start_role("beat", code=copied_code, LIVE_RELOAD="true").ready()

    assert psutil.Process(beat.process.pid).cpu_percent(interval=3) < 5
