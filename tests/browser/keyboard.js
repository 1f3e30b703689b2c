// Plays keys in a page by a clock of its own: what a browser would do with each key is done here, so that thousands of
// scans take seconds. Whole keyboards are played through Chromium's own input in test_wedge_keys.py.
async ({ stories, lists }) => {
  const { Wedge } = await import("/static/station/wedge.js");
  const { Bench, isWhole, counts } = await import("/static/station/judge.js");
  const stage = document.createElement("form");
  stage.innerHTML = `<input id="k-empty"><input id="k-filled"><textarea id="k-area"></textarea><input id="k-number" type="number">
    <select id="k-select"><option>A<option>D<option>H<option>T</select><input id="k-check" type="checkbox"><button id="k-button">x</button><a id="k-link" href="#k">x</a>`;
  document.body.append(stage);
  let clock = 1000;
  let timers = [];
  const until = (time) => {
    for (;;) {
      timers.sort((one, other) => one.at - other.at);
      if (!timers.length || timers[0].at > time) break;
      const timer = timers.shift();
      clock = timer.at;
      timer.run();
    }
    clock = time;
  };
  const timer = {
    set: (run, ms) => { const made = { at: clock + ms, run }; timers.push(made); return made; },
    clear: (made) => { timers = timers.filter((each) => each !== made); },
  };
  const field = (node) => node.matches?.("input:not([type=checkbox]), textarea");
  let acts;
  stage.addEventListener("submit", (event) => { event.preventDefault(); acts.push("submit"); });
  stage.addEventListener("click", (event) => { event.preventDefault(); acts.push("click"); });
  const insert = (node, text) => {
    if (node.id === "k-number") { if (/^[0-9]$/.test(text)) node.value += text; }
    else node.setRangeText(text, node.selectionStart, node.selectionEnd, "end");
    node.dispatchEvent(new InputEvent("input", { bubbles: true, data: text, inputType: "insertText" }));
  };
  const press = (key) => {
    const node = document.activeElement ?? document.body;
    const init = { key: key.key, code: key.code ?? "", shiftKey: !!key.shift, ctrlKey: !!key.ctrl, repeat: !!key.repeat, bubbles: true, cancelable: true };
    const went = node.dispatchEvent(new KeyboardEvent("keydown", init));
    if (went) byItself(node, key);
    node.dispatchEvent(new KeyboardEvent("keyup", init));
    return went;
  };
  let composed = null;
  const byItself = (node, key) => {
    if (key.opaque !== undefined) {
      if (!field(node) || node.type === "number") return;
      composed ??= { node, head: node.value.slice(0, node.selectionStart), tail: node.value.slice(node.selectionEnd) };
      node.value = composed.head + key.opaque + composed.tail;
      node.setSelectionRange(composed.head.length + key.opaque.length, composed.head.length + key.opaque.length);
    } else if (key.ctrl) { if (key.code === "KeyJ") acts.push("downloads"); }
    else if (key.key === "Enter") { if (node.tagName === "TEXTAREA") insert(node, "\n"); else if (node.id) acts.push("submit"); }
    else if (key.key === "Tab") acts.push("tab");
    else if (key.key === "Backspace") {
      if (field(node) && node.selectionStart > 0) node.setRangeText("", node.selectionStart - 1, node.selectionStart, "end");
    } else if (key.key.length === 1 && field(node)) insert(node, key.key);
    else if (key.key === " " && node.id) acts.push("click");
    else if (node.id === "k-select") { const at = "ADHT".indexOf(key.key.toUpperCase()); if (at >= 0) node.selectedIndex = at; }
  };
  const works = lists.map((codes) => ({
    work: "receive", code: "BK-WORK-1", expected: codes.map((code) => ({ code, kind: "item" })), elsewhere: [],
  }));
  const results = [];
  for (const story of stories) {
    acts = [];
    composed = null;
    for (const [id, value] of Object.entries({ "k-empty": "", "k-filled": "Nguyễn Văn", "k-area": "dòng 1\n" })) {
      const node = document.getElementById(id);
      node.value = value;
      node.setSelectionRange(value.length, value.length);
    }
    document.getElementById("k-number").value = "";
    document.getElementById("k-select").selectedIndex = 0;
    document.activeElement?.blur();
    const focus = story.focus ? document.getElementById(story.focus) : null;
    focus?.focus();
    const before = focus && "value" in focus ? focus.value : null;
    const work = works[story.list ?? 0];
    const bench = new Bench();
    const seen = new Map();
    const heard = [];
    const verdicts = [];
    const judged = (verdict) => {
      if (verdict.effect.type === "scan") seen.set(verdict.code, { at: clock, tone: verdict.tone });
      verdicts.push({ tone: verdict.tone, code: verdict.code, effect: verdict.effect.type, text: verdict.text.vi, at: clock });
    };
    const wedge = new Wedge(window, {
      onScan: (raw, how, more) => { heard.push({ raw, ...more, at: clock }); judged(bench.hear(work, seen, raw, how, more, clock)); },
      onTrouble: (kind, raw, more) => { heard.push({ trouble: kind, raw, ...more, at: clock }); judged(bench.trouble(kind)); },
      sure: story.sure === false ? undefined : (raw) => isWhole(raw, work),
      now: () => clock,
      timer,
    });
    wedge.attach();
    let prevented = 0;
    let last = clock;
    for (const keys of story.bursts) {
      for (const key of keys) {
        until(clock + key.gap);
        if (!press(key)) prevented += 1;
        last = clock;
      }
      until(clock + (story.rest ?? 1000));
      composed = null;
    }
    wedge.detach();
    results.push({
      heard, verdicts, acts, prevented, last,
      left: focus && "value" in focus ? focus.value : null, before, counts: counts(work, seen),
      focused: !focus || document.activeElement === focus,
    });
    until(clock + 5000);
  }
  stage.remove();
  return results;
}
