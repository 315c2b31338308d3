"""The pages where people act: every field is named, every fault leads to its field, nothing typed is code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from itertools import chain, pairwise

import pytest

from comms.errors import say
from comms.model.audience import Audience
from comms.model.issue import Cadence, Newsletter
from comms.model.office import Office
from comms.model.settings import Retention, Secret, Settings, Web
from comms.model.site import Site
from comms.model.strategy import FocusArea
from comms.model.subscriber import (
    Choices,
    Exit,
    SignupForm,
    Subscriber,
    Subscription,
    SubscriptionState,
    Ticket,
    TicketKind,
    Welcome,
)
from comms.render import public_pages
from comms.render.public_forms import spoken_schedule
from comms.render.site import site_pages
from comms.render.site_style import style_sheet
from comms.text.colours import contrast
from tests.unit.render import build

NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
LATER = datetime(2027, 2, 25, 23, 30, tzinfo=UTC)  # the 26th by the area's own clocks
TOKEN = "AQ" + "x" * 32
SEAL = "sigillet"
WEB = Web("127.0.0.1", 8080, (), (Secret("k" * 40),))
NOTICE = replace(
    build.NEWSLETTER, slug="notisen", title="Notisen", audiences=("public",), municipalities=(), tagline=""
)
CLOSED = replace(build.NEWSLETTER, slug="internt", title="Internbrevet", is_open=False)
EMPTY = SignupForm("", Choices((), "", ""))
CHOICES = Choices(("kommunbrevet",), "public", "torsby", ("leder",))
TYPED = SignupForm("elma@provbygd.example", CHOICES)
FAULTY = SignupForm(
    "elma@@provbygd",
    Choices((), "", "arvika"),
    {
        "form": say("Formuläret är för gammalt."),
        "focus": say("Välj ett insatsområde som finns."),
        "municipality": say("Välj en kommun som finns."),
        "audience": say("Välj vem du läser som."),
        "newsletters": say("Välj minst ett brev."),
        "address": say("Adressen går inte att läsa."),
    },
)
HOSTILE = "<script>alert(1)</script>\"'> <img src=x onerror=alert(1)> {{7*7}} {% raw %} \u202egnort &lt;b&gt;"


def office(**changes: object) -> Office:
    newsletters = {each.slug: each for each in (build.NEWSLETTER, NOTICE, CLOSED)}
    settings = replace(build.SETTINGS, web=WEB, newsletters=newsletters)
    workspace = build.workspace()
    return Office(replace(settings, **changes), workspace.audiences, workspace.strategy)  # type: ignore[arg-type]  # any field


OFFICE = office()
EXIT = Exit("e•••@provbygd.example", "kommunbrevet", "Kommunbrevet", is_over=False, is_subscriber=True)
TICKET = Ticket("ab" * 8, TicketKind.CONFIRM, TYPED.address, TYPED.address, CHOICES, "", "", "", NOW)
SUBSCRIBER = Subscriber(
    id=1,
    address=TYPED.address,
    address_key=TYPED.address,
    audience="public",
    municipality="torsby",
    focus=("leder",),
    paused_until=None,
    source="",
    created_at=NOW,
    subscriptions=(Subscription("kommunbrevet", SubscriptionState.CONFIRMED, NOW),),
)


def every_page(of: Office, form: SignupForm, way_out: Exit, *, words: str = "Ord.") -> dict[str, str]:
    """One of each page in each of its states."""
    ticket = replace(TICKET, choices=form.choices, address=form.address)
    subscriber = replace(SUBSCRIBER, address=form.address)
    told = say("{words}", words=words)
    first_fault = next(iter(form.faults.values()), None)
    made = {
        "signup": public_pages.signup_page(of, form, SEAL),
        "again": public_pages.signup_page(of, form, SEAL, again=True),
        "sent": public_pages.sent_page(of),
        "confirm": public_pages.confirm_page(of, ticket, TOKEN, SEAL),
        "confirm-used": public_pages.confirm_page(of, replace(ticket, used_at=NOW), TOKEN, SEAL),
        "welcome": public_pages.welcome_page(of, Welcome(form.choices, {"kommunbrevet": date(2026, 12, 1)})),
        "settings-request": public_pages.settings_request_page(of, form.address, first_fault, SEAL),
        "settings": public_pages.settings_page(of, subscriber, form, TOKEN, SEAL, saved=True),
        "settings-paused": public_pages.settings_page(
            of, replace(subscriber, paused_until=LATER), form, TOKEN, SEAL, saved=False
        ),
        "exit": public_pages.exit_page(of, way_out, TOKEN, SEAL),
        "exit-over": public_pages.exit_page(of, replace(way_out, is_over=True), TOKEN, SEAL),
        "exit-paused": public_pages.exit_page(of, replace(way_out, paused_until=LATER), TOKEN, SEAL),
        "exit-office": public_pages.exit_page(of, replace(way_out, is_subscriber=False), TOKEN, SEAL),
        "exit-nobody": public_pages.exit_page(of, replace(way_out, masked=""), TOKEN, SEAL),
        "ended": public_pages.ended_page(of, way_out, everything=False, token=TOKEN, seal=SEAL),
        "ended-all": public_pages.ended_page(
            of, replace(way_out, is_subscriber=False), everything=True, token=TOKEN, seal=SEAL
        ),
        "paused": public_pages.paused_page(of, replace(way_out, paused_until=LATER), TOKEN, SEAL),
        "resumed": public_pages.paused_page(of, way_out, TOKEN, SEAL),
        "notice": public_pages.notice_page(of, told, [told], links=[(told, "installningar/")]),
        "privacy": public_pages.privacy_page(of),
        "accessibility": public_pages.accessibility_page(of),
    }
    return {name: content.decode() for name, content in made.items()}


PAGES = every_page(OFFICE, EMPTY, EXIT) | {
    f"{name}-faulty": html for name, html in every_page(OFFICE, FAULTY, EXIT).items()
}
PRIVATE = (
    "confirm", "confirm-used", "welcome", "settings", "settings-paused", "exit", "exit-over", "exit-paused",
    "exit-office", "exit-nobody", "ended", "ended-all", "paused", "resumed",
)  # fmt: skip
"""Pages whose address holds a token."""


class Tree(HTMLParser):
    """A page's elements, each with its attributes, and its text."""

    def __init__(self, html: str) -> None:
        """Read the page."""
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        """Keep words."""
        self.words.append(data)

    @property
    def text(self) -> str:
        """The words with their blanks made single."""
        return " ".join("".join(self.words).split())

    def found(self, *tags: str, **wanted: str) -> list[dict[str, str]]:
        """The attributes of the elements with these tags and attributes."""
        return [
            attributes
            for tag, attributes in self.elements
            if tag in tags and wanted.items() <= attributes.items()
        ]

    def ids(self) -> list[str]:
        """Every id, in order."""
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]


