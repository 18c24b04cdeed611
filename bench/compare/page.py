"""The page of a run: one file, no scripts, nothing from elsewhere."""
import html
import math
import statistics

from ratios import better, find, goal_rows, number

STYLE = """
:root{--ink:#17212b;--soft:#5c6b78;--line:#dfe5ea;--paper:#fff;--raised:#f5f7f9;
--limit:#9aa8b4;--ours:#1866d4;--peer:#dd8a2b;--met:#0b7a3b;--missed:#b3261e;--warn:#fff1cf}
@media(prefers-color-scheme:dark){:root{--ink:#e4eaf0;--soft:#94a3b0;--line:#2b3743;--paper:#12181e;--raised:#1a222a;
--limit:#64737f;--ours:#5b9dff;--peer:#e39a45;--met:#56c98a;--missed:#ff8a80;--warn:#4a3a10}}
*{box-sizing:border-box}
body{font:15px/1.5 system-ui,"DejaVu Sans",sans-serif;margin:0 auto;max-width:72rem;padding:2.2rem 1.4rem 5rem;
color:var(--ink);background:var(--paper)}
h1{font-size:1.9rem;letter-spacing:-.02em;line-height:1.15;margin:0 0 .3rem}
h2{font-size:1.2rem;margin:3.2rem 0 .2rem;padding-top:1.1rem;border-top:1px solid var(--line)}
h2 b{color:var(--ours);margin-right:.55rem}h3{font-size:.9rem;margin:1.5rem 0 .3rem;color:var(--soft);font-weight:600}
a{color:inherit}nav{display:flex;flex-wrap:wrap;gap:.4rem;margin:1.4rem 0}
nav a{text-decoration:none;padding:.12rem .6rem;border:1px solid var(--line);border-radius:99px;font-size:.85rem}
nav a:hover{border-color:var(--ours)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1.2rem;margin:1.2rem 0;padding:1rem 1.2rem;
background:var(--raised);border-radius:10px}dt{color:var(--soft)}dd{margin:0}
table{border-collapse:collapse;margin:.5rem 0;font-variant-numeric:tabular-nums}
th,td{padding:.2rem .65rem;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th{font-weight:600;color:var(--soft);white-space:normal;max-width:7.5rem;vertical-align:bottom}
td:first-child,th:first-child{text-align:left;padding-left:0}
.words td,.words th{text-align:left;white-space:normal}.wide{overflow-x:auto;font-size:.85rem}
.goals{width:100%}.words .figure{text-align:right;white-space:nowrap}
summary{cursor:pointer;color:var(--soft);font-size:.9rem;margin-top:.6rem}
.badge{padding:.05rem .55rem;border-radius:99px;border:1px solid;font-size:.8rem;white-space:nowrap}
.met{color:var(--met)}.missed{color:var(--missed)}.open{color:var(--soft)}
.warn{background:var(--warn);padding:.6rem .9rem;border-radius:8px}.quiet{color:var(--soft);margin:.2rem 0;font-size:.9rem}
.key span{display:inline-block;width:.8em;height:.8em;border-radius:2px;margin:0 .35em 0 1.1em}
svg{display:block;width:100%;height:auto;margin:.6rem 0}svg text{fill:var(--ink);font-size:12px}
svg .soft{fill:var(--soft)}svg .grid{stroke:var(--line)}svg .limit{fill:var(--limit)}svg .ours{fill:var(--ours)}
svg .peer{fill:var(--peer)}svg .spread{stroke:var(--ink);stroke-width:1.3;opacity:.75}
"""
OURS = ("jsonl", "memory", "postgres")
LEFT, WIDTH, ROW = 215, 470, 23


def text(value):
    return html.escape(str(value))


def kind_of(contestant):
    if contestant["limit"]:
        return "limit"
    return "ours" if contestant["name"].startswith(OURS) else "peer"


def spread(values):
    ordered = sorted(values)
    return ordered[0], statistics.median(ordered), ordered[-1]


