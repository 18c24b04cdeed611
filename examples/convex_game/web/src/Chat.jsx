import { useMutation } from "convex/react";
import { useEffect, useRef, useState } from "react";
import { api, newestSaid } from "./functions.js";
import { logsOf } from "./view.js";

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
  const end = useRef(null);
  useEffect(() => {
    end.current?.scrollIntoView({ block: "nearest" });
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
    <aside className="chat">
      {rules && (
        <details open={!messages?.length}>
          <summary>Rules</summary>
          <p>{rules}</p>
        </details>
      )}
      <ol data-testid="messages">
        {[...(messages ?? [])].reverse().map((each) => (
          <li key={each._id} className={each.role}>
            <time>{new Date(each.timestamp).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}</time>
            <span>{each.content}</span>
            {logsOf(each) && <small>{logsOf(each)}</small>}
          </li>
        ))}
        <li ref={end} className="end" />
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
