import { setupServer } from "msw/node";

/** The server of every test: each test says what it answers with `server.use(...)`. */
export const server = setupServer();