class Axis:
    """Linear from nought, or by powers of ten where one bar would be all that is seen."""

    def __init__(self, values, always_powers=False):
        low, self.most = min(values), max(values) or 1
        self.powers = always_powers or (low > 0 and self.most / low > 60)
        self.least = 10 ** math.floor(math.log10(max(low, 1e-3))) if self.powers else 0
        if self.powers:
            self.most = max(self.most, self.least * 10)

    def at(self, value):
        if self.powers:
            share = math.log(max(value, self.least) / self.least) / math.log(self.most / self.least)
        else:
            share = value / self.most
        return LEFT + WIDTH * min(max(share, 0), 1)

    def ticks(self):
        if not self.powers:
            step = 10 ** math.floor(math.log10(self.most))
            step = next(step * part for part in (0.2, 0.5, 1, 2) if self.most / (step * part) <= 6)
            return [step * i for i in range(int(self.most / step) + 1)]
        return [10 ** i for i in range(round(math.log10(self.least)), math.floor(math.log10(self.most)) + 1)]

    def draw(self, height):
        out = []
        for value in self.ticks():
            x = self.at(value)
            label = f"{value:,.0f}" if value >= 1 or value == 0 else f"{value:g}"
            out.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height}"/>'
                       f'<text class="soft" x="{x:.1f}" y="{height + 14}" text-anchor="middle">{label}</text>')
        return "".join(out)


def drawing(height, title, body):
    return (f'<svg viewBox="0 0 960 {height + 20}" role="img" aria-label="{text(title)}">{body}</svg>')


def chart(workload):
    """Bars of medians, each with a line from its least to its largest round, and its ratio to the first limit or of ours."""
    rows = [(c, *spread(c["values"])) for c in workload["contestants"]]
    axis = Axis([value for _, _, *values in rows for value in values])
    height = ROW * len(rows)
    base = next((c for c in workload["contestants"] if c["limit"]), None) or next(
        (c for c in workload["contestants"] if kind_of(c) == "ours"), None)
    out = [axis.draw(height)]
    for i, (contestant, low, median, high) in enumerate(rows):
        y = i * ROW
        ratio = better(workload, contestant, base) if base and base is not contestant else None
        out.append(
            f'<g><title>{text(contestant["described"])}</title>'
            f'<text x="{LEFT - 10}" y="{y + 15}" text-anchor="end">{text(contestant["name"])}</text>'
            f'<rect class="{kind_of(contestant)}" x="{LEFT}" y="{y + 4}" rx="2" height="{ROW - 8}" '
            f'width="{max(axis.at(median) - LEFT, 1.5):.1f}"/>'
            f'<path class="spread" d="M{axis.at(low):.1f} {y + ROW / 2}H{axis.at(high):.1f}"/>'
            f'<text x="{LEFT + WIDTH + 95}" y="{y + 15}" text-anchor="end">{number(median)}</text>'
            f'<text class="soft" x="{LEFT + WIDTH + 185}" y="{y + 15}" text-anchor="end">'
            f'{"1 ×" if base is contestant else number(ratio) + " ×" if ratio else ""}</text></g>')
    scale = ", scale by powers of ten" if axis.powers else ""
    of = f"; last column: how much better than “{text(base['name'])}”" if base else ""
    return f'<p class="quiet">{text(workload["unit"])}{scale}{of}</p>' + drawing(height, workload["title"], "".join(out))


def latency_chart(workload):
    """From the median over 90 and 99 % to the slowest, by powers of ten."""
    rows = [c for c in workload["contestants"] if c.get("latency")]
    if not rows or len(rows) > 16:
        return ""
    axis = Axis([late for c in rows for late in c["latency"].values()], always_powers=True)
    height = ROW * len(rows)
    out = [axis.draw(height)]
    for i, c in enumerate(rows):
        y = i * ROW + ROW / 2
        x = {key: axis.at(value) for key, value in c["latency"].items()}
        kind = kind_of(c)
        out.append(
            f'<text x="{LEFT - 10}" y="{y + 4}" text-anchor="end">{text(c["name"])}</text>'
            f'<path class="spread" d="M{x["p50"]:.1f} {y}H{x["most"]:.1f}"/>'
            f'<rect class="{kind}" x="{x["p50"]:.1f}" y="{y - 5}" width="{max(x["p90"] - x["p50"], 2):.1f}" height="10"/>'
            f'<rect class="{kind}" x="{x["p90"]:.1f}" y="{y - 2}" width="{max(x["p99"] - x["p90"], 1):.1f}" height="4"/>'
            f'<circle class="{kind}" cx="{x["most"]:.1f}" cy="{y}" r="3"/>'
            f'<text class="soft" x="955" y="{y + 4}" text-anchor="end">'
            f'{" / ".join(number(c["latency"][key]) for key in ("p50", "p90", "p99", "most"))}</text>')
    return ("<h3>Distribution of latencies, µs: thick from 50 to 90 %, thin to 99 %, a dot for the slowest</h3>"
            + drawing(height, f'latencies of {workload["title"]}', "".join(out)))


