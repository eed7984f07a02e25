// Turns the part of the address behind # into a place on the page, and back.

const segments = (text) => text.split("/").map((part) => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
});

/** Returns the address of a case: the same in every report of this prompt, version and set. */
function addressOf(row) {
  const names = [row.prompt.name, row.prompt.version, row.prompt.evalset, row.id];
  return `#case/${names.map(encodeURIComponent).join("/")}`;
}

/** Returns the row that an address names, if there is one. */
function rowAt(hash, rows) {
  const [name, version, evalset, ...id] = segments(hash.slice("#case/".length));
  return rows.find((row) => row.id === id.join("/")
    && row.prompt.name === name && row.prompt.version === version && row.prompt.evalset === evalset);
}

/** Returns the address of the list with a choice of cases. */
function addressOfList(choice) {
  const words = new URLSearchParams();
  for (const [key, value] of Object.entries(choice)) {
    if (value.length) words.set(key, Array.isArray(value) ? value.join(",") : value);
  }
  const text = words.toString();
  return text ? `#cases?${text}` : "#cases";
}

/** Returns the choice of cases that an address names. */
function choiceAt(hash) {
  const words = new URLSearchParams(hash.split("?")[1] || "");
  const several = (key) => (words.get(key) || "").split(",").filter(Boolean);
  const one = (key) => words.get(key) || "";
  return {
    outcome: several("outcome"), mark: several("mark"), prompt: one("prompt"), tag: one("tag"),
    grader: one("grader"), q: one("q"), sort: one("sort"),
  };
}
