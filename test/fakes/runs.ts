// How many inputs a property sees: few in `npm test`, COUNTERSIGN_RUNS of them where that is set (`npm run fuzz`).

export function runsOr(usual: number): number {
  return Number(process.env['COUNTERSIGN_RUNS'] ?? usual);
}
