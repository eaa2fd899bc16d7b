from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "ops"
    verbose_name = "Operations"

    def ready(self) -> None:
        """Hand traces on to tasks."""
        from ops import task_context

        task_context.install()
