"""The words of what can go wrong: status, title and advice of each kind. They are translated where they are shown."""

from __future__ import annotations


def marked(message: str) -> str:
    """Tells the tools that this is to be translated."""
    return message


PROBLEMS = {
    "link": (
        404,
        marked("This link does not work"),
        marked("It may have been cut short on its way. Open a newsletter and follow the link at its foot again."),
    ),
    "preferences-link": (
        404,
        marked("This link no longer works"),
        marked(
            "For your safety, links to your choices work for 90 days. Open the latest newsletter you have had from us"
            " and follow the link to your preferences at its foot: it is a new one."
        ),
    ),
    "confirm-link": (
        404,
        marked("This link no longer works"),
        marked(
            "For your safety, links that confirm a sign-up work for three days. Nothing was sent to you meanwhile."
            " Please sign up again."
        ),
    ),
    "page": (
        404,
        marked("There is no such page"),
        marked("Check the address, or start from the list of past issues."),
    ),
    "method": (
        405,
        marked("This page cannot do that"),
        marked("Go back, and use the links and buttons of the page you came from."),
    ),
    "form": (
        400,
        marked("That could not be read"),
        marked("Nothing was changed. Go back to the newsletter, open the link again, and try once more."),
    ),
    "stranger": (
        403,
        marked("That was refused"),
        marked(
            "The request came from another website, so nothing was changed. Open the link in the newsletter instead."
        ),
    ),
    "size": (
        413,
        marked("That was too much"),
        marked("Nothing was changed: the request was longer than any of our forms."),
    ),
    "slow": (408, marked("That took too long"), marked("Nothing was changed. Please try again.")),
    "often": (
        429,
        marked("That was too often"),
        marked("Nothing was changed. Please wait a while, and then try again."),
    ),
    "busy": (
        503,
        marked("Please try again in a few minutes"),
        marked("We could not save that just now. If you have asked to stop emails, that still stands."),
    ),
    "fault": (
        500,
        marked("Something went wrong"),
        marked("The mistake is ours, and it has been noted. Please try again in a few minutes."),
    ),
}
