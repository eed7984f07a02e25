// The page of the monitor: light or dark, paper, and the command to copy. Without it all can be read.

function beginMonitor() {
  setTheme(remembered());
  byId("theme").addEventListener("click", nextTheme);
  byId("print").addEventListener("click", () => window.print());
  byId("copy-command")?.append(copyButton("Copy command", () => byId("command").textContent));
  byId("theme").hidden = byId("print").hidden = false;
  document.documentElement.dataset.ready = "";
}

beginMonitor();
