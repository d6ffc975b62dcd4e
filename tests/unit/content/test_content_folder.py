"""A folder becomes an issue: order, names, kinds, contacts, languages, pictures and places."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from newsletter.content.folder import find_issues, read_issue
from newsletter.content.names import in_order, plain, slugs
from newsletter.errors import ContentError, Problem
from newsletter.models.issue import Issue
from newsletter.models.items import EventItem, MessageItem, Resource
from newsletter.models.publication import Publication

Read = Callable[[Mapping[str, str | bytes]], Issue]
Problems = Callable[[Mapping[str, str | bytes]], tuple[Problem, ...]]
Write = Callable[..., Path]
ITEM = "---\ntitle: News\n---\nWords.\n"
ISSUE = "---\ntitle: Winter newsletter\ndate: 26 November 2026\n---\n"


def test_an_issue_is_read_whole(read: Read) -> None:
    issue = read(
        {
            "issue.md": "---\ntitle: Winter newsletter\ndate: 26 November 2026\nnumber: 12\ncontents: 1\n"
            "audiences: practitioners\n---\nThe opening.\n",
            "10-message-from-the-chair.md": "---\ntitle: A message\nkind: message\nauthor: Jo Bell\n---\nWelcome.\n",
            "20-annual-report.md": ITEM,
        }
    )
    assert issue.path == "issues/2026-11-winter"
    assert issue.slug == "2026-11-winter"
    assert issue.series.name == "newsletter"
    assert issue.front.date == date(2026, 11, 26)
    assert issue.front.number == 12
    assert issue.contents_levels == 1
    assert issue.front.audiences == ("practitioners",)
    assert issue.body.html == "<p>The opening.</p>"
    assert [item.slug for item in issue.items] == ["message-from-the-chair", "annual-report"]
    assert isinstance(issue.items[0].front, MessageItem)
    assert issue.items[1].kind == "article"
    assert issue.lang == "en-GB"
    assert issue.glossary == {"MASH": "multi-agency safeguarding hub"}


def test_reading_twice_gives_the_same_issue(read: Read) -> None:
    files = {"10-a.md": "---\ntitle: A\n---\nWords[^1] and “more”.\n\n[^1]: A note.\n\n## Part\n"}
    assert read(files) == read(files)


def test_items_stand_in_the_order_a_file_manager_shows(read: Read) -> None:
    issue = read(dict.fromkeys(["100-c.md", "20-b.md", "3-a.md", "last.md"], ITEM))
    assert [item.slug for item in issue.items] == ["a", "b", "c", "last"]


def test_what_is_not_an_item_is_left_alone(read: Read) -> None:
    issue = read(
        {
            "10-a.md": ITEM,
            "_20-later.md": "no front matter",
            ".hidden.md": "no front matter",
            "~$10-a.md": b"\x00\x01",
            "Thumbs.db": b"\x00",
            "desktop.ini": "[x]",
            "notes.docx": b"PK",
            "images/readme.md": "no front matter",
        }
    )
    assert [item.slug for item in issue.items] == ["a"]


def test_a_conflict_copy_is_in_the_issue_and_can_be_told_apart(read: Read) -> None:
    issue = read({"10-a.md": ITEM, "10-a-LAPTOP7.md": ITEM})
    assert sorted(item.slug for item in issue.items) == ["a", "a-laptop7"]


def test_windows_may_write_the_ending_in_capitals(read: Read) -> None:
    assert [item.slug for item in read({"10-NEWS.MD": ITEM}).items] == ["news"]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["10-news.md", "20-news.md"], ["news", "news-2"]),
        (["10.md", "20.md"], ["item", "item-2"]),
        (["10 Chair's message.md"], ["chairs-message"]),
        (["1_Été_&_Łódź.md"], ["ete-łodz"]),
        (["opening.md"], ["opening-2"]),
        (["10---.md"], ["item"]),
        (["20-2026-plan.md"], ["2026-plan"]),
    ],
)
def test_slugs_come_from_file_names_and_are_unique(names: list[str], expected: list[str]) -> None:
    assert list(slugs(names).values()) == expected


def test_plain_words_need_no_escaping_in_addresses() -> None:
    assert plain("  Learning — from “practice” (part 2)  ") == "learning-from-practice-part-2"


def test_names_without_a_number_come_last() -> None:
    assert in_order(["b.md", "2-z.md", "10-a.md", "A.md"]) == ["2-z.md", "10-a.md", "A.md", "b.md"]


def test_every_field_knows_its_line(read: Read) -> None:
    text = (
        "\n---\ntitle: News\nlinks:\n  - title: One\n    url: https://example.org\nsummary: >\n  Two\n---\n\nWords.\n"
    )
    origin = read({"10-a.md": text}).items[0].origin
    assert origin.file == "issues/2026-11-winter/10-a.md"
    assert origin.line("title") == 3
    assert origin.line("links", 0, "url") == 6
    assert origin.line("summary") == 7
    assert origin.body_line == 10


def test_the_body_keeps_the_lines_of_the_file(read: Read) -> None:
    text = "---\ntitle: News\n---\nOne\u00a0\n\n• two\n\x0c\nthree\u2028four\n"
    item = read({"10-a.md": text}).items[0]
    lines = item.body.markdown.split("\n")
    assert item.origin.body_line == 4
    assert lines[2] == "- two"
    assert lines[4] == "three four"


def test_contacts_are_looked_up_by_name(read: Read) -> None:
    front = "---\ntitle: A\ncontact:\n  - training\n  - role: Duty desk\n    phone: 01632 960001\n---\n"
    contacts = read({"10-a.md": front}).items[0].front.contact
    assert [contact.title for contact in contacts] == ["Training team", "Duty desk"]
    assert contacts[0].email == "training@example.org"
    assert contacts[1].phone == "01632 960001"


def test_one_contact_needs_no_list(read: Read) -> None:
    assert (
        read({"10-a.md": "---\ntitle: A\ncontact: training\n---\n"}).items[0].front.contact[0].role == "Training team"
    )


def test_an_item_may_have_its_own_language(read: Read) -> None:
    issue = read({"10-a.md": '---\ntitle: A\nlang: pl\n---\n"Tak"\n', "20-b.md": '---\ntitle: B\n---\n"Yes"\n'})
    assert "„Tak”" in issue.items[0].body.html
    assert "“Yes”" in issue.items[1].body.html


def test_no_is_norwegian_and_not_false(read: Read) -> None:
    issue = read({"issue.md": ISSUE.replace("---\n", "---\nlang: no\n", 1), "10-a.md": ITEM})
    assert issue.lang == "no"


def test_what_a_person_typed_survives_yaml(read: Read) -> None:
    front = (
        "title: 2026\nkind: event\nwhen: 2026-11-26\nvenue: no\ncost: 1:30\nduration: 0121 496 0000\ncertificate: yes"
    )
    event = read({"10-a.md": f"---\n{front}\n---\n"}).items[0].front
    assert isinstance(event, EventItem)
    assert (event.title, event.venue, event.cost, event.duration, event.certificate) == (
        "2026",
        "no",
        "1:30",
        "0121 496 0000",
        "yes",
    )


@pytest.mark.parametrize(("written", "meant"), [("false", False), ("no", False), ("yes", True), ("True", True)])
def test_truth_is_written_in_words(read: Read, written: str, meant: bool) -> None:
    assert read({"10-a.md": f"---\ntitle: A\nheading: {written}\n---\n"}).items[0].front.heading is meant


def test_pictures_and_files_are_read_once_with_their_size(
    read: Read, picture: Callable[[int, int, str], bytes]
) -> None:
    issue = read(
        {
            "issue.md": ISSUE.replace("---\n", "---\nhero: {src: images/hall.png, alt: Hall}\n", 1),
            "images/hall.png": picture(40, 30, "PNG"),
            "images/jo.jpg": picture(96, 96, "JPEG"),
            "files/flyer one.pdf": b"%PDF-1.7 words",
            "files/unused.pdf": b"%PDF",
            "10-a.md": "---\ntitle: A\nkind: message\nrole: Chair\nphoto: {src: ./images/jo.jpg, alt: Jo}\n---\n"
            "![Hall](images/hall.png) and [the flyer](files/flyer%20one.pdf)\n",
            "20-b.md": "---\ntitle: B\nkind: resource\nfiles:\n  - title: Flyer\n    path: files/flyer one.pdf\n---\n",
        }
    )
    assert sorted(issue.assets) == ["files/flyer one.pdf", "images/hall.png", "images/jo.jpg"]
    hall = issue.assets["images/hall.png"]
    assert (hall.width, hall.height, hall.media_type) == (40, 30, "image/png")
    assert issue.assets["files/flyer one.pdf"].media_type == "application/pdf"
    assert isinstance(issue.items[1].front, Resource)


def test_a_picture_without_alternative_text_is_for_the_checks_to_find(
    read: Read, picture: Callable[[int, int, str], bytes]
) -> None:
    issue = read({"images/a.png": picture(4, 3, "PNG"), "10-a.md": "---\ntitle: A\nimage: {src: images/a.png}\n---\n"})
    assert issue.items[0].front.image is not None


def test_links_within_the_issue_lead_to_items_and_headings(read: Read) -> None:
    issue = read(
        {
            "10-a.md": "---\ntitle: A\n---\n[b](#annual-report), [p](#part), [t](#), [s](#section-x)\n\n## Part\n",
            "20-annual-report.md": ITEM,
        }
    )
    assert 'href="#annual-report"' in issue.items[0].body.html
    assert 'href="#a--part"' in issue.items[0].body.html


def test_every_issue_is_found_sorted(write: Write, publication: Publication) -> None:
    write({"issue.md": ISSUE})
    write({"issue.md": ISSUE}, "issues/2026-07-summer")
    write({"issue.md": ISSUE}, "briefings/2026-03-week")
    write({"10-a.md": ITEM}, "issues/2026-12-without-issue-file")
    write({"issue.md": ISSUE}, "issues/_2027-01-idea")
    write({"note.txt": "x"}, "issues/pictures")
    project = write({"issue.md": ISSUE}, "elsewhere/2026-01-x")
    found = [folder.relative_to(project).as_posix() for folder in find_issues(project, publication)]
    assert found == [
        "briefings/2026-03-week",
        "issues/2026-07-summer",
        "issues/2026-11-winter",
        "issues/2026-12-without-issue-file",
    ]


def test_a_publication_without_issues_has_none(tmp_path: Path, publication: Publication) -> None:
    assert find_issues(tmp_path, publication) == []


def fails(project: Path, folder: str, publication: Publication) -> str:
    with pytest.raises(ContentError) as caught:
        read_issue(project, Path(folder), publication)
    return str(caught.value)


def test_a_folder_that_is_not_there_is_named(write: Write, publication: Publication) -> None:
    project = write({"issue.md": ISSUE, "10-a.md": ITEM})
    message = fails(project, "issues/2026-11-wintr", publication)
    assert message == "issues/2026-11-wintr: There is no such folder. There are: issues/2026-11-winter."


def test_a_folder_outside_every_series_is_refused(write: Write, publication: Publication) -> None:
    project = write({"issue.md": ISSUE, "10-a.md": ITEM}, "drafts/2026-11-winter")
    assert "Issues are folders in issues/, briefings/" in fails(project, "drafts/2026-11-winter", publication)
    assert "not an issue of a series" in fails(project, "issues/../drafts/2026-11-winter", publication)
    assert "not an issue of a series" in fails(project, "..", publication)


def test_a_file_is_not_a_folder(write: Write, publication: Publication) -> None:
    project = write({"issue.md": ISSUE})
    assert "not the folder of an issue" in fails(project, "issues/2026-11-winter/issue.md", publication)


def test_an_absolute_path_and_one_with_dots_are_the_same_issue(write: Write, publication: Publication) -> None:
    project = write({"issue.md": ISSUE, "10-a.md": ITEM})
    absolute = read_issue(project, project / "issues/2026-11-winter", publication)
    assert absolute == read_issue(project, Path("issues/../issues/2026-11-winter"), publication)
    assert absolute.folder == project / "issues/2026-11-winter"


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("2026-11 Winter", "2026-11-winter"),
        ("Winter_2026", "winter-2026"),
        ("été", "ete"),
        ("ш", "2026-11-winter"),
        ("2026--11", "2026-11"),
    ],
)
def test_a_folder_name_must_stand_in_an_address(write: Write, publication: Publication, name: str, better: str) -> None:
    project = write({"issue.md": ISSUE, "10-a.md": ITEM}, f"issues/{name}")
    message = fails(project, f"issues/{name}", publication)
    assert message.startswith(f"issues/{name}: The folder's name")
    assert message.endswith(f"Rename it to {better}")


def test_a_folder_without_issue_file_says_so(write: Write, publication: Publication) -> None:
    project = write({"10-a.md": ITEM})
    assert "There is no issue.md in this folder." in fails(project, "issues/2026-11-winter", publication)


def test_an_issue_file_in_capitals_is_named(write: Write, publication: Publication) -> None:
    project = write({"Issue.md": ISSUE, "10-a.md": ITEM})
    message = fails(project, "issues/2026-11-winter", publication)
    assert message.startswith("issues/2026-11-winter/Issue.md: The issue's own file is called issue.md")
    assert message.endswith("Rename it to issue.md")


def test_an_empty_folder_says_what_belongs_into_it(write: Write, publication: Publication) -> None:
    message = fails(write({}), "issues/2026-11-winter", publication)
    assert "There is no issue.md" in message
    assert "There are no items" in message


def test_a_correction_names_an_issue_that_is_there(write: Write, publication: Publication) -> None:
    write({"issue.md": ISSUE}, "issues/2026-07-summer")
    text = ISSUE.replace("---\n", "---\ncorrects: issues/2026-07-summer\n", 1)
    project = write({"issue.md": text, "10-a.md": ITEM})
    issue = read_issue(project, Path("issues/2026-11-winter"), publication)
    assert issue.front.corrects == "issues/2026-07-summer"


def test_a_wrong_item_does_not_make_links_to_it_wrong(problems: Problems) -> None:
    found = problems({"10-a.md": "---\ntitle: A\n---\n[b](#b)\n", "20-b.md": "no front matter"})
    assert [problem.file.rpartition("/")[2] for problem in found] == ["20-b.md"]


def test_an_item_that_leads_elsewhere_is_refused(write: Write, publication: Publication, tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text(ITEM)
    project = write({"issue.md": ISSUE, "10-a.md": ITEM})
    (project / "issues/2026-11-winter/20-b.md").symlink_to(secret)
    assert "20-b.md: This is a shortcut that leads out" in fails(project, "issues/2026-11-winter", publication)
    (project / "issues/2026-11-winter/20-b.md").unlink()
    (project / "issues/2026-11-winter/20-b.md").symlink_to(project / "issues/2026-11-winter/nowhere.md")
    assert "20-b.md: This file cannot be read" in fails(project, "issues/2026-11-winter", publication)
