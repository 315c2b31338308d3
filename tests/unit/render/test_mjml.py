"""compile_mjml: every character survives, every fault is a TemplateError that says where."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mjml import mjml2html

from comms.errors import TemplateError
from comms.render import mjml
from comms.render.mjml import MAX_DEPTH, _compiled, compile_mjml, forget_parts


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


def one_of_each_category() -> str:
    """The first characters of every Unicode category that may stand in HTML."""
    found: dict[str, list[str]] = {}
    for code in range(0xA0, sys.maxunicode):
        sign = chr(code)
        kept = found.setdefault(unicodedata.category(sign), [])
        if len(kept) < 3 and unicodedata.is_normalized("NFC", sign):
            kept.append(sign)
    unusable = {"Cs", "Cn", "Cc"}
    return "".join(sign for category, signs in found.items() if category not in unusable for sign in signs)


@pytest.mark.parametrize(
    ("attribute", "content"),
    [
        ("alt", '<mj-image src="x" alt="{signs}" />'),
        ("alt", "<mj-image src='x' alt='{signs}' />"),
        ("title", '<mj-text><a href="#" title="{signs}">x</a></mj-text>'),
        ("href", '<mj-button href="{signs}">x</mj-button>'),
    ],
)
def test_an_attribute_keeps_characters_of_every_unicode_category(attribute: str, content: str) -> None:
    signs = "a" + one_of_each_category()
    html = compiled(content.format(signs=signs))
    assert values(html, attribute)[-1] == unicodedata.normalize("NFC", signs)


def test_a_title_keeps_characters_of_every_unicode_category() -> None:
    signs = "a" + one_of_each_category()
    assert values(compiled("<mj-text>x</mj-text>", title=signs), "aria-label") == [signs]


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
        ('<mj-social><mj-social-element name="web" href="#">{}</mj-social-element></mj-social>', "Följ oss"),
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
        ("<mj-txt>x</mj-txt>", "<mj-txt> finns inte"),
        ('<mj-include path="/etc/passwd" />', "<mj-include> finns inte"),
        ("</mj-column><mj-text>x</mj-text><mj-column>", "<mj-text> får inte stå i <mj-section>"),
        ("<mj-text><b>x</i></mj-text>", "</i> stänger något annat"),
        ("<mj-text>3 < 5</mj-text>", "ett ensamt <"),
        ("<mj-text>x</mj-text>< 5", "ett ensamt <"),
        ('<mj-text align="left"padding="0">x</mj-text>', "ett ensamt <"),
        ("<mj-text align=left>x</mj-text>", "ett ensamt <"),
        ('<mj-text align="left>x</mj-text>', "ett ensamt <"),
        ("<mj-text><![CDATA[x]]></mj-text>", "ett ensamt <"),
        ("<mj-text><?php x ?></mj-text>", "ett ensamt <"),
        ("<mj-text><!-- x</mj-text>", "ett ensamt <"),
        ('<mj-image src="a" src="b" />', "samma attribut två gånger"),
        ("<mj-text>\ud800</mj-text>", "ett tecken som inte går att skriva"),
        ("<mj-text>&#0;</mj-text>", "ett tecken som inte går att skriva"),
        ("<mj-text><b>x</mj-text>", "<b> stängs aldrig"),
        ("<mj-text>x</b></mj-text>", "</b> stänger något annat"),
        ("<mj-text>x</mj-txt>", "</mj-txt> stänger något annat"),
        ("<mj-text>x</mj-text></mj-text>", "</mj-text> stänger något annat"),
        ("<mj-raw><mj-text>x</mj-text></mj-raw>", "<mj-text> får inte stå i <mj-raw>"),
        ("<p>x</p>", "<p> får inte stå mellan brevets delar"),
        ("<mj-text>x</mj-text> hej", "text som inte står i någon del"),
        ('<mj-image src="x">hej</mj-image>', "text som inte står i någon del"),
        ("<mj-text>x</mj-text><!--[if mso]>x<![endif]-->", "text som inte står i någon del"),
        (f"<mj-text>{'<b>' * MAX_DEPTH}{'</b>' * MAX_DEPTH}</mj-text>", f"fler än {MAX_DEPTH} taggar"),
    ],
)
def test_what_the_compiler_would_misread_is_refused_with_the_reason(content: str, reason: str) -> None:
    with pytest.raises(TemplateError, match=r"^Mallen templates/prov") as caught:
        compiled(content)
    assert reason in str(caught.value)


@pytest.mark.parametrize("part", ["mj-title", "mj-style"])
def test_a_title_and_css_hold_no_tags(part: str) -> None:
    head = f"<mj-head>\n<{part}>a\n</style><b>x</b></{part}></mj-head>"
    with pytest.raises(TemplateError, match=r"Rad 3 .*ett ensamt <"):
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
    with pytest.raises(TemplateError, match=f"Rad {line} "):
        compile_mjml(source, template="prov")


def test_a_fault_that_the_compiler_finds_is_a_template_error_too() -> None:
    with pytest.raises(TemplateError, match="prov går inte att göra till ett brev: unable to find mjml"):
        compile_mjml("", template="prov")


def test_a_panic_of_the_compiler_is_a_template_error_too() -> None:
    with pytest.raises(TemplateError, match=r"^Mallen prov går inte att göra till ett brev: oops"):
        _compiled(letter("<mj-text><!--[if mso]x>y<![endif]--></mj-text>"), "prov")


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("hej", "", "text som inte står i någon del"),
        ("", "hej", "text som inte står i någon del"),
        ("<p>hej</p>", "", "<p> får inte stå mellan brevets delar"),
        ("<!DOCTYPE html>", "", "ett ensamt <"),
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
    with pytest.raises(TemplateError, match="kommer inte med i brevet, den som börjar ”bort”"):
        compile_mjml(f"<mjml><mj-head>{head}</mj-head><mj-body></mj-body></mjml>", template="prov")


def test_a_sign_that_the_compiler_corrupts_after_all_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_parts()
    monkeypatch.setattr(mjml, "_safe_tag", lambda tag, _name: tag)
    with pytest.raises(TemplateError, match="ett tecken som inte går att skriva i ett brev"):
        compiled('<mj-image src="x" alt="kl.\N{NO-BREAK SPACE}13" />')
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
