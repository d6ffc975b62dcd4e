"""Editions as they were frozen: every byte, so that a campaign can be resumed after the issue's folder has changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, insert, select

from newsletter.errors import StoreError
from newsletter.models.edition import Edition
from newsletter.store.consent import insert_missing
from newsletter.store.schema import blobs, edition_parts, editions


def save(connection: Connection, edition: Edition, now: datetime) -> None:
    """Keeps the edition under its hash. Keeping it twice changes nothing; equal bytes are kept once."""
    key = edition.hash
    if connection.execute(select(editions.c.hash).where(editions.c.hash == key)).first():
        return
    connection.execute(insert(editions).values(hash=key, document=_document(edition), frozen_at=now))
    parts = list(_parts(edition))
    insert_missing(connection, blobs, [{"hash": _digest(data), "data": data} for _, _, data in parts])
    rows = [{"edition_hash": key, "kind": kind, "name": name, "blob": _digest(data)} for kind, name, data in parts]
    insert_missing(connection, edition_parts, rows)


def load(connection: Connection, key: str) -> Edition:
    """The edition with this hash, byte for byte.

    Raises:
        StoreError: what is kept is not what was frozen.
    """
    document = connection.execute(select(editions.c.document).where(editions.c.hash == key)).scalar_one_or_none()
    query = select(edition_parts.c.kind, edition_parts.c.name, blobs.c.data).join(
        blobs, blobs.c.hash == edition_parts.c.blob
    )
    data = {
        (kind, name): bytes(value)
        for kind, name, value in connection.execute(query.where(edition_parts.c.edition_hash == key))
    }
    try:
        values = json.loads(document or "")
        for name, rendition in values["renditions"].items():
            rendition["data"] = data["rendition", name]
        for asset in values["assets"]:
            asset["data"] = data["asset", asset["path"]]
        edition = Edition.model_validate(values)
    except (ValueError, KeyError):
        raise _damaged() from None
    if edition.hash != key:
        raise _damaged()
    return edition


def _document(edition: Edition) -> str:
    """The edition without its bytes, and without what only the archive needs."""
    data = {"__all__": {"data"}}
    return edition.model_dump_json(exclude={"renditions": data, "assets": data, "stylesheet": True})


def _parts(edition: Edition) -> Iterator[tuple[str, str, bytes]]:
    for name, rendition in edition.renditions.items():
        yield "rendition", name, rendition.data
    for asset in edition.assets:
        yield "asset", asset.path, asset.data


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _damaged() -> StoreError:
    return StoreError(
        "The edition that was frozen for this campaign is damaged in the database.",
        hint="Nothing more is sent from it. Bring back the last copy of the database from your backup.",
    )
