import { anyApi } from "convex/server";

// The functions of the server, by module and name: api.games.get is "games:get".
export const api = anyApi;
