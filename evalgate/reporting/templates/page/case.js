// Shows one case: what was asked, both answers side by side, the grades, and every trial.

const SIDES = { baseline: ["Before", "gone"], candidate: ["After", "added"] };
const WORDS_OF_GRADES = { true: ["good", "✓", "passes"], false: ["bad", "✗", "fails"], null: ["ungraded", "?", "not graded"] };

const SOURCES = { record: "the record", evidence: "an earlier run", cache: "stored answers" };

const note = (text) => element("p", { class: "note" }, text);
const tagsOf = (row) => row.tags.map((tag) => element("span", { class: "tag" }, named(tag)));
const marksOf = (row) => row.marks.map((mark) => element("span", { class: `mark is-${mark}` }, mark));
const changeOf = (row) => [row.before, row.after].filter(Boolean).join(" → ") || "not graded";

const framed = (label, text) => element("pre", { tabindex: "0", "aria-label": label }, text.length ? text : "(nothing)");

function block([text, missing], label) {
  return [framed(label, text), missing && note(`… ${missing}`)];
}

function given(title, text) {
  return element("div", null, element("h2", null, title), block(text, typeof title === "string" ? title : "Input"));
}

/** Returns an answer in which the words are marked that the other one does not have. */
function answerOf(whole, arm, isMarked) {
  const side = whole.arms[arm];
  const [title, own] = SIDES[arm];
  if (!whole.diff || !isMarked) return block(side.answer, `${title}: the answer`);
  const pieces = whole.diff.filter(([kind]) => kind === "same" || kind === own);
  const name = own === "gone" ? "del" : "ins";
  const text = pieces.map(([kind, piece]) => (kind === "same" ? piece : element(name, null, piece)));
  return block([text, side.answer[1]], `${title}: the answer`);
}

function gradeItem(grade) {
  const [kind, sign, word] = WORDS_OF_GRADES[grade.passed];
  const more = [
    grade.cause && `: ${grade.cause}`,
    grade.score !== null && ![0, 1].includes(grade.score) && `, score ${grade.score}`,
    !grade.required && ", not required",
  ];
  return element("li", { class: `is-${kind}` },
    element("span", { class: "sign", "aria-hidden": "true" }, sign),
    element("span", null, element("b", null, grade.grader), " ", element("span", { class: "word" }, word, more),
      grade.says && [element("br"), ...prose(grade.says)]));
}

/** Returns the grades of an answer, what fails or is missing first. */
function gradesOf(side) {
  const ranked = [...side.grades].sort((one, other) => (one.passed === true) - (other.passed === true));
  return element("ul", { class: "grades" }, ranked.map(gradeItem));
}

function sideOf(whole, row, arm, isMarked) {
  const side = whole.arms[arm];
  const trials = (whole.trials[arm] || []).length;
  const about = [
    ` · trial ${side.trial + 1}`, trials > 1 && ` of ${trials}`,
    !["", "end_turn"].includes(side.stop) && ` · stopped by ${side.stop}`,
  ];
  return element("div", { class: `side is-${arm}` },
    element("h2", null, SIDES[arm][0], " ", element("span", { class: "quiet" }, named(side.version), about)),
    answerOf(whole, arm, isMarked), gradesOf(side));
}

/** Returns both answers, with a box that shows or hides what differs. */
function sidesOf(whole, row) {
  const arms = Object.keys(SIDES).filter((arm) => whole.arms[arm]);
  if (!arms.length) return element("p", null, "There is no graded answer to show.");
  const sides = element("div", { class: arms.length < 2 ? "sides single" : "sides" });
  const draw = (isMarked) => sides.replaceChildren(...arms.map((arm) => sideOf(whole, row, arm, isMarked)));
  draw(true);
  if (arms.length < 2) return sides;
  if (!whole.diff) return [note("The answers have next to nothing in common, so their words are not compared."), sides];
  if (whole.diff.every(([kind]) => kind === "same")) return [note("Both answers are the same."), sides];
  const box = element("input", { type: "checkbox", checked: true });
  box.addEventListener("change", () => draw(box.checked));
  return [element("p", { class: "choice" }, element("label", null, box, " Mark what differs")), sides];
}

/** Returns the kind of an outcome, its sign, and what it is called. */
function outcomeOf(trial) {
  if (trial.outcome == null) return ["ungraded", "?", trial.why || "no grade"];
  if (trial.outcome === 1) return ["good", "✓", "passed"];
  if (trial.outcome === 0) return ["bad", "✗", "failed"];
  return ["ungraded", "◐", `score ${trial.outcome.toFixed(2)}`];
}