def cell(value, css=""):
    return f'<td class="{css}">{text(value)}</td>'


def table(workload):
    all_ours = [c for c in workload["contestants"] if kind_of(c) != "peer"]
    compared = all_ours if len(workload["contestants"]) <= 18 else []
    threads = workload["id"] == "W7"
    heads = [workload["unit"], "least", "most"] + [f"× {c['name']}" for c in compared]
    if threads:
        heads += ["× its one writer", "× jsonl, as many threads"]
    heads += ["CPU µs/event", "50 %", "90 %", "99 %", "slowest"]
    out = ["<div class=wide><table><tr><th></th>", "".join(f"<th>{text(h)}</th>" for h in heads), "</tr>"]
    for c in workload["contestants"]:
        low, median, high = spread(c["values"])
        cells = [number(median), number(low), number(high)]
        cells += [number(better(workload, c, other)) for other in compared]
        if threads:
            base, count = c["name"].rsplit(" x", 1)
            for name in (f"{base} x1", f"jsonl x{count}"):
                other = find(workload["contestants"], "name", name)
                cells.append(number(better(workload, c, other)) if other else "–")
        cells.append(number(statistics.median(c["cpu_us"])) if c["cpu_us"] else "–")
        late = c.get("latency")
        cells += [number(late[key]) if late else "–" for key in ("p50", "p90", "p99", "most")]
        out.append(f'<tr><td>{text(c["name"])}</td>' + "".join(cell(one) for one in cells) + "</tr>")
    return ("<details><summary>All figures: ratios to limits and to evstore, processor time an event, latencies in µs"
            "</summary>" + "".join(out) + "</table></div></details>")


def section(workload):
    warning = ""
    if workload["disturbed"]:
        warning = ('<p class="warn">Disturbed: syncs of the raw contestant took more than 1 ms in the median, after '
                   f'{workload["reruns"]} repetitions. Other programs want the processor; believe nothing here.</p>')
    rounds = len(workload["contestants"][0]["values"])
    load = ", ".join(f"{value:.1f}" for value in workload["load"])
    return (f'<h2 id="{workload["id"]}"><b>{workload["id"]}</b>{text(workload["title"])}</h2>{warning}'
            f'{chart(workload)}{latency_chart(workload)}{table(workload)}<p class="quiet">{rounds} rounds in turns, '
            f'{workload["seconds"]:.0f} s{"; load " + load if load else ""}. '
            f'{"More" if workload["more_is_better"] else "Less"} is better; ratios above 1 are better.</p>')


def micro(run):
    """What Google Benchmark found, by step."""
    steps = {}
    for one in run.get("micro", []):
        step, _, who = one["name"].partition("/")
        steps.setdefault(step, []).append((who, one["ns"]))
    if not steps:
        return ""
    out = ['<h2 id="micro"><b>Steps</b>single steps, by Google Benchmark</h2>'
           '<p class="quiet">Nanoseconds of the processor for an event, a line or a lookup; medians of repetitions in random '
           'order; last column: how much longer than evstore.</p>']
    for step, rows in steps.items():
        axis = Axis([ns for _, ns in rows])
        ours = next((ns for who, ns in rows if who == "evstore"), None)
        height = ROW * len(rows)
        body = [axis.draw(height)]
        for i, (who, ns) in enumerate(rows):
            y = i * ROW
            kind = "ours" if who.startswith("evstore") else "limit" if who in ("memchr", "structs in memory") else "peer"
            body.append(f'<text x="{LEFT - 10}" y="{y + 15}" text-anchor="end">{text(who)}</text>'
                        f'<rect class="{kind}" x="{LEFT}" y="{y + 4}" rx="2" height="{ROW - 8}" '
                        f'width="{max(axis.at(ns) - LEFT, 1.5):.1f}"/>'
                        f'<text x="{LEFT + WIDTH + 95}" y="{y + 15}" text-anchor="end">{number(ns)}</text>'
                        f'<text class="soft" x="{LEFT + WIDTH + 185}" y="{y + 15}" text-anchor="end">'
                        f'{number(ns / ours) + " ×" if ours else ""}</text>')
        out.append(f"<h3>{text(step)}</h3>" + drawing(height, step, "".join(body)))
    return "".join(out)


