import { useState } from "react";
import { api } from "./functions.js";
import { http } from "./past.js";
import { viewOf } from "./view.js";

export function GameList({ games, shown, onChoose }) {
  const [isMaking, setMaking] = useState(false);
  // Making a game takes its time, and is watched through its status meanwhile. Over HTTP, so that it
  // goes on when the connection is lost, and is not begun twice.
  const make = async () => {
    setMaking(true);
    onChoose(null);
    try {
      await http.action(api.demo.generate, {});
    } catch (failed) {
      console.error(failed);
    } finally {
      setMaking(false);
    }
  };
  return (
    <nav>
      <button className="make" disabled={isMaking} onClick={make} data-testid="make">
        {isMaking ? "Making a game…" : "New game"}
      </button>
      <ul data-testid="games">
        {games?.map((each) => (
          <li key={each._id} className={each._id === shown ? "shown" : ""}>
            <button onClick={() => onChoose(each._id)}>
              <span className={`dot ${each.status} ${each.isActive ? "active" : ""}`} />
              <span className="title">{viewOf(each).title ?? "New game"}</span>
              <small>
                {each.progress ?? (each.isActive ? `turn ${viewOf(each).turn ?? 1}` : "over")} ·{" "}
                {new Date(each._creationTime).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}
              </small>
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
