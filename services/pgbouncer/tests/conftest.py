"""Real pgbouncer containers, hardened as in production, before a real postgres."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import psycopg
import pytest

from dhakacart.operations.docker import call
from dhakacart.operations.secrets import create_development_secrets
from dhakacart.pytest_engine import Container, Containers, mounts
from dhakacart.pytest_tls import POSTGRES_PORT, MountedFolder, connect_as_shop

Start = Callable[..., Container]
Connect = Callable[..., psycopg.Connection]


@pytest.fixture(scope="session")
def image(build_image: Callable[[str], str]) -> str:
    return build_image("pgbouncer")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> MountedFolder:
    """Secrets, authority and certificates that every test may use, and none changes."""
    folder = tmp_path_factory.mktemp("secrets")
    create_development_secrets(folder)
    MountedFolder(folder, "postgres").make()
    certificate = MountedFolder(folder, "pgbouncer")
    certificate.make()
    return certificate


@pytest.fixture(scope="module")
def network(engine: None) -> Iterator[str]:
    name = f"dhakacart-image-test-{uuid.uuid4().hex[:10]}"
    call(["docker", "network", "create", name])
    yield name
    call(["docker", "network", "rm", name])


@pytest.fixture(scope="module")
def postgres(
    network: str,
    shared_containers: Containers,
    build_image: Callable[[str], str],
    certificate: MountedFolder,
) -> Container:
    """The server behind, under the name that every environment has for it."""
    names = ("postgres_password", "database_password")
    mounted = mounts(certificate.secrets, *names, certificate=certificate.secrets / "postgres")
    options = ["--volume", "/var/lib/postgresql", "--network", network, "--network-alias", "postgres"]
    image = build_image("postgres")
    return shared_containers.start(image, options=[*mounted, *options]).until_healthy()


def start_pgbouncer(
    containers: Containers, image: str, network: str, certificate: MountedFolder, options: Sequence[str] = ()
) -> Container:
    mounted = mounts(certificate.secrets, "database_password", certificate=certificate.folder)
    watch = ["--network", network, "--env", "CERTIFICATE_WATCH_SECONDS=0.2"]
    return containers.start(image, options=[*mounted, *watch, *options], port=POSTGRES_PORT).until_healthy()


@pytest.fixture(scope="module")
def pooler(
    postgres: Container, shared_containers: Containers, image: str, network: str, certificate: MountedFolder
) -> Container:
    """The one that every test may use."""
    return start_pgbouncer(shared_containers, image, network, certificate)


@pytest.fixture
def start(
    postgres: Container, containers: Containers, image: str, network: str, certificate: MountedFolder
) -> Start:
    """A function: one that the test has for itself, with the shared certificate or its own."""

    def own(certificate: MountedFolder = certificate, options: Sequence[str] = ()) -> Container:
        return start_pgbouncer(containers, image, network, certificate, options)

    return own


@pytest.fixture
def connect(certificate: MountedFolder) -> Connect:
    """A function: a session on a container, as the shop connects; `options` are libpq's."""
    return partial(connect_as_shop, certificate=certificate)
