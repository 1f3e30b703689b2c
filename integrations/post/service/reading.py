"""A despatch as its giver and its receiver see it, for pages and programs alike."""

from datetime import datetime
from uuid import UUID

from integrations.post.repository import despatches as repository
from integrations.post.repository.despatches import SeenDespatch
from integrations.post.rules.despatches import OUTCOMES, AnswerLine, Direction, differences
from integrations.post.service import answering
from postal.identity.rules import Actor


async def seen(identifier: UUID, *, actor: Actor, now: datetime) -> SeenDespatch:
    """Gather a despatch for its giver or its receiver; absent and invisible are alike."""
    despatch = await repository.get(identifier, actor)
    result, _ = await answering.standing(despatch, now)
    found = tuple(AnswerLine(piece=line.code, outcome=OUTCOMES[line.line_class]) for line in result.lines)
    answers = await repository.answers(despatch.id, despatch.number)
    theirs = answers[-1].lines if answers and despatch.direction is Direction.OUT else ()
    return SeenDespatch(
        despatch=despatch,
        found=found,
        answers=tuple(answers),
        differences=tuple(differences(found, theirs)) if theirs else (),
    )
