// @ts-check
// How the source viewer looks; its colours are those of the panel.

export const VIEWER_STYLE = `
.reading-now .main { display: none; }
.viewer { min-width: 0; min-height: 0; display: flex; flex-direction: column; }
.viewer-head { flex: none; }
.reading, .frame { flex: 1 1 auto; min-height: 0; overflow: auto; }
.picture { flex: 1 1 auto; min-height: 0; display: flex; flex-direction: column; }
.viewer-head { padding-block: 0.75em 0.5em; }
.viewer h3 { font: 600 1.1875em/1.3 var(--serif); margin-block: 0.25em; }
.viewer h3:focus-visible { outline-offset: 4px; }
.viewer-head .plain { padding-inline: 0; }
.links a::after { content: " ↗" / ""; }
.viewer .links { font-size: 0.9375em; display: flex; flex-wrap: wrap; gap: 0.25em 1.25em; margin-block: 0.5em; }
.tabs { display: flex; gap: 0.25em; margin-block-start: 0.5em; border-block-end: 1px solid var(--edge); }
.tab { min-height: 2.75em; padding: 0.25em 1.25em; font-weight: 600; color: var(--soft); background: transparent; border: 1px solid transparent;
  border-block-end: 3px solid transparent; border-radius: 6px 6px 0 0; }
.tab[aria-selected="true"] { color: var(--accent); border-block-end-color: var(--accent); }
.reading { padding-block: 0.75em; }
.page-text { font: 1.0625em/1.6 var(--serif); max-width: 42em; hyphens: manual; }
.page-text p { white-space: pre-line; margin-block-end: 0.75em; }
.page-text .heading { font-weight: 600; font-size: 1.0625em; margin-block: 1em 0.5em; }
.page-text .rows { font-size: 0.9em; }
.page-text .rows > :first-child { font-weight: 600; }
.page-text .rows > span { display: block; white-space: pre-wrap; padding-block: 0.25em; border-block-end: 1px solid var(--line); }
.zooms { display: flex; gap: 0.5em; padding-block: 0.75em; }
.zoom { min-width: 4em; min-height: 2.75em; color: var(--accent); background: transparent; border: 1px solid var(--edge); border-radius: 6px; }
.zoom[aria-pressed="true"] { color: var(--accent-text); background: var(--accent); }
.frame { border: 1px solid var(--line); background: #fff; }
.frame img { display: block; height: auto; max-width: none; background: #fff; aspect-ratio: auto 210 / 297; }
.zoom-100 { width: 100%; } .zoom-150 { width: 150%; } .zoom-200 { width: 200%; }
@container panel (min-width: 60em) {
  .panel .body.reading-now { display: grid; grid-template: minmax(0, 1fr) / minmax(0, 1fr) minmax(0, 1fr); gap: 2em; }
  .panel.inline .body.reading-now { grid-template-rows: auto; }
  .dialog .reading-now .main { display: flex; }
  .inline .reading-now .main { display: block; }
  .viewer { border-inline-start: 1px solid var(--line); padding-inline: 2em 3px; }
  .inline .viewer { position: sticky; top: 1em; align-self: start; max-height: calc(100dvh - 2em); }
}
@media (max-width: 30rem), (max-height: 30rem) {
  .viewer, .picture { display: block; }
  .reading { overflow: visible; }
  .panel.dialog .body.reading-now { display: block; }
  .panel.dialog .body.reading-now .main { display: none; }
  .inline .viewer { position: static; max-height: none; }
}
@media (forced-colors: active) {
  .tab[aria-selected="true"], .zoom[aria-pressed="true"] { color: HighlightText; background: Highlight; forced-color-adjust: none; }
  .tab, .zoom { border: 1px solid ButtonBorder; }
}
`;
