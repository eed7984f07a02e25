// Prints what the reader looks at: one case, or the whole report with the cases of the list.

const PRINTED = 20;

/** Lays out the first cases of the list in full; they must be at hand before the printer asks. */
async function layOut() {
  const first = list.matching.slice(0, PRINTED);
  const told = async (row) => caseStory(row, await wholeOf(row), { isPrinted: true });
  const stories = await Promise.all(first.map(async (row) => element("section", { class: "printed" }, await told(row))));
  const more = list.matching.length - first.length;
  byId("printed").replaceChildren(...stories, more > 0 ? element("p", null, `${plural(more, "more case")} in the list above.`) : "");
}

/** Unpacks what would be printed; the browser's own menu waits for nothing that is not at hand. */
function prepareToPrint() {
  const whenIdle = window.requestIdleCallback || ((work) => setTimeout(work, 500));
  whenIdle(() => list.matching.slice(0, PRINTED).forEach(wholeOf));
}

async function printPage() {
  await layOut();
  window.print();
}
