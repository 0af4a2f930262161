// Pictures and masks of frames, as few kept as a person goes back and forth between. Nothing is stored by the browser.

import { ask } from "/server.js";

const MOST = 24;
const kept = new Map();

function remembered(path, get) {
  const known = kept.get(path) ?? get();
  kept.delete(path);
  kept.set(path, known);
  known.catch(() => kept.delete(path));
  while (kept.size > MOST) kept.delete(kept.keys().next().value);
  return known;
}

export function forget() {
  kept.clear();
}

export function picture(item, frame, side) {
  const path = `/items/${item}/frames/${frame}/${side}.png`;
  return remembered(path, async () => {
    const answer = await fetch(path);
    if (!answer.ok) throw new Error(String(answer.status));
    return createImageBitmap(await answer.blob());
  });
}

export function places(item, frame) {
  const path = `/items/${item}/frames/${frame}/places`;
  return remembered(path, () => ask(path));
}
