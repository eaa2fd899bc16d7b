"""What passes to the shop and what does not: addresses, ids, limits, headers, the log."""

import json
import re
import shutil
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from dhakacart.operations.waiting import wait_for

ECHO = "/api/v1/echo"
EVERYBODY = "0.0.0.0/0,::/0"
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_forwarded_headers_of_an_untrusted_client_are_dropped(edge):
    """The shop hears edge's word alone: the peer's address, https, and none of the client's claims."""
    claims = {
        "X-Forwarded-For": "1.2.3.4",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "evil.example",
        "X-Real-IP": "1.2.3.4",
        "Forwarded": "for=1.2.3.4",
    }
    with edge.client() as client:
        heard = client.get(ECHO, headers=claims).json()["headers"]

    assert "1.2.3.4" not in json.dumps(heard)
    assert "evil.example" not in json.dumps(heard)
    assert re.fullmatch(r"[0-9.]+", heard["x-forwarded-for"])
    assert heard["x-forwarded-proto"] == "https"


def test_a_trusted_proxy_says_who_the_client_is_and_only_the_last_untrusted_hop_counts(
    starter, secrets, shop
):
    """With a proxy in front that is trusted, its entry counts; what the client had written before it does not."""
    edge = starter.edge(
        secrets, web=shop, EDGE_TRUSTED_PROXIES="127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16"
    )
    with edge.client() as client:
        heard = client.get(ECHO, headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.7"}).json()["headers"]

    assert heard["x-forwarded-for"] == "203.0.113.7"


def test_proxy_protocol_says_who_the_client_is_when_its_sender_is_trusted(starter, secrets, shop):
    trusting = starter.edge(secrets, web=shop, EDGE_PROXY_PROTOCOL="on", EDGE_TRUSTED_PROXIES=EVERYBODY)
    wary = starter.edge(secrets, web=shop, EDGE_PROXY_PROTOCOL="on")

    believed, ignored = (
        json.loads(e.curl("--haproxy-protocol", "-H", "X-Forwarded-For: 1.2.3.4", e.url(ECHO)).stdout)[
            "headers"
        ]["x-forwarded-for"]
        for e in (trusting, wary)
    )

    assert believed == "127.0.0.1"  # what curl says: its own end of the connection
    assert ignored not in {"127.0.0.1", "1.2.3.4"}


def test_with_proxy_protocol_on_a_connection_without_it_is_refused_and_off_one_with_it(
    starter, secrets, shop, edge
):
    protocol = starter.edge(secrets, web=shop, EDGE_PROXY_PROTOCOL="on")

    assert protocol.curl(protocol.url("/healthz"), check=False).returncode != 0
    assert edge.curl("--haproxy-protocol", edge.url("/healthz"), check=False).returncode != 0
    assert protocol.curl("--haproxy-protocol", protocol.url("/healthz")).stdout == "ok\n"


def test_a_request_gets_an_id_and_a_trace_that_the_shop_hears_too(edge):
    with edge.client() as client:
        answer = client.get(ECHO)
    heard = answer.json()["headers"]

    assert re.fullmatch(r"[0-9a-f]{32}", heard["x-request-id"])
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", heard["traceparent"])
    assert answer.headers.get_list("x-request-id") == [heard["x-request-id"]]


def test_a_well_formed_id_and_trace_are_carried_on(edge):
    with edge.client() as client:
        heard = client.get(
            ECHO, headers={"X-Request-ID": "checkout-0001", "traceparent": TRACEPARENT}
        ).json()["headers"]

    assert (heard["x-request-id"], heard["traceparent"]) == ("checkout-0001", TRACEPARENT)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Request-ID": 'short"', "traceparent": "00-" + "0" * 32 + "-00f067aa0ba902b7-01"},
        {"X-Request-ID": "x" * 65, "traceparent": TRACEPARENT.upper()},
        {
            "X-Request-ID": 'quote-"-and-more',
            "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-" + "0" * 16 + "-01",
        },
    ],
    ids=["zero-trace", "too-long", "zero-span"],
)
def test_a_malformed_id_or_trace_is_replaced(edge, headers):
    with edge.client() as client:
        heard = client.get(ECHO, headers=headers).json()["headers"]

    assert re.fullmatch(r"[0-9a-f]{32}", heard["x-request-id"])
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", heard["traceparent"])
    assert heard["traceparent"] != headers["traceparent"]


