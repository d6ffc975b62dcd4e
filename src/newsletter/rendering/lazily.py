"""Imports put off until somebody uses them: for parts of a library that we never reach and that are slow to load."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


class _StandIn(ModuleType):
    """Behaves as the module of its name: the first use of one of its attributes imports it."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def put_off(*names: str) -> Iterator[None]:
    """Within it, `import name` binds a stand-in that imports the module when it is used. Afterwards all is as before.

    importlib.util.LazyLoader is made for this, but in Python 3.11 a second `import` of its module loads it at once."""
    standing = {name: _StandIn(name) for name in names if name not in sys.modules}
    sys.modules.update(standing)
    try:
        yield
    finally:
        for name, module in standing.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
