"""Options that several verbs share: each also comes as a variable, which is how make passes it on."""

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", envvar="JSON", help="Print JSON for another program to read.")]
Isolated = Annotated[
    bool, typer.Option("--isolated", envvar="ISOLATED", help="Take free ports, to run beside others.")
]
EngineName = Annotated[
    str, typer.Option("--engine", envvar="ENGINE", help="How to run it; chosen when not given.")
]
Yes = Annotated[bool, typer.Option("--yes", envvar="YES", help="Do not ask.")]
OverlayName = Annotated[
    str,
    typer.Option("--overlay", envvar="OVERLAY", help="A folder of k8s/overlays: local, staging, production."),
]
