// @ts-check
// What a tab keeps of a conversation where the site asks for it (history="session"): answers go in; they come out after a reload.

const KEPT = 10;

export class Memory {
  /** @param {boolean} on nothing is stored where it is off @param {string} endpoint */
  constructor(on, endpoint) {
    this.on = on;
    this.key = `sourcier:${endpoint}`;
  }

  /** @returns {{question: string, answer: any}[]} */
  read() {
    if (!this.on) return [];
    try {
      return JSON.parse(sessionStorage.getItem(this.key) || "[]");
    } catch {
      return [];
    }
  }

  /** @param {string} question @param {any} answer */
  add(question, answer) {
    if (!this.on) return;
    try {
      sessionStorage.setItem(this.key, JSON.stringify([...this.read(), { question, answer }].slice(-KEPT)));
    } catch {
      this.on = false; // full, or not allowed: the conversation lives on in the page
    }
  }

  forget() {
    if (this.on) sessionStorage.removeItem(this.key);
  }
}
