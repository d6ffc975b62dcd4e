"""What no single row can show: the contents, the links between issues, the archive, the paper, the languages."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from lxml import html as lxml_html
from tests.field import features_leaflet as leaflet
from tests.field.conftest import Case
from tests.field.features import FEATURES, PAGE, page
from tests.field.field_kit import PUBLICATION, Page, missing_words, squashed
from tests.unit.rendering.html_kit import select

AUTUMN = "issues/2027-09-autumn"
PATHS = sorted(file.parent.relative_to(PUBLICATION).as_posix() for file in PUBLICATION.glob("*/*/issue.md"))
HEADINGS = "//*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5 or self::h6]"


def test_every_proof_that_a_row_names_is_a_test_of_this_folder() -> None:
    here = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    named = {name for feature in FEATURES for name in feature.more}
    assert [name for name in sorted(named) if f"def {name}(" not in here] == []


def test_the_manual_lists_every_row_with_the_case_that_proves_it() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.field.features"
    for feature in FEATURES:
        assert f"| {feature.id} | {feature.what} | `{feature.file}` |" in page()
        assert (PUBLICATION / feature.file).is_file()


def test_the_contents_lead_to_headings_that_are_there(cases: Mapping[str, Case]) -> None:
    """Those of an email lead to the web copy, as many mail clients know no jumps; without one, within the email."""
    for case in cases.values():
        start = f"{case.edition.web_url}#"
        landing = case.pages.get("web", case.pages["email"])
        ids = {str(element.get("id")) for element in landing.root.iter() if element.get("id")}
        for shown in case.pages.values():
            jumps = [href for href in shown.hrefs("") if href.startswith((start, "#"))]
            assert {unquote(href.split("#", 1)[1]) for href in jumps} - ids == set()
            assert bool(jumps) or not case.issue.contents_levels


def test_no_heading_level_is_skipped(cases: Mapping[str, Case]) -> None:
    for case in cases.values():
        for shown in case.pages.values():
            levels = [int(str(found.tag)[1]) for found in select(shown.root, HEADINGS)]
            assert levels[0] == 1
            assert levels.count(1) == 1
            assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_the_list_of_what_to_do_leads_to_the_item_and_says_by_when(cases: Mapping[str, Case]) -> None:
    case = cases["briefings/2027-03-listening-week"]
    for shown in case.pages.values():
        line = "//*[normalize-space()='What you need to do']/following::a[1]"
        assert shown.root.xpath(f"boolean({line}[contains(@href, '#listening-week')])")
        assert "By Friday 30 April 2027" in squashed(shown.words(""))
    assert "\nWhat you need to do\n" in case.text("text")


def test_every_file_that_a_page_links_to_is_published_beside_it(cases: Mapping[str, Case], public: Path) -> None:
    for path, case in cases.items():
        if case.issue.restricted:
            continue
        local = [href for href in case.pages["web"].hrefs("") if href.startswith("files/")]
        assert [href for href in local if not (public / path / unquote(href)).is_file()] == []
    assert sorted((public / "issues/2027-06-summer/files").iterdir())


def test_every_public_issue_is_a_page_of_the_archive(cases: Mapping[str, Case], public: Path) -> None:
    index = (public / "index.html").read_text(encoding="utf-8")
    out = [path for path, case in cases.items() if not case.issue.restricted]
    assert len(out) == len(cases) - 1
    for path in out:
        assert (public / path / "index.html").is_file()
        assert f'href="{path}/index.html"' in index


def test_a_link_back_to_another_issue_lands_on_its_item(cases: Mapping[str, Case], public: Path) -> None:
    for path in ("seven-minute/2027-09-closed-door", AUTUMN):
        for href in cases[path].pages["web"].hrefs(""):
            if href.startswith("https://news.wtsp.example.org/") and urlsplit(href).path.strip("/"):
                target = Page((public / urlsplit(href).path.strip("/") / "index.html").read_text(encoding="utf-8"))
                name = urlsplit(href).fragment
                assert not name or target.root.xpath("//*[@id=$name]", name=name)


def test_a_restricted_leaflet_leaves_nothing_in_the_archive(cases: Mapping[str, Case], public: Path) -> None:
    issue = cases[leaflet.ISSUE.removesuffix("/issue.md")].issue
    assert issue.restricted
    marks = [issue.slug, issue.front.title, "ines.calloway", "rapid review finds", "the listening line for staff"]
    assert not (public / issue.path).exists()
    for file in public.rglob("*"):
        if file.is_file():
            held = file.read_bytes().decode("utf-8", "replace")
            assert [mark for mark in marks if mark in held] == [], file.relative_to(public)


def test_no_web_copy_and_no_paper_holds_a_personal_link(
    cases: Mapping[str, Case], public: Path, paper: Callable[[str], list[str]]
) -> None:
    for path, case in cases.items():
        assert "%%" in case.text("email")
        assert "%%" not in "".join(paper(path))
    assert [file for file in public.rglob("*.html") if "%%" in file.read_text(encoding="utf-8")] == []


def test_the_running_header_and_the_number_are_on_every_page(paper: Callable[[str], list[str]]) -> None:
    pages = paper(leaflet.ISSUE.removesuffix("/issue.md"))
    assert len(pages) == 2
    for number, words in enumerate(pages, 1):
        wanted = ("Learning together so that children are safer", f"Page {number} of 2")
        assert [one for one in wanted if missing_words([one], words, blanks=False)] == []


def test_a_footnote_stands_at_the_foot_of_its_page(paper: Callable[[str], list[str]]) -> None:
    first, second = paper(leaflet.ISSUE.removesuffix("/issue.md"))
    assert missing_words(["outside the event.", "Chapter 5, Working together"], first) == []
    assert "Chapter 5" not in second


def test_contents_on_paper_give_page_numbers(paper: Callable[[str], list[str]]) -> None:
    pages = paper(AUTUMN)
    [number] = re.findall(r"Eight discussions\s*(\d+)\s", pages[0] + " ")
    assert missing_words(["Eight discussions on the consultation"], pages[int(number) - 1]) == []


def alts(element: Any) -> Iterator[str]:
    """What the pictures of a PDF say, from its tags."""
    if "/Alt" in element:
        yield str(element["/Alt"])
    below = element.get("/K", [])
    for child in below if isinstance(below, list) else [below]:
        if hasattr(child, "get_object") and hasattr(child.get_object(), "keys"):
            yield from alts(child.get_object())


def test_pictures_on_paper_have_their_words_too(pdf: Callable[[str], Any]) -> None:
    said = list(alts(pdf("briefings/2027-03-listening-week").trailer["/Root"]["/StructTreeRoot"]))
    assert "A boy waits by a closed school gate" in said


def test_a_qr_code_on_paper_has_its_link_beside_it(
    pdf: Callable[[str], Any], paper: Callable[[str], list[str]]
) -> None:
    path = "issues/2027-06-summer"
    assert "QR code of the address beside it" in list(alts(pdf(path).trailer["/Root"]["/StructTreeRoot"]))
    assert missing_words(["On the web", f"news.wtsp.example.org/{path}"], "".join(paper(path)), blanks=False) == []


def test_a_long_address_may_break_on_a_phone(cases: Mapping[str, Case]) -> None:
    case = cases["guidance/2027-04-online-exploitation"]
    assert "word-break:break-word" in case.text("email")
    assert case.edition.stylesheet is not None
    assert "overflow-wrap" in case.edition.stylesheet.data.decode()


def test_a_telephone_number_in_urdu_is_not_turned_round(cases: Mapping[str, Case]) -> None:
    """Digits parted by a plain blank are two numbers, shown in the wrong order (Unicode UAX #9)."""
    for path in ("guidance/2027-06-urdu", "issues/2027-06-summer"):
        for name in ("email", "web"):
            root = lxml_html.document_fromstring(cases[path].text(name))
            links = select(root, "//a[starts-with(@href, 'tel:')][ancestor::*[@dir][1]/@dir='rtl']")
            assert links
            assert [link.text for link in links if link.get("dir") != "ltr" or " " in (link.text or "")] == []
    assert "01632\u00a0960411 پر فون" in cases["guidance/2027-06-urdu"].text("text")


@pytest.mark.parametrize("path", PATHS)
def test_the_checks_find_nothing_that_holds_an_issue_up(path: str, cases: Mapping[str, Case]) -> None:
    """Every sentence of the publication was judged: a finding that blocks is a false one."""
    assert [finding for finding in cases[path].checked.findings if finding.blocks] == []
