"""Who may talk to whom: every pod and every port that anything listens on, against a list written by hand."""

import copy
import json
from collections.abc import Iterable, Iterator, Mapping

import pytest
from servers.cluster import ClusterShop, until
from servers.cluster_connections import Found, Probes, Target
from servers.cluster_report import report
from servers.connections import PORTS, differences

from dhakacart.operations.manifests import NAME_LABEL, Object

# Errands that have ended, by pods that stand for them: a label decides what a pod may do.
STAND_INS = ("migrate", "seed", "nobody")
OUTSIDE = "outside"
NAMES = "cluster's DNS:53"
API = "Kubernetes' API:443"
_SHOP = {"pgbouncer:5432", "redis:6379"}
_WORLD = {"simulator:8025", "simulator:8090"}
# Everything that must be possible; what does not stand here must not.
EDGES = {
    "edge": {"web:8000", NAMES},
    "web": _SHOP | _WORLD | {NAMES},
    "worker": _SHOP | _WORLD | {NAMES},
    "beat": _SHOP | {NAMES},
    "pgbouncer": {"postgres:5432", NAMES},
    "postgres": {NAMES},
    "redis": {NAMES},
    "prometheus": {"web:9100", "worker:9100", "beat:9100", "edge:9113", NAMES},
    "simulator": {"edge:8443", NAMES},
    "migrate": {"postgres:5432", NAMES},
    "seed": {"postgres:5432", NAMES},
    # A pod of the namespace that no policy names.
    "nobody": {NAMES},
    # A pod of another namespace, without any policy of its own: edge is for everybody. The rest is not ours to refuse.
    OUTSIDE: {"edge:8080", "edge:8443", NAMES, API},
}
START_SECONDS = 90.0
# edge takes its time.
GONE_SECONDS = 120.0


@pytest.fixture(scope="module")
def running(deployed: ClusterShop) -> dict[str, Object]:
    """Every pod that runs, by service and number: `web/0`, `web/1`."""
    deployed.settled()
    for service in PORTS:
        deployed.none_ending(service, seconds=GONE_SECONDS)
    return {
        f"{service}/{number}": pod for service in PORTS for number, pod in enumerate(deployed.pods(service))
    }


@pytest.fixture(scope="module")
def pods(deployed: ClusterShop, running: dict[str, Object]) -> Iterator[dict[str, str]]:
    """`web/0` -> the name of the pod; with the stand-ins."""
    for stand_in in STAND_INS:
        deployed.kubectl.call("create", "-f", "-", given=json.dumps(stand_in_for(deployed, stand_in)))
    names = {f"{stand_in}/0": f"stand-in-{stand_in}" for stand_in in STAND_INS}
    try:
        for name in names.values():
            wait_until_ready(deployed, name)
        yield {key: str(pod["metadata"]["name"]) for key, pod in running.items()} | names
    finally:
        gone = [f"pod/{name}" for name in names.values()]
        deployed.kubectl.call("delete", *gone, "--now", "--wait=false", "--ignore-not-found")


@pytest.fixture(scope="module")
def targets(deployed: ClusterShop, running: dict[str, Object]) -> list[Target]:
    """Every port of every pod; DNS, and the API server, which no pod of ours may reach."""
    found = [
        Target(f"{key}:{port}", pod["status"]["podIP"], port)
        for key, pod in running.items()
        for port in sorted(PORTS[key.partition("/")[0]])
    ]
    names = service_address(deployed, "kube-system", "--selector=k8s-app=kube-dns")
    api = service_address(deployed, "default", "--field-selector=metadata.name=kubernetes")
    return [*found, Target(NAMES, names, 53), Target(API, api, 443)]


def wanted(sources: Iterable[str], targets: list[Target]) -> dict[str, set[str]]:
    """The list, for each pod by itself; each also reaches its own ports, since that way passes no policy."""

    def is_wanted(source: str, target: str) -> bool:
        service = target.rpartition(":")[0].partition("/")[0]
        port = target.rpartition(":")[2]
        own = target.rpartition(":")[0] == source
        return own or bool({target, f"{service}:{port}"} & EDGES[source.partition("/")[0]])

    return {source: {one.name for one in targets if is_wanted(source, one.name)} for source in sources}


def reached(found: Mapping[str, Found]) -> dict[str, set[str]]:
    return {pod: set(one.reached) for pod, one in found.items()}


