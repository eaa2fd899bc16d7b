"""The engine with containers, before a stand-in for docker: what is told, and that nothing half-started stays."""

import json
import os
import signal
import socket
import threading

import pytest

from dhakacart import engines
from dhakacart.engines.containers import ContainersEngine
from dhakacart.engines.embedded import EmbeddedEngine
from dhakacart.engines.in_containers import addresses
from dhakacart.engines.protocol import Status
from dhakacart.operations.compose import Stack, StackPorts
from dhakacart.operations.events import Kind
from dhakacart.operations.paths import Checkout
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.stack_records import StackRecords, claim, isolated_project, owner_of
from dhakacart.operations.waiting import wait_for

CONFIG = {
    "services": {
        "web": {"image": "dhakacart/shop:local", "build": {}},
        "worker": {"image": "dhakacart/shop:local", "build": {}},
        "edge": {"image": "dhakacart/edge:local", "build": {}},
    }
}


def row(service, *, state="running", health="healthy", status=0, folder=""):
    """One container as `docker compose ps` shows it."""
    labels = f"a=b,com.docker.compose.project.working_dir={folder}" if folder else ""
    values = {"Service": service, "Name": f"x-{service}-1", "State": state, "Health": health}
    return json.dumps({**values, "ExitCode": status, "Labels": labels}) + "\n"


ANSWERS = {
    "compose version": {"stdout": "2.24.0\n"},
    "info": {"stdout": "/nowhere/on/this/machine\n"},
    " config ": {"stdout": json.dumps(CONFIG)},
    " ps --all": {"stdout": row("web") + row("edge")},
    "inspect": {"stdout": "null\n"},
}


@pytest.fixture
def world(docker):
    """A function that lets docker answer as one that works, but for these answers; returns what lists the calls."""

    def answer(**changes):
        named = {name.replace("_", " "): value for name, value in changes.items()}
        known = {
            key: value
            for key, value in ANSWERS.items()
            if not any(key.strip().startswith(n.strip()) for n in named)
        }
        return docker(*({"to": key, **value} for key, value in {**named, **known}.items()))

    return answer


@pytest.fixture
def checkout(tmp_path):
    """A checkout of its own."""
    return Checkout(tmp_path / "root", tmp_path / "cache")


def downs(calls):
    return [call for call in calls() if " down " in call]


def test_a_start_builds_each_image_once_and_waits_until_all_are_ready(world, checkout, told):
    """Two images for three services, then one `up`; secrets and certificates are made, the run is remembered."""
    calls = world()
    engine = ContainersEngine(checkout)

    assert engine.up(told.options) == 0

    assert sum(" build " in call for call in calls()) == 2
    assert sum(" up --detach --no-build" in call for call in calls()) == 1
    assert {"shop", "edge", "web"} <= told.names(Kind.READY)
    assert told.events[-1].kind is Kind.ALL_READY
    assert (checkout.secrets / "edge" / "tls.crt").exists()
    assert (checkout.secrets / "secret_key").exists()
    assert engine.status().ready
    assert engine.urls()[0].url.startswith("https://localhost:2")
    assert not downs(calls)


def test_a_second_start_of_what_runs_only_brings_it_up_to_date(world, checkout, told, make_told):
    """Same project, same ports, no complaint about ports that it holds itself."""
    calls = world()
    engine = ContainersEngine(checkout)
    engine.up(told.options)
    before = engine.urls()

    again = make_told(isolated=False)
    assert engine.up(again.options) == 0

    assert "already running" in again.texts(Kind.NOTE)[0]
    assert engine.urls() == before
    assert {call.split("--project-name ")[1].split()[0] for call in calls() if "--project-name" in call} == {
        isolated_project(checkout)
    }


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            'failed to solve: process "/bin/sh -c false" did not complete successfully: exit code: 1',
            "exit code: 1",
        ),
        ("write /x: no space left on device", "the disk of the Docker engine is full -> docker system df"),
    ],
)
def test_a_failing_build_is_one_line_and_starts_nothing(world, checkout, told, words, expected):
    """The image and the cause in the line, the output below, exit status 1, no `up`."""
    calls = world(**{" build web": {"stderr": f"#5 [2/3] RUN false\n{words}\n", "status": 1}})

    assert ContainersEngine(checkout).up(told.options) == 1

    [text] = told.texts(Kind.FAILED)
    assert expected in text
    assert "\n" not in text
    assert not any(" up " in call for call in calls())
    assert words in told.events[-1].lines


