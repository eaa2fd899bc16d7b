"""Policies on who may speak to whom: nobody by accident, both ends agree, and the internet is not what is near."""

import pytest
from breaking import assert_only, sound

from dhakacart.operations.policies import addresses, network, network_pairs

POLICY = "NetworkPolicy/web"


def rule(shop, direction):
    return shop.spec(POLICY)[direction][0]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            lambda shop: shop.spec(POLICY).update(podSelector={"matchLabels": {"app": "web"}}),
            "podSelector matches no pod",
        ),
        (
            lambda shop: rule(shop, "ingress")["from"][0]["podSelector"]["matchLabels"].update(
                {"app.kubernetes.io/name": "wroker"}
            ),
            "matches no pod",
        ),
        (
            lambda shop: rule(shop, "ingress")["ports"][0].update(port=8001),
            "port 8001 is none of Deployment/web",
        ),
        (lambda shop: rule(shop, "ingress")["ports"][0].update(port="https"), "port https is none of"),
        (lambda shop: rule(shop, "ingress")["ports"][0].update(protocol="UDP"), "port 8000 is none of"),
        (
            lambda shop: shop.spec("NetworkPolicy/others")["egress"][0]["ports"][1].update(port=9101),
            "NetworkPolicy/others, Egress: port 9101 is none of Deployment/web",
        ),
        (lambda shop: shop.spec(POLICY).pop("policyTypes"), "left to a guess"),
        (lambda shop: rule(shop, "egress").pop("to"), "which means everybody"),
        (lambda shop: shop.spec(POLICY).update(ingress=[{}]), "which means everybody"),
        (
            lambda shop: rule(shop, "egress")["to"][0].update(namespaceSelector={}),
            "does not go by the namespace's name",
        ),
        (
            lambda shop: rule(shop, "egress")["to"][0].update(
                namespaceSelector={"matchLabels": {"kubernetes.io/metadata.name": "kube-sytem"}}
            ),
            "namespace kube-sytem is neither ours nor declared",
        ),
    ],
)
def test_network_policies_resolve(change, complaint):
    """Selectors find pods, ports are those of the receiver, and nobody means everybody by accident."""
    assert_only(network.selector_violations, change, complaint)


@pytest.mark.parametrize(
    ("change", "complaints"),
    [
        (
            lambda shop: shop.remove("NetworkPolicy/deny-all"),
            ["no policy denies all Ingress", "no policy denies all Egress"],
        ),
        (
            lambda shop: shop.spec("NetworkPolicy/deny-all").update(policyTypes=["Ingress"]),
            ["no policy denies all Egress"],
        ),
        (
            lambda shop: shop.spec("NetworkPolicy/deny-all").update(ingress=[{}]),
            ["no policy denies all Ingress"],
        ),
        (
            lambda shop: shop.remove(POLICY),
            [
                "Deployment/web: no policy of its own for Egress",
                "Deployment/web: no policy of its own for Ingress",
            ],
        ),
        (
            lambda shop: shop.spec(POLICY).update(policyTypes=["Egress"]),
            ["Deployment/web: no policy of its own for Ingress"],
        ),
    ],
)
def test_network_policies_cover_every_pod(change, complaints):
    """All is denied both ways, and each pod has been thought of."""
    manifests = sound()
    assert network.coverage_violations(manifests.objects) == []

    change(manifests)

    lines = network.coverage_violations(manifests.objects)
    assert len(lines) == len(complaints)
    assert all(complaint in line for complaint, line in zip(complaints, lines, strict=True))


EXCEPT = ["10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"]
EXCEPT_IPV6 = ["fc00::/7", "fe80::/10", "::1/128", "::ffff:0:0/96"]


def block(cidr, *left_out):
    """web may go there."""

    def change(shop):
        rule(shop, "egress")["to"] = [{"ipBlock": {"cidr": cidr, "except": list(left_out)}}]

    return change


