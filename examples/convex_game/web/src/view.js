// What the page shows of a game's state, which may be any value: a field of another kind than the page expects is as if
// it were not there, so that no state that somebody stores takes the page away from everybody.
const textOf = (value) => (typeof value === "string" ? value : undefined);
const numberOf = (value) => (typeof value === "number" && Number.isFinite(value) ? value : undefined);
const sizeOf = (value, otherwise) => (numberOf(value) > 0 ? value : otherwise);
const fieldsOf = (value) => (typeof value === "object" && value !== null && !(value instanceof ArrayBuffer) ? value : {});
const boxOf = (value) =>
  Array.isArray(value) && value.length === 4 && value.every((each) => numberOf(each) !== undefined) ? value : undefined;

function entityOf(id, value) {
  const { label, side, src, hp, maxHp, pixel_box, stood, reach, pace, acted, arrives, heals } = fieldsOf(value);
  return {
    id,
    label: textOf(label) || id,
    side: textOf(side),
    src: textOf(src),
    hp: numberOf(hp),
    maxHp: numberOf(maxHp),
    pixel_box: boxOf(pixel_box),
    stood: boxOf(stood) ?? boxOf(pixel_box),
    reach: numberOf(reach) ?? Infinity,
    pace: numberOf(pace) ?? Infinity,
    acted: numberOf(acted) ?? -Infinity,
    arrives: numberOf(arrives) ?? -Infinity,
    heals: numberOf(heals) > 0,
    isUp: !(numberOf(hp) <= 0),
  };
}

// By name: the fields of an object, or the elements of a list by `id`, or `name`.
function entitiesOf(all) {
  const named = Array.isArray(all)
    ? all.map((each) => [textOf(fieldsOf(each).id ?? fieldsOf(each).name), each])
    : Object.entries(fieldsOf(all));
  const found = new Map();
  for (const [id, each] of named) if (id && fieldsOf(each) === each && !found.has(id)) found.set(id, entityOf(id, each));
  return found;
}

export function viewOf(game) {
  const { title, turn, dawn, outcome, width, height, background, ground, entities } = fieldsOf(game.state);
  const frame = { width: sizeOf(width, 1280), height: sizeOf(height, 720) };
  const all = entitiesOf(entities);
  for (const [id, each] of all) if (each.arrives > (numberOf(turn) ?? 1)) all.delete(id);
  return {
    title: textOf(title) || `Game of ${clock(game._creationTime)}`,
    turn: numberOf(turn),
    dawn: numberOf(dawn),
    outcome: textOf(outcome),
    frame,
    background: textOf(background),
    ground: boxOf(ground) ?? [0, 0, frame.height, frame.width],
    entities: all,
  };
}

export const clock = (time) => new Date(time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

// Where a game stands, in the same words wherever it is shown.
const stages = {
  generating: { word: "being made", tone: "busy", told: "A new game is being made" },
  idle: { word: "not begun", tone: "quiet", told: "This game has not begun" },
  failed: { word: "failed", tone: "bad", told: "This game could not be made" },
  won: { word: "won", tone: "good", told: "The pass is held!" },
  lost: { word: "lost", tone: "bad", told: "The pass is lost." },
  aside: { word: "set aside", tone: "quiet" },
  playing: { word: "playing", tone: "good" },
};
export function stageOf(game, view) {
  if (game.status !== "playing") return stages[game.status];
  if (view.outcome) return stages[view.outcome === "won" ? "won" : "lost"];
  return game.isActive ? stages.playing : stages.aside;
}
export const isPlayed = (game, view) => stageOf(game, view) === stages.playing;

// What is thrown and counted, as it is told beside a message.
export const logsOf = (message) =>
  [fieldsOf(message.data).logs].flat().filter((each) => textOf(each) ?? numberOf(each)).join(", ");
