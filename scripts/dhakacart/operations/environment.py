"""The environment contract's plain values for a process on this machine.

They stand in the local overlay's `shop.env`, which containers read as it is; here only what a machine without
containers must have otherwise is replaced: hosts, ports, folders.
"""

import os
from pathlib import Path

from dhakacart.operations.ports import LOOPBACK, Ports
from dhakacart.operations.problem import ProblemError

# What a process may take from the shell that starts it. Anything else (another project's SECRET_KEY,
# DJANGO_SETTINGS_MODULE, PGHOST, PYTHONPATH, make's own flags) would make two machines differ.
_FROM_THE_SHELL = (
    *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "LANG", "LC_ALL", "TERM"),
    *("LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "XDG_CACHE_HOME"),
)


def from_the_shell() -> dict[str, str]:
    """The few variables of this process that its children may have."""
    return {name: os.environ[name] for name in _FROM_THE_SHELL if name in os.environ}


# Values that only containers have: files at fixed paths inside them.
_INSIDE_CONTAINERS = {"DATABASE_CA_FILE", "READY_FILE"}


def read_environment_file(path: Path) -> dict[str, str]:
    """Bare KEY=value lines; `#` at a line's start is a comment. Raises ProblemError for any other line."""
    values: dict[str, str] = {}
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        key, separator, value = line.partition("=")
        if not separator or not key.isidentifier():
            raise ProblemError(f"{path.name}, line {number}: not KEY=value: {line[:60]!r}")
        values[key] = value
    return values


def find_unportable_lines(path: Path) -> list[str]:
    """`line: why` for what Compose and Kustomize read differently: quotes, `$`, ` #`, spaces around the value."""
    found = []
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        key, separator, value = line.partition("=")
        if not separator or not key.isidentifier():
            found.append(f"{number}: not KEY=value")
        elif value != value.strip() or any(sign in value for sign in "'\"$#`\\"):
            found.append(f"{number}: {key} has a quote, $, #, backslash or outer space")
    return found


def on_this_machine(base: dict[str, str], *, ports: Ports, secrets: Path, metrics: Path) -> dict[str, str]:
    """The local values with hosts, ports, folders and live reload of processes on loopback."""
    return {
        **{name: value for name, value in base.items() if name not in _INSIDE_CONTAINERS},
        "DATABASE_HOST": LOOPBACK,
        "DATABASE_PORT": str(ports.postgres),
        "DATABASE_NAME": "dhakacart",
        "DATABASE_USER": "dhakacart",
        # Loopback only, so nothing to encrypt; every other engine verifies the certificate.
        "DATABASE_SSLMODE": "disable",
        "REDIS_URL": f"redis://{LOOPBACK}:{ports.redis}",
        "SSLCOMMERZ_URL": f"http://{LOOPBACK}:{ports.simulator_http}",
        "SMS_URL": f"http://{LOOPBACK}:{ports.simulator_http}",
        "SMTP_HOST": LOOPBACK,
        "SMTP_PORT": str(ports.simulator_smtp),
        "PUBLIC_URL": f"http://{LOOPBACK}:{ports.storefront}",
        # Vite's server stands before web, as edge does elsewhere.
        "TRUSTED_PROXIES": "127.0.0.0/8,::1/128",
        "LIVE_RELOAD": "true",
        "WEB_HOST": LOOPBACK,
        "WEB_PORT": str(ports.web),
        "METRICS_HOST": LOOPBACK,
        "METRICS_PORT": str(ports.web_metrics),
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
        "SECRETS_DIR": str(secrets),
    }
