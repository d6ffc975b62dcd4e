"""Proofs: one self-contained HTML file that reviewers read on anything, and a PDF, both marked as drafts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from newsletter.errors import PrintError, Refused
from newsletter.models.edition import Edition
from newsletter.models.finding import Finding, Level
from newsletter.models.issue import Issue
from newsletter.pipeline import approving, editorial, proof_frames
from newsletter.pipeline.editorial import Checked, Desk
from newsletter.pipeline.holding import embargo_of
from newsletter.pipeline.proof_changes import Change, compare
from newsletter.pipeline.proof_memory import Memory, Remembered
from newsletter.publishing.files import write_if_changed

FOLDER = "proofs"
TEMPLATE = "proof/page.html"
PRINT = "print"
WORST_FIRST = (Level.STOP, Level.FIX, Level.ADVICE)


@dataclass(frozen=True)
class Since:
    """What changed since an earlier proof."""

    at: datetime
    changes: tuple[Change, ...]
    files: tuple[str, ...]  # pictures and files that came or went

    @property
    def nothing(self) -> bool:
        """Whether words and pictures are the same; the looks may differ."""
        return not self.changes and not self.files


@dataclass(frozen=True)
class Proof:
    """A proof that is ready to be written or sent."""

    checked: Checked
    made_at: datetime
    embargo: datetime | None  # the latest that still stands
    html: bytes
    pdf: bytes  # b"" if none could be made
    no_pdf: str  # why not
    memory: Memory  # with this proof in it

    @property
    def edition(self) -> Edition:
        """What it is a proof of."""
        return self.checked.edition


def make(desk: Desk, issue: Issue, memory: Memory, now: datetime, *, mailed: bool = False) -> Proof:
    """The proof of an issue as it stands. `mailed`: whether reviewers are sent it. Nothing is written.

    Raises:
        Refused: a term of the never-publish list is in it. TemplateError: a template is wrong.
    """
    checked = editorial.check(desk, issue, now)
    approving.refuse_never_publish(checked.findings, "No proof was made")
    edition = checked.edition
    audience = _audience(desk, issue)
    text = proof_frames.words_of(edition, audience)
    files = tuple(asset.path for asset in edition.assets)
    pdf, no_pdf = _pdf(desk, issue, now)
    values: dict[str, Any] = {
        "issue": issue,
        "edition": edition,
        "publication": desk.publication,
        "made_at": now,
        "embargo": (embargo := embargo_of(issue, now)),
        "audiences": _audiences(desk, issue),
        "email": proof_frames.framed(edition, "email", audience),
        "web": proof_frames.framed(edition, "web", audience) if "web" in edition.renditions else "",
        "text": proof_frames.plain(edition, audience),
        "pdf_size": len(pdf),
        "no_pdf": no_pdf,
        "findings": sorted(checked.findings, key=lambda finding: WORST_FIRST.index(finding.level)),
        "place": _places(issue),
        "verdict": verdict(checked.findings),
        "since": _since(memory, edition, text, files, desk.never_publish, mailed=mailed),
    }
    page = desk.renderer.templates.render(TEMPLATE, **values)
    remembered = Remembered(hash=edition.hash, at=now, mailed=mailed, text=text, files=files)
    html = page.encode("ascii", "xmlcharrefreplace")  # no mail system on its way can mistake its letters
    return Proof(checked, now, embargo, html, pdf, no_pdf, memory.with_proof(remembered))


def write(proof: Proof, html: Path) -> Path | None:
    """Writes the file and the PDF beside it; gives the path of the PDF, if there is one. Others may not read it.

    Raises:
        Refused: they cannot be written.
    """
    try:
        html.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(f"The folder {html.parent} cannot be made: {(error.strerror or str(error)).lower()}.") from None
    write_if_changed(html, proof.html)
    pdf = html.with_suffix(".pdf")
    if proof.pdf:
        write_if_changed(pdf, proof.pdf)
        return pdf
    pdf.unlink(missing_ok=True)  # of an earlier proof: it would be taken for this one
    return None


def verdict(findings: Sequence[Finding]) -> str:
    """ "1 thing stops it, 2 to fix, 3 to look at": for people who do not run the checks themselves."""
    counts = {level: sum(finding.level is level for finding in findings) for level in Level}
    stops, fixes, looks = counts[Level.STOP], counts[Level.FIX], counts[Level.ADVICE]
    parts = [
        f"{stops} thing{'' if stops == 1 else 's'} that must not be sent" if stops else "",
        f"{fixes} thing{'' if fixes == 1 else 's'} to fix before it is sent" if fixes else "",
        f"{looks} to look at" if looks else "",
    ]
    said = ", ".join(part for part in parts if part)
    return f"The checks found {said}." if said else "The checks found nothing to fix."


def _pdf(desk: Desk, issue: Issue, now: datetime) -> tuple[bytes, str]:
    """The PDF with DRAFT across its pages, or why there is none."""
    draft = issue.model_copy(update={"front": issue.front.model_copy(update={"draft": True})})
    try:
        made = desk.renderer.derived(draft, now=now, earlier=lambda name: b"")
    except PrintError as error:
        return b"", f"{error.message} {error.hint}".strip()
    return (made[PRINT].data, "") if PRINT in made else (b"", "This issue has no version to print.")


def _since(
    memory: Memory, edition: Edition, text: str, files: Sequence[str], terms: Sequence[str], *, mailed: bool
) -> Since | None:
    """None: this is the first proof."""
    last = memory.last(edition.hash, mailed=mailed)
    if last is None:
        return None
    before = last.text
    if terms:  # a word may have come to the list, and left the issue, since that proof was made
        from newsletter.checks.terms import mask

        before = "\n".join(mask(line, terms) for line in before.split("\n"))
    changed = sorted(set(files) ^ set(last.files))
    return Since(last.at, compare(before, text), tuple(dict.fromkeys(_plain_name(path) for path in changed)))


def _plain_name(path: str) -> str:
    """ "images/hall-3f2a91c4.png" -> "images/hall.png"."""
    name = Path(path)
    return (name.parent / f"{name.stem.rpartition('-')[0] or name.stem}{name.suffix}").as_posix()


def _audiences(desk: Desk, issue: Issue) -> list[str]:
    known = desk.publication.audiences
    return [known[name].title if name in known else name for name in issue.front.audiences]


def _audience(desk: Desk, issue: Issue) -> str:
    return next(iter(_audiences(desk, issue)), "each reader's own list")


def _places(issue: Issue) -> dict[str, str]:
    """File -> what a reviewer calls it."""
    return {issue.origin.file: "The issue itself", **{item.origin.file: item.front.title for item in issue.items}}
