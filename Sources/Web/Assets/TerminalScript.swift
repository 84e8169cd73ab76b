/// The shell in the browser: what is typed goes out by calls in order, what comes back is drawn. It needs no more than
/// the strict policy of all pages allows.
enum TerminalScript {
    static let js =
        TerminalScreen.js + #"""
            (() => {
              const box = document.querySelector("[data-terminal]");
              if (!box) return;
              const view = box.querySelector(".term"), input = box.querySelector("textarea"), note = box.querySelector("[data-note]");
              const again = box.querySelector("[data-again]"), csrf = document.querySelector("input[name=csrf]").value;
              const base = box.dataset.terminal;
              let path = null, screen = null, alive = false, drawn = [], waiting = false, drawnGone = null;

              const ask = async (method, where, body, more = {}) => {
                const answer = await fetch(where, {
                  method, headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
                  body: body === undefined ? undefined : JSON.stringify(body), ...more,
                });
                if (answer.ok) return answer.status === 204 ? null : answer.json();
                const problem = await answer.json().catch(() => ({}));
                const error = new Error(problem.detail ?? problem.title ?? "The server answered " + answer.status);
                error.status = answer.status;
                throw error;
              };
              const say = (text) => { note.textContent = text; };

              // How many letters fit.
              const measure = () => {
                const probe = document.createElement("span");
                probe.textContent = "0".repeat(50);
                probe.className = "probe";
                view.append(probe);
                const size = probe.getBoundingClientRect(), space = getComputedStyle(view);
                probe.remove();
                const width = view.clientWidth - parseFloat(space.paddingLeft) - parseFloat(space.paddingRight);
                const height = view.clientHeight - parseFloat(space.paddingTop) - parseFloat(space.paddingBottom);
                return { rows: Math.max(4, Math.min(300, Math.floor(height / size.height))), columns: Math.max(20, Math.min(400, Math.floor(width / (size.width / 50)))) };
              };

              // Only lines that changed are drawn again.
              const row = (line, cursor) => {
                const element = document.createElement("div");
                element.className = "l";
                let end = line.length;
                while (end > 0 && line[end - 1].c === " " && line[end - 1].s === "" && end - 1 !== cursor) end -= 1;
                for (let x = 0; x < end;) {
                  let to = x + 1;
                  while (to < end && x !== cursor && to !== cursor && line[to].s === line[x].s) to += 1;
                  const span = document.createElement("span");
                  span.textContent = line.slice(x, to).map((cell) => cell.c).join("");
                  span.className = line[x].s + (x === cursor ? " caret" : "");
                  element.append(span);
                  x = to;
                }
                return element;
              };
              const key = (line, cursor) => cursor + "|" + line.map((cell) => cell.c + cell.s).join("\u0001");
              const draw = () => {
                waiting = false;
                const atEnd = view.scrollHeight - view.scrollTop - view.clientHeight < 30;
                const kept = screen.other ? 0 : screen.gone.length;
                if (drawnGone === null || kept < drawnGone) { view.replaceChildren(); drawn = []; drawnGone = 0; }
                for (let n = drawnGone; n < kept; n += 1) view.insertBefore(row(screen.gone[n], -1), view.children[n] ?? null);
                drawnGone = kept;
                screen.grid.forEach((line, y) => {
                  const cursor = alive && screen.mode.cursor && y === screen.y ? screen.x : -1;
                  const mark = key(line, cursor);
                  if (drawn[y] === mark && view.children[kept + y]) return;
                  drawn[y] = mark;
                  const old = view.children[kept + y], fresh = row(line, cursor);
                  if (old) old.replaceWith(fresh); else view.append(fresh);
                });
                drawn.length = screen.rows;
                while (view.children.length > kept + screen.rows) view.lastElementChild.remove();
                if (atEnd) view.scrollTop = view.scrollHeight;
              };
              const show = () => { if (!waiting) { waiting = true; requestAnimationFrame(draw); } };

              // What is typed is numbered, so that nothing is typed twice and nothing is lost.
              let typed = 0, unsent = [], sending = false;
              const encoder = new TextEncoder();
              const send = async () => {
                if (sending) return;
                sending = true;
                const where = path;
                try {
                  while (unsent.length && alive && where === path) {
                    const bytes = unsent.slice(0, 30000);
                    const data = btoa(String.fromCharCode(...bytes));
                    try {
                      await ask("POST", where + "/input", { data, at: typed });
                    } catch (error) {
                      if (error.status) { if (error.status !== 409) say(error.message); unsent = []; break; }
                      await new Promise((done) => setTimeout(done, 500));
                      continue;
                    }
                    typed += bytes.length;
                    unsent.splice(0, bytes.length);
                  }
                } finally { sending = false; }
              };
              const type = (text) => { if (alive) { unsent.push(...encoder.encode(text)); send(); } };

              const read = async (where) => {
                let offset = 0, tries = 0, decoder = new TextDecoder();
                while (alive && where === path) {
                  try {
                    const answer = await fetch(where + "/output?offset=" + offset);
                    if (!answer.ok) throw Object.assign(new Error("The server answered " + answer.status), { status: answer.status });
                    const reader = answer.body.getReader();
                    for (;;) {
                      const { done, value } = await reader.read();
                      if (done) break;
                      offset += value.length;
                      tries = 0;
                      screen.write(decoder.decode(value, { stream: true }));
                      show();
                    }
                  } catch (error) {
                    if (error.status && error.status < 500) return finish(error.message);
                  }
                  try {
                    const state = await ask("GET", where);
                    if (state.endedAt) {
                      return finish(state.exitStatus === undefined || state.exitStatus === null ? "Ended: " + state.reason
                        : "Ended with exit status " + state.exitStatus);
                    }
                  } catch (error) {
                    if (error.status && error.status < 500) return finish(error.message);
                  }
                  tries += 1;
                  if (tries > 60) return finish("The server doesn't answer");
                  await new Promise((done) => setTimeout(done, Math.min(2000, 100 * tries)));
                }
              };
              const finish = (text) => {
                alive = false;
                say(text);
                again.hidden = false;
                box.dataset.state = "ended";
                show();
              };

              const start = async () => {
                again.hidden = true;
                const size = measure();
                screen = new Screen(size.rows, size.columns, type);
                [typed, unsent, drawn, drawnGone] = [0, [], [], null];
                say("Starting …");
                try {
                  const begun = await ask("POST", `${base}/containers/${box.dataset.container}/terminals`, {
                    command: ["/bin/sh", "-c", "if command -v bash >/dev/null 2>&1; then exec bash; fi; exec sh"],
                    tty: true, term: "xterm-256color", ...size,
                  });
                  path = `${base}/terminals/${begun.id}`;
                } catch (error) { return finish(error.message); }
                alive = true;
                box.dataset.state = "running";
                say("Running. Shift+Tab leaves the terminal.");
                input.focus({ preventScroll: true });
                read(path);
              };

              let resizing;
              new ResizeObserver(() => {
                clearTimeout(resizing);
                resizing = setTimeout(() => {
                  if (!alive) return;
                  const size = measure();
                  if (size.rows === screen.rows && size.columns === screen.columns) return;
                  screen.resize(size.rows, size.columns);
                  drawnGone = null;
                  show();
                  ask("PUT", path + "/size", size).catch(() => {});
                }, 120);
              }).observe(view);

              // Keys that are no letters.
              const names = {
                Enter: "\r", Backspace: "\x7f", Tab: "\t", Escape: "\x1b", Delete: "\x1b[3~", Insert: "\x1b[2~", PageUp: "\x1b[5~", PageDown: "\x1b[6~",
                F1: "\x1bOP", F2: "\x1bOQ", F3: "\x1bOR", F4: "\x1bOS", F5: "\x1b[15~", F6: "\x1b[17~", F7: "\x1b[18~", F8: "\x1b[19~",
                F9: "\x1b[20~", F10: "\x1b[21~", F11: "\x1b[23~", F12: "\x1b[24~",
              };
              const moves = { ArrowUp: "A", ArrowDown: "B", ArrowRight: "C", ArrowLeft: "D", Home: "H", End: "F" };
              let control = false;
              const hold = (on) => {
                control = on;
                box.querySelector("[data-key=Control]")?.setAttribute("aria-pressed", String(on));
              };
              const bytes = (name, event) => {
                if (moves[name]) {
                  const bits = 1 + (event.shiftKey ? 1 : 0) + (event.altKey ? 2 : 0) + (event.ctrlKey ? 4 : 0);
                  return bits > 1 ? `\x1b[1;${bits}${moves[name]}` : (screen?.mode.keys ? "\x1bO" : "\x1b[") + moves[name];
                }
                if (names[name]) return (event.altKey ? "\x1b" : "") + names[name];
                if (name.length === 1 && event.ctrlKey && !event.altKey) {
                  const code = name.toUpperCase().charCodeAt(0);
                  if (name === " ") return "\0";
                  if (code >= 63 && code <= 95) return String.fromCharCode(code === 63 ? 127 : code & 31);
                }
                if (name.length === 1 && event.altKey && !event.ctrlKey) return "\x1b" + name;
                return null;
              };
              input.addEventListener("keydown", (event) => {
                if (event.isComposing || event.metaKey) return;
                // The way out for who has only a keyboard; and what copies and pastes.
                if (event.key === "Tab" && event.shiftKey) return;
                if (event.ctrlKey && event.shiftKey && ["C", "V"].includes(event.key)) return;
                if (event.ctrlKey && event.key === "c" && !getSelection().isCollapsed) return;
                if (event.ctrlKey && event.key === "v") return;
                const text = bytes(event.key, event);
                if (text === null) return;
                event.preventDefault();
                type(text);
              });
              input.addEventListener("input", (event) => {
                if (event.isComposing) return;
                let text = input.value.replace(/\n/g, "\r");
                input.value = "";
                if (control && text.length === 1) {
                  text = bytes(text, { ctrlKey: true }) ?? text;
                  hold(false);
                }
                if (text) type(text);
              });
              input.addEventListener("compositionend", () => { if (input.value) type(input.value); input.value = ""; });
              input.addEventListener("paste", (event) => {
                event.preventDefault();
                const text = event.clipboardData.getData("text").replace(/\r?\n/g, "\r");
                type(screen?.mode.paste ? `\x1b[200~${text.replaceAll("\x1b", "")}\x1b[201~` : text);
              });
              view.addEventListener("mouseup", () => { if (getSelection().isCollapsed) input.focus({ preventScroll: true }); });
              box.querySelectorAll("[data-key]").forEach((button) => {
                button.addEventListener("mousedown", (event) => event.preventDefault());
                button.addEventListener("click", () => {
                  const name = button.dataset.key;
                  if (name === "Control") hold(!control); else type(bytes(name, { ctrlKey: false }) ?? "");
                  input.focus({ preventScroll: true });
                });
              });
              again.addEventListener("click", start);
              addEventListener("pagehide", () => { if (alive) ask("DELETE", path, undefined, { keepalive: true }).catch(() => {}); });
              start();
            })();
            """#
}
