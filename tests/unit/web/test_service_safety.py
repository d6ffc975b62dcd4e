"""What went wrong in other newsletter software, tried on ours: `docs/decisions/service.md` has the list."""

from __future__ import annotations

import ast
import base64
import re
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from sqlalchemy import event
from tests.unit.web.service_kit import SECRETS, Client, FakeApp, path_of
from tests.unit.web.serving_kit import running
from tests.unit.web.test_signup import link_of, send

from newsletter.delivery.links import LinkSigner
from newsletter.models.delivery import Subscriber
from newsletter.web.forms import Seals
from newsletter.web.limits import LIMITS
from newsletter.web.service import create_service

ROOT = Path(__file__).parents[3]
INJECTIONS = (
    "' or 1=1 --",
    "1; drop table subscribers",
    "x') union select email from subscribers --",
    "{{ 7*7 }}",
    "{{ self.__class__.__mro__ }}",
    "<script>alert(1)</script>",
    "<svg onload=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "=cmd|'/c calc'!A1",
    "../../etc/passwd",
    "%00",
    "\r\nSet-Cookie: a=b",
)


@pytest.fixture
def tokens(app: FakeApp, client: Client, jo: Subscriber) -> dict[str, str]:
    """A working link of each purpose, of one person."""
    send(app, client)
    confirm = link_of(app.post()[0])
    return {
        "u": path_of(app.signer.unsubscribe_url(jo.id, "practitioners")).rsplit("/", 1)[-1],
        "header": path_of(app.signer.unsubscribe_url(jo.id, "practitioners", header=True)).rsplit("/", 1)[-1],
        "p": path_of(app.signer.preferences_url(jo.id)).rsplit("/", 1)[-1],
        "c": confirm.rsplit("/", 1)[-1],
    }


def act(client: Client, purpose: str, token: str) -> int:
    """Does what a link is for."""
    data = {"shown": "practitioners"} if purpose == "p" else {}
    return client.post(f"/{purpose}/{token}", data=data).status_code


def everything(app: FakeApp) -> list[object]:
    """The list, sign-ups and mails: all that a request could change."""
    with app.store._database.read() as connection:
        waiting = [connection.exec_driver_sql(f"select * from {name}").all() for name in ("signups", "service_mails")]
    return [*app.state(), *waiting]


def test_every_flipped_bit_of_a_link_makes_it_worthless(app: FakeApp, tokens: dict[str, str]) -> None:
    for name, token in tokens.items():
        purpose = name[0] if name != "header" else "u"
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        for place in range(len(raw)):
            for bit in range(8):
                changed = raw[:place] + bytes([raw[place] ^ 1 << bit]) + raw[place + 1 :]
                other = base64.urlsafe_b64encode(changed).rstrip(b"=").decode()
                assert app.signer.read(other, purpose) is None, (name, place, bit)
        for end in range(len(token)):
            assert app.signer.read(token[:end], purpose) is None
        assert app.signer.read(token, purpose) is not None


def test_the_next_or_the_last_persons_link_cannot_be_made_up(app: FakeApp, client: Client, jo: Subscriber) -> None:
    """Counters in links (Mautic, CVE-2018-10189)."""
    before = everything(app)
    strange = LinkSigner({2: SECRETS[1]}, "https://news.example.org", app.publication.audiences, clock=app.now)
    for step in (-1, 0, 1):
        for url in (
            strange.unsubscribe_url(jo.id + step, "practitioners"),
            strange.preferences_url(jo.id + step),
            strange.confirm_url(jo.id + step),
        ):
            assert client.post(path_of(url), data={"shown": "practitioners"}).status_code == 404
    assert jo.id > 2**32
    assert everything(app) == before


