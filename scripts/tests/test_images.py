"""`dhakacart images`: built once with the version of their sources, pushed, and named by digest; or one line why not."""

import json
import subprocess

import pytest
from typer.testing import CliRunner

from dhakacart.main import app
from dhakacart.operations.image_build import Image, Version, push, sources_of, version_of
from dhakacart.operations.paths import Checkout
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.release import read_release, release_file

DIGEST = "sha256:" + "b" * 64
SHOP = Image("shop", "dhakacart/shop:local", Version("v1.2-3-gabc", "abc"), "sha256:1", 10, "amd64")
PUSHED = f"The push refers to repository\nv1.2: digest: {DIGEST} size: 1234\n"


def ignore(_event):
    pass


def git(folder, *arguments):
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.invalid")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path):
    """Two services, each in a commit of its own, the second with a tag."""
    folder = tmp_path / "repository"
    for number, name in enumerate(("edge", "shop")):
        (folder / "services" / name).mkdir(parents=True)
        (folder / "services" / name / "Dockerfile").write_text("FROM scratch\n")
        if number == 0:
            git(folder, "init", "--quiet")
        git(folder, "add", ".")
        git(folder, "commit", "--quiet", "-m", name)
    git(folder, "tag", "v1.0")
    return folder


def test_a_version_is_that_of_the_sources(repository):
    """A commit elsewhere leaves an image as it is, so that a release does not restart what has not changed."""
    before = version_of(repository, ["services/shop"])
    assert before.name == "v1.0"
    assert len(before.revision) == 40

    (repository / "README.md").write_text("new\n")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "documentation")
    assert version_of(repository, ["services/shop"]) == before

    (repository / "services/shop/Dockerfile").write_text("FROM scratch\nUSER 1\n")
    assert version_of(repository, ["services/shop"]) == Version("v1.0-dirty", f"{before.revision}-dirty")
    assert "dirty" not in version_of(repository, ["services/edge"]).name


def test_without_git_nothing_is_claimed(tmp_path):
    """An unpacked archive has no commit."""
    assert version_of(tmp_path, ["services/shop"]) == Version("unreleased", "unknown")


def test_edge_is_built_from_the_storefront_too():
    """A change there is a new edge."""
    images = {"dhakacart/edge:local": "edge", "dhakacart/shop:local": "web"}

    assert sources_of("edge", images) == ("services/edge", "services/storefront")
    assert sources_of("web", images) == ("services/shop",)


def test_what_is_pushed_is_named_by_the_registrys_digest(docker):
    """Tagged with its version, pushed, and the digest read from what docker says of the push."""
    calls = docker({"to": "push", "stdout": PUSHED})

    pushed = push([SHOP], "registry.invalid:5000/x", on_event=ignore)

    assert pushed == {"shop": f"registry.invalid:5000/x/shop@{DIGEST}"}
    assert calls() == [
        "tag dhakacart/shop:local registry.invalid:5000/x/shop:v1.2-3-gabc",
        "push registry.invalid:5000/x/shop:v1.2-3-gabc",
    ]


def test_an_engine_that_tells_no_digest_is_asked_for_it(docker):
    """The image knows it, by repository: a digest in another registry is not this one's."""
    repositories = [f"registry.other/shop@sha256:{'c' * 64}", f"registry.invalid/shop@{DIGEST}"]
    docker({"to": "inspect", "stdout": json.dumps(repositories)})
    assert push([SHOP], "registry.invalid", on_event=ignore) == {"shop": f"registry.invalid/shop@{DIGEST}"}

    docker({"to": "inspect", "stdout": "null\n"})
    with pytest.raises(ProblemError, match="does not tell its digest"):
        push([SHOP], "registry.invalid", on_event=ignore)


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        ("denied: requested access to the resource is denied", "does not let this user push", "docker login"),
        (
            "unauthorized: authentication required",
            "does not let this user push",
            "docker login registry.invalid:5000",
        ),
        ("no basic auth credentials", "does not let this user push", "docker login"),
        (
            "Get https://x/v2/: dial tcp 127.0.0.1:9: connect: connection refused",
            "does not answer",
            "start it",
        ),
        ("Get https://x/v2/: dial tcp: lookup x: no such host", "does not answer", "PUSH="),
        ("http: server gave HTTP response to HTTPS client", "no certificate", "insecure-registries"),
        (
            "tls: failed to verify certificate: x509: unknown authority",
            "no certificate",
            "insecure-registries",
        ),
        ("Cannot connect to the Docker daemon at unix:///x", "no Docker engine answers", "start Docker"),
        ("something nobody has seen", "something nobody has seen", ""),
    ],
)
def test_a_refused_push_is_one_line(docker, words, message, hint):
    """The registry, what is wrong, the way out."""
    docker({"to": "push", "stderr": f"The push refers to x\n{words}\n", "status": 1})

    with pytest.raises(ProblemError) as problem:
        push([SHOP], "registry.invalid:5000/x", on_event=ignore)

    assert message in problem.value.message
    assert hint in problem.value.hint
    assert "\n" not in problem.value.message + problem.value.hint