def fields(tree: Tree) -> Iterator[dict[str, str]]:
    """What a person fills in."""
    return (each for each in tree.found("input", "select") if each.get("type") != "hidden")


def buttons(tree: Tree) -> list[str]:
    """What the buttons do."""
    return [each["value"] if each.get("name") == "action" else "" for each in tree.found("button")]


def test_every_page_has_a_language_one_h1_a_title_and_headings_in_order() -> None:
    for name, html in PAGES.items():
        assert html.startswith('<!doctype html>\n<html lang="sv">'), name
        assert len(re.findall("<h1[ >]", html)) == 1, name
        assert re.search(r"<title>[^<]+ – Leader Provbygd</title>", html), name
        levels = [int(level) for level in re.findall(r"<h([1-6])", html)]
        assert all(after <= before + 1 for before, after in pairwise(levels)), name


def test_no_page_has_a_script_a_style_of_its_own_or_anything_from_elsewhere() -> None:
    for name, html in PAGES.items():
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", html), name
        loaded = [each.get("src", "") for each in Tree(html).found("img", "source", "iframe")]
        assert all(each.startswith("/media/") for each in loaded), name


def test_every_id_is_there_once_and_every_label_and_description_leads_to_one() -> None:
    for name, html in PAGES.items():
        tree = Tree(html)
        ids = tree.ids()
        assert len(ids) == len(set(ids)), name
        named = [each["for"] for each in tree.found("label")]
        told = chain.from_iterable(
            attributes.get(key, "").split()
            for _, attributes in tree.elements
            for key in ("aria-describedby", "aria-labelledby")
        )
        assert {*named, *told} <= set(ids), name
        assert sorted(named) == sorted(each["id"] for each in fields(tree)), name


