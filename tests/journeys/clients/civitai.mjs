// Drives the published client @civitai/cybertipline-tools, unmodified but for its base address.
// Usage: node civitai.mjs BASE USER PASSWORD FOLDER, where FOLDER is the node_modules that holds it.
import { pathToFileURL } from "node:url";

const [base, username, password, folder] = process.argv.slice(2);
const entry = pathToFileURL(`${folder}/@civitai/cybertipline-tools/dist/index.js`);
const { Client, Environment, IncidentType, FileRelevance } = await import(entry);
const client = new Client({ environment: Environment.Testing, credentials: { username, password } });
client.baseUrl = base;

await client.getStatus();
const opened = await client.submitReport({
  incidentSummary: { incidentType: IncidentType.ChildSexTourism, incidentDateTime: new Date(0) },
  internetDetails: [{ webPageIncident: { url: ["https://pages.example/a"] } }],
  reporter: { reportingPerson: { firstName: "Ann", email: [{ value: "ann@harbour.example" }] } },
  personOrUserReported: { espIdentifier: "u-1", screenName: "somebody" },
});
const id = String(opened.data.reportId);
const sent = await client.uploadFile({ id, file: new File([new Uint8Array(7000).fill(3)], "pattern.bin") });
await client.submitFileDetails({
  reportId: Number(id),
  fileId: sent.data.fileId,
  originalFileName: "pattern.bin",
  fileRelevance: FileRelevance.Reported,
});
await client.finishReport({ id });
console.log(JSON.stringify({ report: id, files: [sent.data.fileId] }));
