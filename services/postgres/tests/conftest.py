"""Real postgres containers, hardened as in production."""

from collections.abc import Callable, Sequence
from functools import partial

import psycopg
import pytest

from dhakacart.operations.secrets import create_development_secrets
from dhakacart.pytest_engine import Container, Containers, mounts
from dhakacart.pytest_tls import POSTGRES_PORT, MountedFolder, connect_as_shop

SECRETS = ("postgres_password", "database_password")

Start = Callable[..., Container]
Connect = Callable[..., psycopg.Connection]


@pytest.fixture(scope="session")
def image(build_image: Callable[[str], str]) -> str:
    return build_image("postgres")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> MountedFolder:
    """Secrets, authority and certificate that every test may use, and none changes."""
    folder = tmp_path_factory.mktemp("secrets")
    create_development_secrets(folder)
    certificate = MountedFolder(folder, "postgres")
    certificate.make()
    return certificate


def start_postgres(
    containers: Containers,
    image: str,
    certificate: MountedFolder,
    options: Sequence[str] = (),
    *,
    mount_secrets: bool = True,
) -> Container:
    """A container with an own volume, which lasts as long as it."""
    names = SECRETS if mount_secrets else ()
    mounted = mounts(certificate.secrets, *names, certificate=certificate.folder)
    volume = ["--volume", "/var/lib/postgresql", "--env", "CERTIFICATE_WATCH_SECONDS=0.2"]
    return containers.start(image, options=[*mounted, *volume, *options], port=POSTGRES_PORT)


@pytest.fixture(scope="module")
def server(shared_containers: Containers, image: str, certificate: MountedFolder) -> Container:
    """The one that every test may use."""
    return start_postgres(shared_containers, image, certificate).until_healthy()


@pytest.fixture
def start(containers: Containers, image: str, certificate: MountedFolder) -> Start:
    """A function: a server that the test has for itself, with the shared certificate or its own."""

    def own(
        certificate: MountedFolder = certificate, options: Sequence[str] = (), *, mount_secrets: bool = True
    ) -> Container:
        return start_postgres(containers, image, certificate, options, mount_secrets=mount_secrets)

    return own


@pytest.fixture
def connect(certificate: MountedFolder) -> Connect:
    """A function: a session on a container, as the shop connects; `options` are libpq's."""
    return partial(connect_as_shop, certificate=certificate)
