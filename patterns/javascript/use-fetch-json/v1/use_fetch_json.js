import { useCallback, useEffect, useState } from "react";

/**
 * Load JSON from `url` into a component.
 *
 * A request is aborted when the URL changes or the component unmounts, so an
 * old answer never overwrites a newer one; and an answer is returned only with
 * the URL it belongs to, so no render pairs a new URL with old data.
 *
 * @param {string | null | undefined} url nothing is loaded while it is empty
 * @returns {{ data: unknown, error: Error | undefined, isLoading: boolean, reload: () => void }}
 *   `reload` asks again; until it succeeds the data at hand stays
 */
export function useFetchJson(url) {
  const [settled, setSettled] = useState({});
  const [request, setRequest] = useState(0);

  useEffect(() => {
    if (!url) return undefined;
    const controller = new AbortController();
    const settle = (outcome) => {
      if (controller.signal.aborted) return;
      setSettled((old) => ({
        data: old.url === url ? old.data : undefined,
        ...outcome,
        url,
        request,
      }));
    };
    fetchJson(url, controller.signal).then(
      (data) => settle({ data }),
      (error) => settle({ error }),
    );
    return () => controller.abort();
  }, [url, request]);

  const current = url && settled.url === url ? settled : {};
  return {
    data: current.data,
    error: current.error,
    isLoading: Boolean(url) && current.request !== request,
    reload: useCallback(() => setRequest((count) => count + 1), []),
  };
}

async function fetchJson(url, signal) {
  const response = await fetch(url, {
    signal,
    headers: { accept: "application/json" },
  });
  if (!response.ok) {
    throw new Error(`GET ${url} answered ${response.status}`);
  }
  return response.json();
}
