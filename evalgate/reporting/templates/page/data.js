// Reads the data that the page carries: the list of cases at once, the whole of a case when asked.

const casesInChunk = () => Number(byId("list").dataset.chunk);
const chunks = new Map();

async function unpacked(id) {
  const packed = atob(byId(id).textContent.trim());
  const bytes = Uint8Array.from(packed, (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

/** Returns the cases of a chunk, none where it is damaged; a chunk is unpacked once. */
function chunk(number) {
  if (!chunks.has(number)) chunks.set(number, unpacked(`chunk-${number}`).catch(() => []));
  return chunks.get(number);
}

/** Returns the whole of a case, or null where the page has only its numbers, or can read no more. */
async function wholeOf(row) {
  if (row.place === undefined) return null;
  const cases = await chunk(Math.floor(row.place / casesInChunk()));
  return cases[row.place % casesInChunk()] ?? null;
}

/** Returns every case of the report as a row that knows its prompt. */
async function allRows() {
  const list = await unpacked("list");
  return list.prompts.flatMap((prompt, number) =>
    prompt.cases.map((row) => ({ tags: [], marks: [], failing: [], says: "", ...row, prompt, number: number + 1 })),
  );
}

/** Returns all that a reader may search for in the whole of a case, in lower case. */
function wordsOf(whole) {
  const answers = Object.values(whole.arms);
  return [
    ...whole.given.map(([, text]) => text),
    whole.expected ? whole.expected[0] : "",
    ...answers.map((arm) => arm.answer[0]),
    ...answers.flatMap((arm) => arm.grades.flatMap((grade) => [grade.grader, grade.says])),
  ].join("\n").normalize("NFKC").toLowerCase();
}

/** Returns the words of every case that can be told, by its place. */
async function allWords() {
  const words = [];
  for (let number = 0; byId(`chunk-${number}`); number += 1) {
    const first = number * casesInChunk();
    (await chunk(number)).forEach((whole, place) => { words[first + place] = wordsOf(whole); });
  }
  return words;
}
