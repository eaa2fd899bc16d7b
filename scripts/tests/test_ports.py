"""Ports: who holds a taken one, and free ones that nobody gets twice."""

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from dhakacart.operations.ports import Ports, free_ports, holders, is_taken


def test_the_holder_of_a_taken_port_is_named():
    """Pid, name and folder of whoever listens there; a free port has no holder."""
    taken, free = free_ports(2)
    with socket.create_server(("127.0.0.1", taken)):
        found = holders([free, taken])

    assert [holder.port for holder in found] == [taken]
    assert found[0].pid == os.getpid()
    assert f"port {taken} is held by process {os.getpid()}" in str(found[0])
    assert str(Path.cwd()) in str(found[0])
    assert holders([taken]) == []


def test_a_port_that_is_held_on_every_address_is_taken():
    """A server on 0.0.0.0 holds loopback too."""
    (port,) = free_ports(1)
    with socket.create_server(("0.0.0.0", port)):
        assert is_taken(port)
    assert not is_taken(port)


def test_free_ports_are_different_and_not_the_systems():
    """Twenty at once differ, and lie below those that outgoing connections take."""
    ports = free_ports(20)

    assert len(set(ports)) == 20
    assert all(20_000 <= port < 30_000 for port in ports)


def test_no_port_is_given_twice_to_processes_that_ask_at_once():
    """Also when nobody has opened it yet: they take turns. Nor soon again by the same process."""
    program = (
        "from dhakacart.operations.ports import free_ports; print(*(free_ports(1)[0] for _ in range(100)))"
    )
    asking = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]

    given = [port for one in asking for port in one.communicate(timeout=60)[0].split()]

    assert len(given) == len(set(given)) == 300


def test_after_the_last_port_the_turn_begins_anew(monkeypatch, tmp_path):
    """Also from a file that holds no number."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    turn = tmp_path / f"dhakacart-ports-{os.getuid()}"
    turn.write_text("29999")
    assert free_ports(2)[0] < 20_100
    turn.write_text("broken")
    assert free_ports(2)[0] < 20_100


def test_an_isolated_run_has_none_of_the_fixed_ports():
    """Two checkouts side by side share no port."""
    assert not set(Ports.free().named().values()) & set(Ports().named().values())
