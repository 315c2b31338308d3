"""Typography: what is found, with what to write, and what is fine."""

from __future__ import annotations

import pytest

from tests.unit.check.builder import found, item_with, messages


@pytest.mark.parametrize(
    ("code", "text", "hint"),
    [
        ("T301", "Vi ses kl 18 i Sunne.", "Skriv ”kl. 18”."),
        ("T302", "Kom den 25.11.2026 till oss.", "Skriv ”25 november”."),
        ("T302", "Kom den 25/11 till oss.", "Skriv ”25 november”."),
        ("T302", "Kom 20261125 till oss.", "Skriv ”25 november”."),
        ("T303", 'Hon sa "ja" till oss.', "Skriv ”…” före och efter."),
        ("T304", "Bryggan - den nya - är klar.", "Skriv ” – ” (kort tankstreck"),
        ("T305", "Vi ses vecka 41.", "Skriv datumen efter, som i ”vecka 41 (5–11 oktober)”."),
        ("T305", "Går vecka 48 eller 49? Den 1 december går.", "Skriv datumen efter"),
        ("T306", "Öppet 9-17 i dag.", "Skriv ”9–17” med kort tankstreck."),
        ("T306", "Perioden 2023-2027 är lång.", "Skriv ”2023–2027” med kort tankstreck."),
        ("T307", "Stödet är 50 000 kr.", "Skriv fast mellanslag"),
        ("T307", "Ni får 10 % mer.", "Skriv fast mellanslag"),
        ("T308", "Ta med kaffe och/eller te.", "Skriv ”och” eller ”eller”"),
    ],
)
def test_a_slip_is_found_with_what_to_write(code: str, text: str, hint: str) -> None:
    assert any(hint in str(problem.hint) for problem in found(item_with(text), code))


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("T301", "Vi ses kl. 18, klockan 19 eller på kliniken."),
        ("T302", "Mötet den 2026-11-25 är öppet 24/7, och 3/4 kom."),
        ("T302", "Version 1.2.3 av 10.20.30 och 45/46."),
        ("T303", "Hon sa ”ja” till oss."),
        ("T304", "Bryggan – den nya – är klar. EU-stöd och in- och utlån."),
        ("T305", "Vi ses vecka 41 (5–11 oktober) och vecka 42, 12 oktober."),
        ("T306", "Öppet 9–17, ring 0560-160 00 eller 08-713 10 00 till Leader 7-sam."),
        ("T306", "Den 2026-11-25 och 802541-1234 och A3-5."),
        ("T307", "Stödet är 50\u00a0000 kr och 10\u00a0% mer. Ring 0560-160 00."),
        ("T308", "Ta med kaffe eller te."),
    ],
)
def test_right_typography_is_left_alone(code: str, text: str) -> None:
    assert messages(item_with(text), code) == []


def test_addresses_are_not_read_as_dates_or_intervals() -> None:
    text = "Se https://leder.example/2026-11-25/9-17?d=25/11 i dag."

    assert [p for code in ("T302", "T304", "T306") for p in messages(item_with(text), code)] == []
