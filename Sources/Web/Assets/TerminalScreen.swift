/// What a terminal shows, as a program's output makes it: a grid of letters with their styles, and what scrolled away.
///
/// It understands what sh, editors and top say to an xterm: cursor, erasing, scrolling regions, colours, the other screen.
enum TerminalScreen {
    static let js = #"""
        "use strict";
        class Screen {
          constructor(rows, columns, reply) {
            Object.assign(this, { rows, columns, reply, gone: [], mode: {}, state: "text", text: "", title: "" });
            this.reset();
          }

          reset() {
            this.style = "";
            this.pen = this.plain();
            this.grid = Array.from({ length: this.rows }, () => this.blank());
            Object.assign(this, { x: 0, y: 0, top: 0, bottom: this.rows - 1, wraps: false, saved: null, other: null });
            this.mode = { wrap: true, cursor: true, keys: false, paste: false, origin: false, insert: false };
            this.lineSet = false;
          }

          plain() { return { f: null, b: null, o: false, d: false, i: false, u: false, v: false }; }
          blank() { return Array.from({ length: this.columns }, () => ({ c: " ", s: "" })); }
          get classes() {
            const p = this.pen, parts = [];
            if (p.f !== null) parts.push("f" + p.f);
            if (p.b !== null) parts.push("b" + p.b);
            for (const key of ["o", "d", "i", "u", "v"]) if (p[key]) parts.push(key);
            return parts.join(" ");
          }

          resize(rows, columns) {
            const fit = (grid) => {
              for (const line of grid) {
                while (line.length < columns) line.push({ c: " ", s: "" });
                line.length = columns;
              }
              // What is below the cursor and empty goes first; what is above is kept to be scrolled to.
              while (grid.length > rows && grid.length - 1 > this.y && grid.at(-1).every((cell) => cell.c === " ")) grid.pop();
              while (grid.length > rows) {
                const line = grid.shift();
                if (grid === this.grid) { if (!this.other) this.keep(line); this.y = Math.max(0, this.y - 1); }
              }
            };
            this.columns = columns;
            fit(this.grid);
            if (this.other) fit(this.other.grid);
            this.rows = rows;
            for (const grid of [this.grid, this.other?.grid]) while (grid && grid.length < rows) grid.push(this.blank());
            Object.assign(this, { top: 0, bottom: rows - 1, wraps: false });
            this.move(this.y, this.x);
          }

          keep(line) {
            this.gone.push(line);
            if (this.gone.length > 2000) this.gone.splice(0, 500);
          }

          move(y, x) {
            this.y = Math.max(0, Math.min(this.rows - 1, y));
            this.x = Math.max(0, Math.min(this.columns - 1, x));
            this.wraps = false;
          }

          write(text) { for (const letter of text) this.take(letter); }

          take(c) {
            const code = c.codePointAt(0);
            switch (this.state) {
              case "escape": return this.escape(c);
              case "skip": this.state = "text"; return;
              case "sequence":
                if (code >= 0x40 && code <= 0x7e) { this.state = "text"; this.sequence(c); }
                else if (code === 0x1b) this.begin();
                else if (code < 0x20) this.control(code);
                else if (this.text.length < 100) this.text += c;
                return;
              case "string":
                if (code === 0x07 || this.text.endsWith("\x1b") && c === "\\") { this.state = "text"; this.named(); }
                else if (this.text.length < 1000) this.text += c;
                else if (code === 0x1b) this.text = "\x1b";
                return;
            }
            if (code === 0x1b) this.begin();
            else if (code < 0x20 || code === 0x7f) this.control(code);
            else this.put(c);
          }

          begin() { this.state = "escape"; this.text = ""; }

          put(c) {
            if (this.lineSet) c = this.lines[c] ?? c;
            if (this.wraps && this.mode.wrap) { this.x = 0; this.feed(); }
            if (/\p{Mn}/u.test(c)) {
              const cell = this.grid[this.y][Math.max(0, this.x - (this.wraps ? 0 : 1))];
              if (cell.c.length < 8) cell.c += c;
              return;
            }
            const line = this.grid[this.y];
            if (this.mode.insert) { line.splice(this.x, 0, { c: " ", s: "" }); line.length = this.columns; }
            line[this.x] = { c, s: this.style };
            this.wraps = this.x === this.columns - 1;
            if (!this.wraps) this.x += 1;
          }

