// A client of the CyberTipline interface with nothing but what Node brings, written from its documentation.
// Usage: node plain.mjs BASE USER PASSWORD multipart|urlencoded. Prints the ids of the report and of its files.
const [base, user, password, form] = process.argv.slice(2);
const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
const said = (text, name) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];

async function ask(path, body, kind) {
  const headers = { Authorization: authorization, ...(kind ? { "Content-Type": kind } : {}) };
  const answer = await fetch(base + path, { method: body === undefined ? "GET" : "POST", headers, body });
  const text = await answer.text();
  if (!answer.ok || said(text, "responseCode") !== "0") throw new Error(`${path}: ${answer.status} ${text}`);
  return text;
}

const report = `<report><incidentSummary><incidentType>Misleading Domain Name</incidentType>
<incidentDateTime>${new Date(0).toISOString()}</incidentDateTime></incidentSummary>
<reporter><reportingPerson><email>r@harbour.example</email></reportingPerson></reporter></report>`;
await ask("/status");
const id = said(await ask("/submit", report, "text/xml; charset=utf-8"), "reportId");
const upload = new FormData();
upload.append("file", new Blob([new Uint8Array(9000).fill(7)]), "pattern.bin"); // the file first, then the id
upload.append("id", id);
const file = said(await ask("/upload", upload), "fileId");
const viewed = "<fileViewedByEsp>true</fileViewedByEsp>";
await ask("/fileinfo", `<fileDetails><reportId>${id}</reportId><fileId>${file}</fileId>${viewed}</fileDetails>`, "text/xml");
const finish = form === "urlencoded" ? new URLSearchParams({ id }) : new FormData();
if (form !== "urlencoded") finish.append("id", id);
const done = await ask("/finish", finish);
if (!done.startsWith("<?xml") || said(done, "fileId") !== file) throw new Error("the file is not in the answer");
console.log(JSON.stringify({ report: id, files: [file] }));
