import { useMutation } from "convex/react";
import { useState } from "react";
import { api } from "./functions.js";

const asset = (game, path) =>
  game.runId ? `/api/asset-proxy/${encodeURIComponent(game.runId)}/${path}` : undefined;

// What the player did is shown at once, and again when the server says so.
const moveAtOnce = (store, { gameId, entityId, pixel_box }) => {
  for (const { args, value } of store.getAllQueries(api.games.get)) {
    if (value?._id !== gameId || Array.isArray(value.state?.entities)) continue;
    const entity = value.state?.entities?.[entityId];
    if (!entity) continue;
    const entities = { ...value.state.entities, [entityId]: { ...entity, pixel_box } };
    store.setQuery(api.games.get, args, { ...value, state: { ...value.state, entities } });
  }
};

export function Scene({ game, view, isPast, selected, onSelect }) {
  const move = useMutation(api.games.fastMove).withOptimisticUpdate(moveAtOnce);
  const [refused, setRefused] = useState(null);
  const { frame, background } = view;
  const isPlayed = game.status === "playing" && !isPast;
  const inOrder = [...view.entities]
    .filter(([, each]) => each.pixel_box)
    .sort(([, one], [, other]) => one.pixel_box[2] - other.pixel_box[2]);

  const onGround = async (event) => {
    const entity = view.entities.get(selected);
    if (!isPlayed || !entity?.pixel_box || entity.hp === 0) return onSelect(null);
    const seen = event.currentTarget.getBoundingClientRect();
    const x = ((event.clientX - seen.left) / seen.width) * frame.width;
    const y = ((event.clientY - seen.top) / seen.height) * frame.height;
    const [top, left, bottom, right] = entity.pixel_box;
    const clamp = (value, most) => Math.round(Math.min(Math.max(value, 0), most));
    const newLeft = clamp(x - (right - left) / 2, frame.width - (right - left));
    const newTop = clamp(y - (bottom - top), frame.height - (bottom - top));
    try {
      setRefused(null);
      await move({
        gameId: game._id,
        entityId: selected,
        pixel_box: [newTop, newLeft, newTop + bottom - top, newLeft + right - left],
      });
    } catch (failed) {
      setRefused(failed.message);
    }
  };

  return (
    <div
      className={selected && isPlayed ? "scene aiming" : "scene"}
      style={{ aspectRatio: `${frame.width} / ${frame.height}` }}
      onClick={onGround}
      data-testid="scene"
    >
      {background && <img className="background" src={asset(game, background)} alt="" draggable="false" />}
      {inOrder.map(([id, each]) => (
        <Sprite
          key={id}
          id={id}
          entity={each}
          src={each.src && asset(game, each.src)}
          frame={frame}
          isSelected={id === selected}
          onSelect={() => onSelect(id === selected ? null : id)}
        />
      ))}
      {game.status !== "playing" && <Veil game={game} />}
      {isPast && <span className="stamp">the past</span>}
      {refused && <span className="refused">{refused}</span>}
    </div>
  );
}

function Sprite({ id, entity, src, frame, isSelected, onSelect }) {
  const [top, left, bottom, right] = entity.pixel_box;
  const style = {
    left: `${(left / frame.width) * 100}%`,
    top: `${(top / frame.height) * 100}%`,
    width: `${((right - left) / frame.width) * 100}%`,
    height: `${((bottom - top) / frame.height) * 100}%`,
  };
  const classes = ["sprite", isSelected && "selected", entity.hp === 0 && "down"].filter(Boolean).join(" ");
  return (
    <button
      className={classes}
      style={style}
      data-testid={`sprite-${id}`}
      aria-label={entity.label}
      onClick={(event) => {
        event.stopPropagation();
        onSelect();
      }}
    >
      {src ? <img src={src} alt="" draggable="false" /> : <span className="token">{[...entity.label][0]}</span>}
    </button>
  );
}

const words = {
  generating: "A new game is being made",
  idle: "This game has not begun",
  failed: "This game could not be made",
};

function Veil({ game }) {
  return (
    <div className={`veil ${game.status}`} data-testid="veil">
      {game.status === "generating" && <span className="spinner" aria-hidden="true" />}
      <strong>{words[game.status]}</strong>
      {game.progress && <span data-testid="progress">{game.progress}</span>}
    </div>
  );
}
