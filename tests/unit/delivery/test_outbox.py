"""The outbox: each message there once and whole, or not at all."""

from __future__ import annotations

import email
import os
import stat
from pathlib import Path

import pytest
from tests.unit.delivery.sending_kit import changed, message

from newsletter.delivery.transport import open_transport, parse_dsn
from newsletter.delivery.transports import outbox as module
from newsletter.delivery.transports.outbox import Outbox
from newsletter.errors import TransportUnavailable
from newsletter.models.delivery import ReceiptState


def outbox(folder: Path) -> Outbox:
    opened = open_transport(parse_dsn("outbox:mail/outbox", folder))
    assert isinstance(opened, Outbox)
    return opened


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "mail/outbox").glob("*/*"))


def test_a_message_is_a_file_named_after_its_delivery(tmp_path: Path) -> None:
    with outbox(tmp_path) as transport:
        (receipt,) = transport.send([message()])
    assert files(tmp_path) == [f"{1:032x}.eml"]
    assert receipt.provider_id == f"new/{1:032x}.eml"
    parsed = email.message_from_bytes((tmp_path / "mail/outbox" / receipt.provider_id).read_bytes())
    assert parsed["Subject"] == "Newsletter: Winter"


def test_what_is_there_already_is_accepted_and_not_written_again(tmp_path: Path) -> None:
    with outbox(tmp_path) as transport:
        transport.send([message()])
    path = tmp_path / "mail/outbox/new" / f"{1:032x}.eml"
    before = path.stat().st_mtime_ns
    with outbox(tmp_path) as transport:
        again = transport.send([message(), message(), message(2)])
    assert {receipt.state for receipt in again} == {ReceiptState.ACCEPTED}
    assert path.stat().st_mtime_ns == before
    assert len(files(tmp_path)) == 2


def test_what_a_mail_program_has_moved_and_marked_is_still_known(tmp_path: Path) -> None:
    with outbox(tmp_path) as transport:
        transport.send([message()])
    folder = tmp_path / "mail/outbox"
    (folder / "new" / f"{1:032x}.eml").rename(folder / "cur" / f"{1:032x}.eml:2,S")
    with outbox(tmp_path) as transport:
        transport.send([message()])
    assert files(tmp_path) == [f"{1:032x}.eml:2,S"]


def test_what_a_crash_left_half_written_is_written_again_whole(tmp_path: Path) -> None:
    with outbox(tmp_path):
        (tmp_path / "mail/outbox/tmp" / f"{1:032x}.eml").write_bytes(b"From: half a mess")
    with outbox(tmp_path) as transport:
        transport.send([message()])
    assert files(tmp_path) == [f"{1:032x}.eml"]
    assert (tmp_path / "mail/outbox/new" / f"{1:032x}.eml").read_bytes().endswith(b"--\r\n")


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    with outbox(tmp_path) as transport:
        transport.send([message()])
    folder = tmp_path / "mail/outbox"
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder, folder / "new")} == {0o700}
    assert stat.S_IMODE((folder / "new" / f"{1:032x}.eml").stat().st_mode) == 0o600


def test_a_disk_that_is_nearly_full_stops_before_it_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with outbox(tmp_path) as transport:
        transport.send([message()])
        monkeypatch.setattr(module, "RESERVE", 1 << 60)
        with pytest.raises(TransportUnavailable, match="nearly full") as caught:
            transport.send([message(), message(2)])
    assert len(caught.value.receipts) == 1
    assert files(tmp_path) == [f"{1:032x}.eml"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="an administrator may write anywhere")
def test_a_folder_that_may_not_be_written_pauses(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir(mode=0o500)
    with pytest.raises(TransportUnavailable, match="cannot be written"), outbox(tmp_path):
        pass


def test_a_folder_that_vanishes_pauses(tmp_path: Path) -> None:
    with outbox(tmp_path) as transport:
        transport.send([message()])
        (tmp_path / "mail/outbox/new" / f"{1:032x}.eml").unlink()
        for part in ("new", "tmp", "cur"):
            (tmp_path / "mail/outbox" / part).rmdir()
        with pytest.raises(TransportUnavailable, match="cannot be written"):
            transport.send([message(2)])


def test_a_message_that_cannot_be_written_is_refused_and_leaves_no_file(tmp_path: Path) -> None:
    bad = changed(message(), subject="a\nb")
    with outbox(tmp_path) as transport:
        assert transport.send([bad])[0].state is ReceiptState.REFUSED
    assert files(tmp_path) == []


def test_relative_paths_are_below_the_publication_and_absolute_ones_are_not(tmp_path: Path) -> None:
    relative, absolute = (open_transport(parse_dsn(dsn, tmp_path)) for dsn in ("outbox:", f"outbox:{tmp_path}/x"))
    assert isinstance(relative, Outbox)
    assert isinstance(absolute, Outbox)
    assert (relative.folder, absolute.folder) == (tmp_path / "outbox", tmp_path / "x")
    assert relative.name == "outbox:outbox"
