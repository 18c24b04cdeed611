// What the page shows of a game's state, which may be any value: a field of another kind than the page expects is as if
// it were not there, so that no state that somebody stores takes the page away from everybody.
const textOf = (value) => (typeof value === "string" ? value : undefined);
const numberOf = (value) => (typeof value === "number" && Number.isFinite(value) ? value : undefined);
const sizeOf = (value, otherwise) => (numberOf(value) > 0 ? value : otherwise);
const fieldsOf = (value) => (typeof value === "object" && value !== null && !(value instanceof ArrayBuffer) ? value : {});
const boxOf = (value) =>
  Array.isArray(value) && value.length === 4 && value.every((each) => numberOf(each) !== undefined) ? value : undefined;

function entityOf(id, value) {
  const { label, side, src, hp, maxHp, pixel_box } = fieldsOf(value);
  return {
    label: textOf(label) || id,
    side: textOf(side),
    src: textOf(src),
    hp: numberOf(hp),
    maxHp: numberOf(maxHp),
    pixel_box: boxOf(pixel_box),
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
  const { title, turn, width, height, background, entities } = fieldsOf(game.state);
  return {
    title: textOf(title),
    turn: numberOf(turn),
    frame: { width: sizeOf(width, 1280), height: sizeOf(height, 720) },
    background: textOf(background),
    entities: entitiesOf(entities),
  };
}

// What is thrown and counted, as it is told beside a message.
export const logsOf = (message) =>
  [fieldsOf(message.data).logs].flat().filter((each) => textOf(each) ?? numberOf(each)).join(", ");
