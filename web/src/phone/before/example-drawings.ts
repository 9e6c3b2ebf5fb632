/** How a good picture of each kind of point looks: a few strokes in a frame of 96 by 64. */
import type { Schema } from "@/api/client";

type Example = NonNullable<Schema<"ChecklistItemView">["example"]>;

export const DRAWINGS: Readonly<Record<Example, readonly string[]>> = {
  door_sign: ["M30 58V14h36v44", "M58 38h.1", "M38 22h20v9H38z", "M42 26.5h12", "M18 58h60"],
  space: ["M12 12l18 12v26L12 58", "M84 12L66 24v26l18 8", "M30 24h36", "M30 50h36", "M34 57h28", "M38 54l-5 3 5 3", "M58 54l5 3-5 3"],
  partition: ["M48 10v44", "M12 54h72", "M20 54V36h16v18", "M60 54V30h16v24", "M60 40h16", "M44 10h8"],
  nameplate: ["M22 10h52v44H22z", "M32 30h32v16H32z", "M37 35.5h22", "M37 40.5h14", "M40 18h16"],
  display: ["M18 14h60v38H18z", "M28 22h40v16H28z", "M36 26v8", "M44 26v8", "M52 30h.1", "M58 26v8", "M30 45h10", "M56 45h10"],
  inside: ["M28 8h36v50H28z", "M64 8l16 7v50l-16-7", "M28 24h36", "M28 40h36", "M35 17v5", "M47 15v7", "M36 33v5", "M52 32v6"],
  sink: ["M14 34h68", "M20 34v14a6 6 0 0 0 6 6h44a6 6 0 0 0 6-6V34", "M48 34V14a8 8 0 0 1 16 0", "M64 18v5", "M24 12h16v10H24z", "M28 17h8"],
  shelf: ["M20 8v50", "M76 8v50", "M20 20h56", "M20 36h56", "M20 50h56", "M28 12h12v8H28z", "M50 27h14v9H50z", "M30 42h14v8H30z"],
  document: ["M30 8h28l10 10v40H30z", "M58 8v10h10", "M38 26h22", "M38 34h22", "M38 42h12", "M58 50a5 5 0 1 0 .1 0z"],
  person: ["M34 20a9 9 0 1 0 .1 0z", "M18 56c0-12 7-17 16-17s16 5 16 17", "M56 24h28v20H56z", "M61 31a3 3 0 1 0 .1 0z", "M69 31h10", "M69 37h10"],
  extinguisher: ["M40 24h18v34H40z", "M44 24v-6h10v6", "M54 16l12-6", "M40 30l-10 6v8", "M46 36h6v8h-6z"],
  exit: ["M20 58V10h34v48", "M54 14l16 6v42l-16-4", "M60 38h.1", "M26 34h16", "M37 28l6 6-6 6", "M74 20h10v6H74z"],
  vehicle: ["M10 18h46v28H10z", "M56 26h16l12 12v8H56", "M24 46a6 6 0 1 0 .1 0z", "M68 46a6 6 0 1 0 .1 0z", "M16 24h34", "M70 31h6"],
};
