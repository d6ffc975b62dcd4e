"""G. Sheets for a team to work with, and editions for one group of readers."""

from __future__ import annotations

from tests.field.field_kit import Feature, heading, link

DOOR = "seven-minute/2027-09-closed-door"
SCHOOLS = "education/2027-09-schools"
FEATURED = "https://news.wtsp.example.org/issues/2027-09-autumn/#mr-ash"
OBJECTIVES = "you will be able to:"

FEATURES = (
    Feature(
        "G1",
        "A 7 minute briefing: seven numbered headings, themes, and a series of its own",
        f"{DOOR}/10-briefing.md",
        said=(
            "1. Background",
            "4. What we found",
            "7. Think and discuss",
            "Self-neglect; Refusing help; Mental capacity",
        ),
        html=(heading(2, "1. Background"), heading(2, "7. Think and discuss")),
    ),
    Feature(
        "G2",
        "Questions to discuss, where the author wants them",
        f"{DOOR}/10-briefing.md",
        said=(
            "7. Think and discuss",
            "Questions for your team",
            "Who in our caseload",
            "Who would we ring before closing the file?",
        ),
        html=(".//ul[count(li)=3]/li[1][starts-with(., 'Who in our caseload')]",),
        text=("Questions for your team:\n• Who in our caseload has stopped opening the door?",),
    ),
    Feature(
        "G3",
        "A form for an action plan, with format and size, and the day to send it back",
        f"{DOOR}/20-use-it.md",
        said=(
            "By Friday 17 December 2027",
            "Action plan, to fill in and send back",
            "(Word, 1 KB)",
            "for team leaders",
        ),
        html=(".//a[.='Action plan, to fill in and send back' and contains(@href, 'files/action-plan-')]",),
    ),
    Feature(
        "G4",
        "A link back to the newsletter that featured it",
        f"{DOOR}/20-use-it.md",
        said=("First featured in our Autumn newsletter, September 2027",),
        html=(link("First featured in our Autumn newsletter, September 2027", FEATURED),),
        links=(FEATURED,),
        more=("test_a_link_back_to_another_issue_lands_on_its_item",),
    ),
    Feature(
        "G5",
        "A library sheet with the day by which it is reviewed, and a running header",
        f"{DOOR}/issue.md",
        said=("The closed door", "Wednesday 8 September 2027"),
        paper=("7 minute briefing: the closed door", "To be reviewed by 8 September 2028"),
    ),
    Feature(
        "G6",
        "A separate edition for schools, with a title and readers of its own",
        f"{SCHOOLS}/issue.md",
        said=("Newsletter: edition for schools", "Autumn edition for schools", "For schools, colleges, nurseries"),
        subject="Newsletter: edition for schools: Autumn edition for schools",
    ),
    Feature(
        "G7",
        "Courses with their objectives, cost and last day to book",
        f"{SCHOOLS}/20-refresher.md",
        said=(
            "Thursday 14 October 2027",
            "Course objectives.",
            OBJECTIVES,
            "name three changes",
            "Free",
            "Monday 11 October 2027",
        ),
        html=(f".//p[contains(., '{OBJECTIVES}')]/following-sibling::ul[1][count(li)=2]",),
        text=("Cost: Free\nBook by: Monday 11 October 2027",),
        calendar=("DTSTART;TZID=Europe/London:20271014T154500",),
    ),
)
