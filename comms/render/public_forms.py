"""Forms of the public pages as values: each field with its options, what is chosen and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from comms.errors import Text, say
from comms.model.issue import Cadence, Newsletter, Schedule
from comms.model.office import Office
from comms.model.subscriber import Choices, SignupForm
from comms.render.facts import WHOLE_AREA
from comms.render.wording import listed
from comms.text.times import WEEKDAYS

NEWSLETTERS, AUDIENCE, MUNICIPALITY, FOCUS = "newsletters", "audience", "municipality", "focus"
ADDRESS = "address"
FIELDS = (ADDRESS, NEWSLETTERS, AUDIENCE, MUNICIPALITY, FOCUS)
"""The fields that a fault can be about, in the order of the page; each name is also the field's id."""

_EVERY_MONTH_HAS = 28
_LONGEST_MONTH = 31
_NTH = {
    1: say("första {weekday}en i månaden"),
    2: say("andra {weekday}en i månaden"),
    3: say("tredje {weekday}en i månaden"),
    4: say("fjärde {weekday}en i månaden"),
    -1: say("sista {weekday}en i månaden"),
}


class Option(NamedTuple):
    """One thing to choose, with the id of its box; `hint` what it is."""

    id: str
    value: str
    text: str
    hint: str = ""
    is_chosen: bool = False


class Fault(NamedTuple):
    """What is wrong, and the id of the field to mend; "" when it is no field."""

    text: str
    target: str


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its label, whether it must be filled in, in words, and what is wrong in it."""

    name: str
    label: str
    need: str
    hint: str = ""
    fault: str = ""
    options: tuple[Option, ...] = ()

    @property
    def described_by(self) -> str:
        """The ids of the words that belong to the field."""
        told = (("om", self.hint), ("fel", self.fault))
        return " ".join(f"{self.name}-{part}" for part, words in told if words)


@dataclass(frozen=True, slots=True)
class Form:
    """A form as its template wants it; `only_audience` when there is nothing to choose between."""

    typed: str
    faults: tuple[Fault, ...]
    address: Field
    newsletters: Field
    audience: Field
    municipality: Field
    focus: Field
    only_audience: str


class Row(NamedTuple):
    """Something chosen, and what."""

    name: str
    values: tuple[str, ...]


def form_of(office: Office, form: SignupForm, *, may_be_none: bool = False) -> Form:
    """Every field as typed, of a sign-up or (`may_be_none`) of a subscriber's own choices."""
    wrong, chosen = form.faults, form.choices
    audiences = _audiences(office)
    return Form(
        typed=form.address,
        faults=_faults(wrong),
        address=address_field(wrong.get(ADDRESS)),
        newsletters=Field(
            NEWSLETTERS,
            str(say("Vilka brev vill du ha?")),
            str(say("(utan kryss kommer inga brev)") if may_be_none else say("(välj minst ett)")),
            fault=_said(wrong, NEWSLETTERS),
            options=_newsletters(office, audiences, chosen),
        ),
        audience=Field(
            AUDIENCE,
            str(say("Jag läser som")),
            str(say("(välj ett)")),
            fault=_said(wrong, AUDIENCE),
            options=_options(AUDIENCE, audiences.items(), (chosen.audience,)),
        ),
        municipality=Field(
            MUNICIPALITY,
            str(say("Kommun")),
            "",
            str(say("Nyheter från din kommun kommer först i brevet.")),
            _said(wrong, MUNICIPALITY),
            _options(MUNICIPALITY, _places(office), (chosen.municipality,)),
        ),
        focus=Field(
            FOCUS,
            str(say("Insatsområden")),
            str(say("(frivilligt)")),
            str(
                say("Kryssa inte i något om du vill ha alla. Annars kommer bara brev som rör det du väljer.")
            ),
            _said(wrong, FOCUS),
            _options(FOCUS, _areas(office), chosen.focus),
        ),
        only_audience=next(iter(audiences)) if len(audiences) == 1 else "",
    )


def address_field(fault: Text | None) -> Field:
    """Where somebody writes their address."""
    return Field(
        ADDRESS,
        str(say("E-postadress")),
        str(say("(måste fyllas i)")),
        str(say("Till exempel namn@exempel.se")),
        str(fault or ""),
    )


def address_form(address: str, fault: Text | None) -> Form:
    """A form with an address alone."""
    nothing = Field("", "", "")
    wrong = {ADDRESS: fault} if fault else {}
    return Form(address, _faults(wrong), address_field(fault), nothing, nothing, nothing, nothing, "")


