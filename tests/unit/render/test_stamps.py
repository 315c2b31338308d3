"""Stamps: a fault in a filled-in letter is told with the file and line of the template that wrote it."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from comms.errors import Location, TemplateError
from comms.model.workspace import TemplateSet
from comms.render.stamps import stamped
from comms.render.templates import fill
from comms.text.markdown import parse_markdown
from tests.unit.render import build

MAIN = """\
{% import "newsletters/_parts.mjml.j2" as part %}
<mjml lang="sv">
<mj-head>
<mj-title>{{ letter.subject }}</mj-title>
</mj-head>
<mj-body>
{% include "newsletters/_top.mjml.j2" %}
<mj-section>
<mj-column>
{% for section in letter.sections %}
{% for card in section.cards %}
{{ part.story(card, html) }}
{% endfor %}
{% endfor %}
{# MAIN #}
</mj-column>
</mj-section>
</mj-body>
</mjml>
"""

PARTS = """\
{# Stories. #}
{% macro story(card, html) %}
<mj-text padding="{{ "16px" if card.picture else "24px" }} 40px 0">
  {% if card.title %}<h3>{{ card.title }}</h3>{% endif %}
<table><tr><td>{{ card.label }}</td></tr></table>
{{ html(card.body) }}
</mj-text>
{# PART #}
{% endmacro %}
"""

TOP = """\
<mj-section padding="0">
  <mj-column>
    <mj-image src="x" />
{# TOP #}
  </mj-column>
</mj-section>
"""


def templates(main: str = MAIN, parts: str = PARTS, top: str = TOP) -> TemplateSet:
    sources = {
        "newsletters/municipal.mjml.j2": main,
        "newsletters/municipal.txt.j2": "{{ letter.recipient }}",
        "newsletters/_parts.mjml.j2": parts,
        "newsletters/_top.mjml.j2": top,
    }
    return TemplateSet(sources, {name: f"templates/{name}" for name in sources})


def refusal(template_set: TemplateSet, body: str = "Ett stycke.") -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        build.edition(replace(build.ITEM, body=parse_markdown(body), link=""), template_set=template_set)
    return caught.value


MISTAKES = {
    "an unknown part": ("<mj-txt>x</mj-txt>", "<mj-txt> finns inte. Menade du <mj-text>?"),
    "an unknown attribute": (
        '<mj-spacer hight="8px" />',
        "<mj-spacer> har inget attribut ”hight”. Menade du ”height”?",
    ),
    "an attribute the compiler drops": (
        '<mj-button title="x">y</mj-button>',
        "<mj-button> bryr sig inte om attributet ”title”",
    ),
    "a part in the wrong place": ("<mj-body></mj-body>", "<mj-body> får inte stå i <mj-"),
    "an include of MJML's own": ('<mj-include path="x" />', "<mj-include> går inte att använda."),
    "a font from elsewhere": ('<mj-font name="x" href="y" />', "<mj-font> hämtar ett typsnitt"),
    "what the compiler cannot do": ("<mj-selector></mj-selector>", "Kompilatorn klarar inte <mj-selector>."),
    "HTML between parts": ("<p>x</p>", "<p> får inte stå mellan brevets delar."),
    "text between parts": ("hej", "Text som inte står i någon del."),
    "a condition between parts": (
        "<!--[if mso]><p></p><![endif]-->",
        "En villkorad kommentar står inte i någon del.",
    ),
    "an end that nothing opened": ("</mj-text>", "</mj-text> stänger något annat än <mj-"),
    "an HTML end that nothing opened": ("</td>", "</td> stänger något annat än <mj-"),
    "a lone <": ("< 5", "Ett ensamt <"),
    "an attribute without quotes": ("<mj-spacer height=8px />", "Taggen <mj-spacer> är inte rätt skriven."),
    "attributes without a blank": (
        '<mj-spacer height="8px"padding="0" />',
        "Taggen <mj-spacer> är inte rätt skriven.",
    ),
    "the same attribute twice": (
        '<mj-spacer height="8px" height="9px" />',
        "Attributet ”height” står två gånger",
    ),
    "a comment that never ends": ("<!-- x", "Kommentaren <!-- stängs aldrig."),
    "CDATA": ("<![CDATA[x]]>", "Ett ensamt <"),
    "Jinja's syntax": ("{% if %}", "mallen går inte att fylla i"),
    "a filter that is not there": (
        "{{ 'x' | swedish }}",
        "mallen går inte att fylla i: No filter named 'swedish'",
    ),
    "a name that is not there": ("{{ letter.wether }}", "mallen går inte att fylla i"),
    "a template that is not there": (
        '{% include "newsletters/borta.mjml.j2" %}',
        "mallen går inte att fylla i: mallen newsletters/borta",
    ),
    "a division by zero": ("{{ 1 / 0 }}", "mallen går inte att fylla i: division by zero"),
}
PLACES = {
    "the main template": ("main", MAIN, "{# MAIN #}", "templates/newsletters/municipal.mjml.j2", 15),
    "a macro": ("parts", PARTS, "{# PART #}", "templates/newsletters/_parts.mjml.j2", 8),
    "an include": ("top", TOP, "{# TOP #}", "templates/newsletters/_top.mjml.j2", 4),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_the_file_and_line_of_its_template(mistake: str, place: str) -> None:
    written, reason = MISTAKES[mistake]
    argument, source, mark, path, line = PLACES[place]
    refused = refusal(templates(**{argument: source.replace(mark, written)}))
    assert str(refused).startswith(f"{path}:{line}: {reason}")
    assert refused.problems[0].location.path == path
    assert refused.problems[0].location.line == line


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        (
            "<mj-text>\n<table>\n<tr>\n<td>x</th>\n</tr></table></mj-text>",
            4,
            "</th> stänger något annat än <td>",
        ),
        ("<mj-text>\n<table>\n<tr>\n<td>x\n</tr></table></mj-text>", 4, "<td> stängs aldrig."),
        ("<mj-text>\n\n<b>x</mj-text>", 3, "<b> stängs aldrig."),
        ("<mj-text\n  padding='0'\n  colour='red'>x</mj-text>", 3, "<mj-text> har inget attribut ”colour”."),
        (
            '<mj-text padding="0"\n{% if true %}paddin="1"{% endif %}>x</mj-text>',
            2,
            "<mj-text> har inget attribut ”paddin”",
        ),
        (
            "<mj-text>{{ '<i>' | safe }}\n{{ '<b></i>' | safe }}</mj-text>",
            2,
            "<b> stängs aldrig.",
        ),
        ("{% set cell = '<td>' %}\n<mj-text>\n{{ cell | safe }}</mj-text>", 1, "<td> stängs aldrig."),
        ("<mj-text>{% set x %}\n<u>\n{% endset %}\n{{ x }}</mj-text>", 2, "<u> stängs aldrig."),
        ("{% if false %}\n<mj-txt />\n{% else %}\n<mj-txd />\n{% endif %}", 4, "<mj-txd> finns inte."),
        ("{% raw %}\n<mj-txt />{% endraw %}", 2, "<mj-txt> finns inte."),
        ("{% call story({'title': ''}, 'x'.replace) %}{% endcall %}", 1, "mallen går inte att fylla i"),
        ("<mj-text>x</mj-text> {{ ' ' }} efter", 1, "Text som inte står i någon del."),
        ("<mj-text>x</mj-text>\n{{ 'ord ur ett uttryck' }}", 2, "Text som inte står i någon del."),
        ("<mj-text>&#0;</mj-text>", 1, "&#0; är inget tecken."),
        ("<mj-text>\n{{ '\\x01' }}</mj-text>", 2, "Ett tecken som inte går att skriva."),
        ("<mj-text>\r\n<b>x\r\n</mj-text>", 2, "<b> stängs aldrig."),
        (
            "<mj-accordion>\n<mj-accordion-element>\n</mj-accordion-element></mj-accordion>",
            1,
            "<mj-accordion> hämtar",
        ),
    ],
)
def test_the_line_is_right_wherever_jinja_has_been(source: str, line: int, reason: str) -> None:
    refused = refusal(templates(parts=PARTS.replace("{# PART #}", source)))
    assert str(refused).startswith(f"templates/newsletters/_parts.mjml.j2:{7 + line}: {reason}")


def test_a_fault_in_rendered_markdown_has_the_line_that_put_it_in() -> None:
    parts = PARTS.replace("html(card.body)", "html(card.body) ~ ('</p>' | safe)").replace("<td>", "<td>\n")
    refused = refusal(templates(parts=parts), body="Ett stycke.\n\n- En punkt\n- En till")
    assert str(refused) == (
        "templates/newsletters/_parts.mjml.j2:7: </p> stänger något annat än <mj-text>, som är öppen."
    )


def test_templates_that_take_each_other_in_are_an_error_with_a_place() -> None:
    refused = refusal(templates(top=TOP.replace("{# TOP #}", '{% include "newsletters/_top.mjml.j2" %}')))
    assert str(refused).startswith("templates/newsletters/_top.mjml.j2:4: ")
    assert "i en ring" in str(refused)


def test_a_letter_whose_content_has_private_signs_is_told_as_rightly() -> None:
    body = "".join(map(chr, (0xF0000, 0xF0001, 0xF0002, 0x100000)))
    refused = refusal(templates(main=MAIN.replace("{# MAIN #}", "<mj-txt />")), body=body)
    assert str(refused).startswith("templates/newsletters/municipal.mjml.j2:15: <mj-txt> finns inte.")


def test_a_template_that_counts_its_own_signs_still_names_its_file() -> None:
    main = MAIN.replace(
        "{# MAIN #}", "{% set x %}<mj-spacer />{% endset %}\n<mj-text>{{ x | length }}</mj-txt>"
    )
    refused = refusal(templates(main=main))
    assert str(refused).startswith("templates/newsletters/municipal.mjml.j2: </mj-txt> stänger något annat")


def test_all_that_is_wrong_is_told_with_its_own_place() -> None:
    main = MAIN.replace("{# MAIN #}", '<mj-txt />\n<mj-spacer hight="1px" />')
    refused = refusal(templates(main=main, top=TOP.replace('src="x"', 'scr="x"')))
    assert [str(Location(p.location.path.rpartition("/")[2], p.location.line)) for p in refused.problems] == [
        "_top.mjml.j2:3",
        "municipal.mjml.j2:15",
        "municipal.mjml.j2:16",
    ]


def test_a_tag_has_its_column_too() -> None:
    refused = refusal(templates(top=TOP.replace("<mj-image", "<mj-imag")))
    assert refused.problems[0].location == Location("templates/newsletters/_top.mjml.j2", 3, 5)


@pytest.mark.parametrize("name", ["newsletters/municipal.mjml.j2", "newsletters/notis.mjml.j2"])
def test_a_mistake_in_a_template_that_ships_has_its_own_line(name: str) -> None:
    shipped = build.templates()
    source = shipped.sources[name].replace("</mj-body>", "<mj-txt /></mj-body>")
    line = source[: source.index("<mj-txt")].count("\n") + 1
    sources = {**shipped.sources, "newsletters/municipal.mjml.j2": source}
    paths = {**shipped.paths, "newsletters/municipal.mjml.j2": f"templates/{name}"}
    item = replace(
        build.ITEM, event=build.EVENT, call=build.CALL, project=build.PROJECT, pictures=(build.PICTURE,)
    )
    with pytest.raises(TemplateError) as caught:
        build.edition(
            item, template_set=TemplateSet(sources, paths), notes=build.NOTES, corrects="x-2026-11-03"
        )
    assert str(caught.value) == f"templates/{name}:{line}: <mj-txt> finns inte. Menade du <mj-text>?"


def test_nothing_that_a_template_may_write_is_changed_by_stamps() -> None:
    """Blanks around blocks, comments and expressions, drawn at random."""
    chance = random.Random(5)  # noqa: S311 - a drawing that is the same each time
    tokens = [
        *(" ", "\n", "  \n", "<b>", "</b>", "ord", "{# x #}", "{%- if 1 -%}", "{% endif %}", "{%- endif -%}")
    ]
    tokens += [
        "{% if 1 %}",
        "{{ 'a' }}",
        "{{- 'b' -}}",
        "{{ '<i>' | safe }}",
        "\n\n",
        "{% set x = '<u>' %}",
        "<a\n b='c'>",
    ]
    filled = 0
    for _ in range(400):
        source = "".join(chance.choices(tokens, k=chance.randrange(1, 14)))
        source += "{% endif %}" * (source.count("if 1") - source.count("endif"))
        given = TemplateSet({"newsletters/x.mjml.j2": source}, {})
        try:
            plain = fill(given, "newsletters/x.mjml.j2", {})
        except TemplateError:
            continue
        filled += 1
        with_stamps = stamped(given, apart_from=plain)
        bare, _place = with_stamps.without(
            fill(with_stamps.templates, "newsletters/x.mjml.j2", {}), otherwise="x"
        )
        assert bare == plain
    assert filled > 200


def test_a_letter_that_is_sound_is_filled_in_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counted(template_set: TemplateSet, name: str, values: dict[str, object]) -> str:
        asked.append(name)
        return fill(template_set, name, values)

    monkeypatch.setattr("comms.render.edition.fill", counted)
    build.edition(build.ITEM, template_set=templates())
    assert asked == ["newsletters/municipal.mjml.j2", "newsletters/municipal.txt.j2"]


RINGS = {
    "a template that takes itself in": (
        {"main": MAIN.replace("{# MAIN #}", '{% include "newsletters/municipal.mjml.j2" %}')},
        "templates/newsletters/municipal.mjml.j2:15: ",
    ),
    "a part that takes itself in": (
        {"top": TOP.replace("{# TOP #}", '{% include "newsletters/_top.mjml.j2" %}')},
        "templates/newsletters/_top.mjml.j2:4: ",
    ),
    "a macro that calls itself": (
        {"parts": PARTS.replace("{# PART #}", "{{ story(card, html) }}")},
        "templates/newsletters/_parts.mjml.j2:8: ",
    ),
    "two that take each other in": (
        {"top": TOP.replace("{# TOP #}", '{% include "newsletters/municipal.mjml.j2" %}')},
        "templates/newsletters/municipal.mjml.j2:7: ",
    ),
}


@pytest.mark.parametrize("ring", RINGS)
def test_a_ring_is_told_where_it_closes(ring: str) -> None:
    changes, place = RINGS[ring]
    said = str(refusal(templates(**changes)))
    assert said == f"{place}mallen går inte att fylla i: mallar eller makron som tar in varandra i en ring."


@pytest.mark.parametrize("wrong", ["{% if %}", "{{ 'x' | swedish }}", "{{ range(10 ** 12) }}", "{% endif %}"])
def test_a_message_of_jinjas_ends_in_one_full_stop(wrong: str) -> None:
    (problem,) = refusal(templates(main=MAIN.replace("{# MAIN #}", wrong))).problems
    assert str(problem.message).endswith(".")
    assert not str(problem.message).endswith("..")


def test_a_template_that_fills_the_memory_is_told_with_its_line() -> None:
    refused = refusal(templates(main=MAIN.replace("{# MAIN #}", '{{ "x" * 10 ** 17 }}')))
    assert str(refused) == (
        "templates/newsletters/municipal.mjml.j2:15: mallen går inte att fylla i: "
        "den gör en text som inte får plats i minnet."
    )


@pytest.mark.parametrize("empty", ["", " \n\n", "<!-- x -->\n", "{# x #}", PARTS])
def test_a_template_without_any_part_is_told_as_empty(empty: str) -> None:
    (problem,) = refusal(templates(main=empty)).problems
    assert str(problem.message) == "Mallen är tom: den ska börja med <mjml>."
    assert problem.location == Location("templates/newsletters/municipal.mjml.j2", 1, 1)
