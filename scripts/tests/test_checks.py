"""The checks: each is shown something broken and complains, and something sound and does not."""

import json
import shutil
import subprocess

import pytest

from dhakacart.operations.check_context import Context
from dhakacart.operations.checks import CHECKS, Result, run_checks
from dhakacart.operations.environment import find_unportable_lines
from dhakacart.operations.host_names import registry_hosts
from dhakacart.operations.paths import Checkout

HERE = Checkout.here()
OVERLAY = "k8s/overlays/local/kustomization.yaml"
SPACE = "k8s/overlays/local/space.yaml"
NAMESPACE = (
    "{apiVersion: v1, kind: Namespace, metadata: {name: x, labels: "
    "{app.kubernetes.io/part-of: dhakacart, pod-security.kubernetes.io/enforce: restricted}}}"
)
LOCKED = {
    "requirements-dev.txt": 'node-wheel==24.19.0 ; python_version > "3" \\\n    --hash=sha256:0\nuv==0.13.10\n'
}


@pytest.fixture
def look(tmp_path):
    """A function: the outcome of one check over a small checkout with these files."""

    def run(name, files):
        root = tmp_path / "checkout"
        shutil.rmtree(root, ignore_errors=True)
        environment = {"k8s/overlays/local/shop.env": HERE.local_environment_file.read_text()}
        for path, text in {"pyproject.toml": "", **environment, **files}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        subprocess.run(["git", "init", "--quiet", str(root)], check=True)
        scratch = tmp_path / "scratch"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        context = Context(Checkout(root=root, cache=tmp_path / "cache"), scratch)
        context.prepare()
        before = {
            path: path.read_bytes() for path in root.rglob("*") if path.is_file() and ".git" not in path.parts
        }
        (outcome,) = run_checks(
            [check for check in CHECKS if check.name.startswith(name)], context, parallel=1
        )
        assert {path: path.read_bytes() for path in before} == before, "a check never edits"
        return outcome

    return run


@pytest.mark.parametrize(
    ("name", "broken", "sound", "complaint"),
    [
        ("ruff check", {"a.py": "import os\n"}, {"a.py": "A = 1\n"}, "F401"),
        ("ruff format", {"a.py": "A =  1\n"}, {"a.py": "A = 1\n"}, "a.py"),
        (
            "mypy",
            {"scripts/dhakacart/a.py": "A: int = ''\n"},
            {"scripts/dhakacart/a.py": "A: int = 1\n"},
            "[assignment]",
        ),
        ("shellcheck", {"run": "#!/bin/sh\nrm $1\n"}, {"run": '#!/bin/sh\nrm "$1"\n'}, "SC2086"),
        (
            "hadolint",
            {"Dockerfile": "FROM debian\n"},
            {"Dockerfile": "FROM debian:trixie-20261101-slim\n"},
            "DL3006",
        ),
        (
            "images' tools",
            {
                **LOCKED,
                "bin/install": '#!/bin/sh\nNODE_VERSION=24.18.0\npip install "node-wheel==$NODE_VERSION"\n',
            },
            {
                **LOCKED,
                "bin/install": '#!/bin/sh\nNODE_VERSION=24.19.0\npip install "node-wheel==$NODE_VERSION"\n',
            },
            "bin/install: NODE_VERSION is 24.18.0, requirements-dev.txt has node-wheel 24.19.0",
        ),
        (
            "images' tools",
            {**LOCKED, "Dockerfile": 'ARG UV_VERSION=0.13.9\nRUN pip install "uv==${UV_VERSION}"\n'},
            {**LOCKED, "Dockerfile": 'ARG UV_VERSION=0.13.10\nRUN pip install "uv==${UV_VERSION}"\n'},
            "Dockerfile: UV_VERSION is 0.13.9, requirements-dev.txt has uv 0.13.10",
        ),
        ("no registry's host", {"a.txt": "see https://py" + "pi.org/x\n"}, {"a.txt": "nothing\n"}, "a.txt:1"),
        (
            "Kubernetes manifests",
            {
                OVERLAY: "resources: [space.yaml]\n",
                SPACE: NAMESPACE.replace("restricted", "baseline"),
            },
            {OVERLAY: "resources: [space.yaml]\n", SPACE: NAMESPACE},
            "local: namespaces are restricted: Namespace/x",
        ),
        ("environment files", {"k8s/overlays/x/shop.env": 'A="b"\n'}, {}, "shop.env:1: A has a quote"),
    ],
)
def test_a_check_complains_of_what_is_broken_and_not_of_what_is_sound(look, name, broken, sound, complaint):
    """Each check can fail, says what is wrong, and passes once that is mended."""
    outcome = look(name, broken)

    assert outcome.result is Result.FAILED
    assert complaint in outcome.output
    mended = look(name, sound)
    assert mended.result is Result.PASSED, mended.output


