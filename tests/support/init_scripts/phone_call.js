// A phone call takes camera and microphone as the system does it: the tracks are muted and give black and silence, and
// nobody gets the devices until it is over. Nothing tells the page that it is.
(() => {
  let rings = false;
  const open = new Set();
  const devices = MediaDevices.prototype;
  const { getUserMedia } = devices;
  devices.getUserMedia = async function (constraints) {
    if (rings) throw new DOMException('in use', 'NotReadableError');
    const stream = await getUserMedia.call(this, constraints);
    for (const track of stream.getTracks()) open.add(track);
    return stream;
  };
  window.__ring = () => {
    rings = true;
    for (const track of open) {
      if (track.readyState !== 'live') continue;
      Object.defineProperty(track, 'muted', { configurable: true, value: true });
      track.dispatchEvent(new Event('mute'));
      track.enabled = false;
    }
    open.clear();
  };
  window.__hangUp = () => {
    rings = false;
  };
})();
