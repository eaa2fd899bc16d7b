"""The embedded engine: real PostgreSQL and Redis, stand-ins for the rest, in checkouts of their own with a space in the path."""

import json
import os
import pty
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil
import pytest

from dhakacart.operations.paths import Checkout
from dhakacart.operations.programs import run_program
from dhakacart.operations.waiting import wait_for

HERE = Checkout.here()
STAND_INS = Path(__file__).parent / "stand_ins"
PATIENCE_SECONDS = 180
FIXED_MAIL_PORT = 8025


class Copy:
    """A checkout with stand-ins for the services, and the real command line."""

    def __init__(self, root, environment):
        self.root = root
        self.environment = {**environment, "PYTHONPATH": str(root / "scripts"), "ENGINE": "embedded"}
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(HERE.root / "scripts" / "dhakacart", root / "scripts" / "dhakacart", ignore=ignored)
        shutil.copytree(STAND_INS / "shop", root / "services" / "shop")
        shutil.copytree(STAND_INS / "simulator", root / "services" / "simulator")
        vite = root / "services" / "storefront" / "node_modules" / "vite" / "bin"
        vite.mkdir(parents=True)
        shutil.copy(STAND_INS / "storefront" / "vite.js", vite)
        overlay = root / "k8s" / "overlays" / "local"
        overlay.mkdir(parents=True)
        shutil.copy(HERE.local_environment_file, overlay)

    def command(self, *arguments):
        return [sys.executable, "-m", "dhakacart", *arguments]

    def run(self, *arguments, **environment):
        return run_program(
            self.command(*arguments),
            environment={**self.environment, **environment},
            folder=Path("/"),
            timeout_seconds=PATIENCE_SECONDS,
        )

    def urls(self):
        return {row["name"]: row["url"] for row in json.loads(self.run("urls", "--json").stdout)}

    @property
    def data(self):
        (folder,) = (Path(self.environment["DHAKACART_CACHE"]) / "checkouts").glob(
            f"{self.root.name.replace(' ', '-')}-*"
        )
        return folder

    def state(self):
        return json.loads((self.data / "run" / "state.json").read_text())

    def pids(self):
        """The supervisor and everything below it."""
        supervisor = psutil.Process(self.state()["supervisor"]["pid"])
        return [supervisor.pid, *(child.pid for child in supervisor.children(recursive=True))]


@pytest.fixture
def make_copy(open_folder, clean_environment):
    """A function that makes a checkout; whatever runs of it is stopped at last."""
    cache = Path(clean_environment["DHAKACART_CACHE"])
    cache.mkdir()
    for binaries in HERE.cache.glob("*postgres*"):
        # Unpacked once for all tests.
        (cache / binaries.name).symlink_to(binaries)
    made = []

    def make(name="a checkout"):
        made.append(Copy(open_folder / name, clean_environment))
        return made[-1]

    yield make
    for copy in made:
        copy.run("down")


def page(url):
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.read().decode()


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_comes_up_without_a_terminal_and_goes_down_without_a_trace(make_copy, gone):
    """`dev` returns when all serves, `urls` names it, a second start keeps the data, `down` leaves nobody."""
    # given a checkout that has never run
    copy = make_copy()

    # when it is brought up
    result = copy.run("dev", "--isolated")

    # then every step was told, and what it names really serves
    assert result.returncode == 0, result.stdout
    assert "engine: embedded (asked for)" in result.stdout
    for name in ("postgres", "redis", "simulator", "migrate", "seed", "web", "worker", "beat", "storefront"):
        assert f"✓ {name}" in result.stdout
    urls = copy.urls()
    assert urls["storefront"] in result.stdout
    assert page(urls["storefront"]) == "a shop"
    # and started again while it runs, it says so
    assert "already running" in copy.run("dev", "--isolated").stdout

    # when it is stopped
    pids, ports = copy.pids(), list(copy.state()["ports"].values())
    made_at = (copy.data / "postgres" / "PG_VERSION").stat().st_mtime_ns
    assert copy.run("down").returncode == 0

    # then nobody is left, nothing listens, and a second start has the same data and the same ports
    assert gone(pids, within_seconds=1)
    assert not any(listens(port) for port in ports)
    assert copy.run("urls").returncode == 1
    assert "nothing was running" in copy.run("down").stdout
    assert copy.run("dev", "--isolated").returncode == 0
    assert (copy.data / "postgres" / "PG_VERSION").stat().st_mtime_ns == made_at
    assert copy.urls() == urls


def test_the_shop_gets_the_contract_and_nothing_from_the_shell(make_copy):
    """Hosts, ports and folders are those of this run; another project's variables do not come through."""
    copy = make_copy()
    copy.run("dev", "--isolated", SECRET_KEY="another project's", DJANGO_SETTINGS_MODULE="other.settings")

    seen = json.loads(page(copy.urls()["api"]))

    ports = copy.state()["ports"]
    assert "SECRET_KEY" not in seen
    assert seen["DJANGO_SETTINGS_MODULE"] == "config.settings"
    assert (seen["DATABASE_HOST"], seen["DATABASE_PORT"]) == ("127.0.0.1", str(ports["postgres"]))
    assert seen["PUBLIC_URL"] == f"http://127.0.0.1:{ports['storefront']}"
    assert Path(seen["SECRETS_DIR"]) == copy.root / ".dhakacart" / "secrets"


def test_two_checkouts_run_side_by_side(make_copy):
    """ISOLATED: no port in common, and stopping one leaves the other."""
    one, two = make_copy("one"), make_copy("two")
    assert one.run("dev", "--isolated").returncode == 0
    assert two.run("dev", "--isolated").returncode == 0

    assert not set(one.urls().values()) & set(two.urls().values())
    one.run("down")
    assert page(two.urls()["storefront"]) == "a shop"


