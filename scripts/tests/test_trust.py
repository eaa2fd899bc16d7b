"""make trust: what is run to install the authority, and how doctor tells whether it is installed."""

import stat
import sys

import pytest

from dhakacart.operations import doctor
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.trust import DEBIAN_FILE, trust, trust_commands, trusted


@pytest.fixture
def authority(tmp_path):
    """A certificate's file, below a path with a space."""
    path = tmp_path / "a checkout" / "ca.crt"
    path.parent.mkdir()
    path.write_text("-----BEGIN CERTIFICATE-----\n")
    return path


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """A function that makes a program that notes its arguments; PATH leads to such programs only."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def make(name, status=0):
        program = folder / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >> "{tmp_path}/calls"\nexit {status}\n')
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    make.calls = lambda: (tmp_path / "calls").read_text().splitlines()
    return make


def test_root_on_debian_copies_and_updates(programs, authority):
    """Two commands, each shown before it runs, without sudo."""
    programs("update-ca-certificates")
    programs("install")
    shown = []

    trust("linux", authority, is_root=True, show=shown.append)

    assert programs.calls() == [f"install -m 0644 {authority} {DEBIAN_FILE}", "update-ca-certificates "]
    assert [command[0] for command in shown] == ["install", "update-ca-certificates"]


def test_others_go_through_sudo(programs, authority):
    """Without root each command is given to sudo, and shown so."""
    programs("update-ca-certificates")
    programs("sudo")
    shown = []

    trust("linux", authority, is_root=False, show=shown.append)

    assert programs.calls()[0] == f"sudo install -m 0644 {authority} {DEBIAN_FILE}"
    assert {command[0] for command in shown} == {"sudo"}


def test_without_sudo_the_commands_are_told(programs, authority):
    """Nothing runs; the line has what root must do."""
    programs("update-ca-certificates")

    with pytest.raises(ProblemError, match="needs root") as problem:
        trust("linux", authority, is_root=False, show=print)

    assert "update-ca-certificates" in problem.value.hint


def test_a_failed_command_is_told(programs, authority):
    """Its status, and that root is needed; what follows does not run."""
    programs("update-ca-certificates")
    programs("install", status=3)

    with pytest.raises(ProblemError, match="ended with status 3"):
        trust("linux", authority, is_root=True, show=lambda _: None)

    assert len(programs.calls()) == 1


def test_macos_has_a_command_of_its_own(authority):
    """security(1) puts it into the system's keychain as a root."""
    [command] = trust_commands("darwin", authority)

    assert command[:2] == ["security", "add-trusted-cert"]
    assert command[-1] == str(authority)


def test_an_unknown_system_is_told_where_the_file_is(programs, authority):
    """No guess: the path, for whoever knows the way."""
    with pytest.raises(ProblemError) as problem:
        trust_commands("linux", authority)

    assert str(authority) in problem.value.hint


def test_only_this_very_authority_counts_as_trusted(authority, tmp_path):
    """None installed, another checkout's installed, this one installed."""
    installed = tmp_path / "store" / "dhakacart.crt"

    assert trusted("linux", authority, installed) is None
    installed.parent.mkdir()
    assert trusted("linux", authority, installed) is False
    installed.write_text("another")
    assert trusted("linux", authority, installed) is False
    installed.write_text(authority.read_text())
    assert trusted("linux", authority, installed) is True


@pytest.mark.skipif(
    sys.platform not in ("linux", "darwin"), reason="the store is known on Linux and macOS only"
)
def test_doctor_only_informs_of_it(monkeypatch, tmp_path):
    """A machine that does not trust it is not unwell: info, with the way."""
    monkeypatch.setattr(doctor, "ROOT", tmp_path)

    finding = doctor._trust()

    assert (finding.level, finding.fix) == (doctor.INFO, "make trust (needs root)")
