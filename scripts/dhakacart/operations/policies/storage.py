"""Volumes: what staging and production keep outlives its claim, and the namespace that the claim is in."""

from dhakacart.operations.manifests import Object, environment_of, kind_is
from dhakacart.operations.policies.declared import MAY_BE_LOST

# By the cloud's naming: https://docs.digitalocean.com/products/kubernetes/how-to/add-volumes/
_RETAINS = "-retain"


def violations(objects: list[Object]) -> list[str]:
    """An unknown ENVIRONMENT counts as production; a cluster's default class mostly deletes a volume with its claim."""
    if environment_of(objects) == "development":
        return []
    claims = [
        (f"StatefulSet/{one['metadata']['name']}, claim {claim['metadata']['name']}", claim["spec"])
        for one in kind_is(objects, "StatefulSet")
        for claim in one["spec"].get("volumeClaimTemplates") or []
        if one["metadata"]["name"] not in MAY_BE_LOST
    ]
    claims += [
        (f"PersistentVolumeClaim/{one['metadata']['name']}", one["spec"])
        for one in kind_is(objects, "PersistentVolumeClaim")
    ]
    return [
        f"{title}: storage class {spec.get('storageClassName', 'by default')} is none that keeps its volumes ({_RETAINS})"
        for title, spec in claims
        if not str(spec.get("storageClassName", "")).endswith(_RETAINS)
    ]
