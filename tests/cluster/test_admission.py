"""What the cluster lets in: Pod Security `restricted` in full, read-only roots, numeric users; what it refuses, and how."""

import copy
import json
from collections.abc import Mapping

import pytest
from servers.cluster import ClusterShop
from servers.cluster_stand_ins import Ended, run_once, stand_in

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
JOBS = {"migrate": 10001, "seed": 10001}
LAX = "lax"
LEVELS = ("enforce", "audit", "warn")
END_SECONDS = 90.0
# What a shell in the container says: why it cannot write to `/`, that it can to /tmp, and what process 1 may.
LOOK = """
said=$( (: > /written) 2>&1 ) && said=written
echo "root: $said"
said=$( (: > /tmp/written) 2>&1 ) && said=written
echo "tmp: $said"
while read -r line; do echo "$line"; done < /proc/1/status
"""


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
    # What is not named here would be looked at by no test below.
    assert {one.service for one in workloads(deployed.objects)} == {*USERS, *JOBS}

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
    """In each of its pods the process has its own number as user and group, and `/` is read-only for it; /tmp is not."""
    names = [pod["metadata"]["name"] for pod in deployed.pods(service)]
    assert names
    for name in names:
        looked = deployed.exec(name, "sh", "-c", LOOK)
        assert looked.returncode == 0, f"{name}: {looked.stderr}"
        assert_confined(looked.stdout, user=USERS[service])


@pytest.fixture(scope="module")
def ended_jobs(deployed: ClusterShop) -> dict[str, list[Ended]]:
    """What each container of the Jobs' pods has said: they are themselves but for their arguments; and one that is lax."""
    pods = {job: stand_in(deployed, job) for job in JOBS} | {LAX: stand_in(deployed, "migrate")}
    for key, pod in pods.items():
        for container in [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]:
            container["args"] = ["sh", "-c", LOOK]
            if key == LAX:
                container["securityContext"]["readOnlyRootFilesystem"] = False
    return run_once(deployed.kubectl, pods, seconds=END_SECONDS)


@pytest.mark.parametrize("job", JOBS)
def test_no_job_writes_to_its_root(job: str, ended_jobs: Mapping[str, list[Ended]]) -> None:
    """The same holds for the pods that are gone before anybody can look into them, and for what runs before in them."""
    assert job in [one.container for one in ended_jobs[job]]
    for one in ended_jobs[job]:
        assert one.exit_status == 0, f"{one.container}: {one.log}"
        assert_confined(one.log, user=JOBS[job])


def test_a_root_that_is_not_read_only_is_seen(ended_jobs: Mapping[str, list[Ended]]) -> None:
    """Even where the process may not write to it for want of rights."""
    [lax] = ended_jobs[LAX]

    with pytest.raises(AssertionError, match="Permission denied"):
        assert_confined(lax.log, user=JOBS["migrate"])


def assert_confined(output: str, *, user: int) -> None:
    """By what LOOK has printed."""
    found = {name: value.split() for name, _, value in (line.partition(":") for line in output.splitlines())}
    assert " ".join(found["root"]).endswith("Read-only file system"), output
    assert found["tmp"] == ["written"], output
    assert set(found["Uid"]) == set(found["Gid"]) == {str(user)}
    assert found["NoNewPrivs"] == ["1"]
    assert {int(found[kind][0], 16) for kind in ("CapPrm", "CapEff", "CapBnd")} == {0}


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
