"""What several kinds of test share: a copy of the sample publication, and the command line run in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

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
