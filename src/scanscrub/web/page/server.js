// What the page asks of the program, and the sentences in the person's language.

export const say = await (await fetch("/sentences.json")).json();

/** The sentence of that name, its {places} filled in. */
export function told(name, places = {}) {
  return say[name].replace(/\{(\w+)\}/g, (_, place) => places[place] ?? "");
}

export const byId = (id) => document.getElementById(id);

export async function ask(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

/** Send a JSON object; the answer with its status in `ok` and `status`. */
export async function send(path, body = {}) {
  const answer = await fetch(path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  const said = answer.headers.get("Content-Type") === "application/json" ? await answer.json() : {};
  return { ok: answer.ok, status: answer.status, said };
}

/** Wait for the errand to end, and tell how far it is. */
export async function errand(tell) {
  for (;;) {
    const state = await ask("/errand");
    tell(state);
    if (!state.running) return state;
    await new Promise((go) => setTimeout(go, 250));
  }
}

/** An element with its text. */
export function made(tag, text = "", attributes = {}) {
  const element = document.createElement(tag);
  element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
