/** A camera track with light and zoom, as far as a test gives it those. */

interface Settings {
  torch?: boolean;
  zoom?: number;
}

export class FakeOperatedTrack {
  settings: Settings = {};
  refuses = false;

  constructor(public capabilities: { torch?: boolean; zoom?: { min: number; max: number; step: number } }) {}

  getCapabilities(): object {
    return this.capabilities;
  }

  getSettings(): Settings {
    return this.settings;
  }

  /** Forgets what is not said again, as the standard wants. */
  applyConstraints({ advanced: [settings = {}] }: { advanced: Settings[] }): Promise<void> {
    if (this.refuses) return Promise.reject(new DOMException("", "NotSupportedError"));
    this.settings = settings;
    return Promise.resolve();
  }

  asTrack(): MediaStreamTrack {
    return this as unknown as MediaStreamTrack;
  }
}
