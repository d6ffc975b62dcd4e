"""The issue that covers every kind, every field and everything that Markdown can hold."""

from __future__ import annotations

from tests.unit.rendering.issue_kit import MakeIssue, MakeItem, build_item, picture

from newsletter.models.issue import Asset, Issue, Item


def build_sample(make_issue: MakeIssue) -> Issue:
    """The issue that covers everything."""
    return make_issue(
        sample_items(build_item),
        title="Winter newsletter",
        number=12,
        strapline="Learning from practice",
        preheader="A new exploitation pathway, three training dates and a survey that takes five minutes.",
        areas=["Coastal", "Northern and Central"],
        body="<p>This issue is about <strong>noticing early</strong>: what has changed, and whom to ring.</p>",
        hero={"src": "images/hall.png", "alt": "People talking in a hall", "caption": "The autumn conference"},
        sign_off={
            "name": "Sam Rivers",
            "role": "Partnership Manager",
            "organisation": "NSCP",
            "date": "26 November 2026",
        },
        contact=[{"role": "Partnership team", "email": "partnership@example.org", "phone": "01632 960001"}],
        footer="© Northshire Safeguarding Children Partnership",
        assets=sample_assets(),
    )


def sample_assets() -> dict[str, Asset]:
    """The pictures and the file of the sample issue."""
    assets = [
        picture("images/hall.png", 1280, 640),
        picture("images/chair.png", 192, 192, (150, 120, 140)),
        picture("images/small.png", 200, 100),
        Asset(path="files/poster.pdf", data=b"%PDF-1.7" + b" " * 223_992, media_type="application/pdf"),
    ]
    return {asset.path: asset for asset in assets}


