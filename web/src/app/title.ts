import { useEffect } from "react";

/** Says in the browser's tab where one is. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · Banyan` : "Banyan"; // strings-ok: the product's name
  }, [title]);
}
