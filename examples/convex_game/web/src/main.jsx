import { ConvexProvider, ConvexReactClient } from "convex/react";
import { Component } from "react";
import { createRoot } from "react-dom/client";
import { Table } from "./Table.jsx";
import "./page.css";

// Whoever gave the page has the games, too.
const client = new ConvexReactClient(window.location.origin, { skipConvexDeploymentUrlCheck: true });

// What a query throws is told, as for an address that names no game; without this the page is empty.
class Told extends Component {
  state = { failed: null };
  static getDerivedStateFromError = (failed) => ({ failed });
  render() {
    if (!this.state.failed) return this.props.children;
    return (
      <main>
        <p className="hint" data-testid="failed">
          This cannot be shown: the address names no game, or a question failed. <a href="/">To the games</a>
        </p>
      </main>
    );
  }
}

createRoot(document.getElementById("root")).render(
  <ConvexProvider client={client}>
    <Told>
      <Table />
    </Told>
  </ConvexProvider>,
);
