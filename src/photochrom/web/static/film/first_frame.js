// The first frame of a film, small, and its size and length; null where the browser cannot show it.

const THUMBNAIL = 176; // pixels of the longer side
const PATIENCE = 10_000; // milliseconds: some browsers say nothing of what they cannot show

export async function firstFrame(blob) {
  const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, preload: "auto" });
  video.src = URL.createObjectURL(blob);
  try {
    if (!await isLoaded(video) || !video.videoWidth) return null;
    const { videoWidth: width, videoHeight: height, duration: seconds } = video;
    const factor = Math.min(1, THUMBNAIL / Math.max(width, height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(width * factor));
    canvas.height = Math.max(1, Math.round(height * factor));
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
    return { width, height, seconds, canvas };
  } finally {
    URL.revokeObjectURL(video.src);
    video.removeAttribute("src");
    video.load();
  }
}

function isLoaded(video) {
  return new Promise((resolve) => {
    video.addEventListener("loadeddata", () => resolve(true), { once: true });
    video.addEventListener("error", () => resolve(false), { once: true });
    setTimeout(() => resolve(false), PATIENCE);
    video.load();
  });
}
