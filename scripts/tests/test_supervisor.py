"""The supervisor: order, readiness, restarts, and no process left, however it ends."""

from pathlib import Path

import psutil
import pytest

from dhakacart.operations.identity import Identity, stop_groups
from dhakacart.operations.log_files import LogFile
from dhakacart.operations.service import Service, in_start_order
from dhakacart.operations.state import StateFolder

PATIENCE_SECONDS = 60.0
SLEEP = "import time; time.sleep(600)"
TOUCH_AND_SLEEP = "import pathlib, time; pathlib.Path('{0}').touch(); time.sleep(600)"
WITH_STUBBORN_CHILD = """
import os, pathlib, subprocess, sys, time
code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
child.stdout.readline()
pathlib.Path("child").write_text(str(child.pid))
pathlib.Path("up").touch()
time.sleep(600)
"""


def test_starts_a_service_only_when_what_it_needs_is_ready(supervised):
    """A service that comes after another is started after that one's probe holds, not before."""
    # given a first service that is never ready, and then one that is
    late = {"name": "late", "code": SLEEP, "after": ["first"]}
    never = supervised({"name": "first", "code": SLEEP, "ready_file": "never"}, late)
    soon = supervised({"name": "first", "code": TOUCH_AND_SLEEP.format("up"), "ready_file": "up"}, late)

    # when the second run is all ready
    soon.wait_for("all_ready")

    # then the order was kept there, and the first run has not even started its second service
    kinds = [(event["kind"], event["name"]) for event in soon.events()]
    assert kinds.index(("ready", "first")) < kinds.index(("starting", "late"))
    assert never.events("starting", "late") == []


def test_restarts_a_killed_process_and_says_so(supervised):
    """A process that dies is started again after a pause that doubles, and each death is told."""
    # given a running service
    run = supervised({"name": "web", "code": SLEEP})
    run.wait_for("ready", "web")
    first = run.pids()

    # when it is killed twice
    psutil.Process(first[0]).kill()
    run.wait_for("ready", "web", count=2)
    psutil.Process(run.pids()[0]).kill()
    run.wait_for("ready", "web", count=3)

    # then another process runs, and the pauses were told and doubled
    assert run.pids() != first
    first_death, second_death = run.events("died")
    assert "SIGKILL" in first_death["text"]
    assert "restarting in 0.5 s" in first_death["text"]
    assert "restarting in 1 s" in second_death["text"]


def test_three_quick_deaths_end_the_run_with_the_last_lines(supervised, gone):
    """A process that cannot live ends everything: exit status 1, its last words, no other process left."""
    # given a service that dies at once, beside one that lives
    run = supervised(
        {"name": "good", "code": SLEEP},
        {
            "name": "bad",
            "code": "print('the reason stands here'); raise SystemExit(3)",
            "ready_file": "never",
        },
    )
    run.wait_for("ready", "good")
    good = run.pids()

    # when it has died three times
    status = run.process.wait(PATIENCE_SECONDS)

    # then the run has failed, with the reason, and the other process is gone
    failure = run.wait_for("failed", "bad")
    assert status == 1
    assert "3 quick deaths" in failure["text"]
    assert "exit status 3" in failure["text"]
    assert "the reason stands here" in failure["lines"]
    assert len(run.events("died", "bad")) == 2
    assert gone(good)


def test_a_one_shot_job_that_fails_is_not_repeated(supervised):
    """A migration that fails ends the run at once, and what comes after it never starts."""
    run = supervised(
        {"name": "migrate", "code": "print('no such table'); raise SystemExit(1)", "once": True},
        {"name": "web", "code": SLEEP, "after": ["migrate"]},
    )

    assert run.process.wait(PATIENCE_SECONDS) == 1
    assert run.wait_for("failed", "migrate")["lines"] == ["no such table"]
    assert run.events("died") == []
    assert run.events("starting", "web") == []


def test_a_process_that_never_gets_ready_is_a_dead_one(supervised):
    """A start that hangs is given up after its time, and counts as a death."""
    run = supervised({"name": "web", "code": SLEEP, "ready_file": "never", "ready_seconds": 0.2})

    assert run.process.wait(PATIENCE_SECONDS) == 1
    assert "was not ready after 0.2 s" in run.wait_for("failed", "web")["text"]


def test_stops_in_reverse_order_and_leaves_nobody(supervised, gone):
    """SIGTERM ends the last started first, and a grandchild that is deaf to SIGTERM by SIGKILL."""
    # given two services in order, each noting its end; the second has a deaf child
    note = "import pathlib, signal, sys, time\ndef end(*_):\n open('ends', 'a').write('{0}\\n'); sys.exit()\nsignal.signal(signal.SIGTERM, end)\npathlib.Path('{0}.up').touch()\n"
    run = supervised(
        {
            "name": "database",
            "code": note.format("database") + "time.sleep(600)",
            "ready_file": "database.up",
        },
        {"name": "stubborn", "code": WITH_STUBBORN_CHILD, "ready_file": "up"},
        {
            "name": "web",
            "code": note.format("web") + "time.sleep(600)",
            "ready_file": "web.up",
            "after": ["database"],
        },
    )
    run.wait_for("all_ready")
    pids = [*run.pids(), int((run.folder / "child").read_text())]

    # when it is asked to end
    status = run.end()

    # then it ends well, in the right order, with nobody left
    assert status == 0
    assert (run.folder / "ends").read_text().split() == ["web", "database"]
    assert gone(pids, within_seconds=0)


