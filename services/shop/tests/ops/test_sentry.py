"""Error reports: each error once, findable by its request, and nothing in it about a person."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from config.celery import app
from ops import context, sentry
from tests.config.conftest import SHOP, Role, start_role  # noqa: F401 - a fixture
from tests.ops.planted import (
    ADDRESS,
    BEARER,
    CLIENT,
    COOKIE,
    EMAIL,
    NAME,
    NAME_LATIN,
    PASSWORD,
    PHONE,
    PHONE_BANGLA,
    RESET_TOKEN,
    TOKEN,
    planted_in,
)
from tests.ops.receiver import Receiver

StartRole = Callable[..., Role]
REQUEST_ID = "request-of-the-test-1"
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"

HEADERS = {
    "Authorization": f"Bearer {BEARER}",
    "Cookie": f"session={COOKIE}",
    "X-Forwarded-For": CLIENT,
    "X-Customer": EMAIL,
    "User-Agent": f"Firefox of {NAME_LATIN}",
    "Referer": f"https://shop.example/orders/{TOKEN}",
    "X-Request-ID": REQUEST_ID,
    "traceparent": f"00-{TRACE_ID}-b7ad6b7169203331-01",
}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def with_dsn(receiver: Receiver, tmp_path: Path) -> dict[str, str]:
    """Environment of a role that reports to the receiver, and has the failing views and tasks."""
    folder = tmp_path / "secrets"
    shutil.copytree(os.environ["SECRETS_DIR"], folder)
    (folder / "sentry_dsn").write_text(receiver.dsn)
    return {
        "SECRETS_DIR": str(folder),
        "RELEASE": "release-7",
        "DJANGO_SETTINGS_MODULE": "tests.ops.probe_settings",
    }


def make_views_fail(web: Role, receiver: Receiver) -> None:
    """One error in the API, one in a view of Django's, and a last one, after which nothing more is to come."""
    with httpx.Client(base_url=web.url, headers=HEADERS) as client:
        contact = {"name": NAME, "phone": PHONE, "email": EMAIL, "address": ADDRESS, "password": PASSWORD}
        answers = [
            client.post(f"/probe/orders/{TOKEN}?q={NAME_LATIN}", json={**contact, "other": PHONE_BANGLA}),
            client.post(
                f"/probe/reset/MTIz/{RESET_TOKEN}",
                params={"address": f"{ADDRESS}, {NAME_LATIN}"},
                data={"password": PASSWORD, "phone": PHONE},
                headers={"X-CSRFToken": "x" * 32, "Cookie": "csrftoken=" + "x" * 32},
            ),
            client.get("/probe/last"),
        ]
    assert [answer.status_code for answer in answers] == [500, 500, 500]
    web.until(lambda: "the last" in receiver.text or bool(receiver.of("/probe/last")))


def test_an_error_of_a_view_arrives_once_without_personal_data(
    start_role: StartRole,  # noqa: F811
    with_dsn: dict[str, str],
    receiver: Receiver,
) -> None:
    """Findable by request, trace and route; of what was planted in body, query, headers and locals there is nothing."""
    web = start_role("web", **with_dsn).ready()

    make_views_fail(web, receiver)

    web.stop()
    [of_api] = receiver.of("/probe/orders/<token>")
    [of_django] = receiver.of("/probe/reset/<uid>/<token>")
    assert len(receiver.events) == 3
    for event in (of_api, of_django):
        assert event["tags"]["request_id"] == REQUEST_ID
        assert event["tags"]["trace_id"] == event["contexts"]["trace"]["trace_id"] == TRACE_ID
        assert (event["release"], event["environment"], event["level"]) == ("release-7", "test", "error")
    [error] = of_api["exception"]["values"]
    assert (error["type"], error["value"]) == ("RuntimeError", sentry.REDACTED)
    assert error["stacktrace"]["frames"][-1]["function"] == "fail_in_the_api"
    assert "raise RuntimeError" in error["stacktrace"]["frames"][-1]["context_line"]
    assert of_django["exception"]["values"][-1]["type"] == "KeyError"
    assert planted_in(receiver.text) == []


def test_the_sdk_as_it_comes_would_send_them(
    start_role: StartRole,  # noqa: F811
    with_dsn: dict[str, str],
    receiver: Receiver,
) -> None:
    """The pair of the test above: the same requests, the same receiver, everything planted is found."""
    web = start_role("web", SENTRY_AS_IT_COMES="1", **with_dsn).ready()

    make_views_fail(web, receiver)

    web.stop()
    assert set(planted_in(receiver.text)) >= {NAME, PHONE, EMAIL, ADDRESS, TOKEN, RESET_TOKEN, CLIENT}


def test_an_error_of_a_task_arrives_once_without_personal_data(
    start_role: StartRole,  # noqa: F811
    with_dsn: dict[str, str],
    receiver: Receiver,
) -> None:
    """From the pool's process, with the task's name and the trace of who sent it, without its arguments."""
    worker = start_role("worker", **with_dsn).ready()

    with context.span(traceparent=f"00-{TRACE_ID}-b7ad6b7169203331-01"):
        app.send_task("probe.fail", args=[NAME_LATIN], kwargs={"phone": PHONE})

    worker.until(lambda: bool(receiver.events))
    worker.stop()
    [event] = receiver.events
    assert event["transaction"] == event["tags"]["celery.task_name"] == "probe.fail"
    assert event["tags"]["trace_id"] == TRACE_ID
    assert event["exception"]["values"][-1]["type"] == "LookupError"
    assert planted_in(receiver.text) == []


def test_a_role_that_cannot_start_is_reported(receiver: Receiver, with_dsn: dict[str, str]) -> None:
    """An exception that ends the process, such as a lost database under ``migrate``, is sent before it is gone."""
    environment = {
        **os.environ,
        **with_dsn,
        "DATABASE_PORT": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }

    result = subprocess.run(
        [sys.executable, "-m", "config.run", "migrate"],
        cwd=SHOP,
        env=environment,
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert result.returncode != 0
    [event] = receiver.events
    assert event["exception"]["values"][-1]["type"] == "OperationalError"
    assert "127.0.0.1" not in receiver.text.replace(receiver.dsn.split("@")[1], "")


def test_a_server_that_does_not_answer_holds_up_nobody(
    start_role: StartRole,  # noqa: F811
    with_dsn: dict[str, str],
    receiver: Receiver,
) -> None:
    """Reports are sent by a thread of their own: the answer comes all the same."""
    receiver.close()
    web = start_role("web", **with_dsn).ready()

    answers = [httpx.get(web.url + "/probe/last", timeout=5) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [500, 500, 500]
    web.stop()


def test_without_a_dsn_the_sdk_is_not_even_imported() -> None:
    """It costs neither memory nor time where nobody listens."""
    program = "import sys; from ops import sentry; sentry.init(dsn=None, environment='', release=''); print('sentry_sdk' in sys.modules)"

    result = subprocess.run(
        [sys.executable, "-c", program], cwd=SHOP, capture_output=True, text=True, check=True, timeout=60
    )

    assert result.stdout.strip() == "False"
