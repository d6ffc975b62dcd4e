"""Cold `newsletter build` of one issue (email, text, web) against npm's `mjml` command on that email's MJML alone.

Beside it, the limit: a process that does nothing but import the packages that every build goes through.
Also the start of `newsletter --help` against `python -c pass`. Needs node and npm; bench/package.json pins the peer.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.timing import interleaved, machine

ROOT = Path(__file__).parents[1]
MJML = ROOT / "bench/node_modules/.bin/mjml"
AIM_BUILD, AIM_START = 0.6, 10.0
PACKAGES = "import click, jinja2, markdown, mjml, premailer, pydantic"


def peer() -> Path:
    """npm's mjml, installed when it is not there."""
    if not MJML.exists():
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=ROOT / "bench", check=True)
    return MJML


def publication(folder: Path) -> tuple[Path, str]:
    """A copy of the sample publication that holds one issue, and that issue's path."""
    project = folder / "publication"
    project.mkdir()
    shutil.copy2(ROOT / "newsletter.toml", project)
    shutil.copytree(ROOT / "templates", project / "templates")
    latest = max(path for path in (ROOT / "issues").iterdir() if path.is_dir())
    shutil.copytree(latest, project / "issues" / latest.name)
    return project, f"issues/{latest.name}"


def email_mjml(project: Path, issue: str) -> str:
    """The MJML that the email of this issue is compiled from."""
    from newsletter.app import App
    from newsletter.rendering.formats import email

    with App.open(project) as app:
        return email.mjml_source(app.renderer.context(app.read(app.folder(issue))), app.templates)


def main() -> None:
    newsletter = [str(Path(sys.executable).parent / "newsletter")]
    with tempfile.TemporaryDirectory() as temporary:
        project, issue = publication(Path(temporary))
        source = Path(temporary) / "email.mjml"
        source.write_text(email_mjml(project, issue), encoding="utf-8")

        def fresh(name: str) -> None:
            for written in ("build", "public"):
                shutil.rmtree(project / written, ignore_errors=True)

        times = interleaved(
            {
                "newsletter build": [*newsletter, "--project", str(project), "build", "--no-pdf", issue],
                "importing its packages": [sys.executable, "-c", PACKAGES],
                "npm mjml": [str(peer()), str(source), "-o", str(Path(temporary) / "email.html")],
            },
            before=fresh,
        )
    start = interleaved(
        {"newsletter --help": [*newsletter, "--help"], "python -c pass": [sys.executable, "-c", "pass"]}, rounds=15
    )
    print(machine())
    report("newsletter build", "npm mjml", times, AIM_BUILD)
    report("importing its packages", "npm mjml", times, AIM_BUILD)
    report("newsletter --help", "python -c pass", start, AIM_START)


def report(ours: str, theirs: str, times: dict[str, float], aim: float) -> None:
    ratio = times[ours] / times[theirs]
    figures = ", ".join(f"{name} {times[name] * 1000:.0f} ms" for name in (ours, theirs))
    print(f"{figures}: ratio {ratio:.2f} (aim: below {aim:g})")


if __name__ == "__main__":
    main()
