import { useConvexConnectionState, useQuery } from "convex/react";
import { useState } from "react";
import { Chat } from "./Chat.jsx";
import { GameList } from "./GameList.jsx";
import { Party } from "./Party.jsx";
import { Scene } from "./Scene.jsx";
import { TimeSlider } from "./TimeSlider.jsx";
import { api, newestSaid } from "./functions.js";
import { useQueryAt } from "./past.js";
import { viewOf } from "./view.js";

const fromAddress = () => new URLSearchParams(window.location.search).get("game");

export function Table() {
  const [chosen, setChosen] = useState(fromAddress);
  const [selected, setSelected] = useState(null);
  const [position, setPosition] = useState(null); // null: the present
  const choose = (id) => {
    setChosen(id);
    setSelected(null);
    setPosition(null);
    window.history.replaceState(null, "", id ? `?game=${id}` : window.location.pathname);
  };

  const games = useQuery(api.games.list, { order: "desc", limit: 30 });
  const now = useQuery(api.games.get, chosen ? { gameId: chosen } : {});
  const gameId = now?._id;
  const said = useQuery(api.messages.list, gameId ? newestSaid(gameId) : "skip");
  const history = useQuery(api.games.history, gameId ? { gameId, limit: 400 } : "skip");
  const then = useQueryAt(api.games.get, { gameId: gameId ?? "" }, gameId ? position : null);
  const saidThen = useQueryAt(api.messages.list, newestSaid(gameId ?? ""), gameId ? position : null);

  const isPast = position !== null;
  const game = isPast ? (then ?? now) : now;
  const view = game && viewOf(game);
  const messages = isPast ? (saidThen ?? said) : said;

  return (
    <div className={isPast ? "table past" : "table"}>
      <header>
        <h1>
          <span className="flame" aria-hidden="true" />
          {view?.title ?? "Games"}
        </h1>
        {view?.turn !== undefined && <span className="turn">Turn {view.turn}</span>}
        {game && <Status game={game} />}
        <Connection />
      </header>
      <GameList games={games} shown={gameId} onChoose={choose} />
      <main>
        {now === undefined && <p className="hint">Looking for games…</p>}
        {now === null && <p className="hint">{chosen ? "There is no such game." : "There is no game yet. Make one."}</p>}
        {game && (
          <>
            <Scene game={game} view={view} isPast={isPast} selected={selected} onSelect={setSelected} />
            <TimeSlider history={history} position={position} onChange={setPosition} />
            <Party game={game} view={view} isPast={isPast} selected={selected} onSelect={setSelected} />
          </>
        )}
      </main>
      {gameId && <Chat gameId={gameId} messages={messages} isPast={isPast} rules={game.rules} />}
    </div>
  );
}

function Status({ game }) {
  return (
    <span className={`status ${game.status}`} data-testid="status">
      {game.status}
    </span>
  );
}

function Connection() {
  const { isWebSocketConnected } = useConvexConnectionState();
  return (
    <span className={isWebSocketConnected ? "live on" : "live"} data-testid="connection">
      {isWebSocketConnected ? "live" : "connecting…"}
    </span>
  );
}
