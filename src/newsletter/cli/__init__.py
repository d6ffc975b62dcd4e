"""The command `newsletter`: its group, and the only place that prints errors."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from newsletter import __version__
from newsletter.cli.output import complain, hidden, hide
from newsletter.errors import NewsletterError

STOPPED = 130  # the user pressed Ctrl-C

# In the order of the work; each is `command` in the module of that name, imported when the command is asked for.
COMMANDS = {
    "init": "Make a new publication.",
    "new": "Start a new issue.",
    "add": "Add an item to an issue.",
    "check": "Check issues for what would go wrong.",
    "preview": "See an issue in the browser while you write.",
    "build": "Write editions and the public archive.",
    "proof": "One file for reviewers to read, marked as a draft.",
    "approve": "Record that a named person agrees to an edition.",
    "send": "Send an issue to an audience.",
    "pause": "Stop a campaign for now.",
    "cancel": "End a campaign for good.",
    "status": "What every campaign did; the counts that must add up.",
    "report": "For the board: what was sent, and what came of it.",
    "doctor": "What is missing before a sending can go well.",
    "subscribers": "The list: import, export, show, unsubscribe.",
    "serve": "Run the public web service.",
    "worker": "Another sending machine (PostgreSQL).",
    "db": "The database: what it is at, bringing it up to date.",
    "schema": "What files may say, for editors that help while you write.",
}


class Commands(click.Group):
    """Imports a command only when it is run, so that `--help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"newsletter.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands, in the order of the work"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            close = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f' Did you mean "newsletter {close[0]}"?' if close else ' "newsletter --help" lists the commands.'
            raise click.UsageError(error.message.rstrip(".") + "." + hint, ctx) from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--project",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The publication's folder. Default: the one you are in.",
)
@click.option("--debug", is_flag=True, help="Show the program's own account of an error.")
@click.version_option(__version__, prog_name="newsletter")
@click.pass_context
def group(ctx: click.Context, project: Path | None, debug: bool) -> None:
    """Publishes newsletters and briefings: folders of Markdown become email, plain text, a web copy and an archive,
    are checked, and are sent so that every recipient is accounted for."""
    ctx.obj = project


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command line and exits with the codes of the manual (docs/commands.md)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    gc.set_threshold(50_000)  # a command makes many objects at its start that all live to its end
    sys.exit(run(words))


def run(words: list[str]) -> int:
    """Runs the command line; the exit code."""
    hide(())
    try:
        result = group.main(words, prog_name="newsletter", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except NewsletterError as error:
        complain(error.message, error.hint)
        return _failed(error, words, error.exit_code)
    except click.ClickException as error:
        usage = error.ctx.get_usage() if isinstance(error, click.UsageError) and error.ctx else ""
        complain(error.format_message(), usage)
        return _failed(error, words, 2)
    except (KeyboardInterrupt, click.Abort) as error:
        complain("Stopped.")
        return _failed(error, words, STOPPED)
    except BrokenPipeError:
        return 0
    except Exception as error:  # the program's own fault: say so plainly, keep the account for --debug
        hint = "Nothing more was done. Run the same command with --debug after 'newsletter' and report what it shows."
        complain(f"Something went wrong in the program itself: {type(error).__name__}.", hint)
        return _failed(error, words, 2)


def _failed(error: BaseException, words: list[str], code: int) -> int:
    if "--debug" in words:
        import traceback

        click.echo(hidden("".join(traceback.format_exception(error))), err=True, nl=False)
    return code