def sample_items(make_item: MakeItem) -> list[Item]:
    """One item of each kind or more; sections one and two deep; Urdu and Welsh."""
    training = {
        "role": "Training team",
        "email": "training@example.org",
        "phone": "01632 960004",
        "hours": "9am to 4pm",
    }
    return [
        make_item(
            "message",
            "Message from the Independent Chair",
            "<p>Thank you for everything you did this autumn.</p><p>Please read the <em>key messages</em> below.</p>",
            author="Alex Morgan",
            role="Independent Chair",
            organisation="Northshire SCP",
            photo={"src": "images/chair.png", "alt": "Alex Morgan"},
            short_title="From the chair",
        ),
        make_item(
            "notice",
            "New pathway for exploitation concerns",
            "<p>The pathway has changed after feedback from practitioners.<sup id='fnref-a-1'><a class='footnote-ref'"
            " href='#fn-a-1'>1</a></sup></p><h2 id='why'>Why it has changed</h2><p>Low concerns were not reviewed.</p>"
            "<h3 id='next'>What comes next</h3><p>A one minute guide.</p>"
            "<div class='footnote'><hr><ol><li id='fn-a-1'><p>Chapter 5, Working Together to Safeguard Children, 2023."
            "&nbsp;<a class='footnote-backref' href='#fnref-a-1' title='Jump back'>↩</a></p></li></ol></div>",
            section="Practice",
            what_to_do="Use the new form for every referral from 1 December 2026.",
            effective_from="1 December 2026",
            supersedes="The pathway of 2022",
            act_now=True,
            deadline="1 December 2026",
            areas=["Coastal"],
            links=[
                {"title": "Read the pathway", "url": "https://www.example.org/pathway"},
                {"title": "Poster for the office", "url": "files/poster.pdf"},
            ],
            contact=[training],
        ),
        make_item(
            "article",
            'Words & signs: <b>"quotes"</b>',
            sample_body(),
            section="Practice / What we see",
            image={"src": "images/hall.png", "alt": "A full hall", "caption": "In the hall", "credit": "NSCP"},
            tags=["practice"],
            summary="What Markdown can hold.",
        ),
        make_item(
            "key-messages",
            "Key messages from audits",
            "<p>We read forty files.</p><ol><li><strong>Earlier help.</strong> Ask at the first meeting.</li>"
            "<li><strong>Voices.</strong> Write down what the child says.</li></ol><p>Thank you to all teams.</p>",
            section="Practice / What we see",
        ),
        make_item(
            "review",
            "Learning from the review of Child K",
            "<p>What happened and what was learnt.</p>",
            section="Learning",
            subject="pseudonym",
            published="October 2026",
            report_url="files/poster.pdf",
            area="Northshire",
            scope="local",
            themes=["Neglect", "Professional curiosity"],
            questions=["Who asks how the child spends the day?", "What would make us act sooner?"],
            content_note="This item is about the death of a child.",
        ),
        make_item(
            "event",
            "Winter conference",
            "<p>A day about adolescents.</p><div class='details-here'></div><p>Lunch is provided.</p>",
            section="Training and events",
            when="Thursday 26 November 2026, 9am to 2pm",
            venue="Town Hall, Market Street",
            online="https://www.example.org/join",
            booking={"url": "https://www.example.org/book"},
            book_by="19 November 2026",
            cost="Free",
            who_for="Anyone who works with children",
            speakers=["Robin Hale, Police", "Jo Field, Health"],
            certificate="Yes",
            sessions=[
                {"title": "Opening", "when": "26 November 2026, 9am"},
                {"title": "Workshops", "when": "26 November 2026, 11am"},
            ],
            contact=[training],
        ),
        make_item(
            "event",
            "Modern slavery seminar",
            "<p>Details will follow.</p>",
            section="Training and events",
            when="3 to 5 February 2027",
            status="hold-the-date",
            booking={"opens": "Booking opens in January 2027"},
        ),
        make_item(
            "event",
            "Cancelled workshop",
            section="Training and events",
            when="2 December 2026, 10am",
            status="cancelled",
            booking={"url": "https://www.example.org/old"},
        ),
        make_item(
            "event",
            "Online course",
            section="Training and events",
            status="on-demand",
            duration="About an hour",
            delivery="E-learning",
            booking={"url": "https://www.example.org/course"},
        ),
        make_item(
            "survey",
            "Practitioner survey",
            "<p>Tell us what helps.</p>",
            url="https://www.example.org/survey",
            closes="18 December 2026",
            minutes=5,
            who_for="Everyone who works with children",
            act_now=True,
            deadline="18 December 2026",
        ),
        make_item(
            "service",
            "Safer Futures",
            "<p>Workers visit at home.</p>",
            who_for="Children aged 10 to 17",
            referral={
                "email": "refer@example.org",
                "phone": "01632 960005",
                "url": "https://www.example.org/refer",
                "hours": "9am to 5pm",
            },
            how="Ring first.",
            risk_level="Medium and high",
            self_referral="Young people can ring themselves.",
        ),
        make_item(
            "resource",
            "Posters and guides",
            "<p>Print and display.</p>",
            files=[
                {"title": "Poster", "path": "files/poster.pdf", "for": "waiting rooms", "language": "English"},
                {"title": "Ulotka", "url": "https://www.example.org/ulotka.pdf", "language": "Polish"},
            ],
        ),
        make_item("article", "بچوں کا تحفظ", "<p>اگر آپ کو کسی بچے کی فکر ہے تو ہمیں فون کریں۔</p>", lang="ur"),
        make_item("article", "Diogelu plant", "<p>Ffoniwch ni os ydych yn poeni am blentyn.</p>", lang="cy"),
    ]


def sample_body() -> str:
    """Cleaned HTML with everything that Markdown can hold."""
    return (
        "<p>A paragraph with <a href='https://www.example.org/a?b=1&amp;c=2'>a named link</a>,"
        " <abbr title='multi-agency safeguarding hub'>MASH</abbr>, <code>code</code>"
        " and a <a href='files/poster.pdf'>poster</a>.<br>Second line.</p>"
        "<ul><li>One</li><li>Two<ul><li>Nested</li></ul></li></ul><ol start='3'><li>Three</li><li>Four</li></ol>"
        "<blockquote><p>Ask the second question.</p><p class='attribution'>Working Together 2023</p></blockquote>"
        "<table><thead><tr><th>Team</th><th style='text-align: right'>Calls</th></tr></thead><tbody><tr><td>North</td>"
        "<td style='text-align: right'>12</td></tr><tr><td>Coast</td><td style='text-align: right'>7</td></tr></tbody>"
        "</table>"
        "<dl><dt>Neglect</dt><dd>Needs that are not met.</dd></dl>"
        "<div class='admonition note'><p class='admonition-title'>Please note</p><p>Ring before you visit.</p></div>"
        "<p><img src='images/small.png' alt='A small picture'></p><pre><code>one\n  two</code></pre><hr><p>The end.</p>"
    )
