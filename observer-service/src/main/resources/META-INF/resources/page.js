// Everything that comes from the server is put in as text, never as markup.

const STATES = [
  ["ARMING", "Arming"], ["EXPANDING", "Expand"], ["MIGRATING", "Migrate"], ["AWAITING_CONTRACT", "Waiting to contract"],
  ["QUARANTINING", "Quarantine"], ["AWAITING_FINALIZE", "Waiting to finalize"], ["CONTRACTING", "Contract"],
  ["WATCHING", "Watch"], ["COMPLETED", "Completed"],
];
const WITHOUT_CONTRACT = new Set(["ARMING", "EXPANDING", "MIGRATING", "COMPLETED"]);
const TERMINAL = new Set(["COMPLETED", "ABORTED", "REVERTED"]);
const PHASES = { expand: "Expand", migrate: "Migrate", contract: "Contract" };
const ORDER = { FAILED: 0, UNKNOWN: 1, PASSED: 2 };
const MARKS = { PASSED: "✓", FAILED: "✗", UNKNOWN: "?" };

const live = document.getElementById("live");
const tokenForm = document.getElementById("token");
const list = document.getElementById("runs");
const detail = document.getElementById("detail");

const summaries = new Map();
const details = new Map();
const rates = new Map();
const opened = new Set();
let selected = new URLSearchParams(location.search).get("run");
let chosen = selected !== null;
let lastEventId = null;

function element(name, options = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined || value === null) continue;
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

const span = (kind, ...text) => element("span", { class: kind }, ...text);
const badge = (text, mood) => element("span", { class: "badge", "data-mood": mood }, text);
const number = (value) => Number(value).toLocaleString("en");

function words(state) {
  return state.toLowerCase().replaceAll("_", " ").replaceAll("-", " ");
}

function clock(instant) {
  return instant ? new Date(instant).toLocaleTimeString("en-GB") : "";
}

