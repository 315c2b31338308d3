"""Typography: what is found, with what to write, what is fine, and what is fixed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comms.check.context import Names
from comms.check.engine import check_item, check_notes
from comms.check.fixes import mend_item
from comms.errors import Severity
from comms.model.issue import IssueNotes
from comms.text.markdown import parse_markdown
from tests.unit.check.builder import BODY_LINE, CONTEXT, event, found, item_with, messages

FRONT = "---\n" + "\n".join(f"nyckel{n}: värde" for n in range(BODY_LINE - 3)) + "\n---\n"
"""Front matter that ends on the line before a body's first."""


def fixed(text: str) -> str:
    """A body after its fixes; no-break spaces shown as `_`."""
    mended = mend_item(FRONT + text, item_with(text), CONTEXT)
    return mended.text.removeprefix(FRONT).replace("\u00a0", "_")


def typography(text: str) -> list[str]:
    """The codes of typography found in a body; `_` stands for a no-break space."""
    problems = check_item(item_with(text.replace("_", "\u00a0")), context=CONTEXT)
    return [problem.code for problem in problems if problem.code.startswith("T")]


@pytest.mark.parametrize(
    ("code", "text", "hint"),
    [
        ("T301", "Vi ses kl 18 i Sunne.", "Skriv ”kl. 18”."),
        ("T301", "Vi ses kl 18:30 i Sunne.", "Skriv ”kl. 18.30”."),
        ("T301", "Vi ses 6 pm i Sunne.", "Skriv tiden med 24 timmar"),
        ("T302", "Kom den 25.11.2026 till oss.", "Skriv ”25 november 2026”."),
        ("T302", "Kom den 25/11 till oss.", "Skriv ”25 november”."),
        ("T302", "Ansök senast 1/5 hos oss.", "Skriv ”1 maj”."),
        ("T302", "Kom 20261125 till oss.", "Skriv ”25 november”."),
        ("T303", 'Hon sa "ja" till oss.', "Skriv ”…” före och efter."),
        ("T304", "Bryggan - den nya - är klar.", "Skriv ” – ” (kort tankstreck"),
        ("T304", "Öppet måndag - fredag.", "Skriv ”måndag–fredag”."),
        ("T305", "Vi ses vecka 41.", "Skriv datumen efter, som i ”vecka 41 (5–11 oktober)”."),
        ("T305", "Går vecka 48 eller 49? Den 1 december går.", "Skriv datumen efter"),
        ("T305", "Vi ses v. 41 i Sunne.", "Skriv datumen efter"),
        ("T305", "Lägret är v 28 i Sunne.", "Skriv datumen efter"),
        ("T306", "Öppet 9-17 i dag.", "Skriv ”9–17” med kort tankstreck."),
        ("T306", "Perioden 2023-2027 är lång.", "Skriv ”2023–2027” med kort tankstreck."),
        ("T306", "Öppet 08.00-17.00 i dag.", "Skriv ”08.00–17.00” med kort tankstreck."),
        ("T306", "Kom kl. 18 - 20 i dag.", "Skriv ”18–20” med kort tankstreck."),
        ("T307", "Stödet är 50 000 kr.", "Skriv fast mellanslag"),
        ("T307", "Ni får 10 % mer.", "Skriv fast mellanslag"),
        ("T307", "Vi ses kl. 18 i Sunne.", "Skriv fast mellanslag"),
        ("T308", "Ta med kaffe och/eller te.", "Skriv ”och” eller ”eller”"),
        ("T309", "Öppet mellan 9–17 varje dag.", "Skriv ”mellan 9 och 17” eller bara ”9–17”."),
        ("T309", "Öppet från kl. 9–17 varje dag.", "Skriv ”från 9 till 17” eller bara ”9–17”."),
        ("T310", "Vi ses den 07 december.", "Skriv ”7 december”."),
        ("T310", "Vi ses den 2:a februari.", "Skriv ”2 februari”."),
        ("T311", "Vi ses på Måndag i Sunne.", "Skriv ”måndag”."),
        ("T311", "Vi ses den 5 Maj i Sunne.", "Skriv ”maj”."),
        ("T312", "Stödet är 50.000 kr.", "Skriv ”50\u00a0000”."),
        ("T312", "Stödet är 50,000 kr.", "Skriv ”50\u00a0000”."),
        ("T312", "Stödet är 50000 kr.", "Skriv ”50\u00a0000”."),
        ("T313", "Potten är 3.5 miljoner kronor.", "Skriv ”3,5” med decimalkomma."),
        ("T314", "Ni får 10% mer.", "Skriv ”10 %” med fast mellanslag"),
        ("T314", "En 10%-ig höjning.", "Skriv ”10-procentig”"),
        ("T315", "Potten är 3 Mkr i år.", "”mnkr” efter"),
        ("T315", "Stödet är 200 kkr i år.", "”tkr” efter"),
        ("T315", "Det kostar €50 per person.", "”euro” efter"),
        ("T315", "Fika för 100:- i kassan.", "”kr” efter"),
        ("T316", "Det kom 3–400 besökare.", "Skriv ut båda talen: ”300–400”."),
        ("T317", "Ring 0560-16000 i dag.", "Skriv ”0560-160 00”."),
        ("T317", "Ring 0701234567 i dag.", "Skriv ”070-123 45 67”."),
        ("T317", "Ring +46 (0)560 160 00 i dag.", "Skriv landsnumret utan nollan"),
        ("T318", "Hon sa “ja” till oss.", "Skriv ”…” före och efter"),
        ("T318", "Hon sa „ja“ till oss.", "Skriv ”…” före och efter"),
        ("T319", "Bryggan — den nya — är klar.", "Skriv ” – ” (kort tankstreck"),
        ("T320", "Det är Sunne's brygga.", "Skriv ”Sunnes”."),
        ("T320", "Leader 7-sam's kontor är stängt.", "Skriv ”7-sams”."),
        ("T320", "Det är EU's pengar.", "Skriv ”EU:s”."),
        ("T321", "Ta med t. ex. kaffe.", "Skriv ”t.ex.”"),
        ("T321", "Det finns bl a kaffe.", "Skriv ”bl.a.”"),
        ("T321", "Kaffe, te osv finns.", "Skriv ”osv.”"),
        ("T321", "Det kom ca. 30 personer.", "Skriv ”ca”"),
        ("T322", "Alla deltagare/åhörare får fika.", "Skriv ”deltagare och åhörare”"),
        ("T323", "Nu finns EU stöd att söka.", "Skriv ”EU-stöd”."),
        ("T323", "En 10 årig flicka vann.", "Skriv ”10-årig”."),
        ("T324", "Ring [kansliet](tel:0560-16000).", "tel:+4656016000"),
        ("T307", "Stödet är 50 000 kr.", "comms check --fix gör det åt dig"),
        ("T310", "Den 24:e December ses vi.", "Skriv ”24 december”."),
        ("T311", "Den 24:e December ses vi.", "Skriv ”december”."),
        ("T311", "På Måndag ses vi.", "Skriv ”måndag”."),
        ("T321", "Kursen går tom v. 50 i Sunne.", "Skriv ”t.o.m.”"),
        ("T321", "Öppet from 1 mars i Sunne.", "Skriv ”fr.o.m.”"),
        ("T325", "Vi ses den 31 november i Sunne.", "November har 30 dagar."),
        ("T325", "Vi ses den 30 februari i Sunne.", "Februari har 29 dagar."),
        ("T325", "Vi ses den 29 februari 2027 i Sunne.", "Februari 2027 har 28 dagar."),
        ("T325", "Vi ses 28–31 november i Sunne.", "November har 30 dagar."),
        ("T325", "Vi ses den 31/11 i Sunne.", "November har 30 dagar."),
        ("T325", "Vi ses den 31.11.2026 i Sunne.", "November 2026 har 30 dagar."),
        ("T325", "Mötet är 2026-11-31 i Sunne.", "November 2026 har 30 dagar."),
        ("T326", "Vi ses tisdag den 2 december 2026.", "Den 2 december 2026 är en onsdag."),
        ("T326", "Vi ses onsdagen den 1 december 2026 till fika.", "Den 1 december 2026 är en tisdag."),
        ("T326", "Vi ses tisdag 2 december.", "Den 2 december 2026 är en onsdag."),
        ("T326", "Vi ses tis 2 dec i Sunne.", "Den 2 december 2026 är en onsdag."),
        ("T326", "Tisdagen den 2 december kl. 18 ses vi.", "Den 2 december 2026 är en onsdag."),
        ("T327", "Vi ses klockan 25.00 i Sunne.", "Ett dygn går från 00.00 till 24.00."),
        ("T327", "Vi ses kl. 18.75 i Sunne.", "Ett dygn går från 00.00 till 24.00."),
        ("T327", "Öppet kl. 9–25 i Sunne.", "Ett dygn går från 00.00 till 24.00."),
        ("T328", "Fikat kostar 200kr i år.", "Skriv ”200\u00a0kr”"),
        ("T328", "Stigen är 2,5km lång.", "Skriv ”2,5\u00a0km”"),
        ("T329", "Det var -18 grader ute.", "Skriv ”−18” med minustecken"),
        ("T329", "Mellan -18 och -5 grader ute.", "Skriv ”−18” med minustecken"),
        ("T330", "Vi har har fika i Sunne.", "Ta bort det ena"),
        ("T330", "Det är fika i i Sunne.", "Ta bort det ena"),
    ],
)
def test_a_slip_is_found_with_what_to_write(code: str, text: str, hint: str) -> None:
    assert any(hint in str(problem.hint) for problem in found(item_with(text), code))


