"""compile_mjml: every character survives, every fault is a TemplateError that says where."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from functools import cache
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mjml import mjml2html

from comms.errors import TemplateError
from comms.render import mjml
from comms.render.mjml import compile_mjml, forget_parts
from comms.render.mjml_faults import LOST, MAX_DEPTH


def letter(content: str, title: str = "Brevet") -> str:
    return (
        f'<mjml lang="sv"><mj-head><mj-title>{title}</mj-title></mj-head><mj-body><mj-section><mj-column>'
        f"{content}</mj-column></mj-section></mj-body></mjml>"
    )


def compiled(content: str, title: str = "Brevet") -> str:
    return compile_mjml(letter(content, title), template="templates/prov.mjml.j2")


def values(html: str, attribute: str) -> list[str | None]:
    """What a browser reads in every attribute of that name."""
    found: list[str | None] = []

    class Reader(HTMLParser):
        def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend(value for name, value in attrs if name == attribute)

    Reader().feed(html)
    return found


PER_CATEGORY = 50


@cache
def of_every_category() -> list[str]:
    """Of each Unicode category that XML allows, up to PER_CATEGORY characters from all over it."""
    found: dict[str, list[str]] = {}
    for code in (0x9, 0xA, *range(0x20, sys.maxunicode + 1)):
        sign = chr(code)
        if code not in {0xFFFE, 0xFFFF, 0x7F} and not LOST.match(sign) and sign not in "\"'<>&":
            found.setdefault(unicodedata.category(sign), []).append(sign)
    del found["Cs"]
    # A letter before each sign: a combining one must have something to combine with.
    spread = {name: signs[:: max(len(signs) // PER_CATEGORY, 1)] for name, signs in found.items()}
    return [name + "".join(f"a{sign}" for sign in signs) for name, signs in spread.items()]


@pytest.mark.parametrize(
    ("attribute", "content"),
    [
        ("alt", '<mj-image src="x" alt="{signs}" />'),
        ("alt", "<mj-image src='x' alt='{signs}' />"),
        ("title", '<mj-image src="x" title="{signs}" />'),
        ("href", '<mj-image src="x" href="{signs}" />'),
        ("href", '<mj-button href="{signs}">x</mj-button>'),
        ("alt", '<mj-text><img src="x" alt="{signs}" /></mj-text>'),
        ("title", '<mj-text><img src="x" alt="" title="{signs}" /></mj-text>'),
        ("title", '<mj-text><a href="#" title="{signs}">x</a></mj-text>'),
        ("href", '<mj-text><a href="{signs}">x</a></mj-text>'),
    ],
)
def test_an_attribute_keeps_characters_of_every_unicode_category(attribute: str, content: str) -> None:
    categories = of_every_category()
    assert len(categories) == 29
    for signs in categories:
        html = compiled(content.format(signs=signs))
        assert unicodedata.normalize("NFC", signs) in values(html, attribute)


@pytest.mark.parametrize("sign", ["\x80", "\x9f", "\ufdd0", "\U0010ffff"])
def test_a_sign_that_no_reference_gives_back_is_refused_in_an_attribute_and_a_title(sign: str) -> None:
    with pytest.raises(TemplateError, match="Ett tecken som inte går att skriva"):
        compiled(f'<mj-image src="x" alt="{sign}" />')
    with pytest.raises(TemplateError, match="Ett tecken som inte går att skriva"):
        compiled("", title=sign)


def test_a_title_keeps_characters_of_every_unicode_category() -> None:
    for signs in of_every_category():
        html = compiled("<mj-text>x</mj-text>", title=signs)
        assert values(html, "aria-label") == [unicodedata.normalize("NFC", signs)]


def test_a_sign_that_means_something_to_the_guard_itself_is_a_sign_like_any_other() -> None:
    html = compiled('<mj-image src="x" alt="\x7f0\x7f" /><mj-text>\x7f1\x7f</mj-text>', title="\x7f0\x7f")
    assert 'alt="&#127;0&#127;"' in html
    assert ">&#127;1&#127;</div>" in html


def test_tab_newline_and_backslash_survive_in_an_attribute() -> None:
    html = compiled('<mj-text><a href="#" title="a\tb\nc\\d">x</a></mj-text>')
    assert values(html, "title") == ["a\tb\nc\\d"]


@pytest.mark.parametrize("alt", ["a\tb", "a\nb", "a\\b", "EU's", 'det "nya" brevet', "a &gt; b"])
def test_a_picture_keeps_what_its_alt_says(alt: str) -> None:
    quote = "'" if '"' in alt else '"'
    html = compiled(f"<mj-image\n  src = 'x'\n  alt = {quote}{alt}{quote}\n/>")
    assert values(html, "alt") == [alt.replace("&gt;", ">")]


def test_a_quotation_mark_in_a_single_quoted_attribute_stays_in_it() -> None:
    html = compiled("""<mj-text><a href="#" title='det "nya" brevet'>x</a></mj-text>""")
    assert values(html, "title") == ['det "nya" brevet']


def test_a_title_with_a_no_break_space_is_read_out_as_written() -> None:
    html = compiled("<mj-text>x</mj-text>", title="Möte kl.\N{NO-BREAK SPACE}13")
    assert values(html, "aria-label") == ["Möte kl.\N{NO-BREAK SPACE}13"]


def test_decomposed_letters_are_composed() -> None:
    assert "på ön" in compiled(f"<mj-text>{unicodedata.normalize('NFD', 'på ön')}</mj-text>")


def test_windows_line_ends_become_ordinary_ones() -> None:
    html = compiled("\r\n<mj-text>rad ett\r\nrad två\rrad tre</mj-text>\r\n")
    assert ">rad ett\nrad två\nrad tre</div>" in html
    assert "\r" not in html


def test_a_picture_without_alt_becomes_decorative() -> None:
    assert values(compiled('<mj-image src="x" />'), "alt") == [""]


def test_no_font_is_fetched_from_elsewhere() -> None:
    assert "fonts.googleapis.com" not in compiled("<mj-text>x</mj-text>")


def test_a_picture_in_html_without_alt_becomes_decorative() -> None:
    html = compiled('<mj-text><img src="a" title="alt=" /><img src="b" alt="En sjö." /></mj-text>')
    assert values(html, "alt") == ["", "En sjö."]


def test_ordinary_comments_are_left_out_and_conditional_ones_kept() -> None:
    html = compiled("<mj-text>a<!-- hemligt -->b<!--[if mso]>Outlook på ön<![endif]--></mj-text>")
    assert "hemligt" not in html
    assert "ab<!--[if mso]>Outlook på ön<![endif]-->" in html


def test_a_comment_may_hold_parts_and_whatever_else() -> None:
    html = compiled(
        "<mj-text>före</mj-text><!-- förut -- <mj-text>3 < 5</mj-txt> --><mj-text>efter</mj-text>"
    )
    assert "före" in html
    assert "efter" in html
    assert "förut" not in html


@pytest.mark.parametrize(
    ("place", "html"),
    [
        ("<mj-text>{}</mj-text>", "<p>Hej <b>du</b></p>"),
        ("<mj-table>{}</mj-table>", '<tr><td width="5">a</td></tr>'),
        ("<mj-raw>{}</mj-raw>", "<tr><td>a</td></tr>"),
        ('<mj-button href="#">{}</mj-button>', "Anmäl <b>dig</b>"),
        ('<mj-navbar><mj-navbar-link href="#">{}</mj-navbar-link></mj-navbar>', "Hem"),
        ('<mj-social><mj-social-element src="a" href="#">{}</mj-social-element></mj-social>', "Följ oss"),
    ],
)
def test_html_that_the_compiler_never_sees_stands_where_it_would_have_put_it(place: str, html: str) -> None:
    content = place.format(html)
    assert compiled(content) == mjml2html(letter(content), fonts={})


def test_css_and_preview_are_passed_on_as_written() -> None:
    css = "a > b::after { content: '\\201C' } &.x {}"
    head = f"<mj-preview>På ön &amp; i byn</mj-preview><mj-style>{css}</mj-style>"
    html = compile_mjml(f"<mjml><mj-head>{head}</mj-head><mj-body></mj-body></mjml>", template="prov")
    assert css in html
    assert "På ön &amp; i byn</div>" in html


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Frågor & svar", "Frågor &amp; svar"),
        ("rad ett<br>rad två", "rad ett<br />rad två"),
        ("kl.&nbsp;13", "kl.&nbsp;13"),
        ('<a href="/?a=1&b=2">x</a>', '<a href="/?a=1&amp;b=2">x</a>'),
    ],
)
def test_what_html_allows_and_xml_does_not_is_put_right(written: str, kept: str) -> None:
    assert f">{kept}</div>" in compiled(f"<mj-text>{written}</mj-text>")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<mj-txt>x</mj-txt>", "<mj-txt> finns inte. Menade du <mj-text>?"),
        ("<mj-blurb>x</mj-blurb>", "<mj-blurb> finns inte."),
        ('<mj-include path="/etc/passwd" />', "<mj-include> går inte att använda."),
        ("</mj-column><mj-text>x</mj-text><mj-column>", "<mj-text> får inte stå i <mj-section>."),
        ('<mj-text colour="red">x</mj-text>', "<mj-text> har inget attribut ”colour”. Menade du ”color”?"),
        ('<mj-text onclick="x">x</mj-text>', "<mj-text> har inget attribut ”onclick”."),
        (
            '<mj-table role="presentation"><tr></tr></mj-table>',
            "<mj-table> bryr sig inte om attributet ”role”",
        ),
        ("<mj-text><b>x</i></mj-text>", "</i> stänger något annat än <b>, som är öppen."),
        ("<mj-text>3 < 5</mj-text>", "Ett ensamt <"),
        ("<mj-text>x</mj-text>< 5", "Ett ensamt <"),
        ('<mj-text align="left"padding="0">x</mj-text>', "Taggen <mj-text> är inte rätt skriven."),
        ("<mj-text align=left>x</mj-text>", "Taggen <mj-text> är inte rätt skriven."),
        ('<mj-text align="left>x</mj-text>', "Ett ensamt <"),
        ('<mj-text><a title="<">x</a></mj-text>', "Taggen <a> är inte rätt skriven."),
        ("<mj-text><![CDATA[x]]></mj-text>", "Ett ensamt <"),
        ("<mj-text><?php x ?></mj-text>", "Ett ensamt <"),
        ("<mj-text>a ]]> b</mj-text>", "Ett ensamt <"),
        ("<mj-text><!-- x</mj-text>", "Kommentaren <!-- stängs aldrig."),
        ("<mj-text><!--[if mso]>a--b<![endif]--></mj-text>", "Två bindestreck i en kommentar."),
        ('<mj-image src="a" src="b" />', "Attributet ”src” står två gånger i samma tagg."),
        ("<mj-text>\ud800</mj-text>", "Ett tecken som inte går att skriva."),
        ("<mj-text>&#0;</mj-text>", "&#0; är inget tecken."),
        ("<mj-text>&#xd800;</mj-text>", "&#xd800; är inget tecken."),
        ("<mj-text>&1a;</mj-text>", "&1a; är inget tecken."),
        ("<mj-text><b>x</mj-text>", "<b> stängs aldrig."),
        ("<mj-text>x</b></mj-text>", "</b> stänger något annat än <mj-text>, som är öppen."),
        ("<mj-text>x</mj-txt>", "</mj-txt> stänger något annat än <mj-text>, som är öppen."),
        ("<mj-text>x</mj-text></mj-text>", "</mj-text> stänger något annat än <mj-column>, som är öppen."),
        ("<mj-raw><mj-text>x</mj-text></mj-raw>", "<mj-text> får inte stå i <mj-raw>."),
        ("<p>x</p>", "<p> får inte stå mellan brevets delar."),
        ("<mj-text>x</mj-text> hej", "Text som inte står i någon del."),
        ('<mj-image src="x">hej</mj-image>', "Text som inte står i någon del."),
        ("<mj-text>x</mj-text><!--[if mso]>x<![endif]-->", "En villkorad kommentar står inte i någon del."),
        (f"<mj-text>{'<b>' * MAX_DEPTH}{'</b>' * MAX_DEPTH}</mj-text>", f"Fler än {MAX_DEPTH} taggar"),
        (
            "<mj-accordion><mj-accordion-element></mj-accordion-element></mj-accordion>",
            "<mj-accordion> hämtar en bild från en annan server",
        ),
        (
            '<mj-social><mj-social-element name="web" href="#">x</mj-social-element></mj-social>',
            "<mj-social-element> hämtar en bild från en annan server",
        ),
    ],
)
def test_what_the_compiler_would_misread_is_refused_with_the_reason(content: str, reason: str) -> None:
    with pytest.raises(TemplateError, match=r"^templates/prov\.mjml\.j2:1: ") as caught:
        compiled(content)
    assert reason in str(caught.value)
    assert str(caught.value.problems[0].hint)


@pytest.mark.parametrize("part", ["mj-title", "mj-style"])
def test_a_title_and_css_hold_no_tags(part: str) -> None:
    head = f"<mj-head>\n<{part}>a\n</style><b>x</b></{part}></mj-head>"
    with pytest.raises(TemplateError, match=r"^prov:3: <b> får inte stå i <|^prov:3: </style> stänger"):
        compile_mjml(f"<mjml>{head}<mj-body></mj-body></mjml>", template="prov")


def test_a_tag_that_is_never_closed_is_named() -> None:
    with pytest.raises(TemplateError, match="<mj-body> stängs aldrig"):
        compile_mjml("<mjml><mj-body>", template="prov")


@pytest.mark.parametrize(
    "fault",
    [
        "<mj-txt></mj-txt>",
        "<mj-text>3 < 5</mj-text>",
        "<mj-text\n><i>\n</i></b></mj-text>",
        "<mj-text><!-- en\nkommentar --></b></mj-text>",
        "<mj-text></mj-text>\nhej",
        "<mj-text></mj-text\n></mj-text>",
        "<mj-text><b>\n\n</mj-text>",
    ],
)
def test_the_message_names_the_line(fault: str) -> None:
    lines_down = {"\n></b": 2, "\nhej": 1, "\n><": 1, "\n</i>": 2, "en\nk": 1}
    line = 3 + max((down for mark, down in lines_down.items() if mark in fault), default=0)
    source = f"<mjml>\n<mj-body>\n<mj-section><mj-column>{fault}</mj-column></mj-section></mj-body></mjml>"
    with pytest.raises(TemplateError, match=rf"^prov:{line}: "):
        compile_mjml(source, template="prov")


def test_a_letter_without_any_part_is_a_template_error_in_our_own_words() -> None:
    with pytest.raises(TemplateError, match=r"^prov:1: Mallen är tom: den ska börja med <mjml>\.$"):
        compile_mjml("", template="prov")


def test_a_panic_of_the_compiler_is_a_template_error_with_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def panics(_source: str, fonts: dict[str, str]) -> str:
        return mjml2html(letter("<mj-text><!--[if mso]x>y<![endif]--></mj-text>"), fonts=fonts)

    monkeypatch.setattr(mjml, "mjml2html", panics)
    with pytest.raises(TemplateError, match=r"^templates/prov\.mjml\.j2:1: Brevet går inte att göra: oops"):
        compiled("<mj-text>x</mj-text>")


def test_what_the_compiler_alone_finds_has_the_line_of_the_part_that_it_stands_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuses(skeleton: str, fonts: dict[str, str]) -> str:
        raise ValueError(f"unexpected, at position {skeleton.rindex('<mj-text>') + 3}:99, of {len(fonts)}")

    monkeypatch.setattr(mjml, "mjml2html", refuses)
    with pytest.raises(TemplateError, match=r"^templates/prov\.mjml\.j2:4: Brevet .* unexpected"):
        compiled("<mj-text>x</mj-text>\n<mj-text>y</mj-text>\n\n<mj-text>z</mj-text>")


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(TemplateError) as caught:
        compiled('<mj-txt>x</mj-txt>\n<mj-text colour="red" font="x">&#0;</mj-text>\n<p></p><mj-text></b>')
    lines = [(problem.location.line, str(problem.message)) for problem in caught.value.problems]
    assert lines == [
        (1, "<mj-txt> finns inte. Menade du <mj-text>?"),
        (2, "<mj-text> har inget attribut ”colour”. Menade du ”color”?"),
        (2, "<mj-text> har inget attribut ”font”. Menade du ”font-size”?"),
        (2, "&#0; är inget tecken."),
        (3, "<p> får inte stå mellan brevets delar."),
        (3, "</b> stänger något annat än <mj-text>, som är öppen."),
    ]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("hej", "", "Text som inte står i någon del"),
        ("", "hej", "Text som inte står i någon del"),
        ("<p>hej</p>", "", "<p> får inte stå mellan brevets delar"),
        ("<!DOCTYPE html>", "", "Ett ensamt <"),
    ],
)
def test_nothing_stands_outside_the_letter(before: str, after: str, reason: str) -> None:
    with pytest.raises(TemplateError, match=reason):
        compile_mjml(before + letter("<mj-text>x</mj-text>") + after, template="prov")


def test_a_second_letter_in_the_same_source_is_not_lost_in_silence() -> None:
    with pytest.raises(TemplateError):
        compile_mjml(letter("<mj-text>x</mj-text>") * 2, template="prov")


def test_a_part_that_the_compiler_drops_is_named() -> None:
    head = "<mj-preview>bort</mj-preview><mj-preview>kvar</mj-preview>"
    with pytest.raises(TemplateError, match=r"^prov:1: Den del som börjar ”bort” kommer inte med i brevet"):
        compile_mjml(f"<mjml><mj-head>{head}</mj-head><mj-body></mj-body></mjml>", template="prov")


def test_a_sign_that_the_compiler_corrupts_after_all_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_parts()
    monkeypatch.setattr(mjml, "_safe_tag", lambda tag, _name: tag)
    with pytest.raises(TemplateError, match="ett tecken som inte går att skriva i ett brev"):
        compiled('<mj-image src="x" alt="kl.\N{NO-BREAK SPACE}13" />')
    monkeypatch.undo()
    forget_parts()


def test_a_part_that_is_remembered_compiles_to_the_same_and_faults_stay_faults() -> None:
    forget_parts()
    first = compiled('<mj-image src="x" alt="En sjö." /><mj-text>på ön</mj-text>')
    assert compiled('<mj-image src="x" alt="En sjö." /><mj-text>på ön</mj-text>') == first
    for _ in range(2):
        with pytest.raises(TemplateError):
            compiled('<mj-image src="x" alt="En sjö." /><mj-text>på ön</mj-txt>')


@pytest.mark.parametrize(
    ("before", "tag", "after"),
    [
        (
            "<mjml><mj-body><mj-section><mj-column><mj-text>",
            "b",
            "</mj-text></mj-column></mj-section></mj-body>",
        ),
        ("<mjml><mj-body>", "mj-wrapper", "</mj-body>"),
        ("<mjml><mj-head><mj-attributes>", "mj-class", "</mj-attributes></mj-head>"),
    ],
)
def test_a_hundred_thousand_tags_in_each_other_are_an_error_and_not_a_dead_process(
    before: str, tag: str, after: str
) -> None:
    child = f"""
