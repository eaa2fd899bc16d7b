"""The shop's settings and the tests' tasks, with a pulse that suffers no long task."""

from tests.config.probe_settings import *  # noqa: F403

LONGEST_TASK_SECONDS = 2
