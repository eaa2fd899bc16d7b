"""Every overlay and every combination of components as an API server judges it: nothing is refused, nothing is applied."""

import copy
import json
import uuid
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from dhakacart.operations.cluster_overlay import namespace_object, require_add_ons
from dhakacart.operations.cluster_space import OWNER_ANNOTATION, Space
from dhakacart.operations.cluster_start import ensure_namespace, refuse_what_the_server_would
from dhakacart.operations.cluster_stop import delete_namespace
from dhakacart.operations.cluster_up import here
from dhakacart.operations.compose import StackPorts
from dhakacart.operations.kustomize import overlays, render_any
from dhakacart.operations.manifest_check import Combination, combinations, render_combination
from dhakacart.operations.manifests import Object, name_jobs, title_of
from dhakacart.operations.paths import Checkout
from dhakacart.operations.stack_failure import StackFailure

ROOT = Checkout.here().root
WRITTEN_NAMESPACE = "dhakacart"
EVERY: list[str | Combination] = [*overlays(ROOT), *combinations(ROOT)]


@cache
def rendered(what: str | Combination) -> list[Object]:
    """With made-up digests where it needs a release. Shared: change only a copy."""
    return name_jobs(render_any(ROOT, what) if isinstance(what, str) else render_combination(ROOT, what))


def moved(objects: list[Object], namespace: str) -> list[Object]:
    """The same objects in another namespace: their own, that of subjects and of addresses within the cluster."""
    text = json.dumps(objects)
    text = text.replace(f'"namespace": "{WRITTEN_NAMESPACE}"', f'"namespace": "{namespace}"')
    text = text.replace(f".{WRITTEN_NAMESPACE}.svc", f".{namespace}.svc")
    found: list[Object] = json.loads(text)
    namespace_object(found)["metadata"]["name"] = namespace
    return found


@pytest.fixture(scope="module")
def space(cluster: None) -> Iterator[Space]:
    """A namespace of its own, with what Pod Security demands of ours, which stays empty and goes at the end."""
    checkout = Checkout.here()
    name = f"dhakacart-judged-{uuid.uuid4().hex[:8]}"
    space = Space(checkout, here(checkout).name, name, StackPorts())
    namespace = namespace_object(moved(rendered("production"), name))
    namespace["metadata"].setdefault("annotations", {})[OWNER_ANNOTATION] = space.owner
    try:
        ensure_namespace(space.kubectl, namespace)
        yield space
    finally:
        if space.is_ours():
            delete_namespace(space.kubectl)


@pytest.fixture(scope="module")
def accepted() -> set[str]:
    """What the server has accepted already: most objects are the same in every combination."""
    return set()


@pytest.mark.parametrize("what", EVERY, ids=lambda what: what if isinstance(what, str) else what.title)
def test_nothing_is_refused(what: str | Combination, space: Space, accepted: set[str]) -> None:
    """Schema, defaults, validation, admission webhooks and Pod Security, of our kinds, cert-manager's and KEDA's."""
    by_text = {json.dumps(one, sort_keys=True): one for one in moved(rendered(what), space.namespace)}
    require_add_ons(space, list(by_text.values()))

    new = set(by_text) - accepted
    if new:
        refuse_what_the_server_would(space.kubectl, [by_text[text] for text in by_text if text in new])

    accepted |= new


def of_container(**fields: object) -> Callable[[Object], None]:
    return lambda one: one["spec"]["template"]["spec"]["containers"][0].update(fields)


@pytest.mark.parametrize(
    ("title", "change", "reason"),
    [
        ("Deployment/web", of_container(imagePullPolicy="Sometimes"), "imagePullPolicy"),
        ("Deployment/edge", of_container(securityContext={}), "would violate PodSecurity"),
        ("StatefulSet/postgres", lambda one: one["spec"].update(replica=2), "replica"),
        (
            "Deployment/worker",
            lambda one: one["spec"].update(selector={"matchLabels": {"a": "b"}}),
            "selector",
        ),
        ("Service/edge", lambda one: one["spec"]["ports"][0].update(port=65536), "ports[0].port"),
        (
            "NetworkPolicy/web-to-outside",
            lambda one: one["spec"]["egress"][0]["to"][0]["ipBlock"]["except"].append("8.8.8.8"),
            "except",
        ),
        ("Certificate/edge", lambda one: one["spec"].pop("secretName"), "secretName"),
        ("Issuer/letsencrypt", lambda one: one["spec"]["acme"].pop("server"), "server"),
        ("ScaledObject/web", lambda one: one["spec"].update(minReplicaCount="two"), "minReplicaCount"),
    ],
)
def test_one_broken_field_is_refused(
    title: str, change: Callable[[Object], None], reason: str, space: Space
) -> None:
    """The pair: the same object of production with one field broken is refused, by its name and the field's."""
    [sound] = [one for one in moved(rendered("production"), space.namespace) if title_of(one) == title]
    broken = copy.deepcopy(sound)

    change(broken)

    refuse_what_the_server_would(space.kubectl, [sound])
    with pytest.raises(StackFailure) as refused:
        refuse_what_the_server_would(space.kubectl, [broken])
    said = f"{refused.value} {refused.value.lines}"
    assert reason in said
    assert title.partition("/")[2] in said, said


def test_nothing_was_applied(space: Space) -> None:
    """The namespace is as empty as at the beginning."""
    kinds = "deployments,statefulsets,jobs,services,secrets,networkpolicies,certificates,scaledobjects"

    assert space.kubectl.call("get", kinds, "-o", "name") == ""
