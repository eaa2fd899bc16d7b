"""The Secrets of a shop on a cluster, from the files of `dhakacart secrets init`. No value is ever an argument or logged."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dhakacart.operations.cluster_kubectl import Kubectl
from dhakacart.operations.manifests import PART_LABEL

# Secret: (its type, key -> file below the folder of secrets). Certificates are cert-manager's work: it signs them with
# the authority here, so that whoever trusts that (make trust) trusts the shop on a cluster too.
_SECRETS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "shop": (
        "Opaque",
        {
            name: name
            for name in (
                "secret_key",
                "database_password",
                "redis_password",
                "sslcommerz_store_password",
                "sms_token",
            )
        },
    ),
    "postgres": ("Opaque", {name: name for name in ("postgres_password", "database_password")}),
    "pgbouncer": ("Opaque", {"database_password": "database_password"}),
    "redis": ("Opaque", {"redis_password": "redis_password"}),
    "tickets": ("Opaque", {name: f"tickets/{name}" for name in ("current.key", "previous.key")}),
    "authority": ("kubernetes.io/tls", {"tls.crt": "authority/ca.crt", "tls.key": "authority/ca.key"}),
}
# There only once there was another before.
_LATER = frozenset({"tickets/previous.key"})


def apply_secrets(kubectl: Kubectl, folder: Path) -> None:
    """Makes every Secret what the files say. Raises ProblemError."""
    document = {"apiVersion": "v1", "kind": "List", "items": secrets(folder)}
    kubectl.call("apply", "--server-side", "--force-conflicts", "-f", "-", given=json.dumps(document))


def secrets(folder: Path) -> list[dict[str, Any]]:
    """The Secrets as objects; with values, so not for printing."""
    return [
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": name, "labels": {PART_LABEL: "dhakacart"}},
            "type": kind,
            "data": {
                key: base64.b64encode((folder / file).read_bytes()).decode()
                for key, file in files.items()
                if file not in _LATER or (folder / file).exists()
            },
        }
        for name, (kind, files) in _SECRETS.items()
    ]