def test_a_fault_is_told_first_of_all_in_the_title_and_leads_to_its_field() -> None:
    tree = Tree(PAGES["signup-faulty"])
    assert "<title>Fel: Prenumerera" in PAGES["signup-faulty"]
    summary = PAGES["signup-faulty"].partition('id="fel"')[2].partition("</div>")[0]
    assert re.findall('href="#(.*?)"', summary) == [
        "address",
        "newsletters",
        "audience",
        "municipality",
        "focus",
    ]
    assert "<li>Formuläret är för gammalt.</li>" in summary
    assert 'tabindex="-1" autofocus' in summary
    told = {each["id"] for each in tree.found("p") if each.get("class") == "fault"}
    assert told == {"address-fel", "newsletters-fel", "audience-fel", "municipality-fel", "focus-fel"}
    described = " ".join(
        each.get("aria-describedby", "") for each in tree.found("input", "select", "fieldset")
    )
    assert told <= set(described.split())
    assert [each["id"] for each in tree.found("input", "select") if "aria-invalid" in each] == [
        "address",
        "municipality",
    ]


def test_without_faults_nothing_is_said_of_any() -> None:
    html = PAGES["signup"]
    assert "Fel:" not in html
    assert 'id="fel"' not in html
    assert "aria-invalid" not in html


def test_what_was_typed_and_chosen_is_kept() -> None:
    tree = Tree(public_pages.signup_page(OFFICE, TYPED, SEAL).decode())
    assert tree.found("input", id="address")[0]["value"] == TYPED.address
    ticked = [each["value"] for each in tree.found("input") if "checked" in each]
    assert ticked == ["kommunbrevet", "public", "leder"]
    assert [each["value"] for each in tree.found("option") if "selected" in each] == ["torsby"]


def test_nothing_is_ticked_beforehand_and_the_whole_area_is_one_of_the_municipalities() -> None:
    tree = Tree(PAGES["signup"])
    assert [each for each in tree.found("input") if "checked" in each] == []
    assert [each["value"] for each in tree.found("option")] == ["", "arvika", "torsby"]
    assert "Hela området" in tree.text


def test_only_open_newsletters_can_be_chosen_each_with_what_it_is_and_when_it_comes() -> None:
    tree = Tree(PAGES["signup"])
    assert [each["value"] for each in tree.found("input", name="newsletters")] == ["kommunbrevet", "notisen"]
    assert "Nyheter att föra vidare. Kommer första tisdagen i månaden." in tree.text
    assert "Målgrupp: Allmänheten. Är likadant i hela området." in tree.text
    assert "Internbrevet" not in tree.text


def test_a_newsletter_with_editions_for_some_municipalities_names_them() -> None:
    some = replace(build.NEWSLETTER, municipalities=("arvika", "torsby"))
    tree = Tree(public_pages.signup_page(office(newsletters={"a": some}), EMPTY, SEAL).decode())
    assert "Har egna utgåvor för Arvika och Torsby." in tree.text
    everywhere = replace(some, municipalities=("*",))
    tree = Tree(public_pages.signup_page(office(newsletters={"a": everywhere}), EMPTY, SEAL).decode())
    assert "utgåvor" not in tree.text


def test_a_newsletter_that_is_gone_is_still_named() -> None:
    gone = Welcome(replace(CHOICES, newsletters=("borta",)), {})
    assert (
        "borta: kommer när det finns ett nytt nummer."
        in Tree(public_pages.welcome_page(OFFICE, gone).decode()).text
    )


