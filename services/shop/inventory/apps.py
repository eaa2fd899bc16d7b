from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "inventory"
    verbose_name = "Inventory"

    def ready(self) -> None:
        """Register the outbox kinds of this app, and what it does when the catalogue changes."""
        from inventory import alerts, receivers  # noqa: F401 - they register themselves
