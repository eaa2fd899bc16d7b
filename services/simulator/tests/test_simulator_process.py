"""The process: exit codes, signals, ports."""

import signal
import smtplib
import socket
import time

import httpx
import pytest


def wait_until(holds, *, seconds=10):
    """Return when `holds()` is true; fail after so many seconds."""
    give_up = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > give_up:
            pytest.fail(f"not so within {seconds} s")
        time.sleep(0.02)


def test_a_bad_setting_ends_it_with_2_and_one_line(simulator_environment, launch):
    """A malformed variable: one line on standard error that begins with its name, exit code 2."""
    process = launch({**simulator_environment, "SIMULATOR_PORT": "eighty"})

    output, errors = process.communicate(timeout=20)

    assert process.returncode == 2
    assert output == ""
    assert errors.startswith("SIMULATOR_PORT: ")
    assert len(errors.splitlines()) == 1


def test_a_taken_port_ends_it_with_1_and_the_name_of_its_setting(simulator_environment, launch):
    """A port that somebody else listens on, HTTP or SMTP, is named by its variable."""
    environment = launch.on_free_ports(simulator_environment)
    for name in ("SIMULATOR_PORT", "SIMULATOR_SMTP_PORT"):
        with socket.create_server(("127.0.0.1", int(environment[name]))):
            process = launch(environment)
            _, errors = process.communicate(timeout=20)

        assert process.returncode == 1
        assert errors.startswith(f"{name}: ")
        assert len(errors.splitlines()) == 1


def test_sigterm_stops_it_cleanly(simulator_environment, launch):
    """SIGTERM: exit code 0, nothing on standard error, both ports free; an open mail connection does not hold it."""
    environment = launch.on_free_ports(simulator_environment)
    url = f"http://127.0.0.1:{environment['SIMULATOR_PORT']}"
    process = launch(environment)
    launch.wait_until_healthy(process, url)

    with smtplib.SMTP("127.0.0.1", int(environment["SIMULATOR_SMTP_PORT"]), timeout=5) as mail:
        mail.ehlo()
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=10)
        mail.close()

    assert (process.returncode, errors) == (0, "")
    for name in ("SIMULATOR_PORT", "SIMULATOR_SMTP_PORT"):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", int(environment[name])))


def test_sigterm_stops_it_while_a_request_hangs(simulator_environment, launch):
    """A request that hangs in an outage does not keep it from stopping."""
    environment = launch.on_free_ports(simulator_environment)
    url = f"http://127.0.0.1:{environment['SIMULATOR_PORT']}"
    process = launch(environment)
    launch.wait_until_healthy(process, url)
    with httpx.Client(base_url=url, trust_env=False, timeout=5) as client:
        client.post("/control/outage", json={"kind": "hang", "for_requests": 1})
        with socket.create_connection(("127.0.0.1", int(environment["SIMULATOR_PORT"]))) as hanging:
            hanging.sendall(b"POST /gwprocess/v4/api.php HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
            wait_until(lambda: client.get("/control/outage").json() == {})

            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=10)

    assert process.returncode == 0


def test_health_means_that_mail_is_served_too(simulator):
    """Once /healthz answers, the mail server greets."""
    assert simulator.client.get("/healthz").json() == {"status": "ok"}

    with smtplib.SMTP("127.0.0.1", simulator.smtp_port, timeout=5) as mail:
        assert mail.noop()[0] == 250
