"""Run the simulator: `python -m simulator`. Exit 2 for a bad setting, 1 for a port that is taken, 0 when stopped."""

import asyncio
import os
import signal
import socket
import sys

import uvicorn

from simulator.app import create_app
from simulator.callbacks import callback_client
from simulator.outage import Outages
from simulator.settings import Settings, SettingsError, load_settings
from simulator.smtp import start_mail_server
from simulator.world import World

SHUTDOWN_PATIENCE_SECONDS = 1


class PortTakenError(Exception):
    """A port cannot be listened on; the text names its setting."""


def main() -> int:
    """Serve until SIGTERM or SIGINT; return the exit code."""
    try:
        settings = load_settings(os.environ)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    # uvicorn stops at these signals, then raises them again for whoever was there before it.
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, lambda *_: None)
    try:
        asyncio.run(serve(settings))
    except PortTakenError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


async def serve(settings: Settings) -> None:
    """Serve HTTP and SMTP until a signal; raise PortTakenError if a port cannot be had."""
    async with callback_client(settings) as callbacks:
        world = World(settings=settings, callbacks=callbacks, outages=Outages())
        listener = _listen(settings)
        try:
            mail_server = await start_mail_server(
                host=settings.host, port=settings.smtp_port, inbox=world.inbox, outages=world.outages
            )
        except OSError as error:
            listener.close()
            raise PortTakenError(f"SIMULATOR_SMTP_PORT: {error}") from None
        config = uvicorn.Config(
            create_app(world),
            lifespan="off",
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=SHUTDOWN_PATIENCE_SECONDS,
        )
        print(f"simulator: {settings.public_url}, mail on {settings.host}:{settings.smtp_port}", flush=True)
        try:
            await uvicorn.Server(config).serve(sockets=[listener])
        finally:
            mail_server.close()


def _listen(settings: Settings) -> socket.socket:
    try:
        listener = socket.create_server((settings.host, settings.port), backlog=2048)
    except OSError as error:
        raise PortTakenError(f"SIMULATOR_PORT: {error}") from None
    # Connections inherit it. asyncio would not set it on a socket made elsewhere, and answers would take 40 ms more.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


if __name__ == "__main__":
    sys.exit(main())
