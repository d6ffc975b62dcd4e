"""newsletter.toml, .env and the environment: what is read, what is refused, and that no secret is ever shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.errors import SettingsError, UsageError
from newsletter.settings import DEFAULT_TRANSPORT, Settings, find_project, load, read_publication

SECRET = "0123456789abcdef0123456789abcdef"
TOML = """\
[partnership]
name = "Northshire Safeguarding Children Partnership"
website = "https://www.example.org"
postal_address = "County Hall, Northshire"
privacy_url = "https://www.example.org/privacy"
accessibility_url = "https://www.example.org/accessibility"

[site]
url = "https://news.example.org/"

[sender]
name = "NSCP"
email = "news@example.org"
reply_to = "nscp@example.org"

[series.newsletter]
folder = "issues"
title = "Newsletter"
contents = 2

[audiences.practitioners]
title = "Practitioners"
series = ["newsletter"]

[contacts.training]
role = "Training team"

[[worried]]
title = "Worried about a child?"
phone = "01632 960002"

[[worried]]
title = "Worried about an adult?"
phone = "01632 960003"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "newsletter.toml").write_text(TOML)
    return tmp_path


def refused(project: Path, environment: dict[str, str] | None = None) -> list[str]:
    """The problems, as they are printed."""
    with pytest.raises(SettingsError) as caught:
        load(project, environment or {})
    return [str(problem) for problem in caught.value.problems]


def change(project: Path, old: str, new: str) -> None:
    text = (project / "newsletter.toml").read_text()
    assert old in text
    (project / "newsletter.toml").write_text(text.replace(old, new, 1))


def test_a_publication_is_read(project: Path) -> None:
    settings = load(project, {})
    assert settings.publication.series["newsletter"].contents == 2
    assert settings.publication.series["newsletter"].name == "newsletter"
    assert settings.publication.audiences["practitioners"].may_get("newsletter")
    assert settings.publication.site.url == "https://news.example.org"
    assert settings.public == project / "public"
    assert settings.build == project / "build"
    assert settings.templates[0] == project / "templates"


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_windows_may_have_saved_the_file(project: Path, mark: str, ending: str) -> None:
    (project / "newsletter.toml").write_bytes((mark + TOML.replace("\n", ending)).encode())
    assert load(project, {}).publication.partnership.name.startswith("Northshire")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('name = "NSCP"', "name = NSCP", "newsletter.toml:12: This is not valid TOML"),
        ("[sender]", "[sender", "newsletter.toml:11: This is not valid TOML"),
        ('title = "Newsletter"', 'title = "Newsletter', "newsletter.toml:18: This is not valid TOML"),
        ("contents = 2", "contents = 2\ncontents = 1", "newsletter.toml:20: This is not valid TOML"),
        ("[contacts.training]", "[sender]", "newsletter.toml:25: This is not valid TOML"),
    ],
)
def test_what_is_not_toml_is_told_with_its_line(project: Path, old: str, new: str, expected: str) -> None:
    change(project, old, new)
    (problem,) = refused(project)
    assert problem.startswith(expected)


def test_a_file_cut_short_is_told(project: Path) -> None:
    (project / "newsletter.toml").write_text("[partnership]\nsocial = [")
    (problem,) = refused(project)
    assert problem.startswith("newsletter.toml")
    assert "not valid TOML" in problem


