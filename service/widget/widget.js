// @ts-check
// <policy-assistant>: the one script that a page loads. The panel and its styles are fetched when the visitor opens it.
import { PolicyAssistant } from "./widget/element.js";

if (!customElements.get("policy-assistant")) customElements.define("policy-assistant", PolicyAssistant);
