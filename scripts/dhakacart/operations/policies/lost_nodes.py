"""Lost nodes: what holds no data does not wait for one that may never come back."""

from dhakacart.operations.manifests import Object, workloads

FIELD = "tolerations"
TAINTS = ("node.kubernetes.io/unreachable", "node.kubernetes.io/not-ready")
# A minute of half a shop. Kubernetes' default is five.
LONGEST_SECONDS = 60


def violations(objects: list[Object]) -> list[str]:
    """Each Deployment's pods leave a node that is missed, or not ready, within LONGEST_SECONDS; a StatefulSet's do not."""
    found = []
    for workload in (one for one in workloads(objects) if one.lasts):
        seconds = [_seconds(workload.pod.get(FIELD) or [], taint) for taint in TAINTS]
        given = [one for one in seconds if one is not None]
        if workload.kind == "Deployment" and (None in seconds or max(given) > LONGEST_SECONDS):
            stays = f"stays {max(given):g} s" if None not in seconds else "stays as long as Kubernetes says"
            found.append(f"{workload.title}: {stays} on a lost node (most: {LONGEST_SECONDS} s)")
        if workload.kind == "StatefulSet" and given:
            found.append(f"{workload.title}: has data, and would leave a lost node after {max(given):g} s")
    return found


def _seconds(tolerations: list[Object], taint: str) -> float | None:
    """How long it stays on a node with the taint; None for as long as Kubernetes says, infinity for ever."""
    for one in tolerations:
        if one.get("key") in {taint, None} and one.get("effect") in {"NoExecute", None}:
            return float(one.get("tolerationSeconds", "inf"))
    return None
