"""The PDF as a whole: what it says, how it is tagged, and that it is the same twice."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from tests.unit.rendering.issue_kit import TEMPLATES, MakeIssue, MakeItem, picture
from tests.unit.rendering.print_kit import open_pdf, pages, root, squeezed, structure, targets, words

from newsletter.models.issue import Asset, Issue
from newsletter.models.publication import Publication
from newsletter.rendering.context import Context
from newsletter.rendering.formats import print as printing
from newsletter.rendering.print_html import printed
from newsletter.rendering.render import Renderer
from newsletter.rendering.templates import Templates

Rendered = Callable[..., bytes]


@pytest.fixture(scope="module")
def rendered(context_of: Callable[[Issue], Context], templates: Templates) -> Rendered:
    """The PDF of an issue, as it is made at a moment if one is given."""

    def render(issue: Issue, now: datetime | None = None) -> bytes:
        return printing.render(context_of(issue).model_copy(update={"now": now}), templates)

    return render


@pytest.fixture(scope="module")
def sample(rendered: Rendered, sample_issue: Issue) -> bytes:
    """The PDF of the issue that covers everything."""
    return rendered(sample_issue)


@pytest.fixture(scope="module")
def sample_pages(sample: bytes) -> list[str]:
    """The words on each of its pages, without blanks."""
    return pages(sample)


def test_it_says_that_it_is_accessible_and_whose_it_is(sample: bytes) -> None:
    pdf = open_pdf(sample)
    catalogue = root(sample)
    assert b'pdfuaid:part="1"' in catalogue["/Metadata"].get_data()
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
    assert catalogue["/Lang"] == "en-GB"
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Winter newsletter: Newsletter, Northshire Safeguarding Children Partnership"
    assert pdf.metadata.author == "Northshire Safeguarding Children Partnership"
    assert {str(pdf.metadata[name]) for name in ("/CreationDate", "/ModDate")} == {"D:20261126"}


def test_pages_are_a4(sample: bytes) -> None:
    sizes = {(round(page.mediabox.width), round(page.mediabox.height)) for page in open_pdf(sample).pages}
    assert sizes == {(595, 842)}


def test_headings_are_tagged_and_none_is_skipped(sample: bytes, sample_issue: Issue) -> None:
    levels = [int(tag[2]) for tag, _ in structure(sample) if tag in {f"/H{level}" for level in range(1, 7)}]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert len(levels) > len(sample_issue.items)


def test_every_figure_says_what_it_shows(sample: bytes) -> None:
    figures = [properties.get("/Alt") for tag, properties in structure(sample) if tag == "/Figure"]
    assert all(figures)
    assert {"People talking in a hall", "A full hall", "A small picture"} <= set(figures)


def test_tables_lists_and_links_are_tagged(sample: bytes) -> None:
    assert {"/Table", "/TR", "/TH", "/TD", "/L", "/LI", "/Lbl", "/Link", "/BlockQuote"} <= {
        tag for tag, _ in structure(sample)
    }


def test_every_title_section_date_contact_and_address_is_on_paper(sample_pages: list[str], sample_issue: Issue) -> None:
    said = "".join(sample_pages)
    wanted = [item.front.title for item in sample_issue.items if item.front.title.isascii()]
    wanted += ["PRACTICE", "What we see", "LEARNING", "TRAINING AND EVENTS"]
    wanted += [contact.email for item in sample_issue.items for contact in item.front.contact]
    wanted += [contact.phone for item in sample_issue.items for contact in item.front.contact]
    wanted += [
        "Thursday 26 November 2026", "9am to 2pm", "Friday 18 December 2026", "Thursday 19 November 2026",
        "To Friday 5 February 2027", "Hold the date", "Cancelled", "Chapter 5, Working Together to Safeguard Children",
        "www.example.org/a?b=1&c=2", "www.example.org/pathway", "www.example.org/book", "www.example.org/survey",
        "www.example.org/course", "www.example.org/refer", "www.example.org/ulotka.pdf", "www.example.org/join",
        "01632 960002", "mash@example.org", "If a child is in danger now, ring 999.", "X: @northshire",
        "news.example.org/issues/2026-11-winter", "PDF, 224 KB", "MASH (multi-agency safeguarding hub)",
    ]  # fmt: skip
    assert [text for text in wanted if squeezed(text) not in said] == []


def test_links_can_be_followed_on_a_screen(sample: bytes) -> None:
    assert {
        "https://www.example.org/a?b=1&c=2",
        "https://www.example.org/survey",
        "mailto:training@example.org",
        "https://news.example.org/issues/2026-11-winter/",
    } <= targets(sample)


def test_an_address_stands_on_the_page_of_its_link(
    rendered: Rendered, make_issue: MakeIssue, make_item: MakeItem
) -> None:
    said = "words that take up room on the page " * 12
    html = "".join(f"<p>{said}<a href='https://e.example/n{n}x'>link{n}y</a>.</p>" for n in range(24))
    found = pages(rendered(make_issue([make_item(html=html)])))
    assert 1 < len(found) < 5, "notes are not pushed from page to page"
    for number in range(24):
        together = [f"link{number}y" in page and f"e.example/n{number}x" in page for page in found]
        assert together.count(True) == 1, number


def test_each_page_says_where_it_belongs(rendered: Rendered, make_issue: MakeIssue, make_item: MakeItem) -> None:
    long = make_item(html="<p>Words that fill a page.</p>" * 60)
    for front, header in (({"running_header": "NSCP: noticing"}, "NSCP: noticing"), ({}, "NSCP: Winter newsletter")):
        found = pages(rendered(make_issue([long], **front)))
        assert len(found) > 1
        assert all(squeezed(header) in page for page in found)
        assert all(f"Page{number}of{len(found)}" in page for number, page in enumerate(found, start=1))


def test_what_to_do_and_the_contents_name_the_page_on_which_an_item_stands(
    sample_pages: list[str],
) -> None:
    place = next(number for number, text in enumerate(sample_pages, start=1) if "Thepathwayhaschanged" in text)
    assert place > 1
    assert squeezed(f"New pathway for exploitation concerns, page {place}") in sample_pages[0]
    assert squeezed(f"From the chair 1 New pathway for exploitation concerns {place} Words") in sample_pages[0]


def test_the_same_issue_gives_the_same_bytes(rendered: Rendered, make_issue: MakeIssue, make_item: MakeItem) -> None:
    issue = make_issue([make_item(html="<p>Words 📅</p>")], assets={"images/a.png": picture("images/a.png", 9, 9)})
    assert rendered(issue) == rendered(issue)


def test_an_earlier_pdf_of_the_same_pages_is_kept(
    context_of: Callable[[Issue], Context], templates: Templates, make_issue: MakeIssue, make_item: MakeItem
) -> None:
    context, other = context_of(make_issue([make_item()])), context_of(make_issue([make_item(title="Another")]))
    earlier = printing.render(context, templates) + b"\n"
    assert printing.render(context, templates, earlier) == earlier
    assert printing.render(context, templates, earlier, anew=False) == earlier
    assert printing.render(other, templates, earlier) != earlier
    assert printing.render(other, templates, earlier, anew=False) == b"", "one that is out of date is never kept"


def test_a_draft_says_so_on_every_page(rendered: Rendered, make_issue: MakeIssue, make_item: MakeItem) -> None:
    long = make_item(html="<p>Words that fill a page.</p>" * 60)
    found = pages(rendered(make_issue([long], draft=True)))
    assert len(found) > 1
    assert all("DRAFT" in page for page in found)
    assert squeezed("DRAFT: not for sharing") in found[0]
    assert "DRAFT" not in words(rendered(make_issue([make_item()])))


def test_an_embargo_is_marked_until_it_has_passed(
    rendered: Rendered, make_issue: MakeIssue, make_item: MakeItem
) -> None:
    issue = make_issue([make_item(embargo_until="27 November 2026 9am")])
    before, after = datetime(2026, 11, 27, 8, 59, tzinfo=UTC), datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
    marked = squeezed("EMBARGOED until Friday 27 November 2026, 9am")
    assert marked in words(rendered(issue, before))
    assert marked in words(rendered(issue)), "when the moment is not known, it stands"
    assert "EMBARGOED" not in words(rendered(issue, after))


def test_a_restricted_issue_names_no_web_copy(
    rendered: Rendered,
    context_of: Callable[[Issue], Context],
    templates: Templates,
    make_issue: MakeIssue,
    make_item: MakeItem,
) -> None:
    paper = Asset(path="files/paper.pdf", data=b"%PDF-1.7", media_type="application/pdf")
    issue = make_issue(
        [
            make_item(
                "resource",
                "Papers",
                "<p>See <a href='files/paper.pdf'>the paper</a>.</p><p><img src='images/a.png' alt='A plan'></p>",
                files=[{"title": "The paper", "path": "files/paper.pdf"}],
            )
        ],
        visibility="restricted",
        corrects="issues/2026-10-autumn",
        assets={"files/paper.pdf": paper, "images/a.png": picture("images/a.png", 90, 90)},
    )
    html, parts = printing.pages(context_of(issue), templates)
    assert "news.example.org" not in html
    assert 'class="qr"' not in html
    assert all(name.startswith("asset:") for name in parts)
    data = rendered(issue)
    assert squeezed("The paper (PDF, 1 KB, attached to the email)") in words(data)
    assert [tag for tag, _ in structure(data)].count("/Figure") == 1
    assert not any("news.example.org" in target for target in targets(data))


def test_urdu_is_set_from_right_to_left_in_its_own_letters(
    rendered: Rendered, make_issue: MakeIssue, make_item: MakeItem
) -> None:
    data = rendered(make_issue([make_item(title="بچوں کا تحفظ", html="<p>اگر آپ کو فکر ہے</p>")], lang="ur"))
    assert root(data)["/Lang"] == "ur"
    assert {"ب", "چ", "ت"} <= set(words(data))


def test_a_pdf_is_no_part_of_the_edition_and_its_hash(
    publication: Publication, make_issue: MakeIssue, make_item: MakeItem
) -> None:
    renderer = Renderer(publication, [TEMPLATES])
    issue = make_issue([make_item()])
    edition = renderer.render(issue)
    assert "print" not in edition.renditions
    made = renderer.derived(issue, now=datetime(2026, 11, 27, tzinfo=UTC))
    assert made["print"].derived
    with_pdf = edition.model_copy(update={"renditions": {**edition.renditions, **made}})
    assert with_pdf.hash == edition.hash


@pytest.mark.parametrize(
    ("url", "on_paper"),
    [
        ("https://www.example.org/join/", "www.example.org/join"),
        ("mailto:news@example.org?subject=Hello", "news@example.org"),
        ("tel:+441632960001", "+441632960001"),
    ],
)
def test_addresses_are_printed_as_people_type_them(url: str, on_paper: str) -> None:
    assert printed(url) == on_paper