def test_where_there_is_one_audience_nobody_has_to_choose() -> None:
    html = public_pages.signup_page(office(newsletters={"notisen": NOTICE}), EMPTY, SEAL).decode()
    assert Tree(html).found("input", name="audience") == [
        {"type": "hidden", "name": "audience", "value": "public"}
    ]


def test_where_no_newsletter_is_open_the_page_says_so() -> None:
    html = public_pages.signup_page(office(newsletters={"internt": CLOSED}), EMPTY, SEAL).decode()
    assert "inget brev att prenumerera på" in html
    assert "<form" not in html


def test_the_address_is_asked_for_as_browsers_know_it_and_the_trap_is_for_nobody() -> None:
    for name in ("signup", "settings-request"):
        tree = Tree(PAGES[name])
        address = tree.found("input", id="address")[0]
        assert (address["type"], address["autocomplete"], address["inputmode"]) == ("email", "email", "email")
        assert "required" in address
        trap = tree.found("input", name="website")[0]
        assert (trap["tabindex"], trap["autocomplete"], trap["value"]) == ("-1", "off", "")
        assert tree.found("div", **{"class": "trap", "aria-hidden": "true"})


def test_the_words_kept_as_evidence_are_those_on_the_page() -> None:
    said = public_pages.consent_text(OFFICE)
    assert said in Tree(PAGES["signup"]).text
    assert OFFICE.settings.sender.name in said
    assert "ta tillbaka" in said


def test_every_form_is_sent_by_post_to_its_own_address_with_its_seal() -> None:
    actions = {
        "signup": "/prenumerera/",
        "settings-request": "/installningar/",
        "confirm": f"/c/{TOKEN}",
        "settings": f"/p/{TOKEN}",
        "exit": f"/u/{TOKEN}",
        "ended": f"/u/{TOKEN}",
        "paused": f"/u/{TOKEN}",
    }
    for name, action in actions.items():
        tree = Tree(PAGES[name])
        forms = tree.found("form")
        assert forms, name
        assert {(each["method"], each["action"]) for each in forms} == {("post", action)}, name
        assert len(tree.found("input", type="hidden", name="form", value=SEAL)) == len(forms), name


def test_each_page_offers_what_can_be_done_there_and_no_more() -> None:
    wanted = {
        "signup": [""],
        "confirm": [""],
        "confirm-used": [],
        "settings": ["save", "pause", "end"],
        "settings-paused": ["save", "resume", "end"],
        "exit": ["this", "all", "pause"],
        "exit-over": ["all"],
        "exit-paused": ["this", "all", "resume"],
        "exit-office": ["this", "all"],
        "exit-nobody": [],
        "ended": ["all"],
        "ended-all": [],
        "paused": ["resume"],
        "resumed": [],
    }
    assert {name: buttons(Tree(PAGES[name])) for name in wanted} == wanted


def test_pages_with_a_token_are_not_found_and_tell_nobody_where_the_reader_was() -> None:
    for name in PRIVATE:
        tree = Tree(PAGES[name])
        assert tree.found("meta", name="robots", content="noindex"), name
        assert tree.found("meta", name="referrer", content="no-referrer"), name
        assert not tree.found("link", rel="canonical"), name
        assert not [each for each in tree.found("meta") if "property" in each], name
    for name in ("signup", "privacy", "accessibility"):
        assert Tree(PAGES[name]).found("link", rel="canonical"), name
        assert "noindex" not in PAGES[name], name


def test_pages_that_end_say_what_happens_next() -> None:
    sent, confirm, welcome = PAGES["sent"], PAGES["confirm"], Tree(PAGES["welcome"]).text
    assert "Innan dess händer ingenting." in sent
    assert "glömmer vi efter 7 dagar" in sent
    assert "Prenumerationen är inte klar än." in confirm
    assert "Dina val" in welcome
    assert "26 februari 2027" in PAGES["paused"].replace("\N{NO-BREAK SPACE}", " ")
    assert "strax innan kan ändå hinna fram" in PAGES["ended"]
    assert "Inget har hänt än." in PAGES["exit"]


