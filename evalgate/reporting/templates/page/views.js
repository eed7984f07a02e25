// Shows one view at a time, as the address says.

let rows = [];

const TITLE = document.title;
const LONGEST_NAME = 80;

/** Names the view in the title of the page, so that tabs and bookmarks can be told apart. */
function entitle(id) {
  const heading = id === "overview" ? null : byId(`${id}-title`);
  const name = heading?.querySelector("bdi") || heading;
  document.title = name ? `${name.textContent.slice(0, LONGEST_NAME)} · ${TITLE}` : TITLE;
}

const views = () => [...document.querySelectorAll(".view")];

function show(id) {
  for (const view of views()) view.hidden = view.id !== id;
  for (const link of document.querySelectorAll(".top nav a")) {
    const isHere = link.getAttribute("href") === `#${id === "case" ? "cases" : id}`;
    if (isHere) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.documentElement.dataset.view = id;
  entitle(id);
}

async function openCase(hash) {
  const row = rowAt(hash, rows);
  const view = byId("case");
  if (!row) {
    view.replaceChildren(element("h1", { id: "case-title", class: "case-title", tabindex: "-1" }, "There is no such case"),
      element("p", null, "This report has no case at that address: ", element("a", { href: "#cases" }, "all cases"), "."));
  } else {
    const whole = await wholeOf(row);
    if (location.hash !== hash) return;
    view.replaceChildren(neighbours(row, list.matching), ...caseStory(row, whole));
    list.opened = addressOf(row);
  }
  if (!byId("cases").hidden) list.leftAt = scrollY;
  show("case");
  scrollTo(0, 0);
  byId("case-title").focus({ preventScroll: true });
}

/** Shows what the address names; an element inside of a view is shown in its place. */
async function follow({ isFirst = false } = {}) {
  const { hash } = location;
  if (hash === "#main") return byId("main").focus();
  if (hash.startsWith("#case/")) return openCase(hash);
  const name = hash.slice(1).split("?")[0] || "overview";
  const target = byId(name);
  const view = target?.closest(".view");
  const shown = view && view.id !== "case" ? view : byId("overview");
  if (shown.id === "cases") openList(hash);
  show(shown.id);
  if (shown.id === "cases" && list.opened) return returnToList();
  if (target && target !== shown) target.scrollIntoView();
  else if (!isFirst) scrollTo(0, 0);
  if (!isFirst) shown.focus({ preventScroll: true });
}

function onArrow(event) {
  if (byId("case").hidden || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest("input, select, textarea, pre, .scroll")) return;
  const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  if (rel) byId("case").querySelector(`a[rel=${rel}]`)?.click();
}

async function begin() {
  document.documentElement.classList.add("scripted");
  setTheme(remembered());
  byId("theme").addEventListener("click", nextTheme);
  byId("print").addEventListener("click", printPage);
  byId("copy-command")?.append(copyButton("Copy command", () => byId("command").textContent));
  byId("theme").hidden = byId("print").hidden = false;
  rows = await allRows();
  prepareList(rows);
  openList(location.hash.startsWith("#cases") ? location.hash : "");
  addEventListener("hashchange", () => follow());
  addEventListener("keydown", onArrow);
  addEventListener("beforeprint", layOut);
  await follow({ isFirst: true });
  document.documentElement.dataset.ready = "";
}

begin().catch((error) => {
  // A browser that cannot read the data shows the page as one without a script does.
  document.documentElement.classList.remove("scripted");
  throw error;
});
