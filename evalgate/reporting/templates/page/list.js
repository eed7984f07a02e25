// The list of cases: filtered, searched and sorted; only what fits a few screens is drawn at once.

const OUTCOMES = ["regressed", "failing", "errored", "skipped", "fixed", "waived", "unchanged"];
const MARKS = ["critical", "flaky", "ungraded", "new", "edited"];
const DRAWN = 60;
const FIELDS = { q: "search", prompt: "prompt-filter", tag: "tag-filter", grader: "grader-filter", sort: "sort" };

const list = { rows: [], matching: [], drawn: 0, choice: choiceAt(""), words: null, isDrawn: false, opened: "", leftAt: 0 };

const urgency = (row) => OUTCOMES.indexOf(row.outcome) * 2 - row.marks.includes("critical");
const ORDERS = {
  "": (one, other) => urgency(one) - urgency(other) || (one.change ?? 0) - (other.change ?? 0),
  id: (one, other) => (one.id < other.id ? -1 : one.id > other.id ? 1 : 0),
  better: (one, other) => (other.change ?? -2) - (one.change ?? -2),
  slow: (one, other) => (other.ms ?? -1) - (one.ms ?? -1),
  cost: (one, other) => (other.cost ?? -1) - (one.cost ?? -1),
};

/** Returns the order that is chosen; an address may name anything. */
const orderOf = ({ sort }) => ORDERS[Object.hasOwn(ORDERS, sort) ? sort : ""];

const ownWords = (row) => [row.id, ...row.tags, row.says].join("\n").normalize("NFKC").toLowerCase();

/** Tells whether a case is wanted, whatever its outcome and marks. */
function isWanted(row, choice, sought) {
  return (!choice.prompt || String(row.number) === choice.prompt)
    && (!choice.tag || row.tags.includes(choice.tag))
    && (!choice.grader || row.failing.includes(choice.grader))
    && sought.every((word) => ownWords(row).includes(word) || (list.words?.[row.place] || "").includes(word));
}

const hasOutcome = (row, { outcome }) => !outcome.length || outcome.includes(row.outcome);
const hasMark = (row, { mark }) => !mark.length || row.marks.some((each) => mark.includes(each));

function rowItem(row) {
  return element("li", null, element("a", { class: `row is-${row.outcome}`, href: addressOf(row) },
    element("span", { class: "title" }, named(row.id), ...marksOf(row)), " ",
    element("span", { class: "change" }, element("b", null, row.outcome), ` · ${changeOf(row)}`), " ",
    element("span", { class: "tags" }, ...tagsOf(row)),
    row.says && element("span", { class: "complaint" }, ...prose(row.says))));
}

function drawMore() {
  const next = list.matching.slice(list.drawn, list.drawn + DRAWN);
  byId("rows").append(...next.map(rowItem));
  list.drawn += next.length;
  byId("more").hidden = list.drawn >= list.matching.length;
}

/** Draws the buttons of one kind with how many cases each would show. */
function drawChips(id, names, kind, wanted) {
  const field = byId(id);
  const chosen = list.choice[kind];
  const carries = (row, name) => (kind === "outcome" ? row.outcome === name : row.marks.includes(name));
  const held = document.activeElement?.closest(`#${id}`) ? document.activeElement.value : null;
  const chips = names
    .filter((name) => list.rows.some((row) => carries(row, name)))
    .map((name) => {
      const number = wanted.filter((row) => carries(row, name)).length;
      const chip = element("button", {
        type: "button", class: `chip is-${name}`, value: name, "aria-pressed": String(chosen.includes(name)),
      }, element("b", null, number.toLocaleString("en")), ` ${name}`);
      chip.addEventListener("click", () => {
        const rest = chosen.filter((each) => each !== name);
        choose({ [kind]: rest.length < chosen.length ? rest : [...chosen, name] });
      });
      return chip;
    });
  field.replaceChildren(field.firstElementChild, ...chips);
  field.hidden = !chips.length;
  if (held) chips.find((chip) => chip.value === held)?.focus();
}