@pytest.mark.parametrize(("language", "script"), [("en-GB", "Too many"), ("bn-BD,en", "অনেকবার")])
def test_a_client_above_its_rate_gets_a_problem_document(starter, secrets, shop, language, script):
    """429 in the shop's own shape and the client's language, with the time to wait; pages stay free."""
    edge = starter.edge(secrets, web=shop, EDGE_REQUESTS_PER_SECOND="1", EDGE_BURST="3")
    with edge.client(headers={"Accept-Language": language}) as client:
        answers = [client.get(ECHO) for _ in range(12)]
        page = client.get("/")

    refused = [answer for answer in answers if answer.status_code != 200]
    assert [answer.status_code for answer in answers[:4]] == [200] * 4
    assert {answer.status_code for answer in refused} == {429}
    _assert_problem(refused[0], status=429, code="rate_limited")
    assert refused[0].json()["detail"].startswith(script)
    assert int(refused[0].headers["retry-after"]) >= 1
    assert page.status_code == 200


def test_the_gateways_notifications_are_not_held_to_a_shoppers_rate(starter, secrets, shop):
    edge = starter.edge(secrets, web=shop, EDGE_REQUESTS_PER_SECOND="1", EDGE_BURST="1")
    with edge.client() as client:
        statuses = {
            client.post("/api/v1/payments/sslcommerz/ipn", data={"a": "b"}).status_code for _ in range(30)
        }

    assert statuses == {200}


@pytest.mark.parametrize(
    ("setting", "path"),
    [
        ("EDGE_CATALOGUE_REQUESTS_PER_SECOND", "/api/v1/catalog/products"),
        ("EDGE_FILE_REQUESTS_PER_SECOND", "/static/admin.css"),
        ("EDGE_FILE_REQUESTS_PER_SECOND", f"/pictures/{'a' * 64}.svg"),
    ],
    ids=["catalogue", "static", "pictures"],
)
def test_pages_and_files_have_a_rate_of_their_own_which_is_limited_too(starter, secrets, shop, setting, path):
    """A mobile operator's shoppers share an address: far more than the API's rate passes, but not everything."""
    generous = starter.edge(secrets, web=shop, EDGE_REQUESTS_PER_SECOND="1", EDGE_BURST="1")
    narrow = starter.edge(secrets, web=shop, **{setting: "1"})
    with generous.client() as client:
        assert {client.get(path).status_code for _ in range(100)} == {200}

    narrow.curl("--parallel", "--output", "/dev/null", narrow.url(f"{path}?[1-2500]"))

    statuses = {line["http.response.status_code"] for line in narrow.log()}
    assert statuses == {200, 429}


def test_the_admin_takes_few_of_one_client_at_once(starter, secrets, shop):
    """Its bodies are the only ones that fill a file, and files there are memory."""
    edge = starter.edge(secrets, web=shop)
    with edge.client() as client, ThreadPoolExecutor(30) as pool:
        statuses = list(pool.map(lambda i: client.get(f"/admin/?delay=2&case={i}").status_code, range(30)))

    assert sorted(statuses) == [200] * 20 + [429] * 10


def test_a_client_with_too_many_connections_is_refused(starter, secrets, shop):
    edge = starter.edge(secrets, web=shop, EDGE_CONNECTIONS_PER_CLIENT="4")
    with edge.client() as client, ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(lambda i: client.get(f"{ECHO}?delay=1&case={i}").status_code, range(12)))

    assert sorted(statuses) == [200] * 4 + [429] * 8