@pytest.mark.parametrize(
    "name",
    ["Kubernetes", "hadolint", "shellcheck", "eslint", "tsc", "JavaScript", "migrations", "import contracts"],
)
def test_a_check_without_anything_to_look_at_says_so(look, name):
    """A check over nothing is not a check that passed."""
    assert look(name, {}).result is Result.NOTHING


BUILD = """
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
const built = process.argv[process.argv.indexOf("--outDir") + 1];
mkdirSync(`${built}/.vite`, { recursive: true });
writeFileSync(`${built}/entry.js`, randomBytes(%d));
writeFileSync(`${built}/page.js`, "");
const entry = { file: "entry.js", isEntry: true };
const page = { file: "page.js", isDynamicEntry: true, imports: ["index.html"] };
writeFileSync(`${built}/.vite/manifest.json`, JSON.stringify({ "index.html": entry, "HomePage.tsx": page }));
"""


@pytest.mark.parametrize(("size_bytes", "result"), [(119_000, Result.PASSED), (121_000, Result.FAILED)])
def test_a_first_page_has_a_budget(look, size_bytes, result):
    """120 kB of compressed JavaScript, that of a shared entry included; measured by the storefront's own script."""
    scripts = {"build": "node build.mjs", "size": "node scripts/size.mjs"}
    files = {
        "services/storefront/package.json": json.dumps({"scripts": scripts}),
        "services/storefront/node_modules/.keep": "",
        "services/storefront/build.mjs": BUILD % size_bytes,
        "services/storefront/scripts/size.mjs": (HERE.storefront / "scripts" / "size.mjs").read_text(),
    }

    outcome = look("JavaScript", files)

    assert outcome.result is result, outcome.output
    assert ("over the limit" in outcome.output) == (result is Result.FAILED)


def test_stale_types_are_found(look):
    """Types that differ from what the storefront's script makes are shown as a difference, and nothing is written."""
    script = {"scripts": {"generate": "cp openapi.json src/api/schema.d.ts"}}
    files = {
        "services/storefront/package.json": json.dumps(script),
        "services/storefront/node_modules/.keep": "",
        "services/storefront/openapi.json": "new\n",
    }

    stale = look("storefront's API types", {**files, "services/storefront/src/api/schema.d.ts": "old\n"})
    assert stale.result is Result.FAILED
    assert "-old" in stale.output
    assert "+new" in stale.output
    assert (
        look("storefront's API types", {**files, "services/storefront/src/api/schema.d.ts": "new\n"}).result
        is Result.PASSED
    )


@pytest.mark.parametrize("value", ["A='b'", "A=$B", "A=b # note", "A= b", "no value", "1A=b", "A=b\\n"])
def test_lines_that_compose_and_kustomize_read_differently_are_found(tmp_path, value):
    """Only bare KEY=value means the same to both."""
    path = tmp_path / "shop.env"
    path.write_text(f"# a comment\nGOOD=1,2,[::1]\n{value}\n")

    assert [line.split(":")[0] for line in find_unportable_lines(path)] == ["3"]


def test_a_binary_file_names_no_host(tmp_path):
    """Pictures are not text."""
    (tmp_path / "a.png").write_bytes(b"\xff\xfe" + b"https://py" + b"pi.org/")
    assert registry_hosts(tmp_path / "a.png") == []
