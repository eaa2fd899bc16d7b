"""compose.yaml read without Docker: what a reader of Compose's own documentation would expect."""

from pathlib import Path

import pytest

from dhakacart.operations.compose_model import ComposeService, Mount, compose_services, read_compose
from dhakacart.operations.problem import ProblemError


def read(tmp_path: Path, text: str, **variables: str) -> ComposeService:
    """The service `a` of such a file."""
    path = tmp_path / "compose.yaml"
    path.write_text(f"services:\n  a:\n    image: x\n{text}")
    return read_compose(path, variables)["a"]


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        ("${TAG:-one}", {}, "one"),
        ("${TAG:-one}", {"TAG": ""}, "one"),
        ("${TAG-one}", {"TAG": ""}, ""),
        ("${TAG:-one}", {"TAG": "two"}, "two"),
        ("${TAG}-$TAG", {"TAG": "two"}, "two-two"),
        ("$$TAG", {"TAG": "two"}, "$TAG"),
        ("${TAG:?say it}", {"TAG": "two"}, "two"),
    ],
)
def test_variables_are_filled_in(tmp_path: Path, text: str, variables: dict[str, str], expected: str) -> None:
    """Compose's forms: a default for unset or empty, a default for unset alone, required, and a dollar itself."""
    assert read(tmp_path, f"    environment: {{TAG: '{text}'}}\n", **variables).environment == {
        "TAG": expected
    }


def test_a_required_variable_that_is_missing_is_named(tmp_path: Path) -> None:
    """One line says which and why."""
    with pytest.raises(ProblemError, match="variable TAG is not set: say it"):
        read(tmp_path, "    environment: {TAG: '${TAG:?say it}'}\n")


def test_short_and_long_forms_mean_the_same(tmp_path: Path) -> None:
    """A text, a list and a mapping of the same thing give the same service."""
    short = read(
        tmp_path,
        """
    command: python -m "a b"
    environment: [A=1, B=x=y]
    volumes: [data:/data, /srv:/srv:ro]
    tmpfs: ["/tmp:mode=1777,size=2m"]
    ports: ["127.0.0.1:1:80", "81"]
    secrets: [one]
    healthcheck: {test: "exit 0"}
    stop_grace_period: 1m5s
    mem_limit: 1gb
""",
    )
    long = read(
        tmp_path,
        """
    command: [python, -m, a b]
    environment: {A: 1, B: x=y}
    volumes:
      - {type: volume, source: data, target: /data}
      - {type: bind, source: /srv, target: /srv, read_only: true}
      - {type: tmpfs, target: /tmp, tmpfs: {size: 2097152}}
    ports: [{target: 80, published: "1"}, {target: 81}]
    secrets: [{source: one, target: /run/secrets/one}]
    healthcheck: {test: [CMD-SHELL, exit 0]}
    stop_grace_period: 65s
    deploy: {resources: {limits: {memory: 1073741824}}}
""",
    )

    assert short == long
    assert short.mounts[2] == Mount("tmpfs", "/tmp", size_bytes=2 * 1024**2)
    assert short.grace_seconds == 65.0


def test_anchors_and_env_files_are_merged(tmp_path: Path) -> None:
    """A service's own settings go before those it merges in, and its variables before its env files."""
    (tmp_path / "shop.env").write_text("A=file\nB=file\n")
    path = tmp_path / "compose.yaml"
    path.write_text(
        "x-base: &base {user: '1:1', read_only: true, env_file: [shop.env]}\n"
        "services: {a: {<<: *base, image: x, user: '2:2', environment: {B: own}}}\n"
    )

    service = read_compose(path)["a"]

    assert (service.user, service.read_only) == ("2:2", True)
    assert service.environment == {"A": "file", "B": "own"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("    env_file: [gone.env]\n", "names an env_file that is not there"),
        ("    stop_grace_period: soon\n", "not a duration: 'soon'"),
        ("    mem_limit: 5 apples\n", "not a quantity: '5 apples'"),
        ("    environment: {A: '${B:-${C}}'}\n", "a variable within a variable"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    """One line says what and how to write it."""
    with pytest.raises(ProblemError, match=complaint.replace("$", r"\$")):
        read(tmp_path, text)


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    """Absent, not YAML, without services: one line each."""
    path = tmp_path / "compose.yaml"
    for content, complaint in ((None, "there is no"), ("a: [", "is not YAML"), ("a: 1", "has no services")):
        if content is not None:
            path.write_text(content)
        with pytest.raises(ProblemError, match=complaint):
            read_compose(path)


def test_settings_that_open_a_container_are_named(tmp_path: Path) -> None:
    """What this model has no field for, and what would still change what a container may do, is not passed over."""
    services = {"services": {"a": {"image": "x", "privileged": True, "pid": "host", "init": False}}}

    assert compose_services(services, folder=tmp_path)["a"].others == ("pid", "privileged")
