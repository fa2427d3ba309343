// @ts-check
// What screen readers are told: plain sentences go in; a polite live region speaks them and is emptied again.
import { h } from "./dom.js";

const KEPT_MS = 4000;

export class Announcer {
  constructor() {
    this.region = h("div", { class: "unseen", role: "status" });
  }

  /** @param {string} text without marks or numbers of citations */
  say(text) {
    const line = h("p", {}, text);
    this.region.append(line);
    setTimeout(() => line.remove(), KEPT_MS);
  }
}
