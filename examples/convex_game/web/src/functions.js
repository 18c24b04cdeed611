import { anyApi } from "convex/server";

// The functions of the server, by module and name: api.games.get is "games:get".
export const api = anyApi;

// What of a game's messages is shown: the newest, the last of them first.
export const newestSaid = (gameId) => ({ gameId, order: "desc", limit: 200 });
