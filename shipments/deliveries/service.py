"""The rules of delivery in force on a day."""

from datetime import datetime

from postal.calendars.repository import working_time
from postal.calendars.rules import WorkingTime
from postal.law.repository import constants_at
from postal.network.rules import local_day
from shipments.deliveries.rules import ReturnRule, return_rule


async def rule_at(at: datetime) -> tuple[ReturnRule, WorkingTime] | None:
    """Give the rule of returns that holds at an instant, and the working days that it counts in."""
    constants = await constants_at(local_day(at))
    rule = return_rule(constants)
    if rule is None:
        return None
    return rule, await working_time(str(constants["intake.default_calendar"].value))
