"""Policies on what a pod is: each holds for the sound shop, and one broken thing is one complaint that names it."""

import pytest
from breaking import assert_only, sound

from dhakacart.operations.policies import (
    images,
    probes,
    resources,
    security,
)

WEB = "Deployment/web"
WORKER = "Deployment/worker"
BEAT = "Deployment/beat"
DIGEST = "sha256:" + "0" * 63 + "1"


@pytest.mark.parametrize(
    ("image", "environment", "complaint"),
    [
        ("registry.invalid/shop:1.2", "production", "has no digest"),
        ("registry.invalid/shop:1.2", "staging", "has no digest"),
        ("registry.invalid/shop@sha256:1234", "production", "has no digest"),
        ("registry.invalid/nginx@" + DIGEST, "production", "is not built here"),
        ("registry.invalid/simulator@" + DIGEST, "production", "for development only"),
        ("dhakacart/shop", "development", "no tag that names a build"),
        ("dhakacart/shop:latest", "development", "no tag that names a build"),
        ("registry.invalid:5000/shop", "development", "no tag that names a build"),
    ],
)
def test_images(image, environment, complaint):
    """Ours only; by digest where a release ships them, elsewhere by a tag that says something."""

    def change(manifests):
        manifests["ConfigMap/shop-7k8mbt9d2f"]["data"]["ENVIRONMENT"] = environment
        manifests.container(WEB)["image"] = image

    assert_only(images.violations, change, complaint)


def test_an_environment_that_nobody_states_is_held_to_productions_rule():
    """Without ENVIRONMENT a tag is no digest either."""
    manifests = sound()
    manifests["ConfigMap/shop-7k8mbt9d2f"]["data"] = {}
    manifests.container(WEB)["image"] = "dhakacart/shop:local"

    assert "no digest" in images.violations(manifests.objects)[0]


@pytest.mark.parametrize(
    "image", ["dhakacart/shop:local", "registry.invalid:5000/shop:1", "x/simulator:local"]
)
def test_images_of_development_need_a_tag_only(image):
    """What is built on a machine has a tag."""
    manifests = sound()
    manifests["ConfigMap/shop-7k8mbt9d2f"]["data"]["ENVIRONMENT"] = "development"
    manifests.container(WEB)["image"] = image

    assert images.violations(manifests.objects) == []


@pytest.mark.parametrize(
    ("image", "complaints"), [("dhakacart/shop:local", 1), ("registry.invalid/shop@" + DIGEST, 0)]
)
def test_a_local_image_is_never_pulled(image, complaints):
    """`Always` would ask a registry for what was loaded into the nodes; one by digest may be asked for."""
    manifests = sound()
    manifests["ConfigMap/shop-7k8mbt9d2f"]["data"]["ENVIRONMENT"] = "development"
    manifests.container(WEB)["image"] = image
    assert images.violations(manifests.objects) == []

    manifests.container(WEB)["imagePullPolicy"] = "Always"

    lines = images.violations(manifests.objects)
    assert len(lines) == complaints
    assert all("Deployment/web, container web: a local image cannot be pulled" in line for line in lines)


@pytest.mark.parametrize("probe", probes.PROBES)
def test_each_probe_is_missed(probe):
    """Startup, readiness and liveness, on every container that lasts."""
    assert_only(probes.violations, lambda shop: shop.container(WORKER).pop(probe), f"worker: no {probe}")


def test_a_sidecar_has_probes_and_an_init_container_need_not():
    """What runs as long as the pod is probed; what ends before it is not."""
    manifests = sound()
    first = {"name": "first"}
    manifests.pod(WEB)["initContainers"] = [first]
    assert probes.violations(manifests.objects) == []

    first["restartPolicy"] = "Always"
    assert len(probes.violations(manifests.objects)) == 3


@pytest.mark.parametrize(
    ("probe", "value", "complaint"),
    [
        ("livenessProbe", {"httpGet": {"path": "/readyz", "port": 8000}}, "would restart every pod"),
        ("livenessProbe", {"httpGet": {"path": "/healthz", "port": 8001}}, "asks port 8001"),
        ("readinessProbe", {"httpGet": {"path": "/readyz", "port": "https"}}, "asks port https"),
        ("readinessProbe", {"periodSeconds": 3}, "asks nothing"),
    ],
)
def test_probes_ask_what_is_there(probe, value, complaint):
    """A port of the container, one question, in time; and liveness asks no other service."""
    assert_only(probes.violations, lambda shop: shop.container(WEB).update({probe: value}), complaint)


