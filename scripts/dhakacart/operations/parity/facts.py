"""The common language of Compose and Kubernetes: each service as facts, field -> text, that are equal or are not.

Fields: `image`, `image.digest`, `runs`, `command`, `user`, `read_only_root`, `capabilities`, `no_new_privileges`,
`seccomp`, `environment.KEY`, `ports.N`, `published.N`, `probe.ready|start|live`, `limits.memory|cpus|pids`, `grace`,
`stop_signal`, `volumes.PATH`, `secrets.PATH`, `beside.NAME`, `other.NAME`. What is not there has no fact.
"""

import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dhakacart.operations.quantities import show_bytes

Facts = dict[str, str]

ABSENT = "absent"
FROM_SHOP_ENV = "as in shop.env"
NONE = "none"
DEFAULT = "default"
UNCONFINED = "unconfined"
# A folder of secrets whose files only a running container knows.
UNKNOWN_FILES = "*"
# A command that fetches one address on loopback is the same check as Kubernetes' httpGet.
_FETCH = re.compile(r"http://(?:127\.0\.0\.1|localhost)(?::(\d+))?(/[^\s'\"]*)")
# The capabilities that an engine gives when nobody takes any: bits of CapBnd, by Docker and containerd alike.
DEFAULT_CAPABILITIES = 0x00000000A80425FB
_CAPABILITIES = (
    *("CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP"),
    *(
        "LINUX_IMMUTABLE",
        "NET_BIND_SERVICE",
        "NET_BROADCAST",
        "NET_ADMIN",
        "NET_RAW",
        "IPC_LOCK",
        "IPC_OWNER",
    ),
    *(
        "SYS_MODULE",
        "SYS_RAWIO",
        "SYS_CHROOT",
        "SYS_PTRACE",
        "SYS_PACCT",
        "SYS_ADMIN",
        "SYS_BOOT",
        "SYS_NICE",
    ),
    *(
        "SYS_RESOURCE",
        "SYS_TIME",
        "SYS_TTY_CONFIG",
        "MKNOD",
        "LEASE",
        "AUDIT_WRITE",
        "AUDIT_CONTROL",
        "SETFCAP",
    ),
    *("MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF"),
    "CHECKPOINT_RESTORE",
)


@dataclass(frozen=True)
class View:
    """One side: every service's facts. contract: what its shop.env says; knows: whether it can tell of a field at all.

    knows is asked with service and field.
    """

    name: str
    services: dict[str, Facts]
    contract: Mapping[str, str] = field(default_factory=dict)
    knows: Callable[[str, str], bool] = lambda service, field: True


def yes_no(value: bool) -> str:
    return "yes" if value else "no"


def repository(image: str) -> tuple[str, str]:
    """(name without registry and tag, digest or empty) of an image's name."""
    name, _, digest = image.partition("@")
    first, separator, rest = name.partition("/")
    if separator and ("." in first or ":" in first or first == "localhost"):
        name = rest
    head, _, last = name.rpartition("/")
    last = last.partition(":")[0]
    return (f"{head}/{last}" if head else last), digest


def image_facts(image: str) -> Facts:
    name, digest = repository(image)
    return {"image": name or ABSENT, **({"image.digest": digest} if digest else {})}


def environment_facts(values: Mapping[str, str], contract: Mapping[str, str]) -> Facts:
    """A value that the environment's own shop.env gives is that, whatever it is; any other is compared by itself."""
    return {
        f"environment.{key}": FROM_SHOP_ENV if contract.get(key) == value else value
        for key, value in values.items()
    }


def probe_text(words: Sequence[str], fetches: Mapping[str, tuple[str, str]] | None = None) -> str:
    """One text for a check: `GET :8000/readyz` for a fetch (also by a script of the image), else the command."""
    if len(words) == 1 and fetches and words[0] in fetches:
        return get_text(*fetches[words[0]])
    text = shlex.join(words)
    found = _FETCH.search(text)
    return get_text(found[1] or "80", found[2]) if found else text


def get_text(port: str | int, path: str) -> str:
    return f"GET :{port}{path}"


def capabilities_text(drop: Iterable[str], add: Iterable[str]) -> str:
    """What is kept: `none`, the names, or how it departs from the engine's default."""
    dropped = {name.upper().removeprefix("CAP_") for name in drop}
    added = sorted(name.upper().removeprefix("CAP_") for name in add)
    if "ALL" in dropped:
        return " ".join(added) or NONE
    return " ".join([DEFAULT, *(f"-{name}" for name in sorted(dropped)), *(f"+{name}" for name in added)])


def capabilities_of_bits(bits: int) -> str:
    """The same of a process' bounding set (CapBnd)."""
    if bits == DEFAULT_CAPABILITIES:
        return DEFAULT
    names = [_CAPABILITIES[i] if i < len(_CAPABILITIES) else str(i) for i in range(64) if bits >> i & 1]
    return " ".join(sorted(names)) or NONE


def limit_facts(*, memory_bytes: int | None, cpus: float | None, pids: int | None) -> Facts:
    return {
        "limits.memory": show_bytes(memory_bytes) if memory_bytes else NONE,
        "limits.cpus": f"{cpus:g}" if cpus else NONE,
        "limits.pids": str(pids) if pids else NONE,
    }


def volume_text(kind: str, *, read_only: bool, size_bytes: int | None = None) -> str:
    """`memory of 128 MiB, writable`, `secret, read-only`."""
    size = f" of {show_bytes(size_bytes)}" if size_bytes else ""
    return f"{kind}{size}, {'read-only' if read_only else 'writable'}"


def seconds_text(seconds: float) -> str:
    return f"{seconds:g} s"
