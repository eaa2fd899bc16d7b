"""The real manifests: every overlay and every declared combination is understood by Kubernetes and breaks no policy."""

import subprocess
from collections.abc import Callable

import pytest
import yaml
from breaking import Manifests

from config.run import WEB_SHUTDOWN_SECONDS, WORKER_SHUTDOWN_SECONDS
from dhakacart.operations import policies
from dhakacart.operations.cluster_secrets import secrets
from dhakacart.operations.kustomize import overlays
from dhakacart.operations.manifest_check import combinations, object_violations
from dhakacart.operations.manifests import environment_of, kind_is, workloads
from dhakacart.operations.paths import Checkout
from dhakacart.operations.policies import (
    addresses,
    capacity,
    custom_references,
    declared,
    disruption,
    images,
    labels,
    lost_nodes,
    network,
    network_pairs,
    probes,
    references,
    resources,
    rollout,
    scaling,
    schemas,
    security,
    services,
    sources,
    spread,
    storage,
)
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.secrets import create_development_files

ROOT = Checkout.here().root
ENVIRONMENTS = {"local": "development", "staging": "staging", "production": "production"}
PART = "app.kubernetes.io/part-of"


def seconds(text: str) -> int:
    """`65s` as Compose writes it."""
    return int(text.removesuffix("s"))


def test_the_overlays_are_the_three_environments():
    """The tests below look at all that there is."""
    assert set(overlays(ROOT)) == set(ENVIRONMENTS)


@pytest.mark.parametrize("version", schemas.VERSIONS)
@pytest.mark.parametrize("overlay", overlays(ROOT))
def test_every_overlay_is_understood(rendered, overlay, version):
    """By the schemas of the oldest and the newest Kubernetes that we support."""
    assert schemas.violations(rendered(overlay), version=version) == []


@pytest.mark.parametrize("policy", policies.POLICIES, ids=lambda policy: policy.name)
@pytest.mark.parametrize("overlay", overlays(ROOT))
def test_every_overlay_keeps_every_policy(rendered, overlay, policy):
    """No exception but those in declared.py."""
    assert policy.violations(rendered(overlay)) == []


@pytest.mark.parametrize("combination", combinations(ROOT), ids=lambda combination: combination.title)
def test_every_combination_of_components_works(rendered, combination):
    """Each that k8s/combinations.yaml names renders, is understood, and keeps what a part of an overlay can keep."""
    assert object_violations(rendered(combination), whole=False) == []


def test_every_component_is_in_a_combination():
    """One that only whole overlays have would never be seen to stand by itself."""
    used = {name for one in combinations(ROOT) for name in one.components}

    assert {path.parent.name for path in ROOT.glob("k8s/components/*/kustomization.yaml")} == used


def test_a_combination_of_what_does_not_exist_is_refused(tmp_path):
    """By the component's name; what is no combination, by the file's."""
    (tmp_path / "k8s").mkdir()
    (tmp_path / "k8s" / "combinations.yaml").write_text("local: [{only: [spraed]}]\n")

    with pytest.raises(ProblemError, match="not there: spraed"):
        combinations(tmp_path)

    (tmp_path / "k8s" / "combinations.yaml").write_text("local: [[spread]]\n")
    with pytest.raises(ProblemError, match=r"combinations\.yaml: local:"):
        combinations(tmp_path)


@pytest.mark.parametrize("overlay", overlays(ROOT))
def test_an_overlay_says_which_environment_it_is(rendered, overlay):
    """The rule about digests goes by it."""
    assert environment_of(rendered(overlay)) == ENVIRONMENTS[overlay]


def test_the_files_below_k8s_keep_their_rules():
    """No patch by index, no copy, nothing from the network, a README for each decision."""
    assert sources.violations(ROOT) == []


def unhash(shop: Manifests) -> None:
    """`shop-<hash>` becomes `shop`, everywhere."""
    [config] = [one for one in kind_is(shop.objects, "ConfigMap") if "ENVIRONMENT" in one["data"]]
    config["metadata"]["name"] = "shop"
    shop.container("Deployment/web")["envFrom"] = [{"configMapRef": {"name": "shop"}}]


WEB, BEAT, WORKER = "Deployment/web", "Deployment/beat", "Deployment/worker"