@pytest.mark.parametrize("declared", [True, False], ids=["content-length", "chunked"])
@pytest.mark.parametrize(("path", "most"), [(ECHO, 64 * 1024), ("/admin/", 256 * 1024)])
def test_a_body_above_the_limit_is_refused_before_the_shop_hears_it(edge, declared, path, most):
    """Without shoppers' bodies ever being written to a file."""
    body = b"x" * (most + 1024)
    path = f"{path}?case=large-{declared}"
    with edge.client() as client:
        answer = client.post(path, content=body if declared else iter([body]))
        fits = client.post(path, content=body[:most])

    _assert_problem(answer, status=413, code="request_too_large")
    assert (fits.json()["count"], fits.json()["body_bytes"]) == (1, most)


def test_a_shop_that_is_gone_is_a_problem_document(starter, secrets):
    """Also when its name was never known: edge starts, and says so to whoever asks."""
    edge = starter.edge(secrets, web="nowhere")
    with edge.client() as client:
        answer = client.get(ECHO)

    _assert_problem(answer, status=502, code="temporarily_unavailable")
    assert answer.headers["retry-after"] == "5"


def test_the_shops_own_refusals_pass_as_they_are(edge):
    with edge.client() as client:
        answer = client.get(f"{ECHO}?status=503")

    assert (answer.status_code, answer.json()["name"]) == (503, "upstream")


def test_pages_have_the_security_headers(edge):
    """No script or style of the page's own text may run, nothing may frame it, HTTPS for a year."""
    with edge.client() as client:
        headers = client.get("/").headers

    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["strict-transport-security"].startswith("max-age=31536000")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "server" not in headers or not re.search(r"\d", headers["server"])


def test_hsts_can_be_left_out(starter, secrets, shop):
    """On a laptop it would force HTTPS upon everything else on localhost."""
    edge = starter.edge(secrets, web=shop, HSTS_SECONDS="0")
    with edge.client() as client:
        assert "strict-transport-security" not in client.get("/").headers
        assert "strict-transport-security" not in client.get(ECHO).headers


def test_the_storefront_of_development_is_behind_the_same_edge(starter, secrets, shop):
    """With STOREFRONT_UPSTREAM pages come from Vite, the API still from the shop."""
    starter.upstream("vite", NAME="vite")
    edge = starter.edge(secrets, web=shop, STOREFRONT_UPSTREAM="vite:8000")
    with edge.client() as client:
        assert client.get("/src/main.tsx").json()["name"] == "vite"
        assert client.get(ECHO).json()["name"] == "upstream"


def test_a_request_is_one_json_line_with_the_ids_and_without_secrets(edge, wait_until):
    """The line has what an investigation needs; tokens in paths and queries are not in it."""
    with edge.client() as client:
        client.get(
            f"{ECHO}?case=log&secret=hunter2",
            headers={
                "X-Request-ID": "log-line-1",
                "traceparent": TRACEPARENT,
                "User-Agent": 'a "quoted" agent',
            },
        )
        client.get("/api/v1/orders/tok-hunter2/payment", headers={"X-Request-ID": "log-line-2"})
        client.get("/account/reset/MQ/hunter2", headers={"X-Request-ID": "log-line-3"})
    lines = wait_until(
        lambda: (
            len(found := [line for line in edge.log() if str(line.get("request_id")).startswith("log-line-")])
            == 3
            and found
        ),
        "three lines",
    )

    first = lines[0]
    assert first["service"] == "edge"
    assert first["trace_id"] == TRACEPARENT.split("-")[1]
    assert (first["http.request.method"], first["url.path"], first["http.response.status_code"]) == (
        "GET",
        ECHO,
        200,
    )
    assert first["user_agent.original"] == 'a "quoted" agent'
    assert first["duration_seconds"] >= 0
    assert first["network.protocol"] == "HTTP/1.1"
    assert first["tls.protocol"].startswith("TLSv1.")
    assert [line["url.path"] for line in lines[1:]] == ["/api/v1/orders/-/payment", "/account/reset/-"]
    assert "hunter2" not in json.dumps(lines)


