// What was decided of each file, with undo. The program holds the truth; another tab may have changed it.

import { ask, send } from "/server.js";

const isSame = (one, other) => one.every((number, index) => number === other[index]);
const isIn = (place, frame) => place.frame === null || place.frame === frame;
const placeOf = (places, frame, box) => places.find((place) => isIn(place, frame) && isSame(place.box, box));
const without = (places, frame, box) => places.filter((place) => !(isSame(place.box, box) && (frame === null || isIn(place, frame))));

export class Decisions {
  async load() {
    const state = await ask("/review.json");
    this.version = state.version;
    this.makesAllAnew = state.makes_all_anew;
    this.items = state.items;
    this.before = [];
    this.behind = [];
  }

  added(index, frame) {
    return this.items[index].decision.added.filter((place) => isIn(place, frame));
  }

  isApplied(index, frame, box) {
    return Boolean(placeOf(this.items[index].applied.added, frame, box));
  }

  /** How many files have masks that are not yet as they were decided. */
  get open() {
    const places = ({ added, removed }) => JSON.stringify([added, removed]);
    return this.items.filter((item) => places(item.decision) !== places(item.applied)).length;
  }

  isRemoved(index, frame, box) {
    return Boolean(placeOf(this.items[index].decision.removed, frame, box)) && !this.refusal(index, frame, box);
  }

  /** The place that was to go when the copy was made, and had to stay; none where only now somebody confirmed it. */
  refusal(index, frame, box) {
    const { decision, refused } = this.items[index];
    const place = placeOf(refused, frame, box);
    const isNew = place && !place.confirmed && placeOf(decision.removed, frame, box)?.confirmed;
    return isNew ? undefined : place;
  }

  /** Put a mask on the frames of a `scope`: pairs of an index and a frame, or null for all frames. */
  add(scope, box) {
    return this.#change(scope, (decision, frame) => ({ ...decision, added: [...decision.added, { box, frame, confirmed: false }] }));
  }

  /** Take a mask away: one that was drawn is forgotten, another one is named. */
  remove(scope, box, confirmed) {
    return this.#change(scope, (decision, frame) => ({
      ...decision, removed: [...without(decision.removed, frame, box), { box, frame, confirmed }],
    }));
  }

  forgetAdded(scope, box) {
    return this.#change(scope, (decision, frame) => ({
      ...decision, added: without(decision.added, frame, box),
    }));
  }

  keep(scope, box) {
    return this.#change(scope, (decision, frame) => ({
      ...decision, removed: without(decision.removed, frame, box),
    }));
  }

  accept(indexes) {
    return this.#change(indexes.map((index) => [index, null]), (decision) => ({ ...decision, looked_at: true }));
  }

  undo() {
    return this.#goBack(this.before, this.behind);
  }

  redo() {
    return this.#goBack(this.behind, this.before);
  }

  async #change(scope, change) {
    const now = {};
    for (const [index, frame] of scope) now[index] = change(now[index] ?? this.items[index].decision, frame);
    const then = this.#of(Object.keys(now));
    const isTaken = await this.#send(now);
    if (isTaken) {
      this.before.push(then);
      this.behind = [];
    }
    return isTaken;
  }

  async #goBack(from, to) {
    const goal = from.pop();
    if (!goal) return true;
    const now = this.#of(Object.keys(goal));
    const isTaken = await this.#send(goal);
    if (isTaken) to.push(now);
    return isTaken;
  }

  #of(indexes) {
    return Object.fromEntries(indexes.map((index) => [index, this.items[index].decision]));
  }

  /** False where another tab was faster: then everything is as it is there. */
  async #send(items) {
    const { ok, said } = await send("/decisions", { version: this.version, items });
    if (!ok) {
      await this.load();
      return false;
    }
    this.version = said.version;
    for (const [index, decision] of Object.entries(items)) {
      this.items[index].decision = decision;
    }
    return true;
  }
}