def test_a_taken_port_is_told_with_its_holder_and_the_way_out(make_copy):
    """Without ISOLATED a held port ends the start before anything runs: who, and what to do."""
    copy = make_copy()
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            holder.bind(("127.0.0.1", FIXED_MAIL_PORT))
            holder.listen()
            expected = f"port {FIXED_MAIL_PORT} is held by process {os.getpid()}"
        except OSError:
            # Someone on this machine holds it already: as good.
            expected = f"port {FIXED_MAIL_PORT} is held by"
        result = copy.run("dev")

    assert result.returncode == 1
    assert expected in result.stdout
    assert "ISOLATED=1" in result.stdout
    assert copy.run("urls").returncode == 1


def test_a_failed_step_shows_its_last_words_and_leaves_nothing_half_started(make_copy, gone):
    """A seed that fails: exit status 1, its words, and PostgreSQL and the others are stopped again."""
    copy = make_copy()
    (copy.root / "services" / "shop" / "seed-fails").touch()

    result = copy.run("dev", "--isolated")

    assert result.returncode == 1
    assert "seed ended with exit status 1" in result.stdout
    assert "the seed has withered" in result.stdout
    assert "nothing was running" in copy.run("down").stdout
    mine = [p.pid for p in psutil.process_iter() if str(copy.data) in " ".join(_cmdline(p))]
    assert gone(mine, within_seconds=1)


def _cmdline(process):
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_a_killed_supervisor_does_not_block_the_next_start(make_copy, gone):
    """After SIGKILL the next `dev` comes up, with the same data, and the old processes are gone."""
    copy = make_copy()
    copy.run("dev", "--isolated")
    supervisor, *others = copy.pids()

    os.kill(supervisor, signal.SIGKILL)
    result = copy.run("dev", "--isolated")

    assert result.returncode == 0, result.stdout
    assert gone([supervisor, *others])
    assert page(copy.urls()["storefront"]) == "a shop"


def test_old_data_is_refused_in_one_line_and_reset_helps(make_copy):
    """Data of another PostgreSQL: the line names the way out, and that way works; only this checkout's data go."""
    # given two checkouts, one with data that are too old
    copy, neighbour = make_copy("one"), make_copy("two")
    copy.run("dev", "--isolated")
    copy.run("down")
    neighbour.run("dev", "--isolated")
    (copy.data / "postgres" / "PG_VERSION").write_text("16\n")

    # when it is started, then the line stands there
    refused = copy.run("dev", "--isolated")
    assert refused.returncode == 1
    assert "is of PostgreSQL 16, this is PostgreSQL 17 -> make reset" in refused.stdout

    # when it is reset, then it comes up, and the neighbour has not noticed
    assert "YES=1" in copy.run("reset").stdout
    assert copy.run("reset", YES="1").returncode == 0
    assert copy.run("dev", "--isolated").returncode == 0
    assert page(neighbour.urls()["storefront"]) == "a shop"


def test_an_unknown_engine_is_told_the_known_ones(make_copy):
    """One line, exit status 2."""
    result = make_copy().run("dev", "--engine", "warp")

    assert result.returncode == 2
    assert "no engine is called 'warp'; the engines are: containers, embedded" in result.stdout


def test_on_a_terminal_it_stays_and_ctrl_c_stops_everything(make_copy, gone):
    """It shows the processes' output with their names; Ctrl-C ends all of it, and the data stay."""
    # given a run on a terminal
    copy = make_copy()
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        copy.command("dev", "--isolated"),
        env={**copy.environment, "TERM": "xterm", "COLUMNS": "200"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    shown = ""

    def shows(text):
        nonlocal shown
        shown += os.read(ours, 65536).decode(errors="replace")
        return text in shown

    # when it is up and a page is asked for
    assert wait_for(lambda: shows("stop: Ctrl-C"), timeout_seconds=PATIENCE_SECONDS), shown
    page(f"{copy.urls()['api']}/hello")
    assert wait_for(lambda: shows("/hello"), timeout_seconds=PATIENCE_SECONDS)
    assert "web        │" in shown
    pids = copy.pids()

    # when Ctrl-C comes
    process.send_signal(signal.SIGINT)

    # then it ends by itself, nobody is left, the data are
    assert process.wait(PATIENCE_SECONDS) == 0
    assert gone(pids, within_seconds=1)
    assert (copy.data / "postgres" / "PG_VERSION").exists()
    os.close(ours)


def test_a_supervisor_that_breaks_is_not_a_silent_failure(make_copy):
    """An error that nobody foresaw still shows its last words, and exit status 1."""
    copy = make_copy()
    (copy.root / "k8s" / "overlays" / "local" / "shop.env").unlink()

    result = copy.run("dev", "--isolated")

    assert result.returncode == 1
    assert "the supervisor ended with status 1" in result.stdout
    assert "shop.env" in result.stdout


def test_what_happens_after_the_start_is_in_the_supervisors_log(make_copy):
    """A death in the background is told there, and the process is back."""
    copy = make_copy()
    copy.run("dev", "--isolated")
    pid = next(
        child.pid
        for child in psutil.Process(copy.pids()[0]).children()
        if "config.run web" in " ".join(_cmdline(child))
    )

    os.kill(pid, signal.SIGKILL)

    log = copy.root / ".dhakacart" / "logs" / "supervisor.log"
    assert wait_for(
        lambda: "web ended with signal SIGKILL" in log.read_text(), timeout_seconds=PATIENCE_SECONDS
    )
    assert wait_for(lambda: log.read_text().count("ready web") == 2, timeout_seconds=PATIENCE_SECONDS)
    assert "web ended" in copy.run("logs", "supervisor").stdout
