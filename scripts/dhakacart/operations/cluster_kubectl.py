"""kubectl, always with a context and a namespace of its own, and what its failures mean to people."""

import json
import os
import re
import subprocess
from dataclasses import dataclass
from typing import Any

from dhakacart.operations.environment import from_the_shell
from dhakacart.operations.kustomize import kubectl_program
from dhakacart.operations.problem import ProblemError

_ANSWER_SECONDS = 5.0
_COMMAND_SECONDS = 60.0
# What kubectl, and the log-in programs that a cloud's kubeconfig names, may take from the shell.
_FOR_KUBECTL = re.compile(r"KUBECONFIG$|XDG_|DIGITALOCEAN_|(https?|no)_proxy$", re.I)
# Words of kubectl (lower case), what they mean, and the way out.
_KNOWN = (
    (
        (
            "connection refused",
            "no such host",
            "i/o timeout",
            "context deadline exceeded",
            "client.timeout exceeded",
            "network is unreachable",
            "no route to host",
            "tls handshake timeout",
            "was refused - did you specify",
            "unable to connect to the server",
        ),
        "the cluster of context {context} does not answer",
        "start it, or choose another: kubectl config use-context",
    ),
    (
        # EOF: without credentials it asks for a user's name, on a terminal that it does not get.
        ("must be logged in to the server", "unauthorized", "error: eof"),
        "the cluster of context {context} does not know this user",
        "log in anew; kubectl --context {context} get namespaces shows it",
    ),
)


def kubectl_environment() -> dict[str, str]:
    """The few variables of this process that kubectl may have."""
    return {
        **from_the_shell(),
        **{name: value for name, value in os.environ.items() if _FOR_KUBECTL.match(name)},
    }


@dataclass(frozen=True)
class Kubectl:
    """One namespace of one context: every command names both, whatever kubectl's current context is."""

    context: str
    namespace: str

    def command(self, *arguments: str) -> list[str]:
        return [kubectl_program(), "--context", self.context, "--namespace", self.namespace, *arguments]

    def call(
        self, *arguments: str, given: str | None = None, timeout_seconds: float = _COMMAND_SECONDS
    ) -> str:
        """Standard output; `given` is its standard input. Raises ProblemError in people's words where they are known."""
        result = self.run(*arguments, given=given, timeout_seconds=timeout_seconds)
        if result.returncode == 0:
            return result.stdout
        raise self.explain(result.stderr) or ProblemError(
            f"kubectl {_verb(arguments)} failed: {_one_line(result.stderr) or f'status {result.returncode}'}"
        )

    def run(
        self, *arguments: str, given: str | None = None, timeout_seconds: float = _COMMAND_SECONDS
    ) -> "subprocess.CompletedProcess[str]":
        """As it ends. Raises ProblemError only when it does not in time."""
        try:
            return run_kubectl(self.command(*arguments), given=given, timeout_seconds=timeout_seconds)
        except subprocess.TimeoutExpired:
            raise ProblemError(
                f"the cluster of context {self.context} has not answered within {timeout_seconds:g} s"
                f" (kubectl {_verb(arguments)})"
            ) from None

    def items(self, kinds: str, *arguments: str) -> list[dict[str, Any]]:
        """`get` of these kinds (`pods,jobs`)."""
        items: list[dict[str, Any]] = json.loads(self.call("get", kinds, "-o", "json", *arguments))["items"]
        return items

    def answers(self) -> str:
        """What keeps the cluster from being used, in a few words; empty when nothing does."""
        try:
            self.call(
                "get",
                "--raw",
                "/readyz",
                f"--request-timeout={_ANSWER_SECONDS:g}s",
                timeout_seconds=2 * _ANSWER_SECONDS,
            )
        except ProblemError as problem:
            return problem.message
        return ""

    def explain(self, output: str) -> ProblemError | None:
        """The failure that kubectl's words stand for; None when they are not known."""
        lower = output.lower()
        for words, message, hint in _KNOWN:
            if any(word in lower for word in words):
                return ProblemError(
                    message.format(context=self.context), hint=hint.format(context=self.context)
                )
        return None


def run_kubectl(
    command: list[str], *, given: str | None = None, timeout_seconds: float = _COMMAND_SECONDS
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command,
        env=kubectl_environment(),
        # Never a terminal: kubectl, or a log-in program, would ask on it.
        input=given or "",
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout_seconds,
    )


def current_context(name: str = "") -> tuple[str, str]:
    """(name, address of its API server) of kubectl's own, or of the one named. Raises ProblemError when there is none."""
    named = ["--context", name] if name else []
    result = run_kubectl([kubectl_program(), "config", "view", "--minify", "--output", "json", *named])
    view = json.loads(result.stdout) if result.returncode == 0 and result.stdout.strip() else {}
    clusters = view.get("clusters") or []
    if not view.get("current-context") or not clusters:
        raise ProblemError(
            f"kubectl has no current context ({_one_line(result.stderr) or 'none in its configuration'})",
            hint="make a cluster (kind create cluster --name dhakacart), or: kubectl config use-context <name>",
        )
    return str(view["current-context"]), str(clusters[0]["cluster"].get("server", ""))


def _verb(arguments: tuple[str, ...]) -> str:
    return " ".join(arguments[:2])


def _one_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("Warning:")]
    return lines[-1][:600] if lines else ""
