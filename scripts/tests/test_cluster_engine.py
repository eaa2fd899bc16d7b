"""The engine on a cluster, before stand-ins for kubectl and docker: what is refused, what is told, what is left."""

import json
import sys
from pathlib import Path

import pytest

from dhakacart import engines
from dhakacart.commands import reset
from dhakacart.engines.cluster import ClusterEngine, prefixed_line
from dhakacart.operations import cluster_forward, cluster_kubectl, cluster_stop, cluster_up, kustomize
from dhakacart.operations.certificates import rotate_ticket_key
from dhakacart.operations.cluster_overlay import render_space
from dhakacart.operations.cluster_secrets import secrets
from dhakacart.operations.cluster_space import OWNER_ANNOTATION, Space, SpaceRecords
from dhakacart.operations.compose import StackPorts
from dhakacart.operations.events import Kind
from dhakacart.operations.identity import Identity
from dhakacart.operations.paths import Checkout
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.waiting import wait_for
from dhakacart.operations.yaml_documents import load_yaml
from tests.cluster_objects import LOOPBACK, checkout_with_contexts, deployment, pod

NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "dhakacart"}}
RENDERED = "\n---\n".join(json.dumps(one) for one in (NAMESPACE, deployment("web"), deployment("edge")))


def items(*objects):
    return {"stdout": json.dumps({"items": list(objects)})}


@pytest.fixture
def checkout(tmp_path):
    return checkout_with_contexts(tmp_path)


def namespace_of(checkout):
    """Our namespace, as the API tells it."""
    owner = Space(checkout, "", "", StackPorts()).owner
    return {**NAMESPACE, "metadata": {"name": "x", "annotations": {OWNER_ANNOTATION: owner}}}


@pytest.fixture
def kubectl(stand_in, monkeypatch, checkout, docker):
    """A function that lets kubectl answer as one of a cluster that works, but for these answers; returns what lists the calls."""
    folder, told_to = stand_in("kubectl")
    program = folder / "kubectl"
    loader = folder / "loader"
    loader.write_text(f'#!/bin/sh\necho "$@" >> "{folder}/loaded"\n')
    loader.chmod(0o755)
    monkeypatch.delenv("CLUSTER_LOAD", raising=False)
    for module in (cluster_kubectl, kustomize):
        monkeypatch.setattr(module, "kubectl_program", lambda: str(program))
    monkeypatch.setattr(cluster_up, "_until_the_shop_answers", lambda _space: None)
    monkeypatch.setattr(cluster_stop, "_STOP_SECONDS", 0.1)  # the stand-in's pods never go
    monkeypatch.setattr(cluster_up, "start_forwarding", lambda _space: None)
    images = {
        "services": {
            name: {"image": f"dhakacart/{name}:local", "build": {}} for name in ("web", "edge", "storefront")
        }
    }
    docker(
        {"to": "compose version", "stdout": "2.24.0\n"},
        {"to": " config ", "stdout": json.dumps(images)},
        {"to": "image inspect", "stdout": "sha256:0123456789abcdef\n"},
        {"to": "info", "stdout": "/nowhere/on/this/machine\n"},
    )
    normal = {
        "config view": {"stdout": view("kind-dhakacart", LOOPBACK)},
        "kustomize": {"stdout": RENDERED},
        "api-versions": {"stdout": "v1\napps/v1\n"},
        "get namespace ": {"stdout": ""},
        "get nodes": {"stdout": "node-uid\n"},
        "get events": items(),
        "get deployments": items(deployment("web"), deployment("edge")),
        "get pods": {"stdout": "pod/web-1\n"},
    }

    def answer(**changes):
        named = {name.replace("_", " ").strip(): value for name, value in changes.items()}
        known = {key: one for key, one in normal.items() if key.strip() not in named}
        return told_to(*({"to": key, **one} for key, one in {**named, **known}.items()))

    answer.loaded = lambda: (
        (folder / "loaded").read_text().splitlines() if (folder / "loaded").exists() else []
    )
    return answer


def view(context, server):
    """kubectl's configuration."""
    return json.dumps({"current-context": context, "clusters": [{"cluster": {"server": server}}]})


def applied(calls):
    """Calls that changed something in the cluster."""
    return [one for one in calls() if " apply " in one and "--dry-run" not in one]


# --- what is rendered