function trialRow(arm, trial) {
  const [kind, sign, words] = outcomeOf(trial);
  const notes = [
    trial.confirms && "confirms a loss",
    trial.reused && `from ${SOURCES[trial.reused] || trial.reused}`,
  ];
  const answer = trial.answer && element("details", null,
    element("summary", null, "Answer"), block(trial.answer, `The answer of trial ${trial.trial + 1}`));
  return element("tr", null,
    element("th", { scope: "row" }, `${SIDES[arm][0]}, ${trial.trial + 1}`),
    element("td", { class: `is-${kind}` }, `${sign} ${words}`),
    element("td", { class: "number" }, trial.ms === undefined ? "–" : `${trial.ms.toLocaleString("en")} ms`),
    element("td", { class: "number" }, trial.cost === undefined ? "unknown" : `$${trial.cost.toFixed(5)}`),
    element("td", null, notes.filter(Boolean).join(", ")),
    element("td", null, answer));
}

const headOf = ([head, kind]) => element("th", { scope: "col", class: kind }, head);

function trialsOf(whole) {
  const rows = Object.keys(SIDES).flatMap((arm) => (whole.trials[arm] || []).map((trial) => trialRow(arm, trial)));
  if (!rows.length) return null;
  const heads = [["Trial"], ["Outcome"], ["Time", "number"], ["Cost", "number"], ["Note"], ["Answer"]];
  return [
    element("h2", null, "Trials"),
    element("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Trials" },
      element("table", { class: "trials" },
        element("thead", null, element("tr", null, heads.map(headOf))),
        element("tbody", null, rows))),
  ];
}

function historyOf(whole) {
  if (!whole.history.length) return null;
  return [
    element("h2", null, "On record"),
    element("ol", { class: "history" }, [...whole.history].reverse().map(([day, version, tally]) =>
      element("li", null, element("span", { class: "quiet" }, day), " ", named(version), " ", element("b", null, tally)))),
  ];
}

function neighbours(row, among) {
  const at = among.indexOf(row);
  const link = (other, words, rel) => other && element("a", { href: addressOf(other), rel }, words);
  return element("p", { class: "neighbours" },
    element("a", { href: addressOfList(list.choice) }, "All cases"),
    link(among[at - 1], "Previous", "prev"), link(at >= 0 && among[at + 1], "Next", "next"),
    at >= 0 && among.length > 1 && element("span", { class: "quiet" }, `${at + 1} of ${plural(among.length, "case")}`));
}

function copies(whole) {
  return element("p", { class: "copies" },
    copyButton("Copy link", () => location.href),
    whole.command && copyButton("Copy command", () => whole.command),
    whole.source && copyButton("Copy as YAML", () => whole.source));
}

function folded(title, text, label) {
  const head = element("summary", null, element("h2", null, title));
  return element("details", { class: "group" }, head, block([text], label));
}

/** Returns all that there is to read about a case; `whole` is null where there are only numbers. */
function caseStory(row, whole, { isPrinted = false } = {}) {
  const head = isPrinted ? { class: "case-title" } : { id: "case-title", class: "case-title", tabindex: "-1" };
  return [
    element(isPrinted ? "h2" : "h1", head, named(row.id), ...marksOf(row)),
    element("p", { class: `outcome-line is-${row.outcome}` },
      element("b", null, row.outcome), ` · ${changeOf(row)} · `, named(row.prompt.name), " ",
      row.prompt.baseline && [named(row.prompt.baseline), " → "], named(row.prompt.version), " ", ...tagsOf(row)),
    whole === null && note("This page has only the numbers of this case, or can read no more of it; trials.jsonl has its answers."),
    whole && [
      !isPrinted && copies(whole),
      element("div", { class: "given" },
        whole.given.map(([name, ...text]) => given(["Input ", element("code", null, name)], text)),
        whole.expected && given("Expected", whole.expected)),
      sidesOf(whole, row), !isPrinted && trialsOf(whole), historyOf(whole),
      !isPrinted && whole.command && folded("Run this case again", whole.command, "The command"),
      !isPrinted && whole.source && folded("The case as YAML", whole.source, "The case as YAML"),
      whole.cluster && element("p", { class: "note" }, "Cluster: ", named(whole.cluster)),
    ],
  ].flat(2).filter(Boolean);
}
