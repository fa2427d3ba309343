// @ts-check
// The question field: keys go in; a question, a stop, or a warning beside the field come out.
import { button, h } from "./dom.js";

export const MAX_CHARS = 500;
const COUNTED_FROM = 0.8 * MAX_CHARS;
const TICK_S = 10;
const COUNT_TOLD_MS = 1000;

export class Composer {
  /**
   * @param {import("./words.js").Say} say @param {import("./announce.js").Announcer} announcer
   * @param {(text: string) => void} onAsk @param {() => void} onStop
   */
  constructor(say, announcer, onAsk, onStop) {
    this.say = say;
    this.announcer = announcer;
    this.onAsk = onAsk;
    this.last = "";
    this.ticking = 0;
    this.telling = 0;
    this.field = h("textarea", {
      id: "question", rows: 2, "aria-describedby": "hint counter", dir: "auto",
      keydown: (/** @type {KeyboardEvent} */ event) => this.onKey(event), input: () => this.count(),
    });
    this.counter = h("p", { id: "counter", class: "counter" });
    this.warning = h("div", { id: "warning", class: "warning" });
    this.button = h("button", { type: "submit", class: "send", part: "action" }, say("send"));
    this.stopButton = button(say("stop"), onStop, { class: "stop", hidden: true });
    this.element = h("form", { class: "composer", part: "composer", novalidate: true, submit: (/** @type {Event} */ event) => this.submit(event) },
      h("label", { for: "question" }, say("label")), this.field,
      h("div", { class: "under" }, h("div", {}, h("p", { id: "hint", class: "quiet" }, say("hint", { max: MAX_CHARS })), this.counter, this.warning),
        h("div", { class: "buttons" }, this.button, this.stopButton)));
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit(event);
    } else if (event.key === "ArrowUp" && !this.field.value && this.last) {
      event.preventDefault();
      this.fill(this.last);
    }
  }

  /** @param {Event} event */
  submit(event) {
    event.preventDefault();
    this.unwarn();
    if (this.length() > MAX_CHARS) return this.warn(this.counter.textContent || "", { invalid: true });
    this.onAsk(this.field.value);
  }

  /** Characters as the service counts them: Unicode code points. */
  length() {
    return [...this.field.value.trim()].length;
  }

  count() {
    this.unwarn();
    const left = MAX_CHARS - this.length();
    const shown = this.length() > COUNTED_FROM;
    this.counter.textContent = !shown ? "" : left >= 0 ? this.say("counter", { left }) : this.say("over", { over: -left });
    clearTimeout(this.telling);
    if (shown) this.telling = window.setTimeout(() => this.announcer.say(this.counter.textContent || ""), COUNT_TOLD_MS);
  }

  /** @param {boolean} waiting the send button stays focusable, or focus would fall back to the page */
  wait(waiting) {
    if (waiting) this.button.setAttribute("aria-disabled", "true");
    else this.button.removeAttribute("aria-disabled");
    if (!waiting && this.stopButton.getRootNode().activeElement === this.stopButton) this.focus();
    this.stopButton.hidden = !waiting;
  }

  /** @param {string} text @param {{invalid?: boolean, retry?: () => void}} [more] whether the field is at fault; what a button does */
  warn(text, { invalid = false, retry } = {}) {
    this.unwarn();
    this.warning.append(h("p", { role: "alert" }, text), ...(retry ? [button(this.say("retry"), retry)] : []));
    this.field.setAttribute("aria-describedby", "hint counter warning");
    if (invalid) this.field.setAttribute("aria-invalid", "true");
  }

  /** Said once; then what is seen is put right every ten seconds, and no reader is told. @param {number} seconds */
  countDown(seconds) {
    const until = performance.now() + seconds * 1000;
    this.warn(this.say("rate", { s: seconds }));
    const line = /** @type {HTMLElement} */ (this.warning.firstChild);
    this.ticking = window.setInterval(() => {
      const left = Math.max(0, Math.round((until - performance.now()) / 1000));
      line.removeAttribute("role");
      line.textContent = left ? this.say("rate", { s: left }) : this.say("rateOver");
      if (!left) clearInterval(this.ticking);
    }, Math.min(TICK_S, seconds) * 1000);
  }

  unwarn() {
    clearInterval(this.ticking);
    this.warning.replaceChildren();
    this.field.setAttribute("aria-describedby", "hint counter");
    this.field.removeAttribute("aria-invalid");
  }

  /** The question was taken: the field is emptied, unless something else was written meanwhile. @param {string} text */
  taken(text) {
    this.last = text;
    if (this.field.value.trim() === text) this.empty();
  }

  empty() {
    this.fill("");
    this.unwarn();
  }

  /** @param {string} text */
  fill(text) {
    this.field.value = text;
    this.count();
  }

  focus() {
    this.field.focus();
  }
}
