// Chromium's second fake camera measures depth (16 bits of grey), which no encoder takes: to the page it is not there.
(() => {
  const enumerateDevices = MediaDevices.prototype.enumerateDevices;
  MediaDevices.prototype.enumerateDevices = async function () {
    return (await enumerateDevices.call(this)).filter(({ label }) => label !== 'fake_device_1');
  };
})();
