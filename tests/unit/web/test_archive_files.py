"""The archive's files, and nothing beside them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.web.service_kit import Client, FakeApp


@pytest.fixture
def public(app: FakeApp) -> Path:
    folder = app.public / "issues" / "winter"
    folder.mkdir(parents=True)
    (app.public / "index.html").write_text("front page")
    (folder / "index.html").write_text("winter")
    (folder / "hall-3f2a91c4.png").write_bytes(b"picture")
    (app.public / "calendar.ics").write_text("0123456789")
    (app.public / ".hidden").write_text("secret")
    (app.project / "secret.txt").write_text("secret")
    return app.public


def test_pages_are_served_by_their_folder_name(client: Client, public: Path) -> None:
    assert client.get("/").text == "front page"
    answer = client.get("/issues/winter/")
    assert answer.text == "winter"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert client("HEAD", "/issues/winter/").status_code == 200
    assert client.get("/nothing/").status_code == 404


def test_the_archive_may_be_built_while_the_service_runs(app: FakeApp, client: Client) -> None:
    assert client.get("/").status_code == 404
    app.public.mkdir()
    (app.public / "index.html").write_text("built")
    assert client.get("/").text == "built"


def test_a_missing_slash_is_added_without_naming_a_host(client: Client, public: Path) -> None:
    answer = client.get("/issues/winter", headers={"Host": "evil.example"})
    assert answer.headers["location"] == "./winter/"
    assert client.get("//evil.example/").status_code == 404


def test_a_page_of_the_archives_own_says_what_is_missing(client: Client, public: Path) -> None:
    (public / "404.html").write_text("our own words")
    answer = client.get("/nothing")
    assert (answer.status_code, answer.text) == (404, "our own words")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/issues/%2e%2e/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "/%5c..%5csecret.txt",
        "//etc/passwd",
        "/%2fetc%2fpasswd",
        "/C:/secret.txt",
        "/.hidden",
        "/issues/../.hidden",
        "/%00",
        "/index.html%00.png",
        "/issues%0a",
        "/link.txt",
        "/linked/secret.txt",
        "/loop",
        "/newsletter.db",
        "/" + "a" * 5000,
    ],
)
def test_nothing_outside_or_hidden_is_served(client: Client, public: Path, path: str) -> None:
    (public / "link.txt").symlink_to(public.parent / "secret.txt")
    (public / "linked").symlink_to(public.parent)
    (public / "loop").symlink_to(public / "loop")
    answer = client.get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_what_a_reader_has_already_is_not_sent_again(client: Client, public: Path) -> None:
    first = client.get("/issues/winter/")
    assert client.get("/issues/winter/", headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    assert (
        client.get("/issues/winter/", headers={"If-Modified-Since": first.headers["last-modified"]}).status_code == 304
    )


def test_names_that_hold_their_hash_are_kept_for_good_and_pages_are_not(client: Client, public: Path) -> None:
    assert "immutable" in client.get("/issues/winter/hall-3f2a91c4.png").headers["cache-control"]
    assert client.get("/issues/winter/").headers["cache-control"] == "public, max-age=300"


def test_one_range_is_served_and_a_heap_of_them_is_not(client: Client, public: Path) -> None:
    part = client.get("/calendar.ics", headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.text) == (206, "234")
    heap = client.get("/calendar.ics", headers={"Range": "bytes=" + ",".join(f"{place}-" for place in range(10))})
    assert (heap.status_code, heap.text) == (200, "0123456789")
    assert client.get("/calendar.ics", headers={"Range": "bytes=99-"}).status_code == 416


def test_files_can_only_be_read(client: Client, public: Path) -> None:
    for method in ("POST", "PUT", "DELETE"):
        answer = client(method, "/index.html")
        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, HEAD"
    assert (public / "index.html").read_text() == "front page"


def test_the_security_contact_is_who_answers_letters(client: Client) -> None:
    lines = client.get("/.well-known/security.txt").text.splitlines()
    assert "Contact: mailto:partnership@example.org" in lines
    assert "Expires: 2027-05-25T00:00:00Z" in lines
    assert "Canonical: https://news.example.org/.well-known/security.txt" in lines


def test_robots_name_the_sitemap_once_there_is_one(client: Client, public: Path) -> None:
    assert "Sitemap" not in client.get("/robots.txt").text
    (public / "sitemap.xml").write_text("<urlset/>")
    assert "Sitemap: https://news.example.org/sitemap.xml" in client.get("/robots.txt").text


def test_the_style_sheet_has_the_partnerships_colours(client: Client) -> None:
    style = client.get("/service/style.css")
    assert style.headers["content-type"].startswith("text/css")
    assert "--accent:#1d70b8" in style.text
    assert "url(" not in style.text
