"""What the linters cannot see: who reads the environment, what a start costs, and what no file may hold."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
HEAVY = (
    "alembic",
    "cssutils",
    "httpx",
    "jinja2",
    "lxml",
    "markdown",
    "mjml",
    "premailer",
    "pydantic",
    "rich",
    "sendgrid",
    "sqlalchemy",
    "starlette",
    "uvicorn",
)


def test_only_settings_reads_the_environment() -> None:
    readers = [
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in {("os", "environ"), ("os", "getenv"), ("os", "environb"), ("os", "putenv")}
    ]
    assert set(readers) == {"src/newsletter/settings.py"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT / "src").as_posix())
def test_a_module_opens_with_a_sentence_that_says_what_it_owns(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), "no docstring"


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["send", "--help"], ["subscribers", "--help"]])
def test_a_light_command_imports_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom newsletter.cli import run\nassert run(sys.argv[1:]) == 0\n"
        f"print('HEAVY', sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("HEAVY []"), done.stdout[-300:]


def test_no_tracked_file_holds_a_path_of_one_machine() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a Git checkout")
    machine = re.compile(rb"(?<![\w.])/(?:home|Users|root|work)/[\w.-]+")
    suspects = []
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file() and not path.is_symlink() and machine.search(path.read_bytes()):
            suspects.append(name)
    assert suspects == []
