import { Link } from "@tanstack/react-router";

export function NotFound() {
  return (
    <main className="notice">
      <h1>There is no such page</h1>
      <p>
        The address leads nowhere. All experiments are on the <Link to="/">first page</Link>.
      </p>
    </main>
  );
}
