"""What is read from a container's first process: the kernel's own words become facts, and no value gets out."""

import pytest

from dhakacart.operations.parity.compare import compare
from dhakacart.operations.parity.facts import View
from dhakacart.operations.parity.live import Running, live_view, side_by_side
from dhakacart.operations.parity.process import SCRIPT, Process, as_seen, read
from dhakacart.operations.problem import ProblemError

STATUS = "Name:\tx\nUid:\t10001\t10001\t10001\t10001\nGid:\t10001\t10001\t10001\t10001\nCapEff:\t{eff}\nCapBnd:\t{bnd}\nNoNewPrivs:\t{nnp}\nSeccomp:\t{seccomp}\n"
NONE = "0" * 16
MOUNTS = """\
1 0 0:1 / / ro,relatime master:1 - overlay overlay rw,lowerdir=/x
2 1 0:2 / /proc rw,nosuid - proc proc rw
3 1 0:3 / /dev rw - tmpfs tmpfs rw,size=65536k
4 3 0:4 / /dev/shm rw - tmpfs shm rw,size=65536k
5 1 0:5 / /tmp rw,noexec - tmpfs tmpfs rw,size=131072k
6 1 254:0 /a /etc/hosts rw - ext4 /dev/vda rw
7 1 254:0 /b /run/secrets/dhakacart/one ro - ext4 /dev/vda rw
8 1 0:6 / /run/secrets/certificate rw - tmpfs tmpfs ro,size=1024k
9 1 254:0 /c /var/lib/data rw - ext4 /dev/vda rw
10 1 0:7 / /run/secrets/kubernetes.io/serviceaccount ro - tmpfs tmpfs rw
"""
TCP = """\
  sl  local_address rem_address   st
   0: 0B00007F:AF6D 00000000:0000 0A 0
   1: 00000000:1F40 00000000:0000 0A 0
   2: 040014AC:238C 030014AC:BE88 06 0
"""
TCP6 = """\
  sl  local_address                         remote_address                        st
   0: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 0
   1: 00000000000000000000000000000000:20FB 00000000000000000000000000000000:0000 0A 0
"""


def output(**changes: str) -> bytes:
    """What SCRIPT prints in a container with cgroup v2."""
    sections = {
        "/proc/1/status": STATUS.format(eff=NONE, bnd=NONE, nnp=1, seccomp=2),
        "/proc/1/cmdline": "python\0-m\0x\0",
        "/proc/1/environ": "PATH=/bin\0A=1\0ADDED_BY_SCRIPT=1\0HOSTNAME=h\0",
        "/proc/1/mountinfo": MOUNTS,
        "/proc/1/net/tcp": TCP,
        "/proc/1/net/tcp6": TCP6,
        "/proc/self/environ": "PATH=/bin\0A=0\0HOSTNAME=h\0HOME=/\0KUBERNETES_PORT_443_TCP=x\0",
        "/sys/fs/cgroup/memory.max": "536870912\n",
        "/sys/fs/cgroup/cpu.max": "50000 100000\n",
        "/sys/fs/cgroup/pids.max": "100\n",
        "ls /run/secrets/dhakacart": "one\ntwo\n",
        "ls /run/secrets/kubernetes.io": "serviceaccount\n",
        **changes,
    }
    return "".join(f"\n@@dhakacart@@{name}\n{content}" for name, content in sections.items()).encode()


def facts(**changes: str) -> dict[str, str]:
    return read(output(**changes)).facts


def test_a_hardened_process_is_read() -> None:
    """Every fact of one container."""
    assert facts() == {
        "user": "10001:10001",
        "capabilities": "none",
        "no_new_privileges": "yes",
        "seccomp": "default",
        "process": "python -m x",
        "read_only_root": "yes",
        "limits.memory": "512 MiB",
        "limits.cpus": "0.5",
        "limits.pids": "100",
        "ports.8000": "listens",
        "ports.8443": "listens",
        "volumes./tmp": "memory of 128 MiB, writable",
        "volumes./run/secrets/dhakacart": "read-only",
        "volumes./run/secrets/certificate": "read-only",
        "volumes./run/secrets/kubernetes.io/serviceaccount": "read-only",
        "volumes./var/lib/data": "disk, writable",
        "secrets./run/secrets/dhakacart/one": "given",
        "secrets./run/secrets/dhakacart/two": "given",
    }