def test_metrics_stand_on_a_port_of_their_own(edge):
    """Prometheus reads them there; the public port has none of it."""
    metrics = httpx.get(f"http://127.0.0.1:{edge.port(9113)}/metrics").text
    with edge.client() as client:
        public = client.get("/stub_status")

    assert re.search(r"^nginx_connections_active \d+$", metrics, re.MULTILINE)
    assert "Active connections" not in public.text


def test_requests_are_counted_for_whoever_scales_the_shop(edge):
    """A counter, which no variable of nginx is: it rises by what was asked, and nobody outside sees where it stands."""
    url = f"http://127.0.0.1:{edge.port(9113)}"

    def counted() -> int:
        found = re.search(
            r"^nginx_http_requests_total (\d+)$", httpx.get(f"{url}/metrics").text, re.MULTILINE
        )
        return int(found[1]) if found else -1

    assert wait_for(lambda: counted() >= 0, timeout_seconds=20)
    before = counted()
    with edge.client() as client:
        for _ in range(50):
            client.get("/healthz")

    assert wait_for(lambda: counted() >= before + 50, timeout_seconds=20)
    assert httpx.get(f"{url}/requests").status_code == 404


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EDGE_BURST", "many"),
        ("PUBLIC_URL", "http://plain.example"),
        ("PUBLIC_URL", 'https://x";return 200 "'),
        ("WEB_UPSTREAM", "web"),
        ("EDGE_PROXY_PROTOCOL", "yes"),
        ("EDGE_TRUSTED_PROXIES", "everyone; "),
    ],
)
def test_a_malformed_value_stops_edge_with_one_line_that_names_it(images, secrets, run_edge, name, value):
    result = run_edge(secrets, **{name: value})

    assert result.returncode == 78
    assert result.stderr.count("\n") == 1
    assert name in result.stderr


def test_a_missing_certificate_stops_edge_with_one_line_that_names_it(images, tmp_path, run_edge):
    (tmp_path / "edge").mkdir()
    (tmp_path / "tickets").mkdir()

    result = run_edge(tmp_path)

    assert result.returncode == 78
    assert result.stderr.count("\n") == 1
    assert "/run/secrets/certificate/tls.crt" in result.stderr


@pytest.mark.parametrize("content", [None, b""], ids=["missing", "empty"])
def test_a_missing_ticket_key_stops_edge_with_one_line_that_names_it(
    images, secrets, tmp_path, run_edge, content
):
    """Without it nginx would make keys of its own, and a session would resume at no other replica."""
    own = tmp_path / "own"
    shutil.copytree(secrets, own)
    key = own / "tickets" / "current.key"
    key.unlink()
    if content is not None:
        key.write_bytes(content)

    result = run_edge(own)

    assert result.returncode == 78
    [line] = result.stderr.splitlines()
    assert line.startswith("edge: secret file /run/secrets/tickets/current.key is missing ")
    assert line.endswith(": run dhakacart secrets init")


def _assert_problem(answer, *, status, code):
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    document = answer.json()
    assert (document["status"], document["code"], document["type"]) == (
        status,
        code,
        f"urn:dhakacart:problem:{code}",
    )
    assert set(document["messages"]) == {"en", "bn"}
    assert document["detail"] in document["messages"].values()
    assert document["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("limits", "connections"), [("1024:4096", 2048), ("1024:18000", 8192)], ids=["few", "many"]
)
def test_it_takes_the_open_files_that_its_container_may_have(
    starter, secrets, shop, docker, limits, connections
):
    """Nothing is asked for that the container has not: no alert in the log, and connections within the limit."""
    edge = starter.edge(secrets, web=shop, options=["--ulimit", f"nofile={limits}"])

    assert not [line for line in docker("logs", edge.name, both=True).splitlines() if "[" in line[:40]]
    [limit] = re.findall(r"Max open files +(\d+)", docker("exec", edge.name, "cat", "/proc/1/limits"))
    assert limit == limits.partition(":")[2]
    assert f"worker_connections {connections};" in docker("exec", edge.name, "cat", "/tmp/edge/events.conf")
