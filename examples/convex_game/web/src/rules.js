// What the server will allow, as far as it is worth showing before it is asked: see game/battle.cpp.

// Where somebody stands: the middle of the lower edge of a box.
export const feet = ([, left, bottom, right]) => ({ x: (left + right) / 2, y: bottom });

// A step to the back is drawn half as long as one to the side.
const distance = (from, to) => Math.hypot(to.x - from.x, 2 * (to.y - from.y));

const arm = 150;
export function isInReach(by, target) {
  if (!by.pixel_box || !target.pixel_box) return true;
  const reach = target.side === "things" ? Math.min(by.reach, arm) : by.reach;
  return distance(feet(by.pixel_box), feet(target.pixel_box)) <= reach;
}

export const isOurs = (each) => each.side !== "theirs" && each.side !== "things";
export const isReady = (each, turn) => isOurs(each) && each.isUp && each.acted < (turn ?? 1);
export const isFoe = (by, target) => by.id !== target.id && target.isUp && (!by.side || by.side !== target.side);

export const verbFor = (target) => (target.heals ? "Open" : "Strike");

// The nearest place to `to` at which somebody may stand in this turn.
export function placeWithin(who, to, ground) {
  const [top, left, bottom, right] = ground;
  const clamp = (value, least, most) => Math.min(Math.max(value, least), most);
  const wanted = { x: clamp(to.x, left, right), y: clamp(to.y, top, bottom) };
  const from = feet(who.stood);
  const part = Math.min(1, who.pace / distance(from, wanted));
  return part < 1 ? { x: from.x + part * (wanted.x - from.x), y: from.y + part * (wanted.y - from.y) } : wanted;
}

export function boxAt(who, { x, y }) {
  const [top, left, bottom, right] = who.pixel_box;
  const newLeft = Math.round(x - (right - left) / 2);
  const newBottom = Math.round(y);
  return [newBottom - (bottom - top), newLeft, newBottom, newLeft + (right - left)];
}
