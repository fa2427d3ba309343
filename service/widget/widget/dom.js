// @ts-check
// Elements from a tag, attributes and children. Strings become text nodes: nothing is ever parsed as HTML.

/** @typedef {Node | string | null | undefined | false} Child */

/**
 * @param {string} tag
 * @param {Record<string, string | boolean | number | ((event: any) => void) | null | undefined>} [attributes]
 *   a function listens to the event of that name; true is an attribute without a value; false and null are left out
 * @param {...Child} children
 * @returns {any}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...present(children));
  return element;
}

/**
 * @param {string} text @param {(event: any) => void} click @param {Record<string, string | boolean | null>} [more] attributes
 * @returns {any} a button that looks like a link, unless its class says otherwise
 */
export function button(text, click, more = {}) {
  return h("button", { type: "button", class: "plain", part: "action", click, ...more }, text);
}

/** @param {Child[]} children @returns {(Node | string)[]} */
function present(children) {
  return /** @type {(Node | string)[]} */ (children.filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
}

/**
 * @param {string} css
 * @returns {CSSStyleSheet} a constructed style sheet, which a strict `style-src` lets through
 */
export function sheet(css) {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
}
