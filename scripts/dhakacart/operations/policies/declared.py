"""What the policies allow or know by name, each with its reason. One that no longer exists is to be taken out."""

# Secrets that no manifest holds: made outside (`dhakacart secrets`, or by whoever runs production), key by key.
SECRETS: dict[str, frozenset[str]] = {
    "shop": frozenset(
        {
            *("secret_key", "database_password", "redis_password", "sslcommerz_store_password", "sms_token"),
            *("smtp_password", "sentry_dsn"),
        }
    ),
    "postgres": frozenset({"postgres_password", "database_password"}),
    "pgbouncer": frozenset({"database_password"}),
    "redis": frozenset({"redis_password"}),
    # On a laptop the authority of `dhakacart secrets init`; elsewhere cert-manager makes it.
    "authority": frozenset({"tls.crt", "tls.key"}),
    "digitalocean-dns": frozenset({"access-token"}),
    "tickets": frozenset({"current.key", "previous.key"}),
}
# ConfigMaps that no manifest holds.
CONFIG_MAPS: dict[str, frozenset[str]] = {
    # By kube-controller-manager, in every namespace.
    "kube-root-ca.crt": frozenset({"ca.crt"}),
}
# The keys of a Secret that cert-manager makes for a Certificate.
CERTIFICATE_KEYS = frozenset({"tls.crt", "tls.key", "ca.crt"})

# Which image each folder of services/ makes.
IMAGES = frozenset({"shop", "edge", "postgres", "redis", "pgbouncer", "prometheus"})
# Only where ENVIRONMENT=development: a simulator in production would take orders as paid that nobody has paid.
DEVELOPMENT_IMAGES = frozenset({"simulator", "storefront"})

# Seconds from the signal until the process has ended by itself, at most. web, worker: services/shop/config/run.py;
# edge: worker_shutdown_timeout; the others have Compose's stop_grace_period.
SHUTDOWN_SECONDS: dict[str, int] = {
    "web": 25,
    "worker": 65,
    "beat": 5,
    "edge": 60,
    "postgres": 55,
    "pgbouncer": 25,
    "redis": 5,
    "prometheus": 25,
    "simulator": 3,
    "storefront": 3,
}

# Deployments that stop the old pod before the new one starts, and why; each has one replica.
RECREATE: dict[str, str] = {
    "beat": "two of them would send each periodic task twice",
    "simulator": "its inbox is in its memory: of two, a test would ask the wrong one",
    "storefront": "Tilt writes what changes into one pod",
    "redis": "of two, half of the workers would listen to the one while web writes to the other",
}

# Pods that may speak to the Kubernetes API, and why.
API_CLIENTS: dict[str, str] = {}

# Namespaces of others that our network policies may name.
OTHER_NAMESPACES = frozenset({"kube-system", "keda", "cert-manager"})

# StatefulSets whose volumes may go with their claims, and why.
MAY_BE_LOST: dict[str, str] = {"prometheus": "metrics, on which no order depends"}
