"""The WSGI application that Granian serves."""

import multiprocessing
import os
import threading

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def _end_with_parent() -> None:
    """End when Granian's parent process is gone without a farewell: orphans would hold the port for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(os.EX_UNAVAILABLE)


threading.Thread(target=_end_with_parent, name="end with parent", daemon=True).start()
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 - loads every view now, not within the first request
