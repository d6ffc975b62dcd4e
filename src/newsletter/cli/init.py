"""newsletter init: a new publication to start from, or a new secret for one that is there."""

from __future__ import annotations

from pathlib import Path

import click

from newsletter.cli.output import say


@click.command("init")
@click.argument("directory", required=False, metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--secret", is_flag=True, help="Only write a signing secret to .env, if there is none.")
@click.pass_context
def command(ctx: click.Context, directory: Path | None, secret: bool) -> None:
    """Make a new publication in DIR: settings, templates, one sample issue and one sample briefing."""
    from newsletter.errors import UsageError
    from newsletter.pipeline import starting
    from newsletter.settings import FILE, builtin_sample, builtin_templates, find_project, read_publication

    if secret:
        project = find_project(directory or ctx.find_root().obj or Path.cwd())
        say(
            "A new secret is in .env."
            if starting.write_secret(project)
            else ".env holds a secret already; it was left alone."
        )
        return
    if directory is None:
        raise UsageError("Say where the new publication goes.", hint="For example: newsletter init my-newsletter")
    sample = builtin_sample()
    publication = read_publication(sample / FILE)
    starting.new_publication(directory, sample=sample, templates=builtin_templates(), publication=publication)
    say(f"{directory} is ready.", bold=True)
    say("Next:")
    say(f"  cd {directory}")
    say("  newsletter preview          see the sample issue in the browser")
    say("  newsletter check            what would go wrong")
    say("Then put your partnership's own details into newsletter.toml.")
