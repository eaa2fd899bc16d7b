"""The micro-cache, compression, and the storefront's files."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

CATALOGUE = "/api/v1/catalog/products"
PICTURE = f"/pictures/{'0123456789abcdef' * 4}.svg"


@pytest.fixture
def second_passed(wait_until):
    """Returns when what the cache held at the call is older than its second, seen by a page of the test's own."""

    def passed(client):
        path = f"{CATALOGUE}?case=clock-{uuid.uuid4().hex}"
        client.get(path)
        wait_until(lambda: client.get(path).json()["count"] == 2, "the second has passed")

    return passed


def test_anonymous_catalogue_reads_are_answered_from_the_cache_for_a_second(edge, wait_until):
    """The shop hears the first; a second later it is asked again, whatever lifetime it states for browsers."""
    with edge.client() as client:
        answers = [client.get(f"{CATALOGUE}?case=second") for _ in range(5)]
        assert [answer.json()["count"] for answer in answers] == [1] * 5
        assert [answer.headers["x-cache"] for answer in answers] == ["MISS"] + ["HIT"] * 4

        wait_until(
            lambda: client.get(f"{CATALOGUE}?case=second").json()["count"] == 2, "the second has passed"
        )


def test_nobody_is_given_an_answer_that_is_older_because_nobody_asked(edge, second_passed):
    """After a pause the first request waits for the shop's new answer, instead of getting the old one."""
    path = f"{CATALOGUE}?case=pause"
    with edge.client() as client:
        assert client.get(path).json()["count"] == 1
        second_passed(client)
        after = client.get(path)

    assert (after.json()["count"], after.headers["x-cache"]) == (2, "EXPIRED")


def test_a_product_that_was_taken_out_is_gone_at_the_edge_too(edge, second_passed):
    """The shop's 404 replaces the page, and is itself kept for a second."""
    path = f"{CATALOGUE}/withdrawn?gone_after=1"
    with edge.client() as client:
        assert client.get(path).status_code == 200
        second_passed(client)
        answers = [client.get(path) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert [answer.headers["x-cache"] for answer in answers] == ["EXPIRED", "HIT", "HIT"]


def test_a_crowd_becomes_one_request_to_the_shop(edge):
    """Twenty at once for a page that takes half a second: the shop is asked once."""
    path = f"{CATALOGUE}?case=crowd&delay=0.5"
    with edge.client() as client, ThreadPoolExecutor(20) as pool:
        counts = list(pool.map(lambda _: client.get(path).json()["count"], range(20)))

    assert counts == [1] * 20


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": "session=abc"},
        {"Cookie": "theme=dark; __Host-session=abc"},
        {"Authorization": "Bearer abc"},
    ],
    ids=["session", "host-session", "authorization"],
)
def test_who_has_a_session_never_meets_the_cache(edge, headers):
    """Neither is such a request answered from it, nor is its answer kept for others."""
    path = f"{CATALOGUE}?case=personal-{len(str(headers))}"
    with edge.client() as client:
        assert [client.get(path, headers=headers).json()["count"] for _ in range(3)] == [1, 2, 3]
        anonymous = client.get(path)

    assert anonymous.json()["count"] == 4
    assert anonymous.headers["x-cache"] == "MISS"


def test_a_cookie_that_is_no_session_does_not_matter(edge):
    path = f"{CATALOGUE}?case=other-cookie"
    with edge.client() as client:
        assert [
            client.get(path, headers={"Cookie": "mysession=1; theme=dark"}).json()["count"] for _ in range(2)
        ] == [1, 1]


def test_an_answer_that_sets_a_cookie_is_not_kept(edge):
    path = f"{CATALOGUE}?case=sets&cookie=1"
    with edge.client() as client:
        counts = []
        for _ in range(2):
            client.cookies.clear()
            counts.append(client.get(path).json()["count"])

    assert counts == [1, 2]


@pytest.mark.parametrize("path", ["/api/v1/orders/abc", "/api/v1/account/session", "/admin/"])
def test_nothing_else_is_cached(edge, path):
    with edge.client() as client:
        first, second = (client.get(f"{path}?case=else") for _ in range(2))

    assert second.json()["count"] == first.json()["count"] + 1
    assert "x-cache" not in second.headers


def test_unsafe_methods_reach_the_shop_each_time(edge):
    path = f"{CATALOGUE}?case=post"
    with edge.client() as client:
        assert [client.post(path, content=b"x").json()["count"] for _ in range(2)] == [1, 2]


