"""One running shop for all arms of a bench run: web as it is, and variants of web beside it."""

import shutil
from pathlib import Path

from servers.process import Process
from servers.shop import START_SECONDS, Shop

from dhakacart.operations.paths import Checkout
from dhakacart.operations.ports import free_ports
from dhakacart.operations.probes import http_ok
from dhakacart.operations.run_folders import make_run_folder

VARIANTS = Path(__file__).parent / "variants"

_shop: Shop | None = None
_users = 0


def acquire() -> Shop:
    """The shop, started for the first who asks: seeded, without worker and beat, which would take turns with web."""
    global _shop, _users
    if _shop is None:
        shop = Shop(make_run_folder(Checkout.here().cache / "bench-runs"))
        try:
            shop.start_servers()
            shop.seed()
        except BaseException:
            shop.stop()
            raise
        _shop = shop
    _users += 1
    return _shop


def release() -> None:
    """The last who had it stops it."""
    global _shop, _users
    _users -= 1
    if _users == 0 and _shop is not None:
        shop, _shop = _shop, None
        shop.stop()
        shutil.rmtree(shop.folder, ignore_errors=True)


def start_web(shop: Shop, *, settings_module: str) -> tuple[Process, int]:
    """Granian as in every environment, with these settings, on a port of its own."""
    port, metrics = free_ports(2)
    process = Process(
        f"web-{settings_module}",
        shop.roles["web"].command,
        folder=shop.checkout.shop,
        environment={
            **shop.environment,
            "DJANGO_SETTINGS_MODULE": settings_module,
            "PYTHONPATH": str(VARIANTS),
            "WEB_PORT": str(port),
            "METRICS_PORT": str(metrics),
            "PROMETHEUS_MULTIPROC_DIR": str(shop.folder / f"metrics-{port}"),
            "WEB_PROCESSES": "1",
        },
        log=shop.folder / f"web-{port}.log",
    )
    process.start()
    process.until(http_ok(port, "/healthz"), seconds=START_SECONDS)
    return process, port
