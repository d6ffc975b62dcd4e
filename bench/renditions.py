"""What renditions weigh and cost: our email beside plain MJML of the same issue, and build times of the samples.

`python -m bench.renditions` prints; `--write` renews docs/clients.md too; `--no-times` measures no times.
Needs node and npm for the peer and for caniemail's data; bench/package.json pins both.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bench.build import ROOT, peer
from bench.clients import page
from bench.features import DATA, Clients
from bench.timing import interleaved, machine
from bench.weights import Weight, row, weight
from newsletter.app import App
from newsletter.errors import PrintError
from newsletter.models.issue import Issue
from newsletter.rendering.formats import email
from newsletter.rendering.templates import Templates

PAGE = ROOT / "docs/clients.md"
PLAIN = "plain.mjml"  # in bench/plain: what MJML's own documentation would have one write
NOW = datetime(2028, 1, 11, 12, tzinfo=UTC)  # every sample issue is out


def ours(app: App, issue: Issue) -> Weight:
    """Our email."""

    def render(one: Issue) -> str:
        return app.render(one, ["email"]).renditions["email"].text

    return weight(render(issue), render(issue.model_copy(update={"items": ()})), len(issue.items))


def plain(app: App, issue: Issue, *options: str) -> Weight:
    """The plain template's, by npm's `mjml` with these options."""
    series = issue.series.model_copy(update={"template": PLAIN})
    templates = Templates([ROOT / "bench/plain", *app.settings.templates], app.publication)

    def render(one: Issue) -> str:
        context = app.renderer.context(one.model_copy(update={"series": series}))
        return _compiled(email.mjml_source(context, templates), options)

    return weight(render(issue), render(issue.model_copy(update={"items": ()})), len(issue.items))


def _compiled(source: str, options: tuple[str, ...]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "email.mjml").write_text(source, encoding="utf-8")
        command = [str(peer()), "email.mjml", "-o", "email.html", *options]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        return (Path(folder) / "email.html").read_text(encoding="utf-8")


def clients() -> Clients:
    """Caniemail's data, installed when it is not there."""
    if not DATA.exists():
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=ROOT / "bench", check=True)
    return Clients()


def samples(app: App) -> list[Issue]:
    """Every issue of the sample publication."""
    return [app.read(folder) for folder in app.issue_folders()]


def cold(issue: Issue) -> dict[str, float]:
    """Seconds of `newsletter build` with and without the PDF, in a publication of this issue alone."""
    with tempfile.TemporaryDirectory() as temporary:
        project = Path(temporary)
        shutil.copy2(ROOT / "newsletter.toml", project)
        shutil.copytree(ROOT / "templates", project / "templates")
        shutil.copytree(issue.folder, project / issue.path)
        command = [str(Path(sys.executable).parent / "newsletter"), "--project", str(project), "build", issue.path]

        def fresh(name: str) -> None:
            for written in ("build", "public"):
                shutil.rmtree(project / written, ignore_errors=True)

        return interleaved({"without": [*command, "--no-pdf"], "with": command}, rounds=5, before=fresh)


def warm(app: App, issue: Issue) -> dict[str, float]:
    """Median seconds of rendering in a process that has rendered before, and of the PDF alone (0: none is made)."""
    rendered = _median(lambda: app.render(issue), 15)
    try:
        pdf = _median(lambda: app.renderer.derived(issue, now=NOW, earlier=lambda name: b""), 5)
    except PrintError:
        pdf = 0.0
    return {"rendered": rendered, "pdf": pdf}


def _median(act: Callable[[], object], rounds: int) -> float:
    seconds = []
    for turn in range(rounds + 1):
        start = time.perf_counter()
        act()
        if turn:
            seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def main(arguments: list[str]) -> None:
    print(machine())
    with App.open(ROOT) as app:
        issues = samples(app)
        latest = max(
            (issue for issue in issues if issue.series.name == "newsletter"), key=lambda issue: issue.front.date
        )
        weights = {
            "our template": ours(app, latest),
            "plain MJML": plain(app, latest),
            "plain MJML, minified": plain(app, latest, "--config.minify", "true", "--config.beautify", "false"),
        }
        print(f"\n{latest.path}, {len(latest.items)} items: bytes, of them words, markup an item")
        for name, made in weights.items():
            print(f"  {name:22} {made.bytes:>8,} {made.words:>8,} {made.per_item:>8,.0f}")
        if "--write" in arguments:
            PAGE.write_text(page(latest, weights, clients()), encoding="utf-8")
            print(f"  written: {PAGE.relative_to(ROOT)}")
        print("\nEmail of each sample: items, bytes; markup an item: its row alone, with its lines in the contents")
        for issue in issues:
            made = ours(app, issue)
            alone = row(made.html, [item.slug for item in issue.items])
            print(f"  {issue.path:42} {len(issue.items):>3} {made.bytes:>8,} {alone:>8,.0f} {made.per_item:>8,.0f}")
        if "--no-times" not in arguments:
            times(app, issues)


def times(app: App, issues: list[Issue]) -> None:
    """Prints the build times, PDF apart."""
    print("\nBuild of each sample, ms: cold, warm | PDF more, cold, warm")
    for issue in issues:
        first, again = cold(issue), warm(app, issue)
        figures = (first["without"], again["rendered"], first["with"] - first["without"], again["pdf"])
        shown = [f"{1000 * seconds:>6.0f}" for seconds in figures]
        print(f"  {issue.path:42} {shown[0]} {shown[1]} | {shown[2]} {shown[3]}")


if __name__ == "__main__":
    main(sys.argv[1:])