def test_a_welcome_names_the_day_of_the_next_issue_and_else_how_often_it_comes() -> None:
    both = replace(CHOICES, newsletters=("kommunbrevet", "notisen"))
    page = public_pages.welcome_page(OFFICE, Welcome(both, {"kommunbrevet": date(2026, 12, 1)}))
    text = Tree(page.decode()).text
    assert "Kommunbrevet: nästa nummer kommer tisdag 1 december 2026." in text
    assert "Notisen: kommer första tisdagen i månaden." in text


def test_a_page_for_who_came_too_soon_asks_for_one_more_press_but_not_beside_faults() -> None:
    assert "Tryck en gång till" in PAGES["again"]
    assert "Tryck en gång till" not in PAGES["again-faulty"]
    assert "Tryck en gång till" not in PAGES["signup"]


def test_choices_are_said_to_be_saved_only_when_they_were() -> None:
    assert "Dina val är sparade" in PAGES["settings"]
    assert "Dina val är sparade" not in PAGES["settings-faulty"]
    assert "Dina val är sparade" not in PAGES["settings-paused"]


def test_an_address_behind_a_letters_way_out_is_never_whole() -> None:
    for name in ("exit", "ended", "paused", "resumed", "confirm-faulty", "sent-faulty"):
        assert "elma@" not in PAGES[name], name


def test_after_a_sign_up_the_page_is_the_same_for_everybody() -> None:
    assert public_pages.sent_page(OFFICE) == public_pages.sent_page(OFFICE)
    assert PAGES["sent"] == PAGES["sent-faulty"]


def hostile_office() -> Office:
    """An office in which every word that somebody writes is hostile."""
    made = office()
    newsletter: Newsletter = replace(build.NEWSLETTER, title=HOSTILE, tagline=HOSTILE)
    settings: Settings = replace(
        made.settings,
        name=HOSTILE,
        newsletters={"kommunbrevet": newsletter},
        sender=replace(made.settings.sender, name=HOSTILE, postal_address=HOSTILE),
        retention=Retention(decision=HOSTILE),
        eu_statement=HOSTILE,
    )
    audiences: Mapping[str, Audience] = {
        slug: Audience(slug, HOSTILE, HOSTILE) for slug in made.audiences.audiences
    }
    places = dict.fromkeys(made.audiences.municipalities, HOSTILE)
    areas = {slug: FocusArea(slug, HOSTILE, HOSTILE, {}, ()) for slug in made.strategy.focus_areas}
    return Office(
        settings,
        replace(made.audiences, audiences=audiences, municipalities=places),
        replace(made.strategy, focus_areas=areas),
    )


@pytest.mark.parametrize("faults", [{}, {"address": say("{typed}", typed=HOSTILE), HOSTILE: say("Fel.")}])
def test_hostile_words_are_words_in_every_field_of_every_page(faults: Mapping[str, object]) -> None:
    form = SignupForm(HOSTILE, Choices((HOSTILE,), HOSTILE, HOSTILE, (HOSTILE,)), faults)  # type: ignore[arg-type]  # texts
    way_out = Exit(HOSTILE, HOSTILE, HOSTILE, is_over=False, is_subscriber=True)
    made = every_page(hostile_office(), form, way_out, words=HOSTILE)
    plain = every_page(OFFICE, SignupForm("", CHOICES), EXIT)
    for name, html in made.items():
        tree = Tree(html)
        known = {tag for tag, _ in Tree(plain[name]).elements} | {"p", "strong", "div", "ul", "li", "h2", "a"}
        assert {tag for tag, _ in tree.elements} <= known, name
        assert not [key for _, attributes in tree.elements for key in attributes if key.startswith("on")], (
            name
        )
        assert len(tree.found("img")) == len(Tree(plain[name]).found("img")), name
        assert "49" not in tree.text.replace("Box 49", ""), name
    typed = Tree(made["signup"]).found("input", id="address")[0]["value"]
    assert typed == HOSTILE
    assert "{{7*7}}" in Tree(made["notice"]).text


