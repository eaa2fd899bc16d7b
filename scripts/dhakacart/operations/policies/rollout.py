"""Rollouts that take nothing out of service, and grace periods that let each process end by itself."""

from dhakacart.operations.manifests import Object, Workload, kind_is, pre_stop_seconds, workloads
from dhakacart.operations.policies.declared import RECREATE, SHUTDOWN_SECONDS
from dhakacart.operations.policies.services import selected_by


def violations(objects: list[Object]) -> list[str]:
    found = []
    for workload in (one for one in workloads(objects) if one.kind == "Deployment"):
        strategy = workload.source["spec"].get("strategy") or {}
        if strategy.get("type") == "Recreate":
            found += _recreate_faults(workload)
            continue
        if workload.service in RECREATE:
            found.append(f"{workload.title}: is not Recreate, but {RECREATE[workload.service]}")
        unavailable = (strategy.get("rollingUpdate") or {}).get("maxUnavailable")
        if unavailable not in (0, "0%"):
            found.append(f"{workload.title}: maxUnavailable is {unavailable}, not 0")
    return found


def _recreate_faults(workload: Workload) -> list[str]:
    faults = []
    if workload.service not in RECREATE:
        faults.append(f"{workload.title}: Recreate takes it out of service, and is not declared")
    if workload.source["spec"].get("replicas", 1) != 1:
        faults.append(f"{workload.title}: Recreate with more than one replica")
    return faults


def grace_violations(objects: list[Object]) -> list[str]:
    """Grace: longer than preStop and the process's own shutdown. preStop: where a Service may still send requests."""
    pods = workloads(objects)
    # A headless one is for looking at pods one by one, not for sending them requests.
    balanced = [one for one in kind_is(objects, "Service") if one["spec"].get("clusterIP") != "None"]
    served = {one.title for service in balanced for one in selected_by(service, pods)}
    found = []
    for workload in (one for one in pods if one.lasts):
        waits = [pre_stop_seconds(one.spec) for one in workload.containers]
        if None in waits:
            found.append(f"{workload.title}: its preStop hook does something of unknown length")
        waited = max((one for one in waits if one is not None), default=0)
        if not waited and workload.title in served and _rolls(workload):
            found.append(f"{workload.title}: no preStop sleep, so requests still come when it has closed")
        grace = workload.pod.get("terminationGracePeriodSeconds")
        own = SHUTDOWN_SECONDS.get(workload.service)
        if grace is None:
            found.append(f"{workload.title}: no terminationGracePeriodSeconds")
        elif own is None:
            found.append(f"{workload.title}: nobody declares how long {workload.service} takes to end")
        elif grace <= waited + own:
            found.append(
                f"{workload.title}: grace of {grace} s is not above preStop's {waited} s and its own {own} s"
            )
    return found


def _rolls(workload: Workload) -> bool:
    strategy = workload.source.get("spec", {}).get("strategy") or {}
    return workload.kind == "Deployment" and strategy.get("type") != "Recreate"