def test_a_link_does_only_what_it_is_for(app: FakeApp, client: Client, tokens: dict[str, str]) -> None:
    """Pages that never asked whose link it is, or for what (Ghost, CVE-2024-43409)."""
    before = everything(app)
    for name, token in tokens.items():
        for purpose in "upc":
            if purpose != name[0] and (purpose, name) != ("u", "header"):
                assert act(client, purpose, token) == 404, (purpose, name)
    for path in ("/u", "/u/", "/p", "/p/", "/c", "/c/", "/u//undo", "/u/undo"):
        assert client.post(path).status_code in (404, 405)
    assert everything(app) == before


def test_a_link_of_one_audience_leaves_the_others_alone(
    app: FakeApp, client: Client, tokens: dict[str, str], jo: Subscriber
) -> None:
    assert act(client, "u", tokens["u"]) == 200
    assert app.audiences(jo) == ("schools",)


def test_a_link_holds_no_address_and_no_secret(app: FakeApp, tokens: dict[str, str]) -> None:
    """An encrypted password in a form's token (Mailman, CVE-2021-43332)."""
    for token in tokens.values():
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        assert len(token) == 39
        assert b"jo" not in raw.lower()
        assert all(secret.get_secret_value().encode()[:6] not in raw for secret in SECRETS.values())


def test_a_forms_seal_is_for_its_words_and_its_moment_alone(app: FakeApp) -> None:
    """A nonce that nobody checked (listmonk, CVE-2025-58430), a token for everybody (Mailman, CVE-2021-42097)."""
    seals, now = Seals(app.form_keys), app.now()
    seal = seals.seal("words", now)
    assert seals.age(seal, "words", now) == 0
    assert seals.age(seal, "other words", now) is None
    key, moment, mac = seal.split("-")
    for other in (
        f"{key}-{int(moment) - 100}-{mac}", f"1-{moment}-{mac}", f"9-{moment}-{mac}", f"{key}-{moment}-", "",
        f"{key}-{moment}-{'0' * 32}", f"{key}-{moment}-{mac[:-1]}", f"{seal} ", f"{key}-{moment}-{mac.upper()}",
    ):  # fmt: skip
        assert other == seal or seals.age(other, "words", now) is None
    old_first = Seals({1: app.form_keys[1], 2: app.form_keys[2]})
    assert old_first.age(seal, "words", now) == 0  # keys may be changed while a form is open


def test_nothing_of_an_address_or_a_query_is_repeated_or_done(
    app: FakeApp, client: Client, tokens: dict[str, str]
) -> None:
    """Scripts, SQL and templates in addresses (Mailman, phpList, Contao, listmonk, Icegram)."""
    before = everything(app)
    paths = ["/sign-up", f"/u/{tokens['u']}", f"/p/{tokens['p']}", f"/c/{tokens['c']}", f"/u/{tokens['u']}/undo", "/x"]
    plain = {path: client.get(path).text for path in paths}
    for words in INJECTIONS:
        for path in paths:
            for name in ("lang", "email", "unsubscribeemail", "p", "sortby"):
                answer = client.get(f"{path}?{name}={quote(words)}")
                assert re.sub(r'value="2-\d+-\w+"|/p/[\w-]{39}', "", answer.text) == re.sub(
                    r'value="2-\d+-\w+"|/p/[\w-]{39}', "", plain[path]
                )
                assert "set-cookie" not in answer.headers
        for purpose in "upc":
            assert act(client, purpose, quote(words, safe="")) in (404, 405, 429)
    assert everything(app) == before


@pytest.mark.parametrize("words", INJECTIONS)
def test_hostile_words_in_a_form_are_refused_or_kept_as_words(app: FakeApp, client: Client, words: str) -> None:
    answer = send(app, client, email=words)
    assert answer.status_code == 400
    assert "<script" not in answer.text
    assert "<svg" not in answer.text
    assert "<img" not in answer.text
    assert send(app, client, get=[words]).status_code == 400
    assert app.post() == []