def test_every_pair_is_as_the_list_says(
    deployed: ClusterShop, pods: dict[str, str], targets: list[Target], outsider: ClusterShop
) -> None:
    """Each pod reaches exactly what the list names, and listens on exactly the ports that are tried."""
    outside = {f"{OUTSIDE}/0": f"stand-in-{OUTSIDE}"}
    expected = wanted([*pods, *outside], targets)

    found = Probes(deployed).look(pods, targets, expected) | Probes(outsider).look(outside, targets, expected)

    report(
        f"{len(found)} pods tried {len(targets)} ports each; {sum(map(len, expected.values()))} are to be reached"
    )
    assert differences(reached(found), expected) == []
    listening = {key: set(one.listening) for key, one in found.items() if key.partition("/")[0] in PORTS}
    assert listening == {key: PORTS[key.partition("/")[0]] for key in listening}


def test_a_hole_in_the_policies_is_seen(
    deployed: ClusterShop, pods: dict[str, str], targets: list[Target]
) -> None:
    """With one policy more, which opens one port to a stranger, the same look finds exactly that."""
    hole = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "hole"},
        "spec": {
            "podSelector": {
                "matchExpressions": [{"key": NAME_LABEL, "operator": "In", "values": ["nobody", "redis"]}]
            },
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [{"ports": [{"protocol": "TCP", "port": 6379}]}],
            "egress": [{"ports": [{"protocol": "TCP", "port": 6379}]}],
        },
    }
    deployed.kubectl.call("create", "-f", "-", given=json.dumps(hole))
    try:
        longer = {"nobody/0": {"redis/0:6379"}}
        found = Probes(deployed).look({"nobody/0": pods["nobody/0"]}, targets, longer)
    finally:
        deployed.kubectl.call("delete", "networkpolicy", "hole")

    seen = differences(reached(found), wanted(found, targets))
    assert seen == ["nobody/0 reaches redis/0:6379, which it must not"]


@pytest.fixture
def outsider(deployed: ClusterShop) -> Iterator[ClusterShop]:
    """Another namespace with one pod and no policy; as a shop, so that a probe can look from there."""
    other = copy.copy(deployed)
    other.kubectl = type(deployed.kubectl)(deployed.space.context, f"{deployed.space.namespace}-{OUTSIDE}")
    other.kubectl.call("create", "namespace", other.kubectl.namespace)
    try:
        # The service account that pods run under comes a moment after the namespace.
        until(
            "a pod is taken",
            lambda: (
                other.kubectl.run(
                    "create", "-f", "-", given=json.dumps(stand_in_for(deployed, OUTSIDE))
                ).returncode
                == 0
            ),
            seconds=START_SECONDS,
        )
        wait_until_ready(other, f"stand-in-{OUTSIDE}")
        yield other
    finally:
        other.kubectl.call("delete", "namespace", other.kubectl.namespace, "--wait=false")


def wait_until_ready(shop: ClusterShop, pod: str) -> None:
    ready = ("--for=condition=Ready", f"--timeout={START_SECONDS:g}s")
    shop.kubectl.call("wait", f"pod/{pod}", *ready, timeout_seconds=START_SECONDS + 10)


def service_address(shop: ClusterShop, namespace: str, *selection: str) -> str:
    kubectl = type(shop.kubectl)(shop.space.context, namespace)
    [service] = kubectl.items("services", *selection)
    return str(service["spec"]["clusterIP"])


def stand_in_for(shop: ClusterShop, name: str) -> Object:
    """A pod that does nothing, with the label of another."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"stand-in-{name}", "labels": {NAME_LABEL: name}},
        "spec": {
            "automountServiceAccountToken": False,
            "terminationGracePeriodSeconds": 1,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 10001,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [
                {
                    "name": "stand-in",
                    "image": shop.references["shop"],
                    "args": ["python", "-c", "import signal; signal.pause()"],
                    "securityContext": {
                        "allowPrivilegeEscalation": False,
                        "readOnlyRootFilesystem": True,
                        "capabilities": {"drop": ["ALL"]},
                    },
                    "resources": {
                        "requests": {"cpu": "10m", "memory": "16Mi"},
                        "limits": {"cpu": "500m", "memory": "64Mi"},
                    },
                }
            ],
        },
    }
