// A battery as phones have it; window.__drain(level, charging) changes it.
(() => {
  const battery = Object.assign(new EventTarget(), { level: 0.62, charging: false });
  Navigator.prototype.getBattery = () => Promise.resolve(battery);
  window.__drain = (level, charging = false) => {
    Object.assign(battery, { level, charging });
    battery.dispatchEvent(new Event('levelchange'));
  };
})();
