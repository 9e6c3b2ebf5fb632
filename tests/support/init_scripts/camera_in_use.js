// Another program has the page's camera until window.__freeCamera() is called.
(() => {
  let inUse = true;
  const devices = MediaDevices.prototype;
  const { getUserMedia } = devices;
  devices.getUserMedia = function (constraints) {
    if (inUse && constraints?.video) return Promise.reject(new DOMException('in use', 'NotReadableError'));
    return getUserMedia.call(this, constraints);
  };
  window.__freeCamera = () => {
    inUse = false;
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
  };
})();