@pytest.fixture
def images(repository, docker, monkeypatch):
    """`dhakacart images` over the repository, with a stand-in for docker; the answers first, then its calls."""
    kustomization = "resources: [pod.yaml]\ncomponents: [release]\n"
    pod = "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, image: dhakacart/shop}]}}\n"
    for name, text in {"kustomization.yaml": kustomization, "pod.yaml": pod}.items():
        path = repository / "k8s/overlays/staging" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    here = Checkout(repository, repository.parent / "cache")
    here.logs.mkdir(parents=True)
    monkeypatch.setattr(Checkout, "here", classmethod(lambda _cls: here))
    services = {
        "web": {"image": "dhakacart/shop:local", "build": {}},
        "worker": {"image": "dhakacart/shop:local", "build": {}},
        "simulator": {"image": "dhakacart/simulator:local", "build": {}},
    }
    usual = [
        {"to": "compose version", "stdout": "2.30.0\n"},
        {"to": "info", "stdout": "/nowhere\n"},
        {"to": "config --format json", "stdout": json.dumps({"services": services})},
        {
            "to": "image inspect dhakacart",
            "stdout": json.dumps([{"Id": "sha256:1", "Size": 5_000_000, "Architecture": "amd64"}]),
        },
        {"to": "push", "stdout": PUSHED},
    ]

    def run(*arguments, answers=()):
        calls = docker(*answers, *usual)
        return CliRunner().invoke(app, ["images", *arguments]), calls()

    return run


def test_every_image_is_built_once_with_its_version(images, repository):
    """One build for each image, however many services run it; without a registry it is said what cannot be."""
    result, calls = images()

    builds = [call for call in calls if " build " in call]
    assert result.exit_code == 0, result.output
    assert sorted(call.split()[-1] for call in builds) == ["simulator", "web"]
    assert all("--build-arg=VERSION=" in call and "--build-arg=REVISION=" in call for call in builds)
    assert "--build-arg=VERSION=v1.0 " in next(call for call in builds if call.endswith("web"))
    assert "staging and production cannot be rendered" in result.stdout
    assert not release_file(repository, "staging").exists()


def test_images_for_other_processors_are_not_pushed(images, repository):
    """A laptop's ARM images would start on no node of a release."""
    found = [{"Id": "sha256:1", "Size": 5_000_000, "Architecture": "arm64"}]
    other = {"to": "image inspect dhakacart", "stdout": json.dumps(found)}
    result, calls = images("--push", "registry.invalid/x", answers=[other])

    assert result.exit_code == 1
    assert result.exception.message == "the images are for arm64, the nodes of a release are amd64"
    assert "DOCKER_DEFAULT_PLATFORM=linux/amd64" in result.exception.hint
    assert [call for call in calls if call.startswith("push")] == []
    assert not release_file(repository, "staging").exists()


def test_with_a_registry_the_overlays_images_are_pushed_and_written(images, repository):
    """Those that staging runs, not the simulator."""
    result, calls = images("--push", "registry.invalid/x")

    assert result.exit_code == 0, result.output
    assert [call for call in calls if call.startswith("push")] == ["push registry.invalid/x/shop:v1.0"]
    assert read_release(repository, "staging") == {"shop": f"registry.invalid/x/shop@{DIGEST}"}
    assert "written: k8s/overlays/staging/release/kustomization.yaml (1 digests)" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "answers", "message"),
    [
        (["--push", "https://x"], [], "PUSH='https://x' is no registry"),
        (["--push", "x/"], [], "is no registry"),
        (["--push", "x:tag/y"], [], "is no registry"),
        (["--push", "x", "--overlay", "local"], [], "'local' has no release"),
        (["--push", "x", "--overlay", "production"], [], "no overlay is called 'production'"),
        (
            [],
            [{"to": "compose version", "status": 1}],
            "images need a Docker engine: docker has no Compose plugin",
        ),
        ([], [{"to": " build ", "stderr": "failed to solve: x\n", "status": 1}], "was not built"),
        (
            ["--push", "x"],
            [{"to": "push", "stderr": "denied: x\n", "status": 1}],
            "does not let this user push",
        ),
    ],
)
def test_what_cannot_be_is_one_line_and_writes_nothing(images, repository, arguments, answers, message):
    """A bad registry, an overlay without release, no engine, a failed build, a refused push."""
    result, _calls = images(*arguments, answers=answers)

    assert isinstance(result.exception, ProblemError)
    assert message in result.exception.message
    assert "\n" not in result.exception.message
    assert not release_file(repository, "staging").exists()
