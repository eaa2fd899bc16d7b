"""Time as the simulated parties write it."""

from datetime import UTC, datetime, timedelta, timezone

DHAKA = timezone(timedelta(hours=6), "Asia/Dhaka")  # no daylight saving time since 2009


def now() -> datetime:
    """The time now, aware, in UTC."""
    return datetime.now(UTC)


def gateway_time(moment: datetime) -> str:
    """`moment` as SSLCommerz writes it: `2016-05-08 15:53:49`, in Dhaka, without a zone."""
    return moment.astimezone(DHAKA).strftime("%Y-%m-%d %H:%M:%S")


def api_time(moment: datetime) -> str:
    """`moment` in RFC 3339, UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
