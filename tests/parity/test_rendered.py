"""Compose's production shape and the overlays: nothing differs but what is declared, and any other change is seen."""

from typing import Any

import pytest

from dhakacart.operations.manifests import Object, workloads
from dhakacart.operations.parity.kubernetes_view import container_of
from dhakacart.operations.problem import ProblemError

from .conftest import OVERLAYS, Change, Sides


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_nothing_differs_but_what_is_declared(sides: Sides, overlay: str) -> None:
    """Each difference has a reason in k8s/parity.yaml, and each declared one is still there."""
    comparison = sides.compare(overlay)

    assert [one.sentence for one in comparison.undeclared] == []
    assert [one.sentence for one in comparison.stale] == []


def service(name: str, **settings: Any) -> Change:
    """Settings of a Compose service; None takes one away."""

    def change(services: Any) -> None:
        for key, value in settings.items():
            if value is None:
                del services[name][key]
            else:
                services[name][key] = value

    return change


def compose_environment(services: Any) -> None:
    services["web"]["environment"]["EXTRA"] = "1"


def compose_limits(services: Any) -> None:
    services["web"]["deploy"]["resources"]["limits"].update(memory="600M", cpus="0.3")


def compose_processes(services: Any) -> None:
    services["web"]["deploy"]["resources"]["limits"]["pids"] = 201


COMPOSE_CHANGES = {
    "environment key": (compose_environment, {"web: environment.EXTRA"}),
    "environment value": (
        service(
            "migrate", environment={"DATABASE_HOST": "elsewhere", "PUBLIC_URL": "https://localhost:8443"}
        ),
        {"migrate: environment.DATABASE_HOST"},
    ),
    "environment file": (
        service("beat", env_file=[], environment={"ENVIRONMENT": "test"}),
        {"beat: environment.ENVIRONMENT", "beat: environment.DATABASE_HOST"},
    ),
    "image": (service("web", image="dhakacart/other:local"), {"web: image"}),
    "command": (service("worker", command=["python", "-m", "config.run", "beat"]), {"worker: command"}),
    "entrypoint": (service("edge", entrypoint=["sh"]), {"edge: command"}),
    "user": (service("redis", user="0:0"), {"redis: user"}),
    "probe": (
        service("web", healthcheck={"test": ["CMD", "true"]}),
        {"web: probe.ready", "web: probe.start"},
    ),
    "no probe": (service("edge", healthcheck={"disable": True}), {"edge: probe.ready", "edge: probe.start"}),
    "port": (service("worker", expose=["9101"]), {"worker: ports.9100", "worker: ports.9101"}),
    "published port": (service("web", ports=["8000:8000"]), {"web: published.8000"}),
    "limits": (compose_limits, {"web: limits.memory", "web: limits.cpus"}),
    "limit of processes": (compose_processes, {"web: limits.pids"}),
    "grace": (service("postgres", stop_grace_period="1m1s"), {"postgres: grace"}),
    "stop signal": (service("postgres", stop_signal="SIGTERM"), {"postgres: stop_signal"}),
    "volume gone": (service("web", tmpfs=None), {"web: volumes./tmp"}),
    "volume of another size": (service("web", tmpfs=["/tmp:size=1g"]), {"web: volumes./tmp"}),
    "volume of another kind": (
        service("prometheus", volumes=["/srv:/var/lib/prometheus:ro"]),
        {"prometheus: volumes./var/lib/prometheus"},
    ),
    "shared memory": (service("postgres", shm_size="1g"), {"postgres: volumes./dev/shm"}),
    "secret": (
        service("pgbouncer", secrets=[]),
        {"pgbouncer: volumes./run/secrets/dhakacart", "pgbouncer: secrets./run/secrets/dhakacart/*"},
    ),
    "read-only root": (service("redis", read_only=False), {"redis: read_only_root"}),
    "capability": (service("edge", cap_add=["NET_BIND_SERVICE"]), {"edge: capabilities"}),
    "capabilities": (service("edge", cap_drop=[]), {"edge: capabilities"}),
    "new privileges": (service("edge", security_opt=[]), {"edge: no_new_privileges"}),
    "seccomp": (
        service("edge", security_opt=["no-new-privileges:true", "seccomp:unconfined"]),
        {"edge: seccomp"},
    ),
    "privileged": (service("edge", privileged=True), {"edge: other.privileged"}),
    "job": (service("beat", restart="no"), {"beat: runs"}),
}


