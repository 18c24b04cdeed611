import { useMutation } from "convex/react";
import { useState } from "react";
import { api } from "./functions.js";
import { boxAt, feet, isFoe, isInReach, isOurs, isReady, placeWithin } from "./rules.js";
import { isPlayed, viewOf } from "./view.js";

// What the player did is shown at once, and again when the server says so.
const walkAtOnce = (store, { gameId, by, x, y }) => {
  for (const { args, value } of store.getAllQueries(api.games.get)) {
    const walking = value?._id === gameId && viewOf(value).entities.get(by);
    if (!walking || Array.isArray(value.state.entities)) continue;
    const moved = { ...value.state.entities[by], pixel_box: boxAt(walking, { x, y }) };
    store.setQuery(api.games.get, args, { ...value, state: { ...value.state, entities: { ...value.state.entities, [by]: moved } } });
  }
};

// What a player can do in the game that is shown. Who is chosen acts; nobody chosen means the next one who can.
export function usePlay(game, view, isPast) {
  const walk = useMutation(api.play.walk).withOptimisticUpdate(walkAtOnce);
  const strike = useMutation(api.play.strike);
  const endTurn = useMutation(api.play.endTurn);
  const [chosen, choose] = useState(null);
  const [refused, setRefused] = useState(null);
  if (!game) return null;

  const gameId = game._id;
  const isOpen = !isPast && isPlayed(game, view);
  const all = [...view.entities.values()];
  const ready = all.filter((each) => isReady(each, view.turn));
  const isAble = (each) => each && isOurs(each) && each.isUp;
  const actor = isOpen ? (isAble(view.entities.get(chosen)) ? view.entities.get(chosen) : ready[0]) : undefined;
  const targets = (each) => actor && isFoe(actor, each) && isReady(actor, view.turn);

  const carryOut = async (action) => {
    setRefused(null);
    try {
      await action();
    } catch (failed) {
      setRefused(failed.message.split("Uncaught Error: ").pop().split("\n")[0]);
    }
  };
  const walkTo = (to) =>
    carryOut(() => walk({ gameId, by: actor.id, ...placeWithin(actor, to, view.ground) }));

  return {
    isOpen,
    actor,
    ready,
    refused,
    choose: (id) => (setRefused(null), choose(id)),
    isReady: (each) => isOpen && isReady(each, view.turn),
    canStrike: (each) => Boolean(targets(each)) && isInReach(actor, each),
    isTooFar: (each) => Boolean(targets(each)) && !isInReach(actor, each),
    strike: (each) =>
      carryOut(async () => {
        await strike({ gameId, by: actor.id, target: each.id });
        choose(null);
      }),
    tooFar: (each) => setRefused(`${each.label} is too far away for ${actor.label}. Walk nearer.`),
    walkTo: (to) => actor?.pixel_box && walkTo(to),
    walkBy: (x, y) => {
      if (!actor?.pixel_box) return;
      const from = feet(actor.pixel_box);
      walkTo({ x: from.x + x, y: from.y + y });
    },
    endTurn: () => carryOut(() => endTurn({ gameId, turn: view.turn ?? 1 })),
  };
}