@pytest.mark.parametrize(
    ("cidr", "every"), [("0.0.0.0/0", EXCEPT), ("::/0", EXCEPT_IPV6)], ids=["IPv4", "IPv6"]
)
def test_the_internet_is_not_what_is_near(cidr, every):
    """Each private, carrier's, link-local and loopback network is missed by itself."""
    for missing in every:
        left_out = [one for one in every if one != missing]
        assert_only(addresses.violations, block(cidr, *left_out), f"ipBlock {cidr} includes {missing}")

    manifests = sound()
    block(cidr, *every)(manifests)
    assert addresses.violations(manifests.objects) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (block("169.254.169.254/32"), "169.254.169.254/32 includes 169.254.0.0/16 (link-local, the cloud's"),
        (block("10.244.0.0/16"), "10.244.0.0/16 includes 10.0.0.0/8 (private)"),
        (block("128.0.0.0/2", "169.254.0.0/17", "172.16.0.0/12"), "includes 169.254.0.0/16"),
        (block("8.8.8.8/24"), "8.8.8.8/24 has host bits set"),
        (block("0.0.0.0/0", "10.0.0.0"), "ipBlock 0.0.0.0/0 includes"),
        (
            lambda shop: rule(shop, "ingress")["from"].append({"ipBlock": {"cidr": "127.0.0.0/30"}}),
            "127.0.0.0/30 includes 127.0.0.0/8 (loopback)",
        ),
    ],
)
def test_addresses(change, complaint):
    """What is near is not named either, a part of an exception is none, and ingress is held to the same."""
    manifests = sound()
    assert addresses.violations(manifests.objects) == []

    change(manifests)

    lines = addresses.violations(manifests.objects)
    assert any(complaint in line for line in lines), lines
    assert all(line.startswith(POLICY) for line in lines)


def test_a_part_of_the_internet_needs_no_exception():
    """It includes nothing near."""
    manifests = sound()

    block("203.0.113.0/24")(manifests)

    assert addresses.violations(manifests.objects) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            lambda shop: rule(shop, "ingress")["from"].pop(0),
            "NetworkPolicy/others, Egress: Deployment/worker to Deployment/web, port 8000/TCP: the receiver",
        ),
        (
            lambda shop: rule(shop, "ingress")["ports"].pop(1),
            "NetworkPolicy/others, Egress: Deployment/beat to Deployment/web, port 9100/TCP: the receiver",
        ),
        (
            lambda shop: rule(shop, "ingress")["ports"][0].update(protocol="UDP"),
            "Deployment/web, port 8000/TCP: the receiver",
        ),
        (
            lambda shop: shop.spec(POLICY).update(ingress=[]),
            "Job/migrate to Deployment/web, port 9100/TCP: the receiver",
        ),
        (
            lambda shop: shop.spec("NetworkPolicy/others")["egress"][0]["ports"].pop(0),
            "NetworkPolicy/web, Ingress: Deployment/worker to Deployment/web, port 8000/TCP: the sender",
        ),
        (
            lambda shop: shop.remove("NetworkPolicy/others"),
            "NetworkPolicy/web, Ingress: Job/migrate to Deployment/web, port 9100/TCP: the sender",
        ),
        (
            lambda shop: shop.spec("NetworkPolicy/others").update(policyTypes=["Ingress"]),
            "Deployment/beat to Deployment/web, port 8000/TCP: the sender",
        ),
    ],
)
def test_network_policies_agree_at_both_ends(change, complaint):
    """What may be asked is let in by that port, and what is let in may be asked."""
    manifests = sound()
    assert network_pairs.violations(manifests.objects) == []

    change(manifests)

    lines = network_pairs.violations(manifests.objects)
    assert any(complaint in line for line in lines), lines


@pytest.mark.parametrize(
    "change",
    [
        lambda shop: rule(shop, "ingress").pop("from"),
        lambda shop: rule(shop, "ingress").pop("ports"),
        lambda shop: rule(shop, "ingress").update(ports=[{"port": 8000, "endPort": 9100}]),
        lambda shop: (shop.remove("NetworkPolicy/deny-all"), shop.remove("NetworkPolicy/others")),
        lambda shop: (shop.remove("NetworkPolicy/deny-all"), shop.remove(POLICY)),
    ],
)
def test_an_end_that_is_open_agrees(change):
    """To everybody, by every port, by a range of them, or because no policy closes it."""
    manifests = sound()

    change(manifests)

    assert network_pairs.violations(manifests.objects) == []
