/** The smaller build (no subtitles, no other languages of sound) comes without types: it has those of the full one. */
declare module "hls.js/light" {
  import Hls from "hls.js";
  export default Hls;
}
