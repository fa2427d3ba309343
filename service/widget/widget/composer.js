// @ts-check
// The question field: keys go in; a question, a stop, or a warning beside the field come out.
import { h } from "./dom.js";

export const MAX_CHARS = 500;
const COUNTED_FROM = 0.8 * MAX_CHARS;

export class Composer {
  /** @param {import("./words.js").Say} say @param {(text: string) => void} onAsk @param {() => void} onStop */
  constructor(say, onAsk, onStop) {
    this.say = say;
    this.onAsk = onAsk;
    this.field = h("textarea", {
      id: "question", rows: 2, "aria-describedby": "hint counter", dir: "auto",
      keydown: (/** @type {KeyboardEvent} */ event) => this.onKey(event), input: () => this.count(),
    });
    this.counter = h("p", { id: "counter", class: "counter" });
    this.warning = h("div", { id: "warning", class: "warning" });
    this.button = h("button", { type: "submit", class: "send", part: "action" }, say("send"));
    this.stopButton = h("button", { type: "button", class: "stop", hidden: true, click: onStop }, say("stop"));
    this.element = h("form", { class: "composer", part: "composer", novalidate: true, submit: (/** @type {Event} */ event) => this.submit(event) },
      h("label", { for: "question" }, say("label")), this.field,
      h("p", { id: "hint", class: "quiet" }, say("hint", { max: MAX_CHARS })), this.counter, this.warning,
      h("div", { class: "buttons" }, this.button, this.stopButton));
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.submit(event);
  }

  /** @param {Event} event */
  submit(event) {
    event.preventDefault();
    this.unwarn();
    if (this.length() > MAX_CHARS) return this.warn(this.counter.textContent || "", true);
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
  }

  /** @param {boolean} waiting the send button stays focusable, or focus would fall back to the page */
  wait(waiting) {
    if (waiting) this.button.setAttribute("aria-disabled", "true");
    else this.button.removeAttribute("aria-disabled");
    if (!waiting && this.stopButton.getRootNode().activeElement === this.stopButton) this.focus();
    this.stopButton.hidden = !waiting;
  }

  /** @param {string} text @param {boolean} [invalid] whether the field's content is at fault */
  warn(text, invalid = false) {
    this.warning.replaceChildren(h("p", { role: "alert" }, text));
    this.field.setAttribute("aria-describedby", "hint counter warning");
    if (invalid) this.field.setAttribute("aria-invalid", "true");
  }

  unwarn() {
    this.warning.replaceChildren();
    this.field.setAttribute("aria-describedby", "hint counter");
    this.field.removeAttribute("aria-invalid");
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
