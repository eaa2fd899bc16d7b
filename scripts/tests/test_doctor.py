"""doctor: what it says of machines that differ from this one, and that programs can read it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dhakacart.operations import doctor
from dhakacart.operations.compose import StackPorts
from dhakacart.operations.environment import from_the_shell
from dhakacart.operations.ports import Ports

SCRIPTS = Path(doctor.__file__).parents[2]


def test_it_looks_at_every_port_of_every_engine():
    """What an engine opens on this machine without being asked for another."""
    assert set(doctor.PORTS) == {*Ports().named().values(), *StackPorts().named().values()}


@pytest.mark.parametrize(
    ("system", "machine", "python", "level"),
    [
        ("linux", "x86_64", (3, 11), "pass"),
        ("linux", "x86_64", (3, 13), "pass"),
        ("linux", "aarch64", (3, 11), "fail"),
        ("linux", "aarch64", (3, 12), "pass"),
        ("darwin", "arm64", (3, 11), "fail"),
        ("darwin", "arm64", (3, 13), "pass"),
        ("linux", "riscv64", (3, 13), "fail"),
        ("win32", "AMD64", (3, 12), "fail"),
    ],
)
def test_postgres_coverage_follows_the_wheels(system, machine, python, level):
    """Where no wheel brings PostgreSQL 17, doctor fails and says what to do; elsewhere it passes."""
    finding = doctor.postgres_coverage(system, machine, python)

    assert finding.level == level
    assert bool(finding.fix) == (level == "fail")


def test_libraries_that_the_wheel_leaves_to_the_system_are_looked_for():
    """Where they are missing, the exact packages; where another wheel serves, or another system, they do not matter."""
    lacks = ["libgssapi_krb5.so.2", "libxml2.so.2"]

    finding = doctor.postgres_coverage("linux", "x86_64", (3, 13), lacks=lacks)

    assert finding.level == "fail"
    assert "needs libgssapi_krb5.so.2, libxml2.so.2" in finding.found
    assert finding.fix == "sudo apt install libgssapi-krb5-2 libxml2"
    assert doctor.postgres_coverage("linux", "x86_64", (3, 11), lacks=lacks).level == "pass"
    assert doctor.postgres_coverage("darwin", "arm64", (3, 13), lacks=lacks).level == "pass"


def test_a_missing_library_is_told_from_one_that_is_there(monkeypatch):
    """By the system's own linker; the finding is among those of a real examination."""
    monkeypatch.setattr(
        doctor, "POSTGRES_LIBRARIES", {"libc.so.6": "libc6", "libnowhere.so.9": "libnowhere9"}
    )
    monkeypatch.setattr(doctor, "_environment_python", lambda: (3, 13))
    monkeypatch.setattr(sys, "platform", "linux")

    [finding] = [one for one in doctor.examine() if one.name == "PostgreSQL wheel"]

    assert finding.fix == "sudo apt install libnowhere9"


def test_python_311_on_arm_is_told_to_use_312():
    """The most likely laptop gets the exact words."""
    assert "use Python 3.12 or newer" in doctor.postgres_coverage("darwin", "arm64", (3, 11)).fix


def test_speaks_json_without_any_package_installed():
    """It must work before anything is installed: isolated from site-packages, it still prints its JSON."""
    result = subprocess.run(
        [sys.executable, "-S", "-m", "dhakacart.operations.doctor"],
        env={**from_the_shell(), "PYTHONPATH": str(SCRIPTS), "JSON": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    findings = json.loads(result.stdout)
    assert result.returncode == int(any(finding["level"] == "fail" for finding in findings))
    assert {"Python", "git", "disk", "ports", "PostgreSQL wheel"} <= {finding["name"] for finding in findings}
    assert all(finding["why"] for finding in findings)
    assert all(finding["fix"] for finding in findings if finding["level"] in ("warn", "fail"))


def test_a_missing_program_fails_with_the_exact_fix(monkeypatch):
    """Without git on the machine, doctor fails, says how to get it, and its exit status is 1."""
    monkeypatch.setenv("PATH", "")

    findings = doctor.examine()

    git = next(finding for finding in findings if finding.name == "git")
    assert (git.level, git.fix) == ("fail", "sudo apt install git")
    assert doctor.exit_status(findings) == 1


def test_a_warning_is_no_failure():
    """Only a fail ends with status 1."""
    assert doctor.exit_status([doctor.Finding("Chromium", doctor.WARN, "not found", "why", "fix")]) == 0
