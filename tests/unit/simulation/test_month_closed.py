"""After the demo's week its month is over, and citizens have said what they think."""

from integrations.simulation.rules.hours import at, local_day
from integrations.simulation.rules.voices import FEEDBACK, RATINGS, voices
from integrations.simulation.rules.world import build_world
from integrations.simulation.service.reporting import NEAR, morning_after


def test_the_demos_month_is_over_the_next_working_morning_after_its_week():
    world = build_world(1, "demo")
    morning = morning_after(world.ends)
    assert (morning - world.ends) < NEAR
    assert local_day(morning).month == local_day(world.ends).month + 1
    assert morning == at(local_day(morning), "08:00")
    assert local_day(morning).weekday() < 5
    other = build_world(1, "small").ends
    assert morning_after(other) - other > NEAR, "this month stays open"


def test_whoever_rates_got_the_result_and_knows_the_number_and_nobody_has_a_key():
    world = build_world(1, "demo")
    said = list(voices(world))
    assert said == list(voices(build_world(1, "demo")))
    rated = [step.body for step in said if step.path == "/api/v1/ratings"]
    assert (len(rated), len(said)) == (RATINGS, RATINGS + len(FEEDBACK))
    phones = {
        step.saves[0][0]: step.body["applicant"]["phone"]
        for step in world.steps
        if step.path == "/api/v1/dossiers"
    }
    assert all(phones[body["code"][1:]].endswith(body["last4"]) for body in rated)
    assert all(not step.key for step in said)
