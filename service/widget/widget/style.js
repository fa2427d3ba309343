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
  --serif: var(--assistant-font-quote, "Iowan Old Style", "Palatino Linotype", Palatino, P052, "Source Serif 4", "Liberation Serif", Georgia, serif);
  container-type: inline-size; box-sizing: border-box; color: var(--ink); background: var(--sheet);
  font: 1rem/1.6 var(--assistant-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif);
  border: 1px solid var(--line); border-radius: var(--assistant-radius, 12px); overflow-wrap: break-word; text-align: start;
}
.panel *, .panel *::before { box-sizing: border-box; }
.panel [hidden], .panel[hidden] { display: none; }
:where(h2, h3, h4, h5, p, ol, ul, blockquote) { margin: 0; padding: 0; }
:where(ol, ul) { list-style: none; }
.panel.inline { padding: clamp(1rem, 3cqi, 2rem); box-shadow: var(--assistant-shadow, none); }
.panel.dialog { position: fixed; z-index: 2147483000; inset-block-end: 1rem; inset-inline-end: 1rem; width: min(30rem, calc(100vw - 2rem)); height: min(44rem, calc(100dvh - 2rem));
  display: flex; flex-direction: column; padding: 1rem; box-shadow: 0 12px 40px rgb(0 0 0 / 28%); }
.scroll { flex: 1 1 auto; overflow-y: auto; min-height: 0; padding-block-end: 0.5rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
a { color: var(--accent); text-underline-offset: 0.18em; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.25rem 1rem; margin-block-end: 0.75rem; }
h2 { font: 600 1.25rem/1.25 var(--serif); margin-inline-end: auto; }
.notice { font-size: 0.9375rem; color: var(--soft); border-inline-start: 3px solid var(--accent); padding-inline-start: 0.75rem; }
.inline .notice { margin-block-end: 1.25rem; }
.quiet, .counter { font-size: 0.875rem; color: var(--soft); }
.about { margin-block-start: 1rem; display: flex; flex-wrap: wrap; gap: 0.125rem 1rem; }
.inline .about { padding-block-start: 0.875rem; border-block-start: 1px solid var(--line); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

label { display: block; font-weight: 600; margin-block-end: 0.375rem; }
textarea { display: block; width: 100%; min-height: 4.25rem; padding: 0.75rem; font: inherit; color: inherit; background: var(--field);
  border: 1px solid var(--edge); border-radius: 8px; resize: vertical; field-sizing: content; max-height: 16rem; }
textarea[aria-invalid] { border-color: var(--danger); border-width: 2px; }
.composer .quiet { margin-block: 0.375rem 0; }
.warning p { color: var(--danger); font-weight: 600; margin-block-start: 0.5rem; }
.buttons { display: flex; flex-wrap: wrap; gap: 0.5rem; margin-block-start: 0.75rem; }
button { font: inherit; cursor: pointer; }
.send, .stop { font-weight: 600; min-height: 2.75rem; padding: 0.5rem 1.5rem; border-radius: 8px; border: 1px solid var(--accent); }
.send { color: var(--accent-text); background: var(--accent); }
.send[aria-disabled] { color: var(--soft); background: transparent; border-color: var(--edge); cursor: default; }
.stop { color: var(--accent); background: transparent; }
.plain { min-height: 1.75rem; padding: 0 0.25rem; font-size: 0.9375rem; color: var(--accent); background: none; border: 0; text-decoration: underline; text-underline-offset: 0.18em; }
.minor { font: inherit; font-weight: 600; font-size: 0.9375rem; margin-block: 1.25rem 0.5rem; }
.suggestions { display: grid; gap: 0.5rem; }
.suggestions button { width: 100%; padding: 0.625rem 0.875rem; text-align: start; color: var(--accent); background: transparent; border: 1px solid var(--line); border-radius: 8px; }
.suggestions button:hover { background: var(--wash); border-color: var(--accent); }

.log { display: grid; gap: 1.5rem; }
.inline .log { margin-block-start: 1.75rem; }
.dialog .log { margin-block-start: 1rem; }
.turn { border-block-start: 1px solid var(--line); padding-block-start: 1.25rem; }
.turn h3 { font: inherit; font-size: 0.8125rem; font-weight: 600; color: var(--soft); }
.asked { margin-block-end: 1rem; }
.asked p { font-weight: 600; font-size: 1.0625rem; }
.answer { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem 2.5rem; }
@container (min-width: 52rem) {
  .answer:has(.sources) { grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); }
  .sources { border-inline-start: 1px solid var(--line); padding-inline-start: 2rem; }
  .said { position: sticky; top: 1rem; align-self: start; }
}
.statement { font: 1.1875rem/1.55 var(--serif); margin-block: 0.25rem 0.875rem; }
.cite { min-width: 1.625rem; height: 1.625rem; padding: 0 0.25rem; margin-inline-end: 0.25rem; font: 600 0.8125rem/1 system-ui, sans-serif; color: var(--accent);
  background: var(--wash); border: 1px solid currentcolor; border-radius: 6px; vertical-align: 0.08em; }
.cite:hover { color: var(--accent-text); background: var(--accent); }
.notices { padding: 0.625rem 0.875rem; margin-block-end: 0.75rem; font-size: 0.9375rem; color: var(--warn); background: var(--warn-wash); border-radius: 8px; }
.badge { display: inline-block; padding: 0 0.5rem; font: 600 0.75rem/1.5 system-ui, sans-serif; color: var(--soft); border: 1px solid currentcolor; border-radius: 1rem; white-space: nowrap; vertical-align: 0.1em; }
.badge.in_force { color: var(--accent); }
.badge:is(.superseded, .announced, .draft, .unverified) { color: var(--warn); background: var(--warn-wash); }
h4 { font: inherit; font-size: 0.8125rem; font-weight: 600; color: var(--soft); margin-block-end: 0.5rem; }
.source { padding-block: 0.125rem 0.75rem; }
.source + .source { border-block-start: 1px solid var(--line); padding-block-start: 1rem; }
.source:focus { outline: 2px solid var(--accent); outline-offset: 6px; border-radius: 4px; }
h5 { font: 600 1.0625rem/1.35 var(--serif); }
.number { display: inline-grid; place-items: center; min-width: 1.5rem; height: 1.5rem; font: 600 0.8125rem/1 system-ui, sans-serif; color: var(--accent-text); background: var(--accent); border-radius: 6px; }
.place { font-size: 0.875rem; color: var(--soft); margin-block-start: 0.25rem; }
blockquote { font-family: var(--serif); white-space: pre-line; hyphens: manual; margin-block: 0.625rem; padding-inline-start: 0.875rem; border-inline-start: 3px solid var(--line); }
.around { color: var(--soft); }
mark { color: var(--mark-ink); background: var(--mark); padding-block: 0.1em; border-radius: 2px; -webkit-box-decoration-break: clone; box-decoration-break: clone; }
.links { font-size: 0.9375rem; }
.links a::after { content: " ↗" / ""; }

@media (max-width: 30rem), (max-height: 30rem) {
  .panel.dialog { inset: 0; width: 100vw; height: 100dvh; border-radius: 0; display: block; overflow-y: auto; }
  .panel.dialog .scroll { overflow: visible; }
}
@media (forced-colors: active) {
  mark { color: HighlightText; background: Highlight; forced-color-adjust: none; }
  .cite, .badge, .number, .send, .stop { border: 1px solid CanvasText; }
}
@media (prefers-contrast: more) { .panel { --line: var(--edge); } }
@media print { .composer, .plain, .about { display: none !important; } }
`;
