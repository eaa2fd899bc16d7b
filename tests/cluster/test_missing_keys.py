"""A key that a Secret lacks: the pod ends at once, and its log is one line that says which one."""

import os
from collections.abc import Mapping

import pytest
from servers.cluster import ClusterShop
from servers.cluster_stand_ins import Ended, run_once, stand_in

from dhakacart.operations.manifests import Object

END_SECONDS = 120.0
SHOP = "environment contract: "
# Service: the Secret of its own, the key that is taken out, how its words begin.
KEYS = {
    "web": ("shop", "sms_token", SHOP),
    "worker": ("shop", "sslcommerz_store_password", SHOP),
    "beat": ("shop", "redis_password", SHOP),
    "migrate": ("shop", "database_password", SHOP),
    "pgbouncer": ("pgbouncer", "database_password", "pgbouncer: "),
    "postgres": ("postgres", "postgres_password", "postgres: "),
    "redis": ("redis", "redis_password", "redis: "),
    "edge": ("tickets", "current.key", "edge: "),
}


@pytest.fixture(scope="module")
def ended(deployed: ClusterShop) -> dict[str, list[Ended]]:
    """Each service's own pod, with a Secret of which one key is left out."""
    pods, incomplete = {}, []
    for service, (secret, key, _) in KEYS.items():
        pod = stand_in(deployed, service)
        name = str(pod["metadata"]["name"])
        mount_instead(pod, secret, name)
        incomplete.append(without(deployed, secret, key, name))
        pods[service] = pod
    return run_once(deployed.kubectl, pods, *incomplete, seconds=END_SECONDS)


@pytest.mark.parametrize("service", KEYS)
def test_a_missing_key_is_told_in_one_line(service: str, ended: Mapping[str, list[Ended]]) -> None:
    """The first container ends with EX_CONFIG, none runs after it, and the whole output is a line that names the file."""
    _, key, begins = KEYS[service]

    [only] = ended[service]

    assert only.exit_status == os.EX_CONFIG, only.log
    [line] = only.log.splitlines()
    assert line.startswith(begins)
    assert "secret file " in line
    assert f"{key} is missing" in line


def mount_instead(pod: Object, secret: str, other: str) -> None:
    """Wherever the pod mounts this Secret."""
    mounted = [one["secret"] for one in pod["spec"]["volumes"] if "secret" in one]
    projected = [
        source["secret"]
        for volume in pod["spec"]["volumes"]
        for source in volume.get("projected", {}).get("sources", [])
        if "secret" in source
    ]
    named = [(one, key) for key, ones in (("secretName", mounted), ("name", projected)) for one in ones]
    ours = [(one, key) for one, key in named if one[key] == secret]
    assert ours
    for one, key in ours:
        one[key] = other


def without(shop: ClusterShop, secret: str, key: str, name: str) -> Object:
    """The Secret as it is there, but for one key, under another name."""
    [found] = shop.kubectl.items("secrets", "--field-selector", f"metadata.name={secret}")
    kept = {one: value for one, value in found["data"].items() if one != key}
    assert len(kept) == len(found["data"]) - 1
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "data": kept}
