// The page's cameras give 10 pictures a second, whatever it asks for: all that is done with each picture costs a third.
(() => {
  const devices = window.MediaDevices?.prototype;
  if (!devices) return;
  const { getUserMedia } = devices;
  devices.getUserMedia = function (constraints) {
    if (!constraints?.video) return getUserMedia.call(this, constraints);
    const video = { ...(constraints.video === true ? {} : constraints.video), frameRate: { max: 10 } };
    return getUserMedia.call(this, { ...constraints, video });
  };
})();
