"""What a container may be and have, and what is wrong with one: asked of the engine, and of the process inside."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MIB = 1024**2
# What Compose says where a service says nothing.
DEFAULT_GRACE_SECONDS = 10
LOG_MOST_BYTES = 50 * MIB
# A fault is found out within this: interval times retries.
HEALTH_MOST_SECONDS = 60
NANOSECONDS = 10**9


@dataclass(frozen=True)
class Shape:
    """What one service is expected to be. mounts: target -> file below the secrets' folder, or `volume <name>`."""

    user: int
    memory_mib: int
    cpus: float
    pids: int
    grace_seconds: int
    tmp_mib: int
    mounts: Mapping[str, str]
    published: frozenset[int] = frozenset()
    is_job: bool = False


def shape_faults(found: dict[str, Any], expected: Shape, *, secrets: str, project: str) -> list[str]:
    """What `docker inspect` says that is not as expected; empty when nothing is."""
    host, config = found["HostConfig"], found["Config"]
    wanted = {
        "user": (config["User"], f"{expected.user}:{expected.user}"),
        "mounts": (_mounts(found, secrets, project), dict(expected.mounts)),
        "writable mounts": (
            sorted(mount["Destination"] for mount in found["Mounts"] if mount["RW"]),
            sorted(target for target, what in expected.mounts.items() if what.startswith("volume ")),
        ),
        "tmpfs": (host.get("Tmpfs"), {"/tmp": f"mode=1777,size={expected.tmp_mib}m"}),
        "read-only root": (host["ReadonlyRootfs"], True),
        "dropped capabilities": (host["CapDrop"], ["ALL"]),
        "added capabilities": (host["CapAdd"] or [], []),
        "privileged": (host["Privileged"], False),
        "security options": (host["SecurityOpt"], ["no-new-privileges:true"]),
        "devices": ((host["Devices"] or []) + (host["DeviceRequests"] or []), []),
        "groups": (host["GroupAdd"] or [], []),
        "namespaces of the host": ([host[f"{kind}Mode"] for kind in ("Pid", "Userns", "UTS")], ["", "", ""]),
        "shared memory": (host["IpcMode"], "private"),
        "memory": (host["Memory"], expected.memory_mib * MIB),
        "processors": (host["NanoCpus"], int(expected.cpus * NANOSECONDS)),
        "processes": (host["PidsLimit"], expected.pids),
        "killed when out of memory": (bool(host["OomKillDisable"]), False),
        "restart": (host["RestartPolicy"]["Name"], "no" if expected.is_job else "unless-stopped"),
        "grace": (config.get("StopTimeout") or DEFAULT_GRACE_SECONDS, expected.grace_seconds),
        "published": (_published(host), dict.fromkeys(expected.published, "127.0.0.1")),
    }
    faults = [
        f"{what}: {is_there!r} instead of {wish!r}"
        for what, (is_there, wish) in wanted.items()
        if is_there != wish
    ]
    return [*faults, *_log_faults(host["LogConfig"]), *_health_faults(config, is_job=expected.is_job)]


def _mounts(found: dict[str, Any], secrets: str, project: str) -> dict[str, str]:
    """Target -> what is there, named as in a Shape; whatever comes from elsewhere on the host by its whole path."""
    named = {}
    for mount in found["Mounts"]:
        if mount["Type"] == "volume":
            named[mount["Destination"]] = f"volume {mount['Name'].removeprefix(f'{project}_')}"
        else:
            named[mount["Destination"]] = mount["Source"].removeprefix(f"{secrets}/")
    return named


def _published(host: dict[str, Any]) -> dict[int, str]:
    """Port inside -> the address that it is published on."""
    return {
        int(port.partition("/")[0]): ",".join(sorted({one["HostIp"] or "everywhere" for one in bindings}))
        for port, bindings in (host["PortBindings"] or {}).items()
    }


def _log_faults(log: dict[str, Any]) -> Iterator[str]:
    options = log["Config"] or {}
    if log["Type"] != "json-file" or not {"max-size", "max-file"} <= options.keys():
        yield f"logs: {log['Type']} {options} is not bounded"
    elif (bound := log_bound_bytes(options)) > LOG_MOST_BYTES:
        yield f"logs: up to {bound} bytes"


def log_bound_bytes(options: Mapping[str, str]) -> int:
    """How much json-file keeps: it reads k, m and g as powers of 1,000 (moby, go-units FromHumanSize)."""
    size = options["max-size"]
    factor = {"k": 10**3, "m": 10**6, "g": 10**9}.get(size[-1].lower(), 1)
    return int(size.rstrip("kKmMgG")) * factor * int(options["max-file"])


