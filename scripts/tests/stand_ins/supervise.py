"""Runs a Supervisor over services described in a JSON file; prints its events as JSON lines. For the tests."""

import asyncio
import json
import sys
from pathlib import Path

from dhakacart.operations.environment import from_the_shell
from dhakacart.operations.events import Event
from dhakacart.operations.identity import Identity
from dhakacart.operations.ports import Ports
from dhakacart.operations.probes import file_there
from dhakacart.operations.service import Service
from dhakacart.operations.state import State, StateFolder
from dhakacart.operations.supervisor import Supervisor


def main(spec: Path) -> int:
    folder = spec.parent
    run = StateFolder(folder / "run")
    run.acquire()
    state = State(supervisor=Identity.of_this_process(), ports=Ports(), isolated=False)

    def show(event: Event) -> None:
        print(event.to_line(), end="", flush=True)

    def remember(processes: list[Identity]) -> None:
        state.processes = processes
        run.write(state)

    services = []
    for values in json.loads(spec.read_text()):
        ready_file = folder / values.pop("ready_file") if "ready_file" in values else None
        code = values.pop("code")
        services.append(
            Service(
                **{**values, "after": tuple(values.get("after", ()))},
                command=[sys.executable, "-u", "-c", code],
                folder=folder,
                environment=from_the_shell(),
                ready_file=ready_file,
                ready=file_there(ready_file) if ready_file else None,
            )
        )

    async def run_all() -> int:
        return await Supervisor(services, logs=folder / "logs", on_event=show, on_change=remember).run()

    return asyncio.run(run_all())


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