MISTAKES: list[tuple[str, str, int, str]] = [  # what is replaced, with what, the line told, words of the message
    (
        "folder = ",
        "foldr = ",
        17,
        "'series: newsletter: foldr' is not a field that is known here. Did you mean 'folder'?",
    ),
    ("[sender]", "[sendr]", 11, "'sendr' is not a field that is known here. Did you mean 'sender'?"),
    ("reply_to", "reply-to", 14, "'sender: reply-to' is not a field that is known here. Did you mean 'reply_to'?"),
    ("[series.newsletter]", "[serie.newsletter]", 16, "Did you mean 'series'?"),
    ("[site]", '[partnership2]\nlang = "x"\n[site]', 8, "Did you mean 'partnership'?"),
    ("contents = 2", "contents = 3", 19, "contents: '3' is not one of the values known here. Write one of: 0, 1, 2."),
    ("[site]", '[unsubscribe]\nmode = "servis"\n[site]', 9, "mode: 'servis' is not one of the values known here."),
    ('["newsletter"]', '"newsletter"', 23, "audiences: practitioners: series: a list is expected here."),
    ('["newsletter"]', '["newsletr"]', 23, "names the series 'newsletr', which is not in this file."),
    ('email = "news@example.org"', 'email = "news"', 13, "sender: email: 'news' is not an email address."),
    ('"https://www.example.org"', '"www.example.org"', 3, "website: 'www.example.org' is not a web address."),
    ('postal_address = "County Hall, Northshire"\n', "", 1, "'partnership: postal_address' is missing."),
    ('role = "Training team"', 'email = "x@example.org"', 25, "contacts: training: A contact needs a role or a team"),
    ('phone = "01632 960003"', "", 32, "worried (number 2): A [[worried]] block needs a phone"),
    ('phone = "01632 960003"', "phone = 960003", 34, "worried (number 2): phone: text is expected here."),
    ('folder = "issues"', 'folder = "../issues"', 17, "folder: '../issues' is not a folder name"),
    ('name = "NSCP"', 'name = "NS\\nCP"', 12, "sender: name: The sender's name must stand on one line."),
    ("[site]", '[theme]\naccent = "blue"\n[site]', 9, "theme: accent: 'blue' is not a colour."),
    ('name = "North', 'lang = "English"\nname = "North', 2, "lang: 'English' is not a language tag. Write en-GB."),
    ("[site]", "[approval]\nrequired = -1\n[site]", 9, "required: '-1' is too small: it must be 0 or more."),
    ("[site]", "site = 3\n[other]", 8, "'partnership: site' is not a field"),
]


@pytest.mark.parametrize(("old", "new", "line", "words"), MISTAKES)
def test_what_cannot_be_is_told_with_its_line(project: Path, old: str, new: str, line: int, words: str) -> None:
    change(project, old, new)
    problems = refused(project)
    assert [told for told in problems if told.startswith(f"newsletter.toml:{line}: ") and words in told], problems


def test_all_problems_are_told_together(project: Path) -> None:
    change(project, "reply_to", "reply-to")
    change(project, "contents = 2", 'contents = "two"')
    change(project, "title = ", "titel = ")
    assert [problem.split(": ")[0] for problem in refused(project)] == [
        "newsletter.toml:14",
        "newsletter.toml:18",
        "newsletter.toml:19",
    ]


def test_a_table_in_place_of_a_value_is_told(project: Path) -> None:
    (project / "newsletter.toml").write_text("partnership = 3\nseries = []\n")
    assert len(refused(project)) >= 3


def test_a_file_that_is_not_utf8_is_told_with_its_line(project: Path) -> None:
    (project / "newsletter.toml").write_bytes(TOML.encode() + 'x = "caf\xe9"\n'.encode("latin-1"))
    (problem,) = refused(project)
    assert problem == "newsletter.toml:35: This line is not UTF-8 text. Save the file as UTF-8."


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"newsletter\.toml: This file cannot be read"):
        read_publication(tmp_path / "newsletter.toml")


def test_the_project_is_found_from_any_folder_below_it(project: Path) -> None:
    (project / "issues/2026-11-winter").mkdir(parents=True)
    assert find_project(project / "issues/2026-11-winter") == project.resolve()


def test_a_folder_without_project_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"There is no newsletter\.toml") as caught:
        find_project(tmp_path)
    assert "newsletter init" in caught.value.hint


def test_nothing_needs_to_be_set_to_start(project: Path) -> None:
    settings = load(project, {})
    assert settings.transport.get_secret_value() == DEFAULT_TRANSPORT
    assert settings.database.get_secret_value() == f"sqlite:///{project.as_posix()}/subscribers/newsletter.db"
    with pytest.raises(UsageError, match="NEWSLETTER_SECRET is not set"):
        settings.require_secrets()


def test_the_environment_wins_over_dotenv(project: Path) -> None:
    (project / ".env").write_text("NEWSLETTER_TRANSPORT=smtp://from-file\nNEWSLETTER_DATABASE=sqlite:///file.db\n")
    settings = load(project, {"NEWSLETTER_TRANSPORT": "smtp://from-environment"})
    assert settings.transport.get_secret_value() == "smtp://from-environment"
    assert settings.database.get_secret_value() == f"sqlite:///{project.as_posix()}/file.db"


