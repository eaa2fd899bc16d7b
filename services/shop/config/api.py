"""The public API, ``/api/v1``: one router per app."""

from ninja import NinjaAPI

from accounts.api import router as account
from catalog.api import router as catalog
from ops.api import install_handlers
from orders.api import router as orders
from payments.api import router as payments

api = NinjaAPI(
    title="DhakaCart",
    version="1",
    description="The shop's API. Money is in poisha (1/100 taka); refusals are RFC 9457 problem documents.",
    urls_namespace="api",
    docs_url=None,
    openapi_url="openapi.json",
)
install_handlers(api)
api.add_router("/catalog", catalog, tags=["catalog"])
api.add_router("", orders, tags=["orders"])
api.add_router("", payments, tags=["payments"])
api.add_router("/account", account, tags=["account"])
