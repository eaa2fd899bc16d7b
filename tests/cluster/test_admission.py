"""What the cluster lets in: Pod Security `restricted` in full, read-only roots, numeric users; what it refuses, and how."""

import copy
import json
import uuid

import pytest
from servers.cluster import ClusterShop, until

from dhakacart.operations.cluster_start import refuse_what_the_server_would
from dhakacart.operations.manifests import Object, kind_is, workloads
from dhakacart.operations.stack_failure import StackFailure

# Users by number, as every environment has them.
USERS = {
    "web": 10001,
    "worker": 10001,
    "beat": 10001,
    "edge": 10002,
    "postgres": 10003,
    "redis": 10004,
    "pgbouncer": 10005,
    "prometheus": 10006,
    "simulator": 10008,
}
EX_CONFIG = 78
LEVELS = ("enforce", "audit", "warn")
END_SECONDS = 90.0


@pytest.fixture
def rootish() -> Object:
    """A pod that `restricted` refuses."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "rootish"},
        "spec": {
            "containers": [{"name": "rootish", "image": "rootish", "securityContext": {"runAsUser": 0}}]
        },
    }


def test_everything_runs_under_restricted(deployed: ClusterShop) -> None:
    """The namespace demands it at all levels, every pod is there, and the API server warns of none."""
    [namespace] = deployed.kubectl.items(
        "namespaces", "--field-selector", f"metadata.name={deployed.space.namespace}"
    )
    demands = {
        level: namespace["metadata"]["labels"][f"pod-security.kubernetes.io/{level}"] for level in LEVELS
    }
    assert demands == dict.fromkeys(LEVELS, "restricted")
    assert {service for service in USERS if not deployed.pods(service)} == set()

    # To demand it anew makes the API server look at every pod that there is.
    labels = [f"pod-security.kubernetes.io/{level}=restricted" for level in LEVELS]
    names = [f"namespace/{deployed.space.namespace}", *labels]
    judged = deployed.kubectl.run("label", "--dry-run=server", "--overwrite", *names)
    assert (judged.returncode, judged.stderr) == (0, "")


def test_restricted_refuses_root(deployed: ClusterShop, rootish: Object) -> None:
    """The same server says no to a pod of root: the level is enforced."""
    result = deployed.kubectl.run("create", "--dry-run=server", "-f", "-", given=json.dumps(rootish))

    assert result.returncode != 0
    assert 'violates PodSecurity "restricted' in result.stderr


@pytest.mark.parametrize("service", USERS)
def test_nothing_writes_to_its_root(service: str, deployed: ClusterShop) -> None:
    """Each process has its own number as user and group, and `/` is read-only for it; /tmp is not."""
    [pod, *_] = deployed.pods(service)
    name = pod["metadata"]["name"]

    root = deployed.exec(name, "sh", "-c", ": > /written")
    place = deployed.exec(name, "sh", "-c", ": > /tmp/written")
    status = deployed.exec(name, "sh", "-c", "while read line; do echo $line; done < /proc/1/status").stdout

    assert root.returncode != 0
    assert "Read-only file system" in root.stderr
    assert place.returncode == 0, place.stderr
    found = {line.split(":")[0]: line.split()[1:] for line in status.splitlines()}
    assert set(found["Uid"]) == set(found["Gid"]) == {str(USERS[service])}
    assert found["NoNewPrivs"] == ["1"]
    assert {int(found[kind][0], 16) for kind in ("CapPrm", "CapEff", "CapBnd")} == {0}


def test_a_missing_key_is_told_in_one_line(deployed: ClusterShop) -> None:
    """web with a Secret that lacks a key ends with EX_CONFIG, and its log is one line that names the key."""
    name = f"keyless-{uuid.uuid4().hex[:6]}"
    kubectl = deployed.kubectl
    [secret] = kubectl.items("secrets", "--field-selector", "metadata.name=shop")
    kept = {key: value for key, value in secret["data"].items() if key != "sms_token"}
    assert len(kept) == len(secret["data"]) - 1
    incomplete = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "data": kept}
    kubectl.call("create", "-f", "-", given=json.dumps(incomplete))
    kubectl.call("create", "-f", "-", given=json.dumps(_pod_of_web(deployed, name)))
    try:
        ended = until("it has ended", lambda: _ended(deployed, name), seconds=END_SECONDS)
        log = kubectl.call("logs", name)
    finally:
        kubectl.call("delete", "pod", name, "--now")
        kubectl.call("delete", "secret", name)

    assert ended["exitCode"] == EX_CONFIG
    [line] = log.splitlines()
    assert line.startswith("environment contract: ")
    assert "sms_token" in line


def test_what_the_server_refuses_is_told_before_anything_is_applied(
    deployed: ClusterShop, rootish: Object
) -> None:
    """One manifest in many that it would refuse: the reason is told, and not even the good ones are applied."""
    good = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "never-applied"},
        "data": {"a": "b"},
    }
    broken = copy.deepcopy(kind_is(deployed.objects, "Deployment")[0])
    broken["spec"]["template"]["spec"]["containers"][0]["volumeMounts"].append(
        {"name": "no-such", "mountPath": "/x"}
    )

    for bad, reason in ((rootish, "violate"), (broken, "no-such")):
        with pytest.raises(StackFailure) as refused:
            refuse_what_the_server_would(deployed.kubectl, [good, bad])
        assert reason in f"{refused.value} {refused.value.lines}"

    there = deployed.kubectl.call("get", "configmaps", "-o", "name")
    assert "never-applied" not in there
    assert "rootish" not in deployed.kubectl.call("get", "pods", "-o", "name")


def _ended(shop: ClusterShop, pod: str) -> dict:
    [found] = shop.kubectl.items("pods", "--field-selector", f"metadata.name={pod}")
    statuses = found["status"].get("containerStatuses") or [{"state": {}}]
    return statuses[0]["state"].get("terminated") or {}


def _pod_of_web(shop: ClusterShop, secret: str) -> Object:
    """web's pod with another Secret, started once, selected by no Service."""
    [web] = [one for one in workloads(shop.objects) if (one.kind, one.name) == ("Deployment", "web")]
    spec = copy.deepcopy(web.pod)
    del spec["initContainers"]
    spec["restartPolicy"] = "Never"
    spec.pop("topologySpreadConstraints", None)
    for volume in spec["volumes"]:
        for source in volume.get("projected", {}).get("sources", []):
            if source.get("secret", {}).get("name") == "shop":
                source["secret"]["name"] = secret
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": secret}, "spec": spec}
