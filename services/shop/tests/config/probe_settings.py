"""The shop's settings and the tests' own tasks."""

from config.settings import *  # noqa: F403

CELERY_IMPORTS = ("tests.config.probe_tasks",)
