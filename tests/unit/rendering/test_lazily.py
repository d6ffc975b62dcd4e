"""A module that is put off is imported when it is used, and not before."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from newsletter.rendering.lazily import put_off
with put_off("wave"):
    import wave
assert "wave" not in sys.modules
assert wave.Wave_read.__name__ == "Wave_read", "its first use imports it"
assert "wave" in sys.modules
import wave as real
assert real.__spec__ is not None, "later imports get the module itself"
with put_off("json"):
    pass
import json
assert json.loads("1") == 1
"""
INLINE = """
import sys
from newsletter.rendering.inline import inline
assert 'style="color:red"' in inline("<html><body><p class='a'>x</p></body></html>", ".a{color:red}")
assert not {"requests", "urllib3"} & set(sys.modules), "nothing that could reach a network is loaded"
import requests
assert requests.get.__name__ == "get"
"""


def test_a_module_is_imported_when_it_is_first_used() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)


def test_inlining_loads_no_http_client() -> None:
    subprocess.run([sys.executable, "-c", INLINE], check=True)
