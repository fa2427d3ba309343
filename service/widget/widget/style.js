// @ts-check
// How the panel looks. A site's own colours come in by the custom properties named --assistant-*.

export const PANEL_STYLE = `
.panel {
  --accent: var(--assistant-accent, light-dark(#14504f, #8fd0c4));
  --accent-text: var(--assistant-accent-text, light-dark(#fff, #0e1514));
  --ink: var(--assistant-text, light-dark(#1b2422, #e9ece8));
  --soft: var(--assistant-text-soft, light-dark(#55625e, #a9b5b0));
  --sheet: var(--assistant-background, light-dark(#fff, #1a2120));
  --field: var(--assistant-field, light-dark(#faf9f5, #121716));
  --line: var(--assistant-line, light-dark(#dcded6, #313b38));
  --edge: light-dark(#7f8b86, #7d8b85);
  --wash: color-mix(in oklab, var(--accent) 10%, var(--sheet));
  --warn: light-dark(#7a4a00, #f2c777);
  --warn-wash: light-dark(#fdf1dc, #33291a);
  --danger: light-dark(#9c1c1c, #ff9d94);
  --mark: var(--assistant-mark, light-dark(#ffe9a3, #6b5713));
  --mark-ink: var(--assistant-mark-text, light-dark(#1b2422, #fff8e1));
  --serif: var(--assistant-font-quote, "Iowan Old Style", "Palatino Linotype", Palatino, P052, Georgia, serif);
  container: panel / inline-size; box-sizing: border-box; color: var(--ink); background: var(--sheet);
  font: var(--assistant-font-size, medium)/1.6 var(--assistant-font, system-ui, "Segoe UI", Roboto, Arial, sans-serif);
  border: 1px solid var(--line); border-radius: var(--assistant-radius, 12px); overflow-wrap: break-word; text-align: start;
}
.panel *, .panel *::before { box-sizing: border-box; }
[hidden] { display: none !important; }
/* Sizes are in em: a site's own root size, often 62.5 %, must not shrink the assistant. */
:where(h2, h3, h4, h5, p, ol, ul, blockquote) { margin: 0; padding: 0; }
:where(ol, ul) { list-style: none; }
.panel.inline { padding: clamp(1em, 3cqi, 2em); box-shadow: var(--assistant-shadow, none); }
.panel.dialog { position: fixed; z-index: 2147483000; inset-block: auto 1em; inset-inline: auto 1em; margin: 0; width: min(30em, calc(100vw - 2em)); height: min(46em, calc(100dvh - 2em));
  max-width: none; max-height: none; display: flex; flex-direction: column; padding: 1em; box-shadow: 0 12px 40px rgb(0 0 0 / 28%); overflow: hidden; }
.panel.dialog.widened { width: min(76em, calc(100vw - 2em)); }
.panel.dialog::backdrop { background: rgb(0 0 0 / 40%); }
.dialog .body { flex: 1 1 auto; min-height: 0; display: grid; grid-template: minmax(0, 1fr) / minmax(0, 1fr); }
.main { container: main / inline-size; min-width: 0; }
.dialog .main { display: flex; flex-direction: column; min-height: 0; }
.scroll { flex: 1 1 auto; overflow-y: auto; min-height: 0; padding: 0.75em 0.5em; margin-inline: -0.5em; }
.first { margin-block-start: 1em; }
.newer { align-self: center; margin-block-end: 0.5em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
a { color: var(--accent); text-underline-offset: 0.18em; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.25em 1em; margin-block-end: 0.75em; }
.dialog header { padding-block-end: 0.375em; margin-block: -0.5em 0; border-block-end: 1px solid var(--line); }
header .plain { padding-inline: 0; }
header .closer { min-height: 2.75em; padding-inline-start: 0.75em; }
h2 { font: 600 1.25em/1.25 var(--serif); margin-inline-end: auto; }
.notice { text-wrap: pretty; font-size: 0.9375em; color: var(--soft); border-inline-start: 3px solid var(--accent); padding-inline-start: 0.75em; }
.inline .notice { margin-block-end: 1.25em; }
.dialog .composer { border-block-start: 1px solid var(--line); padding-block-start: 0.75em; }
.quiet, .counter { font-size: 0.875em; color: var(--soft); }
.about { margin-block-start: 1em; display: flex; flex-wrap: wrap; gap: 0.125em 1em; }
.dialog .about { margin-block-start: 0.625em; }
.inline .about { padding-block-start: 0.875em; border-block-start: 1px solid var(--line); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

label { display: block; font-weight: 600; margin-block-end: 0.375em; }
textarea { display: block; width: 100%; min-height: 4.25em; padding: 0.75em; font: inherit; color: inherit; background: var(--field);
  border: 1px solid var(--edge); border-radius: 8px; resize: vertical; field-sizing: content; max-height: 16em; }
.dialog textarea { min-height: 3.1em; padding: 0.625em; }
textarea[aria-invalid] { border-color: var(--danger); border-width: 2px; }
.composer .quiet { margin-block: 0.375em 0; }
.warning { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 0.75em; }
.warning p { color: var(--danger); font-weight: 600; margin-block-start: 0.5em; }
.buttons { display: flex; flex-wrap: wrap; gap: 0.5em; margin-block-start: 0.75em; }
.dialog .under { display: flex; flex-wrap: wrap; gap: 0 0.75em; justify-content: space-between; }
.dialog .under > :first-child { flex: 1 1 12em; }
.dialog .under .buttons { margin-block-start: 0.5em; align-content: start; }
button { font: inherit; cursor: pointer; }
.send, .stop, .newer { font-weight: 600; min-height: 2.75em; padding: 0.5em 1.5em; border-radius: 8px; border: 1px solid var(--accent); }
.send, .newer { color: var(--accent-text); background: var(--accent); }
.send[aria-disabled] { color: var(--soft); background: transparent; border-color: var(--edge); cursor: default; }
.stop { color: var(--accent); background: transparent; }
.plain { min-height: max(24px, 1.75em); padding: 0 0.25em; font-size: 0.9375em; text-align: start; color: var(--accent); background: none; border: 0; text-decoration: underline; text-underline-offset: 0.18em; }
.minor { font: inherit; font-weight: 600; font-size: 0.9375em; margin-block: 1.25em 0.5em; }
.suggestions { display: grid; gap: 0.5em; }
.suggestions button { width: 100%; padding: 0.625em 0.875em; text-align: start; color: var(--accent); background: transparent; border: 1px solid var(--line); border-radius: 8px; }
.suggestions button:hover { background: var(--wash); border-color: var(--accent); }

.log { display: grid; gap: 1.5em; }
.inline .log { margin-block-start: 1.75em; }
.dialog .log { margin-block-start: 1em; }
.held { white-space: nowrap; }
.turn { border-block-start: 1px solid var(--line); padding-block-start: 1.25em; }
.turn h3 { font: inherit; font-size: 0.8125em; font-weight: 600; color: var(--soft); }
.asked { margin-block-end: 1em; }
.asked p { font-weight: 600; font-size: 1.0625em; text-wrap: pretty; }
.turn:focus-visible { outline-offset: 6px; }
.row + .row { margin-block-start: 0.25em; }
@container main (min-width: 52em) {
  .aligned .row { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); gap: 2.5em; padding-block: 0.5em; }
  .aligned .row + .row { border-block-start: 1px solid var(--line); padding-block-start: 1em; }
  .aligned .cards { border-inline-start: 1px solid var(--line); padding-inline-start: 2em; }
}
.searching ul { list-style: disc; padding-inline-start: 1.25em; }
.statement { font: 1.1875em/1.55 var(--serif); margin-block: 0.25em 0.875em; }
.cite { min-width: max(24px, 2em); height: max(24px, 2em); padding: 0 0.3em; margin-inline-end: 0.3em; font: 600 0.7em/1 system-ui, sans-serif; color: var(--accent);
  background: var(--wash); border: 1px solid currentcolor; border-radius: 6px; vertical-align: 0.08em; }
.cite:hover { color: var(--accent-text); background: var(--accent); }
.about > .plain, .sure { margin-inline-start: auto; }
.about .plain { font-size: inherit; padding-inline: 0; }
.sure .plain { margin-inline-start: 0.5em; }
summary { min-height: 24px; cursor: pointer; color: var(--accent); }
details[open] { flex: 1 0 100%; }
select { font: inherit; color: inherit; background: var(--field); border: 1px solid var(--edge); border-radius: 6px; min-height: 2.25em; max-width: 100%; }
.notices { padding: 0.625em 0.875em; margin-block-end: 0.75em; font-size: 0.9375em; color: var(--warn); background: var(--warn-wash); border-radius: 8px; }
.badge { display: inline-block; padding: 0 0.5em; font: 600 0.7em/1.5 system-ui, sans-serif; color: var(--soft); border: 1px solid currentcolor; border-radius: 1em; white-space: nowrap; vertical-align: 0.1em; }
.badge.in_force { color: var(--accent); }
.badge:is(.superseded, .announced, .draft, .unverified) { color: var(--warn); background: var(--warn-wash); }
h4 { font: inherit; font-size: 0.8125em; font-weight: 600; color: var(--soft); margin-block-end: 0.5em; }
.source { padding-block: 0.125em 0.5em; scroll-margin: 0.5em; }
.source + .source { border-block-start: 1px solid var(--line); padding-block-start: 1em; }
.row .source { margin-block-end: 1em; padding: 0.75em 0.875em; background: var(--field); border: 1px solid var(--line); border-radius: 8px; }
.aligned .row .source { margin-block-end: 0; }
.source h4 { font: 600 1.0625em/1.35 var(--serif); color: inherit; margin-block-end: 0; }
.actions { display: flex; flex-wrap: wrap; gap: 0.125em 1em; margin-block-start: 0.5em; }
.actions .plain { padding-inline: 0; }
.end > * { margin-block-start: 0.75em; }
.documents ul { display: grid; gap: 0.5em; }
.documents li > .quiet { display: block; }
.cut { color: var(--danger); font-weight: 600; }
.changed { margin-block-end: 1em; }
.source:focus { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 8px; }
.number { display: inline-grid; place-items: center; min-width: 1.9em; height: 1.9em; font: 600 0.76em/1 system-ui, sans-serif; color: var(--accent-text); background: var(--accent); border-radius: 6px; }
.place { font-size: 0.875em; color: var(--soft); margin-block-start: 0.25em; }
blockquote { font-family: var(--serif); white-space: pre-line; margin-block: 0.625em; padding-inline-start: 0.875em; border-inline-start: 3px solid var(--line); }
.around { color: var(--soft); }
mark { color: var(--mark-ink); background: var(--mark); padding-block: 0.1em; border-radius: 2px; -webkit-box-decoration-break: clone; box-decoration-break: clone; }

/* In a small window the sheet covers the page and scrolls as one: nothing sticks, so nothing hides what has the focus. */
@media (max-width: 30rem), (max-height: 30rem) {
  .panel.dialog, .panel.dialog.widened { inset: 0; width: 100vw; height: 100dvh; border: 0; border-radius: 0; display: block; overflow-y: auto; }
  .dialog .body, .dialog .main { display: block; }
  .dialog .reading-now .main { display: none; }
  .scroll { overflow: visible; }
  .inline .main { container-type: inline-size; }
}
@media (forced-colors: active) {
  mark { color: HighlightText; background: Highlight; forced-color-adjust: none; }
  .cite, .badge, .number, .send, .stop, .newer, .plain, .row .source, .suggestions button, .notices { border: 1px solid CanvasText; }
  .plain, .actions .plain { padding-inline: 0.5em; border-radius: 4px; }
  .send[aria-disabled] { color: GrayText; border-color: GrayText; }
}
@media (prefers-contrast: more) {
  .panel { --line: var(--ink); --edge: var(--ink); --soft: var(--ink); }
  a, .plain { text-decoration-thickness: 2px; }
  .cite, .send, .stop, textarea, .suggestions button { border-width: 2px; }
}
@media print { .panel.dialog, .composer, .plain, .about { display: none !important; } .source[hidden] { display: block !important; } }
`;
