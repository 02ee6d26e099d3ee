import { createReadStream } from 'node:fs';
import { ApiError } from '../apiError';

/** Half-open range of bytes, and whether it is less than the whole. */
export interface ByteRange {
	start: number;
	end: number;
	partial: boolean;
}

/** Reads a Range header; without one, or with several ranges, the whole. Throws ApiError 416. */
export function byteRange(header: string | undefined, size: number): ByteRange {
	const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
	const [, from = '', to = ''] = match ?? [];
	if (from === '' && to === '') return { start: 0, end: size, partial: false };
	const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
	const end = from === '' || to === '' ? size : Math.min(size, Number(to) + 1);
	if (start >= size || end <= start) {
		throw new ApiError(416, 'OUT_OF_RANGE', `The range ${header} lies outside of ${size} bytes.`);
	}
	return { start, end, partial: true };
}

/** The bytes of a range of a file, read as they are asked for. */
export function bytesOf(file: string, { start, end }: ByteRange): ReadableStream<Uint8Array> {
	const stream = createReadStream(file, { start, end: end - 1 });
	const chunks: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]();
	return new ReadableStream({
		async pull(controller) {
			const { done, value } = await chunks.next();
			if (done === true) controller.close();
			else controller.enqueue(new Uint8Array(value));
		},
		cancel() {
			stream.destroy();
		},
	});
}
