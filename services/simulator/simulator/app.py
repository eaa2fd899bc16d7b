"""The HTTP application: which endpoint serves which address."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from simulator import control, inbox, sms
from simulator.layout import SecurityHeaders
from simulator.sslcommerz import page
from simulator.sslcommerz.refund import merchant_query
from simulator.sslcommerz.session import initiate
from simulator.sslcommerz.validation import validate_order
from simulator.world import World

ASSETS = Path(__file__).parent / "assets"


def create_app(world: World) -> Starlette:
    """The application around `world`."""
    app = Starlette(
        routes=[
            Route("/gwprocess/v4/api.php", initiate, methods=["POST"]),
            Route("/validator/api/validationserverAPI.php", validate_order),
            Route("/validator/api/merchantTransIDvalidationAPI.php", merchant_query),
            Route("/gateway/pay/{sessionkey}", page.show),
            Route("/gateway/pay/{sessionkey}/{behaviour}", page.pay, methods=["POST"]),
            Route("/sms/messages", sms.send, methods=["POST"]),
            Route("/", inbox.show),
            Route("/messages/{id}/html", inbox.mail_html),
            Route("/refunds/{refund_ref_id}/{outcome}", control.settle_refund_by_button, methods=["POST"]),
            Route("/api/messages", inbox.list_messages),
            Route("/api/messages", inbox.delete_messages, methods=["DELETE"]),
            Route("/api/payments", inbox.list_payments),
            Route("/control/pay/{sessionkey}/{behaviour}", control.pay, methods=["POST"]),
            Route("/control/release/{sessionkey}", control.release_held, methods=["POST"]),
            Route("/control/refunds/{refund_ref_id}/{outcome}", control.settle_refund, methods=["POST"]),
            Route("/control/outage", control.list_outages),
            Route("/control/outage", control.begin_outage, methods=["POST"]),
            Route("/control/outage", control.end_outages, methods=["DELETE"]),
            Route("/control/reset", control.reset, methods=["POST"]),
            Route("/healthz", inbox.health),
            Mount("/assets", StaticFiles(directory=ASSETS)),
        ],
        middleware=[Middleware(SecurityHeaders, settings=world.settings)],
    )
    app.state.world = world
    return app
