"""A. A five minute briefing: a bulletin of two items between two newsletters."""

from __future__ import annotations

from tests.field.field_kit import Feature, heading, link

ISSUE = "briefings/2027-03-listening-week/issue.md"
WEEK = "briefings/2027-03-listening-week/10-listening-week.md"
DART = "briefings/2027-03-listening-week/20-attendance-reviews.md"
WEB = "https://news.wtsp.example.org/briefings/2027-03-listening-week/"
GUIDES = "https://www.example.org/wtsp/listening-week/guides"
SURVEY = "https://www.example.org/wtsp/surveys/practitioners"
ATTENDANCE = "https://www.example.org/wtsp/procedures/attendance"
LEVEL_1 = "https://www.example.org/wtsp/guides/level-1-talk"
LEVEL_2 = "https://www.example.org/wtsp/guides/level-2-talk"

FEATURES = (
    Feature(
        "A1",
        "The subject names series, topic and month",
        ISSUE,
        said=("Listening Week", "March 2027"),
        subject="WTSP 5 minute briefing: Listening Week, March 2027",
        email=("/html/head/title[.='WTSP 5 minute briefing: Listening Week, March 2027']",),
        web=("/html/head/title[starts-with(., 'Listening Week') and contains(., 'WTSP 5 minute briefing')]",),
    ),
    Feature(
        "A2",
        "A line at the very top leads to the web copy",
        ISSUE,
        email=(f".//h1/preceding::a[.='View this email in your browser' and @href='{WEB}']",),
        web=(f"/html/head/link[@rel='canonical' and @href='{WEB}']",),
        text=("View this email in your browser:\n" + WEB,),
        paper=("On the web", "news.wtsp.example.org/briefings/2027-03-listening-week"),
    ),
    Feature(
        "A3",
        "The series has a masthead of its own, apart from the issue's title",
        ISSUE,
        said=("WTSP 5 minute briefing", "Listening Week"),
        html=(
            ".//p[normalize-space()='WTSP 5 minute briefing']/following::h1[.='Listening Week']",
            "self::*[count(.//h1)=1]",
        ),
        text=(
            "Wrenmoor and Tidesley Safeguarding Partnership\nWTSP 5 minute briefing\n\nListening Week\n==============",
        ),
    ),
    Feature(
        "A4",
        "A strapline: topic, theme and month",
        ISSUE,
        said=("Listening Week: what children told us, March 2027", "Wednesday 24 March 2027"),
        html=(".//h1/following::p[1][normalize-space()='Listening Week: what children told us, March 2027']",),
    ),
    Feature(
        "A5",
        "Two items, each a heading and prose; no contents list and no chair's message",
        ISSUE,
        said=("Listening Week: thank you, and one last thing", "DART (Daily Attendance Review Talk) has a new path"),
        html=(
            heading(2, "Listening Week: thank you, and one last thing"),
            heading(2, "DART (Daily Attendance Review Talk) has a new path"),
        ),
        never=("In this issue", "Independent Chair"),
    ),
    Feature(
        "A6",
        "Thanks for an event that has been, with a role, and a speaker with an organisation",
        WEEK,
        said=(
            "Thank you for making the time.",
            "Our Independent Scrutineer, Tamsin Okoro, opened the first day.",
            "Bram Hallett of the Youth Voice Network",
        ),
    ),
    Feature(
        "A7",
        "A collection of resources behind one link",
        WEEK,
        said=("All five now stand on one page.", "Start here: all five guides of the week"),
        html=(link("Start here: all five guides of the week", GUIDES),),
        links=(GUIDES,),
    ),
    Feature(
        "A8",
        "A survey: its name, the minutes it takes, the day it closes, its link, and the request to act",
        WEEK,
        said=(
            "the Practitioner Survey 2027",
            "Please answer it",
            "Friday 30 April 2027",
            "5 minutes",
            "Take the survey",
        ),
        html=(f".//a[starts-with(normalize-space(), 'Take the survey') and @href='{SURVEY}']",),
        text=("Closes: Friday 30 April 2027\nTakes about: 5 minutes", f"Take the survey: {SURVEY}"),
        links=(SURVEY,),
        more=("test_the_list_of_what_to_do_leads_to_the_item_and_says_by_when",),
    ),
    Feature(
        "A9",
        "A heading with an acronym and what it stands for in brackets",
        DART,
        said=("DART (Daily Attendance Review Talk) has a new path",),
        html=("self::*[.//h2[contains(., 'DART (Daily Attendance Review Talk)')]]",),
        text=("DART (Daily Attendance Review Talk) has a new path\n---",),
    ),
    Feature(
        "A10",
        "A picture with words for those who do not see it",
        DART,
        html=(".//img[@alt='A boy waits by a closed school gate' and @width and @height]",),
        text=("[Picture: A boy waits by a closed school gate]",),
        paper=("DART (Daily Attendance Review Talk)",),
        more=("test_pictures_on_paper_have_their_words_too",),
    ),
    Feature(
        "A11",
        "A change of procedure: what changed, why, how often it is now reviewed, and a link to the procedure",
        DART,
        said=(
            "small absences were noticed and then forgotten. So the path has changed.",
            "a review talk every ten weeks",
            "Attendance and Welfare Procedure",
            "Monday 12 April 2027",
        ),
        links=(ATTENDANCE,),
        html=(link("Attendance and Welfare Procedure", ATTENDANCE),),
        text=("From: Monday 12 April 2027",),
    ),
    Feature(
        "A12",
        "Short forms of roles, explained in the sentence",
        DART,
        said=("An attendance link officer (ALO) leads these talks.", "your first point of contact (FPC)"),
    ),
    Feature(
        "A13",
        "A row of linked one minute guides",
        DART,
        said=(
            "One minute guide: the level 1 talk",
            "One minute guide: the level 2 talk",
            "One minute guide: parents who stay away",
        ),
        html=(link("One minute guide: the level 1 talk", LEVEL_1), link("One minute guide: the level 2 talk", LEVEL_2)),
        links=(LEVEL_1, LEVEL_2, "https://www.example.org/wtsp/guides/parents-who-stay-away"),
    ),
    Feature(
        "A14",
        "Links within running prose, with the document's title as the words of the link",
        DART,
        said=("Guide to Low Concern", "They stand in chapter 3 of the Practice Handbook"),
        html=(
            ".//p[contains(., 'shows a filled-in form')]"
            "/a[.='Guide to Low Concern' and @href='https://www.example.org/wtsp/guides/low-concern']",
            ".//p/a[.='Practice Handbook' and @href='https://www.example.org/wtsp/handbook']",
        ),
        links=("https://www.example.org/wtsp/guides/low-concern", "https://www.example.org/wtsp/handbook"),
    ),
    Feature(
        "A15",
        "A line at the end of an item says whom to email",
        DART,
        said=("If you are not sure about a pupil, email attendance@wtsp.example.org.",),
        html=(link("attendance@wtsp.example.org", "mailto:attendance@wtsp.example.org"),),
        links=("mailto:attendance@wtsp.example.org",),
    ),
    Feature(
        "A16",
        "Preferences, a way out, and who sends this",
        ISSUE,
        email=(
            ".//a[.='Unsubscribe' and @href='%%unsubscribe_url%%']",
            ".//a[.='Update your preferences' and @href='%%preferences_url%%']",
            ".//p[contains(., 'Partnership Office, The Guildhall, Wrenmoor')]",
        ),
        text=("Unsubscribe:\n%%unsubscribe_url%%", "Update your preferences:\n%%preferences_url%%"),
        web=(".//footer[contains(., 'Partnership Office, The Guildhall, Wrenmoor')][not(contains(., 'nsubscribe'))]",),
        paper=("Wrenmoor and Tidesley Safeguarding Partnership, Partnership Office, The Guildhall, Wrenmoor",),
        more=("test_no_web_copy_and_no_paper_holds_a_personal_link",),
    ),
)
