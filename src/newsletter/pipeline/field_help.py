"""What editors say of each field of front matter: one sentence for somebody who fills it in. A test keeps it whole."""

from __future__ import annotations

ISSUE = {
    "title": "The issue's title, such as Winter newsletter or Safeguarding Week.",
    "date": "The day of publication. Before it, the issue is in no public output.",
    "number": "The edition's number.",
    "strapline": "A line under the title, such as Learning from practice.",
    "subject": "The email's subject. Without it: the series' title, a colon, and the issue's title.",
    "preheader": "The line that inboxes show after the subject.",
    "audiences": "Who it is sent to: names from newsletter.toml.",
    "areas": "Whom the whole issue is for; shown at the top.",
    "contents": "How many levels In this issue shows: 0 (none), 1 or 2. Without it: as the series says.",
    "sign_off": "Who signs the issue; printed at the end.",
    "contact": "Whom to ask about this issue: a name from newsletter.toml, or the contact written out, or a list.",
    "visibility": "public; unlisted: a web copy that no list or search shows; restricted: no web copy at all.",
    "draft": "true while it is being written: it is in no public output and cannot be sent.",
    "embargo_until": "Before this moment nothing of it is sent or published. London time.",
    "review_on": "The day on which somebody should read it again.",
    "retire_on": "After this day its page is a short notice that it is no longer published.",
    "running_header": "Repeated at the top of each printed page.",
    "lang": "The language it is written in, such as en-GB, cy (Welsh), pl (Polish) or ur (Urdu).",
    "corrects": "The earlier issue that this one corrects, such as issues/2026-11-winter.",
    "hero": "A picture at the top.",
    "masthead": "Stands at the top instead of the series' title.",
    "footer": "A line at the foot, such as a copyright line.",
    "ignore": "Checks to silence for the whole issue: the code, and the reason why.",
}

ITEM = {
    "title": "The item's heading. It is always needed.",
    "kind": "What the item is. Without it: an article.",
    "section": "The heading that items in a row share. Training / Events makes two levels.",
    "short_title": "What the contents say instead of the title.",
    "heading": "false hides the title. It still names the item for screen readers and links.",
    "summary": "One sentence, at most 40 words, for the contents and the archive.",
    "image": "A picture above the words.",
    "links": "Links shown after the words. Each has a title and a url.",
    "contact": "Whom to ask: a name from newsletter.toml, or the contact written out, or a list of them.",
    "deadline": "The day by which people must act. It puts the item into What you need to do.",
    "tags": "Topics of the archive.",
    "areas": "Whom this item is for.",
    "source": "Where the item came from. Never printed.",
    "embargo_until": "Before this moment the issue that holds this item is not sent or published. London time.",
    "retire_on": "After this day a line in the item's place says that it was taken down.",
    "content_note": "Shown before an item that may distress, such as: This item is about harm to a child.",
    "act_now": "true puts the item into What you need to do, at the top of the issue.",
    "lang": "The language of this item, if it is another than the issue's.",
    "ignore": "Checks to silence for this item: the code, and the reason why.",
}

KINDS = {
    "MessageItem": {
        "author": "Who it is from. A message needs an author or a role.",
        "role": "The role of whoever it is from, such as Independent chair.",
        "organisation": "Where they work.",
        "photo": "Their picture.",
    },
    "Notice": {
        "what_to_do": "One sentence: what people must do from now on.",
        "effective_from": "The day from which it holds.",
        "supersedes": "What it replaces.",
    },
    "EventItem": {
        "when": "Day and times, such as Thursday 26 November 2026, 9am to 2pm.",
        "ends": "The last day of an event that runs over several.",
        "status": "Whether the date stands. With to-be-announced or on-demand, when may be left out.",
        "venue": "Where it is.",
        "online": "The address to join online, or the name of the service.",
        "booking": "How to book: url, email, or opens (when booking opens).",
        "book_by": "The last day to book.",
        "cost": "What it costs, such as Free.",
        "who_for": "Whom it is for, such as Anyone who works with children.",
        "host": "Who runs it.",
        "speakers": "Who speaks: a list.",
        "duration": "How long it takes, such as About an hour.",
        "delivery": "How it is held, such as E-learning.",
        "certificate": "Whether people get one.",
        "sessions": "The parts of the event. Each has a title and when it is.",
    },
    "Survey": {
        "url": "Where to answer.",
        "closes": "The last day to answer.",
        "minutes": "How many minutes it takes.",
        "who_for": "Whom it is for: who should answer.",
    },
    "Resource": {"files": "The documents. Each has a title, and a url or a path in the issue's folder."},
    "Review": {
        "subject": "How the person is named: pseudonym, named or not-named.",
        "published": "When the review was published: a day, a month or a year.",
        "report_url": "Where the report is.",
        "area": "Where it happened.",
        "scope": "Whose review it is: local, national, or from elsewhere.",
        "themes": "What it is about, such as neglect.",
        "questions": "Questions for a team to talk about.",
        "identity_checked_by": "Who made sure that nobody can be recognised. Never printed.",
    },
    "Service": {
        "who_for": "Who may be referred.",
        "referral": "How to refer: email, phone, url and hours.",
        "how": "How a referral goes, in a sentence.",
        "risk_level": "The level of risk it is for, such as medium and high.",
        "self_referral": "Whether people can come by themselves.",
    },
}

PARTS = {
    "Image": {
        "src": "Its path in the issue's folder, such as images/hall.jpg.",
        "alt": "What it shows, for people who do not see it.",
        "decorative": "true for a picture that says nothing.",
        "credit": "Who made it.",
        "caption": "The words under it.",
        "link": "Where a click on it leads.",
    },
    "Link": {
        "title": "Where it leads, in words that stand alone.",
        "url": "A web address, or the path of a file in the issue's folder.",
    },
    "Source": {
        "agency": "The agency it came from.",
        "contributor": "Who wrote it.",
        "approved_by": "Who agreed to it.",
    },
    "SignOff": {
        "name": "The person's name.",
        "role": "Their role.",
        "organisation": "Where they work.",
        "date": "The day of signing.",
    },
    "Booking": {
        "url": "Where to book.",
        "email": "The address to write to.",
        "opens": "When booking opens, in words.",
    },
    "Session": {"title": "What it is.", "when": "Its day and times."},
    "Referral": {
        "email": "The address to write to.",
        "phone": "The number to ring.",
        "url": "The web form.",
        "hours": "When somebody answers.",
    },
    "ResourceFile": {
        "title": "The document's name.",
        "url": "Its address on the web. A document has a url or a path.",
        "path": "Its path in the issue's folder, such as files/poster.pdf.",
        "language": "The language it is in, if it is not English.",
        "for": "Whom or what it is for.",
    },
    "Contact": {
        "role": "The role, which outlives the person who holds it. A contact needs a role or a team.",
        "team": "The team.",
        "name": "The person's name, if it helps.",
        "email": "The address to write to; a shared mailbox if there is one.",
        "phone": "The number to ring.",
        "hours": "When somebody answers.",
    },
}


def help_for(model: str) -> dict[str, str]:
    """What to say of each field of the model of this name; its fields by the names that people write."""
    if model == "IssueFront":
        return ISSUE
    return PARTS[model] if model in PARTS else ITEM | KINDS.get(model, {})
