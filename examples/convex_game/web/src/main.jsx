import { ConvexProvider, ConvexReactClient } from "convex/react";
import { createRoot } from "react-dom/client";
import { Table } from "./Table.jsx";
import "./page.css";

// Whoever gave the page has the games, too.
const client = new ConvexReactClient(window.location.origin, { skipConvexDeploymentUrlCheck: true });

createRoot(document.getElementById("root")).render(
  <ConvexProvider client={client}>
    <Table />
  </ConvexProvider>,
);
