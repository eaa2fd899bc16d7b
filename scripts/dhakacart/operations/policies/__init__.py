"""What must hold of the rendered manifests: one module per theme, each with functions that list what is wrong.

`POLICIES` is all of them; `violations` runs them. The schemas (schemas.py) say what Kubernetes understands, the
policies what we want of it. What they allow by name stands, with its reason, in declared.py.
"""

from collections.abc import Callable
from dataclasses import dataclass

from dhakacart.operations.manifests import Object, workloads
from dhakacart.operations.policies import (
    addresses,
    capacity,
    custom_references,
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
    security,
    services,
    spread,
    storage,
)

Look = Callable[[list[Object]], list[str]]


@dataclass(frozen=True)
class Policy:
    """brought_by: the kind of object, or field of pods, of the component that brings it; without that it need not hold."""

    name: str
    violations: Look
    brought_by: str = ""


POLICIES = [
    Policy("images are ours, by digest where a release ships them", images.violations),
    Policy("probes", probes.violations),
    Policy("requests and limits", resources.violations),
    Policy("security context", security.context_violations),
    Policy("nothing of the node", security.node_violations),
    Policy("service-account tokens", security.token_violations),
    Policy("namespaces are restricted", security.namespace_violations),
    Policy("references resolve", references.violations),
    Policy("references of custom resources and roles resolve", custom_references.violations),
    Policy("generated names carry a hash", references.hash_violations),
    Policy("Services select pods with those ports", services.violations),
    Policy("rollouts", rollout.violations),
    Policy("grace periods", rollout.grace_violations),
    Policy("one scaler each", scaling.violations),
    Policy("quotas fit", capacity.quota_violations),
    Policy("priorities", capacity.priority_violations, brought_by="PriorityClass"),
    Policy("disruption budgets", disruption.violations),
    Policy(
        "disruption budgets cover what has replicas",
        disruption.coverage_violations,
        brought_by="PodDisruptionBudget",
    ),
    Policy("network policies resolve", network.selector_violations),
    Policy("network policies cover every pod", network.coverage_violations, brought_by="NetworkPolicy"),
    Policy("network policies agree at both ends", network_pairs.violations),
    Policy("network policies leave out what is near", addresses.violations),
    # An overlay's sizes bring it, which no combination has.
    Policy("volumes outlive their claims where it counts", storage.violations, brought_by="overlay"),
    Policy("labels", labels.violations),
    Policy("selectors match their own pods", labels.selector_violations),
    Policy("what is several is spread", spread.violations, brought_by=spread.FIELD),
    Policy("lost nodes are given up", lost_nodes.violations, brought_by=lost_nodes.FIELD),
]


def violations(objects: list[Object], *, whole: bool = True) -> list[str]:
    """Every policy's complaints, `policy: complaint`; without `whole` those that hold for this combination."""
    brought = {"", *(str(one.get("kind")) for one in objects)}
    brought |= {field for workload in workloads(objects) for field in workload.pod}
    return [
        f"{policy.name}: {complaint}"
        for policy in POLICIES
        if whole or policy.brought_by in brought
        for complaint in policy.violations(objects)
    ]
