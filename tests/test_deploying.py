"""What stands under deploy/ works with this program: its commands, options, settings, limits and files exist."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from newsletter.cli import group
from newsletter.settings import VARIABLES
from newsletter.web import guard, webhook

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
NGINX = (DEPLOY / "nginx/newsletter.conf").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
MANUAL = (ROOT / "docs/deploying.md").read_text(encoding="utf-8")
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")


def command_lines() -> list[tuple[str, list[str]]]:
    """Every call of the program under deploy/, and where it stands."""
    lines = []
    for unit in UNITS:
        for line in re.findall(r"^ExecStart=(.*)$", unit.read_text(encoding="utf-8"), flags=re.M):
            program, *words = shlex.split(line)
            assert program == "/opt/newsletter/bin/newsletter"
            lines.append((unit.name, words))
    lines += [(name, service["command"]) for name, service in COMPOSE["services"].items() if "command" in service]
    lines.append(("Dockerfile", yaml.safe_load(DOCKERFILE.rpartition("\nCMD ")[2])))
    lines += [(f"docs: {line}", shlex.split(line)) for line in re.findall(r"`newsletter ([a-z][^`<]*)`", MANUAL)]
    return lines


@pytest.mark.parametrize(("where", "words"), command_lines(), ids=[where for where, _ in command_lines()])
def test_every_command_line_is_one_that_the_program_understands(where: str, words: list[str]) -> None:
    context = click.Context(group)
    found: click.Command | None = group
    while isinstance(found, click.Group) and words:
        name, *words = words
        found = found.get_command(context, name)
        assert found is not None, f"{where}: there is no command {name}"
    assert found is not None
    found.make_context("newsletter", list(words), parent=context)  # reads its options, and does nothing


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/newsletter/bin/newsletter", "/bin/true")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    checked = subprocess.run(
        ["systemd-analyze", "verify", *sorted(map(str, tmp_path.iterdir()))], capture_output=True, text=True, timeout=60
    )
    ours = [line for line in checked.stderr.splitlines() if "newsletter-" in line]
    assert (checked.returncode, ours) == (0, [])


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.suffix == ".service"], ids=lambda unit: unit.name)
def test_a_service_may_write_to_the_publication_and_nowhere_else(unit: Path) -> None:
    lines = unit.read_text(encoding="utf-8").splitlines()
    for line in ("User=newsletter", "ProtectSystem=strict", "ReadWritePaths=/srv/newsletter", "NoNewPrivileges=yes",
                 "CapabilityBoundingSet=", "UMask=0077"):  # fmt: skip
        assert line in lines


@pytest.mark.skipif(not shutil.which("nginx"), reason="no nginx")
def test_nginx_understands_its_file(tmp_path: Path) -> None:
    text = re.sub(r"^\s*(ssl_certificate|ssl_certificate_key) .*\n", "", NGINX, flags=re.M)
    text = text.replace("443 ssl http2", "8443").replace("/var/log/nginx", str(tmp_path))
    text = re.sub(r"listen (\[::\]:)?80;", r"listen \g<1>8080;", text)
    (tmp_path / "nginx.conf").write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{text}\n}}\n", encoding="utf-8")
    nginx = str(shutil.which("nginx"))
    checked = subprocess.run(
        [nginx, "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "syntax is ok" in checked.stderr, checked.stderr  # to go further it would need its own folders


def test_the_proxy_lets_through_what_the_service_takes_and_no_more_than_it_must() -> None:
    sizes = {"k": 1024, "m": 1024**2}
    forms, calls = (int(size) * sizes[unit] for size, unit in re.findall(r"client_max_body_size +(\d+)([km]);", NGINX))
    assert guard.LARGEST_BODY <= forms <= 4 * guard.LARGEST_BODY
    assert calls == webhook.LARGEST
    assert f"location = {webhook.PATH} {{" in NGINX


def test_no_personal_link_and_no_address_of_a_reader_reaches_a_log() -> None:
    (form,) = re.findall(r"^log_format newsletter '(.*)';$", NGINX, flags=re.M)
    assert not re.search(r"\$(request\b(?!_)|request_uri|uri|args|http_referer|remote_addr)", form)
    (pattern,) = re.findall(r"~(\^/\(\?<newsletter_kind>\S+)", NGINX)
    personal = re.compile(pattern.replace("?<", "?P<"))
    for path in ("/u/TOKEN", "/u/TOKEN/undo", "/p/TOKEN", "/c/TOKEN"):
        assert personal.match(path)
    assert not personal.match("/issues/2026-11-winter/")
    assert re.search(r"error_log +\S+ crit;", NGINX)


def test_what_a_client_says_of_itself_is_not_believed() -> None:
    assert re.search(r"X-Forwarded-For +\$remote_addr;", NGINX)
    assert "$proxy_add_x_forwarded_for;" not in NGINX
    inside = COMPOSE["networks"]["inside"]["ipam"]["config"][0]
    assert COMPOSE["services"]["serve"]["command"][-2:] == ["--trust-proxy", inside["gateway"]]
    assert COMPOSE["services"]["serve"]["ports"] == ["127.0.0.1:8000:8000"]


def test_the_image_is_made_of_files_that_are_there_and_of_nothing_personal() -> None:
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    kept = [line[1:] for line in ignored if line.startswith("!")]
    assert ignored[1] == "*"
    assert [path for path in kept if not (ROOT / path).exists()] == []
    assert [path for path in kept if path.startswith(("outbox", "public", "build", ".env", "spool", "proofs"))] == []
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, flags=re.M)
    assert {path for line in copied for path in line.split()} - {"."} <= set(kept)
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    packed = re.search(r"force-include\]\n(.*?)\n\n", project, flags=re.S)
    assert packed
    wanted = re.findall(r'^"([^"]+)" =', packed[1], flags=re.M)
    assert [path for path in wanted if not any(path == one or path.startswith(f"{one}/") for one in kept)] == []


def test_settings_that_are_named_are_settings_that_are_known() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in DEPLOY.rglob("*") if path.is_file()) + MANUAL
    assert set(re.findall(r"NEWSLETTER_[A-Z_]+", text)) <= set(VARIABLES)


def test_the_database_of_the_containers_is_the_one_that_is_set_up() -> None:
    services = COMPOSE["services"]
    database = services["db"]["environment"]
    url = services["serve"]["environment"]["NEWSLETTER_DATABASE"]
    assert url.startswith(f"postgresql://{database['POSTGRES_USER']}:")
    assert url.endswith(f"@db:5432/{database['POSTGRES_DB']}")
    assert services["serve"]["depends_on"] == {"upgrade": {"condition": "service_completed_successfully"}}
    assert "psycopg==" in (ROOT / "requirements-postgresql.lock").read_text(encoding="utf-8")


def test_every_file_is_in_the_manual() -> None:
    files = [path.relative_to(ROOT).as_posix() for path in DEPLOY.rglob("*") if path.is_file()]
    assert [name for name in files if f"`{name}`" not in MANUAL] == []
