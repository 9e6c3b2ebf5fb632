// Gives the page's camera a light and a zoom, which Chromium's fake camera lacks; window.__camera says how they are.
(() => {
  window.__camera = { torch: false, zoom: 1 };
  const track = MediaStreamTrack.prototype;
  const { getCapabilities, getSettings, applyConstraints } = track;
  track.getCapabilities = function () {
    const known = getCapabilities.call(this);
    return this.kind === 'video' ? { ...known, torch: true, zoom: { min: 1, max: 5, step: 0.1 } } : known;
  };
  track.getSettings = function () {
    const known = getSettings.call(this);
    return this.kind === 'video' ? { ...known, ...window.__camera } : known;
  };
  track.applyConstraints = async function (constraints) {
    const operated = constraints?.advanced?.find((each) => 'torch' in each || 'zoom' in each);
    if (operated === undefined) return applyConstraints.call(this, constraints);
    window.__camera = operated;
  };
})();
