"""The way out: a page for people and one POST for mail programs (RFC 8058; the attack C15)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.web.sites import Site, exit_link, noes, sealed, site_of

NO_TOKEN = "/u/" + "A" * 34


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The pages of the small office."""
    with site_of(tmp_path_factory.mktemp("leaving")) as opened:
        yield opened


def said_no(site: Site, number: int) -> list[str]:
    """The newsletters that an office has said no to ("" = all)."""
    return [newsletter for key, newsletter in noes(site) if key == f"kontor{number}@eda.example"]


@pytest.mark.parametrize(
    ("number", "body", "media_type"),
    [
        (11, b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
        (12, b"List-Unsubscribe=One%2DClick", "application/x-www-form-urlencoded; charset=UTF-8"),
        (
            13,
            b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
        (14, b"List-Unsubscribe=One-Click&token=" + b"A" * 34, "application/x-www-form-urlencoded"),
        (15, b"List-Unsubscribe=One-Click&action=all&form=x", "application/x-www-form-urlencoded"),
    ],
)
def test_one_click_ends_this_newsletter_with_nothing_but_its_body(
    site: Site, number: int, body: bytes, media_type: str
) -> None:
    answer = site.client.post(
        exit_link(site, number), base_url=site.base_url, data=body, content_type=media_type
    )

    assert answer.status_code == 200
    assert not {"Set-Cookie", "Location", "Refresh"} & set(answer.headers.keys())
    assert said_no(site, number) == ["brevet"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://mail.example", "Referer": "https://mail.example/"},
        {"Cookie": "session=x"},
    ],
)
def test_one_click_asks_not_where_it_comes_from(site: Site, headers: dict[str, str]) -> None:
    answer = site.post(exit_link(site, 20), {"List-Unsubscribe": "One-Click"}, **headers)

    assert answer.status_code == 200
    assert said_no(site, 20) == ["brevet"]


def test_one_click_twice_is_as_once(site: Site) -> None:
    answers = [site.post(exit_link(site, 21), {"List-Unsubscribe": "One-Click"}) for _ in range(3)]

    assert {answer.status_code for answer in answers} == {200}
    assert said_no(site, 21) == ["brevet"]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"List-Unsubscribe": "one-click"},
        {"List-Unsubscribe": "Two-Clicks"},
        {"list-unsubscribe": "One-Click"},
        {"action": "all"},
        {"action": "all", "form": "forged"},
    ],
)
def test_what_is_neither_one_click_nor_our_form_ends_nothing(site: Site, fields: dict[str, object]) -> None:
    answer = site.post(exit_link(site, 22), fields)

    assert answer.status_code == 200
    assert said_no(site, 22) == []
    assert 'value="this"' in answer.text


@pytest.mark.parametrize(("number", "action", "ended"), [(31, "this", ["brevet"]), (32, "all", [""])])
def test_a_button_ends_what_it_says(site: Site, number: int, action: str, ended: list[str]) -> None:
    link = exit_link(site, number)

    answer = site.post(link, {"form": sealed(site.get(link)), "action": action})

    assert answer.status_code == 200
    assert said_no(site, number) == ended


@pytest.mark.parametrize("action", ["pause", "resume"])
def test_a_tab_that_stood_open_promises_no_letters_to_who_has_ended_it(site: Site, action: str) -> None:
    link = exit_link(site, 23)
    seal = sealed(site.get(link))
    site.post(link, {"List-Unsubscribe": "One-Click"})
    answer = site.post(link, {"form": seal, "action": action})

    assert "kommer igen" not in answer.get_data(as_text=True)


def test_a_seal_of_another_letters_page_ends_nothing(site: Site) -> None:
    seal = sealed(site.get(exit_link(site, 41)))

    site.post(exit_link(site, 42), {"form": seal, "action": "all"})

    assert said_no(site, 42) == []


def test_a_page_that_was_open_for_days_is_shown_again(site: Site) -> None:
    link = exit_link(site, 43)
    seal = sealed(site.get(link))
    site.later(days=3)

    answer = site.post(link, {"form": seal, "action": "this"})
    assert said_no(site, 43) == []
    site.post(link, {"form": sealed(answer), "action": "this"})
    assert said_no(site, 43) == ["brevet"]


def test_the_page_shows_no_address_in_clear(site: Site) -> None:
    assert "kontor44" not in site.get(exit_link(site, 44)).text


@pytest.mark.parametrize("fields", [{}, {"List-Unsubscribe": "One-Click"}])
def test_a_link_that_is_not_ours_leads_to_where_one_writes(site: Site, fields: dict[str, object]) -> None:
    for answer in (site.get(NO_TOKEN), site.post(NO_TOKEN, fields)):
        assert answer.status_code == 404
        assert "kansli@leader.example" in answer.text
