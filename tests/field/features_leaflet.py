"""E. A restricted leaflet of two pages for people invited to a review event: email and paper only."""

from __future__ import annotations

from tests.field.field_kit import Feature, heading, link

FOLDER = "guidance/2027-05-practice-event"
ISSUE = f"{FOLDER}/issue.md"
ASKED = f"{FOLDER}/20-if-you-are-invited.md"
TITLE = "Local child safeguarding practice review: your part in the practice learning event, for people who are invited"

FEATURES = (
    Feature(
        "E1",
        "A running header on every page",
        ISSUE,
        email=("self::*[not(contains(., 'Learning together so that children are safer'))]",),
        text=("practice\nlearning event, for people who are invited",),
        paper=("Learning together so that children are safer",),
        more=("test_the_running_header_and_the_number_are_on_every_page",),
    ),
    Feature(
        "E2",
        "A long title that says who it is for, and second headings, one of them a question",
        ISSUE,
        said=(TITLE, "Why we hold an event", "What will happen at the event?"),
        html=(heading(1, TITLE), heading(2, "Why we hold an event"), heading(2, "What will happen at the event?")),
        text=("What will happen at the event?\n------------------------------",),
    ),
    Feature(
        "E3",
        "A footnote: a raised mark in the text and its words below",
        ISSUE,
        said=("more to learn.", "Chapter 5, Working together to safeguard children, 2026."),
        email=(".//sup[.='1']", ".//li[starts-with(normalize-space(), 'Chapter 5, Working together')]"),
        text=("(note 1)", "Note 1: Chapter 5, Working together to safeguard children, 2026."),
        more=("test_a_footnote_stands_at_the_foot_of_its_page",),
    ),
    Feature(
        "E4",
        "A block quote with its source",
        ISSUE,
        said=("Reviews are about learning.", "Guidance on practice reviews, 2026"),
        email=(".//blockquote[contains(., 'Reviews are about learning.') and contains(., 'Guidance on practice')]",),
        text=("\n> do the right thing.\n> — Guidance on practice reviews, 2026",),
    ),
    Feature(
        "E5",
        "Three lists with words that lead into them: what it is good for, what we ask, what will happen",
        f"{FOLDER}/10-why-an-event.md",
        said=("told us that an event:", "lets them tell their own part", "makes the recommendations fit real work."),
        email=(".//p[contains(., 'told us that an event:')]/following-sibling::ul[1][count(li)=4]",),
        text=("told us that an event:\n\n• lets them",),
    ),
    Feature(
        "E6",
        "The second of the three",
        ASKED,
        said=("please:", "read the timeline that we send you", "say if a question is too much."),
        email=(".//p[contains(., 'As somebody who attends, please:')]/following-sibling::ul[1][count(li)=4]",),
    ),
    Feature(
        "E7",
        "The third of the three",
        f"{FOLDER}/30-what-will-happen.md",
        said=("On that day:", "the reviewer explains", "you hear what happens next, and when."),
        email=(".//p[contains(., 'On that day:')]/following-sibling::ul[1][count(li)=4]",),
    ),
    Feature(
        "E8",
        "Words for some readers only: “if you have been invited …”",
        ASKED,
        said=("If you have been invited, you knew the child", "If you were not the person who worked with the family"),
    ),
    Feature(
        "E9",
        "A callout that reassures",
        ASKED,
        said=("You are safe to speak", "Please be reassured: nobody is on trial."),
        email=(".//td[.//p[.='You are safe to speak'] and contains(., 'nobody is on trial')]",),
        text=("| You are safe to speak\n| Please be reassured: nobody is on trial.",),
    ),
    Feature(
        "E10",
        "A statement of confidentiality",
        f"{FOLDER}/30-what-will-happen.md",
        said=("All that is said there is confidential.", "do not discuss the family outside the event."),
    ),
    Feature(
        "E11",
        "Two people to ask, each with role, name and email",
        ISSUE,
        said=(
            "Practice reviews lead",
            "Ines Calloway",
            "ines.calloway@wtsp.example.org",
            "Practice reviews coordinator",
            "Dewi Farrant",
            "dewi.farrant@wtsp.example.org",
        ),
        email=(
            link("ines.calloway@wtsp.example.org", "mailto:ines.calloway@wtsp.example.org"),
            link("dewi.farrant@wtsp.example.org", "mailto:dewi.farrant@wtsp.example.org"),
        ),
        text=("Practice reviews lead (Ines Calloway), ines.calloway@wtsp.example.org",),
    ),
    Feature(
        "E12",
        "Ready to print, on two pages, with the day by which it is reviewed",
        ISSUE,
        said=("Wednesday 12 May 2027",),
        paper=("Wednesday 12 May 2027", "To be reviewed by 12 May 2028", "Page 1 of 2", "Page 2 of 2"),
    ),
    Feature(
        "E13",
        "Restricted: no web copy, no public list, nothing of it hosted",
        ISSUE,
        said=(),
        email=(
            ".//*[contains(text(), 'This email has no web copy. Please do not forward it.')]",
            "self::*[not(.//a[contains(@href, 'news.wtsp.example.org')])]",
        ),
        text=("This email has no web copy. Please do not forward it.",),
        paper=("Practice guidance",),
        never=("View this email in your browser", "On the web", "Past issues"),
        more=("test_a_restricted_leaflet_leaves_nothing_in_the_archive",),
    ),
)
