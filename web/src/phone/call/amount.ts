/** An amount of data as people know it from their contracts: whole megabytes, then gigabytes. Pure. */
export function amountOf(bytes: number): string {
  const megabytes = Math.round(bytes / 1e6);
  return megabytes < 1000 ? `${megabytes} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
