"""Policies on how pods come, go, grow and share: each holds for the sound shop, and one broken thing is one complaint."""

import pytest
from breaking import assert_only, sound

from dhakacart.operations import policies
from dhakacart.operations.policies import capacity, labels, lost_nodes, rollout, scaling, spread, storage

WEB = "Deployment/web"
WORKER = "Deployment/worker"
BEAT = "Deployment/beat"
DIGEST = "sha256:" + "0" * 63 + "1"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda shop: shop.spec(WEB).pop("strategy"), "maxUnavailable is None"),
        (lambda shop: shop.spec(WEB)["strategy"]["rollingUpdate"].update(maxUnavailable=1), "is 1, not 0"),
        (
            lambda shop: shop.spec(WEB)["strategy"]["rollingUpdate"].update(maxUnavailable="25%"),
            "is 25%, not 0",
        ),
        (lambda shop: shop.spec(WORKER).update(strategy={"type": "Recreate"}), "is not declared"),
        (lambda shop: shop.spec(BEAT).update(replicas=2), "more than one replica"),
    ],
)
def test_rollouts(change, complaint):
    """Nothing goes out of service at a rollout, but for what is declared to be alone."""
    assert_only(rollout.violations, change, complaint)


def test_beat_is_never_two():
    """A rolling update would run two for a while."""
    manifests = sound()
    manifests.spec(BEAT)["strategy"] = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0}}

    assert ["Deployment/beat: is not Recreate" in line for line in rollout.violations(manifests.objects)] == [
        True
    ]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda shop: shop.pod(WEB).pop("terminationGracePeriodSeconds"), "no terminationGracePeriodSeconds"),
        (
            lambda shop: shop.pod(WEB).update(terminationGracePeriodSeconds=30),
            "not above preStop's 5 s and its own 25 s",
        ),
        (lambda shop: shop.pod(WORKER).update(terminationGracePeriodSeconds=65), "its own 65 s"),
        (lambda shop: shop.container(WEB).pop("lifecycle"), "no preStop sleep"),
        (
            lambda shop: shop.container(WORKER).update(
                lifecycle={"preStop": {"exec": {"command": ["leave"]}}}
            ),
            "of unknown length",
        ),
        (
            lambda shop: shop.container(WORKER).update(
                lifecycle={"preStop": {"exec": {"command": ["sh", "-c", "leave; sleep 5"]}}}
            ),
            "of unknown length",
        ),
        (
            lambda shop: shop.spec(WORKER)["template"]["metadata"]["labels"].update(
                {"app.kubernetes.io/name": "stranger"}
            ),
            "nobody declares how long stranger takes",
        ),
    ],
)
def test_grace_periods(change, complaint):
    """Longer than the sleep before the signal and the process's own end together."""
    assert_only(rollout.grace_violations, change, complaint)


@pytest.mark.parametrize("command", [["sleep", "5"], ["sh", "-c", "sleep 5"]])
def test_a_sleep_may_be_a_command(command):
    """`sleep 5` is as good as Kubernetes' own."""
    manifests = sound()
    manifests.container(WEB)["lifecycle"] = {"preStop": {"exec": {"command": command}}}

    assert rollout.grace_violations(manifests.objects) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda shop: shop.spec(WORKER).update(replicas=3), "states replicas"),
        (
            lambda shop: shop.spec("ScaledObject/worker")["scaleTargetRef"].update(name="gone"),
            "no Deployment/gone",
        ),
        (lambda shop: shop.copy_of("ScaledObject/worker", "again"), "Deployment/worker: 2 scalers"),
        (lambda shop: shop.spec("ScaledObject/worker").update(minReplicaCount=0), "scale to nothing"),
        (lambda shop: shop.spec("ScaledObject/worker").update(maxReplicaCount=2), "nothing to scale"),
        (
            lambda shop: shop.objects.append(
                {
                    "kind": "HorizontalPodAutoscaler",
                    "metadata": {"name": "worker", "namespace": "dhakacart"},
                    "spec": {
                        "scaleTargetRef": {"kind": "Deployment", "name": "worker"},
                        "minReplicas": 2,
                        "maxReplicas": 4,
                    },
                }
            ),
            "2 scalers",
        ),
    ],
)
def test_scaling(change, complaint):
    """One scaler for one thing, which is there and leaves the number to it."""
    assert_only(scaling.violations, change, complaint)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            lambda shop: shop["Service/web"]["metadata"]["labels"].pop("app.kubernetes.io/name"),
            "Service/web: no label app.kubernetes.io/name",
        ),
        (
            lambda shop: shop["Service/web"]["metadata"]["labels"].update(
                {"app.kubernetes.io/part-of": "other"}
            ),
            "is not dhakacart",
        ),
        (
            lambda shop: shop.spec(WEB)["template"]["metadata"]["labels"].pop("app.kubernetes.io/part-of"),
            "Deployment/web, its pods",
        ),
    ],
)
def test_labels(change, complaint):
    """Objects and pods alike."""
    assert_only(labels.violations, change, complaint)


