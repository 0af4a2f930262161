// The review page: which picture is shown, what is listed beside it, and what keys and buttons do.

import { Decisions } from "/decisions.js";
import { forget, picture, places } from "/pictures.js";
import { byId, errand, made, say, send, told } from "/server.js";
import { View } from "/view.js";

const decisions = new Decisions();
const now = { index: 0, frame: 0, side: "after", masks: [] };
const view = new View(byId("view"), {
  drawn: (box) => change(() => decisions.add(scope(), box), say.drawn),
  slice: (by) => stack().length > 1 && (turn(by), true),
  drawing: (isOn) => { byId("said").textContent = isOn ? say.drawing : ""; },
});

/** All pictures of the series that is shown, in order: pairs of an index and a frame. */
function stack(index = now.index) {
  const { series } = decisions.items[index];
  return decisions.items
    .map((item, each) => [item, each])
    .filter(([item]) => item.series === series)
    .sort(([one], [other]) => one.position - other.position)
    .flatMap(([item, each]) => Array.from({ length: item.frames }, (_, frame) => [each, frame]));
}

const place = (pairs) => pairs.findIndex(([index, frame]) => index === now.index && frame === now.frame);

/** What a change is for. */
function scope() {
  const chosen = byId("scope").value;
  if (chosen === "frame") return [[now.index, now.frame]];
  if (chosen === "file") return [[now.index, null]];
  const { rows, columns } = decisions.items[now.index];
  const isLike = ([index]) => decisions.items[index].rows === rows && decisions.items[index].columns === columns;
  return [...new Set(stack().filter(isLike).map(([index]) => index))].map((index) => [index, null]);
}

async function show(index, frame) {
  Object.assign(now, { index, frame });
  list();
  let images;
  try {
    images = await Promise.all([picture(index, frame, "before"), picture(index, frame, "after"), places(index, frame)]);
  } catch {
    images = null;
  }
  if (now.index !== index || now.frame !== frame) return; // somebody turned on meanwhile
  if (!images) {
    view.show({ image: null });
    byId("said").textContent = say.no_picture;
    return;
  }
  [now.before, now.after, now.masks] = images;
  paint();
  for (const [near, its] of [stack()[place(stack()) + 1], stack()[place(stack()) - 1]].filter(Boolean))
    for (const side of ["after", "before"]) picture(near, its, side).catch(() => {});
}

function paint() {
  const { index, frame, side, masks } = now;
  const item = decisions.items[index];
  const added = decisions.added(index, frame).map((each) => each.box);
  const gone = masks.filter((mask) => decisions.isRemoved(index, frame, mask.box)).map((mask) => mask.box);
  const isGone = (mask) => gone.includes(mask.box);
  view.show({
    image: now[side],
    under: side === "after" ? now.before : null,
    holes: gone,
    blacks: side === "after" ? added : [],
    boxes: [
      ...masks.map((mask, at) => ({ name: at + 1, box: mask.box, color: isGone(mask) ? "#ffb000" : "#35c4ff", dashed: isGone(mask) })),
      ...added.map((box, at) => ({ name: masks.length + at + 1, box, color: "#ff4fa3", dashed: false })),
    ],
  });
  byId("before").setAttribute("aria-pressed", side === "before");
  byId("after").setAttribute("aria-pressed", side === "after");
  const pairs = stack();
  const counted = { number: place(pairs) + 1, count: pairs.length };
  byId("view").setAttribute("aria-label", told("canvas", { side: say[side], ...counted }));
  byId("slices").hidden = byId("accept-series").hidden = pairs.length < 2;
  byId("slice").max = pairs.length - 1;
  byId("slice").value = counted.number - 1;
  byId("slice-label").textContent = told("slice", counted);
  byId("reason").hidden = !item.reason;
  byId("reason").textContent = item.reason;
  listMasks(masks, added);
  tellProgress();
}

