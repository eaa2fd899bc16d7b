"""The storefront as customers get it: built, and served by Vite's preview, which hands the API's addresses to web.

Not the development server: that reloads a page under the test's hands when it first meets a package, or an edit.
"""

from servers.process import Process
from servers.shop import Shop

from dhakacart.operations.environment import from_the_shell
from dhakacart.operations.node import node_folder, path_with_node
from dhakacart.operations.ports import LOOPBACK
from dhakacart.operations.probes import http_ok

BUILD_SECONDS = 120.0
START_SECONDS = 60.0


def storefront_lacks(shop: Shop) -> str:
    """What is missing to run it; empty when nothing is."""
    if not (shop.checkout.storefront / "node_modules" / ".bin" / "vite").exists():
        return "the storefront's packages are not installed (make dev installs them)"
    return ""


def start_storefront(shop: Shop) -> Process:
    """Build it, and serve it in front of this shop, at the shop's own public address."""
    output = ["--outDir", str(shop.folder / "storefront")]
    _vite(shop, "build", *output, "--emptyOutDir").run_to_end(seconds=BUILD_SECONDS)
    port = str(shop.ports.storefront)
    preview = _vite(shop, "preview", *output, "--host", LOOPBACK, "--port", port, "--strictPort")
    preview.start()
    preview.until(http_ok(shop.ports.storefront, "/"), seconds=START_SECONDS)
    return preview


def _vite(shop: Shop, *arguments: str) -> Process:
    vite = shop.checkout.storefront / "node_modules" / ".bin" / "vite"
    return Process(
        f"vite-{arguments[0]}",
        [str(node_folder() / "node"), str(vite), *arguments],
        folder=shop.checkout.storefront,
        environment={
            **from_the_shell(),
            "PATH": path_with_node(),
            "API_ORIGIN": f"http://{LOOPBACK}:{shop.ports.web}",
        },
        log=shop.folder / f"vite-{arguments[0]}.log",
    )
