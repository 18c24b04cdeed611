import { useConvexConnectionState, useMutation, useQuery } from "convex/react";
import { useState } from "react";
import { Chat, Lately } from "./Chat.jsx";
import { GameList } from "./GameList.jsx";
import { Party } from "./Party.jsx";
import { Scene } from "./Scene.jsx";
import { TimeSlider } from "./TimeSlider.jsx";
import { api, newestSaid } from "./functions.js";
import { http, useQueryAt } from "./past.js";
import { usePlay } from "./play.js";
import { isPlayed, stageOf, viewOf } from "./view.js";

const fromAddress = () => new URLSearchParams(window.location.search).get("game");
const steps = { ArrowLeft: [-40, 0], ArrowRight: [40, 0], ArrowUp: [0, -20], ArrowDown: [0, 20] };

export function Table() {
  const [chosen, setChosen] = useState(fromAddress);
  const [position, setPosition] = useState(null); // null: the present
  const [isMaking, setMaking] = useState(false);
  const resume = useMutation(api.games.updateState);

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
  const stage = game && stageOf(game, view);
  const messages = isPast ? (saidThen ?? said) : said;
  const play = usePlay(game, view, isPast);

  const show = (id) => {
    setChosen(id);
    setPosition(null);
    window.history.replaceState(null, "", id ? `?game=${id}` : window.location.pathname);
  };
  // Making a game takes its time, and is watched through its status meanwhile. Over HTTP, so that it
  // goes on when the connection is lost, and is not begun twice.
  const make = async () => {
    setMaking(true);
    show(null);
    try {
      await http.action(api.demo.generate, {});
    } catch (failed) {
      console.error(failed);
    } finally {
      setMaking(false);
    }
  };
  const onKey = (event) => {
    if (!steps[event.key] || event.target.closest("input, textarea")) return;
    event.preventDefault();
    play.walkBy(...steps[event.key]);
  };
  const isAside = !isPast && game?.status === "playing" && !view.outcome && !isPlayed(game, view);

  return (
    <div className={isPast ? "table past" : "table"}>
      <header>
        <h1>
          <span className="flame" aria-hidden="true" />
          {view?.title ?? "Games"}
        </h1>
        {view?.turn !== undefined && (
          <span className="turn">
            Turn {view.turn}
            {view.dawn !== undefined && ` of ${view.dawn}`}
          </span>
        )}
        {stage && (
          <span className={`status ${stage.tone}`} data-testid="status">
            {stage.word}
          </span>
        )}
        <Connection />
      </header>
      <main onKeyDown={game && onKey}>
        {now === undefined && <p className="hint">Looking for games…</p>}
        {now === null && <p className="hint">{chosen ? "There is no such game." : "There is no game yet. Make one."}</p>}
        {game && (
          <>
            <Scene key={gameId} game={game} view={view} play={play} isPast={isPast} onAgain={make} />
            <Lately messages={messages} />
            <TimeSlider history={history} position={position} onChange={setPosition} />
            <Party
              view={view}
              play={play}
              isPast={isPast}
              stage={stage}
              onResume={isAside ? () => resume({ gameId, isActive: true }) : undefined}
            />
          </>
        )}
      </main>
      {gameId && <Chat gameId={gameId} messages={messages} isPast={isPast} rules={game.rules} />}
      <GameList games={games} shown={gameId} isMaking={isMaking} onMake={make} onChoose={show} />
    </div>
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
