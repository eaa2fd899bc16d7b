from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"
    verbose_name = "Payments"

    def ready(self) -> None:
        """Register the gateways, the outbox kinds and the receivers of this app."""
        from payments import receivers, refunds  # noqa: F401 - they register themselves
        from payments.providers import register
        from payments.sslcommerz.provider import SSLCommerz

        register(SSLCommerz())