def test_a_job_that_fails_shows_its_last_words_and_everything_is_stopped(world, checkout, told):
    """migrate ends with 1: its own line, then `down` without the data."""
    calls = world(
        **{
            " up ": {"stderr": "service migrate didn't complete successfully: exit 1", "status": 1},
            " ps --all": {"stdout": row("web") + row("migrate", state="exited", health="", status=1)},
            " logs ": {"stdout": "one\nenvironment contract: variable SMS_URL is missing (x)\n"},
        }
    )

    assert ContainersEngine(checkout).up(told.options) == 1

    assert told.texts(Kind.FAILED) == ["environment contract: variable SMS_URL is missing (x)"]
    [down] = downs(calls)
    assert "--volumes" not in down


def test_data_of_another_password_are_told_by_the_check_itself(world, checkout, told):
    """The check's own words end the wait at once, long before the container counts as unhealthy."""
    said = "postgres: the data were made with another password (its secrets are lost): put the old one back, or where the data may be lost: make reset"
    health = json.dumps({"Status": "starting", "Log": [{"Output": said}]})
    calls = world(
        **{
            " ps --all": {"stdout": row("postgres", health="starting")},
            "inspect": {"stdout": health},
            " up ": {"seconds": 20},
        }
    )

    assert ContainersEngine(checkout).up(told.options) == 1

    assert told.texts(Kind.FAILED) == [said]
    assert len(downs(calls)) == 1


def test_a_container_with_a_wrong_configuration_is_not_waited_for(world, checkout, told):
    """Status 78 will not heal: its line, at once."""
    world(
        **{
            " ps --all": {"stdout": row("postgres", state="restarting", health="", status=78)},
            " logs ": {"stdout": "postgres: the data in /x is of PostgreSQL 16, this is PostgreSQL 17\n"},
            " up ": {"seconds": 20},
        }
    )

    assert ContainersEngine(checkout).up(told.options) == 1

    assert told.texts(Kind.FAILED) == ["postgres: the data in /x is of PostgreSQL 16, this is PostgreSQL 17"]


def test_what_ran_before_survives_a_failed_change(world, checkout, told, make_told):
    """A build that fails beside a running shop leaves that running."""
    world()
    engine = ContainersEngine(checkout)
    engine.up(told.options)
    calls = world(**{" build web": {"stderr": "failed to solve: x\n", "status": 1}})

    assert engine.up(make_told().options) == 1

    assert not downs(calls)


def test_a_taken_port_is_told_with_its_holder_before_anything_starts(world, checkout, make_told):
    """Without ISOLATED: who holds it, what to do, and neither secrets nor images were touched."""
    calls = world(**{" ps --all": {"stdout": ""}})
    with socket.socket() as holder:
        try:
            holder.bind(("127.0.0.1", StackPorts().https))
            holder.listen()
            expected = f"port 8443 is held by process {os.getpid()}"
        except OSError:
            expected = "port 8443 is held by"  # someone on this machine holds it already: as good
        with pytest.raises(ProblemError) as problem:
            ContainersEngine(checkout).up(make_told(isolated=False).options)

    assert expected in problem.value.message
    assert "ISOLATED=1" in problem.value.hint
    assert not checkout.secrets.exists()
    assert not any(" build " in call or " up " in call for call in calls())


def test_a_containers_name_is_told_where_one_holds_the_port(world, checkout, make_told):
    """`docker-proxy` would help nobody."""
    holding = {"stdout": "other-edge-1\t/home/someone/other/compose\n"}
    world(**{" ps --all": {"stdout": ""}, "ps --filter publish=8443": holding})
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            holder.bind(("127.0.0.1", StackPorts().https))
            holder.listen()
        except OSError:
            pass  # held already
        with pytest.raises(
            ProblemError, match="8443 is held by container other-edge-1 of /home/someone/other"
        ):
            ContainersEngine(checkout).up(make_told(isolated=False).options)


