/** Sizes that the service is known by. Tests make them small to meet them with little data. */
export interface Limits {
	/** Rows in one chunk of a result: that of a recorded first chunk. */
	chunkRows: number;
	/** Bytes in one chunk of a result. */
	chunkBytes: number;
	/** Bytes of a result with disposition INLINE: 25 MiB, documented. */
	inlineBytes: number;
	/** Bytes of a file in one upload: 5 GiB, documented. */
	fileBytes: number;
	/** How long a result can be fetched after it succeeded: 1 hour, documented. */
	resultRetentionMs: number;
	/** How long a request to a serving endpoint is held: 297 s, documented. */
	servingMs: number;
	/** Task runs that may be active at a time: 2000, documented. */
	activeTaskRuns: number;
	/** How long a run waits in the queue: 48 hours, documented. */
	queueMs: number;
}

export const serviceLimits: Limits = {
	chunkRows: 122_880,
	chunkBytes: 20 * 1024 * 1024,
	inlineBytes: 26_214_400,
	fileBytes: 5 * 1024 ** 3,
	resultRetentionMs: 3_600_000,
	servingMs: 297_000,
	activeTaskRuns: 2_000,
	queueMs: 48 * 3_600_000,
};