@pytest.mark.parametrize(("namespace", "closed"), [("dhakacart-dev-rahim", True), ("dhakacart", False)])
def test_a_shared_cluster_gets_no_public_address(kubectl, checkout, namespace, closed):
    """The demonstration's passwords are known to all: there edge is reached by forwarded ports alone."""
    kubectl()
    space = Space(checkout, "kind-dhakacart", namespace, StackPorts())

    render_space(space, {})

    patches = [
        load_yaml(one["patch"])
        for one in load_yaml((space.folder / "kustomization.yaml").read_text())["patches"]
    ]
    services = [one for one in patches if one["kind"] == "Service"]
    assert [one["spec"] for one in services] == ([{"type": "ClusterIP"}] if closed else [])


# --- which contexts


def test_a_context_that_is_not_on_the_list_is_refused_by_name(kubectl, checkout):
    """The context, the list and the file are named, and nothing was asked of that cluster, let alone applied."""
    calls = kubectl(config_view={"stdout": view("production", "https://203.0.113.7")})

    with pytest.raises(ProblemError) as problem:
        engines.choose(checkout, "cluster")

    assert "'production'" in problem.value.message
    assert "k8s/contexts.yaml" in problem.value.message
    assert "kind-dhakacart, docker-desktop, plain, do-sgp1-dev" in problem.value.message
    assert all("config view" in one for one in calls())


# --- what keeps it from starting


def test_a_cluster_that_does_not_answer_is_told(kubectl, checkout):
    """kubectl's own words become one line with the context."""
    refused = (
        "The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?"
    )
    kubectl(readyz={"stderr": refused, "status": 1})

    with pytest.raises(ProblemError, match="the cluster of context kind-dhakacart does not answer"):
        engines.choose(checkout, "cluster")


def test_lacking_add_ons_are_named_with_the_way_to_get_them(kubectl, checkout):
    """The overlay has a kind that the cluster does not know."""
    certificate = {"apiVersion": "cert-manager.io/v1", "kind": "Certificate", "metadata": {"name": "edge"}}
    kubectl(kustomize={"stdout": f"{RENDERED}\n---\n{json.dumps(certificate)}"})

    with pytest.raises(ProblemError, match=r"does not know cert-manager\.io/v1 -> install cert-manager"):
        engines.choose(checkout, "cluster")


def test_it_is_never_chosen_by_itself(kubectl, checkout):
    """A plain `make dev` beside a cluster means containers; by name it is taken."""
    kubectl()
    assert engines.choose(checkout)[0].name == "containers"
    assert engines.choose(checkout, "cluster")[0].name == "cluster"


def test_a_machine_that_never_ran_it_asks_no_cluster(kubectl, checkout, told):
    """`make down` and `make urls` of other engines cost nothing here."""
    calls = kubectl()
    engine = ClusterEngine(checkout)

    assert engine.down(told.options.on_event) is False
    assert not engine.status().running
    assert calls() == []


@pytest.mark.parametrize("annotations", [{}, {OWNER_ANNOTATION: "elsewhere:/other"}])
def test_a_namespace_of_somebody_else_is_left_alone(kubectl, checkout, told, annotations):
    """Made by hand, or by another checkout: refused before anything is applied, with the way out."""
    other = {**NAMESPACE, "metadata": {"name": "x", "annotations": annotations}}
    calls = kubectl(get_namespace={"stdout": json.dumps(other)})

    with pytest.raises(ProblemError, match=r"was not made by make dev|belongs to elsewhere") as problem:
        ClusterEngine(checkout).up(told.options)

    assert "ISOLATED=1" in problem.value.hint
    assert not applied(calls)


# --- a start


def test_a_start_loads_each_image_once_under_the_name_of_its_content(make_told, kubectl, checkout, told):
    """Only what the overlay needs is built; a second start loads nothing, and a new node gets all."""
    calls = kubectl(get_namespace={"stdout": json.dumps(namespace_of(checkout))})
    engine = ClusterEngine(checkout)

    assert engine.up(told.options) == 0

    [loaded] = kubectl.loaded()
    assert loaded == "--name dhakacart dhakacart/web:0123456789ab dhakacart/edge:0123456789ab"
    generated = Path(SpaceRecords.read(checkout).spaces()[0].folder / "kustomization.yaml").read_text()
    assert "newTag: 0123456789ab" in generated
    assert told.events[-1].kind is Kind.ALL_READY
    assert engine.urls()[0].url.startswith("https://localhost:2")
    assert any("--dry-run=server" in one for one in calls())

    assert engine.up(make_told().options) == 0
    assert len(kubectl.loaded()) == 1
    kubectl(
        get_namespace={"stdout": json.dumps(namespace_of(checkout))},
        get_nodes={"stdout": "node-uid\nanother\n"},
    )
    assert engine.up(make_told().options) == 0
    assert len(kubectl.loaded()) == 2


