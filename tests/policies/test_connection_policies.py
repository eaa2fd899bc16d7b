"""Policies on what names, selects or reaches something else: the other end must be there."""

import pytest
from breaking import assert_only, sound

from dhakacart.operations.policies import (
    custom_references,
    disruption,
    labels,
    references,
    services,
)

WEB = "Deployment/web"
CONFIG = "shop-7k8mbt9d2f"


def volume(spec):
    return lambda shop: shop.pod(WEB)["volumes"].append({"name": "more", **spec})


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            lambda shop: shop.container(WEB)["envFrom"][0]["configMapRef"].update(name="gone"),
            "no ConfigMap/gone",
        ),
        (lambda shop: shop[f"ConfigMap/{CONFIG}"]["data"].pop("LOG_LEVEL"), "has no key LOG_LEVEL"),
        (
            lambda shop: shop.container(WEB)["env"][1]["valueFrom"]["secretKeyRef"].update(key="sms_tokens"),
            "Secret/shop has no key sms_tokens",
        ),
        (
            lambda shop: shop.container(WEB).update(envFrom=[{"secretRef": {"name": "gone"}}]),
            "no Secret/gone, nor is it declared",
        ),
        (volume({"secret": {"secretName": "gone"}}), "no Secret/gone"),
        (volume({"configMap": {"name": "gone"}}), "no ConfigMap/gone"),
        (volume({"secret": {"secretName": "redis", "items": [{"key": "pass", "path": "p"}]}}), "no key pass"),
        (volume({"projected": {"sources": [{"secret": {"name": "gone"}}]}}), "no Secret/gone"),
        (
            volume(
                {
                    "projected": {
                        "sources": [
                            {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "x", "path": "x"}]}}
                        ]
                    }
                }
            ),
            "no key x",
        ),
        (volume({"persistentVolumeClaim": {"claimName": "gone"}}), "no PersistentVolumeClaim/gone"),
        (lambda shop: shop.remove("Certificate/web"), "no Secret/web-certificate"),
        (
            lambda shop: shop.container(WEB)["volumeMounts"].append({"name": "gone", "mountPath": "/x"}),
            "mounts gone, which is no volume",
        ),
        (
            lambda shop: shop.container(WEB)["volumeMounts"].append({"name": "tmp", "mountPath": "/tmp"}),
            "two volumes at /tmp",
        ),
        (lambda shop: shop.pod(WEB).update(serviceAccountName="gone"), "no ServiceAccount/gone"),
        (lambda shop: shop.pod(WEB).update(priorityClassName="gone"), "no PriorityClass/gone"),
        (
            lambda shop: shop.objects.append(
                {"kind": "Secret", "metadata": {"name": "s"}, "data": {"a": "Yg=="}}
            ),
            "a Secret's value in a manifest",
        ),
    ],
)
def test_references(change, complaint):
    """ConfigMaps, Secrets, their keys, volumes, claims, accounts, classes."""
    assert_only(references.violations, change, complaint)


@pytest.mark.parametrize(
    "change",
    [
        volume({"secret": {"secretName": "gone", "optional": True}}),
        volume({"configMap": {"name": "gone", "optional": True}}),
        volume({"projected": {"sources": [{"secret": {"name": "gone", "optional": True}}]}}),
        volume({"secret": {"secretName": "redis", "optional": True, "items": [{"key": "x", "path": "x"}]}}),
        lambda shop: shop.container(WEB)["envFrom"].append({"secretRef": {"name": "gone", "optional": True}}),
        lambda shop: shop.container(WEB)["env"].append(
            {"name": "X", "valueFrom": {"secretKeyRef": {"name": "shop", "key": "gone", "optional": True}}}
        ),
    ],
)
def test_what_is_optional_may_be_absent(change):
    """The pod starts without it, so it is no complaint; the same without `optional` is one (above)."""
    manifests = sound()

    change(manifests)

    assert references.violations(manifests.objects) == []


def test_a_config_map_without_a_hash():
    """Its pods would not notice a change."""

    def change(manifests):
        manifests[f"ConfigMap/{CONFIG}"]["metadata"]["name"] = "shop"
        manifests.container(WEB)["envFrom"][0]["configMapRef"]["name"] = "shop"

    assert_only(references.hash_violations, change, "ConfigMap/shop has no hash")


def dns01(name, key):
    """An issuer that asks DigitalOcean's DNS with this token."""
    solver = {"dns01": {"digitalocean": {"tokenSecretRef": {"name": name, "key": key}}}}
    return lambda shop: shop.spec("Issuer/authority").update(acme={"solvers": [solver]})


