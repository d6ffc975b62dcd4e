"""Jinja2 as this product uses it: strict, escaping, and wrong templates turned into file and line."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from newsletter.errors import Problem, TemplateError
from newsletter.models import dates
from newsletter.models.publication import Publication
from newsletter.rendering.dialled import dialled
from newsletter.rendering.speech import spoken, words
from newsletter.rendering.theme import theme_for


class Templates:
    """Templates of one publication: its own `templates/` first, then those that ship with the package."""

    def __init__(self, folders: Sequence[Path], publication: Publication) -> None:
        self.folders = tuple(folders)
        self.publication = publication
        # trim_blocks and lstrip_blocks stay off: the blanks they leave between MJML tags are an error to the engine.
        # Sandboxed: a template can reach what it is handed and nothing else. Escaping is off for .txt and .md alone.
        self.environment = ImmutableSandboxedEnvironment(
            loader=jinja2.FileSystemLoader([str(folder) for folder in folders]),
            autoescape=lambda name: not (name or "").endswith((".txt", ".md")),
            undefined=jinja2.StrictUndefined,
            trim_blocks=False,
            lstrip_blocks=False,
            keep_trailing_newline=True,
            auto_reload=True,
            # Compiling takes longer than rendering. Kept in a folder of this user alone, under a name of our own, since
            # another program's cached code would not be sandboxed.
            bytecode_cache=_bytecode_cache(),
        )
        self.environment.globals["_"] = words(spoken(publication.partnership.lang))  # of pages that are no issue's
        self.environment.globals["theme"] = theme_for(publication.theme)
        self.environment.filters.update(
            long_date=dates.long_date,
            short_date=dates.short_date,
            clock=dates.clock,
            moment=dates.print_moment,
            dialled=dialled,
        )

    def render(self, name: str, /, **values: Any) -> str:
        """The text of a template. Pages that are no issue's, and give a `lang`, are written in it where we can.

        Raises:
            TemplateError: with the template's file and line.
        """
        if "lang" in values and "_" not in values:
            values["_"] = words(spoken(values["lang"], self.publication.partnership.lang))
        try:
            return self.environment.get_template(name).render(**values)
        except jinja2.TemplateNotFound as error:
            raise TemplateError([Problem(f"templates/{error.name}", 0, "There is no such template.")]) from None
        except jinja2.TemplateSyntaxError as error:
            problem = Problem(f"templates/{error.name or name}", error.lineno, f"{_sentence(error.message)}")
            raise TemplateError([problem]) from None
        except jinja2.TemplateError as error:
            file, line = self._place(error, name)
            raise TemplateError([Problem(file, line, _sentence(error.message))]) from None

    def _place(self, error: Exception, name: str) -> tuple[str, int]:
        """The template and line nearest to where the error arose (Jinja rewrites tracebacks to point there)."""
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            for folder in self.folders:
                if Path(frame.filename).is_relative_to(folder):
                    return f"templates/{Path(frame.filename).relative_to(folder).as_posix()}", frame.lineno or 0
        return f"templates/{name}", 0

    def source_path(self, name: str) -> Path | None:
        """The file that a template name stands for."""
        return next((folder / name for folder in self.folders if (folder / name).is_file()), None)

    def add_filter(self, name: str, function: Callable[..., Any]) -> None:
        """Gives templates one more filter."""
        self.environment.filters[name] = function


def _bytecode_cache() -> jinja2.BytecodeCache | None:
    """None where no folder of the user's own can be made."""
    try:
        return jinja2.FileSystemBytecodeCache(pattern="newsletter-%s.cache")
    except (OSError, RuntimeError):
        return None


def _sentence(message: str | None) -> str:
    text = (message or "This template is wrong").strip().rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."
