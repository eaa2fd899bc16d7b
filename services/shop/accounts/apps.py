from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        """Register the password reset's handler, and have the staff groups follow the code."""
        from accounts import password_reset  # noqa: F401 - its handler registers itself
        from accounts.roles import sync_after_migrate

        post_migrate.connect(sync_after_migrate, dispatch_uid="accounts.roles")
