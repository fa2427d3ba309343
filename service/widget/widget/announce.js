// @ts-check
// What screen readers are told: plain sentences go in; a polite live region speaks them and is emptied again.
import { h } from "./dom.js";

const KEPT_MS = 4000;
const QUIET_MS = 500;
const SLOW_MS = 2000;

export class Announcer {
  constructor() {
    // Not atomic: a new line must not have the earlier ones said again.
    this.region = h("div", { class: "unseen", role: "status", "aria-atomic": "false" });
  }

  /** @param {...(string | Node)} parts without marks or numbers of citations */
  say(...parts) {
    const line = h("p", {}, ...parts);
    this.region.append(line);
    setTimeout(() => line.remove(), KEPT_MS);
  }
}

/** Tells one answer: at once and whole where it comes fast, else sentence by sentence. */
export class Narrator {
  /** @param {Announcer} announcer @param {import("./words.js").Say} say @param {string} manner sentence, end or off; else by speed */
  constructor(announcer, say, manner) {
    this.announcer = announcer;
    this.say = say;
    this.manner = manner;
    this.asked = performance.now();
    /** @type {{text: string, lang: string | null}[]} */
    this.held = [];
    this.quiet = setTimeout(() => this.manner !== "off" && announcer.say(say("searching")), QUIET_MS);
    this.slow = setTimeout(() => this.flush(), SLOW_MS);
  }

  /** @param {string} text @param {string | null} lang where it is not that of the page */
  sentence(text, lang) {
    clearTimeout(this.quiet);
    this.held.push({ text, lang });
    if (this.manner === "sentence" || performance.now() - this.asked >= SLOW_MS) this.flush();
  }

  flush() {
    if (this.manner === "end" || this.manner === "off") return;
    for (const { text, lang } of this.held) this.announcer.say(h("span", { lang }, text));
    this.held = [];
  }

  /** @param {string} last */
  finish(last) {
    this.end();
    if (this.manner === "off") return;
    this.announcer.say(...this.held.flatMap(({ text, lang }) => [h("span", { lang }, text), " "]), last);
    this.held = [];
  }

  end() {
    clearTimeout(this.quiet);
    clearTimeout(this.slow);
  }
}
