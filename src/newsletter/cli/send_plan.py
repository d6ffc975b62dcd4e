"""What a sending would do, shown before anything is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.cli.output import answer_json, say

if TYPE_CHECKING:
    from newsletter.app import App
    from newsletter.checks.answers import DomainFault
    from newsletter.pipeline.sending import Plan


def domain_faults(app: App, transport: str | None) -> tuple[DomainFault, ...] | None:
    """What is wrong with the sender's domain; None for a transport that does not leave this machine."""
    from newsletter.delivery.probes.names import Dns
    from newsletter.pipeline import domain

    dsn = app.transport_dsn(transport)
    return domain.faults(Dns(), app.publication, dsn) if domain.leaves_this_machine(dsn) else None


def show_plans(app: App, plans: list[Plan], transport: str | None, as_json: bool) -> int:
    """The answer to --dry-run; the exit code."""
    if as_json:
        documents = [_document(app, plan, transport) for plan in plans]
        answer_json({**documents[0], "plans": documents} if len(documents) > 1 else documents[0])
    else:
        for plan in plans:
            show_plan(app, plan, transport)
        say("This was a dry run: nothing was sent.")
    return int(any(plan.refused for plan in plans))


def _document(app: App, plan: Plan, transport: str | None) -> dict[str, object]:
    return {
        "issue": plan.issue.path,
        "hash": plan.edition.hash,
        "subject": plan.edition.subject,
        "audience": plan.audience.name,
        "recipients": plan.recipients,
        "excluded": plan.excluded,
        "sample": list(plan.sample),
        "transport": app.open_transport(transport).name,
        "approvals": [{"name": approval.name, "role": approval.role} for approval in plan.approvals],
        "accepted": plan.accepted,
        "refused": [str(reason) for reason in plan.reasons],
    }


def show_plan(app: App, plan: Plan, transport: str | None) -> None:
    """What is about to be sent, to whom, and why it would be refused."""
    from newsletter.pipeline.standing import stale_words

    sender, issue = app.publication.sender, plan.issue
    left_out = " who are left out (never mailed, or get it through another audience)"
    rows = {
        "Issue": f"{issue.path}  {plan.edition.title}",
        "Subject": plan.edition.subject,
        "From": f"{sender.name} <{sender.email}>",
        "Replies to": sender.reply_to,
        "To": f"{plan.audience.title} ({plan.audience.name})",
        "Recipients": f"{plan.recipients:,}" + (f", and {plan.excluded:,}{left_out}" if plan.excluded else ""),
        "Such as": ", ".join(plan.sample) or "nobody",
        "Through": app.open_transport(transport).name,
        "Web copy": plan.edition.web_url or "none: this issue is restricted",
        "Approved by": ", ".join(f"{a.name} ({a.role})" for a in plan.approvals) or "nobody",
        "Checks": app.summary(plan.open_findings),
    }
    for label, text in rows.items():
        say(f"{label:<12} {text}")
    for code, by_whom in plan.accepted.items():
        say(f"{'Accepted':<12} {code} by {by_whom}")
    if stale := stale_words(plan.standings):
        say(f"{'Stale':<12} {stale}", fg="yellow")
    for reason in plan.reasons:
        say(f"It would be refused: {reason}", fg="red")
    say()
