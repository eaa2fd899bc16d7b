"""Whether a request to the gateway carries this store's credentials."""

import hmac
from collections.abc import Mapping

from simulator.settings import Settings


def credentials_hold(parameters: Mapping[str, str], settings: Settings) -> bool:
    """True if store_id and store_passwd are those of the simulated store."""
    given = f"{parameters.get('store_id', '')}\n{parameters.get('store_passwd', '')}"
    expected = f"{settings.store_id}\n{settings.store_password}"
    return hmac.compare_digest(given.encode(), expected.encode())
