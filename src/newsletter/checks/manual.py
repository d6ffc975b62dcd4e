"""Writes the manual's page on the checks from the rules themselves, so that the page cannot fall behind them."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from newsletter.checks.mending import repairers
from newsletter.checks.registry import Rule, rules

_GROUPS = {"NL0": "Sending safely", "NL1": "Words and links", "NL2": "Accessibility", "NL3": "Mail and web"}
_INTRODUCTION = """\
# Checks

`newsletter check` reads an issue the way a careful colleague would, and says what it found: the file, the line and the
column, the words, why it matters and what to do. It shows the worst five of each kind (`--all` shows the rest) and ends
with one sentence: "2 things to fix, 4 to look at. Not ready to send."

It also says how long the issue takes to read, and how old a reader must be to read it with ease; with `--all`, of each
item. The reading age is an estimate for English: compare it with your last issue rather than trust the number.

| level | meaning |
| --- | --- |
| **STOP** | The issue cannot be sent. |
| **FIX** | It must be mended, silenced, or [accepted](approving.md) with a reason by somebody who approves the issue. |
| **ADVICE** | Worth a look. It never holds an issue up. |

## Silencing a check

A check can be wrong about your words. Give the reason in the front matter of the item, or in `issue.md` for the whole
issue:

```yaml
ignore:
  NL102: The page has no other name
```

Nothing that stops a sending can be silenced.

## Mending what a machine can mend

`newsletter check --fix` shows the changes it would make, asks, and writes them into the files. `--yes` writes without
asking; without a terminal and without `--yes` it only shows them, and the exit code is 1 if there are any. A file keeps
its encoding and its line ends, and a second run finds nothing more. What is silenced, quoted or program text stays.

@REPAIRS@
## Asking whether links lead somewhere

`newsletter check --links` asks every page that the issue links to, two at a time of each site and sixteen in all, and
reads none of them. NL104 tells what is gone from what gave no clear answer. Answers are kept in `build/.cache/`: good
ones for a day (`--max-age HOURS`), others for an hour. Nothing on your own network is asked: names are looked up once,
and private addresses refused, also behind a redirect. Add `--allow-private` where such a site is meant to be asked.
An address that holds a term of the never-publish list is not asked at all.

`newsletter check --archive` looks at the published pages in `public/` instead: links and places within the archive that
lead nowhere; with `--links` those that lead out as well.

## In a pull request

`newsletter check --format github` marks the lines in a pull request on GitHub: what blocks as errors, advice as
notices. `--format json`, or `--json` for short, gives one JSON document: findings with file, line and column, words,
minutes and reading age of each item, answers of links and repairs.

## Every check

Most checks read the content. NL006, NL203 to NL205, NL209, NL301 and NL304 read the finished email, and NL306 the
templates it is made with. NL002 to NL005 and NL305 also look at approvals, the audience and the sender's domain when an
issue is about to be sent; NL104 asks the network, with `--links` only.

"""


def page() -> str:
    """The page docs/checks.md, as Markdown."""
    mends = "".join(f"- **{repairer.CODE}**: {repairer.MENDS}\n" for repairer in repairers())
    parts = [_INTRODUCTION.replace("@REPAIRS@", mends), "| code | check | level |\n| --- | --- | --- |\n"]
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
