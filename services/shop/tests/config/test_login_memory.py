"""Argon2id is sized so that a burst of logins fits into a small container: measured on the real web process."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx

from .conftest import Role

LOGINS = 20
BOUND_BYTES = 500 * 1024 * 1024
ONE_HASH_BYTES = 19 * 1024 * 1024


def test_twenty_parallel_logins_stay_under_500_mb(start_role: Callable[..., Role]) -> None:
    """Resident memory of web and its children grows by less, while all twenty hash at the same time."""
    web = start_role("web", WEB_THREADS=str(LOGINS), WEB_PROCESSES="1").ready()
    together = threading.Barrier(LOGINS)
    done = threading.Event()
    peak = 0

    def resident_bytes() -> int:
        return sum(process.memory_info().rss for process in web.family())

    def watch() -> None:
        nonlocal peak
        while not done.is_set():
            peak = max(peak, resident_bytes())

    def log_in(number: int) -> int:
        with httpx.Client(base_url=web.url, timeout=30) as browser:
            token = browser.get("/api/v1/account/session").json()["csrf_token"]
            together.wait()
            body = {"login": f"nobody{number}@example.com", "password": "some long password"}
            return browser.post(
                "/api/v1/account/login", json=body, headers={"x-csrftoken": token}
            ).status_code

    before = resident_bytes()
    watcher = threading.Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(LOGINS) as pool:
        statuses = [list(pool.map(log_in, range(LOGINS))) for _ in range(2)]
    done.set()
    watcher.join()

    assert statuses == [[401] * LOGINS] * 2
    assert peak - before < BOUND_BYTES
    assert (
        peak - before > 2 * ONE_HASH_BYTES
    )  # else nothing was hashed at the same time, and nothing measured
    print(f"grew by {(peak - before) / 1024 / 1024:.0f} MB")
