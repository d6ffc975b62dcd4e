"""The preview: what it shows, to whom, and that a mistake in a file never ends it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tests.unit.web.studio_kit import ISSUE, ITEM, KEY, SETTINGS, Preview, publication

from newsletter.models.edition import Edition
from newsletter.models.issue import Issue

ITEM_FILE = "issues/2026-11-winter/10-cold-homes.md"


@pytest.fixture
def preview(tmp_path: Path) -> Preview:
    return Preview(publication(tmp_path))


def test_the_page_shows_what_an_inbox_shows_and_what_can_be_counted(preview: Preview) -> None:
    page = preview.page()
    for words in ("NSP News", "Winter is coming", "Ring before Friday", "102,400", "Reading time", "of 8"):
        assert words in page
    assert re.search(r"<dd>\d+</dd>", page)
    assert 'aria-current="page"' in page


def test_the_start_leads_to_the_issue_asked_for_or_the_latest(preview: Preview) -> None:
    assert preview.client.get(f"/{KEY}/").headers["location"] == f"/{KEY}/issue/issues/2026-11-winter"
    older = preview.issue.with_name("2026-10-autumn")
    older.mkdir()
    (older / "issue.md").write_text(ISSUE)
    preview.service.state.looks.saved({older / "issue.md"})
    assert preview.client.get(f"/{KEY}/").headers["location"].endswith("2026-11-winter")
    assert "2026-10-autumn" in preview.page()


def test_a_publication_without_issues_is_told_how_to_begin(tmp_path: Path) -> None:
    preview = Preview(publication(tmp_path))
    for file in preview.issue.glob("*.md"):
        file.unlink()
    preview.service.state.looks.saved({preview.project})
    assert "newsletter new issue" in preview.page()


@pytest.mark.parametrize("view", ["email", "phone", "text", "web", "source"])
def test_each_view_says_what_the_issue_says(preview: Preview, view: str) -> None:
    assert f"/frame/{view}/issues/2026-11-winter/" in preview.page(f"?view={view}")
    assert "Ring the team." in preview.frame(view)


def test_a_frame_can_run_nothing_and_reach_nothing(preview: Preview) -> None:
    sandbox = re.search(r'<iframe[^>]*sandbox="([^"]*)"', preview.page())
    assert sandbox
    assert sandbox[1] == "allow-popups allow-popups-to-escape-sandbox"
    answer = preview.client.get(f"/{KEY}/frame/email/issues/2026-11-winter/")
    policy = answer.headers["content-security-policy"]
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe-inline" not in preview.client.get(f"/{KEY}/").headers["content-security-policy"]


def test_pictures_come_from_this_machine_and_not_from_the_site(preview: Preview) -> None:
    for view in ("email", "web"):
        sources = re.findall(r'<img[^>]*\ssrc="([^"]+)"', preview.frame(view))
        assert sources
        for source in sources:
            assert "://" not in source
            answer = preview.client.get(f"/{KEY}/frame/{view}/issues/2026-11-winter/{source}")
            assert answer.headers["content-type"] == "image/png"
    assert preview.client.get(f"/{KEY}/frame/email/issues/2026-11-winter/images/other.png").status_code == 404


def test_images_off_is_a_policy_so_that_alt_texts_show_as_in_a_mail_program(preview: Preview) -> None:
    assert "?images=off" in preview.page("?images=off")
    answer = preview.client.get(f"/{KEY}/frame/email/issues/2026-11-winter/?images=off")
    assert "img-src 'none'" in answer.headers["content-security-policy"]


def test_merge_tags_show_samples_whose_links_lead_nowhere(preview: Preview) -> None:
    for view in ("email", "text", "web"):
        assert "%%" not in preview.frame(view)
    email = preview.frame("email")
    assert "Multi-agency practitioners" in email
    assert re.search(r'<a target="_self"[^>]*href="#each-reader-has-their-own"', email)
    assert "%%unsubscribe_url%%" in preview.frame("source")  # the source is the source


def test_links_open_apart_and_anchors_stay(preview: Preview) -> None:
    email = preview.frame("email")
    assert '<base target="_blank">' in email
    assert f'href="/{KEY}/frame/web/issues/2026-11-winter/"' in email
    for anchor in re.findall(r'<a\b[^>]*href="#[^>]*>', email):
        assert 'target="_self"' in anchor


def test_the_web_copy_finds_its_style_sheet(preview: Preview) -> None:
    sheet = re.search(r'rel="stylesheet" href="\.\./\.\./([^"]+)"', preview.frame("web"))
    assert sheet
    assert preview.client.get(f"/{KEY}/frame/web/{sheet[1]}").headers["content-type"].startswith("text/css")


def test_a_restricted_issue_has_its_pictures_and_no_web_copy(preview: Preview) -> None:
    preview.save("issues/2026-11-winter/issue.md", ISSUE.replace("audiences:", "visibility: restricted\naudiences:"))
    assert "A restricted issue has no web copy." in preview.page("?view=web")
    email = preview.frame("email")
    assert "cid:" not in email
    (source,) = re.findall(r'<img[^>]*\ssrc="([^"]+)"', email)
    assert preview.client.get(f"/{KEY}/frame/email/issues/2026-11-winter/{source}").status_code == 200


def test_findings_stand_worst_first_with_file_line_and_a_way_to_the_place(preview: Preview) -> None:
    preview.save(ITEM_FILE, ITEM.replace("Ring the team.", "To ring the team [click here](https://www.example.org/x)."))
    page = preview.page()
    assert "NL102" in page
    assert "10-cold-homes.md:5" in page
    assert f'/{KEY}/frame/email/issues/2026-11-winter/#cold-homes" target="preview"' in page
    levels = re.findall(r'<li class="(stop|fix|advice)">', page)
    assert levels == sorted(levels, key=["stop", "fix", "advice"].index)


def test_a_mistake_is_shown_with_its_line_and_the_preview_comes_back_when_it_is_mended(preview: Preview) -> None:
    assert "<iframe" in preview.page()
    preview.save(ITEM_FILE, ITEM.replace("title:", "titel:"))
    page = preview.page()
    assert "<iframe" not in page
    assert f"{ITEM_FILE}<b>:2</b>" in page
    assert "titel: Cold homes" in page
    assert "Did you mean" in page
    assert preview.client.get(f"/{KEY}/frame/email/issues/2026-11-winter/").status_code == 404
    preview.save(ITEM_FILE, ITEM)
    assert "<iframe" in preview.page()


def test_a_mistake_in_a_template_is_shown_with_its_line(preview: Preview) -> None:
    (preview.project / "templates" / "text").mkdir(parents=True)
    preview.save("templates/text/issue.txt", "{{ issue.front.title }}\n{% if %}\n")
    page = preview.page()
    assert "templates/text/issue.txt<b>:2</b>" in page
    assert "{% if %}" in page


def test_a_mistake_in_the_settings_is_shown_and_mended_without_a_restart(preview: Preview) -> None:
    preview.page()
    preview.save("newsletter.toml", SETTINGS.replace("[site]", "[sight]"))
    assert "newsletter.toml<b>:" in preview.page()
    preview.save("newsletter.toml", SETTINGS.replace("NSP News", "Another name"))
    assert "Another name" in preview.page()


def test_what_a_file_says_is_shown_as_text(preview: Preview) -> None:
    preview.save(ITEM_FILE, ITEM.replace("title: Cold homes", "<script>alert(1)</script>: x\ntitle: y"))
    page = preview.page()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_mistake_of_the_programs_own_does_not_end_it(preview: Preview, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(issue: Issue, edition: Edition) -> Any:
        raise KeyError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr(preview.app, "check", broken)
        assert "a mistake of its own (KeyError)" in preview.page()
    preview.save(ITEM_FILE, ITEM)
    assert "<iframe" in preview.page()


def test_what_was_written_is_shown_before_it_is_checked(preview: Preview, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(issue: Issue, edition: Edition) -> Any:
        raise AssertionError("checked too early")

    with monkeypatch.context() as patch:
        patch.setattr(preview.app, "check", never)
        assert "<iframe" in preview.page("?checks=later")
        assert "Ring the team." in preview.frame("email")
    assert "Nothing to fix." in preview.page() or "to look at" in preview.page() or "to fix" in preview.page()


def test_one_save_makes_only_its_own_issue_anew(preview: Preview, monkeypatch: pytest.MonkeyPatch) -> None:
    other = preview.issue.with_name("2026-10-autumn")
    other.mkdir()
    (other / "issue.md").write_text(ISSUE)
    read = preview.app.read
    reads: list[str] = []

    def counted(folder: Path) -> Issue:
        reads.append(folder.name)
        return read(folder)

    monkeypatch.setattr(preview.app, "read", counted)
    for _ in range(2):
        preview.page()
        preview.get("/issue/issues/2026-10-autumn")
    assert reads == ["2026-11-winter", "2026-10-autumn"]
    preview.save(ITEM_FILE, ITEM)
    preview.page()
    preview.get("/issue/issues/2026-10-autumn")
    assert reads == ["2026-11-winter", "2026-10-autumn", "2026-11-winter"]


class TestStrangers:
    def test_another_host_name_is_refused(self, preview: Preview) -> None:
        for host in (
            "evil.example",
            "127.0.0.1",
            "127.0.0.1:81",
            "evil.example:8765",
            "127.0.0.1.evil.example:8765",
            "",
        ):
            answer = preview.client.get(f"/{KEY}/issue/issues/2026-11-winter", headers={"Host": host})
            assert answer.status_code == 403
            assert "Winter" not in answer.text

    def test_a_foreign_origin_is_refused(self, preview: Preview) -> None:
        for path in ("/", "/events", "/issue/issues/2026-11-winter", "/frame/email/issues/2026-11-winter/"):
            for origin in ("https://evil.example", "http://127.0.0.1:81", "http://localhost", "http://[bad", "file://"):
                answer = preview.client.get(f"/{KEY}{path}", headers={"Origin": origin})
                assert answer.status_code == 403

    def test_without_the_key_there_is_nothing(self, preview: Preview) -> None:
        known = ("/", "/issue/issues/2026-11-winter", "/static/studio.js", "/é")
        almost = ("/wrong-key/", f"/{KEY}", f"/{KEY}x/", f"/{KEY.upper()}/", f"//{KEY}/")
        for path in known + almost:
            answer = preview.client.get(path)
            assert answer.status_code == 404
            assert KEY not in answer.text

    def test_nothing_can_be_sent_to_it(self, preview: Preview) -> None:
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
            assert preview.client(method, f"/{KEY}/").status_code == 403

    @pytest.mark.parametrize(
        "path",
        [
            "/issue/issues/..",
            "/issue/%2e%2e/secret",
            "/issue/issues/..%2f..%2fsecret",
            "/static/page.html",
            "/static/..%2fpage.html",
            "/frame/email/issues/2026-11-winter/..%2f..%2fnewsletter.toml",
            "/frame/email/issues/2026-11-winter/issue.md",
            "/frame/web/assets/..%2fx.css",
            "/frame/nonsense/issues/2026-11-winter/",
            "/frame/email/issues/unknown/",
            "/%00",
        ],
    )
    def test_no_address_leads_to_another_file(self, preview: Preview, path: str) -> None:
        answer = preview.client.get(f"/{KEY}{path}")
        assert answer.status_code == 404 or "not there any more" in answer.text
        assert "[partnership]" not in answer.text

    def test_what_cannot_be_chosen_is_as_if_it_were_not_there(self, preview: Preview) -> None:
        assert "/frame/email/" in preview.page("?view=<script>&dark=1&images=maybe&checks=never")
