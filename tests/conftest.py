"""What several kinds of test share: a copy of the sample publication, the commands run in it, and both databases."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.postgresql_kit import Server, binaries, server
from tests.unit.delivery import sending_kit

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Ran:
    """What a command answered."""

    code: int
    out: str
    err: str


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample publication, copied; its secret, database and outbox are its own."""
    folder = tmp_path / "publication"
    folder.mkdir()
    shutil.copy2(ROOT / "newsletter.toml", folder)
    for name in ("issues", "briefings", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "subscribers").mkdir()
    shutil.copy2(ROOT / "subscribers/sample.csv", folder / "subscribers")
    for name in ("NEWSLETTER_TRANSPORT", "NEWSLETTER_DATABASE", "NEWSLETTER_NEVER_PUBLISH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NEWSLETTER_SECRET", "0123456789abcdef" * 4)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def newsletter(project: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs `newsletter` with these words in the copy, without a terminal. No command ever shows a traceback."""
    from newsletter.cli import run

    def call(*words: str) -> Ran:
        capfd.readouterr()
        code = run(list(words))
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err, err
        assert "went wrong in the program itself" not in err, err
        return Ran(code, out, err)

    return call


@pytest.fixture
def subscribed(newsletter: Callable[..., Ran]) -> Callable[..., Ran]:
    """The same, with the sample list imported."""
    assert newsletter("subscribers", "import", "subscribers/sample.csv", "--apply").code == 0
    return newsletter


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """One PostgreSQL server for all tests; missing is a failure in CI and a skip elsewhere."""
    if (programs := binaries()) is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is missing.")
        pytest.skip("PostgreSQL is not installed here.")
    with server(programs) as running:
        running.make_template()
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def each_database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The test runs twice: `open_store` opens a file, then a PostgreSQL database. Not those marked "sqlite"."""
    kind: str = request.param
    if kind == "sqlite":
        yield kind
        return
    running: Server = request.getfixturevalue("postgresql")
    used: dict[Path, str] = {}

    def new(folder: Path) -> str:
        for gone in [each for each in used if not each.exists()]:  # one folder for each example of a property
            running.give_back(used.pop(gone))
        used[folder] = running.new()
        return running.url(used[folder])

    with sending_kit.databases_from(new):
        yield kind
    for name in used.values():
        running.give_back(name)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test of what only a file can do is not run on PostgreSQL."""
    items[:] = [item for item in items if not (item.get_closest_marker("sqlite") and "[postgresql" in item.name)]