@pytest.mark.parametrize("name", COMPOSE_CHANGES)
def test_a_change_of_compose_is_seen(sides: Sides, name: str) -> None:
    """One thing changed in compose.yaml is an undeclared difference that names the service and the field."""
    change, expected = COMPOSE_CHANGES[name]

    assert expected <= sides.seen(OVERLAYS[0], compose=change)


def test_a_service_more_or_less_is_seen(sides: Sides) -> None:
    """A service that only one side has is an undeclared difference."""

    def rename(services: Any) -> None:
        services["other"] = services.pop("redis")

    assert sides.seen(OVERLAYS[0], compose=rename) == {"redis: service", "other: service"}


def in_workload(name: str, change: Change) -> Change:
    """Changes the workload of a service: (container, pod, workload's object)."""

    def apply(objects: list[Object]) -> None:
        [workload] = [one for one in workloads(objects) if one.service == name]
        change((container_of(workload), workload.pod, workload.source))

    return apply


def container(name: str, **settings: Any) -> Change:
    def change(parts: Any) -> None:
        for key, value in settings.items():
            if value is None:
                del parts[0][key]
            elif isinstance(value, dict):
                parts[0].setdefault(key, {}).update(value)
            else:
                parts[0][key] = value

    return in_workload(name, change)


def pod(name: str, **settings: Any) -> Change:
    return in_workload(name, lambda parts: parts[1].update(settings))


def without_volume(path: str) -> Change:
    def change(parts: Any) -> None:
        parts[0]["volumeMounts"] = [one for one in parts[0]["volumeMounts"] if one["mountPath"] != path]

    return change


def on_disk(parts: Any) -> None:
    [volume] = [one for one in parts[1]["volumes"] if one["name"] == "tmp"]
    volume["emptyDir"] = {}


def user_of_the_pod(parts: Any) -> None:
    parts[0].get("securityContext", {}).pop("runAsUser", None)
    parts[1]["securityContext"]["runAsUser"] = 0


def publish(objects: list[Object]) -> None:
    [found] = [one for one in objects if one["kind"] == "Service" and one["metadata"]["name"] == "prometheus"]
    found["spec"]["type"] = "NodePort"


def shop_environment(objects: list[Object]) -> None:
    for one in objects:
        if one["kind"] == "ConfigMap" and one["metadata"]["name"].startswith("shop-"):
            one["data"].pop("DATABASE_NAME")
            one["data"]["SMTP_PORT"] = "1"


