"""audiences.yaml: who is written to; only offices' own addresses, each once in a list."""

from __future__ import annotations

from pathlib import Path

import pytest

from comms.content.audiences import digest, looks_like_address, read_audiences
from comms.content.files import SourceText, read_text
from comms.errors import Problem, Severity
from comms.model.audience import Audiences, Limits, strictest
from tests.unit.content.desk import hints, said

REPOSITORY = Path(__file__).resolve().parents[3]

_HEAD = """\
audiences:
  offices: {title: Kontor, reason: Ni är ett kontor.}
  public: {title: Alla, reason: Ni är alla.}
municipalities:
  sunne: Sunne
  torsby: Torsby
"""


def read(recipients: str = "", head: str = _HEAD) -> tuple[Audiences, list[Problem]]:
    """Read a file with these recipients."""
    return read_audiences(SourceText("audiences.yaml", head + recipients, ""))


def with_address(address: str) -> tuple[Audiences, list[Problem]]:
    """Read a file with one address."""
    return read(f'recipients:\n  sunne:\n    offices:\n      - {{address: "{address}", name: X}}\n')


def test_audiences_keep_their_order_for_it_is_their_precedence() -> None:
    head = _HEAD.replace("  offices: {title: Kontor, reason: Ni är ett kontor.}\n", "").replace(
        "municipalities:", "  offices: {title: Kontor, reason: Ni är ett kontor.}\nmunicipalities:"
    )

    assert list(read()[0].audiences) == ["offices", "public"]
    assert list(read(head=head)[0].audiences) == ["public", "offices"]


def test_every_address_has_its_audience_municipality_and_line() -> None:
    audiences, problems = read(
        "recipients:\n"
        "  sunne:\n"
        "    public:\n"
        "      - {address: Info@Sunne.EXAMPLE, name: Kommunen}\n"
        "    offices:\n"
        "      - address: naringsliv@sunne.example\n"
        "        name: Kontoret\n"
        "  whole-area:\n"
        "    public:\n"
        "      - {address: lag@leader.example, name: LAG}\n"
    )

    assert problems == []
    assert [(r.address, r.name, r.audience, r.municipality, r.line) for r in audiences.recipients] == [
        ("naringsliv@sunne.example", "Kontoret", "offices", "sunne", 12),
        ("Info@sunne.example", "Kommunen", "public", "sunne", 10),
        ("lag@leader.example", "LAG", "public", "", 16),
    ]


def test_a_file_without_recipients_is_whole() -> None:
    assert read() == (read()[0], [])
    assert read()[0].recipients == ()


@pytest.mark.parametrize(
    "address",
    ["info@kommun.example", "a@b.co", "info+brev@sub.kommun.example", "n_l-1@xn--sffle-gra.example"],
)
def test_an_address_that_can_be_written_to_is_taken(address: str) -> None:
    assert looks_like_address(address)
    assert with_address(address)[1] == []


@pytest.mark.parametrize(
    "address",
    [
        "info",
        "info@kommun",
        "@kommun.example",
        "info@@kommun.example",
        "in fo@kommun.example",
        "info@kommun..example",
        ".info@kommun.example",
        "info@-kommun.example",
        "info@kommun.example, b@kommun.example",
        "näringsliv@kommun.example",
        "info@säffle.example",
        "Kontoret <info@kommun.example>",
        "info@kommun.example\\nBcc: x@y.example",
        "a" * 250 + "@b.example",
    ],
)
def test_what_is_no_address_is_told_and_left_out(address: str) -> None:
    audiences, problems = with_address(address)

    assert audiences.recipients == ()
    assert [(one.code, one.location.line, one.location.column) for one in problems] == [("C126", 10, 19)]
    assert hints(problems) == ["Skriv den som naringsliv@kommun.example, utan å, ä, ö och mellanslag."]


@pytest.mark.parametrize(
    "address",
    [
        "siv.dalmyr@sunne.example",
        "s.dalmyr@sunne.example",
        "siv_dalmyr@sunne.example",
        "Siv.Dalmyr@sunne.example",
    ],
)
def test_a_persons_address_is_asked_about_but_taken(address: str) -> None:
    audiences, problems = with_address(address)

    assert len(audiences.recipients) == 1
    assert [(one.code, one.severity) for one in problems] == [("C125", Severity.WARNING)]