@pytest.mark.parametrize(
    ("kind", "name", "value", "complaint"),
    [
        ("requests", "cpu", None, "no cpu request"),
        ("requests", "memory", None, "no memory request"),
        ("limits", "cpu", None, "no cpu limit"),
        ("limits", "memory", None, "no memory limit"),
        ("limits", "memory", "64Mi", "memory request above its limit"),
        ("limits", "cpu", "99m", "cpu request above its limit"),
        ("limits", "memory", "many", "no memory limit"),
    ],
)
def test_requests_and_limits(kind, name, value, complaint):
    """Both, of processor and memory, the request within the limit."""

    def change(manifests):
        manifests.container(BEAT)["resources"][kind][name] = value

    assert_only(resources.violations, change, complaint)


@pytest.mark.parametrize("value", [{}, None, {"medium": "Memory"}, {"sizeLimit": "big"}])
def test_an_empty_dir_has_a_size(value):
    """Otherwise one pod fills the disk of its node."""
    assert_only(
        resources.violations,
        lambda shop: shop.pod(WEB)["volumes"][0].update(emptyDir=value),
        "emptyDir tmp has no sizeLimit",
    )


@pytest.mark.parametrize(
    ("key", "value", "complaint"),
    [
        ("runAsUser", 0, "runAsUser"),
        ("runAsUser", "10001", "runAsUser"),
        ("runAsUser", True, "runAsUser"),
        ("runAsGroup", 0, "runAsGroup"),
        ("runAsNonRoot", False, "runAsNonRoot"),
        ("readOnlyRootFilesystem", False, "readOnlyRootFilesystem"),
        ("allowPrivilegeEscalation", True, "allowPrivilegeEscalation"),
        ("capabilities", {"drop": ["NET_RAW"]}, "not ALL are dropped"),
        ("capabilities", {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}, "capabilities are added"),
        ("capabilities", None, "not ALL are dropped"),
        ("privileged", True, "privileged"),
        ("procMount", "Unmasked", "procMount"),
        ("seccompProfile", {"type": "Unconfined"}, "seccompProfile"),
    ],
)
def test_security_context(key, value, complaint):
    """`restricted`, with a numeric user and a read-only root; a container's word counts before its pod's."""
    assert_only(
        security.context_violations,
        lambda shop: shop.container(WEB)["securityContext"].update({key: value}),
        complaint,
    )


@pytest.mark.parametrize("key", ["runAsUser", "runAsGroup", "runAsNonRoot", "seccompProfile"])
def test_what_a_pod_does_not_say_is_missed(key):
    """Nothing is left to the image or the node."""
    assert_only(security.context_violations, lambda shop: shop.pod(WEB)["securityContext"].pop(key), key)


def test_an_init_container_is_held_to_the_same():
    """It runs in the same pod."""
    manifests = sound()
    manifests.pod(WEB)["initContainers"] = [{"name": "first"}]

    lines = security.context_violations(manifests.objects)
    assert lines
    assert all("container first" in line for line in lines)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda shop: shop.pod(WEB).update(hostNetwork=True), "hostNetwork"),
        (lambda shop: shop.pod(WEB).update(hostPID=True), "hostPID"),
        (lambda shop: shop.pod(WEB).update(hostIPC=True), "hostIPC"),
        (lambda shop: shop.container(WEB)["ports"][0].update(hostPort=80), "hostPort"),
        (
            lambda shop: shop.pod(WEB)["volumes"].append({"name": "node", "hostPath": {"path": "/"}}),
            "volume node is a hostPath",
        ),
        (lambda shop: shop.pod(WEB)["volumes"].append({"name": "n", "nfs": {}}), "volume n is a nfs"),
    ],
)
def test_nothing_of_the_node(change, complaint):
    """No namespace, port or folder of the machine below."""
    assert_only(security.node_violations, change, complaint)


def test_a_token_is_refused_where_none_is_declared():
    """Kubernetes mounts one unless it is told not to."""
    assert_only(
        security.token_violations,
        lambda shop: shop.pod(WEB).pop("automountServiceAccountToken"),
        "Deployment/web: automountServiceAccountToken is not false",
    )


def test_a_declared_token_has_an_account_of_its_own(monkeypatch):
    """Declared and not used is a complaint, and so is the account that every pod shares."""
    monkeypatch.setattr(security, "API_CLIENTS", {"web": "a reason"})
    manifests = sound()
    assert "yet has no token" in security.token_violations(manifests.objects)[0]

    manifests.pod(WEB)["automountServiceAccountToken"] = True
    assert "default account" in security.token_violations(manifests.objects)[0]

    manifests.pod(WEB)["serviceAccountName"] = "web"
    assert security.token_violations(manifests.objects) == []


def test_namespaces_enforce_restricted():
    """A looser one, and a pod outside every Namespace of ours."""
    assert_only(
        security.namespace_violations,
        lambda shop: shop["Namespace/dhakacart"]["metadata"]["labels"].update(
            {"pod-security.kubernetes.io/enforce": "baseline"}
        ),
        "is not restricted",
    )
    assert_only(
        security.namespace_violations,
        lambda shop: shop["Job/migrate"]["metadata"].update(namespace="default"),
        "Job/migrate: its namespace 'default' is not among the manifests",
    )
