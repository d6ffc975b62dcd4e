"""Writes the manual's page on the checks from the rules themselves, so that the page cannot fall behind them."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from newsletter.checks.registry import Rule, rules

_GROUPS = {"NL0": "Sending safely", "NL1": "Words and links", "NL2": "Accessibility", "NL3": "Mail and web"}
_INTRODUCTION = """\
# Checks

`newsletter check` reads an issue the way a careful colleague would, and says what it found: the file, the line, the
words, why it matters and what to do. It shows the worst five of each kind (`--all` shows the rest) and ends with one
sentence: "2 things to fix, 4 to look at. Not ready to send."

| level | meaning |
| --- | --- |
| **STOP** | The issue cannot be sent. |
| **FIX** | The issue cannot be sent until this is mended, or silenced with a reason. |
| **ADVICE** | Worth a look. It never holds an issue up. |

## Silencing a check

A check can be wrong about your words. Give the reason in the front matter of the item, or in `issue.md` for the whole
issue:

```yaml
ignore:
  NL102: The page has no other name
```

Nothing that stops a sending can be silenced.

## Every check

Most checks read the content. NL006, NL204, NL209 and NL301 read the finished email; NL003, NL004 and NL005 also look
at the audience when an issue is about to be sent.

"""


def page() -> str:
    """The page docs/checks.md, as Markdown."""
    parts = [_INTRODUCTION, "| code | check | level |\n| --- | --- | --- |\n"]
    parts += [f"| [{rule.CODE}](#{rule.CODE.lower()}) | {rule.TITLE} | {rule.LEVEL} |\n" for rule in rules()]
    for group, members in groupby(rules(), key=lambda rule: rule.CODE[:3]):
        parts.append(f"\n## {_GROUPS[group]}\n")
        parts += [_section(rule) for rule in members]
    return "".join(parts)


def _section(rule: Rule) -> str:
    return f"""
### {rule.CODE}

**{rule.TITLE}** ({rule.LEVEL}). {rule.WHY}

- **Threshold**: {rule.THRESHOLD}
- **Example**: `{rule.EXAMPLE}`
- **What to do**: {_inline(rule.FIX)}
- **Rests on**: {rule.SOURCE}
"""


def _inline(text: str) -> str:
    """An explanation that shows a link or a picture must not become one."""
    return text.replace("](", r"]\(")


def write(path: Path) -> None:
    """Writes the page to `path` (docs/checks.md)."""
    path.write_text(page(), encoding="utf-8", newline="\n")
