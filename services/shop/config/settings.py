"""Django's settings: one module for every environment; what differs comes from the contract (config.env)."""

import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF

from config.celery import app as celery_app
from config.env import env
from config.log import logging_config
from ops import sentry

django_stubs_ext.monkeypatch()

ENV = env()
BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = ENV.secret_key.get_secret_value()
DEBUG = False
ALLOWED_HOSTS = ENV.allowed_hosts
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = [
    "django_ratelimit.W001",  # our cache's incr is atomic: ops/cache.py, held by a test
]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "ops",
    "notify",
    "accounts",
    "catalog",
    "inventory",
    "orders",
    "payments",
    "seeding",
]

MIDDLEWARE = [
    "ops.middleware.request_context",  # outermost: client address, request id, trace, log line, metrics
    "ops.middleware.health",
    "django.middleware.security.SecurityMiddleware",
    "ops.content_security.ContentSecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",  # innermost, as its documentation asks
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- PostgreSQL: the only truth -----------------------------------------------------------------------------------
DATABASE_CONNECT_TIMEOUT_SECONDS = 3
DATABASE_STATEMENT_TIMEOUT_MILLISECONDS = 10_000
DATABASE_LOCK_TIMEOUT_MILLISECONDS = 5_000
DATABASE_CONNECTION_MAX_AGE_SECONDS = 20  # less than a pgbouncer that is to go waits
# A machine that loses its power says no farewell: without these a thread would wait a quarter of an hour for it.
DATABASE_VANISHED = {
    "tcp_user_timeout": 5_000,  # milliseconds until what was sent must have arrived
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
}
# A direct connection brings its limits along as `options`. PgBouncer ignores those, since its connections to the
# server outlive its clients: what it opens has the database's own defaults, which `migrate` sets to the same values.
DATABASE_LIMITS_MILLISECONDS = {
    "statement_timeout": DATABASE_STATEMENT_TIMEOUT_MILLISECONDS,
    "lock_timeout": DATABASE_LOCK_TIMEOUT_MILLISECONDS,
}

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": ENV.database_host,
        "PORT": ENV.database_port,
        "NAME": ENV.database_name,
        "USER": ENV.database_user,
        "PASSWORD": ENV.database_password.get_secret_value(),
        "CONN_MAX_AGE": DATABASE_CONNECTION_MAX_AGE_SECONDS,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "sslmode": ENV.database_sslmode,
            "connect_timeout": DATABASE_CONNECT_TIMEOUT_SECONDS,
            "application_name": "shop",
            **DATABASE_VANISHED,
            "options": " ".join(f"-c {name}={limit}" for name, limit in DATABASE_LIMITS_MILLISECONDS.items()),
            **({"sslrootcert": str(ENV.database_ca_file)} if ENV.database_ca_file else {}),
        },
        # A cursor of the server's lives as long as a session, and behind PgBouncer a session is one transaction.
        # (Statements are not prepared either: that is Django's default.)
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
}

# --- Redis: may vanish at any moment ------------------------------------------------------------------------------
CACHES = {
    "default": {
        "BACKEND": "ops.cache.DegradingRedisCache",
        "LOCATION": ENV.redis(0),
        "KEY_PREFIX": "shop",
    }
}

# --- Celery -------------------------------------------------------------------------------------------------------
celery_app.set_default()  # of every thread that has settings: shared tasks are sent by it, from web too
LONGEST_TASK_SECONDS = 60
CELERY_BROKER_URL = ENV.redis(1)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = LONGEST_TASK_SECONDS
CELERY_TASK_SOFT_TIME_LIMIT = LONGEST_TASK_SECONDS - 5
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 2 * LONGEST_TASK_SECONDS,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,  # a peer that vanished without a word is noticed after 10 + 3 * 5 s
    "socket_keepalive_options": {
        getattr(socket, name): value
        for name, value in {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}.items()
        if hasattr(socket, name)  # macOS has no TCP_KEEPIDLE
    },
    "health_check_interval": 10,
}
CELERY_TIMEZONE = "Asia/Dhaka"
OUTBOX_RELAY_SECONDS = 1.0
# A wake-up that nobody took in this time is not missed: others have come.
OUTBOX_WAKE_UP_EXPIRES_SECONDS = 5.0
CELERY_BEAT_SCHEDULE = {
    "relay the outbox": {
        "task": "notify.tasks.relay_outbox",
        "schedule": timedelta(seconds=OUTBOX_RELAY_SECONDS),
        "options": {"expires": OUTBOX_WAKE_UP_EXPIRES_SECONDS},
    },
    "purge the outbox": {
        "task": "notify.tasks.purge_outbox",
        "schedule": timedelta(hours=1),
        "options": {"expires": 600},
    },
    "release expired reservations": {
        "task": "orders.tasks.expire_unpaid_orders",
        "schedule": timedelta(seconds=15),
        "options": {"expires": 15},
    },
    "ask the gateway about payments": {
        "task": "payments.tasks.reconcile_payments",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 55},
    },
    "ask the gateway about refunds": {
        "task": "payments.tasks.follow_up_refunds",
        "schedule": timedelta(minutes=5),
        "options": {"expires": 290},
    },
    "forget ended sessions": {
        "task": "accounts.tasks.forget_ended_sessions",
        "schedule": timedelta(days=1),
        "options": {"expires": 3600},
    },
    "forget old idempotency keys": {
        "task": "orders.tasks.forget_idempotency_keys",
        "schedule": timedelta(hours=1),
        "options": {"expires": 600},
    },
}

# --- People and passwords -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.backends.EmailOrPhoneBackend"]
PASSWORD_HASHERS = ["accounts.hashers.ShopArgon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email", "phone")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600  # seconds; the mail says an hour
PLACES_MODULE = "orders.locations"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # the pair: nobody can lock another out
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "ops.client_address.network_of"
AXES_USERNAME_CALLABLE = "accounts.lockout.account"
AXES_LOCKOUT_CALLABLE = "accounts.lockout.response"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# --- Security -----------------------------------------------------------------------------------------------------
COOKIE_PREFIX = "__Host-" if ENV.is_strict else ""
HSTS_SECONDS = 365 * 24 * 3600
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}session"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = ENV.is_strict
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
CSRF_COOKIE_SECURE = ENV.is_strict
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "ops.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = [ENV.origin]
SECURE_PROXY_SSL_HEADER = (
    "HTTP_X_FORWARDED_PROTO",
    "https",
)  # dropped from untrusted peers by ops.middleware
SECURE_SSL_REDIRECT = ENV.is_strict
SECURE_HSTS_SECONDS = HSTS_SECONDS if ENV.is_strict else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "img-src": [SELF, "data:"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024  # bytes of a request's body
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
RATELIMIT_FAIL_OPEN = False

# --- Languages, time, files ---------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("bn", "বাংলা")]
TIME_ZONE = "Asia/Dhaka"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "static"

# --- Mail ---------------------------------------------------------------------------------------------------------
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = ENV.smtp_host
EMAIL_PORT = ENV.smtp_port
EMAIL_HOST_USER = ENV.smtp_user
EMAIL_HOST_PASSWORD = ENV.smtp_password.get_secret_value() if ENV.smtp_password else ""
EMAIL_USE_TLS = ENV.smtp_starttls
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = ENV.mail_from

LOGGING = logging_config(level=ENV.log_level, environment=ENV.environment, release=ENV.release)
sentry.init(
    dsn=ENV.sentry_dsn.get_secret_value() if ENV.sentry_dsn else None,
    environment=ENV.environment,
    release=ENV.release,
)
