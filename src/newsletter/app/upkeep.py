"""The database itself: what it is at, brought up to date, taken over from a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.app.resources import Resources

if TYPE_CHECKING:
    from newsletter.store.migrate import State


class Upkeep(Resources):
    """What whoever looks after the database does."""

    def database_state(self) -> State:
        """What the database is at; a file that is missing is made, empty.

        Raises:
            StoreError: it cannot be asked.
        """
        from newsletter.store import migrate

        with migrate.opened(self.settings.database.get_secret_value()) as database:
            return migrate.state(database)

    def upgrade_database(self) -> tuple[State, State]:
        """Brings the database up to date; what it was at before and is at now.

        Raises:
            StoreError: nothing was changed, and why.
        """
        from newsletter.store import migrate

        with migrate.opened(self.settings.database.get_secret_value()) as database:
            before = migrate.state(database)
            migrate.run(database)
            if database.shared:
                from newsletter.store.queue import Queue

                Queue(database).prepare()
            return before, migrate.state(database)

    def copy_database(self, file: Path, progress: Callable[[str, int], None]) -> Mapping[str, int]:
        """Takes everything over from a database in a file; rows of each table.

        Raises:
            StoreError, Refused: nothing was copied, and why.
        """
        from newsletter.store import migrate, moving

        url = self.settings.database.get_secret_value()
        with migrate.opened(f"sqlite:///{file.as_posix()}") as source, migrate.opened(url) as target:
            return moving.copy(source, target, progress)