KUBERNETES_CHANGES = {
    "environment key": (
        container("web", env=[{"name": "EXTRA", "value": "1"}]),
        {"web: environment.EXTRA"},
    ),
    "secret in the environment": (
        container("web", env=[{"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "shop", "key": "k"}}}]),
        {"web: environment.KEY"},
    ),
    "contract": (
        shop_environment,
        {"web: environment.DATABASE_NAME", "web: environment.SMTP_PORT", "migrate: environment.SMTP_PORT"},
    ),
    "image": (container("web", image="registry.example:5000/dhakacart/other:local"), {"web: image"}),
    "command": (container("worker", args=["python", "-m", "config.run", "beat"]), {"worker: command"}),
    "entrypoint": (container("edge", command=["sh"]), {"edge: command"}),
    "user": (in_workload("redis", user_of_the_pod), {"redis: user"}),
    "group": (container("redis", securityContext={"runAsGroup": 0}), {"redis: user"}),
    "probe": (
        container("web", readinessProbe={"httpGet": {"path": "/", "port": 8000}}),
        {"web: probe.ready"},
    ),
    "liveness": (
        container("web", livenessProbe={"httpGet": {"path": "/", "port": 8000}}),
        {"web: probe.live"},
    ),
    "no probe": (container("pgbouncer", readinessProbe=None), {"pgbouncer: probe.ready"}),
    "port": (
        container("worker", ports=[{"containerPort": 9101}]),
        {"worker: ports.9100", "worker: ports.9101"},
    ),
    "published port": (publish, {"prometheus: published.9090"}),
    "limits": (
        container("web", resources={"limits": {"memory": "600Mi", "cpu": "300m"}}),
        {"web: limits.memory", "web: limits.cpus"},
    ),
    "no limits": (container("web", resources=None), {"web: limits.memory", "web: limits.cpus"}),
    "grace": (pod("web", terminationGracePeriodSeconds=31), {"web: grace"}),
    "stop signal": (container("postgres", lifecycle={"stopSignal": "SIGTERM"}), {"postgres: stop_signal"}),
    "volume gone": (in_workload("web", without_volume("/tmp")), {"web: volumes./tmp"}),
    "volume on disk": (in_workload("web", on_disk), {"web: volumes./tmp"}),
    "secret": (
        in_workload("pgbouncer", without_volume("/run/secrets/dhakacart")),
        {"pgbouncer: volumes./run/secrets/dhakacart"},
    ),
    "token": (
        pod("web", automountServiceAccountToken=True),
        {"web: volumes./run/secrets/kubernetes.io/serviceaccount"},
    ),
    "service links": (pod("web", enableServiceLinks=True), {"web: other.service-links"}),
    "read-only root": (
        container("redis", securityContext={"readOnlyRootFilesystem": False}),
        {"redis: read_only_root"},
    ),
    "capability": (
        container("edge", securityContext={"capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}}),
        {"edge: capabilities"},
    ),
    "new privileges": (
        container("edge", securityContext={"allowPrivilegeEscalation": True}),
        {"edge: no_new_privileges"},
    ),
    "seccomp": (
        container("edge", securityContext={"seccompProfile": {"type": "Unconfined"}}),
        {"edge: seccomp"},
    ),
    "host network": (pod("edge", hostNetwork=True), {"edge: other.hostNetwork"}),
    "another container": (
        pod("edge", initContainers=[{"name": "helper", "image": "dhakacart/shop:local"}]),
        {"edge: beside.helper"},
    ),
}


@pytest.mark.parametrize("name", KUBERNETES_CHANGES)
def test_a_change_of_kubernetes_is_seen(sides: Sides, name: str) -> None:
    """One thing changed in what is rendered is an undeclared difference that names the service and the field."""
    change, expected = KUBERNETES_CHANGES[name]

    assert expected <= sides.seen(OVERLAYS[0], kubernetes=change)


def test_a_pause_before_the_stop_is_no_grace(sides: Sides) -> None:
    """Kubernetes counts the preStop sleep within its grace: what the process has must be equal."""

    def longer_pause(parts: Any) -> None:
        parts[0]["lifecycle"] = {"preStop": {"sleep": {"seconds": 5}}}
        parts[1]["terminationGracePeriodSeconds"] = 65

    def shell_pause(parts: Any) -> None:
        parts[0]["lifecycle"] = {"preStop": {"exec": {"command": ["sh", "-c", "sleep 6"]}}}
        parts[1]["terminationGracePeriodSeconds"] = 65

    def unknown_pause(parts: Any) -> None:
        parts[0]["lifecycle"] = {"preStop": {"exec": {"command": ["sh", "-c", "leave; sleep 5"]}}}
        parts[1]["terminationGracePeriodSeconds"] = 65

    assert sides.seen(OVERLAYS[0], kubernetes=in_workload("postgres", longer_pause)) == set()
    assert sides.seen(OVERLAYS[0], kubernetes=in_workload("postgres", shell_pause)) == {"postgres: grace"}
    assert sides.seen(OVERLAYS[0], kubernetes=in_workload("postgres", unknown_pause)) == {"postgres: grace"}


def test_a_digest_is_compared_where_both_have_one(sides: Sides) -> None:
    """The same digest is equal, another one is not, and a tag beside a digest says nothing."""
    digests = [f"sha256:{letter * 64}" for letter in "ab"]

    def both(ours: str, theirs: str) -> set[str]:
        return sides.seen(
            OVERLAYS[0],
            compose=service("web", image=ours),
            kubernetes=container("web", image=theirs),
        )

    assert both(f"dhakacart/shop@{digests[0]}", f"registry.example/dhakacart/shop@{digests[0]}") == set()
    assert both(f"dhakacart/shop@{digests[0]}", f"dhakacart/shop@{digests[1]}") == {"web: image.digest"}
    assert both("dhakacart/shop:local", f"dhakacart/shop@{digests[1]}") == set()


def test_two_workloads_of_one_service_are_refused(sides: Sides) -> None:
    """Which of them would be meant, nobody knows."""

    def twice(objects: list[Object]) -> None:
        [web] = [one for one in objects if one["kind"] == "Deployment" and one["metadata"]["name"] == "web"]
        objects.append(web)

    with pytest.raises(ProblemError, match="two workloads for web"):
        sides.compare(OVERLAYS[0], kubernetes=twice)