@pytest.mark.parametrize(
    "text",
    [
        "Vi ses kl._18, kl._18.30, kl._13:00, klockan 19 eller på kliniken.",
        "Skidklubben i Åmotfors kl är ett namn.",
        "Mötet den 2026-11-25 är öppet 24/7, och 3/4 kom.",
        "Version 1.2.3 av 10.20.30 och 45/46, se nr_7 av 12.",
        "Betyget blev 8/10, och 9/10 skulle komma igen.",
        "I 6/8-takt gick visan, enligt avsnitt 3.2.25 i boken.",
        "Hon sa ”ja” till oss, och ”hon sa ’nej’ förut”.",
        "Bryggan – den nya – är klar. EU-stöd och in- och utlån.",
        "Skriv e-post, tv-sänd och läs Sunne–Torsby tur och retur.",
        "Vi ses vecka 41 (5–11 oktober) och vecka 42, 12 oktober.",
        "Höstlovet 26–30 oktober (vecka 44) är kontoret stängt.",
        "Under vecka 2 av kursen läser vi om stöd.",
        "Kursen är tre veckor, och i 2 veckor övar vi.",
        "Öppet 9–17, ring 0560-160 00 eller 08-713 10 00 till Leader 7-sam.",
        "Den 2026-11-25 och 802541-1234 och A3-5.",
        "Bankgiro 123-4567 och plusgiro 12 34 56-7 går bra.",
        "Ärende 26-118 gäller dnr_12-34, och Sunne vann med 3–1.",
        "Stödet är 50_000_kr och 10_% mer. Ring 0560-160 00.",
        "Ta med kaffe eller te. Farten är 30_km/h och priset 50_kr/person.",
        "Öppet mellan 9 och 17, från 9 till 17.",
        "Vi fick svar från 10–15 kommuner i länet.",
        "I mars och maj ses vi på måndag. Maj Berg kommer, och April Ek.",
        "Maj 2027 blir fin. Måndagen den 7 december ses vi.",
        "Priset 1,25_kr gäller, och kursen var 11,375_kr.",
        "Adressen är 192.168.10.20 och postnumret 68631 Sunne.",
        "Huset är från 1890-talet och året var 1850.",
        "Loppet startar kl._10.30, km för km.",
        "Det är 100_% bomull och 3,5_procent fett.",
        "Det kom 300–400 besökare, av dem 20–30 barn.",
        "Ring 070-123 45 67, 0771-223 223, 010-224 50 00 eller +46 560 160 00.",
        "Låt McDonald's vara, och se Let's Dance på tv.",
        "Ta med t.ex. kaffe, bl.a. te, kakor m.m. osv. och ca 30 muggar.",
        "Stigen är 5_m med en ram, 5_mm djup.",
        "EU stöder projektet, och EU programmerar om.",
        "En 10-årig flicka och tre 12-åringar från 1900-talet.",
        "Filen ligger i content/items/bryggan på nätet.",
        "Ring [kansliet](tel:+4656016000).",
        "`kl 18`, `10%` och [läs mer om leder](https://leder.example/9-17/kl-18).",
        "Vi möts i Sunne 2026-12-01. Dag 1 av 3.",
        "Regn 1–2 dagar, sedan 15 grader och sol.",
        "Vi ses onsdag den 2 december 2026, tisdagen den 1 december och lördag 29 februari 2020.",
        "Lördagen den 7 november var vi många, och fredagen den 5 juni också.",
        "Under 2019 sågs vi tisdagen den 3 december. Onsdagen den 4 december reste vi.",
        "Öppet onsdag 1 december–3 februari och varje onsdag 1 december.",
        "Den 29 februari fyller hon år, 30 februari 1712 fanns i Sverige.",
        "Hon skrev: ”Vi ses tisdag den 2 december 2026, den 31 november.”",
        "Vecka 35 november_2026, nr_32 april och rum 31 april.",
        "Öppet till kl._24.00, kl._22–02 och klockan 00.30. Klockan 99_kr är såld.",
        "Sunne har 10km-loppet, filen A5km.pdf och taggen #50kr.",
        "Det var 10–18 grader.",
        "Det det gäller är att tycka om om man kan. Det vi har har vi tillsammans.",
        "Det som är är bra, och många många kom. Duran Duran spelade.",
        "Lådan var tom 5 mars.",
    ],
)
def test_right_typography_is_left_alone(text: str) -> None:
    assert typography(text) == []


