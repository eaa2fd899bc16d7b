"""What a container prints fills no disk: measured on the engine's own files."""

from pathlib import Path

from servers.container_shape import log_bound_bytes
from servers.containers import docker
from servers.production_shape import ProductionShop, inspect

LINE_BYTES = 8_000


def kept_bytes(production: ProductionShop, options: dict[str, str], printed_bytes: int) -> int:
    """How much the engine's files hold after a container with these log options has printed so much."""
    lines = printed_bytes // LINE_BYTES
    program = f"import sys; line = 'x' * {LINE_BYTES - 1} + chr(10)\nfor _ in range({lines}): sys.stdout.write(line)"
    image = production.inspect("web")["Image"]
    logging = [part for name, value in options.items() for part in ("--log-opt", f"{name}={value}")]
    container = docker(
        *("run", "--detach", "--network", "none", "--log-driver", "json-file", *logging),
        *("--entrypoint", "python", image, "-c", program),
    ).strip()
    try:
        assert docker("wait", container).strip() == "0"
        # The engine may be a machine of its own: its files are read where they are.
        folder = str(Path(inspect(container)["LogPath"]).parent)
        sizes = docker(
            *("run", "--rm", "--network", "none", "--user", "0:0", "--volume", f"{folder}:/logs:ro"),
            *("--entrypoint", "sh", image, "-c", "cat /logs/*-json.log* | wc -c"),
        )
    finally:
        docker("rm", "--force", "--volumes", container)
    return int(sizes)


def test_logs_are_bounded(production: ProductionShop) -> None:
    """A container with web's log options that prints half as much again as their bound: the engine's files stay below it."""
    options = production.inspect("web")["HostConfig"]["LogConfig"]["Config"]
    bound = log_bound_bytes(options)

    kept = kept_bytes(production, options, bound * 3 // 2)

    # A file is closed by the line that passes its bound.
    assert bound // 2 < kept <= bound + int(options["max-file"]) * 2 * LINE_BYTES


def test_logs_without_such_a_bound_are_not(production: ProductionShop) -> None:
    """The pair: with room for more, the same container's files hold all that it has printed."""
    printed = 60_000_000

    assert kept_bytes(production, {"max-size": "1g", "max-file": "1"}, printed) >= printed