# One thing of production broken, for every policy.
BREAKS: list[tuple[policies.Look, Callable[[Manifests], object]]] = [
    (images.violations, lambda shop: shop.container(WEB).update(image="dhakacart/shop:local")),
    (probes.violations, lambda shop: shop.container(BEAT).pop("livenessProbe")),
    (
        resources.violations,
        lambda shop: shop.container("StatefulSet/postgres")["resources"]["limits"].pop("memory"),
    ),
    (
        security.context_violations,
        lambda shop: shop.pod("StatefulSet/postgres")["securityContext"].pop("runAsUser"),
    ),
    (
        security.node_violations,
        lambda shop: shop.pod(WEB)["volumes"].append({"name": "n", "hostPath": {"path": "/"}}),
    ),
    (security.token_violations, lambda shop: shop.pod(WEB).update(automountServiceAccountToken=True)),
    (
        security.namespace_violations,
        lambda shop: shop["Namespace/dhakacart"]["metadata"].update(labels={PART: "dhakacart"}),
    ),
    (references.violations, lambda shop: shop.objects.remove(kind_is(shop.objects, "ConfigMap")[0])),
    (custom_references.violations, lambda shop: shop.remove("Issuer/authority")),
    (references.hash_violations, unhash),
    (services.violations, lambda shop: shop.spec("Service/web")["ports"][0].update(targetPort="https")),
    (rollout.violations, lambda shop: shop.spec(WEB)["strategy"]["rollingUpdate"].update(maxUnavailable=1)),
    (rollout.violations, lambda shop: shop.spec(BEAT).update(replicas=2)),
    (
        rollout.grace_violations,
        lambda shop: shop.pod("Deployment/edge").update(terminationGracePeriodSeconds=60),
    ),
    (scaling.violations, lambda shop: shop.copy_of("ScaledObject/web", "again")),
    (scaling.violations, lambda shop: shop.spec(WORKER).update(replicas=2)),
    (capacity.quota_violations, lambda shop: shop.spec("ScaledObject/web").update(maxReplicaCount=100)),
    (capacity.priority_violations, lambda shop: shop.pod(WEB).pop("priorityClassName")),
    (
        disruption.violations,
        lambda shop: shop["PodDisruptionBudget/web"].update(
            spec={**shop.spec("PodDisruptionBudget/web"), "maxUnavailable": 0}
        ),
    ),
    (disruption.coverage_violations, lambda shop: shop.remove("PodDisruptionBudget/web")),
    (network.selector_violations, lambda shop: shop.container("Deployment/redis").pop("ports")),
    (network.coverage_violations, lambda shop: shop.remove("NetworkPolicy/default-deny")),
    (network.coverage_violations, lambda shop: shop.remove("NetworkPolicy/redis")),
    (
        addresses.violations,
        lambda shop: shop.spec("NetworkPolicy/web-to-outside")["egress"][0]["to"][0]["ipBlock"][
            "except"
        ].remove("169.254.0.0/16"),
    ),
    (
        network_pairs.violations,
        lambda shop: shop.spec("NetworkPolicy/redis")["ingress"][0]["from"].pop(),
    ),
    (
        network_pairs.violations,
        lambda shop: shop.spec("NetworkPolicy/prometheus")["egress"][0]["to"].pop(),
    ),
    (
        labels.selector_violations,
        lambda shop: shop.spec(WEB).update(selector={"matchLabels": {"app": "web"}}),
    ),
    (spread.violations, lambda shop: shop.pod(WORKER).pop("topologySpreadConstraints")),
    (lost_nodes.violations, lambda shop: shop.pod(BEAT).pop("tolerations")),
    (labels.violations, lambda shop: shop[WEB]["metadata"]["labels"].pop(PART)),
    (
        storage.violations,
        lambda shop: shop.spec("StatefulSet/postgres")["volumeClaimTemplates"][0]["spec"].pop(
            "storageClassName"
        ),
    ),
]


@pytest.mark.parametrize(
    ("look", "change"),
    BREAKS,
    ids=[f"{look.__module__.rpartition('.')[2]}.{look.__name__}" for look, _ in BREAKS],
)
def test_production_broken_is_caught(rendered, look, change):
    """Each policy also sees the fault in the real manifests: their shape is not other than that of sound.yaml."""
    [policy] = [one for one in policies.POLICIES if one.violations == look]
    manifests = Manifests(rendered("production"))
    assert look(manifests.objects) == []

    change(manifests)

    assert look(manifests.objects) != []
    assert any(line.startswith(f"{policy.name}: ") for line in policies.violations(manifests.objects))


def test_every_policy_is_broken_by_a_test():
    """A policy that nothing was seen to break might be one that cannot fail."""
    broken = {look for look, _ in BREAKS}

    assert [policy.name for policy in policies.POLICIES if policy.violations not in broken] == []


def test_every_declaration_is_needed(rendered):
    """What declared.py allows or knows by name occurs in some overlay; otherwise it is to be taken out."""
    every = [*overlays(ROOT), *combinations(ROOT)]
    objects = [one for overlay in every for one in rendered(overlay)]
    pods = workloads(objects)
    services = {one.service for one in pods}
    named = {(one.kind, one.name) for pod in pods for one in references.references_of(pod)}
    issuers = yaml.safe_dump([one["spec"] for one in kind_is(objects, "Issuer")])

    assert set(declared.SHUTDOWN_SECONDS) <= services
    recreated = {
        one.service for one in pods if (one.source["spec"].get("strategy") or {}).get("type") == "Recreate"
    }
    assert set(declared.RECREATE) == recreated
    assert set(declared.API_CLIENTS) <= services
    for name in declared.SECRETS:
        assert ("Secret", name) in named or f": {name}\n" in issuers, name


def test_the_secrets_that_a_developers_cluster_gets_are_those_declared(tmp_path):
    """Which keys there are stands in declared.py; the engine makes of them what this machine has."""
    create_development_files(tmp_path / "secrets")

    for secret in secrets(tmp_path / "secrets"):
        assert set(secret["data"]) <= declared.SECRETS[secret["metadata"]["name"]]


def test_shutdown_seconds_are_those_of_the_programs():
    """web's and worker's stand in their code, edge's in its configuration; Compose waits longer than any."""
    assert declared.SHUTDOWN_SECONDS["web"] == WEB_SHUTDOWN_SECONDS
    assert declared.SHUTDOWN_SECONDS["worker"] == WORKER_SHUTDOWN_SECONDS
    nginx = (ROOT / "services/edge/nginx/nginx.conf").read_text()
    assert f"worker_shutdown_timeout {declared.SHUTDOWN_SECONDS['edge']}s;" in nginx
    compose = yaml.safe_load((ROOT / "compose/compose.yaml").read_text())["services"]
    for name, own in declared.SHUTDOWN_SECONDS.items():
        assert name not in compose or own < seconds(compose[name]["stop_grace_period"]), name


def test_the_images_are_those_that_are_built_here():
    """One folder of services/ with a Dockerfile for each, and no more."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "services/*/Dockerfile"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert {path.split("/")[1] for path in listed} == declared.IMAGES | declared.DEVELOPMENT_IMAGES
