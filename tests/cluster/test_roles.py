"""What each group of people may do in the shop's namespace, asked of the API server."""

import pytest
from servers.cluster import ClusterShop

GROUPS = ("developers", "on-call", "deployers")
# (verb, resource): the groups that may.
MAY = {
    ("list", "pods"): set(GROUPS),
    ("get", "pods/log"): set(GROUPS),
    ("create", "pods/portforward"): {"developers", "on-call"},
    ("create", "pods/eviction"): {"on-call"},
    ("delete", "pods"): {"on-call"},
    ("patch", "deployments.apps/scale"): {"on-call"},
    ("patch", "statefulsets.apps/scale"): set(),
    ("delete", "jobs.batch"): {"on-call", "deployers"},
    ("patch", "scaledobjects.keda.sh"): {"on-call", "deployers"},
    ("patch", "deployments.apps"): {"deployers"},
    ("patch", "statefulsets.apps"): {"deployers"},
    ("create", "jobs.batch"): {"deployers"},
    # Nobody: they would read Secrets, become somebody else, or leave the rules of the namespace.
    **{(verb, "secrets"): set() for verb in ("get", "list", "create", "delete")},
    **{
        (verb, what): set()
        for verb, what in (
            ("create", "pods"),
            ("create", "pods/exec"),
            ("create", "pods/attach"),
            ("patch", "pods/ephemeralcontainers"),
            ("create", "serviceaccounts/token"),
            ("patch", "roles.rbac.authorization.k8s.io"),
            ("create", "rolebindings.rbac.authorization.k8s.io"),
            ("patch", "namespaces"),
            ("patch", "resourcequotas"),
        )
    },
}


def may(shop: ClusterShop, verb: str, what: str, *who: str) -> bool:
    resource, _, part = what.partition("/")
    options = [f"--subresource={part}"] if part else []
    answer = shop.kubectl.run("auth", "can-i", verb, resource, *options, *who).stdout.strip()
    assert answer in ("yes", "no"), answer
    return answer == "yes"


@pytest.mark.parametrize(("verb", "what"), MAY, ids=[" ".join(one) for one in MAY])
def test_who_may(deployed: ClusterShop, verb: str, what: str) -> None:
    """These groups and no other; and whoever asks as admin may, so that the question itself is sound."""
    people = {
        group: ("--as=somebody", f"--as-group=dhakacart:{group}", "--as-group=system:authenticated")
        for group in GROUPS
    }

    assert {group for group in GROUPS if may(deployed, verb, what, *people[group])} == MAY[verb, what]
    assert may(deployed, verb, what)
    assert not may(deployed, verb, what, "--as=stranger", "--as-group=system:authenticated")