function listMasks(masks, added) {
  const { index, frame } = now;
  const lines = masks.map((mask, at) => {
    const isGone = decisions.isRemoved(index, frame, mask.box);
    const line = made("li", isGone ? say.mask_GONE : say[`mask_${mask.kind}`]);
    const refusal = decisions.refusal(index, frame, mask.box);
    const isFinal = refusal && (refusal.confirmed || mask.removal !== "ASKS");
    const why = mask.removal === "REFUSED" ? say[`why_${mask.kind}`] ?? say.why_HEADER : isFinal ? say.why_PROOF : "";
    if (why) line.append(made("br"), made("span", why, { class: "small" }));
    else if (isGone) line.append(made("br"), button(told("keep", { number: at + 1 }), () => change(() => decisions.keep(scope(), mask.box))));
    else line.append(made("br"), button(told("remove", { number: at + 1 }), () => remove(mask)));
    return line;
  });
  for (const [at, box] of added.entries()) {
    const line = made("li", decisions.isApplied(index, frame, box) ? say.mask_PERSON : say.mask_NEW);
    const forgotten = () => change(() => decisions.forgetAdded(scope(), box), say.removed);
    line.append(made("br"), button(told("remove", { number: masks.length + at + 1 }), forgotten));
    lines.push(line);
  }
  byId("masks").replaceChildren(...lines);
  byId("no-masks").hidden = lines.length > 0;
}

function button(text, does, attributes = {}) {
  const element = made("button", text, attributes);
  element.addEventListener("click", does);
  return element;
}

async function remove(mask) {
  const asks = mask.removal === "ASKS";
  if (asks && !(await confirmed("ask_title", say.ask_text, "ask_yes", "ask_no"))) return;
  await change(() => decisions.remove(scope(), mask.box, asks), say.removed);
}

/** Change what was decided, and show it. */
async function change(does, said = "") {
  try {
    const isTaken = await does();
    paint();
    list();
    byId("said").textContent = isTaken ? said : say.stale;
  } catch {
    byId("said").textContent = say.unreachable;
  }
}

function turn(by) {
  const pairs = stack();
  const goal = pairs[Math.min(Math.max(place(pairs) + by, 0), pairs.length - 1)];
  if (goal[0] !== now.index || goal[1] !== now.frame) show(...goal);
}

function compare() {
  now.side = now.side === "after" ? "before" : "after";
  paint();
}

/** It looks right: the next frame of this file, or the next file that nobody looked at. */
async function accept(indexes) {
  const item = decisions.items[now.index];
  if (indexes.length === 1 && now.frame + 1 < item.frames) return show(now.index, now.frame + 1);
  await change(() => decisions.accept(indexes));
  const open = decisions.items.findIndex((each, at) => at > now.index && !each.decision.looked_at);
  const next = open >= 0 ? open : decisions.items.findIndex((each) => !each.decision.looked_at);
  if (next >= 0) show(next, 0);
}

function list() {
  const { items } = decisions;
  const entry = (text, index, isCurrent, isSeen) => {
    const line = made("li");
    const element = button(text, () => show(index, 0), { "aria-current": String(isCurrent) });
    if (isSeen) element.append(made("span", say.looked_at, { class: "seen" }));
    line.append(element);
    return line;
  };
  const part = (title, lines) => {
    const lined = made("ul");
    lined.append(...lines);
    return lines.length ? [made("h2", title), lined] : [];
  };
  const bySeries = (some) => [...new Set(some.map((item) => item.series))].sort((one, other) => one - other).map((number) => {
    const own = some.filter((item) => item.series === number).sort((one, other) => one.position - other.position);
    const open = own.find((item) => !item.decision.looked_at);
    const count = own.reduce((sum, item) => sum + item.frames, 0);
    const text = count > 1 ? told("one_series", { number, count }) : told("one_file", own[0]);
    return entry(text, items.indexOf(open ?? own[0]), own.includes(items[now.index]), !open);
  });
  const focused = [...byId("list").querySelectorAll("button")].indexOf(document.activeElement);
  byId("list").replaceChildren(...part(say.please_look, bySeries(items.filter((item) => item.status === "REVIEW" || item.reason))), ...part(say.all_others, bySeries(items)));
  if (focused >= 0) byId("list").querySelectorAll("button")[focused]?.focus();
}

function tellProgress() {
  const done = decisions.items.filter((item) => item.decision.looked_at).length;
  byId("progress").textContent = told("of_all", { done, all: decisions.items.length });
  byId("undo").disabled = !decisions.before.length;
  byId("redo").disabled = !decisions.behind.length;
}

