"""What clients ignore in a letter is found with its line, by those who meet it; only news is a warning."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from comms.errors import Location, Severity
from comms.model.mail_client import ClientSummary, ClientTable, Feature
from comms.render.clients import client_findings, client_problems, client_summary

CLIENTS = {"gmail": "Gmail", "outlook-windows": "klassiska Outlook", "outlook-web": "nya Outlook"}


def feature(slug: str, pattern: str, without: str = "", partly: str = "") -> Feature:
    """A feature that some clients ignore or show in part; clients with blanks between."""
    address = f"https://caniemail.example/{slug}"
    return Feature(slug, slug, pattern, frozenset(without.split()), frozenset(partly.split()), address)


def table(*features: Feature, reviewed: dict[tuple[str, str], str] | None = None) -> ClientTable:
    """A table of three clients."""
    return ClientTable(features, CLIENTS, reviewed or {}, date(2026, 5, 13))


def found(html: str, *features: Feature) -> list[tuple[str, str, int]]:
    """Client, feature and line of each finding."""
    return [(one.client, one.feature.slug, one.line) for one in client_findings(html, table(*features))]


@pytest.mark.parametrize(
    ("pattern", "html"),
    [
        ("<picture", "<Picture></Picture>"),
        ("valign=", '<td VALIGN="top">'),
        ("border-radius", '<p style="color:red; Border-Radius:3px">'),
        ("display: flex", "<p style='display:flex !important'>"),
        ("!important", "<p style='display:block!important'>"),
        ("unit:vw", "<style>p { width: 3.5vw }</style>"),
        ("unit:%", '<p style="width:50%">'),
        ("calc()", '<p style="width:calc(1px + 2px)">'),
        ("value:initial", '<p style="color:initial">'),
        ("@font-face", "<style>@font-face { src: url(a.woff) }</style>"),
        ("@import", "<style>@import url(a.css);</style>"),
        ("@media", "<style>@media print { p { color: red } }</style>"),
        ("@media", '<style media="(min-width:480px)">p { color: red }</style>'),
        ("@media (prefers-color-scheme)", "<style>@media (prefers-color-scheme: dark) {}</style>"),
        (":hover", "<style>a:hover { color: red }</style>"),
        (":before", "<style>p::before { color: red }</style>"),
        ("selector:[]", "<style>[data-a] p { color: red }</style>"),
        ("selector:>", "<style>a>b { color: red }</style>"),
        ("selector:descendant", "<style>.a .b { color: red }</style>"),
        ("selector:chain", "<style>.a.b { color: red }</style>"),
        ("selector:tag", "<style>table, p { color: red }</style>"),
        ("href=#", '<a href="#ned">'),
        ("href=mailto:", '<a href="mailto:a@b.example">'),
        ("name=color-scheme", '<meta name="color-scheme" content="light">'),
        (".webp", '<img src="https://a.example/b.webp?c=1">'),
        (".svg", '<td style="background:url(b.svg)">'),
        ("data:", '<img src="data:image/png;base64,AA==">'),
        ("<!--", "<!-- en anmärkning -->"),
        ("/*", "<style>/* en anmärkning */</style>"),
        ("<!doctype", "<!DOCTYPE html>"),
        ("a | unit:rem | c", '<p style="margin:1rem">'),
    ],
)
def test_each_kind_of_feature_is_found_on_its_line(pattern: str, html: str) -> None:
    assert found(f"<html>\n\n{html}", feature("x", pattern, "gmail")) == [("gmail", "x", 3)]


@pytest.mark.parametrize(
    ("pattern", "html"),
    [
        ("width", '<td width="3">'),
        ("width=", '<td style="width:3px">'),
        ("border", '<td style="border-radius:3px">'),
        ("unit:in", '<td style="color:red;display:inline">'),
        ("unit:ex", '<td style="color:#12ex34">'),
        ("unit:vw", '<td style="background:url(a-3vw.png)">'),
        ("@media", "<p>@media</p>"),
        ("selector:tag", "<style>.a, #b { color: red }</style>"),
        ("selector:descendant", "<style>.a > .b, .c { color: red }</style>"),
        ("<td", "<!-- <td> -->"),
        ("/*", '<p title="/*">'),
    ],
)
def test_what_only_looks_like_a_feature_is_left_alone(pattern: str, html: str) -> None:
    assert found(html, feature("x", pattern, "gmail")) == []


def test_each_feature_is_told_once_a_client_at_its_first_line() -> None:
    html = '<p style="gap:1px">\n<p style="gap:2px">'
    assert found(html, feature("gap", "gap", "outlook-web gmail")) == [
        ("gmail", "gap", 1),
        ("outlook-web", "gap", 1),
    ]


def test_what_stands_in_a_conditional_comment_is_for_classic_outlook_alone() -> None:
    html = '<!--[if mso | IE]><table align="left"><![endif]-->\n<p align="left">'
    align = feature("align", "align=", "gmail outlook-windows")
    assert found(html, align) == [("gmail", "align", 2), ("outlook-windows", "align", 1)]


def test_what_classic_outlook_is_told_to_pass_over_is_for_all_others() -> None:
    html = '<!--[if !mso]><!--><p align="left"><!--<![endif]-->\n<p align="left">'
    align = feature("align", "align=", "gmail outlook-windows")
    assert found(html, align) == [("gmail", "align", 1), ("outlook-windows", "align", 2)]


def test_what_stands_in_a_media_query_is_nothing_to_a_client_that_reads_none() -> None:
    html = "<style>\n@media (max-width:400px) {\np { gap: 1px }\n}\n</style>"
    rows = feature("media", "@media", "gmail"), feature("gap", "gap", "gmail outlook-web")
    assert found(html, *rows) == [("gmail", "media", 2), ("outlook-web", "gap", 3)]


def test_a_client_that_reads_no_style_sheet_ignores_all_that_is_in_it() -> None:
    html = "<style>\np { gap: 1px }\n</style>"
    rows = feature("sheet", "<style", "gmail"), feature("gap", "gap", "gmail outlook-web")
    assert found(html, *rows) == [("gmail", "sheet", 1), ("outlook-web", "gap", 2)]


def test_a_rule_that_asks_for_a_clients_own_attribute_is_for_that_client() -> None:
    html = "<style>[data-ogsc] .a { gap: 1px }</style>"
    assert found(html, feature("gap", "gap", "gmail outlook-web")) == [("outlook-web", "gap", 1)]


def test_what_is_ignored_and_not_reviewed_is_one_warning_for_all_clients() -> None:
    known = table(
        feature("gap", "gap", "gmail outlook-windows outlook-web"),
        feature("old", "float", "gmail"),
        feature("part", "color", partly="gmail"),
        reviewed={("outlook-web", "gap"): "Det går bra.", ("gmail", "old"): "Det också."},
    )
    findings = client_findings('<p style="float:left;color:red">\n<p style="gap:1px">', known)
    (problem,) = client_problems(findings, known, template_path="templates/prov")
    assert (problem.code, problem.severity, problem.location) == (
        "O301",
        Severity.WARNING,
        Location("templates/prov"),
    )
    assert str(problem.message) == (
        "Gmail och klassiska Outlook visar inte ”gap”, som brevet använder (rad 2 i brevets HTML)."
    )
    assert str(problem.hint) == (
        "Se efter hur brevet ser ut där. Går det bra: skriv en rad om gap i "
        "templates/mail_clients_reviewed.csv. Mer: https://caniemail.example/gap"
    )


def test_the_summary_counts_by_client_also_those_without_findings() -> None:
    known = table(
        feature("gap", "gap", "gmail outlook-windows", "outlook-web"),
        feature("float", "float", "gmail"),
        reviewed={("gmail", "float"): "Det går bra."},
    )
    findings = client_findings('<p style="float:left;gap:1px">', known)
    assert client_summary(findings, known) == (
        ClientSummary("gmail", "Gmail", ignored=2, partly=0, unreviewed=1),
        ClientSummary("outlook-windows", "klassiska Outlook", ignored=1, partly=0, unreviewed=1),
        ClientSummary("outlook-web", "nya Outlook", ignored=0, partly=1, unreviewed=0),
    )


def test_a_client_that_the_table_does_not_name_is_passed_over() -> None:
    alone = replace(table(feature("gap", "gap", "gmail lotus-notes")), clients={"gmail": "Gmail"})
    assert [one.client for one in client_findings('<p style="gap:1px">', alone)] == ["gmail"]


@pytest.mark.parametrize(
    "html",
    ["", "<", "<p style='", "<style>", "<style>}}{</style>", "<!--[if mso]>", "<!--", '<a href=">' * 300],
)
def test_broken_html_is_read_as_far_as_it_goes(html: str) -> None:
    assert found(html, feature("gap", "gap", "gmail")) == []
