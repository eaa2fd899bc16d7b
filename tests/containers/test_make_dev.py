"""`make dev ENGINE=containers` on a real engine: it comes up, sells, is paid, and goes without a trace."""

import json
import secrets
import subprocess
from pathlib import Path

import pytest
from servers.containers import ContainerShop, docker
from servers.gateway import approve_without_browser
from servers.inbox import Inbox
from servers.process import eventually
from servers.shopper import Shopper

PAID_SECONDS = 60.0


def test_it_comes_up_and_the_second_time_only_checks(copied: ContainerShop) -> None:
    """Every service is told and ready, the addresses answer by HTTPS, a second call finds it running."""
    first = copied.dev()
    assert first.returncode == 0, first.stdout[-6000:]
    for name in (
        "postgres",
        "pgbouncer",
        "redis",
        "migrate",
        "seed",
        "web",
        "worker",
        "beat",
        "edge",
        "storefront",
    ):
        assert f"✓ {name}" in first.stdout
    urls = copied.urls()
    assert urls["storefront"] in first.stdout

    with copied.client(timeout=20) as client:
        assert client.get("/").status_code == 200
        assert client.get("/api/v1/catalog/products").json()["items"]
        assert client.get("/admin/login/").status_code == 200
        plain = client.get(f"{urls['plain']}/p/x")
        assert (plain.status_code, plain.headers["location"]) in {
            (status, f"{urls['storefront']}/p/x") for status in (301, 308)
        }

    again = copied.dev()
    assert again.returncode == 0, again.stdout
    assert "already running" in again.stdout
    assert copied.urls() == urls


def test_an_order_is_confirmed_by_mail(running: ContainerShop) -> None:
    """Cash on delivery through edge: the confirmation passes the outbox, the worker and the mail server."""
    with Shopper(running) as shopper:
        order = shopper.buy(shopper.browse())

        message = Inbox(running.urls()["simulator"]).wait_for(to=shopper.email, containing=order["number"])

    assert running.urls()["storefront"] in message.text


def test_the_gateways_notification_reaches_the_shop(running: ContainerShop) -> None:
    """A payment that no browser reports is known by the notification alone, through edge, verified by TLS."""
    simulator = running.urls()["simulator"]
    with Shopper(running) as shopper:
        # given an order whose payment page is open
        order = shopper.buy(shopper.browse(), payment_method="sslcommerz")
        redirect = shopper.post(f"/orders/{order['token']}/payment").json()["redirect_url"]
        assert redirect.startswith(f"{simulator}/gateway/pay/")

        # when it is approved, and the browser never comes back
        paid = approve_without_browser(simulator, redirect)

        # then the notification was taken, and the order is paid
        assert [delivery["status_code"] for delivery in paid["ipn"]] == [200], paid["ipn"]
        eventually(
            "the order is paid",
            lambda: shopper.get(f"/orders/{order['token']}").json()["payment"]["status"] == "paid",
            seconds=PAID_SECONDS,
        )


def test_sessions_behind_pgbouncer_have_the_shops_limits(running: ContainerShop) -> None:
    """What the shop sends as start-up options is lost there; the database's own defaults are the same."""
    program = (
        "from django.db import connection as c; from django.conf import settings as s; k = c.cursor();"
        "print({n: (k.execute('SELECT setting::int FROM pg_settings WHERE name = %s', [n]), k.fetchone()[0])[1]"
        " for n in s.DATABASE_LIMITS_MILLISECONDS} == s.DATABASE_LIMITS_MILLISECONDS, s.DATABASES['default']['HOST'])"
    )
    command = running.stack.command(
        "exec", "-T", "web", "python", "manage.py", "shell", "--no-imports", "-c", program
    )

    result = subprocess.run(
        command, env=running.stack.environment(), capture_output=True, text=True, timeout=60, check=False
    )

    assert result.stdout.split() == ["True", "pgbouncer"], result.stderr


def test_verbs_reach_into_the_containers(running: ContainerShop) -> None:
    """seed finds its data, manage writes as this user where the sources are, logs are those of the containers."""
    assert running.run("seed").returncode == 0
    made = running.run("manage", "makemigrations", "--check", "--dry-run")
    assert made.returncode == 0, made.stdout
    written = running.run("manage", "makemigrations", "ops", "--empty", "--name", "probe")
    assert written.returncode == 0, written.stdout
    [migration] = (running.checkout.shop / "ops" / "migrations").glob("*_probe.py")
    assert migration.owner() == Path(running.checkout.root).owner()
    migration.unlink()
    assert "web        │" in running.run("logs", "web").stdout
    assert running.run("logs", "nothing").returncode == 2


