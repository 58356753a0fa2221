/** How many random programs a property tries: what WAYBILL_RANDOM_RUNS says, for a longer search, or else as many as usual. */
export const runs = (usual: number) => Number(process.env['WAYBILL_RANDOM_RUNS'] ?? usual)
