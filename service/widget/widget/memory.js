// @ts-check
// What a tab keeps of a conversation where the site asks for it (history="session"): answers go in; they come out after a reload.

const KEPT = 10;

export class Memory {
  /** @param {string} endpoint each service's answers are kept apart */
  constructor(endpoint) {
    this.key = `sourcier:${endpoint}`;
  }

  /** @returns {{question: string, answer: any}[]} */
  read() {
    try {
      return JSON.parse(sessionStorage.getItem(this.key) || "[]");
    } catch {
      return [];
    }
  }

  /** @param {string} question @param {any} answer */
  add(question, answer) {
    try {
      sessionStorage.setItem(this.key, JSON.stringify([...this.read(), { question, answer }].slice(-KEPT)));
    } catch {
      // full, or not allowed: the conversation lives on in the page
    }
  }

  forget() {
    try {
      sessionStorage.removeItem(this.key);
    } catch {
      // not allowed: then nothing was kept
    }
  }
}