def test_a_hostile_token_stays_in_its_address() -> None:
    html = public_pages.exit_page(OFFICE, EXIT, '"><script>alert(1)</script>', HOSTILE).decode()
    tree = Tree(html)
    assert "<script" not in html
    assert tree.found("form")[0]["action"].startswith("/u/%22%3E%3Cscript%3E")
    assert tree.found("input", name="form")[0]["value"] == HOSTILE


def test_a_notice_leads_below_the_base_address_or_to_what_it_names() -> None:
    links = [
        (say("Hit"), "prenumerera/"),
        (say("Skriv"), "mailto:kansli@leader.example"),
        (say("Nej"), "javascript:x"),
    ]
    page = public_pages.notice_page(
        office(base_url="https://leader.example/nytt"), say("Ord"), [], links=links
    )
    hrefs = [each["href"] for each in Tree(page.decode()).found("a")]
    assert "/nytt/prenumerera/" in hrefs
    assert "mailto:kansli@leader.example" in hrefs
    assert "/nytt/javascript%3Ax" in hrefs


def test_all_links_begin_at_the_root_that_the_office_has() -> None:
    made = every_page(office(base_url="https://leader.example/nytt"), EMPTY, EXIT)
    for name, html in made.items():
        tree = Tree(html)
        inner = [each["href"] for each in tree.found("a") if each["href"].startswith("/")]
        assert inner, name
        assert all(each.startswith("/nytt/") for each in inner), name
        assert all(each["action"].startswith("/nytt/") for each in tree.found("form")), name


def test_the_privacy_notice_tells_who_why_how_long_and_where_to_complain() -> None:
    hours = office(retention=Retention(pending=timedelta(hours=12)))
    assert "12 timmar" in public_pages.privacy_page(hours).decode()
    retention = Retention(pending=timedelta(days=1), network=timedelta(days=30), ended=timedelta(days=730))
    text = Tree(
        public_pages.privacy_page(office(retention=replace(retention, decision="KS 2026-14"))).decode()
    ).text
    assert "Leader Åsbygden bestämmer varför" in text
    assert "artikel 6.1 a" in text
    assert "artikel 6.1 f" in text
    for kept in ("en dag", "30 dagar", "så länge du prenumererar, och två år därefter", "90 dagar"):
        assert kept in text
    assert "Tiderna är bestämda i KS 2026-14." in text
    assert "Integritetsskyddsmyndigheten" in text
    assert "kansli@leader.example" in text


def test_without_sign_up_the_statements_say_nothing_of_it() -> None:
    closed = office(web=None)
    for page in (public_pages.privacy_page(closed), public_pages.accessibility_page(closed)):
        assert not re.search("prenumer|installningar", page.decode(), re.IGNORECASE)


def test_the_accessibility_statement_has_what_the_law_asks_for() -> None:
    tree = Tree(PAGES["accessibility"])
    said = tree.text.replace("\N{NO-BREAK SPACE}", " ")
    for words in ("delvis förenlig", "brister", "Tillsyn", "WCAG 2.1", "granskades 26 november 2026"):
        assert words in said
    assert tree.found("a", href="https://www.digg.se/tdosanmalan")
    assert tree.found("a", href="mailto:kansli@leader.example")


@pytest.mark.parametrize(
    ("schedule", "spoken"),
    [
        (build.FIRST_TUESDAY, "första tisdagen i månaden"),
        (replace(build.FIRST_TUESDAY, nth=-1, weekday=3), "sista torsdagen i månaden"),
        (replace(build.FIRST_TUESDAY, cadence=Cadence.WEEKLY, weekday=6), "varje söndag"),
        (replace(build.FIRST_TUESDAY, cadence=Cadence.MONTH_DAY, month_day=15), "den 15 varje månad"),
        (
            replace(build.FIRST_TUESDAY, cadence=Cadence.MONTH_DAY, month_day=30),
            "den 30 varje månad, eller månadens sista dag",
        ),
        (replace(build.FIRST_TUESDAY, cadence=Cadence.MONTH_DAY, month_day=31), "sista dagen i månaden"),
    ],
)
def test_a_schedule_is_said_as_a_reader_would(schedule: object, spoken: str) -> None:
    assert str(spoken_schedule(schedule)) == spoken  # type: ignore[arg-type]  # a schedule