from comms.errors import TemplateError
from comms.render.mjml import compile_mjml
try:
    nested = 100_000 * "<{tag}>" + 100_000 * "</{tag}>"
    compile_mjml("{before}" + nested + "{after}</mjml>", template="prov")
except TemplateError as error:
    print("refused")
"""
    done = subprocess.run([sys.executable, "-c", child], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "refused\n")


@given(st.text(st.sampled_from("<>/\"'=ab mj-text&;![]\\\n"), max_size=60))
def test_no_content_ends_in_anything_but_html_or_a_template_error(noise: str) -> None:
    try:
        html = compiled(f"<mj-text>{noise}</mj-text>")
    except TemplateError:
        return
    assert html.startswith("<!doctype html>")


_TOKENS = [
    *("<mj-text>", "</mj-text>", "<mj-column>", "</mj-column>", "<mj-raw>", "</mj-raw>", "<mj-image />"),
    *("<mj", "</mj", "<b>", "</b>", "<br>", "<!--", "-->", "<!--[if mso]>", "<![endif]", "å", "\x7f0\x7f"),
    *(" alt='\"'", ">", "&", "\n", "\\"),
]


@given(st.lists(st.sampled_from(_TOKENS), max_size=12).map("".join))
def test_no_letter_ends_in_anything_but_html_or_a_template_error(noise: str) -> None:
    try:
        html = compiled(noise)
    except TemplateError:
        return
    assert html.startswith("<!doctype html>")
    assert "\x7f" not in html
