"""Why something on a cluster does not get ready, in people's words."""

import pytest

from dhakacart.operations.cluster_troubles import troubles
from tests.cluster_objects import pod, warning

CRASHED = {"terminated": {"exitCode": 1}}
UNSCHEDULABLE = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}
UNSCHEDULABLE |= {
    "message": "0/3 nodes are available: 2 Insufficient cpu, 1 Insufficient memory. preemption: none"
}


@pytest.mark.parametrize(
    ("objects", "events", "said"),
    [
        (
            [pod(state={"waiting": {"reason": "ErrImageNeverPull"}})],
            [],
            "its node has no image dhakacart/web:abc",
        ),
        (
            [
                pod(
                    state={
                        "waiting": {
                            "reason": "CreateContainerConfigError",
                            "message": "couldn't find key sms_token in Secret ns/shop",
                        }
                    }
                )
            ],
            [],
            "web: the Secret shop has no key sms_token",
        ),
        (
            [
                pod(
                    state={
                        "waiting": {
                            "reason": "CreateContainerConfigError",
                            "message": 'configmap "shop-abc" not found',
                        }
                    }
                )
            ],
            [],
            "web: there is no ConfigMap shop-abc",
        ),
        (
            [pod(state={"waiting": {"reason": "ContainerCreating"}})],
            [
                warning(
                    "FailedMount",
                    'MountVolume.SetUp failed for volume "c" : secret "edge-certificate" not found',
                )
            ],
            "web: there is no Secret edge-certificate",
        ),
        (
            [pod(state={"waiting": {"reason": "ContainerCreating"}})],
            [warning("FailedMount", "MountVolume.SetUp failed: references non-existent secret key: ca.crt")],
            "web: a Secret that it mounts has no key ca.crt",
        ),
        ([pod(conditions=[UNSCHEDULABLE])], [], "no node has room for its pod: 2 lack cpu, 1 lack memory"),
        (
            [pod(state={"waiting": {"reason": "CrashLoopBackOff"}}, restarts=3, last=CRASHED)],
            [],
            "web: ends with status 1",
        ),
        ([pod(state={"terminated": {"exitCode": 78}})], [], "web: ends with status 78"),
        (
            [
                pod(
                    state={"waiting": {"reason": "CrashLoopBackOff"}},
                    restarts=3,
                    last={"terminated": {"exitCode": 137, "reason": "OOMKilled"}},
                )
            ],
            [],
            "needs more memory than its limit",
        ),
        (
            [],
            [warning("FailedCreate", 'pods "web-" is forbidden: exceeded quota: shop', of="web-7d9f")],
            "web: its pod is refused: pods",
        ),
        (
            [
                {
                    "kind": "PersistentVolumeClaim",
                    "metadata": {"name": "postgres-data-postgres-0", "uid": "claim"},
                    "status": {"phase": "Pending"},
                }
            ],
            [warning("ProvisioningFailed", "storageclass not found", of="claim")],
            "no volume for postgres-data-postgres-0: storageclass not found",
        ),
        (
            [
                {
                    "kind": "Job",
                    "metadata": {
                        "name": "migrate-1",
                        "uid": "job",
                        "labels": {"app.kubernetes.io/name": "migrate"},
                    },
                    "status": {
                        "conditions": [
                            {"type": "Failed", "status": "True", "message": "BackoffLimitExceeded"}
                        ]
                    },
                }
            ],
            [],
            "migrate: the job failed: BackoffLimitExceeded",
        ),
    ],
)
def test_the_reason_is_in_peoples_words(objects, events, said):
    """Of the pod, of its events, or of who could not even make a pod."""
    found = [one.text for one in troubles(objects, events)]
    assert len(found) == 1
    assert said in found[0]


@pytest.mark.parametrize(
    ("one", "events"),
    [
        (pod(state={"running": {}}, restarts=9, last=CRASHED), []),
        (pod(state={"waiting": {"reason": "CrashLoopBackOff"}}, restarts=1, last=CRASHED), []),
        (pod(state={"waiting": {"reason": "ContainerCreating"}}), []),
        # It was mounted in the end: the pod has an address, and only its image is fetched.
        (
            pod(state={"waiting": {"reason": "ContainerCreating"}}, address="10.1.1.1"),
            [warning("FailedMount", "x")],
        ),
    ],
)
def test_what_heals_by_itself_is_no_trouble(one, events):
    """A pod that runs again, one that failed once while its database was starting, one that is being made."""
    assert troubles([one], events) == []
