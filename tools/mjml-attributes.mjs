#!/usr/bin/env node
// Writes the tags of MJML and their attributes, for the check NL306, from mjml's own components (npm, MIT licence).
//
//     npm ci --prefix bench && tools/mjml-attributes
import { createRequire } from "module";
import { writeFileSync } from "fs";

const root = new URL("..", import.meta.url);
const preset = createRequire(new URL("bench/package.json", root))("mjml-preset-core");
const tags = {
  // Read by the engine itself, so they are no components.
  mjml: "dir lang owa", "mj-all": "", "mj-class": "name", "mj-html-attribute": "name", "mj-include": "css-inline path type",
  "mj-selector": "path",
};
for (const component of (preset.default ?? preset).components)
  tags[component.componentName] = Object.keys(component.allowedAttributes ?? {}).sort().join(" ");
const lines = Object.keys(tags).sort().map((name) => ` ${JSON.stringify(name)}: ${JSON.stringify(tags[name])}`);
writeFileSync(new URL("src/newsletter/checks/data/mjml_attributes.json", root), `{\n${lines.join(",\n")}\n}\n`);
console.log(`${lines.length} tags`);
