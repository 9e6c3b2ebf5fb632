/** How loud a microphone is, for an eye that watches it. */

/** Below this nobody would hear it: the noise of a quiet room. */
const QUIET_DB = -60;
const LOUD_DB = -12;

/** Of samples between -1 and 1, from 0 (quiet room) to 1 (loud speech), in even steps of loudness. */
export function levelOf(samples: Float32Array): number {
  if (samples.length === 0) return 0;
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const db = 10 * Math.log10(power + Number.EPSILON);
  return Math.min(1, Math.max(0, (db - QUIET_DB) / (LOUD_DB - QUIET_DB)));
}

/** Tells the level some ten times a second until the returned function is called. */
export function watchLevel(track: MediaStreamTrack, tell: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  const source = context.createMediaStreamSource(new MediaStream([track]));
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  // Opened by a click, but a page that was just loaded may still be held.
  void context.resume();
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    tell(levelOf(samples));
  }, 90);
  return () => {
    clearInterval(timer);
    source.disconnect();
    void context.close();
  };
}
