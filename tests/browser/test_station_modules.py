"""Parts of the station by themselves: its time, its names, its outbox and its pauses, in an empty page."""

from tests.browser.modules import module_page

TIME = """async () => {
  const { Time, written } = await import('/static/station/time.js');
  let [wall, mono] = [1_000_000, 0];
  const jumps = [];
  const time = new Time({ wall: () => wall, mono: () => mono, onJump: (ms) => jumps.push(ms) });
  const first = time.frame;
  first.skew = 500;
  const pass = (ms) => { wall += ms; mono += ms; };
  pass(10_000);
  const steady = time.now();
  wall += 1_500;                       // a small correction of the clock changes nothing
  const small = time.now();
  wall -= 3_600_000;                   // somebody set it an hour back
  const back = time.now();
  const unknown = time.nowIn(first);   // until the server has told the new skew, the new word holds
  time.frame.skew = 500 - 3_598_500;
  const translated = time.nowIn(first);
  return { steady, small, back, unknown, translated, jumps, frames: first.id !== time.frame.id, text: written(0) };
}"""

NAMES = """async () => {
  const { uuid7, newEpoch } = await import('/static/station/identifiers.js');
  const ids = [];
  for (let n = 0; n < 5000; n += 1) ids.push(uuid7(1_795_000_000_000 + (n % 7)));
  const back = uuid7(1_000);
  return { ids, back, epoch: newEpoch() };
}"""

OUTBOX = """async () => {
  const { Outbox } = await import('/static/station/outbox.js');
  const box = await Outbox.open();
  const row = (code, more) => ({
    id: code, device: 'd', shift: 's1', frame: 'f1', mono: 0, list: 'count',
    body: { kind: 'arrive', code, occurred_at: '' }, ...more,
  });
  const shifts = ['s1', 's1', 's2', 's2', 's1'];
  for (const [n, shift] of shifts.entries()) await box.add(row(`c${n}`, { shift }), null);
  const first = (await box.next(200, 'd')).map((one) => one.id);
  const others = await box.next(200, 'another device');
  // An answer that names only some of what was sent takes only those out.
  await box.settle(await box.next(200, 'd'), [{ id: 'c1', verdict: 'accepted', message: '' }]);
  const left = [box.waiting, (await box.next(200, 'd')).map((one) => one.id)];
  await box.stick((await box.next(1, 'd'))[0], '400');
  const passed = (await box.next(200, 'd')).map((one) => one.id);
  // An old copy of the database comes back under a newer mirror: the numbers are not used again.
  const before = box.epoch;
  localStorage.setItem('station-epoch', JSON.stringify({ epoch: before, last_seq: 9 }));
  box.db.close();
  const again = await Outbox.open();
  const next = await again.add(row('c9', {}), null);
  return { first, others, left, passed, renewed: again.epoch !== before, lost: again.lost, seq: next.seq, before,
    waiting: again.waiting };
}"""

LISTS = """async () => {
  const { Outbox } = await import('/static/station/outbox.js');
  const { WorkLists } = await import('/static/station/worklist.js');
  const box = await Outbox.open();
  let [clock, tag, codes] = [0, 0, []];
  const asked = [];
  window.fetch = async (_, { headers }) => {
    asked.push(headers['If-None-Match'] ?? '');
    const list = { work: 'receive', code: null, expected: codes.map((code) => ({ code })), elsewhere: [] };
    return new Response(JSON.stringify(list), { headers: { etag: `"${(tag += 1)}"` } });
  };
  const lists = new WorkLists(box, () => (clock += 1));
  const fetched = async (...given) => { codes = given; return lists.fetch('receive', null); };
  const names = (kept) => kept.list.expected.map((one) => one.code);
  const sighted = async (kept) => [...(await lists.seen(kept)).keys()];
  const see = (code) => box.db.put('seen', { list: 'receive', code, at: clock, tone: 'ok', id: code });

  const first = names(await fetched('a', 'b'));
  lists.current = 'receive';
  await see('a');
  const during = names(await fetched('b', 'c'));
  await lists.finished();
  const stale = await sighted(await lists.kept('receive', null));
  const after = await fetched('a', 'c');
  box.waiting = 1;
  const unsent = await sighted(after);
  box.waiting = 0;
  return { first, during, stale, after: names(after), unsent, anew: await sighted(after), asked };
}"""


async def test_time_runs_steadily_and_begins_a_new_frame_when_the_clock_is_set(chromium):
    async with module_page(chromium) as page:
        told = await page.evaluate(TIME)
    assert told["steady"] == told["small"] == 1_010_000
    assert told["back"] == told["unknown"] == 1_010_000 + 1_500 - 3_600_000
    assert told["translated"] == 1_010_000
    assert told["jumps"] == [1_500 - 3_600_000]
    assert told["frames"]
    assert told["text"] == "1970-01-01T07:00:00.000+07:00"


async def test_names_of_rows_ascend_whatever_the_clock_does(chromium):
    async with module_page(chromium) as page:
        told = await page.evaluate(NAMES)
    ids = [*told["ids"], told["back"]]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert {name[14] for name in ids} == {"7"}
    assert {name[19] for name in ids} <= set("89ab")
    assert len(told["epoch"]) == 32


async def test_the_outbox_gives_rows_out_in_order_and_lets_go_of_named_ones_alone(chromium):
    async with module_page(chromium) as page:
        told = await page.evaluate(OUTBOX)
    assert told["first"] == ["c0", "c1"]
    assert told["others"] == []
    assert told["left"] == [4, ["c0"]]
    assert told["passed"] == ["c2", "c3"]
    assert told["renewed"]
    assert told["lost"] == [{"epoch": told["before"], "last_seq": 9}]
    assert told["seq"] == 1
    assert told["waiting"] == 5


async def test_a_list_only_grows_while_it_is_worked_on_and_begins_anew_once_finished(chromium):
    async with module_page(chromium) as page:
        told = await page.evaluate(LISTS)
    assert told["first"] == ["a", "b"]
    assert told["during"] == ["b", "c", "a"]
    assert told["after"] == ["a", "c"]
    # What was seen counts until the server's list of afterwards is here, and everything before it was sent.
    assert (told["stale"], told["unsent"], told["anew"]) == (["a"], ["a"], [])
    # A list that is more than its tag says is asked for whole.
    assert told["asked"] == ["", '"1"', ""]


async def test_pauses_grow_to_a_minute_and_heed_what_the_server_asks(chromium):
    async with module_page(chromium) as page:
        told = await page.evaluate(
            """async () => {
              const { pause } = await import('/static/station/uploads.js');
              return [1, 3, 6, 50].map((n) => Array.from({ length: 200 }, () => pause(n))).concat([[pause(1, 90_000)]]);
            }"""
        )
    for pauses, longest in zip(told, (1000, 4000, 32_000, 60_000), strict=False):
        assert longest / 2 <= min(pauses) < max(pauses) <= longest
    assert told[-1] == [90_000]
