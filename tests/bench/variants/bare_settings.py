"""The shop's settings without any middleware: what a view costs by itself."""

from config.settings import *  # noqa: F403

MIDDLEWARE: list[str] = []
