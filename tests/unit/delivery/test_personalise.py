"""Messages: what everybody gets, what only one person gets, and what is never sent at all."""

from __future__ import annotations

import hashlib
from urllib.parse import unquote

import pytest
from tests.unit.delivery.sending_kit import NOW, edition, personaliser, publication, recipient, signer

from newsletter.errors import Refused
from newsletter.models.edition import EditionAsset

PICTURE = b"\x89PNG a picture"
DIGEST = hashlib.sha256(PICTURE).hexdigest()[:8]


def test_a_message_carries_every_header_that_lists_need() -> None:
    message = personaliser().compose(recipient(), date=NOW)
    token = signer().unsubscribe_token(1001, "practitioners", header=True)
    assert message.headers == {
        "List-Id": "Police & health <practitioners.example.org>",
        "List-Archive": "<https://news.example.org/>",
        "Feedback-ID": "2026-11-winter:practitioners:newsletter:example-org",
        "Precedence": "list",
        "List-Unsubscribe": f"<https://news.example.org/u/{token}>, "
        f"<mailto:team@example.org?subject=unsubscribe%20{token}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert message.message_id == f"<{1:032x}@example.org>"


def test_values_are_escaped_in_html_and_plain_in_text() -> None:
    message = personaliser().compose(recipient(), date=NOW)
    assert "Police &amp; health" in message.html
    assert "Police & health" in message.text
    assert "%%" not in message.html + message.text


def test_the_token_of_the_footer_is_not_that_of_the_header() -> None:
    message = personaliser().compose(recipient(), date=NOW)
    footer = signer().unsubscribe_url(1001, "practitioners")
    assert footer in message.html
    assert footer in message.text
    assert footer not in message.headers["List-Unsubscribe"]


def test_the_same_delivery_keeps_its_message_id_when_it_is_tried_again() -> None:
    first, second = (personaliser().compose(recipient(), date=NOW) for _ in range(2))
    assert first.message_id == second.message_id
    assert first.message_id != personaliser().compose(recipient(2), date=NOW).message_id


def test_the_letter_with_its_substitutions_gives_the_message() -> None:
    message = personaliser().compose(recipient(), date=NOW)
    html, text = message.letter.html, message.letter.text
    for tag, value in message.substitutions.items():
        html, text = html.replace(tag, value), text.replace(tag, value)
    assert (html, text) == (message.html, message.text)
    assert "person1" not in message.letter.html + message.letter.text


@pytest.mark.parametrize("part", ["html", "text"])
def test_an_edition_without_an_unsubscribe_link_is_refused(part: str) -> None:
    with pytest.raises(Refused, match="no unsubscribe link"):
        personaliser(edition(**{part: "<p>Nothing</p>"}))  # type: ignore[arg-type]


def test_an_edition_with_an_unknown_merge_tag_is_refused() -> None:
    with pytest.raises(Refused, match="%%first_name%%"):
        personaliser(edition(html='<a href="%%unsubscribe_url%%">x</a> Dear %%first_name%%'))
    with pytest.raises(Refused, match="subject"):
        personaliser(edition(subject="Dear %%audience%%"))


def test_an_edition_without_an_email_is_refused() -> None:
    bare = edition()
    with pytest.raises(Refused, match="no text rendition"):
        personaliser(bare.model_copy(update={"renditions": {"email": bare.renditions["email"]}}))


@pytest.mark.parametrize("name", ["Jo\r\nBcc: all@example.org", "Jo\x00Smith", "Jo\u2028Smith", "Jo\nSmith"])
def test_a_recipient_whose_name_could_add_a_header_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="control sign"):
        personaliser().compose(recipient(name=name), date=NOW)


@pytest.mark.parametrize(
    "email", ["a@b@example.org\r\nRCPT TO:<x@example.org>", "a b@example.org", "<a@example.org>", "@"]
)
def test_a_recipient_whose_address_is_none_is_refused(email: str) -> None:
    with pytest.raises(Refused):
        personaliser().compose(recipient(email=email), date=NOW)


def test_mode_mailto_asks_for_a_message_to_the_monitored_mailbox() -> None:
    message = personaliser(settings=publication(mode="mailto", mailbox="leave@example.org")).compose(
        recipient(), date=NOW
    )
    token = signer().unsubscribe_token(1001, "practitioners", header=True)
    assert message.headers["List-Unsubscribe"] == f"<mailto:leave@example.org?subject=unsubscribe%20{token}>"
    assert "List-Unsubscribe-Post" not in message.headers
    link = message.text.split("Leave: ")[1].split("\n")[0]
    assert signer().read(unquote(link).rpartition(" ")[2], "u") is not None


def test_mode_provider_works_with_sendgrid_alone() -> None:
    settings = publication(mode="provider", group=42)
    with pytest.raises(Refused, match="only with the transport sendgrid"):
        personaliser(settings=settings, transport="smtp")
    with pytest.raises(Refused, match="number of your SendGrid unsubscribe group"):
        personaliser(settings=publication(mode="provider"), transport="sendgrid")
    message = personaliser(settings=settings, transport="sendgrid").compose(recipient(), date=NOW)
    assert message.letter.unsubscribe_group == 42
    assert 'href="<%asm_group_unsubscribe_raw_url%>"' in message.letter.html
    assert "List-Unsubscribe" not in message.headers
    assert message.substitutions == {}


def restricted(html: str, *assets: EditionAsset) -> object:
    html += '<a href="%%unsubscribe_url%%">x</a>'
    return personaliser(edition(html=html, visibility="restricted", assets=assets)).compose(recipient(), date=NOW)


def test_the_pictures_and_files_of_a_restricted_issue_travel_with_it() -> None:
    message = restricted(
        f'<img src="cid:{DIGEST}.hall@newsletter.invalid">',
        EditionAsset(path=f"images/hall-{DIGEST}.png", media_type="image/png", data=PICTURE),
        EditionAsset(path="files/guide-00000000.pdf", media_type="application/pdf", data=b"%PDF"),
    )
    assert [(a.file_name, a.content_id) for a in message.letter.attachments] == [  # type: ignore[attr-defined]
        (f"hall-{DIGEST}.png", f"{DIGEST}.hall@newsletter.invalid"),
        ("guide-00000000.pdf", ""),
    ]


def test_a_restricted_issue_that_shows_a_missing_picture_is_refused() -> None:
    with pytest.raises(Refused, match=r"cid|not in the edition"):
        restricted('<img src="cid:deadbeef.gone@newsletter.invalid">')


def test_a_public_issue_carries_no_attachment() -> None:
    asset = EditionAsset(path="images/hall.png", media_type="image/png", data=PICTURE)
    assert personaliser(edition(assets=(asset,))).compose(recipient(), date=NOW).letter.attachments == ()
