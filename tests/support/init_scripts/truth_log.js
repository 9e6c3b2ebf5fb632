// Writes down when the page's own camera and microphone delivered what: the truth that stored footage is held against.
//
// window.__truth.frames: [bits, captured_us, run] of every picture; bits is null where no code is seen (muted).
// window.__truth.beeps:  [captured_us, run] of every beep's first sample.
// window.__truth.shifts: per run, how many milliseconds the capture clocks of video and audio are behind the wall clock:
//   the least that any picture or any 10 ms of sound took to get here, so that a busy moment does not count.
// window.__truth.connected: wall_ms of each time that a connection which sends something was connected.
// Each call of getUserMedia counts as a run of its own, from 0. LAYOUT is put in by the tests.
(() => {
  const LAYOUT = /*LAYOUT*/ null;
  const truth = (window.__truth = { frames: [], beeps: [], shifts: [], connected: [], errors: [] });
  const wall = () => performance.timeOrigin + performance.now();
  const shorten = (run, kind, captured_us) => {
    truth.shifts[run][kind] = Math.min(truth.shifts[run][kind] ?? Infinity, wall() - captured_us / 1000);
  };

  const mean = (plane, stride, left, top, width, height) => {
    let sum = 0;
    for (let y = top; y < top + height; y += 2) {
      for (let x = left; x < left + width; x += 2) sum += plane[y * stride + x];
    }
    return sum / (Math.ceil(width / 2) * Math.ceil(height / 2));
  };

  async function followVideo(track, run) {
    const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 10 }).readable.getReader();
    const scratch = new Uint8Array(4096 * 2304);
    for (;;) {
      const { value: frame, done } = await reader.read();
      if (done) return;
      shorten(run, 'video', frame.timestamp);
      const { x, y, width, height } = frame.visibleRect;
      const even = (v) => Math.round(v / 2) * 2;
      const rect = {
        x: x + even(LAYOUT.area.left * width), y: y + even(LAYOUT.area.top * height),
        width: even(LAYOUT.area.width * width), height: even(LAYOUT.area.height * height),
      };
      let bits = '';
      try {
        const [plane] = await frame.copyTo(scratch, { rect });
        const column = rect.width / LAYOUT.columns, row = rect.height / (2 * LAYOUT.rows);
        const cell = (c, r) => mean(scratch.subarray(plane.offset), plane.stride, Math.round((c + 0.25) * column),
          Math.round((r + 0.25) * row), Math.round(column / 2), Math.round(row / 2));
        for (let r = 0; r < LAYOUT.rows && bits !== null; r++) {
          for (let c = 0; c < LAYOUT.columns && bits !== null; c++) {
            const plain = cell(c, 2 * r), inverse = cell(c, 2 * r + 1);
            bits = Math.abs(plain - inverse) < LAYOUT.min_contrast ? null : bits + (plain > inverse ? '1' : '0');
          }
        }
      } finally {
        truth.frames.push([bits, frame.timestamp, run]);
        frame.close();
      }
    }
  }

  async function followAudio(track, run) {
    const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 50 }).readable.getReader();
    let quiet = 0;
    for (;;) {
      const { value: data, done } = await reader.read();
      if (done) return;
      shorten(run, 'audio', data.timestamp + data.duration);
      const samples = new Float32Array(data.numberOfFrames);
      data.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
      for (let i = 0; i < samples.length; i++) {
        if (Math.abs(samples[i]) < LAYOUT.beep_level) { quiet++; continue; }
        if (quiet > data.sampleRate / 10) {
          truth.beeps.push([data.timestamp + (i * 1e6) / data.sampleRate, run]);
        }
        quiet = 0;
      }
      data.close();
    }
  }

  const followed = new WeakSet();
  const { setLocalDescription } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.setLocalDescription = function (...args) {
    if (!followed.has(this)) {
      followed.add(this);
      this.addEventListener('connectionstatechange', () => {
        const sends = this.getSenders().some((sender) => sender.track);
        if (sends && this.connectionState === 'connected') truth.connected.push(wall());
      });
    }
    return setLocalDescription.apply(this, args);
  };

  const getUserMedia = MediaDevices.prototype.getUserMedia;
  MediaDevices.prototype.getUserMedia = async function (constraints) {
    const stream = await getUserMedia.call(this, constraints);
    const run = truth.shifts.push({}) - 1;
    const note = (error) => truth.errors.push(String(error));
    for (const track of stream.getVideoTracks()) followVideo(track, run).catch(note);
    for (const track of stream.getAudioTracks()) followAudio(track, run).catch(note);
    return stream;
  };
})();
