"""What the archive holds, and what it must never hold."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import html as lxml_html
from tests.unit.publishing.conftest import NOW, MakeEntry, Publish
from tests.unit.publishing.tree_kit import says, stamps, tree_of
from tests.unit.rendering.html_kit import select
from tests.unit.rendering.issue_kit import build_item

from newsletter.models.dates import LONDON
from newsletter.models.edition import MERGE_TAGS, NEIGHBOURS_MARK
from newsletter.publishing import files
from newsletter.publishing.archive import Entry
from newsletter.publishing.ledger import FILE as LEDGER

SECRET = "2026-12-secret"


def page(public: Path, path: str) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring((public / path).read_text(encoding="utf-8"))


def titles(public: Path) -> list[str]:
    return [str(link.text_content()) for link in select(page(public, "index.html"), "//main//h3/a")]


def test_an_issue_that_is_out_has_a_page_and_is_listed(publish: Publish, make_entry: MakeEntry, public: Path) -> None:
    done = publish(make_entry("2026-11-winter"))
    assert titles(public) == ["Title of 2026-11-winter"]
    [link] = select(page(public, "index.html"), "//main//h3/a")
    assert (public / str(link.get("href"))).is_file()
    assert says(public, "Words of 2026-11-winter") == ["issues/2026-11-winter/index.html"]
    assert {path for path in done.written if path.endswith(".html")} == {
        "404.html",
        "index.html",
        "issues/2026-11-winter/index.html",
    }


def test_every_local_address_of_every_page_leads_to_a_file(
    publish: Publish, make_entry: MakeEntry, public: Path
) -> None:
    publish(make_entry("2026-11-winter"), make_entry("2026-10-week", series="briefing", date="1 October 2026"))
    for file in public.rglob("index.html"):
        tree = lxml_html.document_fromstring(file.read_text(encoding="utf-8"))
        for element in select(tree, "//*[@href or @src]"):
            address = str(element.get("href") or element.get("src"))
            if not re.match(r"[a-z]+:|#", address):
                assert (file.parent / address).is_file(), address


def test_the_list_is_newest_first_and_says_what_each_issue_is_about(
    publish: Publish, make_entry: MakeEntry, public: Path
) -> None:
    publish(
        make_entry("a", date="1 June 2025", title="Oldest"),
        make_entry("c", date="26 November 2026", title="Newest", number=12, preheader="Three dates and a survey."),
        make_entry("b", date="1 June 2026", title="Middle", series="briefing"),
    )
    assert titles(public) == ["Newest", "Middle", "Oldest"]
    words = " ".join(page(public, "index.html").text_content().split())
    assert "26 November 2026 Newsletter · Number 12 Newest Three dates and a survey. Topics: neglect" in words
    assert "5 minute briefing Middle Summary of b" in words
    assert [str(year.text_content()) for year in select(page(public, "index.html"), "//main/h2")] == ["2026", "2025"]


def test_neighbours_are_those_of_the_same_series_that_are_listed(
    publish: Publish, make_entry: MakeEntry, public: Path
) -> None:
    publish(
        make_entry("one", date="1 January 2026"),
        make_entry("other", date="1 February 2026", series="briefing"),
        make_entry("hidden", date="1 March 2026", visibility="unlisted"),
        make_entry("two", date="1 April 2026"),
        make_entry("three", date="1 May 2026"),
    )

    def neighbours(path: str) -> list[tuple[str, str]]:
        links = select(page(public, path), "//nav[@aria-label='Issues']//a")
        return [(str(link.get("rel")), str(link.get("href"))) for link in links]

    assert neighbours("issues/two/index.html") == [
        ("prev", "../../issues/one/index.html"),
        ("next", "../../issues/three/index.html"),
        ("None", "../../index.html"),
    ]
    assert neighbours("issues/hidden/index.html") == [("None", "../../index.html")]
    assert not says(public, NEIGHBOURS_MARK)


@pytest.mark.parametrize(
    "front",
    [
        {"draft": True},
        {"date": "2 December 2026"},
        {"embargo_until": "1 December 2026 12.01pm"},
        {"visibility": "restricted"},
    ],
    ids=["draft", "future", "embargoed", "restricted"],
)
def test_what_may_not_be_seen_leaves_nothing_anywhere(
    publish: Publish, make_entry: MakeEntry, public: Path, front: dict[str, Any]
) -> None:
    publish(make_entry("2026-11-winter"), make_entry(SECRET, title="Secret title", **front))
    assert not says(public, SECRET)
    assert not says(public, "Secret title")
    assert titles(public) == ["Title of 2026-11-winter"]


@pytest.mark.parametrize(
    "front",
    [{"draft": True}, {"embargo_until": "1 January 2027 9am"}, {"visibility": "restricted"}],
    ids=["draft", "embargoed", "restricted"],
)
def test_what_was_out_and_may_not_be_seen_any_more_is_taken_away(
    publish: Publish, make_entry: MakeEntry, public: Path, front: dict[str, Any]
) -> None:
    other = make_entry("2026-11-winter")
    publish(other, make_entry(SECRET, date="1 November 2026"))
    assert says(public, SECRET)
    done = publish(other, make_entry(SECRET, date="1 November 2026", **front))
    assert not says(public, SECRET)
    assert f"issues/{SECRET}/index.html" in done.removed
    assert not (public / "issues" / SECRET).exists()


def test_it_is_taken_away_even_if_the_ledger_was_lost(publish: Publish, make_entry: MakeEntry, public: Path) -> None:
    publish(make_entry(SECRET, date="1 November 2026"))
    (public / LEDGER).unlink()
    publish(make_entry(SECRET, date="1 November 2026", draft=True))
    assert not says(public, SECRET)


def test_one_embargoed_item_holds_the_whole_issue_back(publish: Publish, make_entry: MakeEntry, public: Path) -> None:
    items = [build_item(title="Free"), build_item(title="Held", embargo_until="1 December 2026 1pm")]
    held = make_entry("2026-11-winter", items=items)
    publish(held)
    assert not says(public, "Free")
    publish(held, now=NOW + timedelta(hours=1))
    assert says(public, "Held")


def test_an_issue_comes_out_at_midnight_in_london(publish: Publish, make_entry: MakeEntry, public: Path) -> None:
    entry = make_entry("june", date="2 June 2026")
    publish(entry, now=datetime(2026, 6, 1, 23, 59, tzinfo=LONDON))
    assert titles(public) == []
    publish(entry, now=datetime(2026, 6, 2, 0, 0, tzinfo=LONDON))
    assert titles(public) == ["Title of june"]


def test_an_unlisted_issue_has_a_page_and_no_mention(publish: Publish, make_entry: MakeEntry, public: Path) -> None:
    publish(make_entry("2026-11-winter"), make_entry("2026-11-quiet", visibility="unlisted"))
    assert "noindex" in (public / "issues/2026-11-quiet/index.html").read_text(encoding="utf-8")
    found = says(public, "2026-11-quiet")
    assert all(path.startswith("issues/2026-11-quiet/") for path in found)


def test_a_retired_issue_becomes_a_notice_at_the_same_address(
    publish: Publish, make_entry: MakeEntry, public: Path
) -> None:
    entry = make_entry("2026-11-winter", retire_on="30 November 2026")
    publish(entry, now=datetime(2026, 11, 30, 12, tzinfo=LONDON))
    assert titles(public)
    publish(entry)
    notice = (public / "issues/2026-11-winter/index.html").read_text(encoding="utf-8")
    assert "No longer published" in notice
    assert "noindex" in notice
    assert titles(public) == []
    assert not says(public, "Title of 2026-11-winter")
    assert [path for path in tree_of(public) if path.startswith("issues/")] == ["issues/2026-11-winter/index.html"]


def test_no_public_file_holds_a_personal_link(publish: Publish, make_entry: MakeEntry, public: Path) -> None:
    publish(make_entry("2026-11-winter"))
    for tag in [*MERGE_TAGS.values(), "%%", "unsubscribe"]:
        assert not says(public, tag)


def test_publishing_again_writes_nothing_and_keeps_every_time_stamp(
    publish: Publish, make_entry: MakeEntry, public: Path
) -> None:
    entries = [make_entry("2026-11-winter"), make_entry("x", draft=True), make_entry("y", visibility="unlisted")]
    first = publish(*entries)
    before = stamps(public)
    again = publish(*entries)
    assert (again.written, again.removed) == ((), ())
    assert again.unchanged == first.written
    assert stamps(public) == before


def test_a_new_issue_changes_its_own_files_its_neighbour_and_the_list(
    publish: Publish, make_entry: MakeEntry, public: Path
) -> None:
    old = [make_entry(f"2026-0{month}", date=f"1 {name} 2026") for month, name in ((1, "January"), (2, "February"))]
    publish(*old)
    done = publish(*old, make_entry("2026-03", date="1 March 2026"))
    pages = {path for path in done.written if path.endswith(".html")}
    assert pages == {"index.html", "issues/2026-02/index.html", "issues/2026-03/index.html"}


def test_an_issue_that_is_deleted_loses_its_pages(publish: Publish, make_entry: MakeEntry, public: Path) -> None:
    kept, gone = make_entry("kept"), make_entry("gone")
    publish(kept, gone)
    done = publish(kept)
    assert not says(public, "gone")
    assert "issues/gone/index.html" in done.removed
    assert not (public / "issues/gone").exists()


def test_files_that_are_not_ours_stay(publish: Publish, make_entry: MakeEntry, public: Path) -> None:
    foreign = {
        "CNAME": b"news",
        "issues/gone/notes.txt": b"mine",
        ".well-known/security.txt": b"x",
        "robots.txt": b"own",
    }
    for path, data in foreign.items():
        (public / path).parent.mkdir(parents=True, exist_ok=True)
        (public / path).write_bytes(data)
    publish(make_entry("gone"))
    publish()
    assert {path: tree_of(public).get(path) for path in foreign} == foreign
    assert not (public / "issues/gone/index.html").exists()


def test_the_ledger_names_no_path(publish: Publish, make_entry: MakeEntry, public: Path) -> None:
    publish(make_entry("2026-11-quiet", visibility="unlisted"), make_entry(SECRET, draft=True))
    text = (public / LEDGER).read_text(encoding="utf-8")
    assert "2026" not in re.sub(r"[0-9a-f]{64}", "", text)


def test_a_broken_ledger_takes_no_file_for_ours(publish: Publish, make_entry: MakeEntry, public: Path) -> None:
    publish(make_entry("one"))
    for broken in (b"{", b"[]", b'{"files": 7}', b"\xff"):
        (public / LEDGER).write_bytes(broken)
        (public / "mine.txt").write_text("x")
        publish(make_entry("one"))
        assert (public / "mine.txt").exists()


def test_an_archive_without_issues_says_so(publish: Publish, public: Path) -> None:
    publish()
    assert "Nothing has been published yet." in (public / "index.html").read_text(encoding="utf-8")
    assert (public / "404.html").is_file()


def test_hostile_titles_stay_text(publish: Publish, make_entry: MakeEntry, public: Path) -> None:
    nasty = '"><script>alert(1)</script>'
    items = [build_item(title="x", summary=nasty, tags=[nasty])]
    publish(
        make_entry("one", title=nasty, items=items, date="1 January 2026"),
        make_entry("two", title="Two", preheader=nasty, date="1 February 2026"),
    )
    for path in ("index.html", "issues/one/index.html", "issues/two/index.html"):
        tree = page(public, path)
        assert [script.get("type") for script in select(tree, "//script")] in ([], ["application/ld+json"])
    assert nasty in titles(public)


def test_pages_of_the_archive_hold_no_style_and_fetch_nothing_but_the_logo(
    publish: Publish, make_entry: MakeEntry, public: Path
) -> None:
    publish(make_entry("one"), make_entry("two", retire_on="28 November 2026"))
    for path in ("index.html", "404.html", "issues/two/index.html"):
        tree = page(public, path)
        assert not select(tree, "//*[@style] | //style | //script | //*[@src and not(contains(@src, 'assets/logo-'))]")
        [style] = select(tree, "//link[@rel='stylesheet']")
        assert re.fullmatch(r"(?:/|(?:\.\./)*)assets/style-[0-9a-f]{8}\.css", str(style.get("href")))
        assert len(select(tree, "//h1")) == 1


def test_a_run_that_is_stopped_leaves_each_file_old_or_new_and_the_next_finishes(
    publish: Publish, make_entry: MakeEntry, public: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [make_entry("one"), make_entry("gone")]
    after = [make_entry("one", strapline="Changed"), make_entry("two")]
    publish(*before)
    old = tree_of(public)
    new = _clean_build(publish, after, public)
    real = files.write_if_changed
    for stop in range(12):
        _reset(public, old)
        left = iter([True] * stop)

        def write(path: Path, data: bytes, left: Any = left) -> bool:
            if not next(left, False):
                raise KeyboardInterrupt
            return real(path, data)

        monkeypatch.setattr(files, "write_if_changed", write)
        try:
            publish(*after)
        except KeyboardInterrupt:
            pass
        monkeypatch.setattr(files, "write_if_changed", real)
        for path, data in tree_of(public).items():
            assert path == LEDGER or data in (old.get(path), new.get(path))
        publish(*after)
        assert tree_of(public) == new


def _clean_build(publish: Publish, entries: list[Entry], public: Path) -> dict[str, bytes]:
    _reset(public, {})
    publish(*entries)
    return tree_of(public)


def _reset(public: Path, tree: dict[str, bytes]) -> None:
    for path in sorted(public.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    for name, data in tree.items():
        (public / name).parent.mkdir(parents=True, exist_ok=True)
        (public / name).write_bytes(data)


def test_every_page_of_the_archive_shows_the_logo(publish: Publish, make_entry: MakeEntry, public: Path) -> None:
    publish(make_entry("one"), make_entry("two", retire_on="28 November 2026"))
    for path in ("index.html", "issues/one/index.html", "issues/two/index.html"):
        [logo] = select(page(public, path), '//header//a[@class="name"]/img')
        assert (public / path).parent.joinpath(str(logo.get("src"))).is_file(), path
        assert logo.get("alt") == "", "the name stands beside it"
    [logo] = select(page(public, "404.html"), "//header//img")
    assert public.joinpath(str(logo.get("src")).lstrip("/")).is_file(), "a page that stands for any address"


@pytest.mark.parametrize(
    ("lang", "said", "before", "gone"),
    [("cy", "cy", "Cynt: ", "Nid yw’n cael ei gyhoeddi mwyach"), ("ur", "en-GB", "Before: ", "No longer published")],
)
def test_pages_around_an_issue_speak_its_language_or_ours(
    lang: str, said: str, before: str, gone: str, publish: Publish, make_entry: MakeEntry, public: Path
) -> None:
    entries = [
        make_entry("one", date="1 November 2026"),
        make_entry("two", lang=lang),
        make_entry("three", lang=lang, retire_on="28 November 2026"),
    ]
    publish(*entries)
    [nav] = select(page(public, "issues/two/index.html"), '//nav[@class="neighbours"]')
    assert before + "Title of one" in nav.text_content()
    assert nav.get("lang") == (None if lang == said else said)
    retired = page(public, "issues/three/index.html")
    assert (retired.get("lang"), retired.get("dir")) == (said, "ltr")
    assert select(retired, "//h1")[0].text_content() == gone