def test_addresses_are_not_read_as_dates_or_intervals() -> None:
    text = "Se https://leder.example/2026-11-25/9-17?d=25/11 i dag."

    assert [p for code in ("T302", "T304", "T306") for p in messages(item_with(text), code)] == []


def test_a_name_with_an_interval_or_an_apostrophe_is_written_as_its_owner_does() -> None:
    names = Names.of(["Bygd 2023-2027", "Ek's Café", "Sunne - Torsby i dans"])
    item = item_with("Bygd 2023-2027 möter Ek's Café. Sunne - Torsby i dans är här.")

    problems = check_item(item, context=replace(CONTEXT, names=names))

    assert [problem.code for problem in problems if problem.code.startswith("T")] == []


def test_what_may_be_right_is_only_a_notice() -> None:
    (sure,) = found(item_with("Öppet mellan kl. 9–17."), "T309")
    (unsure,) = found(item_with("Samarbete mellan 5–6 byar."), "T309")

    assert (sure.severity, unsure.severity) == (Severity.WARNING, Severity.NOTICE)


def test_lines_set_one_under_the_other_may_begin_with_a_capital() -> None:
    assert messages(item_with("Bygdegården i Sunne\nMåndag 7 december"), "T311") == []


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("Vi ses kl 18 i Sunne.", "Vi ses kl._18 i Sunne."),
        ("Vi ses kl.18 i Sunne.", "Vi ses kl._18 i Sunne."),
        ("Vi ses kl. 18 i Sunne.", "Vi ses kl._18 i Sunne."),
        ("Kom kl 18 - 20 i dag.", "Kom kl._18–20 i dag."),
        ("Öppet 9-17 och 08.00-17.00.", "Öppet 9–17 och 08.00–17.00."),
        ("Från 1 januari-30 juni.", "Från 1 januari–30 juni."),
        ("Bryggan - den nya - är klar.", "Bryggan – den nya – är klar."),
        ("Bryggan -- den nya.", "Bryggan – den nya."),
        ("Öppet måndag - fredag.", "Öppet måndag–fredag."),
        ('Hon sa "ja" och "nej".', "Hon sa ”ja” och ”nej”."),
        ("Hon sa “ja” och „nej“.", "Hon sa ”ja” och ”nej”."),
        ("Det är 50.000 kr, 60,000 kr och 70000 kr.", "Det är 50_000_kr, 60_000_kr och 70_000_kr."),
        ("Det är 1.250.000 kr.", "Det är 1_250_000_kr."),
        ("Potten är 3.5 miljoner.", "Potten är 3,5_miljoner."),
        ("Ni får 10% mer av 10 %.", "Ni får 10_% mer av 10_%."),
        ("Se §5 och nr 3.", "Se §_5 och nr_3."),
        ("Tack till A. B. Berg.", "Tack till A._B._Berg."),
        ("Kom på Måndag den 5 Maj.", "Kom på måndag den 5 maj."),
        ("T ex kaffe, bl. a. te, kakor m m.", "T.ex. kaffe, bl.a. te, kakor m.m."),
        ("Te, kaffe osv finns.", "Te, kaffe osv. finns."),
        ("Det kom ca. 30, se nr. 5.", "Det kom ca 30, se nr_5."),
        ("Ring 0560-16000 eller 054-7011054.", "Ring 0560-160 00 eller 054-701 10 54."),
        ("Det är EU's och Sunne's brygga.", "Det är EU:s och Sunnes brygga."),
        ("Nytt EU stöd till en 10 årig led.", "Nytt EU-stöd till en 10-årig led."),
        ("En brygga—den nya — är klar.", "En brygga – den nya – är klar."),
        ("På Måndag är det 200kr och 5km.", "På måndag är det 200_kr och 5_km."),
        ("Det var -18 grader ute.", "Det var −18 grader ute."),
        ("Kursen går tom v. 50 (7 december).", "Kursen går t.o.m. v. 50 (7 december)."),
    ],
)
def test_what_is_certain_is_fixed(text: str, after: str) -> None:
    assert fixed(text) == after