def test_what_the_server_would_refuse_is_told_before_anything_is_built_or_applied(
    kubectl, checkout, told, docker
):
    """All its reasons, exit status 1; the namespace that was made for the question goes again."""
    said = 'Error from server (Invalid): Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1\n'
    said += 'Error from server (Forbidden): pods "x" is forbidden\n'
    calls = kubectl(**{"--dry-run": {"stderr": said, "status": 1}})

    assert ClusterEngine(checkout).up(told.options) == 1

    [text] = told.texts(Kind.FAILED)
    assert "the API server refuses the manifests, nothing was applied" in text
    assert "spec.replicas" in text
    assert "(and 1 more)" in text
    assert len(applied(calls)) == 1  # the namespace alone
    assert not kubectl.loaded()


def test_pods_that_pod_security_would_refuse_are_told_too(kubectl, checkout, told):
    """A Deployment with such pods is only warned about by the API server; its pods would never come."""
    said = 'Warning: would violate PodSecurity "restricted:latest": privileged (container "web")\n'
    kubectl(**{"--dry-run": {"stderr": said}})

    assert ClusterEngine(checkout).up(told.options) == 1
    assert "would violate PodSecurity" in told.texts(Kind.FAILED)[0]


def test_no_secret_is_an_argument(kubectl, checkout, told):
    """Neither of kubectl nor of anything else that others on this machine can see."""
    calls = kubectl(get_namespace={"stdout": json.dumps(namespace_of(checkout))})
    ClusterEngine(checkout).up(told.options)
    rotate_ticket_key(checkout.secrets)

    made = {one["metadata"]["name"]: one for one in secrets(checkout.secrets)}
    assert set(made) == {"shop", "postgres", "pgbouncer", "redis", "tickets", "authority"}
    assert set(made["tickets"]["data"]) == {"current.key", "previous.key"}
    values = [value for one in made.values() for value in one["data"].values()]
    files = [
        path.read_bytes().decode(errors="ignore") for path in checkout.secrets.iterdir() if path.is_file()
    ]
    everything = "\n".join([*calls(), *kubectl.loaded(), *(event.text for event in told.events)])
    assert not [value for value in [*values, *files] if value in everything]


def test_what_half_started_is_stopped_and_what_ran_goes_on(make_told, kubectl, checkout, told):
    """A first start that fails deletes its workloads, not the claims; a change that fails leaves the running shop."""
    failing = items(
        deployment("web", ready=False),
        deployment("edge"),
        pod(state={"waiting": {"reason": "ImagePullBackOff"}}),
    )
    ours = {"stdout": json.dumps(namespace_of(checkout))}
    empty_then = {"stdout": ""}
    calls = kubectl(get_namespace=ours, get_deployments=failing, **{"status.phase!=Succeeded": empty_then})
    assert ClusterEngine(checkout).up(told.options) == 1
    assert "its node has no image dhakacart/web:abc" in told.texts(Kind.FAILED)[0]
    assert "CLUSTER_LOAD" in told.texts(Kind.FAILED)[0]
    assert not any("persistentvolumeclaims" in one and " delete " in one for one in calls())

    calls = kubectl(get_namespace=ours, get_deployments=failing)
    again = make_told()
    assert ClusterEngine(checkout).up(again.options) == 1
    assert not any(" delete " in one for one in calls())
    assert any("left as it is" in event.text for event in again.events)
    assert len(kubectl.loaded()) == 2  # the lost image was brought again


def test_reset_removes_own_namespaces_only(kubectl, checkout, told):
    """One that has become another's stays; a cluster that does not answer is told, and the record is kept."""
    ours = {"stdout": json.dumps(namespace_of(checkout))}
    kubectl(get_namespace=ours)
    ClusterEngine(checkout).up(told.options)
    kubectl(readyz={"stderr": "Unable to connect to the server: dial tcp: no such host", "status": 1})
    with pytest.raises(
        ProblemError, match="cannot be removed: the cluster of context kind-dhakacart does not"
    ):
        ClusterEngine(checkout).reset(told.options.on_event)

    calls = kubectl(get_namespace=ours)
    ClusterEngine(checkout).reset(told.options.on_event)
    deleted = [one for one in calls() if " delete " in one]
    assert sum(" delete namespace " in one for one in deleted) == 1
    # Pods that only drain are told to hurry before the namespace waits for them.
    assert " delete pods " in deleted[-2]
    assert "--grace-period=" in deleted[-2]
    assert SpaceRecords.read(checkout).spaces() == []

    ClusterEngine(checkout).up(told.options)
    calls = kubectl(get_namespace={"stdout": json.dumps({**NAMESPACE, "metadata": {"name": "x"}})})
    ClusterEngine(checkout).reset(told.options.on_event)
    assert not any(" delete namespace " in one for one in calls())


