"""What the engines share that run the shop's images: by Compose, and on a cluster."""

import contextlib
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType

from dhakacart.engines.demo_accounts import DEMO_ADMINISTRATOR, DEMO_CUSTOMER, DEMO_PASSWORD
from dhakacart.engines.protocol import Address
from dhakacart.operations.compose import StackPorts
from dhakacart.operations.images import end

# As the shop logs in; its password stands in no process list and in no file of this machine but the secret's own.
PSQL = (
    "PGPASSWORD=$(cat /run/secrets/dhakacart/database_password) "
    "exec psql 'host=127.0.0.1 dbname=dhakacart user=dhakacart sslmode=require'"
)


def addresses(ports: StackPorts, *, shop_is: str = "the shop, reloading as you edit") -> list[Address]:
    """The table that `make dev` ends with."""
    shop = f"https://localhost:{ports.https}"
    return [
        Address("storefront", shop, shop_is, f"{DEMO_CUSTOMER} / {DEMO_PASSWORD}"),
        Address(
            "admin",
            f"{shop}/admin/",
            "for staff: orders, stock, catalogue",
            f"{DEMO_ADMINISTRATOR} / {DEMO_PASSWORD}",
        ),
        Address("api", f"{shop}/api/v1/openapi.json", "the API, described by its OpenAPI"),
        Address("plain", f"http://localhost:{ports.http}", "redirects to https"),
        Address(
            "simulator",
            f"http://127.0.0.1:{ports.simulator}",
            "inbox of mail and SMS; the payment gateway",
        ),
        Address("prometheus", f"http://127.0.0.1:{ports.prometheus}", "metrics of every service"),
    ]


@contextlib.contextmanager
def ended_like_ctrl_c() -> Iterator[None]:
    """SIGTERM and a closed terminal end a run as Ctrl-C does: what was started is stopped."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def lines_of(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[str]:
    """Both streams of a program, line by line as they come; whoever stops reading ends it."""
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        for line in process.stdout or ():
            yield line.decode(errors="replace")
    finally:
        end(process)


def sentence(message: str, hint: str) -> str:
    """A failure and the way out, where there is one."""
    return f"{message} -> {hint}" if hint else message
