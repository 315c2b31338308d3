"""What a run did, as events that programs gather: ids and counts, and nobody's address."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from comms.app.bouncing import ReturnReport
from comms.app.delivering import RunReport
from comms.app.logging_lines import Event, event_of, events_of
from comms.app.preflight import Preflight
from comms.deliver import DrainReport
from comms.errors import say
from comms.model.ledger import Delivery, DeliveryState
from comms.text.log_lines import Value, log_line

NOW = datetime(2026, 12, 1, 7, 0, tzinfo=UTC)
ANNA = "anna.ek@arvika.example"
ROW = Delivery(
    id=7,
    slot_id="brevet-2026-12-01",
    channel="mail",
    recipient=ANNA,
    recipient_name="Anna Ek",
    edition_id=1,
    attempt=2,
    owner="w",
    key="brevet-2026-12-01.0123456789abcdef01234567",
    reason=f"550 5.1.1 <{ANNA}>: unknown",
    first_attempt_at=NOW,
    updated_at=NOW,
    receipt="",
    not_before=None,
    lease_until=None,
    state=DeliveryState.REJECTED,
)


def test_a_delivery_is_told_by_its_number_and_never_by_its_recipient() -> None:
    event = event_of(ROW)
    line = log_line(NOW, event.name, event.fields, level=event.level)
    assert (event.name, event.level, event.fields["delivery"]) == ("delivery.ended", "warning", 7)
    assert "anna.ek" not in line
    assert "Anna Ek" not in line
    assert "a•••@arvika.example" in line


def test_a_delivery_that_went_well_is_information() -> None:
    event = event_of(replace(ROW, state=DeliveryState.ACCEPTED, reason=""))
    assert (event.level, "why" in event.fields) == ("info", False)


def test_all_that_a_run_did_is_told_in_order_and_how_it_ended_last() -> None:
    report = RunReport(
        started=["a"],
        known={"a": 2},
        held=[("b", say("Inte godkänd."))],
        skipped=["c"],
        stuck=[("d", say("Nyckel saknas."))],
        recovered=[ROW],
        returned=ReturnReport(3, why=say("Samtalet bröts.")),
        unbacked=say("Disken är full."),
        late={"mail": 4},
        preflights=[Preflight("a", 12, 10, (ANNA,))],
        resting={"mail": (NOW, "svarar inte")},
        paused={"e": say("För många studsar.")},
        drained=DrainReport({DeliveryState.ACCEPTED: 9, DeliveryState.REJECTED: 1}),
        failed={"a": 1},
        unsent_notices=[("Ämne", "ingen kanal för e-post")],
    )
    events = list(events_of(report))
    assert [event.name for event in events] == [
        "delivery.recovered",
        "returns.read",
        "slot.started",
        "slot.skipped",
        "slot.known",
        "slot.counted",
        "slot.held",
        "slot.stuck",
        "slot.paused",
        "slot.unconfirmed",
        "channel.resting",
        "channel.late",
        "backup.failed",
        "notice.unsent",
        "run.done",
    ]
    done: dict[str, Value] = {"deliveries": {"accepted": 9, "rejected": 1}, "stopped": False, "code": 3}
    assert events[-1] == Event("run.done", done)
    assert "anna.ek" not in "".join(log_line(NOW, one.name, one.fields) for one in events)


def test_bounces_are_told_when_there_were_any() -> None:
    assert [event.name for event in events_of(RunReport(returned=ReturnReport()))] == ["run.done"]
    first, _done = events_of(RunReport(returned=ReturnReport(2)))
    assert first == Event("returns.read", {"counts": {"letters": 2}})


def test_a_run_that_did_nothing_says_that_it_was_there() -> None:
    assert [event.name for event in events_of(RunReport())] == ["run.done"]


def test_a_run_that_may_not_send_is_an_error_and_one_beside_another_is_not() -> None:
    (refused,) = events_of(RunReport(refused=say("Klockan går fel.")))
    assert (refused.name, refused.level, refused.fields) == (
        "run.refused",
        "error",
        {"why": "Klockan går fel."},
    )
    assert [event.name for event in events_of(RunReport(busy=True))] == ["run.busy"]
