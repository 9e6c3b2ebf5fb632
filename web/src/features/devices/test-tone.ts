/** A short tone to hear whether the speaker works. */

const RATE_HZ = 24_000;
const SECONDS = 1.2;
const NOTES_HZ = [523.25, 659.25];

/** RIFF WAVE, 16 bits, mono: two notes that fade, so that nothing clicks. */
export function toneWav(): ArrayBuffer {
  const count = Math.round(RATE_HZ * SECONDS);
  const bytes = new DataView(new ArrayBuffer(44 + count * 2));
  const text = (at: number, word: string): void => new TextEncoder().encode(word).forEach((letter, index) => bytes.setUint8(at + index, letter));
  text(0, "RIFF");
  bytes.setUint32(4, 36 + count * 2, true);
  text(8, "WAVEfmt ");
  bytes.setUint32(16, 16, true);
  bytes.setUint16(20, 1, true);
  bytes.setUint16(22, 1, true);
  bytes.setUint32(24, RATE_HZ, true);
  bytes.setUint32(28, RATE_HZ * 2, true);
  bytes.setUint16(32, 2, true);
  bytes.setUint16(34, 16, true);
  text(36, "data");
  bytes.setUint32(40, count * 2, true);
  const each = count / NOTES_HZ.length;
  for (let index = 0; index < count; index += 1) {
    const within = (index % each) / each;
    const note = NOTES_HZ[Math.floor(index / each)] ?? 0;
    const envelope = Math.min(1, within * 20) * (1 - within);
    bytes.setInt16(44 + index * 2, Math.round(0.4 * 32767 * envelope * Math.sin((2 * Math.PI * note * index) / RATE_HZ)), true);
  }
  return bytes.buffer;
}

/** Whether this browser lets a page choose the speaker. */
export function canChooseSpeaker(): boolean {
  return "setSinkId" in HTMLMediaElement.prototype;
}

/** Plays it to the end. Raises what the browser says if that is not possible. Args: speakerId — null for the system's. */
export async function playTone(speakerId: string | null): Promise<void> {
  const address = URL.createObjectURL(new Blob([toneWav()], { type: "audio/wav" }));
  const audio = new Audio(address);
  try {
    if (speakerId !== null && canChooseSpeaker()) await audio.setSinkId(speakerId);
    const ended = new Promise<void>((resolve, reject) => {
      audio.onended = () => resolve();
      audio.onerror = () => reject(new Error(audio.error?.message ?? ""));
    });
    await audio.play();
    await ended;
  } finally {
    URL.revokeObjectURL(address);
  }
}