def constraint(shop, title):
    return shop.pod(title)["topologySpreadConstraints"][0]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            lambda shop: shop.pod(WEB).pop("topologySpreadConstraints"),
            "Deployment/web: 2 pods that may all stand on one node",
        ),
        (
            lambda shop: shop.pod(WORKER).pop("topologySpreadConstraints"),
            "Deployment/worker: 2 pods that may all stand on one node",
        ),
        (
            lambda shop: constraint(shop, WEB).update(topologyKey="topology.kubernetes.io/zone"),
            "may all stand on one node",
        ),
        (lambda shop: constraint(shop, WEB).pop("labelSelector"), "does not count its own pods"),
        (
            lambda shop: constraint(shop, WEB).update(labelSelector={"matchLabels": {"app": "web"}}),
            "does not count its own pods",
        ),
        (
            lambda shop: constraint(shop, WEB).pop("matchLabelKeys"),
            "Deployment/web, topologySpreadConstraints: counts the pods of Deployment/beat too",
        ),
        (lambda shop: shop.spec(BEAT).update(replicas=2), "Deployment/beat: 2 pods"),
    ],
)
def test_spread(change, complaint):
    """Where there are two at the least, by their number or their scaler's, they are kept apart by node."""
    manifests = sound()
    assert spread.violations(manifests.objects) == []

    change(manifests)

    lines = spread.violations(manifests.objects)
    assert any(complaint in line for line in lines), lines


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            lambda shop: shop.pod(BEAT).pop("tolerations"),
            "Deployment/beat: stays as long as Kubernetes says on a lost node",
        ),
        (
            lambda shop: shop.pod(WEB).update(tolerations=[{"operator": "Exists"}]),
            "Deployment/web: stays inf s on a lost node",
        ),
        (
            lambda shop: shop.pod(WEB)["tolerations"][1].update(tolerationSeconds=300),
            "Deployment/web: stays 300 s on a lost node (most: 60 s)",
        ),
        (
            lambda shop: shop.pod(WEB)["tolerations"][0].update(effect="NoSchedule"),
            "stays as long as Kubernetes says on a lost node",
        ),
        (
            lambda shop: shop[BEAT].update(kind="StatefulSet"),
            "StatefulSet/beat: has data, and would leave a lost node after 30 s",
        ),
    ],
)
def test_lost_nodes(change, complaint):
    """Deployments leave a lost node soon, what has data does not."""
    assert_only(lost_nodes.violations, change, complaint)


def test_what_no_component_brings_need_not_hold():
    """A combination without `spread` is not held to it; one in which it has gone from one workload is."""
    manifests = sound()
    manifests.pod(WEB).pop("topologySpreadConstraints")
    assert any("one node" in line for line in policies.violations(manifests.objects, whole=False))

    manifests.pod(WORKER).pop("topologySpreadConstraints")
    assert not any("one node" in line for line in policies.violations(manifests.objects, whole=False))
    assert any("one node" in line for line in policies.violations(manifests.objects))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            lambda shop: shop.spec("ResourceQuota/shop")["hard"].update(pods="15"),
            "pods is 15, and 16 may be asked",
        ),
        (
            lambda shop: shop.spec("ScaledObject/worker").update(maxReplicaCount=11),
            "pods is 16, and 17 may be asked",
        ),
        (
            lambda shop: shop.spec(WEB)["strategy"]["rollingUpdate"].update(maxSurge="60%"),
            "pods is 16, and 17 may be asked",
        ),
        (
            lambda shop: shop.spec("ResourceQuota/shop")["hard"].update({"requests.cpu": "1500m"}),
            "requests.cpu is 1500m, and 1.6 may be asked",
        ),
        (
            lambda shop: shop.container(BEAT)["resources"]["requests"].update(memory="256Mi"),
            "requests.memory is 2Gi",
        ),
        (
            lambda shop: shop.pod(BEAT).update(
                initContainers=[{"name": "first", "resources": {"limits": {"memory": "1Gi"}}}]
            ),
            "limits.memory is 8Gi",
        ),
        (
            lambda shop: (
                shop.spec("ResourceQuota/shop")["hard"].update({"services.loadbalancers": "0"}),
                shop.spec("Service/web").update(type="LoadBalancer"),
            ),
            "services.loadbalancers is 0, and 1 may be asked",
        ),
        (
            lambda shop: shop.spec("LimitRange/shop")["limits"][0]["max"].update(cpu="999m"),
            "cpu limit above LimitRange/shop's 999m",
        ),
    ],
)
def test_quotas(change, complaint):
    """All scalers at their most and all rollouts at once fit; a container fits its range."""
    manifests = sound()
    assert capacity.quota_violations(manifests.objects) == []

    change(manifests)

    lines = capacity.quota_violations(manifests.objects)
    assert any(complaint in line for line in lines), lines


@pytest.mark.parametrize("title", [WORKER, "Job/migrate"])
def test_priorities(title):
    """Everything has one, Jobs too: what a release waits for must not give way to it."""
    assert_only(
        capacity.priority_violations,
        lambda shop: shop.pod(title).pop("priorityClassName"),
        f"{title}: no priorityClassName",
    )


@pytest.mark.parametrize(
    ("environment", "claim", "complaints"),
    [
        ("production", {"storageClassName": "do-block-storage-retain"}, 0),
        ("production", {"storageClassName": "do-block-storage"}, 1),
        ("staging", {}, 1),
        ("unknown", {}, 1),
        ("development", {}, 0),
    ],
)
def test_storage(environment, claim, complaints):
    """Data that count are not deleted with whatever claimed them; a StatefulSet's and a claim's own."""
    manifests = sound()
    manifests["ConfigMap/shop-7k8mbt9d2f"]["data"]["ENVIRONMENT"] = environment
    spec = {"accessModes": ["ReadWriteOnce"], **claim}
    postgres = manifests.copy_of(BEAT, "postgres")
    postgres["kind"] = "StatefulSet"
    postgres["spec"]["volumeClaimTemplates"] = [{"metadata": {"name": "postgres-data"}, "spec": spec}]
    alone = {"kind": "PersistentVolumeClaim", "metadata": {"name": "alone"}, "spec": spec}

    lines = storage.violations([*manifests.objects, alone])

    assert len(lines) == 2 * complaints
    assert not lines or "StatefulSet/postgres, claim postgres-data: storage class" in lines[0]