def _health_faults(config: dict[str, Any], *, is_job: bool) -> Iterator[str]:
    check = config.get("Healthcheck") or {}
    command = check.get("Test") or ["NONE"]
    if is_job:
        # What the engine calls ready without a check is a job to `make dev`.
        if command != ["NONE"]:
            yield f"health: a job has the check {command}"
        return
    if command[0] == "NONE":
        yield "health: there is no check"
        return
    seconds = check["Interval"] / NANOSECONDS * check["Retries"]
    if not 0 < seconds <= HEALTH_MOST_SECONDS:
        yield f"health: a fault is found out after {seconds:g} s"
    if not 0 < check["Timeout"] <= check["Interval"]:
        yield f"health: a check may take {check['Timeout'] / NANOSECONDS:g} s, the next one comes earlier"


# Prints `name=value` lines about the first process and what it may do. Any shell will do; both kinds of cgroup.
INSIDE = r"""
sed -n 's/^\(Uid\|Gid\|CapEff\|CapPrm\|CapBnd\|CapInh\|CapAmb\|NoNewPrivs\|Seccomp\):\t*/\1=/p' /proc/1/status
first() { for file in "$@"; do if [ -r "$file" ]; then tr '\n' ' ' < "$file"; return; fi; done; echo none; }
group=/sys/fs/cgroup
echo "memory=$(first $group/memory.max $group/memory/memory.limit_in_bytes)"
echo "pids=$(first $group/pids.max $group/pids/pids.max)"
if [ -r $group/cpu.max ]; then echo "cpu=$(cat $group/cpu.max)"
else echo "cpu=$(cat $group/cpu/cpu.cfs_quota_us) $(cat $group/cpu/cpu.cfs_period_us)"; fi
for folder in / /app /bin /dev /etc /home /opt /proc /root /run /run/secrets /run/secrets/* /srv /sys /usr /usr/local/bin /var /var/lib; do
    if (: > "$folder/.may-i-write") 2>/dev/null; then echo "written=$folder"; rm -f "$folder/.may-i-write"; fi
done
for file in /run/secrets/*/* /etc/passwd /etc/resolv.conf /etc/hosts; do
    if [ -e "$file" ] && (: >> "$file") 2>/dev/null; then echo "written=$file"; fi
done
if : > /tmp/.may-i-write; then rm /tmp/.may-i-write; else echo 'written=not even /tmp'; fi
awk '$4 ~ /(^|,)rw(,|$)/ && $3 !~ /^(proc|sysfs|cgroup2?|devpts|mqueue)$/ {print "writable=" $2 " " $4}' /proc/1/mounts
"""
# The engine's own, in memory and bounded; nobody can place or run anything there that stays.
ENGINES_OWN = {"/dev", "/dev/shm", "/sys/fs/cgroup", "/proc/keys", "/proc/timer_list", "/proc/kcore"}


def inside_faults(output: str, expected: Shape) -> list[str]:
    """What INSIDE has printed that is not as expected; empty when nothing is."""
    facts: dict[str, list[str]] = {}
    for line in output.splitlines():
        name, _, value = line.partition("=")
        facts.setdefault(name, []).append(value.strip())
    four = "\t".join([str(expected.user)] * 4)
    none = "0" * 16
    quota, _, period = facts.get("cpu", [""])[0].partition(" ")
    processors = int(quota) / int(period) if quota.isdigit() and period.isdigit() else quota
    writable = {line.split()[0]: line.split()[1].split(",") for line in facts.get("writable", [])}
    places = {"/tmp", *(target for target, what in expected.mounts.items() if what.startswith("volume "))}
    wanted = {
        **{name: (facts.get(name), [four]) for name in ("Uid", "Gid")},
        **{name: (facts.get(name), [none]) for name in ("CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb")},
        "NoNewPrivs": (facts.get("NoNewPrivs"), ["1"]),
        "Seccomp": (facts.get("Seccomp"), ["2"]),
        "memory": (facts.get("memory"), [str(expected.memory_mib * MIB)]),
        "pids": (facts.get("pids"), [str(expected.pids)]),
        "processors": (processors, expected.cpus),
        "written": (facts.get("written", []), []),
        "writable mounts": (set(writable) - ENGINES_OWN, places),
        "/tmp runs programs": ("noexec" not in writable.get("/tmp", []), False),
    }
    return [
        f"{what}: {is_there!r} instead of {wish!r}"
        for what, (is_there, wish) in wanted.items()
        if is_there != wish
    ]
