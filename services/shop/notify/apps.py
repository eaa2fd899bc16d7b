from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "notify"
    verbose_name = "Notifications"

    def ready(self) -> None:
        """Register the kinds that every app may use, and the outbox's metrics."""
        from notify import mail, sms  # noqa: F401 - their handlers register themselves
        from notify.metrics import QueueCollector
        from ops.metrics import register_collector

        register_collector(QueueCollector())