def test_the_archive_has_both_statements_and_leads_to_sign_up_only_where_there_is_one() -> None:
    def written(settings: Settings) -> dict[str, str]:
        site = Site(settings, build.workspace(), (), (), "media/k.png")
        return {path: content.decode() for path, content in site_pages(site)}

    closed, served = written(build.SETTINGS), written(OFFICE.settings)
    for made in (closed, served):
        assert "Personuppgifter" in made["integritet/index.html"]
        assert "delvis förenlig" in made["tillganglighet/index.html"]
        for path in ("index.html", "nyheter/index.html", "404.html"):
            assert {"integritet", "tillganglighet"} <= set(
                re.findall(r"(integritet|tillganglighet)/", made[path])
            )
        assert "/integritet/</loc>" in made["sitemap.xml"]
    assert ">Prenumerera<" not in closed["index.html"]
    assert '<a href="prenumerera/">Prenumerera</a>' in served["index.html"]
    assert '<a href="../prenumerera/">Prenumerera</a>' in served["nyheter/index.html"]


def test_forms_can_be_read_in_light_and_in_the_dark() -> None:
    sheet = style_sheet(build.BRAND, ["bygd"])
    for part in sheet.split("prefers-color-scheme: dark")[:2]:
        colours = dict(re.findall(r"--([\w-]+): (#\w{6});", part))
        for front, back in (
            ("fault", "paper"),
            ("button", "paper"),
            ("button-text", "button"),
            ("soft", "paper"),
        ):
            assert contrast(colours[front], colours[back]) >= 4.5, (front, back)
        assert contrast(colours["edge"], colours["paper"]) >= 3


@pytest.mark.parametrize("is_subscriber", [True, False])
def test_who_regrets_a_no_is_led_to_the_form_that_alone_takes_it_back(*, is_subscriber: bool) -> None:
    for everything in (True, False):
        way_out = replace(EXIT, is_subscriber=is_subscriber)
        page = public_pages.ended_page(OFFICE, way_out, everything=everything, token=TOKEN, seal=SEAL)
        assert "Prenumerera igen" in page.decode()
    closed = replace(EXIT, newsletter="internt", title="Internbrevet", is_subscriber=is_subscriber)
    page = public_pages.ended_page(OFFICE, closed, everything=False, token=TOKEN, seal=SEAL)
    assert "Prenumerera igen" not in page.decode()
    assert "Ångrar du dig? Skriv till" in page.decode()


def test_letters_that_are_over_do_not_come_again_after_a_pause() -> None:
    over = replace(EXIT, is_over=True, paused_until=LATER)
    page = public_pages.exit_page(OFFICE, over, TOKEN, SEAL).decode()
    assert "Få breven igen nu" not in page
    assert "Breven är pausade" not in page


def test_the_button_of_a_letter_says_that_it_pauses_them_all() -> None:
    assert "Pausa alla brev i tre månader" in PAGES["exit"]


def test_settings_tell_of_letters_that_nobody_can_choose_any_more() -> None:
    closed = Subscription("internt", SubscriptionState.CONFIRMED, NOW)
    both = replace(SUBSCRIBER, subscriptions=(*SUBSCRIBER.subscriptions, closed))
    page = public_pages.settings_page(OFFICE, both, TYPED, TOKEN, SEAL, saved=False).decode()
    assert "Du får också Internbrevet." in page
    assert "(utan kryss kommer inga brev)" not in page
    assert "Du får också" not in PAGES["settings"]
    assert "(utan kryss kommer inga brev)" in PAGES["settings"]
