/**
 * The replay as the page works it: one clock, the players that follow it, and what the reader may do.
 *
 * Owns the page's frame loop. Players are handed in by the tiles (`attach`) and taken out when a tile goes. While the
 * tab is hidden the browser gives no frames; a slow timer then keeps the players in their bounds.
 */
import { computed, onScopeDispose, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from "vue";

import { openHlsSource } from "./playing/hls-source";
import { openNativeSource } from "./playing/native-source";
import { TrackPlayer, hasMediaSource, type PlayerStatus } from "./playing/track-player";
import { HoldPolicy } from "./sync/hold";
import { MAX_LIVE_LAG_MS, liveRate, liveTarget, sharedEdge } from "./sync/live-edge";
import { MasterClock } from "./sync/master-clock";
import type { WallMs } from "./time/zone";
import type { Timeline } from "./timeline/model";

export type TileStatus = PlayerStatus & { loading: boolean };

export interface Replay {
  positionMs: Readonly<Ref<WallMs>>;
  bounds: Readonly<Ref<{ startMs: WallMs; endMs: WallMs }>>;
  playing: Readonly<Ref<boolean>>;
  held: Readonly<Ref<boolean>>;
  rate: Readonly<Ref<number>>;
  /** The reader follows the live edge. */
  following: Readonly<Ref<boolean>>;
  /** How far behind now the reader is, in milliseconds; null when the call is over. */
  behindMs: ComputedRef<number | null>;
  /** The browser refused to play sound before a tap. */
  blocked: Readonly<Ref<boolean>>;
  statuses: Readonly<ShallowRef<ReadonlyMap<string, TileStatus>>>;
  play: () => void;
  pause: () => void;
  toggle: () => void;
  seek: (toMs: WallMs) => void;
  setRate: (rate: number) => void;
  goLive: () => void;
  attach: (trackId: string, playlistUrl: string, video: HTMLVideoElement) => () => void;
}

const HIDDEN_STEP_MS = 500;
/** While following, a jump is worth its flicker only over such a distance. */
const WORTH_A_JUMP_MS = 2_000;

export function useReplay(timeline: () => Timeline, live: () => boolean, serverNow: () => number): Replay {
  const clock = new MasterClock({ ...boundsOf(timeline()), live: live() });
  const holds = new HoldPolicy();
  const players = new Map<string, TrackPlayer>();

  const positionMs = ref(clock.bounds.startMs);
  const bounds = ref(boundsOf(timeline()));
  const playing = ref(false);
  const held = ref(false);
  const rate = ref(1);
  const following = ref(false);
  const blocked = ref(false);
  const serverNowMs = ref(serverNow());
  const statuses = shallowRef<ReadonlyMap<string, TileStatus>>(new Map());

  function step(): void {
    const nowMs = performance.now();
    if (live()) growTo(nowMs);
    clock.settle(nowMs);
    const state = { positionMs: clock.positionAt(nowMs), rate: clock.rate, running: clock.running(nowMs) };
    const found = [...players].map(([id, player]) => ({ id, ...player.step(state, nowMs) }));
    const { hold, loading } = holds.update(found, nowMs);
    clock.setHeld(hold, nowMs);
    publish(found.map((status) => [status.id, { ...status, loading: loading.includes(status.id) }]));
    show(nowMs);
  }

  function growTo(nowMs: number): void {
    // An edge that falls back (somebody returned whose footage lags) never takes the reader back with it.
    const edge = Math.max(playableEdge(), clock.positionAt(nowMs));
    if (edge !== clock.bounds.endMs) clock.setBounds({ ...boundsOf(timeline()), endMs: edge, live: true }, nowMs);
    if (!following.value) return;
    const at = clock.positionAt(nowMs);
    const target = liveTarget(edge, serverNow());
    if (serverNow() - at > MAX_LIVE_LAG_MS && target - at > WORTH_A_JUMP_MS) {
      holds.expectSeek();
      clock.seek(target, nowMs);
    }
    const wanted = liveRate(at, edge, serverNow());
    if (wanted !== clock.rate) clock.setRate(wanted, nowMs);
  }

  function reachTo(atMs: WallMs, nowMs: number): void {
    const { endMs } = clock.bounds;
    if (atMs > endMs) clock.setBounds({ ...clock.bounds, endMs: atMs }, nowMs);
  }

  /** Up to where everybody who is still there can be shown. */
  function playableEdge(): WallMs {
    const { startMs } = boundsOf(timeline());
    const ends = timeline().lanes.flatMap(({ trackId, extents }) => {
      const end = players.get(trackId)?.endMs ?? extents.at(-1)?.endMs;
      return end === undefined ? [] : [end];
    });
    return Math.max(startMs, sharedEdge(ends, serverNow()) ?? startMs);
  }

  function publish(entries: [string, TileStatus][]): void {
    const before = statuses.value;
    const changed = entries.length !== before.size || entries.some(([id, status]) => !sameStatus(status, before.get(id)));
    if (changed) statuses.value = new Map(entries);
  }

  function show(nowMs: number): void {
    positionMs.value = clock.positionAt(nowMs);
    playing.value = clock.playing;
    held.value = clock.held && clock.playing;
    rate.value = following.value ? 1 : clock.rate;
    const { startMs, endMs } = clock.bounds;
    if (startMs !== bounds.value.startMs || endMs !== bounds.value.endMs) bounds.value = { startMs, endMs };
    const second = Math.floor(serverNow() / 1000) * 1000;
    if (second !== serverNowMs.value) serverNowMs.value = second;
  }

  function act(change: (nowMs: number) => void): void {
    change(performance.now());
    show(performance.now());
  }

  function stopFollowing(nowMs: number): void {
    if (!following.value) return;
    following.value = false;
    clock.setRate(1, nowMs);
  }

  function play(): void {
    act((nowMs) => {
      blocked.value = false;
      const before = clock.positionAt(nowMs);
      clock.play(nowMs);
      if (clock.positionAt(nowMs) !== before) holds.expectSeek();
    });
  }

  function pause(): void {
    act((nowMs) => {
      stopFollowing(nowMs);
      clock.pause(nowMs);
    });
  }

  /** During a call also to footage that is still on its way: it is waited for there. */
  function seek(toMs: WallMs): void {
    act((nowMs) => {
      stopFollowing(nowMs);
      if (live()) reachTo(Math.min(toMs, serverNow()), nowMs);
      holds.expectSeek();
      clock.seek(toMs, nowMs);
    });
  }

  function goLive(): void {
    seek(liveTarget(playableEdge(), serverNow()));
    play();
    following.value = true;
  }

  function setRate(wanted: number): void {
    act((nowMs) => {
      following.value = false;
      clock.setRate(wanted, nowMs);
    });
  }

  function attach(trackId: string, playlistUrl: string, video: HTMLVideoElement): () => void {
    const player = new TrackPlayer(
      video,
      hasMediaSource() ? openHlsSource : openNativeSource,
      playlistUrl,
      () => clock.positionAt(performance.now()),
      () => {
        blocked.value = true;
        pause();
      },
    );
    players.set(trackId, player);
    return () => {
      if (players.get(trackId) === player) players.delete(trackId);
      player.close();
    };
  }

  watch([timeline, live], () => {
    if (live()) return;
    following.value = false;
    act((nowMs) => clock.setBounds({ ...boundsOf(timeline()), live: false }, nowMs));
  });

  let frame = requestAnimationFrame(function loop() {
    step();
    frame = requestAnimationFrame(loop);
  });
  const hiddenTimer = setInterval(() => document.hidden && step(), HIDDEN_STEP_MS);
  onScopeDispose(() => {
    cancelAnimationFrame(frame);
    clearInterval(hiddenTimer);
    for (const player of players.values()) player.close();
    players.clear();
  });

  return {
    positionMs,
    bounds,
    playing,
    held,
    rate,
    following,
    behindMs: computed(() => (live() ? Math.max(0, serverNowMs.value - positionMs.value) : null)),
    blocked,
    statuses,
    play,
    pause,
    toggle: () => (clock.playing ? pause() : play()),
    seek,
    setRate,
    goLive,
    attach,
  };
}

function boundsOf({ startMs, endMs }: Timeline): { startMs: WallMs; endMs: WallMs } {
  return { startMs, endMs };
}

/** `offMs` changes on every frame and is nothing to draw. */
function sameStatus(status: TileStatus, before: TileStatus | undefined): boolean {
  return (
    before !== undefined &&
    before.ready === status.ready &&
    before.covered === status.covered &&
    before.failed === status.failed &&
    before.loading === status.loading
  );
}