def rows_of(office: Office, choices: Choices) -> tuple[Row, ...]:
    """What somebody has chosen, in the words that they chose between."""
    titles, audience = office.settings.newsletters, office.audiences.audiences.get(choices.audience)
    areas = dict(_areas(office))
    rows = (
        Row(
            str(say("Brev")),
            tuple(titles[each].title if each in titles else each for each in choices.newsletters),
        ),
        Row(str(say("Läser som")), (audience.title if audience else choices.audience,)),
        Row(str(say("Kommun")), (dict(_places(office)).get(choices.municipality, choices.municipality),)),
        Row(
            str(say("Insatsområden")),
            tuple(areas.get(each, each) for each in choices.focus) or (str(say("Alla")),),
        ),
    )
    return tuple(row for row in rows if any(row.values))


def spoken_schedule(schedule: Schedule) -> Text:
    """When letters come, as a reader would say it: `första tisdagen i månaden`. The hour is not told."""
    weekday = WEEKDAYS[schedule.weekday]
    if schedule.cadence is Cadence.WEEKLY:
        return say("varje {weekday}", weekday=weekday)
    if schedule.cadence is Cadence.NTH_WEEKDAY:
        return Text(_NTH[schedule.nth].template, (("weekday", weekday),))
    if schedule.month_day == _LONGEST_MONTH:
        return say("sista dagen i månaden")
    if schedule.month_day > _EVERY_MONTH_HAS:
        return say("den {day} varje månad, eller månadens sista dag", day=schedule.month_day)
    return say("den {day} varje månad", day=schedule.month_day)


def _faults(wrong: Mapping[str, Text]) -> tuple[Fault, ...]:
    order = (*(name for name in FIELDS if name in wrong), *(name for name in wrong if name not in FIELDS))
    return tuple(Fault(str(wrong[name]), name if name in FIELDS else "") for name in order)


def _said(wrong: Mapping[str, Text], name: str) -> str:
    return str(wrong.get(name, ""))


def _options(
    name: str,
    choices: Iterable[tuple[str, str]],
    chosen: tuple[str, ...],
    hints: Mapping[str, str] | None = None,
) -> tuple[Option, ...]:
    """The first has the field's own id, so that a link to the field leads to something to act on."""
    return tuple(
        Option(
            name if number == 1 else f"{name}-{number}",
            value,
            text,
            (hints or {}).get(value, ""),
            value in chosen,
        )
        for number, (value, text) in enumerate(choices, 1)
    )


def _newsletters(office: Office, audiences: Mapping[str, str], chosen: Choices) -> tuple[Option, ...]:
    titles = [(slug, each.title) for slug, each in office.newsletters.items()]
    hints = {slug: _hint(office, each, audiences) for slug, each in office.newsletters.items()}
    return _options(NEWSLETTERS, titles, chosen.newsletters, hints)


def _hint(office: Office, newsletter: Newsletter, audiences: Mapping[str, str]) -> str:
    """What a newsletter tells, when it comes, and for whom if not for all."""
    places = office.audiences.municipalities
    sentences = [
        newsletter.tagline.strip(),
        str(say("Kommer {when}", when=spoken_schedule(newsletter.schedule))),
    ]
    if set(newsletter.audiences) < set(audiences):
        names = [audiences[slug] for slug in audiences if slug in newsletter.audiences]
        sentences.append(str(say("Målgrupp: {audiences}", audiences="; ".join(names))))
    if not newsletter.municipalities:
        sentences.append(str(say("Är likadant i hela området")))
    elif newsletter.municipalities != ("*",):
        names = [places.get(slug, slug) for slug in newsletter.municipalities]
        sentences.append(str(say("Har egna utgåvor för {places}", places=listed(names))))
    return " ".join(f"{each.rstrip('.')}." for each in sentences if each)


def _audiences(office: Office) -> dict[str, str]:
    """The audiences that the open newsletters are for, by slug."""
    wanted = {slug for each in office.newsletters.values() for slug in each.audiences}
    return {slug: each.title for slug, each in office.audiences.audiences.items() if slug in wanted}


def _places(office: Office) -> tuple[tuple[str, str], ...]:
    return (("", str(WHOLE_AREA)), *office.audiences.municipalities.items())


def _areas(office: Office) -> tuple[tuple[str, str], ...]:
    return tuple((slug, area.name) for slug, area in office.strategy.focus_areas.items())
