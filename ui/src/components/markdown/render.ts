// Markdown to HTML that cannot do harm: what users write is shown to other users, in our origin.

import createPurifier from "dompurify";
import { Marked } from "marked";

const marked = new Marked({ gfm: true, breaks: true });
const purifier = createPurifier(window);

purifier.addHook("afterSanitizeAttributes", (element) => {
  if (element.tagName === "A" && element.hasAttribute("href")) {
    element.setAttribute("target", "_blank");
    element.setAttribute("rel", "noopener noreferrer nofollow");
  }
  // Of all fields only the boxes of a task list are Markdown's.
  if (element.tagName === "INPUT") {
    if (element.getAttribute("type") === "checkbox") element.setAttribute("disabled", "");
    else element.remove();
  }
  if (element.tagName === "IMG") {
    element.setAttribute("loading", "lazy");
    element.setAttribute("referrerpolicy", "no-referrer");
  }
});

/** Renders Markdown as HTML without scripts, styles, forms, frames, or names that the page could trip over. */
export function renderMarkdown(text: string): string {
  const html = marked.parse(text, { async: false });
  return purifier.sanitize(html, {
    USE_PROFILES: { html: true },
    FORBID_TAGS: ["style", "form", "button", "textarea", "select", "option", "dialog", "audio", "video"],
    FORBID_ATTR: ["style", "class", "id", "name", "popover", "popovertarget", "srcset"],
    ALLOW_DATA_ATTR: false,
  });
}