@pytest.mark.parametrize(
    "address",
    [
        "naringsliv@sunne.example",
        "info.kommun@sunne.example",
        "turism.norr@sunne.example",
        "avd.2@sunne.example",
    ],
)
def test_an_offices_address_is_not_asked_about(address: str) -> None:
    assert with_address(address)[1] == []


def test_the_same_address_twice_in_a_list_is_told() -> None:
    rows = "      - {address: info@sunne.example, name: X}\n      - {address: INFO@sunne.example, name: Y}\n"
    _, problems = read(f"recipients:\n  sunne:\n    offices:\n{rows}")

    assert said(problems) == ["audiences.yaml:11:19 C116 Adressen ”INFO@sunne.example” står redan på rad 10."]


def test_the_same_address_in_two_audiences_or_municipalities_is_no_fault() -> None:
    row = "      - {address: info@sunne.example, name: X}\n"
    text = f"recipients:\n  sunne:\n    offices:\n{row}    public:\n{row}  torsby:\n    offices:\n{row}"

    audiences, problems = read(text)

    assert (len(audiences.recipients), problems) == (3, [])


@pytest.mark.parametrize(
    ("recipients", "expected"),
    [
        ("recipients:\n  sune:\n    offices: []\n", "8:3 C115 Kommunen ”sune” finns inte."),
        ("recipients:\n  sunne:\n    ofices: []\n", "9:5 C112 Nyckeln ”recipients.sunne.ofices” finns inte."),
        (
            "recipients:\n  sunne: info@sunne.example\n",
            "8:10 C114 ”recipients.sunne” ska bestå av ”nyckel: värde”, inte en text.",
        ),
        (
            "recipients:\n  sunne:\n    offices: info@sunne.example\n",
            "9:14 C114 ”recipients.sunne.offices” ska vara en lista.",
        ),
        (
            "recipients:\n  sunne:\n    offices:\n      - {name: X}\n",
            "10:9 C113 Nyckeln ”recipients.sunne.offices[1].address” saknas.",
        ),
        (
            "recipients:\n  sunne:\n    offices:\n      - {address: info@sunne.example}\n",
            "10:9 C113 Nyckeln ”recipients.sunne.offices[1].name” saknas.",
        ),
        (
            "recipients:\n  sunne:\n    offices:\n      - {address: info@sunne.example, name: X, tel: 1}\n",
            "10:48 C112 Nyckeln ”recipients.sunne.offices[1].tel” finns inte.",
        ),
        ("mottagare: {}\n", "7:1 C112 Nyckeln ”mottagare” finns inte."),
    ],
)
def test_a_fault_is_told_at_its_place(recipients: str, expected: str) -> None:
    assert said(read(recipients)[1]) == [f"audiences.yaml:{expected}"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("  public:", "  företag:", "audiences.yaml:3:3 C114 ”företag” går inte som namn."),
        ("  public:", "  ../public:", "audiences.yaml:3:3 C114 ”../public” går inte som namn."),
        ("  sunne:", "  åmål:", "audiences.yaml:5:3 C114 ”åmål” går inte som namn."),
        ("  sunne:", f"  {'s' * 42}:", f"audiences.yaml:5:3 C114 ”{'s' * 42}” går inte som namn."),
    ],
)
def test_a_name_that_no_letters_head_or_folder_can_have_is_told(
    before: str, after: str, expected: str
) -> None:
    _, problems = read(head=_HEAD.replace(before, after, 1))
    assert said(problems) == [expected]
    assert hints(problems) == ["Använd a–z, 0–9, _ och -."]


def test_an_audience_that_cannot_be_read_is_still_known_by_its_name() -> None:
    head = _HEAD.replace("{title: Kontor, reason: Ni är ett kontor.}", "Kontor")
    audiences, problems = read(head=head)

    assert list(audiences.audiences) == ["offices", "public"]
    assert [one.code for one in problems] == ["C114"]


