"""A real browser in front of the shop: one that runs already (SHOP_URL), or real processes started here."""

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from e2e.words import Language
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from servers.inbox import Inbox
from servers.running_shop import RunningShop, is_running
from servers.shop import Shop
from servers.storefront import start_storefront, storefront_lacks

from dhakacart.operations.paths import Checkout

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-proxy-server"]
# The machine may be busy.
PATIENCE_MILLISECONDS = 30_000


@dataclass(frozen=True)
class Site:
    """Where the shop is, and where its mail and SMS arrive."""

    url: str
    inbox: Inbox


@dataclass(frozen=True)
class Device:
    """A screen and its owner's language."""

    name: str
    language: Language
    width: int
    height: int
    is_phone: bool


DESKTOP = Device("desktop", "en", 1280, 800, is_phone=False)
PHONE = Device("phone", "bn", 390, 844, is_phone=True)


def lacking(reason: str) -> None:
    """Skip, or fail where a browser is required (REQUIRE_BROWSER=1)."""
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(f"REQUIRE_BROWSER=1, but {reason}")
    pytest.skip(f"no browser test: {reason}")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Debian's Chromium: the path of its program."""
    path = shutil.which("chromium") or CHROMIUM
    if not Path(path).exists():
        lacking("there is no chromium (apt-get install chromium)")
    return path


@pytest.fixture(scope="module")
def trust() -> Iterator[list[str]]:
    """How the browser and Playwright's own client come to trust the running shop: options of Chromium's.

    Only one key is let through, and only after its certificate and name were verified here; Chromium would take an
    authority from the user's own store alone, which is not the tests' to alter.
    """
    if not (is_running() and RunningShop().authority):
        yield []
        return
    shop = RunningShop()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NODE_EXTRA_CA_CERTS", str(shop.authority))
        yield [f"--ignore-certificate-errors-spki-list={shop.certificate_pin()}"]


@pytest.fixture(scope="module")
def browser(chromium: str, trust: list[str]) -> Iterator[Browser]:
    """Of the module only: while Playwright runs, Django takes its thread for an asynchronous one."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*ARGUMENTS, *trust])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(chromium: str, request: pytest.FixtureRequest) -> Iterator[Site]:
    """The shop that runs already (servers.running_shop), else the whole shop and its storefront, started here."""
    if is_running():
        running = RunningShop()
        yield Site(running.url, running.inbox)
        return
    shop: Shop = request.getfixturevalue("bare_shop")
    if reason := storefront_lacks(shop):
        lacking(reason)
    storefront = start_storefront(shop)
    yield Site(f"http://127.0.0.1:{shop.ports.storefront}", shop.inbox)
    storefront.stop()


@pytest.fixture(params=[DESKTOP, PHONE], ids=lambda device: device.name)
def device(request: pytest.FixtureRequest) -> Device:
    return request.param


@pytest.fixture
def context(
    browser: Browser, site: Site, device: Device, request: pytest.FixtureRequest
) -> Iterator[BrowserContext]:
    """A browser profile of its own on this device, in front of a shop whose every role runs."""
    if not is_running():
        request.getfixturevalue("shop")
    context = browser.new_context(
        base_url=site.url,
        viewport={"width": device.width, "height": device.height},
        is_mobile=device.is_phone,
        has_touch=device.is_phone,
        locale="bn-BD" if device.language == "bn" else "en-GB",
        timezone_id="Asia/Dhaka",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab. What it shows when its test fails is kept in .dhakacart/screenshots; requests without an answer are told."""
    page = context.new_page()
    page.on("requestfailed", lambda request: print(f"{request.method} {request.url}: {request.failure}"))
    failures = request.session.testsfailed
    yield page
    if request.session.testsfailed > failures:
        folder = Checkout.here().private / "screenshots"
        folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^A-Za-z0-9_-]+", "-", request.node.name).strip("-")
        page.screenshot(path=folder / f"{name}.png", full_page=True)
