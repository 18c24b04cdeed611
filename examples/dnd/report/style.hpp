#pragma once

#include <string_view>

namespace dnd {

/// How a report looks: on paper and on screens of any width, in light and in the dark. Colours are
/// never the only sign of anything.
inline constexpr std::string_view report_style = R"css(
:root { color-scheme: light dark; --paper: #fbf8f1; --card: #fffdf8; --ink: #2b2420; --soft: #6a5d52; --line: #e2d9c8;
  --faint: #f1eadc; --red: #9b2c26; --gold: #96630c; --green: #3f7050;
  --c0: #24608f; --c1: #b4530f; --c2: #35704c; --c3: #7a3f91; --c4: #14757a; --c5: #a12858; --c6: #6b6a12; --c7: #55585c; }
@media (prefers-color-scheme: dark) { :root { --paper: #17140f; --card: #201c16; --ink: #eee6d8; --soft: #b3a693;
  --line: #3b342a; --faint: #2a251d; --red: #f08a7e; --gold: #e4b45c; --green: #86c79c;
  --c0: #7fb8e6; --c1: #f2a065; --c2: #85cda0; --c3: #cf9fe3; --c4: #6fcdd0; --c5: #f08fb4; --c6: #cdcb6a; --c7: #b9bcc0; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); line-height: 1.55; font-size: 17px;
  font-family: "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", Georgia, "DejaVu Serif", serif; }
main, header, footer { max-width: 1040px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 56px; padding-bottom: 8px; }
h1 { font-size: clamp(2.1rem, 6vw, 3.4rem); line-height: 1.08; margin: 0; letter-spacing: -.015em; font-weight: 600;
  overflow-wrap: anywhere; }
header p { margin: 10px 0 0; color: var(--soft); }
h2 { font-size: 1.5rem; font-weight: 600; margin: 0 0 4px; letter-spacing: -.005em; }
h3 { font-size: 1.08rem; font-weight: 600; margin: 0; }
section { margin: 52px 0 0; }
.lead { color: var(--soft); margin: 0 0 18px; max-width: 66ch; }
.small, .axis, .label, table, .figures dt, .when, summary span { font-family: system-ui, -apple-system, "Segoe UI", Roboto,
  "DejaVu Sans", sans-serif; }
.small { font-size: .8rem; color: var(--soft); }
figure { margin: 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 18px; }
svg { display: block; overflow: visible; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); margin: 30px 0 0; padding: 0;
  border-top: 2px solid var(--ink); border-bottom: 1px solid var(--line); }
.figures div { padding: 14px 16px 12px 0; }
.figures dt { font-size: .78rem; color: var(--soft); line-height: 1.3; }
.figures dd { margin: 0; font-size: 2rem; line-height: 1.15; font-variant-numeric: lining-nums tabular-nums; }
.plot { display: grid; grid-template-columns: 2.4rem minmax(0, 1fr) 11.5rem; }
.plot .ticks, .plot .names { position: relative; height: 280px; }
.plot svg { width: 100%; height: 280px; }
.axis { font-size: .75rem; color: var(--soft); font-variant-numeric: tabular-nums; position: absolute;
  transform: translateY(-50%); white-space: nowrap; }
.ticks .axis { right: 8px; }
.names .label { position: absolute; left: 10px; transform: translateY(-50%); font-size: .82rem; font-weight: 600; line-height: 1.1;
  white-space: nowrap; max-width: calc(100% - 10px); display: flex; gap: .4em; }
.names .label b { overflow: hidden; text-overflow: ellipsis; }
.names .label span { flex: none; font-weight: 400; color: var(--soft); }
.marks { grid-column: 2; position: relative; height: 1.5rem; margin-top: 6px; }
.marks .axis { top: 50%; padding-left: 5px; }
.grid { stroke: var(--line); } .mark { stroke: var(--soft); opacity: .55; } .fight { fill: var(--faint); }
.curve { fill: none; stroke-width: 2.25; stroke-linejoin: round; } .dot { stroke-width: 9; stroke-linecap: round; }
.grid, .mark, .curve, .dot, .spark path { vector-effect: non-scaling-stroke; }
.k0 { --k: var(--c0); } .k1 { --k: var(--c1); } .k2 { --k: var(--c2); } .k3 { --k: var(--c3); } .k4 { --k: var(--c4); }
.k5 { --k: var(--c5); } .k6 { --k: var(--c6); } .k7 { --k: var(--c7); }
.curve, .dot { stroke: var(--k); } .label { color: var(--k, var(--ink)); }
.k1 .curve { stroke-dasharray: 7 3; } .k3 .curve { stroke-dasharray: 2.5 2.5; } .k5 .curve { stroke-dasharray: 10 3 2 3; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 600; }
thead th { color: var(--soft); font-weight: 400; font-size: .78rem; padding: 0 8px 6px 0; }
tbody th, td { padding: 5px 8px 5px 0; border-top: 1px solid var(--line); vertical-align: middle; }
tbody th { overflow-wrap: anywhere; }
.num { text-align: right; white-space: nowrap; }
.damage tbody th { width: 22%; } .damage .num { width: 3.2rem; } .damage .bar { width: 33%; }
.bar svg { width: 100%; height: 14px; } .dealt { fill: var(--c0); } .taken { fill: var(--red); } .left { fill: var(--green); }
.present td { padding-right: 18px; } .present tbody th { white-space: nowrap; padding-right: 18px; } .present .bar { min-width: 7rem; }
.rail { fill: var(--faint); } thead .mirror, td.mirror { text-align: right; }
details { border-top: 1px solid var(--line); padding: 12px 0; }
details:last-of-type { border-bottom: 1px solid var(--line); }
summary { cursor: pointer; font-size: 1.08rem; font-weight: 600; }
summary span { font-weight: 400; font-size: .8rem; color: var(--soft); margin-left: .5em; }
summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--c0); outline-offset: 3px; border-radius: 4px; }
.lanes { display: grid; grid-template-columns: 11rem minmax(0, 1fr); margin-top: 12px; }
.lanes .who { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; font-size: .8rem; height: 26px;
  line-height: 26px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; padding-right: 10px; }
