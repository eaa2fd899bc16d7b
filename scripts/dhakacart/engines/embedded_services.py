"""The processes of the embedded engine, with their environments, probes and addresses."""

import signal
import sys
from dataclasses import replace

from dhakacart.engines.demo_accounts import DEMO_ADMINISTRATOR, DEMO_CUSTOMER, DEMO_PASSWORD
from dhakacart.engines.protocol import Address
from dhakacart.operations.environment import from_the_shell, on_this_machine, read_environment_file
from dhakacart.operations.node import node_folder, path_with_node
from dhakacart.operations.paths import Checkout
from dhakacart.operations.ports import LOOPBACK, Ports
from dhakacart.operations.postgres import PostgresServer
from dhakacart.operations.probes import all_of, file_there, http_ok, port_open
from dhakacart.operations.redis import RedisServer
from dhakacart.operations.secrets import read_secret
from dhakacart.operations.service import Service


def shop_environment(checkout: Checkout, ports: Ports) -> dict[str, str]:
    """The environment contract for the shop's own processes."""
    return {
        **from_the_shell(),
        **on_this_machine(
            read_environment_file(checkout.local_environment_file),
            ports=ports,
            secrets=checkout.secrets,
            metrics=checkout.run / "metrics",
        ),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONUNBUFFERED": "1",
    }


def build_services(checkout: Checkout, ports: Ports) -> list[Service]:
    """Every process, with the names of those that it needs."""
    return [
        _postgres(checkout, ports),
        _redis(checkout, ports),
        _simulator(checkout, ports),
        *_shop(checkout, ports),
        _storefront(checkout, ports),
    ]


def addresses(ports: Ports) -> list[Address]:
    """The table that `make dev` ends with."""
    web = f"http://{LOOPBACK}:{ports.web}"
    storefront = f"http://{LOOPBACK}:{ports.storefront}"
    return [
        Address(
            "storefront",
            storefront,
            "the shop, reloading as you edit",
            f"{DEMO_CUSTOMER} / {DEMO_PASSWORD}",
        ),
        Address(
            "admin",
            f"{storefront}/admin/",
            "for staff: orders, stock, catalogue",
            f"{DEMO_ADMINISTRATOR} / {DEMO_PASSWORD}",
        ),
        Address("api", f"{web}/api/v1/openapi.json", "the API, described by its OpenAPI"),
        Address(
            "simulator",
            f"http://{LOOPBACK}:{ports.simulator_http}",
            "inbox of mail and SMS; the payment gateway",
        ),
        Address("metrics", f"http://{LOOPBACK}:{ports.web_metrics}/metrics", "Prometheus metrics of web"),
        Address(
            "postgres",
            f"postgresql://{LOOPBACK}:{ports.postgres}/dhakacart",
            "PostgreSQL 17",
            "make shell DB=1",
        ),
        Address(
            "redis",
            f"redis://{LOOPBACK}:{ports.redis}",
            "cache and broker (Valkey)",
            "password: secret file redis_password",
        ),
    ]


def postgres_server(checkout: Checkout, ports: Ports) -> PostgresServer:
    """This checkout's cluster."""
    return PostgresServer(
        folder=checkout.data / "postgres",
        port=ports.postgres,
        password=read_secret(checkout.secrets, "database_password"),
        superuser_password=read_secret(checkout.secrets, "postgres_password"),
        cache=checkout.cache,
        durable=True,
    )


def _postgres(checkout: Checkout, ports: Ports) -> Service:
    server = postgres_server(checkout, ports)
    return Service(
        name="postgres",
        what="PostgreSQL 17",
        command=server.command(),
        folder=checkout.data,
        environment=server.environment(),
        user=server.user,
        prepare=server.initialise,
        ready=server.ready,
        # A fast shutdown: SIGTERM would wait for every session to end by itself.
        stop_signal=signal.SIGINT,
        grace_seconds=20.0,
    )


def _redis(checkout: Checkout, ports: Ports) -> Service:
    server = RedisServer(
        folder=checkout.run, port=ports.redis, password=read_secret(checkout.secrets, "redis_password")
    )
    return Service(
        name="redis",
        what="cache and broker (Valkey)",
        command=server.command(),
        folder=checkout.run,
        environment=from_the_shell(),
        prepare=server.prepare,
        ready=server.answers,
    )


def _simulator(checkout: Checkout, ports: Ports) -> Service:
    shop = shop_environment(checkout, ports)
    return Service(
        name="simulator",
        what="payment gateway, SMS and mail",
        command=[sys.executable, "-m", "simulator"],
        folder=checkout.simulator,
        environment={
            **from_the_shell(),
            "PYTHONUNBUFFERED": "1",
            "SIMULATOR_HOST": LOOPBACK,
            "SIMULATOR_PORT": str(ports.simulator_http),
            "SIMULATOR_SMTP_PORT": str(ports.simulator_smtp),
            "SIMULATOR_STORE_ID": shop["SSLCOMMERZ_STORE_ID"],
            "SIMULATOR_SECRETS_DIR": str(checkout.secrets),
        },
        ready=all_of(http_ok(ports.simulator_http, "/healthz"), port_open(ports.simulator_smtp)),
    )


def _shop(checkout: Checkout, ports: Ports) -> list[Service]:
    environment = shop_environment(checkout, ports)
    ready = checkout.run / "ready"

    def role(name: str, metrics_port: int) -> Service:
        file = ready / name
        return Service(
            name=name,
            command=[sys.executable, "-m", "config.run", name],
            folder=checkout.shop,
            environment={**environment, "METRICS_PORT": str(metrics_port), "READY_FILE": str(file)},
            # Beside the seed, not after it: it is one transaction, and processors are idle while Python starts.
            after=("migrate",),
            ready=file_there(file),
            ready_file=file,
            grace_seconds=15.0,
        )

    migrate = Service(
        name="migrate",
        what="the database's schema",
        command=[sys.executable, "-m", "config.run", "migrate"],
        folder=checkout.shop,
        environment=environment,
        after=("postgres", "redis"),
        once=True,
    )
    seed = replace(
        migrate,
        name="seed",
        what="the demonstration shop, if it is not there yet",
        command=[sys.executable, "manage.py", "seed"],
        after=("migrate",),
    )
    web = replace(
        role("web", ports.web_metrics), what="API and admin (Granian)", ready=http_ok(ports.web, "/readyz")
    )
    worker = replace(role("worker", ports.worker_metrics), what="background tasks (Celery)")
    beat = replace(role("beat", ports.beat_metrics), what="periodic tasks (Celery beat)")
    return [migrate, seed, web, worker, beat]


def _storefront(checkout: Checkout, ports: Ports) -> Service:
    return Service(
        name="storefront",
        what="the shop in the browser (Vite)",
        # Vite itself, not `npm run dev`: npm dies of SIGTERM and leaves Vite behind.
        command=[str(node_folder() / "node"), "node_modules/vite/bin/vite.js"],
        folder=checkout.storefront,
        environment={
            **from_the_shell(),
            "PATH": path_with_node(),
            "API_ORIGIN": f"http://{LOOPBACK}:{ports.web}",
            "PORT": str(ports.storefront),
            "FORCE_COLOR": "0",
        },
        ready=http_ok(ports.storefront, "/"),
        grace_seconds=5.0,
    )
