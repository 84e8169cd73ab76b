/// The one script. Everything can be read without it; it keeps pages current, follows logs and searches them.
enum Script {
    static let js = #"""
        "use strict";
        (() => {
          const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
          const seen = new Map();
          const bare = (element) => element.innerHTML.replace(/(<time[^>]*>)[^<]*/g, "$1");
          $$("[data-live]").forEach((element) => seen.set(element.dataset.live, bare(element)));

          // Times: "3 min ago", and how long something has been running.
          const span = (s) => s < 60 ? s + " s" : s < 3600 ? Math.floor(s / 60) + " min" : s < 86400 ? Math.floor(s / 3600) + " h"
            : s < 5184000 ? Math.floor(s / 86400) + " d" : s < 63072000 ? Math.floor(s / 2592000) + " months" : Math.floor(s / 31536000) + " years";
          const took = (s) => s < 60 ? s + " s" : s < 3600 ? Math.floor(s / 60) + " min " + (s % 60 ? s % 60 + " s" : "")
            : Math.floor(s / 3600) + " h " + Math.floor(s % 3600 / 60) + " min";
          const write = (element, text) => { if (element.textContent !== text) element.textContent = text; };
          const tick = () => {
            const now = Date.now();
            $$("time[datetime]:not([data-fixed])").forEach((t) => {
              const s = Math.floor((now - Date.parse(t.dateTime)) / 1000);
              write(t, Math.abs(s) < 10 ? "just now" : s < 0 ? "in " + span(-s) : span(s) + " ago");
            });
            $$("time[data-since]").forEach((t) => write(t, took(Math.max(0, Math.floor((now - Date.parse(t.dataset.since)) / 1000)))));
          };
          setInterval(tick, 1000);

          // The page looks again when one of its topics has news, and changes only what differs.
          const reading = (element) => {
            const selection = getSelection();
            return !selection.isCollapsed && selection.rangeCount && element.contains(selection.getRangeAt(0).commonAncestorContainer);
          };
          const replace = (old, fresh) => {
            const focus = old.contains(document.activeElement) ? document.activeElement : null;
            const mark = focus && (focus.id ? "#" + CSS.escape(focus.id) : focus.getAttribute("href") ? `[href="${CSS.escape(focus.getAttribute("href"))}"]` : null);
            const open = new Map($$("details[id]", old).map((d) => [d.id, d.open]));
            const feeds = new Map($$(".feed", old).map((f) => [f.id, f.scrollHeight - f.scrollTop - f.clientHeight < 30 ? -1 : f.scrollTop]));
            old.innerHTML = fresh.innerHTML;
            old.className = fresh.className;
            $$(".feed", old).forEach((f) => { const top = feeds.get(f.id) ?? -1; f.scrollTop = top < 0 ? f.scrollHeight : top; });
            $$("details[id]", old).forEach((d) => { if (open.has(d.id)) d.open = open.get(d.id); });
            if (mark) old.querySelector(mark)?.focus({ preventScroll: true });
          };
          // The step that runs now is open; those that opened by themselves and passed make room, unless somebody is at them.
          const show = (step) => {
            $$("details[data-auto]").forEach((d) => { if (d !== step && d.dataset.step === "succeeded" && !reading(d)) d.open = false; });
            step.dataset.auto = "";
            step.open = true;
          };
          $$("details[data-step=running]").forEach((d) => { d.dataset.auto = ""; });
          ["pointerdown", "keydown", "wheel"].forEach((kind) => addEventListener(kind, (event) => {
            if (event.target instanceof Element) event.target.closest("details[data-auto]")?.removeAttribute("data-auto");
          }, { passive: true }));
          $$(".feed[data-follow]").forEach((f) => { f.scrollTop = f.scrollHeight; });
          let waiting = null, busy = false, again = false;
          const look = async () => {
            if (busy) { again = true; return; }
            busy = true;
            try {
              const answer = await fetch(location.href, { headers: { "X-Slipway-Fragment": "1" } });
              if (answer.redirected && new URL(answer.url).pathname === "/sign-in") { location.reload(); return; }
              if (!answer.ok) return;
              const page = new DOMParser().parseFromString(await answer.text(), "text/html");
              let held = false;
              for (const fresh of $$("[data-live]", page)) {
                const id = fresh.dataset.live, html = bare(fresh);
                const old = document.querySelector(`[data-live="${CSS.escape(id)}"]`);
                if (!old || seen.get(id) === html) continue;
                if (reading(old)) { held = true; continue; }
                replace(old, fresh);
                seen.set(id, html);
              }
              // Steps that weren't there: the whole list where it was empty, else at its end.
              const list = document.querySelector("[data-steps]"), steps = page.querySelector("[data-steps]");
              if (list && steps) {
                const added = $$("details[data-step]", steps).filter((step) => !document.getElementById(step.id));
                if (added.length && !list.querySelector("details")) {
                  list.className = steps.className;
                  list.replaceChildren();
                }
                list.append(...added);
                for (const step of added) {
                  $$("[data-live]", step).forEach((element) => seen.set(element.dataset.live, bare(element)));
                  wire(step);
                  if (step.open) show(step);
                }
              }
              for (const fresh of $$("details[data-step]", page)) {
                const old = document.getElementById(fresh.id);
                if (!old || old.dataset.step === fresh.dataset.step) continue;
                old.dataset.step = fresh.dataset.step;
                if (fresh.open && !old.open) show(old);
                if (old.open) follow(old.querySelector(".log"));
              }
              listen(page.body);
              tick();
              if (held) schedule(2000);
            } catch (error) {
              schedule(2000);
            } finally {
              busy = false;
              if (again) { again = false; schedule(50); }
            }
          };
          const schedule = (after) => { if (!waiting) waiting = setTimeout(() => { waiting = null; look(); }, after); };
          let live = null, topics = "";
          const listen = (body) => {
            if (!body.dataset.topics || body.dataset.topics === topics) return;
            topics = body.dataset.topics;
            let first = true;
            live?.close();
            live = new EventSource("/live?topics=" + encodeURIComponent(topics) + "&after=" + body.dataset.event);
            live.addEventListener("news", () => schedule(60));
            live.addEventListener("open", () => { if (!first) schedule(0); first = false; });
          };
          // What no event tells of, such as how busy containers are.
          const every = Number(document.body.dataset.every);
          if (every) setInterval(() => { if (!document.hidden) schedule(0); }, every * 1000);
          addEventListener("pagehide", () => live?.close());
          addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

          // Logs: each message has whole lines and the line that is being written, which the next message replaces.
          const followed = new WeakSet();
          const follow = (log) => {
            if (!log || !log.dataset.log || log.dataset.complete !== undefined || followed.has(log)) return;
            followed.add(log);
            const at = log.dataset.cursor ?? "tail";
            const stream = new EventSource(log.dataset.log + (log.dataset.log.includes("?") ? "&" : "?") + "offset=" + encodeURIComponent(at));
            stream.addEventListener("log", (event) => {
              const box = log.classList.contains("full") ? document.scrollingElement : log;
              const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
              if (log.lastElementChild?.classList.contains("part")) log.lastElementChild.remove();
              const before = log.childElementCount;
              log.insertAdjacentHTML("beforeend", event.data);
              while (log.childElementCount > 20000) log.firstElementChild.remove();
              if (atEnd && !reading(log)) box.scrollTop = box.scrollHeight;
              const search = log.closest("[data-searchable]")?.querySelector("input[type=search]");
              if (search?.value) highlight(log, search.value, [...log.children].slice(Math.min(before, log.childElementCount)));
            });
            stream.addEventListener("reset", () => log.replaceChildren());
            stream.addEventListener("end", () => { stream.close(); log.dataset.complete = ""; schedule(100); });
            addEventListener("pagehide", () => stream.close());
          };
          const wire = (root) => $$(".log", root).forEach((log) => {
            const details = log.closest("details");
            if (!details || details.open) follow(log);
            if (!log.classList.contains("full")) log.scrollTop = log.scrollHeight;
            details?.addEventListener("toggle", () => {
              if (details.open && details.dataset.step !== "waiting") follow(log);
              if (details.open) log.scrollTop = log.scrollHeight;
            });
            searchable(log);
          });

          // Search in a log: every hit is marked, Enter goes to the next, Shift+Enter to the one before.
          const highlight = (log, text, lines) => {
            const wanted = text.toLowerCase();
            for (const line of lines) {
              $$("mark", line).forEach((mark) => mark.replaceWith(mark.textContent));
              line.normalize();
              if (!wanted || !line.textContent.toLowerCase().includes(wanted)) continue;
              const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT), nodes = [];
              while (walker.nextNode()) nodes.push(walker.currentNode);
              for (let node of nodes) {
                for (let at; (at = node.data.toLowerCase().indexOf(wanted)) >= 0;) {
                  const hit = node.splitText(at), rest = hit.splitText(wanted.length), mark = document.createElement("mark");
                  hit.replaceWith(mark);
                  mark.append(hit);
                  node = rest;
                }
              }
            }
            const count = log.getElementsByTagName("mark").length;
            const hits = log.closest("[data-searchable]").querySelector(".hits");
            if (hits) hits.textContent = wanted ? count + (count === 1 ? " hit" : " hits") : "";
          };
          const searchable = (log) => {
            const input = log.closest("[data-searchable]")?.querySelector("input[type=search]");
            if (!input) return;
            input.hidden = false;
            let timer;
            input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => highlight(log, input.value, [...log.children]), 120); });
            input.addEventListener("keydown", (event) => {
              if (event.key !== "Enter") return;
              event.preventDefault();
              const marks = $$("mark", log), now = marks.findIndex((m) => m.classList.contains("at"));
              if (!marks.length) return;
              marks[now]?.classList.remove("at");
              const next = marks[(now + (event.shiftKey ? -1 : 1) + marks.length) % marks.length];
              next.classList.add("at");
              next.scrollIntoView({ block: "center" });
            });
          };
          // A password can be looked at while it is typed, and a new one says how much there is to guess.
          const weight = (text) => {
            const kinds = [[/[a-z]/, 26], [/[A-Z]/, 26], [/[0-9]/, 10], [/[^a-zA-Z0-9]/, 33]];
            const alphabet = kinds.reduce((sum, [kind, size]) => sum + (kind.test(text) ? size : 0), 0);
            // What comes again, or follows in the alphabet or on the keys, adds little.
            const fresh = [...text].filter((c, i, all) => !all.slice(Math.max(0, i - 3), i).includes(c)
              && (i === 0 || Math.abs(c.charCodeAt(0) - all[i - 1].charCodeAt(0)) !== 1));
            return text.length < 12 ? 0 : Math.min(4, Math.floor(Math.min(fresh.length, new Set(fresh).size * 2) * Math.log2(alphabet || 1) / 18));
          };
          $$("input[type=password]").forEach((input) => {
            const button = document.createElement("button");
            button.type = "button";
            button.className = "link reveal";
            button.textContent = "Show";
            button.setAttribute("aria-pressed", "false");
            button.setAttribute("aria-label", "Show the password");
            button.addEventListener("click", () => {
              const isShown = input.type === "password";
              input.type = isShown ? "text" : "password";
              button.textContent = isShown ? "Hide" : "Show";
              button.setAttribute("aria-pressed", String(isShown));
            });
            input.form?.addEventListener("submit", () => { input.type = "password"; });
            input.before(button);
            if (input.autocomplete !== "new-password") return;
            const meter = document.createElement("meter");
            [meter.min, meter.low, meter.high, meter.optimum, meter.max, meter.value] = [0, 2, 3, 4, 4, 0];
            meter.setAttribute("aria-label", "How hard the password is to guess");
            input.addEventListener("input", () => {
              meter.value = weight(input.value);
              meter.title = ["too short or too simple", "easy to guess", "fair", "good", "strong"][meter.value];
            });
            input.after(meter);
          });

          wire(document);
          listen(document.body);

          // A form is sent once, however often its button is pressed.
          document.addEventListener("submit", (event) => {
            if (event.target.dataset.sent) { event.preventDefault(); return; }
            if (event.target.dataset.ask && !confirm(event.target.dataset.ask)) { event.preventDefault(); return; }
            event.target.dataset.sent = "1";
            setTimeout(() => delete event.target.dataset.sent, 4000);
          });
        })();
        """#
}