.lanes .who.hero { font-weight: 600; } .lanes .who:first-child { height: 20px; }
.scroll { overflow-x: auto; padding-bottom: 6px; }
.lanes text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; font-size: 11px; fill: var(--ink);
  text-anchor: middle; font-variant-numeric: tabular-nums; }
.lanes .round { fill: var(--soft); text-anchor: start; } .lanes .life { stroke: var(--line); stroke-width: 2; }
.lanes .idle, .legend .idle { fill: var(--card); stroke: var(--line); } .lanes .miss, .legend .miss { fill: var(--faint); stroke: var(--soft); stroke-dasharray: 2 2; }
.lanes .hit, .legend .hit { fill: var(--c0); } .lanes .foe.hit, .legend .foe.hit { fill: var(--red); }
.lanes .heal, .legend .heal { fill: var(--green); } .lanes text.on { fill: var(--paper); font-weight: 600; } .lanes text.long { font-size: 9px; }
.lanes .kill, .legend .kill { stroke: var(--gold); stroke-width: 2.5; } .lanes .down, .legend .down { stroke: var(--red); stroke-width: 2.5; fill: none; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 14px 0 0; padding: 0; list-style: none; }
.legend li { display: flex; align-items: center; gap: 7px; } .legend svg { width: 22px; height: 16px; flex: none; }
.sparks { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: 12px; }
.spark { padding: 10px 12px; } .spark h3 { font-size: .88rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.spark svg { width: 100%; height: 34px; margin-top: 6px; border-bottom: 1px solid var(--line); }
.spark path { fill: none; stroke: var(--red); stroke-width: 1.75; } .spark .area { fill: var(--red); opacity: .13; stroke: none; }
.moments { list-style: none; margin: 0; padding: 0; }
.moments li { display: grid; grid-template-columns: 9.5rem minmax(0, 1fr); gap: 0 14px; padding: 7px 0; border-top: 1px solid var(--line); }
.moments .when { font-size: .78rem; white-space: nowrap; color: var(--soft); padding-top: .22em; }
.moments .w10 p { font-weight: 600; } .moments p, .story p { margin: 0; overflow-wrap: anywhere; }
.story { max-width: 68ch; } .story h3 { margin: 18px 0 4px; } .story p + p { margin-top: .6em; } .story > p:first-child { margin-top: 8px; }
footer { margin-top: 64px; padding-top: 16px; padding-bottom: 48px; }
.wide { overflow-x: auto; }
@media (max-width: 640px) {
  body { font-size: 16px; } main, header, footer { padding-left: 16px; padding-right: 16px; } header { padding-top: 32px; }
  section { margin-top: 40px; } .card { padding: 12px; }
  .plot { grid-template-columns: 1.9rem minmax(0, 1fr) 5.2rem; } .names .label { font-size: .74rem; left: 6px; }
  .names .label span { display: none; } .figures { grid-template-columns: repeat(2, 1fr); } .figures dd { font-size: 1.7rem; }
  .moments li { grid-template-columns: 1fr; } .lanes { grid-template-columns: 6.2rem minmax(0, 1fr); }
  .damage tbody th { width: 28%; } .damage .bar { width: 24%; } .damage .num { width: 2.4rem; }
}
@media print { body { font-size: 11pt; background: #fff; } section { margin-top: 28px; } .card, tr, .moments li { break-inside: avoid; }
  .wide, .card:has(table) { break-inside: auto; } .scroll, .wide { overflow: visible; } .lanes { zoom: .66; break-inside: avoid; }
  h2, h3, .lead, summary { break-after: avoid; } p { orphans: 3; widows: 3; } summary { list-style: none; }
  footer { margin-top: 20px; padding-bottom: 0; } details::details-content { content-visibility: visible; block-size: auto; } }
)css";

} // namespace dnd
