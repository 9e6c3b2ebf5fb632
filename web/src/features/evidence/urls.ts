/** Where the signed-in person's browser finds bytes; its cookie is the right to them. */
import type { EvidenceCopy } from "@/api/evidence";

export function copyUrl(id: string, copy: EvidenceCopy): string {
  return `/api/evidence/${encodeURIComponent(id)}/copies/${copy}`;
}

export function originalUrl(id: string): string {
  return `/api/evidence/${encodeURIComponent(id)}/original`;
}
