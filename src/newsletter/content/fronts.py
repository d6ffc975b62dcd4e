"""Front matter to models: which kind an item is, contacts by name, audiences that exist, curled quotation marks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from pydantic import ValidationError

from newsletter.content.frontmatter import Source
from newsletter.content.quotes import curl
from newsletter.content.yamltext import Value
from newsletter.errors import ContentError, Problem
from newsletter.models.issue import IssueFront
from newsletter.models.items import KINDS, Article, ItemFront
from newsletter.models.problems import Hint, from_validation, line_of, suggest
from newsletter.models.publication import Contact, Publication

Front = TypeVar("Front", IssueFront, ItemFront)


def issue_front(source: Source, publication: Publication) -> IssueFront:
    """What `issue.md` says.

    Raises:
        ContentError: with every problem of the front matter.
    """
    problems: list[Problem] = []
    fields = _with_contacts(source, publication, problems)
    front = _validate(IssueFront, fields, source, problems, hint=_item_hint)
    for number, name in enumerate(front.audiences if front else ()):
        if name not in publication.audiences:
            line = line_of(("audiences", number), source.lines, 1)
            message = f"audiences: there is no audience '{name}' in newsletter.toml."
            problems.append(Problem(source.file, line, message, suggest(name, publication.audiences)))
    front = _result(front, problems)
    return curl(front, front.lang or publication.partnership.lang)


def item_front(source: Source, publication: Publication, lang: str = "") -> ItemFront:
    """What an item says, as the class of its kind. `lang`: the issue's language; default: the partnership's.

    Raises:
        ContentError: with every problem of the front matter.
    """
    problems: list[Problem] = []
    fields = _with_contacts(source, publication, problems)
    kind = fields.get("kind", "article")
    model = KINDS.get(kind) if isinstance(kind, str) else None
    if model is None:
        message = f"kind: '{kind}' is not a kind of item." if isinstance(kind, str) else "kind: one word is expected."
        fix = suggest(str(kind), KINDS)
        problems.append(Problem(source.file, line_of(("kind",), source.lines, 1), message, fix))
        common = {name: value for name, value in fields.items() if name in ItemFront.model_fields}
        return _result(_validate(Article, common, source, problems), problems)
    front = _result(_validate(model, fields, source, problems, hint=_kind_hint), problems)
    lang = lang or publication.partnership.lang
    return curl(front, front.lang or lang, others={"section": lang})  # items of one section share its heading


def _result(front: Front | None, problems: list[Problem]) -> Front:
    if problems or front is None:
        raise ContentError(problems)
    return front


def _validate(
    model: type[Front],
    fields: Mapping[str, object],
    source: Source,
    problems: list[Problem],
    hint: Hint = lambda name: "",
) -> Front | None:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        problems += from_validation(error, file=source.file, lines=source.lines, model=model, line=1, hint=hint)
        return None


def _kind_hint(name: str) -> str:
    """Nobody has to choose a kind, but a field of one kind in an item of another says which was meant."""
    kinds = [kind for kind, model in KINDS.items() if name in model.model_fields and name not in ItemFront.model_fields]
    if not kinds:
        return ""
    which = " or ".join(kinds)
    return f"It belongs to the kind {which}: add a line that says kind: {kinds[0]}"


def _item_hint(name: str) -> str:
    if name in IssueFront.model_fields or not any(name in model.model_fields for model in KINDS.values()):
        return ""
    return "It is a field of items: write it into an item's file."


def _with_contacts(source: Source, publication: Publication, problems: list[Problem]) -> dict[str, object]:
    """The fields, with names of contacts replaced by the contacts of newsletter.toml."""
    fields: dict[str, object] = dict(source.fields)
    written = source.fields.get("contact")
    if written is None:
        return fields
    single = not isinstance(written, list)
    entries: list[Value] = [written] if single else list(written)
    resolved: list[Value | Contact] = []
    for number, entry in enumerate(entries):
        if not isinstance(entry, str):
            resolved.append(entry)
        elif entry in publication.contacts:
            resolved.append(publication.contacts[entry])
        else:
            line = line_of(("contact",) if single else ("contact", number), source.lines, 1)
            problems.append(Problem(source.file, line, *_no_contact(entry, publication)))
            resolved.append(Contact(role=entry))  # keeps the place of those after it
    fields["contact"] = resolved
    return fields


def _no_contact(name: str, publication: Publication) -> tuple[str, str]:
    message = f"contact: there is no contact '{name}' in newsletter.toml."
    return message, f"{suggest(name, publication.contacts)} Or write role: and email: below contact:.".strip()
