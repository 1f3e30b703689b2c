"""What the worker does about webhooks: handing on all the time, and now and then a look at who fails."""

from integrations.webhooks import service

REGULAR = {"webhooks": service.keep_fanning, "webhooks given up": service.tend}
