import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { makeQueryClient } from "./app/queryClient";
import { makeRouter } from "./app/router";
import { translateHash } from "./app/translateHash";
import "./app/styles/theme.css";
import "./app/styles/base.css";

translateHash();
const root = document.getElementById("root");
if (root === null) throw new Error("The page has no #root to draw into.");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={makeQueryClient()}>
      <RouterProvider router={makeRouter()} />
    </QueryClientProvider>
  </StrictMode>,
);