          get lines() {
            return { j: "┘", k: "┐", l: "┌", m: "└", n: "┼", q: "─", t: "├", u: "┤", v: "┴", w: "┬", x: "│", a: "▒", "`": "◆", "~": "·" };
          }

          control(code) {
            switch (code) {
              case 8: this.move(this.y, this.x - 1); break;
              case 9: this.move(this.y, (Math.floor(this.x / 8) + 1) * 8); break;
              case 10: case 11: case 12: this.feed(); break;
              case 13: this.x = 0; this.wraps = false; break;
              case 14: this.lineSet = true; break;
              case 15: this.lineSet = false; break;
            }
          }

          feed() {
            this.wraps = false;
            if (this.y === this.bottom) this.scroll(1);
            else if (this.y < this.rows - 1) this.y += 1;
          }

          // Lines of the scrolling region go up, or down where `by` is negative.
          scroll(by, from = this.top) {
            for (let n = Math.min(Math.abs(by), this.rows); n > 0; n -= 1) {
              if (by > 0) {
                const [line] = this.grid.splice(from, 1);
                if (from === 0 && !this.other) this.keep(line);
                this.grid.splice(this.bottom, 0, this.blank());
              } else {
                this.grid.splice(this.bottom, 1);
                this.grid.splice(from, 0, this.blank());
              }
            }
          }

          escape(c) {
            this.state = "text";
            switch (c) {
              case "[": this.state = "sequence"; this.text = ""; break;
              case "]": case "P": case "_": case "^": this.state = "string"; this.text = ""; break;
              case "(": this.state = "charset"; this.state = "skip"; break;
              case ")": case "*": case "+": case "#": case "%": case " ": this.state = "skip"; break;
              case "7": this.save(); break;
              case "8": this.restore(); break;
              case "D": this.feed(); break;
              case "E": this.x = 0; this.feed(); break;
              case "M": if (this.y === this.top) this.scroll(-1); else this.move(this.y - 1, this.x); break;
              case "c": this.reset(); break;
            }
          }

          save() { this.saved = { x: this.x, y: this.y, pen: { ...this.pen }, style: this.style }; }
          restore() {
            const s = this.saved;
            if (!s) return this.move(0, 0);
            this.move(s.y, s.x);
            [this.pen, this.style] = [{ ...s.pen }, s.style];
          }

          named() {
            const match = /^[02];([^\x1b]*)/.exec(this.text);
            if (match) this.title = match[1].slice(0, 200);
          }

          sequence(last) {
            const isPrivate = this.text.startsWith("?"), text = this.text.replace(/^[?>=!]/, "");
            const all = text.split(/[;:]/).map((n) => n === "" ? null : parseInt(n, 10) || 0);
            const first = Math.min(all[0] || 1, 10000);
            if (/[>=!]/.test(this.text[0] ?? "") || / $/.test(this.text)) return last === "c" ? this.reply("\x1b[>0;0;0c") : undefined;
            switch (last) {
              case "A": this.move(Math.max(this.y - first, this.y >= this.top ? this.top : 0), this.x); break;
              case "B": case "e": this.move(Math.min(this.y + first, this.y <= this.bottom ? this.bottom : this.rows - 1), this.x); break;
              case "C": case "a": this.move(this.y, this.x + first); break;
              case "D": this.move(this.y, this.x - first); break;
              case "E": this.move(this.y + first, 0); break;
              case "F": this.move(this.y - first, 0); break;
              case "G": case "`": this.move(this.y, first - 1); break;
              case "d": this.move(first - 1 + (this.mode.origin ? this.top : 0), this.x); break;
              case "H": case "f": this.move(first - 1 + (this.mode.origin ? this.top : 0), (all[1] || 1) - 1); break;
              case "J": this.erase(all[0] || 0); break;
              case "K": this.eraseLine(all[0] || 0); break;
              case "L": if (this.y >= this.top && this.y <= this.bottom) this.scroll(-first, this.y); break;
              case "M":
                if (this.y >= this.top && this.y <= this.bottom) for (let n = Math.min(first, this.rows); n > 0; n -= 1) {
                  this.grid.splice(this.y, 1);
                  this.grid.splice(this.bottom, 0, this.blank());
                }
                break;
              case "P": this.grid[this.y].splice(this.x, Math.min(first, this.columns - this.x)); this.fill(); break;
              case "@":
                for (let n = Math.min(first, this.columns); n > 0; n -= 1) this.grid[this.y].splice(this.x, 0, { c: " ", s: this.style });
                this.grid[this.y].length = this.columns;
                break;
              case "X": for (let x = this.x; x < Math.min(this.columns, this.x + first); x += 1) this.grid[this.y][x] = this.empty(); break;
              case "S": this.scroll(first); break;
              case "T": this.scroll(-first); break;
              case "m": this.paint(all); break;
              case "r":
                this.top = Math.max(0, (all[0] || 1) - 1);
                this.bottom = Math.min(this.rows, all[1] || this.rows) - 1;
                if (this.top >= this.bottom) [this.top, this.bottom] = [0, this.rows - 1];
                this.move(this.mode.origin ? this.top : 0, 0);
                break;
              case "s": this.save(); break;
              case "u": this.restore(); break;
              case "h": case "l": for (const n of all) this.set(isPrivate, n, last === "h"); break;
              case "n":
                if (all[0] === 6) this.reply(`\x1b[${this.y + 1};${this.x + 1}R`);
                else if (all[0] === 5) this.reply("\x1b[0n");
                break;
              case "c": this.reply("\x1b[?1;2c"); break;
            }
          }

