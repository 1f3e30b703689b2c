"""What the worker does for partners of the post, again and again."""

from integrations.post.service.following import tell
from postal.registry import Regular

REGULAR: dict[str, Regular] = {"post.tell": tell}