def test_a_process_deaf_to_its_signal_is_killed_after_its_grace(supervised, gone):
    """The grace is each service's own, and then comes SIGKILL."""
    code = "import pathlib, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); pathlib.Path('up').touch(); time.sleep(600)"
    run = supervised({"name": "deaf", "code": code, "ready_file": "up", "grace_seconds": 0.3})
    run.wait_for("all_ready")
    pids = run.pids()

    assert run.end() == 0
    assert gone(pids, within_seconds=0)


def test_a_killed_supervisor_leaves_no_process(supervised, gone):
    """SIGKILL leaves the supervisor no time; its guardian ends the processes, grandchildren too."""
    run = supervised({"name": "parent", "code": WITH_STUBBORN_CHILD, "ready_file": "up"})
    run.wait_for("all_ready")
    # A short-lived SIGTERM is not enough for the child: only the guardian's SIGKILL to the group ends it.
    pids = [*run.pids(), int((run.folder / "child").read_text())]

    run.process.kill()

    assert gone(pids)


def test_the_next_start_ends_what_a_killed_supervisor_and_guardian_left(supervised, gone):
    """Even with the guardian killed too, the state on disk names the processes, and the next start ends them."""
    # given a supervisor and its guardian, both killed
    run = supervised({"name": "web", "code": SLEEP})
    run.wait_for("all_ready")
    pids = run.pids()
    guardians = [
        child for child in psutil.Process(run.process.pid).children() if "guardian.py" in str(child.cmdline())
    ]
    assert len(guardians) == 1
    guardians[0].kill()
    run.process.kill()
    run.process.wait(PATIENCE_SECONDS)
    assert not gone(pids, within_seconds=0), (
        "without a guardian the orphan lives: otherwise this test shows nothing"
    )

    # when the next start looks
    state = StateFolder(run.folder / "run")
    assert state.acquire()
    stopped = state.stop_leftovers()

    # then it is gone
    assert stopped == 1
    assert gone(pids)


def test_a_recycled_pid_is_not_killed(supervised):
    """A state file that names a pid which is another process's now must not end that one."""
    run = supervised({"name": "bystander", "code": SLEEP})
    run.wait_for("all_ready")
    (pid,) = run.pids()
    identity = Identity.of(pid)
    assert identity is not None
    assert identity.alive()

    stop_groups([Identity(pid, identity.started - 100)])

    assert identity.alive()


def test_a_second_supervisor_does_not_get_the_checkout(supervised):
    """Two starts at once: only one takes the lock, and it is free again when that one is killed."""
    run = supervised({"name": "web", "code": SLEEP})
    run.wait_for("all_ready")
    other = StateFolder(run.folder / "run")

    assert not other.acquire()
    run.process.kill()
    run.process.wait(PATIENCE_SECONDS)
    assert other.acquire()


def test_services_that_wait_for_each_other_are_refused():
    """A cycle would wait for ever: it is an error before anything starts."""
    one = Service(name="one", command=[], folder=Path(), environment={}, after=("two",))
    two = Service(name="two", command=[], folder=Path(), environment={}, after=("one",))

    with pytest.raises(ValueError, match=r"one.*two"):
        in_start_order([one, two])


def test_logs_are_bounded(tmp_path):
    """A process that prints for ever fills neither the disk nor the memory."""
    log = LogFile(tmp_path / "web.log", max_bytes=1000)

    for number in range(500):
        log.write(f"line {number}\n".encode())
    log.write(b"x" * 50_000)

    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    assert len(sizes) == 2
    assert min(sizes) <= 1000
    assert max(len(line) for line in log.last_lines()) <= 8_000
    assert len(log.last_lines()) <= 26


def test_stop_signals_reach_the_leader_alone(supervised):
    """A pool's children must not get their parent's SIGTERM: the parent lets them finish."""
    code = """
import pathlib, signal, subprocess, sys, time
child_code = "import pathlib, signal, sys; signal.signal(signal.SIGTERM, lambda *_: (pathlib.Path('hit').touch(), sys.exit())); print('on', flush=True); sys.stdin.read()"
child = subprocess.Popen([sys.executable, "-c", child_code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
child.stdout.readline()
def end(*_):
    child.stdin.close(); child.wait(); sys.exit()
signal.signal(signal.SIGTERM, end)
pathlib.Path("up").touch()
time.sleep(600)
"""
    run = supervised({"name": "pool", "code": code, "ready_file": "up"})
    run.wait_for("all_ready")

    assert run.end() == 0
    assert not (run.folder / "hit").exists()
