// The page of an incident: light or dark, paper, and commands to copy. Without it all can be read.

function beginIncident() {
  setTheme(remembered());
  byId("theme").addEventListener("click", nextTheme);
  byId("print").addEventListener("click", () => window.print());
  for (const place of document.querySelectorAll(".copies")) {
    const text = byId(place.dataset.of);
    place.append(copyButton(place.dataset.label, () => text.textContent));
  }
  byId("theme").hidden = byId("print").hidden = false;
  document.documentElement.dataset.ready = "";
}

beginIncident();
