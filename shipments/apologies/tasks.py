"""What the worker does about apologies: it drafts them before they are due."""

from shipments.apologies.service import draft_ahead

REGULAR = {"apologies.drafted": draft_ahead}
