"""What a cluster's API tells of its objects, and a checkout that may go there."""

from dhakacart.operations.paths import Checkout

LIST = """
local:
  kind-dhakacart: {load: loader --name dhakacart}
  docker-desktop: {load: "true"}
  plain: {}
remote:
  do-sgp1-dev: {registry: registry.example/dhakacart}
"""
LOOPBACK = "https://127.0.0.1:6443"


def checkout_with_contexts(folder):
    """A checkout of its own, with the list of contexts."""
    checkout = Checkout(folder / "root", folder / "cache")
    (checkout.root / "k8s" / "overlays" / "local").mkdir(parents=True)
    (checkout.root / "k8s" / "overlays" / "local" / "kustomization.yaml").write_text("")
    (checkout.root / "k8s" / "contexts.yaml").write_text(LIST)
    return checkout


def deployment(name, *, ready=True, generation=1):
    """A Deployment as the API tells it."""
    count = 1 if ready else 0
    return {
        "kind": "Deployment",
        "apiVersion": "apps/v1",
        "metadata": {
            "name": name,
            "uid": name,
            "generation": generation,
            "labels": {"app.kubernetes.io/name": name},
        },
        "spec": {
            "replicas": 1,
            "template": {
                "metadata": {"labels": {"app.kubernetes.io/name": name}},
                "spec": {"containers": [{"name": name, "image": f"dhakacart/{name}:local"}]},
            },
        },
        "status": {
            "observedGeneration": 1,
            "replicas": 1,
            "updatedReplicas": count,
            "availableReplicas": count,
        },
    }


def pod(name="web", *, state=None, conditions=(), restarts=0, last=None, address=""):
    """A pod of one container as the API tells it."""
    container = {
        "name": name,
        "image": f"dhakacart/{name}:abc",
        "state": state or {},
        "restartCount": restarts,
        "lastState": last or {},
    }
    return {
        "kind": "Pod",
        "metadata": {"name": f"{name}-1", "uid": f"{name}-1", "labels": {"app.kubernetes.io/name": name}},
        "status": {
            "containerStatuses": [container],
            "conditions": list(conditions),
            **({"podIP": address} if address else {}),
        },
    }


def warning(reason, message, *, of="web-1", count=1):
    """An event about an object."""
    return {
        "metadata": {"uid": f"{of}-{reason}"},
        "type": "Warning",
        "reason": reason,
        "message": message,
        "count": count,
        "involvedObject": {"uid": of, "name": of},
    }
