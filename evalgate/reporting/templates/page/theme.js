// Lets the reader choose light or dark; without a choice the page follows the system.

const THEMES = ["", "light", "dark"];
const THEME_KEY = "evalgate-theme";

/** Returns what is remembered; a page from a file may not be allowed to remember anything. */
function remembered() {
  try {
    return localStorage.getItem(THEME_KEY) || "";
  } catch {
    return "";
  }
}

function setTheme(theme) {
  const known = THEMES.includes(theme) ? theme : "";
  if (known) document.documentElement.dataset.theme = known;
  else delete document.documentElement.dataset.theme;
  byId("theme").textContent = `Theme: ${known || "system"}`;
  try {
    localStorage.setItem(THEME_KEY, known);
  } catch {
    // It holds for as long as the page is open.
  }
}

function nextTheme() {
  const now = document.documentElement.dataset.theme || "";
  setTheme(THEMES[(THEMES.indexOf(now) + 1) % THEMES.length]);
}
