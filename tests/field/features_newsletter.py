"""B. A long newsletter with sections, nested contents, a message, key messages and training."""

from __future__ import annotations

from tests.field.field_kit import Feature, heading, link

FOLDER = "issues/2027-02-spring"
ISSUE = f"{FOLDER}/issue.md"
WEB = f"https://news.wtsp.example.org/{FOLDER}/"
ASSEMBLY = "https://www.example.org/wtsp/assembly"
PROTOCOL = "https://www.example.org/wtsp/procedures/harm-outside-the-home"
BRIEFING = "https://www.example.org/wtsp/training/protocol"
ACCOUNT = "https://www.example.org/wtsp/training/account"

FEATURES = (
    Feature(
        "B1",
        "Links to past newsletters and to the copy in a browser",
        ISSUE,
        email=(
            link("Past issues", "https://news.wtsp.example.org/"),
            link("View this email in your browser", WEB),
        ),
        web=(".//nav//a[.='Past issues' and contains(@href, 'index.html')]",),
        text=(f"View this email in your browser:\n{WEB}", "Past issues:\nhttps://news.wtsp.example.org/"),
        paper=("On the web", "news.wtsp.example.org/issues/2027-02-spring"),
    ),
    Feature(
        "B2",
        "The organisation's masthead, and the newsletter's name with its month",
        ISSUE,
        said=("Wrenmoor and Tidesley Safeguarding Partnership", "Safeguarding News", "Newsletter, February 2027"),
        html=(".//p[.='Safeguarding News']/following::h1[.='Newsletter, February 2027']",),
    ),
    Feature(
        "B3",
        "Contents on two levels, with a label for a group and a person's name in an entry; made from the headings",
        ISSUE,
        said=(
            "In this issue",
            "Message from the Independent Chair, Odile Marchbank",
            "Harm outside the home",
            "Tidesley Assembly",
            "Training and events",
            "New booking system",
            "More training this spring",
        ),
        html=(
            ".//li[a[.='Harm outside the home']]/ul/li/a[.='Tidesley Assembly' and contains(@href, '#assembly')]",
            ".//li[a[normalize-space()='Training and events']]/ul[count(li)=4]",
        ),
        text=("• Training and events\n  - New booking system\n  - Seminar on consent and liberty\n",),
        more=("test_the_contents_lead_to_headings_that_are_there",),
    ),
    Feature(
        "B4",
        "A message of several paragraphs from the chair, signed with name and role",
        f"{FOLDER}/10-message-from-the-chair.md",
        said=(
            "I hope the short days",
            "No procedure would have",
            "pick up the telephone.",
            "Odile Marchbank",
            "Independent Chair",
        ),
        html=(
            "self::*[count(.//p) > 7]",
            ".//p[b[.='Odile Marchbank'] and contains(., 'Independent Chair')]",
        ),
        text=("\n\nOdile Marchbank\nIndependent Chair\n",),
    ),
    Feature(
        "B5",
        "About ten items, in sections with items nested in them",
        ISSUE,
        said=("Harm outside the home", "Protocol on harm outside the home", "Safe Landing", "Training and events"),
        html=(
            heading(2, "Harm outside the home"),
            heading(3, "Protocol on harm outside the home"),
            heading(2, "Safe Landing: for young people who go missing"),
        ),
        text=(f"{'=' * 72}\nHarm outside the home\n{'=' * 72}\n\nTidesley Assembly: safer streets after school\n---",),
    ),
    Feature(
        "B6",
        "A consultation: the report to read, and the day by which to answer",
        f"{FOLDER}/20-annual-report.md",
        said=(
            "Tell us by 5 March 2027",
            "Friday 5 March 2027",
            "Respond to the consultation",
            "Draft annual report 2025/26",
        ),
        html=(
            link("Draft annual report 2025/26", "https://www.example.org/wtsp/annual-report-2026.pdf"),
            ".//a[starts-with(normalize-space(), 'Respond to the consultation')]",
        ),
        text=("Closes: Friday 5 March 2027", "• Draft annual report 2025/26 (PDF) [1]"),
        links=("https://www.example.org/wtsp/consultations/annual-report",),
    ),
    Feature(
        "B7",
        "A list with words that lead into it",
        f"{FOLDER}/30-warm-rooms.md",
        said=("It sets out to:", "find out how many children are cold at home", "after the year is over."),
        html=(".//p[contains(., 'It sets out to:')]/following-sibling::ul[1][count(li)=5]",),
        text=("It sets out to:\n\n• find out how many",),
    ),
    Feature(
        "B8",
        "Guest speakers with their roles in a list that ends in “and many more”",
        f"{FOLDER}/94-annual-conference.md",
        said=(
            "Guest speakers include:",
            "Detective Superintendent Maud Ferris, regional organised crime unit",
            "Professor Lena Strand, University of the North Coast",
            "and many more.",
        ),
        html=(".//ul[count(li)=3]/following-sibling::p[1][.='and many more.']",),
        text=("University of the North Coast\n\nand many more.",),
    ),
    Feature(
        "B9",
        "“Find out more” and “book” as links that say where they lead",
        f"{FOLDER}/45-protocol.md",
        said=("Read the protocol on harm outside the home", "Book a briefing session on the protocol"),
        html=(
            link("Read the protocol on harm outside the home", PROTOCOL),
            link("Book a briefing session on the protocol", BRIEFING),
        ),
        links=(PROTOCOL, BRIEFING),
    ),
    Feature(
        "B10",
        "An event with weekday, date, start and end",
        f"{FOLDER}/40-assembly.md",
        said=("Thursday 18 March 2027", "9.15am to 1.45pm", "Corn Exchange, Fore Street, Tidesley", "Book a place"),
        html=(f".//a[starts-with(normalize-space(), 'Book a place') and @href='{ASSEMBLY}']",),
        text=("Thursday 18 March 2027, 9.15am to 1.45pm\nVenue: Corn Exchange, Fore Street, Tidesley",),
        calendar=("DTSTART;TZID=Europe/London:20270318T091500", "DTEND;TZID=Europe/London:20270318T134500"),
        links=(ASSEMBLY,),
    ),
    Feature(
        "B11",
        "A date to hold: booking is not open yet, free, for whom, by which organisation, and whom to ask there",
        f"{FOLDER}/92-young-people-and-consent.md",
        said=(
            "Thursday 22 April 2027",
            "Clinicians, social workers, commissioners",
            "Free",
            "Wrenmoor health partners",
            "How to apply will be sent out in March 2027",
            "Mental capacity lead, Wrenmoor health partners",
            "capacity@example.org",
        ),
        html=(
            ".//*[normalize-space()='Hold the date']",
            link("capacity@example.org", "mailto:capacity@example.org"),
            "self::*[not(.//a[starts-with(normalize-space(), 'Book a place')])]",
        ),
        text=("Hold the date\nThursday 22 April 2027\n", "Cost: Free\nRun by: Wrenmoor health partners"),
        calendar=("SUMMARY:Hold the date: Seminar: young people", "STATUS:TENTATIVE"),
    ),
    Feature(
        "B12",
        "An event with a date and no time, and a list of those it is for",
        f"{FOLDER}/94-annual-conference.md",
        said=("Thursday 25 March 2027", "Wrenmoor Racecourse", "Council staff, police, GPs and NHS staff"),
        html=(".//*[normalize-space()='Who it is for']",),
        text=("Thursday 25 March 2027\nVenue: Wrenmoor Racecourse",),
        calendar=("DTSTART;VALUE=DATE:20270325",),
    ),
    Feature(
        "B13",
        "A summary of a policy that has no page to link to",
        f"{FOLDER}/70-disagreements.md",
        said=(
            "Saying so is part of the job, not a quarrel.",
            "All agencies share one duty",
            "the partnership’s executive.",
        ),
        html=("self::*[not(.//a)]", "self::*[count(.//p) = 2]"),
    ),
    Feature(
        "B14",
        "A hashtag stays a hashtag",
        f"{FOLDER}/50-tell-one.md",
        said=("Look for #TellOne on bus shelters",),
        html=("self::*[not(.//h1)]", ".//p[contains(., '#TellOne')]"),
        links=("https://www.example.org/tellone",),
    ),
    Feature(
        "B15",
        "Ten numbered key messages, each with a label that leads into it",
        f"{FOLDER}/80-audit-messages.md",
        said=(
            "they point to ten areas.",
            "Good work is there. Workers stay with hard situations",
            "Find the father. Half the files",
            "Notice who is missing. A child",
        ),
        paper=("1", "Good work is there.", "Find the father.", "10", "Notice who is missing."),
        email=(".//tr[normalize-space(td[1])='4']/td[2]//*[self::b or self::strong][.='Agree who leads.']",),
        web=(".//ol[count(li)=10]/li[4]/strong[.='Agree who leads.']",),
        text=("\n 9. Make referrals clear.", "\n10. Notice who is missing."),
    ),
    Feature(
        "B16",
        "“What next?”: a call to act with a team's mailbox and a named person",
        f"{FOLDER}/80-audit-messages.md",
        said=(
            "What next?",
            "email learning@wtsp.example.org",
            "ask Ines Calloway, Quality Assurance Lead, on 01632 960424",
        ),
        html=(
            heading(3, "What next?"),
            link("01632 960424", "tel:+441632960424"),
            link("learning@wtsp.example.org", "mailto:learning@wtsp.example.org"),
        ),
        text=("What next?\n..........",),
    ),
    Feature(
        "B17",
        "Notice of a change of system, with what to do: use your work address",
        f"{FOLDER}/90-booking-system.md",
        said=("Make an account with your work email address.", "Monday 1 March 2027", "Make your account"),
        html=(
            ".//*[normalize-space()='What to do']",
            link("Make your account for the new booking system", ACCOUNT),
        ),
        text=("What to do: Make an account with your work email address.",),
        links=(ACCOUNT,),
    ),
    Feature(
        "B18",
        "Credit to partners",
        f"{FOLDER}/60-safe-landing.md",
        said=("run together by Tidesley Borough Council, the Harbourlight charity and the Wrenmoor Youth Trust",),
    ),
    Feature(
        "B19",
        "A picture that is a link, named once",
        f"{FOLDER}/96-more-training.md",
        html=(
            ".//a[@href='https://www.example.org/wtsp/training']/img[@alt='See all courses on our website']",
            "self::*[count(.//*[contains(text(), 'See all courses')])=0]",
        ),
        text=("[Picture: See all courses on our website] [7]",),
        links=("https://www.example.org/wtsp/training",),
        paper=("More training this spring", "www.example.org/wtsp/training"),
    ),
    Feature(
        "B20",
        "A line of copyright; unsubscribe; subscription preferences",
        ISSUE,
        said=("© 2027 Wrenmoor and Tidesley Safeguarding Partnership. All rights reserved.",),
        email=(".//a[.='Unsubscribe']", ".//a[.='Update your preferences']"),
        text=("Unsubscribe:\n%%unsubscribe_url%%",),
    ),
)
