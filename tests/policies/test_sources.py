"""Rules for the files below k8s/: a small tree that keeps them, and one fault at a time."""

import pytest

from dhakacart.operations.policies import sources

DEPLOYMENT = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
TREE = {
    "base/kustomization.yaml": "resources: [web/deployment.yaml]\n",
    "base/web/deployment.yaml": DEPLOYMENT,
    "components/spread/kustomization.yaml": "kind: Component\npatches: [{path: spread.yaml}]\n",
    "components/spread/spread.yaml": DEPLOYMENT,
    "components/spread/README.md": "# why\n",
    "overlays/local/kustomization.yaml": (
        "resources: [../../base]\ncomponents: [../../components/spread, release]\npatches: [{path: sizes.yaml}]\n"
    ),
    "overlays/local/sizes.yaml": DEPLOYMENT,
    "overlays/local/shop.env": "A=b\n",
}


@pytest.fixture
def look(tmp_path):
    """A function: what is wrong with the tree, some of its files changed (None: not there)."""

    def run(changes):
        for name, text in {**TREE, **changes}.items():
            path = tmp_path / "k8s" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is not None:
                path.write_text(text)
        return sources.violations(tmp_path)

    return run


def test_a_sound_tree(look):
    """Patches, components, an overlay that only chooses."""
    assert look({}) == []


LOCAL = "overlays/local/kustomization.yaml"
INDEX = '- {op: replace, path: "/spec/template/spec/containers/0/image", value: x}\n'


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        (
            {"overlays/local/sizes.yaml": INDEX},
            "a patch by index (replace /spec/template/spec/containers/0/image)",
        ),
        ({LOCAL: f"patches:\n  - patch: |\n      {INDEX}"}, "a patch by index"),
        ({"components/spread/spread.yaml": INDEX}, "components/spread/kustomization.yaml: a patch by index"),
        ({"overlays/local/web.yaml": DEPLOYMENT}, "web.yaml: Deployment/web is a copy of one in base"),
        ({LOCAL: "resources: [https://example.invalid/base]\n"}, "come from the network"),
        ({LOCAL: "resources: ['../../base?ref=v1']\n"}, "come from the network"),
        ({LOCAL: "resources: [../../bsae]\n"}, "there is no ../../bsae"),
        ({LOCAL: "components: [../../components/spraed]\n"}, "there is no ../../components/spraed"),
        ({LOCAL: "secretGenerator: [{name: s, literals: [a=b]}]\n"}, "does not belong in a repository"),
        ({LOCAL: "generatorOptions: {disableNameSuffixHash: true}\n"}, "rolls no pod"),
        ({LOCAL: "commonLabels: {a: b}\n"}, "commonLabels is deprecated"),
        ({LOCAL: "a: [\n"}, LOCAL),
        ({"components/spread/README.md": None}, "components/spread: no README.md"),
    ],
)
def test_each_fault_is_told(look, changes, complaint):
    """In one line with the file's name."""
    lines = look(changes)

    assert any(complaint in line for line in lines), lines
    assert all("\n" not in line for line in lines)


def test_a_patch_that_appends_is_none_by_index(look):
    """`-` at the end means the same whatever the list holds."""
    appended = '- {op: add, path: "/spec/template/spec/containers/-", value: {}}\n'

    assert look({"overlays/local/sizes.yaml": appended}) == []
