"""What each container of the production shape is expected to be: compose.yaml, read by a person and written again."""

from servers.container_shape import Shape

SECRETS = "/run/secrets/dhakacart"
SHOP = {
    f"{SECRETS}/secret_key": "secret_key",
    f"{SECRETS}/database_password": "database_password",
    f"{SECRETS}/redis_password": "redis_password",
    f"{SECRETS}/sslcommerz_store_password": "sslcommerz_store_password",
    f"{SECRETS}/sms_token": "sms_token",
    f"{SECRETS}/ca.crt": "authority/ca.crt",
}
# Written by hand, so that a change of compose.yaml is a change of this too. The simulator and the seed are the tests' own.
SHAPES = {
    "edge": Shape(
        user=10002,
        memory_mib=384,
        cpus=1.0,
        pids=100,
        grace_seconds=65,
        tmp_mib=256,
        mounts={"/run/secrets/certificate": "edge", "/run/secrets/tickets": "tickets"},
        published=frozenset({8080, 8443}),
    ),
    "web": Shape(user=10001, memory_mib=512, cpus=2.0, pids=200, grace_seconds=30, tmp_mib=128, mounts=SHOP),
    "worker": Shape(
        user=10001, memory_mib=512, cpus=1.0, pids=200, grace_seconds=75, tmp_mib=128, mounts=SHOP
    ),
    "beat": Shape(user=10001, memory_mib=256, cpus=0.5, pids=100, grace_seconds=10, tmp_mib=128, mounts=SHOP),
    "migrate": Shape(
        user=10001,
        memory_mib=256,
        cpus=1.0,
        pids=100,
        grace_seconds=30,
        tmp_mib=128,
        mounts=SHOP,
        is_job=True,
    ),
    "seed": Shape(
        user=10001,
        memory_mib=256,
        cpus=1.0,
        pids=100,
        grace_seconds=30,
        tmp_mib=128,
        mounts=SHOP,
        is_job=True,
    ),
    "postgres": Shape(
        user=10003,
        memory_mib=1024,
        cpus=2.0,
        pids=400,
        grace_seconds=60,
        tmp_mib=128,
        mounts={
            "/var/lib/postgresql": "volume postgres-data",
            "/run/secrets/certificate": "postgres",
            f"{SECRETS}/postgres_password": "postgres_password",
            f"{SECRETS}/database_password": "database_password",
        },
    ),
    "pgbouncer": Shape(
        user=10005,
        memory_mib=128,
        cpus=0.5,
        pids=50,
        grace_seconds=30,
        tmp_mib=128,
        mounts={
            "/run/secrets/certificate": "pgbouncer",
            f"{SECRETS}/database_password": "database_password",
        },
    ),
    "redis": Shape(
        user=10004,
        memory_mib=256,
        cpus=0.5,
        pids=50,
        grace_seconds=10,
        tmp_mib=128,
        mounts={f"{SECRETS}/redis_password": "redis_password"},
    ),
    "prometheus": Shape(
        user=10006,
        memory_mib=512,
        cpus=0.5,
        pids=100,
        grace_seconds=30,
        tmp_mib=128,
        mounts={"/var/lib/prometheus": "volume prometheus-data"},
    ),
    "simulator": Shape(
        user=10008,
        memory_mib=256,
        cpus=0.5,
        pids=100,
        grace_seconds=5,
        tmp_mib=128,
        mounts={
            f"{SECRETS}/{name}": SHOP[f"{SECRETS}/{name}"]
            for name in ("ca.crt", "sslcommerz_store_password", "sms_token")
        },
        published=frozenset({8090}),
    ),
}
JOBS = [name for name, shape in SHAPES.items() if shape.is_job]
SERVERS = [name for name in SHAPES if name not in JOBS]
