"""What `dhakacart parity` compares: Compose with overlays, what runs with what was specified, and what runs with each other."""

from collections.abc import Sequence
from pathlib import Path

from dhakacart.operations.kustomize import overlays, render_any, require_overlay
from dhakacart.operations.parity.compare import Comparison, compare
from dhakacart.operations.parity.compose_view import compose_view
from dhakacart.operations.parity.declared import FILE, of_overlay, read_declared
from dhakacart.operations.parity.facts import View
from dhakacart.operations.parity.kubernetes_view import kubernetes_view
from dhakacart.operations.parity.live import side_by_side
from dhakacart.operations.parity.live_cluster import OVERLAY, live_cluster
from dhakacart.operations.parity.live_compose import find_stack, live_compose
from dhakacart.operations.problem import ProblemError

COMPOSE, CLUSTER = "compose", "cluster"


def compare_rendered(root: Path, chosen: Sequence[str] = ()) -> list[Comparison]:
    """Compose's production shape with these overlays, or with all. Raises ProblemError."""
    for overlay in chosen:
        require_overlay(root, overlay)
    names = list(chosen) or overlays(root)
    if not names:
        raise ProblemError(f"there are no overlays in {root / 'k8s' / 'overlays'}")
    left = compose_view(root)
    declared = read_declared(root / FILE)
    return [
        compare(left, kubernetes_view(root, name, render_any(root, name)), of_overlay(declared, name))
        for name in names
    ]


def compare_live(
    root: Path, chosen: Sequence[str] = (), *, project: str = "", context: str = "", namespace: str = ""
) -> list[Comparison]:
    """Each side with its specification, then, when both are chosen, with each other. Raises ProblemError."""
    wanted = list(dict.fromkeys(chosen)) or [COMPOSE, CLUSTER]
    if unknown := [one for one in wanted if one not in (COMPOSE, CLUSTER)]:
        raise ProblemError(
            f"nothing live is called {unknown[0]!r}; there are: {COMPOSE}, {CLUSTER}", exit_status=2
        )
    found: list[Comparison] = []
    live: dict[str, View] = {}
    if COMPOSE in wanted:
        specified, live[COMPOSE] = live_compose(find_stack(root, project))
        found.append(compare(specified, live[COMPOSE]))
    if CLUSTER in wanted:
        specified, live[CLUSTER] = live_cluster(root, context, namespace)
        found.append(compare(specified, live[CLUSTER]))
    if len(live) == 2:
        declared = of_overlay(read_declared(root / FILE), OVERLAY)
        # What is declared need not show: some of it nobody sees from inside.
        found.append(compare(*side_by_side(live[COMPOSE], live[CLUSTER]), declared, must_exist=False))
    return found