/** Draws the list as the choice wants it. */
function drawList() {
  const { choice } = list;
  const sought = choice.q.normalize("NFKC").toLowerCase().split(/\s+/u).filter(Boolean);
  const wanted = list.rows.filter((row) => isWanted(row, choice, sought));
  list.matching = wanted
    .filter((row) => hasOutcome(row, choice) && hasMark(row, choice))
    .sort(orderOf(choice));
  list.drawn = 0;
  byId("rows").replaceChildren();
  drawChips("outcomes", OUTCOMES, "outcome", wanted.filter((row) => hasMark(row, choice)));
  drawChips("marks", MARKS, "mark", wanted.filter((row) => hasOutcome(row, choice)));
  byId("shown").textContent = `${list.matching.length.toLocaleString("en")} of ${plural(list.rows.length, "case")}`;
  drawMore();
  prepareToPrint();
}

/** Changes the choice; the address follows, so that it can be sent to somebody. */
function choose(change) {
  list.choice = { ...list.choice, ...change };
  drawList();
  // Last, since a browser refuses it to those who type very fast.
  history.replaceState(null, "", addressOfList(list.choice));
}

/** Shows the list with the choice that an address names; one that is shown already stays. */
function openList(hash) {
  const choice = choiceAt(hash);
  if (list.isDrawn && addressOfList(choice) === addressOfList(list.choice)) return;
  list.isDrawn = true;
  list.choice = choice;
  for (const [name, id] of Object.entries(FIELDS)) byId(id).value = list.choice[name];
  if (list.choice.q) searchEverything();
  drawList();
}

/** Returns to where the reader left the list for a case. */
function returnToList() {
  const link = byId("rows").querySelector(`a[href="${list.opened}"]`);
  list.opened = "";
  scrollTo(0, list.leftAt);
  (link || byId("cases")).focus({ preventScroll: true });
}

/** Reads the whole of all cases, once somebody searches, and draws again. */
async function searchEverything() {
  if (list.words) return;
  list.words = [];
  list.words = await allWords();
  drawList();
}

function fill(select, all, names) {
  select.replaceChildren(element("option", { value: "" }, all), ...names.map(([value, text]) => element("option", { value }, text)));
}

const distinct = (values) => [...new Set(values)].sort().map((value) => [value, value]);

function prepareList(rows) {
  list.rows = rows;
  const titleOf = ({ name, version, evalset }) => `${name} ${version} · ${evalset}`;
  const prompts = new Map(rows.map((row) => [String(row.number), titleOf(row.prompt)]));
  fill(byId("prompt-filter"), "all", [...prompts]);
  byId("prompt-field").hidden = prompts.size < 2;
  fill(byId("tag-filter"), "any", distinct(rows.flatMap((row) => row.tags)));
  fill(byId("grader-filter"), "any", distinct(rows.flatMap((row) => row.failing)));
  const form = byId("filters");
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", (event) => {
    if (!event.target.name) return;
    if (event.target.name === "q") searchEverything();
    choose({ [event.target.name]: event.target.value });
  });
  form.addEventListener("reset", () => { list.choice = choiceAt(""); choose({}); });
  byId("csv").addEventListener("click", () => save("cases.csv", "text/csv", asCsv(list.matching)));
  byId("json").addEventListener("click", async () => save("cases.json", "application/json", await asJson(list.matching)));
  byId("more").addEventListener("click", () => {
    const before = list.drawn;
    drawMore();
    byId("rows").children[before]?.querySelector("a").focus();
  });
  const drawWhenNear = (seen) => {
    if (seen.some((each) => each.isIntersecting) && !byId("cases").hidden) drawMore();
  };
  new IntersectionObserver(drawWhenNear, { rootMargin: "800px" }).observe(byId("more"));
  byId("rows").addEventListener("keydown", (event) => {
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    const other = step && event.target.closest("li")?.[step]?.querySelector("a");
    if (other) {
      event.preventDefault();
      other.focus();
    }
  });
}
