import { Link, Outlet } from "@tanstack/react-router";
import { Mark } from "@/components/Mark";
import { ThemeToggle } from "./ThemeToggle";

/** What every page has: the way home and the theme. */
export function Shell() {
  return (
    <>
      <header className="topbar">
        <Link to="/" className="brand">
          <Mark />
          Kipu
        </Link>
        <div id="crumbs" className="crumbs" />
        <ThemeToggle />
      </header>
      <Outlet />
    </>
  );
}
