import { clock, stageOf, viewOf } from "./view.js";

export function GameList({ games, shown, isMaking, onMake, onChoose }) {
  return (
    <nav aria-label="Games">
      <button className="make" disabled={isMaking} onClick={onMake} data-testid="make">
        {isMaking ? "Making a game…" : "New game"}
      </button>
      <ul data-testid="games">
        {games?.map((each) => (
          <li key={each._id} className={each._id === shown ? "shown" : ""}>
            <Entry game={each} isShown={each._id === shown} onChoose={() => onChoose(each._id)} />
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Entry({ game, isShown, onChoose }) {
  const view = viewOf(game);
  const stage = stageOf(game, view);
  const about = [game.progress ?? stage.word, view.turn !== undefined && `turn ${view.turn}`, clock(game._creationTime)];
  return (
    <button onClick={onChoose} aria-current={isShown}>
      <span className={`dot ${stage.tone}`} />
      <span className="title">{view.title}</span>
      <small>{about.filter(Boolean).join(" · ")}</small>
    </button>
  );
}
