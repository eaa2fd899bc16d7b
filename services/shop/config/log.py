"""Logging: one JSON document per line on stderr, with the context of the request or task it belongs to."""

import logging.config
import os
from typing import Any

STDERR = 2


def logging_config(*, level: str, environment: str, release: str) -> dict[str, Any]:
    """``logging.config`` dictionary: JSON lines, the request's context on each, third parties kept quiet."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"context": {"()": "ops.context.ContextFilter"}},
        "formatters": {
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "fmt": "%(message)s %(levelname)s %(name)s",
                "rename_fields": {"levelname": "level", "name": "logger"},
                "static_fields": {"service": "shop", "environment": str(environment), "release": release},
                "timestamp": "at",
                "json_ensure_ascii": False,
            }
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["context"]}
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.server": {"handlers": [], "propagate": False},
            "django.request": {"level": "ERROR"},  # 4xx stand in the request's own line already
            # A stranger's requests, answered with 400 and logged as such: no errors of ours.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "django.security.RequestDataTooBig": {"level": "CRITICAL"},
            "django.security.TooManyFieldsSent": {"level": "CRITICAL"},
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            "axes": {"level": "WARNING"},
        },
    }


def begin_logging(*, level: str, environment: str, release: str) -> None:
    """From here on, before Django is set up, also what the interpreter and libraries warn of."""
    logging.config.dictConfig(logging_config(level=level, environment=environment, release=release))
    logging.captureWarnings(capture=True)


def say(text: str, _stream: object = None) -> None:
    """Log what Celery says while it handles a signal, in its `safe_say`'s place: at once, past every lock and buffer."""
    record = logging.LogRecord("celery.apps.worker", logging.INFO, __file__, 0, text, None, None)
    os.write(STDERR, f"{logging.getLogger().handlers[0].format(record)}\n".encode())
