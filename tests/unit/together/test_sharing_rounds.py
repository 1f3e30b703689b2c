"""What is asked at the same time is answered in one round, and nobody is harmed by another's failure."""

import asyncio
import contextvars

import pytest

from postal.errors import Unavailable
from postal.together import Together

REQUEST = contextvars.ContextVar("request", default="none")


class Server:
    """Answers in rounds that the test lets go on; a question `bad` fails whatever round it is in."""

    def __init__(self, **limits):
        self.rounds = []
        self.gate = asyncio.Event()
        self.error = ValueError
        self.together = Together(self.answer, **{"rounds": 1, "most": 100, **limits})

    async def answer(self, questions):
        self.rounds.append((list(questions), REQUEST.get()))
        await self.gate.wait()
        if any(question.startswith("bad") for question in questions):
            raise self.error("bad")
        return [question.upper() for question in questions]

    def ask(self, *questions):
        return [asyncio.create_task(self.together.ask(question)) for question in questions]


async def turns(n=5):
    for _ in range(n):
        await asyncio.sleep(0)


async def test_who_comes_alone_is_answered_at_once_and_the_next_ones_share():
    server = Server()
    tasks = server.ask("a")
    await turns()
    tasks += server.ask("b", "c", "d")
    await turns()
    server.gate.set()
    assert await asyncio.gather(*tasks) == ["A", "B", "C", "D"]
    assert [questions for questions, _ in server.rounds] == [["a"], ["b", "c", "d"]]


async def test_a_round_that_waits_does_not_hold_up_everybody():
    server = Server(rounds=2)
    server.ask("a")
    await turns()
    server.ask("b")
    await turns()
    assert [questions for questions, _ in server.rounds] == [["a"], ["b"]]
    server.gate.set()


async def test_a_round_has_its_bound_and_two_of_a_kind_never_share_one():
    server = Server(most=2, apart=lambda question: question[0])
    server.gate.set()
    tasks = server.ask("x1", "x2", "y1", "z1", "x3")
    assert await asyncio.gather(*tasks) == ["X1", "X2", "Y1", "Z1", "X3"]
    assert [questions for questions, _ in server.rounds] == [["x1", "y1"], ["x2", "z1"], ["x3"]]


async def test_a_bad_question_fails_alone():
    server = Server()
    server.gate.set()
    answers = await asyncio.gather(*server.ask("a", "bad", "c"), return_exceptions=True)
    assert (answers[0], answers[2]) == ("A", "C")
    assert isinstance(answers[1], ValueError)


async def test_a_database_that_is_down_is_told_to_all_at_once():
    server = Server()
    server.gate.set()
    server.error = lambda _: Unavailable("database.unavailable", vi="", en="")
    answers = await asyncio.gather(*server.ask("a", "bad"), return_exceptions=True)
    assert [type(answer) for answer in answers] == [Unavailable, Unavailable]
    assert len(server.rounds) == 1


async def test_who_goes_away_takes_nobody_along():
    server = Server()
    first, second, third = server.ask("a", "b", "c")
    await turns()
    second.cancel()
    server.gate.set()
    assert await first == "A"
    assert await third == "C"
    with pytest.raises(asyncio.CancelledError):
        await second


async def test_a_round_belongs_to_no_request():
    server = Server()
    server.gate.set()
    REQUEST.set("somebody")
    await asyncio.gather(*server.ask("a"))
    assert server.rounds[0][1] == "none"


async def test_many_askers_in_any_rhythm_all_get_their_own_answer():
    server = Server(rounds=3, most=4, apart=lambda question: question[:1])
    server.gate.set()

    async def one(number):
        await turns(number % 7)
        return (
            await server.together.ask(f"q{number}") if number % 3 else await server.together.ask(f"{number}")
        )

    asked = list(range(200))
    answers = await asyncio.gather(*(one(number) for number in asked))
    assert answers == [f"Q{number}" if number % 3 else f"{number}" for number in asked]


def test_each_event_loop_has_its_own_line():
    async def answer(questions):
        await asyncio.sleep(0)
        return questions

    together = Together(answer, rounds=1, most=10)
    for _ in range(3):

        async def ask():
            return await asyncio.gather(*(together.ask(n) for n in range(5)))

        assert asyncio.run(ask()) == list(range(5))