@pytest.mark.parametrize(
    "text",
    [
        f"NEWSLETTER_SECRET={SECRET}\n",
        f"\ufeffNEWSLETTER_SECRET={SECRET}\r\n",
        f"# a comment\n\nexport NEWSLETTER_SECRET='{SECRET}'  # another\n",
        f'OTHER=$HOME\nNEWSLETTER_SECRET="{SECRET}"',
    ],
)
def test_dotenv_is_read_as_people_and_windows_write_it(project: Path, text: str) -> None:
    (project / ".env").write_bytes(text.encode())
    assert load(project, {}).require_secrets()[1].get_secret_value() == SECRET


def test_dotenv_values_are_taken_as_they_stand(project: Path) -> None:
    (project / ".env").write_text("NEWSLETTER_TRANSPORT=smtp://user:pa${HOME}ss@host:587\n")
    assert load(project, {}).transport.get_secret_value() == "smtp://user:pa${HOME}ss@host:587"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=1\nNEWSLETTER_SECRET\n", ".env:2: This line is not NAME=value. Put the value in quotes."),
        (f"\n\nNEWSLETTER_SECRET={SECRET}\nNEWSLETTER_SECRETS: '{SECRET}\n", ".env:4: This line is not NAME=value."),
        ("NEWSLETTER_TRANPORT=smtp://x\n", ".env:1: 'NEWSLETTER_TRANPORT' is not a setting that is known here."),
    ],
)
def test_dotenv_that_cannot_be_used_is_told_without_its_words(project: Path, text: str, expected: str) -> None:
    (project / ".env").write_text(text)
    (problem,) = refused(project)
    assert problem.startswith(expected)
    assert SECRET not in problem


def test_dotenv_that_is_not_text_is_told(project: Path) -> None:
    (project / ".env").write_bytes(b"NEWSLETTER_SECRET=\xff\xfe")
    assert refused(project) == [".env: This file is not UTF-8 text. Save it as UTF-8."]


def test_secrets_may_be_changed_while_old_links_still_work(project: Path) -> None:
    secrets = load(project, {"NEWSLETTER_SECRET": f"2:{SECRET}, 1:{SECRET[::-1]}"}).require_secrets()
    assert list(secrets) == [2, 1]
    assert secrets[1].get_secret_value() == SECRET[::-1]


@pytest.mark.parametrize(
    "secret", ["short", f"0:{SECRET}", f"256:{SECRET}", f"1:{SECRET},1:{SECRET}", f"{SECRET},short"]
)
def test_a_secret_that_cannot_sign_is_refused_and_not_shown(project: Path, secret: str) -> None:
    (problem,) = refused(project, {"NEWSLETTER_SECRET": secret})
    assert "NEWSLETTER_SECRET" in problem
    assert SECRET not in problem


def test_secrets_are_never_in_a_repr_or_in_text(project: Path) -> None:
    environment = {
        "NEWSLETTER_SECRET": SECRET,
        "NEWSLETTER_TRANSPORT": "sendgrid://:SG.hidden@default",
        "NEWSLETTER_DATABASE": "postgresql://user:hidden@host/db",
    }
    settings = load(project, environment)
    for shown in (repr(settings), str(settings), f"{settings}", settings.model_dump_json()):
        assert SECRET not in shown
        assert "hidden" not in shown
    assert isinstance(settings, Settings)


def test_whom_to_ring_and_to_ask_is_said_with_curled_quotation_marks(project: Path) -> None:
    words = 'Ask for "the hub": it\'s open'
    quoted = TOML.replace('phone = "01632 960003"', f"phone = '01632 960003'\ntext = '''{words}'''")
    quoted = quoted.replace('role = "Training team"', 'role = "The children\'s team"')
    (project / "newsletter.toml").write_text(quoted)
    publication = read_publication(project / "newsletter.toml")
    assert publication.worried[1].text == "Ask for “the hub”: it’s open"
    assert publication.contacts["training"].role == "The children’s team"
