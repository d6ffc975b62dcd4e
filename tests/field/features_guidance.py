"""C. A guidance note: nested headings, who takes referrals at each level of risk, law and resources."""

from __future__ import annotations

from tests.field.field_kit import Feature, heading, link

FOLDER = "guidance/2027-04-online-exploitation"
ISSUE = f"{FOLDER}/issue.md"
LONGEST = (
    "https://www.example.org/library/documents/online-exploitation/practice-notes/what-to-say-when-a-child-shows-you-a-"
    "message-that-frightens-them-and-what-to-write-down-afterwards-so-that-another-agency-can-act-on-it-without-asking-"
    "the-child-to-tell-the-same-account-again/full-text-version"
)
BARE = (
    "https://www.example.org/wtsp/procedures",
    "https://www.example.org/wtsp/procedures/online",
    "https://www.example.org/wtsp/procedures/referral-form",
    "https://www.example.org/wtsp/procedures/thresholds",
    "https://www.example.org/law/children-act",
    "https://www.example.org/law/online-safety",
    "https://www.example.org/guides/first-conversation",
    "https://www.example.org/guides/images-online",
    "https://www.example.org/research/exploitation",
    LONGEST,
)
SLAVERY = "https://www.gov.uk/government/publications/modern-slavery-how-to-identify-and-support-victims"
ACT = "https://www.legislation.gov.uk/ukpga/2015/30/section/52"
PARENTS = "https://www.example.org/guides/online-friends"

