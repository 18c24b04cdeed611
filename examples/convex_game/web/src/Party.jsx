import { verbFor } from "./rules.js";

const sides = ["ours", "theirs"];
const rank = (each) => (sides.indexOf(each.side) + sides.length + 1) % (sides.length + 1);

export function Party({ view, play, isPast, stage, onResume }) {
  const inOrder = [...view.entities.values()].sort((one, other) => rank(one) - rank(other));
  return (
    <section className="party" aria-label="Who is there">
      <div className="cards">
        {inOrder.map((each) => (
          <Card key={each.id} entity={each} play={play} />
        ))}
      </div>
      <footer>
        <span className={play.refused ? "hint refused" : "hint"} role="status" data-testid="hint">
          {play.refused ?? hintFor(play, isPast, stage)}
        </span>
        {onResume ? (
          <button onClick={onResume} data-testid="resume">
            Play on
          </button>
        ) : (
          <button
            className={play.isOpen && !play.ready.length ? "call" : ""}
            disabled={!play.isOpen}
            data-testid="end-turn"
            onClick={play.endTurn}
          >
            End turn
          </button>
        )}
      </footer>
    </section>
  );
}

function hintFor(play, isPast, { word }) {
  if (isPast) return "The past can be looked at, not changed.";
  if (!play.isOpen) return `This game is ${word}.`;
  if (!play.ready.length) return "Everybody has struck. End the turn, and see what comes.";
  if (!play.isReady(play.actor)) return `${play.actor.label} has struck, and can still walk.`;
  return `${play.actor.label}: point at the ground to walk, at a foe to strike.`;
}

function Card({ entity, play }) {
  const isActor = play.actor?.id === entity.id;
  const canStrike = play.canStrike(entity);
  const classes = ["card", entity.side, isActor && "selected", !entity.isUp && "down"];
  const note = !entity.isUp
    ? entity.heals ? "empty" : "down"
    : play.isTooFar(entity) ? "too far" : play.isReady(entity) ? "ready" : "";
  return (
    <div className={classes.filter(Boolean).join(" ")} data-testid={`card-${entity.id}`}>
      <button className="who" aria-pressed={isActor} onClick={() => play.choose(entity.id)}>
        <span className="name">{entity.label}</span>
        {entity.maxHp > 1 && entity.hp !== undefined && (
          <>
            <span className="bar">
              <span style={{ width: `${Math.min(1, entity.hp / entity.maxHp) * 100}%` }} />
            </span>
            <span className="hp">
              {entity.hp} / {entity.maxHp}
            </span>
          </>
        )}
        {!canStrike && note && <span className="note">{note}</span>}
      </button>
      {canStrike && (
        <button className="strike" data-testid={`strike-${entity.id}`} onClick={() => play.strike(entity)}>
          {verbFor(entity)}
        </button>
      )}
    </div>
  );
}
