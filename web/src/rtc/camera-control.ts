/** Light and zoom of one camera, where its browser lets pages have them (W3C mediacapture-image). */

import type { ZoomRange } from "./messages";

interface Capabilities {
  /** Some browsers list the settings that there are. */
  torch?: boolean | readonly boolean[];
  zoom?: { min?: number; max?: number; step?: number };
}

interface Settings {
  torch?: boolean;
  zoom?: number;
}

export class CameraControl {
  /** What was asked for last: not every browser tells how it is. */
  private asked: Settings = {};

  constructor(readonly track: MediaStreamTrack) {}

  /** Whether the light is on; null where there is none. */
  get torch(): boolean | null {
    const { torch } = this.capabilities;
    const canBeOn = typeof torch === "object" ? torch.includes(true) : torch === true;
    return canBeOn ? (this.settings.torch ?? this.asked.torch ?? false) : null;
  }

  /** Null where there is nothing to zoom. */
  get zoom(): ZoomRange | null {
    const { min = 1, max = 1, step = 0 } = this.capabilities.zoom ?? {};
    if (min <= 0 || max <= min) return null;
    return { min, max, step, value: within(this.settings.zoom ?? this.asked.zoom ?? min, min, max) };
  }

  /**
   * Raises:
   *     DOMException: the camera does not do it.
   */
  async setTorch(on: boolean): Promise<void> {
    await this.apply({ torch: on });
  }

  /**
   * Zooms as near to this as the camera can.
   *
   * Raises:
   *     DOMException: the camera does not do it.
   */
  async setZoom(factor: number): Promise<void> {
    const { zoom } = this;
    if (zoom !== null) await this.apply({ zoom: within(factor, zoom.min, zoom.max) });
  }

  /** Says both each time: what is left out goes back to what the browser likes. */
  private async apply(change: Settings): Promise<void> {
    const { torch, zoom } = this;
    const whole = { ...(torch !== null && { torch }), ...(zoom !== null && { zoom: zoom.value }), ...change };
    // Size and frame rate are not named: Chromium takes them only apart from these.
    await this.track.applyConstraints({ advanced: [whole as MediaTrackConstraintSet] });
    this.asked = whole;
  }

  private get capabilities(): Capabilities {
    // Firefox before 132 has none to tell.
    return typeof this.track.getCapabilities === "function" ? (this.track.getCapabilities() as Capabilities) : {};
  }

  private get settings(): Settings {
    return this.track.getSettings();
  }
}

function within(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