def asked_at(address):
    """A scaler that asks the Prometheus of this address."""
    trigger = {"type": "prometheus", "metadata": {"serverAddress": address}}
    return lambda shop: shop.spec("ScaledObject/worker")["triggers"].append(trigger)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda shop: shop.remove("Issuer/authority"), "Certificate/web: there is no Issuer/authority"),
        (lambda shop: shop.remove("TriggerAuthentication/redis"), "there is no TriggerAuthentication/redis"),
        (
            lambda shop: shop.spec("TriggerAuthentication/redis")["secretTargetRef"][0].update(key="pass"),
            "no key pass in Secret/redis",
        ),
        (
            lambda shop: shop.objects.append(
                {
                    "kind": "RoleBinding",
                    "metadata": {"name": "b", "namespace": "dhakacart"},
                    "roleRef": {"kind": "Role", "name": "gone"},
                }
            ),
            "RoleBinding/b: there is no Role/gone",
        ),
        (
            lambda shop: shop.spec("Issuer/authority").update(ca={"secretName": "gone"}),
            "Issuer/authority: there is no key tls.key in Secret/gone",
        ),
        (
            lambda shop: shop.spec("Issuer/authority").update(ca={"secretName": "redis"}),
            "Issuer/authority: there is no key tls.key in Secret/redis",
        ),
        (
            dns01("digitalocean-dns", "token"),
            "Issuer/authority: there is no key token in Secret/digitalocean-dns",
        ),
        (dns01("gone", "access-token"), "Issuer/authority: there is no key access-token in Secret/gone"),
        (
            asked_at("http://web.dhakacart.svc.cluster.local:9090"),
            "ScaledObject/worker: no Service answers at",
        ),
        (asked_at("http://web.dhakacart.svc.cluster.local"), "ScaledObject/worker: no Service answers at"),
        (asked_at("http://web.other.svc.cluster.local:9100"), "ScaledObject/worker: no Service answers at"),
        (
            asked_at("http://wbe.dhakacart.svc.cluster.local:9100"),
            "ScaledObject/worker: no Service answers at",
        ),
    ],
)
def test_custom_references(change, complaint):
    """Issuers and the keys of their Secrets, authentications, roles, and the Prometheus that a scaler asks."""
    assert_only(custom_references.violations, change, complaint)


@pytest.mark.parametrize(
    "change",
    [
        lambda shop: shop.spec("Issuer/authority").update(ca={"secretName": "authority"}),
        dns01("digitalocean-dns", "access-token"),
        asked_at("http://web.dhakacart.svc.cluster.local:9100"),
    ],
)
def test_custom_references_that_resolve(change):
    """The same with names that are there is no complaint."""
    manifests = sound()

    change(manifests)

    assert custom_references.violations(manifests.objects) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda shop: shop.spec("Service/web").update(selector={"app": "web"}), "selects no pod"),
        (
            lambda shop: shop.spec("Service/web").update(selector={"app.kubernetes.io/part-of": "dhakacart"}),
            "must select those of one workload",
        ),
        (lambda shop: shop.spec("Service/web")["ports"][0].update(targetPort="https"), "leads to https"),
        (lambda shop: shop.spec("Service/web")["ports"][0].update(targetPort=8001), "leads to 8001"),
        (lambda shop: shop.spec("Service/web")["ports"][1].update(port=9101), "leads to 9101"),
        (lambda shop: shop.spec("Service/web")["ports"][0].update(protocol="UDP"), "leads to http"),
        (lambda shop: shop["Service/web"]["metadata"].update(namespace="other"), "selects no pod"),
    ],
)
def test_services(change, complaint):
    """Pods of one workload, by a port that they declare."""
    lines = services.violations(sound().objects)
    assert lines == []
    manifests = sound()

    change(manifests)

    assert any(complaint in line for line in services.violations(manifests.objects))


def test_a_stateful_set_names_a_service():
    """Its pods' names depend on it."""
    manifests = sound()
    manifests.objects.append(
        {
            "kind": "StatefulSet",
            "metadata": {"name": "postgres", "namespace": "dhakacart"},
            "spec": {"serviceName": "gone", "template": {}},
        }
    )

    assert "there is no Service gone" in services.violations(manifests.objects)[0]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            lambda shop: shop.spec("PodDisruptionBudget/web").update(
                selector={"matchLabels": {"app": "web"}}
            ),
            "matches no pod",
        ),
        (lambda shop: shop.spec("PodDisruptionBudget/web").pop("selector"), "matches no pod"),
        (lambda shop: shop.spec("PodDisruptionBudget/web").update(minAvailable=2), "no node drains"),
        (lambda shop: shop.spec("PodDisruptionBudget/web").update(minAvailable="51%"), "no node drains"),
        (lambda shop: shop.spec("PodDisruptionBudget/web").update(minAvailable="100%"), "no node drains"),
        (lambda shop: shop.spec("PodDisruptionBudget/worker").update(maxUnavailable=0), "no node drains"),
        (lambda shop: shop.spec("PodDisruptionBudget/worker").update(maxUnavailable="0%"), "no node drains"),
        (lambda shop: shop.spec(WEB).update(replicas=1), "with 1 pods"),
        (lambda shop: shop.copy_of("PodDisruptionBudget/web", "again"), "no pod of it can be evicted"),
    ],
)
def test_disruption_budgets(change, complaint):
    """Each matches pods, and lets one of them go."""
    assert_only(disruption.violations, change, complaint)


def test_what_is_several_has_a_budget():
    """The workers are two, by their scaler's word."""
    assert_only(
        disruption.coverage_violations,
        lambda shop: shop.remove("PodDisruptionBudget/worker"),
        "Deployment/worker: 2 pods and no budget",
    )


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            lambda shop: shop.spec(WEB).update(selector={"matchLabels": {"app": "web"}}),
            "Deployment/web: its selector does not match its own pods",
        ),
        (lambda shop: shop.spec(WEB).pop("selector"), "does not match its own pods"),
        (
            lambda shop: shop.spec("Deployment/beat")["template"]["metadata"]["labels"].update(
                {"app.kubernetes.io/name": "web"}
            ),
            "Deployment/web: its selector matches the pods of Deployment/beat too",
        ),
    ],
)
def test_selectors(change, complaint):
    """A Deployment keeps its own pods, and no other's."""
    manifests = sound()
    assert labels.selector_violations(manifests.objects) == []

    change(manifests)

    lines = labels.selector_violations(manifests.objects)
    assert any(complaint in line for line in lines), lines
