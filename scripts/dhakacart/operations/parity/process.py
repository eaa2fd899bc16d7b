"""What a running container really has: read from its first process and its control group, never from a specification.

`SCRIPT` runs in the container with nothing but a shell and cat; `read` makes facts of what it prints.
"""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from dhakacart.operations.parity.facts import (
    DEFAULT,
    UNCONFINED,
    Facts,
    capabilities_of_bits,
    limit_facts,
    volume_text,
    yes_no,
)
from dhakacart.operations.problem import ProblemError

_MARK = "@@dhakacart@@"
_FILES = (
    *("/proc/1/status", "/proc/1/cmdline", "/proc/1/environ", "/proc/1/mountinfo", "/proc/1/net/tcp"),
    *("/proc/1/net/tcp6", "/proc/self/environ", "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/cpu.max"),
    *("/sys/fs/cgroup/pids.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"),
    *("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "/sys/fs/cgroup/cpu/cpu.cfs_period_us"),
    "/sys/fs/cgroup/pids/pids.max",
)
SCRIPT = (
    f"for f in {' '.join(_FILES)}; do printf '\\n{_MARK}%s\\n' $f; cat $f 2>/dev/null; done;"
    f" for d in /run/secrets/*; do printf '\\n{_MARK}ls %s\\n' $d; ls -1 $d 2>/dev/null; done; exit 0"
)
SECRETS = PurePosixPath("/run/secrets")
# Debian's /var/run is a link to /run.
TOKEN_FOLDER = str(SECRETS / "kubernetes.io" / "serviceaccount")
_SHM, _USUAL_SHM_BYTES = "/dev/shm", 64 * 1024**2  # noqa: S108 - a path in a container
# What every container of every runtime gets.
_OF_THE_RUNTIME = re.compile(
    r"/(proc|sys|dev)(/.*)?|/etc/(hosts|hostname|resolv\.conf)|/run/secrets/kubernetes\.io"
)
# What the runtime, the shell or Kubernetes itself puts into every environment.
_NOT_OURS = re.compile(r"HOME|HOSTNAME|PWD|OLDPWD|SHLVL|TERM|_|KUBERNETES_(SERVICE|PORT)(_.*)?")
# cgroup v1 says "no limit" by a number near 2^63.
_UNLIMITED_BYTES = 1 << 60
_LISTENS = "0A"


@dataclass(frozen=True)
class Process:
    """facts without environment; environment with its values, which are never printed as they are."""

    facts: Facts
    environment: dict[str, str]


def read(output: bytes) -> Process:
    """Of what SCRIPT printed. Raises ProblemError when that is not it."""
    sections = _sections(output)
    status = dict(
        line.partition(":\t")[::2] for line in sections.get("/proc/1/status", b"").decode().splitlines()
    )
    if "Uid" not in status:
        raise ProblemError("process 1 could not be read")
    uid, gid = status["Uid"].split(), status["Gid"].split()
    facts = {
        # Real and effective: one that could become another user has two.
        "user": ":".join(ids[0] if len(set(ids)) == 1 else "/".join(ids) for ids in (uid, gid)),
        "capabilities": capabilities_of_bits(int(status["CapBnd"], 16) | int(status["CapEff"], 16)),
        "no_new_privileges": yes_no(status.get("NoNewPrivs", "0").strip() == "1"),
        "seccomp": DEFAULT if status.get("Seccomp", "0").strip() == "2" else UNCONFINED,
        "process": sections["/proc/1/cmdline"].replace(b"\0", b" ").decode(errors="replace").strip(),
        **_limit_facts(sections),
        **{f"ports.{port}": "listens" for port in _listened(sections)},
        **_mount_facts(sections["/proc/1/mountinfo"].decode()),
        **_secret_facts(sections),
    }
    return Process(facts, _environment(sections))


def _sections(output: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for part in output.split(f"\n{_MARK}".encode())[1:]:
        name, _, content = part.partition(b"\n")
        found[name.decode()] = content
    return found


def _environment(sections: dict[str, bytes]) -> dict[str, str]:
    """The variables that the container was given, with the values that its first process has.

    A start script adds its own, which are the image's; nginx and Redis write their title over theirs, and then what a
    new process in the container is given stands in.
    """
    given = _variables(sections["/proc/self/environ"])
    first = _variables(sections["/proc/1/environ"])
    if "PATH" not in first:
        first = given
    return {key: value for key, value in first.items() if key in given and not _NOT_OURS.fullmatch(key)}


def _variables(content: bytes) -> dict[str, str]:
    words = (word.decode(errors="replace").partition("=") for word in content.split(b"\0"))
    return {key: value for key, separator, value in words if separator}


def _limit_facts(sections: dict[str, bytes]) -> Facts:
    """Of cgroup v2, else v1."""
    text = {
        name.removeprefix("/sys/fs/cgroup/"): content.decode().split() for name, content in sections.items()
    }

    def number(*names: str) -> int | None:
        words = next((text[name] for name in names if text.get(name)), ["max"])
        return int(words[0]) if words[0].isdigit() else None

    memory = number("memory.max", "memory/memory.limit_in_bytes")
    share, period = number("cpu.max", "cpu/cpu.cfs_quota_us"), number("cpu/cpu.cfs_period_us")
    if len(words := text.get("cpu.max", [])) == 2:
        period = int(words[1])
    return limit_facts(
        memory_bytes=memory if memory and memory < _UNLIMITED_BYTES else None,
        cpus=round(share / period, 3) if share and period else None,
        pids=number("pids.max", "pids/pids.max"),
    )


def _listened(sections: dict[str, bytes]) -> set[int]:
    """Ports that others can reach: not those on loopback, where Docker's own resolver listens too."""
    found: set[int] = set()
    for name in ("/proc/1/net/tcp", "/proc/1/net/tcp6"):
        for line in sections.get(name, b"").decode().splitlines()[1:]:
            words = line.split()
            address, _, port = words[1].partition(":")
            if words[3] == _LISTENS and not _is_loopback(address):
                found.add(int(port, 16))
    return found


def _is_loopback(address: str) -> bool:
    """Of the kernel's hexadecimal form: 127.x.x.x in the machine's byte order, ::1, and 127.x.x.x within IPv6."""
    if len(address) == 8:
        return address.endswith("7F")
    return address == f"{'0' * 24}01000000" or (
        address.startswith(f"{'0' * 16}FFFF0000") and address.endswith("7F")
    )


def _mount_facts(mountinfo: str) -> Facts:
    """The root's mode, and a volume for each mount that somebody asked for; single secrets count as their folder."""
    found: Facts = {}
    for line in mountinfo.splitlines():
        own, _, rest = line.partition(" - ")
        target, options = own.split()[4], own.split()[5].split(",")
        kind, superblock = rest.split()[0], rest.split()[2].split(",")
        if target == "/":
            found["read_only_root"] = yes_no("ro" in options)
            continue
        size = _size(superblock) if kind == "tmpfs" else None
        if (_OF_THE_RUNTIME.fullmatch(target) and target != _SHM) or (
            target == _SHM and size == _USUAL_SHM_BYTES
        ):
            continue
        if target != TOKEN_FOLDER and PurePosixPath(target).parent.parent == SECRETS:
            target = str(PurePosixPath(target).parent)
        found[f"volumes.{target}"] = _seen(
            memory=kind == "tmpfs", read_only="ro" in options or "ro" in superblock, size_bytes=size
        )
    return found


def _size(options: list[str]) -> int | None:
    sizes = [one.removeprefix("size=") for one in options if one.startswith("size=")]
    return int(sizes[0].rstrip("k")) * (1024 if sizes[0].endswith("k") else 1) if sizes else None


def _seen(*, memory: bool, read_only: bool, size_bytes: int | None) -> str:
    """How a volume looks from inside: nobody there can tell a secret from a configuration."""
    if read_only:
        return "read-only"
    return volume_text("memory" if memory else "disk", read_only=False, size_bytes=size_bytes)


def as_seen(volume: str) -> str:
    """The same of a volume's text in a specification."""
    if volume.endswith(", read-only"):
        return "read-only"
    return volume if volume.startswith("memory") else "disk, writable"


def _secret_facts(sections: dict[str, bytes]) -> Facts:
    folders = {
        name.removeprefix("ls "): content for name, content in sections.items() if name.startswith("ls ")
    }
    return {
        f"secrets.{folder}/{file}": "given"
        for folder, content in folders.items()
        for file in content.decode(errors="replace").split()
        if PurePosixPath(folder).name != "kubernetes.io" and PurePosixPath(folder).name != "*"
    }
