"""newsletter proof: one file for reviewers to read, and its way to them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli.common import count, open_app, shown
from newsletter.cli.output import note, say

if TYPE_CHECKING:
    from newsletter.app import App
    from newsletter.pipeline.proof import Proof


@click.command("proof")
@click.argument("words", nargs=-1, required=True, metavar="ISSUE")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Where, instead of in proofs/.")
@click.option("--email", multiple=True, metavar="ADDRESS...", help="Send it to these reviewers; at most 20.")
@click.option("--transport", metavar="DSN", help="Instead of NEWSLETTER_TRANSPORT.")
@click.pass_context
def command(
    ctx: click.Context, words: tuple[str, ...], output: Path | None, email: tuple[str, ...], transport: str | None
) -> None:
    """One file with everything of an issue, for people who read it before it is approved.

    It holds the email, the text, the web copy, what the checks say and what changed since the last proof, opens on a
    phone without a network, and is marked as a draft. A PDF to print comes with it.
    """
    from newsletter.pipeline import proof, proof_mail, proof_memory

    name, addresses = _issue_and_addresses(ctx, words, email)
    app = open_app(ctx)
    folder = app.folder(name)
    reviewers = proof_mail.reviewers(addresses) if addresses else ()
    if reviewers:
        app.open_transport(transport)  # a wrong address is told before anything else happens
    file = _file(app, folder, output)
    remembered = app.project / proof.FOLDER / ".last" / f"{_name(app, folder)}.json"
    read = app.read(folder)
    memory = proof_memory.recall(remembered, read.path)
    made = proof.make(app.desk, read, memory, app.now(), mailed=bool(reviewers))
    pdf = proof.write(made, file)
    _say(app, made, file, pdf)
    if reviewers:
        _send(app, made, reviewers, f"{_name(app, folder)}-proof", transport)
    proof_memory.remember(remembered, made.memory)


def _issue_and_addresses(ctx: click.Context, words: tuple[str, ...], email: tuple[str, ...]) -> tuple[str, list[str]]:
    """`proof ISSUE --email a@x b@y`: what holds an @ is an address, for an issue's name never does."""
    names = [word for word in words if "@" not in word]
    more = [word for word in words if "@" in word]
    if len(names) != 1 or (more and not email):
        raise click.UsageError("Give one issue; addresses come after --email.", ctx)
    return names[0], [*email, *more]


def _name(app: App, folder: Path) -> str:
    """The issue's own name; with its series' folder where two series have an issue of that name."""
    alike = [other for other in app.issue_folders() if other.name == folder.name]
    return folder.name if len(alike) == 1 else f"{folder.parent.name}-{folder.name}"


def _file(app: App, folder: Path, output: Path | None) -> Path:
    from newsletter.pipeline.proof import FOLDER

    if output is None:
        return app.project / FOLDER / f"{_name(app, folder)}-proof.html"
    file = output.absolute()
    if file.resolve().is_relative_to(app.public.resolve()):
        raise click.UsageError("A proof must not stand in public/, which everybody can read.")
    return file if file.suffix else file.with_suffix(".html")


def _say(app: App, made: Proof, file: Path, pdf: Path | None) -> None:
    from newsletter.pipeline.proof import verdict

    say(f"{shown(file, app.project)}  {len(made.html) / 1000:,.0f} KB")
    if pdf:
        say(f"{shown(pdf, app.project)}  {len(made.pdf) / 1000:,.0f} KB")
    else:
        note(made.no_pdf)
    say(verdict(made.checked.findings))


def _send(app: App, made: Proof, reviewers: tuple[str, ...], name: str, transport: str | None) -> None:
    from newsletter.pipeline import proof_mail

    messages = proof_mail.messages(made, app.publication, reviewers, name)
    proof_mail.send(app.open_transport(transport), messages)
    say(f"Sent to {count(len(reviewers), 'reviewer')}: {', '.join(reviewers)}", bold=True)