def test_an_open_process_is_read() -> None:
    """Capabilities by name or as the engine's default, privileges, seccomp, a root that can be written."""
    status = STATUS.replace("10001\t10001\t10001\t10001", "10001\t0\t0\t0", 1)
    opened = facts(
        **{
            "/proc/1/status": status.format(eff=NONE, bnd=f"{1 << 10 | 1 << 40:016x}", nnp=0, seccomp=0),
            "/proc/1/mountinfo": MOUNTS.replace("/ / ro", "/ / rw"),
        }
    )
    usual = facts(**{"/proc/1/status": STATUS.format(eff=NONE, bnd="00000000a80425fb", nnp=1, seccomp=2)})

    assert opened["user"] == "10001/0/0/0:10001"
    assert opened["capabilities"] == "CHECKPOINT_RESTORE NET_BIND_SERVICE"
    assert (opened["no_new_privileges"], opened["seccomp"]) == ("no", "unconfined")
    assert opened["read_only_root"] == "no"
    assert usual["capabilities"] == "default"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"memory.max": "max", "cpu.max": "max 100000", "pids.max": "max"}, ("none", "none", "none")),
        (
            {
                "memory.max": "",
                "cpu.max": "",
                "pids.max": "",
                "memory/memory.limit_in_bytes": "268435456",
                "pids/pids.max": "50",
                "cpu/cpu.cfs_quota_us": "40000",
                "cpu/cpu.cfs_period_us": "100000",
            },
            ("256 MiB", "0.4", "50"),
        ),
        (
            {
                "memory.max": "",
                "cpu.max": "",
                "pids.max": "",
                "memory/memory.limit_in_bytes": "9223372036854771712",
                "pids/pids.max": "max",
                "cpu/cpu.cfs_quota_us": "-1",
                "cpu/cpu.cfs_period_us": "100000",
            },
            ("none", "none", "none"),
        ),
    ],
    ids=["v2 without limits", "v1", "v1 without limits"],
)
def test_limits_of_both_kinds_of_control_group(changes: dict[str, str], expected: tuple[str, ...]) -> None:
    """cgroup v2 and v1 say the same in their own ways."""
    found = facts(**{f"/sys/fs/cgroup/{name}": text for name, text in changes.items()})

    assert tuple(found[f"limits.{name}"] for name in ("memory", "cpus", "pids")) == expected


def test_the_environment_is_what_the_container_was_given() -> None:
    """Values are the first process'; what a start script adds and what the runtime puts there is left out."""
    assert read(output()).environment == {"PATH": "/bin", "A": "1"}


def test_a_process_that_wrote_over_its_environment_is_read_all_the_same() -> None:
    """nginx and Redis put their title there: then what a new process is given stands in."""
    assert read(output(**{"/proc/1/environ": "nginx: master process\0\0\0"})).environment == {
        "PATH": "/bin",
        "A": "0",
    }


def test_what_is_no_answer_is_refused() -> None:
    """A container without a shell, or an answer cut short."""
    with pytest.raises(ProblemError, match="process 1 could not be read"):
        read(b"sh: not found")


def test_the_script_reads_and_nothing_else() -> None:
    """It runs in production's containers."""
    assert set(SCRIPT.replace(";", " ").split()) & {"rm", "mv", "cp", "kill", "tee", "touch"} == set()
    assert ">" not in SCRIPT.replace("2>/dev/null", "")


def test_a_value_that_no_committed_file_has_is_never_shown() -> None:
    """Whoever puts a secret into a variable does not find it in a report."""
    specified = View(
        "compose", {"web": {"environment.A": "as in shop.env", "environment.B": "x"}}, {"A": "1"}
    )
    process = Process({}, {"A": "1", "B": "secret-b", "C": "secret-c", "D": "of the image"})
    running = {"web": Running({}, process, of_image={"D": "of the image"})}

    live = live_view("live", running, specified)

    assert live.services["web"] == {
        "environment.A": "as in shop.env",
        "environment.B": "set to something else",
        "environment.C": "set",
    }


def test_an_address_on_this_machine_may_have_a_port_of_its_own() -> None:
    """Two stacks on one machine differ in that alone; any other address is another value."""
    specified = View(
        "local", {"web": {"environment.URL": "as in shop.env"}}, {"URL": "https://localhost:8443"}
    )

    def shown(url: str) -> str:
        running = {"web": Running({}, Process({}, {"URL": url}))}
        return live_view("live", running, specified).services["web"]["environment.URL"]

    assert shown("https://localhost:31000") == "as in shop.env"
    for other in ("http://localhost:8443", "https://localhost.example:8443", "https://10.0.0.1:8443"):
        assert shown(other) == "set to something else"


def test_a_job_that_has_ended_is_compared_by_its_record_alone() -> None:
    """Nobody can read the process of one."""
    live = live_view("live", {"migrate": Running({"command": "x"}, None)}, View("compose", {}))

    assert live.knows("migrate", "command")
    assert not live.knows("migrate", "user")


@pytest.mark.parametrize(
    ("specified", "seen"),
    [
        ("secret, read-only", "read-only"),
        ("config, read-only", "read-only"),
        ("memory of 128 MiB, writable", "memory of 128 MiB, writable"),
        ("persistent, writable", "disk, writable"),
        ("scratch, writable", "disk, writable"),
    ],
)
def test_a_volume_looks_from_inside_as_the_kernel_has_it(specified: str, seen: str) -> None:
    """A process cannot tell a Secret from a ConfigMap, or a claim from a folder of the node."""
    assert as_seen(specified) == seen


def test_live_sides_are_compared_by_the_names_of_variables() -> None:
    """Each has the values of its own environment; what only one has keeps its text, as k8s/parity.yaml declares it."""
    left = View("live compose", {"web": {"environment.A": "1", "user": "1:1"}, "seed": {"runs": "once"}})
    right = View("live cluster", {"web": {"environment.A": "2", "environment.B": "3", "user": "1:1"}})

    comparison = compare(*side_by_side(left, right))

    assert [one.sentence for one in comparison.differences] == ["web: environment.B: absent / 3"]