/** Ask in a dialog that the keyboard cannot leave by accident. */
function confirmed(title, text, yes, no) {
  const dialog = byId("ask");
  byId("ask-title").textContent = say[title];
  byId("ask-text").textContent = text;
  byId("ask-list").replaceChildren();
  byId("ask-yes").textContent = say[yes] ?? "";
  byId("ask-yes").hidden = !yes;
  byId("ask-no").textContent = say[no] ?? "";
  byId("ask-no").hidden = !no;
  if (!dialog.open) dialog.showModal();
  return new Promise((answer) => {
    const end = (is) => { dialog.close(); byId("view").focus(); answer(is); };
    byId("ask-yes").onclick = () => end(true);
    byId("ask-no").onclick = () => end(false);
    dialog.oncancel = (event) => { event.preventDefault(); if (no) end(false); };
  });
}

async function apply() {
  const count = decisions.open;
  const seen = decisions.items.some((item) => item.decision.looked_at);
  if (!count && !seen) {
    await confirmed("apply", say.nothing_to_apply, null, "back");
    return;
  }
  const text = told("apply_text", { count }) + (decisions.makesAllAnew ? ` ${say.apply_all_anew}` : "");
  if (!(await confirmed("apply", text, "apply", "cancel"))) return;
  const { ok } = await send("/apply");
  if (!ok) return void (byId("said").textContent = say.stale);
  confirmed("apply", "", null, null);
  const state = await errand((each) => { byId("ask-text").textContent = told("applying", each); });
  const ending = confirmed("apply", state.error || say.applied, null, "back");
  const line = (each) => `${each.name} ${told(`result_${each.status in { CLEAN: 1, REVIEW: 1 } ? each.status : "OTHER"}`, each)}`;
  byId("ask-list").replaceChildren(...(state.result ?? []).map((each) => made("li", line(each))));
  forget();
  await decisions.load();
  show(Math.min(now.index, decisions.items.length - 1), 0);
  await ending;
}

async function done() {
  if (decisions.open && !(await confirmed("done", say.done_unapplied, "done_anyway", "back"))) return;
  if (location.pathname !== "/") return void location.assign("/"); // on the way from files to a folder
  await send("/done").catch(() => {});
  const end = made("main");
  end.append(made("h1", say.done_text));
  document.body.replaceChildren(end);
}

const clicks = {
  before: () => { now.side = "before"; paint(); },
  after: () => { now.side = "after"; paint(); },
  move: () => choose("move"),
  draw: () => choose("draw"),
  smaller: () => view.zoom(1 / 1.4),
  larger: () => view.zoom(1.4),
  fit: () => view.fit(),
  undo: () => change(() => decisions.undo()),
  redo: () => change(() => decisions.redo()),
  accept: () => accept([now.index]),
  "accept-series": () => accept([...new Set(stack().map(([index]) => index))]),
  apply, done,
};
for (const [id, does] of Object.entries(clicks)) byId(id).addEventListener("click", does);
byId("slice").addEventListener("input", () => show(...stack()[Number(byId("slice").value)]));

function choose(tool) {
  view.tool = tool;
  for (const each of ["move", "draw"]) byId(each).setAttribute("aria-pressed", each === tool);
  byId("view").classList.toggle("drawing", tool === "draw");
}

const keys = {
  " ": compare,
  Enter: () => accept([now.index]),
  d: () => { byId("view").focus(); view.beginByKeys(); },
  "+": () => view.zoom(1.4),
  "-": () => view.zoom(1 / 1.4),
  0: () => view.fit(),
  ArrowLeft: () => view.pan(40, 0),
  ArrowRight: () => view.pan(-40, 0),
  ArrowUp: () => view.pan(0, 40),
  ArrowDown: () => view.pan(0, -40),
  PageDown: () => turn(1),
  PageUp: () => turn(-1),
};

document.addEventListener("keydown", (event) => {
  if (byId("ask").open) return;
  const isMod = event.ctrlKey || event.metaKey;
  if (isMod && ["z", "y"].includes(event.key.toLowerCase())) {
    event.preventDefault();
    clicks[event.key === "z" ? "undo" : "redo"]();
    return;
  }
  const isControl = event.target.closest("button, select, input, summary, a");
  if (isMod || event.altKey || (isControl && !["d", "PageDown", "PageUp"].includes(event.key))) return;
  if (view.key(event)) return event.preventDefault();
  const does = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!does) return;
  event.preventDefault();
  does();
});

await decisions.load();
await show(0, 0);
