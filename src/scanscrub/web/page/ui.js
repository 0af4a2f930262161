// The way from files to a folder that may be shared. How far the person is, the program knows.

import { ask, byId, errand, made, say, send, told } from "/server.js";

const SECTIONS = ["choose", "busy", "look", "share"];
let shown = "";

function show(section, step = section) {
  for (const each of SECTIONS) byId(each).hidden = each !== section;
  for (const each of document.querySelectorAll("[data-step]")) {
    if (each.dataset.step === step) each.setAttribute("aria-current", "step");
    else each.removeAttribute("aria-current");
  }
  if (shown && shown !== section) byId(`${section}-title`).focus();
  shown = section;
}

async function refresh() {
  const way = await ask("/way");
  if (way.step === "choose") return show("choose");
  if (way.step === "look") {
    byId("words").replaceChildren();
    for (const line of way.words) {
      const last = byId("words").lastElementChild;
      if (!line.startsWith("  - ")) byId("words").append(made("p", line));
      else if (last?.tagName === "UL") last.append(made("li", line.slice(4)));
      else byId("words").append(made("ul")), byId("words").lastElementChild.append(made("li", line.slice(4)));
    }
    byId("to").value = byId("to").value || way.folder;
    byId("make-form").hidden = !way.has_images;
    return show("look");
  }
  const { clean, review, without, why, stopped } = way.summary;
  const lines = [
    stopped && say.share_stopped,
    told("share_clean", { count: clean }),
    review && told("share_review", { count: review }),
    without && told("share_without", { count: without }),
    ...why.map((each) => `${each.count}: ${each.reason}`),
  ];
  byId("summary").replaceChildren(...lines.filter(Boolean).map((line) => made("li", line)));
  byId("folder-made").textContent = way.folder;
  byId("open").hidden = !way.can_open;
  byId("check-part").hidden = !way.can_check;
  byId("chatbot").hidden = clean + review === 0 || way.has_chatbot;
  byId("chatbot-made").hidden = !way.has_chatbot;
  show("share", way.can_check ? "check" : "share");
}

/** Have something done, and show how far it is. */
async function run(path, body, name) {
  byId("wrong").textContent = "";
  const { ok } = await send(path, body);
  if (!ok) return void (byId("wrong").textContent = say.not_now);
  await watch(name);
}

async function watch(name) {
  byId("busy-title").textContent = say[`busy_${name}`];
  show("busy", name === "chatbot" ? "share" : name);
  const state = await errand(({ done, total }) => {
    byId("how-far").textContent = total ? told("how_far", { done, total }) : "";
    if (total) Object.assign(byId("bar"), { max: total, value: done });
    else byId("bar").removeAttribute("value");
  });
  byId("wrong").textContent = state.error;
  await refresh();
}

const listFolder = async (path) => {
  const { said } = await send("/folder", { path });
  byId("browser").hidden = false;
  byId("here").textContent = said.path;
  byId("up").onclick = () => listFolder(said.parent);
  const join = (name) => `${said.path.replace(/[/\\]$/, "")}/${name}`;
  const entry = (name, mark, does) => {
    const line = made("li");
    const button = made("button", `${name}${mark}`, { type: "button" });
    button.addEventListener("click", does);
    line.append(button);
    return line;
  };
  byId("folder").replaceChildren(
    ...said.folders.map((name) => entry(name, "/", () => listFolder(join(name)))),
    ...said.files.map((name) => entry(name, "", () => { byId("path").value = join(name); byId("path").focus(); })),
    ...(said.more ? [made("li", told("choose_more", { count: said.more }))] : []),
    ...(said.readable ? [] : [made("li", say.choose_unreadable)]),
  );
};

const on = (id, kind, does) => byId(id).addEventListener(kind, (event) => {
  event.preventDefault();
  Promise.resolve(does(event)).catch(() => { byId("wrong").textContent = say.unreachable; });
});

on("choose-form", "submit", () => run("/choose", { paths: [byId("path").value] }, "look"));
on("browse", "click", () => listFolder(byId("path").value));
on("take", "click", () => { byId("path").value = byId("here").textContent; byId("path").focus(); });
on("make-form", "submit", () => run("/make", { folder: byId("to").value }, "make"));
on("stop", "click", () => send("/stop"));
on("open", "click", async () => {
  const { ok } = await send("/open");
  byId("wrong").textContent = ok ? "" : say.not_opened;
});
on("chatbot", "click", () => run("/chatbot", {}, "chatbot"));
on("done", "click", async () => {
  await send("/done").catch(() => {});
  const end = made("main");
  end.append(made("h1", say.done_text));
  document.body.replaceChildren(end);
});
for (const again of document.querySelectorAll(".again")) again.addEventListener("click", async () => {
  await send("/again");
  byId("to").value = byId("path").value = "";
  refresh();
});

const state = await ask("/errand");
if (state.running) await watch(state.name === "apply" ? "make" : state.name);
else await refresh();
