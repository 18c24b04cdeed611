import { useEffect, useRef, useState } from "react";
import { feet, verbFor } from "./rules.js";
import { stageOf } from "./view.js";

const asset = (game, path) =>
  game.runId ? `/api/asset-proxy/${encodeURIComponent(game.runId)}/${path}` : undefined;

export function Scene({ game, view, play, isPast, onAgain }) {
  const { frame, background } = view;
  const inOrder = [...view.entities.values()]
    .filter((each) => each.pixel_box)
    .sort((one, other) => one.isUp - other.isUp || one.pixel_box[2] - other.pixel_box[2]);
  const onGround = (event) => {
    const seen = event.currentTarget.getBoundingClientRect();
    play.walkTo({
      x: ((event.clientX - seen.left) / seen.width) * frame.width,
      y: ((event.clientY - seen.top) / seen.height) * frame.height,
    });
  };
  return (
    <div
      className={play.actor ? "scene aiming" : "scene"}
      style={{ aspectRatio: `${frame.width} / ${frame.height}`, "--shape": frame.width / frame.height }}
      onClick={onGround}
      data-testid="scene"
    >
      {background && <img className="background" src={asset(game, background)} alt="" draggable="false" />}
      {play.actor?.pixel_box && <Rings of={play.actor} frame={frame} isReady={play.isReady(play.actor)} />}
      {inOrder.map((each) => (
        <Sprite key={each.id} entity={each} src={each.src && asset(game, each.src)} frame={frame} play={play} />
      ))}
      <Veil game={game} view={view} onAgain={onAgain} />
      {isPast && <span className="stamp">the past</span>}
    </div>
  );
}

// How far somebody walks in this turn, and reaches from where they stand.
function Rings({ of, frame, isReady }) {
  const start = feet(of.stood);
  const now = feet(of.pixel_box);
  return (
    <svg className="rings" viewBox={`0 0 ${frame.width} ${frame.height}`} aria-hidden="true">
      {of.pace < Infinity && <ellipse className="pace" cx={start.x} cy={start.y} rx={of.pace} ry={of.pace / 2} />}
      {isReady && of.reach < Infinity && <ellipse className="reach" cx={now.x} cy={now.y} rx={of.reach} ry={of.reach / 2} />}
    </svg>
  );
}

function Sprite({ entity, src, frame, play }) {
  const [top, left, bottom, right] = entity.pixel_box;
  const isActor = play.actor?.id === entity.id;
  const canStrike = play.canStrike(entity);
  const style = {
    left: `${(left / frame.width) * 100}%`,
    top: `${(top / frame.height) * 100}%`,
    width: `${((right - left) / frame.width) * 100}%`,
    height: `${((bottom - top) / frame.height) * 100}%`,
  };
  const onClick = (event) => {
    event.stopPropagation();
    if (canStrike) play.strike(entity);
    else if (play.isTooFar(entity)) play.tooFar(entity);
    else play.choose(entity.id);
  };
  const classes = ["sprite", entity.side, isActor && "selected", canStrike && "target", !entity.isUp && "down"];
  if (right - left > bottom - top) classes.push("wide");
  const strength = entity.hp === undefined ? "" : `, ${entity.hp} of ${entity.maxHp ?? entity.hp}`;
  return (
    <button
      className={classes.filter(Boolean).join(" ")}
      style={style}
      data-testid={`sprite-${entity.id}`}
      aria-label={`${canStrike ? `${verbFor(entity)} ` : ""}${entity.label}${strength}`}
      aria-pressed={isActor}
      onClick={onClick}
    >
      {src ? <img src={src} alt="" draggable="false" /> : <span className="token">{[...entity.label][0]}</span>}
      <Harm hp={entity.hp} />
    </button>
  );
}

// What somebody has just lost, or won back, rises from them.
function Harm({ hp }) {
  const before = useRef(hp);
  const [change, setChange] = useState(null);
  useEffect(() => {
    const by = hp - before.current;
    before.current = hp;
    setChange(by ? { by, at: performance.now() } : null);
  }, [hp]);
  if (!change) return null;
  return (
    <span key={change.at} className={change.by < 0 ? "harm" : "harm good"} aria-hidden="true">
      {change.by < 0 ? `−${-change.by}` : `+${change.by}`}
    </span>
  );
}

function Veil({ game, view, onAgain }) {
  const { told, tone } = stageOf(game, view);
  if (!told) return null;
  return (
    <div className={`veil ${tone}`} data-testid="veil" onClick={(event) => event.stopPropagation()}>
      {tone === "busy" && <span className="spinner" aria-hidden="true" />}
      <strong>{told}</strong>
      {game.progress && <span data-testid="progress">{game.progress}</span>}
      {view.outcome && game.status === "playing" && (
        <button className="make" onClick={onAgain} data-testid="again">
          Play again
        </button>
      )}
    </div>
  );
}
