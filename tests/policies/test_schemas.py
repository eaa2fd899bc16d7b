"""Schemas: what Kubernetes, cert-manager and KEDA would not understand is found without asking them."""

import pytest
from breaking import sound

from dhakacart.operations.policies import schemas


@pytest.mark.parametrize("version", schemas.VERSIONS)
def test_the_sound_shop_is_understood(version):
    """By the oldest and the newest version that we support."""
    assert schemas.violations(sound().objects, version=version) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            lambda shop: shop.spec("Deployment/web").update(replica=2),
            "Deployment/web: spec: Additional properties",
        ),
        (
            lambda shop: shop.container("Deployment/web").update(readynessProbe={}),
            "'readynessProbe' was unexpected",
        ),
        (
            lambda shop: shop.spec("Deployment/web").update(replicas="two"),
            "spec.replicas: 'two' is not of type",
        ),
        (lambda shop: shop.spec("Deployment/web").pop("selector"), "'selector' is a required property"),
        (
            lambda shop: shop["ConfigMap/shop-7k8mbt9d2f"]["data"].update(PORT=80),
            "data.PORT: 80 is not of type",
        ),
        (
            lambda shop: shop["Deployment/web"].update(apiVersion="apps/v1beta1"),
            "knows no apps/v1beta1 Deployment",
        ),
        (lambda shop: shop["Deployment/web"].update(kind="Deploy"), "knows no apps/v1 Deploy"),
        (lambda shop: shop.objects.append(shop["Service/web"]), "Service/web: is there twice"),
        (
            lambda shop: shop.spec("Certificate/web").update(renewBefor="1h"),
            "Certificate/web: spec: Additional properties are not allowed ('renewBefor' was unexpected)",
        ),
        (lambda shop: shop.spec("Certificate/web").update(duration="90 days"), "spec.duration: '90 days'"),
        (lambda shop: shop.spec("Certificate/web").pop("dnsNames"), "Certificate/web: spec:"),
        (lambda shop: shop["Issuer/authority"].update(spec={}), "Issuer/authority: spec:"),
        (
            lambda shop: shop.spec("ScaledObject/worker")["triggers"][0]["metadata"].update(listLength=20),
            "metadata.listLength: 20 is not of type 'string'",
        ),
        (
            lambda shop: shop.spec("ScaledObject/worker")["triggers"].append(
                {"type": "prometheus", "metadata": {"serverAddress": "http://prometheus:9090", "query": "up"}}
            ),
            "'threshold' is a required property",
        ),
        (
            lambda shop: shop.spec("ScaledObject/worker")["triggers"].append(
                {"type": "cpu", "metadata": {"value": "60"}}
            ),
            "'metricType' is a required property",
        ),
        (lambda shop: shop.spec("ScaledObject/worker").update(minReplicas=2), "'minReplicas' was unexpected"),
        (
            lambda shop: shop.spec("TriggerAuthentication/redis")["secretTargetRef"][0].pop("parameter"),
            "'parameter' is a required property",
        ),
    ],
)
def test_what_is_not_understood_is_told(change, complaint):
    """A misspelt field, a wrong type, a missing one, an unknown kind or version, an object that is there twice."""
    manifests = sound()

    change(manifests)

    [line] = schemas.violations(manifests.objects)
    assert complaint in line
