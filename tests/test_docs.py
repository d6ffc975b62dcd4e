"""The manual says what is true: every command, option, transport and setting is in it, and its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from newsletter.cli import COMMANDS, group
from newsletter.delivery.transport import known_transports

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMAND_PAGE = (ROOT / "docs/commands.md").read_text(encoding="utf-8")


def command(name: str) -> click.Command:
    found = group.get_command(click.Context(group), name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_manual(name: str) -> None:
    assert f"`newsletter {name}" in COMMAND_PAGE


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_a_command_is_in_the_manual(name: str) -> None:
    found = command(name)
    if isinstance(found, click.Group):
        pytest.skip("its commands have help of their own")
    options = [long for option in found.params for long in option.opts if long.startswith("--")]
    assert [option for option in options if option not in COMMAND_PAGE] == []


def test_every_command_and_every_option_says_what_it_does() -> None:
    def silent(found: click.Command, path: str) -> list[str]:
        missing = [] if found.help else [path]
        missing += [
            f"{path} {option.opts[0]}"
            for option in found.params
            if isinstance(option, click.Option) and not option.help and not option.default
        ]
        if isinstance(found, click.Group):
            for name in found.list_commands(click.Context(found)):
                below = found.get_command(click.Context(found), name)
                assert below is not None
                missing += silent(below, f"{path} {name}")
        return missing

    allowed = {"--name", "--agency", "--area"}
    assert [path for path in silent(group, "newsletter") if path.rsplit(" ", 1)[-1] not in allowed] == []


def test_every_transport_for_users_is_in_the_manual() -> None:
    page = (ROOT / "docs/sending.md").read_text(encoding="utf-8")
    assert [name for name in known_transports() if name != "memory" and f"| {name} |" not in page] == []


def test_every_environment_setting_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    read = set(re.findall(r"NEWSLETTER_[A-Z_]+", (ROOT / "src/newsletter/settings.py").read_text(encoding="utf-8")))
    assert {name for name in read if f"`{name}`" not in readme} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_of_the_manual_leads_somewhere(page: Path) -> None:
    links = re.findall(
        r"\]\(([^)#\s]+)(?:#[^)]*)?\)", re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
    )
    local = [
        link for link in links if "://" not in link and not link.startswith(("mailto:", "tel:", "files/", "images/"))
    ]
    assert [link for link in local if not (page.parent / link).exists()] == []
