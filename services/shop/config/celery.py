"""Celery's application: its settings are Django's, prefixed ``CELERY_``."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("dhakacart", task_cls="ops.task_request:ShopTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