function duration(from, to) {
  const seconds = Math.max(0, (new Date(to ?? Date.now()) - new Date(from)) / 1000);
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

function moodOf(state) {
  if (state === "COMPLETED" || state === "GO" || state === "SUCCEEDED" || state === "PASSED") return "go";
  if (["HALTED", "ABORTED", "REVERTED", "NO_GO", "FAILED"].includes(state)) return "stop";
  if (state.startsWith("AWAITING") || state.startsWith("WAITING") || state === "PAUSED" || state === "INCONCLUSIVE"
      || state === "THROTTLED" || state === "OPEN" || state === "ARMING" || state === "WATCHING") return "wait";
  if (state === "PENDING" || state === "SKIPPED") return "still";
  return undefined;
}

function renderList() {
  const runs = [...summaries.values()].sort((a, b) => b.claimedAt.localeCompare(a.claimedAt));
  list.replaceChildren(...runs.map((run) => element("button",
    { type: "button", "aria-current": String(run.run === selected), onclick: () => choose(run.run) },
    element("div", { class: "top" }, span("name", run.release), badge(words(run.state), moodOf(run.state))),
    element("div", { class: "soft" }, `${run.target} · ${run.stepsDone} of ${run.stepsTotal} steps`))));
}

function renderDetail() {
  const run = details.get(selected);
  if (!run) {
    detail.replaceChildren(element("p", { class: "empty" },
      summaries.size === 0 ? "No run yet. A release that is claimed shows up here by itself." : "Loading this run …"));
    return;
  }
  detail.replaceChildren(...[heading(run), canal(run), ...alerts(run), openGate(run), steps(run), verdicts(run)]
    .filter(Boolean));
}

function heading(run) {
  const summary = run.summary;
  const watched = run.observation;
  const changes = watched ? Object.values(watched.changes).reduce((sum, count) => sum + count, 0) : 0;
  return element("section", {},
    element("div", { class: "title" }, element("h2", {}, summary.release),
      badge(words(summary.state), moodOf(summary.state))),
    element("p", { class: "facts" }, span("", `target ${summary.target}`), span("", `run ${summary.run}`),
      run.profile ? span("", `profile ${run.profile}`) : null,
      span("", `claimed ${new Date(summary.claimedAt).toLocaleString("en-GB")}`),
      watched ? span("", watched.mode === "STREAMING"
        ? `following ${watched.slot}, ${number(changes)} changes, at ${watched.observed ?? "the beginning"}`
        : `observation ${words(watched.mode)}`) : null),
    summary.reason ? element("p", { class: "facts" }, span("", summary.reason)) : null,
    watched?.lost ? element("p", { class: "facts" }, span("", watched.lost)) : null);
}

function place(run) {
  const at = STATES.findIndex(([state]) => state === run.summary.state);
  if (at >= 0) return at;
  const next = run.steps.find((step) => !["SUCCEEDED", "SKIPPED"].includes(step.state));
  const phase = { expand: "EXPANDING", migrate: "MIGRATING", contract: "CONTRACTING" }[next?.phase];
  return STATES.findIndex(([state]) => state === (phase ?? "ARMING"));
}

function canal(run) {
  const contracts = run.steps.some((step) => step.phase === "contract");
  const here = place(run);
  const held = !STATES.some(([state]) => state === run.summary.state) && run.summary.state !== "CLAIMED";
  const shown = STATES.filter(([state]) => contracts || WITHOUT_CONTRACT.has(state));
  const name = STATES[here][1];
  return element("div", {}, element("ol", { class: "canal", "aria-label": "Phases" }, shown.map(([state, name]) => {
    const index = STATES.findIndex(([other]) => other === state);
    let where = index < here ? "done" : "ahead";
    if (index === here) where = held ? "stuck" : state === "COMPLETED" ? "end" : "here";
    return element("li", { "data-place": where, "aria-current": index === here ? "step" : undefined },
      index === here && held ? `${name} (${words(run.summary.state)})` : name);
  })), element("p", { class: "here" }, `${held ? `${words(run.summary.state)} at ` : ""}${name}`,
    span("soft", `, ${shown.findIndex(([state]) => state === STATES[here][0]) + 1} of ${shown.length}`)));
}

function alerts(run) {
  return run.alerts.map((alert) => element("section",
    { class: "card alert", "data-firing": String(alert.firing), role: alert.firing ? "alert" : undefined },
    element("h3", {}, alert.name, badge(alert.firing ? "firing" : "resolved", alert.firing ? "stop" : "go"),
      span("soft", alert.firing ? `since ${clock(alert.raisedAt)}`
        : `${clock(alert.raisedAt)} to ${clock(alert.resolvedAt)}`)),
    element("p", {}, alert.summary), element("p", { class: "soft" }, `Runbook: ${alert.runbook}`)));
}

/** What keeps the gate closed comes first, what is only reported last. */
function byWeight(one, other) {
  return (one.severity === "P3") - (other.severity === "P3") || ORDER[one.status] - ORDER[other.status];
}

function evidence(items) {
  return element("ul", { class: "evidence" }, [...items].sort(byWeight).map((item) => element("li", {},
    element("span", { class: "mark", "data-status": item.status, title: words(item.status) }, MARKS[item.status]),
    element("div", {},
      element("div", { class: "measure" }, element("strong", {}, item.subject), " ", item.measure),
      element("div", { class: "context" }, `${item.severity} ${item.kind}: ${item.claim}. Limit: ${item.limit}. From ${item.source}`
        + (item.severity === "P3" ? ". Reported only" : ""))))));
}

function openGate(run) {
  const gate = run.gates.find((candidate) => candidate.state === "OPEN");
  if (!gate) return null;
  const verdict = run.verdicts.find((said) => said.gate === gate.gate && said.attempt === gate.attempt);
  return element("section", { class: "card" },
    element("h3", {}, `Gate ${words(gate.gate)}`,
      verdict ? badge(words(verdict.decision), moodOf(verdict.decision)) : badge("not judged yet", "wait"),
      span("soft", verdict ? `${verdict.concluded} · ` : "", `open for ${duration(gate.openedAt)}`,
        gate.attempt > 1 ? `, attempt ${gate.attempt}` : "")),
    verdict ? evidence(verdict.evidence) : element("p", { class: "soft" }, "The observer has not judged it yet."));
}

function steps(run) {
  const rows = [];
  let phase = null;
  for (const step of run.steps) {
    if (step.phase !== phase) {
      phase = step.phase;
      rows.push(element("h4", { class: "group" }, PHASES[phase] ?? phase), element("ol", { class: "steps" }));
    }
    rows[rows.length - 1].append(stepRow(run, step));
  }
  return element("section", { class: "card" },
    element("h3", {}, "Steps", span("soft", `${run.summary.stepsDone} of ${run.summary.stepsTotal} done`)), rows);
}

function stepRow(run, step) {
  const facts = [step.gate ? `behind gate ${words(step.gate)}` : null,
    step.startedAt ? `took ${duration(step.startedAt, step.finishedAt)}` : null,
    step.attempts > 1 ? `${step.attempts} attempts` : null,
    step.rows ? `${number(step.rows)} rows` : null];
  if (step.startedAt && !step.finishedAt) facts[1] = `for ${duration(step.startedAt)}`;
  return element("li", {}, span("name", step.title), badge(words(step.state), moodOf(step.state)),
    element("div", { class: "under" }, facts.filter(Boolean).map((fact) => span("", fact))),
    progress(run, step), step.attemptList.map(waits),
    step.failure?.message ? element("div", { class: "failure" }, String(step.failure.message)) : null);
}

function waits(attempt) {
  const blockers = attempt.blockers.map((blocker) =>
    `pid ${blocker.pid}${blocker.application ? ` (${blocker.application})` : ""}`
      + `${blocker.state ? `, ${blocker.state}` : ""}`);
  const victims = attempt.victims.map((victim) =>
    `pid ${victim.pid}${victim.application ? ` (${victim.application})` : ""}`);
  if (blockers.length === 0 && victims.length === 0 && !attempt.waitedMs) return null;
  const lines = [`attempt ${attempt.number}: ${words(attempt.outcome ?? "waiting")}`];
  if (attempt.waitedMs) lines.push(`waited ${number(attempt.waitedMs)} ms`);
  if (blockers.length > 0) lines.push(`blocked by ${blockers.join("; ")}`);
  if (victims.length > 0) lines.push(`behind us: ${victims.join("; ")}`);
  return element("div", { class: "waits" }, lines.join(", "));
}

function progress(run, step) {
  const known = step.progress;
  if (!known) return null;
  const part = known.totalBlocks === 0 ? 1 : known.doneBlocks / known.totalBlocks;
  const percent = `${Math.floor(part * 100)} %`;
  const fill = element("div", { class: "fill" });
  fill.style.width = `${part * 100}%`;
  const rate = step.state === "RUNNING" ? rates.get(`${run.summary.run}/${step.id}`)?.rate ?? known.rowsPerSecond
    : known.rowsPerSecond;
  return element("div", { class: "progress" },
    element("div", { class: "track", role: "progressbar", "aria-valuemin": "0", "aria-valuemax": "100",
      "aria-valuenow": String(Math.floor(part * 100)), "aria-label": step.title }, fill),
    element("div", { class: "label" }, span("number", `${percent} of pass ${known.pass}`),
      span("number", `${number(known.rows)} rows`), span("number", `${number(Math.round(rate))} rows/s`)));
}

function verdicts(run) {
  if (run.verdicts.length === 0) return null;
  return element("section", { class: "card" }, element("h3", {}, "Verdicts"),
    element("ul", { class: "verdicts" }, run.verdicts.map((verdict) => {
      const open = verdict.evidence.filter((item) => item.status !== "PASSED" && item.severity !== "P3");
      const why = open.length > 0 ? open.map((item) => item.subject).join(", ")
        : `${verdict.evidence.length} items of evidence`;
      const receipt = verdict.taken === undefined ? "not received yet" : verdict.taken ? "taken" : verdict.note;
      return element("li", {}, element("details",
        { open: opened.has(verdict.id) ? "" : undefined, ontoggle: (event) => remember(event, verdict.id) },
        element("summary", {}, element("span", {}, badge(words(verdict.decision), moodOf(verdict.decision))),
          span("", words(verdict.gate), verdict.attempt > 1 ? ` (${verdict.attempt})` : ""),
          span("why", `${verdict.concluded} · ${why} · ${receipt}`), span("number soft", clock(verdict.at))),
        evidence(verdict.evidence)));
    })));
}

function remember(event, id) {
  if (event.target.open) opened.add(id);
  else opened.delete(id);
}

function choose(run) {
  selected = run;
  chosen = true;
  history.replaceState(null, "", `?run=${encodeURIComponent(run)}`);
  renderList();
  renderDetail();
  if (!details.has(run)) readRun(run);
}

function take(run) {
  const id = run.summary.run;
  for (const step of run.steps) {
    if (!step.progress) continue;
    const key = `${id}/${step.id}`;
    const before = rates.get(key);
    const now = performance.now();
    if (before && now - before.at < 700) continue;
    const rate = before ? Math.max(0, (step.progress.rows - before.rows) / ((now - before.at) / 1000)) : undefined;
    rates.set(key, { rows: step.progress.rows, at: now, rate });
  }
  summaries.set(id, run.summary);
  details.set(id, run);
  if (!chosen) {
    const newest = [...summaries.values()].sort((a, b) => b.claimedAt.localeCompare(a.claimedAt))[0];
    selected = newest.run;
  }
  renderList();
  if (id === selected) renderDetail();
}

function headers() {
  const token = sessionStorage.getItem("token");
  return token ? { Authorization: `Bearer ${token}` } : {};
}

async function ask(path) {
  const response = await fetch(path, { headers: headers(), cache: "no-store" });
  if (response.status === 401 || response.status === 403) {
    sessionStorage.removeItem("token");
    tokenForm.hidden = false;
    throw new Error("token needed");
  }
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  tokenForm.hidden = true;
  return response;
}

async function readRun(run) {
  take(await (await ask(`api/runs/${encodeURIComponent(run)}`)).json());
}

async function readAll() {
  const runs = await (await ask("api/runs")).json();
  summaries.clear();
  runs.forEach((run) => summaries.set(run.run, run));
  if (!chosen || !summaries.has(selected)) selected = runs[0]?.run ?? null;
  renderList();
  renderDetail();
  if (selected) await readRun(selected);
}

function handle(event) {
  if (event.id) lastEventId = event.id;
  if (event.type === "run") take(JSON.parse(event.data));
  else if (event.type === "reset") readAll().catch(() => {});
}

/** Server-sent events by fetch, because an EventSource cannot show a token. */
async function follow() {
  const response = await fetch("api/stream", { cache: "no-store",
    headers: { ...headers(), Accept: "text/event-stream", ...(lastEventId ? { "Last-Event-ID": lastEventId } : {}) } });
  if (!response.ok) throw new Error(`stream: ${response.status}`);
  live.dataset.state = "live";
  live.textContent = "live";
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    buffer += value;
    let end;
    while ((end = buffer.indexOf("\n\n")) >= 0) {
      parse(buffer.slice(0, end));
      buffer = buffer.slice(end + 2);
    }
  }
}

function parse(block) {
  const event = { id: null, type: "message", data: "" };
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "id") event.id = value;
    else if (field === "event") event.type = value;
    else if (field === "data") event.data += (event.data ? "\n" : "") + value;
  }
  if (event.data) handle(event);
}

async function stayConnected() {
  for (let wait = 500; ; wait = Math.min(10_000, wait * 2)) {
    try {
      await readAll();
      wait = 500;
      await follow();
    } catch {
      // Said in the header; tried again below.
    }
    live.dataset.state = "lost";
    live.textContent = tokenForm.hidden ? "not connected, trying again" : "token needed";
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

tokenForm.addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem("token", document.getElementById("token-text").value.trim());
  readAll().catch(() => {});
});

setInterval(() => {
  const run = details.get(selected);
  if (run && !TERMINAL.has(run.summary.state)) renderDetail();
}, 5000);

renderDetail();
stayConnected();
