"""The ways to run the shop, best first. A new engine is a module here and one more line in ENGINES."""

from dhakacart.engines.cluster import ClusterEngine
from dhakacart.engines.containers import ContainersEngine
from dhakacart.engines.embedded import EmbeddedEngine
from dhakacart.engines.protocol import Engine
from dhakacart.operations.paths import Checkout
from dhakacart.operations.problem import ProblemError

ENGINES: tuple[type[Engine], ...] = (ContainersEngine, EmbeddedEngine, ClusterEngine)


def engines(checkout: Checkout) -> list[Engine]:
    """Every engine, best first."""
    return [engine(checkout) for engine in ENGINES]


def choose(checkout: Checkout, name: str = "") -> tuple[Engine, str]:
    """The engine to start, and why: the one named, else the one that runs already, else the best that can run here.

    Raises ProblemError: exit status 2 for a name that no engine has, 1 when none (or not that one) can run here.
    """
    known = engines(checkout)
    if name:
        for engine in known:
            if engine.name == name:
                available, reason = engine.available()
                if not available:
                    raise ProblemError(
                        f"engine {name} cannot run here: {reason}",
                        hint="make doctor says more; make dev without ENGINE takes one that can",
                    )
                return engine, "asked for"
        names = ", ".join(engine.name for engine in known)
        raise ProblemError(f"no engine is called {name!r}; the engines are: {names}", exit_status=2)
    if already := running(checkout):
        return already, "it runs already"
    reasons: list[str] = []
    for engine in known:
        if engine.not_automatic:
            continue
        available, reason = engine.available()
        if available:
            return engine, "; ".join([*reasons, reason])
        reasons.append(f"{engine.name} not: {reason}")
    raise ProblemError(f"no engine can run here: {'; '.join(reasons)}", hint="make doctor")


def running(checkout: Checkout) -> Engine | None:
    """The engine that runs this checkout now."""
    return next((engine for engine in engines(checkout) if engine.status().running), None)