@pytest.mark.parametrize(
    "text",
    [
        "Kom den 25/11 till oss.",
        "Kom den 07 december.",
        "Öppet mellan 9–17 varje dag.",
        "Ta med kaffe och/eller te.",
        'Skärmen är 24" bred.',
        'Hon sa "ja" och 24" till.',
        "Vi tar Sunne - Torsby.",
        "Det finns i EU länder som Norge.",
        "Det kom 3–400 besökare.",
        "Vi ses den 31/11 eller tisdag den 2 december 2026.",
        "Vi har har fika klockan 25.00 i Sunne.",
        "Potten är 3_Mkr i år.",
    ],
)
def test_what_a_person_must_choose_is_left(text: str) -> None:
    assert fixed(text.replace("_", "\u00a0")) == text


def test_a_date_that_does_not_exist_is_not_also_told_to_be_written_with_letters() -> None:
    assert typography("Vi ses den 31/11 i Sunne.") == ["T325"]


def test_the_day_of_the_meeting_itself_tells_which_year_is_meant() -> None:
    text = "Vi ses onsdag 6 oktober i Sunne."  # 2027 a Wednesday, 2026 a Tuesday

    assert messages(item_with(text), "T326") == []
    (problem,) = found(item_with(text, event=event("2026-10-06T18:00")), "T326")
    assert str(problem.hint).startswith("Den 6 oktober 2026 är en tisdag.")


def test_the_words_of_an_issue_are_read_from_its_day() -> None:
    body = parse_markdown("Vi ses tisdag 2 december.", first_line=5)
    path = "content/issues/kommunbrevet-2026-12-01.md"
    notes = IssueNotes("kommunbrevet-2026-12-01", "kommunbrevet", path, "", "", (), (), None, "", body)

    assert "T326" in [problem.code for problem in check_notes(notes, "sv", context=CONTEXT)]