def test_down_leaves_the_data_alone_and_nothing_else(running: ContainerShop) -> None:
    """No container and no network stays; the volumes do, and what was sold is still sold."""
    with Shopper(running) as shopper:
        order = shopper.buy(shopper.browse())

    assert running.run("down").returncode == 0
    left = running.left()
    assert (left["containers"], left["networks"]) == ([], [])
    assert f"{running.stack.project}_postgres-data" in left["volumes"]
    assert running.run("urls").returncode == 1
    # Needs no container, so it asks for none.
    assert running.run("manage", "makemigrations", "--check", "--dry-run").returncode == 0

    running.up()
    with Shopper(running) as shopper:
        assert shopper.get(f"/orders/{order['token']}").json()["number"] == order["number"]


def stopped_with_data(shop: ContainerShop) -> None:
    """Nothing runs, and there are a database's files."""
    if f"{shop.stack.project}_postgres-data" not in shop.left()["volumes"]:
        shop.up()
    shop.run("down")


def refusal(shop: ContainerShop) -> str:
    """The one line of a start that fails; nothing of it is left."""
    result = shop.dev()
    assert result.returncode == 1, result.stdout[-3000:]
    [line] = [line for line in result.stdout.splitlines() if line.startswith(("✗", "error: "))]
    left = shop.left()
    assert (left["containers"], left["networks"]) == ([], [])
    return line


def test_a_failing_build_is_told(copied: ContainerShop) -> None:
    """The image, and where its output is; nothing starts."""
    copied.run("down")
    dockerfile = copied.checkout.root / "services" / "redis" / "Dockerfile"
    good = dockerfile.read_text()
    try:
        dockerfile.write_text(good.replace("USER ${USER_ID}", "RUN echo no more; false\nUSER ${USER_ID}", 1))
        line = refusal(copied)
    finally:
        dockerfile.write_text(good)

    assert "image dhakacart/redis:local was not built" in line
    assert "make logs SERVICE=build-redis" in line


def test_data_of_another_password_are_told(copied: ContainerShop) -> None:
    """Secrets that were lost: the line says so and what helps; with the old secret it works again."""
    stopped_with_data(copied)
    secret = copied.checkout.secrets / "database_password"
    password = secret.read_text()
    try:
        secret.chmod(0o644)
        secret.write_text("development-only-another")
        line = refusal(copied)
    finally:
        secret.write_text(password)
        secret.chmod(0o444)

    assert "the data were made with another password" in line
    assert "make reset" in line


def test_data_of_another_major_version_are_told(copied: ContainerShop) -> None:
    """A volume of PostgreSQL 16: which is which, and what helps."""
    stopped_with_data(copied)
    volume = f"{copied.stack.project}_postgres-data:/data"

    def version(number: str) -> None:
        write = f"echo {number} > /data/data/PG_VERSION"
        docker(
            "run",
            "--rm",
            "--user",
            "10003:10003",
            "--volume",
            volume,
            "--entrypoint",
            "sh",
            "dhakacart/postgres:local",
            "-c",
            write,
        )

    try:
        version("16")
        line = refusal(copied)
    finally:
        version("17")

    assert "is of PostgreSQL 16, this is PostgreSQL 17" in line
    assert "make reset" in line


def test_a_value_that_breaks_the_contract_is_told(copied: ContainerShop) -> None:
    """A malformed value in shop.env: the shop's own line, and nothing is left."""
    copied.run("down")
    path = copied.checkout.local_environment_file
    good = path.read_text()
    try:
        path.write_text(good.replace("WEB_THREADS=4", "WEB_THREADS=many"))
        line = refusal(copied)
    finally:
        path.write_text(good)

    assert "environment contract: variable WEB_THREADS is malformed" in line


def test_a_taken_port_is_told(copied: ContainerShop) -> None:
    """The fixed port is held by a container: its name, and the way out."""
    copied.run("down")
    name = f"dhakacart-holder-{secrets.token_hex(4)}"
    try:
        docker(
            "run",
            "--detach",
            "--name",
            name,
            "--publish",
            "127.0.0.1:8443:9",
            "debian:trixie-slim",
            "sleep",
            "300",
        )
    except AssertionError as error:
        docker("rm", "--force", name)
        pytest.skip(f"port 8443 of this machine is in use: {error}")
    try:
        result = copied.run("dev", "--engine", "containers", "--detach")
    finally:
        docker("rm", "--force", name)

    assert result.returncode == 1
    assert f"port 8443 is held by container {name}" in result.stdout
    assert "ISOLATED=1" in result.stdout


def test_reset_removes_the_data_too(running: ContainerShop) -> None:
    """Nothing of the project is left on the engine, nor a secret in the checkout."""
    assert running.run("reset", "--yes").returncode == 0

    assert running.left() == {"containers": [], "networks": [], "volumes": []}
    assert not running.checkout.secrets.exists()
    assert json.loads((running.checkout.root / "services" / "storefront" / "package.json").read_text())
