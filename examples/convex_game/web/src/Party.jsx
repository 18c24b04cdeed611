import { useMutation } from "convex/react";
import { useState } from "react";
import { api } from "./functions.js";

export function Party({ game, view, isPast, selected, onSelect }) {
  const strike = useMutation(api.play.strike);
  const endTurn = useMutation(api.play.endTurn);
  const [refused, setRefused] = useState(null);
  const isPlayed = game.status === "playing" && !isPast;
  const carryOut = async (action) => {
    setRefused(null);
    try {
      await action();
    } catch (failed) {
      setRefused(failed.message.split("Uncaught Error: ").pop());
    }
  };
  const fighter = view.entities.get(selected);
  const canStrike = isPlayed && fighter && fighter.side !== "things" && fighter.hp !== 0;
  return (
    <section className="party">
      <div className="cards">
        {[...view.entities].map(([id, each]) => (
          <div
            key={id}
            className={["card", each.side, id === selected && "selected", each.hp === 0 && "down"].filter(Boolean).join(" ")}
            onClick={() => onSelect(id === selected ? null : id)}
            data-testid={`card-${id}`}
          >
            <span className="name">{each.label}</span>
            {each.maxHp > 0 && each.hp !== undefined && (
              <>
                <span className="bar">
                  <span style={{ width: `${(each.hp / each.maxHp) * 100}%` }} />
                </span>
                <span className="hp">
                  {each.hp} / {each.maxHp}
                </span>
              </>
            )}
            {canStrike && id !== selected && each.side !== fighter.side && each.hp !== 0 && (
              <button
                className="strike"
                data-testid={`strike-${id}`}
                onClick={(event) => {
                  event.stopPropagation();
                  carryOut(() => strike({ gameId: game._id, by: selected, target: id }));
                }}
              >
                Strike
              </button>
            )}
          </div>
        ))}
      </div>
      <footer>
        <span className="hint">
          {refused ??
            (isPast
              ? "The past can be looked at, not changed."
              : selected
                ? "Point at the snow to move, or strike."
                : "Choose somebody in the picture.")}
        </span>
        <button disabled={!isPlayed} data-testid="end-turn" onClick={() => carryOut(() => endTurn({ gameId: game._id }))}>
          End turn
        </button>
      </footer>
    </section>
  );
}
