"""What the worker does about webhooks: handing on all the time, and now and then a look at who fails."""

from integrations.webhooks import service

STEADY = {"webhooks": service.keep_fanning}
REGULAR = {"failing webhooks": service.tend}
