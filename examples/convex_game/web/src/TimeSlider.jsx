const names = {
  game_created: "the game is made",
  game_state_replaced: "somebody acts",
  game_status_changed: "the making goes on",
  game_setup_changed: "the rules change",
  game_activated: "the game goes on",
  game_deactivated: "the game is set aside",
  entity_moved: "somebody walks",
  message_sent: "somebody speaks",
};

// The history of a game is its log: each stop is a commit, and the last one is the present.
export function TimeSlider({ history, position, onChange }) {
  if (!history?.length) return <div className="time" />;
  const last = history.length - 1;
  const found = position === null ? last : history.findIndex((each) => each.position === position);
  const at = found < 0 ? last : found;
  const moment = history[at];
  const go = (index) => onChange(index >= last ? null : history[index].position);
  return (
    <div className="time">
      <button aria-label="earlier" data-testid="earlier" disabled={at === 0} onClick={() => go(at - 1)}>
        ◀
      </button>
      <input
        type="range"
        min="0"
        max={last}
        value={at}
        aria-label="time"
        data-testid="time"
        onChange={(event) => go(Number(event.target.value))}
      />
      <button aria-label="later" disabled={at === last} onClick={() => go(at + 1)}>
        ▶
      </button>
      <span className="when" data-testid="when" title={names[moment.what]}>
        {position === null ? (
          "now"
        ) : (
          <>
            {new Date(moment.time).toLocaleTimeString()} · {names[moment.what] ?? moment.what}
          </>
        )}
      </span>
      <button className="now" disabled={position === null} onClick={() => onChange(null)}>
        Now
      </button>
    </div>
  );
}