def test_who_a_client_says_it_is_counts_only_from_a_trusted_proxy(app: FakeApp) -> None:
    """A limit passed by making addresses up (Ghost, CVE-2024-34451)."""
    most = int(LIMITS["bad links of a client"].split()[0])

    def ask(url: str, count: int) -> list[int]:
        with httpx.Client() as client:
            headers = [{"X-Forwarded-For": f"192.0.2.{number}", "X-Real-IP": "1.2.3.4"} for number in range(count)]
            return [client.get(f"{url}/p/x", headers=header).status_code for header in headers]

    with running(create_service(app)) as url:
        assert ask(url, most + 1) == [404] * most + [429]
    with running(create_service(app), trusted=("127.0.0.1",)) as url:
        assert ask(url, most + 1) == [404] * (most + 1)


@pytest.mark.parametrize("odd", ["{0}/", "//{1}", "{0}%2f", "{2}", "{0}.", "{0};a=b"])
def test_odd_spellings_of_an_address_lead_nowhere(app: FakeApp, client: Client, odd: str) -> None:
    """A check that was passed with a slash more or less (Ghost, CVE-2026-22595)."""
    for path in ("/sign-up", "/healthz"):
        spelt = odd.format(path, path[1:], path.upper())
        assert client.get(spelt).status_code == 404
        assert client.post(spelt).status_code in (404, 405)


def test_what_comes_from_outside_is_never_run() -> None:
    """Unsafe deserialisation (Mautic, CVE-2026-115190)."""
    folders = [ROOT / "src/newsletter" / name for name in ("web", "delivery", "content", "importing", "models")]
    for path in (path for folder in folders for path in folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [name.name for name in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {"pickle", "marshal", "shelve", "dill"} & set(names), path
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("eval", "exec"), path


def test_known_and_unknown_addresses_cost_the_same_work(app: FakeApp, client: Client, jo: Subscriber) -> None:
    """Time may tell what words do not: the same statements run for every address."""
    seen: list[str] = []
    event.listen(app.store._database._engine, "before_cursor_execute", lambda *told: seen.append(told[2]))
    ran = []
    for address in (jo.email, "nobody@example.org", "nobody2@example.org"):
        seen.clear()
        assert send(app, client, email=address).status_code == 200
        ran.append(list(seen))
    assert ran[0] == ran[1] == ran[2]
    assert ran[0]


@pytest.fixture
def messages(app: FakeApp, client: Client, jo: Subscriber) -> list[str]:
    """Every link that our messages hold: of a newsletter, of the sign-up, the welcome and the goodbye."""
    send(app, client)
    (asked,) = app.post()
    client.post(link_of(asked))
    (sam,) = app.subscribe(("sam.left@example.org", "schools"))
    client.post(path_of(app.signer.unsubscribe_url(sam.id, "schools")))
    send(app, client, email="other@example.org")
    told = "".join(f"{message.text}\n{message.html}\n" for message in [asked, *app.post()])
    told += f" {app.signer.unsubscribe_url(jo.id, 'schools', header=True)} "
    told += f" {app.signer.unsubscribe_url(jo.id, 'schools')} {app.signer.preferences_url(jo.id)} "
    return sorted(set(re.findall(r"https://news\.example\.org(/[\w/-]*)", told)))


def test_a_scanner_that_opens_every_link_ten_times_changes_nothing(
    app: FakeApp, client: Client, messages: list[str]
) -> None:
    assert {path[:3] for path in messages} >= {"/u/", "/p/", "/c/"}
    before = everything(app)
    for path in messages:
        for method in ("GET", "HEAD", "OPTIONS"):
            for _ in range(10):
                assert client(method, path).status_code in (200, 404, 405)
    assert everything(app) == before


def test_every_test_that_the_list_of_weaknesses_names_is_there() -> None:
    listed = re.findall(r"`(test_\w+)`", (ROOT / "docs/decisions/service.md").read_text(encoding="utf-8"))
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(listed) > 20
    assert [name for name in listed if f"def {name}(" not in tests] == []
