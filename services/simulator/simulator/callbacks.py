"""How the shop is called back: by an address of its own where the shop's public one leads elsewhere from here."""

import ssl
from urllib.parse import urlsplit

import httpx

from simulator.settings import Settings

CONNECTIONS = 50


def callback_client(settings: Settings) -> httpx.AsyncClient:
    """A client for callbacks: no redirects, no proxy, the settings' authority beside those that are known anyway."""
    context = ssl.create_default_context()
    if settings.ca_file is not None:
        context.load_verify_locations(cafile=settings.ca_file)
    return httpx.AsyncClient(
        follow_redirects=False,
        trust_env=False,  # callbacks go to the shop itself, never through a proxy
        verify=context,
        limits=httpx.Limits(max_connections=CONNECTIONS),
    )


async def post(
    client: httpx.AsyncClient, *, url: str, fields: dict[str, str], settings: Settings
) -> httpx.Response:
    """POST a form to `url`, connecting to `callback_connect` if that is set.

    The shop is still asked for by the URL's own name, in the Host header and in the TLS handshake, where its certificate
    must be valid for it. Raises httpx.HTTPError and httpx.InvalidURL.
    """
    if settings.callback_connect is None:
        return await client.post(url, data=fields, timeout=None)
    host, port = settings.callback_connect
    return await client.post(
        httpx.URL(url).copy_with(host=host, port=port),
        data=fields,
        headers={"Host": urlsplit(url).netloc},
        extensions={"sni_hostname": httpx.URL(url).host},
        timeout=None,
    )