def facts(run):
    machine = run["machine"]
    compiler = machine["compiler"]
    rows = [("machine", f'{machine["processor"]}, {machine["processors"]} processors, {machine["memory_mib"]:,} MiB'),
            ("system", f'{machine["kernel"]}, {machine["file_system"]}'),
            ("compiler", f'{"g++ " if compiler[:1].isdigit() else ""}{compiler}, '
                         f'{"optimised" if machine["optimised"] else "NOT OPTIMISED"}'),
            ("events", f'five described types, {run["payload_bytes"]:.0f} bytes of JSON in the mean, fixed seeds'),
            ("durable", "a commit is synced before it is acknowledged, by each contestant in its own way"),
            ("unsynced", "nothing is waited for")]
    workload = find(run["workloads"], "id", "W1")
    for name in ("limit, written before", "limit, growing"):
        one = workload and find(workload["contestants"], "name", name)
        if one and one.get("latency"):
            late = one["latency"]
            rows.append(("a sync takes", f'{number(late["p50"])} µs in the median, {number(late["p90"])} for 90 %, '
                                         f'{number(late["p99"])} for 99 %, at most {number(late["most"])}: '
                                         f'{one["described"]}, one event'))
    return "<dl>" + "".join(f"<dt>{text(k)}</dt><dd>{text(v)}</dd>" for k, v in rows) + "</dl>"


def goals(run):
    out = []
    met = total = 0
    order = [workload["id"] for workload in run["workloads"]]
    rows = sorted(goal_rows(run), key=lambda row: order.index(row[0]) if row[0] in order else len(order))
    for workload_id, words, least, reached, verdict in rows:
        plain = verdict.strip("*")
        met, total = met + (plain == "met"), total + (plain in ("met", "missed"))
        css = plain if plain in ("met", "missed") else "open"
        out.append(f'<tr><td><a href="#{workload_id}">{workload_id}</a></td>{cell(words)}{cell(least, "figure")}'
                   f'{cell(reached, "figure")}<td><span class="badge {css}">{text(plain)}</span></td></tr>')
    return (f'<h2 id="goals"><b>Goals</b>{met} of {total} that were measured are met</h2><table class="words goals"><tr><th></th>'
            '<th>goal</th><th class=figure>at least</th><th class=figure>reached</th><th></th></tr>' + "".join(out) + "</table>")


def render(run):
    contestants = {(c["name"], c["described"]): None for w in run["workloads"] for c in w["contestants"] if w["id"] != "W7"}
    links = [("goals", "Goals")] + [(w["id"], w["id"]) for w in run["workloads"]]
    links += [("micro", "Steps")] if run.get("micro") else []
    links.append(("contestants", "Contestants"))
    return ("<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
            f"<title>evstore: {run['begun']}</title><style>{STYLE}</style>"
            f"<h1>What evstore costs, beside limits and peers</h1><p class=quiet>{run['begun']}, {run['scale']} run. Contestants "
            "take turns, round after round; ratios are medians of the rounds’ ratios, and above 1 is better.</p>"
            + facts(run) + '<p class="quiet key">'
            + "".join(f'<span style="background:var(--{kind})"></span>{words}' for kind, words in
                      (("limit", "what the machine can do"), ("ours", "evstore"), ("peer", "peers")))
            + ". The line in a bar goes from the least to the largest round.</p><nav>"
            + "".join(f'<a href="#{to}">{words}</a>' for to, words in links) + "</nav>" + goals(run)
            + "".join(section(w) for w in run["workloads"]) + micro(run)
            + '<h2 id="contestants">Contestants</h2><table class=words>'
            + "".join(f"<tr>{cell(n)}{cell(d)}</tr>" for n, d in contestants) + "</table></html>\n")
