// Threads that share memory need a page that the browser isolates from others. Hosts of static files do not send the
// headers for it, so the service worker adds them, from the second time on that the page is loaded.

const TRIED = "photochrom isolated";

// Start the service worker at `url`, and load the page again where that isolates it and `isUnused`. Where there is no
// service worker, or it does not help, one thread has to do.
export async function isolate(url, isUnused) {
  try {
    const registration = await navigator.serviceWorker.register(url, { updateViaCache: "none" });
    await settled(registration);
    if (crossOriginIsolated || !registration.active || sessionStorage.getItem(TRIED) || !isUnused()) return;
    sessionStorage.setItem(TRIED, "yes"); // never more than once
    location.reload();
    await new Promise(() => {});
  } catch {
    // Private windows, and pages that are not on https or this machine, have none.
  }
}

function settled(registration) {
  const coming = registration.active ? null : registration.installing ?? registration.waiting;
  return coming && new Promise((resolve) => {
    coming.addEventListener("statechange", () => {
      if (["activated", "redundant"].includes(coming.state)) resolve();
    });
  });
}
