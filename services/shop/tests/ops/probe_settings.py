"""The shop's settings, with views and tasks that fail while they hold personal data.

``SENTRY_AS_IT_COMES`` starts the SDK as its documentation does instead: the pair that shows what would be sent.
"""

import os

from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.ops.probe_urls"
CELERY_IMPORTS = ("tests.ops.probe_tasks",)

if "SENTRY_AS_IT_COMES" in os.environ:
    import sentry_sdk

    sentry_sdk.init(dsn=ENV.sentry_dsn.get_secret_value(), send_default_pii=True)  # noqa: F405