def test_stale_pages_are_served_while_the_shop_is_down_and_the_next_shop_is_found_at_its_new_address(
    starter, secrets, wait_until
):
    """A catalogue page seen before outlives the shop; what was never seen is an error; a new address needs no restart."""
    first = starter.upstream("moving", NAME="first")
    edge = starter.edge(secrets, web="moving")
    with edge.client() as client:
        assert client.get(CATALOGUE).json()["name"] == "first"

        starter.remove(first)
        stale = wait_until(
            lambda: (a := client.get(CATALOGUE)).headers["x-cache"] in {"STALE", "UPDATING"} and a,
            "a stale answer",
        )
        assert (stale.status_code, stale.json()["name"]) == (200, "first")
        assert client.get("/api/v1/orders/abc").status_code in {
            502,
            504,
        }  # refused, or nobody there to refuse

        starter.upstream("squatter")  # takes the address that the first one had
        starter.upstream("moving", NAME="second")
        wait_until(lambda: client.get("/api/v1/orders/abc").status_code == 200, "the new address is found")
        wait_until(lambda: client.get(CATALOGUE).json()["name"] == "second", "a fresh answer")


def test_errors_of_the_shop_do_not_replace_what_was_good(edge, wait_until):
    """A 500 is never kept."""
    with edge.client() as client:
        counts = [client.get(f"{CATALOGUE}?case=error&status=500").json()["count"] for _ in range(2)]

    assert counts == [1, 2]


def test_a_picture_is_asked_for_once_and_what_can_be_none_never(edge):
    """Its name is its content's digest, so it never changes; any other name stays at edge."""
    with edge.client() as client:
        assert [client.get(PICTURE).json()["count"] for _ in range(3)] == [1, 1, 1]
        names = ["", "x.svg", "A" * 64 + ".svg", "a" * 64 + ".png"]
        assert [client.get(f"/pictures/{name}").status_code for name in names] == [404] * len(names)

    asked = [line["url.path"] for line in edge.log() if line["upstream.status"]]
    assert [path for path in asked if path.startswith("/pictures/")] == [PICTURE]


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_answers_are_compressed_as_the_client_can_read(edge, coding):
    path = f"/api/v1/orders/abc?padding=4000&case={coding}"
    with edge.client() as client:
        with client.stream("GET", path, headers={"Accept-Encoding": coding}) as answer:
            raw = b"".join(answer.iter_raw())
        plain = client.get(path, headers={"Accept-Encoding": "identity"})

    assert answer.headers["content-encoding"] == coding
    assert "accept-encoding" in answer.headers["vary"].lower()
    assert len(raw) < len(plain.content) / 4
    assert plain.json()["headers"].get("accept-encoding", "") == ""  # the shop itself does not compress


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_built_files_are_served_as_they_were_compressed_at_the_build(edge, docker, asset, coding):
    """Byte for byte the file beside the original, so no processor time goes into it."""
    suffix = {"br": "br", "gzip": "gz"}[coding]
    with edge.client() as client, client.stream("GET", asset, headers={"Accept-Encoding": coding}) as answer:
        raw = b"".join(answer.iter_raw())

    assert answer.headers["content-encoding"] == coding
    assert len(raw) == int(docker("exec", edge.name, "stat", "-c", "%s", f"/srv/storefront{asset}.{suffix}"))


def test_assets_are_immutable_and_pages_are_asked_for_again(edge, asset):
    with edge.client() as client:
        assert client.get(asset).headers["cache-control"] == "public, max-age=31536000, immutable"
        for page in ("/", "/c/phones", "/orders/abc?payment=success"):
            answer = client.get(page)
            assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
            assert '<div id="root">' in answer.text


def test_a_missing_asset_is_not_a_page(edge):
    """A page in place of a script would break the shop until the cache forgets it."""
    with edge.client() as client:
        answer = client.get("/assets/gone-12345678.js")

    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("cache-control", "")


@pytest.mark.parametrize(
    "path", ["/.vite/manifest.json", "/..%2f..%2fetc/passwd", "/assets/../../etc/passwd"]
)
def test_nothing_beside_the_files_is_served(edge, path):
    result = edge.curl("--path-as-is", "-w", "\n%{http_code}", edge.url(path))

    assert "root:" not in result.stdout
    assert '"file"' not in result.stdout
    assert result.stdout.rpartition("\n")[2] in {"400", "404"} or '<div id="root">' in result.stdout
