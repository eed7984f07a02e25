// Copies texts, and saves what is listed as a file. Neither needs a server.

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedByHand(text);
  }
}

/** Copies by a selection, for pages that may not use the clipboard otherwise. */
function copiedByHand(text) {
  const field = element("textarea", { class: "visually-hidden", "aria-hidden": "true" });
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}

/** Returns a button that copies a text and says whether that worked. */
function copyButton(label, text) {
  const made = button(label, async () => {
    const done = await copied(text());
    made.textContent = done ? "Copied" : "Not copied";
    announce(done ? `${label}: done` : `${label}: the browser refused`);
    setTimeout(() => { made.textContent = label; }, 1500);
  });
  return made;
}

function save(name, kind, text) {
  const address = URL.createObjectURL(new Blob([text], { type: kind }));
  const link = element("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

const COLUMNS = {
  prompt: (row) => row.prompt.name,
  baseline: (row) => row.prompt.baseline,
  version: (row) => row.prompt.version,
  evalset: (row) => row.prompt.evalset,
  case: (row) => row.id,
  outcome: (row) => row.outcome,
  before: (row) => row.before,
  after: (row) => row.after,
  change: (row) => row.change ?? "",
  marks: (row) => row.marks.join(" "),
  tags: (row) => row.tags.join(" "),
  failing_graders: (row) => row.failing.join(" "),
  says: (row) => row.says,
  slowest_ms: (row) => row.ms ?? "",
  cost_usd: (row) => row.cost ?? "",
};

/** Tells whether a spreadsheet would take a text for a formula, in letters of any width. */
const isFormula = (value) => /^[=+\-@]/.test(value.trimStart().slice(0, 1).normalize("NFKC"));

/** Returns a value for a table; a text that a spreadsheet would run as a formula is quoted. */
function cell(value) {
  const text = typeof value === "string" && isFormula(value) ? `'${value}` : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function asCsv(rows) {
  const lines = rows.map((row) => Object.values(COLUMNS).map((column) => cell(column(row))).join(","));
  return [Object.keys(COLUMNS).join(","), ...lines, ""].join("\r\n");
}

async function asJson(rows) {
  const told = rows.map(async (row) => {
    const numbers = Object.fromEntries(Object.entries(COLUMNS).map(([name, column]) => [name, column(row)]));
    const { diff: _, ...whole } = (await wholeOf(row)) ?? {};
    return { ...numbers, marks: row.marks, tags: row.tags, failing_graders: row.failing, ...whole };
  });
  return JSON.stringify({ schema: "report-cases/1", cases: await Promise.all(told) }, null, 2);
}
