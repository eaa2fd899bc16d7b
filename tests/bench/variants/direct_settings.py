"""The shop's settings with effects handed to Celery at once, as many shops do: the outbox's counterpart."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS as OURS

INSTALLED_APPS = [*OURS, "direct_delay.Direct"]