def test_addresses_are_read_even_when_audiences_and_municipalities_cannot_be() -> None:
    row = "      - {address: fel, name: X}\n"
    audiences, problems = read(f"recipients:\n  sunne:\n    offices:\n{row}", head="")

    assert [one.code for one in problems] == ["C113", "C113", "C126"]
    assert audiences.audiences == {}


@pytest.mark.parametrize("text", ["a: b: c", "- x"])
def test_a_file_that_cannot_be_read_gives_nobody(text: str) -> None:
    audiences, problems = read_audiences(SourceText("audiences.yaml", text, ""))

    assert audiences == Audiences({}, {}, ())
    assert len(problems) == 1


def test_the_digest_changes_with_audiences_and_not_with_addresses() -> None:
    before, _ = read()
    addresses, _ = with_address("info@sunne.example")
    reason, _ = read(head=_HEAD.replace("Ni är alla.", "Ni är många."))
    order, _ = read(head=_HEAD.replace("sunne: Sunne\n  torsby: Torsby", "torsby: Torsby\n  sunne: Sunne"))

    assert digest(addresses) == digest(before)
    assert len({digest(before), digest(reason), digest(order)}) == 3


def test_the_repositorys_own_addresses_are_all_invented_and_functional() -> None:
    source, _ = read_text(REPOSITORY, "audiences.yaml")
    assert source is not None

    audiences, problems = read_audiences(source)

    assert problems == []
    assert list(audiences.audiences) == ["business-offices", "partnership", "public"]
    assert list(audiences.municipalities) == [
        "arvika",
        "eda",
        "hagfors",
        "munkfors",
        "sunne",
        "saffle",
        "torsby",
    ]
    reached = {(row.audience, row.municipality) for row in audiences.recipients}
    assert reached >= {(one, place) for one in audiences.audiences for place in audiences.municipalities}
    assert all(row.address.endswith(".example") for row in audiences.recipients)


def with_limits(limits: str) -> tuple[Audiences, list[Problem]]:
    """Read a file in which the public has limits."""
    return read(head=_HEAD.replace("reason: Ni är alla.", f"reason: Ni är alla., limits: {limits}"))


def test_an_audience_has_its_own_limits_and_the_usual_ones_for_what_it_leaves_out() -> None:
    audiences, problems = with_limits("{lix: 40, sentence: 20}")

    assert problems == []
    assert audiences.audiences["public"].limits == Limits(lix=40, sentence=20, average=18)
    assert audiences.audiences["offices"].limits == Limits(lix=45, sentence=25, average=18)


@pytest.mark.parametrize(
    ("limits", "message", "hint"),
    [
        (
            "{lix: 5}",
            "”audiences.public.limits.lix” är 5, och då säger gränsen ingenting.",
            "Skriv ett tal mellan 20 och 70.",
        ),
        (
            "{sentence: 100}",
            "”audiences.public.limits.sentence” är 100, och då säger gränsen ingenting.",
            "Skriv ett tal mellan 8 och 60.",
        ),
        ("{average: kort}", "”audiences.public.limits.average” ska vara ett helt tal.", "Skriv bara siffror"),
        (
            "{sentences: 40}",
            "Nyckeln ”audiences.public.limits.sentences” finns inte.",
            "Menade du ”sentence”?",
        ),
        (
            "40",
            "”audiences.public.limits” ska bestå av ”nyckel: värde”, inte en text.",
            "Skriv varje uppgift",
        ),
    ],
)
def test_a_limit_that_cannot_be_meant_is_told_where_it_stands(limits: str, message: str, hint: str) -> None:
    audiences, problems = with_limits(limits)

    assert [str(problem.message) for problem in problems] == [message]
    assert str(problems[0].hint).startswith(hint)
    assert problems[0].location.line == 3
    assert audiences.audiences["public"].limits == Limits()


def test_the_strictest_of_several_limits_is_the_lowest_of_each() -> None:
    assert strictest([Limits(lix=40), Limits(sentence=20)]) == Limits(lix=40, sentence=20, average=18)
    assert strictest([]) == Limits()


def test_limits_are_no_part_of_what_letters_depend_on() -> None:
    assert digest(read()[0]) == digest(with_limits("{lix: 40}")[0])
