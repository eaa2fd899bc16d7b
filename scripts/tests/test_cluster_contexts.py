"""k8s/contexts.yaml: which clusters may get a shop, and how its images get there."""

import pytest

from dhakacart.operations.cluster_contexts import allowed_context
from dhakacart.operations.paths import Checkout
from dhakacart.operations.problem import ProblemError
from tests.cluster_objects import LOOPBACK, checkout_with_contexts


@pytest.fixture
def checkout(tmp_path):
    return checkout_with_contexts(tmp_path)


@pytest.mark.parametrize(
    "server", ["https://203.0.113.7:6443", "https://10.0.0.4", "https://api.example", ""]
)
def test_a_local_name_that_leads_elsewhere_is_refused(checkout, server):
    """A context's name is only a name: docker-desktop of somebody else's cluster is not on this machine."""
    with pytest.raises(
        ProblemError, match=r"'docker-desktop' is local by k8s/contexts\.yaml, but its API server is"
    ):
        allowed_context(checkout.root, "docker-desktop", server)


@pytest.mark.parametrize(
    "server",
    [
        LOOPBACK,
        "https://localhost:1",
        "https://0.0.0.0:6550",
        "https://[::1]:1",
        "https://kubernetes.docker.internal:6443",
    ],
)
def test_this_machine_has_several_names(checkout, server):
    """As kind, k3d and Docker Desktop write it."""
    assert allowed_context(checkout.root, "docker-desktop", server).is_local


def test_the_way_to_load_images_is_the_contexts_own_or_the_settings(checkout, monkeypatch):
    """CLUSTER_LOAD goes before the list, the list before the default."""
    monkeypatch.delenv("CLUSTER_LOAD", raising=False)
    assert allowed_context(checkout.root, "kind-dhakacart", LOOPBACK).load == (
        "loader",
        "--name",
        "dhakacart",
    )
    assert allowed_context(checkout.root, "plain", LOOPBACK).load == ("kind", "load", "docker-image")
    monkeypatch.setenv("CLUSTER_LOAD", "'/some where/load' --all")
    assert allowed_context(checkout.root, "plain", LOOPBACK).load == ("/some where/load", "--all")


def test_a_shared_cluster_has_a_registry_and_a_namespace_per_developer(checkout, monkeypatch):
    """Never the namespace of an environment; what a user's name has beside letters and digits becomes a dash."""
    monkeypatch.setattr("getpass.getuser", lambda: "Nusrat.Jahan_2")
    context = allowed_context(checkout.root, "do-sgp1-dev", "https://203.0.113.7")

    assert context.registry == "registry.example/dhakacart"
    assert context.namespace(checkout, isolated=False) == "dhakacart-dev-nusrat-jahan-2"
    assert context.namespace(checkout, isolated=True).startswith("dhakacart-dev-nusrat-jahan-2-")
    assert (
        allowed_context(checkout.root, "plain", LOOPBACK).namespace(checkout, isolated=False) == "dhakacart"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("local: {}\n", "cannot be read"),
        ("local: {a: {registry: x}}\nremote: {}\n", "unknown: registry"),
        ("local: {}\nremote: {b: {}}\n", "no registry for b"),
        ("local: {}\nremote: {b: {registry: 'https://registry.example/x'}}\n", "is no registry"),
        ("local: {}\nremote: {b: {registry: registry.example/x/}}\n", "is no registry"),
        ("local: [", "cannot be read"),
    ],
)
def test_a_malformed_list_allows_nothing(checkout, text, said):
    """One line that names the file."""
    (checkout.root / "k8s" / "contexts.yaml").write_text(text)
    with pytest.raises(ProblemError, match=said) as problem:
        allowed_context(checkout.root, "a", LOOPBACK)
    assert "k8s/contexts.yaml" in problem.value.message


def test_the_projects_own_list_has_no_remote_cluster_yet():
    """Adding one is a reviewed change; every entry can be read."""
    root = Checkout.here().root
    for name in ("dhakacart-local", "kind-dhakacart", "k3d-dhakacart", "docker-desktop"):
        assert allowed_context(root, name, LOOPBACK).is_local
    with pytest.raises(ProblemError, match="only these of"):
        allowed_context(root, "do-sgp1-dhakacart-dev", "https://203.0.113.7")
