"""What earlier proofs said, so that the next one can show what changed. Kept on this machine alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from newsletter.errors import Refused
from newsletter.models.base import Model
from newsletter.publishing.files import write_if_changed

KEPT = 5  # proofs of one issue


class Remembered(Model):
    """One proof."""

    hash: str  # of its edition
    at: datetime
    mailed: bool  # whether reviewers were sent it
    text: str  # all its words: subject, preheader and the plain text
    files: tuple[str, ...] = ()  # pictures and files, each under a name that holds its hash


class Memory(Model):
    """The latest proofs of one issue, oldest first."""

    path: str  # the issue: "issues/2026-11-winter"
    proofs: tuple[Remembered, ...] = ()

    def last(self, edition_hash: str, *, mailed: bool) -> Remembered | None:
        """The proof that a new one is compared with: the latest of another edition.

        `mailed`: the new one goes to reviewers, so what they were sent before counts first.
        """
        others = [proof for proof in reversed(self.proofs) if proof.hash != edition_hash]
        sent = [proof for proof in others if proof.mailed] if mailed else []
        return next(iter(sent or others), None)

    def with_proof(self, proof: Remembered) -> Memory:
        """The memory with one more proof. One of the same edition takes the place of the one before."""
        before: Sequence[Remembered] = self.proofs
        if before and before[-1].hash == proof.hash:
            proof = proof.model_copy(update={"mailed": proof.mailed or before[-1].mailed})
            before = before[:-1]
        return self.model_copy(update={"proofs": (*before, proof)[-KEPT:]})


def recall(file: Path, issue_path: str) -> Memory:
    """What the file remembers of this issue; nothing if it is not there or not ours."""
    try:
        memory = Memory.model_validate_json(file.read_bytes())
    except (OSError, ValidationError, ValueError):
        return Memory(path=issue_path)
    return memory if memory.path == issue_path else Memory(path=issue_path)


def remember(file: Path, memory: Memory) -> None:
    """Writes it down.

    Raises:
        Refused: it cannot be written.
    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(f"The folder {file.parent} cannot be made: {(error.strerror or str(error)).lower()}.") from None
    document = json.dumps(memory.model_dump(mode="json"), ensure_ascii=False, indent=1)
    write_if_changed(file, f"{document}\n".encode())
