// Makes elements. Texts become text nodes, so that nothing in them is ever read as markup.
"use strict";

const byId = (id) => document.getElementById(id);

/** Returns an element with attributes and children; what is null or false is left out. */
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children.flat(3).filter((child) => child != null && child !== false));
  return made;
}

/** Returns a name that is shown by itself, whatever its direction of writing. */
const named = (text) => element("bdi", null, text);

function button(text, onClick) {
  const made = element("button", { type: "button" }, text);
  made.addEventListener("click", onClick);
  return made;
}

/** Tells those who listen to the page what has happened on it. */
function announce(text) {
  byId("announcement").textContent = text;
}

const plural = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

/** Returns a sentence in which what stands between backticks is code. */
const prose = (text) => text.split(/`([^`\n]+)`/).map((part, number) => (number % 2 ? element("code", null, part) : part));
