import { ConvexHttpClient } from "convex/browser";
import { getFunctionName } from "convex/server";
import { convexToJson, jsonToConvex } from "convex/values";
import { useEffect, useState } from "react";

export const http = new ConvexHttpClient(window.location.origin, { skipConvexDeploymentUrlCheck: true });

// A position of the log as the protocol writes timestamps: eight bytes, the lowest first.
function timestamp(position) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(position), true);
  return btoa(String.fromCharCode(...bytes));
}

async function queryAt(query, args, position, signal) {
  const answered = await fetch("/api/query_at_ts", {
    method: "POST",
    signal,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      path: getFunctionName(query),
      format: "convex_encoded_json",
      args: [convexToJson(args)],
      ts: timestamp(position),
    }),
  });
  const told = await answered.json();
  if (told.status !== "success") throw new Error(told.errorMessage ?? told.message);
  return jsonToConvex(told.value);
}

// What a query answered when the log ended at `position`; undefined while it is asked, and where no
// position is given.
export function useQueryAt(query, args, position) {
  const [answer, setAnswer] = useState(undefined);
  const asked = position === null ? null : JSON.stringify([getFunctionName(query), args, position]);
  useEffect(() => {
    if (asked === null) return setAnswer(undefined);
    const gone = new AbortController();
    queryAt(query, args, position, gone.signal).then(setAnswer, (failed) => {
      if (!gone.signal.aborted) console.error(failed);
    });
    return () => gone.abort();
  }, [asked]);
  return position === null ? undefined : answer;
}
