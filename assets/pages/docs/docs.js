// Reads the server's OpenAPI description to people who write clients: every request, its body, its answers.
import { html, render } from "../vendor/foleni-vendor.js";
import { Mark } from "../shared/parts.js";

const METHODS = ["get", "post", "put", "delete"];

/** Returns the name behind a `$ref`. */
const refName = (ref) => ref?.split("/").pop();

/** Says a schema in few words; a named one is a link to its entry. */
function Kind({ schema }) {
  if (!schema) return null;
  if (schema.$ref) return html`<a href=${`#${refName(schema.$ref)}`}>${refName(schema.$ref)}</a>`;
  const choices = schema.oneOf ?? schema.anyOf ?? schema.allOf;
  if (choices) {
    const real = choices.filter((choice) => choice.type !== "null");
    const words = real.map((choice, at) => html`${at > 0 && " or "}<${Kind} schema=${choice} />`);
    return html`${words}${real.length < choices.length && " or nothing"}`;
  }
  if (schema.type === "array") return html`list of <${Kind} schema=${schema.items} />`;
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" or ");
  const types = [schema.type].flat().filter(Boolean);
  return html`${types.map((type) => (type === "null" ? "nothing" : type)).join(" or ")}${schema.format && ` (${schema.format})`}${schema.pattern && html` <code>${schema.pattern}</code>`}`;
}

function Fields({ schema }) {
  if (!schema) return null;
  if (schema.oneOf) return html`<ul class="variants">${schema.oneOf.map((variant) => html`<li>${variant.description && html`<p>${variant.description}</p>`}${variant.properties ? html`<${Fields} schema=${variant} />` : html`<${Kind} schema=${variant} />`}</li>`)}</ul>`;
  if (!schema.properties) return html`<p><${Kind} schema=${{ ...schema, description: undefined }} /></p>`;
  const needed = new Set(schema.required ?? []);
  return html`<table><tbody>${Object.entries(schema.properties).map(([name, field]) => html`<tr>
    <th scope="row"><code>${name}</code>${!needed.has(name) && html`<small> may be absent</small>`}</th>
    <td><${Kind} schema=${field} /></td>
    <td>${field.description}</td>
  </tr>`)}</tbody></table>`;
}

function Request({ method, path, request }) {
  const body = request.requestBody?.content?.["application/json"]?.schema;
  return html`<article id=${request.operationId}>
    <h3><span class=${`method ${method}`}>${method.toUpperCase()}</span> <code>${path}</code></h3>
    <p>${request.summary ?? request.description}</p>
    <dl>
      ${(request.parameters ?? []).map((parameter) => html`<dt>in the address</dt><dd><code>${parameter.name}</code>: <${Kind} schema=${parameter.schema} />. ${parameter.description}</dd>`)}
      ${body && html`<dt>body</dt><dd><${Kind} schema=${body} /></dd>`}
      ${Object.entries(request.responses ?? {}).map(([status, answer]) => html`<dt>${status}</dt><dd>${answer.description}${Object.values(answer.content ?? {}).map((content) => content.schema && html` → <${Kind} schema=${content.schema} />`)}</dd>`)}
    </dl>
  </article>`;
}

function Page({ api }) {
  const requests = Object.entries(api.paths).flatMap(([path, item]) => METHODS.filter((method) => item[method]).map((method) => ({ method, path, request: item[method] })));
  const schemas = Object.entries(api.components?.schemas ?? {}).sort(([one], [other]) => one.localeCompare(other));
  return html`
    <header><${Mark} /><h1>${api.info.title}: requests</h1><a href="/openapi.json">openapi.json</a></header>
    <main>
      <p class="lead">${api.info.description}</p>
      ${api.tags.map((tag) => html`<section><h2 id=${tag.name}>${tag.description}</h2>${requests.filter(({ request }) => request.tags?.includes(tag.name)).map((entry) => html`<${Request} ...${entry} />`)}</section>`)}
      <section><h2>Shapes</h2>${schemas.map(([name, schema]) => html`<article id=${name}><h3><code>${name}</code></h3>${schema.description && html`<p>${schema.description}</p>`}<${Fields} schema=${schema} /></article>`)}</section>
    </main>`;
}

const answer = await fetch("/openapi.json");
render(html`<${Page} api=${await answer.json()} />`, document.getElementById("page"));