FEATURES = (
    Feature(
        "C1",
        "A title with its month, and a sentence on purpose and standing",
        ISSUE,
        said=(
            "Online exploitation strategy, April 2027",
            "This note sets out current guidance",
            "in line with the national framework of 2026",
        ),
        html=(heading(1, "Online exploitation strategy, April 2027"),),
        text=("Online exploitation strategy, April 2027\n=====",),
    ),
    Feature(
        "C2",
        "Nested headings: a section, its parts and what stands in them, also in the contents",
        ISSUE,
        said=(
            "In this issue",
            "Support for children",
            "Medium and high risk",
            "Low risk",
            "Forced labour",
            "The duty to report",
        ),
        html=(
            ".//h2[.='Support for children']/following::h3[1][.='Medium and high risk']",
            ".//h3[.='Medium and high risk']/following::h4[1][.='Bridgeway']",
            ".//h3[.='Low risk']/following::h4[1][.='Early help online']",
            ".//li[a[.='Forced labour']]/ul/li[a[.='The duty to report']]/ul/li/a[.='Who must report, and how']",
        ),
        text=(
            "• Support for children\n  - Medium and high risk\n    • Bridgeway\n",
            "Medium and high risk\n====================\n\nBridgeway\n---------",
        ),
        more=("test_no_heading_level_is_skipped",),
    ),
    Feature(
        "C3",
        "A pathway for referrals: service, for whom, at which risk, how it works now, email, phone, referring oneself",
        f"{FOLDER}/10-bridgeway.md",
        said=(
            "Children aged 10 to 17 whom somebody controls",
            "Medium and high",
            "07700 900142",
            "bridgeway@example.org",
            "While records move, a duty worker rings you back within two hours.",
            "Young people may text the same number.",
        ),
        html=(
            ".//*[normalize-space()='Level of risk']",
            link("07700 900142", "tel:+447700900142"),
            link("bridgeway@example.org", "mailto:bridgeway@example.org"),
        ),
        text=("Level of risk: Medium and high\nPhone: 07700 900142\nEmail: bridgeway@example.org",),
    ),
    Feature(
        "C4",
        "Another pathway for a lower risk",
        f"{FOLDER}/20-young-carers-hub.md",
        said=("Low", "01632 960440", "earlyhelp@wtsp.example.org", "there is no form", "Parents and children may ring"),
        html=(link("01632 960440", "tel:+441632960440"),),
        text=("Level of risk: Low\n",),
    ),
    Feature(
        "C5",
        "A helpline with its hours, and hours of duty",
        f"{FOLDER}/12-lantern.md",
        said=("0808 157 0177", "24-hour support line"),
        html=(link("0808 157 0177", "tel:+448081570177"), ".//*[normalize-space()='Hours']"),
        text=("Hours: 24-hour support line",),
    ),
    Feature(
        "C6",
        "Duty hours of a service",
        f"{FOLDER}/10-bridgeway.md",
        said=("Duty worker every day from 1pm",),
        text=("Hours: Duty worker every day from 1pm",),
    ),
    Feature(
        "C7",
        "Ten addresses on lines of their own, one of more than 250 characters",
        f"{FOLDER}/50-where-to-read-more.md",
        html=tuple(f".//p[normalize-space()='{url}']/a[@href='{url}']" for url in BARE),
        text=tuple(f"\n{url}\n" for url in BARE),
        links=BARE,
        more=("test_a_long_address_may_break_on_a_phone",),
    ),
    Feature(
        "C8",
        "Emails, and telephone numbers of a mobile, a landline and a freephone",
        ISSUE,
        said=("07700 900142", "0808 157 0177", "01632 960440"),
        html=(
            ".//a[@href='tel:+447700900142']",
            ".//a[@href='tel:+448081570177']",
            ".//a[@href='tel:+441632960440']",
        ),
        links=(
            "mailto:bridgeway@example.org",
            "mailto:referrals@lantern.example.org",
            "mailto:earlyhelp@wtsp.example.org",
        ),
    ),
    Feature(
        "C9",
        "How often a meeting is, who chairs it with rank, and which agencies sit on it",
        f"{FOLDER}/30-weekly-meeting.md",
        said=(
            "every Wednesday at 10am",
            "Detective Chief Inspector Oona Vance",
            "youth justice, housing and Bridgeway",
        ),
    ),
    Feature(
        "C10",
        "A summary of national guidance, with its page on GOV.UK by its own title",
        f"{FOLDER}/40-signs.md",
        said=("Look for a child who is always awake", "Modern slavery: how to identify and support victims - GOV.UK"),
        html=(link("Modern slavery: how to identify and support victims - GOV.UK", SLAVERY),),
        links=(SLAVERY,),
    ),
    Feature(
        "C11",
        "A link to legislation",
        f"{FOLDER}/45-duty.md",
        said=("section 52 of the Modern Slavery Act 2015",),
        html=(link("section 52 of the Modern Slavery Act 2015", ACT),),
        links=(ACT,),
    ),
    Feature(
        "C12",
        "A closing list of resources, and resources for parents and carers",
        f"{FOLDER}/55-for-parents.md",
        said=(
            "For parents and carers",
            "can be passed on as they are",
            "Talking about online friends, a guide for parents",
        ),
        html=(link("Talking about online friends, a guide for parents", PARENTS),),
        links=(PARENTS,),
    ),
    Feature(
        "C13",
        "Notice of a bulletin of its own for one group of readers, and who passes it on",
        f"{FOLDER}/35-champions.md",
        said=(
            "A bulletin of their own goes out to them on the first Monday of each month.",
            "the education safeguarding lead and the office administrators",
            "schools@wtsp.example.org",
        ),
        links=("mailto:schools@wtsp.example.org",),
    ),
    Feature(
        "C14",
        "Signed with author, role and date",
        ISSUE,
        said=("Rhiannon Tallis", "Exploitation Lead, Tidesley Borough Council", "16 April 2027"),
        html=(".//p[b[.='Rhiannon Tallis'] and contains(., 'Exploitation Lead') and contains(., '16 April 2027')]",),
        text=("\nRhiannon Tallis\nExploitation Lead, Tidesley Borough Council\n16 April 2027\n",),
        paper=(
            "Rhiannon Tallis",
            "Exploitation Lead, Tidesley Borough Council",
            "16 April 2027",
            "To be reviewed by 30 June 2027",
        ),
    ),
)
