import { useMutation } from "convex/react";
import { useEffect, useRef, useState } from "react";
import { api, newestSaid } from "./functions.js";
import { clock, logsOf } from "./view.js";

const sendAtOnce = (store, { gameId, role, content, timestamp }) => {
  const said = store.getQuery(api.messages.list, newestSaid(gameId));
  if (!said) return;
  const message = { _id: `new-${timestamp}`, _creationTime: timestamp, gameId, role, content, timestamp };
  store.setQuery(api.messages.list, newestSaid(gameId), [message, ...said]);
};

export function Chat({ gameId, messages, isPast, rules }) {
  const send = useMutation(api.messages.send).withOptimisticUpdate(sendAtOnce);
  const [text, setText] = useState("");
  const [refused, setRefused] = useState(null);
  const list = useRef(null);
  useEffect(() => {
    list.current.scrollTop = list.current.scrollHeight; // and not the page, in which it may be far below
  }, [messages?.at(0)?._id]);

  const say = async (event) => {
    event.preventDefault();
    const content = text;
    setText("");
    setRefused(null);
    try {
      await send({ gameId, role: "user", content, timestamp: Date.now() });
    } catch (failed) {
      setText(content);
      setRefused(failed.data?.code === "EMPTY_CONTENT" ? "Say something." : failed.message);
    }
  };

  return (
    <aside className="chat" aria-label="What is said and done">
      {rules && (
        <details open={!messages?.some((each) => each.role === "user")}>
          <summary>How it is played</summary>
          <p>{rules}</p>
          <p>The arrow keys walk, too.</p>
        </details>
      )}
      <ol ref={list} role="log" tabIndex={0} aria-label="log" data-testid="messages">
        {[...(messages ?? [])].reverse().map((each) => (
          <Message key={each._id} message={each} />
        ))}
      </ol>
      {refused && <p className="refused">{refused}</p>}
      <form onSubmit={say}>
        <input
          value={text}
          placeholder={isPast ? "The past is silent." : "Say something…"}
          disabled={isPast}
          aria-label="message"
          data-testid="say"
          onChange={(event) => setText(event.target.value)}
        />
        <button disabled={isPast}>Send</button>
      </form>
    </aside>
  );
}

const isSaid = (message) => message.role === "user" && !message.data;

// Where the log is far below, the newest of it stands by the scene.
export function Lately({ messages }) {
  const done = (messages ?? []).filter((each) => !isSaid(each)).slice(0, 3);
  return (
    <ol className="lately" aria-hidden="true">
      {done.reverse().map((each) => (
        <Message key={each._id} message={each} />
      ))}
    </ol>
  );
}

// What players say themselves is a bubble; what happened is a line of the log, in the colour of who did it.
function Message({ message }) {
  const logs = logsOf(message);
  return (
    <li className={`${isSaid(message) ? "said" : "done"} ${message.role}`}>
      <time>{clock(message.timestamp)}</time>
      <span>{message.content}</span>
      {logs && <small>{logs}</small>}
    </li>
  );
}
