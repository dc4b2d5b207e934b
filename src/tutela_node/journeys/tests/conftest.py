"""What the tests of the stories share: a picture, a world outside, and a worker that runs until nothing is due."""

import io
from dataclasses import dataclass, replace

import numpy as np
import pytest
from PIL import Image

from tutela_node.desks.cli.exampleland.dns_world import DnsWorld
from tutela_node.desks.cli.exampleland.rdap_server import Operator, RdapServer
from tutela_node.desks.cli.exampleland.web_host import Route, WebHost


def picture(seed: int, size: tuple[int, int] = (480, 360), quality: int = 90) -> bytes:
    """A JPEG of smooth blobs, the same for a seed: rich enough for a good fingerprint."""
    random = np.random.default_rng(seed)
    small = (random.random((9, 12, 3)) * 255).astype(np.uint8)
    image = Image.fromarray(small).resize(size, Image.Resampling.BICUBIC)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


@pytest.fixture
def run_due(db):
    from tutela_node.evidence.sequencer import sequence
    from tutela_node.hashlists import index
    from tutela_node.journeys.steps import beat, sweep, this_worker

    index.forget()
    this_worker()

    def run() -> int:
        index.load()
        beat()
        done = 0
        while (now := sweep()) or sequence():
            done += now
        return done

    return run


@pytest.fixture
def world(settings):
    """Exampleland outside the node: a host's pages, its names and the registry that knows the host."""
    with WebHost() as host, DnsWorld({}) as names, RdapServer() as registry:
        registry.network("127.0.0.0/8", Operator(name="Harbour Hosting", country="XA", abuse="abuse@harbour.example"))
        settings.TUTELA = replace(
            settings.TUTELA, dns=("127.0.0.1", names.port), rdap=registry.base, exercise_network="127.0.0.0/8"
        )
        yield World(host=host, names=names, registry=registry)


@pytest.fixture
def national(settings, tmp_path):
    """Makes Exampleland's profile with some tables replaced the one in force."""
    from tutela_node.foundation import profile

    def run(text):
        path = tmp_path / "profile.toml"
        path.write_text(f'extends = "XA"\n{text}', "utf-8")
        settings.TUTELA = replace(settings.TUTELA, profile=str(path))
        profile.current.cache_clear()

    yield run
    profile.current.cache_clear()


@dataclass(frozen=True, kw_only=True)
class World:
    host: WebHost
    names: DnsWorld
    registry: RdapServer

    def show(self, seed, *, name="pictures.example", path="/a/1.jpg"):
        """Puts a picture on the web under a name and answers its address."""
        self.names.set(name, [("A", "127.0.0.1")])
        self.host.routes[path] = Route(body=picture(seed))
        return self.host.url(path, name=name)
