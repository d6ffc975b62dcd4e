"""How far two words are apart."""

from __future__ import annotations


def one_slip(written: str, meant: str) -> bool:
    """Whether one slip of the finger turns one word into the other: a letter wrong, missing, added, or two swapped."""
    if written == meant or abs(len(written) - len(meant)) > 1:
        return False
    if len(written) == len(meant):
        differ = [place for place, (a, b) in enumerate(zip(written, meant, strict=True)) if a != b]
        if len(differ) == 1:
            return True
        swapped = len(differ) == 2 and differ[1] == differ[0] + 1
        return swapped and written[differ[0]] == meant[differ[1]] and written[differ[1]] == meant[differ[0]]
    short, long = sorted((written, meant), key=len)
    place = next((place for place, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    return short[place:] == long[place + 1 :]