def test_secrets_go_when_all_data_have_gone(kubectl, checkout, told, monkeypatch):
    """A cluster that does not answer keeps its database, whose passwords must then not be forgotten."""
    monkeypatch.setattr(Checkout, "here", lambda: checkout)
    kubectl(get_namespace={"stdout": json.dumps(namespace_of(checkout))})
    ClusterEngine(checkout).up(told.options)
    kubectl(readyz={"stderr": "Unable to connect to the server: dial tcp: no such host", "status": 1})
    with pytest.raises(ProblemError, match="cannot be removed"):
        reset.main(yes=True)
    assert (checkout.secrets / "database_password").exists()

    kubectl(get_namespace={"stdout": json.dumps(namespace_of(checkout))})
    reset.main(yes=True)
    assert not checkout.secrets.exists()


def test_migrations_are_not_written_into_a_pod(kubectl, checkout, told):
    """They would be lost with it; other commands of manage.py run in web's pod."""
    kubectl(get_namespace={"stdout": json.dumps(namespace_of(checkout))})
    engine = ClusterEngine(checkout)
    engine.up(told.options)

    with pytest.raises(ProblemError, match="cannot write migrations"):
        engine.manage(["makemigrations"])
    assert engine.manage(["check"]).words[-3:] == ["python", "manage.py", "check"]
    assert engine.manage(["makemigrations", "--check"]).words[-1] == "--check"


def test_the_pods_own_last_words_come_first(kubectl, checkout, told):
    """`environment contract: ...` says more than an exit status."""
    crashing = items(
        deployment("web", ready=False), deployment("edge"), pod(state={"terminated": {"exitCode": 78}})
    )
    words = "one\nenvironment contract: variable SMS_URL is missing (x)\n"
    kubectl(
        get_namespace={"stdout": json.dumps(namespace_of(checkout))},
        get_deployments=crashing,
        logs={"stdout": words},
    )

    assert ClusterEngine(checkout).up(told.options) == 1
    assert told.texts(Kind.FAILED) == ["environment contract: variable SMS_URL is missing (x)"]


# --- ports


def test_forwarding_goes_on_when_kubectl_ends_and_ends_with_down(
    kubectl, checkout, monkeypatch, tmp_path, gone
):
    """kubectl port-forward ends with its pod: it is begun again; the process is known, and stopped by that."""
    calls = kubectl(**{"port-forward": {"stdout": "lost connection to pod\n", "status": 1}})
    space = Space(checkout, "kind-dhakacart", "dhakacart", StackPorts())
    stand_in = cluster_kubectl.kubectl_program()
    starter = tmp_path / "forward.py"
    starter.write_text(
        "import sys\n"
        "from dhakacart.operations import cluster_forward, cluster_kubectl\n"
        f"cluster_kubectl.kubectl_program = lambda: {stand_in!r}\n"
        "cluster_forward.main(sys.argv[3:])\n"
    )
    monkeypatch.setattr(cluster_forward, "python", lambda: str(wrapper(tmp_path, starter)))

    cluster_forward.start_forwarding(space)
    records = SpaceRecords.read(checkout)

    assert isinstance(records.forwarder, Identity)
    wanted = "service/edge 8443:443 8080:80"
    assert wait_for(lambda: sum(wanted in one for one in calls()) >= 2, timeout_seconds=30)
    cluster_forward.stop_forwarding(SpaceRecords.read(checkout))
    assert gone([records.forwarder.pid])
    assert SpaceRecords.read(checkout).forwarder is None
    assert "lost connection" in (checkout.logs / "port-forward.log").read_text()


def wrapper(folder, starter):
    """Python that runs this file whatever module is asked for."""
    program = folder / "python"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{starter}" "$@"\n')
    program.chmod(0o755)
    return program


def test_lines_of_pods_are_told_by_container():
    """As kubectl logs --prefix writes them."""
    assert prefixed_line("[pod/web-5c-x7/web] GET /\n") == ("web", "GET /")
    assert prefixed_line("error: no pods\n") == ("", "error: no pods")