          empty() { return { c: " ", s: this.pen.b === null ? "" : "b" + this.pen.b }; }
          fill() { const line = this.grid[this.y]; while (line.length < this.columns) line.push(this.empty()); }

          erase(kind) {
            if (kind === 3) { this.gone = []; return; }
            for (let y = 0; y < this.rows; y += 1) {
              if (kind === 2 || kind === 0 && y > this.y || kind === 1 && y < this.y) this.grid[y] = Array.from({ length: this.columns }, () => this.empty());
            }
            if (kind !== 2) this.eraseLine(kind);
          }

          eraseLine(kind) {
            const line = this.grid[this.y];
            for (let x = 0; x < this.columns; x += 1) {
              if (kind === 2 || kind === 0 && x >= this.x || kind === 1 && x <= this.x) line[x] = this.empty();
            }
            this.wraps = false;
          }

          set(isPrivate, number, on) {
            if (!isPrivate) { if (number === 4) this.mode.insert = on; return; }
            switch (number) {
              case 1: this.mode.keys = on; break;
              case 6: this.mode.origin = on; this.move(on ? this.top : 0, 0); break;
              case 7: this.mode.wrap = on; break;
              case 25: this.mode.cursor = on; break;
              case 2004: this.mode.paste = on; break;
              case 47: case 1047: case 1049:
                if (on && !this.other) {
                  this.other = { grid: this.grid, x: this.x, y: this.y };
                  this.grid = Array.from({ length: this.rows }, () => this.blank());
                } else if (!on && this.other) {
                  const old = this.other;
                  this.other = null;
                  this.grid = old.grid;
                  this.move(old.y, old.x);
                }
                [this.top, this.bottom] = [0, this.rows - 1];
                break;
            }
          }

          paint(all) {
            const p = this.pen, extended = (at) => {
              if (all[at] === 5) return [Math.min(255, all[at + 1] || 0), 2];
              const level = (n) => Math.min(5, Math.max(0, Math.floor(((n || 0) + 25) / 51)));
              if (all[at] === 2) return [16 + level(all[at + 1]) * 36 + level(all[at + 2]) * 6 + level(all[at + 3]), 4];
              return [null, 1];
            };
            for (let at = 0; at < all.length; at += 1) {
              const n = all[at] || 0;
              if (n === 0) Object.assign(p, this.plain());
              else if (n === 1) p.o = true;
              else if (n === 2) p.d = true;
              else if (n === 3) p.i = true;
              else if (n === 4) p.u = true;
              else if (n === 7) p.v = true;
              else if (n === 22) p.o = p.d = false;
              else if (n === 23) p.i = false;
              else if (n === 24) p.u = false;
              else if (n === 27) p.v = false;
              else if (n >= 30 && n <= 37) p.f = n - 30;
              else if (n === 39) p.f = null;
              else if (n >= 40 && n <= 47) p.b = n - 40;
              else if (n === 49) p.b = null;
              else if (n >= 90 && n <= 97) p.f = n - 82;
              else if (n >= 100 && n <= 107) p.b = n - 92;
              else if (n === 38 || n === 48) {
                const [colour, used] = extended(at + 1);
                p[n === 38 ? "f" : "b"] = colour;
                at += used;
              }
            }
            this.style = this.classes;
          }
        }

        """#
}