def test_another_checkouts_containers_and_data_are_left_alone(world, checkout, tmp_path, make_told):
    """Neither its containers nor its volumes are taken over under the common name."""
    other = Checkout(tmp_path / "other", checkout.cache)
    world(**{" ps --all": {"stdout": row("web", folder=other.root / "compose")}})
    with pytest.raises(ProblemError, match=r"belongs to .*other/compose"):
        ContainersEngine(checkout).up(make_told(isolated=False).options)

    other.root.mkdir()
    claim(Stack(other, "dhakacart", StackPorts()))
    world(**{" ps --all": {"stdout": ""}, "volume ls": {"stdout": "dhakacart_postgres-data\n"}})
    with pytest.raises(ProblemError, match=r"belong to the checkout .*other") as problem:
        ContainersEngine(checkout).up(make_told(isolated=False).options)
    assert "ISOLATED=1" in problem.value.hint


def test_reset_removes_own_volumes_and_never_anothers(world, checkout, told, tmp_path):
    """Every project that this checkout has started goes with its data; one that became another's stays."""
    records = StackRecords.read(checkout)
    for project in ("dhakacart", isolated_project(checkout)):
        records.remember(Stack(checkout, project, StackPorts()))
        claim(Stack(checkout, project, StackPorts()))
    claim(Stack(Checkout(tmp_path / "other", checkout.cache), "dhakacart", StackPorts()))
    calls = world()

    ContainersEngine(checkout).reset(told.options.on_event)

    [down] = downs(calls)
    assert f"--project-name {isolated_project(checkout)} " in down
    assert "--volumes" in down
    assert StackRecords.read(checkout).ports == {}
    assert owner_of(Stack(checkout, "dhakacart", StackPorts())) == tmp_path / "other"


def test_an_engine_that_died_is_no_obstacle_but_for_reset(world, checkout, told):
    """Nothing runs then; but data that cannot be removed are not said to be."""
    world()
    engine = ContainersEngine(checkout)
    engine.up(told.options)
    world(**{"version --format": {"stderr": "Cannot connect to the Docker daemon", "status": 1}})

    assert not engine.status().running
    assert engine.down(told.options.on_event) is False
    with pytest.raises(ProblemError, match="no Docker engine answers"):
        engine.reset(told.options.on_event)
    assert StackRecords.read(checkout).ports


def test_ctrl_c_during_the_start_stops_what_was_started(world, checkout, told):
    """SIGTERM does the same: `down`, and the signal's own end of the program."""
    calls = world(**{" ps --all": {"stdout": row("web", health="starting")}, " up ": {"seconds": 30}})
    hit = threading.Thread(
        target=lambda: (
            wait_for(lambda: any(" up " in call for call in calls()), timeout_seconds=30)
            and os.kill(os.getpid(), signal.SIGTERM)
        )
    )
    before = signal.getsignal(signal.SIGTERM)
    hit.start()

    with pytest.raises(KeyboardInterrupt):
        ContainersEngine(checkout).up(told.options)
    hit.join()

    assert len(downs(calls)) == 1
    assert signal.getsignal(signal.SIGTERM) == before


def test_containers_come_first_and_embedded_serves_a_machine_without(world, checkout):
    """`make dev` takes this engine where Docker answers, else the embedded one and says why; by name, it says what it lacks."""
    world()
    assert engines.choose(checkout)[0].name == "containers"
    assert engines.choose(checkout, "embedded")[0].name == "embedded"

    world(**{"version --format": {"stderr": "Cannot connect to the Docker daemon", "status": 1}})
    chosen, reason = engines.choose(checkout)
    assert chosen.name == "embedded"
    assert "containers not: no Docker engine answers" in reason
    with pytest.raises(ProblemError, match="engine containers cannot run here: no Docker engine answers"):
        engines.choose(checkout, "containers")


def test_what_runs_already_goes_on(world, checkout, monkeypatch):
    """A plain `make dev` beside a running embedded engine means that one, not a second shop in containers."""
    world()
    monkeypatch.setattr(EmbeddedEngine, "status", lambda _: Status(running=True, ready=True))

    chosen, reason = engines.choose(checkout)
    assert (chosen.name, reason) == ("embedded", "it runs already")


def test_a_machine_that_never_ran_containers_asks_no_engine(world, checkout, told):
    """`make down` and `make urls` of the embedded engine cost nothing here."""
    calls = world()
    engine = ContainersEngine(checkout)

    assert engine.down(told.options.on_event) is False
    assert not engine.status().running
    assert calls() == []


def test_every_address_is_on_a_port_of_this_run():
    """An isolated run prints its own ports, not the fixed ones."""
    ports = StackPorts.free()

    for address in addresses(ports):
        assert any(f":{port}" in address.url for port in ports.named().values()), address
