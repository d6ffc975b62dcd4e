"""D. A newsletter with an inspection, reviews, e-learning, and resources in several languages."""

from __future__ import annotations

from tests.field.field_kit import Feature, heading, link

FOLDER = "issues/2027-06-summer"
ISSUE = f"{FOLDER}/issue.md"
INSPECTION = "https://www.gov.uk/government/collections/joint-inspections-of-local-area-services"
NATIONAL = "https://www.example.org/national/nobody-asked-me-twice"
CURIOSITY = "https://www.example.org/wtsp/guides/professional-curiosity"
DOORS = "https://www.example.org/open-doors"
WREN = "https://www.example.org/elsewhere/wren-report.pdf"
WREN_GUIDE = "https://www.example.org/wtsp/guides/wren"
MINDS = "https://www.example.org/wtsp/minds"

FEATURES = (
    Feature(
        "D1",
        "A welcome in quotation marks that lists the topics and ends in thanks",
        f"{FOLDER}/05-welcome.md",
        said=("“A warm welcome", "knives and young people", "Thank you, as ever, for what you do.”", "Odile Marchbank"),
        email=("self::*[@role='group' and @aria-label='Welcome']",),
        web=("self::article[@aria-label='Welcome']",),
        html=("self::*[not(.//h2)]", ".//p[b[.='Odile Marchbank']]"),
    ),
    Feature(
        "D2",
        "Every item has a heading of real text",
        ISSUE,
        said=("What inspectors found about knives and young people", "Flyers on help for minds under strain"),
        html=(
            heading(2, "What inspectors found about knives and young people"),
            heading(2, "“Nobody asked me twice”"),
            heading(2, "Professional curiosity, what it is and what it is not"),
            heading(2, "Open Doors: a place to step inside"),
            heading(2, "New guidance on sharing information"),
            heading(2, "E-learning: when parents are at war"),
            heading(2, "Flyers on help for minds under strain"),
        ),
        more=("test_no_heading_level_is_skipped",),
    ),
    Feature(
        "D3",
        "An inspection: a link with the other page's own title, and seven findings",
        f"{FOLDER}/10-inspection.md",
        said=(
            "Joint inspections of local area services - GOV.UK",
            "The report says that:",
            "Young people carry knives",
            "have a say.",
        ),
        html=(
            link("Joint inspections of local area services - GOV.UK", INSPECTION),
            ".//ul[count(li)=7]",
        ),
        links=(INSPECTION,),
    ),
    Feature(
        "D4",
        "A national review: a title in quotation marks, a block quote, and a practitioner briefing beside the report",
        f"{FOLDER}/20-national-review.md",
        said=(
            "“Nobody asked me twice”",
            "National review",
            "We met children who had tried to tell.",
            "“Nobody asked me twice”, foreword",
            "Read the report",
            "Practitioner briefing on the national review",
        ),
        html=(
            ".//blockquote[contains(., 'We met children who had tried to tell.')]",
            link("Read the report", NATIONAL),
            link("Practitioner briefing on the national review", f"{NATIONAL}/practitioners"),
        ),
        text=("> We met children who had tried to tell.", "\n> — “Nobody asked me twice”, foreword"),
        links=(NATIONAL, f"{NATIONAL}/practitioners"),
        paper=(
            "“Nobody asked me twice”",
            "We met children who had tried to tell.",
            "“Nobody asked me twice”, foreword",
        ),
    ),
    Feature(
        "D5",
        "A theme of practice: a definition, a one minute guide, and sessions whose date will be announced",
        f"{FOLDER}/30-curiosity.md",
        said=(
            "Date to be announced",
            "Professional curiosity",
            "Wanting to understand how a family lives",
            "Lunchtime sessions are coming soon.",
            "Lunchtime sessions of 45 minutes, online",
            "One minute guide to professional curiosity",
        ),
        html=(link("One minute guide to professional curiosity", CURIOSITY),),
        web=(".//dl/dt[.='Professional curiosity']/following-sibling::dd[starts-with(., 'Wanting')]",),
        text=("Professional curiosity\n    Wanting to understand",),
        links=(CURIOSITY,),
    ),
    Feature(
        "D6",
        "A local scheme with its places, and where to read more",
        f"{FOLDER}/40-open-doors.md",
        said=("Tidesley Lido, the Museum of Rope", "Where every Open Door is, on a map", "opendoors@example.org"),
        html=(link("Where every Open Door is, on a map", DOORS),),
        links=(DOORS, "mailto:opendoors@example.org"),
    ),
    Feature(
        "D7",
        "Learning from another area's review, of a named child: content note, one minute guide, full report",
        f"{FOLDER}/50-wren.md",
        said=(
            "Review from another area",
            "This item describes the death of a child.",
            "Wren was killed",
            "Hollin Vale",
            "Read the report",
            "One minute guide: what Wren",
        ),
        html=(link("Read the report", WREN), f".//a[@href='{WREN_GUIDE}']", ".//*[normalize-space()='Content note']"),
        text=("Content note: This item describes the death of a child.", "• Read the report (PDF) [6]"),
        links=(WREN, WREN_GUIDE),
        paper=("Content note. This item describes the death of a child.", "Wren was killed", "Read the report (PDF)"),
    ),
    Feature(
        "D8",
        "Guidance that was updated, with a poster to download",
        f"{FOLDER}/60-information-sharing.md",
        said=(
            "The DfE has rewritten its advice",
            "Seven rules for sharing information, a poster",
            "(PDF, 6 KB)",
            "for duty desks and staff rooms",
        ),
        html=(
            ".//a[.='Seven rules for sharing information, a poster' and contains(@href, 'files/seven-rules-poster-')]",
        ),
        text=("• Seven rules for sharing information, a poster (PDF, 6 KB) [8], for\n  duty desks and staff rooms",),
    ),
    Feature(
        "D9",
        "E-learning: what is in it, for whom, how long, certificate, and access by email",
        f"{FOLDER}/70-e-learning.md",
        said=(
            "Available at any time",
            "Six short films and a dozen questions",
            "Anyone who works with children, adults or whole families",
            "About an hour",
            "Yes, to print",
            "learning@wtsp.example.org",
        ),
        html=(
            link("learning@wtsp.example.org", "mailto:learning@wtsp.example.org"),
            ".//*[normalize-space()='Certificate']",
        ),
        text=("Duration: About an hour\n", "Book by email: learning@wtsp.example.org"),
    ),
    Feature(
        "D10",
        "One resource in several forms and languages: flyers and a leaflet to print and display, a QR code with its"
        " link beside it, a page that can be translated",
        f"{FOLDER}/80-flyers.md",
        said=(
            "Its QR code leads to",
            "translation bar at its top",
            "Please print the flyers and display them",
            "(PDF, 6 KB)",
            "for waiting rooms and reception desks, in English",
            "Ulotka",
            "in Polish",
            "in Urdu",
        ),
        html=(
            link("one page with every service", MINDS),
            ".//a[.='Ulotka' and contains(@href, 'files/flyer-polish-')]",
            ".//a[.='پرچہ' and contains(@href, 'files/flyer-urdu-')]",
        ),
        text=("• Ulotka (PDF, 6 KB) [12], in Polish\n• پرچہ (PDF, 6 KB) [13], in Urdu",),
        links=(MINDS,),
        more=("test_a_qr_code_on_paper_has_its_link_beside_it",),
    ),
    Feature(
        "D11",
        "A download as a link within a sentence, with format and size",
        f"{FOLDER}/80-flyers.md",
        said=("The", "services leaflet", "(PDF, 6 KB)", "says more and fits a pocket."),
        html=(".//p/a[.='services leaflet' and contains(@href, 'files/services-leaflet-')]",),
        text=("services\nleaflet (PDF, 6 KB) [10] says more",),
        more=("test_every_file_that_a_page_links_to_is_published_beside_it",),
    ),
    Feature(
        "D12",
        "At the foot: website, X, Facebook, Instagram, with their names as text",
        ISSUE,
        html=(
            ".//a[.='www.example.org/wtsp' and @href='https://www.example.org/wtsp']",
            ".//*[contains(., 'X: @wtsp')]",
            ".//a[contains(., 'Wrenmoor and Tidesley Safeguarding') and @href='https://facebook.example.org/wtsp']",
            ".//a[contains(., 'wtsp_safe') and @href='https://instagram.example.org/wtsp_safe']",
        ),
        text=("X: @wtsp, https://x.example.org/wtsp", "Instagram: wtsp_safe, https://instagram.example.org/wtsp_safe"),
        paper=(
            "www.example.org/wtsp",
            "X: @wtsp",
            "Facebook: Wrenmoor and Tidesley Safeguarding",
            "Instagram: wtsp_safe",
        ),
    ),
)
