"""The product page with everything around it (context, log line, metrics, security, session, CSRF, axes) and without."""

from bench import http_load, shared_shop
from servers.process import Process

REQUESTS = 300


class ProductPage:
    """GET of one product, by one Granian process with these settings."""

    def __init__(self, name: str, *, settings_module: str) -> None:
        self.name = name
        self._settings_module = settings_module
        self._web: Process | None = None
        self._port = 0
        self._requests: list[bytes] = []
        self._acquired = False

    def setup(self) -> None:
        shop = shared_shop.acquire()
        self._acquired = True
        self._web, self._port = shared_shop.start_web(shop, settings_module=self._settings_module)
        ((slug,),) = shop.query(
            "SELECT slug FROM catalog_product WHERE is_active ORDER BY featured_rank, id LIMIT 1"
        )
        request = f"GET /api/v1/catalog/products/{slug} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
        self._requests = [request] * REQUESTS

    def run_once(self) -> int:
        return http_load.send_all(port=self._port, requests=self._requests, status=200)

    def teardown(self) -> None:
        if self._web:
            self._web.stop()
        if self._acquired:
            shared_shop.release()


def with_all_middleware() -> ProductPage:
    return ProductPage("with all middleware", settings_module="config.settings")


def bare() -> ProductPage:
    return ProductPage("the view alone", settings_module="bare_settings")
