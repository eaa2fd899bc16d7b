"""HTTP to a shop at another address than its public one: the name, the certificate and the cookies are the public ones."""

import httpx


def rerouted(request: httpx.Request, host: str, port: int) -> httpx.Request:
    """The same request, which connects to host and port; its Host header and the name in TLS stay those of its address."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=host, port=port),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.host},
    )


class ReroutedTransport(httpx.HTTPTransport):
    """Connects to one address, whatever the request's is."""

    def __init__(self, host: str, port: int, **options: object) -> None:
        super().__init__(**options)
        self._address = (host, port)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return super().handle_request(rerouted(request, *self._address))


class AsyncReroutedTransport(httpx.AsyncHTTPTransport):
    """The same for many requests at once."""

    def __init__(self, host: str, port: int, **options: object) -> None:
        super().__init__(**options)
        self._address = (host, port)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await super().handle_async_request(rerouted(request, *self._address))
