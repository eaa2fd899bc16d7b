"""References of cert-manager's and KEDA's objects and of role bindings: what they name exists."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from dhakacart.operations.manifests import Object, kind_is, namespace_of, title_of
from dhakacart.operations.policies.references import known_keys

# ClusterRoles that every cluster has.
_BUILT_IN_ROLES = {"view", "edit", "admin"}


def violations(objects: list[Object]) -> list[str]:
    there = {(str(one.get("kind")), str(one["metadata"]["name"])) for one in objects}
    found = []
    for one in objects:
        found += [
            f"{title_of(one)}: there is no {kind}/{name}"
            for kind, name in _named(one)
            if (kind, name) not in there
        ]
    return found + _missing_keys(objects) + _missing_servers(objects)


def _named(thing: Object) -> Iterator[tuple[str, str]]:
    """(kind, name) of every object that this one names."""
    match thing.get("kind"):
        case "Certificate":
            issuer = thing["spec"]["issuerRef"]
            yield str(issuer.get("kind", "Issuer")), str(issuer["name"])
        case "ScaledObject":
            for trigger in thing["spec"]["triggers"]:
                if reference := trigger.get("authenticationRef"):
                    yield str(reference.get("kind", "TriggerAuthentication")), str(reference["name"])
        case "RoleBinding" | "ClusterRoleBinding":
            role = thing["roleRef"]
            if role["name"] not in _BUILT_IN_ROLES:
                yield str(role["kind"]), str(role["name"])
            for subject in thing.get("subjects") or []:
                if subject["kind"] == "ServiceAccount":
                    yield "ServiceAccount", str(subject["name"])


def _missing_keys(objects: list[Object]) -> list[str]:
    known = known_keys(objects)
    found = []
    for one in kind_is(objects, "Issuer", "ClusterIssuer"):
        for name, key in _secrets_of(one["spec"]):
            if key not in known.get(("Secret", name), ()):
                found.append(f"{title_of(one)}: there is no key {key} in Secret/{name}")
    return found + [
        f"{title_of(one)}: there is no key {target['key']} in Secret/{target['name']}"
        for one in kind_is(objects, "TriggerAuthentication")
        for target in one["spec"].get("secretTargetRef") or []
        if target["key"] not in known.get(("Secret", target["name"]), ())
    ]


def _secrets_of(issuer: Object) -> Iterator[tuple[str, str]]:
    """(name, key) of each Secret that an issuer must find; its account's key it makes itself."""
    if "ca" in issuer:
        yield str(issuer["ca"]["secretName"]), "tls.key"
    for solver in issuer.get("acme", {}).get("solvers", []):
        reference = solver["dns01"]["digitalocean"]["tokenSecretRef"]
        yield str(reference["name"]), str(reference["key"])


def _missing_servers(objects: list[Object]) -> list[str]:
    """The Prometheus that a ScaledObject asks is a Service of ours, by that port."""
    ports = {
        (f"{one['metadata']['name']}.{namespace_of(one)}.svc.cluster.local", port["port"])
        for one in kind_is(objects, "Service")
        for port in one["spec"].get("ports") or []
    }
    found = []
    for one in kind_is(objects, "ScaledObject"):
        for trigger in one["spec"]["triggers"]:
            if address := trigger["metadata"].get("serverAddress"):
                asked = urlsplit(str(address))
                if (asked.hostname, asked.port) not in ports:
                    found.append(f"{title_of(one)}: no Service answers at {address}")
    return found
